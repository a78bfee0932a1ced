"""How often an account guessed a code: five tries, then ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.storage.engine import Transaction

TRIES = 5
PAUSE = timedelta(minutes=10)


async def exhausted(tx: Transaction, platform: str, native_id: str, now: datetime) -> bool:
    """Whether this account has used up its tries for now."""
    row = await tx.one(
        "SELECT count FROM attempts WHERE platform = :platform AND native_id = :native_id AND until > :now",
        platform=platform,
        native_id=native_id,
        now=to_micros(now),
    )
    return row is not None and row["count"] >= TRIES


async def count(tx: Transaction, platform: str, native_id: str, now: datetime) -> None:
    """One more wrong guess."""
    await tx.run(
        "INSERT INTO attempts (platform, native_id, count, until) VALUES (:platform, :native_id, 1, :until)"
        " ON CONFLICT (platform, native_id) DO UPDATE SET"
        " count = CASE WHEN attempts.until > :now THEN attempts.count + 1 ELSE 1 END, until = :until",
        platform=platform,
        native_id=native_id,
        now=to_micros(now),
        until=to_micros(now + PAUSE),
    )


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Drop what no longer counts."""
    return await tx.run("DELETE FROM attempts WHERE until <= :now", now=to_micros(now))
