"""Simulated rooms: does the conductor get the questions that the room wants, and is the predicted end right?

In a room, people write questions while a group is on stage and open the list a few times; each reads six and votes for
those they want. The room's true top three are the questions that most people would vote for, had everybody read
everything.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log
from statistics import NormalDist, fmean

from handlers.plenary.model.questions import SHOWN, least_seen, wilson
from handlers.plenary.model.turns import Lengths, Plenary, PlenaryState, StageTurn

WANTED_SHARE = 2.0
"""How many of the room's true top three the conductor's three must hold on average."""
WITHIN = timedelta(minutes=3)
PREDICTED_SHARE = 0.8
"""In what share of plenaries the end that is predicted at half time must be right to `WITHIN`."""

Choose = Callable[["Room", int], Sequence[int]]
"""Which questions a person is shown: choose(room, person)."""


class Room:
    """A room whose people want some of the questions, and what they have seen and voted for until now."""

    def __init__(self, people: int, questions: int, draw: random.Random) -> None:
        appeal = [draw.betavariate(1.6, 3.4) for _question in range(questions)]
        self.wants = [[draw.random() < share for share in appeal] for _person in range(people)]
        self.seen: list[set[int]] = [set() for _person in range(people)]
        self.views = [0] * questions
        self.votes = [0] * questions
        self.written: list[int] = []
        """The questions that were written until now, oldest first."""

    def open_list(self, person: int, choose: Choose) -> None:
        """Let a person read questions, and vote for those they want and have not voted for yet."""
        for question in choose(self, person):
            if question not in self.seen[person]:
                self.seen[person].add(question)
                self.views[question] += 1
                self.votes[question] += self.wants[person][question]

    def top_three(self) -> set[int]:
        """Return the three questions that most people want."""
        wanted = [sum(wants[question] for wants in self.wants) for question in range(len(self.votes))]
        return set(sorted(range(len(wanted)), key=lambda question: (-wanted[question], question))[:3])


def by_votes(room: Room, _person: int) -> Sequence[int]:
    """Choose the questions with the most votes, as most lists do."""
    return sorted(room.written, key=lambda question: (-room.votes[question], question))[:SHOWN]


def least_seen_first(room: Room, person: int) -> Sequence[int]:
    """Choose as `handlers.plenary` does: questions that the person has not seen, fewest views first."""
    return least_seen(
        {question: room.views[question] for question in room.written if question not in room.seen[person]}
    )


def hit(room: Room, choose: Choose, draw: random.Random, visits: int) -> int:
    """Live one turn in a room, and return how many of its true top three are the conductor's three.

    Questions are written in the first two thirds; every person opens the list `visits` times at any moment. The
    conductor's list is by votes where the room's is, else by the lower bound of votes over views.
    """
    times = [(draw.random() * 2 / 3, "question", question) for question in range(len(room.votes))]
    times += [(draw.random(), "visit", person) for person in range(len(room.wants)) for _visit in range(visits)]
    for _time, kind, number in sorted(times):
        if kind == "question":
            room.written.append(number)
        else:
            room.open_list(number, choose)
    if choose is by_votes:
        listed = sorted(room.written, key=lambda question: (-room.votes[question], question))
    else:
        listed = sorted(
            room.written, key=lambda question: (-wilson(room.votes[question], room.views[question]), question)
        )
    return len(room.top_three() & set(listed[:3]))


def rooms(count: int, people: int, questions: int, visits: int, seed: int) -> tuple[float, float]:
    """Return how many of the true top three the conductor sees on average: by votes, and least seen first."""
    hits: dict[Choose, list[int]] = {by_votes: [], least_seen_first: []}
    for number in range(count):
        for choose, found in hits.items():
            draw = random.Random(seed + number)
            found.append(hit(Room(people, questions, draw), choose, draw, visits))
    return fmean(hits[by_votes]), fmean(hits[least_seen_first])


# --- the predicted end


NINETIETH = timedelta(seconds=60)
"""By how much the longest tenth of turns overruns at least; half of them are shorter than planned."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """The end predicted when half of the groups had presented, and the true end."""

    predicted: datetime
    true: datetime

    @property
    def error(self) -> timedelta:
        """How much too late the prediction was."""
        return self.predicted - self.true


def plenary(groups: int, lengths: Lengths, draw: random.Random) -> Predicted:
    """Conduct a plenary in which turns are longer than planned by log-normal factors, and return what was predicted."""
    planned = timedelta(seconds=lengths.talk + lengths.questions)
    sigma = log(1 + NINETIETH / planned) / NormalDist().inv_cdf(0.9)
    now = datetime(2027, 6, 12, 13, 30, tzinfo=UTC)
    turns = tuple(StageTurn(group, 1, group) for group in range(1, groups + 1))
    state = PlenaryState(Plenary(1, 1, 1, 1, lengths), turns)
    state = state.begin(now, state.planned_end(now))
    predicted = now
    for presented in range(1, groups + 1):
        now += timedelta(seconds=lengths.change)
        length = planned * draw.lognormvariate(0, sigma)
        if lengths.questions:
            state = state.advance(now + length * 0.75)
        now += length
        state = state.advance(now)
        if presented == groups // 2:
            predicted = state.predicted_end(now)
    assert state.plenary.ended_at is not None, "every group presented"
    return Predicted(predicted, state.plenary.ended_at)


def predicted_share(count: int, groups: int, seed: int, lengths: Lengths) -> float:
    """Return in what share of plenaries the end predicted at half time is right to `WITHIN`."""
    draw = random.Random(seed)
    return fmean(abs(plenary(groups, lengths, draw).error) <= WITHIN for _plenary in range(count))
