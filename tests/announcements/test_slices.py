"""To very many people, copies are made and changed in slices: others wait for one only, and a crash loses none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.background.scheduling import Ticker
from bot.delivery.delivery_handler import outcome_without_sending
from bot.delivery.outgoing import ClaimedDelivery, Outcome
from handlers.announcements.actions import OpenAnnouncement
from handlers.announcements.model import Announcement
from handlers.announcements.schedule import Campaigns, ScheduledAnnouncements
from handlers.announcements.store import announcements, campaigns, slices
from handlers.reminders.schedule import Reminders
from tests.announcements.copies import copies, leave, refused, write
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.outbox import arrives, deliver, pushed
from tests.world import START, SUBJECTS, World, open_world


@pytest.fixture
async def world(store_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A gathering of five people, where two are very many."""
    monkeypatch.setattr(slices, "AT_ONCE", 2)
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
    announcement = await world.read(announcements.find_announcement, 1)
    assert announcement
    return announcement


async def names(world: World) -> list[str]:
    """Whose copies there are."""
    return [copy.name for copy in await copies(world)]


async def rest(world: World) -> None:
    """What a program does once it has started."""
    ticker = Ticker(world.store, world.clock, (ScheduledAnnouncements(world.settings),))
    assert await ticker.look() is None


@on_one_engine
async def test_copies_are_made_in_slices_and_each_person_gets_one(world: World) -> None:
    ines = await sent(world)
    assert "for 5 people" in ines.text
    assert await names(world) == ["Ali", "Eva"]
    await ines.press("See progress")
    assert "More messages are being prepared." in ines.text
    await go_on(world)
    assert await names(world) == ["Ali", "Eva", "Max", "Noé"]
    await rest(world)  # as after a crash: what is left is known from the database
    assert await names(world) == ["Ali", "Eva", "Max", "Noé", "Zoé"]
    await ines.follow(OpenAnnouncement(1).encode())
    assert "More messages" not in ines.text
    assert len(await leave(world)) == 5
    assert (await present(world)).state == "sent"


@on_one_engine
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
    await ines.press("See progress")
    await ines.press("Cancel the rest")
    assert "The messages that have not left are being removed." in ines.text
    await rest(world)
    states = {copy.name: copy.state for copy in await copies(world)}
    assert states == {"Ali": "sent", **dict.fromkeys(("Eva", "Max", "Noé", "Zoé"), "cancelled")}
    assert (await present(world)).state == "cancelled"
    assert await leave(world) == []


async def test_withdrawn_while_copies_are_made_nothing_is_made_afterwards(world: World) -> None:
    ines = await sent(world)
    await leave(world, "Ali")
    await ines.press("See progress")
    await ines.press("Withdraw")
    await ines.press("Yes, withdraw it")
    await rest(world)
    assert await names(world) == ["Ali", "Eva"]
    assert (await present(world)).state == "withdrawn"


async def arrived(world: World) -> NeutralChat:
    """The chat of an organiser whose announcement everyone has got; they look at the report."""
    ines = await sent(world)
    await rest(world)
    assert len(await leave(world)) == 5
    await ines.press("See progress")
    return ines


async def correct(ines: NeutralChat, text: str) -> None:
    """Correct the announcement whose report they look at."""
    await ines.press("Correct")
    await ines.press("Write the correction")
    await ines.fill(text)


async def states(world: World) -> dict[str, str]:
    """What is to become of the copy of each person, or became of it."""
    return {copy.name: f"{copy.op} {copy.state}" for copy in await copies(world)}


def as_it_leaves(delivery: ClaimedDelivery) -> Outcome:
    """What becomes of a copy when its turn has come: it is cancelled if it is not to leave any more, or arrives."""
    return outcome_without_sending(delivery, START) or arrives(delivery)


@on_one_engine
async def test_copies_are_corrected_in_slices_each_once(world: World) -> None:
    ines = await arrived(world)
    await correct(ines, "Lunch at 1")
    assert "5 messages are being edited." in ines.text
    assert await states(world) == {
        **dict.fromkeys(("Ali", "Eva"), "edit waiting"),
        **dict.fromkeys(("Max", "Noé", "Zoé"), "send sent"),
    }
    await ines.press("See the announcement")
    assert "More messages are being corrected." in ines.text
    assert len(await leave(world, "Ali")) == 1
    await go_on(world)
    assert (await states(world))["Noé"] == "edit waiting"
    await rest(world)  # as after a crash
    assert await states(world) == {"Ali": "edit sent", **dict.fromkeys(("Eva", "Max", "Noé", "Zoé"), "edit waiting")}
    assert {copy.revision for delivery in await leave(world) if (copy := delivery.copy)} == {2}
    await ines.follow(OpenAnnouncement(1).encode())
    assert "More messages" not in ines.text


async def test_corrected_again_meanwhile_every_copy_shows_the_last_words(world: World) -> None:
    ines = await arrived(world)
    await correct(ines, "Lunch at 1")
    await leave(world)
    await ines.press("See the announcement")
    await correct(ines, "Lunch at 2")
    await rest(world)
    assert set((await states(world)).values()) == {"edit waiting"}
    assert [copy.revision for delivery in await leave(world) if (copy := delivery.copy)] == [3] * 5
    assert await leave(world) == []


async def test_copies_are_taken_back_in_slices_and_none_leaves_meanwhile(world: World) -> None:
    ines = await sent(world)
    await rest(world)
    await leave(world, "Ali", "Max", "Zoé")
    await ines.press("See progress")
    await ines.press("Withdraw")
    await ines.press("Yes, withdraw it")
    assert ines.text.startswith("Withdrawn: 3 messages are being deleted.")
    looked_at = {"Ali": "delete waiting", "Eva": "send cancelled"}
    assert await states(world) == {**looked_at, "Max": "send sent", "Noé": "send waiting", "Zoé": "send sent"}
    await leave(world, "Noé", outcome_of=as_it_leaves)
    assert (await states(world))["Noé"] == "send cancelled"
    await ines.follow(OpenAnnouncement(1).encode())
    assert "Withdrawn." in ines.text
    assert "More messages are being withdrawn." in ines.text
    await rest(world)
    assert set((await states(world)).values()) == {"delete waiting", "send cancelled"}
    assert sorted(delivery.recipient.name for delivery in await leave(world)) == ["Ali", "Max", "Zoé"]
    assert set((await states(world)).values()) == {"delete withdrawn", "send cancelled"}


@on_one_engine
async def test_a_correction_that_was_not_over_is_not_carried_out_once_it_is_withdrawn(world: World) -> None:
    ines = await arrived(world)
    await correct(ines, "Lunch at 1")
    await ines.press("See the announcement")
    await ines.press("Withdraw")
    await ines.press("Yes, withdraw it")
    await rest(world)
    assert set((await states(world)).values()) == {"delete waiting"}


async def test_failures_are_tried_again_in_slices_each_once(world: World) -> None:
    ines = await sent(world)
    await rest(world)
    assert len(await leave(world, outcome_of=refused)) == 5
    await ines.press("See progress")
    await ines.press("Send failures again")
    assert ines.text.startswith("5 messages are being sent again.")
    assert "More messages will be tried again in a moment." in ines.text
    assert len(await leave(world, outcome_of=refused)) == 2
    assert (await present(world)).state == "sending"
    await rest(world)
    assert await states(world) == {
        **dict.fromkeys(("Ali", "Eva"), "send failed"),
        **dict.fromkeys(("Max", "Noé", "Zoé"), "send waiting"),
    }
    assert len(await leave(world)) == 3
    assert (await present(world)).state == "sent"


async def test_a_campaign_ends_in_slices_and_nothing_leaves_afterwards(world: World) -> None:
    deadline = START + timedelta(days=10)
    ines = await world.organiser()
    await ines.command("annoncer")
    await ines.press("A campaign")
    await ines.fill("https://example.org/vote", "Vote for us", "11 mars 10h", "Support us!")
    await ines.press("Choose who it is for")
    await ines.pick("everyone")
    await ines.press("Send now")
    await rest(world)
    await leave(world, "Ali", "Max", "Noé")
    await world.clock.advance(deadline - timedelta(days=3) - world.clock.now())
    reminding = Ticker(world.store, world.clock, (Reminders(world.settings, SUBJECTS),))
    await reminding.look()
    everybody = [NeutralChat(ines.dispatcher, str(number)) for number in range(1, 6)]
    reminded = [chat for chat in everybody if await pushed(world, chat)]
    await deliver(world, lambda delivery: arrives(delivery) if delivery.copy is None else None)
    await world.clock.advance(deadline - world.clock.now())

    assert await world.store.transact(lambda tx: Campaigns().release(tx, world.clock.now())) is not None
    looked_at = {"Ali": "edit waiting", "Eva": "send cancelled"}
    assert await states(world) == {**looked_at, "Max": "send sent", "Noé": "send sent", "Zoé": "send waiting"}
    await leave(world, "Zoé", outcome_of=as_it_leaves)
    assert (await states(world))["Zoé"] == "send cancelled"
    await rest(world)
    assert set((await states(world)).values()) == {"edit waiting", "send cancelled"}
    over = "Support us!\nIt is over. Thank you for your help!"
    assert [await pushed(world, chat) for chat in reminded] == [[over]] * 5
    assert len(await leave(world)) == 3
    assert (await present(world)).state == "sent"
    await rest(world)


@on_one_engine
async def test_of_a_campaign_that_is_over_no_further_copies_are_made(world: World) -> None:
    await sent(world)
    await world.change(campaigns.end_campaign, 1)
    await rest(world)
    assert await names(world) == ["Ali", "Eva"]
