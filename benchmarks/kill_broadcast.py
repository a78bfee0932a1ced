"""kill -9 while an announcement goes out: nobody goes without, and the report says who may have it twice.

Telegram has no key against doubles: what was in flight at a kill, or had arrived and was not written down yet, is sent
again. Discord drops what comes twice under one nonce.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.crowd import fill
from benchmarks.killed import FIRST, PATIENCE, program, until_called
from benchmarks.small_discord import SmallDiscord
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.people.audiences import EVERYONE
from bot.rehearsal.botapi import BotApi, RateLimits, TelegramUser
from handlers.announcements.service.releasing import enqueue_copies
from handlers.announcements.store.announcements import add_announcement, begin_release

_WORDS = "Rendez-vous demain à 9 h 30."


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of an announcement, in people.

    Of Telegram are `twice`, the copies too many; `beyond`, the people who have them and of whom no row says so;
    `listed`, those of whom one does; and `window`, the most copies in flight or not written down at a kill.
    """

    kills: int
    people: int
    lost: int
    twice: int
    beyond: int
    listed: int
    window: int
    twice_on_discord: int
    dropped_by_discord: int
    refused: int


async def survive_broadcast(kills: int, people: int, seed: int, folder: Path, *, share: float = 0.4) -> Sent:
    """Announce to so many people, that share of them on Discord, while the program is killed that often."""
    dice = random.Random(seed)
    store = folder / f"broadcast-{seed}.db"
    on_discord = int(people * share)
    on_telegram = people - on_discord
    await asyncio.to_thread(fill, store, people, FIRST, people)
    with closing(sqlite3.connect(store)) as database:
        database.execute("UPDATE accounts SET platform = 'discord', private_pushes = 1 WHERE id > ?", (on_telegram,))
        database.commit()
    await _announce(f"sqlite:///{store}")
    window = 0
    async with BotApi(pace=RateLimits(), latency=0.05) as api, SmallDiscord() as discord:
        crowd = [TelegramUser(api, f"Personne {n}", started=True, user_id=FIRST + n) for n in range(on_telegram)]
        a_life = on_telegram / (kills + 1)  # copies, so that the kills are spread over the whole broadcast
        for _life in range(kills):
            with program(api.root, store, discord=discord.base) as running:
                await until_called(api, running, "sendMessage", max(1, int(dice.uniform(0.2, 1.8) * a_life)))
            window = max(window, _rows(store, "state = 'sending' AND platform = 'telegram'"))
        with program(api.root, store, discord=discord.base):
            for _look in range(int(5 * (PATIENCE + people / 10))):
                await asyncio.sleep(0.2)
                if not _rows(store, "state IN ('waiting', 'sending')"):
                    break
        words = f"\n{_WORDS}"  # below whose words they are
        seen = Counter({n + 1: sum(shown.text.endswith(words) for shown in user.shown) for n, user in enumerate(crowd)})
        doubled = {person for person, times in seen.items() if times > 1}
        with closing(sqlite3.connect(store)) as database:
            listed = {row[0] for row in database.execute("SELECT participant_id FROM deliveries WHERE repeated = 1")}
        return Sent(
            kills,
            people,
            lost=sum(not times for times in seen.values()) + on_discord - len(discord.messages),
            twice=sum(times - 1 for times in seen.values() if times > 1),
            beyond=len(doubled - listed),
            listed=len(listed),
            window=window,
            twice_on_discord=sum(times - 1 for times in discord.messages.values()),
            dropped_by_discord=discord.repeats,
            refused=api.refusals[429],
        )


def _rows(store: Path, condition: str) -> int:
    with closing(sqlite3.connect(store)) as database:
        counted: int = database.execute(f"SELECT COUNT(*) FROM deliveries WHERE {condition}").fetchone()[0]
    return counted


async def _announce(url: str) -> None:
    store = await open_store(url)
    now = datetime.now(UTC)

    async def unit(tx: Transaction) -> None:
        made = await add_announcement(tx, None, (_WORDS,), (), now)
        await begin_release(tx, made.id, now, urgent=True)
        await enqueue_copies(tx, made.id, EVERYONE, now, urgent=True)

    try:
        await store.transact(unit)
    finally:
        await store.close()


def measure(kills: int, people: int, seed: int) -> int:
    """Print what it came to; 1 where somebody goes without, or has it twice and nothing says so."""
    with tempfile.TemporaryDirectory() as folder:
        sent = asyncio.run(survive_broadcast(kills, people, seed, Path(folder)))
    print(sent)
    return int(bool(sent.lost or sent.beyond or sent.twice_on_discord or sent.twice > kills * sent.window))
