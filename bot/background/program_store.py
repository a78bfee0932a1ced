"""Tells which programs on a database run now."""

from __future__ import annotations

from bot.database.engine import Transaction


async def running(tx: Transaction) -> frozenset[str]:
    """Return the names of the programs that run now (see `Store.program`); none where they cannot be told apart."""
    if tx.dialect != "postgresql":
        return frozenset()
    from bot.database.postgres_sessions import programs_running

    return await programs_running(tx)
