"""A gathering to chat in, and a store with two groups of six and what is made of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.content.branding import Branding
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.files.folder import Folder
from bot.files.stored_files import Files
from handlers.results.messages import Wording
from handlers.results.model import WorkshopResults, decode_snapshot
from handlers.results.store.snapshots import read_snapshot
from tests.results.builders import Made, populate
from tests.world import World, make_settings, open_world, seed

NOW = datetime(2027, 6, 10, 8, tzinfo=UTC)
ENGLISH = Wording("en", "Europe/Paris", Branding("Rencontres"))


@dataclass
class Workshops:
    """Two groups that lived the four phases; three ideas each and phase."""

    store: Store
    files: Files
    made: Made

    async def change(self, unit: Callable[[Transaction], Awaitable[object]]) -> None:
        """Do something in the store."""
        await self.store.transact(unit)

    async def read(self) -> WorkshopResults:
        """What there is to export."""
        return decode_snapshot(await self.store.read(read_snapshot))


@asynccontextmanager
async def open_workshops(
    url: str, folder: Path, *, groups: int = 2, ideas: int = 3, bare: bool = False
) -> AsyncIterator[Workshops]:
    """Groups of six and what they made: so many ideas in each phase, or nothing yet if they are `bare`."""
    store = await open_store(url, migrate=False)
    await seed(store, make_settings())
    files = Folder(folder)
    yield Workshops(store, files, await populate(store, NOW, groups=groups, ideas=ideas, files=files, bare=bare))
    await store.close()


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A gathering whose files lie beside its database, with an organiser on Telegram."""
    settings = make_settings(
        organisers={"telegram": [900]},
        storage={"url": sqlite_url, "files": str(tmp_path / "files")},
    )
    async with open_world(settings.storage.url, settings) as world:
        yield world


@pytest.fixture
async def workshops(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Workshops]:
    async with open_workshops(sqlite_url, tmp_path / "files") as workshops:
        yield workshops


@pytest.fixture
async def bare_workshops(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Workshops]:
    """The same two groups, before they have made anything."""
    async with open_workshops(sqlite_url, tmp_path / "files", bare=True) as workshops:
        yield workshops
