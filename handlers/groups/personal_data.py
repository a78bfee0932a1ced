"""The personal data of groups: who is in which group and with whom."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="members",
        manual=(
            "groupe de chaque journée, place fixe ; règles entre deux personnes (ensemble, jamais ensemble) | "
            "l'équipe, le bot"
        ),
        goes="participant_id",
        document=DocumentPart(
            "groups",
            _("Your groups"),
            Chapter.YOU,
            "SELECT m.round, g.theme, g.number, g.name, g.room, m.pinned FROM members m"
            " JOIN groups g ON g.id = m.group_id WHERE m.participant_id = :id",
            facts={"theme": _("Theme"), "number": _("Number"), "name": _("Name"), "room": _("Room")},
        ),
    ),
    PersonalData(
        table="pairs",
        manual="groupe de chaque journée",
        goes="first_id second_id kind",
        document=DocumentPart(
            "pairs",
            _("People you should meet or not meet in a group"),
            Chapter.YOU,
            "SELECT * FROM pairs WHERE first_id = :id OR second_id = :id",
        ),
    ),
    PersonalData(
        table="proposals",
        manual=(
            "propositions de groupes : des numéros, aucun nom | le bot | 1 jour ; jusqu'à la fin, si elles sont gardées"
        ),
        emptied="author_id",
        of_others="content",  # ids of people, no names
        document=DocumentPart(
            "groups_proposed",
            _("Groups you asked for"),
            Chapter.DONE,
            "SELECT id, created_at, kept_at FROM proposals WHERE author_id = :id",
            facts={"created_at": _("When")},
        ),
    ),
    PersonalData(table="groups", of_others="theme name room"),
    PersonalData(table="rounds", of_nobody="day", stays_at_the_end=True),
    PersonalData(table="group_numbers", of_nobody="theme", stays_at_the_end=True),
)
