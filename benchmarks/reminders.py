"""Measures many reminders due in the same second: how soon the first is sent, stalls of the loop, losses.

    python -m benchmarks reminders [--people 10000]

There are two crowds: one session for everyone, and as many reminders that people asked for. The program's own ticker
and delivery run with a platform that accepts at once. Aims: adding them in ≤ 0.5 s, the first send ≤ 100 ms after the
time, no stall of the event loop over 20 ms, none lost, none twice.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from datetime import datetime, timedelta

from benchmarks.driven import Watch
from benchmarks.report import options
from bot.background.scheduling import Ticker
from bot.clock import SystemClock
from bot.content.lead_times import until
from bot.content.texts import Reader
from bot.content.views import View
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.delivery.platform import Address
from bot.delivery.worker import Delivery
from handlers.programme.model import Plan, session_subject
from handlers.programme.service import follow_change
from handlers.programme.store import add_session
from handlers.reminders.schedule import Reminders
from handlers.reminders.seeding import SEED
from handlers.reminders.store import add_personal
from tests.clock import ManualClock
from tests.crowds import fill_store
from tests.delivery.rig import Recorder
from tests.world import CONTRIBUTIONS, START, SUBJECTS, AllSettings

_RELEASED_WITHIN = 60.0


class _Sink(Recorder):
    """A platform that accepts at once."""

    first: datetime | None = None

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        """Note when the first came."""
        self.first = self.first or SystemClock().now()
        return str(delivery_id)


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
    await fill_store(url, people, people, "web")
    store = await open_store(url)
    clock, sink = SystemClock(), _Sink("web", ManualClock(START))
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
    work = [asyncio.create_task(ticker.run()), asyncio.create_task(delivery.run())]
    await asyncio.sleep((due - clock.now()).total_seconds() - 1)
    watch = Watch()
    released = await _released(store, people, due)
    await asyncio.sleep(1)
    worst = watch.end()["worst"]
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
    """Print, for both crowds, how soon reminders are added and sent, stalls of the loop, and doubled reminders."""
    people = options(__doc__, people=10_000).people
    for personal in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_round(f"sqlite:///{folder}/crowd.db", people, personal=personal))
