"""What is kept of the themes that people chose, or wait for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.people.declared import PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="choices",
        goes="participant_id theme second_theme",
        document={"choice": "SELECT * FROM choices WHERE participant_id = :id"},
    ),
    PersonalData(
        table="waiting",
        goes="participant_id theme",
        document={"waiting": "SELECT * FROM waiting WHERE participant_id = :id"},
        instants="since",
    ),
    PersonalData(
        table="themes",
        of_nobody="key title description",
        stays_at_the_end=True,
        at_the_end=("UPDATE themes SET taken = 0",),
    ),
)
