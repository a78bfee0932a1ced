"""The real program, made to die at a chosen point: `python -m benchmarks.killed ROOT STORE [POINT TIMES]`.

POINT is one of POINTS; on passing it for the TIMES-th time the program kills itself as `kill -9` would.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import bot.app
from bot.config import load_settings
from bot.dispatch import Answered, Dispatcher
from bot.incoming import Incoming
from bot.rehearsal.botapi import TOKEN

DISCORD = "KILLED_DISCORD"
"""The variable that says where this program finds Discord, if it is to."""
POINTS = ("before commit", "after commit", "after reply")


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


def main() -> None:
    root, store, *failpoint = sys.argv[1:]
    if failpoint:
        FragileDispatcher.fatal, FragileDispatcher.left = failpoint[0], int(failpoint[1])
    bot.app.Dispatcher = FragileDispatcher  # type: ignore[attr-defined]
    environment = {
        "RENCONTRES_TELEGRAM__TOKEN": TOKEN,
        "RENCONTRES_TELEGRAM__API_BASE": root,
        "RENCONTRES_STORAGE__URL": store,
    }
    if base := os.environ.get(DISCORD):
        import discord

        discord.http.Route.BASE = base
        environment["RENCONTRES_DISCORD__TOKEN"] = "a-token-for-rehearsals-only"
    settings = load_settings(None, environment)
    asyncio.run(bot.app.run(settings, only=frozenset({"telegram", "delivery"})))


if __name__ == "__main__":
    main()
