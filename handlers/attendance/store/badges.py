"""Stores the secret key of badges, by which this installation recognises badges that it made.

Anybody who sees a badge can read it, and people's ids are consecutive numbers, so a badge with only an id could be
forged. Therefore it also holds a code, computed from the id with a key that never leaves the store.
"""

from __future__ import annotations

import hmac
import secrets

from bot.config import setting_store
from bot.database.engine import Transaction

_SETTING = "badge_key"
_LENGTH = 24
"""The characters of a mark, 96 bits: too many to guess."""


async def make_key(tx: Transaction) -> None:
    """Store the secret key by which the codes on badges are made, unless one is stored already.

    Badges stay valid as long as the store exists.
    """
    await setting_store.put_once(tx, _SETTING, secrets.token_hex(32))


async def fingerprint_of(tx: Transaction, person_id: int) -> str:
    """Return the code on the badge of the participant with this id, which proves that the badge is genuine."""
    key = await setting_store.get(tx, _SETTING)
    assert key is not None  # made at every start
    return hmac.digest(bytes.fromhex(key), f"badge {person_id}".encode(), "sha256").hex()[:_LENGTH]


async def is_genuine(tx: Transaction, person_id: int, mark: str) -> bool:
    """Return whether `mark` is the code on the badge of the participant with this id."""
    return hmac.compare_digest(await fingerprint_of(tx, person_id), mark)
