"""What a reminder says and whom it concerns, subject by subject, as things stand when it is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import ClassVar, TypeAlias

from bot.actions import Action
from bot.domain.audiences import Audience
from bot.domain.reminders import THEMES, mute_of
from bot.domain.sessions import Plan, Session
from bot.programme_cards import where
from bot.routes import Go
from bot.storage import announcements, sessions
from bot.storage import settings as stored
from bot.storage.engine import Transaction
from bot.storage.outgoing import BULK, USUAL
from bot.storage.reminders import Reminder
from bot.texts import Localised, Moment, Span, Strong, _
from bot.views import Button, View

_SOON = timedelta(minutes=30)
_SAME_DAY = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Later(Action):
    """Be reminded of a session once more; 0 is the theme deadline."""

    code: ClassVar[str] = "rl"
    session: int


@dataclass(frozen=True, slots=True)
class Mute(Action):
    """Be reminded of a session, or of its kind, no more; 0 is the theme deadline."""

    code: ClassVar[str] = "rm"
    session: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A reminder as it leaves: to whom, what, its rank in the outbox, and which mutes keep it away."""

    audience: Audience
    view: View
    mute: str
    rank: int = USUAL


Compose: TypeAlias = Callable[[Transaction, Reminder, datetime, bool], Awaitable[Notice | None]]
"""What a reminder says now, and whether it is late; None where there is nothing to remind of any more."""

LATE = _("This reminder comes late: I was out of order for a while.")


def rank(reminder: Reminder) -> int:
    """Its rank in the outbox: a day or more ahead it leaves nobody without sleep, unless they asked for it."""
    ahead = reminder.lead.days > 0 or timedelta(minutes=reminder.lead.minutes) >= timedelta(days=1)
    return BULK if ahead and reminder.participant_id is None else USUAL


def number(subject: str) -> int:
    """The id in a subject; 0 for a subject that has none."""
    return int(subject.partition(":")[2] or 0)


async def session_notice(tx: Transaction, reminder: Reminder, now: datetime, late: bool) -> Notice | None:
    """A session: when, what, where, and what to do now."""
    session = await sessions.find(tx, number(reminder.subject))
    if session is None or session.plan.cancelled or session.plan.starts != reminder.about or session.plan.ends <= now:
        return None
    view = _session_view(session, now, late)
    return Notice(session.plan.audience, view, mute_of(session.plan.kind), rank(reminder))


def _session_view(session: Session, now: datetime, late: bool) -> View:
    lines: list[Span] = [heading(session.plan, now)]
    left = session.plan.starts - now
    if left <= timedelta():
        lines.append(_("It has begun: come in."))
    elif left <= _SOON:
        lines.append(_("Time to go there."))
    else:
        lines.append(_("Keep that time free."))
    if late:
        lines.append(LATE)
    buttons: list[Button] = []
    if left > _SOON / 2:
        buttons.append(Button(_("Later"), Later(session.id)))
    buttons += [Button(_("Mute"), Mute(session.id)), Button(_("Programme"), Go("programme"))]
    return View(tuple(lines), tuple(buttons))


def heading(plan: Plan, now: datetime) -> Span:
    """When, what and where, in one line; always with the hour."""
    time = Moment(plan.starts, "time" if abs(plan.starts - now) < _SAME_DAY else "datetime")
    title = Strong(Localised(plan.title))
    if plan.place or plan.map_url:
        return _("{time}: {title}, {place}", time=time, title=title, place=where(plan))
    return _("{time}: {title}", time=time, title=title)


async def themes_notice(tx: Transaction, reminder: Reminder, now: datetime, late: bool) -> Notice | None:
    """The theme deadline, for who came in and has no theme."""
    deadline = await stored.theme_deadline(tx)
    if deadline is None or deadline != reminder.about or deadline <= now:
        return None
    lines: list[Span] = [_("You have no theme yet. Choose one until {deadline}.", deadline=Strong(Moment(deadline)))]
    if late:
        lines.append(LATE)
    choose = Button(_("Choose a theme"), Go("theme"), style="primary")
    view = View(tuple(lines), (choose, Button(_("Later"), Later(0)), Button(_("Mute"), Mute(0))))
    return Notice(Audience("unchosen"), view, mute_of(THEMES), rank(reminder))


COMPOSERS: Mapping[str, Compose] = MappingProxyType({"session": session_notice, THEMES: themes_notice})
"""By the kind of subject: what stands before its colon."""


async def named(tx: Transaction, reminder: Reminder) -> Span | None:
    """What a reminder was about, in one line; None for what takes place no more."""
    if reminder.subject == THEMES:
        return _("{time}: the deadline for themes", time=Moment(reminder.about))
    if reminder.subject.startswith("session:"):
        session = await sessions.find(tx, number(reminder.subject))
        if session is None or session.plan.cancelled:
            return None
        return _("{time}: {title}", time=Moment(reminder.about), title=Localised(session.plan.title))
    campaign = await announcements.find(tx, number(reminder.subject))
    if campaign is None or not campaign.is_out:
        return None
    return _("{time}: the deadline of a campaign", time=Moment(reminder.about))
