"""A campaign: a link and a deadline, reminders for who has not done it, and an end that comes by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.background.scheduling import Ticker
from bot.content.texts import Reader, plain
from bot.content.views import View
from handlers.announcements.actions import OpenAnnouncement
from handlers.announcements.messages import DidIt, PassOn, draw
from handlers.announcements.schedule import Campaigns
from handlers.announcements.service.campaigns import planned_reminders
from handlers.announcements.store.announcements import find_announcement, list_announcements
from handlers.announcements.store.contents import find_content
from handlers.announcements.store.reports import tally_copies
from handlers.reminders.schedule import Reminders
from tests.announcements.copies import leave
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.outbox import deliver, pushed
from tests.world import START, SUBJECTS, World, open_world

DEADLINE = START + timedelta(days=10)  # 11 March, 10:00 in Paris
AT_THE_END = "11 mars 10h"


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url) as world:
        yield world


async def write(ines: NeutralChat, deadline: str = AT_THE_END, url: str = "https://example.org/vote") -> None:
    await ines.command("annoncer")
    await ines.press("A campaign")
    await ines.fill(url, "Vote for us", deadline, "**Support us!**\nIt takes a minute.")


async def send(ines: NeutralChat) -> None:
    await ines.press("Choose who it is for")
    await ines.pick("everyone")
    await ines.press("Send now")


async def tick(world: World, to: datetime) -> None:
    """What the ticker does as time goes by to an instant."""
    reminding = Reminders(world.settings, SUBJECTS)
    ticker = Ticker(world.store, world.clock, (reminding, Campaigns()))
    await ticker.prepare()
    while (due := await ticker.look()) is not None and due <= to:
        await world.clock.advance(max(due - world.clock.now(), timedelta()))
    await world.clock.advance(to - world.clock.now())
    await ticker.look()


async def copy(world: World) -> View:
    """What a copy shows now."""
    content = await world.store.read(lambda tx: find_content(tx, 1))
    assert content is not None
    return draw(content, "en")


def told(view: View, now: datetime) -> list[str]:
    return [plain(line, Reader("en", "Europe/Paris", now)) for line in view.lines]


@on_one_engine
async def test_it_is_read_back_and_its_copy_has_link_share_and_the_days_left(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await write(ines)
    assert ines.text.startswith(
        "Your text is kept as a draft.\nIt ends by itself: Thursday 11 March, 10:00 in Paris, 04:00 in Montréal."
    )
    assert ines.options == ("7 days before", "✓ 3 days before", "✓ 1 day before", "✓ 3 hours before", "1 hour before")
    view = await copy(world)
    assert told(view, START) == [
        "From the team",
        "Support us!",
        "It takes a minute.",
        "",
        "10 days left",
        "Until Thursday 11 March, 10:00.",
    ]
    link, share, done = view.buttons
    assert (link.label, link.url) == ("Vote for us", "https://example.org/vote")
    assert share.share is not None
    assert (plain(share.share.text, Reader("en", "UTC")), share.share.url) == (
        "Support us!",
        "https://example.org/vote",
    )
    assert plain(done.label, Reader("en", "UTC")) == "It is done"


@on_one_engine
async def test_only_who_has_not_done_it_is_reminded(world: World) -> None:
    ines, zoe, ali = await world.organiser(), await world.join("Zoe", "1"), await world.join("Ali", "2")
    await write(ines)
    await ines.pick("3 days before", "1 hour before")
    assert [lead.encode() for lead in await world.store.read(lambda tx: planned_reminders(tx, 1))] == ["3d", "1h"]
    await send(ines)
    await zoe.follow(DidIt(1, False).encode())
    assert zoe.toast == "Thank you! You will get no reminder."
    assert "It is done" not in zoe.buttons
    await zoe.follow(DidIt(1, False).encode())
    assert zoe.toast == "You had said so already."
    await tick(world, DEADLINE - timedelta(minutes=30))
    assert await pushed(world, zoe) == []
    reminders = await pushed(world, ali)
    assert len(reminders) == 2
    assert all(reminder.startswith("Support us!") for reminder in reminders)


@on_one_engine
async def test_the_words_can_be_passed_on_where_the_platform_has_nothing_for_it(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoe", "1")
    await write(ines)
    await send(ines)
    await zoe.follow(PassOn(1).encode())
    assert zoe.text == "Copy this and send it to anybody who could help:\nSupport us! https://example.org/vote"


@on_one_engine
async def test_it_stops_by_itself_and_every_copy_says_so(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoe", "1")
    await write(ines)
    await send(ines)
    await leave(world)
    await tick(world, DEADLINE)
    view = await copy(world)
    assert told(view, DEADLINE)[-1] == "It is over. Thank you for your help!"
    assert view.buttons == ()
    waiting = [each for each in await world.store.read(lambda tx: tally_copies(tx, 1)) if each.state == "waiting"]
    assert {each.op for each in waiting} == {"edit"}
    for action in (DidIt(1, True), PassOn(1)):
        await zoe.follow(action.encode())
        assert zoe.text == "It is over. Thank you for your help!"
    before = len(await pushed(world, zoe))
    await tick(world, DEADLINE + timedelta(days=3))
    assert len(await pushed(world, zoe)) == before


@on_one_engine
async def test_its_reminders_say_once_that_it_is_over(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoe", "1")
    await write(ines)
    await send(ines)
    await tick(world, DEADLINE - timedelta(minutes=30))
    await deliver(world)
    await tick(world, DEADLINE)
    assert set(await pushed(world, zoe)) == {"Support us!\nIt is over. Thank you for your help!"}


@on_one_engine
async def test_who_has_not_got_it_by_the_end_gets_nothing(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoe", "1")
    await write(ines)
    await send(ines)
    await tick(world, DEADLINE)
    found = await world.store.read(lambda tx: tally_copies(tx, 1))
    assert {each.state for each in found} == {"cancelled"}


@pytest.mark.parametrize(
    ("deadline", "url", "said"),
    [
        ("42 mars 12h", "https://example.org", "There is no such day in the calendar."),
        (
            "3/4 12h",
            "https://example.org",
            "It can mean: Thursday 4 March, 12:00 and Saturday 3 April, 12:00. Write the one you mean.",
        ),
        ("bientôt", "https://example.org", "I do not understand this date."),
        (AT_THE_END, "example", "This is not a web address:"),
    ],
)
async def test_what_cannot_be_is_asked_again_and_nothing_kept(
    sqlite_url: str, deadline: str, url: str, said: str
) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser(modal=True)
        await write(ines, deadline, url)
        assert said in ines.text
        assert not await world.store.read(lambda tx: list_announcements(tx, 5))


@on_one_engine
async def test_nobody_presses_what_is_only_a_preview(world: World) -> None:
    ines = await world.organiser()
    await write(ines)
    await ines.follow(DidIt(1, False).encode())
    assert ines.text == "This is only a preview: this button is for the people who get the message."


async def planned(world: World) -> int:
    """How many reminders are planned."""
    return len(await world.store.read(lambda tx: planned_reminders(tx, 1)))


@on_one_engine
async def test_withdrawn_it_reminds_nobody_not_even_from_the_outbox(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoe", "1")
    await write(ines)
    await send(ines)
    await leave(world)
    await tick(world, DEADLINE - timedelta(days=3) + timedelta(minutes=1))
    assert len(await pushed(world, zoe)) == 1
    await ines.press("See progress")
    await ines.press("Withdraw")
    await ines.press("Yes, withdraw it")
    assert await planned(world) == 0
    leaving = [delivery for delivery in await deliver(world) if delivery.recipient.name == "Zoe"]
    assert [(delivery.op, delivery.kind) for delivery in leaving] == [("delete", "announcement")]


@on_one_engine
async def test_cancelled_midway_it_reminds_nobody(world: World) -> None:
    ines, _zoe, _ali = await world.organiser(), await world.join("Zoe", "1"), await world.join("Ali", "2")
    await write(ines)
    await send(ines)
    await leave(world, "Zoe")
    assert await planned(world) == 3
    await ines.press("Cancel")
    assert await planned(world) == 0


@on_one_engine
async def test_called_back_before_anything_left_its_reminders_are_kept(world: World) -> None:
    ines, _zoe = await world.organiser(), await world.join("Zoe", "1")
    await write(ines)
    await send(ines)
    await ines.press("Cancel")
    assert "It is a draft again." in ines.text
    assert await planned(world) == 3


async def confessed(world: World, ines: NeutralChat, *, days: int = 9) -> list[str]:
    """What an organiser is told of reminders that were not sent, after days in which the program was out of order."""
    await world.clock.advance(timedelta(days=days))
    await tick(world, world.clock.now() + timedelta(minutes=1))
    return [words for words in await pushed(world, ines) if "was not sent" in words or "were not sent" in words]


async def test_of_what_was_thrown_away_nothing_is_confessed(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoe", "1")
    await write(ines)
    await ines.press("Choose who it is for")
    await ines.pick("everyone")
    assert await planned(world) == 3
    await ines.press("Throw away")
    await ines.press("Throw away")
    assert await planned(world) == 0
    assert await confessed(world, ines) == []


@on_one_engine
async def test_only_of_a_draft_nothing_is_confessed(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoe", "1")
    await write(ines)
    assert await confessed(world, ines) == []
    await write(ines, "31 mars 10h")
    await send(ines)
    [confession] = await confessed(world, ines, days=20)
    assert "were not sent" in confession


async def test_once_it_is_over_a_draft_cannot_be_sent(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoe", "1")
    await write(ines)
    await ines.press("Choose who it is for")
    await ines.pick("everyone")
    send_now = ines.payload("Send now")
    await tick(world, DEADLINE + timedelta(hours=1))
    await ines.follow(send_now)
    assert ines.text == (
        "The deadline is Thursday 11 March, 10:00: nothing leaves after that. The draft is kept as it was."
    )
    assert not await world.store.read(lambda tx: tally_copies(tx, 1))
    await ines.press("See the announcement")
    assert "nothing leaves after that" in ines.text
    assert not {"Send now", "Choose a time", "Urgent"} & {*ines.buttons}


@on_one_engine
async def test_it_cannot_leave_after_its_end(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoe", "1")
    await write(ines)
    await ines.press("Choose who it is for")
    await ines.pick("everyone")
    await ines.press("Choose a time")
    await ines.fill("12 mars 10h")
    assert "The deadline is Thursday 11 March, 10:00" in ines.text
    assert "Confirm" not in ines.buttons
    found = await world.store.read(lambda tx: find_announcement(tx, 1))
    assert found is not None
    assert found.state == "draft"


@on_one_engine
async def test_what_its_end_overtook_says_so(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoe", "1")
    await write(ines)
    await ines.press("Choose who it is for")
    await ines.pick("everyone")
    await ines.press("Choose a time")
    await ines.fill("11 mars 9h")
    await ines.press("Confirm")
    await tick(world, DEADLINE)
    await ines.follow(OpenAnnouncement(1).encode())
    assert "It was never sent: the deadline came first." in ines.text
    assert "Cancelled" not in ines.text
