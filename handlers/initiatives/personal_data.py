"""Declares the personal data of initiatives: cards, and whether people want to keep in touch."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="initiative_cards",
        manual=(
            "initiatives, s'il y en a : ce que la personne cherche et apporte, comment la joindre | la personne |"
            " jusqu'à l'effacement"
        ),
        goes="participant_id contact",
        of_nobody="seeks offers",
        document=DocumentPart(
            "initiative",
            _("Your initiative"),
            Chapter.YOU,
            "SELECT seeks, offers, contact, shown FROM initiative_cards WHERE participant_id = :id",
        ),
    ),
    PersonalData(
        table="contact_answers",
        manual=(
            "contacts, s'il y en a : avec qui garder le contact, ou non | la personne | jusqu'à l'effacement d'une"
            " des deux"
        ),
        goes="participant_id about_id",
        of_nobody="met",
        document=DocumentPart(
            "contact_answers",
            _("Whom you want to keep in touch with"),
            Chapter.SAID,
            "SELECT about_id, yes, met FROM contact_answers WHERE participant_id = :id ORDER BY about_id",
        ),
    ),
)
