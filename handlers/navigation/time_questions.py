"""Asks an organiser who typed a time to confirm how it was understood; nothing is saved before."""

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
    """A typed time as it was understood: the instant, the words that ask for confirmation, and the buttons below."""

    instant: datetime
    words: Text
    buttons: tuple[Button, ...]


async def read_back(
    request: Request, typed: str, *, field: str, confirm: Callable[[int], Action], ways_on: tuple[Button, ...]
) -> TimeReadBack | Reply:
    """Return how a typed time is understood in the gathering's zone, with the button that confirms it.

    If the time can mean several instants, return a reply that offers each as a button. `confirm` returns the action
    that saves an instant, given in minutes since 1970; `ways_on` are further buttons. Raises Incomplete for the form's
    `field` if the time cannot be understood.
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
    """Return an instant in words: in the gathering's zone, and in that of most people who live by other clocks."""
    zone = request.settings.gathering.zone
    elsewhere = await zone_elsewhere(request.tx, zone, instant)
    return echo(instant, zone=zone, now=request.now, elsewhere=elsewhere)


def stored_time(instant: datetime | None) -> int | None:
    """Return a time as the journal stores it: microseconds since 1970, None for no time."""
    return to_micros(instant) if instant else None


def seen_time(instant: datetime | None) -> str:
    """Return a digest of a time that an organiser is shown, to notice later whether somebody changed the time."""
    return mark(stored_time(instant))


@dataclass(frozen=True, slots=True)
class TimeChange:
    """A change of a time that an organiser confirmed; `before` or `after` is None for no time.

    `subject` is the journal's key of what has the time; `seen` is the digest (`seen_time`) of the time that the
    organiser was shown.
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
    """Return the reply that says why a confirmed time cannot be saved; None if it can.

    It cannot if it is the present time, has passed, or somebody else changed the time meanwhile. In the last case both
    times are shown, with a button that saves after all; `confirm` returns the action of that button for the present
    digest (`seen_time`). `another` opens the form again; `words` returns a time in words; `ways_on` are further
    buttons.
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
