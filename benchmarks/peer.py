"""A local Bot API server in a process of its own, and the bots that run against it, each pinned to a core."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any

BOT_CORE, SERVER_CORE = 0, 1


def _pinned(core: int) -> Any:
    def pin() -> None:
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[core % len(cores)]})

    return pin


@contextlib.contextmanager
def process(arguments: Sequence[str], core: int | None, **how: Any) -> Iterator[subprocess.Popen[str]]:
    """A Python program on one core, or (None) on all of them, ended by its pid at the end."""
    pinned = None if core is None else _pinned(core)
    started = subprocess.Popen([sys.executable, *arguments], preexec_fn=pinned, text=True, **how)
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
    """The server's control, over HTTP."""

    def __init__(self, root: str) -> None:
        self.root = root

    def __call__(self, name: str, **asked: Any) -> dict[str, Any]:
        """Ask one thing of the control; see `bot.rehearsal.botapi.control`."""
        body = json.dumps(asked).encode()
        with urllib.request.urlopen(f"{self.root}/control/{name}", body, timeout=300) as answer:
            result: dict[str, Any] = json.load(answer)
        return result


@contextlib.contextmanager
def bot_api(*options: str) -> Iterator[Peer]:
    """A fresh server on its core."""
    with process(["-m", "bot.rehearsal.botapi", *options], SERVER_CORE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        yield Peer(server.stdout.readline().strip())
