"""A gathering to attack: its page over a SQLite file."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.security.builders import Gathering, open_gathering


@pytest.fixture
async def gathering(sqlite_url: str) -> AsyncIterator[Gathering]:
    async with open_gathering(sqlite_url) as gathering:
        yield gathering
