"""The SQL that says which ideas are shown and which count, and how many a group gave in a phase."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.database.engine import Transaction
from handlers.workshops.model import PhaseRun


def is_shown(idea: str) -> str:
    """Return the SQL condition that people other than its author can read an idea.

    Such an idea was given in time, and is neither withdrawn nor hidden. `idea` is the alias of the table of ideas.
    """
    return f"{idea}.state = 'live' AND {idea}.hidden = 0"


def counts(idea: str) -> str:
    """Return the SQL condition that an idea is listed on its own: others can read it, and it is not merged.

    `idea` is the alias of the table of ideas.
    """
    return f"{is_shown(idea)} AND {idea}.merged_into IS NULL"


@dataclass(frozen=True, slots=True)
class Collected:
    """What a group has given in a phase: the number of ideas, of people who gave one, and of territories described.

    All authors who were erased count as one person.
    """

    ideas: int
    people: int
    territories: int


async def collected(tx: Transaction, run: PhaseRun) -> Collected:
    """Return how many ideas and territory cards a group has given in a phase so far, and how many people gave ideas.

    `run` is the phase in this group. An idea that was merged into another is not counted, but its author is.
    Hidden ideas and their authors are not counted.
    """
    [collected] = await tx.rows(
        Collected,
        "SELECT COUNT(CASE WHEN i.merged_into IS NULL THEN 1 END) AS ideas,"
        " COUNT(DISTINCT COALESCE(i.author_id, 0)) AS people,"
        " (SELECT COUNT(DISTINCT c.territory) FROM territory_cards c WHERE c.group_id = :group"
        " AND (c.present <> '' OR c.obstacle <> '' OR c.change <> '' OR c.carrier <> '')) AS territories"
        f" FROM ideas i WHERE i.group_id = :group AND i.phase = :phase AND {is_shown('i')}",
        group=run.group_id,
        phase=run.phase,
    )
    return collected


async def groups_with_ideas(tx: Transaction, phase: str) -> Collection[int]:
    """Return the ids of the groups that are in a phase (a key) now and have ideas that can be read once revealed.

    Ideas that came late, were withdrawn or are hidden do not count.
    """
    found = await tx.values(
        int,
        "SELECT r.group_id FROM phase_runs r WHERE r.phase = :phase AND r.ended_at IS NULL AND EXISTS (SELECT 1"
        f" FROM ideas i WHERE i.group_id = r.group_id AND i.phase = r.phase AND {is_shown('i')})",
        phase=phase,
    )
    return set(found)


async def votes_of_person(tx: Transaction, run: PhaseRun, participant_id: int) -> frozenset[int]:
    """Return the ids of the ideas of a run (one phase in one group) for which a participant has voted.

    If an idea was merged into another one, a vote for it counts for the other.
    """
    found = await tx.values(
        int,
        "SELECT DISTINCT i.id FROM idea_votes v JOIN ideas m ON m.id = v.idea_id"
        " JOIN ideas i ON i.id = COALESCE(m.merged_into, m.id) WHERE v.participant_id = :person"
        f" AND m.group_id = :group AND m.phase = :phase AND {is_shown('m')} AND {counts('i')}",
        person=participant_id,
        group=run.group_id,
        phase=run.phase,
    )
    return frozenset(found)


async def count_given_by(tx: Transaction, run: PhaseRun, participant_id: int) -> int:
    """Return how many ideas a participant gave in a run (one phase in one group), without late and withdrawn ones.

    Hidden ideas count too.
    """
    return await tx.value(
        int,
        "SELECT COUNT(*) FROM ideas i WHERE i.author_id = :person AND i.group_id = :group AND i.phase = :phase"
        " AND i.state = 'live'",
        person=participant_id,
        group=run.group_id,
        phase=run.phase,
    )
