"""Stores link codes, with which a person links a second account, and the accounts that wait to be confirmed.

The person sees the code on their first account and types it on the second one, which waits until the person confirms it
on the first. A waiting account is a row without a participant; the code's row refers to both.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.people import secret_store
from bot.people.participants import Account

VALID = timedelta(minutes=10)
"""How long a link code can be used."""
_PATIENCE = timedelta(days=1)
"""How long the owner of a code can confirm the account on which it was typed."""


async def issue(tx: Transaction, participant_id: int, account_id: int, now: datetime) -> str:
    """Return a new code by which a participant can link a second account; an earlier code stops working.

    `account_id` is the account on which the code is shown.
    """
    await forget_claims(tx, participant_id)
    return await secret_store.issue(tx, "link", participant_id, now, expires=now + VALID, account_id=account_id)


async def claim(tx: Transaction, secret: secret_store.Secret, account: Account, now: datetime) -> int | None:
    """Use up a link code that was typed on an account without an owner, and return the id of that account.

    The account then waits until the code's owner confirms it. Returns None if the account already has an owner.
    """
    row = await tx.one(
        "INSERT INTO accounts (platform, native_id, chat, name, locale, linked_at)"
        " VALUES (:platform, :native_id, :chat, :name, :locale, :now)"
        " ON CONFLICT (platform, native_id) DO UPDATE SET chat = :chat, name = :name, linked_at = :now"
        " WHERE accounts.participant_id IS NULL RETURNING id",
        platform=account.platform,
        native_id=account.native_id,
        chat=account.chat,
        name=account.name,
        locale=account.locale,
        now=to_micros(now),
    )
    if row is None:
        return None
    account_id: int = row["id"]
    await secret_store.use(tx, secret, account_id, now)
    await tx.run(
        "UPDATE secrets SET expires_at = :until WHERE hash = :hash",
        hash=secret.hash,
        until=to_micros(now + _PATIENCE),
    )
    return account_id


async def claimed(tx: Transaction, participant_id: int, account_id: int) -> Account | None:
    """Return an account that waits to be confirmed by the participant whose link code was typed on it.

    Returns None if the account with the id `account_id` does not wait for this participant.
    """
    return await tx.row(
        Account,
        "SELECT a.id, a.platform, a.native_id, a.chat, a.name, a.locale, a.unreachable, a.private_pushes,"
        " a.linked_at AS linked, a.private_chat"
        " FROM accounts a JOIN secrets s ON s.account_id = a.id AND s.purpose = 'link' AND s.used_at IS NOT NULL"
        " WHERE a.id = :account AND a.participant_id IS NULL AND s.participant_id = :participant",
        account=account_id,
        participant=participant_id,
    )


async def forget_claims(tx: Transaction, participant_id: int) -> None:
    """Delete a participant's link code, and the unconfirmed account on which it was typed."""
    await tx.run(
        "DELETE FROM accounts WHERE participant_id IS NULL AND id IN"
        " (SELECT account_id FROM secrets WHERE participant_id = :id AND purpose = 'link')",
        id=participant_id,
    )
    await secret_store.revoke(tx, participant_id, "link")


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Delete accounts that have had no owner for a day, and return how many were deleted.

    Nobody confirmed these accounts, or their owner was erased or banned.
    """
    return await tx.run(
        "DELETE FROM accounts WHERE participant_id IS NULL AND linked_at < :before", before=to_micros(now - _PATIENCE)
    )
