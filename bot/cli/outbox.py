"""`rencontres outbox`: shows the messages that wait to be sent, since when, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.cli.console import load, opened
from bot.cli.terminal import out
from bot.content.delivery_kinds import (
    CONFIDENTIAL,
    EVERYWHERE,
    LATER,
    LETTER,
    MEMBERSHIP,
    MESSAGE,
    PIN,
    REMINDER,
    REPORT,
)
from bot.delivery.outgoing import Op
from bot.delivery.waiting_store import CHANNEL, WaitingDeliveries, given_up, outstanding

_KINDS: Mapping[str, tuple[str, str]] = {
    MESSAGE: ("message", "messages"),
    EVERYWHERE: ("message to every account", "messages to every account"),
    CONFIDENTIAL: ("confidential message", "confidential messages"),
    REPORT: ("report", "reports"),
    MEMBERSHIP: ("name and roles", "names and roles"),
    LATER: ("expired screen", "expired screens"),
    PIN: ("pin", "pins"),
    CHANNEL: ("group channel", "group channels"),
}
"""The words for one delivery of a kind, and for several."""
_DOING: Mapping[Op, str] = {
    "send": "",
    "edit": ", to be corrected",
    "delete": ", to be taken back",
    "pin": "",
}


async def show_outbox(config: Path | None, *, failed: bool, as_json: bool) -> bool:
    """Print the messages that wait to be sent, and how many there are; with `failed`, the messages that were given up.

    Similar messages share one line, which says since when they wait, and why. `as_json` prints JSON instead of lines.
    Returns True, because the command succeeded.
    """
    settings = load(config)
    now = datetime.now(UTC)
    async with opened(settings) as store:
        found: Sequence[WaitingDeliveries] = await store.read(given_up if failed else partial(outstanding, now=now))
    if as_json:
        out.print(json.dumps([_plain(waiting, now) for waiting in found], ensure_ascii=False, indent=1))
        return True
    zone = ZoneInfo(settings.gathering.zone)
    for waiting in found:
        out.print(_line(waiting, now, zone))
    total = sum(waiting.count for waiting in found)
    out.print(f"{total} never arrived." if failed else f"{total} waiting to be sent.")
    return True


def words_of_kind(kind: str, *, one: bool = False, original_id: int | None = None) -> str:
    """Return how the shell calls messages of a kind in the outbox: «messages», or with `one` «message».

    Copies of a message that was sent to many people are called by its kind and its id `original_id`: «announcement 3».
    For any other message `original_id` is None.
    """
    if original_id is not None:
        return f"{kind} {original_id}"
    if kind.startswith(REMINDER):
        return "reminder" if one else "reminders"
    if kind.startswith(LETTER):
        return "letter" if one else "letters"
    return _KINDS.get(kind, (kind, kind))[0 if one else 1]


def words_of_op(op: Op) -> str:
    """Return what will be done with a message in the outbox, as the end of a phrase: «, to be corrected».

    Returns '' for a message that will be sent.
    """
    return _DOING[op]


def _line(waiting: WaitingDeliveries, now: datetime, zone: ZoneInfo) -> str:
    """Return «81 telegram announcement 3: waiting since 2027-06-10 14:00: next in line»."""
    what = words_of_kind(waiting.kind, original_id=waiting.original_id)
    doing = "" if waiting.kind == CHANNEL else words_of_op(waiting.op)
    since = f"{waiting.since.astimezone(zone):%Y-%m-%d %H:%M}"
    return (
        f"{waiting.count} {waiting.platform} {what}{doing}: {waiting.state} since {since}: {_why(waiting, now, zone)}"
    )


def _why(waiting: WaitingDeliveries, now: datetime, zone: ZoneInfo) -> str:
    if waiting.due is None:
        return waiting.reason or "no reason given"
    if waiting.state == "sending":
        return "on its way"
    if not waiting.later:
        return f"next in line; last try: {waiting.reason}" if waiting.reason else "next in line"
    until = waiting.due.astimezone(zone)
    same_day = until.date() == now.astimezone(zone).date()
    when = f"until {until:%H:%M}" if same_day else f"until {until:%Y-%m-%d %H:%M}"
    return f"{when}, {waiting.reason}" if waiting.reason else when


def _plain(waiting: WaitingDeliveries, now: datetime) -> dict[str, Any]:
    """Return the same as a dict for JSON; instants are UTC, `waited` is in seconds."""
    return asdict(waiting) | {
        "since": waiting.since.isoformat(),
        "due": waiting.due.isoformat() if waiting.due else None,
        "waited": int((now - waiting.since).total_seconds()),
    }
