"""Sessions as people read them, a line each; what is told when they change; why something in a programme is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.content.actions import Go
from bot.content.answers import text_document
from bot.content.texts import Link, Listing, Localised, Moment, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.people.audience_store import describe
from bot.people.audiences import Audience
from handlers.programme.files.parsing import Reason, Rejected
from handlers.programme.model import TOLD, Kind, Plan, Session, Words, differences, local_day

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
_MOST_CHANGES = 10
PROGRAMME = Button(_("Programme"), Go("programme"))


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


# --- What is told when the programme changes.


def change_notice(changes: Sequence[Span]) -> View:
    """What someone is told of changes, a line each; of many only the first, and how many more there are."""
    # L10N: never zero
    said: list[Span] = [_n("A change in the programme.", "{count} changes in the programme.", len(changes))]
    said += changes[:_MOST_CHANGES]
    if (more := len(changes) - _MOST_CHANGES) > 0:
        said.append(_n("{count} more is in /programme.", "{count} more are in /programme.", more))
    return View(tuple(said), (PROGRAMME,))


def difference(before: Plan, after: Plan) -> Text:
    """A change of a session in one line: «Opening: Thursday 10 June, 14:00 → 14:30, Room B»."""
    fields = differences(before, after)
    title: Span = Strong(Localised(after.title))
    if "title" in fields:
        title = _("{before}, now called {after}", before=Localised(before.title), after=title)
    if "cancelled" in fields:
        said = {"title": title, "time": Moment(after.starts)}
        return _("{title}, {time}: cancelled", **said) if after.cancelled else now_for_you(after)
    time: Span = Moment(after.starts)
    if "time" in fields:
        time = _time_difference(before, after)
    if "place" in fields:
        place: Span = _("{before} → {after}", before=_place_words(before.place), after=_place_words(after.place))
        return _("{title}: {time}, {place}", title=title, time=time, place=place)
    if not TOLD.intersection(fields):
        return _("{title}, {time}: details only", title=title, time=time)
    if TOLD.intersection(fields) == {"audience"}:
        return _("{title}, {time}: for others than before", title=title, time=time)
    if "time" in fields and after.place:
        return _("{title}: {time}, {place}", title=title, time=time, place=_place_words(after.place))
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
    """A session in one line for who it is for from now on, or again."""
    if plan.place:
        place = _place_words(plan.place)
        return _("{title}, {time}, {place}: takes place, and is for you", place=place, **_title_and_time(plan))
    return _("{title}, {time}: takes place, and is for you", **_title_and_time(plan))


def not_for_you(plan: Plan) -> Text:
    """A session in one line for who it is not for any more."""
    return _("{title}, {time}: not for you any more", **_title_and_time(plan))


def _title_and_time(plan: Plan) -> dict[str, Span]:
    return {"title": Strong(Localised(plan.title)), "time": Moment(plan.starts)}


def _place_words(place: Words) -> Span:
    return Localised(place) if place else _("no place yet")


# --- Why something in a programme is refused, in words.


COLUMNS: Mapping[str, Text] = {
    "key": _("reference"),
    "title": _("title"),
    "day": _("day"),
    "starts": _("beginning"),
    "ends": _("end"),
    "place": _("place"),
    "audience": _("audience"),
    "kind": _("kind"),
    "map": _("map"),
    "zone": _("time zone"),
}
"""Each column by a heading of it that is understood, in the reader's language."""


def located(rejected: Rejected) -> Text:
    """One refusal with its line and its session."""
    reason = explain(rejected)
    if not rejected.line:
        return reason
    if not rejected.title:
        return _("Line {line}: {reason}", line=rejected.line, reason=reason)
    return _("Line {line}, «{title}»: {reason}", line=rejected.line, title=Name(rejected.title), reason=reason)


def explain(rejected: Rejected) -> Text:
    """One refusal as a sentence, without its line."""
    values = _spans(rejected)
    return _about_file(rejected.reason, values) or _about_time(rejected.reason, values) or _about(rejected, values)


def _spans(rejected: Rejected) -> Mapping[str, Span]:
    """What came along, as it may be shown: words from a file stay words."""
    spans = {
        name: value if isinstance(value, int) else Listing(value) if isinstance(value, tuple) else Name(value)
        for name, value in rejected.values.items()
    }
    column = rejected.values.get("column")
    return {**spans, "column": COLUMNS[column]} if isinstance(column, str) and column in COLUMNS else spans


def _about_file(reason: Reason, values: Mapping[str, Span]) -> Text | None:
    match reason:
        case Reason.UNREADABLE:
            return _("«{filename}» cannot be read. Save it again as .ics, CSV or XLSX.", filename=values["filename"])
        case Reason.TEXT_DOCUMENT:
            return text_document(values["filename"])
        case Reason.TOO_BIG:
            most = int(str(values["limit"])) // 1_000_000
            return _("«{filename}» is too large: {most} MB at most.", filename=values["filename"], most=most)
        case Reason.TOO_MANY:
            return _("The programme is too long: {most} sessions at most.", most=values["limit"])
        case Reason.NO_SESSION:
            return _("There is no session in «{filename}».", filename=values["filename"])
        case Reason.MISSING_COLUMN:
            return _("The column {column} is missing.", column=values["column"])
        case Reason.REPEATED_COLUMN:
            return _("Two columns mean {column}: {headings}.", column=values["column"], headings=values["headings"])
        case Reason.EXTRA_CELLS:
            return _("«{value}» stands beyond the last column.", value=values["value"])
    return None


def _about_time(reason: Reason, values: Mapping[str, Span]) -> Text | None:
    match reason:
        case Reason.MISSING_START:
            return _("It has no beginning.")
        case Reason.MISSING_END:
            return _("It has no end: say until when it lasts.")
        case Reason.BAD_TIME:
            return _(
                "«{value}» is no time I understand. Write «2027-06-10 14:00», or a day and «14:00».",
                value=values["value"],
            )
        case Reason.NO_SUCH_TIME:
            return _("There is no such day or hour: {value}.", value=values["value"])
        case Reason.TWICE:
            return _(
                "{value} comes twice that night in {zone}, as clocks go back. Add which: «+02:00» is the first.",
                value=values["value"],
                zone=values["zone"],
            )
        case Reason.OTHER_YEAR:
            return _("{value} is before {year}, the year of the gathering.", value=values["value"], year=values["year"])
        case Reason.ENDS_FIRST:
            return _("It ends before it begins.")
        case Reason.ALL_DAY:
            return _("It lasts whole days: give it an hour of beginning and of end.")
        case Reason.RECURRING:
            return _("It repeats: write each time as a session of its own.")
        case Reason.UNKNOWN_ZONE:
            return _("No time zone is called «{value}»: write it like «Europe/Paris».", value=values["value"])
    return None


def _about(rejected: Rejected, values: Mapping[str, Span]) -> Text:
    match rejected.reason:
        case Reason.MISSING_KEY:
            return _("It has no key: a short word of its own, the same in every version of the file.")
        case Reason.DUPLICATE_KEY:
            return _("The key «{value}» is on line {line} already.", value=values["value"], line=values["first_line"])
        case Reason.MISSING_TITLE:
            return _("It has no title.")
        case Reason.TOO_LONG:
            return _(
                "{column} is {length} characters long, at most {most}.",
                column=values["column"],
                length=values["length"],
                most=values["limit"],
            )
        case Reason.UNKNOWN_KIND:
            return _(
                "«{value}» is no kind of session: plenary, workshop, meal, visit, evening or other.",
                value=values["value"],
            )
        case Reason.UNKNOWN_AUDIENCE:
            return _(
                "I do not know for whom «{value}» is: write «all», a theme, a territory or «organisers».",
                value=values["value"],
            )
        case Reason.BAD_LINK:
            return _("«{value}» is no web address: it starts with https://", value=values["value"])
    raise ValueError(f"no words for {rejected.reason}")
