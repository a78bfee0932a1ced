"""The part of the organisers' screen about the plenary: the button to it, and the next step to do."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import Moment, _
from bot.content.views import View
from bot.conversation.routes import NextStep, Request
from handlers.plenary.actions import PLENARIES
from handlers.plenary.service import preparing
from handlers.programme.model import local_day
from handlers.workshops.store.progress import progress


async def offer_plenary(request: Request) -> View:
    """Return the button to the plenary for the organisers' screen; an empty View if no groups are published."""
    return View((), (PLENARIES,)) if await preparing.round_to_present(request.tx) else View(())


async def plenary_to_lead(request: Request) -> Sequence[NextStep]:
    """Return the organisers' next step for today's plenary: to prepare, begin or end it; () if there is nothing to do.

    If no plenary is prepared, or some groups have not presented, the step is shown only if exactly one session is
    possible. If there are workshops, one must have begun, because the plenary that opens a gathering has no groups on
    stage.
    """
    round_ = await preparing.round_to_present(request.tx)
    if round_ is None or request.gathering_is_over:
        return ()
    plenaries = await preparing.rooms_of_round(request.tx, round_.number)
    if any(plenary.running for plenary in plenaries):
        return (NextStep(request.now, _("The plenary is under way"), PLENARIES),)
    unbegun = [plenary for plenary in plenaries if plenary.began_at is None]
    phases = (await progress(request.tx, round_.number)).phases
    if plenaries and not unbegun and not await preparing.groups_left(request.tx, round_.number):
        return ()
    if not plenaries and phases and not any(phase.begun for phase in phases):
        return ()
    held = {plenary.session_id for plenary in plenaries}
    sessions = (
        [await preparing.session_of(request.tx, unbegun[0])]
        if unbegun
        else [other for other in await preparing.possible_sessions(request.tx, request.now) if other.id not in held]
    )
    session = sessions[0] if len(sessions) == 1 else None
    if session is None or local_day(session.plan, session.plan.starts) != local_day(session.plan, request.now):
        return ()
    ready = unbegun and all(plenary.seed is not None for plenary in unbegun)
    starts = Moment(session.plan.starts, "time")
    line = (
        _("The {time} plenary is ready to begin", time=starts)
        if ready
        else _("The {time} plenary needs to be prepared", time=starts)
    )
    return (NextStep(session.plan.starts, line, PLENARIES),)
