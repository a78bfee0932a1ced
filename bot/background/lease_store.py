"""Stores leases: a row for each task, with the program that does the task, and until when no other program may."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction


async def take(
    tx: Transaction, name: str, holder: str, now: datetime, until: datetime, is_gone: Callable[[str], bool]
) -> bool:
    """Take the lease `name` for `holder` until the instant `until`. Returns False if another holder has it.

    A lease can be taken if nobody holds it, if it has run out, or if `is_gone`, called with the name of its holder,
    returns True because that program has ended.
    """
    row = await tx.one("SELECT holder, until FROM leases WHERE name = :name", name=name)
    if row and row["holder"] != holder and row["until"] > to_micros(now) and not is_gone(row["holder"]):
        return False
    await tx.run(
        "INSERT INTO leases (name, holder, until) VALUES (:name, :holder, :until)"
        " ON CONFLICT (name) DO UPDATE SET holder = :holder, until = :until",
        name=name,
        holder=holder,
        until=to_micros(until),
    )
    return True


async def renew(tx: Transaction, name: str, holder: str, until: datetime) -> bool:
    """Prolong a lease of `holder` to the instant `until`. Returns False if another holder has taken it."""
    return bool(
        await tx.run(
            "UPDATE leases SET until = :until WHERE name = :name AND holder = :holder",
            name=name,
            holder=holder,
            until=to_micros(until),
        )
    )


async def release(tx: Transaction, name: str, holder: str) -> None:
    """Delete the lease `name` if `holder` has it, so that another holder can take it at once."""
    await tx.run("DELETE FROM leases WHERE name = :name AND holder = :holder", name=name, holder=holder)


async def held(tx: Transaction, now: datetime) -> Sequence[tuple[str, str]]:
    """Return the leases that have not run out, as pairs of name and holder."""
    rows = await tx.all("SELECT name, holder FROM leases WHERE until > :now ORDER BY name", now=to_micros(now))
    return [(row["name"], row["holder"]) for row in rows]
