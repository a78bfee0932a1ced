"""What an erasure costs others: `python -m benchmarks.erasing [--messages N] [--kills N]`.

A gathering of 100 people has so many messages on pages and in the outbox that were stored before messages named people
by reference; every tenth names Zoe Dupont, and one in a hundred of the newest came to a chat. While she is erased
somebody else writes again and again: how long they wait for the store is printed, with the same in an idle store
beside it. With `--kills` the program that erases is killed that often meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import signal
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from bot.clock import SystemClock, to_micros
from bot.config.settings import StorageSettings
from bot.content.texts import Name, Strong, _
from bot.content.views import View, encode_view
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.files.folder import Folder
from bot.membership.erasure import erase, finish_erasures
from bot.people import participant_store
from tests.world import DECLARED, FILE_TABLES

_PEOPLE = 100
_NAMED = json.dumps(encode_view(View((_("{name} asks the team:", name=Strong(Name("Zoe Dupont"))), "Where?"))))
_OTHER = json.dumps(encode_view(View((_("{name} asks the team:", name=Strong(Name("Max Roy"))), "Where?"))))


async def fill(url: str, messages: int) -> int:
    """Fill a new store; returns Zoe's id."""
    store = await open_store(url, migrate=True)
    now = SystemClock().now()

    async def unit(tx: Transaction) -> int:
        ids = []
        for number in range(_PEOPLE):
            given, family = ("Zoe", "Dupont") if number == 0 else (f"Person {number}", "")
            person = await participant_store.add(tx, ref=f"R-{number}", given_name=given, family_name=family, now=now)
            await participant_store.join(tx, person.id, now)
            ids.append(person.id)
        await tx.run("UPDATE participants SET organises = 1 WHERE id > :first", first=ids[0])
        at = to_micros(now)
        rows = [
            {"person": ids[1 + n % (_PEOPLE - 1)], "said": _NAMED if n % 10 == 0 else _OTHER, "at": at, "n": n}
            for n in range(messages)
        ]
        await tx.many(
            "INSERT INTO page_messages (participant_id, author, content, revision, said_at, changed_at)"
            " VALUES (:person, 'bot', :said, :n, :at, :at)",
            rows,
        )
        await tx.run(
            "INSERT INTO deliveries (platform, kind, participant_id, content, state, due_at, created_at, sent_at,"
            " native_id) SELECT 'telegram', 'message', participant_id, content, 'sent', said_at, said_at, said_at, '1'"
            " FROM page_messages"
        )
        for table in ("page_messages", "deliveries"):
            await tx.run(f"INSERT INTO stored_before (name, last_id) SELECT '{table}', MAX(id) FROM {table}")
        return ids[0]

    try:
        return await store.transact(unit)
    finally:
        await store.close()


async def waits(store: Store, ending: asyncio.Event) -> list[float]:
    """How long, in milliseconds, somebody waits who writes again and again until an event."""

    async def write(tx: Transaction) -> None:
        await tx.run("UPDATE participants SET muted = muted WHERE id = 2")

    waited = []
    while not ending.is_set():
        began = time.perf_counter()
        await store.transact(write)
        waited.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.002)
    return waited


async def begin(url: str, folder: Path, person: int) -> None:
    """Erase somebody, without finishing."""
    store = await open_store(url)
    files = Folder(folder, FILE_TABLES)
    await store.transact(lambda tx: erase(tx, DECLARED, person, SystemClock().now(), texts=True, files=files))
    await store.close()


async def finish(url: str, folder: Path) -> None:
    """Finish what was begun."""
    store = await open_store(url)
    storage = StorageSettings(url=url, files=str(folder))
    await finish_erasures(store, DECLARED, storage, Folder(folder, FILE_TABLES))
    await store.close()


def _finish(url: str, folder: Path) -> None:
    asyncio.run(finish(url, folder))


async def measure(url: str, folder: Path, person: int) -> None:
    """Print how long others wait while somebody is erased, and for how long that goes on."""
    store, files = await open_store(url), Folder(folder, FILE_TABLES)
    idle = asyncio.Event()
    asyncio.get_running_loop().call_later(1.0, idle.set)
    print(f"reference, an idle store: {_told(await waits(store, idle))}")
    ending = asyncio.Event()
    others = asyncio.create_task(waits(store, ending))
    began = time.perf_counter()
    await store.transact(lambda tx: erase(tx, DECLARED, person, SystemClock().now(), texts=True, files=files))
    erased = time.perf_counter() - began
    await finish_erasures(store, DECLARED, StorageSettings(url=url, files=str(folder)), files)
    took = time.perf_counter() - began
    ending.set()
    print(f"while somebody is erased: {_told(await others)}")
    print(f"the person's own rows: {erased * 1000:.0f} ms; until all is done: {took:.1f} s")
    await store.close()


def _told(waited: list[float]) -> str:
    return f"median {statistics.median(waited):.1f} ms, at most {max(waited):.1f} ms ({len(waited)} writes)"


def survive(url: str, folder: Path, kills: int) -> None:
    """Kill the program that finishes an erasure so often, and let it end."""
    dice = random.Random(29)
    fork = multiprocessing.get_context("fork")
    for _kill in range(kills):
        life = fork.Process(target=_finish, args=(url, folder))
        life.start()
        life.join(dice.uniform(0.05, 0.6))
        if life.is_alive() and life.pid is not None:
            os.kill(life.pid, signal.SIGKILL)
        life.join()
    _finish(url, folder)


def left(path: Path) -> tuple[int, int]:
    """How many erasures are not finished, and how many messages name Zoe."""
    with sqlite3.connect(path) as rows:
        [(pending,)] = rows.execute("SELECT COUNT(*) FROM erasures")
        [(pages,)] = rows.execute("SELECT COUNT(*) FROM page_messages WHERE content LIKE '%Zoe Dupont%'")
        [(sent,)] = rows.execute("SELECT COUNT(*) FROM deliveries WHERE content LIKE '%Zoe Dupont%'")
    return pending, pages + sent


def main() -> None:
    """Measure, or kill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        path = folder / "gathering.db"
        url = f"sqlite:///{path}"
        person = asyncio.run(fill(url, args.messages))
        if args.kills:
            asyncio.run(begin(url, folder, person))
            survive(url, folder, args.kills)
        else:
            asyncio.run(measure(url, folder, person))
        print("erasures not finished: {}; messages that name them: {}".format(*left(path)))


if __name__ == "__main__":
    main()
