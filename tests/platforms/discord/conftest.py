"""A gathering on an in-memory Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.drivers.discord import DiscordTown, open_town
from tests.world import open_world


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[DiscordTown]:
    async with open_world(f"sqlite:///{tmp_path}/r.db") as world, open_town(world) as town:
        yield town
