"""A plenary with its turns and their clocks, and the state after each step; it needs no store.

In a plenary, groups present one after another. A turn belongs to one group: the change of groups, a talk, then
questions. In a gallery of tables all groups present at once, each at its table: a turn is a round, in which one half of
each group receives and the other half visits. All times are instants (UTC), so that clocks are right after a restart.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

TurnState = Literal["waiting", "talk", "questions", "done", "absent"]
"""The state of a turn. «absent»: the group was away twice and does not present."""
Part = Literal["talk", "questions", "change"]
"""A part of a turn whose length organisers choose."""
MORE = timedelta(seconds=30)
"""How much time one press adds."""
STEP = 30
"""The seconds by which one press changes the length of a part."""
BOUNDS: Mapping[Part, tuple[int, int]] = {"talk": (60, 1200), "questions": (0, 600), "change": (0, 300)}
"""The shortest and the longest length of each part, in seconds."""
TICK = timedelta(seconds=10)
"""How often the clocks that people see are updated."""
TICKS_OVERTIME = timedelta(minutes=15)
"""How long after the end of a part the clocks still change."""
_DOUBT = 16
"""How many turns without overrun count beside those that were seen, when the end is predicted.

Turns of one plenary differ by about 40 s, plenaries among each other by about 10 s: the ratio of these variances.
"""


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths of the parts of a turn, in seconds; `change` is the time for a group to come on stage."""

    talk: int
    questions: int
    change: int

    @property
    def turn(self) -> timedelta:
        """The length of a whole turn."""
        return timedelta(seconds=self.talk + self.questions + self.change)

    def changed(self, part: Part, seconds: int) -> Lengths:
        """Return these lengths with one part longer by `seconds` (shorter if negative), within its bounds."""
        lowest, highest = BOUNDS[part]
        length = {"talk": self.talk, "questions": self.questions, "change": self.change}[part]
        length = max(lowest, min(highest, length + seconds))
        match part:
            case "talk":
                return replace(self, talk=length)
            case "questions":
                return replace(self, questions=length)
            case "change":
                return replace(self, change=length)


SHORT = Lengths(180, 60, 60)
"""The lengths suggested if the usual ones are longer: three minutes of talk and one of questions."""


@dataclass(frozen=True, slots=True)
class Plenary:
    """A plenary: the groups of a `round` (one day) present one after another, or all at once at tables (`gallery`).

    `session_id` is its session in the programme, None if the session was deleted. Two plenaries of one session take
    place in the rooms 1 and 2. `seed` is the seed of the drawn order (in a gallery, of the visits), None before the
    draw. `planned_end` is the end that was planned when the plenary began. `paused_at` is None unless the plenary is
    paused. `captions` is the address of captions for people who follow remotely, '' for none.
    """

    id: int
    round: int
    session_id: int | None
    room: int
    lengths: Lengths
    seed: int | None = None
    began_at: datetime | None = None
    planned_end: datetime | None = None
    paused_at: datetime | None = None
    ended_at: datetime | None = None
    gallery: bool = False
    captions: str = ""

    @property
    def running(self) -> bool:
        """Whether the plenary has begun and not ended; it may be paused."""
        return self.began_at is not None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class StageTurn:
    """The turn of a group in a plenary, or one round of a gallery.

    A round has no group (`group_id` is 0); its number is `position`. `passed` says whether the turn was moved to the
    end because the group was away. `began_at` is when the talk begins, still in the future while groups change.
    `ends_at` is the end of the talk, then of the questions, None before and after. `over_at` is when the turn was over,
    `called_at` when the presenters were told to come.
    """

    group_id: int
    plenary_id: int
    position: int
    state: TurnState = "waiting"
    passed: bool = False
    began_at: datetime | None = None
    ends_at: datetime | None = None
    over_at: datetime | None = None
    called_at: datetime | None = None

    @property
    def key(self) -> int:
        """The key of the turn within its plenary: the group's id or, in a gallery, minus the number of the round."""
        return self.group_id or -self.position

    @property
    def on_stage(self) -> bool:
        """Whether the group is on stage or on its way there."""
        return self.state in ("talk", "questions")


@dataclass(frozen=True, slots=True)
class TalkClock:
    """The clock of the group on stage.

    `left` is the number of whole seconds left, negative for time over. `begins_in` is the number of seconds until the
    talk begins, 0 once it began. `paused` says whether the clock is stopped.
    """

    left: int
    begins_in: int
    paused: bool


@dataclass(frozen=True, slots=True)
class PlenaryState:
    """A plenary with all its turns in order. Its methods return what the plenary is after an action of an organiser."""

    plenary: Plenary
    turns: tuple[StageTurn, ...]

    @property
    def current(self) -> StageTurn | None:
        """The turn of the group on stage, None for none."""
        return next((turn for turn in self.turns if turn.on_stage), None)

    @property
    def waiting(self) -> Sequence[StageTurn]:
        """The turns that are still to come, in order."""
        return [turn for turn in self.turns if turn.state == "waiting"]

    def find(self, group_id: int) -> StageTurn | None:
        """Return the turn of a group; None if the group has no turn in this plenary."""
        return next((turn for turn in self.turns if turn.group_id == group_id), None)

    def begin(self, now: datetime, planned_end: datetime) -> PlenaryState:
        """Return the plenary after its beginning, with its first group coming on stage."""
        plenary = replace(self.plenary, began_at=now, planned_end=planned_end)
        return replace(self, plenary=plenary)._enter(now)

    def advance(self, now: datetime, declining: Collection[int] = ()) -> PlenaryState:
        """Return the plenary one step further: the talk's clock starts, then questions, the next group, or the end.

        `declining` holds the ids of groups that take no questions. If the plenary is paused, the step ends the pause.
        """
        state = self.resume(now)
        turn = state.current
        if turn is None or turn.began_at is None:  # the group on stage was dissolved, or the plenary is over
            return state._enter(now) if state.plenary.running else state
        lengths = state.plenary.lengths
        if turn.state == "talk" and turn.began_at > now:
            return state._with(replace(turn, began_at=now, ends_at=now + timedelta(seconds=lengths.talk)))
        if turn.state == "talk" and lengths.questions and turn.group_id not in declining:
            ends_at = now + timedelta(seconds=lengths.questions)
            return state._with(replace(turn, state="questions", ends_at=ends_at))
        return state._with(replace(turn, state="done", ends_at=None, over_at=now))._enter(now)

    def skip(self, now: datetime) -> PlenaryState:
        """Return the plenary with the next group on stage, because the present group is away.

        The group that is away moves to the end, but only once: the second time, or if no group follows, it does not
        present. While a group is asked questions, nothing changes, because the group is there.
        """
        state = self.resume(now)
        turn = state.current
        if turn is None or turn.state != "talk":
            return self
        if turn.passed or not state.waiting:
            return state._with(replace(turn, state="absent", ends_at=None, over_at=now))._enter(now)
        last = max(other.position for other in state.turns) + 1
        away = replace(turn, state="waiting", passed=True, position=last, began_at=None, ends_at=None)
        return state._with(away)._enter(now)

    def end(self, now: datetime) -> PlenaryState:
        """Return the plenary ended before all groups have presented; the waiting groups keep their turns.

        If its talk has begun, the group on stage counts as having presented; otherwise it waits too.
        """
        state = self.resume(now)
        ended = replace(state, plenary=replace(state.plenary, ended_at=now))
        turn = state.current
        if turn is None or turn.began_at is None:
            return ended
        if turn.state == "talk" and turn.began_at > now:
            return ended._with(replace(turn, state="waiting", began_at=None, ends_at=None))
        return ended._with(replace(turn, state="done", ends_at=None, over_at=now))

    def pause(self, now: datetime) -> PlenaryState:
        """Return the plenary with its clock stopped."""
        if not self.plenary.running or self.plenary.paused_at is not None:
            return self
        return replace(self, plenary=replace(self.plenary, paused_at=now))

    def resume(self, now: datetime) -> PlenaryState:
        """Return the plenary with its clock running again from where it stopped; unchanged if it was not paused."""
        paused_at, turn = self.plenary.paused_at, self.current
        if paused_at is None:
            return self
        state = replace(self, plenary=replace(self.plenary, paused_at=None))
        if turn is None or turn.began_at is None or turn.ends_at is None:
            return state
        pause = now - paused_at
        # A turn that began is moved as well, so that its pauses are no overrun.
        return state._with(replace(turn, began_at=turn.began_at + pause, ends_at=turn.ends_at + pause))

    def extend(self, now: datetime) -> PlenaryState:
        """Return the plenary with half a minute more for the group on stage, counted from now if its time is over."""
        turn = self.current
        if turn is None or turn.ends_at is None:
            return self
        standing = self.plenary.paused_at or now
        return self._with(replace(turn, ends_at=max(turn.ends_at, standing) + MORE))

    def swap(self, one: int, other: int) -> PlenaryState:
        """Return the plenary with the places of two waiting groups (ids) swapped; unchanged if one is not waiting."""
        first, second = self.find(one), self.find(other)
        if first is None or second is None or {first.state, second.state} != {"waiting"}:
            return self
        return self._with(replace(first, position=second.position), replace(second, position=first.position))

    def ordered(self, group_ids: Sequence[int]) -> PlenaryState:
        """Return the plenary with its groups in this order."""
        places = {group_id: position for position, group_id in enumerate(group_ids)}
        return self._with(*(replace(turn, position=places[turn.group_id]) for turn in self.turns))

    def _enter(self, now: datetime) -> PlenaryState:
        """Return the plenary with the next group coming on stage, or ended if there is none."""
        waiting = self.waiting
        if not waiting:
            return replace(self, plenary=replace(self.plenary, ended_at=now))
        lengths = self.plenary.lengths
        begins = now + timedelta(seconds=lengths.change)
        turn = replace(waiting[0], state="talk", began_at=begins, ends_at=begins + timedelta(seconds=lengths.talk))
        return self._with(turn)

    def _with(self, *changed: StageTurn) -> PlenaryState:
        by_key = {turn.key: turn for turn in (*self.turns, *changed)}
        return replace(self, turns=tuple(sorted(by_key.values(), key=lambda turn: (turn.position, turn.group_id))))

    # --- what its clocks say

    def clock(self, now: datetime) -> TalkClock | None:
        """Return the clock of the group on stage, None if there is none."""
        turn = self.current
        if turn is None or turn.began_at is None or turn.ends_at is None:
            return None
        at = self.plenary.paused_at or now
        begins_in = max(0, math.ceil((turn.began_at - at).total_seconds()))
        left = math.ceil((turn.ends_at - max(at, turn.began_at)).total_seconds())
        return TalkClock(left, begins_in, paused=self.plenary.paused_at is not None)

    def next_tick(self, now: datetime) -> datetime | None:
        """Return when the clocks that people see are next updated; None if no clock is running.

        This is a whole number of ticks (`TICK`) before the end of the present part, so that a minute is shown as a
        minute.
        """
        turn = self.current
        if turn is None or turn.ends_at is None or self.plenary.paused_at is not None:
            return None
        if now > turn.ends_at + TICKS_OVERTIME:
            return None
        ticks_left = math.ceil((turn.ends_at - now) / TICK) - 1
        return turn.ends_at - ticks_left * TICK

    def planned_end(self, starts: datetime) -> datetime:
        """Return when the plenary ends if it begins at `starts` and every turn is as long as planned."""
        return starts + len(self.turns) * self.plenary.lengths.turn

    def predicted_end(self, now: datetime) -> datetime:
        """Return when a running plenary will end if the remaining groups overrun by the average of the earlier groups.

        The average includes some imagined turns without overrun, so that one long talk has little influence.
        """
        if self.plenary.ended_at is not None:
            return self.plenary.ended_at
        lengths = self.plenary.lengths
        overruns = [overrun for turn in self.turns if (overrun := _overrun(turn, lengths)) is not None]
        typical = sum(overruns, timedelta()) / (len(overruns) + _DOUBT)
        return now + self._rest_of_turn(now) + len(self.waiting) * (lengths.turn + typical)

    def expected_at(self, turn: StageTurn, now: datetime) -> datetime:
        """Return about when a waiting group comes on stage, if every group before it takes its time."""
        return now + self._rest_of_turn(now) + self.waiting.index(turn) * self.plenary.lengths.turn

    def _rest_of_turn(self, now: datetime) -> timedelta:
        turn = self.current
        if turn is None or turn.ends_at is None:
            return timedelta()
        left = max(turn.ends_at - (self.plenary.paused_at or now), timedelta())
        return left + timedelta(seconds=self.plenary.lengths.questions if turn.state == "talk" else 0)

    def delay(self, now: datetime) -> timedelta:
        """Return how much later than planned a running plenary is predicted to end; negative for earlier."""
        assert self.plenary.planned_end is not None, "a plenary that has not begun has no delay"
        return self.predicted_end(now) - self.plenary.planned_end


def _overrun(turn: StageTurn, lengths: Lengths) -> timedelta | None:
    """Return how much longer than planned the talk and questions of a turn were; None before the turn is over."""
    if turn.state != "done" or turn.began_at is None or turn.over_at is None:
        return None
    return turn.over_at - turn.began_at - timedelta(seconds=lengths.talk + lengths.questions)
