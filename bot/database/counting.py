"""Tells how large a database is, and what runs it, without anything that is in it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.database.engine import Dialect, Transaction

_TABLES: Mapping[Dialect, str] = {
    "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    "postgresql": "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()",
}
_VERSIONS: Mapping[Dialect, str] = {
    "sqlite": "SELECT 'SQLite ' || sqlite_version() AS version",
    "postgresql": "SELECT 'PostgreSQL ' || current_setting('server_version') AS version",
}


async def engine_version(tx: Transaction) -> str:
    """Return the name and version of the database engine, like «SQLite 3.45.1»."""
    row = await tx.one(_VERSIONS[tx.dialect])
    assert row is not None
    version: str = row["version"]
    return version


async def count_rows(tx: Transaction) -> Mapping[str, int]:
    """Return how many rows each table has, by name; takes a while where there are many."""
    names = sorted(row["name"] for row in await tx.all(_TABLES[tx.dialect]))
    counts: dict[str, int] = {}
    for name in names:
        row = await tx.one(f"SELECT COUNT(*) AS n FROM {name}")
        assert row is not None
        counts[name] = row["n"]
    return counts
