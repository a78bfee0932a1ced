"""Records which questions and names nobody may read any more, so that a restored backup does not show them again."""

from __future__ import annotations

from typing import Literal

from bot.database.engine import Transaction
from bot.people.declared import ending_of_rows
from bot.people.ending_store import record_endings


async def record(
    tx: Transaction,
    what: Literal["question hidden", "question unsigned", "question deleted", "group unnamed"],
    row_id: int,
    *,
    back: bool = False,
) -> None:
    """Record that a question or a group is hidden, deleted and so on or, if `back` is True, that it is so no longer."""
    await record_endings(tx, f"stage {what}", [str(row_id)], back=back)


ENDINGS = (
    ending_of_rows(
        "stage question hidden",
        "UPDATE stage_questions SET hidden_at = written_at WHERE id = :id AND hidden_at IS NULL",
    ),
    ending_of_rows("stage question unsigned", "UPDATE stage_questions SET named = 0 WHERE id = :id AND named = 1"),
    ending_of_rows(
        "stage question deleted",
        "UPDATE stage_questions SET merged_into = NULL WHERE merged_into = :id",
        "DELETE FROM stage_questions WHERE id = :id",
    ),
    ending_of_rows("stage group unnamed", "UPDATE stage_wishes SET named = 0 WHERE group_id = :id AND named = 1"),
)
