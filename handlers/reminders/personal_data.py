"""What is kept of reminders that people asked for, or turned off."""

from __future__ import annotations

from collections.abc import Sequence

from bot.people.declared import PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="reminders",
        goes="participant_id subject lead state",
        document={
            "reminders_asked_for": "SELECT subject, about_at, due_at, state FROM reminders WHERE participant_id = :id",
        },
    ),
    PersonalData(
        table="reminder_mutes",
        goes="participant_id what wanted",
        document={
            "reminders_turned_off": "SELECT what AS subject FROM reminder_mutes"
            " WHERE participant_id = :id AND wanted = 0",
            "kinds_to_be_reminded_of": "SELECT what AS subject FROM reminder_mutes"
            " WHERE participant_id = :id AND wanted = 1",
        },
    ),
)
