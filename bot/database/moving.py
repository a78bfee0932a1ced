"""Copies a gathering from one database into an empty database of the other engine, and checks each row.

Both databases already have the same tables. All rows are written in one transaction, each table after the tables it
refers to. Before the commit they are read back and compared with the source: the same number of rows, with the same
content. Leases are not copied, because they belong to running programs.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from hashlib import blake2b
from pathlib import Path
from typing import Any

import asyncpg

from bot.database.engine import StoreUnavailable
from bot.database.postgres_transaction import DATABASE_ERRORS, quote_nothing

_OF_THE_DATABASE = frozenset({"schema_version", "leases"})
"""The tables that are not copied: they say something about the database itself, or about programs that use it."""
_ROWS_AT_A_TIME = 1_000
_FILES_AT_A_TIME = 8  # rows with contents of files, of 10 MB each perhaps


class MoveRefused(Exception):
    """The error that a gathering cannot be copied to another database, or that the copy differs from the original.

    Nothing is then stored in the other database.
    """


@dataclass(slots=True)
class _Digest:
    """How many rows a table has, and the sum of their digests: two tables are the same whatever the order of rows."""

    rows: int = 0
    total: int = 0

    def add(self, row: Sequence[Any]) -> None:
        """Add one row to the digest."""
        values = [blake2b(value).digest() if isinstance(value, bytes) else value for value in row]
        self.rows += 1
        self.total += int.from_bytes(blake2b(repr(values).encode(), digest_size=16).digest())


class _Database(ABC):
    """One of the two databases, within a transaction. Columns are named in the order in which values are given."""

    @abstractmethod
    async def tables(self) -> Mapping[str, Sequence[str]]:
        """Return the columns of each table that is copied, sorted by name."""

    @abstractmethod
    async def references(self, table: str) -> set[str]:
        """Return the tables to which rows of a table refer."""

    @abstractmethod
    def read(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Any]]:
        """Yield the rows of a table."""

    @abstractmethod
    async def write(self, table: str, columns: Sequence[str], rows: AsyncIterator[Sequence[Any]]) -> None:
        """Add rows to a table."""

    @abstractmethod
    async def highest_id(self, table: str) -> int:
        """Return the highest id that was ever assigned to a row of a table; 0 if the engine assigns none."""

    @abstractmethod
    async def set_highest_id(self, table: str, highest: int) -> None:
        """Let the next id that the engine assigns in a table be greater than `highest`."""


async def move(source: str, target: str, last: Callable[[], Awaitable[None]] | None = None) -> Mapping[str, int]:
    """Copy all rows of the database at the URL `source` into the empty database at the URL `target`.

    Returns the number of copied rows by table name. `last` is called between writing the rows and the commit; if it
    raises an error, nothing is stored. Raises MoveRefused if `target` is not empty, if the tables differ, if `target`
    refuses a row, or if the copied rows differ from the source. Raises StoreUnavailable if a database fails or cannot
    be reached.
    """
    async with _open(source, writes=False) as before, _open(target, writes=True) as after:
        tables = await before.tables()
        if tables != await after.tables():
            raise MoveRefused("the two databases do not have the same tables")
        for table, columns in tables.items():
            async for _row in after.read(table, columns):
                raise MoveRefused(f"{table} already has rows: a gathering can only be moved to an empty database")
        order = TopologicalSorter({table: await before.references(table) - {table} for table in tables}).static_order()
        counts = {table: await _carry(table, tables[table], before, after) for table in order}
        if last:
            await last()
        return counts


async def _carry(table: str, columns: Sequence[str], before: _Database, after: _Database) -> int:
    """Carry one table over, and return how many rows it has. Raises MoveRefused if they came out otherwise."""
    read, written = _Digest(), _Digest()

    async def rows() -> AsyncIterator[Sequence[Any]]:
        async for row in before.read(table, columns):
            read.add(row)
            yield row

    try:
        await after.write(table, columns, rows())
    except (asyncpg.PostgresError, sqlite3.Error) as error:
        if isinstance(error, asyncpg.PostgresError):
            quote_nothing(error)
        raise MoveRefused(f"{table} cannot be copied: {error}") from None
    await after.set_highest_id(table, await before.highest_id(table))
    async for row in after.read(table, columns):
        written.add(row)
    if read != written:
        raise MoveRefused(
            f"{table}: {written.rows} rows were written, which differ from the {read.rows} that were read"
        )
    return read.rows


@asynccontextmanager
async def _open(url: str, *, writes: bool) -> AsyncIterator[_Database]:
    """Open a database and begin a transaction, which is committed at the end of the `async with` block if it writes.

    Raises StoreUnavailable where the database cannot be reached, or fails.
    """
    if url.startswith("sqlite:///"):
        with _sqlite_transaction(Path(url.removeprefix("sqlite:///")), writes=writes) as sqlite:
            yield _Sqlite(sqlite)
        return
    try:
        connection = await asyncpg.connect(url)
    except DATABASE_ERRORS as error:
        raise StoreUnavailable(str(error)) from None
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=not writes):
            yield _Postgres(connection)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if isinstance(error, asyncpg.PostgresError):
            quote_nothing(error)
        raise StoreUnavailable(str(error)) from None
    finally:
        await connection.close()


@contextmanager
def _sqlite_transaction(path: Path, *, writes: bool) -> Iterator[sqlite3.Connection]:
    mode = "rw" if writes else "ro"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        connection.execute("PRAGMA defer_foreign_keys = ON")  # a row may refer to a later one of its own table
        yield connection
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StoreUnavailable(str(error)) from None
    finally:
        connection.close()  # without COMMIT, nothing was written


class _Sqlite(_Database):
    """An SQLite database. Nothing else happens in the process meanwhile, so that it may wait for the disk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def tables(self) -> Mapping[str, Sequence[str]]:
        rows = self._connection.execute(
            "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c"
            " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY 1, 2"
        )
        return _by_table(rows)

    async def references(self, table: str) -> set[str]:
        return {name for (name,) in self._connection.execute('SELECT "table" FROM pragma_foreign_key_list(?)', [table])}

    async def read(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Any]]:
        for row in self._connection.execute(f"SELECT {_list(columns)} FROM {table}"):
            yield row

    async def write(self, table: str, columns: Sequence[str], rows: AsyncIterator[Sequence[Any]]) -> None:
        sql = f"INSERT INTO {table} ({_list(columns)}) VALUES ({', '.join('?' * len(columns))})"
        async for row in rows:
            self._connection.execute(sql, row)

    async def highest_id(self, table: str) -> int:
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table]).fetchone()
        return row[0] if row else 0

    async def set_highest_id(self, table: str, highest: int) -> None:
        if highest:
            self._connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", [table])
            self._connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table, highest])


class _Postgres(_Database):
    """A PostgreSQL database."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection

    async def tables(self) -> Mapping[str, Sequence[str]]:
        rows = await self._connection.fetch(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        )
        return _by_table(sorted((row["table_name"], row["column_name"]) for row in rows))

    async def references(self, table: str) -> set[str]:
        rows = await self._connection.fetch(
            "SELECT confrelid::regclass::text AS name FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = $1::text::regclass",
            table,
        )
        return {row["name"] for row in rows}

    async def read(self, table: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Any]]:
        contents = await self._connection.fetchval(
            "SELECT count(*) FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = $1 AND data_type = 'bytea'",
            table,
        )
        size = _FILES_AT_A_TIME if contents else _ROWS_AT_A_TIME
        async for row in self._connection.cursor(f"SELECT {_list(columns)} FROM {table}", prefetch=size):
            yield tuple(row)

    async def write(self, table: str, columns: Sequence[str], rows: AsyncIterator[Sequence[Any]]) -> None:
        # One statement a table: a row may refer to a later one of its own table, which is looked at when it ends.
        await self._connection.copy_records_to_table(table, columns=list(columns), records=rows)

    async def highest_id(self, table: str) -> int:
        if not (sequence := await self._sequence(table)):
            return 0
        highest: int = await self._connection.fetchval(
            f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"
        )
        return highest

    async def set_highest_id(self, table: str, highest: int) -> None:
        if highest and (sequence := await self._sequence(table)):
            await self._connection.execute("SELECT setval($1::text::regclass, $2)", sequence, highest)

    async def _sequence(self, table: str) -> str | None:
        sequence: str | None = await self._connection.fetchval(
            "SELECT pg_get_serial_sequence(table_name, column_name) FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = $1 AND is_identity = 'YES'",
            table,
        )
        return sequence


def _by_table(columns: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """Return the columns of each table that is carried over, from pairs of table and column."""
    tables: dict[str, list[str]] = {}
    for table, column in columns:
        if table not in _OF_THE_DATABASE:
            tables.setdefault(table, []).append(column)
    return tables


def _list(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
