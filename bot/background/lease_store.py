"""Stores leases: one row for each task that only one program does at a time, naming the program and until when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction


async def take(
    tx: Transaction, name: str, holder: str, now: datetime, until: datetime, is_gone: Callable[[str], bool]
) -> bool:
    """Give the lease `name`, the right to do a task alone, to the program `holder` until the instant `until`.

    Returns False if another program has the lease. The lease can be taken if nobody has it, if it has expired, or if
    the present holder has ended: `is_gone` gets the name of the holder and returns whether this program has ended.
    """
    row = await tx.one("SELECT holder, until FROM leases WHERE name = :name", name=name)
    if row and row["holder"] != holder and row["until"] > to_micros(now) and not is_gone(row["holder"]):
        return False
    await _write(tx, name, holder, until)
    return True


async def renew(tx: Transaction, name: str, holder: str, until: datetime) -> bool:
    """Prolong the lease `name` of the program `holder`. Returns False if another program has taken the lease."""
    return bool(
        await tx.run(
            "UPDATE leases SET until = :until WHERE name = :name AND holder = :holder",
            name=name,
            holder=holder,
            until=to_micros(until),
        )
    )


async def release(tx: Transaction, name: str, holder: str) -> None:
    """Delete the lease `name`, the right to do a task alone, if `holder` has it; then another program can take it."""
    await tx.run("DELETE FROM leases WHERE name = :name AND holder = :holder", name=name, holder=holder)


async def put(tx: Transaction, name: str, holder: str, now: datetime, session: int) -> bool:
    """Record that the program `holder` has the lease `name`, the right to do a task alone, since `now`.

    This is for PostgreSQL, where a lease is a lock of the database session `session`. Returns False, and records
    nothing, if the session has lost the lock: another program may have the lease.
    """
    from bot.database.postgres_sessions import has_lock

    if not await has_lock(tx, session, name):
        return False
    await _write(tx, name, holder, now)
    return True


async def _write(tx: Transaction, name: str, holder: str, until: datetime) -> None:
    await tx.run(
        "INSERT INTO leases (name, holder, until) VALUES (:name, :holder, :until)"
        " ON CONFLICT (name) DO UPDATE SET holder = :holder, until = :until",
        name=name,
        holder=holder,
        until=to_micros(until),
    )


async def is_held(tx: Transaction, name: str, holder: str) -> bool:
    """Return whether the program `holder` was the last to take the lease `name`, the right to do a task alone."""
    return bool(
        await tx.one("SELECT name FROM leases WHERE name = :name AND holder = :holder", name=name, holder=holder)
    )


async def held(tx: Transaction, now: datetime) -> Sequence[tuple[str, str]]:
    """Return the leases in force at `now`, as pairs: the name of a task, and the program that does it (the holder).

    On PostgreSQL a lease is in force while somebody holds its lock, on SQLite until it expires.
    """
    rows = await tx.all("SELECT name, holder, until FROM leases ORDER BY name")
    if tx.dialect == "postgresql":
        from bot.database.postgres_sessions import names_locked

        locked = await names_locked(tx, [row["name"] for row in rows])
        rows = [row for row in rows if row["name"] in locked]
    else:
        rows = [row for row in rows if row["until"] > to_micros(now)]
    return [(row["name"], row["holder"]) for row in rows]
