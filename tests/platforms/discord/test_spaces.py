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
from bot.delivery.platform import Address, Space
from bot.delivery.spaces import Place
from bot.rehearsal.hands_discord import DiscordChat
from tests.drivers.discord import DiscordTown

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

    town: DiscordTown
    wanted: Space
    ends_before: int = 0

    async def keep(self, **changes: Any) -> None:
        """Bring the place in step with what is wanted now."""
        assert self.town.adapter.spaces
        self.wanted = replace(self.wanted, **changes)
        await self.town.adapter.spaces.keep(self.wanted, self._note)

    async def close(self) -> None:
        assert self.town.adapter.spaces
        await self.town.adapter.spaces.close(self.wanted.place, self.wanted.taken)

    async def _note(self, place: Place) -> None:
        self.ends_before -= 1
        if self.ends_before == 0:
            raise Ended
        self.wanted = replace(self.wanted, place=place)

    @property
    def place(self) -> Place:
        return self.wanted.place


def card(*lines: str) -> Any:
    """A card and its digest."""
    return {"card": View((Strong("Culture · group 3"), *lines)), "digest": "/".join(lines)}


@pytest.fixture
async def book(town: DiscordTown) -> Book:
    """The place of a group with nobody in it, in a server where the bot may make such things."""
    bots = town.server.create_role("bots", permissions=MAY)
    town.env.backend.edit_role(town.server.id, bots.id, {"position": 9})
    town.env.backend.add_member_role(town.server.id, town.env.backend.bot_user.id, bots.id)
    channel = town.server.create_text_channel("groupes")
    await town.restart(guild_id=town.server.id, groups_channel_id=channel.id)
    wanted = Space(
        1, "Culture · group 3", reader=Reader("en", "Europe/Paris"), people=frozenset(), place=Place(), **card("Zoé D.")
    )
    return Book(town, wanted)


def threads(town: DiscordTown) -> list[Any]:
    """All threads of the server, in the order they were made."""
    guild = town.env.backend.guilds[town.server.id]
    return [town.env.backend.channels[each] for each in guild.thread_ids]


def said(town: DiscordTown, thread: Any) -> list[str]:
    """What the bot wrote in a thread, as it is now."""
    return [message.content for message in town.env.backend.messages.get(thread.id, {}).values()]


def roles(town: DiscordTown) -> list[str]:
    """The names of roles made for groups."""
    return [role.name for role in town.server.roles.values() if role.name.startswith("Culture")]


def of_group(town: DiscordTown, chat: DiscordChat) -> bool:
    """Whether someone is in the only thread and has the only role."""
    [thread] = threads(town)
    [role] = [role for role in town.server.roles.values() if role.name.startswith("Culture")]
    inside = chat.user.id in thread.thread_members
    assert inside == (role.id in town.server._guild.members[chat.user.id].role_ids)
    return inside


async def test_a_group_gets_a_private_thread_a_role_and_its_card(book: Book) -> None:
    zoe = book.town.member("Zoé")
    await book.keep(people=frozenset({str(zoe.user.id)}))
    [thread] = threads(book.town)
    assert (thread.name, thread.type) == ("Culture · group 3", discord.ChannelType.private_thread.value)
    assert of_group(book.town, zoe)
    assert said(book.town, thread) == ["**Culture · group 3**\nZoé D."]
    assert book.place.url == f"https://discord.com/channels/{book.town.server.id}/{thread.id}"


async def test_a_second_time_nothing_is_changed(book: Book) -> None:
    zoe = book.town.member("Zoé")
    await book.keep(people=frozenset({str(zoe.user.id)}))
    before = len(book.town.env.http_requests)
    await book.keep()
    assert {request.method for request in book.town.env.http_requests[before:]} == {"GET"}


async def test_closing_a_place_that_was_never_made_leaves_the_thread_of_its_namesake(book: Book) -> None:
    await book.keep()
    [thread] = threads(book.town)
    never_made = Place(title="Culture · group 3")
    book.wanted = replace(book.wanted, place=never_made, taken=frozenset({str(thread.id)}))
    await book.close()
    assert not thread.thread_metadata.archived


async def test_it_follows_the_group(book: Book) -> None:
    zoe, ali = book.town.member("Zoé"), book.town.member("Ali")
    await book.keep(people=frozenset({str(zoe.user.id)}))
    await book.keep(title="Culture · group 3 · Owls", people=frozenset({str(ali.user.id)}), **card("Ali B."))
    [thread] = threads(book.town)
    assert thread.name == "Culture · group 3 · Owls"
    assert roles(book.town) == ["Culture · group 3 · Owls"]
    assert (of_group(book.town, zoe), of_group(book.town, ali)) == (False, True)
    assert said(book.town, thread) == ["**Culture · group 3**\nAli B."]


async def test_who_is_not_in_the_server_is_let_in_once_they_are(book: Book) -> None:
    user = book.town.env.create_user("ada", global_name="Ada")
    await book.keep(people=frozenset({str(user.id)}))
    assert book.place.people == frozenset()
    book.town.server.add_member(user)
    await book.keep()
    assert book.place.people == {str(user.id)}


@pytest.mark.parametrize("line", range(1, 6))
async def test_wherever_the_program_ends_there_is_never_a_second_of_anything(book: Book, line: int) -> None:
    zoe = book.town.member("Zoé")
    book.ends_before = line
    with pytest.raises(Ended):
        await book.keep(people=frozenset({str(zoe.user.id)}))
    await book.keep()
    [thread] = threads(book.town)
    assert roles(book.town) == ["Culture · group 3"]
    assert of_group(book.town, zoe)
    assert len(said(book.town, thread)) == 1


async def test_what_somebody_deleted_is_made_again(book: Book) -> None:
    zoe = book.town.member("Zoé")
    await book.keep(people=frozenset({str(zoe.user.id)}))
    [thread] = threads(book.town)
    book.town.env.backend.delete_channel(thread.id)
    book.town.env.backend.delete_role(book.town.server.id, int(book.place.role))
    await book.keep()
    assert of_group(book.town, zoe)
    [thread] = threads(book.town)
    book.town.env.backend.delete_message(thread.id, int(book.place.card))
    await book.keep()
    assert said(book.town, thread) == ["**Culture · group 3**\nZoé D."]


async def test_an_archived_thread_is_opened_again(book: Book) -> None:
    await book.keep()
    [thread] = threads(book.town)
    thread.thread_metadata.archived = True
    await book.keep()
    assert not thread.thread_metadata.archived


async def test_the_place_of_a_dissolved_group_is_archived_and_its_role_is_gone(book: Book) -> None:
    await book.keep()
    await book.close()
    [thread] = threads(book.town)
    assert (thread.thread_metadata.archived, thread.thread_metadata.locked) == (True, True)
    assert roles(book.town) == []
    await book.close()


async def test_two_groups_never_share_a_thread(book: Book) -> None:
    await book.keep()
    other = Book(book.town, replace(book.wanted, id=2, place=Place(title=book.place.title)))
    await other.keep(taken=frozenset({book.place.thread, book.place.role}))
    assert len(threads(book.town)) == 2
    assert len(set(roles(book.town)) | {book.place.role, other.place.role}) == 3


@pytest.mark.parametrize(("status", "code"), [(400, 30005), (403, 50013)])
async def test_without_room_for_a_role_the_thread_is_enough(book: Book, status: int, code: int) -> None:
    book.town.env.inject_error("POST", "/guilds/*/roles", status=status, code=code, times=None)
    zoe = book.town.member("Zoé")
    with structlog.testing.capture_logs() as logs:
        await book.keep(people=frozenset({str(zoe.user.id)}))
        await book.keep()
    assert [entry["event"] for entry in logs] == ["groups get a thread and no role"]
    [thread] = threads(book.town)
    assert zoe.user.id in thread.thread_members


async def test_too_many_threads_is_refused_in_words(book: Book) -> None:
    book.town.env.inject_error("POST", "/channels/*/threads", status=400, code=160006)
    with pytest.raises(Rejected, match="archive some"):
        await book.keep()


async def test_a_fault_of_discord_s_is_for_later(book: Book) -> None:
    book.town.env.inject_error("POST", "/channels/*/threads", status=502)
    with pytest.raises(RetryLater):
        await book.keep()
    await book.keep()
    assert len(threads(book.town)) == 1


async def test_nobody_is_pinged(book: Book) -> None:
    await book.keep(**card("@everyone"))
    [sent] = [each for each in book.town.env.http_requests if each.method == "POST" and "messages" in each.path]
    assert sent.json
    assert sent.json["allowed_mentions"] == {"parse": []}


async def test_a_message_can_be_said_in_a_thread_and_corrected(book: Book) -> None:
    await book.keep()
    [thread] = threads(book.town)
    address, reader = Address(book.place.chat, book.place.thread), book.wanted.reader
    sent = await book.town.adapter.send(address, View(("Room B12",)), reader, delivery_id=7)
    assert await book.town.adapter.edit(address, sent, View(("Room B14",)), reader) == sent
    assert said(book.town, thread)[1:] == ["Room B14"]


async def test_without_a_channel_for_them_there_are_no_places(town: DiscordTown) -> None:
    assert town.adapter.spaces is None
    channel = town.server.create_text_channel("groups")
    await town.restart(guild_id=town.server.id, groups_channel_id=channel.id)
    assert town.adapter.spaces is not None
