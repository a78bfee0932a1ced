"""The real program, one life of it after the other, each in a process of its own, to be killed or to die at a point.

What the program imports is imported once, in a process that all lives are forks of: starting is not what is looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import bot.app
import bot.platforms.discord.adapter  # each platform is imported where it is on: in every life here
import bot.platforms.telegram.adapter
from bot.config.settings import load_sections, load_settings
from bot.conversation.dispatch import Answered, Dispatcher
from bot.conversation.incoming import Incoming
from bot.rehearsal.botapi import TOKEN, BotApi
from handlers import CAPABILITIES

POINTS = ("before commit", "after commit", "after reply")
FIRST = 5_000_000_001
PATIENCE = 60.0


class FragileDispatcher(Dispatcher):
    """Dies around commit and reply."""

    fatal = ""
    left = 0

    def _pass(self, point: str) -> None:
        if point == self.fatal:
            FragileDispatcher.left -= 1
            if FragileDispatcher.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    async def handle(self, incoming: Incoming) -> Answered:
        self._pass("before commit")
        answered = await super().handle(incoming)
        self._pass("after commit")
        return answered

    def sent(self, answered: Answered, native_id: str = "", *, withholds: bool = False) -> None:
        self._pass("after reply")
        super().sent(answered, native_id, withholds=withholds)


class Life:
    """One life of the program, with Telegram at `root` and perhaps Discord at an address.

    `store` is the path of an SQLite file, or the URL of any store.

    A failpoint is one of POINTS and a number: on passing it for that many times the program kills itself as `kill -9`
    would.
    """

    def __init__(
        self, root: str, store: Path | str, failpoint: tuple[str, int] | None = None, discord: str = ""
    ) -> None:
        self._process = _METHOD.Process(target=_live, args=(root, store, failpoint, discord), daemon=True)
        self._process.start()

    async def wait(self) -> None:
        """Wait until it is over."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, over.set)
        try:
            await over.wait()
        finally:
            loop.remove_reader(self._process.sentinel)

    def kill(self) -> None:
        """End it as `kill -9` does, wherever it is."""
        self._process.kill()
        self._process.join()


@contextlib.contextmanager
def program(
    root: str, store: Path | str, failpoint: tuple[str, int] | None = None, *, discord: str = ""
) -> Iterator[Life]:
    """The program while this lasts, then killed; `discord` is where it finds Discord, if it is to."""
    life = Life(root, store, failpoint, discord)
    try:
        yield life
    finally:
        life.kill()


async def until_polling(api: BotApi, program: Life) -> None:
    """Wait until the program listens, or died of its failpoint before that."""
    await until_called(api, program, "getUpdates")


async def until_called(api: BotApi, program: Life, method: str, times: int = 1) -> None:
    """Wait until the program called so that often, or died of its failpoint before that."""
    called = api.calls[method] + times
    calling = asyncio.create_task(
        api.until(lambda: api.calls[method] >= called, lambda: f"the program calls no {method}", PATIENCE)
    )
    died = asyncio.create_task(program.wait())
    done, pending = await asyncio.wait({calling, died}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


_METHOD = multiprocessing.get_context("forkserver")
_METHOD.set_forkserver_preload([__name__])


def _live(root: str, store: Path | str, failpoint: tuple[str, int] | None, discord: str) -> None:
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - what it logs is not looked at
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
    if failpoint:
        FragileDispatcher.fatal, FragileDispatcher.left = failpoint
    bot.app.Dispatcher = FragileDispatcher  # type: ignore[attr-defined]
    environment = {
        "RENCONTRES_TELEGRAM__TOKEN": TOKEN,
        "RENCONTRES_TELEGRAM__API_BASE": root,
        "RENCONTRES_STORAGE__URL": store if isinstance(store, str) else f"sqlite:///{store}",
    }
    if discord:
        import discord as library

        library.http.Route.BASE = discord
        environment["RENCONTRES_DISCORD__TOKEN"] = "a-token-for-rehearsals-only"
    settings = load_settings(None, load_sections(CAPABILITIES), environment)
    asyncio.run(bot.app.run(settings, only=frozenset({"telegram", "delivery"})))
