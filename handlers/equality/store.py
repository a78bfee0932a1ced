"""The SQL of equality: who could take each step and who did, published figures, and a count made in the room.

Functions that read a step return how often each person took it, by id, with 0 for people who could but did not. People
who do not take part in the gathering, such as some organisers, are not included.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.clock import to_micros
from bot.content.stored_texts import decode, encode
from bot.database.engine import Transaction
from bot.people.audiences import COMES
from handlers.equality.model.steps import (
    PUBLISHED_COLUMNS,
    PublishedStep,
    RoomCount,
    Seen,
    WithheldStep,
    from_json,
    to_json,
)
from handlers.workshops.store.ideas import is_shown

_MEMBERS = (
    "SELECT m.participant_id AS id, 0 AS times FROM members m JOIN participants p ON p.id = m.participant_id"
    f" WHERE m.round = :round AND {COMES}"
)
_OF_ROUND = "JOIN groups g ON g.id = {group} AND g.round = :round"


async def genders(tx: Transaction) -> Mapping[int, str]:
    """Return the gender of everybody who takes part, by id; '' for unknown."""
    rows = await tx.all(f"SELECT p.id, p.gender FROM participants p WHERE {COMES}")
    return {row["id"]: row["gender"] for row in rows}


async def _tally(tx: Transaction, could: str, did: str, **params: Any) -> Mapping[int, int]:
    """Return how often people did something, of those who could; both are statements that return `id` and `times`."""
    done = {row["id"]: 0 for row in await tx.all(could, **params)}
    for row in await tx.all(did, **params):
        if row["id"] in done:
            done[row["id"]] = row["times"]
    return done


async def themes_chosen(tx: Transaction) -> Mapping[int, int]:
    """Return, for each person who joined, 1 if they have a theme, otherwise 0."""
    rows = await tx.all(
        "SELECT p.id, CASE WHEN c.theme IS NULL THEN 0 ELSE 1 END AS times FROM participants p"
        f" LEFT JOIN choices c ON c.participant_id = p.id WHERE {COMES}"
    )
    return {row["id"]: row["times"] for row in rows}


async def groups_got(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Return, for each person with a theme, 1 if they got a group in a round (the groups of one day), otherwise 0."""
    rows = await tx.all(
        "SELECT p.id, CASE WHEN m.group_id IS NULL THEN 0 ELSE 1 END AS times FROM participants p"
        " LEFT JOIN choices c ON c.participant_id = p.id"
        " LEFT JOIN members m ON m.participant_id = p.id AND m.round = :round"
        f" WHERE {COMES} AND (c.theme IS NOT NULL OR m.group_id IS NOT NULL)",
        round=round_number,
    )
    return {row["id"]: row["times"] for row in rows}


async def attendance(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Return, for each member of a round's groups, 1 if they were present that day, otherwise 0.

    A round is the groups of one day. The result is empty if nobody's attendance was recorded that day.
    """
    done = await _tally(
        tx,
        _MEMBERS,
        "SELECT t.participant_id AS id, t.present AS times FROM attendance t JOIN rounds r ON r.day = t.day"
        " WHERE r.number = :round",
        round=round_number,
    )
    return done if any(done.values()) else {}


async def ideas_given(tx: Transaction, round_number: int, phase: str) -> Mapping[int, int]:
    """Return how many ideas each member of the groups of a round (one day) gave in a phase, by the member's id.

    Only groups that began this phase are included.
    """
    return await _tally(
        tx,
        f"{_MEMBERS} AND EXISTS (SELECT 1 FROM phase_runs r WHERE r.group_id = m.group_id AND r.phase = :phase)",
        f"SELECT i.author_id AS id, COUNT(*) AS times FROM ideas i {_OF_ROUND.format(group='i.group_id')}"
        f" WHERE i.phase = :phase AND i.author_id IS NOT NULL AND {is_shown('i')} GROUP BY i.author_id",
        round=round_number,
        phase=phase,
    )


async def votes_received(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Return how many votes the ideas of each author got in the groups of a round (one day), by the author's id."""
    rows = await tx.all(
        "SELECT i.author_id AS id, COUNT(v.participant_id) AS times FROM ideas i"
        f" {_OF_ROUND.format(group='i.group_id')} JOIN participants p ON p.id = i.author_id"
        f" LEFT JOIN idea_votes v ON v.idea_id = i.id AND v.participant_id <> i.author_id"
        f" WHERE {is_shown('i')} AND {COMES} GROUP BY i.author_id",
        round=round_number,
    )
    return {row["id"]: row["times"] for row in rows}


async def builds(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Return how often each member of the groups of a round (one day) developed another person's idea, by member id."""
    return await _tally(
        tx,
        _MEMBERS,
        f"SELECT i.author_id AS id, COUNT(*) AS times FROM ideas i {_OF_ROUND.format(group='i.group_id')}"
        " JOIN ideas o ON o.id = i.parent_id WHERE i.author_id IS NOT NULL AND i.author_id <> COALESCE(o.author_id, 0)"
        f" AND {is_shown('i')} GROUP BY i.author_id",
        round=round_number,
    )


async def syntheses_written(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Return in how many phases each member of the groups of a round (one day) wrote the result, by member id.

    The result is the text on which the group agrees in the phase.
    """
    return await _tally(
        tx,
        _MEMBERS,
        "SELECT s.author_id AS id, COUNT(DISTINCT s.phase) AS times FROM syntheses s"
        f" {_OF_ROUND.format(group='s.group_id')} WHERE s.author_id IS NOT NULL GROUP BY s.author_id",
        round=round_number,
    )


async def calls_for_help(tx: Transaction, round_number: int) -> Mapping[int, int]:
    """Return how often each member of the groups of a round (one day) called a facilitator, by the member's id."""
    return await _tally(
        tx,
        _MEMBERS,
        "SELECT c.caller_id AS id, COUNT(*) AS times FROM calls c"
        f" {_OF_ROUND.format(group='c.group_id')} WHERE c.caller_id IS NOT NULL GROUP BY c.caller_id",
        round=round_number,
    )


# --- what is published, and what is not


async def published_steps(tx: Transaction) -> Sequence[PublishedStep]:
    """Return what is published about steps of the gathering, in the order of publication."""
    rows = await tx.all(f"SELECT {', '.join(PUBLISHED_COLUMNS)} FROM equality_steps ORDER BY published_at, key")
    return [
        from_json({**{column: row[column] for column in PUBLISHED_COLUMNS}, "title": json.loads(row["title"])})
        for row in rows
    ]


async def withheld_steps(tx: Transaction) -> Sequence[WithheldStep]:
    """Return the steps of the gathering about which nothing may be published, with the reasons."""
    rows = await tx.all("SELECT key, title, reason FROM equality_withheld ORDER BY key")
    return [WithheldStep(row["key"], decode(json.loads(row["title"])), row["reason"]) for row in rows]


async def put_published(tx: Transaction, steps: Iterable[PublishedStep], now: datetime) -> None:
    """Store figures about steps of the gathering as published at `now`. Already published figures do not change."""
    values = ", ".join(f":{column}" for column in PUBLISHED_COLUMNS)
    await tx.many(
        f"INSERT INTO equality_steps ({', '.join(PUBLISHED_COLUMNS)}, published_at) VALUES ({values}, :now)"
        " ON CONFLICT (key) DO NOTHING",
        [
            {
                **to_json(step),
                "title": json.dumps(encode(step.title)),
                "cautious": int(step.cautious),
                "now": to_micros(now),
            }
            for step in steps
        ],
    )


async def put_withheld(tx: Transaction, steps: Iterable[WithheldStep]) -> None:
    """Replace the list of steps of the gathering about which nothing may be published."""
    await tx.run("DELETE FROM equality_withheld")
    await tx.many(
        "INSERT INTO equality_withheld (key, title, reason) VALUES (:key, :title, :reason)",
        [{"key": step.key, "title": json.dumps(encode(step.title)), "reason": step.reason} for step in steps],
    )


# --- the count in the room


async def room_count(tx: Transaction) -> RoomCount | None:
    """Return the running count of speakers in the room; None if none is running."""
    times = {row["seen"]: row["times"] for row in await tx.all("SELECT seen, times FROM equality_room")}
    return RoomCount(times.get("woman", 0), times.get("man", 0), times.get("unknown", 0)) if times else None


async def begin_room_count(tx: Transaction) -> None:
    """Begin a count of speakers in the room, from 0; if a count is running, change nothing."""
    await tx.many(
        "INSERT INTO equality_room (seen, times) VALUES (:seen, 0) ON CONFLICT (seen) DO NOTHING",
        [{"seen": seen} for seen in ("woman", "man", "unknown")],
    )


async def count_in_room(tx: Transaction, seen: Seen, by: int) -> None:
    """Add `by` (1 or -1) to the count of women, men or people of unknown gender who spoke in the room.

    `seen` is «woman», «man» or «unknown». The count never falls below 0. If no count is running, nothing happens.
    """
    await tx.run(
        "UPDATE equality_room SET times = times + :by WHERE seen = :seen AND times + :by >= 0", seen=seen, by=by
    )


async def end_room_count(tx: Transaction) -> None:
    """End and delete the count of speakers in the room."""
    await tx.run("DELETE FROM equality_room")
