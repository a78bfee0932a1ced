"""Reads the files from which groups are formed in the shell: tables of people, of rules, and of groups."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from bot.content.features import platforms
from bot.content.texts import Reader, plain
from bot.files.columns import Column, by_spelling
from bot.files.sheets import key_of
from bot.files.tables import Table, TableFormat, TableRow, read_table
from bot.people.roster_columns import ASKED, UNASKED, RosterRules, cell_readers
from handlers.groups.messages.labels import Label, parse_label, theme_finder, theme_key
from handlers.groups.solver.model import Apart, Constraint, Pin, Placeable, Together, band_of

MOST_ROWS = 250_000
MOST_BYTES = 100_000_000
_READER = Reader("en", "UTC")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InputMistake:
    """A mistake in a file or an option.

    `file` is the name of the file or the option. `line` is 0 if the mistake is not in one line, `column` is '' if it is
    not in one column.
    """

    file: str
    line: int
    reason: str
    column: str = ""

    def __str__(self) -> str:
        if not self.line:
            return self.reason if self.file in self.reason else f"{self.file}: {self.reason}"
        column = f", {self.column}" if self.column else ""
        return f"{self.file}, line {self.line}{column}: {self.reason}"


class Unreadable(Exception):
    """Raised when files or options cannot be used. `mistakes` holds all mistakes, sorted by line."""

    def __init__(self, mistakes: Sequence[InputMistake]) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


def _read(data: bytes, file: str, columns: Sequence[Column], make: Callable[[TableRow], T | None]) -> Table[T]:
    """Return a table with at least one row. Raises Unreadable."""
    too_long = f"it is too long: {MOST_ROWS} lines at most"
    table = read_table(data, file, TableFormat(columns, MOST_ROWS, MOST_BYTES, too_long), make)
    mistakes = [
        InputMistake(file, problem.line, plain(problem.reason, _READER), problem.heading) for problem in table.problems
    ]
    if not (mistakes or table.rows):
        mistakes.append(InputMistake(file, 0, "there is nothing below its headings"))
    if mistakes:
        raise Unreadable(mistakes)
    return table


# --- The people that groups are formed from on the command line, as a file lists them.


_AGES = (10, 120)  # the ages, in years, beyond which a year of birth must be a slip
_MOST_NAMED = 10
_NEEDED = frozenset({"ref", "country", "gender", "birth_year", "theme"})
_USUAL = (("name", "given_name", "family_name"), ("platform",))


@dataclass(frozen=True, slots=True)
class People:
    """The people to be placed in groups, as a file lists them.

    `themes` holds the people of each theme; themes and people are sorted. `names` holds the people's names, and
    `second` the theme that each chose second, both by person id. `notes` are remarks on the file.
    """

    themes: Mapping[str, tuple[Placeable, ...]]
    names: Mapping[str, str]
    second: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def theme_of(self) -> Mapping[str, str]:
        """The theme of each person, by id."""
        return {person.id: theme for theme, people in self.themes.items() for person in people}


class _Listed(NamedTuple):
    """A line of a list of people; missing values are ''."""

    person: Placeable
    name: str
    theme: str
    second_theme: str


def read_people(data: bytes, file: str, year: int) -> People:
    """Return the people listed in a file. Raises Unreadable if the file has mistakes.

    `data` is the content of the file, `file` its name for messages. Ages are counted in `year`.
    """
    table = _read(data, file, _people_columns(year), _listed)
    themes: dict[str, list[Placeable]] = {}
    for listed in table.rows:
        if listed.theme:
            themes.setdefault(listed.theme, []).append(listed.person)
    find_theme = theme_finder(themes)
    seconds = ((listed.person.id, find_theme(listed.second_theme)) for listed in table.rows if listed.second_theme)
    return People(
        {theme: tuple(sorted(themes[theme], key=lambda person: person.id)) for theme in sorted(themes)},
        {listed.person.id: listed.name for listed in table.rows},
        {ref: theme for ref, theme in seconds if theme},  # a theme that nobody has first is left out
        (*_notes_on_columns(table), *_notes_on_people(table.rows)),
    )


def _people_columns(year: int) -> Sequence[Column]:
    """Return the columns of the list that organisers import, with the readers that forming groups needs."""
    youngest, oldest = _AGES
    readers = cell_readers(RosterRules({}, ("en",), year - oldest, year - youngest))
    spellings: dict[str, str] = {}
    read: Mapping[str, Callable[[str], object]] = {
        "country": readers["country"],
        "gender": readers["gender"],
        "birth_year": lambda text: band_of(int(str(readers["birth_year"](text.removesuffix(".0")))), year),
        "theme": lambda text: spellings.setdefault(theme_key(text), text),  # the first spelling stands for all
    }
    columns = [
        replace(column, read=read.get(column.key, str), required=column.key in _NEEDED) for column in (*ASKED, *UNASKED)
    ]
    return [
        replace(column, unique=True, missing="The reference is missing.") if column.key == "ref" else column
        for column in columns
    ]


def _listed(row: TableRow) -> _Listed | None:
    """Return the person on a line, None if the line has problems."""
    if row.problems:
        return None
    cell = row.cells.get
    person = Placeable(
        cell("ref", ""),
        cell("country", ""),
        str(cell("gender", "")),
        cell("birth_year", ""),
        cell("platform", "").casefold(),
    )
    given, rest = cell("given_name", ""), cell("family_name", "") or cell("name", "")
    name = rest if given and rest.startswith(f"{given} ") else " ".join(part for part in (given, rest) if part)
    return _Listed(person, name or person.id, cell("theme", ""), cell("second_theme", ""))


def _notes_on_columns(table: Table[_Listed]) -> Iterator[str]:
    for usual in _USUAL:
        if not table.columns & set(usual):
            yield f"there is no column {usual[0]}"
    if table.ignored:
        yield f"columns left out: {', '.join(table.ignored)}"


def _notes_on_people(people: Iterable[_Listed]) -> Iterator[str]:
    """Yield remarks on people who are listed correctly, but without a theme, a country or a platform of ours."""
    without_theme = [listed for listed in people if not listed.theme]
    if without_theme:
        named = ", ".join(_called(listed.name, listed.person.id) for listed in without_theme[:_MOST_NAMED])
        more = f" and {len(without_theme) - _MOST_NAMED} more" if len(without_theme) > _MOST_NAMED else ""
        yield f"without a theme, and so without a group: {len(without_theme)} ({named}{more})"
    if count := sum(not listed.person.country for listed in people):
        yield f"without a country, counted as one nationality of its own: {count}"
    odd = Counter(listed.person.platform for listed in people if listed.person.platform)
    for platform in platforms():
        del odd[platform]
    if odd:
        named = ", ".join(f"«{platform}» ({count})" for platform, count in sorted(odd.items())[:_MOST_NAMED])
        yield f"no platform of ours, but kept apart as if they were: {named}"


def called(names: Mapping[str, str], ref: str) -> str:
    """Return a person's name for messages to the author of a list: the name in the list, and the id (`ref`)."""
    return _called(names.get(ref, ref), ref)


def _called(name: str, ref: str) -> str:
    return name if name == ref else f"{name} ({ref})"


# --- The files of rules and of groups.


_CONSTRAINTS = (
    Column("type", "type", "type, kind, Art", required=True),
    Column("a", "a", "a", required=True),
    Column("b", "b", "b", required=True),
)
_GROUPS = (
    Column(
        "participant_id",
        "participant_id",
        "participant id, id, ref, reference, réf, identifiant, Referenz",
        required=True,
        missing="the id is missing",
        unique=True,
    ),
    Column("group", "group", "group, groupe, Gruppe", required=True),
)
_KINDS = by_spelling(
    {
        "together": "together, ensemble, zusammen",
        "apart": "apart, séparés, getrennt",
        "pin": "pin, épingle, fest",
    }
)


def read_constraints(data: bytes, file: str, people: People) -> dict[str, list[Constraint]]:
    """Return the organisers' rules in a file, by theme.

    `data` is the content of the file, `file` its name for messages. Rules that keep two people of different themes
    apart are left out, because they are always obeyed. Raises Unreadable if the file has mistakes.
    """
    reader = _RuleReader(people)
    _read(data, file, _CONSTRAINTS, reader.read)
    return reader.rules


class _RuleReader:
    """Reads rules line by line into `rules`, by theme."""

    def __init__(self, people: People) -> None:
        self.rules: dict[str, list[Constraint]] = {}
        self._theme_of = people.theme_of
        self._names = people.names
        self._theme = theme_finder(people.themes)

    def read(self, row: TableRow) -> bool:
        """Add the organisers' rule on a line to `rules`, or record a mistake if the line holds no usable rule.

        Always returns True, so that the line counts as read.
        """
        kind, first, second = (row.cells.get(key) or "" for key in ("type", "a", "b"))
        reason = self._add(kind, first, second)
        if reason:
            row.refuse(reason)
        return True

    def _add(self, word: str, first: str, second: str) -> str:
        """Add one rule. Returns what is wrong with it, '' if nothing."""
        kind = _KINDS.get(key_of(word))
        if kind is None:
            return f"«{word}» is none of together, apart, pin"
        unknown = [ref for ref in (first, second)[: 1 if kind == "pin" else 2] if ref not in self._theme_of]
        if unknown:
            return "; ".join(map(self._unknown, unknown))
        theme = self._theme_of[first]
        if kind == "pin":
            return self._pin(first, second, theme)
        if first == second:
            return f"«{first}» stands there twice"
        other = self._theme_of[second]
        if theme == other:
            self.rules.setdefault(theme, []).append((Together if kind == "together" else Apart)(first, second))
        elif kind == "together":
            return f"«{first}» is in {theme}, «{second}» in {other}: they cannot be together"
        return ""

    def _unknown(self, ref: str) -> str:
        if ref in self._names:
            return f"«{ref}» has no theme"
        return f"nobody has the id «{ref}»" if ref else "an id is missing"

    def _pin(self, ref: str, text: str, theme: str) -> str:
        label = parse_label(text)
        if label is None:
            return f"«{text}» is no group: write {theme}-1"
        if self._theme(label.theme) != theme:
            return f"«{ref}» is in {theme}, and cannot be in {label}"
        self.rules.setdefault(theme, []).append(Pin(ref, label.number))
        return ""


def read_groups(data: bytes, file: str, people: People | None = None) -> dict[str, Label]:
    """Return the label of each person's group in a file, by the person's id.

    `data` is the content of the file, `file` its name for messages. If `people` is given, a line whose person or theme
    does not match them is a mistake. Raises Unreadable if the file has mistakes.
    """
    return dict(_read(data, file, _GROUPS, _GroupReader(people).read).rows)


class _GroupReader:
    """Reads line by line who is in which group, and compares it with `people`, if given."""

    def __init__(self, people: People | None) -> None:
        self._labels: dict[str, Label | None] = {}
        self._theme_of = people.theme_of if people else None
        self._names = people.names if people else {}
        self._theme = theme_finder(people.themes) if people else str

    def read(self, row: TableRow) -> tuple[str, Label] | None:
        """Return a line's person (by id) and the label of their group; None after a mistake was recorded."""
        ref, text = row.cells.get("participant_id") or "", row.cells.get("group") or ""
        if text not in self._labels:
            self._labels[text] = self._parse(text)
        label = self._labels[text]
        if label is None:
            row.refuse(f"«{text}» is no group: a label is a theme, a hyphen and a number")
        elif self._theme_of is not None and not row.problems:
            theme = self._theme_of.get(ref)
            if theme is None:
                row.refuse(f"«{ref}» has no theme" if ref in self._names else f"nobody has the id «{ref}»")
            elif theme != label.theme:
                row.refuse(f"«{ref}» is in {theme}, not in {label.theme}")
        return (ref, label) if ref and label else None

    def _parse(self, text: str) -> Label | None:
        """Return the label that a text spells, with the theme as the people spell it; None for no label."""
        label = parse_label(text)
        theme = self._theme(label.theme) if label else None
        return Label(theme, label.number) if label and theme else label


def write_groups(groups: Mapping[str, Mapping[int, Sequence[str]]]) -> bytes:
    """Return groups as a sorted CSV file; `groups` has the ids of the members by theme and group number."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(column.key for column in _GROUPS)
    for theme in sorted(groups):
        for number in sorted(groups[theme]):
            writer.writerows((ref, Label(theme, number)) for ref in sorted(groups[theme][number]))
    return target.getvalue().encode()
