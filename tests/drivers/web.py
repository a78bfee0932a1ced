"""A chat on the personal page, over HTTP and without a script: pages are read and their forms are posted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web

from bot.background.wakeups import Wakeups
from bot.capability import lock_screen
from bot.database.engine import Transaction
from bot.people import secret_store
from bot.platforms.email.unsubscribing import Unsubscribing
from bot.platforms.opening import configured
from bot.platforms.telegram.mini_app import MiniApp
from bot.platforms.web.adapter import Web
from bot.rehearsal.chat_driver_web import WebChat
from tests.world import CAPABLE, World


async def page_link(world: World, code: str) -> str:
    """The secret that opens the page of who an invitation is for; the code itself where it invites nobody."""

    async def unit(tx: Transaction) -> str:
        secret = await secret_store.find(tx, "invitation", code, world.clock.now())
        if secret is None:
            return code
        return await secret_store.issue(tx, "page", secret.participant_id, world.clock.now())

    return await world.store.transact(unit)


@dataclass
class WebHarness:
    """A server with everyone's pages."""

    world: World
    adapter: Web
    root: str
    running: asyncio.Task[None]
    _browsers: list[aiohttp.ClientSession]

    def person(self, **headers: str) -> WebChat:
        """Someone with a browser of their own, who asks for English, and for nothing compressed: that takes time."""
        browser = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            headers={"Accept-Language": "en", "Accept-Encoding": "identity", **headers},
        )
        self._browsers.append(browser)
        return WebChat(browser, self.root, self.world.settings.gathering.zone, partial(page_link, self.world))

    async def page_link(self, given_name: str, **facts: Any) -> str:
        """The secret of the page of someone who is invited."""
        return await page_link(self.world, await self.world.invite(given_name, **facts))

    async def joined(self, given_name: str, family_name: str = "", **facts: Any) -> WebChat:
        """Someone who was invited and opened their page."""
        chat = self.person()
        await chat.follow("j-" + await self.world.invite(given_name, family_name, **facts))
        return chat


@asynccontextmanager
async def open_web(
    world: World,
    *,
    framed: bool = False,
    routes: Sequence[web.RouteDef] = (),
    public_url: str = "http://127.0.0.1",
    letters: bool = False,
) -> AsyncIterator[WebHarness]:
    """Run the adapter of a gathering on a free port, and stop it at the end."""
    where = world.settings.web.model_copy(update={"port": 0, "public_url": public_url})
    settings = world.settings.model_copy(update={"web": where})
    wakeups = Wakeups(world.store)
    displays = [display for capability in CAPABLE for display in capability.displays]
    adapter = Web(
        settings,
        world.dispatcher,
        world.store,
        world.clock,
        wakeups,
        framed=framed,
        displays=displays,
        lock_screen=lock_screen(CAPABLE),
    )
    adapter.mount(routes)
    if settings.web.encrypted and "telegram" in configured(settings):
        adapter.mount(MiniApp(settings, world.store, world.clock, adapter).routes())
    if letters:
        adapter.mount(Unsubscribing(settings, world.store, adapter.pages).routes())
    running = asyncio.create_task(adapter.run())
    hearing = asyncio.create_task(wakeups.run())
    browsers: list[aiohttp.ClientSession] = []
    try:
        await adapter.server.listening.wait()
        assert adapter.server.address
        yield WebHarness(world, adapter, f"http://127.0.0.1:{adapter.server.address[1]}", running, browsers)
    finally:
        for browser in browsers:
            await browser.close()
        for task in (running, hearing):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
