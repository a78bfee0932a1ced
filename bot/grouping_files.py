"""The files that groups are formed from on the command line, and the one they are written to.

People: `id,name,country,gender,birth_year,theme,platform`, and `second_theme` where it is known. Constraints:
`type,a,b` with together, apart and pin (a: an id, b: a group's label). Groups: `participant_id,group`, a label being
`<theme>-<number>`. Each CSV of any dialect or XLSX, see `bot.sheets`. Everything wrong in a file is told at once, line
by line, in English: only the shell reads it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.grouping.model import Apart, Constraint, Person, Pin, Together, band_of
from bot.grouping_labels import Label, parse_label, theme_finder, theme_key
from bot.grouping_tables import Fault, Table, Unreadable
from bot.roster import Rejected
from bot.roster_cells import Refused, Rules, key_of, parsers
from bot.roster_words import explain
from bot.texts import Reader, plain

_AGES = (10, 120)  # years: outside, it is a slip of the pen
_READER = Reader("en", "UTC")

_PEOPLE = {
    "id": "id, ref, reference, réf, identifiant, participant id, Referenz",
    "name": "name, nom, full name, nom complet",
    "country": "country, territory, pays, territoire, Land",
    "gender": "gender, sex, genre, sexe, Geschlecht",
    "birth_year": "birth year, year of birth, année de naissance, naissance, Geburtsjahr, Jahrgang",
    "theme": "theme, thème, thématique, Thema",
    "platform": "platform, plateforme, Plattform",
    "second_theme": "second theme, deuxième thème, second thème, thème 2, zweites Thema",
}
_NEEDED = ("id", "country", "gender", "birth_year", "theme")
_USUAL = ("name", "platform")
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
class People:
    """Who is to be placed: by theme (sorted), each in the order of ids; names and second themes by id; what to say."""

    themes: Mapping[str, tuple[Person, ...]]
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
        self.themes: dict[str, list[Person]] = {}
        self.names: dict[str, str] = {}
        self.faults: list[Fault] = []
        self._file = file
        self._lines: dict[str, int] = {}
        self._theme_names: dict[str, str] = {}
        self._second: dict[str, str] = {}
        self._without = {"country": 0, "theme": 0}
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
        person = Person(
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
        self._without["theme"] += not key
        self._without["country"] += not country
        self.names[ref] = cells["name"] or ref
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
