"""A topic of the forum for each group: never two, never none, in step with the group; and who enters the forum."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import structlog

from bot.content.errors import Rejected, RetryLater, Unreachable
from bot.content.texts import Reader, Strong
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import channel_store
from bot.delivery.channels import CreatedChannel
from bot.delivery.platform import WantedChannel
from bot.delivery.worker import Delivery
from bot.platforms.telegram import forum as forums
from bot.rehearsal.botapi import BotApi, RateLimits, TelegramGroup, TelegramUser
from handlers.groups.store.groups import add_group, groups_of_round
from handlers.groups.store.members import put_in_group
from handlers.groups.store.rounds import mark_round_published
from tests.drivers.telegram import TelegramHarness, open_harness
from tests.world import CONTRIBUTIONS, START, World


class Ended(Exception):
    """The program ends here."""


@dataclass
class Book:
    """What is written down of one place; it may end before a line is written. Kept in the store, as it is in life."""

    harness: TelegramHarness
    forum: TelegramGroup
    wanted: WantedChannel
    ends_before: int = 0

    async def keep(self, **changes: Any) -> None:
        """Bring the place in step with what is wanted now, from what is written down."""
        assert self.harness.adapter.channels
        self.wanted = replace(self.wanted, **changes, created=await self.created())
        await passing(self.harness.world, self.harness.adapter.channels.reconcile(self.wanted, self._note))

    async def close(self) -> None:
        assert self.harness.adapter.channels
        await passing(self.harness.world, self.harness.adapter.channels.close(await self.created(), frozenset()))

    async def _note(self, created: CreatedChannel) -> None:
        self.ends_before -= 1
        if self.ends_before == 0:
            raise Ended
        await self.harness.world.store.transact(lambda tx: channel_store.note_created(tx, self.wanted.id, created))

    async def created(self) -> CreatedChannel:
        return await self.harness.world.store.read(lambda tx: channel_store.created_channel(tx, self.wanted.id))

    async def heard(self) -> None:
        """Wait until the bot took in what the platform told it."""
        await self.harness.api.settled()


def delete_topic(forum: TelegramGroup, thread: int) -> None:
    """Delete a topic and its messages, as a person may; `thread` is the topic's id."""
    del forum.chat.topics[thread]
    forum.chat.closed_topics.discard(thread)
    for message in forum.chat.messages.values():
        message.gone = message.gone or message.data.get("message_thread_id") == thread


def in_topic(forum: TelegramGroup, thread: int) -> tuple[str, ...]:
    """The texts of the bot's messages in a topic as they are now."""
    return tuple(
        message.text
        for message in forum.chat.messages.values()
        if message.by_bot and not message.gone and message.text and message.data.get("message_thread_id") == thread
    )


async def passing(world: World, work: Awaitable[object]) -> None:
    """Do something, time passing whenever it waits for its turn."""
    task = asyncio.ensure_future(work)
    while not task.done():
        waking = asyncio.create_task(world.clock.advance_when_asleep())
        await asyncio.wait({task, waking}, return_when=asyncio.FIRST_COMPLETED)
        waking.cancel()
    await task


def card(*lines: str) -> Any:
    """A card and its digest."""
    return {"card": View((Strong("Culture 3"), *lines)), "digest": "/".join(lines)}


@pytest.fixture
def forum(api: BotApi) -> TelegramGroup:
    return TelegramGroup(api, "Groups", forum=True)


@pytest.fixture
async def harness(world: World, api: BotApi, forum: TelegramGroup) -> AsyncIterator[TelegramHarness]:
    async with open_harness(world, api, forum_chat_id=forum.id) as harness:
        yield harness


@pytest.fixture
async def book(harness: TelegramHarness, forum: TelegramGroup) -> Book:
    """The place of the first group of a published round."""

    async def unit(tx: Transaction) -> int:
        await channel_store.set_offered(tx, "telegram", True, harness.world.clock.now())
        await mark_round_published(tx, 1, harness.world.clock.now())
        group = await add_group(tx, 1, "culture", 3)
        await channel_store.request_sync(tx, [group.id], harness.world.clock.now())
        stored = await channel_store.next_channel(tx, "telegram")
        assert stored
        return stored.id

    number = await harness.world.store.transact(unit)
    reader = Reader("en", "Europe/Paris")
    wanted = WantedChannel(
        number,
        "Culture 3",
        reader=reader,
        people=frozenset(),
        created=CreatedChannel(),
        attempts=0,
        **card("Zoé D."),
    )
    return Book(harness, forum, wanted)


async def test_a_group_gets_a_topic_with_its_card_pinned(book: Book) -> None:
    await book.keep()
    [(thread, name)] = book.forum.chat.topics.items()
    assert name == "Culture 3"
    assert in_topic(book.forum, thread) == ("Culture 3\nZoé D.",)
    created = await book.created()
    assert book.forum.chat.pinned == [int(created.card)]
    assert created.url == f"https://t.me/c/{str(book.forum.id).removeprefix('-100')}/{thread}"


async def test_it_follows_the_group(book: Book) -> None:
    await book.keep()
    await book.keep(title="Culture 3 · Owls", **card("Ali B."))
    [(thread, name)] = book.forum.chat.topics.items()
    assert name == "Culture 3 · Owls"
    assert in_topic(book.forum, thread) == ("Culture 3\nAli B.",)
    assert len(book.forum.chat.pinned) == 1


async def test_a_second_time_nothing_is_changed(book: Book) -> None:
    await book.keep()
    shown = len(book.forum.shown)
    await book.keep()
    assert len(book.forum.shown) == shown
    assert book.harness.api.calls["createChatInviteLink"] == 1


@pytest.mark.parametrize("line", range(1, 5))
async def test_wherever_the_program_ends_there_is_never_a_second_topic(book: Book, line: int) -> None:
    book.ends_before = line
    with pytest.raises(Ended):
        await book.keep()
    await book.heard()
    await book.keep()
    [thread] = book.forum.chat.topics
    assert set(in_topic(book.forum, thread)) == {"Culture 3\nZoé D."}


async def test_a_topic_whose_making_was_not_answered_is_heard_of(book: Book) -> None:
    book.harness.api.fail("createForumTopic", reset=True, after_effect=True)
    with pytest.raises(RetryLater) as waits:
        await book.keep()
    assert waits.value.seconds == 15
    await book.heard()
    await book.keep(attempts=1)
    assert len(book.forum.chat.topics) == 1


async def test_a_topic_that_was_not_made_is_made_once_nothing_was_heard_of_it(book: Book) -> None:
    book.harness.api.fail("createForumTopic", reset=True)
    with pytest.raises(RetryLater):
        await book.keep()
    await book.keep(attempts=1)
    assert len(book.forum.chat.topics) == 1


async def test_one_topic_too_many_is_closed(book: Book) -> None:
    held = book.harness.api.fail("getUpdates", reset=True, times=10**6)
    book.harness.api.fail("createForumTopic", reset=True, after_effect=True)
    with pytest.raises(RetryLater):
        await book.keep()
    await book.keep(attempts=1)
    held.end()
    await passing(book.harness.world, book.harness.api.until(lambda: book.harness.api.calls["closeForumTopic"]))
    first, second = book.forum.chat.topics
    assert book.forum.chat.closed_topics == {first}
    assert (await book.created()).thread == str(second)


async def test_what_somebody_deleted_is_made_again(book: Book) -> None:
    await book.keep()
    [thread] = book.forum.chat.topics
    delete_topic(book.forum, thread)
    await book.keep()
    [thread] = book.forum.chat.topics
    [message] = [each for each in book.forum.chat.messages.values() if each.text and not each.gone]
    message.gone = True
    await book.keep()
    assert in_topic(book.forum, thread) == ("Culture 3\nZoé D.",)


async def test_a_topic_that_somebody_closed_is_opened_again_to_be_written_in(book: Book) -> None:
    await book.keep()
    [thread] = book.forum.chat.topics
    [message] = [each for each in book.forum.chat.messages.values() if each.text]
    message.gone = True
    book.forum.chat.closed_topics.add(thread)
    book.forum.chat.rights.remove("can_manage_topics")  # who has it writes in closed ones too
    await book.keep()
    assert in_topic(book.forum, thread) == ("Culture 3\nZoé D.",)
    assert not book.forum.chat.closed_topics


async def test_the_topic_of_a_dissolved_group_is_closed(book: Book) -> None:
    await book.keep()
    await book.close()
    assert book.forum.chat.closed_topics == set(book.forum.chat.topics)
    await book.close()


async def test_without_the_right_to_manage_topics_it_is_refused_in_words(book: Book) -> None:
    book.forum.chat.rights.remove("can_manage_topics")
    with pytest.raises(Rejected, match="ot enough rights to manage topics"):
        await book.keep()
    book.forum.chat.rights.add("can_manage_topics")
    await book.keep()
    assert len(book.forum.chat.topics) == 1


async def test_without_the_right_to_pin_the_card_stays_all_the_same(book: Book) -> None:
    book.forum.chat.rights.remove("can_pin_messages")
    with structlog.testing.capture_logs() as logs:
        await book.keep()
    assert [entry["event"] for entry in logs] == ["telegram.card_pin_refused"]
    [thread] = book.forum.chat.topics
    assert in_topic(book.forum, thread)


async def test_a_forum_the_bot_is_not_in_is_refused(book: Book) -> None:
    # The adapter itself asks for one too as it starts, before this or after.
    book.harness.api.fail(
        "createChatInviteLink", times=2, status=403, description="Forbidden: bot was kicked from the supergroup"
    )
    await book.harness.world.store.transact(lambda tx: channel_store.set_forum_invitation(tx, "none", ""))
    with pytest.raises(Unreachable):
        await book.keep()


async def test_a_whole_forum_stays_under_twenty_a_minute(world: World) -> None:
    async with BotApi(clock=world.clock, pace=RateLimits(strict=True)) as api:
        forum = TelegramGroup(api, "Groups", forum=True)
        async with open_harness(world, api, forum_chat_id=forum.id) as harness:

            async def publish(tx: Transaction) -> None:
                await channel_store.set_offered(tx, "telegram", True, START)
                await mark_round_published(tx, 1, START)
                await channel_store.request_sync(
                    tx, [(await add_group(tx, 1, "culture", number)).id for number in range(1, 18)], START
                )

            await world.store.transact(publish)
            for number in range(1, 18):
                title, reader = f"Culture {number}", Reader("en", "Europe/Paris")
                await Book(
                    harness,
                    forum,
                    WantedChannel(number, title, reader=reader, people=frozenset(), created=CreatedChannel(), **card()),
                ).keep()
            assert len(forum.chat.topics) == 17
            assert {len(in_topic(forum, thread)) for thread in forum.chat.topics} == {1}
            assert api.refusals[429] == 0
            assert world.clock.now() - START < timedelta(minutes=4)


async def _publish_with_interruptions(world: World, api: BotApi) -> TelegramGroup:
    """Eight groups get their places, while the program that makes them ends every few calls; the forum."""
    chance = random.Random(7)
    forum = TelegramGroup(api, "Groups", forum=True)

    async def publish(tx: Transaction) -> None:
        await mark_round_published(tx, 1, START)
        for number in range(1, 9):
            await add_group(tx, 1, "culture", number)

    await world.store.transact(publish)
    async with open_harness(world, api, forum_chat_id=forum.id) as harness:
        kills = 0
        while len(set(forum.chat.pinned)) < 8:
            delivery = Delivery(world.store, {"telegram": harness.adapter}, world.settings, world.clock, CONTRIBUTIONS)
            delivering = asyncio.create_task(delivery.run())
            calls = api.calls.total() + chance.randrange(1, 5)
            while api.calls.total() < calls and len(set(forum.chat.pinned)) < 8:
                await asyncio.sleep(0.001)  # what is under way goes on before time does, and is not kept from it
                await world.clock.advance(timedelta(seconds=0.1))
            delivering.cancel()
            await asyncio.wait({delivering})
            await api.settled()
            kills += 1
        await api.settled()
        assert kills > 5
    return forum


async def test_killed_at_random_moments_every_group_has_one_topic(
    world: World, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forums, "_LAST_CALL", 0)  # what was under way is cut, as by a kill
    forum = await _publish_with_interruptions(world, api)
    assert sorted(forum.chat.topics.values()) == [f"Culture {number}" for number in range(1, 9)]
    assert all(in_topic(forum, thread) for thread in forum.chat.topics)


async def test_stopped_at_random_moments_every_topic_has_one_card(world: World, api: BotApi) -> None:
    forum = await _publish_with_interruptions(world, api)
    assert sorted(forum.chat.topics.values()) == [f"Culture {number}" for number in range(1, 9)]
    assert [len(in_topic(forum, thread)) for thread in forum.chat.topics] == [1] * 8


# --- entering


async def test_who_takes_part_is_let_in_and_shown_their_topic(book: Book) -> None:
    zoe = book.harness.person("Zoé")
    await zoe.follow("j-" + await book.harness.world.invite("Zoé"))
    store = book.harness.world.store

    async def created(tx: Transaction) -> None:
        [group] = await groups_of_round(tx, 1)
        await put_in_group(tx, 1, group)

    await store.transact(created)
    await book.keep()
    assert await links(book) == [("telegram", book.forum.chat.invitations[0])]
    zoe.user.ask_to_enter(book.forum)
    await book.heard()
    assert zoe.user.id in book.forum.chat.inside
    assert await links(book) == [("telegram", (await book.created()).url)]
    rows = await store.read(lambda tx: tx.all("SELECT content FROM deliveries"))
    url = (await book.created()).url
    assert [url in row["content"] for row in rows].count(True) == 1
    zoe.user.leave(book.forum)
    await book.heard()
    assert await links(book) == [("telegram", book.forum.chat.invitations[0])]


async def links(book: Book) -> list[tuple[str, str]]:
    """What the first participant's card leads to."""

    async def unit(tx: Transaction) -> list[tuple[str, str]]:
        [group] = await groups_of_round(tx, 1)
        return [*(await channel_store.links(tx, group.id, (1,)))[1]]

    return await book.harness.world.store.read(unit)


async def test_a_stranger_is_turned_away_and_told_how_to_take_part(book: Book) -> None:
    await book.keep()
    stranger = TelegramUser(book.harness.api, "Max", language_code="en", started=True)
    stranger.ask_to_enter(book.forum)
    told = await stranger.sees("people who take part in Rencontres")
    assert "ask again" in told.text
    await book.heard()
    await book.harness.api.until(lambda: book.harness.api.calls["declineChatJoinRequest"])
    assert stranger.id not in book.forum.chat.inside


async def test_who_was_answered_by_somebody_else_is_taken_as_they_are(book: Book) -> None:
    await book.keep()
    zoe = book.harness.person("Zoé")
    await zoe.follow("j-" + await book.harness.world.invite("Zoé"))
    zoe.user.ask_to_enter(book.forum)
    book.forum.chat.asking.clear()
    await book.heard()
    TelegramUser(book.harness.api, "Max", language_code="en", started=True).ask_to_enter(book.forum)
    await book.harness.api.until(
        lambda: book.harness.api.calls["declineChatJoinRequest"], "whoever asks next is answered"
    )


async def test_without_a_forum_there_are_no_places(world: World, api: BotApi, forum: TelegramGroup) -> None:
    async with open_harness(world, api) as harness:
        assert harness.adapter.channels is None
    async with open_harness(world, api, forum_chat_id=forum.id) as harness:
        assert harness.adapter.channels is not None
