"""The panel: one message a facilitator, kept up to date while the groups work, and the ways on from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.texts import Text, _
from bot.content.views import Button, ButtonStyle, Reply, View, reply
from bot.conversation import live_screens
from bot.conversation.routes import FACILITATOR, Go, Request, Routes, Transaction
from bot.conversation.undo import WINDOW
from bot.people import facilitator_store, participant_store
from handlers.groups.service.membership import is_over, round_of_the_day
from handlers.groups.store import all_rounds
from handlers.themes.model import Theme
from handlers.themes.store import all_themes
from handlers.workshops import store
from handlers.workshops.actions import NudgeSilent, RunPhases, ShowPanel
from handlers.workshops.facilitator import scopes, silence, starting
from handlers.workshops.facilitator.silence import ShowShares
from handlers.workshops.facilitator.starting import RunScope
from handlers.workshops.messages import (
    PER_PAGE,
    folded_lines,
    in_order,
    panel_lines,
    phase_title,
    short_theme,
    short_title,
)
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.participant import calling
from handlers.workshops.participant.calling import CloseCall
from handlers.workshops.service import phases
from handlers.workshops.service.calls import TakeCall
from handlers.workshops.store import GroupProgress

routes = Routes()

_FOLDED = 0
_ROOM = 25
"""Buttons that one message holds everywhere."""
_OVER = _("All is over: there is nothing to follow any more.")
_MOST_CALLS = 3
"""Calls with a button of their own; the others have theirs in the message that told of them."""


@dataclass(frozen=True, slots=True)
class TurnPanel(Action):
    """Show another page of the panel, counted from 1, in its place; 0 is the panel folded."""

    code: ClassVar[str] = "wkp"
    page: int


@dataclass(frozen=True, slots=True)
class FromPanel(Action):
    """Do something below the panel, which stays: `what` is a kind of `_BELOW`, `about` its group or call."""

    code: ClassVar[str] = "wkf"
    what: str
    about: int


@dataclass(frozen=True, slots=True)
class StartFrom(Action):
    """See, below the panel, who is missing before the next phase of a scope starts."""

    code: ClassVar[str] = "wkn"
    scope: str


# --- opening it


@routes.command(
    "panneau",
    _("The workshops at a glance"),
    names={"en": "panel", "de": "tafel"},
    who=FACILITATOR,
    said=_("panel, my panel"),
    listed=5,
)
async def open_panel(request: Request) -> Reply:
    """A new panel: from now on it is the one that is kept up to date."""
    return await _open(request, 1)


@routes.action(ShowPanel, who=FACILITATOR)
async def show_panel(request: Request, action: ShowPanel) -> Reply:
    """The same from a button."""
    return await _open(request, action.page)


async def _open(request: Request, page: int) -> Reply:
    run = Button(_("Run the workshops"), Go("animer"))
    round_ = await round_of_the_day(request.tx, request.today)
    if round_ is None:
        return reply(_("The groups are not published yet."), buttons=(run,), fresh=True)
    await facilitator_store.leave_panels(request.tx, request.account.id or 0)
    view = await _view(request.tx, request.participant.id, round_.number, page, request.now)
    if view is None or await _over(request.tx, request.participant.id, round_.number, request.now):
        return Reply(view, fresh=True) if view else reply(_OVER, buttons=(run,), fresh=True)
    key = _key(request.participant.id, round_.number, page)
    await live_screens.show(request.tx, key, request.account, pinned=True)
    return reply(_("The panel comes below. It stays up to date by itself."), buttons=(run,), fresh=True)


def _key(person: int, round_number: int, page: int) -> str:
    return f"{facilitator_store.PANEL}:{person}:{round_number}:{page}"


# --- what it shows


@routes.live_screen(facilitator_store.PANEL, who=FACILITATOR)
async def draw_panel(tx: Transaction, subject: str, now: datetime) -> View | None:
    """The panel as it is now; None once nobody may look at it."""
    person_id, round_number, page = (int(part) for part in subject.split(":"))
    if await _over(tx, person_id, round_number, now):
        return None
    return await _view(tx, person_id, round_number, page, now)


async def _over(tx: Transaction, person_id: int, round_number: int, now: datetime) -> bool:
    """Whether nothing is left to be followed: no later groups, and the day is past, or all is done and written.

    A while after the last end: until then it can be taken back.
    """
    published = [round_ for round_ in await all_rounds(tx) if round_.published]
    lived = await _lived(tx, round_number)
    if published and is_over(published[-1], now):
        return True
    if not published or published[-1].number > lived:
        return False
    person = await participant_store.find(tx, person_id)
    found = await phases.standings(tx, lived, person_id, everything=bool(person and person.organises))
    every = await store.all_phases(tx)
    runs = await store.runs_of_groups(tx, lived)
    return bool(found) and all(_is_done(each, runs, len(every), now) for each in found)


def _is_done(each: GroupProgress, runs: Sequence[PhaseRun], method: int, now: datetime) -> bool:
    """Whether a group has had every phase, wrote what they make, and calls nobody."""
    theirs = [run for run in runs if run.group_id == each.group.id]
    ended = all(run.ended_at is not None and run.ended_at + WINDOW <= now for run in theirs)
    return len(theirs) >= method and ended and not each.missing and each.call is None


async def _lived(tx: Transaction, round_number: int) -> int:
    """The round to show: a panel that stays pinned goes on with the groups of the next day once these begin."""
    return max(round_number, await store.last_round_begun(tx))


async def _view(tx: Transaction, person_id: int, round_number: int, page: int, now: datetime) -> View | None:
    person = await participant_store.find(tx, person_id)
    if person is None or not person.joined or not (person.facilitates or person.organises):
        return None
    listed = {theme.key: theme for theme in await all_themes(tx)}
    method = {phase.key: phase for phase in await store.all_phases(tx)}
    lived = await _lived(tx, round_number)
    found = await phases.standings(tx, lived, person.id, everything=person.organises)
    ordered = in_order(found, now)
    titles = {each.group.id: short_title(each, listed) for each in found}
    calls = _calls(person.id, ordered, titles)
    starts = _starts(found, await store.runs_of_groups(tx, lived), listed, tuple(method.values()))
    manage = _manage(found, method, "plain" if starts or calls else "primary")
    if page == _FOLDED and found:
        return View(folded_lines(found, method, now), (*calls, *manage, *starts[:1], Button(_("Unfold"), TurnPanel(1))))
    last = max(1, -(-len(ordered) // PER_PAGE))
    page = min(max(page, 1), last)
    shown = ordered[(page - 1) * PER_PAGE : page * PER_PAGE]
    here = {each.group.id for each in shown}
    silent_ones = (Button(_("Nudge the silent"), FromPanel("silent", 0)),)
    rest = (
        *(Button(titles[each.group.id], FromPanel("group", each.group.id)) for each in found if each.group.id in here),
        *(silent_ones if any(each.run and each.run.open for each in found) else ()),
        Button(_("Women and men"), FromPanel("shares", 0)),
        *((Button(_("◀ Previous"), TurnPanel(page - 1)),) if page > 1 else ()),
        *((Button(_("Next ▶"), TurnPanel(page + 1)),) if page < last else ()),
        *((Button(_("Fold"), TurnPanel(_FOLDED)),) if found else ()),
    )
    room = _ROOM - len(calls) - len(manage) - len(rest)
    buttons = (*calls, *manage, *(starts if len(starts) <= room else starts[: min(1, max(0, room))]), *rest)
    return View(panel_lines(shown, found, listed, method, now), buttons)


def _starts(
    found: Sequence[GroupProgress], runs: Sequence[PhaseRun], listed: Mapping[str, Theme], method: Sequence[Phase]
) -> tuple[Button, ...]:
    """The next phase for everyone between phases, then for each theme; none where nothing is left to begin."""
    had = {(run.group_id, run.phase) for run in runs}
    idle = [each.group for each in found if not (each.run and each.run.open)]
    following = next((p for p in method if any((group.id, p.key) not in had for group in idle)), None)
    if following is None:
        return ()
    left = {group.theme for group in idle if any((group.id, phase.key) not in had for phase in method)}
    everyone = Button(_("Start: {phase}", phase=phase_title(following)), StartFrom(scopes.ALL), style="primary")
    if len({each.group.theme for each in found}) == 1:
        return (everyone,)
    return (
        everyone,
        *(
            Button(_("Start for {theme}", theme=short_theme(theme)), StartFrom(f"t_{key}"))
            for key, theme in listed.items()
            if key in left
        ),
    )


def _manage(found: Sequence[GroupProgress], method: Mapping[str, Phase], style: ButtonStyle) -> tuple[Button, ...]:
    """The way to reveal, prolong or close the one phase that groups are in."""
    under_way = {each.run.phase for each in found if each.run and each.run.open}
    if len(under_way) != 1:
        return ()
    title = phase_title(method[under_way.pop()])
    return (Button(_("Manage: {phase}", phase=title), FromPanel("phase", 0), style=style),)


def _calls(person_id: int, ordered: Sequence[GroupProgress], titles: Mapping[int, Text]) -> tuple[Button, ...]:
    """The calls that nobody has taken, and those that this person has."""
    buttons: list[Button] = []
    for each in ordered:
        if each.call is None or each.taken_by not in (None, person_id):
            continue
        name = titles[each.group.id]
        if each.taken_by is None:
            buttons.append(Button(_("Go to {group}", group=name), FromPanel("call", each.call), style="primary"))
        else:
            buttons.append(Button(_("Helped: {group}", group=name), FromPanel("done", each.call)))
    return tuple(buttons[:_MOST_CALLS])


@routes.action(TurnPanel, who=FACILITATOR)
async def turn_panel(request: Request, action: TurnPanel) -> Reply:
    """Another page, in the message that is kept up to date."""
    round_ = await round_of_the_day(request.tx, request.today)
    if round_ is None:
        raise Stale
    await facilitator_store.turn_panel(
        request.tx, request.account.id or 0, _key(request.participant.id, round_.number, action.page)
    )
    view = await _view(request.tx, request.participant.id, round_.number, action.page, request.now)
    if view is None:
        raise Stale
    return Reply(view)


# --- what is done from it


@routes.action(StartFrom, who=FACILITATOR)
async def start_from(request: Request, action: StartFrom) -> Reply:
    """Who is missing, and the start, below the panel."""
    return replace(await starting.ready_next(request, action.scope), fresh=True)


_BELOW: Mapping[str, Callable[[Request, int], Awaitable[Reply]]] = {
    "group": lambda request, group: starting.run_phases(request, RunPhases(group)),
    "phase": lambda request, _about: starting.run_scope(request, RunScope(scopes.ALL)),
    "call": lambda request, call: calling.take_call(request, TakeCall(call)),
    "done": lambda request, call: calling.close_call(request, CloseCall(call)),
    "silent": lambda request, group: silence.nudge_silent(request, NudgeSilent(group)),
    "shares": lambda request, _about: silence.show_shares(request, ShowShares()),
}


@routes.action(FromPanel, who=FACILITATOR)
async def from_panel(request: Request, action: FromPanel) -> Reply:
    """Each is answered below the panel; who may is looked at there."""
    do = _BELOW.get(action.what)
    if do is None:
        raise Stale
    return replace(await do(request, action.about), fresh=True)
