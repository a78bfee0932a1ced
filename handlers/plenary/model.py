"""The rules of a plenary, without any store: its turns and clocks, the order of groups, and the rank of questions.

In a plenary, groups present one after another. A turn is that of one group: the change of groups, a talk, then
questions. In a gallery of tables all groups present at once, each at its table: a turn is a round, in which one half of
each group receives and the other half visits. All times are instants (UTC), so a program that starts again goes on
where the clocks are.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.people.listed import Gender

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
"""How often the clocks that people see change."""
_TICKS_OVERTIME = timedelta(minutes=15)
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
        """Return these lengths with one part longer by `seconds` (or shorter), within its bounds."""
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


@dataclass(frozen=True, slots=True)
class Plenary:
    """A plenary of the groups of a `round`, in a session of the programme; `session_id` is None if that was deleted.

    Two plenaries of one session take place in the rooms 1 and 2. `seed` is that of the drawn order, None before it was
    drawn; in a gallery, that with which it was drawn who visits which table. `planned_end` is the end that was planned
    when the plenary began. `paused_at` is None unless it is paused. `gallery` says that groups present at tables, all
    at once. `captions` is the address of captions for who follows from afar, '' for none.
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
    """The turn of a group, or a round of a gallery, which has no group (`group_id` is 0) and is the one at `position`.

    `passed` says that it was put last because the group was away.

    `began_at` is when the talk begins, ahead while groups change; `ends_at` the end of the talk or of the questions,
    None before and after; `over_at` when the turn was over; `called_at` when its presenters were told to come.
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
        """What tells the turns of a plenary from each other: the id of the group, minus the number of a round."""
        return self.group_id or -self.position

    @property
    def on_stage(self) -> bool:
        """Whether the group is on stage or coming there."""
        return self.state in ("talk", "questions")


@dataclass(frozen=True, slots=True)
class TalkClock:
    """The clock of the group on stage: whole seconds `left`, negative for over time.

    `begins_in` is how many seconds are left until the talk begins, 0 once it began; `paused` says that the clock
    stands still.
    """

    left: int
    begins_in: int
    paused: bool


@dataclass(frozen=True, slots=True)
class PlenaryState:
    """A plenary with all its turns in order. Its methods return what it becomes by something a conductor does."""

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
        """Return the turn of a group, None if the group has none here."""
        return next((turn for turn in self.turns if turn.group_id == group_id), None)

    def begin(self, now: datetime, planned_end: datetime) -> PlenaryState:
        """Return the plenary with its first group coming on stage."""
        plenary = replace(self.plenary, began_at=now, planned_end=planned_end)
        return replace(self, plenary=plenary)._enter(now)

    def advance(self, now: datetime, declining: Collection[int] = ()) -> PlenaryState:
        """Return the plenary one step further: the talk's clock starts, questions, the next group, or the end.

        `declining` are the ids of groups that take no questions. A pause ends with the step.
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
        """Return the plenary with the next group on stage, because the present one is away.

        The group that is away comes last, once; the second time, or with nobody after it, it does not present. A group
        that is asked questions is there: the plenary stays as it is.
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
        """Return the plenary ended before all groups have presented: those that wait still have their turn to come.

        The group on stage has presented if its talk has begun, else it waits too.
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
        """Return the plenary with its clock standing still."""
        if not self.plenary.running or self.plenary.paused_at is not None:
            return self
        return replace(self, plenary=replace(self.plenary, paused_at=now))

    def resume(self, now: datetime) -> PlenaryState:
        """Return the plenary with its clock going on where it stood; unchanged if it was not paused."""
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
        """Return the plenary with half a minute more for the group on stage, from now on if its time is over."""
        turn = self.current
        if turn is None or turn.ends_at is None:
            return self
        standing = self.plenary.paused_at or now
        return self._with(replace(turn, ends_at=max(turn.ends_at, standing) + MORE))

    def swap(self, one: int, other: int) -> PlenaryState:
        """Return the plenary with two groups (ids) that both wait in each other's place; unchanged for others."""
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
        """Return when the clocks that people see are due to change next; None while none runs.

        It is a whole number of ticks away from the end of the present part, so that a minute is shown as a minute.
        """
        turn = self.current
        if turn is None or turn.ends_at is None or self.plenary.paused_at is not None:
            return None
        if now > turn.ends_at + _TICKS_OVERTIME:
            return None
        ticks_left = math.ceil((turn.ends_at - now) / TICK) - 1
        return turn.ends_at - ticks_left * TICK

    def planned_end(self, starts: datetime) -> datetime:
        """Return when the plenary ends if it begins at `starts` and every turn is as long as planned."""
        return starts + len(self.turns) * self.plenary.lengths.turn

    def predicted_end(self, now: datetime) -> datetime:
        """Return when a plenary that runs ends, if the groups to come overrun as those before did on average.

        A few turns without overrun are added to those seen, so that one long talk decides nothing.
        """
        if self.plenary.ended_at is not None:
            return self.plenary.ended_at
        lengths = self.plenary.lengths
        overruns = [overrun for turn in self.turns if (overrun := _overrun(turn, lengths)) is not None]
        typical = sum(overruns, timedelta()) / (len(overruns) + _DOUBT)
        return now + self._rest_of_turn(now) + len(self.waiting) * (lengths.turn + typical)

    def _rest_of_turn(self, now: datetime) -> timedelta:
        turn = self.current
        if turn is None or turn.ends_at is None:
            return timedelta()
        left = max(turn.ends_at - (self.plenary.paused_at or now), timedelta())
        return left + timedelta(seconds=self.plenary.lengths.questions if turn.state == "talk" else 0)

    def delay(self, now: datetime) -> timedelta:
        """Return how much later than planned a plenary that runs is predicted to end; negative for earlier."""
        assert self.plenary.planned_end is not None, "a plenary that has not begun has no delay"
        return self.predicted_end(now) - self.plenary.planned_end


def _overrun(turn: StageTurn, lengths: Lengths) -> timedelta | None:
    """Return how much longer than planned the talk and questions of a turn were; None before the turn is over."""
    if turn.state != "done" or turn.began_at is None or turn.over_at is None:
        return None
    return turn.over_at - turn.began_at - timedelta(seconds=lengths.talk + lengths.questions)


# --- The time that everything takes, and what would take less.


SHORT = Lengths(180, 60, 60)
"""The lengths proposed where turns are longer: three minutes of talk and one of questions."""


def split_by_theme(themes: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Divide themes among two rooms, so that both have about as many groups.

    `themes` has the theme of each group. The largest theme goes to the emptier room first.
    """
    rooms: tuple[set[str], set[str]] = (set(), set())
    sizes = [0, 0]
    for theme, groups in sorted(Counter(themes).items(), key=lambda item: (-item[1], item[0])):
        emptier = 0 if sizes[0] <= sizes[1] else 1
        rooms[emptier].add(theme)
        sizes[emptier] += groups
    return frozenset(rooms[0]), frozenset(rooms[1])


# --- A gallery of tables: who visits which table in each round.


GALLERY = Lengths(600, 0, 60)
"""The lengths proposed for a gallery: of a round, none for questions, and of the walk before it."""
GALLERY_ROUNDS = 4
"""How many rounds are proposed: everybody visits in two of them, and receives in the two others."""
ROUNDS = (2, 8)
"""The smallest and the largest number of rounds."""
_CONSIDERED = 16
"""Among how many tables, drawn, one is chosen for a visitor; and with how many others they may change places then."""
_OWN, _AGAIN = 10_000, 100
"""What it costs, beside a theme that was seen before (1), to be sent to one's own table, or to one seen before."""


def gallery_length(rounds: int, lengths: Lengths) -> timedelta:
    """Return how long a gallery of so many rounds takes."""
    return rounds * lengths.turn


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a gallery: the id and theme of the group that receives there, and the ids of its members."""

    group_id: int
    theme: str
    members: Sequence[int]


Visits = Mapping[int, int]
"""The visits of one round: the table (a group's id) by the id of the visitor. All others receive at their own table."""


def plan_visits(tables: Sequence[Table], rounds: int, seed: int) -> list[Visits]:
    """Return who visits which table in each round of a gallery, which the seed determines.

    One half of each group receives in the first round, the other half in the second, and so on in turn. Visitors are
    spread evenly over the tables at which somebody receives. They come to themes they have not seen, and never to a
    table twice, as far as that is possible.
    """
    draw = random.Random(seed)  # noqa: S311 - a draw that can be redone, no secret
    tables = sorted(tables, key=lambda table: table.group_id)
    halves = [_halves(table.members, place, draw) for place, table in enumerate(tables)]
    themes = {table.group_id: table.theme for table in tables}
    own = {person: table.group_id for table in tables for person in table.members}
    seen: dict[int, set[int]] = {person: set() for person in own}
    known = {person: Counter([themes[table]]) for person, table in own.items()}
    plan: list[Visits] = []
    for number in range(rounds):
        receiving = number % 2
        open_tables = [table.group_id for table, pair in zip(tables, halves, strict=True) if pair[receiving]]
        visitors = [person for pair in halves for person in pair[1 - receiving]]

        def cost(person: int, table: int) -> int:
            if table == own[person]:
                return _OWN
            return known[person][themes[table]] + (_AGAIN if table in seen[person] else 0)

        visits = _spread(visitors, open_tables, cost, draw)
        for person, table in visits.items():
            seen[person].add(table)
            known[person][themes[table]] += 1
        plan.append(visits)
    return plan


def _halves(members: Sequence[int], place: int, draw: random.Random) -> tuple[list[int], list[int]]:
    """Divide the members of a group; of three, two receive first at every other table, so that visitors are half."""
    drawn = _shuffled_by(members, draw)
    middle = (len(drawn) + place % 2) // 2 if len(drawn) > 1 else len(drawn)
    return drawn[:middle], drawn[middle:]


def _shuffled_by(people: Iterable[int], draw: random.Random) -> list[int]:
    drawn = sorted(people)
    draw.shuffle(drawn)
    return drawn


def _spread(
    visitors: Iterable[int], tables: Sequence[int], cost: Callable[[int, int], int], draw: random.Random
) -> Visits:
    """Return a table for each visitor, as many at each as can be, at low `cost` (visitor, table); none at their own."""
    drawn = _shuffled_by(visitors, draw)
    if not tables or not drawn:
        return {}
    most = math.ceil(len(drawn) / len(tables))
    visits: dict[int, int] = {}
    filled, free = Counter[int](), list(tables)
    for person in drawn:
        near = draw.sample(free, min(len(free), _CONSIDERED))
        table = min(near, key=lambda table: (cost(person, table), filled[table]))
        visits[person] = table
        filled[table] += 1
        if filled[table] == most:
            free.remove(table)
    changed = True
    while changed:  # each change costs less than before
        changed = False
        for person in drawn:
            for other in draw.sample(drawn, min(len(drawn), _CONSIDERED)) if cost(person, visits[person]) else ():
                here, there = visits[person], visits[other]
                if cost(person, there) + cost(other, here) < cost(person, here) + cost(other, there):
                    visits[person], visits[other] = there, here
                    changed = True
    return {person: table for person, table in sorted(visits.items()) if cost(person, table) < _OWN}


# --- The order of groups.


ALTERNATING = (Gender.WOMAN.value, Gender.MAN.value)
"""The genders of presenters that alternate on stage."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """What the order of groups depends on: a group's id, theme and language (a locale), and whether it is remote.

    `gender` is the gender of all its presenters, '' unless all agreed that the order may depend on it. `presenters` is
    how many present.
    """

    group_id: int
    theme: str
    language: str = ""
    remote: bool = False
    gender: str = ""
    presenters: int = 0


def balanced(entrants: Sequence[Entrant]) -> Sequence[Entrant]:
    """Return entrants of which as many are presented by women as by men, and each kind by as many people.

    The order must not depend on the gender of all the others, which is left out. An order that alternates shows which
    groups are presented by people of the same gender. It does not show which gender that is: with women and men the
    other way round it is drawn alike. If there were more of one kind, their number would give that away beside the
    figures of women and men.
    """
    chosen: set[int] = set()
    for presenters in {entrant.presenters for entrant in entrants}:
        alike = [entrant for entrant in entrants if entrant.presenters == presenters and entrant.gender]
        kinds = [[entrant.group_id for entrant in alike if entrant.gender == kind] for kind in ALTERNATING]
        chosen.update(group_id for pair in zip(*kinds, strict=False) for group_id in pair)
    return [entrant if entrant.group_id in chosen else replace(entrant, gender="") for entrant in entrants]


def draw_order(entrants: Sequence[Entrant], seed: int) -> list[int]:
    """Return the ids of groups in a drawn order, which the seed determines.

    No two groups of one theme follow each other, where that is possible at all. Groups that are remote, or speak a
    rarer language, are spread, and groups presented by women and by men alternate where they agreed.
    """
    if len(entrants) < 3:
        return _shuffled([entrant.group_id for entrant in entrants], seed)
    draw = random.Random(seed)  # noqa: S311 - a draw that can be redone, no secret
    order = _themes_apart(sorted(entrants, key=lambda entrant: entrant.group_id), draw)
    languages = Counter(entrant.language for entrant in entrants)
    commonest = max(sorted(languages), key=lambda language: languages[language])
    for _attempt in range(40 * len(order)):
        one, other = draw.sample(range(len(order)), 2)
        before = _discomfort(order, {one, other}, commonest)
        order[one], order[other] = order[other], order[one]
        if _discomfort(order, {one, other}, commonest) > before:
            order[one], order[other] = order[other], order[one]
    return [entrant.group_id for entrant in order]


def _shuffled(group_ids: Iterable[int], seed: int) -> list[int]:
    order = sorted(group_ids)
    random.Random(seed).shuffle(order)  # noqa: S311 - a draw that can be redone, no secret
    return order


def _themes_apart(entrants: Sequence[Entrant], draw: random.Random) -> list[Entrant]:
    """Return entrants in a drawn order in which those of one theme follow each other only where they must.

    The next theme is drawn among those that leave the rest possible: a theme with more than half of what is left must
    come now.
    """
    left: dict[str, list[Entrant]] = {}
    for entrant in entrants:
        left.setdefault(entrant.theme, []).append(entrant)
    for same_theme in left.values():
        draw.shuffle(same_theme)
    order: list[Entrant] = []
    for remaining in range(len(entrants), 0, -1):
        last = order[-1].theme if order else None
        free = [theme for theme, same_theme in left.items() if same_theme and theme != last]
        pressing = [theme for theme in free if 2 * len(left[theme]) > remaining]
        themes = pressing or free or [theme for theme, same_theme in left.items() if same_theme]
        theme = draw.choice([theme for theme in themes for _entrant in left[theme]])
        order.append(left[theme].pop())
    return order


def _discomfort(order: Sequence[Entrant], places: Collection[int], commonest: str) -> int:
    """Return how much is wrong around some places of an order: 0 for nothing, more for worse.

    `commonest` is the language of most groups, which need not be spread.
    """
    pairs = {
        (first, first + distance)
        for place in places
        for distance in (1, 2)
        for first in (place - distance, place)
        if first >= 0 and first + distance < len(order)
    }
    total = 0
    for first, second in pairs:
        one, other, near = order[first], order[second], second - first == 1
        if near and one.theme == other.theme:
            total += 1000
        if one.remote and other.remote:
            total += 30 if near else 10
        if one.language == other.language != commonest:
            total += 20 if near else 8
        if near and one.gender and one.gender == other.gender:
            total += 5
    return total


# --- Questions: which ones a person is shown, and how they rank.


LONGEST_QUESTION = 280
MOST_QUESTIONS = 5
"""How many questions a person can write to one group."""
LONGEST_OFFER = 140
LONGEST_ANSWER = 1000
SHOWN = 6
"""How many questions are shown at once."""
_CONFIDENCE = 1.96


def least_seen(views: Mapping[int, int], most: int = SHOWN) -> list[int]:
    """Return which questions are shown next, those that fewest people saw first.

    `views` has, by question, how many people saw it. At most `most` are returned; the older of two comes first.
    """
    return sorted(views, key=lambda question: (views[question], question))[:most]


def wilson(votes: int, views: int) -> float:
    """Return the lower bound of the share of people who want a question, of all who would see it (Wilson, 95 %).

    It lies between 0 and 1. Few views give a low bound, so that one early vote does not put a question first.
    """
    if views <= 0:
        return 0.0
    share, z2 = min(votes, views) / views, _CONFIDENCE**2
    spread = _CONFIDENCE * math.sqrt(share * (1 - share) / views + z2 / (4 * views**2))
    return max(0.0, (share + z2 / (2 * views) - spread) / (1 + z2 / views))


@dataclass(frozen=True, slots=True)
class StageQuestion:
    """A question from the room to a group, with how many people saw it and voted for it.

    `author_id` is None once the author was erased; `name` is the first name that is shown, '' for none. `merged_into`
    is the question that it became a part of, None for none; views and votes of merged questions count for that one.
    `asked_at` is when it was asked aloud, `answer` what the group wrote, '' for nothing.
    """

    id: int
    group_id: int | None
    author_id: int | None
    named: bool
    name: str
    text: str
    written_at: datetime
    asked_at: datetime | None
    hidden: bool
    merged_into: int | None
    answer: str
    views: int = 0
    votes: int = 0

    @property
    def shown(self) -> bool:
        """Whether others than its author can read it as a question of its own."""
        return not self.hidden and self.merged_into is None


def ranked(questions: Iterable[StageQuestion]) -> list[StageQuestion]:
    """Return questions as the conductor reads them: the one being asked first, then those the room wants most.

    Questions that were asked earlier come last.
    """
    questions = list(questions)
    asked = sorted((question for question in questions if question.asked_at), key=_asked, reverse=True)
    open_ones = [question for question in questions if not question.asked_at]
    by_wish = sorted(open_ones, key=lambda question: (-wilson(question.votes, question.views), question.id))
    return [*asked[:1], *by_wish, *asked[1:]]


def _asked(question: StageQuestion) -> tuple[datetime, int]:
    return question.asked_at or question.written_at, question.id
