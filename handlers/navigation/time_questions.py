"""Asking an organiser whether a time was understood as they meant it: nothing is saved before they confirm it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.content.actions import Action
from bot.content.dates import DateProblem
from bot.content.forms import Incomplete
from bot.content.texts import Span, Text, _
from bot.content.typed_times import (
    REFUSALS,
    echo,
    read_time,
    reading_buttons,
    refusal,
    to_minute,
)
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Request
from bot.people.presence_store import zone_elsewhere
from handlers.navigation.layout import mark, who_was_faster


@dataclass(frozen=True, slots=True)
class TimeReadBack:
    """A typed time as it was understood: the instant, its words for the question, and the buttons below that."""

    instant: datetime
    words: Text
    buttons: tuple[Button, ...]


async def read_back(
    request: Request, typed: str, *, field: str, confirm: Callable[[int], Action], ways_on: tuple[Button, ...]
) -> TimeReadBack | Reply:
    """Understand a time that was typed into a form, in the gathering's zone.

    Where it can mean several instants this returns the reply that offers them as buttons. `confirm` makes the action
    that saves an instant, given as whole minutes since 1970; `ways_on` are the other buttons. Raises Incomplete for
    `field` where the time means nothing, so that the form stays open.
    """
    zone = request.settings.gathering.zone
    time = read_time(typed, zone=zone, now=request.now, locale=request.locale)
    if time.instant is None:
        if not time.readings:
            raise Incomplete(field, refusal(time))
        return reply(refusal(time), buttons=(*reading_buttons(time, zone, request.now, confirm), *ways_on))
    yes = Button(_("Confirm"), confirm(to_minute(time.instant)), style="primary")
    return TimeReadBack(time.instant, await in_words(request, time.instant), (yes, *ways_on))


async def in_words(request: Request, instant: datetime) -> Text:
    """An instant where the gathering is, and where most of its people are who live elsewhere."""
    zone = request.settings.gathering.zone
    elsewhere = await zone_elsewhere(request.tx, zone, instant)
    return echo(instant, zone=zone, now=request.now, elsewhere=elsewhere)


def stored_time(instant: datetime | None) -> int | None:
    """A time as the journal keeps it: microseconds since 1970, None for no time."""
    return to_micros(instant) if instant else None


def seen_time(instant: datetime | None) -> str:
    """The mark of the present time of something, carried by the button that changes it."""
    return mark(stored_time(instant))


@dataclass(frozen=True, slots=True)
class TimeChange:
    """A confirmed change of a time; None as `before` or `after` for no time.

    `subject` is what the journal calls the thing, `seen` the mark of the time that the organiser saw.
    """

    subject: str
    before: datetime | None
    after: datetime | None
    seen: str


async def not_to_save(
    request: Request,
    change: TimeChange,
    *,
    words: Callable[[datetime | None], Span],
    confirm: Callable[[str], Action],
    another: Action,
    ways_on: tuple[Button, ...],
) -> Reply | None:
    """What is said where a confirmed time is not to be saved; None where it is.

    It is not where it is the present one, has passed, or where someone else changed the time meanwhile: then both times
    are shown, and `confirm` makes the button that saves it all the same, from the new mark. `another` opens the form
    again; `words` says a time.
    """
    if change.after == change.before:
        return reply(_("Nothing was changed."), buttons=ways_on, toast=_("Already done."))
    if change.after and change.after <= request.now:
        return reply(REFUSALS[DateProblem.PAST], buttons=(Button(_("Write another date"), another), *ways_on))
    if (present := seen_time(change.before)) == change.seen:
        return None
    return reply(
        await who_was_faster(request, change.subject),
        _("Now: {value}", value=words(change.before)),
        _("You wrote: {value}", value=words(change.after)),
        buttons=(Button(_("Confirm"), confirm(present)), *ways_on),
    )
