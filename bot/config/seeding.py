"""Configuration seeds themes, sessions, phases and deadlines once; then the store wins, edited in chat.

What is seeded belongs to capabilities: each says it in its module `seeding`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.config import setting_store
from bot.config.modules import modules
from bot.config.settings import Settings
from bot.database.engine import Store, Transaction


async def _no_difference(_tx: Transaction, _settings: Settings, _now: datetime) -> Sequence[str]:
    """Find nothing: what follows the file at every start, and is not edited in chat, never differs."""
    return ()


async def _nothing(_tx: Transaction, _settings: Settings, _now: datetime) -> None:
    """Change nothing: what follows the file at every start need not be told to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What a capability copies from the configuration into the store: the `SEED` of `handlers/<name>/seeding.py`."""

    write: Callable[[Transaction, Settings], Awaitable[None]]
    """Write what the file says into a store that never had any of it; at every start where `once` is None."""
    once: str | None
    """The key in the store under which it is remembered that this was written. It never changes."""
    differences: Callable[[Transaction, Settings, datetime], Awaitable[Sequence[str]]] = _no_difference
    """A function that returns a line for each thing that file and store say differently, the store's value first."""
    apply: Callable[[Transaction, Settings, datetime], Awaitable[None]] = _nothing
    """A function that makes the store say what the file says."""
    order: int = 0
    """The position of its differences among those of other capabilities, lowest first."""


def load_seeds(capabilities: Iterable[str]) -> Sequence[Seed]:
    """Return the seeds of these capabilities, in the order in which they are compared and applied."""
    seeds: list[Seed] = [module.SEED for module in modules("seeding", capabilities)]
    return sorted(seeds, key=lambda seed: seed.order)


async def seed_store(store: Store, settings: Settings, seeds: Iterable[Seed]) -> None:
    """Write what the settings say into a store that never had it; some of it follows the settings at every start."""

    async def unit(tx: Transaction) -> None:
        for seed in seeds:
            if seed.once is None:
                await seed.write(tx, settings)
            elif not await setting_store.get(tx, seed.once):
                await seed.write(tx, settings)
                await setting_store.put(tx, seed.once, "1")

    await store.transact(unit)
