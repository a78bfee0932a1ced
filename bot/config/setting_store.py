"""What organisers may change in chat: seeded once from config.toml, then the store wins."""

from __future__ import annotations

import secrets

from bot.database.engine import Transaction

_INSTALLATION = "house"
_TELEGRAM_USERNAME = "telegram_username"


async def get(tx: Transaction, key: str) -> str | None:
    """A setting; None when it was never set."""

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
    """What tells this gathering's program from any other, at random; None until it has served."""
    return await get(tx, _INSTALLATION)


async def name_installation(tx: Transaction) -> str:
    """The same, chosen now if it was not before."""
    known = await installation(tx)
    if known is None:
        known = secrets.token_hex(8)
        await put(tx, _INSTALLATION, known)
    return known


async def telegram_username(tx: Transaction) -> str | None:
    """The bot's name on Telegram, for the links that lead to it; None before it first ran there."""
    return await get(tx, _TELEGRAM_USERNAME)


async def set_telegram_username(tx: Transaction, username: str) -> None:
    """Keep the name that Telegram knows the bot by."""
    await put(tx, _TELEGRAM_USERNAME, username)
