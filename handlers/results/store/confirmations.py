"""Stores which groups confirmed their slides, and reads what is left to do before the plenary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.clock import to_micros
from bot.database.engine import Transaction


async def put_confirmation(tx: Transaction, group_id: int, digest: str, participant_id: int, now: int) -> None:
    """Store that a participant confirms the slides of a group.

    `digest` is the digest of what the slides show; `now` is in microseconds since 1970.
    """
    await tx.run(
        "INSERT INTO deck_confirmations (group_id, digest, confirmed_by, confirmed_at)"
        " VALUES (:group, :digest, :person, :now) ON CONFLICT (group_id) DO UPDATE SET digest = :digest,"
        " confirmed_by = :person, confirmed_at = :now",
        group=group_id,
        digest=digest,
        person=participant_id,
        now=now,
    )


async def renew_confirmation(tx: Transaction, group_id: int, digest: str) -> None:
    """Store a new digest of a group's confirmed slides, after people outside the group changed them."""
    await tx.run(
        "UPDATE deck_confirmations SET digest = :digest WHERE group_id = :group", group=group_id, digest=digest
    )


async def confirmed_digest(tx: Transaction, group_id: int) -> str:
    """Return the digest of the slides that a group confirmed; '' if the group confirmed none."""
    return (
        await tx.value_or_none(str, "SELECT digest FROM deck_confirmations WHERE group_id = :group", group=group_id)
        or ""
    )


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How many groups have finished their work (`done`), and how many of these never confirmed their slides.

    A group has finished if it began at least one phase, and if every phase has ended or the group's day is past.
    `running` says whether any group is in a phase; `plenary` is when (UTC) the next plenary begins, None if none is
    planned.
    """

    done: int
    unconfirmed: int
    running: bool
    plenary: datetime | None


_DONE = (
    "groups g JOIN rounds r ON r.number = g.round WHERE r.published_at IS NOT NULL"
    " AND EXISTS (SELECT 1 FROM phase_runs q WHERE q.group_id = g.id) AND (r.day < :today OR NOT EXISTS"
    " (SELECT 1 FROM phases h WHERE NOT EXISTS (SELECT 1 FROM phase_runs q WHERE q.group_id = g.id AND q.phase = h.key"
    " AND q.state = 'ended')))"
)


async def unfinished(tx: Transaction, today: date, now: datetime) -> Unfinished:
    """Return how many groups have finished their work at `now`, and how many of these never confirmed their slides.

    `today` is the date in the gathering's time zone.
    """
    [left] = await tx.rows(
        Unfinished,
        f"SELECT (SELECT COUNT(*) FROM {_DONE}) AS done, (SELECT COUNT(*) FROM {_DONE} AND NOT EXISTS"
        " (SELECT 1 FROM deck_confirmations d WHERE d.group_id = g.id)) AS unconfirmed,"
        " EXISTS (SELECT 1 FROM phase_runs q WHERE q.state <> 'ended') AS running,"
        " (SELECT MIN(s.starts_at) FROM sessions s WHERE s.kind = 'plenary' AND s.cancelled = 0 AND s.unconfirmed = 0"
        " AND s.starts_at > :now)"
        " AS plenary",
        today=today.isoformat(),
        now=to_micros(now),
    )
    return left
