"""A list of selected people between reading its file and importing it, with the questions about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.content.names import search_key
from bot.content.stored_texts import decode, encode
from bot.files.columns import LONGEST_CELL
from bot.files.sheets import SheetRow, key_of
from bot.files.table_finding import AsideRow, FoundTable
from bot.files.table_matching import Certainty, Match
from bot.people.listed import RosterPerson, merge
from bot.people.roster import ReadList, Roster, extra_column, read_people
from bot.people.roster_columns import RosterRules, cell_readers, is_readable, roster_format
from handlers.questionnaires.model import name_for, seems_about_health

ASIDE = ""
"""The answer that a column of a list is left out of the import."""
PRIVATE, HEALTHY = "private", "health"
"""The answers that a column of a list is kept: as a private field, or as a private field about health."""


Pair = tuple[str, str, int]
"""Two people who may be one person: two people on a list and 0; or one on a list, '' and the id of a stored person."""


@dataclass(frozen=True, slots=True)
class KeptColumn:
    """A column of a list that is kept as a private field: the field's name, and a cell for each person, by ref."""

    name: str
    about_health: bool
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UnknownTheme:
    """Cells of a list that name no theme: their text, how many there are, and their number among such texts."""

    number: int
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class WaitingList:
    """A list that was read but is not imported yet, with the answers that organisers gave about it.

    `columns` has the answers about columns, by position from 0: the key of what the column contains, or ASIDE, PRIVATE
    or HEALTHY. `doubles` has the answers whether two people are one (see `Double`). If `singly` is True, each question
    is asked separately.
    """

    listed: ReadList
    rules: RosterRules
    columns: Mapping[int, str] = field(default_factory=dict[int, str])
    doubles: Mapping[Pair, bool] = field(default_factory=dict["Pair", bool])
    singly: bool = False

    @property
    def guesses(self) -> Sequence[int]:
        """Return the positions of the columns whose meaning is only guessed so far."""
        return self._open(lambda match: match.certainty is Certainty.LIKELY)

    @property
    def unknown(self) -> Sequence[int]:
        """Return the positions of the columns whose meaning is unknown so far."""
        return self._open(lambda match: not match.key)

    def _open(self, asks: Callable[[Match], bool]) -> Sequence[int]:
        table = self.listed.table
        return [
            place
            for place, match in enumerate(self.listed.matches)
            if table.headings[place] and match.filled and place not in self.columns and asks(match)
        ]

    def answered(self, places: Sequence[int], key: str | None) -> WaitingList:
        """Return the list with an answer about the columns at the positions `places`.

        `key` tells what these columns contain; None confirms the guess about each column.
        """
        said = {place: self.listed.matches[place].key if key is None else key for place in places}
        return replace(self, columns={**self.columns, **said})

    @property
    def on_health(self) -> Sequence[int]:
        """Return the positions of the columns whose meaning is unknown so far, and that seem to be about health."""
        return [place for place in self.unknown if self.seems_about_health(place)]

    def keeping_all(self) -> WaitingList:
        """Return the list with all guesses about columns confirmed, and unknown columns kept as private fields.

        Those that seem to be about health are kept as such.
        """
        rest = [place for place in self.unknown if place not in self.on_health]
        return self.answered(self.guesses, None).answered(self.on_health, HEALTHY).answered(rest, PRIVATE)

    def without_unknown(self) -> WaitingList:
        """Return the list with all guesses about columns confirmed, and unknown columns left out."""
        return self.answered(self.guesses, None).answered(self.unknown, ASIDE)

    def example(self, place: int) -> str:
        """Return the first cell of a column that looks like what the column is taken for; '' if none does."""
        looks = next(
            (each.looks for each in roster_format(self.rules).columns if each.key == self.listed.matches[place].key),
            None,
        )
        cells = self.listed.table.cells(place)
        return next(filter(looks, cells), "") if looks and not self.seems_about_health(place) else ""

    def people(self) -> Roster:
        """Return the people on the list, read from the columns whose meaning is known so far."""
        said = {place: ASIDE if place in self.private else key for place, key in self.columns.items()}
        return read_people(self.listed, self.rules, said)

    @property
    def unknown_themes(self) -> Sequence[UnknownTheme]:
        """Return the cells that name no theme of the gathering, and about which nobody answered, each text once."""
        return [each for each in self.strange_themes if key_of(each.text) not in self.rules.answers]

    @property
    def strange_themes(self) -> Sequence[UnknownTheme]:
        """Return the cells that name no theme of the gathering, each text once, whatever was answered about them."""
        if not self.rules.themes:
            return ()
        table, read = self.listed.table, cell_readers(replace(self.rules, answers={}))["theme"]
        places = [place for place, key in enumerate(self.listed.keys(self.columns)) if key in ("theme", "second_theme")]
        cells = Counter(cell for place in places for cell in table.cells(place) if len(cell) <= LONGEST_CELL)
        counts: dict[str, tuple[str, int]] = {}
        for cell, count in cells.items():
            if not is_readable(read, cell):
                text, before = counts.get(key_of(cell), (cell, 0))
                counts[key_of(cell)] = text, before + count
        return [UnknownTheme(number, text, count) for number, (text, count) in enumerate(counts.values(), start=1)]

    def with_themes(self, unknown: Iterable[UnknownTheme], theme: str) -> WaitingList:
        """Return the list with an answer about cells that name no theme: the key of a theme, or '' for none."""
        said = {**self.rules.answers, **{key_of(each.text): theme for each in unknown}}
        return replace(self, rules=replace(self.rules, answers=said))

    @property
    def is_answered(self) -> bool:
        """Return whether an organiser answered any question about the list."""
        return bool(self.columns or self.doubles or self.rules.answers)

    def asked_anew(self) -> WaitingList:
        """Return the list without any answers."""
        return WaitingList(self.listed, replace(self.rules, answers={}))

    def remembering(self, earlier: WaitingList) -> WaitingList:
        """Return the list with the answers about an earlier list that fit: for its headings, themes and people."""
        said = {key_of(earlier.listed.table.headings[place]): key for place, key in earlier.columns.items()}
        columns = {
            place: said[key]
            for place in (*self.guesses, *self.unknown)
            if (key := key_of(self.listed.table.headings[place])) in said
            and said[key] in (ASIDE, PRIVATE, HEALTHY, self.listed.matches[place].key)
        }
        waiting = replace(self, columns=columns)
        texts = {key_of(each.text) for each in waiting.strange_themes}
        themes = {cell: key for cell, key in earlier.rules.answers.items() if cell in texts}
        waiting = replace(waiting, rules=replace(self.rules, answers=themes))
        people = {*_identities(waiting.people().people)}  # nobody's name is kept with a list that lacks them
        doubles = {pair: same for pair, same in earlier.doubles.items() if people.issuperset(filter(None, pair[:2]))}
        return replace(waiting, doubles=doubles)

    @property
    def private(self) -> Sequence[int]:
        """Return the positions of the columns that are kept as private fields."""
        return [place for place, key in sorted(self.columns.items()) if key in (PRIVATE, HEALTHY)]

    def seems_about_health(self, place: int) -> bool:
        """Return whether a column seems to be about health."""
        return seems_about_health(self.listed.table.headings[place], self.listed.table.cells(place))

    def kept(self, lines: Sequence[int], refs: Sequence[str]) -> Sequence[KeptColumn]:
        """Return the columns that are kept as private fields, with cells for the people on these `lines`.

        `refs` are the refs of these people, in the same order.
        """
        columns: list[KeptColumn] = []
        for place in self.private:
            cells = extra_column(self.listed.table, place).cells
            names = [column.name for column in columns]
            said = {ref: cells[line] for line, ref in zip(lines, refs, strict=True) if line in cells}
            name = name_for(self.listed.table.headings[place], names)
            columns.append(KeptColumn(name, self.columns[place] == HEALTHY, said))
        return columns


def _identities(people: Sequence[RosterPerson]) -> Sequence[str]:
    """Return by what each person is found on a corrected list: where two are alike, the second is the second again."""
    seen: Counter[str] = Counter()
    found: list[str] = []
    for person in people:
        particulars = f"{person.ref}/{person.email.casefold()}/{_name(person)}"
        seen[particulars] += 1
        found.append(f"{particulars}/{seen[particulars]}")
    return found


# --- who is who


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person who is stored already, with the particulars by which they are recognised on a list."""

    id: int
    ref: str
    given_name: str
    family_name: str
    email: str
    territory: str


@dataclass(frozen=True, slots=True)
class Double:
    """A person on a list who may be the person on an earlier line (`other`) or a stored person (`known`).

    `place` is the person's position on the list, from 0. `why` names what both people have in common: «ref», «email» or
    «name». `same` is whether both are taken for one person; it is a guess until an organiser answers. An answer is
    about the `pair`, so that it is remembered when the list comes again, in whatever order.
    """

    place: int
    other: int | None
    known: KnownPerson | None
    why: str
    same: bool
    pair: Pair


@dataclass(frozen=True, slots=True)
class Resolved:
    """The people on a list, each once and with a ref; `doubles` are people who may be the same as others."""

    people: Sequence[RosterPerson]
    doubles: Sequence[Double]
    refs: Sequence[str]
    """The ref of the person on each line of the list."""


def resolve(listed: Sequence[RosterPerson], known: Sequence[KnownPerson], answers: Mapping[Pair, bool]) -> Resolved:
    """Return the people on a list, each once, with the ref (identifier) of the stored person if there is one.

    A stored person is recognised by ref, or by e-mail address and name, or by name and territory. New people keep the
    ref on the list, or get the next free one (R-001 and so on). `answers` tells whether two people who resemble each
    other are one.
    """
    finder = _Finder(known, _identities(listed), answers)
    for place, person in enumerate(listed):
        finder.add(place, person)
    people = dict(finder.referred())
    return Resolved([*people.values()], finder.doubles, [people[place].ref for place in finder.places])


class _Finder:
    """Finds, person by person, who on a list is who."""

    def __init__(self, known: Sequence[KnownPerson], identities: Sequence[str], answers: Mapping[Pair, bool]) -> None:
        self._identities = identities
        self._answers = answers
        self.doubles: list[Double] = []
        self.places: list[int] = []
        """By the place of each person who was taken: the place of the first line about them."""
        self._people: dict[int, RosterPerson] = {}
        self._refs = {person.ref for person in known}
        self._known = {key: person for person in known for key in _keys(person)}
        self._first: dict[tuple[str, str], int] = {}
        self._taken: set[str] = set()

    def add(self, place: int, person: RosterPerson) -> None:
        """Add the next person of the list, at the position `place`; if they are an earlier person, merge the two."""
        keys = _keys(person)
        found = next(((key[0], self._first[key]) for key in keys if key in self._first), None)
        if found:
            why, earlier = found
            before = self._people[earlier]
            first, second = sorted((self._identities[earlier], self._identities[place]))
            pair = first, second, 0
            answer = self._answers.get(pair)
            same = answer if answer is not None else _alike(person, before)
            if answer is None:
                self.doubles.append(Double(place, earlier, None, why, same, pair))
            if same:
                self._people[earlier] = merge(before, replace(person, ref=before.ref or person.ref))
                self._note(earlier, keys)
                self.places.append(earlier)
                return
        person = self._as_known(place, person, keys, asks=not found)
        if person.ref in self._taken:
            person = replace(person, ref="")
        self._people[place] = person
        self._note(place, keys)
        self.places.append(place)

    def _as_known(
        self, place: int, person: RosterPerson, keys: Sequence[tuple[str, str]], *, asks: bool
    ) -> RosterPerson:
        """Return a person with the ref of somebody who is in, if they are that one; it is only asked if `asks`."""
        if person.ref in self._refs:
            return person
        found = next(((key[0], self._known[key]) for key in keys if key in self._known), None)
        if found is None or found[1].ref in self._taken:
            return person
        why, known = found
        pair = self._identities[place], "", known.id
        answer = self._answers.get(pair) if asks else None
        same = _alike(person, known) if answer is None else answer
        if asks and answer is None and (not same or person.ref):
            self.doubles.append(Double(place, None, known, why, same, pair))
        return replace(person, ref=known.ref) if same else person

    def _note(self, place: int, keys: Sequence[tuple[str, str]]) -> None:
        self._taken.add(self._people[place].ref)
        self._taken.discard("")
        for key in keys:
            self._first.setdefault(key, place)

    def referred(self) -> list[tuple[int, RosterPerson]]:
        """Return the people found so far, each once and with a ref, with the position of the first line of each."""
        numbers = [int(found[1]) for ref in (*self._refs, *self._taken) if (found := _MADE.fullmatch(ref))]
        number = max(numbers, default=0)
        people: list[tuple[int, RosterPerson]] = []
        for place, person in self._people.items():
            if not person.ref:
                number += 1
                person = replace(person, ref=f"R-{number:03}")
            people.append((place, person))
        return people


_MADE = re.compile(r"R-(\d{1,9})")


def _keys(person: RosterPerson | KnownPerson) -> list[tuple[str, str]]:
    """Return by what somebody is recognised: the kind of each key, and its value."""
    keys = [("ref", person.ref), ("email", person.email.casefold())]
    name = _name(person)
    return [(kind, value) for kind, value in (*keys, ("name", name and f"{name}/{person.territory}")) if value]


def _name(person: RosterPerson | KnownPerson) -> str:
    return " ".join(sorted(search_key(person.given_name, person.family_name).split()))


def _alike(person: RosterPerson, other: RosterPerson | KnownPerson) -> bool:
    """Return whether two who have a key in common are probably one: the same name, and no two different addresses."""
    emails = {each.email.casefold() for each in (person, other)} - {""}
    return _name(person) == _name(other) and len(emails) < 2


# --- as it is stored


def encode_waiting(waiting: WaitingList) -> dict[str, Any]:
    """Return a list that is not imported yet as JSON values."""
    table = waiting.listed.table
    return {
        "line": table.line,
        "sheet": table.sheet,
        "headings": table.headings,
        "rows": [[row.line, *row.cells] for row in table.rows],
        "beyond": table.beyond,
        "hidden": table.hidden,
        "aside": [[row.line, row.text, encode(row.why)] for row in table.aside],
        "matches": [
            [match.key, match.certainty, match.by_heading, match.exact, match.fitting, match.filled]
            for match in waiting.listed.matches
        ],
        "rules": [
            {key: list(names) for key, names in waiting.rules.themes.items()},
            list(waiting.rules.locales),
            waiting.rules.min_birth_year,
            waiting.rules.max_birth_year,
            waiting.rules.year,
            dict(waiting.rules.answers),
        ],
        "columns": waiting.columns,
        "same": [[*pair, same] for pair, same in waiting.doubles.items()],
        "singly": waiting.singly,
    }


def decode_waiting(stored: Mapping[str, Any]) -> WaitingList:
    """Return the list that `encode_waiting` turned into JSON values."""
    table = FoundTable(
        stored["sheet"],
        stored["line"],
        tuple(stored["headings"]),
        tuple(SheetRow(line, tuple(cells)) for line, *cells in stored["rows"]),
        aside=tuple(AsideRow(line, text, decode(why)) for line, text, why in stored["aside"]),
        beyond=tuple((line, text) for line, text in stored["beyond"]),
        hidden=stored["hidden"],
    )
    matches = [Match(key, Certainty(certainty), *rest) for key, certainty, *rest in stored["matches"]]
    return WaitingList(
        ReadList(table, matches),
        RosterRules(*stored["rules"]),
        {int(place): key for place, key in stored["columns"].items()},
        {(first, second, known): same for first, second, known, same in stored.get("same", ())},
        stored["singly"],
    )
