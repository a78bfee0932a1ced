"""The end of the data's time: warned of twice, then all goes by itself; neither a clock nor a date hurries it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.background.scheduling import Ticker
from bot.files.folder import Folder
from bot.membership.erasure import finish_erasures, log_path, replay_erasures
from bot.membership.retention import Retention
from handlers.privacy.schedule import Ends
from tests.clock import ManualClock
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.outbox import pushed
from tests.world import DECLARED, World, make_settings, open_world

LAST_DAY = "2027-12-31"
END = datetime(2027, 12, 31, 23, tzinfo=UTC)
"""When that day is over in Paris."""


@pytest.fixture
async def world(store_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(store_url, files=tmp_path / "files") as world:
        yield world


async def look(world: World, at: datetime, **gathering: str) -> None:
    """Let the program look at what is due at an instant; `gathering` is in the configuration then."""
    world.clock = ManualClock(at)
    world.dispatcher._clock = world.clock
    settings = make_settings(gathering={"retention_ends": LAST_DAY, **gathering})
    await Ticker(world.store, world.clock, [Ends(settings), Retention(settings, DECLARED, world.files)]).look()


async def warnings(world: World, team: NeutralChat) -> list[str]:
    """The days that organisers were told."""
    return [found[1] for said in await pushed(world, team) if (found := re.match(r"On \w+ (\d+ \w+)", said))]


async def people(world: World) -> int:
    return len(await world.store.read(lambda tx: tx.all("SELECT id FROM participants")))


async def test_organisers_are_warned_twice_then_everything_goes(world: World) -> None:
    team, zoe = await world.organiser(), await world.join("Zoé", "1")
    await zoe.command("team")
    await zoe.fill("Is there a secret garden?")
    Folder(world.settings.storage.folder).keep(b"a photo of no idea any more")
    await look(world, END - timedelta(days=15))
    assert await warnings(world, team) == []
    for _again in range(2):
        await look(world, END - timedelta(days=14))
    assert await warnings(world, team) == ["31 December"]
    for _again in range(2):
        await look(world, END - timedelta(days=2))
    assert await warnings(world, team) == ["31 December"] * 2
    await look(world, END - timedelta(seconds=1))
    assert await people(world) == 2
    await look(world, END)
    assert await people(world) == 0
    await finish_erasures(world.store, DECLARED, world.settings.storage, world.files)
    assert list(Folder(world.settings.storage.folder).digests()) == []
    for chat in (zoe, team):
        await chat.command("start")
        assert chat.text.startswith("Rencontres")
        assert chat.text.endswith(
            "is over, and everything we kept about you is erased.\nThank you for having been part of it."
        )
    assert await people(world) == 0
    left = await world.store.read(lambda tx: tx.all("SELECT native_id FROM inbox"))
    assert left == []


@on_one_engine
async def test_after_an_outage_the_warnings_still_have_their_time(world: World) -> None:
    team = await world.organiser()
    back = END + timedelta(days=30)
    await look(world, back)
    assert await people(world) == 1
    await look(world, back + timedelta(days=12) - timedelta(seconds=1))
    assert len(await warnings(world, team)) == 1
    await look(world, back + timedelta(days=13))  # a day late: it is put off by that day
    await look(world, back + timedelta(days=15) - timedelta(seconds=1))
    assert len(await warnings(world, team)) == 2
    assert await people(world) == 1
    await look(world, back + timedelta(days=15))
    assert await people(world) == 0


async def test_of_two_dates_the_later_counts(world: World) -> None:
    team = await world.organiser()
    await look(world, END - timedelta(days=14))
    await look(world, END - timedelta(days=2), retention_ends="2028-02-29")
    await look(world, END, retention_ends="2028-02-29")
    assert await warnings(world, team) == ["31 December"]
    later = datetime(2028, 2, 29, 23, tzinfo=UTC)
    await look(world, later - timedelta(days=14), retention_ends="2028-02-29")
    await look(world, later - timedelta(days=13), retention_ends="2027-07-01")  # moved back: what was announced holds
    assert await warnings(world, team) == ["31 December", "29 February"]
    await look(world, later - timedelta(days=2), retention_ends="2027-07-01")
    assert await people(world) == 1
    await look(world, later, retention_ends="2027-07-01")
    assert await people(world) == 0


@on_one_engine
async def test_nothing_goes_before_the_gathering_itself_is_over(world: World) -> None:
    await world.organiser()
    at_once = {"retention_ends": str(world.settings.gathering.ends)}
    for days in (0, 14, 16, 60, 103):
        await look(world, datetime(2027, 3, 1, 9, tzinfo=UTC) + timedelta(days=days), **at_once)
    assert await people(world) == 1


@on_one_engine
async def test_a_clock_that_was_wrong_for_a_while_warns_and_erases_nothing(world: World) -> None:
    team = await world.organiser()
    await look(world, datetime(2099, 1, 1, tzinfo=UTC))
    await look(world, datetime(2027, 3, 1, tzinfo=UTC))
    assert await people(world) == 1
    await look(world, END - timedelta(days=14))
    await look(world, END - timedelta(days=2))
    assert (await warnings(world, team))[1:] == ["31 December"] * 2
    await look(world, END)
    assert await people(world) == 0


async def test_who_is_back_after_a_restore_is_erased_again(world: World) -> None:
    await world.organiser()
    people_then = await world.store.read(lambda tx: tx.all("SELECT ref, given_name, created_at FROM participants"))
    for before in (timedelta(days=14), timedelta(days=2), timedelta()):
        await look(world, END - before)
    await finish_erasures(world.store, DECLARED, world.settings.storage, world.files)
    assert log_path(world.settings.storage).read_text().count("\n") == 3  # taking part, the person, everyone
    for row in people_then:
        await world.store.transact(
            lambda tx, row=row: tx.run(  # type: ignore[misc]
                "INSERT INTO participants (ref, given_name, search_key, created_at) VALUES (:ref, :name, '', :at)",
                ref=row["ref"],
                name=row["given_name"],
                at=row["created_at"],
            )
        )
    assert (
        await replay_erasures(world.store, DECLARED, world.settings.storage, world.files, END + timedelta(days=1)) == 1
    )
    assert await people(world) == 0


async def test_a_later_gathering_in_the_same_place_takes_people_in(world: World) -> None:
    await world.organiser()
    for before in (timedelta(days=14), timedelta(days=2), timedelta()):
        await look(world, END - before)
    world.dispatcher.settings = make_settings(
        gathering={"starts": "2029-06-01", "ends": "2029-06-03", "retention_ends": "2029-12-31"},
        organisers={"telegram": [900]},
    )
    team = await world.organiser()
    assert "is over" not in team.text
    assert await people(world) == 1


def test_what_stays_at_the_end_says_nothing_of_people() -> None:
    of_people = {
        data.table
        for data in DECLARED.tables
        if data.stays_at_the_end and (data.goes or data.deleted or data.emptied or data.texts or data.shown)
    }
    apart = {"participants", "accounts"}  # deleted last; on Discord what is taken back goes within a day
    assert of_people == {*apart, "admissions"}  # these until the places of groups are closed
