"""The whole program over its real adapters, told what to do by lines of JSON on its standard input.

It answers each line with one: {"put": [[payload, …], spread, delay]} puts in Discord interactions as the gateway would
and answers when each was done, by the monotonic clock; {"watch": true} begins to watch how late the loop is, and
{"watch": false} says by how many seconds it was at most, in all and by its own work, that of its threads included: on a
machine where others work too, the rest is theirs.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from typing import Any

import discord

from bot.app import App, run
from bot.platforms.discord.adapter import Discord
from bot.platforms.web.adapter import Web
from tests.world import AllSettings

_BEAT = 0.002


class Puppet:
    """What is done to a house that serves."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._worst = self._own = 0.0
        self._watching: asyncio.Task[None] | None = None
        client = self._discord
        if client is not None:
            setattr(client, "connect", asyncio.Event().wait)  # noqa: B010 - we are the gateway
        self._serving = asyncio.create_task(self._serve())

    @property
    def _discord(self) -> discord.Client | None:
        platform = self._app.platforms.get("discord")
        return platform.client if isinstance(platform, Discord) else None

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        lines: asyncio.Queue[str] = asyncio.Queue()

        def read() -> None:
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)

        ready = await self._ready()
        threading.Thread(target=read, daemon=True).start()
        print(json.dumps(ready), flush=True)
        while True:
            asked = json.loads(await lines.get())
            print(json.dumps(await self._do(asked)), flush=True)

    async def _ready(self) -> dict[str, Any]:
        """Everything serves: where the pages are."""
        pages = self._app.platforms.get("web")
        if isinstance(pages, Web):
            await pages.server.listening.wait()
        while self._discord is not None and self._discord.user is None:  # noqa: ASYNC110 - the library tells nobody
            await asyncio.sleep(0.02)
        address = pages.server.address if isinstance(pages, Web) else None
        return {"ready": f"http://127.0.0.1:{address[1]}" if address else ""}

    async def _do(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "put" in asked:
            return {"at": await self._put(*asked["put"])}
        if asked["watch"]:
            self._worst = self._own = 0.0
            self._watching = asyncio.create_task(self._watch())
        elif self._watching:
            self._watching.cancel()
        return {"worst": self._worst, "own": self._own}

    async def _put(self, payloads: list[Any], spread: float, delay: float) -> list[float]:
        """Let so many people do something, evenly over `spread` seconds; each reaches us after `delay`."""
        client = self._discord
        assert client is not None
        loop = asyncio.get_running_loop()
        began, done = loop.time(), []
        for number, payload in enumerate(payloads):
            if (early := began + spread * number / len(payloads) - loop.time()) > 0:
                await asyncio.sleep(early)
            done.append(loop.time())
            loop.call_later(delay, client._connection.parse_interaction_create, payload)
        return done

    async def _watch(self) -> None:
        before, worked = time.perf_counter(), time.process_time()
        while True:
            await asyncio.sleep(_BEAT)
            now, work = time.perf_counter(), time.process_time()
            late = now - before - _BEAT
            self._worst = max(self._worst, late)
            self._own = max(self._own, min(late, work - worked))
            before, worked = now, work


def main() -> None:
    settings, *root = sys.argv[1:]
    if root:
        discord.http.Route.BASE = root[0]
    puppets = []

    def beside(app: App) -> tuple[()]:
        puppets.append(Puppet(app))
        return ()

    asyncio.run(run(AllSettings.model_validate_json(settings), beside=beside))
