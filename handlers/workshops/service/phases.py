"""Starts, changes and ends phases in groups. Almost every change notifies the group and updates facilitators' panels.

A run (`PhaseRun`) is one phase in one group. It is open, running or paused, until it has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from bot.config.settings import Settings
from bot.content.actions import Go
from bot.content.texts import Span, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import message_updates, outbox
from bot.people import audience_store, facilitator_store, participant_store
from bot.people.audiences import Audience
from handlers.groups.service.membership import follow_pinned_cards
from handlers.workshops import hooks, messages
from handlers.workshops.actions import IDEAS_CARD, Vote
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store import changes, due, ideas, panel, phases, sessions, silence
from handlers.workshops.store.panel import GroupProgress
from handlers.workshops.store.runs import latest_run_of_person, open_run_of, run_of_group, runs_of_group


@dataclass(frozen=True, slots=True)
class Beginning:
    """One group's beginning of a phase, with what is needed to undo it.

    `before` is the group's earlier run of the same phase, None if there was none. `deliveries` are the ids of the
    messages that announced the beginning.
    """

    run: PhaseRun
    before: PhaseRun | None
    deliveries: Sequence[int]


@dataclass(frozen=True, slots=True)
class Started:
    """The result of starting a phase in several groups; the first three fields hold ids of groups.

    In `begun`, the phase began. In `already`, the phase was open before. In `busy`, another phase is open, so nothing
    began. `beginnings` has one entry for each group in `begun`.
    """

    begun: Sequence[int] = ()
    already: Sequence[int] = ()
    busy: Sequence[int] = ()
    beginnings: Sequence[Beginning] = ()


async def start_phase(
    tx: Transaction, settings: Settings, phase: Phase, group_ids: Iterable[int], now: datetime, by: int | None
) -> Started:
    """Begin a phase in groups and notify their members. Groups that have had the phase have it once more.

    Nothing begins in groups that are in a phase already; the result names them. `by` is the id of the facilitator, None
    for nobody. If a group of an earlier day that shares members with one of these groups is still in a break, its phase
    ends, and nobody is told.
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
        view = messages.begin_view(phase, run, starting_point, await _just_ended(tx, run, now))
        if before[run.group_id]:  # its card of then showed the end
            await _change_card(tx, run, view, now)
        deliveries = await _notify(tx, run, "asks", view, now)
        beginnings.append(Beginning(run, before[run.group_id], deliveries))
    begun = {run.group_id for run in runs}
    for group_id in sorted(begun):
        await follow_pinned_cards(tx, group_id, now)
    already: list[int] = []
    busy: list[int] = []
    for group_id in wanted:
        if group_id in begun or (open_run := await open_run_of(tx, group_id)) is None:
            continue
        (already if open_run.phase == phase.key else busy).append(group_id)
    return Started([run.group_id for run in runs], already, busy, beginnings)


async def _just_ended(tx: Transaction, run: PhaseRun, now: datetime) -> Sequence[Span]:
    """Return the line that another phase of the group has just ended, for the message that the next one begins."""
    ended = [other for other in await runs_of_group(tx, run.group_id) if other.ended_at and other.id != run.id]
    if not ended or now - (ended[-1].ended_at or now) > _UNTIL_NEXT:
        return ()
    phase = await phases.find_phase(tx, ended[-1].phase)
    return (messages.over_line(phase, await ideas.collected(tx, ended[-1])),) if phase else ()


async def call_off_start(tx: Transaction, beginning: Beginning, now: datetime) -> bool:
    """Undo the start of a phase and replace the messages that announced it. Returns False if the run has changed since.

    Ideas given since the start are kept for a later start of the phase.
    """
    run = beginning.run
    collected = await ideas.collected(tx, run)
    phase = await phases.find_phase(tx, run.phase)
    if phase is None or not await changes.undo_begin(tx, run, beginning.before):
        return False
    await outbox.replace_messages(tx, beginning.deliveries, messages.call_off_view(phase, collected), now)
    await follow_pinned_cards(tx, run.group_id, now)
    await facilitator_store.touch_panels(tx, [run.group_id])
    return True


async def extend_phase(tx: Transaction, run: PhaseRun, now: datetime, minutes: int) -> PhaseRun | None:
    """Move the end of an open phase by `minutes` (negative for earlier), but never to a time before now.

    The group's messages about the phase show the new end. However often the end is moved, people are warned only once.
    Returns the changed run; None if the phase has ended.
    """
    moved = await changes.move_end(tx, run.id, timedelta(minutes=minutes), now)
    if moved is not None:
        await _update_messages(tx, moved, now)
    return moved


async def pause_phase(tx: Transaction, run: PhaseRun, now: datetime) -> PhaseRun | None:
    """Stop the clock of a running phase; its card says so. Members can still give ideas.

    Returns the changed run; None if the phase is not running.
    """
    paused = await changes.pause_run(tx, run.id, now)
    if paused is not None:
        await _update_messages(tx, paused, now)
    return paused


async def resume_phase(tx: Transaction, run: PhaseRun, now: datetime) -> PhaseRun | None:
    """Start the clock of a paused phase again, and notify the group.

    Returns the changed run; None if the phase is not paused.
    """
    resumed = await changes.resume_run(tx, run.id, now)
    if resumed is not None and (phase := await phases.find_phase(tx, run.phase)) is not None:
        await _notify(tx, resumed, "tells", messages.resume_view(phase, resumed), now)
        await follow_pinned_cards(tx, run.group_id, now)
    return resumed


async def reveal_ideas(tx: Transaction, settings: Settings, run: PhaseRun, now: datetime) -> PhaseRun | None:
    """Let a group read all its ideas and vote.

    The phase's card then is the vote; no message is sent. Returns the changed run; None if the ideas were revealed
    already or the phase has ended.
    """
    revealed = await changes.reveal_run(tx, run.id, now)
    if revealed is not None and (phase := await phases.find_phase(tx, run.phase)) is not None:
        await _change_card(tx, revealed, await _open_card(tx, phase, revealed, settings.of(WorkshopSettings)), now)
    return revealed


async def conceal_ideas(tx: Transaction, settings: Settings, run: PhaseRun, now: datetime) -> PhaseRun | None:
    """Undo revealing the ideas of an open phase. Returns the changed run; None if the phase has ended."""
    concealed = await changes.conceal_run(tx, run.id)
    if concealed is not None and (phase := await phases.find_phase(tx, run.phase)) is not None:
        await _change_card(tx, concealed, await _open_card(tx, phase, concealed, settings.of(WorkshopSettings)), now)
    return concealed


async def _open_card(tx: Transaction, phase: Phase, run: PhaseRun, workshop: WorkshopSettings) -> View:
    """Return the card of an open phase: what is asked of the group or, once ideas are revealed, the vote."""
    if not run.revealed:
        return messages.begin_view(phase, run, await hooks.starting_point(tx, run.group_id, phase))
    count = (await ideas.collected(tx, run)).ideas
    votes = workshop.votes_among(count)
    ballot = await hooks.ballot(tx, run, votes) if votes else None
    return messages.reveal_view(phase, run, count, votes, ballot)


async def _change_card(tx: Transaction, run: PhaseRun, view: View, now: datetime) -> None:
    """Show something else in the card of a phase, of which nobody is told besides; also where the phase was opened."""
    await _update_messages(tx, run, now, instead={Go("phase").encode(): view})
    await outbox.follow(tx, _phase_subject(run, "asks"), lambda _before: view, now, pressing=True)


_UNTIL_NEXT = timedelta(minutes=5)
"""How long after the end of a phase the message that the next one begins says so too."""


async def end_phase(tx: Transaction, run: PhaseRun, now: datetime, *, at: datetime | None = None) -> PhaseRun | None:
    """End an open phase and reveal its ideas. The phase's card shows the end; no message is sent.

    `at` is the time of the end; None stands for now. Returns the changed run; None if the phase had ended before.
    """
    ended = await changes.end_run(tx, run.id, at or now)
    if ended is not None:
        await _change_card(tx, ended, await _end_card(tx, ended, now), now)
    return ended


async def _end_card(tx: Transaction, ended: PhaseRun, now: datetime, *lines: Span) -> View:
    """Return the card of a phase that is over, with these lines about what the group wrote."""
    phase = await phases.find_phase(tx, ended.phase)
    assert phase is not None
    collected = await ideas.collected(tx, ended)
    following = await next_step(tx, ended.group_id, ended.phase, now)
    unwritten = await hooks.is_unwritten(tx, ended.group_id, phase)
    return messages.end_view(phase, ended, collected, (*lines, following), unwritten)


@dataclass(frozen=True, slots=True)
class Before:
    """The state of an open phase before a change, stored to undo the change.

    `remaining` is the time that was left. `paused` says whether the clock was stopped. `revealed_at` is when the ideas
    were revealed, None if they were not.
    """

    remaining: timedelta
    paused: bool
    revealed_at: datetime | None

    @classmethod
    def of(cls, run: PhaseRun, now: datetime) -> Before:
        """Return the present state of an open run, which is one phase in one group."""
        remaining = run.remaining if run.ends_at is None else max(run.ends_at - now, timedelta())
        return cls(remaining or timedelta(), run.state == "paused", run.revealed_at)


async def reopen_phase(
    tx: Transaction, settings: Settings, ended: PhaseRun, before: Before, now: datetime
) -> PhaseRun | None:
    """Undo the end of a phase, and restore the state `before`; the phase's card shows it.

    `ended` is the run as it ended. Returns the open run; None if the phase was opened and ended again since, or the
    group is in another phase now.
    """
    opened = await changes.reopen_run(
        tx,
        ended,
        now,
        before.remaining,
        paused=before.paused,
        revealed_at=before.revealed_at,
    )
    if opened is not None and (phase := await phases.find_phase(tx, opened.phase)) is not None:
        await _change_card(tx, opened, await _open_card(tx, phase, opened, settings.of(WorkshopSettings)), now)
    return opened


async def tell_written(tx: Transaction, run: PhaseRun, view: View, now: datetime, *, author: int) -> None:
    """Tell a group that `author` (a participant's id) has written its result of a phase.

    During the phase, the other members get the message `view`; after the phase, its card shows the lines of `view`
    instead.
    """
    if run.open:
        await outbox.notify_groups(tx, [run.group_id], view, now, but=author, about=author)
    else:
        card = await _end_card(tx, run, now, *view.lines[1:])
        await outbox.follow(tx, _phase_subject(run, "asks"), lambda _before: card, now, pressing=True)


async def set_writer(tx: Transaction, run: PhaseRun, participant_id: int) -> None:
    """Set which participant writes the synthesis of a phase: what the group keeps of its ideas.

    Another participant may replace this one later.
    """
    await changes.set_writer(tx, run.id, participant_id)


async def warn_of_end(tx: Transaction, run: PhaseRun, now: datetime, votes: int) -> None:
    """Warn members of a group who gave no idea, in private and once in a phase, that the phase ends soon.

    Members who were asked for an idea lately are not warned. If ideas are revealed and each person has `votes` votes,
    nobody is warned, because everybody was invited to vote.
    """
    await due.mark_warned(tx, run.id)
    if run.revealed and votes:
        return
    silent = await silence.silent_members(tx, run.id)
    lately = await silence.nudged_lately(tx, silent, now)
    told = [person_id for person_id in silent if person_id not in lately]
    phase = await phases.find_phase(tx, run.phase)
    assert phase is not None
    view, subject = messages.warning_view(phase, run), _phase_subject(run, "warns")
    for person_id in told:
        await outbox.notify(tx, person_id, view, now, outbox.Telling.PRESSING_NEWS, subject=subject)
    await silence.note_nudged(tx, told, now)


async def next_phase(tx: Transaction, group_id: int, after: str | None) -> Phase | None:
    """Return the first phase that a group has not begun; only phases after the phase `after` are considered.

    `after` is the key of a phase; None considers all phases. Returns None if no phase is left.
    """
    begun = {run.phase for run in await runs_of_group(tx, group_id)}
    all_phases = await phases.all_phases(tx)
    position = next((phase.position for phase in all_phases if phase.key == after), -1)
    return next((phase for phase in all_phases if phase.position > position and phase.key not in begun), None)


async def run_to_show(tx: Transaction, participant_id: int) -> PhaseRun | None:
    """Return the open run (one phase in one group) of a participant's group, or else the run that began last.

    All groups of the participant are considered; None if no phase has begun in them. The run is cached for the database
    transaction, so phases must not begin or end after the first call.
    """
    return await tx.cached(f"phase of {participant_id}", lambda tx: latest_run_of_person(tx, participant_id))


async def next_step(tx: Transaction, group_id: int, after: str | None, now: datetime) -> Span:
    """Return a line that says which phase a group has after the phase `after`, and when.

    `after` is the key of a phase; None stands for the very beginning.
    """
    phase = await next_phase(tx, group_id, after)
    inside, at = await sessions.workshop_times(tx, group_id, now)
    return messages.next_phase_line(phase, inside=inside, at=at)


async def _notify(
    tx: Transaction, run: PhaseRun, purpose: messages.Purpose, view: View, now: datetime
) -> Sequence[int]:
    """Send a message to the group of a run and rewrite the earlier messages about the run. Returns ids of deliveries.

    Each group gets a message of its own, because the buttons name the run.
    """
    await _update_messages(tx, run, now)
    subject = _phase_subject(run, purpose)
    return await outbox.notify_groups(tx, [run.group_id], view, now, subject=subject)


async def _update_messages(
    tx: Transaction, run: PhaseRun, now: datetime, *, instead: Mapping[str, View] = MappingProxyType({})
) -> None:
    """Rewrite the messages about a run as it is now, and replace the screens that show its phase.

    These are also the home screens of its group, and the screens of those who lead it.

    `instead` maps the names of screens to the views that replace them, where that is no link to the phase.
    """
    phase = await phases.find_phase(tx, run.phase)
    assert phase is not None
    for earlier in messages.PURPOSES:
        updated = partial(messages.update_view, earlier, phase=phase, run=run)
        await outbox.follow(tx, _phase_subject(run, earlier), updated, now, pressing=True)
    members = await audience_store.people(tx, Audience("group", str(run.group_id)))
    over = {}
    if not run.open:
        over = {Vote(run.id).encode(): messages.voting_over_view(phase, run), IDEAS_CARD: View((messages.IDEAS_KEPT,))}
    await message_updates.expire_screens(tx, members, ("phase", "moi"), now, over={**over, **instead})
    leaders = {*await facilitator_store.of_group(tx, run.group_id), *await participant_store.organisers(tx)}
    await message_updates.expire_screens(tx, leaders, ("animer", "organiser"), now)
    await facilitator_store.touch_panels(tx, [run.group_id])
    await follow_pinned_cards(tx, run.group_id, now)


def _phase_subject(run: PhaseRun, purpose: messages.Purpose) -> str:
    """Return the subject under which the outbox stores the messages of a run that have the same purpose."""
    return f"phase:{run.id}:{purpose}"


# --- the progress of groups


async def standings(
    tx: Transaction, round_number: int, participant_id: int, *, everything: bool
) -> Sequence[GroupProgress]:
    """Return the progress of the groups of a round (one day) that a person runs, sorted by theme, then number.

    With `everything`, all groups of the round are returned, also groups that only others run.
    """
    unwritten = await hooks.unwritten_runs(tx, round_number)
    return await panel.standings(tx, round_number, participant_id, unwritten, everything=everything)


# --- Asking silent members for an idea: in private, not too often, and without naming them to anybody.


@dataclass(frozen=True, slots=True)
class Nudged:
    """How many silent members of groups were asked in private for an idea, and how many were not.

    `asked` were asked now. `lately` were asked a short time ago, and therefore not again. `out_of_reach` take no
    private messages.
    """

    asked: int = 0
    lately: int = 0
    out_of_reach: int = 0

    def __add__(self, other: Nudged) -> Nudged:
        """Return the sums of these numbers and other ones."""
        return Nudged(self.asked + other.asked, self.lately + other.lately, self.out_of_reach + other.out_of_reach)


async def nudge_silent(tx: Transaction, run: PhaseRun, now: datetime, *, by: int) -> Nudged:
    """Ask each member who is present and silent in an open phase, in private, for an idea.

    The person who wants this (`by`), members who were asked lately, and members who take no private messages are not
    asked. Returns how many members were asked, and how many of the others were not.
    """
    silent = [person_id for person_id in await silence.silent_members(tx, run.id) if person_id != by]
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
