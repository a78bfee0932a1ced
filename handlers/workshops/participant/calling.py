"""The screens of a call for help: a member calls, a facilitator takes the call, and the group reads who comes.

A call is a group's request that a facilitator comes to its room.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.content.errors import Stale, UserError, existing
from bot.content.texts import Moment, Person, Span, Strong, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import FACILITATOR, Request, Routes, in_new_browser
from bot.people import limits
from bot.people.browser_store import counted_in
from handlers.groups.messages.cards import title
from handlers.groups.model import Group
from handlers.groups.service.membership import round_of_the_day
from handlers.groups.store.groups import find_group, find_published_group
from handlers.groups.store.members import group_of
from handlers.navigation.actions import ASK
from handlers.themes.store import find_theme
from handlers.workshops.actions import CallForHelp, ShowPanel
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.service import calls, facilitators
from handlers.workshops.service.calls import TakeCall
from handlers.workshops.store import runs
from handlers.workshops.store.calls import FacilitatorCall, called_before, find_call, last_call_withdrawn, open_call

routes = Routes()

PANEL = Button(_("My panel"), ShowPanel())


# --- from a group


@routes.command(
    "alaide", _("Call your facilitator"), names={"en": "sos", "de": "hilferuf"}, linkable=False
)  # a link, which anybody could make, must not call
@in_new_browser
async def call_from_anywhere(request: Request) -> Reply:
    """Call a facilitator to the person's present group."""
    group = await _present_group(request)
    if group is None:
        raise _no_group()
    return await _call(request, group)


def _no_group() -> UserError:
    return UserError(
        _("You have no group yet, so nobody would know where to come. Write to the team with /equipe."), buttons=(ASK,)
    )


@routes.answers_to(_("sos, help us, we need help, come and help us, call someone, call the facilitator"))
async def ask_whether_to_call(request: Request) -> Reply:
    """Ask a person who wrote words such as «help us» whether to call a facilitator; only the button then calls one."""
    group = await _present_group(request)
    if group is None:
        raise _no_group()
    call = Button(_("Call a facilitator"), CallForHelp(group.id), style="primary")
    return reply(_("Shall I call someone to help your group?"), calls.room_of(group), buttons=(call, SHOW_PHASE, ASK))


@routes.press(CallForHelp)
@in_new_browser
async def call_for_help(request: Request, group_id: int) -> Reply:
    """Call a facilitator to the person's group. If the group has an open call, show that call instead.

    `group_id` is the group in the button. If this is a group of an earlier day, the call is for the person's present
    group, because the facilitator goes to its room.
    """
    group = await _my_group(request, group_id)
    return await _call(request, await _present_group(request) or group)


async def _call(request: Request, group: Group) -> Reply:
    await _refuse_too_many_calls(request, group)
    me, here = request.participant.id, request.here
    placed = await calls.call_for_help(request.tx, request.settings, group, me, request.now, here)
    if placed is None:
        call = existing(await open_call(request.tx, group.id))
        return _answer(group, *_call_lines(call), buttons=_call_buttons(call))
    line = {
        "facilitators": _("Done: your facilitator has been told."),
        "organisers": _("Done: the organisers have been told."),
        "nobody": _("I cannot reach anybody right now: go and get someone from the team."),
    }[placed.notified]
    return _answer(group, Strong(line), calls.room_of(group), buttons=_call_buttons(placed.call))


def _answer(group: Group, *lines: Span, buttons: tuple[Button, ...]) -> Reply:
    """Return the reply to a call in a message of its own, as the phase's card stays; it changes when help is over."""
    return replace(reply(*lines, buttons=buttons, fresh=True), screen=CallForHelp(group.id).encode())


async def _refuse_too_many_calls(request: Request, group: Group) -> None:
    """Refuse a call of a person who has just withdrawn one, or who called too often within an hour.

    Other members of the group may still call. Nothing is refused while the group has an open call, because no new one
    is made. Raises UserError.
    """
    if await open_call(request.tx, group.id) is not None:
        return
    await _refuse_more_than_allowed(request)
    again = await _next_call(request)
    if again is not None:
        raise UserError(
            _call_waits(again), buttons=(Button(_("Call a facilitator"), CallForHelp(group.id)), ASK, SHOW_PHASE)
        )


async def _next_call(request: Request) -> datetime | None:
    """Return when the person may call again after withdrawing a call; None when they may call now."""
    pause = timedelta(minutes=request.settings.limits.call_again)
    withdrawn = await last_call_withdrawn(request.tx, request.participant.id)
    return limits.after_pause(
        withdrawn, pause / limits.TENFOLD if request.participant.organises else pause, request.now
    )


async def _refuse_more_than_allowed(request: Request) -> None:
    """Raise UserError for a person who has made as many calls within an hour as they may."""
    at_most = limits.most(request.settings.limits.notices, request.participant)
    called = [
        await called_before(request.tx, request.participant.id, most, place)
        for place, most in counted_in(request.here, at_most)
    ]
    again = max((free for each in called if (free := limits.an_hour_after(each, request.now))), default=None)
    if again is not None:
        raise UserError(
            _(
                "Easy: you called {most} times within an hour, so nobody is called now. You can call again "
                "from {time} on. If it cannot wait, get someone from the team.",
                most=at_most,
                time=Moment(limits.full_minute(again), "time"),
            )
        )


def _call_waits(again: datetime) -> Text:
    """Return the refusal of a call: when the person can call again, and whom else they can ask."""
    return _(
        "Easy: you have just withdrawn a call. You can call again at {time}. If it cannot wait, get "
        "someone from the team, or let somebody else in your group call.",
        time=Moment(limits.full_minute(again), "time"),
    )


def _call_lines(call: FacilitatorCall) -> tuple[Span, ...]:
    called = _("Your group already called, at {time}.", time=Moment(call.called_at, "time"))
    if call.taken_by is not None:
        return called, _("{name} is coming.", name=Strong(_taker(call)))
    return called, _("You will see here who is coming.")


def _taker(call: FacilitatorCall) -> Person:
    """Return the first name of who took a call."""
    assert call.taken_by is not None
    return Person(call.taken_by, "given", call.taker)


def _call_buttons(call: FacilitatorCall) -> tuple[Button, ...]:
    return Button(_("We no longer need help"), cancel_call.to(call.id)), SHOW_PHASE


@routes.press("wkx")
async def cancel_call(request: Request, call_id: int) -> Reply:
    """Withdraw the call for help of the person's group. If the call is already closed, the reply says so."""
    call = existing(await find_call(request.tx, call_id))
    group = await _my_group(request, call.group_id)
    over = await calls.cancel_call(request.tx, call, group, request.participant.id, request.now)
    line = _("All right: the call is cancelled.") if over else _("This call is already over.")
    return reply(line, buttons=(Button(_("Call a facilitator"), CallForHelp(group.id)), SHOW_PHASE))


async def _present_group(request: Request) -> Group | None:
    """Return the person's group that is in a phase, else their group of the day; None without a group."""
    person = request.participant
    if not person.joined:
        return None
    run = await runs.latest_run_of_person(request.tx, person.id)
    if run is not None and run.open:
        return await find_group(request.tx, run.group_id)
    round_ = await round_of_the_day(request.tx, request.today)
    return await group_of(request.tx, person.id, round_.number) if round_ else None


async def _my_group(request: Request, group_id: int) -> Group:
    """Return a published group that the person is a member of. Raises Stale for any other."""
    group = await find_published_group(request.tx, group_id)
    person = request.participant
    mine = await group_of(request.tx, person.id, group.round) if group and person.joined else None
    if mine is None or mine.id != group_id:
        raise Stale
    return mine


# --- to a facilitator


@routes.press(TakeCall, who=FACILITATOR)
async def take_call(request: Request, call_id: int) -> Reply:
    """Store that a facilitator takes a group's call for help. If somebody has taken the call before, show who."""
    call, group = await _to_answer(request, call_id)
    if not await calls.answer_call(request.tx, call, group, request.participant, request.now):
        return await _answered(request, call, group)
    theme = await find_theme(request.tx, group.theme)
    assert theme is not None
    return reply(
        _("You are going to {group}.", group=Strong(title(group, theme))),
        calls.room_of(group),
        _("They know that you are coming."),
        buttons=_on_the_way(call),
        toast=_("They know that you are coming."),
    )


async def _to_answer(request: Request, call_id: int) -> tuple[FacilitatorCall, Group]:
    call = existing(await find_call(request.tx, call_id))
    return call, await facilitators.group_to_run(request.tx, request.participant, call.group_id)


def _on_the_way(call: FacilitatorCall) -> tuple[Button, ...]:
    return (
        # L10N: a button of a facilitator who went to a group: the group was helped
        Button(_("It is done"), close_call.to(call.id), style="primary"),
        Button(_("I cannot come after all"), give_back_call.to(call.id)),
        PANEL,
    )


async def _answered(request: Request, call: FacilitatorCall, group: Group) -> Reply:
    """Say that a call cannot be taken because it is over or somebody has taken it."""
    if call.closed:
        return reply(_("This call is already over."), buttons=(PANEL,))
    if call.taken_by == request.participant.id:
        return reply(_("You took this call."), calls.room_of(group), buttons=_on_the_way(call))
    return reply(
        _("{name} took it.", name=Strong(_taker(call))),
        buttons=(PANEL,),
        toast=_("{name} took it.", name=_taker(call)),
    )


@routes.press("wkc", who=FACILITATOR)
async def close_call(request: Request, call_id: int) -> Reply:
    """Close a call for help after the group got help, so that the group can call again.

    If the call is already closed, the reply says so.
    """
    call, group = await _to_answer(request, call_id)
    over = await calls.close_call(request.tx, call, group, request.now)
    line = _("Thank you. The call is closed.") if over else _("This call is already over.")
    return reply(line, buttons=(PANEL,))


@routes.press("wkb", who=FACILITATOR)
async def give_back_call(request: Request, call_id: int) -> Reply:
    """Give back a call for help that the facilitator took, so that somebody else goes to the group.

    If somebody else has taken the call, or it is closed, nothing changes, and the reply says so.
    """
    call, group = await _to_answer(request, call_id)
    returned = await calls.return_call(request.tx, request.settings, call, group, request.participant, request.now)
    if not returned and (call.closed or call.taken_by is not None):  # otherwise it was given back before
        return await _answered(request, call, group)
    return reply(_("I am calling the others. The group knows."), buttons=(PANEL,))
