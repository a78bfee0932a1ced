"""Reads which people are invited and have not joined yet, and for which of them an invitation was made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction

_INVITED = "p.attends = 1 AND p.status = 'invited'"
UNPRINTED = "NOT EXISTS (SELECT 1 FROM secrets s WHERE s.participant_id = p.id AND s.purpose = 'invitation')"
"""SQL condition that no invitation was made for a participant `p`."""


async def counts(tx: Transaction) -> tuple[int, int]:
    """Return how many invited people who have not joined have an invitation code, and how many have no code."""
    [row] = await tx.all(
        f"SELECT COUNT(*) AS invited, SUM(CASE WHEN {UNPRINTED} THEN 1 ELSE 0 END) AS unprinted"
        f" FROM participants p WHERE {_INVITED}"
    )
    unprinted: int = row["unprinted"] or 0
    return row["invited"] - unprinted, unprinted


async def unused_since(tx: Transaction, since: datetime | None) -> int:
    """Return how many invited people have not joined although an invitation was made for them after `since`.

    Invitations that were sent by e-mail do not count. If `since` is None, all other invitations do. The number is
    cached for the transaction.
    """

    async def count(tx: Transaction) -> int:
        return await tx.value(
            int,
            f"SELECT COUNT(*) FROM participants p WHERE {_INVITED} AND EXISTS (SELECT 1 FROM secrets s WHERE"
            " s.participant_id = p.id AND s.purpose = 'invitation' AND s.letter IS NULL AND s.created_at > :since)",
            since=to_micros(since) if since else 0,
        )

    return await tx.cached(f"invitations unused since {since}", count)


async def invited(tx: Transaction) -> Sequence[int]:
    """Return the ids of the people who are invited and have not joined."""
    return await tx.values(int, f"SELECT p.id FROM participants p WHERE {_INVITED} ORDER BY p.id")


async def without_letter(tx: Transaction, letter: str) -> tuple[Sequence[int], Sequence[int]]:
    """Return the ids of the invited people who have an address and got no e-mail with an invitation.

    The second value has the ids of the invited people who have neither an address nor any invitation, such as on a
    card. `letter` is the kind of the e-mails in the outbox.
    """
    rows = await tx.all(
        f"SELECT p.id, p.email <> '' AS addressed FROM participants p WHERE {_INVITED}"
        f" AND (p.email <> '' OR {UNPRINTED}) AND NOT EXISTS"
        " (SELECT 1 FROM deliveries d WHERE d.participant_id = p.id AND d.kind = :letter AND d.state <> 'cancelled')"
        " ORDER BY p.id",
        letter=letter,
    )
    return [row["id"] for row in rows if row["addressed"]], [row["id"] for row in rows if not row["addressed"]]


async def came_back(tx: Transaction, letter: str) -> int:
    """Return how many invited people have not joined and got no e-mail, as the last one to them did not arrive.

    Nobody counts for whom an invitation was made since that is not in an e-mail, such as on a card. `letter` is the
    kind of the e-mails in the outbox.
    """
    return await tx.value(
        int,
        "SELECT COUNT(*) FROM deliveries d JOIN participants p ON p.id = d.participant_id JOIN (SELECT MAX(id) AS last"
        " FROM deliveries WHERE kind = :letter AND state <> 'cancelled' GROUP BY participant_id) l ON l.last = d.id"
        f" WHERE {_INVITED} AND d.state IN ('unreachable', 'failed', 'dropped') AND NOT EXISTS (SELECT 1 FROM secrets s"
        " WHERE s.participant_id = p.id AND s.purpose = 'invitation' AND s.letter IS NULL"
        " AND s.created_at > d.created_at)",
        letter=letter,
    )


async def without_invitation(tx: Transaction) -> Sequence[int]:
    """Return the ids of the invited people for whom no invitation code was made."""
    return await tx.values(int, f"SELECT p.id FROM participants p WHERE {_INVITED} AND {UNPRINTED} ORDER BY p.id")
