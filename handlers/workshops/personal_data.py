"""What is kept of who began phases, wrote down for a group, called for help or was asked to say something."""

from __future__ import annotations

from collections.abc import Sequence

from bot.people.declared import PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="phase_runs",
        emptied="started_by writer_id",
        of_nobody="phase state",
        document={
            "phases_you_began_or_write_down": "SELECT phase, started_at, started_by, writer_id FROM phase_runs"
            " WHERE started_by = :id OR writer_id = :id",
        },
    ),
    PersonalData(
        table="calls",
        emptied="caller_id taken_by withdrawn_by",
        document={
            "calls_for_help": "SELECT called_at, caller_id, taken_by, taken_at, closed_at, withdrawn_by FROM calls"
            " WHERE caller_id = :id OR taken_by = :id OR withdrawn_by = :id",
        },
    ),
    PersonalData(
        table="nudges",
        goes="participant_id",
        document={"asked_to_say_something": "SELECT at AS asked_at FROM nudges WHERE participant_id = :id"},
    ),
    PersonalData(table="phases", of_nobody="key title instruction example collects", stays_at_the_end=True),
)
