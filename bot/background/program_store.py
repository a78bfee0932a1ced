"""Tells which programs are running on a database."""

from __future__ import annotations

from bot.database.engine import Transaction


async def running(tx: Transaction) -> frozenset[str]:
    """Return the names of the programs that are running on this database.

    On SQLite, which cannot tell programs apart, the result is empty.
    """
    if tx.dialect != "postgresql":
        return frozenset()
    from bot.database.postgres_sessions import programs_running

    return await programs_running(tx)
