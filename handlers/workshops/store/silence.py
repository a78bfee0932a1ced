"""The SQL of members who have given nothing in a phase, and of when they were nudged (asked for an idea)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.delivery.delivery_store import may_be_written_to

IS_THERE = (
    "p.status = 'joined' AND NOT EXISTS (SELECT 1 FROM attendance t WHERE t.participant_id = p.id AND t.present = 0"
    " AND t.day = (SELECT w.day FROM rounds w WHERE w.number = m.round))"
)
"""The SQL condition for members who joined and were not marked absent on the day of their group's round.

The query must name the row of `members` `m` and the row of `participants` `p`.
"""
HAS_SPOKEN = (
    "(EXISTS (SELECT 1 FROM ideas i WHERE i.author_id = p.id AND i.phase = r.phase AND i.group_id = m.group_id"
    " AND i.state = 'live') OR (r.phase IN (SELECT h.key FROM phases h WHERE h.collects = 'territories')"
    " AND EXISTS (SELECT 1 FROM territory_cards k WHERE k.participant_id = p.id AND k.group_id = m.group_id)))"
)
"""The SQL condition for members who gave an idea in the phase of a run, or a territory card if it collects these.

The query must name the row of `members` `m`, of `participants` `p` and of `phase_runs` `r`.
"""
HAS_VOTED = (
    "EXISTS (SELECT 1 FROM idea_votes v JOIN ideas i ON i.id = v.idea_id WHERE v.participant_id = p.id"
    " AND i.group_id = m.group_id AND i.phase = r.phase)"
)
"""The SQL condition for members who voted in the phase of a run; the query must name the same rows as above."""


async def silent_members(tx: Transaction, run_id: int) -> Sequence[int]:
    """Return the ids of members who are present and have given nothing in a run (one phase in one group)."""
    return await tx.values(
        int,
        "SELECT p.id FROM phase_runs r JOIN members m ON m.group_id = r.group_id"
        " JOIN participants p ON p.id = m.participant_id"
        f" WHERE r.id = :run AND {IS_THERE} AND NOT {HAS_SPOKEN} ORDER BY p.id",
        run=run_id,
    )


PAUSE = timedelta(minutes=10)
"""How long a person who was nudged (asked in private for an idea) is not nudged again."""


async def nudged_lately(tx: Transaction, participant_ids: Iterable[int], now: datetime) -> frozenset[int]:
    """Return which of these participants were asked in private for an idea within the last ten minutes."""
    rows = await tx.all(
        "SELECT participant_id FROM nudges WHERE at > :since AND at <= :latest",
        since=to_micros(now - PAUSE),
        latest=to_micros(now + PAUSE),  # a later time was stored while the clock was wrong
    )
    return frozenset(row["participant_id"] for row in rows) & frozenset(participant_ids)


async def reachable_in_private(tx: Transaction, participant_ids: Iterable[int]) -> Sequence[int]:
    """Return, in the given order, which of these participants accept private messages that they did not ask for."""
    reachable: list[int] = []
    for participant_id in participant_ids:
        row = await tx.one(
            "SELECT 1 AS found FROM participants p WHERE p.id = :id AND p.stopped = 0 AND EXISTS (SELECT 1"
            f" FROM accounts b WHERE b.participant_id = p.id AND b.unreachable = 0 AND {may_be_written_to('b')})",
            id=participant_id,
        )
        if row:
            reachable.append(participant_id)
    return reachable


async def note_nudged(tx: Transaction, participant_ids: Iterable[int], now: datetime) -> None:
    """Store that these participants are now asked in private for an idea."""
    await tx.many(
        "INSERT INTO nudges (participant_id, at) VALUES (:id, :now)"
        " ON CONFLICT (participant_id) DO UPDATE SET at = :now",
        [{"id": participant_id, "now": to_micros(now)} for participant_id in participant_ids],
    )
