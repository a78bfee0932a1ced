"""Gives and takes away roles, and notifies the people concerned, for all screens and commands that do so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.config.settings import Settings
from bot.content.roles import FACILITATES, Role, known
from bot.content.texts import Listing, Span, Strong, Text, _, _n
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.membership import rights
from bot.people import role_store
from bot.people.declared import Declared
from bot.people.participants import Participant
from handlers.navigation.messages import title


async def give_role(tx: Transaction, person: Participant, role: Role, scope: str, now: datetime) -> bool:
    """Give a participant a role for a scope, and notify them.

    `scope` is what the role is for, such as the key of a territory; '' for none. The caller checks who may give the
    role (`Role.given_by`). Returns False, and notifies nobody, if the participant has the role already. Raises
    UserError if the participant cannot have it.
    """
    if role.check:
        await role.check(tx, person)
    if not await role_store.give(tx, person.id, role.key, scope, now):
        return False
    await _tell(tx, person, _("You have a role now: {role}.", role=Strong(await title(tx, role, scope))), now)
    return True


async def take_role(
    tx: Transaction, declared: Declared, person: Participant, role: Role, scope: str, now: datetime
) -> bool:
    """Take a role for a scope from a participant, and notify them. Returns False, and does nothing, if they lack it.

    `scope` is what the role is for; '' for none. Messages that only this role may see are deleted from the
    participant's chats. `person` is the participant as stored before the change.
    """
    if not await rights.take_role(tx, declared, person, role, scope, now):
        return False
    line = _("You no longer have this role: {role}.", role=Strong(await title(tx, role, scope)))
    await _tell(tx, person, line, now)
    return True


async def roles_line(tx: Transaction, settings: Settings, person: Participant) -> Sequence[Span]:
    """Return the line that tells a person their roles; () if they have none besides running workshops."""
    has, roles = {*person.roles.split()} - {FACILITATES}, known(settings)
    if not has:  # which is known without asking the store
        return ()
    given = [
        await title(tx, roles[key], scope)
        for key, scope in await role_store.of_person(tx, person.id)
        if key in has and key in roles
    ]
    if not given:
        return ()
    # L10N: what somebody was asked to do for the gathering: «Reader of applications: Québec»
    line = _n("Your role: {roles}", "Your roles: {roles}", len(given), roles=Strong(Listing(tuple(given))))
    return (line,)


async def _tell(tx: Transaction, person: Participant, line: Text, now: datetime) -> None:
    await outbox.notify(tx, person.id, View((line,)), now, outbox.Telling.NEWS)
