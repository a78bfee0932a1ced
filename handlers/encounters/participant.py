"""A person's own card in encounters: where they sit, with whom, and whether they want to keep in touch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.errors import Stale, existing
from bot.content.texts import Span, Strong, _
from bot.content.views import Button, Reply, View
from bot.conversation.routes import PARTICIPANT, Request, Routes
from bot.database.engine import Transaction
from handlers.encounters import service, store
from handlers.encounters.messages import until, why_words, with_territory
from handlers.encounters.model import Encounter, SeatedPerson, Seats
from handlers.initiatives import service as initiatives
from handlers.initiatives.model import Profile
from handlers.initiatives.store.cards import profiles
from handlers.initiatives.store.contacts import answers_of

routes = Routes()


@routes.live_screen("encounter", who=PARTICIPANT)
async def draw_seat(tx: Transaction, subject: str, _now: datetime) -> View | None:
    """Return a person's card in a session of encounters; None if the session was deleted or is not theirs.

    `subject` is «session:person», two ids.
    """
    encounter_id, person_id = (int(part) for part in subject.split(":"))
    encounter = await store.find(tx, encounter_id)
    seats = await store.seats_of(tx, encounter) if encounter else None
    if encounter is None or seats is None or person_id not in seats.people:
        return None
    answered = await answers_of(tx, person_id)  # a block is an answer, too
    asked = next((met for met in seats.met_by(person_id, encounter.seating) if met.id not in answered), None)
    lines = await _at_table(tx, encounter, seats, seats.people[person_id])
    if asked is None:
        return View(tuple(lines))
    # L10N: below it are the buttons «Keep in touch» and «Not for me»; nobody learns of the answer alone
    question = _("Keep in touch with {name}?", name=Strong(with_territory(asked)))
    buttons = (
        # L10N: a button: I would like to have the contact of the person whom I have just met
        Button(_("Keep in touch"), answer.to(encounter.id, asked.id, yes=True), style="primary"),
        # L10N: a button: no contact with the person whom I have just met; nobody learns of it
        Button(_("Not for me"), answer.to(encounter.id, asked.id, yes=False)),
    )
    return View((*lines, question), buttons)


async def _at_table(tx: Transaction, encounter: Encounter, seats: Seats, person: SeatedPerson) -> Sequence[Span]:
    """Return the lines about where a person sits now, with whom, why, and until when."""
    if encounter.ended_at is not None:
        return (_("The encounters are over. Thank you!"),)
    if not encounter.seating:
        return (_("The encounters begin soon. Your table will appear here."),)
    if not person.here:
        return (_("You do not take part at the moment. If you are here, tell the team."),)
    table, others = seats.table_of(person.id, encounter.seating)
    if not others:
        return (_("Nobody is free for you at the moment. Ask the team whom you can join."), *until(encounter))
    cards, number = await profiles(tx), encounter.seating
    place = encounter.place(table, len(seats.seatings[number - 1]))
    begin: Span = ""
    # L10N: above whom one meets now, in the second of four encounters: «Café 2 de 4 · table 7»
    heading = _("Encounter {number} of {count} · table {table}", number=number, count=encounter.seatings, table=place)
    lines: list[Span] = [Strong(heading)]
    for other in others:
        who, begin = why_words(other, cards.get(person.id, Profile()), cards.get(other.id, Profile()))
        lines.append(who)
    return (*lines, begin, *until(encounter))


@routes.press("ecm")
async def show_seat(request: Request, encounter: int) -> Reply:
    """Show a person where and with whom they sit now, and ask about people for whom they have not answered yet."""
    request.require_confirmed()
    view = await draw_seat(request.tx, f"{encounter}:{request.participant.id}", request.now)
    return Reply(existing(view))


@routes.press("eca")
async def answer(request: Request, encounter: int, about: int, yes: bool) -> Reply:
    """Store whether the person wants to keep in touch with somebody whom they have met (an id), and show their card.

    Raises Stale for somebody with whom they did not sit.
    """
    person, found = request.participant.id, existing(await store.find(request.tx, encounter))
    seats = await store.seats_of(request.tx, found)
    if about not in [met.id for met in seats.met_by(person, found.seating)]:
        raise Stale
    two = (person, about)
    both = await initiatives.answer(request.tx, *two, yes=yes, met="encounter", now=request.now, untold=two)
    if both and found.ended_at is not None:
        await service.tell_contacts(request.tx, found, two, request.now)
    view = existing(await draw_seat(request.tx, f"{encounter}:{person}", request.now))
    said = _("The other person learns of it only if they want it too.") if yes else _("Nobody learns of it.")
    return Reply(view, toast=said)


# --- where it is offered


async def _own(request: Request) -> Encounter | None:
    """Return the session that goes on and in which the reader takes part; None if there is none."""
    for encounter in await store.everything(request.tx):
        if encounter.running and request.participant.id in (await store.seats_of(request.tx, encounter)).people:
            return encounter
    return None


async def offer_in_menu(request: Request) -> Sequence[Button]:
    """Return the menu's button to the reader's table; () if they take part in no session that is going on."""
    encounter = await _own(request)
    # L10N: a button: where I sit now, and with whom
    return (Button(_("My table"), show_seat.to(encounter.id)),) if encounter else ()


async def offer_table(request: Request) -> View:
    """Return the home screen's part about the reader's table; an empty View if no session is going on."""
    encounter = await _own(request)
    if encounter is None:
        return View(())
    seats = await store.seats_of(request.tx, encounter)
    lines = await _at_table(request.tx, encounter, seats, seats.people[request.participant.id])
    return View(tuple(lines[:2]), tuple(await offer_in_menu(request)))
