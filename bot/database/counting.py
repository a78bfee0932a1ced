"""Tells how large a database is, and which engine runs it, without revealing any content."""

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
    return await tx.value(str, _VERSIONS[tx.dialect])


async def count_rows(tx: Transaction) -> Mapping[str, int]:
    """Return the number of rows in each table, by the table's name; this takes a while if there are many rows."""
    names = sorted(await tx.values(str, _TABLES[tx.dialect]))
    return {name: await tx.value(int, f"SELECT COUNT(*) FROM {name}") for name in names}
