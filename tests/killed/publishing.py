"""kill -9 while groups are published: everyone told exactly one group, theirs, and no one none.

Two organisers look at the preview and press at the same time; the program dies right then, and again and again while
the cards go out. What was on its way when it died is sent a second time: the same card, never another.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from bot.clock import SystemClock
from bot.database.engine import Transaction
from bot.rehearsal.botapi import BotApi, TelegramUser
from tests.crowds import fill_store, in_store, put_into_groups
from tests.killed.lives import PATIENCE, crowd, failpoint, life, until_called

_GROUP = 6
_TITLE = re.compile(r"Culture (\d+) · ")


@dataclass(frozen=True, slots=True)
class Told:
    """How a publication ended, in people. `without`, `wrong` and `twice` should be nothing.

    `twice` have more than one card in the outbox; `again` saw theirs more than once, as it was in flight at a kill.
    """

    kills: int
    people: int
    without: int
    wrong: int
    twice: int
    again: int

    @property
    def well(self) -> bool:
        """Whether everybody was told their group and no other, in one message."""
        return not (self.without or self.wrong or self.twice)


async def survive_publishing(kills: int, people: int, seed: int, folder: Path) -> Told:
    """Publish the groups of so many people (in sixes) while the program is killed that often; who was told what?"""
    dice = random.Random(seed)
    store = folder / f"published-{seed}.db"
    url = f"sqlite:///{store}"
    everyone = await fill_store(url, people + 2, people + 2)

    async def group(tx: Transaction) -> None:
        await put_into_groups(tx, everyone[:people], ("culture",), people // _GROUP, SystemClock().now())
        await tx.run("UPDATE participants SET organises = 1, attends = 0 WHERE id > :people", people=people)

    await in_store(url, group)
    async with BotApi() as api:
        *users, first, second = crowd(api, people + 2)
        for number in range(kills):
            point = failpoint(dice, number, 1, 3)
            with life(api.root, url, point) as running:
                await until_called(api, running)
                if number == 0:
                    await _press_publish(api, [first, second])
                await asyncio.sleep(dice.uniform(0, 0.5 if number else 0.05))
        with life(api.root, url) as running:
            await until_called(api, running)
            # A press whose program was killed before it answered is never acknowledged: its button stops spinning.
            await api.until(lambda: api.world.updates.confirmed(api.world.updates.last_id), timeout=PATIENCE)
            with contextlib.suppress(AssertionError):  # who was told nothing is counted
                await api.until(lambda: all(map(_told, users)), timeout=10.0)
        rows = sqlite3.connect(store).execute(
            "SELECT participant_id, COUNT(*) FROM deliveries WHERE kind = 'message' GROUP BY participant_id"
        )
        cards = dict(rows.fetchall())
        told = [_told(user) for user in users]
        return Told(
            kills,
            people,
            without=sum(not said for said in told),
            wrong=sum(bool(set(said) - {str(n // _GROUP + 1)}) for n, said in enumerate(told)),
            twice=sum(cards.get(n, 0) > 1 for n in range(1, people + 1)),
            again=sum(len(said) > 1 for said in told),
        )


async def _press_publish(api: BotApi, organisers: list[TelegramUser]) -> None:
    for user in organisers:
        user.send("/organiser")
    await api.settled(PATIENCE)
    for user in organisers:
        user.forge("gt-1")
    await api.until(lambda: all(map(_offers, organisers)), lambda: "no preview", PATIENCE)
    for user in organisers:
        user.forge(_offers(user)[0])


def _offers(user: TelegramUser) -> list[str]:
    """The buttons that publish, whatever they say."""
    pressed = (button.get("callback_data", "") for row in user.last.rows for button in row)
    return [payload for payload in pressed if payload.startswith("gu-")]


def _told(user: TelegramUser) -> list[str]:
    """The numbers of the groups someone was told, as often as they were."""
    return _TITLE.findall("\n".join(shown.text for shown in user.shown))
