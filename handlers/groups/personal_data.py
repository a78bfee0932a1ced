"""What is kept of the groups that people are in, with whom, and on which days they were there."""

from __future__ import annotations

from collections.abc import Sequence

from bot.people.declared import PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="members",
        goes="participant_id",
        document={
            "groups": "SELECT m.round, g.theme, g.number, g.name, g.room, m.pinned FROM members m"
            " JOIN groups g ON g.id = m.group_id WHERE m.participant_id = :id",
        },
    ),
    PersonalData(
        table="pairs",
        goes="first_id second_id kind",
        document={"pairs": "SELECT * FROM pairs WHERE first_id = :id OR second_id = :id"},
    ),
    PersonalData(
        table="attendance",
        goes="participant_id day",
        emptied="marked_by",
        document={
            "attendance": "SELECT day, present, marked_at FROM attendance WHERE participant_id = :id",
            "attendance_marked": "SELECT participant_id, day, marked_at FROM attendance WHERE marked_by = :id",
        },
    ),
    PersonalData(
        table="proposals",
        emptied="author_id",
        of_others="content",  # numbers of people, no names
        document={"groups_proposed": "SELECT id, created_at, kept_at FROM proposals WHERE author_id = :id"},
    ),
    PersonalData(table="groups", of_others="theme name room"),
    PersonalData(table="rounds", of_nobody="day", stays_at_the_end=True),
    PersonalData(table="group_numbers", of_nobody="theme", stays_at_the_end=True),
)
