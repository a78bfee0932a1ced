"""What people write, edit and send to the bot in passing on Discord: answered by a 👍 where a word is too much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.content.texts import Reader
from bot.content.views import View
from bot.conversation.incoming import Incoming
from bot.delivery.platform import Address
from bot.rehearsal.chat_driver_discord import DiscordChat
from tests.drivers.discord import DiscordHarness, open_harness
from tests.platforms.notes import Notes, open_noting
from tests.world import World

ENGLISH = Reader("en", "Europe/Paris")


@pytest.fixture
async def noting(sqlite_url: str) -> AsyncIterator[tuple[World, Notes]]:
    async with open_noting(sqlite_url) as noting:
        yield noting


@pytest.fixture
async def harness(noting: tuple[World, Notes]) -> AsyncIterator[DiscordHarness]:
    async with open_harness(noting[0]) as harness:
        yield harness


@pytest.fixture
def notes(noting: tuple[World, Notes]) -> Notes:
    return noting[1]


def written(harness: DiscordHarness, zoe: DiscordChat) -> Any:
    """The latest message of hers."""
    history = harness.env.backend.messages[zoe.user.dm_channel.id].values()
    return [message for message in history if message.author_id == zoe.user.id][-1]


async def edits(harness: DiscordHarness, zoe: DiscordChat, message: Any, **fields: Any) -> None:
    harness.env.backend.edit_message(zoe.user.dm_channel.id, message.id, fields)
    await harness.env.settle()


async def test_the_first_is_answered_in_words_later_ones_by_a_mark(harness: DiscordHarness, notes: Notes) -> None:
    zoe = harness.person()
    await zoe.send("Une cuisine partagée")
    assert zoe.text == "Noted."
    assert not written(harness, zoe).reactions
    await zoe.send("Un atelier vélo")
    assert zoe.shown == []
    assert [reaction.emoji for reaction in written(harness, zoe).reactions] == ["👍"]
    assert list(notes.words.values()) == ["Une cuisine partagée", "Un atelier vélo"]


async def test_editing_the_message_edits_what_it_made(harness: DiscordHarness, notes: Notes) -> None:
    zoe = harness.person()
    await zoe.send("Une cuisine")
    said = written(harness, zoe)
    await edits(harness, zoe, said, content="Une cuisine partagée")
    assert notes.words == {str(said.id): "Une cuisine partagée"}
    assert [reaction.emoji for reaction in said.reactions] == ["👍"]


async def test_a_command_that_was_corrected_is_called(harness: DiscordHarness, notes: Notes) -> None:
    zoe = harness.person()
    await zoe.send("Une cuisine")
    said = written(harness, zoe)
    await edits(harness, zoe, said, content="/nothing")
    answered = [*harness.env.backend.messages[zoe.user.dm_channel.id].values()][-1]
    assert answered.content.startswith("Je ne connais pas /nothing")
    assert notes.words == {str(said.id): "Une cuisine"}


async def test_deleting_the_message_takes_back_what_it_made(harness: DiscordHarness, notes: Notes) -> None:
    zoe = harness.person()
    await zoe.send("Une cuisine")
    await zoe.send("Un atelier")
    said = written(harness, zoe)
    harness.env.backend.delete_message(zoe.user.dm_channel.id, said.id)
    await harness.env.settle()
    assert list(notes.words.values()) == ["Une cuisine"]
    await zoe.look()
    assert zoe.text == "Forgotten."


async def test_several_messages_deleted_at_once_are_each_taken_back(harness: DiscordHarness, notes: Notes) -> None:
    zoe = harness.person()
    messages = []
    for words in ("Une cuisine", "Un atelier", "Un jardin"):
        await zoe.send(words)
        messages.append(written(harness, zoe).id)
    harness.env.backend.bulk_delete_messages(zoe.user.dm_channel.id, messages[:2])
    await harness.env.settle()
    assert list(notes.words.values()) == ["Un jardin"]


async def test_what_the_bot_takes_away_itself_nobody_deleted(harness: DiscordHarness, notes: Notes) -> None:
    zoe = harness.person()
    await zoe.send("Une cuisine")
    address = Address(str(zoe.user.id))
    copy = await harness.adapter.send(address, View(("Room A",)), ENGLISH, delivery_id=1)
    assert await harness.adapter.delete(address, copy)
    await harness.env.settle()
    assert notes.deleted == []


async def test_a_link_that_gets_its_preview_is_no_edit(harness: DiscordHarness, notes: Notes) -> None:
    zoe = harness.person()
    await zoe.send("https://example.org")
    said = written(harness, zoe)
    harness.env.backend.emit("MESSAGE_UPDATE", {**_payload(harness, said), "embeds": [{"title": "Example"}]})
    await harness.env.settle()
    assert not said.reactions
    await edits(harness, zoe, said, content="https://example.org/plan")
    notes.words[str(said.id)] = "changed by other means"
    harness.env.backend.emit("MESSAGE_UPDATE", {**_payload(harness, said), "embeds": [{"title": "Plan"}]})
    await harness.env.settle()
    assert notes.words == {str(said.id): "changed by other means"}, "the same edit a second time"


def _payload(harness: DiscordHarness, message: Any) -> Any:
    from simcord.backend import serializers

    return serializers.message_payload(harness.env.backend, message)


async def test_every_file_of_a_message_is_taken(harness: DiscordHarness, notes: Notes) -> None:
    zoe = harness.person()
    await zoe.send("Nos feuilles", ("one.txt", b"1"), ("two.txt", b"2"))
    assert notes.kept == [("one.txt", b"1", "Nos feuilles"), ("two.txt", b"2", "Nos feuilles")]
    assert [reaction.emoji for reaction in written(harness, zoe).reactions] == ["👍"]


@dataclass
class SlowFiles:
    """Whether files are fetched is answered only once it is `let` through."""

    harness: DiscordHarness
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    let: asyncio.Event = field(default_factory=asyncio.Event)

    async def takes_files(self, incoming: Incoming) -> bool:
        self.asked.set()
        await self.let.wait()
        return True

    async def send(self, zoe: DiscordChat, words: str, change: Callable[[Any], object]) -> None:
        """Send a file with words, and change the message while the file is under way."""
        self.harness.world.dispatcher.takes_files = self.takes_files  # type: ignore[method-assign]
        stored = self.harness.env.backend.store_attachments(zoe.user.dm_channel.id, (("one.txt", b"1"),))
        sending = asyncio.create_task(zoe.user.send_dm(words, attachments=stored))
        await self.asked.wait()
        change(written(self.harness, zoe))
        await asyncio.sleep(0.05)  # the change has come; it is not to be taken before the message
        self.let.set()
        await sending
        await self.harness.env.settle()


async def test_what_is_changed_while_its_file_is_fetched_is_taken_as_changed(
    harness: DiscordHarness, notes: Notes
) -> None:
    zoe = harness.person()
    await zoe.send("Bonjour")
    backend, place = harness.env.backend, zoe.user.dm_channel.id
    await SlowFiles(harness).send(
        zoe, "A sheet", lambda said: backend.edit_message(place, said.id, {"content": "Ours"})
    )
    assert list(notes.words.values()) == ["Bonjour", "Ours"]


async def test_what_is_deleted_while_its_file_is_fetched_is_not_taken(harness: DiscordHarness, notes: Notes) -> None:
    zoe = harness.person()
    await zoe.send("Bonjour")
    backend, place = harness.env.backend, zoe.user.dm_channel.id
    await SlowFiles(harness).send(zoe, "A sheet", lambda said: backend.delete_message(place, said.id))
    assert list(notes.words.values()) == ["Bonjour"]
    assert notes.kept == []


async def test_a_file_is_fetched_only_where_it_would_be_looked_at(harness: DiscordHarness, notes: Notes) -> None:
    notes.takes_files = False
    zoe = harness.person()
    await zoe.send("", ("one.txt", b"1"))
    assert zoe.text.startswith("Seulement du texte"), "nobody told the bot their language"


async def test_a_mark_that_is_refused_is_said_in_words(harness: DiscordHarness, notes: Notes) -> None:
    zoe = harness.person()
    await zoe.send("Une cuisine")
    harness.env.inject_error("PUT", "/channels/*/reactions/*", status=403, code=90001)
    await zoe.send("Un atelier")
    assert zoe.text == "Noted."


async def test_a_message_is_pinned_in_private(harness: DiscordHarness) -> None:
    zoe = harness.person()
    await zoe.send("Bonjour")
    address = Address(str(zoe.user.id))
    panel = await harness.adapter.send(address, View(("Panel: 1",)), ENGLISH, delivery_id=1)
    await harness.adapter.pin(address, panel)
    await harness.adapter.pin(address, panel)
    assert [str(message.id) for message in zoe.written() if message.pinned] == [panel]
