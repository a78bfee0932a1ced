"""Declares which personal data the capability stores: programmes that organisers sent, until they are imported."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="pending_programmes",
        manual="liste ou programme envoyés",
        goes="author_id plans digest",
        document=DocumentPart(
            "programmes_sent",
            _("Programmes you sent"),
            Chapter.DONE,
            "SELECT id, plans, created_at FROM pending_programmes WHERE author_id = :id",
            facts={"created_at": _("When")},
        ),
        stored_json="plans",
    ),
    PersonalData(table="programme_news", manual="changements de l'équipe", emptied="author_id", of_others="changes"),
    PersonalData(table="sessions", of_others="key kind title place map_url zone audience", stays_at_the_end=True),
)
