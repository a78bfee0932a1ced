"""Organisers' screens that show until when data are stored, and change the last day: typed, counted, confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from bot.clock import from_micros, to_micros
from bot.config import purpose_store
from bot.config.purpose_store import choose_end
from bot.config.purposes import Purpose
from bot.content.errors import existing, existing_day
from bot.content.forms import Form, Incomplete, text
from bot.content.texts import Moment, Span, Strong, Text, _
from bot.content.typed_times import read_time, refusal
from bot.content.views import Button, Reply, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, BothInWords, Go, Request, Routes, StoredVersion
from bot.conversation.undo import Values, changed_since, record_change
from handlers.navigation import ends
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.ends import LEADS
from handlers.privacy import store
from handlers.privacy.messages import until, whom_lines

routes = Routes()

_PRIVACY = Button(_("Privacy"), Go("confidentialite"))


class DayForm(Form):
    """The form for the last day on which data are stored for a certain purpose."""

    title: ClassVar[Text] = _("How long data are kept")
    day: str = text(_("The last day?"), max_length=60, hint=_("For instance «30 June 2028»."))


@routes.press("erd", who=ORGANISER)
async def show_dates(request: Request) -> Reply:
    """Show each purpose of stored data that has not ended: its last day, whom its end concerns, how to change it."""
    chosen = await purpose_store.running(request.tx, request.settings, request.now)
    running = await ends.running(request.tx, request.settings, request.now)
    lines = [line for each, end in running for line in (Strong(until(each, end)), *await _whom(request, each, end))]
    return reply(
        *(lines or (_("Nothing about people is kept any more."),)),
        buttons=(*(_another_day(purpose, end) for purpose, end in chosen), _PRIVACY, BACK),
    )


DATES = Button(_("How long data are kept"), show_dates.to())


def _another_day(purpose: Purpose, end: datetime) -> Button:
    return Button(_("Another day: {purpose}", purpose=purpose.words), type_day.seeing(to_micros(end)).to(purpose.key))


async def _whom(request: Request, purpose: Purpose, end: datetime) -> Sequence[Span]:
    return whom_lines(await store.concerned(request.tx, request.settings, purpose, end, request.now))


async def _find(request: Request, key: str) -> tuple[Purpose, datetime]:
    """Return a purpose that is not over, and its end. Raises Stale for any other."""
    running = await purpose_store.running(request.tx, request.settings, request.now)
    return existing(next((each for each in running if each[0].key == key), None))


def _end_after(request: Request, day: int) -> datetime:
    """Return the end of a day, which buttons carry as its ordinal, but never before the gathering's own."""
    gathering = request.settings.gathering
    return max(gathering.day_begins(existing_day(day) + timedelta(days=1)), gathering.closes)


async def _present(request: Request, key: str, day: int = 0) -> StoredVersion | None:
    _purpose, end = await _find(request, key)
    written = Moment.of_day(existing_day(day)) if day else None
    conflict = BothInWords(_subject(key), Moment(end - timedelta(minutes=1)), written, (DATES, BACK))
    return StoredVersion((to_micros(end),), conflict)


def _subject(key: str) -> str:
    return f"purpose:{key}"


@routes.form("erf", DayForm, who=ORGANISER, unless_changed=_present)
async def type_day(request: Request, form: DayForm, key: str) -> Reply:
    """Ask an organiser to confirm the last day that they typed for a purpose of stored data, which may be past.

    `key` is the key of the purpose. Raises Incomplete if the typed words are no day.
    """
    zone = request.settings.gathering.zone
    since = min(request.now, request.settings.gathering.opens)
    read = read_time(f"{form.day} 12:00", zone=zone, now=since, locale=request.locale)
    if read.instant is None:
        raise Incomplete("day", refusal(read))
    return await choose_day.ask(request, key, read.instant.astimezone(ZoneInfo(zone)).toordinal())


async def _sure_of_day(request: Request, key: str, day: int) -> Question:
    """Say whom another last day concerns, before it is chosen."""
    purpose, before = await _find(request, key)
    end = _end_after(request, day)
    lines: list[Span] = [
        Strong(
            _(
                "{purpose}: until {date}, in place of {before}.",
                purpose=purpose.words,
                date=Moment(end - timedelta(minutes=1), "date"),
                before=Moment(before - timedelta(minutes=1), "date"),
            )
        ),
        *await _whom(request, purpose, end),
    ]
    if end <= request.now + LEADS[0]:
        lines.append(_("The team is warned first, so this happens in {days} days.", days=str(LEADS[0].days)))
    if end < before:
        lines.append(_("If the team was warned of the later day already, that one applies."))
    return Question(*lines, yes=_("Confirm"), back=(DATES, BACK))


@routes.press("ers", who=ORGANISER, unless_changed=_present, first=Asks("erc", _sure_of_day))
async def choose_day(request: Request, key: str, day: int) -> Reply:
    """Store the last day that an organiser chose for a purpose of stored data; a new day in config.toml overrides it.

    `key` is the key of the purpose, and `day` the day as a number (`date.toordinal()`). The reply says when the purpose
    really ends: later than this day if organisers were warned too late.
    """
    purpose, before = await _find(request, key)
    after = _end_after(request, day)
    await choose_end(request.tx, request.settings, purpose, after)
    summary = until(purpose, after)
    values = {"key": key, "before": to_micros(before), "after": to_micros(after)}
    undo = await record_change(request, _subject(key), summary, restore_day.to(), values)
    counts = await ends.effective_end(request.tx, request.settings, purpose, request.now)
    return reply(Strong(until(purpose, counts)), buttons=(undo, DATES, BACK), toast=_("Saved."))


@inverses.declare("ier")
async def restore_day(request: Request, values: Values) -> None:
    """Store the former last day of a purpose of stored data again. Raises UserError if it was changed again since."""
    purpose, end = await _find(request, values["key"])
    if to_micros(end) != values["after"]:
        raise changed_since()
    await choose_end(request.tx, request.settings, purpose, from_micros(values["before"]))
