"""Declares the personal data of attendance: on which days people were present, and who marked them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="attendance",
        manual="pointage : présence jour par jour, qui l'a notée et quand | l'équipe",
        goes="participant_id day",
        emptied="marked_by",
    ),
    PersonalData(
        table="attendance_halves",
        manual="pointage : présence par demi-journée, qui l'a notée et quand | l'équipe",
        goes="participant_id day",
        emptied="marked_by",
        document=(
            DocumentPart(
                "attendance",
                _("Your attendance"),
                Chapter.YOU,
                "SELECT day, afternoon, present, marked_at FROM attendance_halves WHERE participant_id = :id"
                " ORDER BY day, afternoon",
                facts={
                    "day": _("Day"),
                    "afternoon": _("Afternoon"),
                    "present": _("Present"),
                    "marked_at": _("Noted"),
                },
            ),
            DocumentPart(
                "attendance_marked",
                _("Attendance you noted"),
                Chapter.DONE,
                "SELECT participant_id, day, afternoon, marked_at FROM attendance_halves WHERE marked_by = :id",
                facts={"day": _("Day"), "marked_at": _("Noted")},
            ),
        ),
    ),
)
