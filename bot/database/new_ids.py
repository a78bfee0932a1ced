"""Lets the ids of new rows begin where no row of the same table ever had one, in a database that a backup replaced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.database.engine import Transaction

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_COUNTED_IN_SQLITE = (
    "INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM sqlite_schema"
    " WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND name NOT IN (SELECT name FROM sqlite_sequence)"
)
"""Has a table counted that never had a row."""
_SKIP_IN_SQLITE = "UPDATE sqlite_sequence SET seq = :last WHERE seq < :last"
_SKIP_IN_POSTGRES = (
    "SELECT setval(CAST(quote_ident(schemaname) || '.' || quote_ident(sequencename) AS REGCLASS),"
    " CAST(:last AS BIGINT)) FROM pg_sequences"
    " WHERE schemaname = current_schema() AND COALESCE(last_value, 0) < CAST(:last AS BIGINT)"
)


async def skip_given_ids(tx: Transaction, now: datetime) -> None:
    """Let new ids of all tables begin after the number of milliseconds since 2020; ids that are higher already stay.

    A backup does not know which ids were given after it. These stand in the buttons of chats, on badges and in open
    pages, so the next person would be taken for another. From one restore to the next, no table gets a thousand rows a
    second: no id is given twice, even where the former database is lost. A payload writes such an id in eight
    characters.
    """
    last = (now - _BEGINNING) // timedelta(milliseconds=1)
    if tx.dialect == "sqlite":
        await tx.run(_COUNTED_IN_SQLITE)
        await tx.run(_SKIP_IN_SQLITE, last=last)
    else:
        await tx.run(_SKIP_IN_POSTGRES, last=last)
