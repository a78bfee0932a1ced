"""The parts of the organisers' screen about workshops: open phases, the next phase to start, and calls for help."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import Span, _, _n
from bot.content.views import Button, View
from bot.conversation.routes import Go, NextStep, Request
from handlers.groups.service.membership import round_of_the_day
from handlers.workshops.actions import ReadyPhase, ShowFacilitators, ShowPanel
from handlers.workshops.facilitator import scopes
from handlers.workshops.facilitator.changing import manage_phase
from handlers.workshops.messages import phase_title
from handlers.workshops.store import progress
from handlers.workshops.store.progress import PhaseProgress


async def count_phases(request: Request) -> View:
    """Return the part of the organisers' screen that says in how many groups each phase is under way."""
    round_ = await round_of_the_day(request.tx, request.today)
    round_progress = await progress.progress(request.tx, round_.number if round_ else 0)
    lines = [_running(phase_progress) for phase_progress in round_progress.phases if phase_progress.open]
    if round_progress.over:
        lines.append(_("Every group has finished every phase."))
    run = (Button(_("Run the workshops"), Go("animer")),) if round_progress.groups else ()  # nothing to run before
    return View(tuple(lines), (*run, Button(_("Who runs the workshops"), ShowFacilitators(0))))


def _running(phase_progress: PhaseProgress) -> Span:
    title = phase_title(phase_progress.phase)
    return _n(
        "«{phase}» is running in {count} group.",
        "«{phase}» is running in {count} groups.",
        phase_progress.open,
        phase=title,
    )


async def phases_to_run(request: Request) -> Sequence[NextStep]:
    """Return organisers' next steps about workshops.

    The steps are: answer calls for help that nobody has taken (not after the gathering), manage phases that are open,
    and, on a day that has groups, start the next phase.
    """
    round_ = await round_of_the_day(request.tx, request.today)
    if round_ is None:
        return ()
    round_progress = await progress.progress(request.tx, round_.number)
    steps: list[NextStep] = []
    if round_progress.called_at and not request.gathering_is_over:
        line = _n("{count} group is calling for help", "{count} groups are calling for help", round_progress.calls)
        steps.append(NextStep(round_progress.called_at, line, Button(_("My panel"), ShowPanel())))
    for phase_progress in round_progress.phases:
        if phase_progress.open:
            label = _("Manage: {phase}", phase=phase_title(phase_progress.phase))
            by = phase_progress.ends_at or request.now
            steps.append(
                NextStep(
                    by, _running(phase_progress), Button(label, manage_phase.to(phase_progress.phase.key, scopes.ALL))
                )
            )
    following = next((phase_progress for phase_progress in round_progress.phases if phase_progress.to_start), None)
    if following and round_.day == request.today:
        title, count = phase_title(following.phase), following.to_start
        line = _n("{phase}, to start in {count} group", "{phase}, to start in {count} groups", count, phase=title)
        ended = (phase_progress.ended_at for phase_progress in round_progress.phases if phase_progress.ended_at)
        by = max(ended, default=round_.meets_by(request.settings.gathering.zone))
        button = Button(_("Start: {phase}", phase=title), ReadyPhase(following.phase.key, scopes.ALL))
        steps.append(NextStep(by, line, button))
    return steps
