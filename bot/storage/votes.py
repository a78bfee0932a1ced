"""Votes for ideas: whose, and how many each idea has.

A vote stays where it was cast. One for an idea that was merged counts for what it went into, a voter once; one for an
idea that is hidden or withdrawn counts for nothing, and counts again should that come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.workshops import Idea
from bot.storage.engine import Transaction
from bot.storage.ideas import COLUMNS, COUNTS, idea_of_row

OF_GROUP = "m.group_id = :group AND m.phase = :phase"


def tally_of(condition: str) -> str:
    """The query of votes by idea, `idea` and `votes`, over the ideas m of a condition."""
    return (
        "SELECT COALESCE(m.merged_into, m.id) AS idea, COUNT(DISTINCT v.participant_id) AS votes"
        " FROM ideas m JOIN idea_votes v ON v.idea_id = m.id"
        f" WHERE {condition} AND m.state = 'live' AND m.hidden = 0 GROUP BY COALESCE(m.merged_into, m.id)"
    )


async def tally(tx: Transaction, group_id: int, phase: str) -> Mapping[int, int]:
    """How many people voted for each idea of a group's phase that counts; ideas without a vote are not in it."""
    rows = await tx.all(
        f"SELECT t.idea, t.votes FROM ({tally_of(OF_GROUP)}) t JOIN ideas i ON i.id = t.idea WHERE {COUNTS}",
        group=group_id,
        phase=phase,
    )
    return {row["idea"]: row["votes"] for row in rows}


async def best(tx: Transaction, group_id: int, phase: str) -> Sequence[tuple[Idea, int]]:
    """The ideas of a group's phase that count, each with its votes: the most voted first, then the oldest."""
    rows = await tx.all(
        f"SELECT {COLUMNS}, COALESCE(t.votes, 0) AS votes FROM ideas i LEFT JOIN ({tally_of(OF_GROUP)}) t"
        f" ON t.idea = i.id WHERE i.group_id = :group AND i.phase = :phase AND {COUNTS}"
        " ORDER BY COALESCE(t.votes, 0) DESC, i.id",
        group=group_id,
        phase=phase,
    )
    return [(idea_of_row(row), row["votes"]) for row in rows]


async def of_person(tx: Transaction, participant_id: int, group_id: int, phase: str) -> frozenset[int]:
    """The ideas of a group's phase someone's votes count for."""
    rows = await tx.all(
        "SELECT DISTINCT i.id FROM idea_votes v JOIN ideas m ON m.id = v.idea_id"
        f" JOIN ideas i ON i.id = COALESCE(m.merged_into, m.id) WHERE v.participant_id = :person AND {OF_GROUP}"
        f" AND m.state = 'live' AND m.hidden = 0 AND {COUNTS}",
        person=participant_id,
        group=group_id,
        phase=phase,
    )
    return frozenset(row["id"] for row in rows)


async def cast(tx: Transaction, participant_id: int, group_id: int, phase: str, idea_ids: Iterable[int]) -> None:
    """Make these, of a group's phase, the only ideas of it someone votes for. Whether they may is the caller's."""
    await tx.run(
        "DELETE FROM idea_votes WHERE participant_id = :person AND idea_id IN"
        f" (SELECT m.id FROM ideas m WHERE {OF_GROUP})",
        person=participant_id,
        group=group_id,
        phase=phase,
    )
    await tx.many(
        "INSERT INTO idea_votes (participant_id, idea_id) VALUES (:person, :idea)",
        [{"person": participant_id, "idea": idea} for idea in sorted(set(idea_ids))],
    )
