"""A gathering on a local Bot API server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.rehearsal.botapi import BotApi
from tests.drivers.telegram import TelegramHarness, open_harness
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
async def harness(world: World, api: BotApi) -> AsyncIterator[TelegramHarness]:
    async with open_harness(world, api) as harness:
        yield harness
