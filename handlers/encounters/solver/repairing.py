"""Assigns new seats in the middle of a seating: somebody did not come, comes late, or has gone home.

At most two other people are notified: people who move, and people who lose their partner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handlers.encounters.solver.model import Guest, Rules, Table
from handlers.encounters.solver.pairing import SeatingState


@dataclass(frozen=True, slots=True)
class Repair:
    """The tables of a seating after a repair, in the same order; a table that everybody has left has no people.

    `told` are the ids of the people to notify: they move, sit with other people than before, or are left alone.
    """

    tables: tuple[Table, ...]
    told: frozenset[int]


def repair(
    guests: Sequence[Guest], tables: Sequence[Table], *, rules: Rules, past: Iterable[Iterable[Table]] = ()
) -> Repair:
    """Return the tables of the present seating for the people who are there now, with as few changes as possible.

    `guests` are the people who are present; people at a table who are not among them have left. Guests without a table,
    or at a table with somebody from whom they are kept apart, get another seat. `past` has the tables of earlier
    seatings.
    """
    room = SeatingState(guests, rules)
    for earlier in past:
        room.remember(earlier)
    seats = _Seats(room, [_who_stays(room, table) for table in tables])
    there = {number for numbers in seats.tables for number in numbers}
    for number in range(len(guests)):
        if number not in there:
            seats.join(number, None)
    for home, numbers in enumerate(seats.tables):
        if len(numbers) == 1:
            seats.join(numbers[0], home)
    for table, numbers in zip(tables, seats.tables, strict=False):
        if len(numbers) == 1 < len(table.people):  # nobody else may sit with who is left
            seats.told.update(numbers)
    told = frozenset(guests[number].id for number in seats.told)
    return Repair(tuple(room.table_of(numbers) for numbers in seats.tables), told)


def _who_stays(room: SeatingState, table: Table) -> list[int]:
    """Return the numbers of the guests who stay at their table: who is there, and not kept apart from one of them."""
    staying: list[int] = []
    for number in (room.place[person] for person in table.people if person in room.place):
        if room.allowed[number, staying].all():
            staying.append(number)
    return staying


class _Seats:
    """The tables of a seating, as lists of guests by their numbers, while the guests move."""

    def __init__(self, room: SeatingState, tables: list[list[int]]) -> None:
        self.room, self.tables = room, tables
        self.fits = room.weights()
        self.told: set[int] = set()

    def join(self, number: int, home: int | None) -> None:
        """Let a guest sit with others: a lonely person, else one person of a table of three, else a pair.

        `home` is the position of the table at which the guest sits alone, None if the guest has just come.
        """
        hosts = (self._with(number, at) for at, others in enumerate(self.tables) if others and at != home)
        preference, _fit, at = max(hosts, default=(-1, 0, 0))
        if preference < 0:
            if home is None:
                self.tables[self._free()].append(number)
            return
        self.told.add(number)
        others = self.tables[at]
        if len(others) == 3:  # one of them comes to the guest, and leaves two behind
            may = [each for each in others if self.room.allowed[number, each]]
            moving = max(may, key=lambda each: self.fits[number, each])
            others.remove(moving)
            self.told.add(moving)
            self.tables[self._free() if home is None else home] = [number, moving]
            return
        if len(others) == 1:
            self.told.update(others)
        others.append(number)
        if home is not None:
            self.tables[home] = []

    def _with(self, number: int, at: int) -> tuple[int, float, int]:
        """Return how well a guest would sit with the people of a table; less than 0 first if that may not be."""
        others = self.tables[at]
        allowed = self.room.allowed[number, others]
        if not (allowed.any() if len(others) == 3 else allowed.all()):
            return -1, 0, at
        return {1: 2, 3: 1}.get(len(others), 0), float(self.fits[number, others].mean()), at

    def _free(self) -> int:
        """Return the position of a table at which nobody sits; it is added if there is none."""
        if [] not in self.tables:
            self.tables.append([])
        return self.tables.index([])
