"""A gathering on an in-memory Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.drivers.discord import DiscordHarness, open_harness
from tests.world import open_world


@pytest.fixture
async def harness(sqlite_url: str) -> AsyncIterator[DiscordHarness]:
    async with open_world(sqlite_url) as world, open_harness(world) as harness:
        yield harness
