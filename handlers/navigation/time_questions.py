"""Asks an organiser who typed a time to confirm how it was understood. Nothing is saved before that."""

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
    from_minute,
    read_time,
    reading_buttons,
    refusal,
    to_minute,
)
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import BothInWords, Request, StoredVersion
from bot.people.presence_store import zone_elsewhere


@dataclass(frozen=True, slots=True)
class TimeReadBack:
    """A typed time as the bot understood it, with the words that ask for confirmation and the buttons below them."""

    instant: datetime
    words: Text
    buttons: tuple[Button, ...]


async def read_back(
    request: Request, typed: str, *, field: str, confirm: Callable[[int], Action], ways_on: tuple[Button, ...]
) -> TimeReadBack | Reply:
    """Return how a typed time is understood in the gathering's zone, with the button that confirms it.

    If the time can mean several instants, the result is a reply with a button for each instant. `confirm` returns the
    action that saves an instant, given in minutes since 1970; `ways_on` are further buttons. `field` is the name of the
    form's field, for which Incomplete is raised if the time cannot be understood.
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
    """Return an instant in words: in the gathering's zone and in the zone of most people elsewhere, if different."""
    zone = request.settings.gathering.zone
    elsewhere = await zone_elsewhere(request.tx, zone, instant)
    return echo(instant, zone=zone, now=request.now, elsewhere=elsewhere)


def stored_time(instant: datetime | None) -> int | None:
    """Return a time in the form in which the journal stores it: microseconds since 1970, None for no time."""
    return to_micros(instant) if instant else None


def time_of(minute: int) -> datetime | None:
    """Return the instant that a button carries in minutes since 1970; None for 0, which means no time."""
    return from_minute(minute) if minute else None


def version_of_time(
    subject: str,
    time: datetime | None,
    minute: int | None,
    *,
    words: Callable[[datetime | None], Span],
    ways_on: tuple[Button, ...],
) -> StoredVersion | None:
    """Return the version of a stored time, by which a form or a button notices that the time was changed meanwhile.

    `subject` names the time for its reader, and `time` is the stored time. `minute` is the time that a button would
    save, in minutes since 1970 (0: no time); None for a form. Returns None if the button would save the stored time.
    `words` puts a time into words; `ways_on` are further buttons for a time that was changed meanwhile.
    """
    if minute is not None and time_of(minute) == time:
        return None
    written = None if minute is None else words(time_of(minute))
    return StoredVersion((stored_time(time),), BothInWords(subject, words(time), written, ways_on))


def not_to_save(
    request: Request, before: datetime | None, after: datetime | None, *, another: Action, ways_on: tuple[Button, ...]
) -> Reply | None:
    """Return the reply that says why a confirmed time is not saved; None if it can be saved.

    `after` is the new time and `before` the stored one, None for no time. The new time is not saved if both are the
    same, or if it has passed. `another` opens the form again; `ways_on` are further buttons.
    """
    if after == before:
        return reply(_("Nothing was changed."), buttons=ways_on, toast=_("Already done."))
    if after and after <= request.now:
        return reply(REFUSALS[DateProblem.PAST], buttons=(Button(_("Write another date"), another), *ways_on))
    return None
