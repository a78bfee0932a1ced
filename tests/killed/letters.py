"""kill -9 while invitations leave by letter: nobody goes without, and rows say who may have one twice."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.delivery.worker import Delivery
from bot.membership import letters
from bot.people import participant_store
from bot.platforms.email.adapter import Email
from bot.platforms.email.connections import MailConnections
from tests.crowds import in_store
from tests.drivers.mail import HANG, TAKEN, open_mail
from tests.killed.lives import Life
from tests.world import CONTRIBUTIONS, make_settings

_PATIENCE = 1.0
"""Seconds after which the program gives up on a server that hangs."""
_LOOKS = 20_000
_LATER, _NEVER = 53, 97
"""One letter in so many is refused for now, and one gets no answer after the server took it."""


@dataclass(frozen=True, slots=True)
class Posted:
    """How it ended, in people: `unlisted` have letters too many of which no row says so."""

    kills: int
    people: int
    lost: int
    twice: int
    unlisted: int
    listed: int

    @property
    def well(self) -> bool:
        """Whether nobody went without, and each double is listed."""
        return not (self.lost or self.unlisted)


def settings_with(email: dict[str, Any]) -> Settings:
    """A gathering that sends letters."""
    return make_settings(
        email=email,
        web={"public_url": "https://rencontres.example"},
        gathering={"starts": "2090-06-10", "ends": "2090-06-12", "retention_ends": "2091-01-01"},
    )


async def fill(url: str, people: int) -> None:
    """Select so many people, and put a letter for each into the outbox."""

    async def unit(tx: Transaction) -> None:
        now = SystemClock().now()
        ids = [
            (await participant_store.add(tx, ref=f"R-{n}", given_name=f"P{n}", family_name="", now=now)).id
            for n in range(people)
        ]
        await tx.run("UPDATE participants SET email = 'p' || id || '@example.org'")
        await letters.post_invitations(tx, ids, now, due=now)

    await in_store(url, unit)


async def survive_posting(kills: int, people: int, seed: int, folder: Path) -> Posted:
    """Send so many letters by a server with faults, while the program is killed that often."""
    dice = random.Random(seed)
    store = folder / f"letters-{seed}.db"
    url = f"sqlite:///{store}"
    await fill(url, people)
    async with open_mail() as server:
        server.answer = lambda number: (
            "451 4.3.0 later" if number % _LATER == 0 else HANG if number % _NEVER == 0 else TAKEN
        )
        for life in range(kills + 1):
            program = Life(url, server.port, target=_post)
            wanted = len(server.letters) + max(1, int(dice.uniform(0.2, 1.2) * people / (kills + 1)))
            with closing(sqlite3.connect(store)) as database:
                for _look in range(_LOOKS):
                    if not _waiting(database) or (life < kills and len(server.letters) >= wanted):
                        break
                    await asyncio.sleep(0.01)
            program.kill()
        seen = Counter(letter.to for letter in server.letters)
        with closing(sqlite3.connect(store)) as database:
            listed = {
                row[0]
                for row in database.execute(
                    "SELECT p.email FROM participants p JOIN deliveries d ON p.id = d.participant_id WHERE repeated = 1"
                )
            }
        doubled = {address for address, times in seen.items() if times > 1}
        return Posted(kills, people, people - len(seen), len(doubled), len(doubled - listed), len(listed))


def _waiting(database: sqlite3.Connection) -> bool:
    found = database.execute("SELECT 1 FROM deliveries WHERE state IN ('waiting', 'sending') LIMIT 1").fetchone()
    return found is not None


def _post(url: str, port: int) -> None:
    asyncio.run(_deliver(url, port))


async def _deliver(url: str, port: int) -> None:
    settings = settings_with(
        {"server": "127.0.0.1", "port": port, "security": "none", "from": "team@rencontres.example"}
    )
    store = await open_store(url)
    email = Email(settings, store, SystemClock(), MailConnections(settings.email, patience=_PATIENCE))
    await Delivery(store, {email.name: email}, settings, SystemClock(), CONTRIBUTIONS).run()
