"""Runs the program with its real adapters, controlled by lines of JSON on its standard input.

It answers each line with a line:

put       [[payload, …], spread, delay]: puts in Discord interactions as the gateway would, evenly over `spread`
          seconds; answers when each was done, by the monotonic clock
announce  words: sends an announcement to everyone who comes; answers, once it is sent, how many copies are in which
          state
watch     true begins to watch how late the loop is; false says by how many seconds it was at most, in all and by the
          program's own work, for 99 of 100 looks, and how many seconds of processors sending and its bookkeeping took:
          where others work on the machine too, the rest is theirs
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from array import array
from collections.abc import Coroutine, Generator
from dataclasses import replace
from typing import Any

import bot.delivery.worker
from benchmarks.report import percentile
from bot.app import PARTS, App, run
from bot.content.features import features_of, platforms
from bot.delivery.sender import Sender
from handlers.announcements.store.announcements import find_announcement
from tests.crowds import release
from tests.world import AllSettings

_BEAT = 0.002


class _Timed:
    """A coroutine whose own CPU time is added up, whatever runs between its steps."""

    spent = 0.0

    def __init__(self, inner: Coroutine[Any, Any, Any]) -> None:
        self._inner = inner

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._inner.__await__()
        value: Any = None
        while True:
            began = time.thread_time()
            try:
                awaited = steps.send(value)
            except StopIteration as end:
                return end.value
            finally:
                _Timed.spent += time.thread_time() - began
            value = yield awaited


class _MeasuredSender(Sender):
    """Knows what its bookkeeping costs."""

    async def turn(self, now: Any) -> None:
        await _Timed(super().turn(now))


class Watch:
    """Measures, from its creation on, how late the event loop is, and how much processor time the program uses."""

    def __init__(self) -> None:
        self._late, self._own = array("d"), 0.0
        self._began = time.thread_time(), time.process_time(), _Timed.spent
        self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        before, worked = time.perf_counter(), time.process_time()
        while True:
            await asyncio.sleep(_BEAT)
            now, work = time.perf_counter(), time.process_time()
            self._late.append(now - before - _BEAT)
            self._own = max(self._own, min(self._late[-1], work - worked))
            before, worked = now, work

    def end(self) -> dict[str, float]:
        """Return all measurements, in seconds."""
        self._task.cancel()
        loop, whole, turned = self._began
        in_loop, in_all = time.thread_time() - loop, time.process_time() - whole
        turns = _Timed.spent - turned
        return {
            "worst": max(self._late, default=0.0),
            "own": self._own,
            "p99": percentile(sorted(self._late), 0.99),
            "sending": in_loop - turns,
            "bookkeeping": turns + in_all - in_loop,  # what other threads do is the store's
        }


class _Puppet:
    """What is done to a program that serves."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._watch: Watch | None = None
        if self._discord:
            self._discord.connect = asyncio.Event().wait  # we are the gateway
        self._serving = asyncio.create_task(self._serve())

    @property
    def _discord(self) -> Any:
        """The client of Discord; None where the program is not there."""
        return getattr(self._app.platforms.get("discord"), "client", None)

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        lines: asyncio.Queue[str] = asyncio.Queue()

        def read() -> None:
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)

        print(json.dumps({"ready": await self._ready()}), flush=True)
        threading.Thread(target=read, daemon=True).start()
        while True:
            print(json.dumps(await self._do(**json.loads(await lines.get()))), flush=True)

    async def _ready(self) -> str:
        """Wait until everything serves, and return where the pages are."""
        pages = getattr(self._app.platforms.get("web"), "server", None)
        if pages:
            await pages.listening.wait()
        while self._discord and self._discord.user is None:  # noqa: ASYNC110 - the library tells nobody
            await asyncio.sleep(0.02)
        return f"http://127.0.0.1:{pages.address[1]}" if pages else ""

    async def _do(self, put: Any = None, announce: str = "", watch: bool | None = None) -> dict[str, Any]:
        if put:
            return {"at": await self._put(*put)}
        if announce:
            return {"states": await self._announce(announce)}
        watched, self._watch = self._watch, Watch() if watch else None
        return watched.end() if watched else {}

    async def _put(self, payloads: list[Any], spread: float, delay: float) -> list[float]:
        """Let so many people do something, evenly over `spread` seconds; each reaches us after `delay`."""
        connection = self._discord._connection
        loop = asyncio.get_running_loop()
        began, done = loop.time(), []
        for number, payload in enumerate(payloads):
            if (early := began + spread * number / len(payloads) - loop.time()) > 0:
                await asyncio.sleep(early)
            done.append(loop.time())
            loop.call_later(delay, connection.parse_interaction_create, payload)
        return done

    async def _announce(self, words: str) -> dict[str, int]:
        made = await self._app.store.transact(lambda tx: release(tx, words, self._app.clock.now()))
        self._app.delivery.wake()
        while True:
            await asyncio.sleep(0.5)
            found = await self._app.store.read(lambda tx: find_announcement(tx, made))
            if found and found.state == "sent":
                break
        counted = "SELECT state, COUNT(*) AS n FROM deliveries GROUP BY state"
        return {row["state"]: row["n"] for row in await self._app.store.read(lambda tx: tx.all(counted))}


def run_program() -> None:
    """Run the program with the settings (JSON) in the first argument.

    The second argument is a JSON object: the address of Discord (`discord`), the parts to run (`only`), and how many
    messages a second the program believes Telegram to allow (`pace`). Missing keys leave these as usual.
    """
    settings, how = sys.argv[1], json.loads(sys.argv[2])
    bot.delivery.worker.Sender = _MeasuredSender  # type: ignore[attr-defined]
    if "discord" in how:
        import discord  # only here: others measure memory

        discord.http.Route.BASE = how["discord"]
    if "pace" in how:
        telegram = features_of("telegram")
        platforms()["telegram"] = replace(telegram, pace=replace(telegram.pace, per_second=how["pace"]))  # type: ignore[index]
    puppets = []

    async def beside(app: App) -> tuple[()]:
        puppets.append(_Puppet(app))
        return ()

    only = frozenset(how.get("only", PARTS))
    asyncio.run(run(AllSettings.model_validate_json(settings), only=only, beside=beside))
