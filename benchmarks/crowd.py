"""A store with many participants in it, some of whom will press."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.clock import SystemClock, to_micros
from bot.config.settings import Settings
from bot.content.names import search_key
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from tests.world import AllSettings, seed


def _themes(*keys: str) -> list[dict[str, Any]]:
    return [{"key": key, "title": {locale: key.title() for locale in ("fr", "en", "de")}} for key in keys]


THEMES = _themes("culture", "school", "civic")
MANY_THEMES = _themes("culture", *(f"theme{number}" for number in range(1, 100)))
_ELSEWHERE = 7_000_000_000
"""Telegram ids of the people who never press."""


_GIVEN = (
    "Ali Anna Aya Camille Chloé Élise Emma Fatou Hugo Inès Jean-Pierre Jonas Karim Lena Léo Lina Louis Lucas Lukas Maja"
    " Malik Marie Max Mehdi Mia Moussa Nina Noah Nora Omar Paul Rosa Salma Sofia Théo Tom Yasmine Zoé"
)
_SYLLABLES = "ba be bou cha da dou fai gau la lam lo ma mar mo nau pe ri rou sa ta tho va vi wei"
GIVEN_NAMES = _GIVEN.split()
FAMILY_NAMES = [
    f"{first}{second}{last}".title() for first in _SYLLABLES.split() for second in _SYLLABLES.split() for last in "nt"
]
_IN_A_GROUP = 6


def fill(store: Path | str, people: int, first_id: int, active: int, themes: Sequence[dict[str, Any]] = THEMES) -> None:
    """Make a store, at a path or a URL, with so many participants who have joined.

    The first `active` of them have Telegram ids from `first_id`.
    """
    url = store if isinstance(store, str) else f"sqlite:///{store}"
    asyncio.run(_fill(url, people, first_id, active, themes))


async def _fill(url: str, people: int, first_id: int, active: int, themes: Sequence[dict[str, Any]]) -> None:
    store = await open_store(url)
    try:
        await fill_store(store, AllSettings.model_validate({"themes": [*themes]}), people, first_id, active)
    finally:
        await store.close()


async def fill_store(store: Store, settings: Settings, people: int, first_id: int = 0, active: int = 0) -> None:
    """Add so many participants who have joined, the first `active` with Telegram ids from `first_id`.

    All others have the theme «culture».
    """
    now = to_micros(SystemClock().now())
    # Before the transaction, which PostgreSQL ends if nothing is heard for too long.
    everyone = [
        {
            "id": n,
            "ref": f"R-{n}",
            "given": (given := GIVEN_NAMES[n % len(GIVEN_NAMES)]),
            "family": (family := FAMILY_NAMES[n % len(FAMILY_NAMES)]),
            "key": search_key(given, family),
            "now": now,
        }
        for n in range(1, people + 1)
    ]

    async def add_people(tx: Transaction) -> None:
        await tx.many(
            "INSERT INTO participants (id, ref, given_name, family_name, search_key, territory, status, created_at,"
            " joined_at, preferred_account) VALUES (:id, :ref, :given, :family, :key, 'FR', 'joined', :now, :now, :id)",
            everyone,
        )

    async def unit(tx: Transaction) -> None:
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
        if tx.dialect == "postgresql":  # the ids above were not taken from the sequences
            for table in ("participants", "accounts"):
                await tx.one(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), :last)", last=people)

    await seed(store, settings)
    await store.transact(add_people)
    everyone.clear()  # benchmarks tell how much memory is taken at most
    await store.transact(unit)
    await store.transact(_analyse)


async def _analyse(tx: Transaction) -> None:
    """Have PostgreSQL learn how many rows there are, which it does by itself a minute later."""
    if tx.dialect == "postgresql":
        await tx.run("ANALYZE")


async def fill_groups(store: Store, people: int) -> None:
    """Put everyone whom `fill_store` added into groups of the first round."""

    async def unit(tx: Transaction) -> None:
        groups = -(-people // _IN_A_GROUP)
        await tx.many(
            "INSERT INTO groups (id, round, theme, number, room) VALUES (:id, 1, 'culture', :id, 'B12')",
            [{"id": number} for number in range(1, groups + 1)],
        )
        await tx.many(
            "INSERT INTO members (participant_id, round, group_id) VALUES (:person, 1, :group)",
            [{"person": n, "group": (n - 1) // _IN_A_GROUP + 1} for n in range(1, people + 1)],
        )

    await store.transact(unit)
    await store.transact(_analyse)
