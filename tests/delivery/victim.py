"""A program of its own that delivers to a file, for a test to kill: `python -m tests.delivery.victim URL FILE`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from bot.clock import SystemClock
from bot.content.texts import Reader, plain
from bot.content.views import View
from bot.database.opening import open_store
from bot.delivery.platform import Address, Membership
from bot.delivery.worker import Delivery
from tests.world import CONTRIBUTIONS, make_settings


class Paper:
    """A platform, paced like Telegram: a message is a line, and is said aloud before the program hears of it."""

    name = "telegram"
    channels = None
    calendar = None
    single_intake = True

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def count_messages(self, address: Address, view: View, reader: Reader, **_how: object) -> int:
        return 1

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        os.write(self._file, f"{plain(view.lines[0], reader)}\n".encode())
        print("sent", flush=True)
        await asyncio.sleep(0.01)
        return str(delivery_id)

    async def prepare(self) -> None:
        raise NotImplementedError

    async def run(self) -> None:
        raise NotImplementedError

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        raise NotImplementedError

    async def delete(self, address: Address, native_id: str) -> bool:
        raise NotImplementedError

    async def pin(self, address: Address, native_id: str) -> None:
        raise NotImplementedError

    async def unpin(self, address: Address, native_id: str) -> None:
        pass

    async def show_membership(self, membership: Membership) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError


async def main(url: str, path: str) -> None:
    store = await open_store(url)
    await Delivery(store, {"telegram": Paper(Path(path))}, make_settings(), SystemClock(), CONTRIBUTIONS).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
