"""Decides what may be published about steps, so that nobody's gender can be worked out from all published figures.

Whoever reads the figures may know who took part and how often, may hold all reports ever published side by side, and
may subtract one from another. They may also know which people have the same gender, though not which one it is: an
order in which groups presented by women and by men alternate shows that. These people are called tied: in another world
all of them have the other gender, or none. Four things protect people:

- nothing is published about fewer than five women or five men, among those who could and among those who did, nor
  where the gender of fewer than half is known;
- a share is rounded at random to one of its two neighbours on a grid, which are at least three people apart, and
  further than anybody did alone: a report about one person more may show the same or not, whoever that person is;
- the band that is shown is computed from the rounded share, so it says nothing more than that;
- as a last gate, another world is looked for, for everybody: one in which this person has swapped gender with someone
  else (and up to three more pairs have), and in which every published figure could be the same. Nobody tied swaps in
  it, so it is there for readers too who know what they are. For the tied, one is looked for in which all of them have
  the other gender. Where somebody has none, the grid is made coarser, and if that does not help, nothing is published.

The random numbers are drawn once, when a step is published, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.people.listed import Gender
from handlers.equality.model.chance import Counts, chance_band
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

Flags = NDArray[np.bool_]
Draw = Callable[[], float]
"""Returns a random number from 0 up to 1, which nobody can foresee."""
APART = 3
"""By how many people, at least, two shares differ that are neighbours on the grid of rounding."""
_WOMAN, _MAN, _OTHER = 1, 2, 0
_NOBODIES = (_WOMAN, _MAN, _OTHER)
"""One more of each kind, who takes part in nothing: swapping gender with them is to have another one."""
_BUNDLES = 256
"""How many pairs of a woman and a man, and how many threes of pairs, are tried to make up for what one swap changes."""
_AT_ONCE = 64
"""With how many people somebody is swapped at a time: nearly always one of the first will do."""
_FRUITLESS = 20
"""After how many rounds of swaps that bring nothing nearer no world is looked for any more, where all tied differ."""
_KINDS = {Gender.WOMAN.value: _WOMAN, Gender.MAN.value: _MAN}


def publish(
    steps: Sequence[StepTally],
    genders: Mapping[int, str],
    published: Sequence[PublishedStep],
    draw: Draw,
    tied: Collection[int] = (),
) -> tuple[Sequence[PublishedStep], Mapping[str, Withheld]]:
    """Return what may be published about steps that have ended, and why nothing is published about the others, by key.

    `steps` are those not published yet and those in `published`, which stay as they are. `genders` are those of all
    participants by id, '' for unknown. `draw` returns random numbers, from 0 up to 1. `tied` are the ids of people of
    whom it is public which have the same gender.
    """
    crowd = Crowd.of(steps, genders, tied)
    exact = {step.key: ExactStep.of(step, crowd.people, crowd.kinds) for step in steps}
    shown = _possible(exact, published)
    withheld: dict[str, Withheld] = {}
    wanted: list[ExactStep] = []
    old = {step.key for step in published}
    for step in (exact[step.key] for step in steps if step.key not in old):
        if reason := step.reason_to_withhold:
            withheld[step.tally.key] = reason
        else:
            wanted.append(step)
    drafts = [Report(step, step.draft(step.grains[0], draw)) for step in wanted]
    if drafts and not everybody_is_hidden([*shown, *drafts], crowd):
        drafts = []
        for step in wanted:
            report = _finest(step, [*shown, *drafts], crowd, draw)
            if report is None:
                withheld[step.tally.key] = "few"
            else:
                drafts.append(report)
    return [report.published for report in drafts], withheld


def may_be_tied(
    steps: Sequence[StepTally], genders: Mapping[int, str], published: Sequence[PublishedStep], tied: Collection[int]
) -> bool:
    """Return whether it may become public which of the people `tied` (ids) have the same gender.

    It may if everybody is hidden then in what is published. The other arguments are those of `publish`.
    """
    crowd = Crowd.of(steps, genders, tied)
    exact = {step.key: ExactStep.of(step, crowd.people, crowd.kinds) for step in steps}
    return everybody_is_hidden(_possible(exact, published), crowd)


@dataclass(frozen=True)
class Crowd:
    """All people by position: their ids, which of them are women, men and others (`kinds`), and who is tied.

    The last three take part in nothing, one of each kind, and have negative ids.
    """

    people: Sequence[int]
    kinds: Counts
    tied: Flags

    @classmethod
    def of(cls, steps: Sequence[StepTally], genders: Mapping[int, str], tied: Collection[int]) -> Crowd:
        """Return everybody who has a gender or could take a step; only women and men can be tied."""
        people = sorted({*genders, *(person for step in steps for person in step.done)})
        kinds = [_KINDS.get(genders.get(person, ""), _OTHER) for person in people]
        flags = [person in tied and kind != _OTHER for person, kind in zip(people, kinds, strict=True)]
        nobodies = [-place for place in range(1, len(_NOBODIES) + 1)]
        return cls(
            [*people, *nobodies],
            np.array([*kinds, *_NOBODIES], dtype=np.int64),
            np.array([*flags, *(False for _nobody in _NOBODIES)], dtype=np.bool_),
        )

    def free(self, kind: int) -> Counts:
        """Return the positions of people of a kind who are not tied, with the one who takes part in nothing."""
        return np.flatnonzero((self.kinds == kind) & ~self.tied)

    def nobody(self, kind: int) -> int:
        """Return the position of the one of a kind who takes part in nothing."""
        return len(self.kinds) - len(_NOBODIES) + _NOBODIES.index(kind)


def _possible(exact: Mapping[str, ExactStep], published: Sequence[PublishedStep]) -> Sequence[Report]:
    """Return the published steps beside their exact figures.

    Where data have changed since a report, its figures tell of people who may be gone: nothing can be tried on it.
    """
    shown = [Report(exact[step.key], step) for step in published if step.key in exact]
    return [report for report in shown if report.is_possible]


def _finest(step: ExactStep, others: Sequence[Report], crowd: Crowd, draw: Draw) -> Report | None:
    """Return the report of a step on the finest grid that leaves everybody hidden beside `others`; None for none."""
    for grain in step.grains:
        report = Report(step, step.draft(grain, draw))
        if everybody_is_hidden([*others, report], crowd):
            return report
    return None


@dataclass(frozen=True)
class ExactStep:
    """The exact figures of a step, which are never stored. Arrays have an element for each person of the gathering.

    `could` is 1 for those who could take the step, `done` how often they did; `kinds` tells women, men and others.
    """

    tally: StepTally
    could: Counts
    done: Counts
    kinds: Counts

    @classmethod
    def of(cls, tally: StepTally, people: Sequence[int], kinds: Counts) -> ExactStep:
        """Return the figures of a step for people with these ids."""
        could = np.array([person in tally.done for person in people], dtype=np.int64)
        done = np.array([tally.done.get(person, 0) for person in people], dtype=np.int64)
        return cls(tally, could, done, kinds)

    def count(self, of: Counts, *kinds: int) -> int:
        """Return the sum of an array over the people of some kinds; of all without any."""
        return int(of[np.isin(self.kinds, kinds)].sum() if kinds else of.sum())

    @cached_property
    def did(self) -> Counts:
        """1 for those who took the step at least once."""
        return (self.done > 0).astype(np.int64)

    @cached_property
    def women(self) -> int:
        """The number of women who could take the step."""
        return self.count(self.could, _WOMAN)

    @cached_property
    def known(self) -> int:
        """The number of women and men who could take the step."""
        return self.count(self.could, _WOMAN, _MAN)

    @cached_property
    def women_who_did(self) -> int:
        """The number of women who took the step at least once."""
        return self.count(self.did, _WOMAN)

    @cached_property
    def men_who_did(self) -> int:
        """The number of men who took the step at least once."""
        return self.count(self.did, _MAN)

    @cached_property
    def done_by_women(self) -> int:
        """How often women took the step, together."""
        return self.count(self.done, _WOMAN)

    @cached_property
    def done_by_known(self) -> int:
        """How often women and men took the step, together."""
        return self.count(self.done, _WOMAN, _MAN)

    @cached_property
    def band(self) -> tuple[int, int]:
        """The band of chance for how often women together took the step."""
        counts = self.done[(self.could == 1) & (self.kinds != _OTHER)]
        return chance_band(self.tally.key, counts, self.women)

    @cached_property
    def side(self) -> Side:
        """Where what women did lies, beside the band of chance."""
        low, high = self.band
        return "below" if self.done_by_women < low else "above" if self.done_by_women > high else "within"

    @cached_property
    def grains(self) -> Sequence[int]:
        """The grids, in percentage points, whose points are far enough apart; the finest first."""
        largest = int(self.done.max(initial=0))
        return [
            grain
            for grain in GRAINS
            if grain * self.known >= 100 * APART and grain * self.done_by_known >= 100 * max(APART, largest)
        ]

    @cached_property
    def reason_to_withhold(self) -> Withheld | None:
        """Why nothing may be published, whatever else is; None if something may."""
        if 100 * self.known < KNOWN_AT_LEAST * self.count(self.could):
            return "unknown"
        smallest = min(self.women, self.known - self.women, self.women_who_did, self.men_who_did)
        return "few" if smallest < FEWEST or not self.grains else None

    @cached_property
    def could_share(self) -> float:
        """The percentage of women among the women and men who could take the step."""
        return 100 * self.women / self.known

    @cached_property
    def did_share(self) -> float:
        """The percentage of what women did in what women and men did."""
        return 100 * self.done_by_women / self.done_by_known

    def draft(self, grain: int, draw: Draw) -> PublishedStep:
        """Return what would be published on a grid of so many percentage points."""
        people, done = self.count(self.could), self.count(self.done)
        could, did = _rounded(self.could_share, grain, draw), _rounded(self.did_share, grain, draw)
        # Everybody's counts and the rounded share: what a reader could compute as well, and nothing more.
        low, high = chance_band(self.tally.key, self.done[self.could == 1], round(could * people / 100))
        low, high = low * 100 // done, -(-high * 100 // done)
        match self.side:
            case "below":
                low = max(low, did + 1)
                high = max(low, high)
            case "above":
                high = min(high, did - 1)
                low = min(low, high)
            case _:
                low, high = min(low, did), max(high, did)
        cautious = 100 * self.known < KNOWN_WITH_CARE * people
        tally = self.tally
        return PublishedStep(tally.key, tally.title, people, done, could, did, low, high, self.side, grain, cautious)


def _rounded(share: float, grain: int, draw: Draw) -> int:
    """Return one of the two multiples of `grain` next to a percentage; the nearer one is the likelier."""
    below, above = divmod(share, grain)
    return int(below) * grain + (grain if draw() < above / grain else 0)


@dataclass(frozen=True)
class Report:
    """A step as it is published, beside its exact figures."""

    exact: ExactStep
    published: PublishedStep

    @property
    def is_possible(self) -> bool:
        """Whether what is published can come from the exact figures as they are now."""
        exact = self.exact
        if exact.reason_to_withhold or exact.side != self.published.side:
            return False
        zero = np.zeros(1, dtype=np.int64)
        return bool(self.allows(_Change(zero, zero, zero, zero, zero, zero))[0])

    def changed_by(self, people: Counts, others: Counts) -> _Change:
        """Return how the figures change where people swap gender with others, each pair in a world of its own.

        Both are positions of people. Arrays of different shapes are broadcast.
        """
        exact, kinds = self.exact, self.exact.kinds
        woman = (kinds[others] == _WOMAN).astype(np.int64) - (kinds[people] == _WOMAN)
        man = (kinds[others] == _MAN).astype(np.int64) - (kinds[people] == _MAN)
        could = exact.could[people] - exact.could[others]
        did = exact.did[people] - exact.did[others]
        done = exact.done[people] - exact.done[others]
        return _Change(woman * could, man * could, woman * did, man * did, woman * done, man * done)

    def allows(self, change: _Change) -> Flags:
        """Return, for each changed world, whether the same could have been published there."""
        return np.asarray(self.lacks(change) == 0, dtype=np.bool_)

    def lacks(self, change: _Change) -> NDArray[np.float64]:
        """Return how far each changed world is from one where the same could have been published; 0 where it could."""
        exact, published, grain = self.exact, self.published, self.published.grain
        women, known = exact.women + change.women, exact.known + change.women + change.men
        by_women = exact.done_by_women + change.done_by_women
        done = exact.done_by_known + change.done_by_women + change.done_by_men
        fewest = (
            np.maximum(FEWEST - women, 0)
            + np.maximum(FEWEST - (known - women), 0)
            + np.maximum(FEWEST - (exact.women_who_did + change.women_who_did), 0)
            + np.maximum(FEWEST - (exact.men_who_did + change.men_who_did), 0)
        )
        enough = np.maximum(KNOWN_AT_LEAST * published.people - 100 * known, 0) / 100 + (
            (100 * known < KNOWN_WITH_CARE * published.people) != published.cautious
        )
        # A share was rounded to a neighbour: it is less than one step of the grid away.
        far = (
            np.maximum(np.abs(100 * women - published.could * known) - grain * known + 1, 0) / 100
            + np.maximum(np.abs(100 * by_women - published.did * done) - grain * done + 1, 0) / 100
        )
        # The band moves with the number of women who could, by what a person did on average.
        moved = change.women * exact.done_by_known / exact.known
        low, high = exact.band[0] + moved, exact.band[1] + moved
        match published.side:
            case "below":
                beside = np.where(by_women < low, 0, by_women - low + 1)
            case "above":
                beside = np.where(by_women > high, 0, high - by_women + 1)
            case "within":
                beside = np.maximum(low - by_women, 0) + np.maximum(by_women - high, 0)
        return np.asarray(fewest + enough + far + beside, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Change:
    """By how much the figures of a step differ in other worlds; arrays with an element for each world."""

    women: Counts
    men: Counts
    women_who_did: Counts
    men_who_did: Counts
    done_by_women: Counts
    done_by_men: Counts

    def __add__(self, other: _Change) -> _Change:
        """Return the changes of both together."""
        return _Change(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))

    def together(self) -> _Change:
        """Return the changes of each row of pairs together."""
        return _Change(*(getattr(self, part.name).sum(axis=1) for part in fields(self)))

    def only(self, world: int) -> _Change:
        """Return the changes of one world, by its position."""
        return _Change(*(getattr(self, part.name)[world : world + 1] for part in fields(self)))


def everybody_is_hidden(reports: Sequence[Report], crowd: Crowd) -> bool:
    """Return whether everybody has another world in which their gender is another and all reports are the same.

    In that world women and men have swapped gender with somebody of the other, everybody else with one of them, and
    perhaps up to three more women and men have; nobody of these is tied. The tied have one in which all of them have
    the other gender, and as many others as it takes.
    """
    if not reports:
        return True
    kinds = crowd.kinds
    steps = (part for report in reports for part in (report.exact.could, report.exact.done))
    lived = np.stack([kinds, crowd.tied, *steps])
    _profiles, first = np.unique(lived, axis=1, return_index=True)  # people alike in everything have the same worlds
    first = first[~crowd.tied[first]]
    rng, bundles = np.random.default_rng(0), list[_Bundle]()
    women, men = crowd.free(_WOMAN), crowd.free(_MAN)
    for size in (1, min(3, len(women), len(men))):
        one, two = (np.stack([rng.choice(of, size, replace=False) for _each in range(_BUNDLES)]) for of in (women, men))
        bundles.append(_Bundle(one, two, [report.changed_by(one, two).together() for report in reports]))
    known = first[kinds[first] != _OTHER]  # that nobody wrote down what somebody is leaves nothing open
    return _tied_are_hidden(reports, crowd, rng) and all(
        _is_hidden(int(person), known[kinds[known] != kinds[person]], bundles, reports) for person in first
    )


def _tied_are_hidden(reports: Sequence[Report], crowd: Crowd, rng: np.random.Generator) -> bool:
    """Return whether all tied people can have the other gender, unnoticed, if enough others have another one too.

    From the world in which only the tied differ, swaps are made that bring it nearer to one with the same reports.
    """
    tied = np.flatnonzero(crowd.tied)
    if not len(tied):
        return True
    nobodies = np.where(crowd.kinds[tied] == _WOMAN, crowd.nobody(_MAN), crowd.nobody(_WOMAN))
    world = [report.changed_by(tied[None, :], nobodies[None, :]).together() for report in reports]
    lacks = _lacks(reports, world)[0]
    women, men, fruitless = crowd.free(_WOMAN), crowd.free(_MAN), 0
    while lacks and fruitless < _FRUITLESS:
        one, two = rng.choice(women, _BUNDLES), rng.choice(men, _BUNDLES)
        worlds = [change + report.changed_by(one, two) for change, report in zip(world, reports, strict=True)]
        lacking = _lacks(reports, worlds)
        best = int(lacking.argmin())
        if lacking[best] >= lacks:
            fruitless += 1
            continue
        lacks, fruitless = lacking[best], 0
        world = [change.only(best) for change in worlds]
        # Who takes part in nothing stands for «nobody»: to swap with them is to have another gender by oneself.
        women = women[(women != one[best]) | (women == crowd.nobody(_WOMAN))]
        men = men[(men != two[best]) | (men == crowd.nobody(_MAN))]
    return not lacks


def _lacks(reports: Sequence[Report], worlds: Sequence[_Change]) -> NDArray[np.float64]:
    """Return how far each world is from one in which all reports are the same; `worlds` has the changes by report."""
    lacking = [report.lacks(change) for report, change in zip(reports, worlds, strict=True)]
    return np.asarray(np.sum(lacking, axis=0), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Women and men who swap gender to make up for what one swap changes: worlds by row, pairs by column.

    `changes` has for each report how it changes in each of these worlds.
    """

    women: Counts
    men: Counts
    changes: Sequence[_Change]


def _is_hidden(person: int, others: Counts, bundles: Sequence[_Bundle], reports: Sequence[Report]) -> bool:
    """Return whether a person can swap gender with one of `others`, and perhaps more people can, unnoticed."""
    position = np.array([person])
    chunks = [others[start : start + _AT_ONCE] for start in range(0, len(others), _AT_ONCE)]
    for possible in chunks:
        for report in reports:
            possible = possible[report.allows(report.changed_by(position, possible))]
        if len(possible):
            return True
    for bundle in bundles:
        for chunk in chunks:
            swapped = chunk[:, None]
            unnoticed = np.ones((len(chunk), len(bundle.women)), dtype=np.bool_)
            for column in (*bundle.women.T, *bundle.men.T):
                unnoticed &= (column != person) & (column != swapped)
            for report, change in zip(reports, bundle.changes, strict=True):
                unnoticed &= report.allows(report.changed_by(position, swapped) + change)
            if unnoticed.any():
                return True
    return False
