"""Declares which personal data the capability stores: reminders that people asked for or turned off."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="reminders",
        manual="rappels demandés en plus | la personne | 2 mois après",
        goes="participant_id subject lead state",
        document=DocumentPart(
            "reminders_asked_for",
            _("Reminders you asked for"),
            Chapter.YOU,
            "SELECT subject, about_at, due_at, state FROM reminders WHERE participant_id = :id",
            facts={"about_at": _("About"), "due_at": _("When")},
        ),
    ),
    PersonalData(
        table="reminder_mutes",
        manual="rappels coupés, types d'activités dont on veut un rappel | la personne",
        goes="participant_id what wanted",
        document=(
            DocumentPart(
                "reminders_turned_off",
                _("Reminders you turned off"),
                Chapter.YOU,
                "SELECT what AS subject FROM reminder_mutes WHERE participant_id = :id AND wanted = 0",
            ),
            DocumentPart(
                "kinds_to_be_reminded_of",
                _("Reminders you turned on"),
                Chapter.YOU,
                "SELECT what AS subject FROM reminder_mutes WHERE participant_id = :id AND wanted = 1",
            ),
        ),
    ),
)
