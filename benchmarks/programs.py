"""Several real programs on one database, as on several machines: each a process of its own that can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.balancer import Balancer
from bot.rehearsal.botapi.server import TOKEN

_READY_WITHIN = 60.0
_LOOKED_EVERY = 0.05


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


class Program:
    """One program, `python -m bot run --only PARTS`, which writes its log to a file."""

    def __init__(self, name: str, parts: str, environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.health = f"http://127.0.0.1:{(port := free_port())}/health"
        self._command = [sys.executable, "-m", "bot", "run", "--only", parts]
        self._environment = {**os.environ, **environment, "RENCONTRES_METRICS__PORT": str(port)}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; `ready` waits until it works."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment
            )

    def kill(self) -> None:
        """End it as `kill -9` does."""
        if self._process:
            self._process.kill()
            self._process.wait()

    async def ready(self, browser: aiohttp.ClientSession) -> None:
        """Wait until it does its part, or waits for another program to end.

        Raises AssertionError if it has ended, or is not ready for long.
        """
        for _look in range(int(_READY_WITHIN / _LOOKED_EVERY)):
            if await self._does_its_part(browser):
                return
            assert self._process
            assert self._process.poll() is None, f"{self.name} has ended: {self._log.read_text()[-2000:]}"
            await asyncio.sleep(_LOOKED_EVERY)
        raise AssertionError(f"{self.name} is not ready: {self._log.read_text()[-2000:]}")

    async def _does_its_part(self, browser: aiohttp.ClientSession) -> bool:
        with contextlib.suppress(aiohttp.ClientError, OSError):
            async with browser.get(self.health) as answer:
                told: dict[str, Any] = await answer.json()
                return answer.status == 200 and bool(told["platforms"])
        return False


class Programs:
    """Three programs: A and B receive from Telegram and deliver, one of them at a time, and W serves pages.

    Or, behind a balancer, three that do everything: Telegram posts to whichever the balancer passes it to.
    """

    def __init__(self, url: str, telegram: str, folder: Path, balancer: Balancer | None = None) -> None:
        """`url` is that of the database, `telegram` the address of the Bot API server."""
        ports = {name: free_port() for name in ("ABC" if balancer else "W")}
        addresses = [f"http://127.0.0.1:{port}" for port in ports.values()]
        self.pages = balancer.url if balancer else addresses[0]
        """The address of the pages."""
        environment = {
            "RENCONTRES_TELEGRAM__TOKEN": TOKEN,
            "RENCONTRES_TELEGRAM__API_BASE": telegram,
            "RENCONTRES_WEB__PUBLIC_URL": self.pages,
            "RENCONTRES_STORAGE__URL": url,
            "RENCONTRES_STORAGE__FILES": str(folder / "files"),
            "RENCONTRES_LIMITS__QUESTIONS": "1000000",
            "RENCONTRES_LIMITS__NOTICES": "1000000",
        }
        parts = {"A": "telegram,delivery", "B": "telegram,delivery", "W": "web"}
        if balancer:
            balancer.backends = addresses
            parts = dict.fromkeys(ports, "telegram,delivery,web")
            environment |= {
                "RENCONTRES_TELEGRAM__MODE": "webhook",
                "RENCONTRES_TELEGRAM__WEBHOOK_URL": f"{balancer.url}/telegram/updates",
                "RENCONTRES_TELEGRAM__WEBHOOK_SECRET": secrets.token_urlsafe(),
            }
        self.all: Sequence[Program] = [
            Program(
                name,
                only,
                {**environment, "RENCONTRES_WEB__PORT": str(ports.get(name, 0))},
                folder / f"{name}.log",
            )
            for name, only in parts.items()
        ]
        self.browser: aiohttp.ClientSession

    async def ready(self) -> None:
        """Wait until each does its part, or waits for another to end."""
        for program in self.all:
            await program.ready(self.browser)


@asynccontextmanager
async def three_programs(
    url: str, telegram: str, folder: Path, balancer: Balancer | None = None
) -> AsyncIterator[Programs]:
    """Run the three programs, killed at the end; they are ready when this is entered."""
    programs = Programs(url, telegram, folder, balancer)
    async with aiohttp.ClientSession() as programs.browser:
        try:
            for program in programs.all:
                program.start()
            await programs.ready()
            yield programs
        finally:
            for program in programs.all:
                program.kill()
