"""A gathering on a local Bot API server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.rehearsal.botapi import BotApi
from tests.drivers.telegram import TelegramTown, open_town
from tests.world import World, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def town(world: World, api: BotApi) -> AsyncIterator[TelegramTown]:
    async with open_town(world, api) as town:
        yield town
