"""Backups of a PostgreSQL database: each is a dump in the custom format of pg_dump."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot.app import files_of
from bot.cli.backup_files import CopiedFiles, RestoredFiles, bring_back, take_along
from bot.cli.console import CommandFailed, confirm, personal_data
from bot.cli.exclusive import close_down
from bot.cli.terminal import err
from bot.config.secret_values import secret_values
from bot.config.settings import Settings
from bot.database import postgres_tools
from bot.database.engine import ToolFailed
from bot.database.opening import open_store
from bot.database.schema import check_known, migrations, pending
from bot.logs import redactor
from bot.membership.erasure import Replayed, replay


class PostgresBackups:
    """Backs up and restores the PostgreSQL database of an installation, with its files."""

    ending = ".dump"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def copy(self, target: Path, before: Path | None = None) -> CopiedFiles:
        """Copy the database to a new file with pg_dump, and copy the files that its rows name into a folder beside.

        Files that the earlier backup `before` has are not copied again. Raises CommandFailed if the database has no
        gathering or the files cannot be copied, and ToolFailed if pg_dump fails.
        """
        store = await open_store(self._settings.storage.url, migrate=False)
        try:
            if len(await pending(store)) == len(migrations()):
                raise CommandFailed("the database does not contain a gathering yet")
            files = files_of(self._settings)
            digests = await store.read(files.in_use)
            await store.backup(target)
            digests |= await store.read(files.in_use)  # the dump names those from before or from after
        finally:
            await store.close()
        return await asyncio.to_thread(take_along, digests, target, self._settings, before)

    async def try_out(self, backup: Path) -> str:
        """Restore a backup into a temporary database, open that database, and return in a few words what was tested.

        If the database user may not create databases, the backup is only read from beginning to end. Raises
        CommandFailed if the backup is damaged.
        """
        try:
            async with postgres_tools.trial_database(self._settings.storage.url) as trial:
                if trial is None:
                    await postgres_tools.read_through(backup)
                    return "and read through (to test it by restoring it into a copy, the database user needs CREATEDB)"
                await postgres_tools.restore(backup, trial)
                store = await open_store(trial, migrate=False)
                try:
                    if len(await pending(store)) == len(migrations()):
                        raise CommandFailed("the backup is damaged: it lacks tables")
                    await store.read(files_of(self._settings).in_use)
                finally:
                    await store.close()
        except ToolFailed as error:
            raise CommandFailed(f"the backup is damaged: {error}") from None
        return "and tested by restoring it into a copy"

    async def restore(self, source: Path, *, sure: bool) -> tuple[Replayed, CopiedFiles]:
        """Replace the tables of the database with the tables of a backup, all of them or none.

        Asks for confirmation unless `sure`. People, links and accounts that were erased or ended since the backup are
        erased or ended again. Returns the numbers of people, links and accounts, and the numbers of files copied back.
        Raises CommandFailed, and leaves the database unchanged, if the file is no backup or the bot is running.
        """
        await _check_ours(source)
        await self._close_down()
        if not sure:
            database = redactor(secret_values(self._settings))(self._settings.storage.url)
            confirm(f"Replace {database} with {source}? Everything stored since then will be lost.")
            await self._close_down()  # the bot may have been started before the confirmation
        with err.status("Copying ..."):
            await postgres_tools.restore(source, self._settings.storage.url)
        store = await open_store(self._settings.storage.url)
        try:
            files = RestoredFiles(source, files_of(self._settings))
            now, storage = datetime.now(UTC), self._settings.storage
            again = await replay(store, personal_data(), storage, files, now, drop=False, restored=True)
            digests = await store.read(files.in_use)
        finally:
            await store.close()
        otherwise = "the database is restored, its files are not"
        return again, await asyncio.to_thread(bring_back, sorted(digests), source, self._settings, otherwise)

    async def _close_down(self) -> None:
        store = await open_store(self._settings.storage.url, migrate=False)
        try:
            await close_down(store, self._settings)
        finally:
            await store.close()


async def _check_ours(source: Path) -> None:
    """Raise CommandFailed if a file is no dump of this program, and DatabaseTooNew if it is of a newer one."""
    try:
        recorded = await postgres_tools.migrations_in(source)
    except ToolFailed as error:
        raise CommandFailed(f"{source} is not a backup: {error}", code=2) from None
    if not recorded:
        raise CommandFailed(f"{source} is not a backup of this program", code=2)
    check_known(recorded)
