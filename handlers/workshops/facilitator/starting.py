"""Starting a phase, for all of one's groups, a theme or one of them: who is missing, then the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from bot.clock import from_micros, to_micros
from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.texts import Listing, Moment, Name, Span, Strong, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import FACILITATOR, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, note
from bot.delivery import outbox
from handlers.groups.store import absent_on, people_with_theme, platforms_reached_in_round
from handlers.navigation.actions import HOME
from handlers.navigation.changes import inverses
from handlers.navigation.layout import if_over
from handlers.workshops import store
from handlers.workshops.actions import ReadyPhase, RunPhases
from handlers.workshops.facilitator import scopes
from handlers.workshops.facilitator.changing import PANEL, RUN, ManagePhase, change_of, manage, state_of, stays_as_it_is
from handlers.workshops.facilitator.scopes import GroupsScope
from handlers.workshops.messages import phase_title
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.service import phases
from handlers.workshops.service.facilitators import groups_run_by

routes = Routes()

_MOST_NAMED = 8
_FEW = 2
_MOST_IN_SIGHT = 5
"""Options beside which the button that starts is still seen on a phone; more are a list of their own."""
_GOOD_FOR = timedelta(minutes=10)
"""How old a list of those missing may be: an older button shows it anew instead of starting."""
_SECOND = timedelta(seconds=1)


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
class TakeBackStart(Action):
    """Undo a start."""

    code: ClassVar[str] = "wro"
    phase: str
    scope: str


@dataclass(frozen=True, slots=True)
class ListScopes(Action):
    """See the themes and groups among which to choose, for a phase («» for whichever they are in)."""

    code: ClassVar[str] = "wrl"
    phase: str


@dataclass(frozen=True, slots=True)
class RunScope(Action):
    """Run the phase of a theme or a group."""

    code: ClassVar[str] = "wrt"
    scope: str


@dataclass(frozen=True, slots=True)
class PickGroup(Action):
    """Run the phase of a theme or a group that is chosen from the list."""

    code: ClassVar[str] = "wrg"


# --- what runs, and what can be started


@routes.command(
    "animer",
    _("Run the workshops"),
    names={"en": "facilitate", "de": "moderieren"},
    who=FACILITATOR,
    said=_("facilitate, run the workshops, start a phase"),
    listed=4,
)
async def run_workshops(request: Request) -> Reply:
    """What one's groups are in, and every phase to start."""
    mine = await groups_run_by(request.tx, request.participant, request.today)
    method = await store.all_phases(request.tx)
    if not mine or not method:
        said = _("No group of the day is yours to run. The team decides that: /equipe.")
        if not method:
            said = _("There are no phases: they are described in the settings of this gathering.")
        elif request.participant.organises:
            said = _("The groups are not published yet.")
        return reply(said, buttons=(PANEL, HOME))
    scope = await scopes.find(request, scopes.of_group(mine[0].id) if len(mine) == 1 else scopes.ALL)
    if len(mine) == 1:
        return await _one(request, scope, method, *if_over(request))
    lines: list[Span] = [*if_over(request), _("What do you want to run, for {whom}?", whom=scope.whom)]
    under_way: list[Button] = []
    for phase in method:
        if runs := scope.under_way(phase.key):
            title = phase_title(phase)
            lines.append(
                _n("{phase} runs in {count} group.", "{phase} runs in {count} groups.", len(runs), phase=title)
            )
            under_way.append(Button(_("Manage: {phase}", phase=title), ManagePhase(phase.key, scope.word)))
    return reply(*lines, buttons=(*under_way, *_starts(scope, method), _among(""), PANEL, HOME))


def _among(phase: str) -> Button:
    """The way to all themes and groups: a list too long to stand beside what is pressed most."""
    return Button(_("A theme or a group"), ListScopes(phase))


@routes.action(ListScopes, who=FACILITATOR)
async def list_scopes(request: Request, action: ListScopes) -> Reply:
    """Every theme and group, as one choice."""
    options = await scopes.options(request)
    if not options:
        raise Stale
    if not action.phase:
        return reply(_("For whom?"), choice=Choice(PickGroup(), tuple(options[1:])), buttons=(RUN,))
    phase = await _phase(request, action.phase)
    back = Button(_("Back"), ReadyPhase(phase.key, scopes.ALL))
    return reply(
        _("{phase}: for whom?", phase=Strong(phase_title(phase))),
        choice=Choice(ChooseScope(phase.key), tuple(options)),
        buttons=(back,),
    )


@routes.choice(PickGroup, who=FACILITATOR, rides=False)
async def pick_group(request: Request, _action: PickGroup, values: tuple[str, ...]) -> Reply:
    """A theme or one group, from the list."""
    if len(values) != 1:
        raise Stale
    return await _one(request, await scopes.find(request, values[0]), await store.all_phases(request.tx))


@routes.action(RunScope, who=FACILITATOR)
async def run_scope(request: Request, action: RunScope) -> Reply:
    """The phase of a theme or a group, or which to start."""
    return await _one(request, await scopes.find(request, action.scope), await store.all_phases(request.tx))


@routes.action(RunPhases, who=FACILITATOR)
async def run_phases(request: Request, action: RunPhases) -> Reply:
    """One group: its phase, or which to start."""
    scope = await scopes.find(request, scopes.of_group(action.group))
    return await _one(request, scope, await store.all_phases(request.tx))


async def _one(request: Request, scope: GroupsScope, method: Sequence[Phase], *said: Span) -> Reply:
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


def _starts(scope: GroupsScope, method: Sequence[Phase]) -> tuple[Button, ...]:
    """Every phase that could begin in some group; the first that some have not had stands out, those had are marked."""
    following = scope.following(method)
    return tuple(
        Button(
            _("✓ Again: {phase}", phase=phase_title(phase))
            if scope.had(phase.key)
            else _("Start: {phase}", phase=phase_title(phase)),
            ReadyPhase(phase.key, scope.word),
            style="primary" if phase == following else "plain",
        )
        for phase in method
        if scope.idle
    )


async def ready_next(request: Request, word: str) -> Reply:
    """Who is missing before the next phase of a scope starts; where none is next, how its groups stand."""
    scope, method = await scopes.find(request, word), await store.all_phases(request.tx)
    phase = scope.following(method)
    return await _one(request, scope, method) if phase is None else await _ready(request, phase, scope, asks=False)


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


async def _ready(request: Request, phase: Phase, scope: GroupsScope, *said: Span, asks: bool = True) -> Reply:
    """Who is missing before a phase starts for a scope; `asks` whether it is for others, where there are any."""
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
        again = scope.had(phase.key)
        counted = (
            _n("Start again in {count} group", "Start again in {count} groups", len(waiting))
            if again
            else _n("Start in {count} group", "Start in {count} groups", len(waiting))
        )
        start = (Button(counted, action, style="primary", unsent=_("Start")),)
    options = await scopes.options(request)
    choice = None
    offered = _in_sight(options, scope) if asks else ()
    if len(options) > _FEW:  # one group needs no choice
        choice = Choice(ChooseScope(phase.key), offered, (scope.word,), placeholder=_("For whom?")) if offered else None
        start += (_among(phase.key),) if len(offered) < len(options) else ()
    others = RUN if scope.word == scopes.ALL else Button(_("Other phases"), RunScope(scope.word))
    return reply(*lines, buttons=(*start, others), choice=choice)


def _in_sight(options: Sequence[Option], scope: GroupsScope) -> tuple[Option, ...]:
    """What can be chosen beside the start without hiding it: all, or everyone and the themes, with what is chosen."""
    if len(options) <= _MOST_IN_SIGHT:
        return tuple(options)
    few = [option for option in options if option.value == scope.word or not option.value.startswith("g_")]
    return tuple(few) if 1 < len(few) <= _MOST_IN_SIGHT else ()


def _left_out(scope: GroupsScope, phase: Phase, waiting: Sequence[object]) -> Sequence[Span]:
    """Groups for whom it would not begin."""
    same = len(scope.under_way(phase.key))
    other = len(scope.open) - same
    had = len(scope.groups) - len(scope.open) - len(waiting)
    lines: list[Span] = []
    if same:
        lines.append(_n("It runs in {count} group already.", "It runs in {count} groups already.", same))
    if other:
        lines.append(_n("{count} group is in another phase.", "{count} groups are in another phase.", other))
    if scope.had(phase.key) and waiting:
        lines.append(_("They have had this phase already: it starts once more, what was given stays."))
    elif had:
        lines.append(
            _n("{count} group has had this phase already.", "{count} groups have had this phase already.", had)
        )
    return lines


async def _missing(request: Request, scope: GroupsScope, group_ids: Sequence[int]) -> Sequence[Span]:
    """Who of these groups was marked absent today, has not registered, or gets no messages."""
    round_number = scope.groups[0].round
    today = request.today.isoformat()
    absent = await absent_on(request.tx, today)
    reached = await platforms_reached_in_round(request.tx, round_number)
    people = [person for person in await people_with_theme(request.tx, round_number) if person.group_id in group_ids]
    away = [person.name for person in people if person.id in absent]
    unregistered = [person.name for person in people if person.id not in absent and not person.joined]
    reading = await outbox.members_told_in_threads(request.tx, group_ids)
    unreached = [
        person.name
        for person in people
        if person.id not in absent | reading and person.joined and reached.get(person.id) is None
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
    started = await phases.start_phase(request.tx, request.settings, phase, wanted, request.now, request.participant.id)
    said = _started(scope, phase, started, await store.all_phases(request.tx))
    undo = await _note_start(request, phase, scope, started)
    after = await scopes.find(request, action.scope)
    if after.under_way(phase.key):
        return await manage(request, phase.key, after, *said, undo=undo)
    return reply(*said, buttons=(RUN, PANEL))


async def _note_start(
    request: Request, phase: Phase, scope: GroupsScope, started: phases.Started
) -> tuple[Button, ...]:
    """Write a start down; the button that takes it back."""
    if not started.beginnings:
        return ()
    count = len(started.beginnings)
    whom = scope.whom if count == len(scope.groups) else _n("{count} group", "{count} groups", count)
    said = _("Started: {phase}, {whom}", phase=phase_title(phase), whom=whom)
    begun = [
        [beginning.run.id, state_of(beginning.run), _earlier(beginning.before), list(beginning.told)]
        for beginning in started.beginnings
    ]
    inverse = TakeBackStart(phase.key, scope.word)
    return (await note(request, change_of(phase, scope), said, inverse, {"runs": begun}),)


@inverses.declare(TakeBackStart, who=FACILITATOR)
async def take_back_start(request: Request, action: TakeBackStart, values: Values) -> Undone:
    """The groups whose phase is as it began are between phases again, and whoever was told of it reads so."""
    scope = await scopes.find(request, action.scope)
    inside = {group.id for group in scope.groups}
    undone = 0
    for run_id, as_begun, earlier, told in values["runs"]:
        run = await store.find_run(request.tx, run_id)
        if run is None or run.group_id not in inside or state_of(run) != as_begun:
            continue
        beginning = phases.Beginning(run, _before(run, earlier), told)
        undone += await phases.call_off_start(request.tx, beginning, request.now)
    if not undone:
        raise changed_since()
    again = Button(_("Start a phase"), ReadyPhase(action.phase, action.scope), style="primary")
    return Undone(stays_as_it_is(len(values["runs"]) - undone), (again,))


def _earlier(before: PhaseRun | None) -> list[int | None] | None:
    """How a phase had ended, as JSON."""
    if before is None or before.ended_at is None:
        return None
    revealed = None if before.revealed_at is None else to_micros(before.revealed_at)
    return [to_micros(before.started_at), to_micros(before.ended_at), revealed]


def _before(run: PhaseRun, earlier: list[int | None] | None) -> PhaseRun | None:
    if earlier is None:
        return None
    started, ended, revealed = (None if each is None else from_micros(each) for each in earlier)
    assert started is not None
    return replace(
        run, state="ended", started_at=started, ends_at=None, remaining=None, revealed_at=revealed, ended_at=ended
    )


def _started(scope: GroupsScope, phase: Phase, started: phases.Started, method: Sequence[Phase]) -> Sequence[Span]:
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
    phase = await store.find_phase(request.tx, key)
    if phase is None:
        raise Stale
    return phase
