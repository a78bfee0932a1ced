"""Reads the roster: the list of selected people that organisers send as a file (CSV, XLSX, ODS).

Nothing is stored here; `bot.people.listed.compare` returns what importing the list would change.

    listed = open_list(content, filename, rules)
    roster = read_people(listed, rules, {})  # all guesses taken
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.content.texts import Name, _
from bot.files.columns import TO_CORRECT
from bot.files.sheets import key_of
from bot.files.table_finding import AsideRow, FoundTable
from bot.files.table_matching import Certainty, Match, match_columns
from bot.files.table_shapes import reshaped, split_cells
from bot.files.tables import TableProblem, TableRow, UnreadableFile, open_table, read_found
from bot.people.full_names import (
    begins_with_family,
    is_full_name,
    is_name,
    shows_family,
    split_name,
    without_salutation,
)
from bot.people.listed import RosterPerson
from bot.people.roster_columns import RosterRules, gender_of, roster_format


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list of people as it was read from a file: its table, and what each column probably contains."""

    table: FoundTable
    matches: Sequence[Match]

    def keys(self, answers: Mapping[int, str]) -> list[str]:
        """Return the key of what each column of the list contains, such as «email»; '' if that is unknown.

        `answers` has what an organiser answered for some columns, by the column's position; the others are guessed.
        """
        return [answers.get(place, match.key) for place, match in enumerate(self.matches)]


@dataclass(frozen=True, slots=True)
class ExtraColumn:
    """A column of an unknown kind in a list of people: its heading, and its cells by line number."""

    heading: str
    cells: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Roster:
    """The result of reading a list: the people, with the line number of each, and what must be known about the reading.

    `remarks` are about cells and lines that were changed or left out. `aside` has lines that describe no person, and
    `extra` the columns of no known kind. `whole_names` says how full names in one cell each were read: by «capitals»
    (or a comma), as «given first» or as «family first»; if several were needed, capitals count first. `only_years` says
    that only the years of days of birth were kept. A person to whom organisers gave no number has the ref ''.
    """

    people: tuple[RosterPerson, ...] = ()
    lines: tuple[int, ...] = ()
    remarks: tuple[TableProblem, ...] = ()
    aside: tuple[AsideRow, ...] = ()
    extra: tuple[ExtraColumn, ...] = ()
    whole_names: tuple[str, ...] = ()
    only_years: bool = False


def open_list(data: bytes, filename: str, rules: RosterRules, given: Mapping[str, str] | None = None) -> ReadList:
    """Return the list of people in a CSV, XLSX or ODS file.

    `filename` is used in messages; `rules` says what is valid in the list. `given` says what some headings mean, as an
    organiser answered: the key of a kind of column, '' for nothing. Raises UnreadableFile if the file has no list of
    people, or a list without names.
    """
    form = roster_format(rules)
    columns = (*form.columns, TO_CORRECT)
    whole = reshaped(open_table(data, filename, form), columns, given or ())
    table, found = whole, match_columns(whole, columns, given)
    for column in columns:
        if (parted := split_cells(table, found, column)) is not table:
            table, found = parted, match_columns(parted, columns, given)
    matches = [
        Match(filled=match.filled)
        if match.key == "ref" and match.by_heading and _counts_answers(table, place)
        else replace(match, certainty=Certainty.LIKELY)
        if match.key and heading == table.filled_down
        else match
        for place, (heading, match) in enumerate(zip(table.headings, found, strict=True))
    ]
    keys = [match.key for match in matches]
    alone = [key for key in keys if key in ("given_name", "family_name", "name")]
    if alone in (["given_name"], ["family_name"]):
        place = keys.index(alone[0])
        cells = list(table.cells(place))
        if sum(map(is_full_name, cells)) > 0.7 * len(cells):
            matches[place] = replace(matches[place], key="name")
            keys[place] = "name"
    if {"given_name", "family_name"} <= {*keys} and "name" not in keys:
        first, last = keys.index("given_name"), keys.index("family_name")
        both = [(row.cells[first], row.cells[last]) for row in table.rows if row.cells[first] and row.cells[last]]
        if sum(_without(whole, name) != whole for name, whole in both) > 0.7 * len(both):
            matches[last] = replace(matches[last], key="name")
    if "family_name" in keys and not {"given_name", "name"} & set(keys):
        matches = _with_given_names(table, matches, keys.index("family_name"), given or {})
    if not {"given_name", "family_name", "name"} & set(keys):
        matches = _with_names(table, matches, given or {})
    if not {"given_name", "family_name", "name"} & {match.key for match in matches}:
        raise UnreadableFile(_("I find no column with names. Name one «Name», and send the list again."), table.line)
    return ReadList(table, matches)


def read_people(listed: ReadList, rules: RosterRules, answers: Mapping[int, str]) -> Roster:
    """Return the people on a list that was read from a file.

    `answers` says what some columns contain, by position, as an organiser answered ('' for nothing); the others are
    guessed. `rules` says what is valid in cells. A cell that is not valid is left out, and mentioned in the `remarks`
    of the result.
    """
    keys = listed.keys(answers)
    table = listed.table
    family_first = "name" in keys and begins_with_family(table.headings[keys.index("name")])
    form = roster_format(rules, table.headings[keys.index("country")] if "country" in keys else "")
    read = read_found(table, keys, form, partial(_person, family_first=family_first))
    in_one = "name" in keys and not {"given_name", "family_name"} & set(keys)
    whole = table.cells(keys.index("name")) if in_one else ()
    birth = keys.index("birth_year") if "birth_year" in keys else None
    return Roster(
        tuple(person for _line, person in read.rows),
        lines=tuple(line for line, _person in read.rows),
        remarks=read.problems,
        aside=table.aside,
        extra=tuple(extra_column(table, place) for place, key in enumerate(keys) if not key and table.headings[place]),
        whole_names=_ways_of_reading(whole, "family first" if family_first else "given first"),
        only_years=birth is not None and any(len(cell) > len("1999") for cell in table.cells(birth)),
    )


def _without(whole: str, given: str) -> str:
    """Return a full name without the given name at its beginning or end; unchanged if it has none there."""
    return re.sub(rf"^{re.escape(given)}\s+|[\s,]+{re.escape(given)}$", "", whole, flags=re.IGNORECASE)


def _with_given_names(
    table: FoundTable, matches: Sequence[Match], family: int, given: Mapping[str, str]
) -> list[Match]:
    """Return the matches with a guess which column beside the one of family names has given names."""
    answered = set(map(key_of, given))
    for place in (family - 1, family + 1, family - 2, family + 2):
        if 0 <= place < len(matches) and not matches[place].key and key_of(table.headings[place]) not in answered:
            cells = list(table.cells(place))
            fitting = sum(cell[0].isupper() and is_name(cell) and len(cell.split()) <= 2 for cell in cells)
            if fitting > 0.8 * len(cells) and len({*cells}) > 0.5 * len(cells):
                guess = Match("given_name", Certainty.LIKELY, fitting=fitting, filled=len(cells))
                return [*matches[:place], guess, *matches[place + 1 :]]
    return list(matches)


def _with_names(table: FoundTable, matches: Sequence[Match], given: Mapping[str, str]) -> list[Match]:
    """Return the matches with a guess which columns have names, where no heading says so: two beside each other.

    Family names are in capitals; otherwise e-mail addresses show which name comes first, as given names do.
    """
    answered = set(map(key_of, given))
    places = [
        place
        for place, match in enumerate(matches)
        if not match.key and table.headings[place] and key_of(table.headings[place]) not in answered
        if _could_be_names([*table.cells(place)])
    ]
    first = next((place for place in places if place + 1 in places), None)
    found = {first: "given_name", first + 1: "family_name"} if first is not None else dict.fromkeys(places[:1], "name")
    if first is not None:
        loud = [sum(map(str.isupper, table.cells(place))) for place in (first, first + 1)]
        mails = next((place for place, match in enumerate(matches) if match.key == "email"), None)
        begun = (
            [sum(_begins(row.cells[mails], row.cells[place]) for row in table.rows) for place in (first, first + 1)]
            if mails is not None
            else [0, 0]
        )
        if loud[0] > loud[1] or (loud[0] == loud[1] and begun[1] > begun[0]):
            found = {first: "family_name", first + 1: "given_name"}
    return [
        Match(found[place], Certainty.LIKELY, fitting=match.filled, filled=match.filled) if place in found else match
        for place, match in enumerate(matches)
    ]


def _begins(address: str, name: str) -> bool:
    return bool(name) and key_of(address).startswith(key_of(name))


def _could_be_names(cells: Sequence[str]) -> bool:
    """Return whether most cells of a column could be names, nearly each of somebody else."""
    fitting = sum(
        not cell[0].islower() and is_name(cell) and len(cell.split()) <= 4 and not set("/:;&!?") & set(cell)
        for cell in cells
    )
    return len(cells) > 1 and fitting >= 0.9 * len(cells) and len({*cells}) > 0.6 * len(cells)


def _ways_of_reading(names: Iterable[str], order: str) -> tuple[str, ...]:
    """Return how full names are told apart; `order` says what is done with those that do not show it themselves."""
    ways = {"capitals" if shows_family(name) else order for name in names}
    return tuple(sorted(ways))


_SAYS_REFERENCE = re.compile(r"r[ée]f", re.IGNORECASE)


def _counts_answers(table: FoundTable, place: int) -> bool:
    """Return whether a column only numbers lines or answers: in another table the same number is somebody else."""
    return all(map(str.isdigit, table.cells(place))) and not _SAYS_REFERENCE.match(table.headings[place])


def extra_column(table: FoundTable, place: int) -> ExtraColumn:
    """Return a column of a table as a column of an unknown kind; `place` is its position."""
    cells = {row.line: row.cells[place] for row in table.rows if row.cells[place]}
    return ExtraColumn(table.headings[place], cells)


def _person(row: TableRow, *, family_first: bool) -> tuple[int, RosterPerson] | None:
    """Return the person on a line, with its number; None for a line without a name."""
    cells = {key: value for key, value in row.cells.items() if value not in (None, "")}
    if not {"given_name", "family_name", "name"} & cells.keys():
        row.refuse(_("The name is missing."))
        return None
    named = [key for column in ("theme", "second_theme") for key in cells.pop(column, "").split(",") if key]
    themes = list(dict.fromkeys(named))
    if len(named) > len(themes) == 1:
        row.refuse(_("Both themes are «{value}».", value=Name(themes[0])))
    for key in themes[2:]:
        row.refuse(_("There are two themes already: «{value}» is left out.", value=Name(key)))
    cells |= dict(zip(("theme", "second_theme"), themes, strict=False))
    cells.pop("platform", None)
    if age := cells.pop("age", None):
        cells.setdefault("birth_year", age)
    salutation, whole = without_salutation(cells.pop("name", ""))
    if not whole and "given_name" in cells:
        salutation, cells["given_name"] = without_salutation(cells["given_name"])
    if salutation:
        cells.setdefault("gender", gender_of(salutation))
    if whole and "given_name" in cells:
        cells.setdefault("family_name", _without(whole, cells["given_name"]))
    elif whole and "given_name" not in cells:
        given, family = split_name(whole, family_first=family_first)
        cells["given_name"] = given
        cells.setdefault("family_name", family)
    person = RosterPerson(
        cells.pop("ref", ""), cells.pop("given_name", ""), territory=cells.pop("country", ""), **cells
    )
    return row.line, person
