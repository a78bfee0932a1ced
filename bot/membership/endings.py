"""Declares what the engine ends again after a restore: links, sessions, accounts, organisers, displays, purposes, more.

A restored backup does not know what was ended after it was made. `bot.membership.erasure` logs each ending in the file
beside the database, and its `replay_endings` calls these functions with the hashes in that file. Roles that
capabilities declare are ended by `bot.membership.rights.ending_of`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from bot.config import purpose_store
from bot.content.roles import Who
from bot.conversation import display_store
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.membership import accounts, agreement_store, revoking, rights, waiting_erasure_store
from bot.people import device_store, ending_store, participant_store, secret_store
from bot.people.declared import Declared, Ending


async def _secrets(tx: Transaction, _declared: Declared, whats: Collection[str], _now: datetime) -> int:
    """Delete codes and links that were renewed or revoked, and sessions that were ended."""
    return await secret_store.end(tx, whats)


async def _all_secrets(tx: Transaction, _now: datetime) -> None:
    await secret_store.end_all(tx)


async def _devices(tx: Transaction, _declared: Declared, whats: Collection[str], _now: datetime) -> int:
    """Let browsers ring no more in which their owner ended that."""
    return sum([await device_store.end_of_session(tx, session) for session in whats])


async def _displays(tx: Transaction, _declared: Declared, whats: Collection[str], now: datetime) -> int:
    """Close the links to displays that were closed."""
    return await display_store.close_each(tx, whats, now)


async def _accounts(tx: Transaction, _declared: Declared, whats: Collection[str], now: datetime) -> int:
    """Unlink accounts that were unlinked from their owners, without telling the owners again."""
    ended = await participant_store.accounts_ended(tx, whats)
    for account_id, participant_id in ended:
        await accounts.detach(tx, participant_id, [account_id], now, tell=False)
    return len(ended)


async def _revoked(tx: Transaction, declared: Declared, whats: Collection[str], now: datetime) -> int:
    """Ban the people again whose invitation was revoked."""
    ended = 0
    for participant_id in await ending_store.people(tx, whats):
        person = await participant_store.find(tx, participant_id)
        if person and person.status != "revoked":
            await revoking.revoke(tx, declared, person, now)
            ended += 1
    return ended


async def _withdrawn(tx: Transaction, declared: Declared, whats: Collection[str], now: datetime) -> int:
    """Free the places again of people who said that they are not coming."""
    ended = 0
    for participant_id in await ending_store.people(tx, whats):
        person = await participant_store.find(tx, participant_id)
        if person and person.joined and person.attends:
            await declared.leave(tx, person, now, quiet=True)
            await participant_store.set_status(tx, person.id, "withdrawn")
            await outbox.refresh_membership(tx, person.id, now)
            ended += 1
    return ended


async def _organisers(tx: Transaction, declared: Declared, whats: Collection[str], now: datetime) -> int:
    """Take the organiser's role from those who lost it."""
    ended = 0
    for participant_id in await ending_store.people(tx, whats):
        person = await participant_store.find(tx, participant_id)
        if person and person.organises:
            await participant_store.set_organises(tx, person.id, False)
            await rights.apply_role_loss(tx, declared, person, Who.FACILITATOR, now)
            ended += 1
    return ended


ENDINGS: Sequence[Ending] = (
    Ending(kind=secret_store.ENDING, again=_secrets, all=_all_secrets),
    Ending(kind=device_store.ENDING, again=_devices),
    Ending(kind=display_store.ENDING, again=_displays, all=display_store.close_all),
    Ending(kind=participant_store.ACCOUNT_ENDING, again=_accounts),
    Ending(kind=participant_store.REVOKED_ENDING, again=_revoked),
    Ending(kind=participant_store.WITHDRAWN_ENDING, again=_withdrawn),
    Ending(kind=participant_store.ORGANISER_ENDING, again=_organisers),
    Ending(kind=purpose_store.AGREEMENT_ENDING, again=agreement_store.withdraw_again),
    Ending(kind=purpose_store.PURPOSE_ENDING, again=purpose_store.end_again),
    Ending(kind=waiting_erasure_store.ENDING, again=partial(waiting_erasure_store.put_off_again, texts=False)),
    Ending(
        kind=waiting_erasure_store.ENDING_WITH_TEXTS, again=partial(waiting_erasure_store.put_off_again, texts=True)
    ),
)
