"""One level proven by HiGHS: its best value, the levels before it held where they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from handlers.groups.solver.model import Level
from handlers.groups.solver.optimising_frame import COUNTED, Frame, Ints
from handlers.groups.solver.optimising_model import Builder
from handlers.groups.solver.optimising_rows import FEASIBLE, INFEASIBLE, OPTIMAL


@dataclass(frozen=True, slots=True)
class Answer:
    """What HiGHS found: `places` (U,) or None where it found none; `limit` no solution is better than."""

    places: Ints | None
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
) -> Answer:
    """The best of `goal` (None: any groups at all) with the levels of `held` no worse than given.

    `start` (U,) are places that hold them already, from where to begin; `nodes` ends a search tree.
    """
    builder = Builder(frame)
    if any(value != builder.floors[level] for level, value in held.items() if level in COUNTED):
        builder.floors[Level.SIZES] = 0
    for level in sorted(held, key=lambda each: each is not Level.SIZES):  # sizes first: they narrow the shares
        builder.hold(level, held[level])
    if goal is not None:
        builder.aim(goal)
    solver = builder.rows.load(maximise=goal is Level.WORST_GROUP, seed=seed, seconds=seconds)
    if nodes is not None:
        solver.setOptionValue("mip_max_nodes", nodes)
    if start is not None:
        known = builder.at >= 0
        counts = np.zeros(builder.at.shape)
        np.add.at(counts, (builder.type_of, start), 1)
        solver.setSolution(int(known.sum()), builder.at[known].astype(np.int32), counts[known])
    solver.run()
    status = solver.getModelStatus()
    if status == INFEASIBLE:
        return Answer(None, None)
    info = solver.getInfo()
    limit: int | None = None
    if goal is not None and math.isfinite(info.mip_dual_bound):
        dual = info.mip_dual_bound
        limit = math.floor(dual + 1e-6) if goal is Level.WORST_GROUP else math.ceil(dual - 1e-6)
        if status == OPTIMAL:
            limit = round(info.objective_function_value)
    if info.primal_solution_status != FEASIBLE:
        return Answer(None, limit)
    values = np.array(solver.getSolution().col_value)
    where = np.full(len(frame.units), -1, dtype=np.int64)
    for row in range(len(builder.types)):
        units = np.flatnonzero(builder.type_of == row)
        taken = [round(values[at]) if at >= 0 else 0 for at in builder.at[row].tolist()]
        where[units] = np.repeat(np.arange(frame.count), taken)
    return Answer(where, limit)
