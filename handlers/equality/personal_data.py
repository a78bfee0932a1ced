"""The personal data of equality: none. Its tables hold counts of many people, without anybody's name or gender."""

from __future__ import annotations

from collections.abc import Sequence

from bot.people.declared import PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="equality_steps",
        manual=(
            "égalité : par étape finie, des nombres de tout le monde ensemble et des parts arrondies ; rien sur "
            "une personne | le bot | jusqu'à la fin"
        ),
        of_nobody="key title side",
    ),
    PersonalData(table="equality_withheld", of_nobody="key title reason"),
    PersonalData(table="equality_room", of_nobody="seen"),
)
