"""Starts, changes and ends phases in groups. Almost every change notifies the group and updates facilitators' panels.

A run (`PhaseRun`) is a phase as one group lives it. It is open, running or paused, until it has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from bot.config.settings import Settings
from bot.content.actions import Go
from bot.content.texts import Span, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import message_updates, outbox
from bot.people import audience_store, facilitator_store
from bot.people.audiences import Audience
from handlers.workshops import hooks, messages
from handlers.workshops.actions import Vote
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store import changes, due, ideas, panel, phases, sessions, silence
from handlers.workshops.store.panel import GroupProgress
from handlers.workshops.store.runs import latest_run_of_person, open_run_of, run_of_group, runs_of_group


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of a phase in a group, with what is needed to undo it.

    `before` is the group's earlier, ended run of the same phase, None if it had not had the phase. `deliveries` are the
    ids of the notices that were sent.
    """

    run: PhaseRun
    before: PhaseRun | None
    deliveries: Sequence[int]


@dataclass(frozen=True, slots=True)
class Started:
    """The result of starting a phase in groups. All numbers are ids of groups.

    `begun`: the phase began. `already`: the phase was open before. `busy`: another phase is open, so that nothing
    began. `beginnings` has one entry for each group in `begun`.
    """

    begun: Sequence[int] = ()
    already: Sequence[int] = ()
    busy: Sequence[int] = ()
    beginnings: Sequence[Beginning] = ()


async def start_phase(
    tx: Transaction, settings: Settings, phase: Phase, group_ids: Iterable[int], now: datetime, by: int | None
) -> Started:
    """Begin a phase in groups, again in groups that had ended it, and notify their members.

    Groups that are in a phase already are left out; the result names them. `by` is the id of the facilitator, None for
    nobody. If a member's group of an earlier round (day) is still in a break, its phase ends without a notice.
    """
    wanted = list(group_ids)
    workshop = settings.of(WorkshopSettings)
    before = {group_id: await run_of_group(tx, group_id, phase.key) for group_id in wanted}
    runs = await changes.begin_runs(
        tx,
        phase.key,
        wanted,
        now,
        timedelta(minutes=phase.minutes),
        warning=timedelta(minutes=workshop.warning),
        warned_beyond=timedelta(minutes=workshop.warning_from),
        by=by,
        revealed=workshop.reveal == "at_once",
    )
    beginnings = []
    for run in runs:
        await changes.end_breaks_before(tx, run.group_id, now)
        starting_point = await hooks.starting_point(tx, run.group_id, phase)
        view = messages.begin_view(phase, run, starting_point, await _take_over_end(tx, run))
        deliveries = await _notify(tx, run, "asks", view, now)
        beginnings.append(Beginning(run, before[run.group_id], deliveries))
    begun = {run.group_id for run in runs}
    already: list[int] = []
    busy: list[int] = []
    for group_id in wanted:
        if group_id in begun or (open_run := await open_run_of(tx, group_id)) is None:
            continue
        (already if open_run.phase == phase.key else busy).append(group_id)
    return Started([run.group_id for run in runs], already, busy, beginnings)


async def _take_over_end(tx: Transaction, run: PhaseRun) -> Sequence[Span]:
    """Return lines for the message that a phase begins: that the one before ended, if its group was not told yet.

    The group is not told apart from that any more; nor that the phase itself ended, if it is the one that begins again.
    """
    await outbox.call_back(tx, _phase_subject(run, "ends"))
    earlier = await _last_ended(tx, run.group_id)
    phase = await phases.find_phase(tx, earlier.phase) if earlier else None
    if earlier and phase and await outbox.call_back(tx, _phase_subject(earlier, "ends")):
        return (messages.over_line(phase, await ideas.collected(tx, earlier)),)
    return ()


async def _last_ended(tx: Transaction, group_id: int) -> PhaseRun | None:
    return next((run for run in reversed(await runs_of_group(tx, group_id)) if not run.open), None)


async def call_off_start(tx: Transaction, beginning: Beginning, now: datetime) -> bool:
    """Undo the start of a phase and replace the notices that were sent.

    If only these notices told the group that the phase before had ended, the group is told that now. Ideas given
    meanwhile are kept for a later start. Returns False, and undoes nothing, if the run has changed since it began; True
    otherwise.
    """
    run = beginning.run
    collected = await ideas.collected(tx, run)
    phase = await phases.find_phase(tx, run.phase)
    if phase is None or not await changes.undo_begin(tx, run, beginning.before):
        return False
    await outbox.replace_messages(tx, beginning.deliveries, messages.call_off_view(phase, collected), now)
    await facilitator_store.touch_panels(tx, [run.group_id])
    earlier = await _last_ended(tx, run.group_id)
    if earlier and await outbox.last_notified_at(tx, _phase_subject(earlier, "ends")) is None:
        await _tell_end(tx, earlier, now)
    return True


async def extend_phase(tx: Transaction, run: PhaseRun, now: datetime, minutes: int) -> PhaseRun | None:
    """Move the end of an open phase by `minutes` (negative for earlier), but never before now.

    The group's messages about the phase show the new end. People are warned of the end only once, however often it is
    moved. Returns the phase's changed run; None when it has ended.
    """
    moved = await changes.move_end(tx, run.id, timedelta(minutes=minutes), now)
    if moved is not None:
        await _update_messages(tx, moved, now)
    return moved


async def pause_phase(tx: Transaction, run: PhaseRun, now: datetime) -> PhaseRun | None:
    """Stop the clock of a running phase and notify the group; members can still give ideas.

    Returns the phase's changed run; None when it is not running.
    """
    return await _notify_of_change(tx, await changes.pause_run(tx, run.id, now), now, messages.pause_view)


async def resume_phase(tx: Transaction, run: PhaseRun, now: datetime) -> PhaseRun | None:
    """Restart the clock of a paused phase and notify the group.

    Returns the phase's changed run; None when it is not paused.
    """
    return await _notify_of_change(tx, await changes.resume_run(tx, run.id, now), now, messages.resume_view)


async def reveal_ideas(tx: Transaction, settings: Settings, run: PhaseRun, now: datetime) -> PhaseRun | None:
    """Let a group read all its ideas and vote: the phase's card shows that. Returns the phase's changed run.

    Returns None when the ideas were revealed already, or the phase has ended.
    """
    revealed = await changes.reveal_run(tx, run.id, now)
    if revealed is not None and (phase := await phases.find_phase(tx, run.phase)) is not None:
        collected, votes = await ideas.collected(tx, run), settings.of(WorkshopSettings).votes
        ballot = await hooks.ballot(tx, run, votes) if votes else None
        card = messages.reveal_view(phase, revealed, collected.ideas, votes, ballot)
        await _change_card(tx, revealed, card, now)
    return revealed


async def conceal_ideas(tx: Transaction, run: PhaseRun, now: datetime) -> PhaseRun | None:
    """Undo revealing the ideas of an open phase. Returns the phase's changed run; None when it has ended."""
    concealed = await changes.conceal_run(tx, run.id)
    if concealed is not None and (phase := await phases.find_phase(tx, run.phase)) is not None:
        starting_point = await hooks.starting_point(tx, run.group_id, phase)
        await _change_card(tx, concealed, messages.begin_view(phase, concealed, starting_point), now)
    return concealed


async def _change_card(tx: Transaction, run: PhaseRun, view: View, now: datetime) -> None:
    """Show something else in the card of a phase, of which nobody is told besides; also where the phase was opened."""
    await _update_messages(tx, run, now, instead={Go("phase").encode(): view})
    await outbox.follow(tx, _phase_subject(run, "asks"), lambda _before: view, now, pressing=True)


_UNTIL_NEXT = timedelta(minutes=5)
"""How long a group is not told that a phase is over, as the next one may begin, whose message then says both."""


async def end_phase(tx: Transaction, run: PhaseRun, now: datetime, *, at: datetime | None = None) -> PhaseRun | None:
    """End an open phase and reveal its ideas. Returns the phase's changed run; None if it had ended before.

    `at` is the time of the end; None stands for now. The phase's card tells the end at once; a message tells it five
    minutes later, unless another phase begins before.
    """
    ended = await changes.end_run(tx, run.id, at or now)
    if ended is not None:
        await _tell_end(tx, ended, now)
    return ended


async def _tell_end(tx: Transaction, ended: PhaseRun, now: datetime) -> None:
    """Notify a group, when no other phase has begun for five minutes, that its phase is over."""
    phase = await phases.find_phase(tx, ended.phase)
    assert phase is not None
    collected = await ideas.collected(tx, ended)
    following = await next_step(tx, ended.group_id, ended.phase, now)
    unwritten = await hooks.is_unwritten(tx, ended.group_id, phase)
    view = messages.end_view(phase, ended, collected, following, unwritten)
    await _notify(tx, ended, "ends", view, now, due=(ended.ended_at or now) + _UNTIL_NEXT)


@dataclass(frozen=True, slots=True)
class Before:
    """The state of an open phase before a change, stored for undoing the change.

    `remaining` is the time that was left, `paused` whether the clock was stopped, `revealed_at` when the ideas were
    revealed, None if they were not.
    """

    remaining: timedelta
    paused: bool
    revealed_at: datetime | None

    @classmethod
    def of(cls, run: PhaseRun, now: datetime) -> Before:
        """Return the present state of an open run, a phase as one group lives it."""
        remaining = run.remaining if run.ends_at is None else max(run.ends_at - now, timedelta())
        return cls(remaining or timedelta(), run.state == "paused", run.revealed_at)


async def reopen_phase(tx: Transaction, ended: PhaseRun, before: Before, now: datetime) -> PhaseRun | None:
    """Undo the end of a phase, restore the state `before`, and notify the group if it was told of the end.

    `ended` is the run as it ended. Returns the open run; None if the run was reopened and ended again since, or when
    the group is in another phase.
    """
    opened = await changes.reopen_run(
        tx,
        ended,
        now,
        before.remaining,
        paused=before.paused,
        revealed_at=before.revealed_at,
    )
    if opened is not None and await outbox.call_back(tx, _phase_subject(opened, "ends")):
        await _update_messages(tx, opened, now)
        return opened
    return await _notify_of_change(tx, opened, now, messages.resume_view)


async def tell_written(tx: Transaction, run: PhaseRun, view: View, now: datetime, *, author: int) -> None:
    """Notify a group that its result of a phase was written, by the `author` (a participant's id).

    If the group is yet to be notified that the phase is over, one message tells both at that time.
    """
    due = (run.ended_at or now) + _UNTIL_NEXT
    subject, phase = _phase_subject(run, "ends"), await phases.find_phase(tx, run.phase)
    if phase and not run.open and await outbox.call_back(tx, subject):
        over = messages.over_line(phase, await ideas.collected(tx, run))
        following = await next_step(tx, run.group_id, run.phase, now)
        view = replace(view, lines=(over, *view.lines[1:], following))
        await outbox.notify_groups(tx, [run.group_id], view, now, but=author, about=author, subject=subject, due=due)
    else:
        await outbox.notify_groups(tx, [run.group_id], view, now, but=author, about=author)


async def set_writer(tx: Transaction, run: PhaseRun, participant_id: int) -> None:
    """Set which participant writes the synthesis of a phase: what the group keeps of its ideas.

    Another participant may replace this one later.
    """
    await changes.set_writer(tx, run.id, participant_id)


async def warn_of_end(tx: Transaction, run: PhaseRun, now: datetime, votes: int) -> None:
    """Warn members of a group who have still something to do that its phase ends soon, once in a phase.

    `votes` is how many votes each person has in a phase. If ideas can be read, members have to vote, or else to give an
    idea. Members who were asked for one lately are not warned.
    """
    await due.mark_warned(tx, run.id)
    voting = run.revealed and votes > 0
    behind = await (silence.members_without_vote if voting else silence.silent_members)(tx, run.id)
    lately = await silence.nudged_lately(tx, behind, now)
    told = [person_id for person_id in behind if person_id not in lately]
    phase = await phases.find_phase(tx, run.phase)
    assert phase is not None
    await _notify(tx, run, "warns", messages.warning_view(phase, run, votes), now, people=told)
    await silence.note_nudged(tx, told, now)


async def next_phase(tx: Transaction, group_id: int, after: str | None) -> Phase | None:
    """Return the first phase after the phase `after` that a group has not begun; None if none is left.

    `after` is the key of a phase; None stands for the beginning, so that all phases are considered.
    """
    begun = {run.phase for run in await runs_of_group(tx, group_id)}
    all_phases = await phases.all_phases(tx)
    position = next((phase.position for phase in all_phases if phase.key == after), -1)
    return next((phase for phase in all_phases if phase.position > position and phase.key not in begun), None)


async def run_to_show(tx: Transaction, participant_id: int) -> PhaseRun | None:
    """Return the open run of a participant's group, or else the run that began last in their groups.

    A run is a phase as one group lives it. Returns None if no phase has begun there. The run is cached for the database
    transaction, so phases must not begin or end after the first call.
    """
    return await tx.cached(f"phase of {participant_id}", lambda tx: latest_run_of_person(tx, participant_id))


async def next_step(tx: Transaction, group_id: int, after: str | None, now: datetime) -> Span:
    """Return a line that tells which phase a group has next after the phase `after`, and when.

    `after` is a key; None stands for the beginning.
    """
    phase = await next_phase(tx, group_id, after)
    inside, at = await sessions.workshop_times(tx, group_id, now)
    return messages.next_phase_line(phase, inside=inside, at=at)


async def _notify_of_change(
    tx: Transaction, run: PhaseRun | None, now: datetime, view_of: Callable[[Phase, PhaseRun], View]
) -> PhaseRun | None:
    """Notify a group of a change of its run and return the run. For None, do nothing and return None."""
    if run is not None and (phase := await phases.find_phase(tx, run.phase)) is not None:
        await _notify(tx, run, "tells", view_of(phase, run), now)
    return run


async def _notify(
    tx: Transaction,
    run: PhaseRun,
    purpose: messages.Purpose,
    view: View,
    now: datetime,
    *,
    people: Collection[int] | None = None,
    due: datetime | None = None,
) -> Sequence[int]:
    """Send a message to the group of a run and rewrite the earlier messages about the run. Returns ids of deliveries.

    Each group gets a message of its own, because the buttons name the run. `people` and `due` are as for
    `bot.delivery.outbox.notify_groups`.
    """
    await _update_messages(tx, run, now)
    subject = _phase_subject(run, purpose)
    return await outbox.notify_groups(tx, [run.group_id], view, now, subject=subject, people=people, due=due)


async def _update_messages(
    tx: Transaction, run: PhaseRun, now: datetime, *, instead: Mapping[str, View] = MappingProxyType({})
) -> None:
    """Rewrite the messages about a run as it is now, and replace the screens that show its phase.

    `instead` maps the names of screens to the views that replace them, where that is no link to the phase.
    """
    phase = await phases.find_phase(tx, run.phase)
    assert phase is not None
    for earlier in messages.PURPOSES:
        updated = partial(messages.update_view, earlier, phase=phase, run=run)
        await outbox.follow(tx, _phase_subject(run, earlier), updated, now, pressing=True)
    members = await audience_store.people(tx, Audience("group", str(run.group_id)))
    over = {} if run.open else {Vote(run.id).encode(): messages.voting_over_view(phase, run)}
    await message_updates.expire_screens(tx, members, ("phase",), now, over={**over, **instead})
    await facilitator_store.touch_panels(tx, [run.group_id])


def _phase_subject(run: PhaseRun, purpose: messages.Purpose) -> str:
    """Return the subject under which the outbox stores the messages of a run that have the same purpose."""
    return f"phase:{run.id}:{purpose}"


# --- the progress of groups


async def standings(
    tx: Transaction, round_number: int, participant_id: int, *, everything: bool
) -> Sequence[GroupProgress]:
    """Return the progress of the groups of a round (one day) that a person runs, sorted by theme, then number.

    With `everything`, all groups of the round are returned, whoever runs them.
    """
    unwritten = await hooks.unwritten_runs(tx, round_number)
    return await panel.standings(tx, round_number, participant_id, unwritten, everything=everything)


# --- Asking silent members for an idea: in private, not too often, and without naming them to anybody.


@dataclass(frozen=True, slots=True)
class Nudged:
    """The result of nudging silent members of groups, which is asking them in private for an idea.

    The numbers of members: `asked` now; asked `lately` and therefore not again; `out_of_reach`, who take no private
    messages.
    """

    asked: int = 0
    lately: int = 0
    out_of_reach: int = 0

    def __add__(self, other: Nudged) -> Nudged:
        """Return the sums of these numbers and other ones."""
        return Nudged(self.asked + other.asked, self.lately + other.lately, self.out_of_reach + other.out_of_reach)


async def nudge_silent(tx: Transaction, run: PhaseRun, now: datetime) -> Nudged:
    """Nudge the members who are present and silent in an open phase: ask each in private for an idea.

    Members who were nudged lately or take no private messages are left out. Returns how many members were asked and
    left out.
    """
    silent = await silence.silent_members(tx, run.id)
    lately = await silence.nudged_lately(tx, silent, now)
    asked = await silence.reachable_in_private(tx, [person_id for person_id in silent if person_id not in lately])
    phase = await phases.find_phase(tx, run.phase)
    assert phase is not None
    view = View(
        (_("Your group would like to hear from you: one sentence is enough."),), (messages.give_button(phase, run),)
    )
    for person_id in asked:
        await outbox.notify(tx, person_id, view, now, outbox.Telling.PRESSING_NEWS)
    await silence.note_nudged(tx, asked, now)
    return Nudged(len(asked), len(lately), len(silent) - len(lately) - len(asked))
