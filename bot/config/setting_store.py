"""The SQL of settings that organisers change in chat, and of values that the program remembers, by key."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from bot.database.engine import Transaction

_INSTALLATION = "house"
_TELEGRAM_USERNAME = "telegram_username"
_LAST_BACKUP = "last_backup"
_ALL = "settings"
"""The name under which a transaction caches all settings."""


async def get(tx: Transaction, key: str) -> str | None:
    """Return the stored value of a setting or of something that the program remembers; None if it was never stored."""
    return (await tx.cached(_ALL, _read_all)).get(key)


async def _read_all(tx: Transaction) -> Mapping[str, str]:
    """Return all settings, some twenty, in one statement: a screen asks for several of them."""
    return {row["key"]: row["value"] for row in await tx.all("SELECT key, value FROM settings")}


async def put(tx: Transaction, key: str, value: str) -> None:
    """Store the value of a setting in the database."""
    tx.invalidate(_ALL)
    await tx.run(
        "INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = :value",
        key=key,
        value=value,
    )


async def put_once(tx: Transaction, key: str, value: str) -> str:
    """Store the value of a setting if it has none. Returns the stored value, which may be an earlier one."""
    tx.invalidate(_ALL)
    await tx.run(
        "INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING", key=key, value=value
    )
    stored = await get(tx, key)
    assert stored is not None
    return stored


async def installation(tx: Transaction) -> str | None:
    """Return the random name of this installation, by which it differs from others; None before its first start."""
    return await get(tx, _INSTALLATION)


async def name_installation(tx: Transaction) -> str:
    """Return the random name of this installation. If it has none, choose and store one."""
    known = await installation(tx)
    if known is None:
        known = secrets.token_hex(8)
        await put(tx, _INSTALLATION, known)
    return known


async def telegram_username(tx: Transaction) -> str | None:
    """Return the bot's username on Telegram, for links to the bot; None before the program first used Telegram."""
    return await get(tx, _TELEGRAM_USERNAME)


async def set_telegram_username(tx: Transaction, username: str) -> None:
    """Store the bot's username on Telegram."""
    await put(tx, _TELEGRAM_USERNAME, username)


async def last_backup(tx: Transaction) -> datetime | None:
    """Return when the last backup was made (aware, UTC); None if there was none."""
    made = await get(tx, _LAST_BACKUP)
    return datetime.fromisoformat(made) if made else None


async def note_backup(tx: Transaction, now: datetime) -> None:
    """Store that a backup was made at `now`."""
    await put(tx, _LAST_BACKUP, now.isoformat(timespec="seconds"))
