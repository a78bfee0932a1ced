"""The command `rencontres demo`: shows the whole bot in a browser, with invented people and a temporary database.

The page suggests what to try: each `DemoMove` in `handlers/*/rehearsal.py`, sorted by `order`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bot import app, logs
from bot.app import App
from bot.capability import load
from bot.clock import ShiftedClock
from bot.config.secret_values import secret_values
from bot.config.seeding import load_seeds, seed_store
from bot.config.settings import Settings
from bot.content.errors import ConfigError
from bot.database.opening import open_store
from bot.platforms.web.adapter import Web
from bot.rehearsal.demo_gathering import MAIL, PEOPLE, DemoGathering, demo_settings, populate
from bot.rehearsal.demo_mailbox import has_mail
from bot.rehearsal.demo_page import PATH, DemoPage
from bot.rehearsal.demo_phones import has_discord, open_local_platforms
from handlers import CAPABILITIES

_HOST = "127.0.0.1"
_USUAL_PORT = 8080
_PARTS = frozenset({"web", "telegram", "delivery", MAIL})
"""The parts of the program that run: simcord takes the place of the part that receives from Discord."""


async def run(*, port: int | None = None, browser: bool = True, keep: bool = False, discord: bool = False) -> bool:
    """Run the demo until it is interrupted or its terminal is closed, and return True.

    `port` is the port to listen on, 0 for any free port; None means the default port, or any free one if the default is
    taken. With `browser`, the page is opened in a browser if there is a desktop. With `keep`, the database is not
    deleted at the end. With `discord`, the demo also shows phones with Discord, if the library simcord is installed.
    Raises ConfigError if `port` is taken.
    """
    place = _place(port)
    if discord and not has_discord():
        discord = False
        print("Discord is left out, as the library that simulates it is not installed: make demo ARGS=--discord.")
    end_when_told()
    clock = ShiftedClock()
    with _folder(keep=keep) as folder, suppress(asyncio.CancelledError):
        settings = demo_settings(folder, place, clock.now())
        logs.set_up(secret_values(settings))
        logging.getLogger().setLevel(logging.WARNING)
        logging.getLogger("discord").setLevel(logging.ERROR)  # it warns that it cannot speak, which nobody asked for
        demo_gathering = await _people(settings, clock, mail=has_mail())
        async with open_local_platforms(settings, clock, discord=discord, mail=has_mail()) as local:

            async def beside(app: App) -> Iterable[Coroutine[Any, Any, None]]:
                await local.connect(app)
                pages = app.platforms["web"]
                assert isinstance(pages, Web)
                page = DemoPage(app, clock, demo_gathering, local)
                pages.mount(page.routes())
                return _open(pages, settings, browser=browser, kept=folder if keep else None), page.neighbours.run()

            await app.run(local.settings, only=_PARTS, clock=clock, framed=True, beside=beside)
    return True


async def _people(settings: Settings, clock: ShiftedClock, *, mail: bool) -> DemoGathering:
    load(CAPABILITIES)  # other capabilities act when people choose
    store = await open_store(settings.storage.url)
    try:
        await seed_store(store, settings, load_seeds(CAPABILITIES))
        return await populate(store, settings, clock.now(), mail=mail)
    finally:
        await store.close()


async def _open(pages: Web, settings: Settings, *, browser: bool, kept: Path | None) -> None:
    """Wait until the page can be loaded, print its address and, with `browser`, open it."""
    await pages.server.listening.wait()
    address = f"{settings.web.public_url}{PATH}"
    print(f"\n  Rencontres, with {PEOPLE} invented people and one organiser:\n\n    {address}\n")
    print(f"  Ctrl-C ends it. {f'The database stays in {kept}.' if kept else 'Nothing is kept.'}\n", flush=True)
    if browser and _has_desktop():
        # Some browsers block the thread that starts them: a daemon thread does not delay the end.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _has_desktop() -> bool:
    return sys.platform in {"darwin", "win32"} or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def end_when_told() -> None:
    """Make Ctrl-C, SIGTERM and a closed terminal cancel the running task, which can then close everything in order."""
    task = asyncio.current_task()
    assert task is not None
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        with suppress(AttributeError, NotImplementedError):  # on Windows, where Ctrl-C interrupts by itself
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), task.cancel)


@contextmanager
def _folder(*, keep: bool) -> Iterator[Path]:
    if keep:
        yield Path(tempfile.mkdtemp(prefix="rencontres-demo-"))
    else:
        with tempfile.TemporaryDirectory(prefix="rencontres-demo-") as folder:
            yield Path(folder)


def _place(asked: int | None) -> int:
    """Return the port to listen on, and print a line if it is not the usual one because that is taken.

    Raises ConfigError if the port in `asked` is taken.
    """
    port = free_port(_USUAL_PORT if asked is None else asked)
    if asked is None and port != _USUAL_PORT:
        print(f"Port {_USUAL_PORT} is taken by another program: the page is on port {port} this time.")
    elif asked and port != asked:
        raise ConfigError(f"port {asked} is taken: give --port another number, or 0 for any free one")
    return port


def free_port(wanted: int) -> int:
    """Return the port `wanted`, or any other free port if it is taken; 0 means any free port."""
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError):
            if os.name == "posix":  # elsewhere this would let two programs listen on one port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((_HOST, port))
            chosen: int = probe.getsockname()[1]
            return chosen
    raise OSError(f"no port is free on {_HOST}")
