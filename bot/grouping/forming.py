"""From a problem to groups: the quickest way that proves what it reached."""

from __future__ import annotations

from bot.grouping.model import Plan, Problem


def form(problem: Problem) -> Plan:
    """The best groups for one theme, or the best found within the time limit.

    Raises CannotSplit, Contradiction, TooLong.
    """
    from bot.grouping.optimising import optimise

    return optimise(problem)
