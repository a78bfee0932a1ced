"""Organisers' screens that edit the programme: move, rename, delay, cancel or add sessions, and change venues."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from bot.clock import from_micros, to_micros
from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.forms import Form, Incomplete, choice, text
from bot.content.keys import key_like
from bot.content.texts import Listing, Localised, Moment, Span, Strong, Text, _, _n
from bot.content.views import Button, Option, Reply, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, BothInWords, LookAgain, Request, Revision, Routes, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since, record_change
from handlers.navigation.changes import inverses
from handlers.programme import service, store
from handlers.programme.actions import SESSIONS, AddSession, EditSession, back_to_session, find_session, subject
from handlers.programme.files.parsing import MOST_SESSIONS
from handlers.programme.files.times import TimeReader, typed_hours, with_hours
from handlers.programme.messages import KIND_NAMES, difference
from handlers.programme.model import KINDS, LONGEST, Plan, Session
from handlers.programme.service import Changed, from_here_on, shifted
from handlers.programme.store import RESTORE_SESSIONS, decode_plan, encode_plan

_SHOWN = 10


async def ask(
    request: Request, session: Session, after: Plan, yes: Button, *others: Button, said: Sequence[Span] = ()
) -> Reply:
    """Ask for confirmation of a change: show the change in words, and how many people will be notified.

    `after` is the session's plan after the change. `yes` is the button that makes the change; `others` are the buttons
    below it. `said` are further lines about the change.
    """
    concerned = await count_concerned(request, [(session, after)])
    taken = await rooms_taken(request, [after])
    lines = (difference(session.plan, after), *said, *taken, will_be_told(concerned))
    return reply(*lines, buttons=(yes, *others, *back_to_session(session)))


async def rooms_taken(request: Request, plans: Iterable[Plan]) -> Sequence[Span]:
    """Return warnings about plans that use a group's room while groups work; if they are many, about the first ones."""
    taken = await service.groups_in_rooms(request.tx, plans)
    return [
        _("⚠ {session}: the room of {groups}.", session=Localised(plan.title), groups=Listing(tuple(groups)))
        for plan, groups in taken[:_SHOWN]
    ]


async def count_concerned(request: Request, changes: Sequence[tuple[Session, Plan]]) -> int:
    """Return how many people would be notified if the sender of the request made these changes."""
    look = partial(service.count_concerned, changes=changes, now=request.now, by=request.participant.id)
    return await request.preload(("concerned", *((before.id, repr(plan)) for before, plan in changes)), look)


def will_be_told(count: int) -> Span:
    """Return the sentence that says how many people will be notified of a change."""
    return _n("{count} person will be told.", "{count} people will be told.", count)


async def save(request: Request, session: Session, after: Plan, said: Span | None = None) -> Reply:
    """Change a session's plan to `after`, notify people, and show the result with a button to undo the change.

    An unconfirmed session is then confirmed, unless it is cancelled. `said` is the change in words, for the reply and
    the journal; None stands for the line that `difference` returns.
    """
    after = replace(after, unconfirmed=after.unconfirmed and after.cancelled)
    if after == session.plan:
        return reply(_("Nothing was changed."), buttons=back_to_session(session), toast=_("Already done."))
    said = said or difference(session.plan, after)
    moved = await service.change_sessions(
        request.tx, [(session, after)], request.now, request.settings.gathering.hours, by=request.participant.id
    )
    return await saved(request, moved, subject(session), said, *back_to_session(session))


async def saved(request: Request, moved: Changed, about: str, said: Span, *others: Button) -> Reply:
    """Record a change in the journal; show what was done, how many people were notified, and a button to undo it.

    `moved` is the result of the change, `said` the change in words, and `about` the key of the changed thing in the
    journal. `others` are buttons shown after «undo».
    """
    undo = await record_change(request, about, said, *inverse_of(moved))
    plans = [session.plan for session in (*(after for _before, after in moved.sessions), *moved.added)]
    lines = (*await rooms_taken(request, plans), *_are_told(moved))
    return reply(Strong(said), *lines, buttons=(undo, *others), toast=_("Saved."))


def inverse_of(moved: Changed) -> tuple[Action, Values]:
    """Return the action that undoes a change of sessions, and the plans before and after it, for the journal."""
    altered = [[before.id, encode_plan(before.plan), encode_plan(after.plan)] for before, after in moved.sessions]
    added = [[session.id, encode_plan(session.plan)] for session in moved.added]
    return restore_sessions.to(), {"altered": altered, "added": added}


def _are_told(moved: Changed) -> tuple[Span, ...]:
    """Return the sentence that says how many people are notified of a change; none for nobody."""
    if moved.more:
        return (_("Everyone it concerns is told, one after the other: with so many people this takes a few minutes."),)
    if moved.told:
        return (_n("{count} person is told.", "{count} people are told.", moved.told),)
    return ()


def shown(plan: Plan) -> Span:
    """Return one line with a session's title, start and venue, or that it is cancelled."""
    if plan.cancelled:
        return _("{title}, {time}: cancelled", title=Localised(plan.title), time=Moment(plan.starts))
    values: dict[str, Span] = {"title": Localised(plan.title), "time": Moment(plan.starts)}
    if plan.venue:
        return _("{title}: {time}, {place}", **values, place=Localised(plan.venue))
    return _("{title}: {time}", **values)


@inverses.declare(RESTORE_SESSIONS)
async def restore_sessions(request: Request, values: Values) -> Undone:
    """Undo a change of sessions, and notify the people concerned. Raises an error if a session was changed again since.

    `values` are the plans before and after the change, as `saved` recorded them.
    """
    altered = [(session, decode_plan(before), decode_plan(after)) for session, before, after in values["altered"]]
    added = [(session, decode_plan(plan)) for session, plan in values["added"]]
    hours, by = request.settings.gathering.hours, request.participant.id
    back = await service.undo_changes(request.tx, altered, added, request.now, hours, by=by)
    if back is None:
        raise changed_since()
    return Undone(_are_told(back))


# --- Editing one session in chat: moving it, its room, cancelling it, and a quarter of an hour for all that follow.


routes = Routes()

_QUARTER = timedelta(minutes=15)
_MINUTE = 60_000_000  # µs: a moved session travels as whole minutes in its button


class HoursForm(Form):
    """The form for a session's new hours. If the end is left empty, the session lasts as long as before."""

    title: ClassVar[Text] = _("Move the session")
    starts: str = text(_("From when?"), max_length=60, hint=_("«14:30», or with its day: «11 June 14:30»."))
    ends: str = text(_("Until when?"), max_length=60, required=False, hint=_("Empty: it lasts as long as before."))


class VenueForm(Form):
    """The form for a session's venue; an empty one means that the venue is not known yet."""

    title: ClassVar[Text] = _("The place of the session")
    place: str = text(_("Where?"), max_length=LONGEST, required=False, hint=_("Empty: not known yet."))


class TitleForm(Form):
    """The form for a session's title in each language. People whose language has no title read another one."""

    title: ClassVar[Text] = _("The title of the session")
    fr: str = text(_("Title in French"), max_length=LONGEST, required=False)
    en: str = text(_("Title in English"), max_length=LONGEST, required=False)
    de: str = text(_("Title in German"), max_length=LONGEST, required=False)


async def _plan_now(request: Request, session_id: int) -> Revision:
    session = await find_session(request, session_id)
    conflict = BothInWords(subject(session), shown(session.plan), buttons=back_to_session(session))
    return Revision((session.revision,), conflict)


async def session_now(request: Request, session_id: int) -> Revision:
    """Return a session's present revision, which is compared with the one that the reader of a button saw.

    If the two differ, the reader is shown the session again.
    """
    session = await find_session(request, session_id)
    return Revision((session.revision,), LookAgain(EditSession(session_id), subject(session)))


# --- moving


async def _hours(request: Request, session: int) -> Mapping[str, str]:
    plan = (await find_session(request, session)).plan
    return {"starts": f"{plan.starts.astimezone(ZoneInfo(plan.zone)):%H:%M}", "ends": ""}


@routes.form("yt", HoursForm, who=ORGANISER, prefill=_hours, unless_changed=_plan_now)
async def ask_move(request: Request, form: HoursForm, session_id: int) -> Reply:
    """Ask for confirmation of the typed hours, and show how many people will be notified."""
    session = await find_session(request, session_id)
    after = with_hours(session.plan, form.starts, form.ends)
    if after == session.plan:
        return reply(_("Nothing was changed."), buttons=back_to_session(session))
    if after.ends <= request.now:
        raise Incomplete("starts", _("That is past. Add the day if you mean a later one."))
    starts, ends = (to_micros(instant) // _MINUTE for instant in (after.starts, after.ends))
    return await ask(
        request,
        session,
        after,
        Button(_("Move"), move.seeing(session.revision).to(session.id, starts, ends), style="primary"),
        Button(_("Write another time"), ask_move.seeing(session.revision).to(session.id)),
    )


async def _hours_now(request: Request, session_id: int, start: int, end: int) -> Revision | None:
    """Return the session that would be moved; None where it has these hours already."""
    session = await find_session(request, session_id)
    return None if _at(session, start, end) == session.plan else await _plan_now(request, session_id)


def _at(session: Session, start: int, end: int) -> Plan:
    """Return the plan of a session with other hours, in minutes since 1970. Raises Stale for impossible ones."""
    try:
        return replace(session.plan, starts=from_micros(start * _MINUTE), ends=from_micros(end * _MINUTE))
    except OverflowError:  # no calendar has such a day
        raise Stale from None


@routes.press("yty", who=ORGANISER, unless_changed=_hours_now)
async def move(request: Request, session_id: int, start: int, end: int) -> Reply:
    """Change a session's hours, given in minutes since 1970, and notify people."""
    session = await find_session(request, session_id)
    if end <= start:
        raise Stale
    return await save(request, session, _at(session, start, end))


# --- the place


async def _place(request: Request, session_id: int) -> Mapping[str, str]:
    session = await find_session(request, session_id)
    venue = session.plan.venue
    return {"place": venue.get(request.locale) or next(iter(venue.values()), "")}


@routes.form("yr", VenueForm, who=ORGANISER, prefill=_place, unless_changed=_plan_now)
async def set_place(request: Request, form: VenueForm, session_id: int) -> Reply:
    """Save a session's venue and notify people.

    The typed name is used in all languages. The map is removed, because it shows the former venue.
    """
    session = await find_session(request, session_id)
    venue = session.plan.venue
    after = replace(session.plan, venue={request.settings.gathering.locales[0]: form.place} if form.place else {})
    if form.place in venue.values() or after == session.plan:
        return reply(_("Nothing was changed."), buttons=back_to_session(session))
    # A map of the former place would send people there.
    return await save(request, session, replace(after, map_url=""))


# --- the title


async def _title(request: Request, session: int) -> Mapping[str, str]:
    return {**(await find_session(request, session)).plan.title}


@routes.form("yn", TitleForm, who=ORGANISER, prefill=_title, unless_changed=_plan_now)
async def set_title(request: Request, form: TitleForm, session_id: int) -> Reply:
    """Save a session's title in each language and notify people."""
    session = await find_session(request, session_id)
    offered = request.settings.gathering.locales
    title: dict[str, str] = {locale: typed for locale in offered if (typed := getattr(form, locale))}
    if not title:
        raise Incomplete(offered[0], _("It needs a title in at least one language."))
    return await save(request, session, replace(session.plan, title=title))


# --- confirming


@routes.press("yk", who=ORGANISER, unless_changed=session_now)
async def accept(request: Request, session_id: int) -> Reply:
    """Confirm an unconfirmed session as it is, so that people see it from now on."""
    session = await find_session(request, session_id)
    return await save(request, session, session.plan)


# --- cancelling


@routes.press("yx", who=ORGANISER, unless_changed=session_now)
async def ask_to_cancel(request: Request, session_id: int) -> Reply:
    """Ask for confirmation before a session is cancelled or, if it is cancelled, before it takes place after all."""
    session = await find_session(request, session_id)
    after = replace(session.plan, cancelled=not session.plan.cancelled)
    label = _("Cancel the session") if after.cancelled else _("It takes place")
    yes = Button(
        label, cancel.seeing(session.revision).to(session.id), style="danger" if after.cancelled else "primary"
    )
    return await ask(request, session, after, yes)


@routes.press("yxy", who=ORGANISER, unless_changed=session_now)
async def cancel(request: Request, session_id: int) -> Reply:
    """Cancel a session or, if it is cancelled, let it take place after all; notify people."""
    session = await find_session(request, session_id)
    return await save(request, session, replace(session.plan, cancelled=not session.plan.cancelled))


# --- later


async def following(request: Request, session: Session) -> Sequence[Session]:
    """Return a session and the later sessions of its day that are not over: those that can be delayed together."""
    found = from_here_on(await store.all_sessions(request.tx), session)
    return [each for each in found if each.plan.ends > request.now]


async def _following_now(request: Request, session_id: int) -> StoredVersion:
    session = await find_session(request, session_id)
    return StoredVersion(
        tuple((session.id, session.revision) for session in await following(request, session)),
        LookAgain(
            (Button(_("Look again"), later.ask.to(session.id), style="primary"), *back_to_session(session)),
            said=_("Sessions of this day were changed meanwhile, so nothing was moved. Look again before you decide."),
        ),
    )


async def _sure_to_delay(request: Request, session_id: int) -> Question:
    session = await find_session(request, session_id)
    delayed = await following(request, session)
    if not delayed:
        raise UserError(_("This session is over, and so are the ones after it."), buttons=back_to_session(session))
    changes = [(each, shifted(each.plan, _QUARTER)) for each in delayed]
    said: list[Span] = [difference(each.plan, after) for each, after in changes[:_SHOWN]]
    if (more := len(changes) - _SHOWN) > 0:
        said.append(_n("{count} more session moves too.", "{count} more sessions move too.", more))
    told = will_be_told(await count_concerned(request, changes))
    return Question(*said, told, yes=_("All 15 min later"), style="primary", back=back_to_session(session))


@routes.press("yly", who=ORGANISER, first=Asks("yl", _sure_to_delay), unless_changed=_following_now)
async def later(request: Request, session_id: int) -> Reply:
    """Delay a session and the later ones of its day by a quarter of an hour, and notify people."""
    session = await find_session(request, session_id)
    delayed = await following(request, session)
    changes = [(each, shifted(each.plan, _QUARTER)) for each in delayed]
    moved = await service.change_sessions(
        request.tx, changes, request.now, request.settings.gathering.hours, by=request.participant.id
    )
    sentence = _n("{count} session, 15 min later", "{count} sessions, 15 min later", len(delayed))
    return await saved(request, moved, subject(session), sentence, *back_to_session(session))


# --- A session added in chat: what stands in no file yet, a lunch that moved in or an evening someone offers.


_LONGEST_KEY = 40


class SessionForm(Form):
    """The form for a new session, which is for everyone. Its title in other languages can be added afterwards."""

    title: ClassVar[Text] = _("A new session")
    name: str = text(_("What takes place?"), max_length=LONGEST)
    starts: str = text(_("From when?"), max_length=60, hint=_("«14:30», or with its day: «11 June 14:30»."))
    ends: str = text(_("Until when?"), max_length=60, hint=_("«15:30»"))
    place: str = text(_("Where?"), max_length=LONGEST, required=False, hint=_("Empty: not known yet."))
    kind: str = choice(_("What kind?"), [Option(kind, KIND_NAMES[kind]) for kind in KINDS])


async def _with_its_day(_request: Request, ordinal: int) -> Mapping[str, str]:
    day = str(ordinal)
    return {"starts": f"{day[:4]}-{day[4:6]}-{day[6:]} " if ordinal else "", "kind": "other"}


@routes.form(AddSession, SessionForm, who=ORGANISER, prefill=_with_its_day)
async def add_session(request: Request, form: SessionForm, day: int) -> Reply:
    """Add a session for everyone. Nobody is notified: people see it in the programme and are reminded of it."""
    sessions = await store.all_sessions(request.tx)
    if len(sessions) >= MOST_SESSIONS:
        raise UserError(
            _(
                "The programme has {most} sessions already, that is the most. Change one of these.",
                most=MOST_SESSIONS,
            ),
            buttons=(SESSIONS,),
        )
    plan = _plan(request, AddSession(day), form, {session.plan.key for session in sessions})
    if plan.ends <= request.now:
        raise Incomplete("starts", _("That is past. Add the day if you mean a later one."))
    added = await service.add_session(request.tx, plan, request.now)
    said = _("Session added: {session}", session=shown(added.added[0].plan))
    session = added.added[0]
    return await saved(request, added, subject(session), said, *back_to_session(session))


def _plan(request: Request, action: AddSession, form: SessionForm, taken: Collection[str]) -> Plan:
    """Return the plan of a new session from its form, in the gathering's zone. Raises Incomplete for mistakes.

    `taken` are the keys of the sessions that exist.
    """
    gathering = request.settings.gathering
    times = TimeReader(gathering.zone, gathering.starts.year)
    first, today, last = (int(f"{each:%Y%m%d}") for each in (gathering.starts, request.today, gathering.ends))
    day = str(max(action.day or first, min(today, last)))
    starts, ends = typed_hours(times, form.starts, form.ends, f"{day[:4]}-{day[4:6]}-{day[6:]}")
    locale: str = request.locale if request.locale in gathering.locales else gathering.locales[0]
    venue: dict[str, str] = {locale: form.place} if form.place else {}
    kind = next(kind for kind in KINDS if kind == form.kind)
    key = key_like(form.name, taken, mark="-", longest=_LONGEST_KEY, otherwise="session")
    return Plan(key, {locale: form.name}, starts, ends, gathering.zone, venue, kind)
