"""A participant's screen of the phase that their group is in: its instruction, its end and its buttons.

Between phases, the screen says which phase is next.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.content.texts import Moment, Span, Strong, _
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import Go, Request, Routes
from bot.database.engine import Transaction
from handlers.groups.messages.cards import MY_GROUP
from handlers.groups.service.membership import group_of_the_day, round_of_the_day
from handlers.groups.store.members import group_of
from handlers.navigation.actions import ASK, HOME
from handlers.navigation.layout import if_over
from handlers.workshops import hooks
from handlers.workshops.actions import Inspire, ShowPanel, ShowWall, Vote
from handlers.workshops.messages import (
    SHOW_PHASE,
    call_button,
    give_button,
    heading,
    instruction_lines,
    my_ideas_button,
    next_phase_line,
    phase_title,
    result_button,
    vote_button,
    wall_button,
)
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.service import phases
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store import ideas, runs, sessions
from handlers.workshops.store.phases import find_phase

routes = Routes()


@routes.command(
    "phase",
    _("The phase of your workshop"),
    plain_words=_("phase, my phase, workshop, my workshop, the workshop, instructions, what is the task"),
    listed=40,
)
async def my_phase(request: Request) -> Reply:
    """Show the phase that the person's group is in; between phases, show the group's last result and the next phase."""
    person = request.participant
    if person.status == "withdrawn":
        return reply(
            _("You told us that you are not coming, so you are in no workshop."),
            buttons=(Button(_("I am coming after all"), Go("revenir")), HOME),
        )
    run = await runs.latest_run_of_person(request.tx, person.id)
    phase = await find_phase(request.tx, run.phase) if run else None
    if run and phase and run.open:
        return await _open(request, phase, run)
    return await _between(request, phase, run)


@routes.command(
    "mur",
    _("The ideas of your group"),
    names={"en": "wall", "de": "wand"},
    plain_words=_("wall, the wall, our wall, our ideas, the ideas of my group"),
)
async def show_group_wall(request: Request) -> Reply:
    """Show the ideas of the person's group in its present or last phase; before any phase, show what comes."""
    run = await runs.latest_run_of_person(request.tx, request.participant.id)
    return await my_phase(request) if run is None else reply(then=ShowWall(run.id))


async def offer_phase(request: Request) -> View:
    """Return the part of the home screen about the phase of the participant's group.

    After a phase it leads to what the group keeps, and to the group, until somebody wrote that. The View is empty for
    people who have no group on this day.
    """
    shown = await _phase_to_show(request)
    if shown is None:
        return View(())
    phase, run = shown
    if not run.open:
        unwritten = await hooks.is_unwritten(request.tx, run.group_id, phase)
        return View((), (replace(result_button(phase, run), style="primary"), MY_GROUP) if unwritten else ())
    return View((heading(phase, run),), (*await _main_buttons(request, phase, run), SHOW_PHASE)[:2])


async def name_phase(request: Request) -> View:
    """Return the line about the open phase of the person's group for the top of a page: «Imagine · ends at 14:40».

    The View is empty between phases.
    """
    open_phase = await _open_phase(request)
    if open_phase is None:
        return View(())
    return View((_in_one_line(*open_phase),))


async def on_now(tx: Transaction, people: Collection[int], now: datetime) -> Sequence[tuple[int, Span]]:  # noqa: ARG001 - what a hook gives
    """Return that line for each of these participants whose group is in a phase, with their ids."""
    lines = []
    for person in people:
        run = await runs.latest_run_of_person(tx, person)
        phase = await find_phase(tx, run.phase) if run and run.open else None
        lines += [(person, _in_one_line(phase, run))] if phase and run else []
    return lines


def _in_one_line(phase: Phase, run: PhaseRun) -> Span:
    if run.ends_at is None:
        # L10N: a bar of one line: the clock of a phase is stopped
        return _("{phase} · a break", phase=phase_title(phase))
    # L10N: a bar of one line: when a phase ends
    return _("{phase} · ends at {time}", phase=phase_title(phase), time=Moment(run.ends_at, "time"))


async def something_is_on(request: Request) -> Sequence[str]:
    """Return («phase»,) if the person's group is in a phase, so that the programme announces no break; else ()."""
    return ("phase",) if await _open_phase(request) else ()


async def offer_in_phase(request: Request) -> Sequence[Button]:
    """Return the menu's buttons for the phase that the person's group is in; () between phases."""
    open_phase = await _open_phase(request)
    if open_phase is None:
        return ()
    phase, run = open_phase
    return (*await _main_buttons(request, phase, run), SHOW_PHASE, call_button(run))


async def offer_last_phase(request: Request) -> Sequence[Button]:
    """Return the button of the menu for the phase that ended last in the person's group.

    There is none while a phase is open, nor once the gathering is over: the results have it all.
    """
    run = None if request.gathering_is_over else await _run(request)
    return (SHOW_PHASE,) if run and not run.open else ()


async def _open_phase(request: Request) -> tuple[Phase, PhaseRun] | None:
    """Return the phase that the person's group is in, and its run.

    Returns None between phases and once the gathering is over.
    """
    shown = await _phase_to_show(request)
    return shown if shown and shown[1].open else None


async def _phase_to_show(request: Request) -> tuple[Phase, PhaseRun] | None:
    """Return the phase that the person's group is in, or else had last; None once the gathering is over."""
    run = None if request.gathering_is_over else await _run(request)
    phase = await find_phase(request.tx, run.phase) if run else None
    return (phase, run) if phase and run else None


async def _run(request: Request) -> PhaseRun | None:
    """Return the open run of the person's group, else the run that began last.

    Returns None for people without a group on this day.
    """
    person = request.participant
    if not (person.takes_part and await group_of_the_day(request.tx, person.id, request.today)):
        return None
    return await phases.run_to_show(request.tx, person.id)


async def offer_open_phase(request: Request) -> View:
    """Return a part of the group's screen: a button to the open phase. The View is empty between phases."""
    run = await runs.latest_run_of_person(request.tx, request.participant.id)
    return View((), (SHOW_PHASE,) if run and run.open else ())


async def _open(request: Request, phase: Phase, run: PhaseRun) -> Reply:
    if await _is_vote(request, run):
        return reply(then=Vote(run.id))
    starting_point = await hooks.starting_point(request.tx, run.group_id, phase)
    lines: list[Span] = [heading(phase, run), *instruction_lines(phase, starting_point)]
    if run.ends_at is None:
        lines.append(_("The clock is stopped; you can still give ideas."))
    inspire = (Button(_("Get inspired"), Inspire(run.id)),) if phase.collects != "territories" else ()
    buttons = (
        *await _main_buttons(request, phase, run),
        call_button(run),
        *await _my_ideas(request, run),
        *((wall_button(run),) if run.revealed else ()),
        result_button(phase, run),
    )
    return reply(*lines, buttons=(*buttons, *inspire, HOME))


async def _is_vote(request: Request, run: PhaseRun) -> bool:
    """Return whether what there is to do in an open phase is to vote: the group reads its ideas now, and has some.

    Where ideas are read from the first on, they are still being asked for.
    """
    workshop = request.settings.of(WorkshopSettings)
    if not (run.revealed and workshop.votes and workshop.reveal == "together"):
        return False
    return workshop.votes_among((await ideas.collected(request.tx, run)).ideas) > 0


async def _main_buttons(request: Request, phase: Phase, run: PhaseRun) -> tuple[Button, ...]:
    """Return the main buttons of an open phase: give an idea; once ideas are revealed, vote, then give an idea.

    The vote is the next step until the person has voted, which an unconfirmed browser does not show.
    """
    workshop = request.settings.of(WorkshopSettings)
    if run.revealed and workshop.votes_among((await ideas.collected(request.tx, run)).ideas):
        given = () if request.waits else await ideas.votes_of_person(request.tx, run, request.participant.id)
        return vote_button(run, len(given)), replace(give_button(phase, run), style="plain")
    return (give_button(phase, run),)


async def _between(request: Request, phase: Phase | None, run: PhaseRun | None) -> Reply:
    """Answer between phases: what the group wrote last (in `run`, None before any phase), and which phase is next."""
    round_ = await round_of_the_day(request.tx, request.today)
    group = await group_of(request.tx, request.participant.id, round_.number) if round_ else None
    if group is None:
        facilitate = (Button(_("My panel"), ShowPanel()),) if request.participant.facilitates else ()
        if facilitate:
            return reply(_("You have no group of your own, since you run workshops."), buttons=(*facilitate, HOME))
        if round_ is None:
            return reply(_("The groups are not known yet. You will find yours here."), buttons=(HOME,))
        return reply(_("You have no group yet, so you are in no phase. Ask the team for a group."), buttons=(ASK, HOME))
    following = await phases.next_phase(request.tx, group.id, phase.key if phase else None)
    inside, at = await sessions.workshop_times(request.tx, group.id, request.now)
    if following is None and run and run.group_id != group.id and (inside or at):
        # The person had every phase in the group of another day, and workshops are to come: the phases begin anew.
        phase, following = None, await phases.next_phase(request.tx, group.id, None)
    if phase is None or run is None:
        not_begun: Span = _("Your workshop has not begun yet.")
        if following is None:
            return reply(not_begun, *if_over(request), buttons=(MY_GROUP, HOME))
        # No phase has ended that the next one could come right after: the facilitator starts it.
        next_line = if_over(request) or (next_phase_line(following, inside=False, at=None if inside else at),)
        return reply(not_begun, *next_line, buttons=(MY_GROUP, HOME))
    return reply(
        _("{phase} is finished.", phase=Strong(phase_title(phase))),
        *await hooks.what_is_written(request.tx, run.group_id, phase, request.gathering_is_over),
        *(if_over(request) or (next_phase_line(following, inside=inside, at=at),)),
        buttons=(
            result_button(phase, run),
            *(() if request.gathering_is_over else (wall_button(run),)),
            *await _my_ideas(request, run),
            MY_GROUP,
            HOME,
        ),
    )


async def _my_ideas(request: Request, run: PhaseRun) -> tuple[Button, ...]:
    """Return the button to the ideas that the person gave in a phase; no button for people who gave none."""
    return my_ideas_button(run, await ideas.count_given_by(request.tx, run, request.participant.id))
