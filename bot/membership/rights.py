"""Takes away what belongs to a role from someone who lost it: what they were shown, and what runs in their name."""

from __future__ import annotations

from datetime import datetime

from bot.content.roles import Who
from bot.conversation import live_screen_store
from bot.database.engine import Transaction
from bot.delivery import delivery_store, outbox
from bot.people import entrusted_store, participant_store
from bot.people.declared import Declared
from bot.people.participants import Participant


async def apply_role_loss(tx: Transaction, declared: Declared, person: Participant, least: Who, now: datetime) -> None:
    """Take away what someone may no longer see, for `least` and above. Call it once their new role is stored.

    Messages in chats are deleted where the platform allows it; what waits for them is dropped when it is claimed.
    `person` is as they were until now, for what platforms and capabilities declare
    (`bot.people.declared.AfterMembership`).
    """
    accounts = [account.id for account in await participant_store.accounts_of(tx, person.id) if account.id is not None]
    await delivery_store.take_back(tx, accounts, least, now)
    await entrusted_store.take_back(tx, accounts, now, least=least)
    await live_screen_store.touch_of(tx, accounts)
    await outbox.refresh_pages(tx, person.id, now)
    await declared.lose_role(tx, person, least, now)
