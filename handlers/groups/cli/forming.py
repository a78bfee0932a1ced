"""`rencontres groups form` and `rencontres groups explain`: no bot, settings or database needed."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import typer

from bot.cli.private_files import write_all_private
from bot.content.names import collation, display_name
from bot.content.territories import territory_name
from bot.content.texts import Reader, Span, plain
from handlers.groups.cli.problems import ProblemOptions, Task, understand, understand_groups
from handlers.groups.drawing.door_lists import DoorList, lists_for_doors
from handlers.groups.drawing.pictures import PlanGroup, PlanTheme, draw_plan
from handlers.groups.files import InputMistake, Unreadable, called, write_groups
from handlers.groups.messages.labels import Label
from handlers.groups.messages.solver import (
    broken,
    cannot_split,
    contradiction,
    describe,
    facts,
    level_name,
    lone,
    mend,
    rule,
    shortfall,
    too_long,
)
from handlers.groups.solver.levels import alone, measure, violations
from handlers.groups.solver.mends import Mend, Moving, Waive, mends
from handlers.groups.solver.model import (
    CannotSplit,
    Contradiction,
    GroupPlan,
    GroupProblem,
    Level,
    Measure,
    Numbers,
    Pin,
    TooLong,
)
from handlers.groups.solver.sizes import feasible_counts


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the answer is to be given; `out` only where groups are formed."""

    out: Path | None = None
    png: Path | None = None
    pdf: Path | None = None
    as_json: bool = False
    rounds: int = 1
    force: bool = False


def this_year() -> int:
    """The year it is, at Greenwich."""
    return datetime.now(UTC).year


def form_groups(asked: ProblemOptions, wanted: Wanted) -> int:
    """Form groups and write them; the exit code: 0 done, 1 impossible, 2 a file or an option cannot be used."""
    try:
        _check_places(asked, wanted)
        task = understand(asked)
    except Unreadable as error:
        return _refused(error.mistakes, wanted)
    plans: list[tuple[GroupPlan, ...]] = []
    failures: list[CannotSplit | Contradiction | TooLong] = []
    for problem in task.problems:
        try:
            plans.append(_formed(problem, wanted.rounds))
        except (CannotSplit, Contradiction, TooLong) as error:
            failures.append(error)
    if failures:
        return _impossible(why(failures, task), task, wanted)
    return _done(task, [_round(task, plans, place) for place in range(wanted.rounds)], wanted)


def explain_groups(asked: ProblemOptions, groups: Path, wanted: Wanted) -> int:
    """Say of groups that are there what `form_groups` says of those it forms; the same exit codes."""
    try:
        _check_places(asked, wanted, groups)
        task, numbers = understand_groups(asked, groups)
    except Unreadable as error:
        return _refused(error.mistakes, wanted)
    told = []
    for problem in task.problems:
        of = numbers.get(problem.theme, {})
        placed = {ref for members in of.values() for ref in members}
        here = replace(problem, people=tuple(person for person in problem.people if person.id in placed))
        if of:
            told.append(shown(1, here, of, measure(here, of), task.people.names))
    return _done(task, [told], wanted)


def _check_places(asked: ProblemOptions, wanted: Wanted, groups: Path | None = None) -> None:
    """Raises Unreadable where a file would be lost: one that is read, or one that is there, unless `--force` is given.

    The groups that a repair replaces may be written over: that is what it is for.
    """
    for option, path in (("png", wanted.png), ("pdf", wanted.pdf)):
        if path and path.suffix.casefold() != f".{option}":
            raise Unreadable([InputMistake(f"--{option}", 0, f"{path} must end in .{option}")])
    asked_for = [path for path in (wanted.out, wanted.png, wanted.pdf) if path]
    if len({path.resolve() for path in asked_for}) < len(asked_for):
        raise Unreadable([InputMistake(str(asked_for[-1]), 0, "two things cannot be written to one file")])
    read = [path.resolve() for path in (asked.people, asked.constraints, groups, *asked.histories) if path]
    replaced = asked.previous.resolve() if asked.previous else None
    for path in (_numbered(path, place, wanted) for path in asked_for for place in range(1, wanted.rounds + 1)):
        if path.resolve() in read:
            raise Unreadable([InputMistake(str(path), 0, "it is read, and would be written over")])
        if path.exists() and path.resolve() != replaced and not wanted.force:
            raise Unreadable([InputMistake(str(path), 0, "it is there already: give another name, or --force")])


def _formed(problem: GroupProblem, rounds: int) -> tuple[GroupPlan, ...]:
    if rounds == 1:
        from handlers.groups.solver.forming import form

        return (form(problem),)
    from handlers.groups.solver.rounds import plan_rounds

    return tuple(plan_rounds(problem, rounds))


def _round(task: Task, plans: Sequence[tuple[GroupPlan, ...]], place: int) -> list[ThemeResult]:
    return [
        shown(place + 1, problem, plan[place].groups, plan[place].measures, task.people.names)
        for problem, plan in zip(task.problems, plans, strict=True)
    ]


def _done(task: Task, rounds: Sequence[Sequence[ThemeResult]], wanted: Wanted) -> int:
    from handlers.groups.drawing.pictures import TooManyGroups

    files: dict[Path, bytes] = {}
    for place, themes in enumerate(rounds, start=1):
        try:
            files |= _files(themes, f"Groups, round {place}" if len(rounds) > 1 else "Groups", place, wanted)
        except TooManyGroups as error:
            return _impossible([Impossible("", f"--png: {error}; --pdf prints any number")], task, wanted)
    write_all_private(files)
    if wanted.as_json:
        told = [theme for themes in rounds for theme in themes]
        _print_json(
            {
                "optimal": all(each.optimal for each in told),
                "themes": [values(each) for each in told],
                "notes": list(task.notes),
                "written": [str(path) for path in files],
            }
        )
        return 0
    for place, themes in enumerate(rounds, start=1):
        if len(rounds) > 1:
            typer.echo(f"round {place}")
        for theme in themes:
            typer.echo("\n".join(lines(theme)))
    for note in task.notes:
        typer.echo(f"note: {note}")
    for path in files:
        typer.echo(f"written: {path}")
    return 0


def _files(themes: Sequence[ThemeResult], title: str, place: int, wanted: Wanted) -> Mapping[Path, bytes]:
    """What is wanted of one round. Raises TooManyGroups."""
    files: dict[Path, bytes] = {}
    if wanted.out:
        files[_numbered(wanted.out, place, wanted)] = write_groups(
            {theme.problem.theme: theme.groups for theme in themes}
        )
    if wanted.png:
        files[_numbered(wanted.png, place, wanted)] = picture(title, themes)
    if wanted.pdf:
        files[_numbered(wanted.pdf, place, wanted)] = door_lists(title, themes)
    return files


def _numbered(path: Path, place: int, wanted: Wanted) -> Path:
    """The file of one round: GROUPS-1.csv, GROUPS-2.csv …, so that each can be the history of a later one."""
    return path if wanted.rounds == 1 else path.with_stem(f"{path.stem}-{place}")


def _impossible(impossible: Sequence[Impossible], task: Task, wanted: Wanted) -> int:
    if wanted.as_json:
        _print_json({"impossible": [each.values() for each in impossible], "notes": list(task.notes)})
    else:
        for each in impossible:
            for line in each.lines():
                typer.echo(line, err=True)
        typer.echo(f"Nothing is written{_spared(impossible, task)}.{_HOW_ON if _mended(impossible) else ''}", err=True)
    return 1


_HOW_ON = " To go on, add to the command what stands in brackets after a mend."


def _mended(impossible: Sequence[Impossible]) -> bool:
    return any("(--" in each for theme in impossible for each in theme.mends)


def _spared(impossible: Sequence[Impossible], task: Task) -> str:
    """That the other themes wait for these, where there are others."""
    others = {problem.theme for problem in task.problems} - {each.theme for each in impossible}
    return ", not for the other themes either" if others and _mended(impossible) else ""


def _refused(mistakes: Sequence[InputMistake], wanted: Wanted) -> int:
    if wanted.as_json:
        _print_json({"unreadable": [asdict(mistake) for mistake in mistakes]})
    else:
        for mistake in mistakes:
            typer.echo(str(mistake), err=True)
        typer.echo("Nothing is written.", err=True)
    return 2


def _print_json(document: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


# --- Groups formed in the shell as a picture for organisers and as lists for the doors.


def picture(round_title: str, shown: Sequence[ThemeResult]) -> bytes:
    """A PNG file with every group. Raises TooManyGroups."""
    return draw_plan(round_title, [_theme(each) for each in shown])


def door_lists(round_title: str, shown: Sequence[ThemeResult]) -> bytes:
    """A PDF file with a page for each group."""
    return lists_for_doors(round_title, [page for each in shown for page in _pages(each)])


def _theme(shown: ThemeResult) -> PlanTheme:
    told = [describe(each, shown.people) for each in shown.measures if each.level in (Level.REPEATS, Level.WORST_GROUP)]
    by_id, rows = {person.id: person for person in shown.problem.people}, _rows(shown)
    groups = []
    for number, members in sorted(shown.groups.items()):
        figures = [plain(text, READER) for text in facts([by_id[ref] for ref in members])]
        lines = (" · ".join(figures[:2]), " · ".join(figures[2:]))
        groups.append(PlanGroup(str(Label(shown.problem.theme, number)), _members(rows, members), lines))
    return PlanTheme(shown.problem.theme, [plain(text, READER) for text in told], groups)


def _pages(shown: ThemeResult) -> Iterator[DoorList]:
    rows = _rows(shown)
    for number, members in sorted(shown.groups.items()):
        yield DoorList(str(Label(shown.problem.theme, number)), (), _members(rows, members))


def _rows(shown: ThemeResult) -> Mapping[str, tuple[str, str]]:
    """Everyone's name in full and country, by id."""
    return {
        person.id: (shown.names[person.id], territory_name(person.country, "en")) for person in shown.problem.people
    }


def _members(rows: Mapping[str, tuple[str, str]], members: Sequence[str]) -> list[tuple[str, str]]:
    """A group's people as others read them, namesakes told apart."""
    names = told_apart({ref: rows[ref][0] for ref in members})
    return sorted(((names[ref], rows[ref][1]) for ref in members), key=lambda row: (collation(row[0]), row))


def told_apart(names: Mapping[str, str]) -> Mapping[str, str]:
    """Names as others read them, by id; where two would read alike, with more letters, then in full, then by id."""
    shown = {ref: brief(name) for ref, name in names.items()}
    ways: Sequence[Callable[[str], str]] = (*(partial(_with_letters, count) for count in range(2, 6)), str)
    for way in ways:
        twice = {name for name, count in Counter(shown.values()).items() if count > 1}
        shown = {ref: way(names[ref]) if name in twice else name for ref, name in shown.items()}
    twice = {name for name, count in Counter(shown.values()).items() if count > 1}
    return {ref: f"{name} ({ref})" if name in twice else name for ref, name in shown.items()}


def _with_letters(count: int, name: str) -> str:
    given, _space, family = name.partition(" ")
    return f"{given} {family[:count]}." if len(family) > count else name


# --- Why groups cannot be formed, with what would mend it, for `rencontres groups`.


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


# --- What `rencontres groups` tells of groups: lines to read, or values for JSON; the same order every time.


READER = Reader("en", "UTC")
_MOST_LINES = 20  # of one kind: with thousands of groups nobody reads on
_TOLD = (Level.REPEATS, Level.WORST_GROUP)  # in words too: what is aimed at is the larger number


@dataclass(frozen=True, slots=True)
class ThemeResult:
    """One theme's groups of one round: how good they are, what is not as it must be, who is alone (by id)."""

    round: int
    problem: GroupProblem
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
    round_number: int, problem: GroupProblem, groups: Numbers, measures: tuple[Measure, ...], names: Mapping[str, str]
) -> ThemeResult:
    """A theme's groups, looked through."""
    broken_rules = (
        plain(broken(violation, problem.limits, partial(called, names)), READER)
        for violation in violations(problem, groups)
    )
    lone_people = ((Label(problem.theme, number), ref) for number, ref in alone(problem, groups))
    return ThemeResult(round_number, problem, groups, measures, names, tuple(broken_rules), tuple(lone_people))


def brief(name: str) -> str:
    """A name as others read it: the first word, and the initial of the rest."""
    given, _space, family = name.partition(" ")
    return display_name(given, family)


def lines(shown: ThemeResult) -> Iterator[str]:
    """A theme's groups: what was made, the levels beside their bounds, what is worth knowing."""
    people = shown.people
    yield f"{shown.problem.theme}: {people} people, {_sizes(shown.groups)}{'; optimal' if shown.optimal else ''}"
    told = (plain(describe(each, people), READER) for each in shown.measures if each.level in _TOLD)
    yield f"  {'; '.join(told)}"
    yield from _table(shown)
    yield from _some("", _short(shown.measures))
    yield from _some("", [_move(shown, *move) for move in _moves(shown)])
    yield from _some("not as it must be: ", shown.violations)
    genders = {person.id: person.gender for person in shown.problem.people}
    yield from _some(
        "", [plain(lone(called(shown.names, ref), str(label), genders[ref]), READER) for label, ref in shown.alone]
    )


def _move(shown: ThemeResult, ref: str, before: Label | None, after: Label) -> str:
    name = called(shown.names, ref)
    return f"{name} comes into {after}" if before is None else f"{name} moves from {before} to {after}"


def _short(measures: Iterable[Measure]) -> list[str]:
    """Which levels are not at their bounds, by the reason why."""
    by_reason: dict[str, list[str]] = {}
    for counted in measures:
        if why := shortfall(counted):
            by_reason.setdefault(plain(why, READER), []).append(plain(level_name(counted.level), READER))
    return [f"not at its best: {', '.join(levels)}. {reason}" for reason, levels in by_reason.items()]


def _moves(shown: ThemeResult) -> Iterator[tuple[str, Label | None, Label]]:
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


def _table(shown: ThemeResult) -> Iterator[str]:
    """What is counted, aligned: here and at best; what a solver proved has a column where it says more than that."""
    columns = 2 if all(counted.proven == counted.bound for counted in shown.measures) else 3
    rows = [["counted", *("here", "at best", "proven")[:columns], ""]]
    for counted in shown.measures:
        figures = [str(counted.value), str(counted.bound), str(counted.proven)]
        said = "optimal" if counted.optimal else "not proven"
        rows.append([plain(level_name(counted.level), READER), *figures[:columns], said])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *figures, said in rows:
        cells = (cell.rjust(width) for cell, width in zip(figures, widths[1:-1], strict=True))
        yield f"  {name.ljust(widths[0])}  {'  '.join(cells)}  {said}".rstrip()


def _some(before: str, told: tuple[str, ...] | list[str]) -> Iterator[str]:
    for each in told[:_MOST_LINES]:
        yield f"  {before}{each}"
    if len(told) > _MOST_LINES:
        yield f"  {before}… and {len(told) - _MOST_LINES} more"


def values(shown: ThemeResult) -> Mapping[str, Any]:
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
