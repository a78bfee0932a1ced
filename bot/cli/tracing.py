"""`rencontres trace`: shows what a person's message or press caused, found by a reference or by a message sent for it.

The reference is a short code in all log lines about it (see `bot.logs`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.cli.console import CommandFailed, load, opened
from bot.cli.outbox import words_of_kind, words_of_op
from bot.cli.terminal import out
from bot.conversation.inbox_store import KEPT
from bot.database.engine import Store
from bot.delivery.trace_store import (
    Trace,
    TracedDelivery,
    TracedJob,
    TracedScreen,
    TracedUpdate,
    reference_of_delivery,
    trace,
)

_OUTCOMES: Mapping[str, str] = {
    "done": "done",
    "refused": "refused, and the person was told why",
    "stale": "an outdated button",
    "failed": "failed because of a bug, which the log shows under this reference",
}
_NO_UPDATE = (
    f"No update has this reference: updates are kept for {KEPT.days} days, and scheduled work and commands of the shell"
    " have references of their own."
)


async def show_trace(config: Path | None, reference: str, delivery: int | None, *, as_json: bool) -> bool:
    """Print everything that is stored about one message or press of a person, and about the work that it caused.

    `reference` is the code of this message or press, as error messages and the log show it. If it is '', `delivery` is
    the number of a message that the bot sent as a result. `as_json` prints JSON instead of lines. Returns True,
    because the command succeeded. Raises CommandFailed if nothing is found.
    """
    if bool(reference) == (delivery is not None):
        raise CommandFailed("give a reference, or the number of a delivery: --delivery 12", code=2)
    settings = load(config)
    async with opened(settings) as store:
        reference = reference.upper() if delivery is None else await _cause_of(store, delivery)
        found = await store.read(partial(trace, reference=reference))
    if found.empty:
        raise CommandFailed(
            f"nothing is stored under {reference}. Updates are kept for {KEPT.days} days; the log may say more"
        )
    if as_json:
        out.print(json.dumps(asdict(found), ensure_ascii=False, indent=1, default=datetime.isoformat))
        return True
    _print(found, ZoneInfo(settings.gathering.zone))
    return True


async def _cause_of(store: Store, delivery: int) -> str:
    reference = await store.read(partial(reference_of_delivery, delivery_id=delivery))
    if reference is None:
        raise CommandFailed(f"there is no delivery {delivery}, or it is no longer stored")
    if not reference:
        raise CommandFailed(f"delivery {delivery} was written by an older version, and has no reference")
    return reference


def _print(found: Trace, zone: ZoneInfo) -> None:
    out.print(f"Reference {found.reference}")
    for update in found.updates:
        out.print(_update_line(update, zone))
    if not found.updates:
        out.print(_NO_UPDATE)
    for job in found.jobs:
        out.print(_job_line(job, zone))
    for screen in found.screens:
        out.print(_screen_line(screen))
    for delivery in found.deliveries:
        out.print(_delivery_line(delivery, zone))
    states = Counter(delivery.state for delivery in found.deliveries)
    counted = ", ".join(f"{count} {state}" for state, count in states.most_common())
    out.print(f"Deliveries: {counted}." if counted else "No deliveries.")


def _update_line(update: TracedUpdate, zone: ZoneInfo) -> str:
    """Return «telegram update of R-0042, 2027-06-10 14:00:03: done; answered»."""
    answered = "answered" if update.answered else "not answered"
    whose = update.participant or "someone unknown"
    return f"{update.platform} update of {whose}, {_at(update.at, zone)}: {_OUTCOMES[update.outcome]}; {answered}"


def _job_line(job: TracedJob, zone: ZoneInfo) -> str:
    return f"job {job.id}, {job.kind} for {job.participant}: {job.state} since {_at(job.at, zone)}"


def _screen_line(screen: TracedScreen) -> str:
    shows = "not shown yet" if screen.behind else "shown"
    return f"{screen.platform} screen {screen.key} of {screen.participant or 'nobody known'}: {shows}"


def _delivery_line(delivery: TracedDelivery, zone: ZoneInfo) -> str:
    """Return «delivery 813, discord message to R-0107: unreachable 2027-06-10 14:00:05: blocked»."""
    what = words_of_kind(delivery.kind, one=True, original_id=delivery.original_id)
    doing = words_of_op(delivery.op)
    whom = delivery.participant or "a channel or an account"
    why = f": {delivery.reason}" if delivery.reason else ""
    state = "waiting until" if delivery.state == "waiting" else delivery.state
    return f"delivery {delivery.id}, {delivery.platform} {what} to {whom}{doing}: {state} {_at(delivery.at, zone)}{why}"


def _at(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}"
