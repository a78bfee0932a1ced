"""The personal data of results: who confirmed the slides of a group."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="deck_confirmations",
        manual="synthèse d'un groupe",
        emptied="confirmed_by digest",
        document=DocumentPart(
            "slides_you_confirmed",
            _("Slides you confirmed"),
            Chapter.DONE,
            "SELECT group_id, confirmed_at FROM deck_confirmations WHERE confirmed_by = :id",
        ),
    ),
)
