"""The personal data of themes: which themes people chose, and for which theme they wait."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="choices",
        manual="thème, second choix, liste d'attente | la personne",
        goes="participant_id theme second_theme",
        document=DocumentPart(
            "choice",
            _("Your theme"),
            Chapter.YOU,
            "SELECT * FROM choices WHERE participant_id = :id",
            facts={"theme": _("Theme"), "second_theme": _("Second choice"), "chosen_at": _("When")},
        ),
    ),
    PersonalData(
        table="waiting",
        manual="thème, second choix",
        goes="participant_id theme",
        document=DocumentPart(
            "waiting",
            _("Waiting lists"),
            Chapter.YOU,
            "SELECT * FROM waiting WHERE participant_id = :id",
            facts={"theme": _("Theme"), "since": _("Since")},
        ),
        instants="since",
    ),
    PersonalData(
        table="themes",
        of_nobody="key title description",
        stays_at_the_end=True,
        at_the_end=("UPDATE themes SET taken = 0",),
    ),
)
