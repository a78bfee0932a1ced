"""Participants' screens about their reminders: asking for another one, turning some off, and seeing which are on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.background.reminding import DAY, mute_of, number_of
from bot.content.errors import Stale
from bot.content.texts import Listing, Localised, Moment, Span, Strong, _
from bot.content.typed_times import from_minute, to_minute
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation.routes import Go, Request, Routes
from bot.people import preference_store
from bot.people.audience_store import includes
from handlers.navigation.actions import Mute, RemindLater
from handlers.navigation.layout import if_over
from handlers.programme.messages import KIND_NAMES, PROGRAMME, heading
from handlers.programme.model import SESSION, Session, session_subject
from handlers.programme.store import find_session, still_to_come
from handlers.reminders import service, store
from handlers.reminders.messages import missed_lines, name_line
from handlers.reminders.settings import ReminderSettings
from handlers.themes.model import THEMES
from handlers.themes.store import theme_deadline

routes = Routes()

_MOST_SHOWN = 5
_SHOWN_MISSED = timedelta(days=3)
_NOT_NOW = timedelta(minutes=2)
"""Reminders nearer than this to the present, or to the start of the session, are not offered."""

_AFTER: Sequence[tuple[Span, timedelta]] = (
    (_("In 10 minutes"), timedelta(minutes=10)),
    (_("In an hour"), timedelta(hours=1)),
    (_("In 3 hours"), timedelta(hours=3)),
)
_BEFORE: Sequence[tuple[Span, timedelta]] = (
    (_("3 hours before"), timedelta(hours=3)),
    (_("An hour before"), timedelta(hours=1)),
    (_("5 minutes before"), timedelta(minutes=5)),
)

REMINDERS = Button(_("Reminders"), Go("rappels"))


@dataclass(frozen=True, slots=True)
class _Subject:
    """The session, or the deadline for choosing themes, that a button is about.

    `key` is the key of its reminders, `at` when it takes place; `session` is None for the deadline.
    """

    key: str
    at: datetime
    name: Span
    session: Session | None


async def _subject(request: Request, session_id: int) -> _Subject:
    """Return the session or deadline that a button is about.

    Raises Stale if it is over, cancelled, or not for the person.
    """
    if not session_id:
        deadline = await theme_deadline(request.tx)
        if deadline is None or deadline <= request.now:
            raise Stale
        return _Subject(THEMES, deadline, _("the deadline for themes"), None)
    session = await find_session(request.tx, session_id)
    if session is None or not session.plan.takes_place or session.plan.ends <= request.now:
        raise Stale
    if not await includes(request.tx, session.plan.audience, request.participant.id):
        raise Stale
    return _Subject(session_subject(session.id), session.plan.starts, Localised(session.plan.title), session)


@routes.press(RemindLater)
async def offer_later(request: Request, session: int) -> Reply:
    """Ask when the person wants to be reminded of a session again, with a button for each time offered."""
    subject = await _subject(request, session)
    times = _times(request.now, subject.at)
    if not times:
        return reply(_("It is so soon that another reminder would be too late."), buttons=(PROGRAMME,))
    return reply(
        _("{what}: when shall I remind you again?", what=_line(subject, request.now)),
        buttons=(
            *(Button(label, remind_at.to(session, to_minute(at))) for label, at in times),
            PROGRAMME,
        ),
    )


def _line(subject: _Subject, now: datetime) -> Span:
    """Return one line with the time, title and venue of a session, or with the time of the deadline."""
    if subject.session:
        return heading(subject.session.plan, now)
    return _("{time}: the deadline for themes", time=Moment(subject.at))


def _times(now: datetime, at: datetime) -> Sequence[tuple[Span, datetime]]:
    """Return the times offered for another reminder of what takes place `at`, with their labels, the earliest first."""
    times = [(label, now + after) for label, after in _AFTER] + [(label, at - before) for label, before in _BEFORE]
    fitting = [(label, due) for label, due in times if now + _NOT_NOW <= due <= at - _NOT_NOW]
    return sorted(fitting, key=lambda time: time[1])


def _is_offered(due: datetime, now: datetime, at: datetime) -> bool:
    """Return whether `due` is a time offered for what takes place `at`, by a button that may be some minutes old."""
    return due <= now + max(after for _label, after in _AFTER) or any(
        due == from_minute(to_minute(at - before)) for _label, before in _BEFORE
    )


@routes.press("rlt")
async def remind_at(request: Request, session: int, minute: int) -> Reply:
    """Plan a reminder of a session for the person, in place of an earlier one that they asked for.

    `session` is the session's id, 0 for the deadline for choosing themes; `minute` is the time of the reminder in
    minutes since 1970. Raises Stale for a time that is not offered, or has passed.
    """
    subject = await _subject(request, session)
    due = from_minute(minute)
    if not (request.now < due < subject.at and _is_offered(due, request.now, subject.at)):
        raise Stale
    await service.remind_again(request.tx, subject.key, subject.at, request.participant.id, due)
    return reply(
        _("I will remind you of {what}: {time}.", what=Strong(subject.name), time=_at(due, request.now)),
        buttons=(Button(_("Remove the reminder"), not_again.to(session)), REMINDERS, PROGRAMME),
        toast=_("Noted."),
    )


def _at(due: datetime, now: datetime) -> Moment:
    """Return the time of a reminder for a text: the hour if it is within twelve hours, else day and hour."""
    return Moment(due, "time" if due - now < timedelta(hours=12) else "datetime")


@routes.press("rlx")
async def not_again(request: Request, session: int) -> Reply:
    """Delete the reminder that the person asked for, and reply whether there was one.

    `session` is the session's id, 0 for the deadline for choosing themes.
    """
    subject = session_subject(session) if session else THEMES
    gone = await store.forget_personal(request.tx, subject, request.participant.id)
    line = _("Taken back.") if gone else _("There was nothing to take back.")
    return reply(line, buttons=(REMINDERS, PROGRAMME))


@routes.press(Mute)
async def offer_mute(request: Request, session: int) -> Reply:
    """Ask whether to turn off the reminders of one session or of all sessions of its kind.

    Reminders of the deadline for choosing themes are turned off without asking.
    """
    subject = await _subject(request, session)
    if subject.session is None:
        return await mute_this(request, 0, False)
    kind = subject.session.plan.kind
    return reply(
        _("{what}: which reminders do you want to stop?", what=_line(subject, request.now)),
        buttons=(
            Button(_("Only this one"), mute_this.to(session, False)),
            Button(_("All of this kind: {kind}", kind=KIND_NAMES[kind]), mute_kind.to(kind, False)),
            PROGRAMME,
        ),
    )


@routes.press("rms")
async def mute_this(request: Request, session: int, wanted: bool) -> Reply:
    """Turn the person's reminders of one session off or, if `wanted` is True, on again.

    The person is still notified if the time or venue of the session changes. `session` is the session's id, 0 for the
    deadline for choosing themes.
    """
    subject = await _subject(request, session)
    what = subject.key if subject.session else mute_of(THEMES)
    await store.unchoose(request.tx, request.participant.id, what)
    if not wanted:
        await store.put_choice(request.tx, request.participant.id, what, wanted=False)
    name = Strong(subject.name)
    if wanted:
        mute = Button(_("Mute"), mute_this.to(session, False))
        return reply(_("You will be reminded again of: {what}.", what=name), buttons=(mute, REMINDERS, PROGRAMME))
    return reply(
        _("You will get no more reminders of: {what}.", what=name),
        _("If the time or place changes, you will still be told."),
        buttons=(Button(_("Remind me again"), mute_this.to(session, True)), REMINDERS, PROGRAMME),
    )


@routes.press("rmk")
async def mute_kind(request: Request, kind: str, wanted: bool) -> Reply:
    """Turn the person's reminders of one kind of session off or, if `wanted` is True, on again; show all kinds.

    `kind` is the key of the kind. Raises Stale if the gathering has no reminders of this kind.
    """
    if kind not in _offered(request):
        raise Stale
    await _turn(request, kind, wanted=wanted)
    return replace(await show_reminders(request), toast=_("Noted."))


async def _turn(request: Request, kind: str, *, wanted: bool) -> None:
    """Store whether the person wants reminders of a kind; nothing is stored for what everybody gets unasked."""
    what, person = mute_of(kind), request.participant.id
    if wanted == (kind not in request.settings.of(ReminderSettings).asked):
        await store.unchoose(request.tx, person, what)
    else:
        await store.put_choice(request.tx, person, what, wanted=wanted)


def _offered(request: Request) -> Mapping[str, Span]:
    """Return the names of the kinds of reminders that the person can turn on or off, by kind."""
    eve: dict[str, Span] = {DAY: _("The next day's programme")} if request.settings.of(ReminderSettings).eve else {}
    return eve | {kind: name for subject in request.reminders.values() for kind, name in subject.kinds.items()}


@routes.command(
    "rappels",
    _("What you are reminded of"),
    names={"en": "reminders", "de": "erinnerungen"},
    plain_words=_("reminders, my reminders, remind me"),
)
async def show_reminders(request: Request) -> Reply:
    """Show which kinds of reminders are on, and the reminders that the person asked for, with buttons to change both.

    Organisers also see which reminders were not sent lately.
    """
    person = request.participant
    off, on = (await store.choices_of(request.tx, (person.id,))).get(person.id, (frozenset[str](), frozenset[str]()))
    asked, offered = request.settings.of(ReminderSettings).asked, _offered(request)
    lines: list[Span] = [*if_over(request), _("What would you like to be reminded of?")]
    topics = await preference_store.muted(request.tx, person.id)
    if person.stopped or "reminders" in topics:
        lines.append(_("All reminders are off in your settings: only those you ask for come."))
    buttons: list[Button] = []
    for reminder in (await store.asked_by(request.tx, person.id))[:_MOST_SHOWN]:
        what = await name_line(request.tx, request.reminders, reminder)
        if what is not None:
            lines.append(
                _("You asked for one more, {time}, for {what}", time=_at(reminder.due, request.now), what=what)
            )
            buttons.append(
                Button(
                    _("Remove the one of {time}", time=_at(reminder.due, request.now)),
                    not_again.to(number_of(reminder.subject)),
                )
            )
    buttons += await _muted_ones(request, off)
    if person.organises:
        lines += await _missed(request)
    return reply(
        *lines,
        choice=Choice(
            set_kinds.to(),
            tuple(Option(kind, name) for kind, name in offered.items()),
            selected=tuple(
                kind for kind in offered if mute_of(kind) in on or not (mute_of(kind) in off or kind in asked)
            ),
            at_least=0,
            at_most=len(offered),
            placeholder=_("What you are reminded of"),
            none=_("No reminders"),
        ),
        buttons=(*buttons, PROGRAMME, Button(_("Settings"), Go("reglages"))),
        again=Go("rappels"),
    )


async def offer_reminders(request: Request) -> View:
    """Return the home screen's button to the person's reminders; an empty View if the person will get no reminders."""
    return View((), (REMINDERS,) if await reminded(request) else ())


async def reminded(request: Request) -> bool:
    """Return whether the person can get reminders: the person attends, and any session takes place now or later."""
    return request.participant.takes_part and bool(await still_to_come(request.tx, request.now))


async def _muted_ones(request: Request, off: frozenset[str]) -> Sequence[Button]:
    """Return a button for each session or deadline to come whose reminders are off; it turns them on again."""
    buttons: list[Button] = []
    if mute_of(THEMES) in off:
        deadline = await theme_deadline(request.tx)
        if deadline and deadline > request.now:
            buttons.append(Button(_("Again: the deadline for themes"), mute_this.to(0, True)))
    for subject in sorted(subject for subject in off if subject.startswith(f"{SESSION}:")):
        session = await find_session(request.tx, number_of(subject))
        if session and session.plan.takes_place and session.plan.ends > request.now:
            # L10N: a button: be reminded of this again
            label = _("Again: {title}", title=Localised(session.plan.title))
            buttons.append(Button(label, mute_this.to(session.id, True)))
    return buttons[:_MOST_SHOWN]


async def _missed(request: Request) -> Sequence[Span]:
    """Return one line for organisers about reminders not sent in the last days because the bot was out of order.

    The result is empty if there were none.
    """
    missed = await store.missed_since(request.tx, request.now - _SHOWN_MISSED)
    shown = (await missed_lines(request.tx, request.reminders, missed))[-_MOST_SHOWN:]
    return [_("Not sent lately, because I was down: {reminders}.", reminders=Listing(tuple(shown)))] if shown else []


@routes.pick("rk")
async def set_kinds(request: Request, wanted: tuple[str, ...]) -> Reply:
    """Store of which kinds of things the person wants reminders, and show the screen of reminders again.

    `wanted` are the keys of these kinds; reminders of all other kinds are turned off.
    """
    offered = _offered(request)
    if not set(wanted) <= offered.keys():
        raise Stale
    for kind in offered:
        await _turn(request, kind, wanted=kind in wanted)
    return replace(await show_reminders(request), toast=_("Noted."))
