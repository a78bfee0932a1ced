"""The demo as it is started: in a process of its own, or here."""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.rehearsal.demo import run

PATIENCE = 60


@dataclass
class Demo:
    """`rencontres demo`, running: in a process of its own, or here, where starting it takes no time."""

    browser: aiohttp.ClientSession
    address: str
    send: Callable[[signal.Signals], None]
    over: Awaitable[int]

    @property
    def root(self) -> str:
        return self.address.removesuffix("/demo")

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.browser.get(self.root + path, headers=headers) as response:
            return response.status, await response.text()

    async def now(self) -> dict[str, Any]:
        async with self.browser.get(f"{self.address}/now?lang=en") as response:
            said: dict[str, Any] = await response.json()
            return said

    async def move(self, step: str, **headers: str) -> int:
        async with self.browser.post(f"{self.address}/clock/{step}?lang=en", headers=headers) as response:
            return response.status

    async def end(self, sign: signal.Signals = signal.SIGINT) -> int:
        self.send(sign)
        async with asyncio.timeout(PATIENCE):
            return await asyncio.shield(self.over)


@asynccontextmanager
async def open_program(folder: Path) -> AsyncIterator[Demo]:
    """The whole program, as it is started from a shell."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    assert process.stdout
    async with open_session() as browser:
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := _ADDRESS.search((await process.stdout.readline()).decode())):
                    assert not process.stdout.at_eof()
            yield Demo(browser, found[0], process.send_signal, asyncio.ensure_future(process.wait()))
        finally:
            if process.returncode is None:
                process.kill()


class Terminal(io.StringIO):
    """What is shown; `address` once there is one in it."""

    def __init__(self) -> None:
        super().__init__()
        self.address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def write(self, text: str) -> int:
        written = super().write(text)
        if not self.address.done() and (found := _ADDRESS.search(self.getvalue())):
            self.address.set_result(found[0])
        return written


@asynccontextmanager
async def open_demo(folder: Path, *, keep: bool = False, discord: bool = False) -> AsyncIterator[Demo]:
    """The command in this process: its signals come from this one to itself."""

    def send(sign: signal.Signals) -> None:
        if not running.done():
            assert signal.getsignal(sign) not in {signal.SIG_DFL, signal.default_int_handler}
            os.kill(os.getpid(), sign)

    async def exit_code() -> int:
        return int(not await run(port=0, browser=False, keep=keep, discord=discord))

    with pytest.MonkeyPatch.context() as patch, redirect_stdout(Terminal()) as terminal:
        patch.setattr(tempfile, "tempdir", str(folder))
        async with open_session() as browser:
            running = asyncio.create_task(exit_code())
            try:
                either: set[asyncio.Future[Any]] = {running, terminal.address}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                assert not running.done()
                demo = Demo(browser, await terminal.address, send, running)
                yield demo
                assert await demo.end() == 0
            finally:
                running.cancel()
                await asyncio.wait({running})


_ADDRESS = re.compile(r"http://\S+/demo(?=\s)")


def open_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
