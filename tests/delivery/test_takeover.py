"""Several programs, and programs that end: nothing is lost, and nothing is sent twice that need not be."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.database.engine import Store
from bot.database.opening import open_store
from tests.delivery.rig import Rig


@pytest.fixture
def rig(store: Store) -> Rig:
    return Rig(store, "telegram")


async def test_a_second_program_waits_until_the_first_ends(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    second = rig.program()
    async with rig.running():
        waiting = asyncio.create_task(second.run())
        for text in "abc":
            await rig.tell(zoe, text)
            second.wake()
            await rig.passes(20)
        assert rig["telegram"].texts == ["a", "b", "c"]
    rig.delivery = second
    await rig.passes(5)
    await rig.tell(zoe, "d")
    await rig.passes(1)
    assert rig["telegram"].texts == ["a", "b", "c", "d"]
    waiting.cancel()
    await asyncio.wait({waiting})


async def test_what_a_lost_program_was_sending_is_sent_once_its_lease_ran_out(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    await rig.tell(zoe, "Welcome")
    await rig.run("UPDATE deliveries SET state = 'sending'")
    until = int(rig.clock.now().timestamp() * 1_000_000) + 30_000_000
    await rig.run("INSERT INTO leases (name, holder, until) VALUES ('delivery:telegram', 'elsewhere', :u)", u=until)
    async with rig.running():
        await rig.passes(29)
        assert rig["telegram"].texts == []
        await rig.passes(7)
        assert rig["telegram"].texts == ["Welcome"]


async def test_a_program_that_lost_its_lease_stops_and_waits_for_it(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    async with rig.running():
        await rig.run("UPDATE leases SET holder = 'elsewhere', until = until + 60000000")
        await rig.passes(10)
        await rig.tell(zoe, "Welcome")
        await rig.passes(60)
        assert rig["telegram"].texts == []
        await rig.passes(40)
        assert rig["telegram"].texts == ["Welcome"]


async def test_a_program_whose_lease_another_took_says_so_and_not_that_it_failed(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    with capture_logs() as lines:
        async with rig.running():
            await rig.passes(1)
            await rig.run("UPDATE leases SET holder = 'elsewhere', until = until + 60000000")
            await rig.tell(zoe, "Welcome")
            await rig.passes(1)
    assert [line["event"] for line in lines if line["log_level"] in ("warning", "error")] == [
        "delivery.sender_taken_over"
    ]


async def test_what_is_in_flight_at_the_end_is_waited_for(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    await rig.tell(zoe, "Welcome")
    rig["telegram"].gate.clear()
    running = asyncio.create_task(rig.delivery.run())
    await rig.passes(1)
    running.cancel()
    rig["telegram"].gate.set()
    await asyncio.wait({running})
    assert await rig.states() == [("sent", None)]


async def test_a_store_out_of_order_makes_nothing_leave_twice(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    rig["telegram"].gate.clear()
    async with rig.running():
        await rig.tell(zoe, "Welcome")
        await rig.passes(1)
        rig.store.broken = True
        rig["telegram"].gate.set()
        await rig.passes(5)
        rig.store.broken = False
        await rig.passes(5)
    assert rig["telegram"].texts == ["Welcome"]
    assert await rig.states() == [("sent", None)]


async def test_what_arrived_is_written_down_though_the_end_comes_meanwhile(rig: Rig) -> None:
    zoe = await rig.person("Zoé", "telegram:1")
    await rig.tell(zoe, "Welcome")
    rig["telegram"].gate.clear()
    running = asyncio.create_task(rig.delivery.run())
    await rig.passes(1)
    rig.store.gate.clear()
    rig["telegram"].gate.set()
    await rig.passes(1)
    assert rig["telegram"].texts == ["Welcome"]
    running.cancel()
    await rig.store.quiet()
    rig.store.gate.set()
    await asyncio.wait({running})
    assert await rig.states() == [("sent", None)]


async def test_what_was_claimed_without_our_knowing_is_claimed_again_and_nothing_else_is(rig: Rig) -> None:
    zoe, ali = await rig.person("Zoé", "telegram:1"), await rig.person("Ali", "telegram:2")
    async with rig.running():
        rig["telegram"].gate.clear()
        await rig.tell(zoe, "welcome")
        await rig.passes(1)
        await rig.tell(ali, "hello")
        rig.store.mute = True
        await rig.passes(1)
        rig.store.mute = False
        await rig.passes(4)
        rig["telegram"].gate.set()
        await rig.passes(5)
    assert sorted(rig["telegram"].texts) == ["hello", "welcome"]
    assert await rig.states() == [("sent", None)] * 2


async def test_a_program_that_is_killed_loses_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """Real ones, killed while they send; the next goes on at once, for it sees that the one before is gone."""
    url, paper = sqlite_url, tmp_path / "arrived"
    store = await open_store(url)
    rig = Rig(store, "telegram", start=datetime.now(UTC))
    texts = [f"news {number}" for number in range(60)]
    for number, text in enumerate(texts):
        await rig.tell(await rig.person(f"P{number}", f"telegram:{number}"), text)
    for _ in range(2):
        victim = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.delivery.victim", url, str(paper), stdout=asyncio.subprocess.PIPE
        )
        assert victim.stdout is not None
        for _ in range(15):
            assert await victim.stdout.readline() == b"sent\n"
        victim.kill()
        await victim.communicate()
    async with rig.running():
        await rig.passes(3)
    await store.close()
    times = Counter(paper.read_text().splitlines() + rig["telegram"].texts)
    assert set(times) == set(texts)
    # What was in flight, or not yet written down, goes again: a message at most once more for each kill.
    assert max(times.values()) <= 3
