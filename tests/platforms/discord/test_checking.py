"""What `rencontres check` asks Discord: discord.py's own calls against an in-memory Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.config.findings import Finding
from bot.config.settings import DiscordSettings
from bot.platforms.discord.checking import INVITED_WITH, examine, named


async def findings(env: simcord.Env, **settings: Any) -> list[Finding]:
    return await examine(env.bot, DiscordSettings.model_validate(settings))


def told(found: list[Finding]) -> list[str]:
    """What is not well."""
    return [finding.detail for finding in found if finding.state == "failed"]


@pytest.fixture
async def env() -> AsyncIterator[simcord.Env]:
    env = simcord.Env(discord.Client(intents=discord.Intents(guilds=True)))
    await env.start()
    yield env
    await env.shutdown()


async def test_private_messages_need_nothing_but_the_application(env: simcord.Env) -> None:
    found = await findings(env)
    assert told(found) == []
    assert [finding.detail for finding in found][1:] == ["no server: private messages only"]


async def test_a_server_prepared_well_is_well(env: simcord.Env) -> None:
    guild = env.create_guild("Rencontres")
    role, channel = guild.create_role("Culture"), guild.create_text_channel("accueil")
    env.backend.edit_role(guild.id, bot_role(env, guild).id, {"position": 5})
    found = await findings(env, guild_id=guild.id, welcome_channel_id=channel.id, theme_roles={"culture": role.id})
    assert told(found) == []
    assert [finding.detail for finding in found][1:] == [
        "the server is «Rencontres»",
        "the role «Culture» can be assigned",
        "the card can be posted in «accueil»",
    ]


async def test_a_role_above_the_bots_cannot_be_given(env: simcord.Env) -> None:
    guild = env.create_guild("Rencontres")
    env.backend.edit_role(guild.id, guild.create_role("Culture").id, {"position": 9})
    found = await findings(env, guild_id=guild.id, participant_role_id=guild.roles["Culture"].id)
    assert told(found) == ["the role «Culture» is above the bot's own"]
    assert "drag" in found[-1].remedy


async def test_a_role_that_is_gone_is_named_by_its_key(env: simcord.Env) -> None:
    guild = env.create_guild("Rencontres")
    found = await findings(env, guild_id=guild.id, theme_roles={"civic": 4711})
    assert told(found) == ["no role has the id in theme_roles.civic"]


async def test_permissions_that_lack_are_named(env: simcord.Env) -> None:
    guild = env.create_guild("Rencontres")
    channel = guild.create_text_channel("accueil")
    env.backend.edit_role(guild.id, bot_role(env, guild).id, {"permissions": discord.Permissions(1 << 10).value})
    env.backend.edit_role(guild.id, guild.default_role.id, {"permissions": discord.Permissions(1 << 10).value})
    found = await findings(env, guild_id=guild.id, welcome_channel_id=channel.id)
    assert told(found) == [
        "in the server, the bot lacks: Manage Nicknames",
        "in «accueil», the bot lacks: Send Messages, Read Message History",
    ]


async def test_without_scheduled_events_everything_else_is_well(env: simcord.Env) -> None:
    guild = env.create_guild("Rencontres")
    allowed = discord.Permissions.all() & ~discord.Permissions(create_events=True, administrator=True)
    env.backend.edit_role(guild.id, bot_role(env, guild).id, {"permissions": allowed.value})
    env.backend.edit_role(guild.id, guild.default_role.id, {"permissions": 0})
    found = await findings(env, guild_id=guild.id)
    assert told(found) == []
    assert [finding.detail for finding in found if finding.state == "warning"] == [
        "without Create Events, the programme does not appear among the server's events"
    ]


async def test_the_channel_of_the_groups_is_looked_at(env: simcord.Env) -> None:
    guild = env.create_guild("Rencontres")
    env.backend.edit_role(guild.id, bot_role(env, guild).id, {"position": 5})
    channel, voice = guild.create_text_channel("groupes"), guild.create_voice_channel("voix")
    found = await findings(env, guild_id=guild.id, groups_channel_id=channel.id)
    assert told(found) == []
    assert found[-1].detail == "group threads can be created in «groupes»"
    found = await findings(env, guild_id=guild.id, groups_channel_id=voice.id)
    assert told(found) == ["«voix» is not a text channel"]
    env.backend.edit_role(guild.id, bot_role(env, guild).id, {"permissions": discord.Permissions(1 << 10).value})
    env.backend.edit_role(guild.id, guild.default_role.id, {"permissions": discord.Permissions(1 << 10).value})
    found = await findings(env, guild_id=guild.id, groups_channel_id=channel.id)
    assert told(found)[-1].startswith("in «groupes», the bot lacks: Create Private Threads, Send Messages in Threads")
    assert "Manage Roles" in told(found)[0]


async def test_a_role_that_would_be_called_in_vain_is_told_with_its_remedy(env: simcord.Env) -> None:
    guild = env.create_guild("Rencontres")
    env.backend.edit_role(guild.id, bot_role(env, guild).id, {"position": 5})
    channel, role = guild.create_text_channel("annonces"), guild.create_role("Participants")
    places = {"guild_id": guild.id, "announcements_channel_id": channel.id, "participant_role_id": role.id}
    assert told(await findings(env, **places)) == []
    allowed = INVITED_WITH & ~discord.Permissions(mention_everyone=True)
    env.backend.edit_role(guild.id, bot_role(env, guild).id, {"permissions": allowed.value})
    env.backend.edit_role(guild.id, guild.default_role.id, {"permissions": 0})
    found = await findings(env, **places)
    assert told(found) == ["in «annonces», the bot lacks: Mention @everyone, @here and All Roles"]
    assert found[-1].remedy.endswith("Without Mention @everyone, roles are mentioned but nobody is notified")
    env.backend.edit_role(guild.id, role.id, {"mentionable": True})
    assert told(await findings(env, **places)) == []


async def test_the_address_of_the_manual_allows_all_that_is_looked_at(env: simcord.Env) -> None:
    for page in ("platforms.md", "plateformes.md"):
        words = " ".join((Path(__file__).parents[3] / "docs" / page).read_text().split())
        assert [name for name, allowed in INVITED_WITH if allowed and f"**{named(name)}**" not in words] == []
    guild = env.create_guild("Rencontres")
    env.backend.edit_role(guild.id, bot_role(env, guild).id, {"permissions": INVITED_WITH.value, "position": 5})
    env.backend.edit_role(guild.id, guild.default_role.id, {"permissions": 0})
    welcome, announcements, groups = (guild.create_text_channel(name) for name in ("accueil", "annonces", "groupes"))
    found = await findings(
        env,
        guild_id=guild.id,
        welcome_channel_id=welcome.id,
        announcements_channel_id=announcements.id,
        groups_channel_id=groups.id,
        participant_role_id=guild.create_role("Participants").id,
    )
    assert {finding.state for finding in found} == {"ok"}


async def test_a_server_without_the_bot_is_told(env: simcord.Env) -> None:
    assert told(await findings(env, guild_id=4711)) == ["the bot is not in the server 4711"]


async def test_roles_need_a_server(env: simcord.Env) -> None:
    assert told(await findings(env, theme_roles={"culture": 1})) == ["channels or roles are set, but no server"]


def bot_role(env: simcord.Env, guild: simcord.GuildHandle) -> simcord.RoleHandle:
    """The role that came with the bot."""
    assert env.bot.user
    return guild.roles[env.bot.user.name]
