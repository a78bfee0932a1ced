"""A store with many participants in it, some of whom will press."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.clock import SystemClock, to_micros
from bot.database.engine import Transaction
from bot.database.opening import open_store
from tests.world import AllSettings, seed

THEMES = [
    {"key": key, "title": {locale: key.title() for locale in ("fr", "en", "de")}}
    for key in ("culture", "school", "civic")
]
_ELSEWHERE = 7_000_000_000
"""Telegram ids of the people who never press."""


def fill(store: Path | str, people: int, first_id: int, active: int) -> None:
    """Make a store, at a path or a URL, with so many participants who have joined.

    The first `active` of them have Telegram ids from `first_id`.
    """
    asyncio.run(_fill(store if isinstance(store, str) else f"sqlite:///{store}", people, first_id, active))


async def _fill(url: str, people: int, first_id: int, active: int) -> None:
    store = await open_store(url)
    now = to_micros(SystemClock().now())

    async def unit(tx: Transaction) -> None:
        await tx.many(
            "INSERT INTO participants (id, ref, given_name, family_name, search_key, territory, status, created_at,"
            " joined_at) VALUES (:id, :ref, :name, :name, :name, 'FR', 'joined', :now, :now)",
            [{"id": n, "ref": f"R-{n}", "name": f"personne {n}", "now": now} for n in range(1, people + 1)],
        )
        await tx.many(
            "INSERT INTO accounts (id, platform, native_id, participant_id, chat, name, locale, linked_at)"
            " VALUES (:id, 'telegram', :native, :id, :native, 'Personne', 'fr', :now)",
            [
                {"id": n, "native": str(first_id + n - 1 if n <= active else _ELSEWHERE + n), "now": now}
                for n in range(1, people + 1)
            ],
        )
        await tx.many(
            "INSERT INTO choices (participant_id, theme, chosen_at) VALUES (:id, 'culture', :now)",
            [{"id": n, "now": now} for n in range(active + 1, people + 1)],
        )
        await tx.run("UPDATE themes SET taken = :taken WHERE key = 'culture'", taken=people - active)

    try:
        await seed(store, AllSettings.model_validate({"themes": THEMES}))
        await store.transact(unit)
    finally:
        await store.close()
