"""Stores codes and links that let people in; they are hashed, and shown once.

Codes hold at least 40 bits and are guarded by `attempts`; links hold 130. Both are random, so a plain SHA-256 is enough
where a password would need a slow hash. A personal page that shows one to an organiser keeps it for an hour: `page`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.clock import to_micros
from bot.database.engine import Row, Transaction
from bot.people import codes

Purpose = Literal["invitation", "page", "session", "link", "organiser"]

_COLUMNS = "hash, purpose, participant_id, account_id, created_at, expires_at, used_at"
_LENGTHS: dict[Purpose, int] = {
    "invitation": codes.INVITATION,
    "page": 26,
    "session": 26,
    "link": codes.LINK,
    "organiser": 26,
}


@dataclass(frozen=True, slots=True)
class Secret:
    """A stored secret: its owner, and the account that used it, if any."""

    hash: str
    purpose: Purpose
    participant_id: int
    account_id: int | None
    used: bool
    expired: bool


def _hash(code: str) -> str:
    return hashlib.sha256(codes.normalise(code).encode()).hexdigest()


def _secret(row: Row, now: datetime) -> Secret:
    expires = row["expires_at"]
    return Secret(
        row["hash"],
        row["purpose"],
        row["participant_id"],
        row["account_id"],
        row["used_at"] is not None,
        expires is not None and expires <= to_micros(now),
    )


async def issue(
    tx: Transaction,
    purpose: Purpose,
    participant_id: int,
    now: datetime,
    *,
    expires: datetime | None = None,
    account_id: int | None = None,
) -> str:
    """Return a new secret for someone, in clear, which is stored nowhere."""
    code = "".join(secrets.choice(codes.ALPHABET) for _ in range(_LENGTHS[purpose]))
    await tx.run(
        "INSERT INTO secrets (hash, purpose, participant_id, account_id, created_at, expires_at)"
        " VALUES (:hash, :purpose, :participant, :account, :now, :expires)",
        hash=_hash(code),
        purpose=purpose,
        participant=participant_id,
        account=account_id,
        now=to_micros(now),
        expires=to_micros(expires) if expires else None,
    )
    return code


async def find(tx: Transaction, purpose: Purpose, code: str, now: datetime) -> Secret | None:
    """Return the secret behind a code; None for a code that was never issued for that purpose.

    The look-up is by hash, so how long it takes says nothing about how near a guess came.
    """
    row = await tx.one(
        "SELECT hash, purpose, participant_id, account_id, used_at, expires_at FROM secrets"
        " WHERE hash = :hash AND purpose = :purpose",
        hash=_hash(code),
        purpose=purpose,
    )
    return _secret(row, now) if row else None


async def is_one(tx: Transaction, code: str) -> bool:
    """Return whether a code was ever issued, for any purpose and person, used or not."""
    return await tx.one("SELECT 1 AS one FROM secrets WHERE hash = :hash", hash=_hash(code)) is not None


async def use(tx: Transaction, secret: Secret, account_id: int | None, now: datetime) -> bool:
    """Use a secret up. False when someone else was first."""
    return bool(
        await tx.run(
            "UPDATE secrets SET used_at = :now, account_id = :account WHERE hash = :hash AND used_at IS NULL",
            hash=secret.hash,
            account=account_id,
            now=to_micros(now),
        )
    )


async def issued(tx: Transaction, participant_id: int, purpose: Purpose) -> bool:
    """Return whether someone has a secret of this purpose."""
    row = await tx.one(
        "SELECT 1 AS one FROM secrets WHERE participant_id = :id AND purpose = :purpose LIMIT 1",
        id=participant_id,
        purpose=purpose,
    )
    return row is not None


async def waits(tx: Transaction, participant_id: int, *, from_account: int | None = None) -> bool:
    """Return whether someone has a way in that was given out and still works; `from_account`: asked for from there."""
    row = await tx.one(
        "SELECT 1 AS one FROM secrets WHERE participant_id = :id AND purpose IN ('invitation', 'page')"
        " AND used_at IS NULL AND (CAST(:account AS BIGINT) IS NULL OR account_id = CAST(:account AS BIGINT)) LIMIT 1",
        id=participant_id,
        account=from_account,
    )
    return row is not None


async def keep(tx: Transaction, participant_id: int, purpose: Purpose) -> None:
    """Keep someone's secrets of a purpose for good, those that would have ended too."""
    await tx.run(
        "UPDATE secrets SET expires_at = NULL WHERE participant_id = :id AND purpose = :purpose",
        id=participant_id,
        purpose=purpose,
    )


async def use_all(tx: Transaction, participant_id: int, purpose: Purpose, now: datetime) -> bool:
    """Use up someone's secrets of a purpose that are good still. False where there is none."""
    return bool(
        await tx.run(
            "UPDATE secrets SET used_at = :now WHERE participant_id = :id AND purpose = :purpose AND used_at IS NULL"
            " AND (expires_at IS NULL OR expires_at > :now)",
            id=participant_id,
            purpose=purpose,
            now=to_micros(now),
        )
    )


async def revoke(tx: Transaction, participant_id: int, *purposes: Purpose) -> None:
    """Make someone's secrets of these purposes worthless."""
    for purpose in purposes:
        await tx.run(
            "DELETE FROM secrets WHERE participant_id = :id AND purpose = :purpose",
            id=participant_id,
            purpose=purpose,
        )


async def revoke_oldest(tx: Transaction, participant_id: int, purpose: Purpose, *, keep: int) -> int:
    """Make all but the `keep` newest of someone's secrets of a purpose worthless; how many."""
    return await tx.run(
        "DELETE FROM secrets WHERE participant_id = :id AND purpose = :purpose AND hash NOT IN"
        " (SELECT hash FROM secrets WHERE participant_id = :id AND purpose = :purpose"
        " ORDER BY created_at DESC, hash LIMIT :keep)",
        id=participant_id,
        purpose=purpose,
        keep=keep,
    )


async def revoke_unused(tx: Transaction, participant_id: int, *, but_from: int | None = None) -> None:
    """Make every way in of someone that waits to be used worthless, but for those asked for from one account."""
    await tx.run(
        "DELETE FROM secrets WHERE participant_id = :id AND purpose IN ('invitation', 'page', 'link', 'organiser')"
        " AND used_at IS NULL AND (account_id IS NULL OR account_id <> :account)",
        id=participant_id,
        account=but_from or 0,
    )


async def sessions_of(tx: Transaction, participant_id: int, now: datetime) -> int:
    """In how many browsers someone's page is open."""
    row = await tx.one(
        "SELECT COUNT(*) AS open FROM secrets WHERE participant_id = :id AND purpose = 'session' AND expires_at > :now",
        id=participant_id,
        now=to_micros(now),
    )
    return row["open"] if row else 0


async def forget(tx: Transaction, secret: Secret) -> None:
    """Make one secret worthless."""
    await tx.run("DELETE FROM secrets WHERE hash = :hash", hash=secret.hash)


async def take_away(tx: Transaction, participant_id: int) -> list[dict[str, Any]]:
    """Make all of someone's secrets worthless; the rows, still hashed, for `give_back`."""
    rows = await tx.all(f"DELETE FROM secrets WHERE participant_id = :id RETURNING {_COLUMNS}", id=participant_id)
    return [{column: row[column] for column in _COLUMNS.split(", ")} for row in rows]


async def give_back(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Make secrets that were taken away good again."""
    await tx.many(
        f"INSERT INTO secrets ({_COLUMNS}) VALUES (:hash, :purpose, :participant_id, :account_id, :created_at,"
        " :expires_at, :used_at)",
        rows,
    )


async def forget_expired(tx: Transaction, now: datetime) -> int:
    """Drop the secrets that open nothing any more."""
    return await tx.run("DELETE FROM secrets WHERE expires_at <= :now", now=to_micros(now))
