"""Runs migrations: numbered SQL files that create and change the tables, each in one transaction, once and in order.

The engine's migrations are in the folder `migrations` beside this module, a capability's in its own folder. They are
run in order of their numbers over all folders. They are recorded by name, so numbers may have gaps.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.database.engine import Dialect, Store, Transaction

ROOT = Path(__file__).parents[2]
"""The folder that contains `bot` and `handlers`."""
_ENGINE = "bot/database/migrations"
_CAPABILITIES = "handlers"

_FILE_NAME = re.compile(r"(\d{3})_\w+\.sql")

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_HAS_VERSIONS: Mapping[Dialect, str] = {
    "sqlite": "SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'",
    "postgresql": "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version'",
}


class DatabaseTooNew(Exception):
    """The error that a newer program has changed the tables of the database, so that this program must not use it."""


@dataclass(frozen=True, slots=True)
class Migration:
    """A change of the tables: its number, its file, and the capability with these tables, '' for the tables of bot/."""

    number: int
    file: Path
    capability: str

    @property
    def name(self) -> str:
        """Return the name by which a migration is recorded: its capability and file («rides/054_rides.sql»)."""
        return f"{self.capability}/{self.file.name}" if self.capability else self.file.name

    @property
    def sql(self) -> str:
        """Return the SQL of a migration, which works on both database engines; each call reads it from the file."""
        return self.file.read_text(encoding="utf-8")


def migrations(root: Path = ROOT) -> list[Migration]:
    """Return the program's migrations below the folder `root`, in the order in which they run: by number, then by name.

    Raises ValueError for a file whose name is not NNN_name.sql.
    """
    found = [Migration(_number(file), file, "") for file in (root / _ENGINE).glob("*.sql")]
    found += [
        Migration(_number(file), file, file.parents[1].name)
        for file in (root / _CAPABILITIES).glob("*/migrations/*.sql")
    ]
    return sorted(found, key=lambda migration: (migration.number, migration.name))


def _number(file: Path) -> int:
    numbered = _FILE_NAME.fullmatch(file.name)
    if not numbered:
        raise ValueError(f"{file}: a migration is named NNN_name.sql, with a number of three digits")
    return int(numbered[1])


def check_known(recorded: Collection[str], root: Path = ROOT) -> None:
    """Check that no migration that was run on a database belongs to a newer version of the program.

    `recorded` are the names of the migrations that were run. Migrations of a capability whose folder this program does
    not have are ignored. Raises DatabaseTooNew for any other unknown migration.
    """
    known = {migration.name for migration in migrations(root)}
    here = {folder.name for folder in (root / _CAPABILITIES).glob("*/")}
    unknown = sorted(name for name in recorded if name not in known and ("/" not in name or name.split("/")[0] in here))
    if unknown:
        raise DatabaseTooNew(
            f"the database was migrated by {unknown[-1]}, which this program does not know:"
            " run the newer program, or restore a backup made before it"
        )


async def pending(store: Store, root: Path = ROOT) -> list[Migration]:
    """Return the migrations that have not been run on a database.

    Raises DatabaseTooNew if a newer program migrated the database.
    """
    recorded = await store.read(_recorded)
    check_known(recorded, root)
    return [migration for migration in migrations(root) if migration.name not in recorded]


async def upgrade(store: Store, root: Path = ROOT) -> list[Migration]:
    """Run the migrations that a database lacks, and return them; empty if it lacks none.

    If another program is upgrading the database already, this waits until it has finished. Raises DatabaseTooNew if a
    newer version of the program has changed the tables. Raises the error of a failing migration, with the migration's
    name as a note; the migrations before it remain.
    """
    if not await pending(store, root):
        return []
    async with store.migrating():
        return [migration for migration in await pending(store, root) if await _apply(store, migration)]


async def _apply(store: Store, migration: Migration) -> bool:
    async def unit(tx: Transaction) -> bool:
        await tx.run("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL, name TEXT PRIMARY KEY)")
        if migration.name in await _recorded(tx):
            return False
        for sql in statements(migration.sql):
            await tx.run(sql)
        await tx.run(
            "INSERT INTO schema_version (version, name) VALUES (:number, :name)",
            number=migration.number,
            name=migration.name,
        )
        return True

    try:
        return await store.transact(unit)
    except Exception as error:
        error.add_note(f"in migration {migration.name}, of which nothing was kept")
        raise


async def _recorded(tx: Transaction) -> frozenset[str]:
    if not await tx.one(_HAS_VERSIONS[tx.dialect]):
        return frozenset()
    return frozenset(await tx.values(str, "SELECT name FROM schema_version"))


def statements(script: str) -> Iterator[str]:
    """Yield the SQL statements of a script. A semicolon within a string, comment or trigger does not end a statement.

    Raises ValueError if the last statement is incomplete.
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
