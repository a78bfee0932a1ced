"""Measures how long others wait during an erasure, and whether it is completed despite kill -9.

    python -m benchmarks erasing [--messages 200000] [--people N] [--kills N]

A gathering of 100 people has so many old messages on pages and in the outbox, with names as plain words instead of
references. Every tenth names Zoe Dupont; one in a hundred of the newest was sent to a chat. While she is erased,
somebody else writes again and again, and their waiting times are printed, with those for an idle store. With `--kills`,
the erasing program is killed so many times meanwhile.

With `--people`, the purpose of taking part ends for so many people instead, on both database engines; four in ten have
agreed to further purposes. Printed is how long others wait during that erasure, or what is left after the kills.
"""

from __future__ import annotations

import asyncio
import gc
import json
import multiprocessing
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.programs import postgres
from benchmarks.report import options
from bot.clock import SystemClock, to_micros
from bot.config.settings import StorageSettings
from bot.content.texts import Name, Strong, _
from bot.content.views import View, encode_view
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.files.folder import Folder
from bot.membership.erasure import erase, finish_erasures
from tests.crowds import add_people, in_store
from tests.killed.retention import STAGES, fill_retention, live, survive_retention
from tests.world import DECLARED, FILE_TABLES, AllSettings

_PEOPLE = 100
_NAMED = json.dumps(encode_view(View((_("{name} asks the team:", name=Strong(Name("Zoe Dupont"))), "Where?"))))
_OTHER = json.dumps(encode_view(View((_("{name} asks the team:", name=Strong(Name("Max Roy"))), "Where?"))))


async def fill(url: str, messages: int) -> int:
    """Fill a new store with `messages` old messages; return the participant id of Zoe, who is to be erased."""
    now = SystemClock().now()

    async def unit(tx: Transaction) -> int:
        zoe, *others = await add_people(tx, [("", "")] * _PEOPLE, now)
        await tx.run("UPDATE participants SET given_name = 'Zoe', family_name = 'Dupont' WHERE id = :id", id=zoe.id)
        await tx.run("UPDATE participants SET organises = 1 WHERE id > :zoe", zoe=zoe.id)
        rows = [
            {"person": others[n % len(others)].id, "said": _OTHER if n % 10 else _NAMED, "at": to_micros(now), "n": n}
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
        return zoe.id

    return int(await in_store(url, unit, AllSettings()))


async def waits(store: Store, ending: asyncio.Event) -> list[float]:
    """Let a person write until `ending` is set, again and again; return how many ms each of these writes waited."""

    async def write(tx: Transaction) -> None:
        await tx.run("UPDATE participants SET muted = muted WHERE id = 2")

    waited = []
    while not ending.is_set():
        began = time.perf_counter()
        await store.transact(write)
        waited.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.002)
    return waited


async def reference(store: Store) -> None:
    """Print how long a write waits for an idle store; from then on, collect garbage as rarely as the program does."""
    gc.freeze()
    gc.set_threshold(5_000, 2, 75)
    idle = asyncio.Event()
    asyncio.get_running_loop().call_later(1.0, idle.set)
    print(f"reference, an idle store: {_told(await waits(store, idle))}")


async def begin(url: str, folder: Path, person: int) -> None:
    """Begin the erasure of the participant with the id `person`; `folder` holds the files that people sent."""
    store = await open_store(url)
    files = Folder(folder, FILE_TABLES)
    await store.transact(lambda tx: erase(tx, DECLARED, person, SystemClock().now(), texts=True, files=files))
    await store.close()


async def finish(url: str, folder: Path) -> None:
    """Finish an erasure that was begun in the store at `url`. `folder` holds the files that people sent."""
    store = await open_store(url)
    storage = StorageSettings(url=url, files=str(folder))
    await finish_erasures(store, DECLARED, storage, Folder(folder, FILE_TABLES))
    await store.close()


async def measure(url: str, folder: Path, person: int) -> None:
    """Print how long others wait for the store while a person is erased, and how long the erasure takes."""
    store, files = await open_store(url), Folder(folder, FILE_TABLES)
    await reference(store)
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
    """Kill the program that finishes an erasure `kills` times, then let it finish. Prints nothing."""
    dice = random.Random(29)
    fork = multiprocessing.get_context("fork")

    def life_long() -> None:
        asyncio.run(finish(url, folder))

    for _kill in range(kills):
        life = fork.Process(target=life_long)
        life.start()
        life.join(dice.uniform(0.05, 0.6))
        life.kill()
        life.join()
    life_long()


def left(path: Path) -> tuple[int, int]:
    """Return how many erasures in the SQLite file `path` are unfinished, and how many messages still name Zoe."""
    with sqlite3.connect(path) as rows:
        [(pending,)] = rows.execute("SELECT COUNT(*) FROM erasures")
        [(pages,)] = rows.execute("SELECT COUNT(*) FROM page_messages WHERE content LIKE '%Zoe Dupont%'")
        [(sent,)] = rows.execute("SELECT COUNT(*) FROM deliveries WHERE content LIKE '%Zoe Dupont%'")
    return pending, pages + sent


async def end_taking_part(url: str, folder: Path, people: int, kills: int) -> None:
    """Print how long others wait while taking part ends for many; or, if `kills`, what is left after so many kills."""
    if kills:
        print(await survive_retention(kills, people, 29, folder, url))
        return
    store = await fill_retention(url, people)
    await reference(store)
    ending = asyncio.Event()
    others = asyncio.create_task(waits(store, ending))
    began = time.perf_counter()
    for at in STAGES:
        await live(store, url, folder, at)
    took = time.perf_counter() - began
    ending.set()
    print(f"while taking part ends for {people} people: {_told(await others)}; until all is done: {took:.1f} s")
    await store.close()


def main() -> None:
    asked = options(__doc__, messages=200_000, people=0, kills=0)
    if asked.people:
        with tempfile.TemporaryDirectory() as made, postgres(Path(made)) as on:
            for url in (f"sqlite:///{made}/gathering.db", on.database()):
                print(url.partition(":")[0], end=": ", flush=True)
                asyncio.run(end_taking_part(url, Path(made) / "files", asked.people, asked.kills))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        path = folder / "gathering.db"
        url = f"sqlite:///{path}"
        person = asyncio.run(fill(url, asked.messages))
        if asked.kills:
            asyncio.run(begin(url, folder, person))
            survive(url, folder, asked.kills)
        else:
            asyncio.run(measure(url, folder, person))
        print("erasures not finished: {}; messages that name them: {}".format(*left(path)))
