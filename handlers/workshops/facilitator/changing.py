"""The screen on which a facilitator manages an open phase: five minutes more, a break, revealing, the end.

Each change can be undone for ten minutes. A button has a digest of the state that was shown. If the state has changed
since, the press does nothing, so that two presses have one effect. A scope is a choice of groups (see `scopes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.clock import instant_or_none, micros_or_none
from bot.content.actions import Action
from bot.content.errors import Stale, existing
from bot.content.texts import Joined, Moment, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import FACILITATOR, Go, LookAgain, Request, Routes, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since, record_change
from handlers.groups.store.members import members_of
from handlers.navigation.changes import inverses
from handlers.workshops.actions import NudgeSilent, ReadyPhase, ShowPanel, ShowWall
from handlers.workshops.facilitator import scopes
from handlers.workshops.facilitator.scopes import GroupsScope
from handlers.workshops.messages import phase_title, time_left
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.service import phases
from handlers.workshops.service.phases import Before
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store import ideas
from handlers.workshops.store.phases import all_phases, find_phase
from handlers.workshops.store.runs import find_run

routes = Routes()

RUN = Button(_("Other phases"), Go("animer"))
"""The button from one phase to the list of all phases."""
PANEL = Button(_("My panel"), ShowPanel())
"""The button that opens a new panel."""
_MORE = 5
"""How many minutes one press adds to a phase."""
_SOON = timedelta(minutes=5)
"""How long before the end of a phase whose ideas are revealed closing it is the next step."""
_CLOSES = ("c", "C")
"""The letters of the changes that close a phase: «c», and «C», which closes it even if nobody could vote."""


@routes.press("wrm", who=FACILITATOR)
async def manage_phase(
    request: Request, key: str, scope_word: str, *lines: Span, undo: tuple[Button, ...] = ()
) -> Reply:
    """Show a facilitator an open phase in some groups, with buttons to change it.

    `key` is the key of the phase. `scope_word` stands for the groups: «a» for all that the person runs, «t_KEY» for a
    theme's groups, «g_ID» for one. The screen begins with `lines` about what was just done. If there are `undo`
    buttons, these lines name the phase already, so the screen has no heading. If the phase is open in none of the
    groups, the screen says so.
    """
    phase, scope = await find_phase(request.tx, key), await scopes.find_scope(request, scope_word)
    if phase is None:
        raise Stale
    runs = scope.under_way(key)
    if not runs:
        over = _("{phase} is not open in any of these groups.", phase=Strong(phase_title(phase)))
        buttons = (*await _start_next_button(request, scope, phase), *undo, RUN, PANEL)
        return reply(*lines, *(() if undo else (over,)), buttons=buttons)
    # L10N: the heading of a screen: {whom} is a group, a theme with its groups, or a number of groups
    heading = _("{phase}: {whom}", phase=Strong(phase_title(phase)), whom=await _whom(scope, runs))
    votes = await _turnout(request, scope, runs)
    state = (*_end_lines(runs), *await _idea_lines(request, scope, runs), *_turnout_line(votes))
    near = all(run.ends_at is not None and run.ends_at - request.now <= _SOON for run in runs)
    first, *others = _change_buttons(
        phase,
        scope,
        runs,
        has_ideas=await _count_unrevealed(request, runs) > 0,
        closes=near or (votes is not None and votes[0] >= votes[1]),
    )
    buttons = (first, *undo, *others, RUN)
    return reply(*lines, *(() if undo else (heading,)), *state, buttons=buttons, again=manage_phase.to(key, scope_word))


async def _start_next_button(request: Request, scope: GroupsScope, over: Phase) -> tuple[Button, ...]:
    """Return the button that starts the phase after the one that is `over`, else the first that a group has not had.

    There is none where no phase is left.
    """
    method = await all_phases(request.tx)
    following = scope.following([phase for phase in method if phase.position > over.position])
    following = following or scope.following(method)
    if following is None:
        return ()
    start = ReadyPhase(following.key, scope.word)
    # L10N: a button, a verb: start a phase of the workshop
    return (Button(_("Start: {phase}", phase=phase_title(following)), start, style="primary"),)


async def _whom(scope: GroupsScope, runs: Sequence[PhaseRun]) -> Span:
    """Return the words for the groups of some runs."""
    if len(runs) == len(scope.groups):
        return scope.whom
    return _n("{count} group", "{count} groups", len(runs))


def _end_lines(runs: Sequence[PhaseRun]) -> Sequence[Span]:
    """Return lines that say when runs end and how many are paused."""
    if len({(run.ends_at, run.remaining) for run in runs}) == 1:
        return [time_left(runs[0])]
    ends = sorted(run.ends_at for run in runs if run.ends_at)
    lines: list[Span] = []
    if ends:
        first, last = Moment(ends[0], "time"), Moment(ends[-1], "time")
        lines.append(_("They end between {first} and {last}.", first=first, last=last))
    if paused := len(runs) - len(ends):
        lines.append(_n("{count} group is on a break.", "{count} groups are on a break.", paused))
    return lines


async def _idea_lines(request: Request, scope: GroupsScope, runs: Sequence[PhaseRun]) -> Sequence[Span]:
    """Return a line about the ideas of a single group; none for several groups, which the panel shows."""
    if len(scope.groups) > 1:
        return []
    collected = await ideas.collected(request.tx, runs[0])
    members = await members_of(request.tx, scope.groups[0])
    idea_count = _n("{count} idea so far.", "{count} ideas so far.", collected.ideas)
    spoken = _("{spoken} of {members} people have spoken.", spoken=collected.people, members=len(members))
    return [Joined((idea_count, " ", spoken))]


async def _turnout(request: Request, scope: GroupsScope, runs: Sequence[PhaseRun]) -> tuple[int, int] | None:
    """Return how many members of groups in the phase have voted, and how many there are; None if they cannot vote."""
    if not request.settings.of(WorkshopSettings).votes or not all(run.revealed for run in runs):
        return None
    person, within = request.participant, {run.group_id for run in runs}
    everything = await phases.standings(request.tx, scope.groups[0].round, person.id, everything=person.organises)
    groups = [each for each in everything if each.group.id in within and each.ideas]
    return (sum(each.voted for each in groups), sum(each.members for each in groups)) if groups else None


def _turnout_line(votes: tuple[int, int] | None) -> tuple[Span, ...]:
    if votes is None:
        return ()
    voted, members = votes
    if not voted:
        return (_("Nobody has voted yet."),)
    return (
        _n("{count} of {members} people has voted.", "{count} of {members} people have voted.", voted, members=members),
    )


def _change_buttons(
    phase: Phase, scope: GroupsScope, runs: Sequence[PhaseRun], *, has_ideas: bool, closes: bool
) -> Sequence[Button]:
    """Return the buttons that change open runs, the most likely one first and primary.

    That is going on after a break; else, once ideas are revealed, the end if the phase nearly `closes`, as there is
    little time or everybody has voted; else, when there are ideas, revealing them; else the panel.
    """
    states = {run.state for run in runs}
    revealed = all(run.revealed for run in runs)

    def change(what: str, label: Text, *, danger: bool = False) -> Button:
        return Button(label, _change(what, phase, scope, runs), style="danger" if danger else "plain")

    # L10N: a button: end the break, so that the clock of the phase runs again
    go_on = change("g", _("Go on"))
    reveal = change("r", _("Reveal the ideas"))
    close = replace(change("c", _("Close the phase"), danger=True), stays="at first")
    buttons = [
        *((go_on,) if "paused" in states else ()),
        *(() if revealed else (reveal,)),
        # L10N: a button: the phase ends five minutes later
        change("m", _("+5 min")),
        # L10N: a button: stop the clock of the phase for a while
        *((change("p", _("Break")),) if "running" in states else ()),
        close,
        PANEL,
    ]
    if len(scope.groups) == 1:
        buttons.append(Button(_("The wall"), ShowWall(runs[0].id)))
        buttons.append(Button(_("Invite quiet people to speak"), NudgeSilent(runs[0].group_id)))
    step = close if revealed and closes else reveal if has_ideas else PANEL
    following = step if "running" in states else go_on
    return (replace(following, style="primary"), *(button for button in buttons if button is not following))


# --- changes


def _change(what: str, phase: Phase, scope: GroupsScope, runs: Sequence[PhaseRun]) -> Action:
    return change_phase.seeing(*_states(runs)).to(what, phase.key, scope.word)


async def _now(request: Request, _what: str, phase_key: str, scope_key: str) -> StoredVersion:
    scope = await scopes.find_scope(request, scope_key)
    return StoredVersion(
        _states(scope.under_way(phase_key)),
        LookAgain(
            manage_phase.to(phase_key, scope_key),
            said=_("This has changed in the meantime, so I did nothing more. Here is how it is now."),
        ),
    )


@routes.press("wrx", who=FACILITATOR, unless_changed=_now)
async def change_phase(request: Request, what: str, phase_key: str, scope_key: str) -> Reply:
    """Change a phase in several groups, with a button to undo the change.

    `what` is the change: «m» for five minutes more, «p» for a break, «g» to go on, «r» to reveal the ideas, «c» for the
    end. If nobody could vote in some groups, «c» asks for confirmation first; «C» ends the phase without asking.
    `scope_key` stands for the groups: «a» for all that the person runs, «t_KEY» for a theme's groups, «g_ID» for one.
    Raises Stale if the change is possible in none of the groups.
    """
    scope = await scopes.find_scope(request, scope_key)
    phase = existing(await find_phase(request.tx, phase_key))
    runs = scope.under_way(phase.key)
    unread = await _count_unvotable(request, runs) if what in _CLOSES else 0
    if unread and what == "c":
        return await _ask_to_close(phase, scope, runs, unread)
    summary = _summary(what, phase_title(phase), await _whom(scope, runs))
    changed: list[list[Any]] = []
    for run in runs:
        before = Before.of(run, request.now)
        if (after := await _apply(request, what, run)) is not None:
            changed.append([run.id, state_of(after), _stored(before)])
    if not changed:
        raise Stale
    inverse = take_back.to(what, phase.key, scope.word)
    undo = await record_change(request, subject_of_change(phase, scope), summary, inverse, {"runs": changed})
    missed = (_("Nobody could vote, as the ideas had not been revealed."),) if unread else ()
    return await manage_phase(request, phase.key, scope.word, summary, *missed, undo=(undo,))


async def _count_unvotable(request: Request, runs: Sequence[PhaseRun]) -> int:
    """Return how many groups have ideas that nobody could vote for yet; 0 in workshops without votes."""
    return await _count_unrevealed(request, runs) if request.settings.of(WorkshopSettings).votes else 0


async def _count_unrevealed(request: Request, runs: Sequence[PhaseRun]) -> int:
    """Return how many groups have ideas that other members cannot read yet."""
    with_ideas = await ideas.groups_with_ideas(request.tx, runs[0].phase) if runs else ()
    return sum(run.group_id in with_ideas for run in runs if not run.revealed)


async def _ask_to_close(phase: Phase, scope: GroupsScope, runs: Sequence[PhaseRun], unread: int) -> Reply:
    """Ask for confirmation before a phase is closed although nobody could vote in `unread` groups."""
    return reply(
        _("{phase}: {whom}", phase=Strong(phase_title(phase)), whom=await _whom(scope, runs)),
        _n(
            "The ideas of {count} group are not revealed: nobody could vote. Close it all the same?",
            "The ideas of {count} groups are not revealed: nobody there could vote. Close it all the same?",
            unread,
        ),
        buttons=(
            Button(_("Reveal the ideas"), _change("r", phase, scope, runs), style="primary"),
            Button(_("Close all the same"), _change("C", phase, scope, runs), style="danger"),
            Button(_("Back to the phase"), manage_phase.to(phase.key, scope.word)),
        ),
    )


@inverses.declare("wru", who=FACILITATOR)
async def take_back(request: Request, values: Values, what: str, phase: str, scope_key: str) -> Undone:
    """Undo a facilitator's change of a phase, except in groups that were changed again since.

    `values` holds three things for each group: the id of its run, the state after the change, and the state before.
    `what` is the kind of change, and `scope_key` stands for the groups. The result says in how many groups nothing was
    undone. Raises UserError if nothing was undone in any group.
    """
    scope = await scopes.find_scope(request, scope_key)
    inside = {group.id for group in scope.groups}
    undone = []
    for run_id, after, before in values["runs"]:
        run = await find_run(request.tx, run_id)
        if run is None or run.group_id not in inside or state_of(run) != after:
            continue
        if await _revert(request, what, run, _restored(before)) is not None:
            undone.append(run)
    if not undone:
        raise changed_since()
    back = Button(_("Back to the phase"), manage_phase.to(phase, scope_key), style="primary")
    return Undone(unchanged_lines(len(values["runs"]) - len(undone)), (back,))


def unchanged_lines(groups: int) -> tuple[Span, ...]:
    """Return a line that says in how many groups a change could not be undone; () for 0."""
    if not groups:
        return ()
    return (
        _n(
            "{count} group was changed since, and stays as it is.",
            "{count} groups were changed since, and stay as they are.",
            groups,
        ),
    )


def subject_of_change(phase: Phase, scope: GroupsScope) -> str:
    """Return the subject (key) under which the journal stores changes of a phase in the groups of `scope`."""
    return f"phase:{phase.key}:{scope.word}"


async def _apply(request: Request, what: str, run: PhaseRun) -> PhaseRun | None:
    tx, now = request.tx, request.now
    match what:
        case "m":
            return await phases.extend_phase(tx, run, now, _MORE)
        case "p":
            return await phases.pause_phase(tx, run, now)
        case "g":
            return await phases.resume_phase(tx, run, now)
        case "r":
            return await phases.reveal_ideas(tx, request.settings, run, now)
        case "c" | "C":
            return await phases.end_phase(tx, run, now)
    raise Stale


async def _revert(request: Request, what: str, run: PhaseRun, before: Before) -> PhaseRun | None:
    tx, now = request.tx, request.now
    match what:
        case "m":
            return await phases.extend_phase(tx, run, now, -_MORE)
        case "p":
            return await phases.resume_phase(tx, run, now)
        case "g":
            return await phases.pause_phase(tx, run, now)
        case "r":
            return await phases.conceal_ideas(tx, request.settings, run, now)
        case "c" | "C":
            return await phases.reopen_phase(tx, request.settings, run, before, now)
    raise Stale


def _summary(what: str, phase: Span, whom: Span) -> Text:
    """Return one line about a change, for the person who makes it and for the list of changes."""
    match what:
        case "m":
            return _("Five more minutes: {phase}, {whom}", phase=phase, whom=whom)
        case "p":
            return _("On a break: {phase}, {whom}", phase=phase, whom=whom)
        case "g":
            return _("Resumed: {phase}, {whom}", phase=phase, whom=whom)
        case "r":
            return _("Ideas revealed: {phase}, {whom}", phase=phase, whom=whom)
        case "c" | "C":
            return _("Closed: {phase}, {whom}", phase=phase, whom=whom)
    raise Stale


# --- the states that buttons and undo compare and store


def state_of(run: PhaseRun) -> list[Any]:
    """Return the state of a run (one phase in one group) as a list for JSON, to notice whether it has changed.

    The list holds the state, then in microseconds the times of the end, of revealing and of closing, and the time left.
    """
    instants = (run.ends_at, run.revealed_at, run.ended_at)
    return [run.state, *(micros_or_none(at) for at in instants), _length(run.remaining)]


def _states(runs: Sequence[PhaseRun]) -> tuple[object, ...]:
    return tuple((run.id, *state_of(run)) for run in sorted(runs, key=lambda run: run.id))


def _stored(before: Before) -> list[Any]:
    return [_length(before.remaining), before.paused, micros_or_none(before.revealed_at)]


def _restored(stored: list[Any]) -> Before:
    remaining, paused, revealed_at = stored
    return Before(remaining * _MICROSECOND, paused, instant_or_none(revealed_at))


_MICROSECOND = timedelta(microseconds=1)


def _length(length: timedelta | None) -> int | None:
    return None if length is None else length // _MICROSECOND
