"""The files that groups are formed from on the command line, and the one they are written to.

People: `id,name,country,gender,birth_year,theme,platform`. Constraints: `type,a,b` with together, apart and pin (a:
an id, b: a group's label). Groups: `participant_id,group`, a label being `<theme>-<number>`. Each CSV of any dialect
or XLSX, see `bot.sheets`. Everything wrong in a file is told at once, line by line, in English: only the shell reads it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.names import clean
from bot.grouping.model import Apart, Constraint, Person, Pin, Together, band_of
from bot.roster import Rejected
from bot.roster_cells import MOST_CHARACTERS, Refused, Rules, key_of, parsers
from bot.roster_words import explain
from bot.sheets import SheetRow, UnreadableSheet, read_rows
from bot.texts import Reader, plain

MOST_ROWS = 250_000
_AGES = (10, 120)  # years: outside, it is a slip of the pen
_HIGHEST_NUMBER = 999_999
_READER = Reader("en", "UTC")

_PEOPLE = {
    "id": "id, ref, reference, réf, identifiant, participant id, Referenz",
    "name": "name, nom, full name, nom complet",
    "country": "country, territory, pays, territoire, Land",
    "gender": "gender, sex, genre, sexe, Geschlecht",
    "birth_year": "birth year, year of birth, année de naissance, naissance, Geburtsjahr, Jahrgang",
    "theme": "theme, thème, thématique, Thema",
    "platform": "platform, plateforme, Plattform",
}
_NEEDED = ("id", "country", "gender", "birth_year", "theme")
_CONSTRAINTS = {"type": "type, kind, Art", "a": "a", "b": "b"}
_GROUPS = {"participant_id": "participant id, id, ref, reference, réf, identifiant", "group": "group, groupe, Gruppe"}
_KINDS = {
    key_of(word): kind
    for kind, words in {
        "together": "together, ensemble, zusammen",
        "apart": "apart, séparés, getrennt",
        "pin": "pin, épingle, fest",
    }.items()
    for word in words.split(",")
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file: on which line (0: as a whole) and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


class Unreadable(Exception):
    """A file cannot be used; `faults` are all that is wrong in it, in the order of its lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class People:
    """Who is to be placed: by theme (sorted), each in the order of ids; names by id; what to say of the rest."""

    themes: Mapping[str, tuple[Person, ...]]
    names: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def theme_of(self) -> Mapping[str, str]:
        """Everyone's theme, by id."""
        return {person.id: theme for theme, people in self.themes.items() for person in people}


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """A group as files name it: `<theme>-<number>`."""

    theme: str
    number: int

    def __str__(self) -> str:
        return f"{self.theme}-{self.number}"


def parse_label(text: str) -> Label | None:
    """The label behind a text; None where there is no theme or no number from 1 on."""
    theme, _dash, number = text.rpartition("-")
    if not (theme.strip() and number.isascii() and number.isdecimal() and 1 <= int(number) <= _HIGHEST_NUMBER):
        return None
    return Label(theme.strip(), int(number))


def theme_finder(themes: Iterable[str]) -> Callable[[str], str | None]:
    """Finds the theme that a spelling means, accents and case apart; None for none of them."""
    by_key = {_theme_key(theme): theme for theme in themes}
    return lambda spelling: by_key.get(_theme_key(spelling))


def _theme_key(theme: str) -> str:
    return key_of(theme) or theme


def read_people(data: bytes, file: str, year: int) -> People:
    """The people in a file; ages are counted in `year`. Raises Unreadable."""
    reader = _People(file, year)
    table = _Table(data, file, _PEOPLE, _NEEDED)
    for line, cells in table.rows():
        reader.take(line, *(cells[column] for column in _PEOPLE))
    faults = table.faults + reader.faults
    if not faults and not reader.names:
        faults.append(Fault(file, 0, "there is nobody in it"))
    if faults:
        raise Unreadable(sorted(faults, key=lambda fault: fault.line))
    themes = {theme: sorted(reader.themes[theme], key=lambda person: person.id) for theme in sorted(reader.themes)}
    notes = (*table.notes, *reader.notes())
    return People({theme: tuple(people) for theme, people in themes.items()}, reader.names, notes)


class _People:
    """Takes line after line, remembering what was understood: a hundred thousand lines repeat their cells."""

    def __init__(self, file: str, year: int) -> None:
        self.themes: dict[str, list[Person]] = {}
        self.names: dict[str, str] = {}
        self.faults: list[Fault] = []
        self._file = file
        self._lines: dict[str, int] = {}
        self._theme_names: dict[str, str] = {}
        self._without = {"country": 0, "theme": 0}
        youngest, oldest = _AGES
        parse = parsers(Rules({}, ("en",), year - oldest, year - youngest))
        self._country = _Cells(parse["country"])
        self._gender = _Cells(parse["gender"])
        self._band = _Cells(lambda raw: band_of(int(str(parse["birth_year"](raw.removesuffix(".0")))), year))
        self._theme = _Cells(self._known_theme)

    def take(self, line: int, ref: str, name: str, country: str, gender: str, born: str, theme: str, via: str) -> None:
        """One person, or all that is wrong with them."""
        refused: list[Refused] = []
        person = Person(
            ref,
            self._country.read(country, refused),
            self._gender.read(gender, refused),
            self._band.read(born, refused),
            via.casefold(),
        )
        self.faults += (Fault(self._file, line, _why(line, refusal)) for refusal in refused)
        first = self._lines.setdefault(ref, line)
        if not ref:
            self.faults.append(Fault(self._file, line, "the id is missing"))
        elif first != line:
            self.faults.append(Fault(self._file, line, f"the id «{ref}» is on line {first} already"))
        key = self._theme.read(theme, refused)
        if key:
            self.themes.setdefault(key, []).append(person)
        self._without["theme"] += not key
        self._without["country"] += not country
        self.names[ref] = name or ref

    def _known_theme(self, raw: str) -> str:
        return self._theme_names.setdefault(_theme_key(raw), raw)

    def notes(self) -> Iterator[str]:
        """What to say though nothing is wrong."""
        if count := self._without["theme"]:
            yield f"without a theme, and so without a group: {count}"
        if count := self._without["country"]:
            yield f"without a country, counted as one nationality of its own: {count}"


class _Cells:
    """One column's cells, each spelling parsed once."""

    def __init__(self, parse: Callable[[str], object]) -> None:
        self._parse = parse
        self._known: dict[str, str | Refused] = {"": ""}

    def read(self, cell: str, refused: list[Refused]) -> str:
        """What a cell means; '' for a blank one, and for one that is added to `refused`."""
        found = self._known.get(cell)
        if found is None:
            try:
                found = str(self._parse(cell))
            except Refused as refusal:
                found = refusal
            self._known[cell] = found
        if isinstance(found, str):
            return found
        refused.append(found)
        return ""


def _why(line: int, refusal: Refused) -> str:
    return plain(explain(Rejected(line, refusal.reason, refusal.values)), _READER)


def read_constraints(data: bytes, file: str, people: People) -> dict[str, list[Constraint]]:
    """The rules in a file, by theme. Two people of different themes are apart by themselves. Raises Unreadable."""
    reader = _Constraints(people)
    table = _Table(data, file, _CONSTRAINTS, tuple(_CONSTRAINTS))
    for line, cells in table.rows():
        reason = reader.take(_KINDS.get(key_of(cells["type"])), cells)
        if reason:
            table.faults.append(Fault(file, line, reason))
    if table.faults:
        raise Unreadable(table.faults)
    return reader.found


class _Constraints:
    """Takes line after line."""

    def __init__(self, people: People) -> None:
        self.found: dict[str, list[Constraint]] = {}
        self._theme_of = people.theme_of
        self._names = people.names
        self._theme = theme_finder(people.themes)

    def take(self, kind: str | None, cells: Mapping[str, str]) -> str:
        """Keep one rule; what is wrong with it, or ''."""
        first, second = cells["a"], cells["b"]
        if kind is None:
            return f"«{cells['type']}» is none of together, apart, pin"
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


def read_groups(data: bytes, file: str) -> dict[str, Label]:
    """Everyone's group, by id. Raises Unreadable."""
    found: dict[str, Label] = {}
    lines: dict[str, int] = {}
    labels: dict[str, Label | None] = {}
    table = _Table(data, file, _GROUPS, tuple(_GROUPS))
    for line, cells in table.rows():
        ref, text = cells["participant_id"], cells["group"]
        if text not in labels:
            labels[text] = parse_label(text)
        label, first = labels[text], lines.setdefault(ref, line)
        if not ref:
            table.faults.append(Fault(file, line, "the id is missing"))
        elif first != line:
            table.faults.append(Fault(file, line, f"the id «{ref}» is on line {first} already"))
        if label is None:
            table.faults.append(Fault(file, line, f"«{text}» is no group: a label is a theme, a hyphen and a number"))
        else:
            found[ref] = label
    if not table.faults and not found:
        table.faults.append(Fault(file, 0, "there is nobody in it"))
    if table.faults:
        raise Unreadable(table.faults)
    return found


def write_groups(groups: Mapping[str, Mapping[int, Sequence[str]]]) -> bytes:
    """The file of these groups (theme, number, ids), in that order: UTF-8, commas."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(_GROUPS)
    for theme in sorted(groups):
        for number in sorted(groups[theme]):
            writer.writerows((ref, Label(theme, number)) for ref in sorted(groups[theme][number]))
    return target.getvalue().encode()


class _Table:
    """A file's rows by the names of its columns. What is wrong with the file or a row gathers in `faults`."""

    def __init__(self, data: bytes, file: str, columns: Mapping[str, str], needed: Sequence[str]) -> None:
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self._file, self._columns = file, columns
        rows = self._read(data)
        self._rows = rows[1:]
        self._headings = tuple(clean(cell) for cell in rows[0].cells) if rows else ()
        self._names = self._understood(rows[0].line, needed) if rows else []

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row's line and its cells, cleaned; '' where a column or a cell is missing."""
        if self.faults:  # of the headings: each row would be wrong for the same reason
            return
        width, blank = len(self._names), dict.fromkeys(self._columns, "")
        for row in self._rows:
            if any(cell.strip() for cell in row.cells[width:]):
                self.faults.append(Fault(self._file, row.line, "there are more cells than headings"))
                continue
            cells = blank.copy()
            for name, cell in zip(self._names, row.cells, strict=False):
                if name:
                    cells[name] = text = _tidy(cell)
                    if len(text) > MOST_CHARACTERS:
                        reason = f"{name}: {len(text)} characters, {MOST_CHARACTERS} at most"
                        self.faults.append(Fault(self._file, row.line, reason))
            yield row.line, cells

    def _read(self, data: bytes) -> list[SheetRow]:
        try:
            rows = read_rows(data, most=MOST_ROWS + 2)
        except UnreadableSheet as error:
            self.faults.append(Fault(self._file, error.line, "it cannot be read: save it again as CSV or XLSX"))
            return []
        if len(rows) < 2:
            self.faults.append(
                Fault(self._file, 0, "it is empty" if not rows else "there is nothing below its headings")
            )
        elif len(rows) > MOST_ROWS + 1:
            self.faults.append(Fault(self._file, 0, f"it is too long: {MOST_ROWS} lines at most"))
        return rows

    def _understood(self, line: int, needed: Sequence[str]) -> list[str]:
        """The column that each heading means, '' for none."""
        meaning = {key_of(word): column for column, words in self._columns.items() for word in words.split(",")}
        names = [meaning.get(key_of(heading), "") for heading in self._headings]
        for column in self._columns:
            if names.count(column) > 1:
                self.faults.append(Fault(self._file, line, f"two columns mean {column}"))
            elif column in needed and column not in names:
                self.faults.append(Fault(self._file, line, f"the column {column} is missing"))
            elif column not in names:
                self.notes.append(f"there is no column {column}")
        ignored = [heading for heading, name in zip(self._headings, names, strict=True) if heading and not name]
        if ignored:
            self.notes.append(f"columns left out: {', '.join(ignored)}")
        return names


def _tidy(cell: str) -> str:
    """`clean`, and at once for what is clean already: nearly every cell of a long file."""
    if cell.isascii() and cell.isprintable() and "  " not in cell:
        return cell.strip()
    return clean(cell)
