"""Runs migrations: numbered SQL files that create and change the tables, each in one transaction, once and in order."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.database.engine import Dialect, Store, Transaction

MIGRATIONS = Path(__file__).parent / "migrations"
"""The folder of this program's migrations, `NNN_name.sql`, numbered from 001 without a gap."""

_FILE_NAME = re.compile(r"(\d{3})_\w+\.sql")

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_HAS_VERSIONS: Mapping[Dialect, str] = {
    "sqlite": "SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'",
    "postgresql": "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version'",
}


class DatabaseTooNew(Exception):
    """The error that a newer program migrated the database, so that this program must not use it."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration: its number, and its file."""

    version: int
    file: Path

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.file.name

    @property
    def sql(self) -> str:
        """Its SQL, which works on both engines; read when it is asked for, as nearly all have been run already."""
        return self.file.read_text(encoding="utf-8")


def migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """Return the migrations in a folder, in order. Raises ValueError for a wrong file name or a gap in the numbers."""
    found = []
    for version, path in enumerate(sorted(folder.glob("*.sql")), start=1):
        numbered = _FILE_NAME.fullmatch(path.name)
        if not numbered or int(numbered[1]) != version:
            raise ValueError(f"{path.name}: migration {version:03} was expected here, named {version:03}_name.sql")
        found.append(Migration(version, path))
    return found


async def pending(store: Store, folder: Path = MIGRATIONS) -> list[Migration]:
    """Return the migrations that have not been run on a database. Raises DatabaseTooNew."""
    known = migrations(folder)
    version = await store.read(_version)
    if version > len(known):
        raise DatabaseTooNew(
            f"the database is at version {version} and this program knows only {len(known)}:"
            " run the newer program, or restore a backup made before it"
        )
    return known[version:]


async def upgrade(store: Store, folder: Path = MIGRATIONS) -> list[Migration]:
    """Run the migrations that a database lacks, and return them.

    Another program that does the same meanwhile waits, and finds nothing left to do. Raises DatabaseTooNew, and what a
    failing migration raised, with the name of the migration as a note.
    """
    if not await pending(store, folder):
        return []
    async with store.migrating():
        return [migration for migration in await pending(store, folder) if await _apply(store, migration)]


async def _apply(store: Store, migration: Migration) -> bool:
    async def unit(tx: Transaction) -> bool:
        await tx.run("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL)")
        if await _version(tx) >= migration.version:
            return False
        for sql in statements(migration.sql):
            await tx.run(sql)
        await tx.run(
            "INSERT INTO schema_version (version, name) VALUES (:version, :name)",
            version=migration.version,
            name=migration.name,
        )
        return True

    try:
        return await store.transact(unit)
    except Exception as error:
        error.add_note(f"in migration {migration.name}, of which nothing was kept")
        raise


async def _version(tx: Transaction) -> int:
    if not await tx.one(_HAS_VERSIONS[tx.dialect]):
        return 0
    return await tx.value(int, "SELECT COALESCE(MAX(version), 0) FROM schema_version")


def statements(script: str) -> Iterator[str]:
    """Yield the SQL statements of a script. A semicolon within a string, comment or trigger does not end a statement.

    Raises ValueError if the last statement is not complete.
    """
    statement = ""
    for piece in f"{script}\n".split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            if _COMMENT.sub("", statement).strip(" \n;"):
                yield statement
            statement = ""
    if statement:
        raise ValueError(f"a statement has no end: {statement.strip()[:60]}…")
