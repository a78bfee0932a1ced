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
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crowd import fill
from benchmarks.killed import FIRST, PATIENCE, POINTS, program, until_polling
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.rehearsal.botapi import BotApi, TelegramUser
from handlers.groups.store.groups import add_group
from handlers.groups.store.members import put_in_group

_GROUP = 6
_KILLS_A_RUN = 5
_TITLE = re.compile(r"Culture · \D+(\d+)")


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a publication, in people. `without`, `wrong` and `twice` should be nothing.

    `twice` have more than one card in the outbox; `again` saw theirs more than once, as it was in flight at a kill.
    """

    kills: int
    people: int
    without: int
    wrong: int
    twice: int
    again: int


async def survive_publishing(kills: int, people: int, seed: int, folder: Path) -> Told:
    """Publish the groups of so many people while the program is killed that often, then look who was told what."""
    dice = random.Random(seed)
    store = folder / f"published-{seed}.db"
    await asyncio.to_thread(fill, store, people + 2, FIRST, people + 2)
    await _group(f"sqlite:///{store}", people)
    async with BotApi() as api:
        crowd = [TelegramUser(api, f"Personne {n}", started=True, user_id=FIRST + n) for n in range(people + 2)]
        organisers = crowd[people:]
        for life in range(kills):
            failpoint = (dice.choice(POINTS), dice.randint(1, 3)) if life % 2 else None
            with program(api.root, store, failpoint) as running:
                await until_polling(api, running)
                if life == 0:
                    await _press_publish(api, organisers)
                    await asyncio.sleep(dice.uniform(0, 0.05))
                else:
                    await asyncio.sleep(dice.uniform(0, 0.5))
        with program(api.root, store) as running:
            await until_polling(api, running)
            # A press whose program was killed before it answered is never acknowledged: its button stops spinning.
            await api.until(lambda: api.world.updates.confirmed(api.world.updates.last_id), timeout=PATIENCE)
            with contextlib.suppress(AssertionError):  # who was told nothing is counted
                await api.until(lambda: all(_told(user) for user in crowd[:people]), timeout=10.0)
        rows = sqlite3.connect(store).execute(
            "SELECT participant_id, COUNT(*) FROM deliveries WHERE kind = 'message' GROUP BY participant_id"
        )
        cards = dict(rows.fetchall())
        told = [_told(user) for user in crowd[:people]]
        return Told(
            kills,
            people,
            without=sum(not said for said in told),
            wrong=sum(bool(set(said) - {str(n // _GROUP + 1)}) for n, said in enumerate(told)),
            twice=sum(cards.get(n, 0) > 1 for n in range(1, people + 1)),
            again=sum(len(said) > 1 for said in told),
        )


async def _group(url: str, people: int) -> None:
    """Groups of six in the order of the people; the last two of all organise."""
    store = await open_store(url)

    async def unit(tx: Transaction) -> None:
        ids = range(1, people + 1)
        await tx.many(
            "INSERT INTO choices (participant_id, theme, chosen_at) VALUES (:id, 'culture', 0)",
            [{"id": id_} for id_ in ids],
        )
        for number, start in enumerate(range(0, people, _GROUP), start=1):
            group = await add_group(tx, 1, "culture", number)
            for id_ in ids[start : start + _GROUP]:
                await put_in_group(tx, id_, group)
        await tx.run("UPDATE participants SET organises = 1, attends = 0 WHERE id > :people", people=people)

    try:
        await store.transact(unit)
    finally:
        await store.close()


async def _press_publish(api: BotApi, organisers: list[TelegramUser]) -> None:
    for user in organisers:
        user.send("/organiser")
    await api.settled(PATIENCE)
    for user in organisers:
        user.forge("gt-1")
    await api.until(lambda: all(_offers(user) for user in organisers), lambda: "no preview", PATIENCE)
    for user in organisers:
        user.forge(_offers(user)[0])


def _offers(user: TelegramUser) -> list[str]:
    """The buttons that publish, whatever they say."""
    pressed = (button.get("callback_data", "") for row in user.last.rows for button in row)
    return [payload for payload in pressed if payload.startswith("gu-")]


def _told(user: TelegramUser) -> list[str]:
    """The numbers of the groups someone was told, as often as they were."""
    return _TITLE.findall("\n".join(shown.text for shown in user.shown))


def measure(kills: int, people: int, seed: int) -> int:
    """Print what several publications came to; 1 where somebody was told wrong."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for each in range(seed, seed + max(1, kills // _KILLS_A_RUN)):
            told = asyncio.run(survive_publishing(_KILLS_A_RUN, people, each, Path(folder)))
            print(told)
            failed |= bool(told.without or told.wrong or told.twice)
    return int(failed)
