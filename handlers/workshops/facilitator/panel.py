"""The panel: one message for each facilitator that shows the progress of their groups, and is updated.

Pages of the panel are counted from 1. Page 0 is the folded panel, which has two lines.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.content.errors import existing
from bot.content.folding import MORE, MOST_FOR_LEADERS
from bot.content.texts import Text, _
from bot.content.views import Button, ButtonStyle, Reply, View, reply
from bot.conversation.routes import FACILITATOR, Go, Request, Routes, Transaction
from bot.conversation.undo import WINDOW
from bot.people import facilitator_store, participant_store
from handlers.groups.service.membership import is_over, round_of_the_day
from handlers.groups.store.rounds import all_rounds
from handlers.navigation.layout import paged
from handlers.themes.model import Theme
from handlers.themes.store import all_themes
from handlers.workshops.actions import ShowPanel
from handlers.workshops.facilitator import scopes, silence, starting
from handlers.workshops.facilitator.changing import PANEL
from handlers.workshops.messages import (
    PER_PAGE,
    folded_lines,
    panel_lines,
    phase_title,
    short_theme,
    short_title,
    sort_by_urgency,
)
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.participant import calling
from handlers.workshops.service import phases
from handlers.workshops.store import panel as panel_store
from handlers.workshops.store.panel import GroupProgress
from handlers.workshops.store.phases import all_phases
from handlers.workshops.store.runs import last_round_begun, runs_of_groups

routes = Routes()

_FOLDED = 0
_OVER = _("Everything is over: there is nothing left to follow.")
_MOST_CALLS = 3
"""How many calls for help have a button on the panel. The message about each call has one too."""


# --- opening it


@routes.press(ShowPanel, who=FACILITATOR)
@routes.command(
    "panneau",
    _("The workshops at a glance"),
    names={"en": "panel", "de": "tafel"},
    who=FACILITATOR,
    plain_words=_("panel, my panel"),
    for_others="phase",
    listed=5,
)
async def show_panel(request: Request, page: int = 1) -> Reply:
    """Send a facilitator a new panel, the message with the progress of their groups, opened at `page` (from 1).

    From now on the new panel is kept up to date, and the person's earlier panel is not. The panel is the answer, except
    where a platform needs one at once.
    """
    run = Button(_("Run the workshops"), Go("animer"))
    round_ = await round_of_the_day(request.tx, request.today)
    if round_ is None:
        return reply(_("The groups are not published yet."), buttons=(run,), fresh=True)
    await panel_store.leave_panels(request.tx, request.account.id or 0)
    view = await _view(request.tx, request.participant.id, round_.number, page, request.now)
    if view is None or await _over(request.tx, request.participant.id, round_.number, request.now):
        return Reply(view, fresh=True) if view else reply(_OVER, buttons=(run,), fresh=True)
    key = _key(request.participant.id, round_.number, page)
    await request.show_below(key, pinned=True)
    below = reply(_("Your panel is below. It updates by itself."), buttons=(run,), fresh=True)
    return replace(below, announces=True)


def _key(person: int, round_number: int, page: int) -> str:
    return f"{facilitator_store.PANEL}:{person}:{round_number}:{page}"


# --- what it shows


@routes.live_screen(facilitator_store.PANEL, who=FACILITATOR)
async def draw_panel(tx: Transaction, subject: str, now: datetime) -> View | None:
    """Return the present content of a facilitator's panel, the message with the progress of their groups.

    `subject` is «person:round:page»: a participant's id, the number of a round (one day's groups), and a page. Returns
    None if the workshops are over or the person may not see the panel any more.
    """
    person_id, round_number, page = (int(part) for part in subject.split(":"))
    if await _over(tx, person_id, round_number, now):
        return None
    return await _view(tx, person_id, round_number, page, now)


async def _over(tx: Transaction, person_id: int, round_number: int, now: datetime) -> bool:
    """Return whether a panel has nothing left to show.

    It is over when the day of the last published round is past, or when all groups of that round are finished and the
    time in which an end can be undone has passed.
    """
    published = [round_ for round_ in await all_rounds(tx) if round_.published]
    round_shown = await _round_shown(tx, round_number)
    if published and is_over(published[-1], now):
        return True
    if not published or published[-1].number > round_shown:
        return False
    person = await participant_store.find(tx, person_id)
    standings = await phases.standings(tx, round_shown, person_id, everything=bool(person and person.organises))
    phase_count = len(await all_phases(tx))
    runs = await runs_of_groups(tx, round_shown)
    return bool(standings) and all(_is_finished(progress, runs, phase_count, now) for progress in standings)


def _is_finished(progress: GroupProgress, runs: Sequence[PhaseRun], phase_count: int, now: datetime) -> bool:
    """Return whether a group has had every phase, has written its results and calls nobody."""
    group_runs = [run for run in runs if run.group_id == progress.group.id]
    ended = all(run.ended_at is not None and run.ended_at + WINDOW <= now for run in group_runs)
    return len(group_runs) >= phase_count and ended and not progress.missing and progress.call is None


async def _round_shown(tx: Transaction, round_number: int) -> int:
    """Return the number of the round that a panel shows.

    This is `round_number`, for which the panel was opened, until groups of a later round begin a phase.
    """
    return max(round_number, await last_round_begun(tx))


async def _view(tx: Transaction, person_id: int, round_number: int, page: int, now: datetime) -> View | None:
    person = await participant_store.find(tx, person_id)
    if person is None or not person.joined or not (person.facilitates or person.organises):
        return None
    themes = {theme.key: theme for theme in await all_themes(tx)}
    method = {phase.key: phase for phase in await all_phases(tx)}
    round_shown = await _round_shown(tx, round_number)
    standings = await phases.standings(tx, round_shown, person.id, everything=person.organises)
    ordered = sort_by_urgency(standings, now)
    titles = {progress.group.id: short_title(progress, themes) for progress in standings}
    calls = _call_buttons(person.id, ordered, titles)
    starts = _start_buttons(standings, await runs_of_groups(tx, round_shown), themes, tuple(method.values()))
    manage = _manage_buttons(standings, method, "plain" if starts or calls else "primary")
    if page == _FOLDED and standings:
        # L10N: a button of a panel that shows two lines: show all of it again
        unfold = Button(_("Expand"), turn_panel.to(1))
        return View(folded_lines(standings, method, now), (*calls, *manage, *starts[:1], unfold))
    shown, pages = paged(ordered, page - 1, lambda index: turn_panel.to(index + 1), per_page=PER_PAGE)
    first = (*calls, *manage, *starts[:1])
    # L10N: a button of the panel, a verb: show only two lines of it
    turns = pages or ((Button(_("Collapse"), turn_panel.to(_FOLDED)),) if standings else ())
    nudge = _nudge_buttons(standings)
    room = MOST_FOR_LEADERS - len(first) - 1  # ◀ and ▶ count as one
    return View(
        panel_lines(shown, standings, themes, method, now),
        (
            *first,
            *(nudge if room > bool(turns) else ()),
            *(turns if room else ()),
            Button(MORE, from_panel.to("more", 0)),
        ),
    )


@routes.press("wkm", who=FACILITATOR)
async def show_more(request: Request, page: int) -> Reply:
    """Show buttons to each of the person's groups, to each theme's next phase, and to the figures of women and men.

    `page` is the page of the groups, counted from 0.
    """
    round_ = existing(await round_of_the_day(request.tx, request.today))
    person, round_shown = request.participant, await _round_shown(request.tx, round_.number)
    standings = await phases.standings(request.tx, round_shown, person.id, everything=person.organises)
    themes = {theme.key: theme for theme in await all_themes(request.tx)}
    runs, method = await runs_of_groups(request.tx, round_shown), await all_phases(request.tx)
    starts = _start_buttons(standings, runs, themes, method)[1:]
    shown, pages = paged(standings, page, show_more.to, per_page=PER_PAGE)
    groups = tuple(Button(short_title(each, themes), from_panel.to("group", each.group.id)) for each in shown)
    # L10N: a button: figures of women and men in each step of the gathering
    shares = Button(_("Equality"), from_panel.to("shares", 0))
    return reply(_("Which group?"), buttons=(*groups, *pages, *starts, *_nudge_buttons(standings), shares, PANEL))


def _nudge_buttons(standings: Sequence[GroupProgress]) -> tuple[Button, ...]:
    if not any(progress.run and progress.run.open for progress in standings):
        return ()
    # L10N: a button: ask the members who have said nothing yet, in private, for an idea
    return (Button(_("Invite quiet people to speak"), from_panel.to("silent", 0)),)


def _start_buttons(
    standings: Sequence[GroupProgress], runs: Sequence[PhaseRun], themes: Mapping[str, Theme], method: Sequence[Phase]
) -> tuple[Button, ...]:
    """Return the buttons that start the next phase: for all groups between phases, then for each of several themes.

    There are none where no group between phases has a phase left.
    """
    had = {(run.group_id, run.phase) for run in runs}
    idle = [progress.group for progress in standings if not (progress.run and progress.run.open)]
    following = next((phase for phase in method if any((group.id, phase.key) not in had for group in idle)), None)
    if following is None:
        return ()
    themes_left = {group.theme for group in idle if any((group.id, phase.key) not in had for phase in method)}
    everyone = Button(_("Start: {phase}", phase=phase_title(following)), start_from.to(scopes.ALL), style="primary")
    if len({progress.group.theme for progress in standings}) == 1:
        return (everyone,)
    return (
        everyone,
        *(
            Button(_("Start for {theme}", theme=short_theme(theme)), start_from.to(f"t_{key}"))
            for key, theme in themes.items()
            if key in themes_left
        ),
    )


def _manage_buttons(
    standings: Sequence[GroupProgress], method: Mapping[str, Phase], style: ButtonStyle
) -> tuple[Button, ...]:
    """Return the button to manage the phase that groups are in; no button if they are in none or in several."""
    open_phases = {progress.run.phase for progress in standings if progress.run and progress.run.open}
    if len(open_phases) != 1:
        return ()
    title = phase_title(method[open_phases.pop()])
    # L10N: a button, a verb: more time, a break or the end of a phase
    return (Button(_("Manage: {phase}", phase=title), from_panel.to("phase", 0), style=style),)


def _call_buttons(person_id: int, ordered: Sequence[GroupProgress], titles: Mapping[int, Text]) -> tuple[Button, ...]:
    """Return the buttons for calls that nobody has taken, and for calls that this person has taken."""
    buttons: list[Button] = []
    for progress in ordered:
        if progress.call is None or progress.taken_by not in (None, person_id):
            continue
        title = titles[progress.group.id]
        if progress.taken_by is None:
            # L10N: a button: take the call for help of this group
            buttons.append(
                Button(_("Go to {group}", group=title), from_panel.to("call", progress.call), style="primary")
            )
        else:
            # L10N: a button of the facilitator who went to this group: it was helped, its call is over
            buttons.append(Button(_("Helped: {group}", group=title), from_panel.to("done", progress.call)))
    return tuple(buttons[:_MOST_CALLS])


@routes.press("wkp", who=FACILITATOR)
async def turn_panel(request: Request, page: int) -> Reply:
    """Show another page of the facilitator's panel in the same message.

    `page` counts from 1; with 0, the panel is folded to two lines.
    """
    round_ = existing(await round_of_the_day(request.tx, request.today))
    await panel_store.turn_panel(request.tx, request.account.id or 0, _key(request.participant.id, round_.number, page))
    view = existing(await _view(request.tx, request.participant.id, round_.number, page, request.now))
    return Reply(view)


# --- what is done from it


@routes.press("wkn", who=FACILITATOR)
async def start_from(request: Request, word: str) -> Reply:
    """Show which members are missing before the next phase starts in some groups, in a message below the panel.

    `word` stands for the groups: «a» for all that the person runs, «t_KEY» for a theme's groups, «g_ID» for one. If no
    phase is left, the message shows their open phase or the phases that can start again.
    """
    scope = await scopes.find_scope(request, word)
    if phase := scope.following(await all_phases(request.tx)):
        return replace(await starting.ready(request, phase.key, word, offers_others=False), fresh=True)
    return replace(await starting.run_scope(request, word), fresh=True)


async def _women_and_men(_request: Request, _about: int) -> Reply:
    """Go on in the screen that counts women and men."""
    return reply(then=Go("egalite"))


_BELOW: Mapping[str, Callable[[Request, int], Awaitable[Reply]]] = {
    "group": lambda request, group: starting.run_phases(request, group),
    "phase": lambda request, _about: starting.run_scope(request, scopes.ALL),
    "call": lambda request, call: calling.take_call(request, call),
    "done": lambda request, call: calling.close_call(request, call),
    "silent": lambda request, group: silence.nudge_silent(request, group),
    "shares": _women_and_men,
    "more": lambda request, page: show_more(request, page),
}


@routes.press("wkf", who=FACILITATOR)
async def from_panel(request: Request, what: str, about: int) -> Reply:
    """Open the screen that a button of the panel leads to, in a message below the panel. The screen checks permissions.

    `what` names the screen, such as «group» or «call». `about` is what the screen needs: the id of the group or of the
    call for help, or a page; 0 if it needs nothing.
    """
    screen = existing(_BELOW.get(what))
    return replace(await screen(request, about), fresh=True)
