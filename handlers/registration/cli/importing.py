"""The work of the command `rencontres import participants`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.cli.console import load, load_capabilities, opened
from bot.cli.private_files import read_up_to
from bot.cli.terminal import err, out
from bot.config import purpose_store
from bot.content.texts import Reader, plain
from bot.conversation.preloading import PerformBeside
from bot.database.engine import Store
from bot.files.tables import located
from bot.people.listed import RosterDifference
from bot.people.roster import MOST_BYTES, Roster
from handlers.registration import service
from handlers.registration.service import Imported
from handlers.themes.store import all_themes

_READER = Reader("en", "UTC")


async def import_people(config: Path | None, file: Path, *, apply: bool) -> bool:
    """Print what importing a file would do, then import it if `apply`.

    Returns False, and imports nothing, if anything in the file must be corrected first. Raises UserError if people
    imported now would be erased at once.
    """
    settings = load(config)
    async with opened(settings) as store:
        await store.read(partial(purpose_store.must_stay, settings=settings, now=datetime.now(UTC)))
        with err.status(f"Reading {file} ..."):
            offered = await store.read(all_themes)
            content = await asyncio.to_thread(read_up_to, file, MOST_BYTES)
            listed = await asyncio.to_thread(service.read_file, content, file.name, offered, settings)
        if listed.problems:
            for problem in listed.problems:
                out.print(plain(located(problem), _READER))
            out.print(f"Nothing was imported. Problems to correct: {len(listed.problems)}.")
            return False
        await _show(store, listed)
        if not apply:
            out.print("Nothing was imported yet. To import it, add --apply.")
            return True
        with err.status("Importing ..."):
            load_capabilities()  # who gets or loses a theme gets or loses a group
            done = await store.transact(partial(service.apply_roster, listed=listed, now=datetime.now(UTC)))
    out.print(_done(done))
    return True


async def _show(store: Store, listed: Roster) -> None:
    difference = await service.preview_import(PerformBeside(store), listed=listed)
    for line in _summary(difference):
        out.print(line)
    for key, count in (await store.read(partial(service.without_place, difference=difference))).items():
        out.print(f"theme {key}: no place left for {count}, who will wait")
    if listed.whole_names:
        out.print("names are in one column: the first word of each is taken as the given name")
    if listed.ignored:
        out.print(f"columns ignored: {', '.join(listed.ignored)}")


def _summary(difference: RosterDifference) -> Iterator[str]:
    for change in difference.changed:
        yield f"{change.after.ref}: changed {', '.join(change.fields)}"
    new, changed, unchanged = map(len, (difference.new, difference.changed, difference.unchanged))
    absent = difference.absent
    yield f"{new} new, {changed} changed, {unchanged} unchanged; {absent} not on the list, who are kept"


def _done(done: Imported) -> str:
    waiting = f"; {done.waiting} waiting for a place" if done.waiting else ""
    return f"Imported: {len(done.added)} added, {len(done.changed)} changed{waiting}."
