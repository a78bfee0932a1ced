"""Starting a phase, for all of one's groups, a theme or one of them: who is missing, then the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from bot import phases as living
from bot.actions import Action
from bot.delivery import outbox
from bot.domain.workshops import Phase
from bot.errors import Stale
from bot.facilitating import groups_of
from bot.phase_words import phase_title
from bot.routes import FACILITATOR, Request, Routes
from bot.storage import groups, phases
from bot.texts import Listing, Moment, Name, Span, Strong, _, _n
from bot.views import Button, Choice, Reply, reply
from bot.workshop_actions import RunPhases
from handlers.facilitating import scopes
from handlers.facilitating.changing import PANEL, RUN, ManagePhase, manage
from handlers.facilitating.scopes import Scope
from handlers.themes import HOME

routes = Routes()

_MOST_NAMED = 8
_GOOD_FOR = timedelta(minutes=10)
"""How old a list of those missing may be: an older button shows it anew instead of starting."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ReadyPhase(Action):
    """See who is missing before a phase starts."""

    code: ClassVar[str] = "wrr"
    phase: str
    scope: str


@dataclass(frozen=True, slots=True)
class ChooseScope(Action):
    """Start a phase for others instead."""

    code: ClassVar[str] = "wrc"
    phase: str


@dataclass(frozen=True, slots=True)
class StartPhase(Action):
    """Start a phase; `shown` is when the button was, in seconds."""

    code: ClassVar[str] = "wrs"
    phase: str
    scope: str
    shown: int


@dataclass(frozen=True, slots=True)
class PickGroup(Action):
    """Run the phase of one group."""

    code: ClassVar[str] = "wrg"


# --- what runs, and what can be started


@routes.command(
    "animer",
    _("Run the workshops"),
    names={"en": "facilitate", "de": "moderieren"},
    who=FACILITATOR,
    said=_("facilitate, run the workshops, start a phase"),
)
async def run_workshops(request: Request) -> Reply:
    """What one's groups are in, and every phase to start."""
    mine = await groups_of(request)
    method = await phases.all_phases(request.tx)
    if not mine or not method:
        said = _("No group of the day is yours to run. The team decides that: /equipe.")
        if not method:
            said = _("There are no phases: they are described in the settings of this gathering.")
        elif request.participant.organises:
            said = _("The groups are not published yet.")
        return reply(said, buttons=(PANEL, HOME))
    scope = await scopes.find(request, scopes.of_group(mine[0].id) if len(mine) == 1 else scopes.ALL)
    if len(mine) == 1:
        return await _one(request, scope, method)
    lines: list[Span] = [_("What do you want to run, for {whom}?", whom=scope.whom)]
    under_way: list[Button] = []
    for phase in method:
        if runs := scope.under_way(phase.key):
            title = phase_title(phase)
            lines.append(
                _n("{phase} runs in {count} group.", "{phase} runs in {count} groups.", len(runs), phase=title)
            )
            under_way.append(Button(_("Manage: {phase}", phase=title), ManagePhase(phase.key, scope.word)))
    choice = Choice(PickGroup(), tuple((await scopes.options(request))[1:]), placeholder=_("A theme or a group"))
    return reply(*lines, buttons=(*under_way, *_starts(scope, method), PANEL, HOME), choice=choice)


@routes.choice(PickGroup, who=FACILITATOR)
async def pick_group(request: Request, _action: PickGroup, values: tuple[str, ...]) -> Reply:
    """A theme or one group, from the list."""
    if len(values) != 1:
        raise Stale
    return await _one(request, await scopes.find(request, values[0]), await phases.all_phases(request.tx))


@routes.action(RunPhases, who=FACILITATOR)
async def run_phases(request: Request, action: RunPhases) -> Reply:
    """One group: its phase, or which to start."""
    scope = await scopes.find(request, scopes.of_group(action.group))
    return await _one(request, scope, await phases.all_phases(request.tx))


async def _one(request: Request, scope: Scope, method: Sequence[Phase], *said: Span) -> Reply:
    """The phase that groups are in; what can be started, where that is none or several."""
    open_ = {run.phase for run in scope.open.values()}
    if len(open_) == 1:
        return await manage(request, open_.pop(), scope, *said)
    under_way = tuple(
        Button(_("Manage: {phase}", phase=phase_title(phase)), ManagePhase(phase.key, scope.word))
        for phase in method
        if phase.key in open_
    )
    state = () if open_ else (_("No phase is open. Which one starts?"),)
    return reply(*said, Strong(scope.whom), *state, buttons=(*under_way, *_starts(scope, method), RUN, PANEL))


def _starts(scope: Scope, method: Sequence[Phase]) -> tuple[Button, ...]:
    """Every phase that could begin in some group; the first that some have not had stands out."""
    idle = [group.id for group in scope.groups if group.id not in scope.open]
    had = {(run.group_id, run.phase) for run in scope.runs}
    following = next((phase.key for phase in method if any((group, phase.key) not in had for group in idle)), None)
    return tuple(
        Button(
            _("Start: {phase}", phase=phase_title(phase)),
            ReadyPhase(phase.key, scope.word),
            style="primary" if phase.key == following else "plain",
        )
        for phase in method
        if idle
    )


# --- who is missing, and the start


@routes.action(ReadyPhase, who=FACILITATOR)
async def ready(request: Request, action: ReadyPhase) -> Reply:
    """For whom, and who is missing."""
    return await _ready(request, await _phase(request, action.phase), await scopes.find(request, action.scope))


@routes.choice(ChooseScope, who=FACILITATOR)
async def choose_scope(request: Request, action: ChooseScope, values: tuple[str, ...]) -> Reply:
    """The same for others."""
    if len(values) != 1:
        raise Stale
    return await _ready(request, await _phase(request, action.phase), await scopes.find(request, values[0]))


async def _ready(request: Request, phase: Phase, scope: Scope, *said: Span) -> Reply:
    waiting = scope.to_start(phase.key)
    heading = _n(
        "{phase}: {count} minute, for {whom}",
        "{phase}: {count} minutes, for {whom}",
        phase.minutes,
        phase=Strong(phase_title(phase)),
        whom=scope.whom,
    )
    lines: list[Span] = [*said, heading, *_left_out(scope, phase, waiting)]
    start: tuple[Button, ...] = ()
    if waiting:
        lines += await _missing(request, scope, [group.id for group in waiting])
        action = StartPhase(phase.key, scope.word, int(request.now.timestamp()))
        start = (Button(_("Start"), action, style="primary"),)
    others = await scopes.options(request)
    choice = None
    if len(others) > 2:
        choice = Choice(ChooseScope(phase.key), tuple(others), (scope.word,), placeholder=_("For whom?"))
    return reply(*lines, buttons=(*start, RUN), choice=choice)


def _left_out(scope: Scope, phase: Phase, waiting: Sequence[object]) -> Sequence[Span]:
    """Groups for whom it would not begin."""
    same = len(scope.under_way(phase.key))
    other = len(scope.open) - same
    had = len(scope.groups) - len(scope.open) - len(waiting)
    lines: list[Span] = []
    if same:
        lines.append(_n("It runs in {count} group already.", "It runs in {count} groups already.", same))
    if other:
        lines.append(_n("{count} group is in another phase.", "{count} groups are in another phase.", other))
    if had:
        lines.append(
            _n("{count} group has had this phase already.", "{count} groups have had this phase already.", had)
        )
    return lines


async def _missing(request: Request, scope: Scope, group_ids: Sequence[int]) -> Sequence[Span]:
    """Who of these groups was marked absent today, has not registered, or gets no messages."""
    round_number = scope.groups[0].round
    today = request.now.astimezone(ZoneInfo(request.settings.gathering.zone)).date().isoformat()
    absent = await groups.absent_on(request.tx, today)
    reached = await groups.reached_on(request.tx, round_number)
    people = [each for each in await groups.people(request.tx, round_number) if each.group_id in group_ids]
    away = [each.name for each in people if each.id in absent]
    unregistered = [each.name for each in people if each.id not in absent and not each.joined]
    reading = await outbox.told_in_threads(request.tx, group_ids)
    unreached = [
        each.name for each in people if each.id not in absent | reading and each.joined and reached.get(each.id) is None
    ]
    lines: list[Span] = []
    if away:
        lines.append(_("Absent today: {names}", names=_named(away)))
    if unregistered:
        lines.append(_("Not registered here yet: {names}", names=_named(unregistered)))
    if unreached:
        lines.append(_("Get no messages from here: {names}", names=_named(unreached)))
    return lines or [_("Nobody is missing.")]


def _named(names: Sequence[str]) -> Listing:
    shown: list[Span] = [Name(name) for name in names[:_MOST_NAMED]]
    more = len(names) - len(shown)
    return Listing((*shown, _n("{count} more", "{count} more", more)) if more else tuple(shown))


@routes.action(StartPhase, who=FACILITATOR)
async def start(request: Request, action: StartPhase) -> Reply:
    """Begin it; who was faster, or which phase is in the way, is told."""
    phase = await _phase(request, action.phase)
    scope = await scopes.find(request, action.scope)
    if request.now.timestamp() - action.shown > _GOOD_FOR / _SECOND:
        return await _ready(request, phase, scope, _("This button is old. Still right?"))
    begins = {group.id for group in scope.to_start(phase.key)}
    wanted = [group.id for group in scope.groups if group.id in begins or group.id in scope.open]
    started = await living.start(request.tx, request.settings, phase, wanted, request.now, request.participant.id)
    said = _started(scope, phase, started, await phases.all_phases(request.tx))
    after = await scopes.find(request, action.scope)
    if after.under_way(phase.key):
        return await manage(request, phase.key, after, *said)
    return reply(*said, buttons=(RUN, PANEL))


def _started(scope: Scope, phase: Phase, started: living.Started, method: Sequence[Phase]) -> Sequence[Span]:
    """What a start did and did not do, a line each."""
    lines: list[Span] = []
    title = phase_title(phase)
    if started.begun:
        begun = len(started.begun)
        lines.append(_n("{phase} begins in {count} group.", "{phase} begins in {count} groups.", begun, phase=title))
    if started.already:
        since = min(scope.open[group].started_at for group in started.already)
        lines.append(
            _n(
                "{phase} runs in {count} group already, since {time}.",
                "{phase} runs in {count} groups already, since {time}.",
                len(started.already),
                phase=title,
                time=Moment(since, "time"),
            )
        )
    known = {each.key: phase_title(each) for each in method}
    for group in started.busy[:_MOST_NAMED]:
        open_ = scope.open[group]
        values = {"group": scope.titles[group], "phase": known[open_.phase]}
        if open_.ends_at is None:
            lines.append(_("{group} has a break in another phase: {phase}. Close that first.", **values))
        else:
            until = Moment(open_.ends_at, "time")
            lines.append(
                _("{group} is in another phase until {time}: {phase}. Close that first.", time=until, **values)
            )
    if (more := len(started.busy) - _MOST_NAMED) > 0:
        lines.append(_n("and {count} more", "and {count} more", more))
    return lines


async def _phase(request: Request, key: str) -> Phase:
    phase = await phases.find(request.tx, key)
    if phase is None:
        raise Stale
    return phase
