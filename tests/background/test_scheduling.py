"""What the program forgets by itself."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.background.scheduling import Housekeeping, Released, Ticker
from bot.content.views import File, View
from bot.conversation import dialogue_store, inbox_store
from bot.conversation.dialogue_store import Dialogue
from bot.database.engine import Store, Transaction
from bot.delivery import outbox
from bot.delivery.delivery_store import CONTENT_KEPT
from bot.logs import under_reference
from bot.people import attempt_store, secret_store
from handlers.announcements.schedule import ScheduledAnnouncements
from handlers.announcements.store.announcements import add_announcement, wait_for_hour
from tests.clock import ManualClock
from tests.delivery.rig import Rig
from tests.reminders.builders import Reminded
from tests.stored_rows import stored_rows
from tests.world import CHORES, START

TABLES = ("inbox", "dialogues", "attempts", "secrets", "files")


async def fill(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")

    async def unit(tx: Transaction) -> None:
        now = rig.clock.now()
        await inbox_store.receive(tx, "telegram", "1", "1", "1", now)
        await dialogue_store.save(tx, "telegram", "1", Dialogue("tt", 0, {}), now)
        await attempt_store.count(tx, "telegram", "1", now)
        await secret_store.issue(tx, "invitation", zoe, now)
        await secret_store.issue(tx, "link", zoe, now, expires=now + timedelta(minutes=10))
        await outbox.notify(tx, zoe, View(("Welcome",), attachments=(File("a.txt", b"a"),)), now, outbox.Telling.NEWS)

    await rig.store.transact(unit)


async def counts(rig: Rig) -> dict[str, int]:
    async def unit(tx: Transaction) -> dict[str, int]:
        return {table: len(await tx.all(f"SELECT 1 AS one FROM {table}")) for table in TABLES}

    return await rig.store.read(unit)


async def test_what_is_still_of_use_stays(store: Store) -> None:
    rig = Rig(store, "telegram")
    await fill(rig)
    before = await counts(rig)
    await Housekeeping(rig.store, rig.clock, CHORES).tidy()
    assert await counts(rig) == before


async def test_what_had_its_time_goes(store: Store) -> None:
    rig = Rig(store, "telegram")
    await fill(rig)
    async with rig.running():
        await rig.passes(1)
    await rig.clock.advance(CONTENT_KEPT)
    await Housekeeping(rig.store, rig.clock, CHORES).tidy()
    assert await counts(rig) == {"inbox": 0, "dialogues": 0, "attempts": 0, "secrets": 1, "files": 0}
    row = await rig.store.read(lambda tx: tx.one("SELECT state, content FROM deliveries"))
    assert row is not None
    assert (row["state"], row["content"]) == ("sent", "")


async def test_a_file_nobody_is_to_get_goes_and_the_others_wait(store: Store) -> None:
    rig = Rig(store, "telegram")
    await fill(rig)
    await rig.clock.advance(CONTENT_KEPT)
    await Housekeeping(rig.store, rig.clock, CHORES).tidy()
    assert (await counts(rig))["files"] == 1
    await rig.run("DELETE FROM participants")  # erased: so are the deliveries
    await Housekeeping(rig.store, rig.clock, CHORES).tidy()
    assert (await counts(rig))["files"] == 0


async def test_the_round_is_made_at_its_hour_and_outlives_a_store_out_of_order(store: Store) -> None:
    rig = Rig(store, "telegram")
    await fill(rig)
    assert (await counts(rig))["inbox"] == 1
    await rig.clock.advance(CONTENT_KEPT)
    rig.store.broken = True
    harness = Housekeeping(rig.store, rig.clock, CHORES)
    await harness.tidy()
    rig.store.broken = False
    rig.store.used.clear()
    async with rig.running(lambda: harness.run(minute="*", second="*")):
        await rig.store.used.wait()
        await rig.store.quiet()
    assert (await counts(rig))["inbox"] == 0


async def test_what_is_due_leaves_at_its_instant_and_what_is_new_is_noticed(store: Store) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1")
    harness.rig.clock = harness.clock
    async with harness.rig.running(harness.ticker.run):
        await harness.session("Opening", START + timedelta(minutes=12))
        await harness.rig.passes(119.999)
        assert await harness.sent() == []
        await harness.rig.passes(0.001)
        assert [text for _person, text in await harness.sent()] == ["10:12: Opening\nTime to go there."]


async def test_a_reminder_is_released_by_a_clock_that_moves(store: Store) -> None:
    harness, rig = Reminded(store), Rig(store, "telegram", moving=True)
    await rig.person("Zoé", "telegram:1")
    await harness.session("Opening", START + timedelta(minutes=12))
    ticker = Ticker(rig.store, rig.clock, (harness.source(),))
    async with asyncio.timeout(30), rig.running(ticker.run):
        await rig.passes(121)
        assert len(await harness.sent()) == 1
        assert await rig.rests()


async def test_a_store_out_of_order_delays_what_is_due(store: Store) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1")
    harness.rig.clock = harness.clock
    await harness.session("Opening", START + timedelta(minutes=12))
    harness.store.broken = True
    async with harness.rig.running(harness.ticker.run):
        await harness.rig.passes(180)
        harness.store.broken = False
        await harness.rig.passes(5)
        assert len(await harness.sent()) == 1


async def test_an_announcement_for_later_is_released_at_its_hour(store: Store) -> None:
    harness = Reminded(store)
    await harness.rig.person("Zoé", "telegram:1")
    ines = await harness.organiser()
    at = START + timedelta(hours=1)

    async def unit(tx: Transaction) -> None:
        made = await add_announcement(tx, ines, ("Dinner at eight",), (), START)
        await wait_for_hour(tx, made.id, at)

    with under_reference("0A1B2C3D"):
        await store.transact(unit)
    ticker = Ticker(harness.store, harness.clock, (ScheduledAnnouncements(harness.settings),))
    assert await ticker.look() == at
    assert await harness.copies() == 0
    harness.clock.set_to(at)
    assert await ticker.look() is None
    assert await harness.copies() == 1
    (copy,) = (await stored_rows(harness.store, "deliveries"))["deliveries"]
    assert copy["reference"] == "0A1B2C3D"


class _Broken:
    """A source with a defect."""

    async def prepare(self, tx: Transaction, now: datetime) -> None: ...

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        return now

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        raise ZeroDivisionError


async def test_a_defect_of_one_source_keeps_no_other_from_being_released(store: Store) -> None:
    reminded: list[datetime] = []

    class Sound(_Broken):
        async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
            return None if reminded else now

        async def release(self, tx: Transaction, now: datetime) -> Released | None:
            if reminded:
                return None
            reminded.append(now)
            return Released(1)

    clock = ManualClock(START)
    assert await Ticker(store, clock, [_Broken(), Sound()]).look() is None
    assert reminded == [START]
