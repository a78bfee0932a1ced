"""Votes for ideas: whose, and how many each idea has.

A vote stays where it was cast. One for an idea that was merged counts for what it went into, a voter once; one for an
idea that is hidden or withdrawn counts for nothing, and counts again should that come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.database.engine import Transaction
from handlers.ideas.store import COLUMNS, idea_of_row
from handlers.workshops.model import Idea
from handlers.workshops.store import COUNTS

OF_GROUP = "m.group_id = :group AND m.phase = :phase"
VOTES = "COUNT(DISTINCT v.participant_id)"


def voted(columns: str, condition: str) -> str:
    """The query of the ideas i that count among those m of a condition; it groups by idea and can order by VOTES."""
    return (
        f"SELECT {columns} FROM ideas m JOIN ideas i ON i.id = COALESCE(m.merged_into, m.id)"
        f" LEFT JOIN idea_votes v ON v.idea_id = m.id WHERE {condition} AND m.state = 'live' AND m.hidden = 0"
        f" AND {COUNTS} GROUP BY i.id"
    )


async def tally(tx: Transaction, group_id: int, phase: str) -> Mapping[int, int]:
    """How many people voted for each idea of a group's phase that counts; ideas without a vote are not in it."""
    rows = await tx.all(voted(f"i.id, {VOTES} AS votes", OF_GROUP), group=group_id, phase=phase)
    return {row["id"]: row["votes"] for row in rows if row["votes"]}


async def best(tx: Transaction, group_id: int, phase: str) -> Sequence[tuple[Idea, int]]:
    """The ideas of a group's phase that count, each with its votes: the most voted first, then the oldest."""
    rows = await tx.all(
        f"{voted(f'{COLUMNS}, {VOTES} AS votes', OF_GROUP)} ORDER BY {VOTES} DESC, i.id", group=group_id, phase=phase
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
    """Make these, of a group's phase, the only ideas of it someone votes for. Whether they may is the caller's.

    What they gave in the phase to another group of the round, before they were moved, is taken back.
    """
    await tx.run(
        "DELETE FROM idea_votes WHERE participant_id = :person AND EXISTS (SELECT 1 FROM ideas m"
        " JOIN groups o ON o.id = m.group_id JOIN groups g ON g.round = o.round"
        " WHERE m.id = idea_votes.idea_id AND m.phase = :phase AND g.id = :group)",
        person=participant_id,
        group=group_id,
        phase=phase,
    )
    await tx.many(
        "INSERT INTO idea_votes (participant_id, idea_id) VALUES (:person, :idea)",
        [{"person": participant_id, "idea": idea} for idea in sorted(set(idea_ids))],
    )
