"""The SQL of sessions of encounters: when their seatings end, who takes part, who sits where, and kept pairs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from bot.clock import micros_or_none
from bot.database.engine import Transaction
from bot.people.audiences import COMES
from handlers.encounters.model import KEPT, Encounter, SeatedPerson, Seats
from handlers.encounters.solver.model import Rules, Table

_ENCOUNTER = (
    "SELECT id, session_id, seatings, minutes, rooms, language, seed, score, bound, seating, ends_at, ended_at"
    " FROM encounters"
)
_PERSON = "p.id, p.given_name, p.family_name, p.territory, COALESCE(p.locale, '') AS locale"


async def find(tx: Transaction, encounter_id: int) -> Encounter | None:
    """Return a session of encounters; None if it was deleted."""
    return await tx.row(Encounter, f"{_ENCOUNTER} WHERE id = :id", id=encounter_id)


async def everything(tx: Transaction) -> Sequence[Encounter]:
    """Return all sessions of encounters, oldest first; the result is cached for the transaction."""
    return await tx.cached("encounters", lambda tx: tx.rows(Encounter, f"{_ENCOUNTER} ORDER BY id"))


async def add(tx: Transaction, **values: str | int) -> int:
    """Store a new session of encounters, and return its id; the keyword arguments are the values of its columns."""
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    return await tx.value(int, f"INSERT INTO encounters ({names}) VALUES ({marks}) RETURNING id", **values)


async def put(tx: Transaction, encounter_id: int, **values: str | int) -> None:
    """Change some columns of a session of encounters; the keyword arguments are the new values."""
    changes = ", ".join(f"{name} = :{name}" for name in values)
    await tx.run(f"UPDATE encounters SET {changes} WHERE id = :id", id=encounter_id, **values)


async def set_seating(
    tx: Transaction, before: Encounter, seating: int, ends_at: datetime | None, ended_at: datetime | None = None
) -> bool:
    """Store which seating is going on and when it ends, or that the session is over.

    Returns False, and stores nothing, if the session is no longer as `before`: of several callers at once, only one
    succeeds.
    """
    sql = (
        "UPDATE encounters SET seating = :seating, ends_at = :ends, ended_at = :ended"
        " WHERE id = :id AND seating = :before AND ended_at IS NULL"
    )
    ends, ended = micros_or_none(ends_at), micros_or_none(ended_at)
    return await tx.run(sql, id=before.id, before=before.seating, seating=seating, ends=ends, ended=ended) == 1


async def next_to_end(tx: Transaction) -> Encounter | None:
    """Return the session of encounters whose seating ends next; None if no seating is going on."""
    return await tx.row(Encounter, f"{_ENCOUNTER} WHERE ends_at IS NOT NULL ORDER BY ends_at, id LIMIT 1")


# --- who takes part, and where they sit


EXPECTED, CAME = 1, 2
"""The two states of a guest who is present: the plan expects them, or an organiser said that they have come."""


async def put_guests(tx: Transaction, encounter_id: int, people: Iterable[int], *, here: int) -> None:
    """Store that people (ids) take part in encounters; `here` is EXPECTED, CAME, or 0 if they have left."""
    await tx.many(
        "INSERT INTO encounter_guests (encounter_id, participant_id, here) VALUES (:id, :person, :here)"
        " ON CONFLICT (encounter_id, participant_id) DO UPDATE SET here = :here",
        [{"id": encounter_id, "person": person, "here": here} for person in people],
    )


async def expect(tx: Transaction, encounter_id: int, people: Collection[int]) -> None:
    """Store that exactly these people (ids) are expected; what organisers said about who is present stays."""
    await tx.run(f"DELETE FROM encounter_guests WHERE encounter_id = :id AND here = {EXPECTED}", id=encounter_id)
    sql = "SELECT participant_id FROM encounter_guests WHERE encounter_id = :id"
    known = await tx.values(int, sql, id=encounter_id)
    await put_guests(tx, encounter_id, {*people}.difference(known), here=EXPECTED)


async def forget_guest(tx: Transaction, encounter_id: int, person: int) -> None:
    """Delete what is stored on whether a person (an id) takes part in a session of encounters."""
    sql = "DELETE FROM encounter_guests WHERE encounter_id = :id AND participant_id = :person"
    await tx.run(sql, id=encounter_id, person=person)


async def sessions_of_guest(tx: Transaction, person: int) -> Sequence[Encounter]:
    """Return the sessions of encounters that are not over, and in which a person (an id) takes part and is present."""
    theirs = "SELECT encounter_id FROM encounter_guests WHERE participant_id = :person AND here > 0"
    sql = f"{_ENCOUNTER} WHERE ended_at IS NULL AND id IN ({theirs}) ORDER BY id"
    return await tx.rows(Encounter, sql, person=person)


async def who_comes(tx: Transaction) -> Mapping[int, SeatedPerson]:
    """Return everyone who has joined and attends the gathering, by id."""
    rows = await tx.rows(SeatedPerson, f"SELECT {_PERSON}, 1 AS here FROM participants p WHERE {COMES} ORDER BY p.id")
    return {person.id: person for person in rows}


async def seats_of(tx: Transaction, encounter: Encounter) -> Seats:
    """Return who takes part in a session of encounters and where they sit."""
    people = await tx.rows(
        SeatedPerson,
        f"SELECT {_PERSON}, CASE WHEN g.here > 0 AND {COMES} THEN 1 ELSE 0 END AS here FROM encounter_guests g"
        " JOIN participants p ON p.id = g.participant_id WHERE g.encounter_id = :id ORDER BY p.id",
        id=encounter.id,
    )
    rows = await tx.all(
        "SELECT seating, place, participant_id, broken FROM encounter_seats WHERE encounter_id = :id"
        " ORDER BY seating, place, participant_id",
        id=encounter.id,
    )
    tables: list[dict[int, Table]] = [{} for _seating in range(encounter.seatings)]
    for row in rows:
        if row["seating"] <= encounter.seatings:
            of_seating = tables[row["seating"] - 1]
            before = of_seating.get(row["place"], Table(()))
            of_seating[row["place"]] = Table((*before.people, row["participant_id"]), frozenset(row["broken"].split()))
    met = await tx.all("SELECT first_id, second_id FROM encounter_met WHERE encounter_id = :id", id=encounter.id)
    return Seats(
        {person.id: person for person in people},
        [[found.get(place, Table(())) for place in range(1, max(found, default=0) + 1)] for found in tables],
        frozenset((row["first_id"], row["second_id"]) for row in met),
    )


async def remember_met(tx: Transaction, encounter_id: int, pairs: Iterable[tuple[int, int]]) -> None:
    """Store that pairs of people (ids, the smaller first) have sat together, even if their seats are changed later."""
    await tx.many(
        "INSERT INTO encounter_met (encounter_id, first_id, second_id) VALUES (:id, :first, :second)"
        " ON CONFLICT (encounter_id, first_id, second_id) DO NOTHING",
        [{"id": encounter_id, "first": first, "second": second} for first, second in pairs],
    )


async def put_seats(tx: Transaction, encounter_id: int, seating: int, tables: Sequence[Table]) -> None:
    """Store who sits at which table in a seating (from 1), in place of what was stored."""
    at = {"id": encounter_id, "seating": seating}
    await tx.run("DELETE FROM encounter_seats WHERE encounter_id = :id AND seating = :seating", **at)
    await tx.many(
        "INSERT INTO encounter_seats (encounter_id, seating, place, participant_id, broken)"
        " VALUES (:id, :seating, :place, :person, :broken)",
        [
            {**at, "place": place, "person": person, "broken": " ".join(table.broken)}
            for place, table in enumerate(tables, start=1)
            for person in table.people
        ],
    )


# --- pairs that organisers keep together or apart


async def rules_of(tx: Transaction, encounter_id: int) -> Rules:
    """Return which pairs of people organisers keep together and apart in a session of encounters."""
    sql = "SELECT first_id, second_id, kind FROM encounter_pairs WHERE encounter_id = :id"
    rows = await tx.all(sql, id=encounter_id)
    kept = {
        kind: frozenset((row["first_id"], row["second_id"]) for row in rows if row["kind"] == kind)
        for kind in ("apart", "together")
    }
    return Rules(**kept)


async def keep(tx: Transaction, encounter_id: int, one: int, other: int, kind: KEPT | None) -> None:
    """Store that two people (ids) are kept together or apart in a session of encounters; None ends that."""
    pair = {"id": encounter_id, "first": min(one, other), "second": max(one, other)}
    where = "encounter_id = :id AND first_id = :first AND second_id = :second"
    await tx.run(f"DELETE FROM encounter_pairs WHERE {where}", **pair)
    if kind:
        names = "(encounter_id, first_id, second_id, kind)"
        await tx.run(f"INSERT INTO encounter_pairs {names} VALUES (:id, :first, :second, :kind)", **pair, kind=kind)
