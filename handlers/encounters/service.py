"""What can be done in a session of encounters: planning it, beginning it, going on, and mending it when people change.

job = await request_plan(tx, encounter, 0, today)  # what to compute, elsewhere
await begin(tx, encounter, today, now)             # everybody's card shows the first table
await move(tx, encounter, person, now, here=False) # somebody is gone: others are seated anew at once
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from datetime import date, datetime
from itertools import combinations
from typing import Any

from bot.content.texts import Strong, _
from bot.content.views import JobRequest, View
from bot.conversation import display_store, live_screens
from bot.database.engine import Transaction
from bot.delivery import outbox
from handlers.attendance.store.marks import attendance_on
from handlers.encounters import store
from handlers.encounters.messages import names_of
from handlers.encounters.model import MENDED, Encounter, SeatedPerson, Seats
from handlers.encounters.solver.model import Guest, Rules, Table
from handlers.groups.store.members import placements_of_round
from handlers.groups.store.rounds import all_rounds
from handlers.initiatives.model import Profile
from handlers.initiatives.service import tell_together
from handlers.initiatives.store.cards import profiles
from handlers.initiatives.store.contacts import count_contacts, pairs_apart
from handlers.programme.model import Session

JOB = "encounters"
"""The kind of the job that plans who sits with whom."""
SCREEN = "encounters"
"""The kind of display that shows a seating on a wall; its subject is the id of the session of encounters."""


def card_key(encounter: int, person: int) -> str:
    """Return the key of the live screen (a message kept up to date) that tells a person where they sit."""
    return f"encounter:{encounter}:{person}"


# --- planning


async def expected(tx: Transaction, today: date) -> frozenset[int]:
    """Return the ids of everyone who takes part: those who joined and are present or, if nobody is marked, may come."""
    comes, marks = await store.who_comes(tx), await attendance_on(tx, today.isoformat())
    present = frozenset(person for person, here in marks.items() if here)
    return frozenset(comes) & present if present else frozenset(comes).difference(marks)


async def guests_of(tx: Transaction, encounter: Encounter, people: Sequence[SeatedPerson]) -> Sequence[Guest]:
    """Return what the planner needs to know of the people who take part in a session of encounters."""
    known = await profiles(tx)
    published = [round_.number for round_ in await all_rounds(tx) if round_.published]
    group_of = {person: group for person, group, _pinned in await placements_of_round(tx, max(published, default=0))}
    guests = []
    for person in people:
        spoken = frozenset({person.locale, encounter.language} - {""})
        needs = map(frozenset, astuple(known.get(person.id, Profile())))
        guests.append(Guest(person.id, person.territory, group_of.get(person.id), spoken, *needs))
    return guests


async def request_plan(tx: Transaction, encounter: Encounter, seed: int, today: date) -> JobRequest:
    """Return the job that plans a session of encounters for the people who take part now, with this seed."""
    await store.expect(tx, encounter.id, await expected(tx, today))
    return JobRequest(JOB, {"seed": seed, **await facts_of(tx, encounter)})


async def facts_of(tx: Transaction, encounter: Encounter) -> Mapping[str, Any]:
    """Return all data from which a session of encounters is planned, as JSON values."""
    seats, rules = await store.seats_of(tx, encounter), await _all_rules(tx, encounter.id)
    guests = await guests_of(tx, encounter, seats.here)
    return {
        "encounter": encounter.id,
        "seatings": encounter.seatings,
        "guests": [
            [guest.id, guest.territory, guest.group, *map(sorted, (guest.languages, guest.seeks, guest.offers))]
            for guest in guests
        ],
        "apart": [list(pair) for pair in sorted(rules.apart)],
        "together": [list(pair) for pair in sorted(rules.together)],
    }


async def _all_rules(tx: Transaction, encounter_id: int) -> Rules:
    """Return the organisers' rules about pairs, and keep people apart of whom one blocked or reported the other.

    Organisers are shown their own rules alone (`store.rules_of`), so that nobody learns who blocked whom.
    """
    rules = await store.rules_of(tx, encounter_id)
    apart = rules.apart | {(min(pair), max(pair)) for pair in await pairs_apart(tx)}
    return Rules(apart, rules.together - apart)


async def keep_plan(tx: Transaction, encounter: Encounter, planned: Mapping[str, Any]) -> bool:
    """Store a plan that a job made; return False, and store nothing, if people or rules have changed meanwhile."""
    facts = await facts_of(tx, encounter)
    if encounter.seating or any(planned[key] != value for key, value in facts.items()):
        return False
    for seating, tables in enumerate(planned["tables"], start=1):
        seated = [Table(tuple(people), frozenset(broken)) for people, broken in tables]
        await store.put_seats(tx, encounter.id, seating, seated)
    await store.put(tx, encounter.id, **{key: planned[key] for key in ("seed", "score", "bound")})
    return True


# --- while it goes on


async def begin(tx: Transaction, encounter: Encounter, today: date, now: datetime) -> bool:
    """Begin a planned session of encounters for the people who are present; return False if it has begun already.

    Everybody gets a card, a message that is kept up to date.
    """
    if encounter.seating or not await store.set_seating(tx, encounter, 1, now + encounter.length):
        return False
    await store.expect(tx, encounter.id, await expected(tx, today))
    await _seat_anew(tx, encounter, range(1, encounter.seatings + 1))
    here = (await store.seats_of(tx, encounter)).here
    await outbox.push_live_screens(tx, {person.id: card_key(encounter.id, person.id) for person in here})
    return True


async def go_on(tx: Transaction, encounter: Encounter, now: datetime) -> None:
    """Begin the next seating, or end the session after the last one; do nothing if that was done already."""
    ends, following = now + encounter.length, encounter.seating + 1
    if following > encounter.seatings:
        await end(tx, encounter, now)
        return
    if not await store.set_seating(tx, encounter, following, ends):
        return
    apart = (await _all_rules(tx, encounter.id)).apart
    tables = (await store.seats_of(tx, encounter)).seatings[following - 1]
    if any({*pair} <= {*table.people} for table in tables for pair in apart):  # somebody blocked somebody meanwhile
        await _seat_anew(tx, encounter, range(following, encounter.seatings + 1))
    await _touch(tx, encounter)


async def end(tx: Transaction, encounter: Encounter, now: datetime) -> None:
    """End a session of encounters unless it is over; walls then show again what they showed before."""
    if await store.set_seating(tx, encounter, encounter.seating, None, now):
        await display_store.take_off(tx, SCREEN, str(encounter.id))
        await tell_contacts(tx, encounter, await count_contacts(tx), now)
        await _touch(tx, encounter)


async def tell_contacts(tx: Transaction, encounter: Encounter, people: Iterable[int], now: datetime) -> None:
    """Send each of these people (ids) one message that says whose contact details they got in the whole session."""
    seats = await store.seats_of(tx, encounter)
    for person in people:
        met = {other.id for other in seats.met_by(person)}
        await tell_together(tx, person, met, f"contacts:{encounter.id}:{person}", now)


async def _touch(tx: Transaction, encounter: Encounter, but: Seats | None = None) -> None:
    """Have the cards of everybody drawn anew, but of those at whose table the same people sit as in the seats `but`."""
    seats, seating = await store.seats_of(tx, encounter), encounter.seating
    concerned = {*seats.people}
    if but is not None and len(but.seatings[seating - 1]) == len(seats.seatings[seating - 1]):
        both = zip(but.seatings[seating - 1], seats.seatings[seating - 1], strict=True)
        concerned -= {person for was, now in both if {*was.people} == {*now.people} for person in now.people}
    await live_screens.touch_each(tx, [card_key(encounter.id, person) for person in concerned])


async def leave_walls(tx: Transaction, session: Session) -> None:
    """Let walls show again what they showed before, because a session with encounters does not take place."""
    for encounter in await store.everything(tx):
        if encounter.session_id == session.id:
            await display_store.take_off(tx, SCREEN, str(encounter.id))


# --- people who come and go


async def move(tx: Transaction, encounter: Encounter, person: int, now: datetime, *, here: bool) -> int:
    """Seat people anew because a person (an id) has left or, if `here` is True, has come; return how many others moved.

    The change begins with the present seating. People who get another seat are notified.
    """
    before = await store.seats_of(tx, encounter)
    await store.put_guests(tx, encounter.id, [person], here=store.CAME if here else 0)
    told = await _seat_anew(tx, encounter, range(max(1, encounter.seating), encounter.seatings + 1))
    if not encounter.running:
        await store.put(tx, encounter.id, score=MENDED, bound=0)
        return 0
    seats = await store.seats_of(tx, encounter)
    others = sorted(told - {person})
    for other in others:
        await _tell(tx, encounter, seats, other, now)
    await _touch(tx, encounter, before)
    if here:
        await outbox.push_live_screens(tx, {person: card_key(encounter.id, person)})
    return len(others)


async def _seat_anew(tx: Transaction, encounter: Encounter, seatings: Iterable[int]) -> frozenset[int]:
    """Seat the people who are there anew in these seatings; return the ids of who sits elsewhere in the present one."""
    from handlers.encounters.solver.repairing import repair  # with it comes numpy, which most programs never need

    seats, rules = await store.seats_of(tx, encounter), await _all_rules(tx, encounter.id)
    if not seats.planned:
        return frozenset()
    guests, told = await guests_of(tx, encounter, seats.here), frozenset[int]()
    tables = [list(of_seating) for of_seating in seats.seatings]
    for seating in seatings:
        others = [of_seating for number, of_seating in enumerate(tables, start=1) if number != seating]
        kept = rules
        if seating == encounter.seating:  # who sits together already stays so: else one could guess who blocked whom
            together = {pair for table in tables[seating - 1] for pair in combinations(sorted(table.people), 2)}
            await store.remember_met(tx, encounter.id, together)
            kept = Rules(rules.apart - together, rules.together)
        repaired = repair(guests, tables[seating - 1], rules=kept, past=others)
        tables[seating - 1] = list(repaired.tables)
        await store.put_seats(tx, encounter.id, seating, repaired.tables)
        if seating == encounter.seating:
            told = repaired.told
    return told


async def _tell(tx: Transaction, encounter: Encounter, seats: Seats, person: int, now: datetime) -> None:
    number, others = seats.table_of(person, encounter.seating)
    line = _("The person you were to meet is not here. Ask the team whom you can join.")
    if others:
        line = _(
            "Somebody has come or gone: you now sit at table {table}, with {names}.",
            table=Strong(number),
            names=names_of(others),
        )
    subject = f"encounter:{encounter.id}:{encounter.seating}"
    await outbox.notify(tx, person, View((line,)), now, outbox.Telling.AWAITED, subject=subject)
