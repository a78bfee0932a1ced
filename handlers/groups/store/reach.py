"""The SQL of where messages about groups reach people."""

from __future__ import annotations

from collections.abc import Mapping

from bot.database.engine import Transaction
from bot.delivery.delivery_store import may_be_written_to
from handlers.groups.store.members import placements_of_round


async def platforms_reached_in_round(tx: Transaction, round_number: int) -> Mapping[int, str | None]:
    """Return, by id, the platform on which each member of the groups of a round (one day) gets messages.

    None stands for a member whom no message reaches.
    """
    platforms = await platforms_reached(tx)
    return {person: platforms.get(person) for person, _group_id, _pinned in await placements_of_round(tx, round_number)}


async def platforms_reached(tx: Transaction) -> Mapping[int, str]:
    """Return, by id, the platform on which each person gets messages; people who get none are left out.

    Both the preview («3 people will be told») and the confirmation count people with this.
    """
    rows = await tx.all(
        "SELECT p.id, a.platform FROM participants p"
        " JOIN accounts a ON a.id = (SELECT b.id FROM accounts b JOIN participants q ON q.id = b.participant_id"
        f" WHERE q.id = p.id AND b.unreachable = 0 AND {may_be_written_to('b')}"
        " ORDER BY CASE b.id WHEN q.preferred_account THEN 0 ELSE 1 END, b.id LIMIT 1) WHERE p.stopped = 0",
    )
    return {row["id"]: row["platform"] for row in rows}
