"""The work of `rencontres groups form` and `rencontres groups explain`, without a bot, settings or a database."""

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
from bot.content.branding import Branding
from bot.content.names import display_name
from bot.content.texts import Reader, Span, plain
from handlers.groups.cli.problems import ProblemOptions, Task, read_task, read_task_and_groups
from handlers.groups.drawing import DoorList, DrawnTheme, divide, draw_door_lists, draw_plan, plan_group
from handlers.groups.files import InputMistake, Unreadable, called, write_groups
from handlers.groups.messages.labels import Label
from handlers.groups.messages.solver import (
    broken,
    cannot_split,
    contradiction,
    describe,
    level_name,
    mend,
    only_one,
    proof_line,
    rule,
    too_long,
)
from handlers.groups.solver.levels import alone, measure, violations
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
from handlers.groups.solver.remedies import Moving, SplitRemedy, Waive, remedies
from handlers.groups.solver.sizes import feasible_counts


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """The options of the command that say where and how results are written.

    `out` is the file for groups, None if existing groups are explained. `png` is the file for the picture, `pdf` the
    file for the door lists; None if it is not wanted. With `as_json`, the report is printed as JSON. `rounds` is the
    number of days to form groups for. With `force`, existing files are replaced.
    """

    out: Path | None = None
    png: Path | None = None
    pdf: Path | None = None
    as_json: bool = False
    rounds: int = 1
    force: bool = False


_THERE_ALREADY = "it already exists: give another name, or --force"


def this_year() -> int:
    """Return the current year, in UTC."""
    return datetime.now(UTC).year


def form_groups(options: ProblemOptions, output: OutputOptions) -> int:
    """Form groups and write them to files.

    Returns the exit code: 0 done, 1 impossible, 2 a file or an option cannot be used.
    """
    try:
        _check_paths(options, output)
        task = read_task(options)
    except Unreadable as error:
        return _refused(error.mistakes, output)
    plans: list[tuple[GroupPlan, ...]] = []
    failures: list[CannotSplit | Contradiction | TooLong] = []
    for problem in task.problems:
        try:
            plans.append(_formed(problem, output.rounds))
        except (CannotSplit, Contradiction, TooLong) as error:
            failures.append(error)
    if failures:
        return _impossible(describe_failures(failures, task), task, output)
    return _write(task, [_round(task, plans, index) for index in range(output.rounds)], output)


def explain_groups(options: ProblemOptions, groups: Path, output: OutputOptions) -> int:
    """Report how good the existing groups in the file `groups` are.

    Returns the exit code: 0 done, 2 a file or an option cannot be used.
    """
    try:
        _check_paths(options, output, groups)
        task, numbers = read_task_and_groups(options, groups)
    except Unreadable as error:
        return _refused(error.mistakes, output)
    results = []
    for problem in task.problems:
        groups_of_theme = numbers.get(problem.theme, {})
        placed = {ref for members in groups_of_theme.values() for ref in members}
        placed_only = replace(problem, people=tuple(person for person in problem.people if person.id in placed))
        if groups_of_theme:
            measures = measure(placed_only, groups_of_theme)
            results.append(theme_result(1, placed_only, groups_of_theme, measures, task.people.names))
    return _write(task, [results], output)


def _check_paths(options: ProblemOptions, output: OutputOptions, groups: Path | None = None) -> None:
    """Raise Unreadable if writing would replace a file that is read, or without `--force` any file that exists.

    A repair may replace the file of the former groups.
    """
    for option, path in (("png", output.png), ("pdf", output.pdf)):
        if path and path.suffix.casefold() != f".{option}":
            raise Unreadable([InputMistake(f"--{option}", 0, f"{path} must end in .{option}")])
    paths = [path for path in (output.out, output.png, output.pdf) if path]
    if len({path.resolve() for path in paths}) < len(paths):
        raise Unreadable([InputMistake(str(paths[-1]), 0, "two results cannot be written to the same file")])
    read = [path.resolve() for path in (options.people, options.constraints, groups, *options.histories) if path]
    replaced = options.previous.resolve() if options.previous else None
    for path in (_numbered(path, number, output) for path in paths for number in range(1, output.rounds + 1)):
        if path.resolve() in read:
            raise Unreadable([InputMistake(str(path), 0, "it is read, and would be overwritten")])
        if path.exists() and path.resolve() != replaced and not output.force:
            raise Unreadable([InputMistake(str(path), 0, _THERE_ALREADY)])


def _formed(problem: GroupProblem, rounds: int) -> tuple[GroupPlan, ...]:
    if rounds == 1:
        from handlers.groups.solver.forming import form

        return (form(problem),)
    from handlers.groups.solver.rounds import plan_rounds

    return tuple(plan_rounds(problem, rounds))


def _round(task: Task, plans: Sequence[tuple[GroupPlan, ...]], index: int) -> list[ThemeResult]:
    """Return the results of the round with this index, for each theme."""
    return [
        theme_result(index + 1, problem, plan[index].groups, plan[index].measures, task.people.names)
        for problem, plan in zip(task.problems, plans, strict=True)
    ]


def _write(task: Task, rounds: Sequence[Sequence[ThemeResult]], output: OutputOptions) -> int:
    """Write the files of all rounds and report on them. Returns the exit code."""
    files: dict[Path, bytes] = {}
    for number, themes in enumerate(rounds, start=1):
        files |= _files(themes, f"Round {number}" if len(rounds) > 1 else "", number, output)
    there = [path for path in files if path.suffix == ".png" and path.exists() and not output.force]
    if there:  # how many pictures there are, and so their names, is known only now
        return _refused([InputMistake(str(path), 0, _THERE_ALREADY) for path in there], output)
    write_all_private(files)
    if output.as_json:
        results = [theme for themes in rounds for theme in themes]
        _print_json(
            {
                "optimal": all(result.optimal for result in results),
                "themes": [values(result) for result in results],
                "notes": list(task.notes),
                "written": [str(path) for path in files],
            }
        )
        return 0
    for number, themes in enumerate(rounds, start=1):
        if len(rounds) > 1:
            typer.echo(f"round {number}")
        for theme in themes:
            typer.echo("\n".join(lines(theme)))
    for note in task.notes:
        typer.echo(f"note: {note}")
    for path in files:
        typer.echo(f"written: {path}")
    return 0


def _files(themes: Sequence[ThemeResult], day: str, number: int, output: OutputOptions) -> Mapping[Path, bytes]:
    """Return the content of each file that is wanted of one round, which is called `day` if it is one of several."""
    files: dict[Path, bytes] = {}
    if output.out:
        files[_numbered(output.out, number, output)] = write_groups(
            {theme.problem.theme: theme.groups for theme in themes}
        )
    if output.png:
        files |= pictures(themes, day, _numbered(output.png, number, output))
    if output.pdf:
        files[_numbered(output.pdf, number, output)] = door_lists(themes, day)
    return files


def _numbered(path: Path, number: int, output: OutputOptions) -> Path:
    """Return the path for one of several rounds, GROUPS-1.csv, GROUPS-2.csv …; for a single round, the path itself."""
    return path if output.rounds == 1 else path.with_stem(f"{path.stem}-{number}")


def _impossible(impossible: Sequence[Impossible], task: Task, output: OutputOptions) -> int:
    """Report why groups cannot be formed. Returns the exit code."""
    if output.as_json:
        _print_json({"impossible": [theme.values() for theme in impossible], "notes": list(task.notes)})
    else:
        for theme in impossible:
            for line in theme.lines():
                typer.echo(line, err=True)
        how_on = _HOW_ON if _has_mend_options(impossible) else ""
        typer.echo(f"Nothing was written{_about_others(impossible, task)}.{how_on}", err=True)
    return 1


_HOW_ON = " To go on, add the options in brackets after a fix to the command."


def _has_mend_options(impossible: Sequence[Impossible]) -> bool:
    """Return whether what would help a theme includes options to add to the command."""
    return any("(--" in mend for theme in impossible for mend in theme.remedies)


def _about_others(impossible: Sequence[Impossible], task: Task) -> str:
    """Return words that say that nothing is written for the other themes either; '' if there are none."""
    others = {problem.theme for problem in task.problems} - {theme.theme for theme in impossible}
    return ", not even for the other themes" if others and _has_mend_options(impossible) else ""


def _refused(mistakes: Sequence[InputMistake], output: OutputOptions) -> int:
    """Report mistakes in files and options. Returns the exit code."""
    if output.as_json:
        _print_json({"unreadable": [asdict(mistake) for mistake in mistakes]})
    else:
        for mistake in mistakes:
            typer.echo(str(mistake), err=True)
        typer.echo("Nothing was written.", err=True)
    return 2


def _print_json(document: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


# --- Groups as pictures for organisers and as door lists.

_TITLE = "Groups"  # what stands where a gathering's name would


def pictures(results: Sequence[ThemeResult], day: str, path: Path) -> Mapping[Path, bytes]:
    """Return the pictures of all themes as PNG files, by the path of each.

    A theme with many groups has several pictures. A single picture is written to `path` itself. Otherwise each file
    name also has the theme and, if the theme has several pictures, a number: groups-culture.png,
    groups-education-1.png, groups-education-2.png. `day` is a text that names the day, '' to leave it out.
    """
    parts = [*divide(map(_theme, results))]
    names = ["".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in part["title"])[:60] for part in parts]
    paths = []
    for index, name in enumerate(names):
        number = f"-{names[: index + 1].count(name)}" if names.count(name) > 1 else ""
        paths.append(path.with_stem(f"{path.stem}-{name}{number}") if len(parts) > 1 else path)
    return dict(zip(paths, draw_plan(parts, day, Branding(_TITLE), READER.locale), strict=True))


def door_lists(results: Sequence[ThemeResult], day: str) -> bytes:
    """Return a PDF file with a page for each group. `day` is a text that names the day, '' to leave it out."""
    lists = [
        DoorList(
            title=group["title"],
            theme=result.problem.theme,
            number=number,
            lines=[day] if day else [],
            members=group["members"],
        )
        for result in results
        for number, group in zip(sorted(result.groups), _theme(result)["groups"], strict=True)
    ]
    return draw_door_lists(lists, Branding(_TITLE), READER.locale)


def _theme(result: ThemeResult) -> DrawnTheme:
    by_id = {person.id: person for person in result.problem.people}
    groups = []
    for number, members in sorted(result.groups.items()):
        names = distinct_names({ref: result.names[ref] for ref in members})
        label = str(Label(result.problem.theme, number))
        groups.append(plan_group(label, [(name, by_id[ref]) for ref, name in names.items()], READER))
    lines = [plain(describe(item, result.people), READER) for item in result.measures if item.level in _TOLD]
    return DrawnTheme(title=result.problem.theme, lines=lines, groups=groups)


def distinct_names(names: Mapping[str, str]) -> Mapping[str, str]:
    """Return a distinct short name for each id, from full names by id.

    People whose short names would be alike get a name with more letters, or the full name, or the id.
    """
    result = {ref: brief(name) for ref, name in names.items()}
    ways: Sequence[Callable[[str], str]] = (*(partial(_with_letters, count) for count in range(2, 6)), str)
    for way in ways:
        twice = {name for name, count in Counter(result.values()).items() if count > 1}
        result = {ref: way(names[ref]) if name in twice else name for ref, name in result.items()}
    twice = {name for name, count in Counter(result.values()).items() if count > 1}
    return {ref: f"{name} ({ref})" if name in twice else name for ref, name in result.items()}


def _with_letters(count: int, name: str) -> str:
    given, _space, family = name.partition(" ")
    return f"{given} {family[:count]}." if len(family) > count else name


# --- Why groups cannot be formed, and what would mend it.


@dataclass(frozen=True, slots=True)
class Impossible:
    """Why the people of one theme cannot be split into groups.

    It holds the reason, the rules that exclude each other, and the changes that would help, the easiest first.
    """

    theme: str
    reason: str
    conflict: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield the lines of the report, which says why the theme's people cannot be split into groups."""
        yield self.reason
        for constraint in self.conflict:
            yield f"  {constraint}"
        for remedy in self.remedies:
            yield f"  fix: {remedy}"

    def values(self) -> Mapping[str, Any]:
        """Return the report as JSON values. It says why the theme's people cannot be split into groups."""
        return {
            "theme": self.theme,
            "reason": self.reason,
            "conflict": list(self.conflict),
            "mends": list(self.remedies),
        }


def describe_failures(failures: Sequence[CannotSplit | Contradiction | TooLong], task: Task) -> tuple[Impossible, ...]:
    """Return, for each theme without groups, the reason in words, and the changes that would help."""
    return tuple(_describe_failure(failure, task) for failure in failures)


def _describe_failure(failure: CannotSplit | Contradiction | TooLong, task: Task) -> Impossible:
    theme = failure.theme
    match failure:
        case Contradiction(_, conflict):
            rules = tuple(plain(rule(constraint, _name_of(task)), READER) for constraint in conflict)
            return Impossible(
                theme, plain(contradiction(failure, theme), READER), rules, tuple(_numbers(failure, task))
            )
        case TooLong():
            return Impossible(theme, plain(too_long(failure, theme), READER), remedies=("a longer --time-limit",))
        case _:
            return Impossible(theme, plain(cannot_split(failure, theme), READER), remedies=tuple(_mends(failure, task)))


def _numbers(failure: Contradiction, task: Task) -> Iterator[str]:
    """Yield which group numbers a theme can have, if a pin of the conflict asks for a higher one."""
    limits = next(problem.limits for problem in task.problems if problem.theme == failure.theme)
    counts = feasible_counts(len(task.people.themes[failure.theme]), limits)
    if any(isinstance(pin, Pin) and counts and pin.number > counts[-1] for pin in failure.conflict):
        yield f"a group from 1 to {counts[-1]}: {failure.theme} makes no more"


def _mends(failure: CannotSplit, task: Task) -> Iterator[str]:
    """Yield what would let a theme be split, each with the options to add to the command."""
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
    for remedy in remedies(failure.theme, sizes, wishes, failure.limits):
        sentences = " ".join(plain(text, READER) for text in mend(remedy, str, _name_of(task)))
        yield f"{sentences} ({_options(remedy)})"


def _options(mend: SplitRemedy) -> str:
    """Return the options to add to the command."""
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


# --- The report on groups: lines to read, or values for JSON, always in the same order.


READER = Reader("en", "UTC")
_MOST_LINES = 20  # the most lines of one kind: with thousands of groups nobody reads on
_TOLD = (Level.REPEATS, Level.WORST_GROUP)  # levels that are also described in words, where larger numbers are better


@dataclass(frozen=True, slots=True)
class ThemeResult:
    """The groups of one theme in one round (day), how good they are, and the rules they break.

    `alone` holds everyone who is the only woman or the only man of a group, as pairs of the group's label and the
    person's id. `names` holds the names of all people by id.
    """

    round: int
    problem: GroupProblem
    groups: Numbers
    measures: tuple[Measure, ...]
    names: Mapping[str, str]
    violations: tuple[str, ...]
    alone: tuple[tuple[Label, str], ...]

    @property
    def people(self) -> int:
        """The number of people in these groups."""
        return sum(map(len, self.groups.values()))

    @property
    def optimal(self) -> bool:
        """Whether no rule is broken, and every level is proven the best possible.

        A level is a count that the solver minimises.
        """
        return all(measure.optimal for measure in self.measures) and not self.violations


def theme_result(
    round_number: int, problem: GroupProblem, groups: Numbers, measures: tuple[Measure, ...], names: Mapping[str, str]
) -> ThemeResult:
    """Return the result for one theme's groups in a round (day): it includes broken rules and lone people.

    Lone people are the only woman or the only man of a group. `measures` say how good the groups are; `names` holds
    the people's names by id.
    """
    broken_rules = (
        plain(broken(violation, problem.limits, partial(called, names)), READER)
        for violation in violations(problem, groups)
    )
    lone_people = ((Label(problem.theme, number), ref) for number, ref in alone(problem, groups))
    return ThemeResult(round_number, problem, groups, measures, names, tuple(broken_rules), tuple(lone_people))


def brief(name: str) -> str:
    """Return the short form of a name: the first word, and the initial of the rest."""
    given, _space, family = name.partition(" ")
    return display_name(given, family)


def lines(result: ThemeResult) -> Iterator[str]:
    """Yield the lines of the report on a theme's groups: sizes, broken rules, and each level beside its best value.

    A level is a count that the solver minimises; its best value is computed by a formula.
    """
    people = result.people
    yield f"{result.problem.theme}: {people} people, {_sizes(result.groups)}{'; optimal' if result.optimal else ''}"
    described = (plain(describe(item, people), READER) for item in result.measures if item.level in _TOLD)
    yield f"  {'; '.join(described)}"
    yield from _table(result)
    yield from _some("", _short(result.measures))
    yield from _some("", [_move(result, *move) for move in _moves(result)])
    yield from _some("rule broken: ", result.violations)
    genders = {person.id: person.gender for person in result.problem.people}
    yield from _some(
        "",
        [plain(only_one(called(result.names, ref), str(label), genders[ref]), READER) for label, ref in result.alone],
    )


def _move(result: ThemeResult, ref: str, before: Label | None, after: Label) -> str:
    name = called(result.names, ref)
    return f"{name} joins {after}" if before is None else f"{name} moves from {before} to {after}"


def _short(measures: Iterable[Measure]) -> list[str]:
    """Return a line for each reason why levels miss their bounds, with these levels."""
    by_reason: dict[str, list[str]] = {}
    for item in measures:
        if why := proof_line(item):
            by_reason.setdefault(plain(why, READER), []).append(plain(level_name(item.level), READER))
    return [f"not at its best: {', '.join(levels)}. {reason}" for reason, levels in by_reason.items()]


def _moves(result: ThemeResult) -> Iterator[tuple[str, Label | None, Label]]:
    """Yield the id, the former group and the new group of each person whom a repair moves; None is for no group."""
    previous, theme = result.problem.previous, result.problem.theme
    if previous is None:
        return
    for number, members in sorted(result.groups.items()):
        for ref in sorted(members):
            before = previous.get(ref)
            if before != number:
                yield ref, None if before is None else Label(theme, before), Label(theme, number)


def _sizes(groups: Numbers) -> str:
    sizes = Counter(map(len, groups.values()))
    parts = ", ".join(f"{count} of {size}" for size, count in sorted(sizes.items(), reverse=True))
    return f"{len(groups)} {'group' if len(groups) == 1 else 'groups'} ({parts})"


def _table(result: ThemeResult) -> Iterator[str]:
    """Yield the lines of a table of the levels: their values and bounds, and the proven limits if any is tighter."""
    columns = 2 if all(item.proven == item.bound for item in result.measures) else 3
    rows = [["counted", *("here", "at best", "proven")[:columns], ""]]
    for item in result.measures:
        figures = [str(item.value), str(item.bound), str(item.proven)]
        verdict = "optimal" if item.optimal else "not proven"
        rows.append([plain(level_name(item.level), READER), *figures[:columns], verdict])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *figures, verdict in rows:
        cells = (cell.rjust(width) for cell, width in zip(figures, widths[1:-1], strict=True))
        yield f"  {name.ljust(widths[0])}  {'  '.join(cells)}  {verdict}".rstrip()


def _some(prefix: str, texts: tuple[str, ...] | list[str]) -> Iterator[str]:
    """Yield the first lines of many, and how many more there are."""
    for text in texts[:_MOST_LINES]:
        yield f"  {prefix}{text}"
    if len(texts) > _MOST_LINES:
        yield f"  {prefix}… and {len(texts) - _MOST_LINES} more"


def values(result: ThemeResult) -> Mapping[str, Any]:
    """Return the report on a theme's groups as JSON values."""
    country = {person.id: person.country for person in result.problem.people}
    theme = result.problem.theme
    return {
        "theme": theme,
        "round": result.round,
        "people": result.people,
        "optimal": result.optimal,
        "measures": [
            {
                "level": str(measure.level),
                "value": measure.value,
                "bound": measure.bound,
                "proven": measure.proven,
                "optimal": measure.optimal,
            }
            for measure in result.measures
        ],
        "groups": [
            {
                "group": str(Label(theme, number)),
                "size": len(members),
                "nationalities": len({country[ref] for ref in members}),
                "members": sorted(members),
            }
            for number, members in sorted(result.groups.items())
        ],
        "moves": [
            {"participant_id": ref, "from": str(before) if before else None, "to": str(after)}
            for ref, before, after in _moves(result)
        ],
        "alone": [{"group": str(label), "participant_id": ref} for label, ref in result.alone],
        "violations": list(result.violations),
    }
