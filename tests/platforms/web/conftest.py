"""A gathering whose people have pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.drivers.web import WebTown, open_web
from tests.world import open_world


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[WebTown]:
    """Pages over a SQLite file."""
    async with open_world(f"sqlite:///{tmp_path}/r.db") as world, open_web(world) as town:
        yield town
