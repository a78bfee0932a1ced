"""Contacts change hands once two people have both said that they want to keep in touch."""

from __future__ import annotations

from datetime import datetime

from bot.content.texts import Quote, Span, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import participant_store
from bot.people.naming import called
from handlers.initiatives.actions import CONTACTS, INITIATIVE
from handlers.initiatives.model import CONTACT
from handlers.initiatives.store import cards, contacts


async def answer(tx: Transaction, person: int, about: int, *, yes: bool, met: str, now: datetime) -> bool:
    """Store whether a person wants to keep in touch with another one; return whether now both have said yes.

    The two are told so when the second of them says yes, once. Nobody ever learns of a no.
    """
    before = about in await contacts.exchanged(tx, person)
    await contacts.put_answer(tx, person, about, yes=yes, met=met)
    both = about in await contacts.exchanged(tx, person)
    if both and not before:
        for reader, other_id in ((person, about), (about, person)):
            if other := await participant_store.find(tx, other_id):
                both_want = _("You and {name} both want to keep in touch.", name=called(other))
                own = () if (await cards.card_of(tx, reader)).contact else (INITIATIVE,)
                view = View((both_want, *await reach(tx, other_id)), (CONTACTS, *own))
                await outbox.notify(tx, reader, view, now, outbox.Telling.AWAITED, about=other_id)
    return both


async def reach(tx: Transaction, person: int) -> tuple[Span, ...]:
    """Return the line that says how to reach a person; () if they have not said it."""
    contact = (await cards.card_of(tx, person)).contact
    # L10N: below the name of somebody: their mail address, telephone number or the like, as they wrote it
    return (_("To reach them: {contact}", contact=Quote(CONTACT, str(person), contact)),) if contact else ()
