"""Sees to it that no bot runs on a database, before a command replaces or moves it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.app import files_of
from bot.background.leases import running
from bot.cli.console import CommandFailed, personal_data
from bot.config.settings import Settings
from bot.database.engine import Store
from bot.database.schema import DatabaseTooNew, pending
from bot.membership.erasure import finish_erasures


async def check_stopped(store: Store) -> None:
    """Raise CommandFailed while a bot runs on a database; it names what that bot does."""
    if tasks := await running(store, datetime.now(UTC)):
        raise CommandFailed(f"the bot runs ({', '.join(tasks)}): stop it first")


async def close_down(store: Store, settings: Settings) -> None:
    """Check that no bot runs on a database that is to be replaced, and note its erasures of people in a file beside it.

    Raises CommandFailed while a bot runs.
    """
    try:
        lacking = await pending(store)
    except DatabaseTooNew:  # a newer program's, to be replaced by a backup from before it
        await check_stopped(store)
        return
    if not lacking:
        await check_stopped(store)
        await finish_erasures(store, personal_data(), settings.storage, files_of(settings))
