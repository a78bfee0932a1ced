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
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import bot.app
import bot.platforms.discord.adapter  # each platform is imported where it is on: in every life here
import bot.platforms.telegram.adapter
from bot.config.settings import load_sections, load_settings
from bot.conversation.dispatch import Answered, Dispatcher
from bot.conversation.incoming import Incoming
from bot.rehearsal.botapi import TOKEN, BotApi, TelegramUser
from handlers import CAPABILITIES
from tests.crowds import FIRST

POINTS = ("before commit", "after commit", "after reply")
PATIENCE = 60.0


def crowd(api: BotApi, people: int, **how: Any) -> list[TelegramUser]:
    """Return so many people on Telegram, with ids from FIRST."""
    return [TelegramUser(api, f"P{n}", started=True, user_id=FIRST + n, **how) for n in range(people)]


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
    """One life of the program, or of the function `target`, called with these arguments."""

    def __init__(self, *arguments: object, target: Callable[..., object] | None = None) -> None:
        self._process = FORKS.Process(target=target or _live, args=arguments, daemon=True)
        self._process.start()

    async def wait(self) -> None:
        """Wait until it is over."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, over.set)
        try:
            await over.wait()
        finally:
            loop.remove_reader(self._process.sentinel)

    async def wait_or_sleep(
        self, dice: Random, failpoint: tuple[str, int] | None, most: float, patience: float
    ) -> None:
        """Wait until it died of its failpoint, which may never be passed; without one, for a random time."""
        if failpoint:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wait(), patience)
        else:
            await asyncio.sleep(dice.uniform(0, most))

    def kill(self) -> None:
        """End it as `kill -9` does, wherever it is."""
        self._process.kill()
        self._process.join()


@contextlib.contextmanager
def life(
    root: str,
    url: str,
    failpoint: tuple[str, int] | None = None,
    discord: str = "",
    page: int = 0,
    config: Path | None = None,
) -> Iterator[Life]:
    """The program while this lasts, then killed, with Telegram at `root`, its store at `url`, perhaps Discord.

    With a port for its `page`, people's pages are served there. `config` is its configuration file, if it has one.

    A failpoint is one of POINTS and a number: on passing it for that many times the program kills itself as `kill -9`
    would.
    """
    running = Life(root, url, failpoint, discord, page, config)
    try:
        yield running
    finally:
        running.kill()


def failpoint(dice: Random, number: int, first: int, last: int) -> tuple[str, int] | None:
    """Return where every second life dies: at a random point, on passing it for the `first` to the `last` time."""
    return (dice.choice(POINTS), dice.randint(first, last)) if number % 2 else None


async def until_called(api: BotApi, program: Life, method: str = "getUpdates", times: int = 1) -> None:
    """Wait until the program called so often (once: until it listens), or died of its failpoint before that."""
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


FORKS = multiprocessing.get_context("forkserver")
"""Makes every life that is killed: there is one such process, so what all of them import is named here."""
FORKS.set_forkserver_preload([f"tests.killed.{name}" for name in ("lives", "letters", "retention")])


def _live(root: str, url: str, failpoint: tuple[str, int] | None, discord: str, page: int, config: Path | None) -> None:
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - what it logs is not looked at
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
    if failpoint:
        FragileDispatcher.fatal, FragileDispatcher.left = failpoint
    bot.app.Dispatcher = FragileDispatcher  # type: ignore[attr-defined]
    environment = {
        "RENCONTRES_TELEGRAM__TOKEN": TOKEN,
        "RENCONTRES_TELEGRAM__API_BASE": root,
        "RENCONTRES_STORAGE__URL": url,
    }
    if discord:
        import discord as library

        library.http.Route.BASE = discord
        environment["RENCONTRES_DISCORD__TOKEN"] = "a-token-for-rehearsals-only"
    if page:
        environment |= {"RENCONTRES_WEB__PORT": str(page), "RENCONTRES_WEB__PUBLIC_URL": f"http://127.0.0.1:{page}"}
    settings = load_settings(config, load_sections(CAPABILITIES), environment)
    asyncio.run(bot.app.run(settings, only=frozenset({"telegram", "delivery", *(("web",) if page else ())})))
