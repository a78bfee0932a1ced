"""Keeps the key of badges, by which those that this installation made are told from others.

What a badge holds is read by whoever sees it, and the ids of people are running numbers: a badge with an id alone could
be made for anybody. So it holds a mark too, made of the id with a key that never leaves the store.
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
    """Store the key with which badges are marked, unless there is one: badges stay valid as long as the store is."""
    await setting_store.put_once(tx, _SETTING, secrets.token_hex(32))


async def fingerprint_of(tx: Transaction, person_id: int) -> str:
    """Return the mark on the badge of a participant, given by id."""
    key = await setting_store.get(tx, _SETTING)
    assert key is not None  # made at every start
    return hmac.digest(bytes.fromhex(key), f"badge {person_id}".encode(), "sha256").hex()[:_LENGTH]


async def is_genuine(tx: Transaction, person_id: int, mark: str) -> bool:
    """Return whether a mark is the one on the badge of a participant."""
    return hmac.compare_digest(await fingerprint_of(tx, person_id), mark)
