"""Counts how often an account guessed a code: after `TRIES` wrong ones it must wait for a `PAUSE`.

Where many guess at once, it must wait after `TRIES_IN_A_CROWD`. Other limited things are counted in the same way, under
another word in place of the platform's name.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction

TRIES = 5
PAUSE = timedelta(minutes=10)
CROWD = 200
"""The number of wrong codes in ten minutes, over all accounts, from which someone may be guessing with many accounts.
"""
TRIES_IN_A_CROWD = 2
DOCUMENT = "document"
"""The word under which requests for the document of one's data are counted, by the participant's id.

The id leads to nobody once the participant is erased.
"""


async def pause(
    tx: Transaction, platform: str, native_id: str, now: datetime, *, tries: int = TRIES
) -> timedelta | None:
    """Return how long an account that has used up its tries must still wait; None where it may try.

    `tries` is the number of tries that it has. A count whose end lies further ahead than a pause can last was written
    under a wrong clock and is ignored.
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


async def count(tx: Transaction, platform: str, native_id: str, now: datetime) -> None:
    """Count one more wrong guess of an account."""
    await tx.run(
        "INSERT INTO attempts (platform, native_id, count, until) VALUES (:platform, :native_id, 1, :until)"
        " ON CONFLICT (platform, native_id) DO UPDATE SET"
        " count = CASE WHEN attempts.until > :now AND attempts.until <= :latest THEN attempts.count + 1 ELSE 1 END,"
        " until = :until",
        platform=platform,
        native_id=native_id,
        now=to_micros(now),
        latest=to_micros(now + 2 * PAUSE),
        until=to_micros(now + PAUSE),
    )


async def last(tx: Transaction, platform: str, native_id: str) -> datetime | None:
    """Return when something was counted last for an account; None where nothing is stored."""
    row = await tx.one(
        "SELECT until FROM attempts WHERE platform = :platform AND native_id = :native_id",
        platform=platform,
        native_id=native_id,
    )
    return from_micros(row["until"]) - PAUSE if row is not None else None


async def wrong_codes(tx: Transaction, now: datetime) -> tuple[int, int]:
    """Return the number of wrong guesses of the last ten minutes, and the number of accounts that made them."""
    row = await tx.one(
        "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS guesses, COUNT(*) AS accounts FROM attempts"
        " WHERE platform <> :document AND until > :now AND until <= :latest",
        document=DOCUMENT,
        now=to_micros(now),
        latest=to_micros(now + 2 * PAUSE),
    )
    return (row["guesses"], row["accounts"]) if row else (0, 0)


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Delete the counts whose pause is over. Returns how many."""
    return await tx.run("DELETE FROM attempts WHERE until <= :now", now=to_micros(now))
