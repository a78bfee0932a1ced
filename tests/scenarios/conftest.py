"""One stage a platform: the same scenario through each platform's real library, and once on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from bot.capability import Capability
from bot.delivery.platform import Platform
from bot.people import participant_store
from bot.rehearsal.botapi import BotApi
from bot.rehearsal.chat_driver import Chat
from tests.drivers import discord, telegram, web
from tests.drivers.program import catch_up
from tests.participants import number
from tests.world import World, make_settings, open_world

FIRST_ORGANISER = 900
"""Whom the configuration names, on Telegram and on Discord."""


@dataclass
class Stage:
    """A gathering on one platform; `platforms` are all it is on."""

    world: World
    platform: str
    platforms: list[Platform]
    person: Callable[[str], Chat]
    first_organiser: Callable[[], Chat] | None = None

    async def join(self, given_name: str, family_name: str = "", **facts: Any) -> Chat:
        """Someone invited, who has just come in."""
        chat = self.person(given_name)
        await chat.follow("j-" + await self.world.invite(given_name, family_name, **facts))
        return chat

    async def organiser(self, locale: str = "en") -> Chat:
        """A first organiser by their account's id; on the page, where there are none, by a personal link."""
        if self.first_organiser is None:
            return await self.join("Inès", attends=False, organises=True, locale=locale)
        chat = self.first_organiser()
        await chat.command("start")
        reads = partial(participant_store.set_locale, participant_id=await number(self.world, "Inès"), locale=locale)
        await self.world.store.transact(reads)
        return chat

    async def delivered(self, *chats: Chat) -> None:
        """Wait until all jobs are done and all messages have arrived; each of these looks at what came."""
        await catch_up(self.world, *self.platforms)
        for chat in chats:
            await chat.look()


@asynccontextmanager
async def open_stage(
    platform: str, url: str, *, beside: Sequence[Capability] = (), **sections: object
) -> AsyncIterator[Stage]:
    """A gathering over the store at `url` on one platform; `sections` as in config.toml, `beside` as for a world."""
    named = {"telegram": [FIRST_ORGANISER], "discord": [FIRST_ORGANISER]}
    async with (
        open_world(url, make_settings(**{"organisers": named, **sections}), beside=beside) as world,
        open_platform(world, platform, []) as stage,
    ):
        yield stage


@asynccontextmanager
async def open_platform(world: World, platform: str, platforms: list[Platform]) -> AsyncIterator[Stage]:
    """Take a gathering to one more platform."""
    if platform == "telegram":
        async with BotApi() as api, telegram.open_harness(world, api) as harness:
            platforms.append(harness.adapter)
            yield Stage(
                world, platform, platforms, harness.person, partial(harness.person, "Inès", user_id=FIRST_ORGANISER)
            )
    elif platform == "discord":
        async with discord.open_harness(world) as server:
            platforms.append(server.adapter)
            yield Stage(
                world, platform, platforms, server.person, partial(server.person, "Inès", native_id=FIRST_ORGANISER)
            )
    else:
        async with web.open_web(world) as site:
            platforms.append(site.adapter)
            yield Stage(world, platform, platforms, lambda _name: site.person())


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


@pytest.fixture
async def beside(stage: Stage) -> AsyncIterator[Stage]:
    """The same gathering on another platform: Telegram beside the page, the page beside the others."""
    other = "telegram" if stage.platform == "web" else "web"
    async with open_platform(stage.world, other, stage.platforms) as beside:
        yield beside
