"""Bans a person from the gathering, and undoes a ban."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.content.roles import Who, known
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.membership import rights
from bot.people import ending_store, participant_store, role_store, secret_store
from bot.people.declared import Declared
from bot.people.participants import Participant


async def revoke(tx: Transaction, declared: Declared, person: Participant, now: datetime) -> dict[str, Any]:
    """Ban a person from the gathering: their codes, links and browser sessions stop working, and their roles end.

    Their accounts are unlinked, and their places in themes or cars become free. Returns JSON values by which
    `reinstate` can undo the ban.
    """
    await outbox.refresh_membership(tx, person.id, now, ended=True)
    kept = await declared.leave(tx, person, now)
    await participant_store.set_status(tx, person.id, "revoked")
    await _note(tx, person.id)
    await participant_store.set_organises(tx, person.id, False)
    roles = await role_store.of_person(tx, person.id)
    for role, scope in roles:
        await role_store.take(tx, person.id, role, scope)
    await rights.apply_role_loss(tx, declared, person, Who.FACILITATOR, now)
    for lost in [known()[key] for key in dict(roles) if key in known()]:
        await rights.apply_role_loss(tx, declared, person, lost, now)
    linked = await participant_store.accounts_of(tx, person.id)
    accounts = [account.id for account in linked if account.id]
    await participant_store.detach(tx, person.id, accounts, now)
    return {
        **kept,
        "status": person.status,
        "organises": person.organises,
        "roles": roles,
        "preferred": person.preferred_account,
        "secrets": await secret_store.take_away(tx, person.id),
        "accounts": accounts,
        "names": {str(account.id): account.name for account in linked},
    }


async def reinstate(
    tx: Transaction, declared: Declared, person: Participant, kept: Mapping[str, Any], now: datetime
) -> None:
    """Undo a ban of a person: they get back their status, roles, codes, links, accounts and places.

    Places and accounts that now belong to others are not given back. `kept` are the values that `revoke` returned when
    the person was banned.
    """
    await participant_store.set_status(tx, person.id, kept["status"])
    await _note(tx, person.id, back=True)
    await participant_store.set_organises(tx, person.id, kept["organises"])
    for role, scope in kept.get("roles", ()):
        await role_store.give(tx, person.id, role, scope, now)
    await secret_store.give_back(tx, kept["secrets"])
    await participant_store.reattach(tx, person.id, kept["accounts"], kept.get("names", {}))
    if kept["preferred"] is not None:
        await participant_store.prefer(tx, person.id, kept["preferred"])
    await declared.come_back(tx, person, kept, now)
    await outbox.refresh_membership(tx, person.id, now)


async def invite_again(tx: Transaction, person: Participant) -> None:
    """Turn a banned person into an invited one, without giving back anything that they had."""
    await participant_store.set_status(tx, person.id, "invited")
    await _note(tx, person.id, back=True)


async def _note(tx: Transaction, participant_id: int, *, back: bool = False) -> None:
    """Note that somebody was banned; with `back`, that they are not any more."""
    who = await ending_store.fingerprint(tx, participant_id)
    await ending_store.record_endings(tx, participant_store.REVOKED_ENDING, [who], back=back)
