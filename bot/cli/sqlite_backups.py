"""Backups of an SQLite database: each is a database file itself."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.app import files_of
from bot.cli.backup_files import CopiedFiles, RestoredFiles, bring_back, take_along
from bot.cli.console import CommandFailed, confirm, personal_data
from bot.cli.exclusive import alone_in, close_down
from bot.cli.terminal import err
from bot.config.settings import Settings
from bot.database.engine import StoreUnavailable, draft_files, sqlite_files
from bot.database.opening import open_store
from bot.database.schema import migrations, pending
from bot.files.file_store import named_in
from bot.membership.erasure import Replayed, replay


class SqliteBackups:
    """Backs up and restores the SQLite database of an installation, with its files."""

    ending = ".db"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Not the name that may lead to it: what the link replaces would stay.
        self._file = sqlite_files(Path(settings.storage.url.removeprefix("sqlite:///")))[0]

    async def copy(self, target: Path, before: Path | None = None) -> CopiedFiles:
        """Copy the database to a new file, and the files that its rows name into a folder beside that file.

        Files that the earlier backup `before` has are not copied again. Raises CommandFailed if there is no database,
        or if the copy cannot be read.
        """
        database = self._file
        if not await asyncio.to_thread(database.exists):
            raise CommandFailed(f"there is no database at {database} yet")
        store = await open_store(self._settings.storage.url, migrate=False)
        try:
            await store.backup(target)
        finally:
            await store.close()
        try:
            digests = await asyncio.to_thread(named_in, target, files_of(self._settings).tables)
        except sqlite3.DatabaseError as error:
            raise CommandFailed(f"the backup is damaged: {error}") from None
        return await asyncio.to_thread(take_along, digests, target, self._settings, before)

    async def try_out(self, backup: Path) -> str:
        """Restore a backup into a copy beside it, check this copy, and return in a few words what was tested.

        Raises CommandFailed if the backup is damaged.
        """
        trial = backup.with_name(f"{backup.name}.trial")
        try:
            await asyncio.to_thread(_copy, backup, trial)
            if damage := await asyncio.to_thread(_damage_in, trial):
                raise CommandFailed(f"the backup is damaged: {damage}")
            await _check_ours(trial, backup)
        finally:
            _remove(*sqlite_files(trial))
        return "and tested by restoring it into a copy"

    async def restore(self, source: Path, *, sure: bool) -> tuple[Replayed, CopiedFiles]:
        """Replace the database with a backup; until the last step the database is left unchanged.

        Asks for confirmation unless `sure`. People, links and accounts that were erased or ended since the backup are
        erased or ended again. Returns the numbers of people, links and accounts, and the numbers of files copied back.
        Raises CommandFailed if the file is no backup or the bot is running.
        """
        database = self._file
        await self._close_down(database)
        draft, *_beside = draft_files(database)
        with alone_in(database.parent):
            try:
                with err.status("Copying ..."):
                    await asyncio.to_thread(_copy, source, draft)
                again = await _prepare(draft, self._settings, source)
                if not sure:
                    confirm(f"Replace {database} with {source}? Everything stored since then will be lost.")
                # Before their rows are there: what nobody names then is dropped in time.
                with err.status("Copying ..."):
                    files = await asyncio.to_thread(self._bring_back, draft, source)
                await self._close_down(database)
                await asyncio.to_thread(_replace, draft, database)
            finally:
                _remove(*draft_files(database))
        return again, files

    def _bring_back(self, draft: Path, source: Path) -> CopiedFiles:
        digests = named_in(draft, files_of(self._settings).tables)
        return bring_back(digests, source, self._settings, "the database stays as it is")

    async def _close_down(self, database: Path) -> None:
        """Close down the database, if there is one. A damaged one is accepted: it may be the reason for restoring."""
        if not await asyncio.to_thread(database.exists):
            return
        try:
            store = await open_store(self._settings.storage.url, migrate=False)
            try:
                await close_down(store, self._settings)
            finally:
                await store.close()
        except (StoreUnavailable, sqlite3.DatabaseError) as error:
            if not _is_damaged(error) and not _is_damaged(error.__cause__):
                raise


def _is_damaged(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _damage_in(database: Path) -> str:
    """Return what SQLite finds wrong in a database, in its own words; '' if nothing is."""
    with closing(sqlite3.connect(database)) as connection:
        try:
            problems = [problem for (problem,) in connection.execute("PRAGMA integrity_check") if problem != "ok"]
            dangling = connection.execute("PRAGMA foreign_key_check")
            problems += [f"a row of {table} refers to a missing one" for table, *_ in dangling]
        except sqlite3.DatabaseError as error:  # so damaged that it cannot even be looked through
            return str(error)
    return "; ".join(problems[:3])


def _copy(source: Path, draft: Path) -> None:
    _remove(*sqlite_files(draft))
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    uri = f"{source.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as backup, closing(sqlite3.connect(draft)) as copied:
            backup.backup(copied)
    except sqlite3.Error as error:
        raise CommandFailed(f"{source} is not a backup: {error}", code=2) from None


async def _check_ours(draft: Path, source: Path) -> None:
    """Raise CommandFailed if a copied backup is of another program, and DatabaseTooNew if it is of a newer one."""
    store = await open_store(f"sqlite:///{draft}", migrate=False)
    try:
        if len(await pending(store)) == len(migrations()):
            raise CommandFailed(f"{source} is not a backup of this program", code=2)
    finally:
        await store.close()


async def _prepare(draft: Path, settings: Settings, source: Path) -> Replayed:
    """Migrate a copied backup; erase and end what was erased and ended since. Raises CommandFailed, DatabaseTooNew."""
    await _check_ours(draft, source)
    store = await open_store(f"sqlite:///{draft}")
    try:
        files = RestoredFiles(source, files_of(settings))
        now = datetime.now(UTC)
        return await replay(store, personal_data(), settings.storage, files, now, drop=False, restored=True)
    finally:
        await store.close()


def _replace(draft: Path, database: Path) -> None:
    _check_closed(database)
    _remove(*sqlite_files(database)[1:])  # they belong to the replaced file
    draft.replace(database)


def _check_closed(database: Path) -> None:
    """Raise CommandFailed if a program has the database open: it would go on in the replaced file, and lose all of it.

    One that has just been started, or was asleep for a while, has no lease. Only without others SQLite merges and
    gives up the write-ahead log, so that the file is whole if this command is killed before the next step.
    """
    try:
        if database.exists():
            with closing(sqlite3.connect(database)) as alone:
                alone.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if not _is_damaged(error):
            raise CommandFailed(f"another program uses {database} ({error}): stop it first") from None


def _remove(*files: Path) -> None:
    for file in files:
        file.unlink(missing_ok=True)
