"""What organisers may change in chat: seeded once from config.toml, then the store wins."""

from __future__ import annotations

from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.storage.engine import Transaction

THEME_DEADLINE = "theme_deadline"
LARGEST_GROUP = "largest_group"


async def get(tx: Transaction, key: str) -> str | None:
    """A setting; None when it was never set."""
    row = await tx.one("SELECT value FROM settings WHERE key = :key", key=key)
    return row["value"] if row else None


async def put(tx: Transaction, key: str, value: str) -> None:
    """Set a setting."""
    await tx.run(
        "INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = :value",
        key=key,
        value=value,
    )


async def theme_deadline(tx: Transaction) -> datetime | None:
    """Until when themes can be changed; None for no deadline."""
    value = await get(tx, THEME_DEADLINE)
    return from_micros(int(value)) if value else None


async def set_theme_deadline(tx: Transaction, deadline: datetime | None) -> None:
    """Move or lift the theme deadline."""
    await put(tx, THEME_DEADLINE, str(to_micros(deadline)) if deadline else "")


async def largest_group(tx: Transaction) -> int:
    """The most people a group may have, as configured at the last start."""
    return int(await get(tx, LARGEST_GROUP) or 7)


async def set_largest_group(tx: Transaction, largest: int) -> None:
    """Keep what is configured where the rules that know no configuration find it."""
    await put(tx, LARGEST_GROUP, str(largest))
