"""Configuration seeds themes and deadlines once; then the store wins, and organisers edit them in chat."""

from __future__ import annotations

from bot.config import Settings
from bot.storage import settings as stored
from bot.storage import themes
from bot.storage.engine import Store, Transaction

_SEEDED = "seeded"


async def seed(store: Store, settings: Settings) -> None:
    """Write the configured themes and theme deadline into a store that never had any."""

    async def unit(tx: Transaction) -> None:
        if await stored.get(tx, _SEEDED):
            return
        for position, theme in enumerate(settings.themes):
            await themes.put(tx, theme.key, position, theme.title, theme.description, theme.capacity)
        await stored.set_theme_deadline(tx, settings.gathering.deadline)
        await stored.put(tx, _SEEDED, "1")

    await store.transact(unit)
