"""kill -9 while an announcement goes out: nobody goes without, and the report says who may have it twice.

Telegram has no key against doubles: what was in flight at a kill, or had arrived and was not written down yet, is sent
again. Discord drops what comes twice under one nonce.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import discord
import pytest

from bot.clock import SystemClock
from bot.database.engine import Transaction
from bot.rehearsal.botapi import BotApi, RateLimits
from tests.crowds import FIRST, fill_store, in_store, release
from tests.killed.lives import PATIENCE, crowd, life, until_called
from tests.platforms.discord.local import LocalDiscord, local_discord

_WORDS = "Rendez-vous demain à 9 h 30."


@dataclass(frozen=True, slots=True)
class Sent:
    """How an announcement ended, in people.

    Of Telegram are `twice`, the copies too many; `beyond`, the people who have them and of whom no row says so;
    `listed`, the people of whom one does; and `window`, the most copies in flight or not written down at a kill.
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

    @property
    def well(self) -> bool:
        """Whether nobody went without, and rows say who may have it twice, no more than were in flight at kills."""
        return not (self.lost or self.beyond or self.twice_on_discord) and self.twice <= self.kills * self.window


async def survive_broadcast(kills: int, people: int, seed: int, folder: Path, *, share: float = 0.4) -> Sent:
    """Announce to so many people, that share of them on Discord, while the program is killed that often."""
    dice = random.Random(seed)
    store = folder / f"broadcast-{seed}.db"
    url = f"sqlite:///{store}"
    on_discord = int(people * share)
    on_telegram = people - on_discord
    await fill_store(url, people, people)

    async def announce(tx: Transaction) -> None:
        await tx.run("UPDATE accounts SET platform = 'discord' WHERE id > :last", last=on_telegram)
        await release(tx, _WORDS, SystemClock().now())

    await in_store(url, announce)
    window, patch = 0, pytest.MonkeyPatch()
    async with BotApi(pace=RateLimits(), latency=0.05) as api, local_discord(patch) as local:
        users = crowd(api, on_telegram)
        local.histories |= {str(FIRST + n): [] for n in range(on_telegram, people)}  # each has a channel of their own
        base = discord.http.Route.BASE
        patch.undo()
        a_life = on_telegram / (kills + 1)  # copies, so that the kills are spread over the whole broadcast
        for _life in range(kills):
            with life(api.root, url, discord=base) as running:
                await until_called(api, running, "sendMessage", max(1, int(dice.uniform(0.2, 1.8) * a_life)))
            window = max(window, len(_rows(store, "state = 'sending' AND platform = 'telegram'")))
        with life(api.root, url, discord=base):
            for _look in range(int(5 * (PATIENCE + people / 10))):
                await asyncio.sleep(0.2)
                if not _rows(store, "state IN ('waiting', 'sending')"):
                    break
        words = f"\n{_WORDS}"  # below whose words they are
        seen = Counter({n + 1: sum(shown.text.endswith(words) for shown in user.shown) for n, user in enumerate(users)})
        came, repeats = _on_discord(local)
        listed = _rows(store, "repeated = 1")
        return Sent(
            kills,
            people,
            lost=sum(not times for times in seen.values()) + on_discord - len(came),
            twice=sum(times - 1 for times in seen.values() if times > 1),
            beyond=len({person for person, times in seen.items() if times > 1} - listed),
            listed=len(listed),
            window=window,
            twice_on_discord=sum(times - 1 for times in came.values()),
            dropped_by_discord=repeats,
            refused=api.refusals[429],
        )


def _on_discord(local: LocalDiscord) -> tuple[Counter[str], int]:
    """How many messages are in each channel, and how many more were dropped for their nonce."""
    nonces: defaultdict[str, Counter[object]] = defaultdict(Counter)
    for number, call in enumerate(local.calls):
        match call.path.strip("/").split("/"):
            case ["channels", channel, "messages"] if call.method == "POST":
                nonces[channel][call.body["nonce"] if call.body.get("enforce_nonce") else number] += 1
    repeats = sum(times - 1 for counted in nonces.values() for times in counted.values())
    return Counter({channel: len(counted) for channel, counted in nonces.items()}), repeats


def _rows(store: Path, condition: str) -> set[int]:
    """Whom rows of the outbox are for that a condition holds for."""
    with closing(sqlite3.connect(store)) as database:
        return {row[0] for row in database.execute(f"SELECT participant_id FROM deliveries WHERE {condition}")}
