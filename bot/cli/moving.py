"""`rencontres move`: copies a gathering from one database into another of the other engine."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.cli.console import CommandFailed, load
from bot.cli.exclusive import check_stopped, close_down
from bot.cli.terminal import err, out
from bot.config.installation import StorageSettings, database_address
from bot.config.settings import Settings
from bot.database.engine import Store
from bot.database.moving import MoveRefused, move
from bot.database.opening import open_store
from bot.database.schema import pending
from bot.logs import redactor
from bot.membership.erasure import carry_log, log_path


async def move_gathering(config: Path | None, source: str, target: str) -> bool:
    """Copy the gathering in the database at the URL `source` into an empty database at `target`.

    One of them is SQLite, the other PostgreSQL. The source and the files that people sent are left unchanged. Returns
    True, because the command succeeded. Raises CommandFailed if a bot is running, if the target is not empty, or if the
    copy differs from the source.
    """
    settings = load(config)
    if source.startswith("sqlite:") == target.startswith("sqlite:"):
        raise CommandFailed(
            "move goes from SQLite to PostgreSQL, or back: between databases of one kind, use backup and restore",
            code=2,
        )
    storage = await _check_source(settings, source)
    await _prepare_target(target)
    place = storage.bucket or str(storage.folder.absolute())
    named = (storage.bucket or storage.erasures) and not target.startswith("sqlite:")
    erasures = str(log_path(storage).absolute().parent) if named else ""

    async def last_steps() -> None:
        """Check that no bot was started during the copy, then copy the log of erased people.

        A bot that runs would write rows that the copy lacks.
        """
        store = await _opened(source, migrate=False)
        try:
            await check_stopped(store)
        finally:
            await store.close()
        await asyncio.to_thread(carry_log, storage, StorageSettings(url=target, files=place, erasures=erasures))

    with err.status("Copying and comparing ..."):
        try:
            counts = await move(source, target, last_steps)
        except MoveRefused as error:
            raise CommandFailed(f"{error}. Nothing was moved.") from None
    for table, rows in sorted(counts.items()):
        if rows:
            out.print(f"{table:24}{rows:>10}")
    address = redactor(())(target)
    out.print(f"Copied and compared {sum(counts.values())} rows in {len(counts)} tables. The source is unchanged.")
    lines = {"url": address, "files": place} | ({"erasures": erasures} if erasures else {})
    told = " and ".join(f'{key} = "{value}"' for key, value in lines.items())
    out.print(f"Now set in [storage]: {told}. Then run: rencontres check")
    return True


async def _check_source(settings: Settings, url: str) -> StorageSettings:
    """Check that a gathering can be carried over from a URL, note its last erasures, and return where its files are.

    Raises CommandFailed while a bot runs there, or if an older program used it last.
    """
    if url.startswith("sqlite:///") and not await asyncio.to_thread(Path(url.removeprefix("sqlite:///")).exists):
        raise CommandFailed(f"there is no database at {url}", code=2)
    storage = settings.storage.model_copy(update={"url": url})
    there = settings.model_copy(update={"storage": storage})
    store = await _opened(url, migrate=False)
    try:
        if await pending(store):
            raise CommandFailed("the source was last used by an older version: start this version on it once")
        await close_down(store, there)
    finally:
        await store.close()
    return storage


async def _prepare_target(url: str) -> None:
    """Make the tables of a database that has none yet. Raises CommandFailed while a bot runs there."""
    store = await _opened(url, migrate=True)
    try:
        await check_stopped(store)
    finally:
        await store.close()


async def _opened(url: str, *, migrate: bool) -> Store:
    try:
        return await open_store(database_address(url), migrate=migrate)
    except ValueError as error:
        raise CommandFailed(str(error), code=2) from None
