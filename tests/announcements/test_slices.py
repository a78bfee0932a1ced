"""To very many people, copies are made and called back in slices: others wait for one only, and a crash loses none."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.background.scheduling import Ticker
from handlers.announcements import store
from handlers.announcements.actions import OpenAnnouncement
from handlers.announcements.model import Announcement
from handlers.announcements.schedule import ScheduledAnnouncements
from tests.announcements.copies import copies, leave, write
from tests.drivers.neutral import NeutralChat
from tests.world import World, open_world


@pytest.fixture
async def world(store_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A gathering of five people, where two are very many."""
    monkeypatch.setattr(store, "AT_ONCE", 2)
    async with open_world(store_url) as world:
        for number, name in enumerate(("Ali", "Eva", "Max", "Noé", "Zoé"), start=1):
            await world.join(name, str(number))
        yield world


async def sent(world: World) -> NeutralChat:
    """The chat of an organiser who has just sent an announcement to everyone."""
    ines = await world.organiser()
    await write(ines, "Lunch")
    await ines.press("Send now")
    return ines


async def go_on(world: World, steps: int = 1) -> None:
    """Some steps of the source, each in a transaction of its own."""
    source = ScheduledAnnouncements(world.settings)
    for _step in range(steps):
        assert await world.store.transact(lambda tx: source.release(tx, world.clock.now())) is not None


async def present(world: World) -> Announcement:
    """The announcement as it is."""
    announcement = await world.read(store.find_announcement, 1)
    assert announcement
    return announcement


async def names(world: World) -> list[str]:
    """Whose copies there are."""
    return [copy.name for copy in await copies(world)]


async def rest(world: World) -> None:
    """What a program does once it has started."""
    ticker = Ticker(world.store, world.clock, (ScheduledAnnouncements(world.settings),))
    assert await ticker.look() is None


async def test_copies_are_made_in_slices_and_each_person_gets_one(world: World) -> None:
    ines = await sent(world)
    assert "for 5 people" in ines.text
    assert await names(world) == ["Ali", "Eva"]
    await ines.press("How far it is")
    assert "More copies are being prepared." in ines.text
    await go_on(world)
    assert await names(world) == ["Ali", "Eva", "Max", "Noé"]
    await rest(world)  # as after a crash: what is left is known from the database
    assert await names(world) == ["Ali", "Eva", "Max", "Noé", "Zoé"]
    await ines.follow(OpenAnnouncement(1).encode())
    assert "More copies" not in ines.text
    assert len(await leave(world)) == 5
    assert (await present(world)).state == "sent"


async def test_it_is_not_over_while_copies_have_still_to_be_made(world: World) -> None:
    await sent(world)
    assert len(await leave(world)) == 2
    assert (await present(world)).state == "sending"
    await rest(world)
    assert len(await leave(world)) == 3
    assert (await present(world)).state == "sent"


async def test_called_back_while_copies_are_made_no_others_are_made_and_it_is_a_draft_again(world: World) -> None:
    ines = await sent(world)
    await go_on(world)
    await ines.press("Cancel")
    assert ines.text == "Cancelled: nothing was sent. It is a draft again in a moment."
    assert len(await names(world)) == 2
    await rest(world)
    assert await names(world) == []
    assert (await present(world)).state == "draft"
    await ines.press("See the announcement")
    await ines.press("Send now")
    await rest(world)
    assert len(await leave(world)) == 5


async def test_what_has_left_stays_counted_and_the_rest_is_cancelled_in_slices(world: World) -> None:
    ines = await sent(world)
    await rest(world)
    assert len(await leave(world, "Ali")) == 1
    await ines.press("How far it is")
    await ines.press("Cancel the rest")
    assert "The copies that have not left are being removed." in ines.text
    await rest(world)
    states = {copy.name: copy.state for copy in await copies(world)}
    assert states == {"Ali": "sent", **dict.fromkeys(("Eva", "Max", "Noé", "Zoé"), "cancelled")}
    assert (await present(world)).state == "cancelled"
    assert await leave(world) == []


async def test_withdrawn_while_copies_are_made_nothing_is_made_afterwards(world: World) -> None:
    ines = await sent(world)
    await ines.press("How far it is")
    await ines.press("Withdraw")
    await ines.press("Yes, withdraw it")
    await rest(world)
    assert await names(world) == ["Ali", "Eva"]
    assert (await present(world)).state == "withdrawn"


async def test_of_a_campaign_that_is_over_no_further_copies_are_made(world: World) -> None:
    await sent(world)
    await world.change(store.end_campaign, 1)
    await rest(world)
    assert await names(world) == ["Ali", "Eva"]
