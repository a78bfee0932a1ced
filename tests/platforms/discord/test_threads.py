"""A private thread and a role for each group: never two, never none, and in step with the group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import discord
import pytest
import structlog

from bot.content.errors import Rejected, RetryLater
from bot.content.texts import Reader, Strong
from bot.content.views import View
from bot.delivery.channels import CreatedChannel
from bot.delivery.platform import Address, WantedChannel
from bot.rehearsal.chat_driver_discord import DiscordChat
from tests.drivers.discord import DiscordHarness

MAY = discord.Permissions(
    manage_roles=True,
    manage_threads=True,
    create_private_threads=True,
    send_messages_in_threads=True,
    view_channel=True,
    read_message_history=True,
)


class Ended(Exception):
    """The program ends here."""


@dataclass
class Book:
    """What is written down of one place; it may end before a line is written."""

    harness: DiscordHarness
    wanted: WantedChannel
    ends_before: int = 0

    async def keep(self, **changes: Any) -> None:
        """Bring the place in step with what is wanted now."""
        assert self.harness.adapter.channels
        self.wanted = replace(self.wanted, **changes)
        await self.harness.adapter.channels.reconcile(self.wanted, self._note)

    async def close(self) -> None:
        assert self.harness.adapter.channels
        await self.harness.adapter.channels.close(self.wanted.created, self.wanted.used_ids)

    async def _note(self, created: CreatedChannel) -> None:
        self.ends_before -= 1
        if self.ends_before == 0:
            raise Ended
        self.wanted = replace(self.wanted, created=created)

    @property
    def created(self) -> CreatedChannel:
        return self.wanted.created


def card(*lines: str) -> Any:
    """A card and its digest."""
    return {"card": View((Strong("Culture 3"), *lines)), "digest": "/".join(lines)}


@pytest.fixture
async def book(harness: DiscordHarness) -> Book:
    """The place of a group with nobody in it, in a server where the bot may make such things."""
    bots = harness.server.create_role("bots", permissions=MAY)
    harness.env.backend.edit_role(harness.server.id, bots.id, {"position": 9})
    harness.env.backend.add_member_role(harness.server.id, harness.env.backend.bot_user.id, bots.id)
    channel = harness.server.create_text_channel("groupes")
    await harness.restart(guild_id=harness.server.id, groups_channel_id=channel.id)
    wanted = WantedChannel(
        1,
        "Culture 3",
        reader=Reader("en", "Europe/Paris"),
        people=frozenset(),
        created=CreatedChannel(),
        **card("Zoé D."),
    )
    return Book(harness, wanted)


def threads(harness: DiscordHarness) -> list[Any]:
    """All threads of the server, in the order they were made."""
    guild = harness.env.backend.guilds[harness.server.id]
    return [harness.env.backend.channels[thread_id] for thread_id in guild.thread_ids]


def said(harness: DiscordHarness, thread: Any) -> list[str]:
    """What the bot wrote in a thread, as it is now."""
    return [message.content for message in harness.env.backend.messages.get(thread.id, {}).values()]


def roles(harness: DiscordHarness) -> list[str]:
    """The names of roles made for groups."""
    return [role.name for role in harness.server.roles.values() if role.name.startswith("Culture")]


def of_group(harness: DiscordHarness, chat: DiscordChat) -> bool:
    """Whether someone is in the only thread and has the only role."""
    [thread] = threads(harness)
    [role] = [role for role in harness.server.roles.values() if role.name.startswith("Culture")]
    inside = chat.user.id in thread.thread_members
    assert inside == (role.id in harness.server._guild.members[chat.user.id].role_ids)
    return inside


async def test_a_group_gets_a_private_thread_a_role_and_its_card(book: Book) -> None:
    zoe = book.harness.member("Zoé")
    await book.keep(people=frozenset({str(zoe.user.id)}))
    [thread] = threads(book.harness)
    assert (thread.name, thread.type) == ("Culture 3", discord.ChannelType.private_thread.value)
    assert of_group(book.harness, zoe)
    assert said(book.harness, thread) == ["**Culture 3**\nZoé D."]
    assert book.created.url == f"https://discord.com/channels/{book.harness.server.id}/{thread.id}"


async def test_a_second_time_nothing_is_changed(book: Book) -> None:
    zoe = book.harness.member("Zoé")
    await book.keep(people=frozenset({str(zoe.user.id)}))
    before = len(book.harness.env.http_requests)
    await book.keep()
    assert {request.method for request in book.harness.env.http_requests[before:]} == {"GET"}


async def test_closing_a_place_that_was_never_made_leaves_the_thread_of_its_namesake(book: Book) -> None:
    await book.keep()
    [thread] = threads(book.harness)
    never_made = CreatedChannel(title="Culture 3")
    book.wanted = replace(book.wanted, created=never_made, used_ids=frozenset({str(thread.id)}))
    await book.close()
    assert not thread.thread_metadata.archived


async def test_it_follows_the_group(book: Book) -> None:
    zoe, ali = book.harness.member("Zoé"), book.harness.member("Ali")
    await book.keep(people=frozenset({str(zoe.user.id)}))
    await book.keep(title="Culture 3 · Owls", people=frozenset({str(ali.user.id)}), **card("Ali B."))
    [thread] = threads(book.harness)
    assert thread.name == "Culture 3 · Owls"
    assert roles(book.harness) == ["Culture 3 · Owls"]
    assert (of_group(book.harness, zoe), of_group(book.harness, ali)) == (False, True)
    assert said(book.harness, thread) == ["**Culture 3**\nAli B."]


async def test_who_is_not_in_the_server_is_let_in_once_they_are(book: Book) -> None:
    user = book.harness.env.create_user("ada", global_name="Ada")
    await book.keep(people=frozenset({str(user.id)}))
    assert book.created.people == frozenset()
    book.harness.server.add_member(user)
    await book.keep()
    assert book.created.people == {str(user.id)}


@pytest.mark.parametrize("line", range(1, 6))
async def test_wherever_the_program_ends_there_is_never_a_second_of_anything(book: Book, line: int) -> None:
    zoe = book.harness.member("Zoé")
    book.ends_before = line
    with pytest.raises(Ended):
        await book.keep(people=frozenset({str(zoe.user.id)}))
    await book.keep()
    [thread] = threads(book.harness)
    assert roles(book.harness) == ["Culture 3"]
    assert of_group(book.harness, zoe)
    assert len(said(book.harness, thread)) == 1


async def test_what_somebody_deleted_is_made_again(book: Book) -> None:
    zoe = book.harness.member("Zoé")
    await book.keep(people=frozenset({str(zoe.user.id)}))
    [thread] = threads(book.harness)
    book.harness.env.backend.delete_channel(thread.id)
    book.harness.env.backend.delete_role(book.harness.server.id, int(book.created.role))
    await book.keep()
    assert of_group(book.harness, zoe)
    [thread] = threads(book.harness)
    book.harness.env.backend.delete_message(thread.id, int(book.created.card))
    await book.keep()
    assert said(book.harness, thread) == ["**Culture 3**\nZoé D."]


async def test_an_archived_thread_is_opened_again(book: Book) -> None:
    await book.keep()
    [thread] = threads(book.harness)
    thread.thread_metadata.archived = True
    await book.keep()
    assert not thread.thread_metadata.archived


async def test_the_place_of_a_dissolved_group_is_archived_and_its_role_is_gone(book: Book) -> None:
    await book.keep()
    await book.close()
    [thread] = threads(book.harness)
    assert (thread.thread_metadata.archived, thread.thread_metadata.locked) == (True, True)
    assert roles(book.harness) == []
    await book.close()


async def test_two_groups_never_share_a_thread(book: Book) -> None:
    await book.keep()
    other = Book(book.harness, replace(book.wanted, id=2, created=CreatedChannel(title=book.created.title)))
    await other.keep(used_ids=frozenset({book.created.thread, book.created.role}))
    assert len(threads(book.harness)) == 2
    assert len(set(roles(book.harness)) | {book.created.role, other.created.role}) == 3


@pytest.mark.parametrize(("status", "code"), [(400, 30005), (403, 50013)])
async def test_without_room_for_a_role_the_thread_is_enough(book: Book, status: int, code: int) -> None:
    book.harness.env.inject_error("POST", "/guilds/*/roles", status=status, code=code, times=None)
    zoe = book.harness.member("Zoé")
    with structlog.testing.capture_logs() as logs:
        await book.keep(people=frozenset({str(zoe.user.id)}))
        await book.keep()
    assert [entry["event"] for entry in logs] == ["discord.group_role_refused"]
    [thread] = threads(book.harness)
    assert zoe.user.id in thread.thread_members


async def test_too_many_threads_is_refused_in_words(book: Book) -> None:
    book.harness.env.inject_error("POST", "/channels/*/threads", status=400, code=160006)
    with pytest.raises(Rejected, match="archive some"):
        await book.keep()


async def test_a_fault_of_discord_s_is_for_later(book: Book) -> None:
    book.harness.env.inject_error("POST", "/channels/*/threads", status=502)
    with pytest.raises(RetryLater):
        await book.keep()
    await book.keep()
    assert len(threads(book.harness)) == 1


async def test_nobody_is_pinged(book: Book) -> None:
    await book.keep(**card("@everyone"))
    [sent] = [
        request for request in book.harness.env.http_requests if request.method == "POST" and "messages" in request.path
    ]
    assert sent.json
    assert sent.json["allowed_mentions"] == {"parse": []}


async def test_a_message_can_be_said_in_a_thread_and_corrected(book: Book) -> None:
    await book.keep()
    [thread] = threads(book.harness)
    address, reader = Address(book.created.chat, book.created.thread), book.wanted.reader
    sent = await book.harness.adapter.send(address, View(("Room B12",)), reader, delivery_id=7)
    assert await book.harness.adapter.edit(address, sent, View(("Room B14",)), reader) == sent
    assert said(book.harness, thread)[1:] == ["Room B14"]


async def test_without_a_channel_for_them_there_are_no_places(harness: DiscordHarness) -> None:
    assert harness.adapter.channels is None
    channel = harness.server.create_text_channel("groups")
    await harness.restart(guild_id=harness.server.id, groups_channel_id=channel.id)
    assert harness.adapter.channels is not None
