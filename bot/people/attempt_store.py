"""Counts an account's wrong guesses of codes: after `TRIES` wrong codes the account must wait for a `PAUSE`.

If very many codes are guessed at a time (`CROWD`), an account must wait after `TRIES_IN_A_CROWD`. Other limited actions
are counted in the same table, under a name of their own (`counted_action`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction

TRIES = 5
PAUSE = timedelta(minutes=10)
CROWD = 200
"""The number of wrong codes in ten minutes, over all accounts, from which on `TRIES_IN_A_CROWD` applies.

So many suggest that somebody is guessing with many accounts.
"""
TRIES_IN_A_CROWD = 2
_ACTION = "action:"
"""A beginning of words that no platform's name has."""


def counted_action(name: str) -> str:
    """Return the word under which the attempts of a limited action, called `name`, are counted.

    The attempts are in the table of wrong guesses. There this word is in the column for an account's platform, and the
    participant's id in the column for the account's id.
    """
    return f"{_ACTION}{name}"


async def pause(
    tx: Transaction, platform: str, native_id: str, now: datetime, *, tries: int = TRIES
) -> timedelta | None:
    """Return how long an account must still wait because it guessed `tries` wrong codes; None if it may guess now.

    `native_id` is the account's id on the platform. A stored pause that ends too far ahead is ignored, because it was
    stored while a clock was wrong.
    """
    row = await tx.one(
        "SELECT count, until FROM attempts WHERE platform = :platform AND native_id = :native_id AND until > :now"
        " AND until <= :latest",
        platform=platform,
        native_id=native_id,
        now=to_micros(now),
        latest=to_micros(now + 2 * PAUSE),
    )
    return from_micros(row["until"]) - now if row is not None and row["count"] >= tries else None


async def count(tx: Transaction, platform: str, native_id: str, now: datetime, *, more: int = 1) -> None:
    """Count `more` wrong guesses of codes by an account; `native_id` is the account's id on the platform."""
    await tx.run(
        "INSERT INTO attempts (platform, native_id, count, until) VALUES (:platform, :native_id, :more, :until)"
        " ON CONFLICT (platform, native_id) DO UPDATE SET"
        " count = CASE WHEN attempts.until > :now AND attempts.until <= :latest THEN attempts.count ELSE 0 END + :more,"
        " until = :until",
        more=more,
        platform=platform,
        native_id=native_id,
        now=to_micros(now),
        latest=to_micros(now + 2 * PAUSE),
        until=to_micros(now + PAUSE),
    )


async def forget(tx: Transaction, platform: str, native_id: str) -> None:
    """Delete the count of wrong guesses by an account; `native_id` is the account's id on the platform."""
    await tx.run(
        "DELETE FROM attempts WHERE platform = :platform AND native_id = :native_id",
        platform=platform,
        native_id=native_id,
    )


async def last(tx: Transaction, platform: str, native_id: str) -> datetime | None:
    """Return when an account last guessed a wrong code; None if no guess is stored.

    `native_id` is the account's id on the platform.
    """
    row = await tx.one(
        "SELECT until FROM attempts WHERE platform = :platform AND native_id = :native_id",
        platform=platform,
        native_id=native_id,
    )
    return from_micros(row["until"]) - PAUSE if row is not None else None


async def wrong_codes(tx: Transaction, now: datetime) -> tuple[int, int]:
    """Return how many wrong codes were guessed in the last ten minutes, and by how many accounts."""
    row = await tx.one(
        "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS guesses, COUNT(*) AS accounts FROM attempts"
        f" WHERE platform NOT LIKE '{_ACTION}%' AND until > :now AND until <= :latest",
        now=to_micros(now),
        latest=to_micros(now + 2 * PAUSE),
    )
    return (row["guesses"], row["accounts"]) if row else (0, 0)


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Delete the counts of wrong guesses whose ten minutes are over, and return how many counts were deleted."""
    return await tx.run("DELETE FROM attempts WHERE until <= :now", now=to_micros(now))
