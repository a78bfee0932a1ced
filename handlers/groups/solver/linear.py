"""Groups as a linear model, with which HiGHS finds the best value of one level after the other.

The levels before keep their values. A unit is a set of people who must be in the same group. A term is a pair of a
variable's index and its coefficient; a list of terms is their sum. Shapes: U units, T types of unit, k groups, V
columns of a frame.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import highspy
import numpy as np

from handlers.groups.solver.floors import floors, forced_excess, shares, spreads
from handlers.groups.solver.frame import COUNTED, Frame, Ints, cliques_of
from handlers.groups.solver.model import Level

OPTIMAL = highspy.HighsModelStatus.kOptimal
INFEASIBLE = highspy.HighsModelStatus.kInfeasible
FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible


class QuietHighs(highspy.Highs):
    """A HiGHS solver with one thread, because all solvers of a process must use as many; it prints no banner."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.setOptionValue("threads", 1)

    def enableCallbacks(self) -> None:  # noqa: N802, the library's name
        """Switch the output off, then enable callbacks."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]

    def solve(self) -> None:
        """Solve the model. Raises RuntimeError if the library refuses the model or an option, which is a defect."""
        if self.run() == highspy.HighsStatus.kError:
            raise RuntimeError("HiGHS refused the model or an option")


@dataclass(slots=True)
class Rows:
    """A linear model that is built one variable (column) and one constraint (row) at a time."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def column(self, lower: float, upper: float, *, integer: bool = False, cost: float = 0.0) -> int:
        """Add a variable between `lower` and `upper` to the model, and return its index.

        With `integer`, the variable takes only whole values. `cost` is its coefficient in the goal.
        """
        self.lower.append(lower)
        self.upper.append(upper)
        self.cost.append(cost)
        self.integer.append(integer)
        return len(self.lower) - 1

    def row(self, lower: float, upper: float, terms: list[tuple[int, float]]) -> None:
        """Add a constraint to the model: the sum of `terms` is between `lower` and `upper`.

        A term is the index of a variable and its coefficient. Each variable may occur only once in `terms`.
        """
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        self.index.extend(column for column, _ in terms)
        self.value.extend(value for _, value in terms)
        self.starts.append(len(self.index))

    def load(self, *, maximise: bool, seed: int, seconds: float) -> QuietHighs:
        """Return a solver with the model, ready to run for at most `seconds`.

        The goal is the sum of all variables, each times its cost; every possible value of the goal must be a whole
        number. The solver minimises the goal or, with `maximise`, maximises it. The same `seed` leads to the same
        search.
        """
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.lower), len(self.row_lower)
        model.col_cost_ = np.array(self.cost)
        model.col_lower_, model.col_upper_ = np.array(self.lower), np.array(self.upper)
        model.row_lower_, model.row_upper_ = np.array(self.row_lower), np.array(self.row_upper)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(self.starts)
        model.a_matrix_.index_ = np.array(self.index)
        model.a_matrix_.value_ = np.array(self.value)
        model.integrality_ = [
            highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous for whole in self.integer
        ]
        model.sense_ = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
        solver = QuietHighs()
        for name, setting in {
            "random_seed": seed % 2_147_483_647,
            "time_limit": max(seconds, 0.01),
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.99,  # every value of the goal is whole
        }.items():
            solver.setOptionValue(name, setting)
        solver.passModel(model)
        return solver


# --- A frame and its levels as a linear model.


class Builder:
    """Turns a problem (`frame`) into the variables and constraints of a linear model, level by level.

    A level is a count that the solver minimises. A unit is a set of people who must be in one group; units that are
    alike in everything that counts are of one type. For each type and each group that may take it, an integer variable
    says how many units of the type are in the group. With U units, T types and k groups:

    - `types` holds, for each type, the index of one of its units and the number of its units.
    - `one_of` (T,) holds these indexes as an array.
    - `type_of` (U,) is the type of each unit.
    - `weights` (T,) is the number of people in a unit of each type.
    - `at` (T, k) is the index of each variable, -1 where the group may not take the type.
    - `held` holds the levels that have constraints, and the value of each that must not get worse.
    """

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.rows = Rows()
        self.floors = floors(frame)
        self.types, self.type_of = _types(frame)
        self.one_of = np.array([unit for unit, _ in self.types])
        self.held: dict[Level, int] = {}
        k = frame.count
        self.at = np.full((len(self.types), k), -1, dtype=np.int64)
        for row, (unit, many) in enumerate(self.types):
            for group in range(k):
                if frame.allowed[unit, group]:
                    self.at[row, group] = self.rows.column(0, many, integer=True)
            self.rows.row(many, many, [(int(variable), 1.0) for variable in self.at[row] if variable >= 0])
        weights = frame.weight[self.one_of]
        for group in range(k):
            self.rows.row(float(frame.smallest[group]), float(frame.largest[group]), self.sum_of(weights, group))
        self.weights = weights
        for clique in cliques_of(frame.apart):
            rows = [self.type_of[unit] for unit in clique]
            for group in range(k):
                self.rows.row(
                    -math.inf, 1, [(int(self.at[row, group]), 1.0) for row in rows if self.at[row, group] >= 0]
                )
        self._repeats: dict[int, list[tuple[int, float]]] | None = None
        self._chosen: dict[int, dict[int, int]] | None = None

    def sum_of(self, values: Ints, group: int) -> list[tuple[int, float]]:
        """Return the terms whose sum is the total value of all units in a group.

        A unit is a set of people who must be in the same group; `values` (T,) holds the value of a unit of each type. A
        term is the index of a variable and its coefficient.
        """
        return [
            (int(self.at[row, group]), float(values[row]))
            for row in np.flatnonzero((values != 0) & (self.at[:, group] >= 0)).tolist()
        ]

    def column_sum(self, column: int, group: int) -> list[tuple[int, float]]:
        """Return the terms whose sum is how many people of one kind, such as a nationality, are in a group.

        `column` is the number of that kind. A term is the index of a variable and its coefficient.
        """
        return self.sum_of(self.frame.content[self.one_of, column], group)

    def hold(self, level: Level, value: int) -> None:
        """Add constraints that keep a level (a count that the solver minimises) from becoming worse than `value`."""
        self.held[level] = value
        if value == self.floors[level] and (level is not Level.SIZES or value == 0) and level is not Level.MOVES:
            self._hold_at_floor(level)
        elif level is Level.WORST_GROUP:
            for group in range(self.frame.count):
                self.rows.row(value, math.inf, self._distinct(group))
        else:
            self.rows.row(-math.inf, value, self.cost_of(level))

    def aim(self, level: Level) -> None:
        """Make a level the goal of the model, so that the solver minimises it or, for WORST_GROUP, maximises it."""
        if level is Level.WORST_GROUP:
            least = self.rows.column(0, self.floors[level], integer=True)
            for group in range(self.frame.count):
                self.rows.row(0, math.inf, [*self._distinct(group), (least, -1.0)])
            self.rows.cost[least] = 1.0
            return
        terms = self.cost_of(level)
        for column, value in terms:
            self.rows.cost[column] += value
        # With the floor as a constraint HiGHS stops as soon as it is reached.
        self.rows.row(self.floors[level], math.inf, terms)

    def _hold_at_floor(self, level: Level) -> None:
        k = self.frame.count
        if level in (Level.MET_AGAIN, Level.COMPATRIOTS):
            self._lay_evenly(level)
        elif level is Level.REPEATS:
            self._lay_apart()
        elif level is Level.WORST_GROUP:
            for group in range(k):
                self.rows.row(self.floors[level], math.inf, self._distinct(group))
        elif level is Level.SIZES:
            for group in range(k):
                low, high = self.frame.people // k, -(-self.frame.people // k)
                self.rows.row(low, high, self.sum_of(self.weights, group))
        else:
            first = self.frame.columns[level].start
            excess = forced_excess(self.frame, level)[self.one_of]
            for column, group, lows, highs in self._shares(level):
                inside = self.column_sum(column, group)
                over = self.sum_of(-excess[:, column - first], group)
                self.rows.row(0, math.inf, [*inside, *self._by_size(group, lows, -1.0)])
                self.rows.row(-math.inf, 0, added(inside, over, self._by_size(group, highs, -1.0)))

    def _lay_evenly(self, level: Level) -> None:
        """Add constraints that spread each column as evenly as can be.

        A unit that holds more than its share has a group without others of the column.
        """
        first = self.frame.columns[Level.REPEATS if level is Level.COMPATRIOTS else level].start
        for column, even in enumerate(spreads(self.frame, level), first):
            part = self.frame.content[self.one_of, column]
            over = -np.maximum(part - even.high, 0)
            for group in range(self.frame.count):
                inside = self.column_sum(column, group)
                self.rows.row(-math.inf, even.high, added(inside, self.sum_of(over, group)))
                if even.low:
                    self.rows.row(even.low, math.inf, inside)

    def _lay_apart(self) -> None:
        """Add constraints by which no nationality is twice in a group before it is in all groups.

        Compatriots in one unit count once.
        """
        columns = self.frame.columns[Level.REPEATS]
        for column in range(columns.start, columns.stop):
            has = (self.frame.content[:, column] > 0).astype(np.int64)
            total = int(has.sum())
            for group in range(self.frame.count):
                units = self.sum_of(has[self.one_of], group)
                low, high = (1 if total >= self.frame.count else 0), (1 if total <= self.frame.count else math.inf)
                self.rows.row(low, high, units)

    def cost_of(self, level: Level) -> list[tuple[int, float]]:
        """Return terms whose sum, once the solver has minimised it, is the value of a level.

        Before that, the sum may be larger than the value. A level is a count that the solver minimises; a term is the
        index of a variable and its coefficient.
        """
        frame, rows, k = self.frame, self.rows, self.frame.count
        terms: list[tuple[int, float]] = []
        if level is Level.MOVES:
            moved = frame.moved[self.one_of]
            for group in range(k):
                terms += self.sum_of(moved[:, group], group)
        elif level is Level.REPEATS:
            terms = [term for group in range(k) for term in self._repeated(group)]
        elif level in (Level.MET_AGAIN, Level.COMPATRIOTS):
            columns = frame.columns[Level.REPEATS if level is Level.COMPATRIOTS else level]
            totals = frame.content[:, columns].sum(axis=0).tolist()
            for column, total in zip(range(columns.start, columns.stop), totals, strict=True):
                for group in range(k):
                    inside = self.column_sum(column, group)
                    most = min(total, int(frame.largest[group]))
                    if most < 2 or not inside:
                        continue
                    pairs = rows.column(0, most * (most - 1) // 2)
                    for step in range(1, most):
                        # pairs is above the chord of y(y-1)/2 between y = step and y = step + 1.
                        low = -step * (step + 1) / 2
                        chord = [(variable, -step * value) for variable, value in inside]
                        rows.row(low, math.inf, [(pairs, 1.0), *chord])
                    terms.append((pairs, 1.0))
        elif level is Level.SIZES:
            low, high = frame.people // k, -(-frame.people // k)
            for group in range(k):
                inside = self.sum_of(self.weights, group)
                terms.append((self._outside(inside, [], [], low, high), 1.0))
        elif level in COUNTED:
            for column, group, lows, highs in self._shares(level):
                inside = self.column_sum(column, group)
                low_terms, high_terms = self._by_size(group, lows, -1.0), self._by_size(group, highs, -1.0)
                terms.append((self._outside(inside, low_terms, high_terms, 0, 0), 1.0))
        return terms

    def _outside(
        self,
        inside: list[tuple[int, float]],
        low_terms: list[tuple[int, float]],
        high_terms: list[tuple[int, float]],
        low: int,
        high: int,
    ) -> int:
        """Add a variable that is at least the distance of `inside` from its range, and return its index.

        The range goes from low - Σ low_terms to high - Σ high_terms.
        """
        far = self.rows.column(0, self.frame.people)
        self.rows.row(low, math.inf, [*inside, *low_terms, (far, 1.0)])
        self.rows.row(-math.inf, high, [*inside, *high_terms, (far, -1.0)])
        return far

    def _repeated(self, group: int) -> list[tuple[int, float]]:
        """Return terms whose sum is a group's size less its number of nationalities."""
        if self._repeats is None:
            self._repeats = {}
            columns = self.frame.columns[Level.REPEATS]
            for number in range(self.frame.count):
                self._repeats[number] = []
                for column in range(columns.start, columns.stop):
                    inside = self.column_sum(column, number)
                    if sum(value * self.rows.upper[variable] for variable, value in inside) > 1:
                        over = self.rows.column(0, self.frame.people)
                        self.rows.row(-1, math.inf, [(over, 1.0), *((at, -value) for at, value in inside)])
                        self._repeats[number].append((over, 1.0))
        return self._repeats[group]

    def _distinct(self, group: int) -> list[tuple[int, float]]:
        """Return the terms of a group's number of nationalities: its size less its repeats."""
        return [*self.sum_of(self.weights, group), *((at, -value) for at, value in self._repeated(group))]

    def _shares(self, level: Level) -> list[tuple[int, int, dict[int, int], dict[int, int]]]:
        """Return column, group, and the fewest and most people of the column for each size that the group may have."""
        frame = self.frame
        columns = frame.columns[level]
        by_size = {size: shares(frame, level, size) for size in range(int(frame.largest.max()) + 1)}
        ranges = []
        for column in range(columns.start, columns.stop):
            for group in range(frame.count):
                sizes = self._sizes(group)
                lows = {size: int(by_size[size][0][column - columns.start]) for size in sizes}
                highs = {size: int(by_size[size][1][column - columns.start]) for size in sizes}
                ranges.append((column, group, lows, highs))
        return ranges

    def _sizes(self, group: int) -> range:
        """Return the sizes that a group may have."""
        low, high = int(self.frame.smallest[group]), int(self.frame.largest[group])
        if self.held.get(Level.SIZES) == 0:
            low, high = (
                max(low, self.frame.people // self.frame.count),
                min(high, -(-self.frame.people // self.frame.count)),
            )
        return range(low, high + 1)

    def _by_size(self, group: int, values: Mapping[int, int], sign: float) -> list[tuple[int, float]]:
        """Return terms whose sum is `sign` times the entry of `values` for the size that the group has."""
        if self._chosen is None:
            self._chosen = {}
            for number in range(self.frame.count):
                chosen = {size: self.rows.column(0, 1, integer=True) for size in self._sizes(number)}
                self._chosen[number] = chosen
                self.rows.row(1, 1, [(at, 1.0) for at in chosen.values()])
                sizes = [(at, -float(size)) for size, at in chosen.items()]
                self.rows.row(0, 0, [*self.sum_of(self.weights, number), *sizes])
        return [(self._chosen[group][size], sign * value) for size, value in values.items() if value]


def added(*sums: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Add up several sums of terms, and return one sum in which each variable occurs once.

    A term is the index of a variable and its coefficient.
    """
    total: dict[int, float] = {}
    for terms in sums:
        for column, value in terms:
            total[column] = total.get(column, 0.0) + value
    return list(total.items())


def _types(frame: Frame) -> tuple[list[tuple[int, int]], Ints]:
    """Sort units that are alike in all that counts into T types.

    Returns one unit of each type with the number of its units, and the type (U,) of each unit.
    """
    own = np.where(frame.apart.any(axis=1), np.arange(1, len(frame.units) + 1), 0)
    features = np.column_stack([own, frame.content, frame.allowed, frame.moved, frame.had])
    _, first, type_of, many = np.unique(features, axis=0, return_index=True, return_inverse=True, return_counts=True)
    return list(zip(first.tolist(), many.tolist(), strict=True)), type_of.reshape(-1)


# --- One level proven by HiGHS: its best value, the levels before it held where they are.


@dataclass(frozen=True, slots=True)
class LinearSolution:
    """The groups that HiGHS found for a linear model, and what it proved.

    `placement` (U,) is the group of each unit, None if no groups were found. `limit` is the best value that the goal
    can have according to the proof; None if nothing was proven.
    """

    placement: Ints | None
    limit: int | None


def solve(
    frame: Frame,
    held: Mapping[Level, int],
    goal: Level | None,
    *,
    start: Ints | None,
    seconds: float,
    seed: int,
    nodes: int | None = None,
) -> LinearSolution:
    """Return the placement that is best in the level `goal`, while no level in `held` is worse than its value there.

    A placement (U,) is the group of each unit (people who must be together); a level is a count that the solver
    minimises. If `goal` is None, any such placement will do. The search begins with the placement `start`, which must
    have the values of `held`; None for none. It ends after `seconds`, or after `nodes` nodes of its tree (None: no
    limit). If it ends early, a better placement may exist, or none may be found.
    """
    builder = Builder(frame)
    if any(value != builder.floors[level] for level, value in held.items() if level in COUNTED):
        builder.floors[Level.SIZES] = 0
    for level in sorted(held, key=lambda level: level is not Level.SIZES):  # sizes first: they narrow the shares
        builder.hold(level, held[level])
    if goal is not None:
        builder.aim(goal)
    solver = builder.rows.load(maximise=goal is Level.WORST_GROUP, seed=seed, seconds=seconds)
    if nodes is not None:
        solver.setOptionValue("mip_max_nodes", nodes)
    if start is not None:
        allowed = builder.at >= 0
        counts = np.zeros(builder.at.shape)
        np.add.at(counts, (builder.type_of, start), 1)
        solver.setSolution(int(allowed.sum()), builder.at[allowed].astype(np.int32), counts[allowed])
    solver.solve()
    status = solver.getModelStatus()
    if status == INFEASIBLE:
        return LinearSolution(None, None)
    info = solver.getInfo()
    limit: int | None = None
    if goal is not None and math.isfinite(info.mip_dual_bound):
        dual = info.mip_dual_bound
        limit = math.floor(dual + 1e-6) if goal is Level.WORST_GROUP else math.ceil(dual - 1e-6)
        if status == OPTIMAL:
            limit = round(info.objective_function_value)
    if info.primal_solution_status != FEASIBLE:
        return LinearSolution(None, limit)
    values = np.array(solver.getSolution().col_value)
    where = np.full(len(frame.units), -1, dtype=np.int64)
    for row in range(len(builder.types)):
        units = np.flatnonzero(builder.type_of == row)
        counts_of_row = [round(values[at]) if at >= 0 else 0 for at in builder.at[row].tolist()]
        where[units] = np.repeat(np.arange(frame.count), counts_of_row)
    return LinearSolution(where, limit)
