"""The entries of sessions in a platform's own calendar, which everybody there sees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.texts import Localised, Moment, Reader, _, plain
from bot.database.engine import Transaction
from bot.delivery.calendar_entries import CalendarEntry
from bot.delivery.contributions import CalendarSource
from bot.people.audience_store import describe
from bot.people.audiences import EVERYONE
from handlers.programme import store
from handlers.programme.messages import day_of, line
from handlers.programme.model import Session


async def calendar_entry(
    tx: Transaction, session_id: int, locales: Sequence[str], now: datetime
) -> CalendarEntry | None:
    """Return the calendar entry of a session, in the gathering's `locales`; None if it should not be in the calendar.

    In the calendar are sessions for everybody or for a theme, until they are over or cancelled.
    """
    session = await store.find_session(tx, session_id)
    if session is None or not _belongs(session, now):
        return None
    plan = session.plan
    first = Reader(locales[0], plan.zone)
    return CalendarEntry(
        plain(Localised(plan.title), first),
        plain(Localised(plan.venue) if plan.venue else _("no place yet"), first),
        await _about(tx, session, locales),
        plan.map_url,
        plan.starts,
        plan.ends,
    )


CALENDAR = CalendarSource(table="sessions", belongs=store.FOR_EVERYBODY, draw=calendar_entry)
"""The programme as the source of the platforms' own calendars."""


def _belongs(session: Session, now: datetime) -> bool:
    plan = session.plan
    return plan.audience.kind in ("all", "theme") and not plan.cancelled and plan.ends > now


async def _about(tx: Transaction, session: Session, locales: Sequence[str]) -> tuple[str, ...]:
    """Return day, hours, title, venue and audience, in the gathering's first language, then in the session's others."""
    plan = session.plan
    audience = None if plan.audience == EVERYONE else await describe(tx, plan.audience)
    words = (Moment.of_day(day_of(session, plan.zone)), line(session, audience))
    others = [locale for locale in locales[1:] if locale in plan.title or locale in plan.venue]
    readers = [Reader(locale, plan.zone) for locale in (locales[0], *others)]
    return tuple("\n".join(plain(part, reader) for part in words) for reader in readers)
