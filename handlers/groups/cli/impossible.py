"""Why groups cannot be formed, with what would mend it, for `rencontres groups`."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.content.texts import Span, plain
from handlers.groups.cli.asked import Task
from handlers.groups.cli.shown import READER
from handlers.groups.people_files import called
from handlers.groups.solver.mends import Mend, Moving, Waive, mends
from handlers.groups.solver.model import CannotSplit, Contradiction, Pin, TooLong
from handlers.groups.solver.sizes import feasible_counts
from handlers.groups.solver_messages import cannot_split, contradiction, mend, rule, too_long


@dataclass(frozen=True, slots=True)
class Impossible:
    """A theme without groups: why, the rules in each other's way, and what would mend it, fewest changes first."""

    theme: str
    reason: str
    conflict: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The same to be read."""
        yield self.reason
        for each in self.conflict:
            yield f"  {each}"
        for each in self.mends:
            yield f"  mend: {each}"

    def values(self) -> Mapping[str, Any]:
        """The same as JSON values."""
        return {
            "theme": self.theme,
            "reason": self.reason,
            "conflict": list(self.conflict),
            "mends": list(self.mends),
        }


def why(failures: Sequence[CannotSplit | Contradiction | TooLong], task: Task) -> tuple[Impossible, ...]:
    """Each theme's failure in words."""
    return tuple(_why(failure, task) for failure in failures)


def _why(failure: CannotSplit | Contradiction | TooLong, task: Task) -> Impossible:
    theme = failure.theme
    match failure:
        case Contradiction(_, conflict):
            rules = tuple(plain(rule(each, _name_of(task)), READER) for each in conflict)
            return Impossible(
                theme, plain(contradiction(failure, theme), READER), rules, tuple(_numbers(failure, task))
            )
        case TooLong():
            return Impossible(theme, plain(too_long(failure, theme), READER), mends=("a longer --time-limit",))
        case _:
            return Impossible(theme, plain(cannot_split(failure, theme), READER), mends=tuple(_mends(failure, task)))


def _numbers(failure: Contradiction, task: Task) -> Iterator[str]:
    """Which numbers there are, where one is asked for that cannot be."""
    limits = next(problem.limits for problem in task.problems if problem.theme == failure.theme)
    counts = feasible_counts(len(task.people.themes[failure.theme]), limits)
    if any(isinstance(each, Pin) and counts and each.number > counts[-1] for each in failure.conflict):
        yield f"a group from 1 to {counts[-1]}: {failure.theme} makes no more"


def _mends(failure: CannotSplit, task: Task) -> Iterator[str]:
    counts = feasible_counts(failure.people, failure.limits)
    if counts:  # just not the number that was asked for
        yield " or ".join(
            _option("count", f"{failure.theme}={count}") for count in dict.fromkeys((counts[0], counts[-1]))
        )
        return
    sizes = {theme: len(people) for theme, people in task.people.themes.items()}
    wishes: dict[str, dict[str, list[str]]] = {}
    for theme, people in task.people.themes.items():
        for person in people:
            if person.id in task.people.second:
                wishes.setdefault(theme, {}).setdefault(task.people.second[person.id], []).append(person.id)
    for each in mends(failure.theme, sizes, wishes, failure.limits):
        sentences = " ".join(plain(text, READER) for text in mend(each, str, _name_of(task)))
        yield f"{sentences} ({_options(each)})"


def _options(mend: Mend) -> str:
    """What to add to the command."""
    match mend:
        case Moving(_, moves):
            return " ".join(_option("move", f"{ref}={move.target}") for move in moves for ref in move.people)
        case Waive(theme, limits):
            return _option("sizes", f"{theme}={limits.smallest}-{limits.largest}")
        case _:
            return _option("wait", mend.theme)


def _option(name: str, value: str) -> str:
    return f"--{name} {shlex.quote(value)}"


def _name_of(task: Task) -> Callable[[str], Span]:
    return partial(called, task.people.names)
