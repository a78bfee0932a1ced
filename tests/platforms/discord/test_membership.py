"""How participants appear in the server, and that nothing there can fail a registration."""

from __future__ import annotations

import discord
import pytest

from bot.content.errors import RetryLater
from bot.delivery.platform import Membership
from bot.rehearsal.hands_discord import DiscordChat
from tests.drivers.discord import DiscordTown

MANAGE = discord.Permissions(manage_nicknames=True, manage_roles=True)


@pytest.fixture
async def zoe(town: DiscordTown) -> DiscordChat:
    """Someone in a server whose roles the bot may give."""
    roles = {name: town.server.create_role(name).id for name in ("participant", "culture", "civic")}
    bots = town.server.create_role("bots", permissions=MANAGE)
    town.env.backend.add_member_role(town.server.id, town.env.backend.bot_user.id, bots.id)
    await town.restart(
        guild_id=town.server.id,
        participant_role_id=roles["participant"],
        theme_roles={"culture": roles["culture"], "civic": roles["civic"]},
    )
    return town.member("Zoé")


def appears(town: DiscordTown, chat: DiscordChat) -> tuple[str | None, set[str]]:
    """Nickname and roles of a member."""
    member = town.server._guild.members[chat.user.id]
    return member.nick, {role.name for role in town.server.roles.values() if role.id in member.role_ids}


def membership(chat: DiscordChat, theme: str | None, *, name: str = "Zoé D.", attends: bool = True) -> Membership:
    return Membership(str(chat.user.id), name, theme, attends)


async def test_a_participant_gets_their_name_and_roles(town: DiscordTown, zoe: DiscordChat) -> None:
    await town.adapter.place(membership(zoe, "culture"))
    assert appears(town, zoe) == ("Zoé D.", {"participant", "culture"})


async def test_changing_theme_changes_the_role(town: DiscordTown, zoe: DiscordChat) -> None:
    await town.adapter.place(membership(zoe, "culture"))
    await town.adapter.place(membership(zoe, "civic"))
    assert appears(town, zoe) == ("Zoé D.", {"participant", "civic"})
    await town.adapter.place(membership(zoe, "school"))
    assert appears(town, zoe) == ("Zoé D.", {"participant"})


async def test_who_no_longer_comes_keeps_no_role(town: DiscordTown, zoe: DiscordChat) -> None:
    await town.adapter.place(membership(zoe, "culture"))
    await town.adapter.place(membership(zoe, None, attends=False))
    assert appears(town, zoe) == ("Zoé D.", set())


async def test_nothing_is_asked_twice(town: DiscordTown, zoe: DiscordChat) -> None:
    await town.adapter.place(membership(zoe, "culture"))
    requests = len(town.env.http_requests)
    await town.adapter.place(membership(zoe, "culture"))
    assert [request.method for request in town.env.http_requests[requests:]] == ["GET"]


async def test_a_long_name_is_shortened_to_what_a_nickname_holds(town: DiscordTown, zoe: DiscordChat) -> None:
    await town.adapter.place(membership(zoe, None, name="Maximilienne-Alexandrine-Joséphine D."))
    nickname, _roles = appears(town, zoe)
    assert nickname == "Maximilienne-Alexandrine-Joséph…"


async def test_a_refused_nickname_leaves_the_roles(town: DiscordTown, zoe: DiscordChat) -> None:
    town.env.inject_error("PATCH", "/guilds/*", status=403, code=50013)
    await town.adapter.place(membership(zoe, "culture"))
    assert appears(town, zoe) == (None, {"participant", "culture"})


async def test_refused_roles_leave_the_nickname(town: DiscordTown, zoe: DiscordChat) -> None:
    town.env.inject_error("PUT", "/guilds/*", status=403, code=50013, times=None)
    await town.adapter.place(membership(zoe, "culture"))
    assert appears(town, zoe) == ("Zoé D.", set())


async def test_a_fault_of_discord_s_is_for_later(town: DiscordTown, zoe: DiscordChat) -> None:
    town.env.inject_error("PUT", "/guilds/*", status=502)
    with pytest.raises(RetryLater):
        await town.adapter.place(membership(zoe, "culture"))


async def test_someone_outside_the_server_has_no_place_in_it(town: DiscordTown, zoe: DiscordChat) -> None:
    requests = len(town.env.http_requests)
    await town.adapter.place(membership(town.person("Ada"), "culture"))
    assert {request.method for request in town.env.http_requests[requests:]} == {"GET"}


async def test_without_a_server_there_is_nothing_to_do(town: DiscordTown) -> None:
    ada = membership(town.person("Ada"), "culture")
    requests = len(town.env.http_requests)
    await town.adapter.place(ada)
    assert town.env.http_requests[requests:] == []
    await town.restart(guild_id=town.server.id)
    requests = len(town.env.http_requests)
    await town.adapter.place(ada)
    assert {request.method for request in town.env.http_requests[requests:]} == {"GET"}
