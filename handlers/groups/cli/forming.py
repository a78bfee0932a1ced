"""`rencontres groups form` and `rencontres groups explain`: no bot, settings or database needed.

What is slow to import, the store and its settings above all, stays out: groups of a hundred are there at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from bot.cli.private_files import write_all_private
from handlers.groups.cli.asked import Asked, Task, understand, understand_groups
from handlers.groups.cli.impossible import Impossible, why
from handlers.groups.cli.shown import Shown, lines, shown, values
from handlers.groups.rule_files import write_groups
from handlers.groups.solver.levels import measure
from handlers.groups.solver.model import CannotSplit, Contradiction, Plan, Problem, TooLong
from handlers.groups.table_files import Fault, Unreadable


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


def form_groups(asked: Asked, wanted: Wanted) -> int:
    """Form groups and write them; the exit code: 0 done, 1 impossible, 2 a file or an option cannot be used."""
    try:
        _check_places(asked, wanted)
        task = understand(asked)
    except Unreadable as error:
        return _refused(error.faults, wanted)
    plans: list[tuple[Plan, ...]] = []
    failures: list[CannotSplit | Contradiction | TooLong] = []
    for problem in task.problems:
        try:
            plans.append(_formed(problem, wanted.rounds))
        except (CannotSplit, Contradiction, TooLong) as error:
            failures.append(error)
    if failures:
        return _impossible(why(failures, task), task, wanted)
    return _done(task, [_round(task, plans, place) for place in range(wanted.rounds)], wanted)


def explain_groups(asked: Asked, groups: Path, wanted: Wanted) -> int:
    """Say of groups that are there what `form_groups` says of those it forms; the same exit codes."""
    try:
        _check_places(asked, wanted, groups)
        task, numbers = understand_groups(asked, groups)
    except Unreadable as error:
        return _refused(error.faults, wanted)
    told = []
    for problem in task.problems:
        of = numbers.get(problem.theme, {})
        placed = {ref for members in of.values() for ref in members}
        here = replace(problem, people=tuple(person for person in problem.people if person.id in placed))
        if of:
            told.append(shown(1, here, of, measure(here, of), task.people.names))
    return _done(task, [told], wanted)


def _check_places(asked: Asked, wanted: Wanted, groups: Path | None = None) -> None:
    """Raises Unreadable where a file would be lost: one that is read, or one that is there, unless `--force` is given.

    The groups that a repair replaces may be written over: that is what it is for.
    """
    for option, path in (("png", wanted.png), ("pdf", wanted.pdf)):
        if path and path.suffix.casefold() != f".{option}":
            raise Unreadable([Fault(f"--{option}", 0, f"{path} must end in .{option}")])
    asked_for = [path for path in (wanted.out, wanted.png, wanted.pdf) if path]
    if len({path.resolve() for path in asked_for}) < len(asked_for):
        raise Unreadable([Fault(str(asked_for[-1]), 0, "two things cannot be written to one file")])
    read = [path.resolve() for path in (asked.people, asked.constraints, groups, *asked.histories) if path]
    replaced = asked.previous.resolve() if asked.previous else None
    for path in (_numbered(path, place, wanted) for path in asked_for for place in range(1, wanted.rounds + 1)):
        if path.resolve() in read:
            raise Unreadable([Fault(str(path), 0, "it is read, and would be written over")])
        if path.exists() and path.resolve() != replaced and not wanted.force:
            raise Unreadable([Fault(str(path), 0, "it is there already: give another name, or --force")])


def _formed(problem: Problem, rounds: int) -> tuple[Plan, ...]:
    if rounds == 1:
        from handlers.groups.solver.forming import form

        return (form(problem),)
    from handlers.groups.solver.rounds import plan_rounds

    return tuple(plan_rounds(problem, rounds))


def _round(task: Task, plans: Sequence[tuple[Plan, ...]], place: int) -> list[Shown]:
    return [
        shown(place + 1, problem, plan[place].groups, plan[place].measures, task.people.names)
        for problem, plan in zip(task.problems, plans, strict=True)
    ]


def _done(task: Task, rounds: Sequence[Sequence[Shown]], wanted: Wanted) -> int:
    from handlers.groups.pictures import TooManyGroups

    files: dict[Path, bytes] = {}
    for place, themes in enumerate(rounds, start=1):
        try:
            files |= _files(themes, f"Groups, round {place}" if len(rounds) > 1 else "Groups", place, wanted)
        except TooManyGroups as error:
            return _impossible([Impossible("", f"--png: {error}; --pdf prints any number")], task, wanted)
    write_all_private(files)
    if wanted.as_json:
        told = [each for themes in rounds for each in themes]
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
        for each in themes:
            typer.echo("\n".join(lines(each)))
    for note in task.notes:
        typer.echo(f"note: {note}")
    for path in files:
        typer.echo(f"written: {path}")
    return 0


def _files(themes: Sequence[Shown], title: str, place: int, wanted: Wanted) -> Mapping[Path, bytes]:
    """What is wanted of one round. Raises TooManyGroups."""
    files: dict[Path, bytes] = {}
    if wanted.out:
        files[_numbered(wanted.out, place, wanted)] = write_groups({each.problem.theme: each.groups for each in themes})
    if wanted.png:
        from handlers.groups.cli.drawn import picture

        files[_numbered(wanted.png, place, wanted)] = picture(title, themes)
    if wanted.pdf:
        from handlers.groups.cli.drawn import door_lists

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


def _refused(faults: Sequence[Fault], wanted: Wanted) -> int:
    if wanted.as_json:
        told = [{"file": fault.file, "line": fault.line, "reason": fault.reason} for fault in faults]
        _print_json({"unreadable": told})
    else:
        for fault in faults:
            typer.echo(str(fault), err=True)
        typer.echo("Nothing is written.", err=True)
    return 2


def _print_json(document: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
