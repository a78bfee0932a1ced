"""Attacks on published figures of women and men, which know who took part and how often."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import highspy
import numpy as np

from handlers.equality.model.chance import chance_band
from handlers.equality.model.steps import PublishedStep, StepTally

_NOISE = math.log(20)
"""The most noise that a word is believed to have, in averages of what one person does: it has more once in twenty."""


class Attack:
    """Reads all reports side by side, knows who took part and how often, and works out whose gender that leaves open.

    Each figure says that a sum over women lies between two numbers; all sums and differences of figures follow from
    these. A person's gender is recovered where no way to give genders to all people satisfies them and gives this
    person another one. The words are believed too, but for improbable noise; the bands follow from what is known
    already. It also knows which of the people `tied` have the same gender, but not which one that is: so much an order
    that alternates may show.
    """

    def __init__(
        self,
        genders: Mapping[int, str],
        steps: Sequence[StepTally],
        reports: Sequence[PublishedStep],
        tied: Sequence[int] = (),
    ) -> None:
        self._genders = genders
        self._model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._model.setOptionValue("output_flag", False)
        self._model.setOptionValue("threads", 1)  # as forming groups asks: a process has one number of threads for all
        self._places = {person: self._unknown() for person in genders}
        self._tie(tied)
        by_key = {step.key: step for step in steps}
        for report in reports:
            done = by_key[report.key].done
            assert all(genders[person] for person in done)  # the attacker even knows that everybody is a woman or a man
            could, did = dict.fromkeys(done, 1), {person: 1 for person, times in done.items() if times}
            for counted in (could, did):
                self._row(self._sum(counted), 5, len(counted) - 5)
            self._say(could, report.could, report.grain)
            self._say(done, report.did, report.grain)
            if len({*done.values()}) > 1:  # where everybody did the same there is nothing to learn
                self._believe_word(done, report)

    def _unknown(self) -> int:
        """One thing more that is unknown, true or not; its place in the model."""
        self._model.addVar(0, 1)
        place = int(self._model.getNumCol()) - 1
        self._model.changeColIntegrality(place, highspy.HighsVarType.kInteger)
        return place

    def _tie(self, tied: Sequence[int]) -> None:
        """All of these people have the gender that they have, or all of them the other one."""
        other_way_round = self._unknown()
        for person in tied:
            woman = int(self._genders[person] == "woman")
            self._row({self._places[person]: 1, other_way_round: 1 if woman else -1}, woman, woman)

    def _say(self, weights: Mapping[int, int], share: int, grain: int) -> None:
        """A share was rounded to a neighbour on the grid: it is less than one step of the grid away."""
        total = sum(weights.values())
        self._row(self._sum(weights), (share - grain) * total / 100 + 1e-4, (share + grain) * total / 100 - 1e-4)

    def _believe_word(self, done: Mapping[int, int], report: PublishedStep) -> None:
        """The word says on which side of the band of chance women are; the band moves with the number of women."""
        women, mean = round(report.could * len(done) / 100), sum(done.values()) / len(done)
        low, high = (edge - mean * women for edge in chance_band(report.key, np.array([*done.values()]), women))
        slack = 1 + _NOISE * mean
        bounds = {
            "below": (-math.inf, low + slack),
            "within": (low - slack, high + slack),
            "above": (high - slack, math.inf),
        }
        self._row({self._places[person]: times - mean for person, times in done.items()}, *bounds[report.side])

    def _sum(self, weights: Mapping[int, int]) -> dict[int, float]:
        """The sum of weights of the women among some people."""
        return {self._places[person]: weight for person, weight in weights.items() if weight}

    def _row(self, weights: Mapping[int, float], low: float, high: float) -> None:
        places, values = np.array([*weights], dtype=np.int32), np.array([*weights.values()], dtype=float)
        self._model.addRow(max(low, -highspy.kHighsInf), min(high, highspy.kHighsInf), len(weights), places, values)

    def recovered(self) -> list[int]:
        """The people whose gender nothing leaves open."""
        known, hidden = [], set[int]()
        for person, place in self._places.items():
            if person in hidden:
                continue
            is_woman = self._genders[person] == "woman"
            self._model.changeColBounds(place, 0 if is_woman else 1, 0 if is_woman else 1)
            self._model.run()
            match self._model.getModelStatus():
                case highspy.HighsModelStatus.kInfeasible:
                    known.append(person)
                case highspy.HighsModelStatus.kOptimal:
                    hidden |= self._others_in(self._model.getSolution().col_value)
            self._model.changeColBounds(place, 0, 1)
        return known

    def _others_in(self, world: Sequence[float]) -> set[int]:
        """The people who have another gender in a world in which all reports are the same."""
        women = {person for person, place in self._places.items() if world[place] > 0.5}
        return {person for person, gender in self._genders.items() if (gender == "woman") != (person in women)}


def told_to_who_knows_all_others(
    genders: Mapping[int, str], steps: Sequence[StepTally], reports: Sequence[PublishedStep]
) -> list[int]:
    """The people whose gender follows from published figures for somebody who knows everybody else's gender."""
    by_key = {step.key: step.done for step in steps}

    def contradicts(report: PublishedStep, women: frozenset[int]) -> bool:
        done = by_key[report.key]
        did = {person for person, times in done.items() if times}
        of_women = 100 * sum(times for person, times in done.items() if person in women) / sum(done.values())
        return (
            min(len(group & women) for group in (done.keys(), did)) < 5
            or min(len(group - women) for group in (done.keys(), did)) < 5
            or abs(100 * len(done.keys() & women) / len(done) - report.could) >= report.grain
            or abs(of_women - report.did) >= report.grain
        )

    women = frozenset(person for person, gender in genders.items() if gender == "woman")
    return [person for person in genders if any(contradicts(report, women ^ {person}) for report in reports)]
