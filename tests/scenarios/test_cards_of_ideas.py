"""What one's words became is in sight: in a chat a 👍 on each and one card below, on the page a card under each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from bot.rehearsal.botapi import BotApi
from bot.rehearsal.chat_driver_discord import DiscordChat
from bot.rehearsal.chat_driver_telegram import TelegramChat
from bot.rehearsal.chat_driver_web import WebChat
from tests.drivers import telegram
from tests.drivers.gestures import words
from tests.drivers.program import catch_up
from tests.groups.builders import group
from tests.ideas.builders import ideas_of
from tests.scenarios.conftest import Stage, open_stage
from tests.workshops.builders import PHASES, started
from tests.world import World, make_settings, open_world

IDEAS = ("A shared kitchen in each district", "A night library for students", "A bus that brings books")
CARDS = (
    "Your idea is noted.",
    "2 ideas, the last: “A night library for students”",
    "3 ideas, the last: “A bus that brings books”",
)
BUTTONS = ("This is not an idea", "Change it", "Without my name")


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, phases=PHASES) as stage:
        yield stage


async def at_work(stage: Stage) -> Any:
    """Zoé, whose group is in a phase, and who was told."""
    zoe = await stage.join("Zoé")
    await started(stage.world, await group(stage.world, ["Zoé"]), "solutions")
    await stage.delivered(zoe)
    return zoe


def cards(chat: Any) -> list[str]:
    """The cards of ideas that stand in a chat, oldest first."""
    if isinstance(chat, TelegramChat):
        texts = [message.text for message in chat.user.chat.messages.values() if message.by_bot and not message.gone]
    elif isinstance(chat, DiscordChat):
        history = chat._env.backend.messages.get(chat.user.dm_channel.id, {}).values()
        texts = [message.content for message in history if message.author_id != chat.user.id]
    else:
        texts = [message.text for message in cast("WebChat", chat).messages]
    return [line for text in texts for line in words(text).splitlines() if line in CARDS]


def marks(chat: Any) -> list[str]:
    """The messages of hers with a 👍, oldest first."""
    if isinstance(chat, TelegramChat):
        return [m.text for m in chat.user.chat.messages.values() if not m.by_bot and m.reaction == "👍"]
    history = chat._env.backend.messages.get(chat.user.dm_channel.id, {}).values()
    return [m.content for m in history if [reaction.emoji for reaction in m.reactions] == ["👍"]]


async def test_each_idea_is_marked_and_one_card_stands_below(stage: Stage) -> None:
    zoe = await at_work(stage)
    for count, text in enumerate(IDEAS, 1):
        await zoe.send(text)
        assert words(zoe.text) == CARDS[count - 1]
        assert zoe.buttons[-3:] == BUTTONS
        await stage.delivered(zoe)
        if stage.platform == "web":
            assert cards(zoe) == [*CARDS[:count]], "each stands under its idea"
        else:
            assert cards(zoe) == [CARDS[count - 1]], "the one before is out of the chat"
            assert marks(zoe) == [*IDEAS[:count]]


async def test_on_the_card_words_are_said_to_be_no_idea_and_the_next_has_a_card_of_its_own(stage: Stage) -> None:
    zoe = await at_work(stage)
    await zoe.send(IDEAS[0])
    await zoe.press("This is not an idea")
    assert words(zoe.text).startswith("It is no longer an idea, and nobody can read it. So what is it?")
    await zoe.press("Nothing, forget it")
    await zoe.send(IDEAS[1])
    await stage.delivered(zoe)
    assert words(zoe.text) == CARDS[0]
    assert cards(zoe) == [CARDS[0]]
    assert [idea.text for idea in await ideas_of(stage.world, "Zoé")] == [IDEAS[1]]


async def test_a_question_is_answered_where_it_stands_and_becomes_the_card(stage: Stage) -> None:
    zoe = await at_work(stage)
    await zoe.send(IDEAS[0])
    await zoe.send("A night library?")
    assert words(zoe.text).startswith("I have noted nothing yet. What shall I do with it?")
    await zoe.press("It is an idea")
    assert words(zoe.text) == "2 ideas, the last: “A night library?”"
    await stage.delivered(zoe)
    assert cards(zoe) == ([CARDS[0]] if stage.platform == "web" else [])
    if stage.platform != "web":
        assert marks(zoe) == [IDEAS[0]]


async def test_on_the_page_each_idea_has_its_own_buttons(sqlite_url: str) -> None:
    async with open_stage("web", sqlite_url, phases=PHASES) as stage:
        zoe = cast("WebChat", await at_work(stage))
        for text in IDEAS:
            await zoe.send(text)
        first = next(message for message in zoe.messages if CARDS[0] in words(message.text))
        button = next(button for button in first.all("button") if "This is not an idea" in button.text)
        form = next(form for form in first.all("form") if button in form.all("button"))
        await zoe.post(form, {button["name"]: button["value"]} if "name" in button.attributes else {})
        assert [idea.text for idea in await ideas_of(stage.world, "Zoé")] == [*IDEAS[1:]]
        assert cards(zoe) == [*CARDS[1:]]


# --- on Telegram


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, make_settings(phases=PHASES)) as world:
        yield world


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


async def joined(world: World, harness: telegram.TelegramHarness) -> TelegramChat:
    """Zoé, whose group is in a phase, and who was told."""
    zoe = harness.person()
    await zoe.follow("j-" + await world.invite("Zoé"))
    await started(world, await group(world, ["Zoé"]), "solutions")
    await catch_up(world, harness.adapter)
    return zoe


async def test_of_several_ideas_in_the_same_second_only_the_last_card_stays(world: World, api: BotApi) -> None:
    async with telegram.open_harness(world, api) as harness:
        zoe = await joined(world, harness)
        sent = [zoe.user.send(text) for text in IDEAS]
        await zoe.user.settled()
        await harness.adapter.replies.drained()
        await catch_up(world, harness.adapter)
        assert [each.reaction for each in sent] == ["👍", "👍", "👍"]
        assert cards(zoe) == [CARDS[2]]
        assert len(await ideas_of(world, "Zoé")) == 3


async def test_after_a_restart_the_card_of_before_goes_as_well(world: World, api: BotApi) -> None:
    async with telegram.open_harness(world, api) as harness:
        zoe = await joined(world, harness)
        await zoe.send(IDEAS[0])
        await world.dispatcher.close()
    async with telegram.open_harness(world, api) as harness:
        zoe = TelegramChat(zoe.user, harness.adapter.replies.drained)
        await zoe.send(IDEAS[1])
        await catch_up(world, harness.adapter)
        assert cards(zoe) == [CARDS[1]]
        assert marks(zoe) == [*IDEAS[:2]]


async def test_where_a_mark_is_refused_the_card_stands_below_nevertheless(world: World, api: BotApi) -> None:
    async with telegram.open_harness(world, api) as harness:
        zoe = await joined(world, harness)
        api.fail("setMessageReaction", status=400, description="Bad Request: REACTION_INVALID")
        await zoe.send(IDEAS[0])
        assert (cards(zoe), marks(zoe)) == ([CARDS[0]], [])


async def test_an_edited_message_changes_its_card(world: World, api: BotApi) -> None:
    async with telegram.open_harness(world, api) as harness:
        zoe = await joined(world, harness)
        await zoe.send(IDEAS[0])
        await zoe.rewrite(IDEAS[0], "A kitchen that all of us share")
        assert words(zoe.text) == "1 idea: “A kitchen that all of us share”"
        await catch_up(world, harness.adapter)
        assert cards(zoe) == []
        assert marks(zoe) == ["A kitchen that all of us share"]
