"""`rencontres backup` and `rencontres restore`, for an SQLite database and the files beside it.

Files that people sent with their ideas, and files that pages show, are copied into a folder beside the copy,
`<copy>.files`, if rows of the database name them.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import files_of
from bot.background.leases import running
from bot.cli.console import CommandFailed, confirm, err, load, out, personal_data
from bot.config.settings import Settings
from bot.database.engine import StoreUnavailable, sqlite_files
from bot.database.opening import open_store
from bot.database.schema import migrations, pending
from bot.files.file_store import named_in
from bot.files.folder import Files, digest_of
from bot.membership.erasure import finish_erasures, replay_erasures

_NAMES = "rencontres-%Y%m%dT%H%M%SZ"
"""How a backup in a folder of backups is named, by its instant."""


async def back_up(config: Path | None, target: Path) -> bool:
    """Copy the database to a new file, and the files that its rows name into a folder beside it; the bot may run.

    Returns True. `config` is the file of settings, None for the usual one. Raises CommandFailed if there is no SQLite
    database.
    """
    settings = load(config)
    files = await _copy_to(target, settings)
    along = f" The files people sent ({files.kept}) are in {files.folder}: keep both together." if files.kept else ""
    out.print(f"Copied to {target}, readable by you alone.{along} Keep it safe: people's data are in it.")
    _tell_missing(files.missing, settings.storage.folder)
    return True


async def add_backup(config: Path | None, folder: Path, days: int) -> bool:
    """Add a backup to a folder, try it, and only then delete the backups there that are older than `days`.

    Returns True. A backup is tried by restoring it into a copy, which is looked through, and by reading the files that
    it names. Raises CommandFailed if it cannot be made or is not whole; the older ones then stay.
    """
    settings = load(config)
    if not await asyncio.to_thread(folder.is_dir):
        raise CommandFailed(f"{folder} is no folder", code=2)
    now = datetime.now(UTC)
    target = folder / f"{now:{_NAMES}}.db"
    draft = folder / f".{target.name}"
    try:
        await asyncio.to_thread(_drop_unfinished, folder)
        files = await _copy_to(draft, settings)
        with err.status("Trying it ..."):
            await _try_out(draft)
        if files.kept:
            _files_of(draft).rename(_files_of(target))
        draft.rename(target)
    finally:
        await asyncio.to_thread(_drop_backup, draft)
    dropped = await asyncio.to_thread(_drop_old, folder, now - timedelta(days=days))
    out.print(f"Copied to {target} with {files.kept} files, restored into a copy, and found whole. Deleted: {dropped}.")
    _tell_missing(files.missing, settings.storage.folder)
    return True


async def _copy_to(target: Path, settings: Settings) -> _Files:
    """Copy the database and its files to `target` and beside it. Raises CommandFailed if there is no database."""
    database = _file_of(settings, "pg_dump")
    if not await asyncio.to_thread(database.exists):
        raise CommandFailed(f"there is no database at {database} yet")
    store = await open_store(settings.storage.url, migrate=False)
    try:
        with err.status("Copying ..."):
            await store.backup(target)
            return await asyncio.to_thread(_take_along, target, settings)
    finally:
        await store.close()


async def _try_out(backup: Path) -> None:
    """Restore a backup into a copy beside it, and look through that copy and through the files that it names.

    Raises CommandFailed if anything of it is damaged.
    """
    trial = backup.with_name(f"{backup.name}.trial")
    try:
        await asyncio.to_thread(_copy, backup, trial)
        if damage := await asyncio.to_thread(_damage_in, trial):
            raise CommandFailed(f"the backup is not whole: {damage}")
        store = await open_store(f"sqlite:///{trial}", migrate=False)
        try:
            if await pending(store):
                raise CommandFailed("the backup is not whole: it lacks tables")
        finally:
            await store.close()
    finally:
        _remove(*sqlite_files(trial))
    copies = Files(_files_of(backup))
    for digest in copies.digests():
        if digest_of(copies.read(digest)) != digest:
            raise CommandFailed(f"the backup is not whole: the file {digest} is damaged")


def _damage_in(database: Path) -> str:
    """Return what SQLite finds wrong in a database, in its own words; '' if nothing is."""
    with closing(sqlite3.connect(database)) as connection:
        problems = [problem for (problem,) in connection.execute("PRAGMA integrity_check") if problem != "ok"]
        problems += [f"a row of {table} leads nowhere" for table, *_ in connection.execute("PRAGMA foreign_key_check")]
    return "; ".join(problems[:3])


def _drop_old(folder: Path, instant: datetime) -> int:
    """Delete the backups whose names tell an instant before this one, and return how many; others stay."""
    dropped = 0
    for backup in folder.glob("rencontres-*.db"):
        with suppress(ValueError):  # somebody gave it a name
            if datetime.strptime(backup.stem, _NAMES).replace(tzinfo=UTC) < instant:
                _drop_backup(backup)
                dropped += 1
    return dropped


def _drop_unfinished(folder: Path) -> None:
    """Delete what a backup that was killed left in a folder."""
    for draft in folder.glob(".rencontres-*"):
        _drop_backup(draft)


def _drop_backup(backup: Path) -> None:
    """Delete a backup and the folder of its files; missing ones are ignored."""
    for path in (backup, _files_of(backup)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


async def restore(config: Path | None, source: Path, *, sure: bool) -> bool:
    """Replace the database by a backup; until the last step the database is left unchanged. Returns True.

    Asks for confirmation unless `sure`. People who were erased since the backup are erased again. Raises CommandFailed
    for a file that is no backup, and while the bot runs.
    """
    settings = load(config)
    database = _file_of(settings, "pg_restore")
    await _close_down(settings, database)
    draft = database.with_name(f".{database.name}.restoring")
    try:
        with err.status("Copying ..."):
            await asyncio.to_thread(_copy, source, draft)
        erased = await _prepare(draft, settings, source)
        if not sure:
            confirm(f"Put {source} in the place of {database}? What was stored since is lost.")
        with err.status("Copying ..."):  # before their rows are there: what nobody names then is dropped in time
            files = await asyncio.to_thread(_bring_back, draft, source, settings)
        await _close_down(settings, database)
        await asyncio.to_thread(_replace, draft, database)
    finally:
        _remove(draft, *_beside(draft))
    out.print(f"Restored. People erased since that backup, and now again: {erased}.")
    _tell_missing(files.missing, files.folder)
    return True


@dataclass(frozen=True, slots=True)
class _Files:
    """The files that a database names: how many were copied or are there, and how many are missing or damaged."""

    folder: Path
    kept: int
    missing: int


def _take_along(target: Path, settings: Settings) -> _Files:
    """Copy the files that a backup names into the folder beside it.

    Raises CommandFailed, and deletes what was copied, if the disk refuses.
    """
    folder = _files_of(target)
    try:
        return _copy_files(target, files_of(settings), folder, folder)
    except OSError as error:
        _remove(target)
        shutil.rmtree(folder, ignore_errors=True)
        raise CommandFailed(f"{folder}: {error.strerror}; nothing was kept") from None


def _bring_back(draft: Path, source: Path, settings: Settings) -> _Files:
    """Copy the files that the restored database names, after erasing, to where the program looks for them."""
    folder = _files_of(source)
    try:
        return _copy_files(draft, Files(folder, files_of(settings).tables), settings.storage.folder, folder)
    except OSError as error:
        raise CommandFailed(f"{settings.storage.folder}: {error.strerror}; the database stays as it is") from None


def _copy_files(database: Path, source: Files, to: Path, told: Path) -> _Files:
    """Copy each file that a database names and that is not in the folder `to` yet; returns the counts.

    `told` is the folder to name in messages. A file is named by a digest of its content, so that one that is there is
    right.
    """
    target, kept, missing = Files(to), 0, 0
    for digest in named_in(database, source.tables):
        if not target.path(digest).exists():
            try:
                content = source.read(digest)
            except FileNotFoundError:
                missing += 1
                continue
            if (copied := target.keep(content)) != digest:  # damaged: better none than another
                target.drop(copied)
                missing += 1
                continue
        kept += 1
    return _Files(told, kept, missing)


def _files_of(backup: Path) -> Path:
    return backup.with_name(f"{backup.name}.files")


def _tell_missing(count: int, folder: Path) -> None:
    if count:
        err.print(f"Files that ideas or pages name and that are not in {folder}, or damaged there: {count}.")


def _file_of(settings: Settings, tool: str) -> Path:
    scheme, _, path = settings.storage.url.partition(":///")
    if scheme != "sqlite":
        raise CommandFailed(
            f"the database is PostgreSQL's: use its own {tool}, and copy {settings.storage.folder} along"
        )
    return sqlite_files(Path(path))[0]  # not the name that leads there: what it replaces would stay


async def _close_down(settings: Settings, database: Path) -> None:
    """Check that no bot runs on the database to be replaced, and note its erasures of people in a file beside it.

    Raises CommandFailed while a bot runs. A damaged database is accepted: it may be the reason for restoring a backup.
    """
    if not await asyncio.to_thread(database.exists):
        return
    try:
        store = await open_store(settings.storage.url, migrate=False)
        try:
            if await pending(store):
                return
            if tasks := await running(store, datetime.now(UTC)):
                raise CommandFailed(f"the bot runs ({', '.join(tasks)}): stop it first")
            await finish_erasures(store, personal_data(), settings.storage, files_of(settings))
        finally:
            await store.close()
    except (StoreUnavailable, sqlite3.DatabaseError) as error:
        if not _is_damaged(error) and not _is_damaged(error.__cause__):
            raise


def _is_damaged(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _copy(source: Path, draft: Path) -> None:
    _remove(draft, *_beside(draft))
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    uri = f"{source.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as backup, closing(sqlite3.connect(draft)) as copy:
            backup.backup(copy)
    except sqlite3.Error as error:
        raise CommandFailed(f"{source} is no backup: {error}", code=2) from None


async def _prepare(draft: Path, settings: Settings, source: Path) -> int:
    """Migrate a copied backup, and erase again the people who were erased since; returns how many.

    Raises CommandFailed and DatabaseTooNew.
    """
    store = await open_store(f"sqlite:///{draft}", migrate=False)
    try:
        if len(await pending(store)) == len(migrations()):
            raise CommandFailed(f"{source} is no backup of this program", code=2)
    finally:
        await store.close()
    store = await open_store(f"sqlite:///{draft}")
    try:
        return await replay_erasures(
            store, personal_data(), settings.storage, files_of(settings), datetime.now(UTC), drop=False
        )
    finally:
        await store.close()


def _replace(draft: Path, database: Path) -> None:
    _remove(*_beside(database))  # they belong to the file that goes
    draft.replace(database)


def _beside(database: Path) -> tuple[Path, ...]:
    """Return the files beside an SQLite database in which SQLite stores what is not in the database file yet."""
    return sqlite_files(database)[1:]


def _remove(*files: Path) -> None:
    for file in files:
        file.unlink(missing_ok=True)
