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
from bot.rehearsal.hands_discord import DiscordChat
from tests.drivers.discord import DiscordTown, open_town
from tests.platforms.notes import Notes, open_noting
from tests.world import World

ENGLISH = Reader("en", "Europe/Paris")


@pytest.fixture
async def noting(sqlite_url: str) -> AsyncIterator[tuple[World, Notes]]:
    async with open_noting(sqlite_url) as noting:
        yield noting


@pytest.fixture
async def town(noting: tuple[World, Notes]) -> AsyncIterator[DiscordTown]:
    async with open_town(noting[0]) as town:
        yield town


@pytest.fixture
def notes(noting: tuple[World, Notes]) -> Notes:
    return noting[1]


def written(town: DiscordTown, zoe: DiscordChat) -> Any:
    """The latest message of hers."""
    history = town.env.backend.messages[zoe.user.dm_channel.id].values()
    return [message for message in history if message.author_id == zoe.user.id][-1]


async def edits(town: DiscordTown, zoe: DiscordChat, message: Any, **fields: Any) -> None:
    town.env.backend.edit_message(zoe.user.dm_channel.id, message.id, fields)
    await town.env.settle()


async def test_the_first_is_answered_in_words_later_ones_by_a_mark(town: DiscordTown, notes: Notes) -> None:
    zoe = town.person()
    await zoe.send("Une cuisine partagée")
    assert zoe.text == "Noted."
    assert not written(town, zoe).reactions
    await zoe.send("Un atelier vélo")
    assert zoe.shown == []
    assert [each.emoji for each in written(town, zoe).reactions] == ["👍"]
    assert list(notes.words.values()) == ["Une cuisine partagée", "Un atelier vélo"]


async def test_editing_the_message_edits_what_it_made(town: DiscordTown, notes: Notes) -> None:
    zoe = town.person()
    await zoe.send("Une cuisine")
    said = written(town, zoe)
    await edits(town, zoe, said, content="Une cuisine partagée")
    assert notes.words == {str(said.id): "Une cuisine partagée"}
    assert [each.emoji for each in said.reactions] == ["👍"]


async def test_deleting_the_message_takes_back_what_it_made(town: DiscordTown, notes: Notes) -> None:
    zoe = town.person()
    await zoe.send("Une cuisine")
    await zoe.send("Un atelier")
    said = written(town, zoe)
    town.env.backend.delete_message(zoe.user.dm_channel.id, said.id)
    await town.env.settle()
    assert list(notes.words.values()) == ["Une cuisine"]
    await zoe.look()
    assert zoe.text == "Forgotten."


async def test_several_messages_deleted_at_once_are_each_taken_back(town: DiscordTown, notes: Notes) -> None:
    zoe = town.person()
    messages = []
    for words in ("Une cuisine", "Un atelier", "Un jardin"):
        await zoe.send(words)
        messages.append(written(town, zoe).id)
    town.env.backend.bulk_delete_messages(zoe.user.dm_channel.id, messages[:2])
    await town.env.settle()
    assert list(notes.words.values()) == ["Un jardin"]


async def test_what_the_bot_takes_away_itself_nobody_deleted(town: DiscordTown, notes: Notes) -> None:
    zoe = town.person()
    await zoe.send("Une cuisine")
    address = Address(str(zoe.user.id))
    copy = await town.adapter.send(address, View(("Room A",)), ENGLISH, delivery_id=1)
    assert await town.adapter.delete(address, copy)
    await town.env.settle()
    assert notes.deleted == []


async def test_a_link_that_gets_its_preview_is_no_edit(town: DiscordTown, notes: Notes) -> None:
    zoe = town.person()
    await zoe.send("https://example.org")
    said = written(town, zoe)
    town.env.backend.emit("MESSAGE_UPDATE", {**_payload(town, said), "embeds": [{"title": "Example"}]})
    await town.env.settle()
    assert not said.reactions
    await edits(town, zoe, said, content="https://example.org/plan")
    notes.words[str(said.id)] = "changed by other means"
    town.env.backend.emit("MESSAGE_UPDATE", {**_payload(town, said), "embeds": [{"title": "Plan"}]})
    await town.env.settle()
    assert notes.words == {str(said.id): "changed by other means"}, "the same edit a second time"


def _payload(town: DiscordTown, message: Any) -> Any:
    from simcord.backend import serializers

    return serializers.message_payload(town.env.backend, message)


async def test_every_file_of_a_message_is_taken(town: DiscordTown, notes: Notes) -> None:
    zoe = town.person()
    await zoe.send("Nos feuilles", ("one.txt", b"1"), ("two.txt", b"2"))
    assert notes.kept == [("one.txt", b"1", "Nos feuilles"), ("two.txt", b"2", "Nos feuilles")]
    assert [each.emoji for each in written(town, zoe).reactions] == ["👍"]


@dataclass
class SlowFiles:
    """Whether files are fetched is answered only once it is `let` through."""

    town: DiscordTown
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    let: asyncio.Event = field(default_factory=asyncio.Event)

    async def takes_files(self, incoming: Incoming) -> bool:
        self.asked.set()
        await self.let.wait()
        return True

    async def send(self, zoe: DiscordChat, words: str, change: Callable[[Any], object]) -> None:
        """Send a file with words, and change the message while the file is under way."""
        self.town.world.dispatcher.takes_files = self.takes_files  # type: ignore[method-assign]
        stored = self.town.env.backend.store_attachments(zoe.user.dm_channel.id, (("one.txt", b"1"),))
        sending = asyncio.create_task(zoe.user.send_dm(words, attachments=stored))
        await self.asked.wait()
        change(written(self.town, zoe))
        await asyncio.sleep(0.05)  # the change has come; it is not to be taken before the message
        self.let.set()
        await sending
        await self.town.env.settle()


async def test_what_is_changed_while_its_file_is_fetched_is_taken_as_changed(town: DiscordTown, notes: Notes) -> None:
    zoe = town.person()
    await zoe.send("Bonjour")
    backend, place = town.env.backend, zoe.user.dm_channel.id
    await SlowFiles(town).send(zoe, "A sheet", lambda said: backend.edit_message(place, said.id, {"content": "Ours"}))
    assert list(notes.words.values()) == ["Bonjour", "Ours"]


async def test_what_is_deleted_while_its_file_is_fetched_is_not_taken(town: DiscordTown, notes: Notes) -> None:
    zoe = town.person()
    await zoe.send("Bonjour")
    backend, place = town.env.backend, zoe.user.dm_channel.id
    await SlowFiles(town).send(zoe, "A sheet", lambda said: backend.delete_message(place, said.id))
    assert list(notes.words.values()) == ["Bonjour"]
    assert notes.kept == []


async def test_a_file_is_fetched_only_where_it_would_be_looked_at(town: DiscordTown, notes: Notes) -> None:
    notes.takes_files = False
    zoe = town.person()
    await zoe.send("", ("one.txt", b"1"))
    assert zoe.text.startswith("Seulement du texte"), "nobody told the bot their language"


async def test_a_mark_that_is_refused_is_said_in_words(town: DiscordTown, notes: Notes) -> None:
    zoe = town.person()
    await zoe.send("Une cuisine")
    town.env.inject_error("PUT", "/channels/*/reactions/*", status=403, code=90001)
    await zoe.send("Un atelier")
    assert zoe.text == "Noted."


async def test_a_message_is_pinned_in_private(town: DiscordTown) -> None:
    zoe = town.person()
    await zoe.send("Bonjour")
    address = Address(str(zoe.user.id))
    panel = await town.adapter.send(address, View(("Panel: 1",)), ENGLISH, delivery_id=1)
    await town.adapter.pin(address, panel)
    await town.adapter.pin(address, panel)
    assert [str(message.id) for message in zoe._written() if message.pinned] == [panel]
