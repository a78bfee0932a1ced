"""A session of encounters, the people who take part in it, and their seats."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.content.names import Named
from handlers.encounters.solver.model import Rule, Table

KEPT = Literal["together", "apart"]
"""What organisers decided about two people: that they must meet, or that they must not."""

MENDED = -1
"""The score of a plan that was changed after people came or left: its quality is then unknown."""


@dataclass(frozen=True, slots=True)
class Encounter:
    """A session in which people sit in pairs, with another partner in each of its `seatings`.

    A seating lasts `minutes`. `seating` is the number of the present one, from 1, and `ends_at` when it ends; before
    the first they are 0 and None. `rooms` has the names of rooms, one in each line. `language` is the language that
    everybody understands, '' for none. The plan has a `score` and a `bound`, and was made from a `seed`.
    """

    id: int
    session_id: int
    seatings: int
    minutes: int
    rooms: str
    language: str
    seed: int
    score: int
    bound: int
    seating: int
    ends_at: datetime | None
    ended_at: datetime | None

    @property
    def running(self) -> bool:
        """Return whether a seating is going on."""
        return self.seating > 0 and self.ended_at is None

    @property
    def length(self) -> timedelta:
        """Return how long a seating lasts."""
        return timedelta(minutes=self.minutes)

    def place(self, table: int, tables: int) -> str:
        """Return the number of a table, from 1, with its room, as text; «–» if `table` is 0, no table.

        `tables` is the number of all tables. Rooms get them in order, as equally as possible; a single room is not
        named.
        """
        if not table:
            return "–"
        rooms = [name for name in self.rooms.splitlines() if name.strip()]
        room = rooms[(table - 1) * len(rooms) // max(tables, table)] if len(rooms) > 1 else ""
        return " · ".join(filter(None, (str(table), room)))


@dataclass(frozen=True, slots=True)
class SeatedPerson(Named):
    """A person who takes part in a session of encounters; `here` is False if they did not come, or have left.

    `locale` is the language in which they read the bot, '' if they have chosen none.
    """

    id: int
    given_name: str
    family_name: str
    territory: str
    locale: str
    here: bool


@dataclass(frozen=True, slots=True)
class Seats:
    """Who sits where in a session of encounters: `seatings` has the tables of each seating, in order.

    `people` are those who take part, by id. A table that everybody has left has no people. `parted` are the pairs of
    people (ids) who sat together until somebody came or left.
    """

    people: Mapping[int, SeatedPerson]
    seatings: Sequence[Sequence[Table]]
    parted: Collection[tuple[int, int]] = ()

    @property
    def planned(self) -> bool:
        """Return whether anybody has a seat."""
        return any(table.people for tables in self.seatings for table in tables)

    @property
    def here(self) -> Sequence[SeatedPerson]:
        """Return the people who are present."""
        return [person for person in self.people.values() if person.here]

    @property
    def broken(self) -> Collection[Rule]:
        """Return the rules of the plan that some table breaks."""
        return {rule for tables in self.seatings for table in tables for rule in table.broken}

    def table_of(self, person: int, seating: int) -> tuple[int, Sequence[SeatedPerson]]:
        """Return the number of a person's table in a seating, and who else sits there; 0 and () without a table."""
        tables = self.seatings[seating - 1] if 0 < seating <= len(self.seatings) else ()
        for number, table in enumerate(tables, start=1):
            if person in table.people:
                return number, [self.people[other] for other in table.people if other != person]
        return 0, ()

    def met_by(self, person: int, until: int | None = None) -> Sequence[SeatedPerson]:
        """Return the people whom a person (an id) meets in the first `until` seatings, or in all, seating by seating.

        People whom they met at tables that changed since, because somebody came or left, come first.
        """
        pairs = sorted(pair for pair in self.parted if person in pair)
        met = [self.people[other] for pair in pairs if (other := sum(pair) - person) in self.people]
        for seating in range(1, 1 + (len(self.seatings) if until is None else until)):
            met += self.table_of(person, seating)[1]
        return list(dict.fromkeys(met))

    def other_territories(self, person: SeatedPerson) -> int:
        """Return how many territories, other than their own, the people have whom a person meets."""
        return len({other.territory for other in self.met_by(person.id)} - {person.territory, ""})

    @property
    def worst_first(self) -> Sequence[SeatedPerson]:
        """Return the people who are present: first those who meet the fewest territories and people."""
        return sorted(
            self.here,
            key=lambda one: (self.other_territories(one), len(self.met_by(one.id)), one.given_name, one.id),
        )
