"""Many reminders due in the same second: how soon the first is sent, whether the loop stalls, whether one is lost.

    python -m benchmarks.reminders [--people 10000]

Two crowds: one session for everyone, and as many reminders that people asked for themselves. The program's own ticker
and delivery run over a platform that accepts at once; wanted are adding ≤ 0.5 s, the first send ≤ 100 ms after the
time, no stall of the event loop over 20 ms, none lost, none twice.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.crowd import fill
from bot.background.scheduling import Ticker
from bot.clock import SystemClock
from bot.content.lead_times import until
from bot.content.texts import Reader
from bot.content.views import View
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.delivery.platform import Address, Channels, Membership
from bot.delivery.worker import Delivery
from handlers.programme.model import Plan, session_subject
from handlers.programme.service import follow_change
from handlers.programme.store import add_session
from handlers.reminders.schedule import Reminders
from handlers.reminders.seeding import SEED
from handlers.reminders.store import add_personal
from tests.world import CONTRIBUTIONS, SUBJECTS, AllSettings

_BEAT = 0.001
_RELEASED_WITHIN = 60.0


@dataclass
class Sink:
    """A platform that accepts at once."""

    name: str = "web"
    channels: Channels | None = None
    calendar: None = None
    single_intake: bool = False
    arrived: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None

    async def prepare(self) -> None:
        """There is nothing to prepare."""

    async def run(self) -> None:
        """Nobody writes here."""
        await asyncio.Event().wait()

    def count_messages(
        self, address: Address, _view: View, _reader: Reader, *, delivery_id: int, native_id: str | None = None
    ) -> int:
        """Each is one message."""
        return 1

    async def send(
        self, address: Address, _view: View, _reader: Reader, *, delivery_id: int, mentions: tuple[str, ...] = ()
    ) -> str:
        """Count it."""
        self.first = self.first or SystemClock().now()
        self.arrived[address.chat] += 1
        return str(delivery_id)

    async def edit(self, _address: Address, native_id: str, _view: View, _reader: Reader) -> str:
        """Nothing is edited here."""
        return native_id

    async def delete(self, _address: Address, _native_id: str) -> bool:
        """Nothing is deleted here."""
        return True

    async def pin(self, address: Address, native_id: str) -> None:
        raise NotImplementedError

    async def show_membership(self, _membership: Membership) -> None:
        """Nobody has a place here."""

    async def close(self) -> None:
        """Nothing to close."""


async def _longest_stall(stop: asyncio.Event) -> float:
    """Seconds by which the loop was late at most, looked at every millisecond."""
    worst = 0.0
    while not stop.is_set():
        before = time.perf_counter()
        await asyncio.sleep(_BEAT)
        worst = max(worst, time.perf_counter() - before - _BEAT)
    return worst


async def _add(store: Store, people: int, due: datetime, *, personal: bool) -> float:
    """Plan the reminders; seconds it took to add them."""
    starts = due + timedelta(minutes=10)
    plan = Plan("opening", {"fr": "Ouverture"}, starts, starts + timedelta(hours=1), "Europe/Paris", kind="plenary")

    async def session(tx: Transaction) -> int:
        made = await add_session(tx, plan)
        if not personal:
            await follow_change(tx, None, made, SystemClock().now())
        return made.id

    number = await store.transact(session)
    if not personal:
        return 0.0
    rows = [(person, until(starts, due), due) for person in range(1, people + 1)]
    began = time.perf_counter()
    await store.transact(lambda tx: add_personal(tx, session_subject(number), starts, rows))
    return time.perf_counter() - began


async def _round(url: str, people: int, *, personal: bool) -> None:
    store = await open_store(url)
    await store.transact(lambda tx: tx.run("UPDATE accounts SET platform = 'web'"))
    clock, sink = SystemClock(), Sink()
    before = [] if personal else ["10min"]
    settings = AllSettings.model_validate({"reminders": {"before": before, "themes": []}})
    delivery = Delivery(store, {sink.name: sink}, settings, clock, CONTRIBUTIONS)
    ticker = Ticker(store, clock, (Reminders(settings, SUBJECTS),), delivery.wake)
    await store.transact(lambda tx: SEED.write(tx, settings))
    await ticker.prepare()
    due = clock.now() + timedelta(seconds=3)
    added = await _add(store, people, due, personal=personal)
    gc.collect()
    gc.freeze()
    stop = asyncio.Event()
    work = [asyncio.create_task(ticker.run()), asyncio.create_task(delivery.run())]
    await asyncio.sleep((due - clock.now()).total_seconds() - 1)
    stall = asyncio.create_task(_longest_stall(stop))
    released = await _released(store, people, due)
    await asyncio.sleep(1)
    stop.set()
    worst = await stall
    doubled = await store.read(
        lambda tx: tx.all("SELECT participant_id FROM deliveries GROUP BY participant_id HAVING COUNT(*) > 1")
    )
    for task in work:
        task.cancel()
    await asyncio.wait(work)
    first = (sink.first - due).total_seconds() * 1000 if sink.first else float("nan")
    what = "asked for by each" if personal else "one session for all"
    print(f"{people:,} reminders, {what}:")
    if personal:
        print(f"  added in {added:.2f} s")
    print(f"  first sent {first:.0f} ms after the time, all in the outbox after {released:.2f} s")
    print(f"  longest stall of the loop {worst * 1000:.1f} ms, twice {len(doubled)}")
    await store.close()


async def _released(store: Store, people: int, due: datetime) -> float:
    """Seconds after the time until everyone has a row in the outbox. Raises TimeoutError where some are lost."""
    while True:
        row = await store.read(lambda tx: tx.one("SELECT COUNT(*) AS n FROM deliveries"))
        passed = (SystemClock().now() - due).total_seconds()
        if row and row["n"] >= people:
            return passed
        if passed > _RELEASED_WITHIN:
            raise TimeoutError(f"{people - (row['n'] if row else 0)} of {people} reminders are lost")
        await asyncio.sleep(0.05)


def main() -> None:
    """Both crowds, one after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=10_000)
    people = parser.parse_args().people
    for personal in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "crowd.db"
            fill(path, people, 5_000_000_001, people)
            asyncio.run(_round(f"sqlite:///{path}", people, personal=personal))


if __name__ == "__main__":
    main()
