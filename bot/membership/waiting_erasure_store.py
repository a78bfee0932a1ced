"""Stores who erased a profile within the last hour, and whose erasure waits until that hour is over."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction
from bot.people import ending_store
from bot.people.declared import Declared
from bot.people.participants import Account

APART = timedelta(hours=1)
"""The time between two erasures by the same account, at gatherings where anybody may register."""
ENDING, ENDING_WITH_TEXTS = "erasure", "erasure.texts"
"""The kinds of records of a planned erasure: without the texts that the person wrote for others, or with them."""


def _hash(account: Account, salt: str) -> str:
    return hashlib.sha256(f"{salt}\n{account.platform}\n{account.native_id}".encode()).hexdigest()


async def record(tx: Transaction, account: Account, now: datetime) -> None:
    """Remember for an hour that an account erased its owner's data, so that it cannot erase data again at once.

    What is stored does not tell which account it was.
    """
    salt = secrets.token_hex(16)
    await tx.run(
        "INSERT INTO erased_accounts (salt, hash, at) VALUES (:salt, :hash, :at)",
        salt=salt,
        hash=_hash(account, salt),
        at=to_micros(now),
    )


async def free_at(tx: Transaction, account: Account, now: datetime) -> datetime | None:
    """Return when an account may again erase its owner's data; None if it may now."""
    rows = await tx.all(
        "SELECT salt, hash, at FROM erased_accounts WHERE at > :since ORDER BY at DESC", since=to_micros(now - APART)
    )
    return next((from_micros(row["at"]) + APART for row in rows if row["hash"] == _hash(account, row["salt"])), None)


async def put_off(tx: Transaction, participant_id: int, due: datetime, *, texts: bool) -> None:
    """Have a participant erased at the later instant `due`.

    `texts` says whether what they wrote for others is erased too. If the participant's erasure was already stored, its
    instant stays the same, and only `texts` is changed. The erasure is carried out even if an older backup is restored
    before it.
    """
    kind, who = ENDING_WITH_TEXTS if texts else ENDING, await ending_store.fingerprint(tx, participant_id)
    await ending_store.record_endings(tx, kind, [who])
    await tx.run(
        "INSERT INTO erasures_later (participant_id, texts, due_at) VALUES (:id, :texts, :due)"
        " ON CONFLICT (participant_id) DO UPDATE SET texts = :texts",
        id=participant_id,
        texts=int(texts),
        due=to_micros(due),
    )


async def put_off_again(
    tx: Transaction, _declared: Declared, whats: Collection[str], now: datetime, *, texts: bool
) -> int:
    """Have people erased at once whose later erasure was stored before an older backup was restored; return how many.

    `whats` are the fingerprints of the people, and `texts` says whether what they wrote is erased too. `_declared` is
    for other kinds of endings.
    """
    people = await ending_store.people(tx, whats)
    for participant_id in people:
        await put_off(tx, participant_id, now, texts=texts)
    return len(people)


async def due(tx: Transaction, now: datetime) -> Mapping[int, bool]:
    """Return the ids of participants who must be erased by now, each with whether their texts must be erased too."""
    rows = await tx.all(
        "SELECT participant_id, texts FROM erasures_later WHERE due_at <= :now ORDER BY due_at", now=to_micros(now)
    )
    return {row["participant_id"]: bool(row["texts"]) for row in rows}


async def forget(tx: Transaction, now: datetime) -> None:
    """Delete the records of accounts that erased their owners' data more than an hour ago."""
    await tx.run("DELETE FROM erased_accounts WHERE at <= :since", since=to_micros(now - APART))


async def next_due(tx: Transaction) -> datetime | None:
    """Return when the next participant must be erased, or the next record of an erasure deleted.

    The instant may be past. Returns None if there is neither.
    """
    return await tx.value_or_none(
        datetime,
        "SELECT MIN(due) FROM (SELECT MIN(due_at) AS due FROM erasures_later"
        f" UNION ALL SELECT MIN(at) + {int(APART.total_seconds()) * 1_000_000} AS due FROM erased_accounts) d",
    )
