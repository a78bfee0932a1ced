"""The people that groups are formed from on the command line, as a file lists them.

Its columns are `id,name,country,gender,birth_year,theme,platform`, and `second_theme` where it is known; `given_name`
and `family_name` do for `name`. Headings and cells are understood as in the list of selected people that organisers
import. CSV of any dialect or XLSX, see `bot.files.sheets`. Everything wrong is told at once, line by line, in English:
only the shell reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.content.features import platforms
from bot.content.texts import Reader, plain
from bot.people.roster import HEADINGS, Rejected
from bot.people.roster_cells import Refused, Rules, parsers
from bot.people.roster_words import explain
from handlers.groups.labels import theme_finder, theme_key
from handlers.groups.solver.model import Person, band_of
from handlers.groups.table_files import Fault, Table, Unreadable

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
