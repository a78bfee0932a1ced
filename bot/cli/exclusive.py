"""Keeps the bot and other commands from working on a database or a folder of backups at the same time as a command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.app import files_of
from bot.background import program_store
from bot.background.leases import running
from bot.cli.console import CommandFailed, personal_data
from bot.config.settings import Settings
from bot.database.engine import Store
from bot.database.schema import DatabaseTooNew, migrations, pending
from bot.membership.erasure import finish_erasures, note_lost


async def check_stopped(store: Store) -> None:
    """Raise CommandFailed if a bot is running on a database; the error names the programs that run, or their tasks."""
    if tasks := await running(store, datetime.now(UTC)):
        raise CommandFailed(f"the bot is running ({', '.join(tasks)}): stop it first")
    if programs := await store.read(program_store.running):  # one that starts, or whose leases were deleted by hand
        raise CommandFailed(f"the bot is running ({', '.join(sorted(programs))}): stop it first")


async def close_down(store: Store, settings: Settings) -> None:
    """Prepare a database for being replaced: check that no bot runs on it, and complete unfinished erasures.

    The erasures of people are logged in a file outside the database. Raises CommandFailed, and does nothing, if a bot
    is running.
    """
    try:
        lacking = await pending(store)
    except DatabaseTooNew:  # a newer program's database, to be replaced with an older backup
        await check_stopped(store)
        return
    if len(lacking) < len(migrations()):
        await check_stopped(store)
    if not lacking:
        await note_lost(store, settings.storage)
        await finish_erasures(store, personal_data(), settings.storage, files_of(settings))


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Prevent other commands that use this function from working in the same folder while the `with` block runs.

    Raises CommandFailed if another command works in the folder. On a disk without file locks, nothing is prevented.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a network share may have no locks for folders
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CommandFailed(f"another backup or restore is running in {folder}: wait for it to end") from None
        yield
    finally:
        os.close(opened)
