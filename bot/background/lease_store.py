"""Stores leases: a row per task says which program does it, and until when, so that no two programs do it at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction


async def take(
    tx: Transaction, name: str, holder: str, now: datetime, until: datetime, is_gone: Callable[[str], bool]
) -> bool:
    """Take a lease for `holder` until the instant `until`; returns False while another holder has it.

    A lease can be taken when nobody holds it, when it has run out, or when `is_gone` says that its holder has ended.
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
    """Prolong a lease of `holder`. Returns False if another holder has taken it."""
    return bool(
        await tx.run(
            "UPDATE leases SET until = :until WHERE name = :name AND holder = :holder",
            name=name,
            holder=holder,
            until=to_micros(until),
        )
    )


async def release(tx: Transaction, name: str, holder: str) -> None:
    """Give up a lease, so that another holder can take it at once."""
    await tx.run("DELETE FROM leases WHERE name = :name AND holder = :holder", name=name, holder=holder)


async def held(tx: Transaction, now: datetime) -> Sequence[tuple[str, str]]:
    """Return the leases that have not run out, as pairs of name and holder."""
    rows = await tx.all("SELECT name, holder FROM leases WHERE until > :now ORDER BY name", now=to_micros(now))
    return [(row["name"], row["holder"]) for row in rows]
