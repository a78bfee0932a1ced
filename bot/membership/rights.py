"""Removes what a person was shown because of a role that they lost."""

from __future__ import annotations

from datetime import datetime

from bot.content.roles import Who
from bot.conversation import live_screen_store
from bot.database.engine import Transaction
from bot.delivery import delivery_store, outbox
from bot.people import participant_store, role_messages_store
from bot.people.declared import Declared
from bot.people.participants import Participant


async def apply_role_loss(tx: Transaction, declared: Declared, person: Participant, least: Who, now: datetime) -> None:
    """Delete what a person may no longer see because they lost the role `least` and all higher roles.

    Call this after the new role is stored; `person` is the participant as they were before. Messages that were sent are
    deleted where the platform allows it, messages that were not sent are dropped, and every capability does what it
    declares (`bot.people.declared.AfterMembership`).
    """
    accounts = [account.id for account in await participant_store.accounts_of(tx, person.id) if account.id is not None]
    await delivery_store.take_back(tx, accounts, least, now)
    await role_messages_store.take_back(tx, accounts, now, least=least)
    await live_screen_store.touch_of(tx, accounts)
    await outbox.refresh_pages(tx, person.id, now)
    await declared.lose_role(tx, person, least, now)
