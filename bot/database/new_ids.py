"""Makes new ids start above every id that a table ever gave out, after a backup replaced the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.database.engine import Transaction

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_COUNTED_IN_SQLITE = (
    "INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM sqlite_schema"
    " WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND name NOT IN (SELECT name FROM sqlite_sequence)"
)
"""SQL by which SQLite also counts the ids of tables that never had a row."""
_SKIP_IN_SQLITE = "UPDATE sqlite_sequence SET seq = :last WHERE seq < :last"
_SKIP_IN_POSTGRES = (
    "SELECT setval(CAST(quote_ident(schemaname) || '.' || quote_ident(sequencename) AS REGCLASS),"
    " CAST(:last AS BIGINT)) FROM pg_sequences"
    " WHERE schemaname = current_schema() AND COALESCE(last_value, 0) < CAST(:last AS BIGINT)"
)


async def skip_given_ids(tx: Transaction, now: datetime) -> None:
    """Make new ids in all tables start at the number of milliseconds since 2020, unless they are already higher.

    A restored backup does not know the ids that were assigned after it was made. These ids are still in buttons of
    chats, on badges and in open pages: if they were assigned again, they would stand for somebody else. No table gets a
    thousand rows a second between two restores, so no id is assigned twice. Such an id takes eight characters in a
    button's payload.
    """
    last = (now - _BEGINNING) // timedelta(milliseconds=1)
    if tx.dialect == "sqlite":
        await tx.run(_COUNTED_IN_SQLITE)
        await tx.run(_SKIP_IN_SQLITE, last=last)
    else:
        await tx.run(_SKIP_IN_POSTGRES, last=last)
