"""Texts about sessions: lines of lists, reminders, and notices of changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.content.actions import Go
from bot.content.texts import Joined, Link, Listing, Localised, Moment, Name, Nearing, Span, Strong, Text, _, _n
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.people.audience_store import describe
from bot.people.audiences import Audience
from handlers.programme.model import TOLD, Field, Kind, Plan, Session, Words, differences, local_day

KIND_NAMES: Mapping[Kind, Span] = {
    "plenary": _("Plenary"),
    "workshop": _("Workshop"),
    "meal": _("Meal"),
    "visit": _("Visit"),
    # L10N: a kind of session: in the evening, such as a party
    "evening": _("Evening"),
    # L10N: a kind of session
    "other": _("Other"),
}

NEAR = timedelta(hours=1)
"""Sessions that begin within this time are announced with the time left («in 20 minutes»)."""
SOON = timedelta(minutes=30)
"""A reminder sent this long before its session, or later, says that it is time to go there."""
_SAME_DAY = timedelta(hours=3)
_MOST_CHANGES = 10
PROGRAMME = Button(_("Programme"), Go("programme"))


def day_of(session: Session, zone: str) -> date:
    """Return the day on which a session begins, in the time zone `zone`."""
    return session.plan.starts.astimezone(ZoneInfo(zone)).date()


def where(plan: Plan) -> Span:
    """Return a session's venue in words, as a link to the session's map if the session has one."""
    label: Span = Localised(plan.venue) if plan.venue else _("map")
    return Link(label, plan.map_url) if plan.map_url else label


def line(session: Session, audience: Span | None = None, *, stands_out: bool = True) -> Span:
    """Return the line of a list for one session: «14:00–15:30 Workshop, Room B (Culture)».

    `audience` is the audience in words, None to leave it out. If `stands_out` is True, the title is in bold.
    """
    plan = session.plan
    title: Span = Localised(plan.title)
    title = Strong(title) if stands_out else title
    hours: Span = Moment(plan.starts, "time")
    if plan.ends > plan.starts:
        hours = _("{start}–{end}", start=hours, end=Moment(plan.ends, "time"))
    if plan.cancelled:
        return _("{hours} {title}: cancelled", hours=hours, title=title)
    if plan.venue or plan.map_url:
        said = _("{hours} {title}, {place}", hours=hours, title=title, place=where(plan))
    else:
        said = _("{hours} {title}", hours=hours, title=title)
    return _("{session} ({audience})", session=said, audience=audience) if audience is not None else said


def speaker_line(plan: Plan) -> tuple[Span, ...]:
    """Return the line «with Marie Curie» below a session's line; () if nobody is named or the session is cancelled."""
    # L10N: a line below a session: who speaks there
    return (_("with {speaker}", speaker=Name(plan.speaker)),) if plan.speaker and not plan.cancelled else ()


def description_line(plan: Plan) -> tuple[Span, ...]:
    """Return the line with a session's description; () if it has none."""
    return (Localised(plan.description),) if plan.description else ()


def heading(plan: Plan, now: datetime) -> Span:
    """Return one line with a session's start, title and venue; the start includes the day unless it is near `now`."""
    moment = Moment(plan.starts, "time" if abs(plan.starts - now) < _SAME_DAY else "datetime")
    title = Strong(Localised(plan.title))
    if plan.venue or plan.map_url:
        return _("{time}: {title}, {place}", time=moment, title=title, place=where(plan))
    return _("{time}: {title}", time=moment, title=title)


def reminder_lines(plan: Plan, now: datetime) -> tuple[Span, ...]:
    """Return the two lines of a session's reminder: start, title and venue; then what people should do."""
    left = plan.starts - now
    if left <= timedelta():
        do: Span = _("It has begun: come in.")
    else:
        do = _("Time to go there.") if left <= SOON else _("Keep that time free.")
    return heading(plan, now), do


async def lines(
    tx: Transaction,
    sessions: Iterable[Session],
    zone: str,
    mine: Iterable[Session],
    now: datetime,
    groups: Mapping[int, Span] | None = None,
) -> list[Span]:
    """Return the lines of a list of sessions, in the given order, with the date above each day's sessions.

    Sessions that are not for everybody name their audience; sessions in `mine`, which are for the reader, are in bold.
    Today's sessions are marked as over, as taking place `now`, or as beginning soon. Below each session is its speaker
    and, if only one session is listed, its description. `zone` is the time zone that decides on which day a session is.
    `groups` are the names of the reader's groups by the ids of the sessions in which they work.
    """
    theirs = {session.id for session in mine}
    audiences: dict[Audience, Span | None] = {Audience(): None}
    said: list[Span] = []
    last: date | None = None
    sessions = list(sessions)
    following = min((each.plan.starts for each in sessions if each.plan.starts > now), default=None)
    for session in sessions:
        audience = session.plan.audience
        if audience not in audiences:
            audiences[audience] = await describe(tx, audience)
        day = day_of(session, zone)
        if day != last:
            said.append(Strong(Moment.of_day(day, "weekday")))
        last = day
        whose = (groups or {}).get(session.id, audiences[audience])
        told = line(session, whose, stands_out=session.id in theirs)
        if day == now.astimezone(ZoneInfo(zone)).date() and not session.plan.cancelled:
            told = _of_today(session, told, now, following=session.plan.starts == following)
        said.append(told)
        said += speaker_line(session.plan)
    if len(sessions) == 1:
        said += description_line(sessions[0].plan)
    return said


def _of_today(session: Session, told: Span, now: datetime, *, following: bool) -> Span:
    """Return the line of a session of today: over, now or, if it is the `following` one, with the time left."""
    if session.plan.over_at <= now:
        # L10N: before the line of a session in a list, once it is over
        return _("Over · {session}", session=told)
    if session.plan.starts <= now:
        # L10N: before the line of a session in a list, while it takes place
        return _("Now · {session}", session=told)
    near = following and session.plan.starts - now <= NEAR
    return Joined((told, Nearing(session.plan.starts, session.plan.over_at))) if near else told


# --- What is told when the programme changes.


def change_notice(changes: Sequence[Span]) -> View:
    """Return the message that notifies one person of changes in the programme.

    The message has a line for each of the first ten changes, and the number of further changes.
    """
    # L10N: never zero
    said: list[Span] = [_n("A change in the programme.", "{count} changes in the programme.", len(changes))]
    said += changes[:_MOST_CHANGES]
    if (more := len(changes) - _MOST_CHANGES) > 0:
        said.append(_n("{count} more change is in /programme.", "{count} more changes are in /programme.", more))
    return View(tuple(said), (PROGRAMME,))


_DETAIL_NAMES: Mapping[Field, Span] = {
    # L10N: of what a session's details are: only details change (kind, map)
    "kind": _("kind"),
    "speaker": _("speaker"),
    "description": _("description"),
    "map": _("map"),
    "zone": _("time zone"),
}


def difference(before: Plan, after: Plan) -> Text:
    """Return one line that tells how a session changed: «Opening: Thursday 10 June, 14:00 → 14:30, Room B»."""
    fields = differences(before, after)
    title: Span = Strong(Localised(after.title))
    if before.unconfirmed and after.takes_place:
        return _("{title}, {time}: in the programme from now on", title=title, time=Moment(after.starts))
    if "title" in fields:
        title = _("{before}, now called {after}", before=Localised(before.title), after=title)
    if "cancelled" in fields:
        said = {"title": title, "time": Moment(after.starts)}
        return _("{title}, {time}: cancelled", **said) if after.cancelled else now_for_you(after)
    time: Span = Moment(after.starts)
    if "time" in fields:
        time = _time_difference(before, after)
    if "place" in fields:
        place: Span = _("{before} → {after}", before=_venue_words(before.venue), after=_venue_words(after.venue))
        return _("{title}: {time}, {place}", title=title, time=time, place=place)
    if not TOLD.intersection(fields):
        names = tuple(_DETAIL_NAMES[field] for field in fields if field in _DETAIL_NAMES)
        if not names:
            return _("{title}, {time}: only details change", title=title, time=time)
        return _("{title}, {time}: only details change ({details})", title=title, time=time, details=Listing(names))
    if TOLD.intersection(fields) == {"audience"}:
        return _("{title}, {time}: for different people than before", title=title, time=time)
    if "time" in fields and after.venue:
        return _("{title}: {time}, {place}", title=title, time=time, place=_venue_words(after.venue))
    return _("{title}: {time}", title=title, time=time)


def _time_difference(before: Plan, after: Plan) -> Span:
    if before.starts == after.starts:
        return _("{time}, now until {end}", time=Moment(after.starts), end=_end(after))
    same_day = local_day(after, before.starts) == local_day(after, after.starts)
    moved = Moment(after.starts, "time" if same_day else "datetime")
    if before.ends - before.starts == after.ends - after.starts:
        return _("{before} → {after}", before=Moment(before.starts), after=moved)
    return _("{before} → {after} (until {end})", before=Moment(before.starts), after=moved, end=_end(after))


def _end(plan: Plan) -> Moment:
    return Moment(plan.ends, "time" if local_day(plan, plan.starts) == local_day(plan, plan.ends) else "datetime")


def now_for_you(plan: Plan) -> Text:
    """Return the line of a notice that tells people that a session takes place and is for them.

    They read it if they were added to the session's audience, or if the session's cancellation was undone.
    """
    if plan.venue:
        place = _venue_words(plan.venue)
        return _("{title}, {time}, {place}: takes place, and is for you", place=place, **_title_and_time(plan))
    return _("{title}, {time}: takes place, and is for you", **_title_and_time(plan))


def not_for_you(plan: Plan) -> Text:
    """Return the line of a notice for people who no longer belong to a session's audience."""
    return _("{title}, {time}: no longer for you", **_title_and_time(plan))


def _title_and_time(plan: Plan) -> dict[str, Span]:
    return {"title": Strong(Localised(plan.title)), "time": Moment(plan.starts)}


def _venue_words(venue: Words) -> Span:
    return Localised(venue) if venue else _("no place yet")
