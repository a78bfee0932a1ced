"""What `rencontres groups` is asked, as problems to solve: options and files, held against each other."""

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
    """The options, as they were typed; `target` is None where none was."""

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
        """The files of `history`."""
        return tuple(Path(name.strip()) for name in self.history.split(",") if name.strip())


@dataclass(frozen=True, slots=True)
class Task:
    """Each theme's problem, in the order of themes, whom they are about, and what to say beforehand."""

    problems: tuple[GroupProblem, ...]
    people: People
    notes: tuple[str, ...]


def understand(asked: ProblemOptions) -> Task:
    """What there is to do. Raises Unreadable with all that is wrong."""
    limits = _limits(asked)
    listed = _read(asked.people, lambda data, file: read_people(data, file, asked.year))
    options = Options(listed.themes)
    people = options.moved(listed, asked.moves)
    reader = _Reader(people)
    rules = reader.rules(asked.constraints)
    previous = reader.groups(asked.previous)
    history = [reader.groups(path) for path in asked.histories]
    locks = reader.locks(asked.locked, previous)
    counts = options.counts(asked.counts)
    sizes = options.sizes(asked.sizes, limits)
    waiting = options.waiting(asked.waiting)
    if mistakes := (*reader.mistakes, *options.mistakes):
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
            tuple({ref: str(label) for ref, label in each.items()} for each in history if each is not None),
            asked.seed,
            asked.time_limit,
        )
        for theme, members in people.themes.items()
        if members and theme not in waiting
    )
    left = (f"{theme} waits, in no group: {len(people.themes[theme])}" for theme in people.themes if theme in waiting)
    return Task(problems, people, (*people.notes, *reader.notes, *left))


def understand_groups(asked: ProblemOptions, groups: Path) -> tuple[Task, Mapping[str, Numbers]]:
    """The same for groups that are there already, and these by theme. Raises Unreadable."""
    task = understand(asked)
    labels = _read(groups, lambda data, file: read_groups(data, file, task.people))
    found: dict[str, dict[int, list[str]]] = {}
    for ref in sorted(labels):
        found.setdefault(labels[ref].theme, {}).setdefault(labels[ref].number, []).append(ref)
    numbers = {theme: {number: tuple(members) for number, members in sorted(of.items())} for theme, of in found.items()}
    missing = sum(len(people) for people in task.people.themes.values()) - len(labels)
    notes = (f"with a theme, but in no group: {missing}",) if missing else ()
    return replace(task, notes=(*task.notes, *notes)), numbers


def _limits(asked: ProblemOptions) -> Limits:
    smallest, largest = asked.smallest, asked.largest
    target = min(max(Limits().target, smallest), largest) if asked.target is None else asked.target
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
    try:
        data = read_up_to(path, MOST_BYTES)
    except OSError as error:
        raise Unreadable([InputMistake(str(path), 0, error.strerror or "it cannot be read")]) from None
    return read(data, path.name)


def _numbers(theme: str, labels: Mapping[str, Label], theme_of: Mapping[str, str]) -> Mapping[str, int]:
    """The numbers that a theme's people had in it: who had another theme comes anew."""
    return {ref: label.number for ref, label in labels.items() if label.theme == theme and theme_of.get(ref) == theme}


class _Reader:
    """Reads what goes with the people, gathering what is wrong and what is worth a note."""

    def __init__(self, people: People) -> None:
        self.mistakes: list[InputMistake] = []
        self.notes: list[str] = []
        self._people = people
        self._theme_of = people.theme_of
        self._theme = theme_finder(people.themes)

    def rules(self, path: Path | None) -> Mapping[str, Sequence[Constraint]]:
        """The constraints, by theme."""
        if path is None:
            return {}
        return self._tried(path, lambda data, file: read_constraints(data, file, self._people)) or {}

    def groups(self, path: Path | None) -> Mapping[str, Label] | None:
        """Everyone's group at another time; None where there is no such file."""
        found = self._tried(path, read_groups) if path else None
        if path is None or found is None:
            return None
        left = sum(ref not in self._theme_of for ref in found)
        if left:
            self.notes.append(f"{path.name}: in it, but no longer among the people with a theme, and ignored: {left}")
        return {ref: Label(self._theme(label.theme) or label.theme, label.number) for ref, label in found.items()}

    def locks(self, text: str, previous: Mapping[str, Label] | None) -> Mapping[str, Sequence[Lock]]:
        """The locked groups as they were in `previous`, by theme."""
        wanted = [word.strip() for word in text.split(",") if word.strip()]
        if not wanted or (previous is None and self.mistakes):  # of the previous groups themselves
            return {}
        if previous is None:
            self.mistakes.append(InputMistake("--locked", 0, "--previous must say who is in these groups"))
            return {}
        members: dict[Label, list[str]] = {}
        for ref in sorted(previous):
            members.setdefault(previous[ref], []).append(ref)
        locks: dict[str, dict[int, Lock]] = {}
        for word in wanted:
            labels = [label for label in self._meant(word) if label in members]
            if not labels:
                self.mistakes.append(InputMistake("--locked", 0, f"there is no group {word} in the previous groups"))
            for label in labels:
                here = tuple(ref for ref in members[label] if self._theme_of.get(ref) == label.theme)
                if here:
                    locks.setdefault(label.theme, {})[label.number] = Lock(label.number, here)
                else:
                    self.notes.append(f"group {label} is not locked: nobody of it is left")
        return {theme: [*of.values()] for theme, of in locks.items()}

    def _meant(self, word: str) -> Iterator[Label]:
        """A label by itself; a number in every theme."""
        if word.isascii() and word.isdecimal():
            yield from (Label(theme, int(word)) for theme in self._people.themes)
        elif label := parse_label(word):
            yield Label(self._theme(label.theme) or label.theme, label.number)

    def _tried(self, path: Path, read: Callable[[bytes, str], _T]) -> _T | None:
        try:
            return _read(path, read)
        except Unreadable as error:
            self.mistakes += error.mistakes
            return None


# --- The options of `rencontres groups` that speak of a theme, or of one person.


class Options:
    """Reads them, gathering what is wrong in `mistakes`."""

    def __init__(self, themes: Iterable[str]) -> None:
        self.mistakes: list[InputMistake] = []
        self._themes = tuple(themes)
        self._theme = theme_finder(self._themes)

    def counts(self, texts: Sequence[str]) -> Mapping[str, int]:
        """How many groups are wanted, by theme."""
        counts: dict[str, int] = {}
        for text in texts:
            theme, number = self._halves("--count", text, "THEME=N")
            if theme and not (number.isdecimal() and int(number) > 0):
                self._refuse("--count", f"«{text}»: {number} is no number of groups")
            elif theme:
                counts[theme] = int(number)
        return counts

    def sizes(self, texts: Sequence[str], usual: Limits) -> Mapping[str, Limits]:
        """The sizes that groups may have, by theme."""
        sizes: dict[str, Limits] = {}
        for text in texts:
            theme, wanted = self._halves("--sizes", text, "THEME=4-7")
            found = re.fullmatch(r"([1-9][0-9]{0,5})\s*-\s*([1-9][0-9]{0,5})", wanted, re.ASCII)
            smallest, largest = map(int, found.groups()) if found else (1, 0)
            if theme and smallest > largest:
                self._refuse("--sizes", f"«{text}»: {wanted} are no sizes, write them like 4-7")
            elif theme:
                sizes[theme] = Limits(smallest, largest, min(max(usual.target, smallest), largest))
        return sizes

    def waiting(self, texts: Sequence[str]) -> frozenset[str]:
        """The themes whose people are in no group for now."""
        return frozenset(theme for text in texts if (theme := self._known("--wait", text, text, "THEME")))

    def moved(self, people: People, texts: Sequence[str]) -> People:
        """The people, some of them with another theme."""
        themes = {theme: list(members) for theme, members in people.themes.items()}
        by_ref = {person.id: person for members in people.themes.values() for person in members}
        for text in texts:
            ref, _equals, name = text.partition("=")
            theme = self._known("--move", text, name, "ID=THEME")
            person = by_ref.get(ref.strip())
            if theme and person is None:
                self._refuse("--move", f"«{text}»: nobody with a theme has the id «{ref.strip()}»")
            elif theme and person:
                for members in themes.values():
                    _leave(members, person)
                themes[theme].append(person)
        ordered = {theme: tuple(sorted(members, key=lambda each: each.id)) for theme, members in themes.items()}
        return replace(people, themes=ordered) if texts else people

    def _halves(self, option: str, text: str, form: str) -> tuple[str | None, str]:
        name, _equals, value = text.rpartition("=")
        return self._known(option, text, name, form), value.strip()

    def _known(self, option: str, text: str, name: str, form: str) -> str | None:
        theme = self._theme(name.strip())
        if theme is None:
            self._refuse(option, f"«{text}»: write {form}, of {', '.join(self._themes)}")
        return theme

    def _refuse(self, option: str, reason: str) -> None:
        self.mistakes.append(InputMistake(option, 0, reason))


def _leave(members: list[Placeable], person: Placeable) -> None:
    if person in members:
        members.remove(person)
