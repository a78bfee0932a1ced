"""Stores votes for ideas. A vote for an idea that was merged counts for the idea it was merged into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.database.engine import Transaction
from bot.database.records import record
from handlers.ideas.store.ideas import COLUMNS
from handlers.workshops.model import Idea
from handlers.workshops.store.ideas import counts, is_shown

OF_GROUP = "m.group_id = :group AND m.phase = :phase"
"""The SQL condition for ideas `m` that a group gave in a phase."""
VOTES = "COUNT(DISTINCT v.participant_id)"
"""The SQL expression for how many people voted for an idea, in a query of `voted_query`."""


def voted_query(columns: str, condition: str) -> str:
    """Return an SQL query for listed ideas `i`, with their votes and the votes for ideas merged into them.

    Hidden, withdrawn and merged ideas are not listed. `columns` are the columns to select. `condition` selects ideas
    `m`: an idea `m` stands for the idea `i` into which it was merged, or for itself. The query groups by idea, and can
    be ordered by the SQL expression VOTES.
    """
    return (
        f"SELECT {columns} FROM ideas m JOIN ideas i ON i.id = COALESCE(m.merged_into, m.id)"
        f" LEFT JOIN idea_votes v ON v.idea_id = m.id WHERE {condition} AND {is_shown('m')}"
        f" AND {counts('i')} GROUP BY i.id"
    )


async def most_voted_of_theme(tx: Transaction, theme: str, phase: str, *, but_group: int, most: int) -> Sequence[int]:
    """Return the ids of at most `most` ideas of a theme's groups in a phase, the ones with the most votes first.

    Ideas of the group `but_group` are left out, and ideas that are withdrawn, hidden, merged into another or not
    revealed.
    """
    others = (
        "m.theme = :theme AND m.phase = :phase AND m.group_id <> :group AND EXISTS (SELECT 1 FROM phase_runs r"
        " WHERE r.group_id = m.group_id AND r.phase = m.phase AND r.revealed_at IS NOT NULL)"
    )
    rows = await tx.all(
        f"{voted_query('i.id', others)} ORDER BY {VOTES} DESC, i.id LIMIT :most",
        theme=theme,
        phase=phase,
        group=but_group,
        most=most,
    )
    return [row["id"] for row in rows]


async def most_voted_of_group(tx: Transaction, group_id: int, phase: str) -> Sequence[tuple[Idea, int]]:
    """Return all ideas of a group in a phase with their numbers of votes, without withdrawn, hidden and merged ones.

    The idea with the most votes comes first; among equals, the oldest.
    """
    rows = await tx.all(
        f"{voted_query(f'{COLUMNS}, {VOTES} AS votes', OF_GROUP)} ORDER BY {VOTES} DESC, i.id",
        group=group_id,
        phase=phase,
    )
    return [(record(Idea, row), row["votes"]) for row in rows]


async def cast_votes(tx: Transaction, participant_id: int, group_id: int, phase: str, idea_ids: Iterable[int]) -> None:
    """Replace a participant's votes in a group's phase with votes for the ideas with the ids `idea_ids`.

    The caller checks whether the participant may vote, and how often. If the participant changed group, their votes in
    the same phase of other groups of that day are deleted too.
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
        [{"person": participant_id, "idea": idea_id} for idea_id in sorted(set(idea_ids))],
    )


async def has_voted(tx: Transaction, participant_id: int) -> bool:
    """Return whether a person has voted for an idea in any phase."""
    return await tx.exists("SELECT 1 FROM idea_votes WHERE participant_id = :id LIMIT 1", id=participant_id)
