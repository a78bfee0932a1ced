"""The phase one's group is in: what is asked, how long there is, and what can be done; between phases, what comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.texts import Span, Strong, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import Go, Request, Routes
from handlers.groups.messages.cards import MY_GROUP
from handlers.groups.service.membership import group_of_the_day, round_of_the_day
from handlers.groups.store import group_of
from handlers.navigation.actions import ASK, HOME
from handlers.workshops import hooks, store
from handlers.workshops.actions import Inspire, MyIdeas, ShowPanel
from handlers.workshops.messages import (
    SHOW_PHASE,
    asked,
    call,
    follows,
    give,
    heading,
    keep,
    phase_title,
    vote_button,
    wall,
)
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.service import phases
from handlers.workshops.settings import WorkshopSettings

routes = Routes()


@routes.command(
    "phase",
    _("The phase of your workshop"),
    said=_("phase, my phase, workshop, my workshop, the workshop, instructions, what is the task"),
    listed=40,
)
async def my_phase(request: Request) -> Reply:
    """The phase one's group is in; else what comes next."""
    person = request.participant
    if person.status == "withdrawn":
        return reply(
            _("You told us that you are not coming, so you are in no workshop."),
            buttons=(Button(_("I am coming after all"), Go("revenir")), HOME),
        )
    run = await store.latest_run_of_person(request.tx, person.id)
    phase = await store.find_phase(request.tx, run.phase) if run else None
    if run and phase and run.open:
        return await _open(request, phase, run)
    return await _between(request, phase, run)


async def offer_phase(request: Request) -> View:
    """The phase that runs, as a part of one's own screen: what to do first, for who has a group on this day."""
    running = await _running(request)
    if running is None:
        return View(())
    phase, run = running
    return View((heading(phase, run),), (_first(request, phase, run)[0], SHOW_PHASE))


async def offer_in_phase(request: Request) -> Sequence[Button]:
    """What can be done in the phase that runs, in the menu."""
    running = await _running(request)
    if running is None:
        return ()
    phase, run = running
    return (*_first(request, phase, run), SHOW_PHASE, call(run))


async def offer_last_phase(request: Request) -> Sequence[Button]:
    """The way to what one's group made last, in the menu, between phases."""
    run = await _run(request)
    return (SHOW_PHASE,) if run and not run.open else ()


async def _running(request: Request) -> tuple[Phase, PhaseRun] | None:
    """The phase that the group of who asks is in; None between phases, and once the gathering is over."""
    run = await _run(request)
    if run is None or not run.open or request.gathering_is_over:
        return None
    phase = await store.find_phase(request.tx, run.phase)
    return (phase, run) if phase else None


async def _run(request: Request) -> PhaseRun | None:
    """The phase that the group of who asks is in, else was in last; None for who has no group on this day."""
    person = request.participant
    if not (person.takes_part and await group_of_the_day(request.tx, person.id, request.today)):
        return None
    return await phases.run_to_show(request.tx, person.id)


async def offer_open_phase(request: Request) -> View:
    """The way to the phase that runs, as a part of the screen of one's group."""
    run = await store.latest_run_of_person(request.tx, request.participant.id)
    return View((), (SHOW_PHASE,) if run and run.open else ())


async def _open(request: Request, phase: Phase, run: PhaseRun) -> Reply:
    starting_point = await hooks.starting_point(request.tx, run.group_id, phase)
    lines: list[Span] = [heading(phase, run), *asked(phase, starting_point)]
    if run.ends_at is None:
        lines.append(_("The clock is stopped; your ideas are still taken."))
    inspire = (Button(_("Get inspired"), Inspire(run.id)),) if phase.collects != "territories" else ()
    mine = await _my_ideas(request, run)
    shown = (wall(run),) if run.revealed else ()
    return reply(
        *lines, buttons=(*_first(request, phase, run), *mine, *shown, *inspire, keep(phase, run), call(run), HOME)
    )


def _first(request: Request, phase: Phase, run: PhaseRun) -> tuple[Button, ...]:
    """What one does first in an open phase: give an idea; once all can be read, vote, and still give one."""
    if run.revealed and request.settings.of(WorkshopSettings).votes:
        return vote_button(run), replace(give(phase, run), style="plain")
    return (give(phase, run),)


async def _between(request: Request, phase: Phase | None, run: PhaseRun | None) -> Reply:
    """Nothing runs: what was made last, and what is next for the group of the day."""
    round_ = await round_of_the_day(request.tx, request.today)
    group = await group_of(request.tx, request.participant.id, round_.number) if round_ else None
    if group is None:
        facilitate = (Button(_("My panel"), ShowPanel()),) if request.participant.facilitates else ()
        if facilitate:
            return reply(_("You have no group: you run workshops."), buttons=(*facilitate, HOME))
        if round_ is None:
            return reply(_("The groups are not known yet. You will be told yours."), buttons=(HOME,))
        return reply(_("You have no group, so no phase runs for you. Ask the team for one."), buttons=(ASK, HOME))
    following = await phases.next_phase(request.tx, group.id, phase.key if phase else None)
    inside, at = await store.workshop_times(request.tx, group.id, request.now)
    if following is None and run and run.group_id != group.id and (inside or at):
        # All of it was lived in the group of another day, and there is more to come: it begins anew.
        phase, following = None, await phases.next_phase(request.tx, group.id, None)
    if phase is None or run is None:
        said: Span = _("Your workshop has not begun yet.")
        if following is None:
            return reply(said, buttons=(MY_GROUP, HOME))
        # Nothing ended that it could come right after: who runs the workshop starts it.
        return reply(said, follows(following, inside=False, at=None if inside else at), buttons=(MY_GROUP, HOME))
    return reply(
        _("{phase} is finished.", phase=Strong(phase_title(phase))),
        *await hooks.what_is_written(request.tx, run.group_id, phase),
        follows(following, inside=inside, at=at),
        buttons=(keep(phase, run), wall(run), *await _my_ideas(request, run), MY_GROUP, HOME),
    )


async def _my_ideas(request: Request, run: PhaseRun) -> tuple[Button, ...]:
    """What one gave in a phase, where that is something."""
    given = await store.count_given_by(request.tx, run, request.participant.id)
    return (Button(_n("My idea", "My {count} ideas", given), MyIdeas(run.id)),) if given else ()
