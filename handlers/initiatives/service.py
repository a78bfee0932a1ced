"""Exchanges contacts between two people who both want to keep in touch; hides and takes off cards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from bot.config.settings import Settings
from bot.content.errors import UserError
from bot.content.texts import Listing, Moment, Span, Text, _, _n
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import limits, participant_store
from bot.people.naming import Known, called
from bot.people.participants import Participant
from handlers.initiatives.actions import CONTACTS
from handlers.initiatives.model import CardState, InitiativeCard, Means
from handlers.initiatives.store import cards, contacts, endings

ADD_DETAILS = _("You have not added contact details yet: add them, so that others can reach you.")
"""The line about contacts for a person who gave no contact details."""


async def answer(
    tx: Transaction, person: int, about: int, *, yes: bool, met: str, now: datetime, untold: Collection[int] = ()
) -> bool:
    """Store whether a person wants to keep in touch with another one; return True if now both want to.

    `met` says where they met (a code of `MET`). If both want to, each gets the other's contact details, and one message
    about it; people in `untold` (ids) get no message, because the caller tells them. Nobody learns of a «no». A person
    who takes back their «yes» loses the other's details, and the other one keeps theirs.
    """
    before = (await contacts.answers_of(tx, person)).get(about)
    await contacts.put_answer(tx, person, about, yes=yes, met=met)
    if before is not None and before != yes:
        await endings.record(tx, "yes", person, about, back=yes)
        await endings.record(tx, "contact", person, about, back=yes)
    if not yes:
        return False
    for reader in {*await contacts.hand_over(tx, person, about)}.difference(untold):
        other = await participant_store.find(tx, about if reader == person else person)
        if other is not None:
            view = View(await in_touch(tx, reader, other), (CONTACTS,))
            await outbox.notify(tx, reader, view, now, outbox.Telling.AWAITED, about=other.id)
    await contacts.give_anew(tx, person)
    return about in await contacts.exchanged(tx, person)


async def in_touch(tx: Transaction, reader: int, other: Known) -> tuple[Span, ...]:
    """Return lines that say that a person (an id) and another one want to keep in touch, and what remains to be done.

    The lines have no contact details: only /contacts shows these, which a new browser does not show.
    """
    return (_("You and {name} both want to keep in touch.", name=called(other)), *await to_add(tx, reader))


async def to_add(tx: Transaction, person: int) -> tuple[Text, ...]:
    """Return the line that asks a person (an id) without contact details to add some; () for others."""
    return () if (await contacts.means_of(tx, person)).words else (ADD_DETAILS,)


async def tell_together(tx: Transaction, person: int, others: Collection[int], subject: str, now: datetime) -> None:
    """Tell a person, in one message, whose contact details they got in an encounter: `others` are these people's ids.

    `subject` is the key of this message: if it was sent before, the message is changed instead.
    """
    made = [each for each in await contacts.contacts_of(tx, person) if each.met == "encounter" and each.id in others]
    # L10N: never zero; «names» are people, «The encounters gave you 2 contacts: Awa and Lou.»
    line = _n(
        "The encounters gave you {count} contact: {names}.",
        "The encounters gave you {count} contacts: {names}.",
        len(made),
        names=Listing(tuple(map(called, made))),
    )
    view = View((line, *await to_add(tx, person)), (CONTACTS,))
    if made and not await outbox.last_notified_at(tx, subject):
        await outbox.notify(tx, person, view, now, outbox.Telling.AWAITED, subject=subject)
    elif made:
        await outbox.follow(tx, subject, lambda _before: view, now)


async def block(tx: Transaction, person: int, about: int, now: datetime, *, reported: bool = False) -> None:
    """Keep two people apart: from now on neither sees the other's card, and they exchange no contacts.

    `person` blocks `about` or, with `reported`, reports their card. A former «yes» of `person` becomes a «no». Contact
    details that one of them got before stay with them.
    """
    await contacts.block(tx, person, about, now, reported=reported)
    await endings.record(tx, "block", person, about)
    await answer(tx, person, about, yes=False, met="", now=now)


async def unblock_all(tx: Transaction, person: int) -> None:
    """Let a person and everyone whom they blocked or reported see each other's cards again."""
    for other in await contacts.unblock_all(tx, person):
        await endings.record(tx, "block", person, other, back=True)


async def show(tx: Transaction, person: int, *, visible: bool) -> None:
    """Show a person's card to everybody or, if `visible` is False, hide it."""
    card = await cards.find_card(tx, person)
    if card is not None and bool(card.shown) != visible:
        await cards.put(tx, person, shown=int(visible))
        await endings.record(tx, "card", person, back=visible)


async def set_state(tx: Transaction, card: InitiativeCard, state: CardState) -> None:
    """Hide a card as «reported» by several people, take it «off», or let it be shown again with ''."""
    await cards.put(tx, card.id, state=state)
    for hidden in {card.state, state} - {""}:
        await endings.record(tx, hidden, card.id, back=hidden != state)


async def give(tx: Transaction, person: int, means: Means) -> None:
    """Store a person's contact details; everybody with whom they keep in touch gets them at once."""
    before, after = asdict(await contacts.means_of(tx, person)), asdict(means)
    await cards.put(tx, person, **after)
    for name in [name for name in after if bool(before[name]) != bool(after[name])]:
        await endings.record(tx, name, person, back=bool(after[name]))
    await contacts.give_anew(tx, person)


async def refuse_too_many_reports(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> None:
    """Raise UserError if a person has reported the largest number of cards allowed within an hour."""
    most = limits.most(settings.limits.notices, person)
    if (again := limits.an_hour_after(await contacts.reported_before(tx, person.id, most), now)) is not None:
        time = Moment(limits.full_minute(again), "time")
        raise UserError(
            _("Easy: you reported {most} cards within an hour. Do it again from {time} on.", most=most, time=time)
        )
