"""What goes with a role: whoever loses it keeps nothing that it let them see, and nothing runs on in their name."""

from __future__ import annotations

from datetime import datetime

from bot.content.actions import Go
from bot.content.roles import Who
from bot.content.texts import Name, _, _n
from bot.content.views import Button, View
from bot.conversation import live_screen_store
from bot.database.engine import Transaction
from bot.delivery import delivery_store, outbox
from bot.people import entrusted, participant_store
from bot.people.participants import Participant
from bot.platforms.web import page_store
from handlers.announcements import service as announcing
from handlers.announcements import store as announcements


async def taken(tx: Transaction, person: Participant, least: Who, now: datetime) -> None:
    """Someone may no longer see what is for `least` and above: call this once their role is written down.

    Their page shows none of it from now on, chats lose it where the platform allows, what waits for them is dropped
    when it is claimed. Where `person`, as they were until now, organised, what they planned waits for the others.
    """
    accounts = [each.id for each in await participant_store.accounts_of(tx, person.id) if each.id is not None]
    await page_store.withhold(tx, person.id, least, now)
    await delivery_store.take_back(tx, accounts, least, now)
    await entrusted.take_back(tx, accounts, now, least=least)
    await live_screen_store.touch_of(tx, accounts)
    await outbox.look_again(tx, person.id, now)
    if person.organises:
        await _hold_announcements(tx, person, now)


async def _hold_announcements(tx: Transaction, person: Participant, now: datetime) -> None:
    """Make what someone planned as an organiser a draft again, and tell the other organisers."""
    planned = await announcements.planned_by(tx, person.id)
    for each in planned:
        await announcing.cancel(tx, each, now)
    if planned:
        said = _n(
            "{name} is no organiser any more: {count} announcement they had planned is a draft again. Send it if it"
            " is right.",
            "{name} is no organiser any more: {count} announcements they had planned are drafts again. Send them if"
            " they are right.",
            len(planned),
            name=Name(person.name),
        )
        view = View((said,), (Button(_("Announce"), Go("annoncer")),))
        await outbox.notify_organisers(tx, view, now, but=person.id, about=person.id)
