"""Who does what only one program at a time may do: a row a task, with its holder and the end of its claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction


async def take(
    tx: Transaction, name: str, holder: str, now: datetime, until: datetime, is_gone: Callable[[str], bool]
) -> bool:
    """Take a lease that is free, run out, or held by one who `is_gone`. False while someone else holds it."""
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
    """Hold a lease longer. False when another took it."""
    return bool(
        await tx.run(
            "UPDATE leases SET until = :until WHERE name = :name AND holder = :holder",
            name=name,
            holder=holder,
            until=to_micros(until),
        )
    )


async def release(tx: Transaction, name: str, holder: str) -> None:
    """Let another one have it at once."""
    await tx.run("DELETE FROM leases WHERE name = :name AND holder = :holder", name=name, holder=holder)


async def held(tx: Transaction, now: datetime) -> Sequence[tuple[str, str]]:
    """The leases that have not run out, each with its holder."""
    rows = await tx.all("SELECT name, holder FROM leases WHERE until > :now ORDER BY name", now=to_micros(now))
    return [(row["name"], row["holder"]) for row in rows]
