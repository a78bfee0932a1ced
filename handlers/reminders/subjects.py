"""What a reminder says and whom it concerns, subject by subject, as things stand when it is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import ClassVar, TypeAlias

from bot.config import setting_store
from bot.content.actions import Action
from bot.content.texts import Localised, Moment, Span, Strong, _, _n
from bot.content.views import Button, View
from bot.conversation.routes import Go
from bot.database.engine import Transaction
from bot.delivery.outgoing import BULK, USUAL
from bot.people.audiences import Audience
from handlers.announcements import store as announcements
from handlers.groups import store as groups
from handlers.groups.messages import MY_GROUP
from handlers.programme import own as own_programme
from handlers.programme import store as sessions
from handlers.programme.messages import day_of, day_words, line, where
from handlers.programme.model import Plan, Session
from handlers.programme.service import PROGRAMME
from handlers.reminders import service, store
from handlers.reminders.enqueuing import Personal
from handlers.reminders.model import DAY, MEETING, THEMES, mute_of, session_subject
from handlers.reminders.store import Reminder

_SOON = timedelta(minutes=30)
_SAME_DAY = timedelta(hours=3)
_MOST_OF_A_DAY = 12


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
    """A reminder as it leaves: to whom, what, its rank in the outbox, and which mutes keep it away.

    Where not everyone reads the same, `view` is what each reads by their id. `asked_only`: only who asked for it, or
    for its kind, gets it.
    """

    audience: Audience
    view: View | Personal
    mute: str
    rank: int = USUAL
    asked_only: bool = False


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
    known = await service.configured(tx)
    kind = session.plan.kind

    async def in_their_rooms(tx: Transaction, people: Collection[int]) -> Mapping[int, View]:
        placed = await groups.published_of(tx, people)
        rooms = {each: own_programme.with_room(session, placed.get(each, ()), known.zone) for each in people}
        return {each: _session_view(theirs, now, late) for each, theirs in rooms.items()}

    view = in_their_rooms if kind == "workshop" else _session_view(session, now, late)
    return Notice(session.plan.audience, view, mute_of(kind), rank(reminder), asked_only=kind in known.asked)


def _session_view(session: Session, now: datetime, late: bool) -> View:
    left = session.plan.starts - now
    buttons: list[Button] = []
    if left > _SOON / 2:
        buttons.append(Button(_("Later"), Later(session.id)))
    buttons += [Button(_("Mute"), Mute(session.id)), PROGRAMME]
    return View(_said(session.plan, now, late), tuple(buttons))


def _said(plan: Plan, now: datetime, late: bool) -> tuple[Span, ...]:
    """When, what and where; what to do now; and that it comes late, if it does."""
    left = plan.starts - now
    if left <= timedelta():
        do: Span = _("It has begun: come in.")
    else:
        do = _("Time to go there.") if left <= _SOON else _("Keep that time free.")
    return heading(plan, now), do, *((LATE,) if late else ())


async def meeting_notice(tx: Transaction, reminder: Reminder, now: datetime, late: bool) -> Notice | None:
    """The first meeting of one's group, in its room; None for who has a workshop that begins then."""
    round_ = await groups.find_round(tx, number(reminder.subject))
    if round_ is None or not round_.published or round_.meets_at != reminder.about:
        return None
    zone = (await service.configured(tx)).zone

    async def of_their_groups(tx: Transaction, people: Collection[int]) -> Mapping[int, View]:
        entries = await own_programme.of_people(tx, people, zone)
        return {
            person: View(_said(entry.plan, now, late), (MY_GROUP, PROGRAMME))
            for person, found in entries.items()
            for entry in found
            if entry.id == -round_.number
        }

    return Notice(Audience(), of_their_groups, mute_of("workshop"), rank(reminder))


async def day_notice(tx: Transaction, reminder: Reminder, now: datetime, late: bool) -> Notice | None:
    """What the next day holds for each, in one message; nothing for whom it holds nothing."""
    day = date.fromisoformat(reminder.subject.partition(":")[2])
    zone = (await service.configured(tx)).zone

    async def of_that_day(tx: Transaction, people: Collection[int]) -> Mapping[int, View]:
        entries = await own_programme.of_people(tx, people, zone)
        chosen = await store.choices(tx, people)
        views = {}
        for person, found in entries.items():
            off, _asked = chosen.get(person, (frozenset(), frozenset()))
            held = [
                each
                for each in found
                if day_of(each, zone) == day
                and each.plan.starts > now
                and not each.plan.cancelled
                and off.isdisjoint((session_subject(each.id), mute_of(each.plan.kind)))
            ]
            if held:
                views[person] = _day_view(day, held, late)
        return views

    return Notice(Audience(), of_that_day, mute_of(DAY), BULK)


def _day_view(day: date, held: Sequence[Session], late: bool) -> View:
    lines: list[Span] = [_("Your programme of {day}:", day=Strong(day_words(day)))]
    lines += [line(each) for each in held[:_MOST_OF_A_DAY]]
    if (more := len(held) - _MOST_OF_A_DAY) > 0:
        lines.append(_n("and {count} more, in /programme", "and {count} more, in /programme", more))
    if late:
        lines.append(LATE)
    return View(tuple(lines), (PROGRAMME, Button(_("Reminders"), Go("rappels"))))


def heading(plan: Plan, now: datetime) -> Span:
    """When, what and where, in one line; always with the hour."""
    time = Moment(plan.starts, "time" if abs(plan.starts - now) < _SAME_DAY else "datetime")
    title = Strong(Localised(plan.title))
    if plan.place or plan.map_url:
        return _("{time}: {title}, {place}", time=time, title=title, place=where(plan))
    return _("{time}: {title}", time=time, title=title)


async def themes_notice(tx: Transaction, reminder: Reminder, now: datetime, late: bool) -> Notice | None:
    """The theme deadline, for who came in and has no theme."""
    deadline = await setting_store.theme_deadline(tx)
    if deadline is None or deadline != reminder.about or deadline <= now:
        return None
    lines: list[Span] = [_("You have no theme yet. Choose one until {deadline}.", deadline=Strong(Moment(deadline)))]
    if late:
        lines.append(LATE)
    choose = Button(_("Choose a theme"), Go("theme"), style="primary")
    view = View(tuple(lines), (choose, Button(_("Later"), Later(0)), Button(_("Mute"), Mute(0))))
    return Notice(Audience("unchosen"), view, mute_of(THEMES), rank(reminder))


COMPOSERS: Mapping[str, Compose] = MappingProxyType(
    {"session": session_notice, MEETING: meeting_notice, DAY: day_notice, THEMES: themes_notice}
)
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
    if reminder.subject.startswith(f"{MEETING}:"):
        return _("{time}: the groups' first meeting", time=Moment(reminder.about))
    if reminder.subject.startswith(f"{DAY}:"):
        return _(
            "what the next day holds, {day}", day=day_words(date.fromisoformat(reminder.subject.partition(":")[2]))
        )
    campaign = await announcements.find(tx, number(reminder.subject))
    if campaign is None or not campaign.is_out:
        return None
    return _("{time}: the deadline of a campaign", time=Moment(reminder.about))
