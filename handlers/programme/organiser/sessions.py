"""The organisers' screens that show the programme: the sessions of each day, and one session with its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.content.texts import Localised, Moment, Span, Strong, _
from bot.content.views import Button, Choice, Option, Reply, View, reply
from bot.conversation.routes import ORGANISER, NextStep, Preparation, Request, Routes
from bot.people.audience_store import describe
from handlers.navigation.actions import BACK
from handlers.programme import store
from handlers.programme.actions import AddSession, EditProgramme, EditSession, find_session
from handlers.programme.messages import KIND_NAMES, day_of, description_line, speaker_line, where
from handlers.programme.model import Session
from handlers.programme.organiser.details import choose_audience, set_description, set_kind, set_speaker
from handlers.programme.organiser.editing import (
    accept,
    ask_move,
    ask_to_cancel,
    following,
    later,
    set_place,
    set_title,
)
from handlers.programme.organiser.importing import programme_to_fill_in, take_file

routes = Routes()

_MOST_DAYS = 10


async def name_current(request: Request) -> View:
    """Return the first line of the organisers' screen: the session that takes place now; an empty View without one."""
    session = await store.now_or_next(request.tx, request.now)
    if session is None or not session.plan.starts <= request.now < session.plan.ends:
        return View(())
    title, end = Localised(session.plan.title), Moment(session.plan.ends, "time")
    return View((_("Now: {title}, until {end}.", title=title, end=end),))


async def name_next(request: Request) -> View:
    """Return the part of the organisers' screen with the button to the programme.

    If no session takes place now, a line names the next session, or says that all are over.
    """
    session = await store.now_or_next(request.tx, request.now)
    lines: tuple[Span, ...] = ()
    if session:
        plan = session.plan
        if plan.ends <= request.now:
            lines = (_("All sessions are over."),)
        elif plan.starts > request.now:
            lines = (_("{title}, {start}.", title=Localised(plan.title), start=Moment(plan.starts)),)
    return View(lines, (Button(_("Programme"), EditProgramme(0)),))


async def programme_to_bring(request: Request) -> Sequence[NextStep]:
    """Return the step «import a programme» for the organisers' screen.

    The result is empty if there is a session, or once the gathering has begun.
    """
    opens = request.settings.gathering.opens
    if request.now >= opens or await store.now_or_next(request.tx, request.now):
        return ()
    return (NextStep(opens, _("The programme is empty"), Button(_("Import a programme"), take_file.to())),)


async def _programme_confirmed(request: Request) -> bool:
    there = await store.now_or_next(request.tx, request.now)
    return there is not None and not await store.sessions_to_confirm(request.tx)


TO_PREPARE = (
    Preparation(50, "programme", _("Programme"), _programme_confirmed, EditProgramme(0), also=(take_file.to(),)),
)


@routes.press(EditProgramme, who=ORGANISER)
async def edit_programme(request: Request, ordinal: int) -> Reply:
    """Show the sessions of one day, with buttons to edit or add a session, see other days, and import a programme.

    `ordinal` is the day as a number, 20261130 for 30 November 2026; without sessions then, the next day that has some.
    """
    sessions = await store.all_sessions(request.tx)
    bring = Button(_("Import a programme"), take_file.to(), style="plain" if sessions else "primary")
    if not sessions:
        return reply(
            _("There is no session yet. Send the programme as a file: .ics, CSV, Excel or LibreOffice."),
            buttons=(
                bring,
                Button(_("A table to fill in"), programme_to_fill_in.to()),
                Button(_("Add a session"), AddSession(0)),
                BACK,
            ),
        )
    zone = request.reader.zone
    days = sorted({day_of(session, zone) for session in sessions})
    day = _day(ordinal, days, request)
    options = tuple(
        Option(str(session.id), _option(session), Localised(session.plan.venue) if session.plan.venue else None)
        for session in sessions
        if day_of(session, zone) == day
    )
    near = sorted(sorted(days, key=lambda other_day: abs((other_day - day).days))[:_MOST_DAYS])
    return reply(
        Strong(Moment.of_day(day)),
        _("Which session?"),
        choice=Choice(pick_session.to(), options, placeholder=_("Choose a session")),
        buttons=(
            *(
                Button(Moment.of_day(other_day), EditProgramme(int(f"{other_day:%Y%m%d}")))
                for other_day in near
                if other_day != day
            ),
            Button(_("Add a session"), AddSession(int(f"{day:%Y%m%d}"))),
            bring,
            BACK,
        ),
    )


def _day(asked: int, days: Sequence[date], request: Request) -> date:
    """Return the day asked for if it has sessions, else the next day with sessions, else the last one."""
    asked_for = [day for day in days if int(f"{day:%Y%m%d}") == asked]
    to_come = [day for day in days if day >= request.today]
    return (asked_for or to_come or list(days[-1:]))[0]


def _option(session: Session) -> Span:
    values: dict[str, Span] = {"start": Moment(session.plan.starts, "time"), "title": Localised(session.plan.title)}
    if session.plan.cancelled:
        return _("{start} {title}: cancelled", **values)
    if session.plan.unconfirmed:
        return _("{start} {title}: to be confirmed", **values)
    return _("{start} {title}", **values)


@routes.press(EditSession, who=ORGANISER)
async def edit_session(request: Request, session_id: int) -> Reply:
    """Show one session, with buttons to move, delay or cancel it, and to change its title and other details."""
    session = await find_session(request, session_id)
    plan = session.plan
    when = _("{start} to {end}", start=Moment(plan.starts), end=Moment(plan.ends, "time"))
    said: list[Span] = [Strong(Localised(plan.title)), when]
    if plan.venue or plan.map_url:
        said.append(where(plan))
    said.append(
        _("{kind}, for: {audience}", kind=KIND_NAMES[plan.kind], audience=await describe(request.tx, plan.audience))
    )
    said += (*speaker_line(plan), *description_line(plan))
    now = session.revision
    if plan.unconfirmed and not plan.cancelled:
        said.append(_("Only an example, shown to nobody until you confirm or change it."))
    if plan.cancelled:
        said.append(_("This session is cancelled."))
        can: tuple[Button, ...] = (Button(_("It takes place after all"), ask_to_cancel.seeing(now).to(session.id)),)
    else:
        to_delay = plan.ends > request.now or await following(request, session)
        can = (
            *(
                (Button(_("That is right"), accept.seeing(now).to(session.id), style="primary"),)
                if plan.unconfirmed
                else ()
            ),
            Button(_("Move"), ask_move.seeing(now).to(session.id)),
            Button(_("Room"), set_place.seeing(now).to(session.id)),
            Button(_("Title"), set_title.seeing(now).to(session.id)),
            *((Button(_("+15 min from here on"), later.ask.to(session.id)),) if to_delay else ()),
            Button(_("Cancel the session"), ask_to_cancel.seeing(now).to(session.id), style="danger"),
            # L10N: a button: for whom a session is
            Button(_("Audience"), choose_audience.seeing(now).to(session.id)),
            # L10N: a button: the kind of a session
            Button(_("Kind of session"), set_kind.seeing(now).to(session.id)),
            Button(_("Who speaks"), set_speaker.seeing(now).to(session.id)),
            Button(_("Description"), set_description.seeing(now).to(session.id)),
        )
    sessions = Button(_("Sessions"), EditProgramme(_number(session, request)))
    return reply(*said, buttons=(*can, sessions, BACK), again=EditSession(session.id))


pick_session = routes.pick("yp", who=ORGANISER, sent_with_press=False)(edit_session.handler)
"""The choice of a session in the list."""


def _number(session: Session, request: Request) -> int:
    return int(f"{day_of(session, request.reader.zone):%Y%m%d}")
