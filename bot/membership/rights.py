"""Gives roles and takes them away, and removes what a person was shown because of a rung or role that they lost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.content.roles import FACILITATES, Required, Role, Who
from bot.content.texts import Name, Span, Strong, Text, _
from bot.content.views import View
from bot.conversation import live_screen_store
from bot.database.engine import Transaction
from bot.delivery import delivery_store, outbox
from bot.people import participant_store, role_messages_store, role_store
from bot.people.declared import Declared, Ending
from bot.people.participants import Participant


async def give_role(tx: Transaction, person: Participant, role: Role, scope: str, now: datetime) -> bool:
    """Give a participant a role for a scope, '' for none, and tell them. Returns False if they had it.

    The caller checks who may give it (`Role.given_by`). Raises UserError if the participant cannot have it.
    """
    await role.check(tx, person)
    if not await role_store.give(tx, person.id, role.key, scope, now):
        return False
    await _tell(tx, person, _("You have a role now: {role}.", role=Strong(await title(tx, role, scope))), now)
    return True


async def take_role(
    tx: Transaction,
    declared: Declared,
    person: Participant,
    role: Role,
    scope: str,
    now: datetime,
    *,
    tell: bool = True,
) -> bool:
    """Take a role for a scope from a participant, with all that it let them see. Returns False if they had it not.

    With `tell` they are told. `person` is the participant as they are before.
    """
    if not await role_store.take(tx, person.id, role.key, scope):
        return False
    if not (role.organisers_too and person.organises):
        lost = Who.FACILITATOR if role.key == FACILITATES else role
        await apply_role_loss(tx, declared, person, lost, now)
    if tell:
        line = _("You do not have this role any more: {role}.", role=Strong(await title(tx, role, scope)))
        await _tell(tx, person, line, now)
    return True


async def title(tx: Transaction, role: Role, scope: str) -> Span:
    """Return what people read of a role and its scope: «Persons of trust», «Readers of applications: Québec»."""
    if role.scope is None:
        return role.words
    return _("{role}: {scope}", role=role.words, scope=await role.scope.words(tx, scope) or Name(scope))


async def _tell(tx: Transaction, person: Participant, line: Text, now: datetime) -> None:
    await outbox.notify(tx, person.id, View((line,)), now, outbox.Telling.NEWS)


async def apply_role_loss(
    tx: Transaction, declared: Declared, person: Participant, lost: Required, now: datetime
) -> None:
    """Delete what a person may no longer see because they lost a rung and all higher ones, or a role.

    Call this after that is stored; `person` is the participant as they were before. Messages that were sent are
    deleted where the platform allows it, messages that were not sent are dropped, and every capability does what it
    declares (`bot.people.declared.AfterMembership`).
    """
    accounts = [account.id for account in await participant_store.accounts_of(tx, person.id) if account.id is not None]
    await delivery_store.take_back(tx, accounts, lost, now)
    await role_messages_store.take_back(tx, accounts, now, lost=lost)
    await live_screen_store.touch_of(tx, accounts)
    await outbox.refresh_pages(tx, person.id, now)
    await declared.lose_role(tx, person, lost, now)


def ending_of(role: Role) -> Ending:
    """Return how a role is taken again from those who had lost it when a restored backup gave it back to them."""

    async def again(tx: Transaction, declared: Declared, whats: Collection[str], now: datetime) -> int:
        ended = await role_store.ended(tx, role.key, whats)
        for given in ended:
            person = await participant_store.find(tx, given.participant_id)
            assert person is not None
            await take_role(tx, declared, person, role, given.scope, now, tell=False)
        return len(ended)

    return Ending(kind=role.key, again=again)
