"""Draws the entries for sessions in a platform's own public calendar, such as Discord's events."""

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
from handlers.programme.messages import day_of, description_line, line, speaker_line
from handlers.programme.model import Session


async def calendar_entry(
    tx: Transaction, session_id: int, locales: Sequence[str], now: datetime
) -> CalendarEntry | None:
    """Return the entry of a session for a platform's public calendar; None if the session must not be in that calendar.

    The calendar has the sessions for everybody or for a theme that take place, until they are over. `locales` are the
    gathering's languages: the title is in the first; the description is in every language in which there is one.
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
"""Declares to the engine that the platforms' public calendars show the programme's sessions."""


def _belongs(session: Session, now: datetime) -> bool:
    plan = session.plan
    return plan.audience.kind in ("all", "theme") and plan.takes_place and plan.ends > now


async def _about(tx: Transaction, session: Session, locales: Sequence[str]) -> tuple[str, ...]:
    """Return the description of a session's entry in each of the session's languages, the gathering's first one ahead.

    It has day, hours, title, venue, audience, speaker and description.
    """
    plan = session.plan
    audience = None if plan.audience == EVERYONE else await describe(tx, plan.audience)
    day = Moment.of_day(day_of(session, plan.zone))
    words = (day, line(session, audience), *speaker_line(plan), *description_line(plan))
    others = [locale for locale in locales[1:] if locale in {*plan.title, *plan.venue, *plan.description}]
    readers = [Reader(locale, plan.zone) for locale in (locales[0], *others)]
    return tuple("\n".join(plain(part, reader) for part in words) for reader in readers)
