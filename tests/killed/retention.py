"""kill -9 while the team is warned, taking part ends and people are erased: nobody is forgotten, nothing is done twice.

Six in ten are erased then; the others, an organiser among them, agreed to a follow-up.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from bot.background.scheduling import Ticker
from bot.config import purpose_store
from bot.config.settings import StorageSettings
from bot.database.engine import Store, Transaction, Unit
from bot.database.opening import open_store
from bot.files.folder import Folder
from bot.membership.erasure import finish_erasures, log_path, replay
from bot.membership.retention import Retention
from handlers.privacy.schedule import Ends
from handlers.team.store import add_question
from tests.clock import ManualClock
from tests.crowds import FIRST, add_people, choose, in_store
from tests.followup import END, FOLLOWUP, FollowedUp
from tests.killed.lives import FORKS
from tests.world import DECLARED, FILE_TABLES, make_settings, seed

_UNITS = 8
"""Within so many of its transactions a life ends that has people to erase."""
STAGES = (END - timedelta(days=14), END - timedelta(days=2), END)


class Swept(NamedTuple):
    """What is left once the program ended by itself.

    `kills` are lives that ended by SIGKILL.
    `people`, `choices` and `unfinished` erasures are stored rows, `warnings` messages to the organiser; `noted` is how
    many people the log names as erased, and `twice` how many lines it has of whom or what it named already.
    """

    kills: int
    people: int
    choices: int
    unfinished: int
    noted: int
    twice: int
    warnings: int


async def survive_retention(lives: int, people: int, seed: int, folder: Path, url: str) -> Swept:
    """Fill a store, and let taking part end while the program kills itself in so many lives.

    It dies in the middle of a transaction in one life, and just after one in the next.
    """
    dice = Random(seed)
    await (await fill_retention(url, people)).close()
    kills, few = 0, lives // 6
    for at, times in zip(STAGES, (few, few, lives - few * 2), strict=True):
        for kill in range(times):
            unit = dice.randint(1, _UNITS if at == END else 1)
            life = FORKS.Process(target=_die, args=(url, folder, at, unit, kill % 2 == 0), daemon=True)
            life.start()
            await asyncio.to_thread(life.join)
            kills += life.exitcode == -signal.SIGKILL
        await _one_life(url, folder, at)
    left, choices, unfinished, warnings = await in_store(url, _count)
    lines = [
        json.loads(line)
        for line in log_path(StorageSettings(url=url, files=str(folder))).read_text("utf-8").splitlines()
    ]
    erased = [line["person"] for line in lines if "ended" not in line]
    ended = [line["what"] for line in lines if line.get("ended") == purpose_store.PURPOSE_ENDING]
    twice = len(erased) - len(set(erased)) + len(ended) - len(set(ended))
    return Swept(kills, left, choices, unfinished, len(set(erased)), twice, warnings)


async def fill_retention(url: str, people: int) -> Store:
    """Return a new store with so many people, each with a theme and a question."""
    store = await open_store(url)
    await seed(store, _settings())
    await store.transact(partial(_fill, people=people))
    return store


async def live(store: Store, url: str, folder: Path, at: datetime) -> None:
    """Do at an instant what the program does from its start until nothing is due."""
    files, settings, storage = Folder(folder, FILE_TABLES), _settings(), StorageSettings(url=url, files=str(folder))
    await replay(store, DECLARED, storage, files, at)
    ticker = Ticker(store, ManualClock(at), [Ends(settings), Retention(settings, DECLARED, files)])
    await ticker.prepare()
    finishing = asyncio.create_task(finish_erasures(store, DECLARED, storage, files))  # beside it, as in the program
    await ticker.look()
    await finishing
    await finish_erasures(store, DECLARED, storage, files)


def _die(url: str, folder: Path, at: datetime, unit: int, within: bool) -> None:
    asyncio.run(_one_life(url, folder, at, partial(_kill_itself, at_unit=unit, within=within)))


def _kill_itself(store: Store, at_unit: int, within: bool) -> None:
    """Make the program die in the transaction with this number, counted from now on, or just after it."""
    transact, begun = store.transact, count(1)

    async def dying(unit: Unit[Any]) -> Any:
        dies = next(begun) == at_unit

        async def to_the_end(tx: Transaction) -> Any:
            result = await unit(tx)
            if dies and within:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        result = await transact(to_the_end)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    store.transact = dying  # type: ignore[method-assign]


async def _one_life(url: str, folder: Path, at: datetime, doom: Callable[[Store], None] | None = None) -> None:
    store = await open_store(url)
    if doom:
        doom(store)
    await live(store, url, folder, at)
    await store.close()


def _settings() -> Any:
    return FollowedUp.model_validate(make_settings().model_dump())


async def _fill(tx: Transaction, people: int) -> None:
    now = END - timedelta(days=60)
    everybody = await add_people(tx, [("telegram", str(FIRST + n)) for n in range(people)], now)
    await choose(tx, everybody, "school", now)
    for person in everybody:
        await add_question(tx, person.id, f"A question of {person.id}", now)
    await tx.run("UPDATE participants SET organises = 1 WHERE id = :id", id=people)
    for person in everybody[people * 6 // 10 :]:
        await purpose_store.agree(tx, person.id, FOLLOWUP.key, now)


async def _count(tx: Transaction) -> list[int]:
    counted = ("participants", "choices", "erasures", "deliveries WHERE kind = 'message'")
    return [await tx.value(int, f"SELECT COUNT(*) FROM {what}") for what in counted]
