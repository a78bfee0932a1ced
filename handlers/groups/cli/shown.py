"""What `rencontres groups` tells of groups: lines to read, or values for JSON; the same order every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.content.names import display_name
from bot.content.texts import Reader, plain
from handlers.groups.labels import Label
from handlers.groups.people_files import called
from handlers.groups.solver.levels import alone, violations
from handlers.groups.solver.model import Level, Measure, Numbers, Problem
from handlers.groups.solver_messages import broken, describe, level_name, lone, shortfall

READER = Reader("en", "UTC")
_MOST_LINES = 20  # of one kind: with thousands of groups nobody reads on
_TOLD = (Level.REPEATS, Level.WORST_GROUP)  # in words too: what is aimed at is the larger number


@dataclass(frozen=True, slots=True)
class Shown:
    """One theme's groups of one round: how good they are, what is not as it must be, who is alone (by id)."""

    round: int
    problem: Problem
    groups: Numbers
    measures: tuple[Measure, ...]
    names: Mapping[str, str]
    violations: tuple[str, ...]
    alone: tuple[tuple[Label, str], ...]

    @property
    def people(self) -> int:
        """How many are in these groups."""
        return sum(map(len, self.groups.values()))

    @property
    def optimal(self) -> bool:
        """Whether every level is proven best and every rule kept."""
        return all(measure.optimal for measure in self.measures) and not self.violations


def shown(
    round_number: int, problem: Problem, groups: Numbers, measures: tuple[Measure, ...], names: Mapping[str, str]
) -> Shown:
    """A theme's groups, looked through."""
    broken_rules = (
        plain(broken(each, problem.limits, partial(called, names)), READER) for each in violations(problem, groups)
    )
    lone_people = ((Label(problem.theme, number), ref) for number, ref in alone(problem, groups))
    return Shown(round_number, problem, groups, measures, names, tuple(broken_rules), tuple(lone_people))


def brief(name: str) -> str:
    """A name as others read it: the first word, and the initial of the rest."""
    given, _space, family = name.partition(" ")
    return display_name(given, family)


def lines(shown: Shown) -> Iterator[str]:
    """A theme's groups: what was made, the levels beside their bounds, what is worth knowing."""
    people = shown.people
    yield f"{shown.problem.theme}: {people} people, {_sizes(shown.groups)}{'; optimal' if shown.optimal else ''}"
    told = (plain(describe(each, people), READER) for each in shown.measures if each.level in _TOLD)
    yield f"  {'; '.join(told)}"
    yield from _table(shown)
    yield from _some("", _short(shown.measures))
    yield from _some("", [_move(shown, *each) for each in _moves(shown)])
    yield from _some("not as it must be: ", shown.violations)
    genders = {person.id: person.gender for person in shown.problem.people}
    yield from _some(
        "", [plain(lone(called(shown.names, ref), str(label), genders[ref]), READER) for label, ref in shown.alone]
    )


def _move(shown: Shown, ref: str, before: Label | None, after: Label) -> str:
    name = called(shown.names, ref)
    return f"{name} comes into {after}" if before is None else f"{name} moves from {before} to {after}"


def _short(measures: Iterable[Measure]) -> list[str]:
    """Which levels are not at their bounds, by the reason why."""
    by_reason: dict[str, list[str]] = {}
    for measure in measures:
        if why := shortfall(measure):
            by_reason.setdefault(plain(why, READER), []).append(plain(level_name(measure.level), READER))
    return [f"not at its best: {', '.join(levels)}. {reason}" for reason, levels in by_reason.items()]


def _moves(shown: Shown) -> Iterator[tuple[str, Label | None, Label]]:
    """Whom a repair puts into another group than before: both groups, None for who was in none."""
    previous, theme = shown.problem.previous, shown.problem.theme
    if previous is None:
        return
    for number, members in sorted(shown.groups.items()):
        for ref in sorted(members):
            before = previous.get(ref)
            if before != number:
                yield ref, None if before is None else Label(theme, before), Label(theme, number)


def _sizes(groups: Numbers) -> str:
    sizes = Counter(map(len, groups.values()))
    parts = ", ".join(f"{count} of {size}" for size, count in sorted(sizes.items(), reverse=True))
    return f"{len(groups)} {'group' if len(groups) == 1 else 'groups'} ({parts})"


def _table(shown: Shown) -> Iterator[str]:
    """What is counted, aligned: here and at best; what a solver proved has a column where it says more than that."""
    columns = 2 if all(measure.proven == measure.bound for measure in shown.measures) else 3
    rows = [["counted", *("here", "at best", "proven")[:columns], ""]]
    for measure in shown.measures:
        figures = [str(measure.value), str(measure.bound), str(measure.proven)]
        said = "optimal" if measure.optimal else "not proven"
        rows.append([plain(level_name(measure.level), READER), *figures[:columns], said])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *figures, said in rows:
        cells = (cell.rjust(width) for cell, width in zip(figures, widths[1:-1], strict=True))
        yield f"  {name.ljust(widths[0])}  {'  '.join(cells)}  {said}".rstrip()


def _some(before: str, told: tuple[str, ...] | list[str]) -> Iterator[str]:
    for each in told[:_MOST_LINES]:
        yield f"  {before}{each}"
    if len(told) > _MOST_LINES:
        yield f"  {before}… and {len(told) - _MOST_LINES} more"


def values(shown: Shown) -> Mapping[str, Any]:
    """The same as JSON values."""
    country = {person.id: person.country for person in shown.problem.people}
    theme = shown.problem.theme
    return {
        "theme": theme,
        "round": shown.round,
        "people": shown.people,
        "optimal": shown.optimal,
        "measures": [
            {
                "level": str(measure.level),
                "value": measure.value,
                "bound": measure.bound,
                "proven": measure.proven,
                "optimal": measure.optimal,
            }
            for measure in shown.measures
        ],
        "groups": [
            {
                "group": str(Label(theme, number)),
                "size": len(members),
                "nationalities": len({country[ref] for ref in members}),
                "members": sorted(members),
            }
            for number, members in sorted(shown.groups.items())
        ],
        "moves": [
            {"participant_id": ref, "from": str(before) if before else None, "to": str(after)}
            for ref, before, after in _moves(shown)
        ],
        "alone": [{"group": str(label), "participant_id": ref} for label, ref in shown.alone],
        "violations": list(shown.violations),
    }
