"""Settings: language, the account that messages go to, what to be told of, and stopping all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.content.views import View
from bot.conversation.incoming import Picked
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import participant_store
from bot.people.notifications import Topic
from tests.drivers.neutral import NeutralChat
from tests.outbox import press_push, pushed
from tests.world import World, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


async def link(world: World, chat: NeutralChat, other: NeutralChat) -> None:
    await chat.command("lier")
    code = chat.text.split()[2]
    await other.command("lier", code)
    await other.press("Yes")
    await press_push(world, chat, "Yes")


async def push(
    world: World,
    chat: NeutralChat,
    words: str,
    telling: outbox.Telling = outbox.Telling.NEWS,
    topic: Topic | None = None,
) -> None:
    async def unit(tx: Transaction) -> None:
        _account, person = await participant_store.identify(tx, chat.platform, chat.sender.native_id)
        assert person
        await outbox.notify(tx, person.id, View((words,)), world.clock.now(), telling, topic=topic)

    await world.store.transact(unit)


async def test_another_language_from_the_next_word_on(world: World) -> None:
    chat = await world.join("Zoé", "1")
    await chat.command("settings")
    assert chat.text.startswith("Language: English")
    await chat.press("Language")
    assert chat.options == ("français", "✓ English", "Deutsch")
    await chat.pick("Deutsch")
    assert chat.reader.locale == "de"
    await chat.command("einstellungen")
    assert "Deutsch" in chat.text


async def test_a_language_that_is_not_offered_changes_nothing(world: World) -> None:
    chat = await world.join("Zoé", "1")
    await chat.command("settings")
    await chat.press("Language")
    await chat.act(Picked("sls", ("xx",)))
    assert chat.text.startswith("That button has aged.")
    assert chat.reader.locale == "en"


async def test_messages_go_to_the_preferred_account_and_only_there(world: World) -> None:
    chat = await world.join("Zoé", "1")
    discord = world.chat("d1", platform="discord", name="zoe")
    await link(world, chat, discord)
    await push(world, chat, "on Telegram")
    await discord.command("settings")
    assert "Messages go to: Telegram · \u2068Zoé\u2069" in discord.text
    await discord.press("Where messages go")
    assert discord.options == ("✓ Telegram · Zoé", "Discord · zoe")
    await discord.pick("Discord")
    assert discord.text == "Messages go to: Discord · zoe"
    await push(world, chat, "on Discord")
    assert "on Telegram" in await pushed(world, chat)
    assert "on Discord" not in await pushed(world, chat)
    assert "on Telegram" not in await pushed(world, discord)
    assert "on Discord" in await pushed(world, discord)


async def test_a_topic_that_is_turned_off_is_not_sent(world: World) -> None:
    chat = await world.join("Zoé", "1")
    await chat.command("settings")
    await chat.press("Notifications")
    assert chat.options == ("✓ Messages from the team", "✓ Reminders")
    await chat.pick("Messages")
    assert chat.options == ("✓ Messages from the team", "Reminders")
    await push(world, chat, "a reminder", topic="reminders")
    await push(world, chat, "news", topic="team")
    await push(world, chat, "your place")
    assert await pushed(world, chat) == ["news", "your place"]
    await chat.pick()
    await chat.press("Settings")
    assert "Notifications: only about your place" in chat.text


async def test_stop_ends_every_push_but_answers_and_there_is_a_way_back(world: World) -> None:
    chat = await world.join("Zoé", "1")
    await chat.command("stop")
    assert chat.text.startswith("You will get no more messages")
    await push(world, chat, "news")
    await push(world, chat, "an answer", outbox.Telling.ANSWER)
    assert await pushed(world, chat) == ["an answer"]
    await chat.command("settings")
    assert "Notifications: none, you stopped them" in chat.text
    await chat.press("Get messages again")
    await push(world, chat, "news again")
    assert (await pushed(world, chat))[-1] == "news again"


async def test_discord_is_written_to_first_only_once_that_was_agreed_to(world: World) -> None:
    discord = await world.join("Zoé", "1", platform="discord")
    await discord.command("settings")
    assert "Messages: only answers" in discord.text
    telegram = world.chat("t1", name="zoe")
    await link(world, discord, telegram)
    await push(world, discord, "elsewhere, then")
    await discord.command("me")
    await discord.press("Tell me in private")
    await push(world, discord, "agreed")
    assert (await pushed(world, discord))[-1] == "agreed"
    await discord.command("settings")
    await discord.press("No more private messages")
    await push(world, discord, "elsewhere again")
    assert [said for said in await pushed(world, telegram) if "else" in said] == ["elsewhere, then", "elsewhere again"]
    assert "agreed" not in await pushed(world, discord)


async def test_elsewhere_nobody_is_asked_for_an_opt_in(world: World) -> None:
    chat = await world.join("Zoé", "1")
    await chat.command("settings")
    assert chat.buttons[:1] == ("Language",)
    assert not {"Tell me in private", "Where messages go"} & set(chat.buttons)
