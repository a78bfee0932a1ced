"""Decides for a message delivered to a page which devices are notified, how urgently, and until when."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from bot.content.delivery_kinds import CONFIDENTIAL, MESSAGE, REMINDER
from bot.content.texts import Reader, render
from bot.content.views import View
from bot.database.engine import Transaction
from bot.people.quiet import Hours
from bot.platforms.web.push import push_store
from bot.platforms.web.push.push_store import Cause

_MATTERS = timedelta(days=1)
"""How long a push waits at most for a device that is off; people look up older messages on the page."""
_AT_LEAST = timedelta(minutes=5)
"""How long a reminder waits for a device at least, even if its subject begins at once: a network may fail briefly."""


async def ring(
    tx: Transaction,
    hours: Hours,
    participant_id: int,
    message_id: int,
    delivery_id: int,
    view: View,
    reader: Reader,
    now: datetime,
) -> None:
    """Add the push notifications about a message that was just delivered to a person's page.

    Nothing is added if the person has no device to notify. Messages to many people are delivered by day; a notification
    about one expires at nightfall, as `hours` tells, so that none arrives at night.
    """
    cause = await push_store.cause_of(tx, participant_id, delivery_id, hours.day(now).isoformat())
    if cause is None:
        return
    begins = _first_moment(view, reader, now)
    await push_store.add(
        tx,
        participant_id,
        message_id,
        delivery_id,
        now,
        kind=cause.kind,
        topic=topic_of(cause),
        urgency="high" if cause.urgent or cause.kind.startswith(REMINDER) else "normal",
        expires=_matters_until(cause, begins, now, hours),
    )


def topic_of(cause: Cause) -> str:
    """Return the topic of a push notification, which replaces any waiting notification with the same topic.

    Messages about the same thing have the same topic, and so do all announcements. Any other message has the topic ''.
    """
    if cause.kind in (MESSAGE, CONFIDENTIAL) and not cause.subject:
        return ""
    key = f"{cause.kind} {cause.subject} {cause.urgent}"
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _matters_until(cause: Cause, begins: datetime | None, now: datetime, hours: Hours) -> datetime:
    """Return until when a push matters; `begins` is when what a reminder is about begins, None where it names none."""
    until = now + _MATTERS
    if cause.kind.startswith(REMINDER) and begins:
        until = min(until, max(begins, now + _AT_LEAST))
    if cause.bulk:
        until = min(until, hours.night_falls(cause.territory, now, away=cause.away))
    return until


def _first_moment(view: View, reader: Reader, now: datetime) -> datetime | None:
    """Return the first instant ahead that a message names; None if it names none."""
    instants = [run.moment.instant for line in view.lines for run in render(line, reader) if run.moment]
    return min((instant for instant in instants if instant > now), default=None)
