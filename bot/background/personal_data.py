"""Declares which personal data are in the tables of jobs and reminders."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

WORK: Sequence[PersonalData] = (
    PersonalData(
        table="jobs",
        manual=(
            "liste ou programme envoyés : pendant la lecture, puis en attente de l'import | l'équipe | 1 jour au plus"
        ),
        goes="participant_id account_id kind state reference",
        of_nobody="role",
        shown="payload",
        document=DocumentPart(
            "work_asked_for",
            _("What you asked the bot to make"),
            Chapter.DONE,
            "SELECT kind, payload, state, created_at FROM jobs WHERE participant_id = :id",
            facts={"created_at": _("When")},
        ),
        stored_json="payload",
    ),
    PersonalData(table="reminders_called_back", of_nobody="subject"),
    PersonalData(table="leases", of_nobody="name holder", stays_at_the_end=True),
)
