"""Checks the Discord settings for `rencontres check`: the token, the server, its roles and channels."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable

import discord

from bot.config.findings import Finding
from bot.config.settings import DiscordSettings
from bot.platforms.discord.faults import ERRORS, classify

ADDRESS = discord.http.Route.BASE
"""The address of Discord's API."""

IN_SERVER = ("manage_nicknames", "manage_roles", "create_events")
"""The permissions that the bot needs in the server: for nicknames, roles, and the programme as events."""
IN_WELCOME_CHANNEL = ("view_channel", "send_messages", "read_message_history")
IN_ANNOUNCEMENTS_CHANNEL = ("view_channel", "send_messages", "read_message_history", "attach_files", "mention_everyone")
"""The permissions in the channel of announcements; `mention_everyone` only if not everyone may mention the roles."""
IN_GROUPS_CHANNEL = (
    "view_channel",
    "create_private_threads",
    "send_messages_in_threads",
    "manage_threads",
    "read_message_history",
    "attach_files",
    "mention_everyone",
)
INVITED_WITH = discord.Permissions(
    **dict.fromkeys((*IN_SERVER, *IN_WELCOME_CHANNEL, *IN_ANNOUNCEMENTS_CHANNEL, *IN_GROUPS_CHANNEL), True)
)
"""All permissions that the bot may need; the invitation address in docs/platforms.md asks for them."""

_SUBJECT = "discord"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{18,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{20,}")
_CALLED = {
    "mention_everyone": "Mention @everyone, @here and All Roles",
    "read_messages": "View Channels",
    "view_channel": "View Channels",
    "send_messages_in_threads": "Send Messages in Threads",
}
"""The names of permissions in Discord's settings, where they differ from the library's names."""
_PATIENCE = 15.0
"""Seconds that the whole check may take, because the library waits long for a server that does not answer."""


async def check_discord(settings: DiscordSettings) -> list[Finding]:
    """Return the findings of `rencontres check` about Discord.

    They say whether the token works, and whether the bot has the permissions that the settings need.
    """
    if not _TOKEN.fullmatch(settings.token.get_secret_value()):
        detail = (
            "the token is incomplete: it has three parts of letters, digits, hyphens or underscores, separated by dots"
        )
        return [Finding("failed", _SUBJECT, detail, "copy it again from the Developer Portal: Bot, Reset Token")]
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with asyncio.timeout(_PATIENCE), client:
            await client.login(settings.token.get_secret_value())
            return await examine(client, settings)
    except discord.LoginFailure:
        remedy = "copy it again from the Developer Portal: Bot, Reset Token"
        return [Finding("failed", _SUBJECT, "the token is refused", remedy)]
    except ERRORS as error:
        return [Finding("failed", _SUBJECT, str(classify(error)), "check the network")]


async def examine(client: discord.Client, settings: DiscordSettings) -> list[Finding]:
    """Return the findings of `rencontres check` about Discord, with a `client` that is logged in.

    Raises discord.py's exceptions.
    """
    findings = [await _check_application(client)]
    if settings.guild_id is None:
        channels = (settings.welcome_channel_id, settings.groups_channel_id, settings.announcements_channel_id)
        if any((*channels, settings.participant_role_id, settings.theme_roles)):
            findings.append(
                Finding("failed", _SUBJECT, "channels or roles are set, but no server", "set discord.guild_id")
            )
        else:
            findings.append(Finding("ok", _SUBJECT, "no server: private messages only"))
        return findings
    try:
        guild = await client.fetch_guild(settings.guild_id)
        me = await guild.fetch_member(client.user.id) if client.user else None
    except discord.HTTPException:
        me = None
    if me is None:
        remedy = "add the bot to the server (Developer Portal, OAuth2, scopes bot and applications.commands)"
        return [*findings, Finding("failed", _SUBJECT, f"the bot is not in the server {settings.guild_id}", remedy)]
    return [
        *findings,
        Finding("ok", _SUBJECT, f"the server is «{guild.name}»"),
        *_check_permissions(me, settings),
        *_check_roles(guild, me, settings),
        *[finding async for finding in _check_channels(guild, me, settings)],
    ]


async def _check_application(client: discord.Client) -> Finding:
    application = await client.application_info()
    if application.interactions_endpoint_url:
        detail = "the application sends button presses to a web address, not to the bot"
        return Finding("failed", _SUBJECT, detail, "empty Interactions Endpoint URL in the Developer Portal")
    return Finding("ok", _SUBJECT, f"the token belongs to «{application.name}», which needs no privileged intent")


def _check_permissions(me: discord.Member, settings: DiscordSettings) -> Iterable[Finding]:
    gives_roles = settings.participant_role_id or settings.theme_roles or settings.groups_channel_id
    wanted = {"manage_nicknames": settings.set_nickname, "manage_roles": bool(gives_roles)}
    missing = [name for name, needed in wanted.items() if needed and not getattr(me.guild_permissions, name)]
    if missing:
        yield _lacks("in the server", missing)
    if not me.guild_permissions.create_events:
        detail = "without Create Events, the programme does not appear among the server's events"
        yield Finding("warning", _SUBJECT, detail, "give its role this permission")


def _check_roles(guild: discord.Guild, me: discord.Member, settings: DiscordSettings) -> Iterable[Finding]:
    named = {"participant_role_id": settings.participant_role_id} if settings.participant_role_id else {}
    named |= {f"theme_roles.{label}": role for label, role in settings.theme_roles.items()}
    for key, role_id in named.items():
        role = guild.get_role(role_id or 0)
        if role is None:
            yield Finding(
                "failed", _SUBJECT, f"no role has the id in {key}", "copy it again: right click, Copy Role ID"
            )
        elif role >= me.top_role:
            remedy = f"in Server Settings, Roles, drag «{me.top_role.name}» above it"
            yield Finding("failed", _SUBJECT, f"the role «{role.name}» is above the bot's own", remedy)
        else:
            yield Finding("ok", _SUBJECT, f"the role «{role.name}» can be assigned")


async def _check_channels(
    guild: discord.Guild, me: discord.Member, settings: DiscordSettings
) -> AsyncIterator[Finding]:
    for key, wanted, good in (
        ("welcome_channel_id", IN_WELCOME_CHANNEL, "the card can be posted in"),
        ("announcements_channel_id", IN_ANNOUNCEMENTS_CHANNEL, "announcements can be posted in"),
        ("groups_channel_id", IN_GROUPS_CHANNEL, "group threads can be created in"),
    ):
        if (channel_id := getattr(settings, key)) is None:
            continue
        try:
            channel = await guild.fetch_channel(channel_id)
        except (discord.HTTPException, discord.InvalidData):
            detail = f"the bot cannot see the channel in {key}"
            yield Finding("failed", _SUBJECT, detail, "let its role view the channel, or correct the id")
            continue
        allowed = channel.permissions_for(me)
        missing = [name for name in wanted if not getattr(allowed, name)]
        if key == "announcements_channel_id" and _all_roles_mentionable(guild, settings):
            missing = [name for name in missing if name != "mention_everyone"]
        if missing:
            yield _lacks(f"in «{channel.name}»", missing)
        elif key == "groups_channel_id" and not isinstance(channel, discord.TextChannel):
            yield Finding("failed", _SUBJECT, f"«{channel.name}» is not a text channel", "set one in groups_channel_id")
        else:
            yield Finding("ok", _SUBJECT, f"{good} «{channel.name}»")


def _all_roles_mentionable(guild: discord.Guild, settings: DiscordSettings) -> bool:
    """Return whether everyone may mention the roles that announcements mention."""
    role_ids = {settings.participant_role_id, *settings.theme_roles.values()} - {None}
    return all((role := guild.get_role(role_id or 0)) and role.mentionable for role_id in role_ids)


def named(permission: str) -> str:
    """Return the name that Discord shows people for a permission; `permission` is discord.py's name for it."""
    return _CALLED.get(permission, permission.replace("_", " ").title())


def _lacks(where: str, permissions: Iterable[str]) -> Finding:
    names = ", ".join(map(named, permissions))
    remedy = "give its role these permissions: Server Settings, Roles; or, for one channel, Edit Channel, Permissions"
    if "mention_everyone" in permissions:
        remedy = f"{remedy}. Without Mention @everyone, roles are mentioned but nobody is notified"
    return Finding("failed", _SUBJECT, f"{where}, the bot lacks: {names}", remedy)
