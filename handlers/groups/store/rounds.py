"""The SQL of rounds: the days that have groups, when these first meet, and whether they are published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from handlers.groups.model import Round

_ROUND = "SELECT number, day, meets_at, published_at IS NOT NULL AS published FROM rounds"
_ROUNDS = "rounds"  # key of what is read once a transaction


async def all_rounds(tx: Transaction) -> Sequence[Round]:
    """Return every round (the groups of one day), in order."""
    return await tx.cached(_ROUNDS, _read_rounds)


async def _read_rounds(tx: Transaction) -> Sequence[Round]:
    return await tx.rows(Round, f"{_ROUND} ORDER BY number")


async def find_round(tx: Transaction, number: int) -> Round | None:
    """Return the round (the groups of one day) with this number, counted from 1; None if there is none."""
    return await tx.row(Round, f"{_ROUND} WHERE number = :number", number=number)


async def add_round(tx: Transaction, number: int, day: date, meets_at: datetime | None) -> None:
    """Store a round (one day's groups) from the configuration, or update it.

    A round that is published, or whose first meeting was set in the chat, is not updated. `number` counts the rounds
    from 1. `meets_at` is when (UTC) its groups first meet, None for unknown.
    """
    tx.invalidate(_ROUNDS)
    await tx.run(
        "INSERT INTO rounds (number, day, meets_at, configured) VALUES (:number, :day, :meets_at, :meets_at)"
        " ON CONFLICT (number) DO UPDATE SET day = excluded.day, meets_at = excluded.meets_at,"
        " configured = excluded.configured WHERE rounds.published_at IS NULL"
        " AND COALESCE(rounds.meets_at, -1) = COALESCE(rounds.configured, -1)",
        number=number,
        day=day.isoformat(),
        meets_at=to_micros(meets_at) if meets_at else None,
    )


async def set_meeting(tx: Transaction, number: int, meets_at: datetime | None) -> None:
    """Set when (UTC) the groups of a round (one day) first meet; None for unknown."""
    tx.invalidate(_ROUNDS)
    await tx.run(
        "UPDATE rounds SET meets_at = :meets_at WHERE number = :number",
        number=number,
        meets_at=to_micros(meets_at) if meets_at else None,
    )


async def mark_round_published(tx: Transaction, number: int, now: datetime) -> bool:
    """Mark the groups of a round (one day) as published. Returns False if they were published before."""
    tx.invalidate(_ROUNDS)
    return bool(
        await tx.run(
            "UPDATE rounds SET published_at = :now WHERE number = :number AND published_at IS NULL",
            number=number,
            now=to_micros(now),
        )
    )


async def were_groups_published(tx: Transaction, since: datetime) -> bool:
    """Return whether groups were published after `since` (UTC)."""
    return await tx.exists("SELECT 1 FROM rounds WHERE published_at > :since LIMIT 1", since=to_micros(since))
