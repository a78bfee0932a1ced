"""All that the tests of this folder know of the program: a gathering, its people, and where it keeps things.

The tests themselves speak HTTP and chat. When the code is arranged otherwise, this module changes and they stay.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import aiohttp

from bot.forms import Upload
from bot.rehearsal.hands import Chat
from bot.rehearsal.hands_web import WebChat
from tests.drivers.web import WebTown, open_web, page_link
from tests.handlers import grouped, workshops
from tests.scenarios.conftest import FIRST_ORGANISER, Stage, open_platform
from tests.world import World, make_settings, open_world

__all__ = ["Gathering", "Upload", "WebChat", "open_gathering"]

PHASE = "solutions"
"""The phase that `Gathering.start_phase` begins: people give ideas in it."""


@dataclass
class Gathering:
    """A gathering that has begun, on its page and wherever else the test wants it."""

    world: World
    site: WebTown
    _stages: dict[str, Stage] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The address of the web page, without a slash at its end."""
        return self.site.root

    @property
    def folder(self) -> Path:
        """Where the photos and documents that people sent are kept."""
        return self.world.settings.storage.folder

    def kept(self) -> dict[Path, bytes]:
        """Everything on disk: the SQLite file with its log, and the files beside it."""
        database = Path(self.world.settings.storage.url.removeprefix("sqlite:///"))
        beside = [file for file in database.parent.glob(f"{database.name}*") if file.is_file()]
        return {file: file.read_bytes() for file in [*beside, *(f for f in self.folder.rglob("*") if f.is_file())]}

    def visitor(self, **headers: str) -> WebChat:
        """Someone with a browser who has no page yet."""
        return self.site.person(**headers)

    def client(self) -> aiohttp.ClientSession:
        """A bare HTTP client without cookies, closed with the gathering."""
        return self.visitor().browser

    async def page_link(self, given_name: str, **facts: Any) -> str:
        """The secret of the personal page of someone who is invited: what follows /p/ in its address."""
        return await page_link(self.world, await self.world.invite(given_name, **facts))

    async def join(self, given_name: str, on: str = "web", **facts: Any) -> Chat:
        """Someone invited who has just come in."""
        return await self._stages[on].join(given_name, **facts)

    async def join_page(self, given_name: str, **facts: Any) -> WebChat:
        """Someone invited who has just opened their page."""
        return cast("WebChat", await self.join(given_name, "web", **facts))

    async def organiser(self, on: str = "web") -> Chat:
        """Inès, who organises."""
        return await self._stages[on].organiser()

    async def organiser_page(self) -> WebChat:
        """Inès, who organises, on her page."""
        return cast("WebChat", await self.organiser("web"))

    async def group(self, *given_names: str, number: int = 1) -> None:
        """Put people into a group of their own."""
        self._group = await grouped.group(self.world, given_names, number_=number)

    async def start_phase(self, *given_names: str, minutes: int = 60) -> None:
        """Put people into a group and begin a phase for it, in which they give ideas."""
        await self.group(*given_names)
        self._run = await workshops.started(self.world, self._group, PHASE, minutes=minutes)

    async def reveal(self) -> None:
        """Let the group read its ideas."""
        self._run = await workshops.revealed(self.world, self._run)

    async def end_phase(self) -> None:
        """Close the phase that `start_phase` began."""
        self._run = await workshops.ended(self.world, self._run)

    async def delivered(self, *chats: Chat) -> None:
        """Wait until all jobs are done and all messages have arrived; each of these looks at what came."""
        await next(iter(self._stages.values())).delivered(*chats)

    async def wait(self, **by: float) -> None:
        """Let time pass, as `timedelta` takes it."""
        await self.world.clock.advance(timedelta(**by))

    async def break_store(self) -> None:
        """Let whatever asks for somebody's link fail, as a defect of ours would."""
        await self.world.store.transact(lambda tx: tx.run("ALTER TABLE secrets RENAME TO secrets_lost"))


@asynccontextmanager
async def open_gathering(
    url: str, *also_on: str, public_url: str = "http://127.0.0.1", **sections: object
) -> AsyncIterator[Gathering]:
    """A gathering over the database at `url`, on its page and `also_on` these: telegram, discord.

    `public_url` is where people reach the page, `sections` are as in config.toml.
    """
    named = {"telegram": [FIRST_ORGANISER], "discord": [FIRST_ORGANISER]}
    settings = make_settings(**{"organisers": named, "phases": workshops.PHASES, **sections})
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(url, settings))
        site = await stack.enter_async_context(open_web(world, public_url=public_url))
        stages: dict[str, Stage] = {}
        person: Callable[[str], Chat] = lambda _name: site.person()  # noqa: E731
        stages["web"] = Stage(world, "web", [site.adapter], person)
        for platform in also_on:
            stages[platform] = await stack.enter_async_context(open_platform(world, platform, stages["web"].platforms))
        yield Gathering(world, site, stages)
