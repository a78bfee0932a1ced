"""A linear model grown a variable and a row at a time, for HiGHS."""

from __future__ import annotations

from dataclasses import dataclass, field

import highspy
import numpy as np

OPTIMAL = highspy.HighsModelStatus.kOptimal
INFEASIBLE = highspy.HighsModelStatus.kInfeasible
FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible


class _Quiet(highspy.Highs):
    """HiGHS without the line it prints as soon as callbacks are enabled, which its constructor does."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802, the library's name
        """Say nothing, then go on."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class Rows:
    """A linear model, a column and a row at a time."""

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
        """A variable within bounds; its position."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.cost.append(cost)
        self.integer.append(integer)
        return len(self.lower) - 1

    def row(self, lower: float, upper: float, terms: list[tuple[int, float]]) -> None:
        """lower ≤ Σ value · column ≤ upper."""
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        self.index.extend(column for column, _ in terms)
        self.value.extend(value for _, value in terms)
        self.starts.append(len(self.index))

    def load(self, *, maximise: bool, seed: int, seconds: float) -> highspy.Highs:
        """A solver ready to run, every value of whose goal is whole."""
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
            highspy.HighsVarType.kInteger if each else highspy.HighsVarType.kContinuous for each in self.integer
        ]
        model.sense_ = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
        solver = _Quiet()
        for name, setting in {
            "threads": 1,
            "random_seed": seed % 2_147_483_647,
            "time_limit": max(seconds, 0.01),
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.99,  # every value is whole
        }.items():
            solver.setOptionValue(name, setting)
        solver.passModel(model)
        return solver
