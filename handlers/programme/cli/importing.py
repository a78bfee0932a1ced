"""The work behind the commands `rencontres programme import` and `rencontres programme show`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.cli.console import load, opened
from bot.cli.private_files import read_up_to
from bot.cli.terminal import err, out
from bot.config.settings import Settings
from bot.content.texts import Localised, Reader, plain
from bot.files.tables import located
from handlers.programme import service
from handlers.programme.files.parsing import MOST_BYTES
from handlers.programme.files.reading import read_programme
from handlers.programme.messages import difference
from handlers.programme.model import Plan, ProgrammeDifference
from handlers.programme.store import all_sessions


async def import_programme(config: Path | None, file: Path, *, apply: bool, cancel_missing: bool) -> bool:
    """Print what importing a file would change, and import the file only if `apply` is true.

    With `cancel_missing`, stored sessions that the file does not contain are cancelled. `config` is the path of the
    configuration, None for the usual one. Returns False, and imports nothing, if the file has mistakes.
    """
    settings = load(config)
    reader = Reader("en", settings.gathering.zone)
    async with opened(settings) as store:
        with err.status(f"Reading {file} ..."):
            rules = await store.read(partial(service.file_rules, settings=settings))
            content = await asyncio.to_thread(read_up_to, file, MOST_BYTES)
            found = await asyncio.to_thread(read_programme, content, file.name, rules)
        if found.problems:
            for problem in found.problems:
                out.print(plain(located(problem), reader))
            out.print(f"Nothing was imported. Problems to correct: {len(found.problems)}.")
            return False
        now = datetime.now(UTC)
        shown = await store.read(partial(service.preview_import, plans=found.plans, now=now))
        for line in _summary(shown, settings, cancel_missing=cancel_missing):
            out.print(line)
        if found.ignored:
            out.print(f"columns ignored: {', '.join(found.ignored)}")
        for row in found.aside:
            out.print(f"{f'line {row.line}' if row.line else 'sheet'} «{row.text[:60]}» is not read")
        if not apply:
            out.print("Nothing was imported yet. To import it, add --apply.")
            return True
        hours = settings.gathering.hours
        applied = partial(
            service.apply_programme, plans=found.plans, now=now, hours=hours, cancel_missing=cancel_missing
        )
        done = await store.transact(applied)
    out.print(f"Imported: {len(done.added)} added, {len(done.sessions)} changed; {done.told} people notified.")
    if done.more:
        out.print("The bot notifies the others as soon as it runs.")
    return True


def _summary(found: ProgrammeDifference, settings: Settings, *, cancel_missing: bool) -> Iterator[str]:
    reader = Reader("en", settings.gathering.zone)
    for plan in found.new:
        yield f"new: {_line(plan, settings)}"
    for change in found.changed:
        yield f"changed: {plain(difference(change.before.plan, change.after), reader)}"
    for session in found.missing:
        yield f"missing, {'cancelled' if cancel_missing else 'kept'}: {_line(session.plan, settings)}"
    for session in found.still_cancelled:
        yield f"already cancelled: {_line(session.plan, settings)}"
    yield f"{len(found.new)} new, {len(found.changed)} changed, {found.unchanged} unchanged"


async def show_programme(config: Path | None) -> bool:
    """Print every stored session on one line each. Always returns True.

    `config` is the path of the configuration, None for the usual one.
    """
    settings = load(config)
    async with opened(settings) as store:
        found = await store.read(all_sessions)
    for session in found:
        out.print(_line(session.plan, settings))
    if not found:
        out.print("No sessions yet.")
    return True


def _line(plan: Plan, settings: Settings) -> str:
    """Return «2027-06-10 09:00-10:00 opening: Welcome, Room B (all)», times in the zone of the gathering."""
    zone = ZoneInfo(settings.gathering.zone)
    reader = Reader(settings.gathering.locales[0], settings.gathering.zone)
    title = plain(Localised(plan.title), reader)
    venue = f", {plain(Localised(plan.venue), reader)}" if plan.venue else ""
    times = f"{plan.starts.astimezone(zone):%Y-%m-%d %H:%M}-{plan.ends.astimezone(zone):%H:%M}"
    state = ", cancelled" if plan.cancelled else ", to be confirmed" if plan.unconfirmed else ""
    return f"{times} {plan.key}: {title}{venue} ({plan.audience.encode()}){state}"
