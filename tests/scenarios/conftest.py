"""One stage a platform: the same scenario through each platform's real library, and once on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.rehearsal.botapi import BotApi
from tests.drivers import discord, telegram, web
from tests.drivers.base import Chat
from tests.world import World, make_settings, open_world


@dataclass
class Stage:
    """A gathering on one platform."""

    world: World
    platform: str
    person: Callable[[str], Chat]

    async def join(self, given_name: str) -> Chat:
        """Someone invited, who has just come in."""
        chat = self.person(given_name)
        await chat.follow("j-" + await self.world.invite(given_name))
        return chat


@asynccontextmanager
async def open_stage(platform: str, url: str, **sections: object) -> AsyncIterator[Stage]:
    """A gathering over the store at `url` on one platform; `sections` as in config.toml."""
    async with open_world(url, make_settings(**sections)) as world:
        if platform == "telegram":
            async with BotApi() as api, telegram.open_town(world, api) as town:
                yield Stage(world, platform, town.person)
        elif platform == "discord":
            async with discord.open_town(world) as server:
                yield Stage(world, platform, server.person)
        else:
            async with web.open_web(world) as site:
                yield Stage(world, platform, lambda _name: site.person())


_STAGES = [("telegram", "sqlite"), ("discord", "sqlite"), ("web", "sqlite"), ("telegram", "postgres")]


@pytest.fixture(params=_STAGES, ids=lambda stage: "-".join(stage))
def platform_and_url(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Where the scenario plays, and an empty database for it."""
    platform, engine = request.param
    return platform, request.getfixturevalue(f"{engine}_url")


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url) as stage:
        yield stage
