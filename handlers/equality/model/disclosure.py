"""Decides what may be published about a step, so that nobody's gender can be worked out from all published figures.

Readers of the figures may know who took part and how often, may compare all figures that were ever published, and may
subtract one from another. Each step is looked at by itself, and three rules protect people from all of this:

- The figures would also be true **if any one person had another gender**. So all figures ever published are true in a
  world in which only this person is different, even for a reader who knows the gender of everybody else. At least five
  women and five men could take the step, and at least five of each did. A share is less than one step of a coarse grid
  away from the figure shown: it is rounded at random to one of the two neighbours on the grid. If it was rounded to the
  nearer one, the limit between two figures would reveal more than the figures do.
- The remark that women did less than chance explains, or more, is decided with Laplace noise, as large as what one
  person does on average: any remark is possible in any world.
- The band that is shown is computed from the rounded share, so it reveals nothing more.

Of some people the public can see which ones have the same gender, but not which gender: an order in which groups
presented by women and by men alternate shows that. These people are called tied. For all of them together another world
is found in which each has the other gender, and perhaps some other people too, and in which figures and remark could be
the same.

The random numbers are drawn once, when a step is published, and stored nowhere.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.people.listed import Gender
from handlers.equality.model.chance import Counts, chance_band, may_have_word, noise_scale
from handlers.equality.model.steps import (
    FEWEST,
    GRAINS,
    KNOWN_AT_LEAST,
    KNOWN_WITH_CARE,
    PublishedStep,
    Side,
    StepTally,
    Withheld,
)

Draw = Callable[[], float]
"""A function that returns an unpredictable random number, at least 0 and below 1."""
APART = 3
"""The smallest difference between two neighbouring figures on the grid of rounding, as a number of people."""
_WOMAN, _MAN, _NEITHER = 1, 2, 0
_KINDS = {Gender.WOMAN.value: _WOMAN, Gender.MAN.value: _MAN}
_OTHER_KINDS = {_WOMAN: (_MAN,), _MAN: (_WOMAN,), _NEITHER: (_WOMAN, _MAN)}
_SWAPPED = {Gender.WOMAN.value: Gender.MAN.value, Gender.MAN.value: Gender.WOMAN.value}
_TRIALS = 500
"""How many worlds are tried in which all tied people have the other gender."""


def publish(
    steps: Sequence[StepTally],
    genders: Mapping[int, str],
    published: Sequence[PublishedStep],
    draw: Draw,
    tied: Collection[int] = (),
) -> tuple[Sequence[PublishedStep], Mapping[str, Withheld]]:
    """Return the figures that may be published now, and the reasons why other ended steps have none, by the step's key.

    `steps` are the ended steps. Steps in `published` already have figures, and are left out of the result. `genders`
    are by participant id, '' for unknown. draw() returns random numbers, from 0 up to 1. `tied` are the ids of people
    of whom the public can see which ones have the same gender.
    """
    other_world = _world_for_tied(steps, genders, published, tied)
    old = {step.key for step in published}
    reports: list[PublishedStep] = []
    withheld: dict[str, Withheld] = {}
    for step in (step for step in steps if step.key not in old):
        found = _look_at(step, genders, other_world, draw) if other_world is not None else "few"
        if isinstance(found, PublishedStep):
            reports.append(found)
        else:
            withheld[step.key] = found
    return reports, withheld


def may_be_tied(
    steps: Sequence[StepTally], genders: Mapping[int, str], published: Sequence[PublishedStep], tied: Collection[int]
) -> bool:
    """Return whether it may be made public which of the people `tied` (ids) have the same gender.

    This is allowed if the published figures would also be true if any one of these people had the other gender. `steps`
    are all ended steps, and `published` the figures of some of them. `genders` are by participant id, '' for unknown.
    """
    return _world_for_tied(steps, genders, published, tied) is not None


def _world_for_tied(
    steps: Sequence[StepTally], genders: Mapping[int, str], published: Sequence[PublishedStep], tied: Collection[int]
) -> Mapping[int, str] | None:
    """Return genders in which all tied people have the other one, and all that is published could be the same.

    As many other women as men, chosen at random, have another gender too: they make up for what the tied change. The
    same worlds are tried each time, so one that was found is found again. None if there is none among them. Where data
    have changed since, a report tells of people who may be gone: nothing can be tried on it.
    """
    if not tied:
        return genders  # nothing is known of anybody that another world would have to repeat
    tallies = {step.key: step for step in steps}
    tried = [(tallies[report.key], report) for report in published if report.key in tallies]
    tried = [(step, report) for step, report in tried if _World.of(step, genders).has(report)]
    swapped = {person: _SWAPPED.get(gender, gender) if person in tied else gender for person, gender in genders.items()}
    free = {
        kind: [person for person in sorted(genders) if genders[person] == kind and person not in tied]
        for kind in _SWAPPED
    }
    dice = random.Random(0)  # noqa: S311 - the same worlds each time, no secret
    for trial in range(_TRIALS):
        pairs = dice.randint(0, min(map(len, free.values()))) if trial else 0
        world = {**swapped, **{person: _SWAPPED[kind] for kind in free for person in dice.sample(free[kind], pairs)}}
        if all(_World.of(step, world).could_be(report) for step, report in tried):
            return world
    return None


@dataclass(frozen=True, slots=True)
class _World:
    """The exact figures of a step, which are never stored, with the genders that people have or might have.

    `women` and `men` could take the step, `women_who_did` and `men_who_did` took it at least once; `done_by_women` and
    `done_by_men` are how often, together. `band` is the band of chance for `done_by_women`, for which noise has a
    `scale`; `may_have_word` tells whether people did so differently that there can be a word.
    """

    women: int
    men: int
    women_who_did: int
    men_who_did: int
    done_by_women: int
    done_by_men: int
    band: tuple[int, int]
    scale: float
    may_have_word: bool

    @classmethod
    def of(cls, step: StepTally, genders: Mapping[int, str]) -> _World:
        """Return the figures that a step would have if people had these genders."""
        return cls.of_people(step.key, *_people(step, genders))

    @classmethod
    def of_people(cls, key: str, done: Counts, kinds: Counts) -> _World:
        """Return the figures that a step with this key would have.

        `done` is how often each person took the step, and `kinds` is the gender of each person, in the same order.
        """
        women, men = kinds == _WOMAN, kinds == _MAN
        return cls(
            int(women.sum()),
            int(men.sum()),
            int((done[women] > 0).sum()),
            int((done[men] > 0).sum()),
            int(done[women].sum()),
            int(done[men].sum()),
            chance_band(key, done[women | men], int(women.sum())),
            noise_scale(done[women | men]),
            may_have_word(done[women | men]),
        )

    @property
    def known(self) -> int:
        """The number of women and men who could take the step."""
        return self.women + self.men

    @property
    def smallest(self) -> int:
        """The smallest of four numbers: how many women could take the step, how many men, and how many of each did."""
        return min(self.women, self.men, self.women_who_did, self.men_who_did)

    @property
    def could(self) -> float:
        """The percentage of women among the women and men who could take the step."""
        return 100 * self.women / self.known

    @property
    def did(self) -> float:
        """The percentage of women's actions in the actions of women and men together."""
        return 100 * self.done_by_women / (self.done_by_women + self.done_by_men)

    def side(self, noise: float = 0) -> Side:
        """Return whether women did less («below») or more («above») than chance explains, or neither («within»).

        `noise` is the noise to add, for a scale of 1.
        """
        if not self.may_have_word:
            return "within"
        low, high = self.band
        seen = self.done_by_women + self.scale * noise
        return "below" if seen < low else "above" if seen > high else "within"

    def has(self, report: PublishedStep) -> bool:
        """Return whether the figures of a report are true for these people and genders."""
        return (
            self.smallest >= FEWEST
            and _is_near(self.could, report.could, report.grain)
            and _is_near(self.did, report.did, report.grain)
        )

    def could_be(self, report: PublishedStep) -> bool:
        """Return whether a report's figures, and its remark without noise, are true for these people and genders."""
        return self.has(report) and self.side() == report.side


def _people(step: StepTally, genders: Mapping[int, str]) -> tuple[Counts, Counts]:
    """Return how often each person who could took a step, and of which kind each is."""
    kinds = [_KINDS.get(genders.get(person, ""), _NEITHER) for person in step.done]
    return np.array([*step.done.values()], dtype=np.int64), np.array(kinds, dtype=np.int64)


def _with_one_changed(step: StepTally, genders: Mapping[int, str]) -> Iterator[_World]:
    """Return the worlds in which one person has another gender; people of one kind who did the same make the same."""
    done, kinds = _people(step, genders)
    _profiles, first = np.unique(np.stack([kinds, done]), axis=1, return_index=True)
    for person in first:
        for kind in _OTHER_KINDS[int(kinds[person])]:
            changed = kinds.copy()
            changed[person] = kind
            yield _World.of_people(step.key, done, changed)


def _look_at(
    step: StepTally, genders: Mapping[int, str], other_world: Mapping[int, str], draw: Draw
) -> PublishedStep | Withheld:
    """Return what may be published about a step, or why nothing is."""
    exact, other, people = _World.of(step, genders), _World.of(step, other_world), len(step.done)
    if 100 * exact.known < KNOWN_AT_LEAST * people:
        return "unknown"
    worlds = [exact, other, *_with_one_changed(step, genders)]
    noise = math.log((1 - draw()) / (1 - draw()))  # has a Laplace distribution
    side = exact.side(noise)
    if min(world.smallest for world in worlds) < FEWEST or other.side(noise) != side:
        return "few"
    fewest = min(exact.known, exact.done_by_women + exact.done_by_men)
    for grain in (grain for grain in GRAINS if grain * fewest >= 100 * APART):
        could = _rounded([world.could for world in worlds], grain, draw)
        did = _rounded([world.did for world in worlds], grain, draw)
        if could is not None and did is not None:
            low, high = _shown_band(step, could, did, side)
            done, cautious = sum(step.done.values()), 100 * exact.known < KNOWN_WITH_CARE * people
            return PublishedStep(step.key, step.title, people, done, could, did, low, high, side, grain, cautious)
    return "few"


def _is_near(share: float, figure: int, grain: int) -> bool:
    """Return whether a percentage could have been rounded to a figure: it is less than one step of the grid away."""
    return abs(share - figure) < grain


def _rounded(shares: Sequence[float], grain: int, draw: Draw) -> int | None:
    """Return one of the two multiples of `grain` next to the first percentage, near to which all of them are.

    Where both are possible, the nearer one is the likelier. None if neither is: one person counts for too much.
    """
    below, past = divmod(shares[0], grain)
    figures = [int(below) * grain, (int(below) + 1) * grain]
    possible = [figure for figure in figures if all(_is_near(share, figure, grain) for share in shares)]
    if possible == figures:
        return figures[draw() < past / grain]
    return possible[0] if possible else None


def _shown_band(step: StepTally, could: int, did: int, side: Side) -> tuple[int, int]:
    """Return the band of chance in percent, from everybody's counts and what is published: a reader could do the same.

    It is moved where rounding would contradict the word.
    """
    done = np.array([*step.done.values()], dtype=np.int64)
    low, high = chance_band(step.key, done, round(could * len(done) / 100))
    low, high = int(low * 100 // done.sum()), int(-(-high * 100 // done.sum()))
    match side:
        case "below":
            low = max(low, did + 1)
            return low, max(low, high)
        case "above":
            high = min(high, did - 1)
            return min(low, high), high
        case "within":
            return min(low, did), max(high, did)
