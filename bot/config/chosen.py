"""Values of config.toml that organisers change in chat: read from the file at the first start, then from the store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from bot.config import setting_store
from bot.config.section import Section
from bot.config.seeding import Seed
from bot.config.settings import Settings
from bot.database.engine import Transaction

S = TypeVar("S", bound=Section)


class Chosen(Generic[S]):
    """Some keys of a section of config.toml whose values organisers change in chat.

    `name` is the section's name in the file. JSON must be able to hold the values.
    """

    def __init__(self, section: type[S], name: str, keys: Sequence[str]) -> None:
        self._section = section
        self._name = name
        self._keys = keys
        self._setting = f"chosen_{name}"

    async def of(self, tx: Transaction, settings: Settings) -> S:
        """Return the section: the keys have their stored values, all other settings the values from the file."""
        stored = await setting_store.get(tx, self._setting)
        configured = settings.of(self._section)
        return configured.model_copy(update=json.loads(stored)) if stored else configured

    async def values(self, tx: Transaction, settings: Settings) -> Mapping[str, Any]:
        """Return the present value of each of the keys."""
        return self._picked(await self.of(tx, settings))

    async def choose(self, tx: Transaction, values: Mapping[str, Any]) -> None:
        """Store new values for all of the keys. They must be valid in config.toml too."""
        await setting_store.put(tx, self._setting, json.dumps(dict(values), ensure_ascii=False))

    def seed(self, order: int) -> Seed:
        """Return the Seed that copies the keys from the file into the database at the first start.

        `order` is the position of their differences in `rencontres config diff`.
        """
        return Seed(
            write=self._write,
            once=f"{self._name}_seeded",
            differences=self._differences,
            apply=lambda tx, settings, _now: self._write(tx, settings),
            order=order,
        )

    def _picked(self, section: S) -> Mapping[str, Any]:
        return {key: getattr(section, key) for key in self._keys}

    async def _write(self, tx: Transaction, settings: Settings) -> None:
        await self.choose(tx, self._picked(settings.of(self._section)))

    async def _differences(self, tx: Transaction, settings: Settings, _now: datetime) -> Sequence[str]:
        stored, configured = await self.values(tx, settings), self._picked(settings.of(self._section))
        return [
            f"{self._name}.{key}: {stored[key] or 'none'} -> {configured[key] or 'none'}"
            for key in self._keys
            if stored[key] != configured[key]
        ]
