"""Files that groups are formed from in the shell: tables of people, of rules, and of groups."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from bot.content.features import platforms
from bot.content.texts import Reader, plain
from bot.files.sheets import key_of
from bot.files.tables import Column, Table, TableFormat, TableRow, by_spelling, read_table
from bot.people.roster import ASKED, UNASKED, RosterRules, cell_readers
from handlers.groups.messages.labels import Label, parse_label, theme_finder, theme_key
from handlers.groups.solver.model import Apart, Constraint, Pin, Placeable, Together, band_of

MOST_ROWS = 250_000
MOST_BYTES = 100_000_000
_READER = Reader("en", "UTC")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InputMistake:
    """Something wrong in a file or an option: on which line (0: as a whole), why, in which column ('': in several)."""

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
    """Files or options that cannot be used; `mistakes` are all that is wrong, in the order of the lines."""

    def __init__(self, mistakes: Sequence[InputMistake]) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


def _read(data: bytes, file: str, columns: Sequence[Column], make: Callable[[TableRow], T | None]) -> Table[T]:
    """What a table holds, at least a row. Raises Unreadable."""
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


_AGES = (10, 120)  # years: outside, it is a slip of the pen
_MOST_NAMED = 10
_NEEDED = frozenset({"ref", "country", "gender", "birth_year", "theme"})
_USUAL = (("name", "given_name", "family_name"), ("platform",))


@dataclass(frozen=True, slots=True)
class People:
    """Who is to be placed: by theme (sorted), each in the order of ids; names and second themes by id; what to say."""

    themes: Mapping[str, tuple[Placeable, ...]]
    names: Mapping[str, str]
    second: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def theme_of(self) -> Mapping[str, str]:
        """Everyone's theme, by id."""
        return {person.id: theme for theme, people in self.themes.items() for person in people}


class _Listed(NamedTuple):
    """A line of a list of people; what it does not say is ''."""

    person: Placeable
    name: str
    theme: str
    second_theme: str


def read_people(data: bytes, file: str, year: int) -> People:
    """The people in a file; ages are counted in `year`. Raises Unreadable."""
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
        {ref: theme for ref, theme in seconds if theme},  # one that is nobody's first leads nowhere
        (*_notes_on_columns(table), *_notes_on_people(table.rows)),
    )


def _people_columns(year: int) -> Sequence[Column]:
    """The columns of the list that organisers import, read as groups need them: the others are of no account here."""
    youngest, oldest = _AGES
    readers = cell_readers(RosterRules({}, ("en",), year - oldest, year - youngest))
    spellings: dict[str, str] = {}
    read: Mapping[str, Callable[[str], object]] = {
        "country": readers["country"],
        "gender": readers["gender"],
        "birth_year": lambda text: band_of(int(str(readers["birth_year"](text.removesuffix(".0")))), year),
        "theme": lambda text: spellings.setdefault(theme_key(text), text),  # the first spelling stands for all
    }
    return [
        replace(column, read=read.get(column.key, str), required=column.key in _NEEDED) for column in (*ASKED, *UNASKED)
    ]


def _listed(row: TableRow) -> _Listed | None:
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
    """What to say though nothing is wrong."""
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
    """How someone is named to who made the list: as they listed them, with the id."""
    return _called(names.get(ref, ref), ref)


def _called(name: str, ref: str) -> str:
    return name if name == ref else f"{name} ({ref})"


# --- The rules that groups are formed by on the command line, and groups as files hold them.


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
    """The rules in a file, by theme. Two people of different themes are apart by themselves. Raises Unreadable."""
    reader = _Constraints(people)
    _read(data, file, _CONSTRAINTS, reader.take)
    return reader.found


class _Constraints:
    """Takes line after line."""

    def __init__(self, people: People) -> None:
        self.found: dict[str, list[Constraint]] = {}
        self._theme_of = people.theme_of
        self._names = people.names
        self._theme = theme_finder(people.themes)

    def take(self, row: TableRow) -> bool:
        """Keep the rule on a line, or refuse it."""
        kind, first, second = (row.cells.get(key) or "" for key in ("type", "a", "b"))
        reason = self._keep(kind, first, second)
        if reason:
            row.refuse(reason)
        return True

    def _keep(self, word: str, first: str, second: str) -> str:
        """Keep one rule; what is wrong with it, or ''."""
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
            self.found.setdefault(theme, []).append((Together if kind == "together" else Apart)(first, second))
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
        self.found.setdefault(theme, []).append(Pin(ref, label.number))
        return ""


def read_groups(data: bytes, file: str, people: People | None = None) -> dict[str, Label]:
    """Everyone's group, by id; with `people`, it must be one of their own theme. Raises Unreadable."""
    return dict(_read(data, file, _GROUPS, _Groups(people).read).rows)


class _Groups:
    """Reads who is in which group, held against the people where these are known."""

    def __init__(self, people: People | None) -> None:
        self._labels: dict[str, Label | None] = {}
        self._theme_of = people.theme_of if people else None
        self._names = people.names if people else {}
        self._theme = theme_finder(people.themes) if people else str

    def read(self, row: TableRow) -> tuple[str, Label] | None:
        """The id and the group on a line, None where anything on it is refused."""
        ref, text = row.cells.get("participant_id") or "", row.cells.get("group") or ""
        if text not in self._labels:
            self._labels[text] = self._understood(text)
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

    def _understood(self, text: str) -> Label | None:
        label = parse_label(text)
        theme = self._theme(label.theme) if label else None
        return Label(theme, label.number) if label and theme else label


def write_groups(groups: Mapping[str, Mapping[int, Sequence[str]]]) -> bytes:
    """The file of these groups (theme, number, ids), in that order: UTF-8, commas."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(column.key for column in _GROUPS)
    for theme in sorted(groups):
        for number in sorted(groups[theme]):
            writer.writerows((ref, Label(theme, number)) for ref in sorted(groups[theme][number]))
    return target.getvalue().encode()
