"""An attack on published figures of women and men, which knows who took part and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import highspy
import numpy as np

from handlers.equality.model.chance import chance_band
from handlers.equality.model.steps import PublishedStep, StepTally


class Attack:
    """Reads all reports side by side, knows who took part and how often, and works out whose gender that leaves open.

    Each figure says that a sum over women lies between two numbers; all sums and differences of figures follow from
    these. A person's gender is recovered where no way to give genders to all people satisfies them and gives this
    person another one. The words are believed too; the bands follow from what is known already. It also knows which of
    the people `tied` have the same gender, but not which one that is: so much an order that alternates may show.
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
        self._places = {person: place for place, person in enumerate(genders)}
        for _person in genders:
            self._model.addVar(0, 1)
            self._model.changeColIntegrality(self._model.getNumCol() - 1, highspy.HighsVarType.kInteger)
        self._tie(tied)
        by_key = {step.key: step for step in steps}
        for report in reports:
            done = by_key[report.key].done
            assert all(genders[person] for person in done)  # the attacker even knows that everybody is a woman or a man
            self._say(dict.fromkeys(done, 1), report.could, report.grain, len(done))
            self._say(done, report.did, report.grain, sum(done.values()))
            self._row(dict.fromkeys(done, 1), 5, len(done) - 5)
            self._row({person: 1 for person, times in done.items() if times}, 5, sum(map(bool, done.values())) - 5)
            self._believe_side(done, report)

    def _tie(self, tied: Sequence[int]) -> None:
        """All of these people have the gender that they have, or all of them the other one."""
        other_way_round = self._model.getNumCol()
        self._model.addVar(0, 1)
        self._model.changeColIntegrality(other_way_round, highspy.HighsVarType.kInteger)
        for person in tied:
            woman = int(self._genders[person] == "woman")
            places = np.array([self._places[person], other_way_round], dtype=np.int32)
            self._model.addRow(woman, woman, 2, places, np.array([1.0, 1.0 if woman else -1.0]))

    def _say(self, weights: Mapping[int, int], share: int, grain: int, total: int) -> None:
        """A share was rounded to a neighbour on the grid: it is less than one step of the grid away."""
        self._row(weights, (share - grain) * total / 100 + 1e-4, (share + grain) * total / 100 - 1e-4)

    def _believe_side(self, done: Mapping[int, int], report: PublishedStep) -> None:
        """The word says on which side of the band of chance women are; the band moves with the number of women."""
        women, mean = round(report.could * len(done) / 100), sum(done.values()) / len(done)
        low, high = (edge - mean * women for edge in chance_band(report.key, np.array([*done.values()]), women))
        bounds = {
            "below": (-highspy.kHighsInf, low + 1),
            "within": (low - 1, high + 1),
            "above": (high - 1, highspy.kHighsInf),
        }
        if len({*done.values()}) > 1:  # where everybody did the same there is nothing to learn
            self._row({person: times - mean for person, times in done.items()}, *bounds[report.side])

    def _row(self, weights: Mapping[int, float], low: float, high: float) -> None:
        counted = [(self._places[person], weight) for person, weight in weights.items() if weight]
        places, values = zip(*counted, strict=True)
        self._model.addRow(low, high, len(counted), np.array(places, dtype=np.int32), np.array(values, dtype=float))

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
