"""Phases as groups live them: each change tells the group, and is drawn on the panels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.config.settings import Settings
from bot.content.texts import Span, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox, standing
from bot.people import audience_store, facilitator_store
from bot.people.audiences import Audience
from handlers.workshops import hooks, messages, store
from handlers.workshops.actions import Vote
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store import GroupProgress


@dataclass(frozen=True, slots=True)
class Beginning:
    """A phase that began in a group: how the group had ended it `before` (None: not at all), and who was `told`."""

    run: PhaseRun
    before: PhaseRun | None
    told: Sequence[int]


@dataclass(frozen=True, slots=True)
class Started:
    """Groups, by id, in which a phase began, was running already, or could not begin because another one is open."""

    begun: Sequence[int] = ()
    already: Sequence[int] = ()
    busy: Sequence[int] = ()
    beginnings: Sequence[Beginning] = ()


async def start_phase(
    tx: Transaction, settings: Settings, phase: Phase, group_ids: Iterable[int], now: datetime, by: int | None
) -> Started:
    """Begin a phase for groups, anew for one that had ended it. `by`: who starts it.

    A phase that was left in a break the day before is over, in silence: words go where the group is now.
    """
    wanted = list(group_ids)
    workshop = settings.of(WorkshopSettings)
    before = {group_id: await store.run_of_group(tx, group_id, phase.key) for group_id in wanted}
    runs = await store.begin_runs(
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
        await store.end_breaks_before(tx, run.group_id, now)
        starting_point = await hooks.starting_point(tx, run.group_id, phase)
        told = await _tell(tx, run, "asks", messages.begins(phase, run, starting_point), now)
        beginnings.append(Beginning(run, before[run.group_id], told))
    begun = {run.group_id for run in runs}
    already: list[int] = []
    busy: list[int] = []
    for group_id in wanted:
        if group_id in begun or (open_ := await store.open_run_of(tx, group_id)) is None:
            continue
        (already if open_.phase == phase.key else busy).append(group_id)
    return Started([run.group_id for run in runs], already, busy, beginnings)


async def call_off_start(tx: Transaction, beginning: Beginning, now: datetime) -> bool:
    """Undo a start: who was told reads that it did not begin, ideas given meanwhile are kept for when it does.

    False where the phase does not run as it began any more.
    """
    run = beginning.run
    made = await store.collected(tx, run)
    phase = await store.find_phase(tx, run.phase)
    if phase is None or not await store.undo_begin(tx, run, beginning.before):
        return False
    await outbox.replace_messages(tx, beginning.told, messages.called_off(phase, made), now)
    await facilitator_store.touch_panels(tx, [run.group_id])
    return True


async def extend_phase(tx: Transaction, run: PhaseRun, now: datetime, minutes: int) -> PhaseRun | None:
    """Let an open phase end later, or earlier with a negative number, never before now. None for one that ended.

    However often that happens, people are warned once.
    """
    by = timedelta(minutes=minutes)
    moved = await store.move_end(tx, run.id, by, now)
    return await _told(tx, moved, "tells", now, lambda phase, changed: messages.moves(phase, changed, by))


async def pause_phase(tx: Transaction, run: PhaseRun, now: datetime) -> PhaseRun | None:
    """Stop the clock; ideas are still taken. None where it does not run."""
    return await _told(tx, await store.pause_run(tx, run.id, now), "tells", now, messages.pauses)


async def resume_phase(tx: Transaction, run: PhaseRun, now: datetime) -> PhaseRun | None:
    """Let the clock go on. None where it does not stand."""
    return await _told(tx, await store.resume_run(tx, run.id, now), "tells", now, messages.goes_on)


async def reveal_ideas(tx: Transaction, settings: Settings, run: PhaseRun, now: datetime) -> PhaseRun | None:
    """Let a group read its ideas and vote. None where it may already, or the phase ended."""
    revealed = await store.reveal_run(tx, run.id, now)
    made = await store.collected(tx, run)
    votes = settings.of(WorkshopSettings).votes
    return await _told(tx, revealed, "reveals", now, lambda phase, run: messages.reveals(phase, run, made.ideas, votes))


async def conceal_ideas(tx: Transaction, run: PhaseRun) -> PhaseRun | None:
    """Undo revealing, in silence: nobody needs to do anything. None where the phase ended."""
    await facilitator_store.touch_panels(tx, [run.group_id])
    return await store.conceal_run(tx, run.id)


async def end_phase(tx: Transaction, run: PhaseRun, now: datetime, *, at: datetime | None = None) -> PhaseRun | None:
    """End an open phase, `at` the time it was due, by default now, and reveal its ideas. None for one that ended."""
    ended = await store.end_run(tx, run.id, at or now)
    made = await store.collected(tx, run)
    following = await next_step(tx, run.group_id, run.phase, now)
    phase = await store.find_phase(tx, run.phase)
    unwritten = phase is not None and await hooks.is_unwritten(tx, run.group_id, phase)
    return await _told(
        tx, ended, "ends", now, lambda phase, run: messages.finishes(phase, run, made, following, unwritten)
    )


@dataclass(frozen=True, slots=True)
class Before:
    """What an end took away, for reopening: the time left, and whether it stood and was revealed."""

    remaining: timedelta
    paused: bool
    revealed_at: datetime | None

    @classmethod
    def of(cls, run: PhaseRun, now: datetime) -> Before:
        """How an open phase is."""
        remaining = run.remaining if run.ends_at is None else max(run.ends_at - now, timedelta())
        return cls(remaining or timedelta(), run.state == "paused", run.revealed_at)


async def reopen_phase(tx: Transaction, ended: PhaseRun, before: Before, now: datetime) -> PhaseRun | None:
    """Undo an end: the phase goes on with the time that was left. None where it ended anew, or another began."""
    opened = await store.reopen_run(
        tx,
        ended,
        now,
        before.remaining,
        paused=before.paused,
        revealed_at=before.revealed_at,
    )
    return await _told(tx, opened, "tells", now, messages.goes_on)


async def set_writer(tx: Transaction, run: PhaseRun, participant_id: int) -> None:
    """Note who writes down what the group keeps of a phase, until someone else takes over."""
    await store.set_writer(tx, run.id, participant_id)


async def warn_of_end(tx: Transaction, run: PhaseRun, now: datetime, votes: int) -> None:
    """Say that a phase ends soon; once. `votes` are those a person has."""
    await store.mark_warned(tx, run.id)
    await _told(tx, run, "asks", now, lambda phase, run: messages.warns(phase, run, votes))


async def next_phase(tx: Transaction, group_id: int, after: str | None) -> Phase | None:
    """The first phase a group has not begun, of those that come after one (None: of all)."""
    begun = {run.phase for run in await store.runs_of_group(tx, group_id)}
    every = await store.all_phases(tx)
    place = next((phase.position for phase in every if phase.key == after), -1)
    return next((phase for phase in every if phase.position > place and phase.key not in begun), None)


async def run_to_show(tx: Transaction, participant_id: int) -> PhaseRun | None:
    """The phase that someone's group is in, else the one of their groups that ended last; None before any.

    It is read once a transaction, for several screens: whatever begins or ends phases comes before.
    """
    return await tx.once(f"phase of {participant_id}", lambda tx: store.latest_run_of_person(tx, participant_id))


async def next_step(tx: Transaction, group_id: int, after: str | None, now: datetime) -> Span:
    """Which phase a group lives next, and when, in words."""
    phase = await next_phase(tx, group_id, after)
    inside, at = await store.workshop_times(tx, group_id, now)
    return messages.follows(phase, inside=inside, at=at)


async def _told(
    tx: Transaction,
    run: PhaseRun | None,
    purpose: messages.Purpose,
    now: datetime,
    words: Callable[[Phase, PhaseRun], View],
) -> PhaseRun | None:
    if run is not None and (phase := await store.find_phase(tx, run.phase)) is not None:
        await _tell(tx, run, purpose, words(phase, run), now)
    return run


async def _tell(tx: Transaction, run: PhaseRun, purpose: messages.Purpose, view: View, now: datetime) -> Sequence[int]:
    """Buttons name the run, so each group gets a message of its own; what it was told before says how it is now.

    The ids of the deliveries.
    """
    phase = await store.find_phase(tx, run.phase)
    assert phase is not None
    for earlier in messages.PURPOSES:
        now_reads = partial(messages.as_it_stands, earlier, phase=phase, run=run)
        await outbox.follow(tx, _phase_subject(run, earlier), now_reads, now)
    members = await audience_store.people(tx, Audience("group", str(run.group_id)))
    over = {} if run.open else {Vote(run.id).encode(): messages.voting_over(run)}
    await standing.outdate(tx, members, ("phase",), now, over=over)
    told = await outbox.notify_groups(tx, [run.group_id], view, now, subject=_phase_subject(run, purpose))
    await facilitator_store.touch_panels(tx, [run.group_id])
    return told


def _phase_subject(run: PhaseRun, purpose: messages.Purpose) -> str:
    """What the outbox knows the messages of a phase by that have the same purpose."""
    return f"phase:{run.id}:{purpose}"


# --- how groups stand


async def standings(
    tx: Transaction, round_number: int, participant_id: int, *, everything: bool
) -> Sequence[GroupProgress]:
    """How the groups of a round stand that someone runs (or all), by theme, then number, for the panel."""
    unwritten = await hooks.unwritten_runs(tx, round_number)
    return await store.standings(tx, round_number, participant_id, unwritten, everything=everything)


# --- Asking those who are silent for a sentence: in private, not too often, and nobody else learns who.


@dataclass(frozen=True, slots=True)
class Nudged:
    """How many of a group were asked, were lately and are left in peace, or take no message in private."""

    asked: int = 0
    lately: int = 0
    out_of_reach: int = 0

    def __add__(self, other: Nudged) -> Nudged:
        """Both together."""
        return Nudged(self.asked + other.asked, self.lately + other.lately, self.out_of_reach + other.out_of_reach)


async def nudge_silent(tx: Transaction, run: PhaseRun, now: datetime) -> Nudged:
    """Ask those who are there and said nothing in an open phase."""
    silent = await store.silent_members(tx, run.id)
    lately = await store.nudged_lately(tx, silent, now)
    asked = await store.reachable_in_private(tx, [each for each in silent if each not in lately])
    phase = await store.find_phase(tx, run.phase)
    assert phase is not None
    view = View((_("Your group would like to hear you: one sentence is enough."),), (messages.give(phase, run),))
    for person in asked:
        await outbox.notify(tx, person, view, now, urgent=True)
    await store.note_nudged(tx, asked, now)
    return Nudged(len(asked), len(lately), len(silent) - len(lately) - len(asked))
