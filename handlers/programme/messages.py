"""Sessions as people read them, a line each, always with their hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.content.texts import Link, Localised, Moment, Span, Strong, _
from bot.database.engine import Transaction
from bot.people.audience_store import describe
from bot.people.audiences import Audience
from handlers.programme.model import Kind, Plan, Session

KIND_NAMES: Mapping[Kind, Span] = {
    "plenary": _("Plenary"),
    "workshop": _("Workshop"),
    "meal": _("Meal"),
    "visit": _("Visit"),
    "evening": _("Evening"),
    "other": _("Other"),
}

SOON = timedelta(minutes=30)
"""How long before a session it is time to go there."""
_SAME_DAY = timedelta(hours=3)


def day_of(session: Session, zone: str) -> date:
    """The day a session begins on, in the zone people are told times in."""
    return session.plan.starts.astimezone(ZoneInfo(zone)).date()


def where(plan: Plan) -> Span:
    """A session's place, which leads to its map where there is one."""
    label: Span = Localised(plan.place) if plan.place else _("map")
    return Link(label, plan.map_url) if plan.map_url else label


def line(session: Session, audience: Span | None = None) -> Span:
    """One session of a list: «14:00–15:30 Workshop, Room B (Culture)»."""
    plan = session.plan
    title = Strong(Localised(plan.title))
    hours: Span = Moment(plan.starts, "time")
    if plan.ends > plan.starts:
        hours = _("{start}–{end}", start=hours, end=Moment(plan.ends, "time"))
    if plan.cancelled:
        return _("{hours} {title}: cancelled", hours=hours, title=title)
    if plan.place or plan.map_url:
        said = _("{hours} {title}, {place}", hours=hours, title=title, place=where(plan))
    else:
        said = _("{hours} {title}", hours=hours, title=title)
    return _("{session} ({audience})", session=said, audience=audience) if audience is not None else said


def heading(plan: Plan, now: datetime) -> Span:
    """When, what and where, in one line; always with the hour."""
    moment = Moment(plan.starts, "time" if abs(plan.starts - now) < _SAME_DAY else "datetime")
    title = Strong(Localised(plan.title))
    if plan.place or plan.map_url:
        return _("{time}: {title}, {place}", time=moment, title=title, place=where(plan))
    return _("{time}: {title}", time=moment, title=title)


def reminder_lines(plan: Plan, now: datetime) -> tuple[Span, ...]:
    """What people are reminded of: when, what and where; and what to do now."""
    left = plan.starts - now
    if left <= timedelta():
        do: Span = _("It has begun: come in.")
    else:
        do = _("Time to go there.") if left <= SOON else _("Keep that time free.")
    return heading(plan, now), do


async def lines(tx: Transaction, sessions: Iterable[Session], zone: str, *, days: bool = True) -> list[Span]:
    """Sessions in order, each day under its date unless `days` is False, and for whom where that is not everyone."""
    audiences: dict[Audience, Span | None] = {Audience(): None}
    said: list[Span] = []
    last: date | None = None
    for session in sessions:
        audience = session.plan.audience
        if audience not in audiences:
            audiences[audience] = await describe(tx, audience)
        day = day_of(session, zone)
        if days and day != last:
            said.append(Strong(Moment.of_day(day)))
        last = day
        said.append(line(session, audiences[audience]))
    return said
