"""`rencontres status`: says in a few lines whether the bot runs, how old the last backup is, and what waits."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.background import leases, program_store
from bot.cli.console import CommandFailed, load
from bot.cli.terminal import out
from bot.config import setting_store
from bot.config.settings import Settings
from bot.database.engine import Transaction
from bot.database.opening import is_missing, open_store
from bot.database.schema import pending
from bot.delivery.waiting_store import given_up, outstanding
from bot.people import participant_store

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


async def show_status(config: Path | None, *, as_json: bool) -> bool:
    """Print the state of the installation, in words or with `as_json` as JSON, and change nothing.

    The state is: whether the bot runs, when the last backup was made, how many people have joined, how many messages
    wait, and how many never arrived. Returns True, because the command succeeded. Raises CommandFailed if there is no
    database yet, or if the database must first be updated by starting the bot.
    """
    settings, now = load(config), datetime.now(UTC)
    url = settings.storage.url
    if is_missing(url):
        raise CommandFailed("there is no database yet: rencontres run makes it")
    store = await open_store(url, migrate=False)
    try:
        if await pending(store):
            raise CommandFailed("the next start updates the database first: rencontres run")
        tasks = await leases.running(store, now)
        state = await store.read(partial(_state, now=now, running=bool(tasks)))
    finally:
        await store.close()
    if as_json:
        out.print(json.dumps(state, ensure_ascii=False, indent=1))
    else:
        for line in _lines(state, settings):
            out.print(line)
    return True


async def _state(tx: Transaction, now: datetime, *, running: bool) -> dict[str, Any]:
    """Return what there is to say, in a form that JSON can hold; ages are in seconds, None for what never was.

    `running` says that a program does a task on the database; one that starts, or only serves pages, is found too.
    """
    waiting, backup = await outstanding(tx, now), await setting_store.last_backup(tx)
    joined, selected = await participant_store.count_attending(tx)
    return {
        "running": running or bool(await program_store.running(tx)),
        "last_backup": backup.isoformat() if backup else None,
        "backup_age": round((now - backup).total_seconds()) if backup else None,
        "joined": joined,
        "selected": selected,
        "waiting": sum(each.count for each in waiting),
        "oldest_waiting": round(max((now - each.since).total_seconds() for each in waiting)) if waiting else None,
        "never_arrived": sum(each.count for each in await given_up(tx)),
    }


def _lines(state: dict[str, Any], settings: Settings) -> list[str]:
    backup = "none yet: rencontres backup FILE"
    if state["last_backup"]:
        made = datetime.fromisoformat(state["last_backup"]).astimezone(ZoneInfo(settings.gathering.zone))
        backup = f"{made:%Y-%m-%d %H:%M}, {_ago(state['backup_age'])} ago"
    oldest = f", the oldest for {_ago(state['oldest_waiting'])}: rencontres outbox" if state["waiting"] else ""
    lost = f"{state['never_arrived']}: rencontres outbox --failed" if state["never_arrived"] else "0"
    return [
        f"Running:            {'yes' if state['running'] else 'no: rencontres run'}",
        f"Last backup:        {backup}",
        f"Joined:             {state['joined']} of {state['selected']}",
        f"Waiting to be sent: {state['waiting']}{oldest}",
        f"Never arrived:      {lost}",
    ]


def _ago(seconds: int) -> str:
    """Return a length of time in its largest unit: «2 days», «1 hour»."""
    unit, length = next((each for each in _UNITS if seconds >= 2 * each[1]), _UNITS[-1])
    return f"{max(0, seconds) // length} {unit}{'' if seconds // length == 1 else 's'}"
