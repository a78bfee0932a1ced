"""Gives participants a nickname in the Discord server, their name, and roles there.

There is a role for all participants, and one for each label of people, such as their theme.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import discord
import structlog

from bot.config.settings import DiscordSettings
from bot.delivery.platform import Membership
from bot.platforms.discord.faults import classified
from bot.platforms.discord.render import clip

log = structlog.get_logger()

_NICKNAME = 32


async def update_member(client: discord.Client, settings: DiscordSettings, membership: Membership) -> None:
    """Give a participant the nickname and roles in the Discord server that `membership` asks for.

    The gathering's other roles are taken from them, but no roles that the server has for other purposes. Does nothing
    for a person who is not in the server. If the server refuses a change, this is only logged: the bot may not change
    members whose role is higher than its own. Raises RetryLater for a temporary error.
    """
    if settings.guild_id is None:
        return
    with classified():
        try:
            guild = client.get_guild(settings.guild_id) or await client.fetch_guild(settings.guild_id)
            member = await guild.fetch_member(int(membership.native_id))
        except (discord.NotFound, discord.Forbidden):  # the person or the bot is not in the server
            return
    nickname = clip(membership.name, _NICKNAME)
    if settings.set_nickname and membership.attends and member.nick != nickname:
        await _try("nickname", member.edit(nick=nickname))
    roles = _wanted_roles(settings, membership)
    held = {role.id for role in member.roles}
    for role in roles - held:
        await _try("role", member.add_roles(discord.Object(role)))
    for role in (_our_roles(settings) - roles) & held:
        await _try("role", member.remove_roles(discord.Object(role)))


def _our_roles(settings: DiscordSettings) -> set[int]:
    return {*settings.theme_roles.values(), settings.participant_role_id or 0}


def _wanted_roles(settings: DiscordSettings, membership: Membership) -> set[int]:
    if not membership.attends:
        return set()
    roles = {settings.participant_role_id, settings.theme_roles.get(membership.label or "")}
    return {role for role in roles if role}


async def _try(what: str, change: Coroutine[Any, Any, object]) -> None:
    with classified():
        try:
            await change
        except discord.HTTPException as refusal:
            if refusal.status == 429 or refusal.status >= 500:
                raise
            log.warning("discord.member_change_refused", what=what, code=refusal.code)
