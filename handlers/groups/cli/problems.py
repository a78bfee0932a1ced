"""Turns the options and files of `rencontres groups` into problems for the solver, and checks them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from bot.cli.private_files import read_up_to
from handlers.groups.files import (
    MOST_BYTES,
    InputMistake,
    People,
    Unreadable,
    read_constraints,
    read_groups,
    read_people,
)
from handlers.groups.messages.labels import Label, parse_label, theme_finder
from handlers.groups.solver.model import Constraint, GroupProblem, Limits, Lock, Numbers, Placeable

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ProblemOptions:
    """The options of the command as they were typed.

    Ages are counted in `year`. A `target` of None stands for the usual size of a group. `counts` (THEME=N), `sizes`
    (THEME=4-7) and `waiting` (THEME) are about single themes, `moves` (ID=THEME) about single people. `history` holds
    paths of files and `locked` labels of groups, both separated by commas.
    """

    people: Path
    year: int
    smallest: int = 5
    largest: int = 7
    target: int | None = None
    seed: int = 0
    time_limit: float = 30.0
    constraints: Path | None = None
    previous: Path | None = None
    locked: str = ""
    history: str = ""
    counts: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()

    @property
    def histories(self) -> tuple[Path, ...]:
        """The paths in `history`."""
        return tuple(Path(name.strip()) for name in self.history.split(",") if name.strip())


@dataclass(frozen=True, slots=True)
class Task:
    """All that is needed to form groups: one problem for the solver per theme, the people, and remarks on the files.

    Problems are sorted by theme.
    """

    problems: tuple[GroupProblem, ...]
    people: People
    notes: tuple[str, ...]


def read_task(options: ProblemOptions) -> Task:
    """Read the command's files and options, and return the problem to solve for each theme.

    Raises Unreadable, with all mistakes found in the files and options.
    """
    limits = _limits(options)
    listed_people = _read(options.people, lambda data, file: read_people(data, file, options.year))
    option_reader = OptionReader(listed_people.themes)
    people = option_reader.moved(listed_people, options.moves)
    reader = _Reader(people)
    rules = reader.rules(options.constraints)
    previous = reader.groups(options.previous)
    history = [reader.groups(path) for path in options.histories]
    locks = reader.locks(options.locked, previous)
    counts = option_reader.counts(options.counts)
    sizes = option_reader.sizes(options.sizes, limits)
    waiting = option_reader.waiting(options.waiting)
    if mistakes := (*reader.mistakes, *option_reader.mistakes):
        raise Unreadable(mistakes)
    theme_of = people.theme_of
    problems = tuple(
        GroupProblem(
            theme,
            members,
            sizes.get(theme, limits),
            counts.get(theme),
            (*rules.get(theme, ()), *locks.get(theme, ())),
            None if previous is None else _numbers(theme, previous, theme_of),
            tuple({ref: str(label) for ref, label in labels.items()} for labels in history if labels is not None),
            options.seed,
            options.time_limit,
        )
        for theme, members in people.themes.items()
        if members and theme not in waiting
    )
    waiting_notes = (
        f"{theme} waits, without groups: {len(members)}" for theme, members in people.themes.items() if theme in waiting
    )
    return Task(problems, people, (*people.notes, *reader.notes, *waiting_notes))


def read_task_and_groups(options: ProblemOptions, groups: Path) -> tuple[Task, Mapping[str, Numbers]]:
    """Return the problem of each theme and, by theme and group number, the members of existing groups.

    `groups` is the path of the file with the existing groups. Raises Unreadable, with all mistakes, if a file or an
    option cannot be used.
    """
    task = read_task(options)
    labels = _read(groups, lambda data, file: read_groups(data, file, task.people))
    by_theme: dict[str, dict[int, list[str]]] = {}
    for ref in sorted(labels):
        by_theme.setdefault(labels[ref].theme, {}).setdefault(labels[ref].number, []).append(ref)
    numbers = {
        theme: {number: tuple(members) for number, members in sorted(groups_of_theme.items())}
        for theme, groups_of_theme in by_theme.items()
    }
    missing = sum(len(people) for people in task.people.themes.values()) - len(labels)
    notes = (f"with a theme, but in no group: {missing}",) if missing else ()
    return replace(task, notes=(*task.notes, *notes)), numbers


def _limits(options: ProblemOptions) -> Limits:
    smallest, largest = options.smallest, options.largest
    target = min(max(Limits().target, smallest), largest) if options.target is None else options.target
    if smallest > largest:
        raise Unreadable([InputMistake("--min", 0, f"{smallest} is above --max {largest}")])
    if not smallest <= target <= largest:
        raise Unreadable(
            [
                InputMistake(
                    "--min, --target, --max",
                    0,
                    f"{smallest}, {target}, {largest}: the target must be between the others",
                )
            ]
        )
    return Limits(smallest, largest, target)


def _read(path: Path, read: Callable[[bytes, str], _T]) -> _T:
    """Return what `read` makes of a file's content and name. Raises Unreadable."""
    try:
        data = read_up_to(path, MOST_BYTES)
    except OSError as error:
        raise Unreadable([InputMistake(str(path), 0, error.strerror or "it cannot be read")]) from None
    return read(data, path.name)


def _numbers(theme: str, labels: Mapping[str, Label], theme_of: Mapping[str, str]) -> Mapping[str, int]:
    """Return the former group numbers of a theme's people. People who had another theme are left out, as new."""
    return {ref: label.number for ref, label in labels.items() if label.theme == theme and theme_of.get(ref) == theme}


class _Reader:
    """Reads the files of rules and of groups, and collects `mistakes` and `notes`."""

    def __init__(self, people: People) -> None:
        self.mistakes: list[InputMistake] = []
        self.notes: list[str] = []
        self._people = people
        self._theme_of = people.theme_of
        self._theme = theme_finder(people.themes)

    def rules(self, path: Path | None) -> Mapping[str, Sequence[Constraint]]:
        """Return the organisers' rules in a file, by theme; {} if `path` is None or the file has mistakes."""
        if path is None:
            return {}
        return self._tried(path, lambda data, file: read_constraints(data, file, self._people)) or {}

    def groups(self, path: Path | None) -> Mapping[str, Label] | None:
        """Return the label of each person's earlier group, by person id, from a file of earlier groups.

        Returns None if `path` is None or the file has mistakes.
        """
        labels = self._tried(path, read_groups) if path else None
        if path is None or labels is None:
            return None
        left = sum(ref not in self._theme_of for ref in labels)
        if left:
            self.notes.append(f"{path.name}: ignored, as they no longer have a theme: {left}")
        return {ref: Label(self._theme(label.theme) or label.theme, label.number) for ref, label in labels.items()}

    def locks(self, text: str, previous: Mapping[str, Label] | None) -> Mapping[str, Sequence[Lock]]:
        """Return, by theme, the rules that keep the groups named in the option --locked as they are.

        `text` is the value of the option. `previous` holds the label of each person's earlier group, from which the
        members of the locked groups are known; None if no earlier groups could be read.
        """
        wanted = [word.strip() for word in text.split(",") if word.strip()]
        if not wanted or (previous is None and self.mistakes):  # the mistakes are perhaps in the previous groups
            return {}
        if previous is None:
            self.mistakes.append(InputMistake("--locked", 0, "--previous must say who is in these groups"))
            return {}
        members: dict[Label, list[str]] = {}
        for ref in sorted(previous):
            members.setdefault(previous[ref], []).append(ref)
        locks: dict[str, dict[int, Lock]] = {}
        for word in wanted:
            labels = [label for label in self._labels(word) if label in members]
            if not labels:
                self.mistakes.append(InputMistake("--locked", 0, f"there is no group {word} in the previous groups"))
            for label in labels:
                here = tuple(ref for ref in members[label] if self._theme_of.get(ref) == label.theme)
                if here:
                    locks.setdefault(label.theme, {})[label.number] = Lock(label.number, here)
                else:
                    self.notes.append(f"group {label} is not locked: none of its members is left")
        return {theme: [*by_number.values()] for theme, by_number in locks.items()}

    def _labels(self, word: str) -> Iterator[Label]:
        """Yield the labels that a word means: itself, or for a number the group with that number of every theme."""
        if word.isascii() and word.isdecimal():
            yield from (Label(theme, int(word)) for theme in self._people.themes)
        elif label := parse_label(word):
            yield Label(self._theme(label.theme) or label.theme, label.number)

    def _tried(self, path: Path, read: Callable[[bytes, str], _T]) -> _T | None:
        """Return what `read` makes of a file, or None and collect the mistakes."""
        try:
            return _read(path, read)
        except Unreadable as error:
            self.mistakes += error.mistakes
            return None


# --- The options of `rencontres groups` that name a theme or a person.


class OptionReader:
    """Reads the options that name a theme or a person, and collects all mistakes in `mistakes`."""

    def __init__(self, themes: Iterable[str]) -> None:
        self.mistakes: list[InputMistake] = []
        self._themes = tuple(themes)
        self._theme = theme_finder(self._themes)

    def counts(self, texts: Sequence[str]) -> Mapping[str, int]:
        """Return the number of groups wanted, by theme, from texts such as «culture=5»."""
        counts: dict[str, int] = {}
        for text in texts:
            theme, number = self._halves("--count", text, "THEME=N")
            if theme and not (number.isdecimal() and int(number) > 0):
                self._refuse("--count", f"«{text}»: {number} is not a number of groups")
            elif theme:
                counts[theme] = int(number)
        return counts

    def sizes(self, texts: Sequence[str], usual: Limits) -> Mapping[str, Limits]:
        """Return the sizes that groups may have, by theme, from texts such as «culture=4-7».

        The target size stays as in `usual`, as far as the new limits allow.
        """
        sizes: dict[str, Limits] = {}
        for text in texts:
            theme, wanted = self._halves("--sizes", text, "THEME=4-7")
            match = re.fullmatch(r"([1-9][0-9]{0,5})\s*-\s*([1-9][0-9]{0,5})", wanted, re.ASCII)
            smallest, largest = map(int, match.groups()) if match else (1, 0)
            if theme and smallest > largest:
                self._refuse("--sizes", f"«{text}»: {wanted} is not a range of sizes: write it like 4-7")
            elif theme:
                sizes[theme] = Limits(smallest, largest, min(max(usual.target, smallest), largest))
        return sizes

    def waiting(self, texts: Sequence[str]) -> frozenset[str]:
        """Return the themes named in the option --wait, whose people get no group for now."""
        return frozenset(theme for text in texts if (theme := self._find_theme("--wait", text, text, "THEME")))

    def moved(self, people: People, texts: Sequence[str]) -> People:
        """Return the people after the moves in `texts`, such as «ID=culture», have given some of them another theme."""
        themes = {theme: list(members) for theme, members in people.themes.items()}
        by_ref = {person.id: person for members in people.themes.values() for person in members}
        for text in texts:
            ref, _equals, name = text.partition("=")
            theme = self._find_theme("--move", text, name, "ID=THEME")
            person = by_ref.get(ref.strip())
            if theme and person is None:
                self._refuse("--move", f"«{text}»: nobody with a theme has the id «{ref.strip()}»")
            elif theme and person:
                for members in themes.values():
                    _leave(members, person)
                themes[theme].append(person)
        ordered = {theme: tuple(sorted(members, key=lambda person: person.id)) for theme, members in themes.items()}
        return replace(people, themes=ordered) if texts else people

    def _halves(self, option: str, text: str, form: str) -> tuple[str | None, str]:
        """Split THEME=VALUE into the theme, None if there is no such theme, and the value."""
        name, _equals, value = text.rpartition("=")
        return self._find_theme(option, text, name, form), value.strip()

    def _find_theme(self, option: str, text: str, name: str, form: str) -> str | None:
        """Return the theme with this name, or None and collect the mistake; `form` is how the option is written."""
        theme = self._theme(name.strip())
        if theme is None:
            self._refuse(option, f"«{text}»: write {form}, the themes are {', '.join(self._themes)}")
        return theme

    def _refuse(self, option: str, reason: str) -> None:
        self.mistakes.append(InputMistake(option, 0, reason))


def _leave(members: list[Placeable], person: Placeable) -> None:
    if person in members:
        members.remove(person)
