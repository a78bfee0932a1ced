"""kill -9 while two organisers edit the same cells on the desk: no edit is lost, and nobody's is overwritten unseen.

Each types something new into a random cell, with the value that they saw there, and sends it again with the same token
until it is answered. Who is told that another one was faster looks, and goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import random
import socket
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bot.clock import SystemClock
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.platforms.web import sessions
from bot.rehearsal.botapi import BotApi
from tests.crowds import fill_store, in_store
from tests.killed.lives import PATIENCE, failpoint, life

_CELLS = 4
_LONGEST_LIFE = 0.5


@dataclass(frozen=True, slots=True)
class Edited:
    """What the kills cost, in edits: all but `kills` and `edits` should be nothing.

    `lost` were said to be saved and are not in the journal, or were saved and never answered; `overwritten` took the
    place of a value that their writer had not seen; `wrong` cells do not hold what was written there last.
    """

    kills: int
    edits: int
    lost: int
    overwritten: int
    wrong: int

    @property
    def well(self) -> bool:
        """Whether nothing was lost, and nothing overwritten unseen."""
        return not (self.lost or self.overwritten or self.wrong)


@dataclass
class _Writer:
    """An organiser at the desk: what they saw in each cell, and which of their edits were said to be saved."""

    person: int
    secret: str
    seen: dict[int, str]
    saved: dict[str, str] = field(default_factory=dict)
    """By what was typed, what was seen in the cell."""

    async def write(
        self, root: str, store: Path, dice: random.Random, over: asyncio.Event, saved: asyncio.Event
    ) -> None:
        """Edit one cell after the other until it is over; `saved` is set whenever one is saved."""
        headers = {"Cookie": f"{sessions.COOKIE}={self.secret}", "Accept": "application/json"}
        seal = hashlib.sha256(f"seal {self.secret}".encode()).hexdigest()[:32]
        async with aiohttp.ClientSession(headers=headers) as browser:
            while not over.is_set():
                cell, typed, token = (
                    dice.randint(1, _CELLS),
                    f"v{dice.getrandbits(48)}",
                    f"t{dice.getrandbits(64):016x}",
                )
                cells = json.dumps([[cell, "organisation", self.seen[cell], typed]])
                form = {"seal": seal, "token": token, "grid": "people", "cells": cells}
                if await self._posted(browser, f"{root}/c/{self.person}/desk/amend", form):
                    self.saved[typed] = self.seen[cell]
                    self.seen[cell] = typed
                    saved.set()
                else:
                    self.seen[cell] = _values(store)[cell]

    async def _posted(self, browser: aiohttp.ClientSession, address: str, form: dict[str, str]) -> bool:
        """Post until it is answered; whether it was saved."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                async with browser.post(address, data=form) as answer:
                    outcome = await answer.json()
                    if "done" in outcome:
                        return bool(outcome["done"])
            await asyncio.sleep(0.05)


def _values(store: Path) -> dict[int, str]:
    with closing(sqlite3.connect(store)) as database:
        return dict(database.execute("SELECT id, organisation FROM participants WHERE id <= ?", (_CELLS,)))


async def survive_editing(kills: int, seed: int, folder: Path) -> Edited:
    """Let two organisers edit while the program is killed that often, and compare what they read with the store."""
    dice, store = random.Random(seed), folder / f"desk-{seed}.db"
    url = f"sqlite:///{store}"
    await fill_store(url, _CELLS + 2, _CELLS + 2)

    async def open_desks(tx: Transaction) -> list[_Writer]:
        writers = []
        for number in (_CELLS + 1, _CELLS + 2):
            await participant_store.set_organises(tx, number, True)
            person = await participant_store.find(tx, number)
            assert person is not None
            secret = await sessions.begin(tx, person, "fr", SystemClock().now(), 9, confirmed=True)
            assert secret is not None
            writers.append(_Writer(number, secret, dict.fromkeys(range(1, _CELLS + 1), "")))
        return writers

    writers = await in_store(url, open_desks)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    over, saved = asyncio.Event(), asyncio.Event()
    async with BotApi() as api, asyncio.TaskGroup() as tasks:
        root = f"http://127.0.0.1:{port}"
        writing = [
            tasks.create_task(each.write(root, store, random.Random(each.person), over, saved)) for each in writers
        ]
        for number in range(kills):
            fatal = failpoint(dice, number, 1, 12)
            saved.clear()
            with life(api.root, url, fatal, page=port) as running:
                if not fatal:  # until it serves
                    await asyncio.wait_for(saved.wait(), PATIENCE)
                await running.wait_or_sleep(dice, fatal, _LONGEST_LIFE, PATIENCE)
        with life(api.root, url, page=port):
            over.set()
            await asyncio.wait(writing)
    return _account(kills, store, writers)


def _account(kills: int, store: Path, writers: list[_Writer]) -> Edited:
    """Compare what the writers were told with the journal, and this with the cells."""
    saved = {typed: seen for writer in writers for typed, seen in writer.saved.items()}
    with closing(sqlite3.connect(store)) as database:
        stored = [
            json.loads(row[0])[1]["cells"][0] for row in database.execute("SELECT inverse FROM journal ORDER BY id")
        ]
    last = dict.fromkeys(range(1, _CELLS + 1), "")
    overwritten = 0
    for cell, _column, before, after in stored:
        overwritten += before != last[cell] or saved.get(after, before) != before
        last[cell] = after
    lost = len(saved.keys() ^ {after for _cell, _column, _before, after in stored})
    wrong = sum(last[cell] != value for cell, value in _values(store).items())
    return Edited(kills, len(stored), lost, overwritten, wrong)
