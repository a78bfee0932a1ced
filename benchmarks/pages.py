"""Measures how soon many open pages show an announcement, what each costs, and stalls of the program.

    python -m benchmarks pages [--pages 5000]

The program serves only pages, on one core. On the other, each simulated browser keeps an event stream open, as the
page's script does. An organiser announces something to everybody on their own page; the time counts from the end of the
seconds in which that can be cancelled.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import SUPPRESS
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from benchmarks.programs import BOT_CORE, PIPES, SERVER_CORE, Program, process, program
from benchmarks.report import arguments
from bot.clock import SystemClock
from bot.database.engine import Transaction
from bot.people import participant_store, secret_store
from bot.platforms.web import sessions
from bot.rehearsal.chat_driver_web import WebChat
from handlers.announcements.model import GRACE
from handlers.announcements.organiser.writing import Write
from tests.crowds import THEMES, add_people, in_store
from tests.world import AllSettings

_WITHIN, _STALL = 2.5, 50.0
_AT_ONCE = 200


async def measure(pages: int, rounds: int) -> None:
    """Print how long an announcement takes to reach so many open pages, a line for each of `rounds`."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "themes": THEMES,
            "web": {"port": 0, "public_url": "http://127.0.0.1"},
            "storage": {"url": f"sqlite:///{folder}/pages.db", "files": f"{folder}/files"},
        }
        whole = AllSettings.model_validate(settings)
        link, opened = await in_store(whole.storage.url, lambda tx: _open_pages(tx, pages), whole)
        own = aiohttp.ClientSession(headers={"Accept-Language": "en"}, cookie_jar=aiohttp.CookieJar(unsafe=True))
        async with program(settings, BOT_CORE) as serving, own as browser:
            organiser = WebChat(browser, serving.pages, "Europe/Paris", _no_link)
            await organiser.open_link(link)
            before = serving.memory()
            with _listening(serving.pages, opened) as listening:
                print(f"an open page costs {(serving.memory() - before) / pages:.1f} KiB", flush=True)
                for number in range(rounds):
                    await _announce(organiser, serving, listening, f"The bus number {number} leaves at 9")


async def _announce(organiser: WebChat, serving: Program, listening: Listening, words: str) -> None:
    await organiser.command("annoncer")
    await organiser.act(Write().encode())
    await organiser.fill(words)
    await organiser.pick("everyone")
    await serving.ask(watch=True)
    buttons = [button for message in organiser.messages for button in message.all("button")]
    await organiser.act(next(button for button in reversed(buttons) if button.text == "Send now")["value"])
    leaves = time.monotonic() + GRACE.total_seconds()
    await asyncio.sleep(leaves - time.monotonic())
    before = serving.spent()
    shown = [at - leaves for at in await asyncio.to_thread(listening.shown, words)]
    spent = serving.spent() - before
    late = await serving.ask(watch=False)
    print(
        f"shown after {statistics.median(shown):.2f} s at the median, {max(shown):.2f} s at most (wanted {_WITHIN:g});"
        f" the loop was late by {late['worst'] * 1e3:.0f} ms at most (wanted {_STALL:g}),"
        f" {late['own'] * 1e3:.0f} by its own work; {spent / len(shown) * 1e3:.2f} ms of a processor for each",
        flush=True,
    )


async def _no_link(_code: str) -> str:
    raise LookupError


async def _open_pages(tx: Transaction, pages: int) -> tuple[str, list[tuple[int, str]]]:
    """Let everybody's page be open: the organiser's link, and each person's id and session."""
    now = SystemClock().now()
    organiser, *people = await add_people(tx, [("web", "")] * (pages + 1), now, "en")
    await participant_store.set_organises(tx, organiser.id, True)
    opened = []
    for person in people:
        found = await participant_store.find(tx, person.id)
        assert found
        session = await sessions.begin(tx, found, "fr", now, 10)
        assert session
        opened.append((person.id, session))
    return await secret_store.issue(tx, "page", organiser.id, now), opened


# --- who listens, in another process


class Listening:
    """The process that holds open event streams of pages."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def shown(self, words: str) -> Sequence[float]:
        """Return when each stream received the text `words`, by the monotonic clock (seconds), once all have."""
        times: Sequence[float] = self.ask(words)
        return times

    def ask(self, line: str) -> Any:
        """Send a line to the process, and return its answer."""
        assert self._process.stdin
        assert self._process.stdout
        print(line, file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


@contextlib.contextmanager
def _listening(root: str, opened: Sequence[tuple[int, str]]) -> Iterator[Listening]:
    with process(["-m", "benchmarks.pages", "--listen", root], SERVER_CORE, **PIPES) as started:
        listening = Listening(started)
        listening.ask(json.dumps(opened))
        yield listening


async def _listen(root: str) -> None:
    """Open the streams that a first line of the standard input names, then answer each line with when it was seen."""
    opened = json.loads(await asyncio.to_thread(sys.stdin.readline))
    seen: dict[str, list[float]] = {}
    changed = asyncio.Event()
    host, port = urlsplit(root).netloc.split(":")

    async def stream(person_id: int, session: str) -> None:
        reading, writing = await asyncio.open_connection(host, int(port), limit=2**20)
        cookie = f"{sessions.COOKIE}={session}"
        request = f"GET /c/{person_id}/events?after=0 HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n"
        writing.write(request.encode())
        await reading.readuntil(b"event: now")
        listening.append((asyncio.create_task(read(reading)), writing))

    async def read(reading: asyncio.StreamReader) -> None:
        async for line in reading:
            if line.startswith(b"data: {"):
                at = time.monotonic()
                html = json.loads(line.removeprefix(b"data: "))["html"]
                seen.setdefault(re.sub(r"<[^>]+>", "", html), []).append(at)
                changed.set()

    listening: list[object] = []  # what nothing refers to is closed
    for start in range(0, len(opened), _AT_ONCE):
        await asyncio.gather(*(stream(*page) for page in opened[start : start + _AT_ONCE]))
    print("true", flush=True)
    while words := (await asyncio.to_thread(sys.stdin.readline)).strip():
        while len(times := [at for text, each in seen.items() if words in text for at in each]) < len(opened):
            changed.clear()
            await changed.wait()
        print(json.dumps(times), flush=True)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=2, choices=(1, 2), help="nobody gets a third in a day")
    parser.add_argument("--listen", help=SUPPRESS)
    options = parser.parse_args()
    asyncio.run(_listen(options.listen) if options.listen else measure(options.pages, options.rounds))


if __name__ == "__main__":
    main()
