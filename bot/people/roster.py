"""The roster: the list of selected people, as organisers send it.

Reading gives people, and refusals as codes with values, for the handler to put into words. Nothing here stores
anything; `bot.people.listed.compare` tells what importing would change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.content.names import clean
from bot.files.sheets import (
    TO_CORRECT,
    SheetRow,
    SheetTooLong,
    TextDocument,
    UnreadableSheet,
    key_of,
    read_rows,
)
from bot.people.listed import RosterPerson
from bot.people.roster_cells import MOST_CHARACTERS, Parse, Reason, Refused, Rules, Value, parsers

MOST_PEOPLE = 5_000
MOST_BYTES = 5_000_000

HEADINGS = {
    "ref": "ref, reference, réf, Referenz, identifiant, ID",
    "given_name": "given name, first name, prénom, prénoms, Vorname",
    "family_name": "family name, last name, surname, nom, nom de famille, Nachname, Familienname, name",
    "email": "email, e-mail address, mail, courriel, adresse e-mail, adresse courriel, adresse électronique,"
    " E-Mail-Adresse",
    "country": "country, territory, country or territory, pays, territoire, pays ou territoire, Land, Gebiet",
    "gender": "gender, sex, genre, sexe, Geschlecht",
    "birth_year": "birth year, year of birth, année de naissance, année naissance, naissance, Geburtsjahr, Jahrgang",
    "organisation": "organisation, organization, organisme, structure, association, Einrichtung, Verein",
    "locale": "locale, language, langue, Sprache",
    "theme": "theme, thème, thématique, premier thème, thème 1, premier choix, choix 1, first theme, Thema,"
    " erstes Thema",
    "second_theme": "second theme, deuxième thème, second thème, thème 2, deuxième choix, second choix, choix 2,"
    " second choice, zweites Thema",
    "name": "full name, nom complet, prénom et nom, vollständiger Name",
    "platform": "platform, plateforme, Plattform",
    "to_correct": TO_CORRECT,
}
"""Each column's headings, with commas between; how they are written does not matter, see `key_of`.

They are those of `rencontres groups form` too, so that one list does for both: the platform counts there only.
"""
_COLUMNS = {key_of(heading): column for column, names in HEADINGS.items() for heading in names.split(",")}
_WHOLE_NAMES = ("name", "nom")
REQUIRED = ("ref", "given_name", "family_name", "country")
"""Columns without which the file is some other file; a cell in them may be blank, but for the ref and one name."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something refused: on which line (0: the file as a whole), why, and the values for the sentence."""

    line: int
    reason: Reason
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Roster:
    """What a file says: the people it describes well, every refusal, and the headings nobody understood.

    Import it only where `rejected` is empty: a line with one wrong cell is not among `people`. With `whole_names` the
    names stood in one column, and the first word of each was taken for the given name.
    """

    people: tuple[RosterPerson, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    ignored: tuple[str, ...] = ()
    whole_names: bool = False


def read_roster(
    data: bytes,
    filename: str,
    *,
    themes: Mapping[str, Collection[str]],
    locales: Sequence[str],
    min_birth_year: int,
    max_birth_year: int,
) -> Roster:
    """The people in a CSV or XLSX file.

    `themes` maps each key to the titles it is also known by; years of birth are inclusive. Never raises for
    what the file holds: every problem of every line is in `rejected`, in the order of the lines.
    """
    if len(data) > MOST_BYTES:
        return _refuse(0, Reason.TOO_BIG, filename=filename, limit=MOST_BYTES)
    try:
        rows = read_rows(data, most=MOST_PEOPLE + 2)  # the headings, and one to see that there are too many
    except SheetTooLong:
        return _refuse(0, Reason.TOO_MANY_ROWS, limit=MOST_PEOPLE)
    except TextDocument:
        return _refuse(0, Reason.TEXT_DOCUMENT, filename=filename)
    except UnreadableSheet as error:
        return _refuse(error.line, Reason.UNREADABLE, filename=filename)
    if len(rows) > MOST_PEOPLE + 1:
        return _refuse(0, Reason.TOO_MANY_ROWS, limit=MOST_PEOPLE)

    head = rows[0] if rows else SheetRow(0, ())
    headings = tuple(clean(cell)[:MOST_CHARACTERS] for cell in head.cells)
    columns = _understood(headings)
    rejected = list(_heading_refusals(head.line, headings, columns))
    if rejected:
        return Roster(rejected=tuple(rejected))
    reader = _LineReader(headings, columns, parsers(Rules(themes, locales, min_birth_year, max_birth_year)))
    people = tuple(person for row in rows[1:] if (person := reader.read(row)))
    ignored = tuple(heading for heading, column in zip(headings, columns, strict=True) if heading and not column)
    return Roster(people, tuple(reader.rejected), ignored, "name" in columns)


def _refuse(line: int, reason: Reason, **values: Value) -> Roster:
    return Roster(rejected=(Rejected(line, reason, values),))


def _understood(headings: Sequence[str]) -> Sequence[str | None]:
    """The column that each heading means: «nom» without «prénom» is the whole name."""
    columns = [_COLUMNS.get(key_of(heading)) for heading in headings]
    if not {"given_name", "name"} & set(columns) and columns.count("family_name") == 1:
        place = columns.index("family_name")
        if key_of(headings[place]) in _WHOLE_NAMES:
            columns[place] = "name"
    return columns


def _heading_refusals(line: int, headings: Sequence[str], columns: Sequence[str | None]) -> Iterator[Rejected]:
    found: dict[str, str] = {}
    for heading, column in zip(headings, columns, strict=True):
        if column in found:
            both = (found[column], heading)
            yield Rejected(line, Reason.REPEATED_COLUMN, {"column": column, "headings": both})
        elif column:
            found[column] = heading
    for column in REQUIRED:
        if column not in found and not ("name" in found and column.endswith("_name")):
            yield Rejected(line, Reason.MISSING_COLUMN, {"column": column})


class _LineReader:
    """Reads line after line, remembering the refs met and collecting the refusals."""

    def __init__(self, headings: Sequence[str], columns: Sequence[str | None], parse: Mapping[str, Parse]) -> None:
        self.rejected: list[Rejected] = []
        self._columns = list(zip(headings, columns, strict=True))
        self._parse = parse
        self._first_lines: dict[str, int] = {}

    def read(self, row: SheetRow) -> RosterPerson | None:
        """The person on a line, or None where anything on it was refused."""
        given: dict[str, Any] = {}
        refused: list[Refused] = []
        for (heading, column), cell in zip(self._columns, row.cells, strict=False):
            raw = clean(cell)
            if column and raw and column != "to_correct":
                try:
                    given[column] = self._value(heading, column, raw)
                except Refused as refusal:
                    given[column] = None  # wrong, but not missing
                    refused.append(refusal)
        refused += self._refusals(row, given)
        self.rejected += (Rejected(row.line, refusal.reason, refusal.values) for refusal in refused)
        if refused:
            return None
        given.pop("platform", None)
        whole = given.pop("name", "")
        if whole and "given_name" not in given:
            given["given_name"], _space, given["family_name"] = whole.partition(" ")
        return RosterPerson(given_name=given.pop("given_name", ""), territory=given.pop("country", ""), **given)

    def _value(self, heading: str, column: str, raw: str) -> object:
        if len(raw) > MOST_CHARACTERS:
            raise Refused(Reason.TOO_LONG, column=heading, length=len(raw), limit=MOST_CHARACTERS)
        return self._parse[column](raw)

    def _refusals(self, row: SheetRow, given: Mapping[str, Any]) -> Iterator[Refused]:
        """What is wrong between the cells of a line, or between lines."""
        # An unquoted comma in a name moves everything after it by one column.
        if extra := clean(" ".join(row.cells[len(self._columns) :])):
            yield Refused(Reason.EXTRA_CELLS, value=extra[:MOST_CHARACTERS])
        if "ref" not in given:
            yield Refused(Reason.MISSING_REF)
        elif (ref := given["ref"]) and (first := self._first_lines.setdefault(ref, row.line)) != row.line:
            yield Refused(Reason.DUPLICATE_REF, value=ref, first_line=first)
        if not {"given_name", "family_name", "name"} & given.keys():
            yield Refused(Reason.MISSING_NAME)
        second = given.get("second_theme")
        if second and "theme" not in given:
            yield Refused(Reason.SECOND_WITHOUT_FIRST, value=second)
        elif second and second == given["theme"]:
            yield Refused(Reason.SAME_THEME, value=second)
