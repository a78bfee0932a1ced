"""What is kept of people in the table of arrivals."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="arrivals",
        manual="arrivals : quand et où | la personne",
        goes="participant_id place",  # by ON DELETE CASCADE
        document=DocumentPart(
            "arrival",
            _("Your arrival"),
            Chapter.YOU,
            "SELECT happens_at, place FROM arrivals WHERE participant_id = :id",
            facts={"happens_at": _("When"), "place": _("Where")},
        ),
    ),
)
