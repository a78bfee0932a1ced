"""The screens on which a facilitator starts a phase: choose phase and groups, see who is missing, then start.

A scope is a choice of groups, in buttons a word (see `scopes`). A group is between phases while it is in none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.clock import from_micros, to_micros
from bot.content.actions import Action
from bot.content.errors import Stale, existing
from bot.content.texts import Listing, Moment, Span, Strong, _, _n
from bot.content.views import Button, ButtonStyle, Choice, Option, Reply, reply
from bot.conversation.routes import FACILITATOR, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.delivery import outbox
from bot.people.naming import called
from handlers.attendance.store.marks import absent_on, count_present
from handlers.groups.model import Member
from handlers.groups.store.members import people_with_theme
from handlers.groups.store.reach import platforms_reached_in_round
from handlers.navigation.actions import HOME
from handlers.navigation.changes import inverses
from handlers.navigation.layout import if_over
from handlers.workshops.actions import ReadyPhase, RunPhases
from handlers.workshops.facilitator import scopes
from handlers.workshops.facilitator.changing import (
    PANEL,
    RUN,
    manage_phase,
    state_of,
    subject_of_change,
    unchanged_lines,
)
from handlers.workshops.facilitator.scopes import GroupsScope
from handlers.workshops.messages import phase_title, result_button, wall_button
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.service import phases
from handlers.workshops.service.facilitators import groups_run_by
from handlers.workshops.store.phases import all_phases, find_phase
from handlers.workshops.store.runs import find_run

routes = Routes()

_MOST_NAMED = 8
"""How many people or groups are named before «and more»."""
_FEW = 2
"""How many scopes a facilitator may have without being offered a choice."""
_MOST_IN_SIGHT = 5
"""How many options a choice may have so that the start button stays visible on a phone.

More options get a screen of their own.
"""
_GOOD_FOR = timedelta(minutes=10)
"""How long a start button works. An older button shows the missing people again instead of starting."""
_SECOND = timedelta(seconds=1)


class StartPhase(Action, code="wrs"):
    """The button that starts a phase in some groups.

    `phase` is the key of the phase. `scope` stands for the groups (see `ReadyPhase`). `shown` is the time at which the
    button was shown, in seconds since 1970.
    """

    phase: str
    scope: str
    shown: int


# --- open phases, and phases to start


@routes.command(
    "animer",
    _("Run the workshops"),
    names={"en": "facilitate", "de": "moderieren"},
    who=FACILITATOR,
    plain_words=_("facilitate, run the workshops, start a phase"),
    for_others="phase",
    listed=4,
)
async def run_workshops(request: Request) -> Reply:
    """Show the phases that are open in the person's groups, and the phases that can be started there."""
    mine = await groups_run_by(request.tx, request.participant, request.today)
    method = await all_phases(request.tx)
    if not mine or not method:
        nothing = _("You are not running any group today. A question? Write to the team with /equipe.")
        if not method:
            nothing = _("There are no phases yet: they are added in the settings of this gathering.")
        elif request.participant.organises:
            nothing = _("The groups are not published yet.")
        return reply(nothing, buttons=(PANEL, HOME))
    scope = await scopes.find_scope(request, scopes.group_word(mine[0].id) if len(mine) == 1 else scopes.ALL)
    if len(mine) == 1:
        return await run_scope(request, scope.word, *if_over(request))
    lines: list[Span] = [*if_over(request), _("Which phase? ({whom})", whom=scope.whom)]
    under_way: list[Button] = []
    for phase in method:
        if runs := scope.under_way(phase.key):
            title = phase_title(phase)
            lines.append(
                _n(
                    "«{phase}» is running in {count} group.",
                    "«{phase}» is running in {count} groups.",
                    len(runs),
                    phase=title,
                )
            )
            under_way.append(Button(_("Manage: {phase}", phase=title), manage_phase.to(phase.key, scope.word)))
    start, again = _start_buttons(scope, method)
    return reply(*lines, buttons=(*under_way, *start, _list_button(""), PANEL, *again))


def _list_button(phase: str) -> Button:
    """Return the button to the list of all themes and groups, which is too long for the first screen."""
    # L10N: a button: it opens a list in which a facilitator chooses for whom a phase starts
    return Button(_("A theme or a group"), list_scopes.to(phase))


@routes.press("wrl", who=FACILITATOR)
async def list_scopes(request: Request, phase_key: str) -> Reply:
    """Let the person choose a theme or a group among the ones that they run, to start a phase there.

    `phase_key` is the key of the phase. It is '' if no phase was chosen yet: then the next screen shows the phase that
    is open there, or the phases that can start. Raises Stale for a person who runs no groups now.
    """
    options = await scopes.options(request)
    if not options:
        raise Stale
    if not phase_key:
        return reply(_("For whom?"), choice=Choice(pick_group.to(), tuple(options[1:])), buttons=(RUN,))
    phase = await _phase(request, phase_key)
    back = Button(_("Back"), ReadyPhase(phase.key, scopes.ALL))
    return reply(
        _("{phase}: for whom?", phase=Strong(phase_title(phase))),
        choice=Choice(choose_scope.to(phase.key), tuple(options)),
        buttons=(back,),
    )


@routes.press("wrt", who=FACILITATOR)
async def run_scope(request: Request, word: str, *lines: Span) -> Reply:
    """Show, after `lines`, the phase that some groups are in. Unless all are in one phase, show which can start.

    `word` stands for the groups: «a» for all that the person runs, «t_KEY» for a theme's groups, «g_ID» for one.
    """
    scope, method = await scopes.find_scope(request, word), await all_phases(request.tx)
    open_phases = {run.phase for run in scope.open.values()}
    if len(open_phases) == 1:
        return await manage_phase(request, open_phases.pop(), scope.word, *lines)
    under_way = tuple(
        Button(_("Manage: {phase}", phase=phase_title(phase)), manage_phase.to(phase.key, scope.word))
        for phase in method
        if phase.key in open_phases
    )
    state = () if open_phases else (_("No phase is open. Which one starts?"),)
    start, again = _start_buttons(scope, method)
    buttons = (*under_way, *start, *_written(scope, method), RUN, PANEL, *again)
    return reply(*lines, Strong(scope.whom), *state, buttons=buttons)


def _written(scope: GroupsScope, method: Sequence[Phase]) -> tuple[Button, ...]:
    """Return the buttons to what a single group between phases wrote last, and to its ideas.

    There are none for several groups.
    """
    if len(scope.groups) > 1 or scope.open or not scope.runs:
        return ()
    run = max(scope.runs, key=lambda run: (run.started_at, run.id))
    phase = next((phase for phase in method if phase.key == run.phase), None)
    if phase is None:
        return ()
    # L10N: a facilitator's button: it opens what a group writes in its phase
    return Button(_("What they keep"), result_button(phase, run).action), wall_button(run)


pick_group = routes.pick("wrg", who=FACILITATOR, sent_with_press=False)(run_scope.handler)
"""The choice of a theme or group."""


@routes.press(RunPhases, who=FACILITATOR)
async def run_phases(request: Request, group: int) -> Reply:
    """Show the open phase of one group, or the phases that can start there."""
    return await run_scope(request, scopes.group_word(group))


def _start_buttons(scope: GroupsScope, method: Sequence[Phase]) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """Return a button for every phase that some group has not had, the first one primary, and for those all have had.

    There are none where no group is between phases.
    """
    following = scope.following(method)
    start: list[Button] = []
    again: list[Button] = []
    for phase in method if scope.idle else ():
        title, action = phase_title(phase), ReadyPhase(phase.key, scope.word)
        if scope.had(phase.key):
            # L10N: a button: start a phase once more, which all these groups have had already
            again.append(Button(_("✓ Again: {phase}", phase=title), action))
        else:
            style: ButtonStyle = "primary" if phase == following else "plain"
            start.append(Button(_("Start: {phase}", phase=title), action, style=style))
    return tuple(start), tuple(again)


# --- missing people, and the start


@routes.press(ReadyPhase, who=FACILITATOR)
async def ready(request: Request, key: str, word: str, *notes: Span, offers_others: bool = True) -> Reply:
    """Show who is missing in some groups before a phase starts there, with a button to start it.

    The screen begins with `notes`. `key` is the key of the phase. `word` stands for the groups: «a» for all that the
    person runs, «t_KEY» for a theme's groups, «g_ID» for one. Groups that are in a phase already are counted in a line
    and left out. With `offers_others`, the person can choose other groups on the screen.
    """
    phase, scope = await _phase(request, key), await scopes.find_scope(request, word)
    waiting = scope.to_start(phase.key)
    heading = _n(
        "{phase}: {count} minute, for {whom}",
        "{phase}: {count} minutes, for {whom}",
        phase.minutes,
        phase=Strong(phase_title(phase)),
        whom=scope.whom,
    )
    lines: list[Span] = [*notes, heading, *_left_out(scope, phase, waiting)]
    start: tuple[Button, ...] = ()
    if waiting:
        lines += await _missing_lines(request, scope, [group.id for group in waiting])
        action = StartPhase(phase.key, scope.word, int(request.now.timestamp()))
        label = (
            _n("Start again in {count} group", "Start again in {count} groups", len(waiting))
            if scope.had(phase.key)
            else _n("Start in {count} group", "Start in {count} groups", len(waiting))
        )
        # L10N: a button, a verb: start a phase of the workshops
        start = (Button(label, action, style="primary", unsent=_("Start")),)
    options = await scopes.options(request)
    choice = None
    offered = _options_in_sight(options, scope) if offers_others else ()
    if len(options) > _FEW:  # one group needs no choice
        # L10N: the title of a choice: for which groups a phase starts
        choice = (
            Choice(choose_scope.to(phase.key), offered, (scope.word,), placeholder=_("For whom?")) if offered else None
        )
        start += (_list_button(phase.key),) if len(offered) < len(options) else ()
    others = RUN if scope.word == scopes.ALL else Button(_("Other phases"), run_scope.to(scope.word))
    return reply(*lines, buttons=(*start, others), choice=choice)


@routes.pick("wrc", who=FACILITATOR)
async def choose_scope(request: Request, scope: str, phase: str) -> Reply:
    """Show who is missing in the chosen groups before a phase (a key) starts there.

    `scope` stands for the groups: «a» for all that the person runs, «t_KEY» for a theme's groups, «g_ID» for one.
    """
    return await ready(request, phase, scope)


def _options_in_sight(options: Sequence[Option], scope: GroupsScope) -> tuple[Option, ...]:
    """Return the options that leave the start button visible: all of them if they are few, else those without groups.

    The option of the present scope is always among them. There are none where even these are too many.
    """
    if len(options) <= _MOST_IN_SIGHT:
        return tuple(options)
    few = [option for option in options if option.value == scope.word or not option.value.startswith("g_")]
    return tuple(few) if 1 < len(few) <= _MOST_IN_SIGHT else ()


def _left_out(scope: GroupsScope, phase: Phase, waiting: Sequence[object]) -> Sequence[Span]:
    """Return lines about the groups in which the phase would not begin, or would begin once more."""
    same = len(scope.under_way(phase.key))
    other = len(scope.open) - same
    had = len(scope.groups) - len(scope.open) - len(waiting)
    lines: list[Span] = []
    if same:
        lines.append(_n("It is already running in {count} group.", "It is already running in {count} groups.", same))
    if other:
        lines.append(_n("{count} group is in another phase.", "{count} groups are in another phase.", other))
    if scope.had(phase.key) and waiting:
        lines.append(_("They have already had this phase: it starts again, and what they wrote is kept."))
    elif had:
        lines.append(
            _n("{count} group has already had this phase.", "{count} groups have already had this phase.", had)
        )
    return lines


async def _missing_lines(request: Request, scope: GroupsScope, group_ids: Sequence[int]) -> Sequence[Span]:
    """Return lines with the members of groups who are absent today, have not registered, or get no messages.

    Without any, one line says so, or that nobody has taken attendance.
    """
    round_number = scope.groups[0].round
    today = request.today.isoformat()
    absent = await absent_on(request.tx, today)
    reached = await platforms_reached_in_round(request.tx, round_number)
    people = [person for person in await people_with_theme(request.tx, round_number) if person.group_id in group_ids]
    away = [person for person in people if person.id in absent]
    unregistered = [person for person in people if person.id not in absent and not person.joined]
    reading = await outbox.members_told_in_threads(request.tx, group_ids)
    unreached = [
        person
        for person in people
        if person.id not in absent | reading and person.joined and reached.get(person.id) is None
    ]
    lines: list[Span] = []
    if away:
        lines.append(_("Absent today: {names}", names=_list_names(away)))
    if unregistered:
        lines.append(_("Not registered here yet: {names}", names=_list_names(unregistered)))
    if unreached:
        lines.append(_("I cannot reach {names}", names=_list_names(unreached)))
    if lines:
        return lines
    checked = absent or await count_present(request.tx, today)
    return [_("Nobody is marked absent.") if checked else _("Attendance has not been taken yet.")]


def _list_names(people: Sequence[Member]) -> Listing:
    shown: list[Span] = [called(person) for person in people[:_MOST_NAMED]]
    more = len(people) - len(shown)
    return Listing((*shown, _n("{count} more", "{count} more", more)) if more else tuple(shown))


@routes.press(StartPhase, who=FACILITATOR)
async def start(request: Request, phase_key: str, scope_key: str, shown: int) -> Reply:
    """Start a phase, and show in which groups it began, was open already, or is blocked by another phase.

    `scope_key` stands for the groups: «a» for all that the person runs, «t_KEY» for a theme's groups, «g_ID» for one.
    `shown` is when the button was shown, in seconds since 1970. If that was more than ten minutes ago, nothing starts,
    and the screen with the missing people is shown again.
    """
    phase = await _phase(request, phase_key)
    scope = await scopes.find_scope(request, scope_key)
    if request.now.timestamp() - shown > _GOOD_FOR / _SECOND:
        return await ready(request, phase.key, scope.word, _("This button is old. Is that still right?"))
    begins = {group.id for group in scope.to_start(phase.key)}
    wanted = [group.id for group in scope.groups if group.id in begins or group.id in scope.open]
    started = await phases.start_phase(request.tx, request.settings, phase, wanted, request.now, request.participant.id)
    lines = _started_lines(scope, phase, started, await all_phases(request.tx))
    undo = await _note_start(request, phase, scope, started)
    after = await scopes.find_scope(request, scope_key)
    if after.under_way(phase.key):
        return await manage_phase(request, phase.key, after.word, *lines, undo=undo)
    return reply(*lines, buttons=(RUN, PANEL))


async def _note_start(
    request: Request, phase: Phase, scope: GroupsScope, started: phases.Started
) -> tuple[Button, ...]:
    """Store a start in the list of changes, and return the button that undoes it; no button where no phase began."""
    if not started.beginnings:
        return ()
    count = len(started.beginnings)
    whom = scope.whom if count == len(scope.groups) else _n("{count} group", "{count} groups", count)
    summary = _("Started: {phase}, {whom}", phase=phase_title(phase), whom=whom)
    begun = [
        [beginning.run.id, state_of(beginning.run), _stored_end(beginning.before), list(beginning.deliveries)]
        for beginning in started.beginnings
    ]
    inverse = take_back_start.to(phase.key, scope.word)
    return (await record_change(request, subject_of_change(phase, scope), summary, inverse, {"runs": begun}),)


@inverses.declare("wro", who=FACILITATOR)
async def take_back_start(request: Request, values: Values, phase: str, scope_key: str) -> Undone:
    """Undo the start of a phase in the groups that were not changed since, and replace the messages that announced it.

    `values` holds the runs as they began, and `scope_key` stands for the groups. Raises UserError if every group was
    changed since.
    """
    scope = await scopes.find_scope(request, scope_key)
    inside = {group.id for group in scope.groups}
    undone = 0
    for run_id, as_begun, stored_end, deliveries in values["runs"]:
        run = await find_run(request.tx, run_id)
        if run is None or run.group_id not in inside or state_of(run) != as_begun:
            continue
        beginning = phases.Beginning(run, _restored_end(run, stored_end), deliveries)
        undone += await phases.call_off_start(request.tx, beginning, request.now)
    if not undone:
        raise changed_since()
    again = Button(_("Start a phase"), ReadyPhase(phase, scope_key), style="primary")
    return Undone(unchanged_lines(len(values["runs"]) - undone), (again,))


def _stored_end(before: PhaseRun | None) -> list[int | None] | None:
    """Return when an ended run began, ended and was revealed, in microseconds, as JSON; None for no ended run."""
    if before is None or before.ended_at is None:
        return None
    revealed = None if before.revealed_at is None else to_micros(before.revealed_at)
    return [to_micros(before.started_at), to_micros(before.ended_at), revealed]


def _restored_end(run: PhaseRun, stored_end: list[int | None] | None) -> PhaseRun | None:
    if stored_end is None:
        return None
    started, ended, revealed = (None if micros is None else from_micros(micros) for micros in stored_end)
    assert started is not None
    return replace(
        run, state="ended", started_at=started, ends_at=None, remaining=None, revealed_at=revealed, ended_at=ended
    )


def _started_lines(
    scope: GroupsScope, phase: Phase, started: phases.Started, method: Sequence[Phase]
) -> Sequence[Span]:
    """Return lines that say in which groups a phase began, was running already, or is blocked by another phase."""
    lines: list[Span] = []
    title = phase_title(phase)
    if started.begun:
        begun = len(started.begun)
        lines.append(
            _n("«{phase}» has begun in {count} group.", "«{phase}» has begun in {count} groups.", begun, phase=title)
        )
    if started.already:
        since = min(scope.open[group].started_at for group in started.already)
        lines.append(
            _n(
                "«{phase}» has been running in {count} group since {time}.",
                "«{phase}» has been running in {count} groups since {time}.",
                len(started.already),
                phase=title,
                time=Moment(since, "time"),
            )
        )
    titles = {phase.key: phase_title(phase) for phase in method}
    for group_id in started.busy[:_MOST_NAMED]:
        run = scope.open[group_id]
        values = {"group": scope.titles[group_id], "phase": titles[run.phase]}
        if run.ends_at is None:
            lines.append(_("{group} is on a break in another phase: {phase}. Close that one first.", **values))
        else:
            until = Moment(run.ends_at, "time")
            lines.append(
                _("{group} is in another phase until {time}: {phase}. Close that one first.", time=until, **values)
            )
    if (more := len(started.busy) - _MOST_NAMED) > 0:
        lines.append(_n("and {count} more", "and {count} more", more))
    return lines


async def _phase(request: Request, key: str) -> Phase:
    return existing(await find_phase(request.tx, key))
