"""Stores the audience's reactions to a group: applause, and «Chez moi aussi» (it is needed here too)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.content.names import display_name
from bot.database.engine import Row, Transaction

MOST_CLAPS = 20
"""The most applause of one person that counts for one group."""


async def applaud(tx: Transaction, group_id: int, participant_id: int) -> None:
    """Count one clap of a person for a group, up to `MOST_CLAPS`."""
    await tx.run(
        "INSERT INTO applause (group_id, participant_id, claps) VALUES (:group, :person, 1)"
        " ON CONFLICT (group_id, participant_id) DO UPDATE SET claps = applause.claps + 1"
        " WHERE applause.claps < :most",
        group=group_id,
        person=participant_id,
        most=MOST_CLAPS,
    )


async def applause_of(tx: Transaction, group_id: int) -> int:
    """Return how often the audience applauded a group."""
    return await tx.value(
        int, "SELECT CAST(COALESCE(SUM(claps), 0) AS BIGINT) FROM applause WHERE group_id = :group", group=group_id
    )


@dataclass(frozen=True, slots=True)
class AlsoHere:
    """A person's statement that a group's solution is also needed in their `territory` (a code).

    `name` is the person's first name and initial, '' if they no longer take part; `offer` is how they could help, '' if
    they did not say.
    """

    id: int
    participant_id: int
    name: str
    territory: str
    offer: str


async def put_also_here(tx: Transaction, group_id: int, participant_id: int, territory: str, now: datetime) -> None:
    """Store a person's statement that a group's solution is also needed in a territory (a code).

    It replaces the person's earlier statement about the group, if any.
    """
    await tx.run(
        "INSERT INTO also_here (group_id, participant_id, territory, at) VALUES (:group, :person, :territory, :now)"
        " ON CONFLICT (group_id, participant_id) DO UPDATE SET territory = excluded.territory",
        group=group_id,
        person=participant_id,
        territory=territory,
        now=to_micros(now),
    )


async def set_offer(tx: Transaction, group_id: int, participant_id: int, offer: str) -> bool:
    """Store how a person could help a group's solution where they live.

    Returns False if the person has not said that the solution is needed there.
    """
    return bool(
        await tx.run(
            "UPDATE also_here SET offer = :offer WHERE group_id = :group AND participant_id = :person",
            group=group_id,
            person=participant_id,
            offer=offer,
        )
    )


async def take_back_also_here(tx: Transaction, group_id: int, participant_id: int) -> bool:
    """Delete a person's statement that a group's solution is needed where they live. Returns False without one."""
    return bool(
        await tx.run(
            "DELETE FROM also_here WHERE group_id = :group AND participant_id = :person",
            group=group_id,
            person=participant_id,
        )
    )


_ALSO_HERE = (
    "SELECT h.id, h.participant_id, h.territory, h.offer, p.given_name, p.family_name, p.status FROM also_here h"
    " JOIN participants p ON p.id = h.participant_id WHERE h.group_id = :group"
)


def _also_here(row: Row) -> AlsoHere:
    return AlsoHere(
        row["id"],
        row["participant_id"],
        display_name(row["given_name"], row["family_name"]) if row["status"] == "joined" else "",
        row["territory"],
        row["offer"],
    )


async def also_here_of(tx: Transaction, group_id: int) -> Sequence[AlsoHere]:
    """Return people's statements that a group's solution is needed elsewhere, in order of time."""
    return [_also_here(row) for row in await tx.all(f"{_ALSO_HERE} ORDER BY h.id", group=group_id)]


async def own_also_here(tx: Transaction, group_id: int, participant_id: int) -> AlsoHere | None:
    """Return a person's statement that a group's solution is needed where they live; None if there is none."""
    row = await tx.one(f"{_ALSO_HERE} AND h.participant_id = :person", group=group_id, person=participant_id)
    return _also_here(row) if row else None


@dataclass(frozen=True, slots=True)
class Echo:
    """The audience's reactions to a group so far, as numbers.

    `questions` counts the visible questions to the group, and `waiting` those that were not asked yet. `votes` counts
    the votes for questions, `claps` the applause, and `also_here` the people who say that the solution is needed where
    they live.
    """

    questions: int
    waiting: int
    votes: int
    claps: int
    also_here: int


async def echo_of(tx: Transaction, group_id: int) -> Echo:
    """Return the audience's reactions to a group so far. They are read in one statement, as wall screens ask often."""
    [echo] = await tx.rows(
        Echo,
        "SELECT (SELECT COUNT(*) FROM stage_questions q WHERE q.group_id = :group AND q.hidden_at IS NULL"
        " AND q.merged_into IS NULL) AS questions, (SELECT COUNT(*) FROM stage_questions q WHERE q.group_id = :group"
        " AND q.hidden_at IS NULL AND q.merged_into IS NULL AND q.asked_at IS NULL) AS waiting,"
        " (SELECT COUNT(*) FROM stage_votes v JOIN stage_questions q"
        " ON q.id = v.question_id WHERE q.group_id = :group AND q.hidden_at IS NULL) AS votes,"
        " (SELECT CAST(COALESCE(SUM(a.claps), 0) AS BIGINT) FROM applause a WHERE a.group_id = :group) AS claps,"
        " (SELECT COUNT(*) FROM also_here h WHERE h.group_id = :group) AS also_here",
        group=group_id,
    )
    return echo
