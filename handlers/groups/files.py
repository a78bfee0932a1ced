"""Files that groups are formed from in the shell: tables of people, of rules, and of groups."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.content.features import platforms
from bot.content.names import clean
from bot.content.texts import Reader, plain
from bot.files.sheets import SheetRow, SheetTooLong, TextDocument, UnreadableSheet, key_of, read_rows
from bot.people.roster import HEADINGS, Rejected
from bot.people.roster_cells import MOST_CHARACTERS, Refused, Rules, parsers
from bot.people.roster_words import explain
from handlers.groups.messages.labels import Label, parse_label, theme_finder, theme_key
from handlers.groups.solver.model import Apart, Constraint, Pin, Placeable, Together, band_of

MOST_ROWS = 250_000
MOST_BYTES = 100_000_000
_TOO_LONG = f"it is too long: {MOST_ROWS} lines at most"


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


class Table:
    """A file's rows by the names of its columns. What is wrong with the file or a row gathers in `faults`.

    `columns` maps each to the headings it goes by; without one of `needed` the file is some other file, that all of
    those that do for one of `usual` are missing is noted.
    """

    def __init__(
        self,
        data: bytes,
        file: str,
        columns: Mapping[str, str],
        needed: Sequence[str],
        usual: Sequence[Sequence[str]] = (),
    ) -> None:
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self._file, self._columns = file, columns
        rows = self._read(data)
        self._rows = rows[1:]
        self._headings = tuple(clean(cell)[:MOST_CHARACTERS] for cell in rows[0].cells) if rows else ()
        self._names = self._understood(rows[0].line, needed, usual) if rows else []

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
                    cells[name] = text = clean(cell)
                    if len(text) > MOST_CHARACTERS:
                        reason = f"{name}: {len(text)} characters, {MOST_CHARACTERS} at most"
                        self.faults.append(Fault(self._file, row.line, reason))
            yield row.line, cells

    def _read(self, data: bytes) -> list[SheetRow]:
        if len(data) > MOST_BYTES:
            self.faults.append(Fault(self._file, 0, f"it is too large: {MOST_BYTES // 1_000_000} MB at most"))
            return []
        try:
            rows = read_rows(data, most=MOST_ROWS + 2)
        except SheetTooLong:
            self.faults.append(Fault(self._file, 0, _TOO_LONG))
            return []
        except TextDocument:
            self.faults.append(Fault(self._file, 0, "it is a text document: put the list into a spreadsheet"))
            return []
        except UnreadableSheet as error:
            self.faults.append(Fault(self._file, error.line, "it cannot be read: save it again as CSV or XLSX"))
            return []
        if len(rows) < 2:
            self.faults.append(
                Fault(self._file, 0, "it is empty" if not rows else "there is nothing below its headings")
            )
        elif len(rows) > MOST_ROWS + 1:
            self.faults.append(Fault(self._file, 0, _TOO_LONG))
        return rows

    def _understood(self, line: int, needed: Sequence[str], usual: Sequence[Sequence[str]]) -> list[str]:
        """The column that each heading means, '' for none."""
        meaning = {key_of(word): column for column, words in self._columns.items() for word in words.split(",")}
        names = [meaning.get(key_of(heading), "") for heading in self._headings]
        for column in self._columns:
            if names.count(column) > 1:
                self.faults.append(Fault(self._file, line, f"two columns mean {column}"))
            elif column in needed and column not in names:
                self.faults.append(Fault(self._file, line, f"the column {column} is missing"))
        for each in usual:
            if not set(each) & set(names):
                self.notes.append(f"there is no column {each[0]}")
        ignored = [heading for heading, name in zip(self._headings, names, strict=True) if heading and not name]
        if ignored:
            self.notes.append(f"columns left out: {', '.join(ignored)}")
        return names


# --- The people that groups are formed from on the command line, as a file lists them.


_AGES = (10, 120)  # years: outside, it is a slip of the pen
_READER = Reader("en", "UTC")
_MOST_NAMED = 10

_PEOPLE = {
    "id": f"{HEADINGS['ref']}, participant id",
    "family_name": HEADINGS["family_name"],
    "name": f"name, nom, {HEADINGS['name']}",  # «nom» beside «prénom» is the family name
    "platform": HEADINGS["platform"],
    **{
        column: HEADINGS[column]
        for column in ("given_name", "country", "gender", "birth_year", "theme", "second_theme")
    },
    # Of the list that organisers import: known, and of no account here.
    **{column: HEADINGS[column] for column in ("email", "organisation", "locale")},
}
_NEEDED = ("id", "country", "gender", "birth_year", "theme")
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


def read_people(data: bytes, file: str, year: int) -> People:
    """The people in a file; ages are counted in `year`. Raises Unreadable."""
    reader = _People(file, year)
    table = Table(data, file, _PEOPLE, _NEEDED, usual=_USUAL)
    for line, cells in table.rows():
        reader.take(line, cells)
    faults = table.faults + reader.faults
    if not faults and not reader.names:
        faults.append(Fault(file, 0, "there is nobody in it"))
    if faults:
        raise Unreadable(sorted(faults, key=lambda fault: fault.line))
    themes = {theme: sorted(reader.themes[theme], key=lambda person: person.id) for theme in sorted(reader.themes)}
    notes = (*table.notes, *reader.notes())
    return People(
        {theme: tuple(people) for theme, people in themes.items()}, reader.names, reader.second_themes(), notes
    )


class _People:
    """Takes line after line, remembering what was understood: a hundred thousand lines repeat their cells."""

    def __init__(self, file: str, year: int) -> None:
        self.themes: dict[str, list[Placeable]] = {}
        self.names: dict[str, str] = {}
        self.faults: list[Fault] = []
        self._file = file
        self._lines: dict[str, int] = {}
        self._theme_names: dict[str, str] = {}
        self._second: dict[str, str] = {}
        self._without_country = 0
        self._without_theme: list[str] = []
        self._odd_platforms: dict[str, int] = {}
        youngest, oldest = _AGES
        parse = parsers(Rules({}, ("en",), year - oldest, year - youngest))
        self._country = _Cells(parse["country"])
        self._gender = _Cells(parse["gender"])
        self._band = _Cells(lambda raw: band_of(int(str(parse["birth_year"](raw.removesuffix(".0")))), year))
        self._theme = _Cells(self._known_theme)

    def take(self, line: int, cells: Mapping[str, str]) -> None:
        """One person, or all that is wrong with them."""
        ref, country = cells["id"], cells["country"]
        refused: list[Refused] = []
        person = Placeable(
            ref,
            self._country.read(country, refused),
            self._gender.read(cells["gender"], refused),
            self._band.read(cells["birth_year"], refused),
            cells["platform"].casefold(),
        )
        self.faults += (Fault(self._file, line, _why(line, refusal)) for refusal in refused)
        first = self._lines.setdefault(ref, line)
        if not ref:
            self.faults.append(Fault(self._file, line, "the id is missing"))
        elif first != line:
            self.faults.append(Fault(self._file, line, f"the id «{ref}» is on line {first} already"))
        key = self._theme.read(cells["theme"], refused)
        if key:
            self.themes.setdefault(key, []).append(person)
        self._without_country += not country
        self.names[ref] = _full_name(cells) or ref
        if not key:
            self._without_theme.append(ref)
        if person.platform and person.platform not in platforms():
            self._odd_platforms[person.platform] = self._odd_platforms.get(person.platform, 0) + 1
        if cells["second_theme"]:
            self._second[ref] = cells["second_theme"]

    def _known_theme(self, raw: str) -> str:
        return self._theme_names.setdefault(theme_key(raw), raw)

    def second_themes(self) -> dict[str, str]:
        """The second theme of who named one, by id; one that is nobody's first leads nowhere."""
        found = theme_finder(self.themes)
        return {ref: theme for ref, raw in self._second.items() if (theme := found(raw))}

    def notes(self) -> Iterator[str]:
        """What to say though nothing is wrong."""
        if without := self._without_theme:
            named = ", ".join(called(self.names, ref) for ref in without[:_MOST_NAMED])
            more = f" and {len(without) - _MOST_NAMED} more" if len(without) > _MOST_NAMED else ""
            yield f"without a theme, and so without a group: {len(without)} ({named}{more})"
        if count := self._without_country:
            yield f"without a country, counted as one nationality of its own: {count}"
        if odd := self._odd_platforms:
            told = ", ".join(f"«{platform}» ({count})" for platform, count in sorted(odd.items())[:_MOST_NAMED])
            yield f"no platform of ours, but kept apart as if they were: {told}"


def called(names: Mapping[str, str], ref: str) -> str:
    """How someone is named to who made the list: as they listed them, with the id."""
    name = names.get(ref, ref)
    return name if name == ref else f"{name} ({ref})"


def _full_name(cells: Mapping[str, str]) -> str:
    given, family, name = cells["given_name"], cells["family_name"], cells["name"]
    if given and name.startswith(f"{given} ") and not family:
        return name
    return " ".join(part for part in (given, family or name) if part)


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


# --- The rules that groups are formed by on the command line, and groups as files hold them.


_CONSTRAINTS = {"type": "type, kind, Art", "a": "a", "b": "b"}
_GROUPS = {
    "participant_id": "participant id, id, ref, reference, réf, identifiant, Referenz",
    "group": "group, groupe, Gruppe",
}
_KINDS = {
    key_of(word): kind
    for kind, words in {
        "together": "together, ensemble, zusammen",
        "apart": "apart, séparés, getrennt",
        "pin": "pin, épingle, fest",
    }.items()
    for word in words.split(",")
}


def read_constraints(data: bytes, file: str, people: People) -> dict[str, list[Constraint]]:
    """The rules in a file, by theme. Two people of different themes are apart by themselves. Raises Unreadable."""
    reader = _Constraints(people)
    table = Table(data, file, _CONSTRAINTS, tuple(_CONSTRAINTS))
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


def read_groups(data: bytes, file: str, people: People | None = None) -> dict[str, Label]:
    """Everyone's group, by id; with `people`, it must be one of their own theme. Raises Unreadable."""
    reader = _Groups(people)
    table = Table(data, file, _GROUPS, tuple(_GROUPS))
    for line, cells in table.rows():
        table.faults += (Fault(file, line, why) for why in reader.take(line, cells["participant_id"], cells["group"]))
    if not table.faults and not reader.found:
        table.faults.append(Fault(file, 0, "there is nobody in it"))
    if table.faults:
        raise Unreadable(table.faults)
    return reader.found


class _Groups:
    """Takes line after line."""

    def __init__(self, people: People | None) -> None:
        self.found: dict[str, Label] = {}
        self._lines: dict[str, int] = {}
        self._labels: dict[str, Label | None] = {}
        self._theme_of = people.theme_of if people else None
        self._names = people.names if people else {}
        self._theme = theme_finder(people.themes) if people else str

    def take(self, line: int, ref: str, text: str) -> Iterator[str]:
        """Keep who is in which group; all that is wrong with it."""
        if text not in self._labels:
            self._labels[text] = self._understood(text)
        label, first = self._labels[text], self._lines.setdefault(ref, line)
        if not ref:
            yield "the id is missing"
        elif first != line:
            yield f"the id «{ref}» is on line {first} already"
        elif label is not None and self._theme_of is not None:
            theme = self._theme_of.get(ref)
            if theme is None:
                yield f"«{ref}» has no theme" if ref in self._names else f"nobody has the id «{ref}»"
            elif theme != label.theme:
                yield f"«{ref}» is in {theme}, not in {label.theme}"
        if label is None:
            yield f"«{text}» is no group: a label is a theme, a hyphen and a number"
        else:
            self.found[ref] = label

    def _understood(self, text: str) -> Label | None:
        label = parse_label(text)
        theme = self._theme(label.theme) if label else None
        return Label(theme, label.number) if label and theme else label


def write_groups(groups: Mapping[str, Mapping[int, Sequence[str]]]) -> bytes:
    """The file of these groups (theme, number, ids), in that order: UTF-8, commas."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(_GROUPS)
    for theme in sorted(groups):
        for number in sorted(groups[theme]):
            writer.writerows((ref, Label(theme, number)) for ref in sorted(groups[theme][number]))
    return target.getvalue().encode()
