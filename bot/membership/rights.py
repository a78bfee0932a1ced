"""Takes roles away, and removes what a person was shown because of a role that they lost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.content.roles import FACILITATES, Required, Role, Who
from bot.conversation import live_screen_store
from bot.database.engine import Transaction
from bot.delivery import delivery_store, outbox
from bot.people import participant_store, role_messages_store, role_store
from bot.people.declared import Declared, Ending
from bot.people.participants import Participant


async def apply_role_loss(
    tx: Transaction, declared: Declared, person: Participant, lost: Required, now: datetime
) -> None:
    """Delete what a person may no longer see because they lost the role `lost`.

    Messages that were sent are deleted if the platform allows it, messages that were not sent are cancelled, and every
    capability does what it declared for a loss of a role. If `lost` is a rung of the ladder of roles (`Who`), all
    higher rungs are lost too. Call this after the loss is stored; `person` is the participant as read before the loss.
    """
    accounts = [account.id for account in await participant_store.accounts_of(tx, person.id) if account.id is not None]
    await delivery_store.take_back(tx, accounts, lost, now)
    await role_messages_store.take_back(tx, accounts, now, lost=lost)
    await live_screen_store.touch_of(tx, accounts)
    await outbox.refresh_pages(tx, person.id, now)
    await declared.lose_role(tx, person, lost, now)


async def take_role(
    tx: Transaction, declared: Declared, person: Participant, role: Role, scope: str, now: datetime
) -> bool:
    """Take a role from a participant, and delete from their chats what the role had shown them; nobody is notified.

    `scope` is the thing for which they had the role, '' for a role without scopes. `person` is the participant before
    the change. Returns True if the role was taken, False if they did not have it.
    """
    if not await role_store.take(tx, person.id, role.key, scope):
        return False
    if not (role.organisers_too and person.organises):
        await apply_role_loss(tx, declared, person, Who.FACILITATOR if role.key == FACILITATES else role, now)
    return True


def ending_of(role: Role) -> Ending:
    """Return the rule by which people lose a role again that a restored backup gave back to them."""

    async def again(tx: Transaction, declared: Declared, whats: Collection[str], now: datetime) -> int:
        ended = await role_store.ended(tx, role.key, whats)
        for participant_id, scope in ended:
            if person := await participant_store.find(tx, participant_id):
                await take_role(tx, declared, person, role, scope, now)
        return len(ended)

    return Ending(kind=role.key, again=again)
