"""Contacts change hands once two people have both said that they want to keep in touch."""

from __future__ import annotations

from datetime import datetime

from bot.content.texts import _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import participant_store
from bot.people.naming import called
from handlers.initiatives.store import contacts


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
                view = View((_("You and {name} both want to keep in touch.", name=called(other)),))
                await outbox.notify(tx, reader, view, now, outbox.Telling.AWAITED, about=other_id)
    return both
