"""What people write in private while the bot is away from Discord: fetched, once, in order, and answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.content.texts import Reader
from bot.content.views import View
from bot.conversation import inbox_store, missed_store
from bot.conversation.dispatch import Answered
from bot.conversation.incoming import Incoming, Typed
from bot.database.engine import Transaction
from bot.delivery.platform import Address
from bot.people import participant_store
from bot.people.participants import Account
from bot.rehearsal.chat_driver_discord import DiscordChat
from tests.clock import ManualClock
from tests.drivers.discord import DiscordHarness, open_harness
from tests.platforms.notes import Notes, open_noting
from tests.world import World

ENGLISH = Reader("en", "Europe/Paris")


class PatientClock(ManualClock):
    """A clock that moves to the end of each sleep at once."""

    slept = 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        await self.advance(timedelta(seconds=seconds))


@pytest.fixture
async def noting(sqlite_url: str) -> AsyncIterator[tuple[World, Notes]]:
    async with open_noting(sqlite_url) as noting:
        yield noting


@pytest.fixture
async def harness(noting: tuple[World, Notes]) -> AsyncIterator[DiscordHarness]:
    """A gathering on Discord, whose clock is ours."""
    async with open_harness(noting[0]) as harness:
        await passes(harness, 1, since=(noting[0].clock.now() - harness.env.now()).total_seconds())
        yield harness


@pytest.fixture
def notes(noting: tuple[World, Notes]) -> Notes:
    return noting[1]


async def passes(harness: DiscordHarness, seconds: float, *, since: float = 0) -> None:
    """Time passes, on Discord and here."""
    harness.env.backend.clock.advance(since + seconds)
    await harness.world.clock.advance(timedelta(seconds=seconds))


async def joined(harness: DiscordHarness, name: str = "Zoé") -> DiscordChat:
    """Someone of the gathering, who can write to the bot in private."""
    chat = harness.person(name)
    own_id = str(chat.user.id)

    async def unit(tx: Transaction) -> None:
        now = harness.world.clock.now()
        person = await participant_store.add(tx, ref=own_id, given_name=name, family_name="", now=now, locale="en")
        await participant_store.attach(tx, Account("discord", own_id, own_id, name, "en"), person.id, now)
        await participant_store.join(tx, person.id, now)

    await harness.world.store.transact(unit)
    await passes(harness, 1)
    return chat


async def write(harness: DiscordHarness, chat: DiscordChat, *texts: str) -> list[Any]:
    """Write as people do, some time apart; the messages as Discord has them."""
    for text in texts:
        await chat.send(text)
        await passes(harness, 1)
    return list(mine(harness, chat).values())[-len(texts) :]


def mine(harness: DiscordHarness, chat: DiscordChat) -> dict[int, Any]:
    """What someone wrote, as Discord has it."""
    history = harness.env.backend.messages[chat.user.dm_channel.id]
    return {native_id: message for native_id, message in history.items() if message.author_id == chat.user.id}


def marks(message: Any) -> list[str]:
    return [reaction.emoji for reaction in message.reactions]


def calls(harness: DiscordHarness, since: int, ending: str, method: str = "GET") -> int:
    """How many calls there were since then."""
    made = harness.env.http_requests[since:]
    return sum(each.method == method and each.path.endswith(ending) for each in made)


async def test_what_is_written_while_the_bot_is_away_is_taken_once_and_in_order(
    harness: DiscordHarness, notes: Notes
) -> None:
    zoe = await joined(harness)
    await write(harness, zoe, "Before")
    harness.goes_away()
    ideas = [f"Idea {number}" for number in range(30)]
    written = await write(harness, zoe, *ideas)
    assert list(notes.words.values()) == ["Before"]
    await harness.restart()
    assert list(notes.words.values()) == ["Before", *ideas]
    assert all(marks(message) == ["👍"] for message in written)  # each is told that it was taken, none in words
    assert zoe.pushed == ()
    words = dict(notes.words)
    notes.words.clear()
    await harness.restart()
    await harness.restart()
    assert notes.words == {}
    assert len(words) == 31


async def test_a_gap_while_the_bot_runs_is_closed_too(harness: DiscordHarness, notes: Notes) -> None:
    zoe = await joined(harness)
    await write(harness, zoe, "Before")
    harness.goes_away()
    await write(harness, zoe, "In the gap")
    await harness.comes_back()
    await write(harness, zoe, "After")
    assert list(notes.words.values()) == ["Before", "In the gap", "After"]


async def test_a_command_a_photo_and_a_change_written_meanwhile_are_taken_too(
    harness: DiscordHarness, notes: Notes
) -> None:
    zoe = await joined(harness)
    [before] = await write(harness, zoe, "A kitchen")
    harness.goes_away()
    harness.env.backend.edit_message(zoe.user.dm_channel.id, before.id, {"content": "A shared kitchen"})
    await zoe.send("Our sheet", ("one.txt", b"1"))
    await passes(harness, 1)
    await zoe.send("/unknown")
    await passes(harness, 1)
    await harness.restart()
    assert notes.words[str(before.id)] == "A shared kitchen"
    assert notes.kept == [("one.txt", b"1", "Our sheet")]
    await zoe.look()
    assert zoe.text == "I do not know /unknown. Here is what you can do.\nHome."
    notes.words[str(before.id)] = "changed by other means"
    await harness.restart()
    assert notes.words[str(before.id)] == "changed by other means"


async def test_what_is_older_than_a_day_or_than_joining_is_left(harness: DiscordHarness, notes: Notes) -> None:
    harness.goes_away()
    ada = harness.person("Ada")
    await ada.send("Before she joined")
    await passes(harness, 1)
    zoe = await joined(harness)
    await write(harness, zoe, "Long ago")
    await passes(harness, 24 * 3600)
    await write(harness, zoe, "Today")
    await harness.restart()
    assert list(notes.words.values()) == ["Today"]


async def test_more_than_a_page_is_read(harness: DiscordHarness, notes: Notes) -> None:
    zoe = await joined(harness)
    harness.goes_away()
    ideas = [f"Idea {number}" for number in range(250)]
    await write(harness, zoe, *ideas)
    began = len(harness.env.http_requests)
    await harness.restart()
    assert list(notes.words.values()) == ideas
    assert calls(harness, began, "/messages") == 3


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (404, 10003), (403, 50007)])
async def test_a_channel_that_is_closed_keeps_nobody_waiting(
    harness: DiscordHarness, notes: Notes, status: int, code: int
) -> None:
    zoe, ada = await joined(harness, "Zoé"), await joined(harness, "Ada")
    harness.goes_away()
    await write(harness, zoe, "Une cuisine")
    await write(harness, ada, "Un atelier")
    path = f"/channels/{zoe.user.dm_channel.id}/messages"
    harness.env.inject_error("GET", path, status=status, code=code, times=None)
    await harness.restart()
    assert list(notes.words.values()) == ["Un atelier"]
    assert await since(harness) == harness.world.clock.now()  # nothing is left to take


@pytest.mark.parametrize("status", [500, 503])
async def test_a_fault_of_discord_s_is_waited_for(harness: DiscordHarness, notes: Notes, status: int) -> None:
    zoe = await joined(harness)
    harness.goes_away()
    await write(harness, zoe, "Une cuisine")
    harness.env.inject_error("GET", "/channels/*/messages", status=status, times=3)
    harness.world.clock = clock = PatientClock(harness.world.clock.now())
    await harness.restart()
    assert list(notes.words.values()) == ["Une cuisine"]
    assert clock.slept == 5 + 10 + 20


async def test_what_a_program_had_not_taken_when_it_ended_the_next_one_takes(
    harness: DiscordHarness, notes: Notes
) -> None:
    """What came by itself meanwhile says nothing of what is still missing."""
    zoe = await joined(harness)
    await write(harness, zoe, "Before")
    harness.goes_away()
    await write(harness, zoe, "Missed")
    earlier = harness.world.clock.now()
    await since(harness)  # a session begins, and ends before it could take anything but what came by itself
    await passes(harness, 600)
    live, own_id = str(harness.env.backend.snowflake()), str(zoe.user.id)
    await harness.world.store.transact(
        lambda tx: inbox_store.receive(tx, "discord", live, own_id, own_id, harness.world.clock.now())
    )
    assert await since(harness) == earlier
    await harness.restart()
    assert list(notes.words.values()) == ["Before", "Missed"]


async def since(harness: DiscordHarness) -> Any:
    """Since when something may be missing: now, where nothing is."""
    now = harness.world.clock.now()
    return await harness.world.store.transact(lambda tx: missed_store.begin(tx, "discord", now))


async def test_those_who_were_active_last_come_first(harness: DiscordHarness, notes: Notes) -> None:
    people = [await joined(harness, name) for name in ("Zoé", "Ada", "Ali")]
    for chat in (people[2], people[0], people[1]):
        await write(harness, chat, "Before")
    harness.goes_away()
    for chat in people:
        await write(harness, chat, f"From {chat.user.id}")
    notes.words.clear()
    began = len(harness.env.http_requests)
    await harness.restart()
    read = [request.path for request in harness.env.http_requests[began:] if request.path.endswith("/messages")]
    last_first = [people[1], people[0], people[2]]
    assert read[:3] == [f"/channels/{chat.user.dm_channel.id}/messages" for chat in last_first]


async def test_a_private_channel_is_asked_for_once_in_a_lifetime(harness: DiscordHarness) -> None:
    zoe, ada = await joined(harness, "Zoé"), await joined(harness, "Ada")
    await write(harness, zoe, "Bonjour")  # where she wrote from is where she is written to
    began = len(harness.env.http_requests)
    for chat in (zoe, ada, zoe, ada):
        await harness.adapter.send(Address(str(chat.user.id)), View(("Hello",)), ENGLISH, delivery_id=1)
    assert calls(harness, began, "/users/@me/channels", "POST") == 1
    await harness.adapter.close()
    await harness.restart()
    began = len(harness.env.http_requests)
    for chat in (zoe, ada):
        await harness.adapter.send(Address(str(chat.user.id)), View(("Hello",)), ENGLISH, delivery_id=2)
    assert calls(harness, began, "/users/@me/channels", "POST") == 0


async def test_a_channel_of_another_bot_is_asked_for_anew(harness: DiscordHarness) -> None:
    zoe = await joined(harness)
    await write(harness, zoe, "Bonjour")
    path = f"/channels/{zoe.user.dm_channel.id}/messages"
    harness.env.inject_error("POST", path, status=403, code=50001)
    await harness.adapter.send(Address(str(zoe.user.id)), View(("Hello",)), ENGLISH, delivery_id=1)
    assert zoe.pushed == ("Hello",)


async def test_what_was_changed_before_it_was_taken_is_taken_once(harness: DiscordHarness, notes: Notes) -> None:
    zoe = await joined(harness)
    harness.goes_away()
    [said] = await write(harness, zoe, "A kitchen")
    harness.env.backend.edit_message(zoe.user.dm_channel.id, said.id, {"content": "A shared kitchen"})
    await harness.restart()
    assert list(notes.words.values()) == ["A shared kitchen"]
    notes.words[str(said.id)] = "changed by other means"
    await harness.restart()
    assert list(notes.words.values()) == ["changed by other means"]


@dataclass
class Interrupted:
    """Does something as soon as one message was taken; `early`: as soon as it is about to be."""

    harness: DiscordHarness
    message: str
    do: Callable[[], Awaitable[None]]
    early: bool = False

    def __post_init__(self) -> None:
        self._handle = self.harness.world.dispatcher.handle
        self.harness.world.dispatcher.handle = self.handle  # type: ignore[method-assign]

    async def handle(self, incoming: Incoming) -> Answered:
        found = isinstance(incoming.content, Typed) and incoming.content.text == self.message
        if found and self.early:
            await self.do()
        answered = await self._handle(incoming)
        if found and not self.early:
            await self.do()
        return answered


async def test_what_is_deleted_before_it_is_taken_never_is(harness: DiscordHarness, notes: Notes) -> None:
    zoe = await joined(harness)
    harness.goes_away()
    messages = await write(harness, zoe, "One", "Two", "Three")

    async def delete() -> None:
        harness.env.backend.delete_message(zoe.user.dm_channel.id, messages[2].id)
        await happens(lambda: notes.deleted != [])

    Interrupted(harness, "One", delete)
    await harness.restart()
    assert list(notes.words.values()) == ["One", "Two"]
    assert notes.deleted == [str(messages[2].id)]


async def test_who_is_erased_while_they_are_caught_up_with_hears_no_more(harness: DiscordHarness, notes: Notes) -> None:
    zoe = await joined(harness)
    await write(harness, zoe, "Before")
    harness.goes_away()
    await write(harness, zoe, "One", "Two", "Three")

    async def detach() -> None:
        await harness.world.store.transact(lambda tx: tx.run("UPDATE accounts SET participant_id = NULL"))

    Interrupted(harness, "One", detach)
    await harness.restart()
    assert list(notes.words.values()) == ["Before", "One"]
    assert zoe.pushed == ()  # nor are they greeted as a stranger for each


async def test_a_new_session_amid_catching_up_loses_nothing(harness: DiscordHarness, notes: Notes) -> None:
    zoe = await joined(harness)
    harness.goes_away()
    ideas = [f"Idea {number}" for number in range(5)]
    await write(harness, zoe, *ideas)
    waiting: list[asyncio.Task[None]] = []

    async def begins_anew() -> None:
        if not waiting:  # what comes by itself waits for what its writer wrote before, and is taken all the same
            waiting.append(asyncio.create_task(harness.adapter._catching_up.take_missed_of(zoe.user.id)))
            await asyncio.sleep(0)
            harness.adapter._catching_up.start_session()
            await asyncio.sleep(0)  # here the session before ends

    Interrupted(harness, "Idea 1", begins_anew, early=True)
    await harness.restart()
    await happens(lambda: len(notes.words) == 5)
    assert list(notes.words.values()) == ideas
    await waiting[0]


async def happens(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not what():  # noqa: ASYNC110 - several things make it true
            await asyncio.sleep(0.01)
