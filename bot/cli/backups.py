"""`rencontres backup` and `rencontres restore`, for the database and the files beside it.

Files that people sent with their ideas, and files that pages show, are copied into a folder beside the copy,
`<copy>.files`, if rows of the database name them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.app import files_of
from bot.cli.backup_files import FILES, check_place, damaged_in, drop_backup, folder_of, tell_missing
from bot.cli.console import CommandFailed, load
from bot.cli.exclusive import alone_in
from bot.cli.postgres_backups import PostgresBackups
from bot.cli.sqlite_backups import SqliteBackups
from bot.cli.terminal import err, out
from bot.config import setting_store
from bot.config.settings import Settings
from bot.database.opening import open_store
from bot.membership.erasure import log_path

_NAMES = "rencontres-%Y%m%dT%H%M%SZ"
"""The pattern of a backup's name in a folder of backups, made from the instant of the backup."""


def _backups_of(settings: Settings) -> SqliteBackups | PostgresBackups:
    return (SqliteBackups if settings.storage.url.startswith("sqlite:") else PostgresBackups)(settings)


async def back_up(config: Path | None, target: Path) -> bool:
    """Copy the database to a new file, and the files that its rows name into a folder beside it.

    The bot may be running meanwhile. `config` is the configuration file, None for the default one. Returns True,
    because the command succeeded. Raises CommandFailed if there is no database, or if other users could access the
    backup.
    """
    settings = load(config)
    await asyncio.to_thread(check_place, target)
    with err.status("Copying ..."):
        files = await _backups_of(settings).copy(target)
    await _note(settings)
    along = f" The files people sent ({files.kept}) are in {files.place}: keep both together." if files.kept else ""
    out.print(f"Copied to {target}, which only you can read.{along} Keep it safe: it contains personal data.")
    tell_missing(files.missing, files_of(settings).place)
    return True


async def add_backup(config: Path | None, folder: Path, days: int | None) -> bool:
    """Add a backup to a folder, test it, and then delete the folder's backups that are more than `days` old.

    If `days` is None, the setting `backup_days` applies. The test restores the backup into a copy, checks this copy,
    and reads the files that the backup names. Returns True, because the command succeeded. Raises CommandFailed, and
    deletes no older backup, if the new one cannot be made, is incomplete, or could be accessed by other users.
    """
    settings = load(config)
    if not await asyncio.to_thread(folder.is_dir):
        raise CommandFailed(f"{folder} is not a folder", code=2)
    backups = _backups_of(settings)
    with alone_in(folder):
        now = datetime.now(UTC)
        target = folder / f"{now:{_NAMES}}{backups.ending}"
        draft = folder / f".{target.name}"
        await asyncio.to_thread(check_place, target)
        try:
            await asyncio.to_thread(_drop_unfinished, folder)
            with err.status("Copying ..."):
                files = await backups.copy(draft, await asyncio.to_thread(_newest, folder))
            with err.status("Testing it ..."):
                tried = await backups.try_out(draft)
                if digest := await asyncio.to_thread(damaged_in, draft):
                    raise CommandFailed(f"the backup is damaged: its file {digest}")
            if files.kept:
                folder_of(draft).rename(folder_of(target))
            draft.rename(target)
        finally:
            await asyncio.to_thread(drop_backup, draft)
        dropped = await asyncio.to_thread(
            _drop_old, folder, now - timedelta(days=days or settings.storage.backup_days or 1)
        )
    await _note(settings)
    out.print(f"Copied to {target} with {files.kept} files, {tried}. Older backups deleted: {dropped}.")
    tell_missing(files.missing, files_of(settings).place)
    return True


async def _note(settings: Settings) -> None:
    """Store that a backup was made, for `rencontres status`."""
    store = await open_store(settings.storage.url, migrate=False)
    try:
        await store.transact(partial(setting_store.note_backup, now=datetime.now(UTC)))
    finally:
        await store.close()


async def restore(config: Path | None, source: Path, *, sure: bool) -> bool:
    """Replace the database with a backup, the file `source`.

    Asks for confirmation unless `sure`. People, links and accounts that were erased or ended since the backup are
    erased or ended again; if the program cannot know which, it ends all links and sessions. Returns True, because the
    command succeeded. Raises CommandFailed, and leaves the database unchanged, if the file is no backup or the bot is
    running.
    """
    settings = load(config)
    again, files = await _backups_of(settings).restore(source, sure=sure)
    out.print(f"Restored. People erased since that backup, and now erased again: {again.people}.")
    out.print(f"Conversations, accounts, links, sessions and roles ended since, and now ended again: {again.ended}.")
    if not again.whole:
        err.print(
            f"What else was ended since then is unknown, because {log_path(settings.storage)} does not go back to that"
            " backup. All earlier invitations, personal links, links to walls and browser sessions have therefore been"
            " ended. Create new invitations with: rencontres invitations, and with --renew REF for people who only have"
            " their page."
        )
    tell_missing(files.missing, files.place)
    return True


def _dated(folder: Path) -> Mapping[datetime, Path]:
    """Return the backups of a folder by the instants that their names tell; not those that somebody named.

    One of which only the files are there counts too: a command was killed between the two.
    """
    dated = {}
    for ending in (SqliteBackups.ending, PostgresBackups.ending):
        for path in folder.glob(f"rencontres-*{ending}*"):
            backup = path.with_name(path.name.removesuffix(FILES))
            with suppress(ValueError):
                dated[datetime.strptime(backup.name, f"{_NAMES}{ending}").replace(tzinfo=UTC)] = backup
    return dated


def _newest(folder: Path) -> Path | None:
    dated = _dated(folder)
    return dated[max(dated)] if dated else None


def _drop_old(folder: Path, instant: datetime) -> int:
    """Delete the backups from before an instant, and return how many."""
    old = [backup for made, backup in _dated(folder).items() if made < instant]
    for backup in old:
        drop_backup(backup)
    return len(old)


def _drop_unfinished(folder: Path) -> None:
    """Delete what a backup that was killed left in a folder."""
    for draft in folder.glob(".rencontres-*"):
        drop_backup(draft)
