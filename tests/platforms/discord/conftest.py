"""A gathering on an in-memory Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.drivers.discord import DiscordTown, open_town
from tests.world import open_world


@pytest.fixture
async def town(sqlite_url: str) -> AsyncIterator[DiscordTown]:
    async with open_world(sqlite_url) as world, open_town(world) as town:
        yield town
