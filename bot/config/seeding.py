"""Copies sessions, phases, deadlines and the like from the configuration into the store once, which is called seeding.

Afterwards they are edited in chat, and the configuration no longer has an effect. Each capability says in its module
`seeding` what to copy.
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
    """Return nothing: what is copied at every start, and is not edited in chat, never differs."""
    return ()


async def _nothing(_tx: Transaction, _settings: Settings, _now: datetime) -> None:
    """Do nothing: what is copied at every start need not be applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What a capability copies from the configuration into the database.

    Mostly it is copied once, and organisers then change it in chat. It is the `SEED` of `handlers/<name>/seeding.py`.
    """

    write: Callable[[Transaction, Settings], Awaitable[None]]
    """A function that writes the configured values into a store that lacks them; at every start if `once` is None."""
    once: str | None
    """The key of the setting that records that this was written; None to write at every start. It must never change."""
    differences: Callable[[Transaction, Settings, datetime], Awaitable[Sequence[str]]] = _no_difference
    """A function that returns a line for each difference between store and configuration, the store's value first."""
    apply: Callable[[Transaction, Settings, datetime], Awaitable[None]] = _nothing
    """A function that changes the store to match the configuration."""
    order: int = 0
    """The position of its differences among the differences of all capabilities, lowest first."""


def load_seeds(capabilities: Iterable[str]) -> Sequence[Seed]:
    """Return what each of these capabilities copies from the configuration into the database, sorted by `order`."""
    seeds: list[Seed] = [module.SEED for module in modules("seeding", capabilities)]
    return sorted(seeds, key=lambda seed: seed.order)


async def seed_store(store: Store, settings: Settings, seeds: Iterable[Seed]) -> None:
    """Copy values from the configuration into the database, as `seeds` say.

    A seed with a key `once` is copied only if this database never had its values, so that changes made in chat remain.
    Any other seed is copied at every start.
    """

    async def unit(tx: Transaction) -> None:
        for seed in seeds:
            if seed.once is None:
                await seed.write(tx, settings)
            elif not await setting_store.get(tx, seed.once):
                await seed.write(tx, settings)
                await setting_store.put(tx, seed.once, "1")

    await store.transact(unit)
