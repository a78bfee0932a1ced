"""The SQL that goes through people and copies in slices, each small enough for one transaction.

A copy is the message to one recipient. An announcement may have very many; with slices, other work waits for one slice
at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.database.engine import Transaction

AT_ONCE = 500
"""How many people are given a copy, and how many copies are changed or called back, in one transaction."""


@dataclass(frozen=True, slots=True)
class Copies:
    """A slice of an announcement's copies (messages to one recipient), small enough for one database transaction.

    It holds `count` copies, whose ids are greater than `after` and at most `last`.
    """

    announcement_id: int
    after: int
    last: int
    count: int

    @property
    def params(self) -> Mapping[str, int]:
        """The SQL parameters of the condition that selects the copies of this slice."""
        return {"id": self.announcement_id, "after": self.after, "last": self.last}


_OF_ANNOUNCEMENT = "announcement_id IS NOT NULL AND announcement_id + 0 = :id"
"""SQL for the condition on copies of which an index, `deliveries_copies`, knows the order of their ids."""
THESE = (
    f"id IN (SELECT id FROM deliveries WHERE {_OF_ANNOUNCEMENT} AND id > CAST(:after AS BIGINT)"
    " AND id <= CAST(:last AS BIGINT))"
)
"""SQL for the condition that a delivery is among the copies of a `Copies` object, with the parameters `Copies.params`.
"""


async def next_copies(tx: Transaction, announcement_id: int, after: int) -> Copies | None:
    """Return the next slice of an announcement's copies (messages to one recipient); None if no copies are left.

    The ids of these copies are greater than `after`.
    """
    row = await tx.one(
        f"SELECT MAX(q.id) AS last, COUNT(*) AS found FROM (SELECT id FROM deliveries WHERE {_OF_ANNOUNCEMENT}"
        " AND id > CAST(:after AS BIGINT) ORDER BY id LIMIT :most) q",
        id=announcement_id,
        after=after,
        most=AT_ONCE,
    )
    return Copies(announcement_id, after, row["last"], row["found"]) if row and row["found"] else None
