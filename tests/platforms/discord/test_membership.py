"""How participants appear in the server, and that nothing there can fail a registration."""

from __future__ import annotations

import discord
import pytest

from bot.content.errors import RetryLater
from bot.delivery.platform import Membership
from bot.rehearsal.chat_driver_discord import DiscordChat
from tests.drivers.discord import DiscordHarness

MANAGE = discord.Permissions(manage_nicknames=True, manage_roles=True)


@pytest.fixture
async def zoe(harness: DiscordHarness) -> DiscordChat:
    """Someone in a server whose roles the bot may give."""
    roles = {name: harness.server.create_role(name).id for name in ("participant", "culture", "civic")}
    bots = harness.server.create_role("bots", permissions=MANAGE)
    harness.env.backend.add_member_role(harness.server.id, harness.env.backend.bot_user.id, bots.id)
    await harness.restart(
        guild_id=harness.server.id,
        participant_role_id=roles["participant"],
        theme_roles={"culture": roles["culture"], "civic": roles["civic"]},
    )
    return harness.member("Zoé")


def appears(harness: DiscordHarness, chat: DiscordChat) -> tuple[str | None, set[str]]:
    """Nickname and roles of a member."""
    member = harness.server._guild.members[chat.user.id]
    return member.nick, {role.name for role in harness.server.roles.values() if role.id in member.role_ids}


def membership(chat: DiscordChat, label: str | None, *, name: str = "Zoé D.", attends: bool = True) -> Membership:
    return Membership(str(chat.user.id), name, label, attends)


async def test_a_participant_gets_their_name_and_roles(harness: DiscordHarness, zoe: DiscordChat) -> None:
    await harness.adapter.show_membership(membership(zoe, "culture"))
    assert appears(harness, zoe) == ("Zoé D.", {"participant", "culture"})


async def test_changing_theme_changes_the_role(harness: DiscordHarness, zoe: DiscordChat) -> None:
    await harness.adapter.show_membership(membership(zoe, "culture"))
    await harness.adapter.show_membership(membership(zoe, "civic"))
    assert appears(harness, zoe) == ("Zoé D.", {"participant", "civic"})
    await harness.adapter.show_membership(membership(zoe, "school"))
    assert appears(harness, zoe) == ("Zoé D.", {"participant"})


async def test_who_no_longer_comes_keeps_no_role(harness: DiscordHarness, zoe: DiscordChat) -> None:
    await harness.adapter.show_membership(membership(zoe, "culture"))
    await harness.adapter.show_membership(membership(zoe, None, attends=False))
    assert appears(harness, zoe) == ("Zoé D.", set())


async def test_nothing_is_asked_twice(harness: DiscordHarness, zoe: DiscordChat) -> None:
    await harness.adapter.show_membership(membership(zoe, "culture"))
    requests = len(harness.env.http_requests)
    await harness.adapter.show_membership(membership(zoe, "culture"))
    assert [request.method for request in harness.env.http_requests[requests:]] == ["GET"]


async def test_a_long_name_is_shortened_to_what_a_nickname_holds(harness: DiscordHarness, zoe: DiscordChat) -> None:
    await harness.adapter.show_membership(membership(zoe, None, name="Maximilienne-Alexandrine-Joséphine D."))
    nickname, _roles = appears(harness, zoe)
    assert nickname == "Maximilienne-Alexandrine-Joséph…"


async def test_a_refused_nickname_leaves_the_roles(harness: DiscordHarness, zoe: DiscordChat) -> None:
    harness.env.inject_error("PATCH", "/guilds/*", status=403, code=50013)
    await harness.adapter.show_membership(membership(zoe, "culture"))
    assert appears(harness, zoe) == (None, {"participant", "culture"})


async def test_refused_roles_leave_the_nickname(harness: DiscordHarness, zoe: DiscordChat) -> None:
    harness.env.inject_error("PUT", "/guilds/*", status=403, code=50013, times=None)
    await harness.adapter.show_membership(membership(zoe, "culture"))
    assert appears(harness, zoe) == ("Zoé D.", set())


async def test_a_fault_of_discord_s_is_for_later(harness: DiscordHarness, zoe: DiscordChat) -> None:
    harness.env.inject_error("PUT", "/guilds/*", status=502)
    with pytest.raises(RetryLater):
        await harness.adapter.show_membership(membership(zoe, "culture"))


async def test_someone_outside_the_server_has_no_place_in_it(harness: DiscordHarness, zoe: DiscordChat) -> None:
    requests = len(harness.env.http_requests)
    await harness.adapter.show_membership(membership(harness.person("Ada"), "culture"))
    assert {request.method for request in harness.env.http_requests[requests:]} == {"GET"}


async def test_without_a_server_there_is_nothing_to_do(harness: DiscordHarness) -> None:
    ada = membership(harness.person("Ada"), "culture")
    requests = len(harness.env.http_requests)
    await harness.adapter.show_membership(ada)
    assert harness.env.http_requests[requests:] == []
    await harness.restart(guild_id=harness.server.id)
    requests = len(harness.env.http_requests)
    await harness.adapter.show_membership(ada)
    assert {request.method for request in harness.env.http_requests[requests:]} == {"GET"}
