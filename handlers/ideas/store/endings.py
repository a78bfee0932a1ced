"""Records which ideas nobody may read any more, or not with a name, so that a restored backup does not show them."""

from __future__ import annotations

from typing import Literal

from bot.database.engine import Transaction
from bot.people.declared import ending_of_rows
from bot.people.ending_store import record_endings


async def record(
    tx: Transaction, what: Literal["hidden", "anonymous", "withdrawn", "deleted"], idea_id: int, *, back: bool = False
) -> None:
    """Record that an idea is hidden, deleted and so on or, if `back` is True, that it is so no longer."""
    await record_endings(tx, f"idea {what}", [str(idea_id)], back=back)


ENDINGS = (
    ending_of_rows("idea hidden", "UPDATE ideas SET hidden = 1 WHERE id = :id AND hidden = 0"),
    ending_of_rows("idea anonymous", "UPDATE ideas SET anonymous = 1 WHERE id = :id AND anonymous = 0"),
    ending_of_rows(
        "idea withdrawn",
        "UPDATE ideas SET state = 'withdrawn' WHERE id = :id AND state <> 'withdrawn'",
        "UPDATE ideas SET merged_into = NULL WHERE merged_into = :id",
    ),
    ending_of_rows("idea deleted", "DELETE FROM ideas WHERE id = :id"),
)
