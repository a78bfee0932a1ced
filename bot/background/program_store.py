"""Tells which programs on a database run now."""

from __future__ import annotations

from bot.database.engine import Transaction


async def running(tx: Transaction) -> frozenset[str]:
    """Return the names of the programs that run now (see `Store.program`); none where they cannot be told apart."""
    if tx.dialect != "postgresql":
        return frozenset()
    from bot.database.postgres_sessions import PROGRAMS

    locks = await tx.all(
        "SELECT CAST(objid AS BIGINT) AS number FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND CAST(classid AS BIGINT) = :programs",
        programs=PROGRAMS,
    )
    return frozenset(f"{lock['number']:08x}" for lock in locks)
