"""Stores settings that organisers may change in chat: seeded once from config.toml, then the store wins."""

from __future__ import annotations

import secrets

from bot.database.engine import Transaction

_INSTALLATION = "house"
_TELEGRAM_USERNAME = "telegram_username"


async def get(tx: Transaction, key: str) -> str | None:
    """Return a setting; None when it was never set."""

    async def read(tx: Transaction) -> str | None:
        row = await tx.one("SELECT value FROM settings WHERE key = :key", key=key)
        return row["value"] if row else None

    return await tx.once(_named(key), read)


def _named(key: str) -> str:
    return f"setting:{key}"


async def put(tx: Transaction, key: str, value: str) -> None:
    """Set a setting."""
    tx.read_anew(_named(key))
    await tx.run(
        "INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = :value",
        key=key,
        value=value,
    )


async def installation(tx: Transaction) -> str | None:
    """Return the random name that tells this installation from any other; None until it has served."""
    return await get(tx, _INSTALLATION)


async def name_installation(tx: Transaction) -> str:
    """Return the installation's random name, which is chosen now if it has none."""
    known = await installation(tx)
    if known is None:
        known = secrets.token_hex(8)
        await put(tx, _INSTALLATION, known)
    return known


async def telegram_username(tx: Transaction) -> str | None:
    """Return the bot's name on Telegram, for links to it; None before it first ran there."""
    return await get(tx, _TELEGRAM_USERNAME)


async def set_telegram_username(tx: Transaction, username: str) -> None:
    """Store the name that Telegram knows the bot by."""
    await put(tx, _TELEGRAM_USERNAME, username)
