"""Gives each group a private thread and a role, which are created, updated and closed with the group."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Literal

import discord
import structlog

from bot.content.errors import MessageGone, Rejected
from bot.delivery.channels import CreatedChannel
from bot.delivery.platform import NoteChannel, WantedChannel
from bot.platforms.discord.faults import classified
from bot.platforms.discord.render import clip
from bot.platforms.discord.sending import put_view

log = structlog.get_logger()

_NAME = 100
_WEEK: Literal[10080] = 10080
"""Minutes of silence after which Discord archives a thread, the longest time that Discord offers."""
_TOO_MANY_ROLES = 30005
_TOO_MANY_THREADS = 160006
_FIRST_MESSAGES = 10


class Threads:
    """Creates, updates and closes the private threads of groups below one text channel of the server."""

    def __init__(self, login: Callable[[], Awaitable[discord.Client]], guild_id: int, channel_id: int) -> None:
        """`login` returns a client that is logged in."""
        self._login = login
        self._guild_id = guild_id
        self._channel_id = channel_id
        self._role_refusal_logged = False

    async def reconcile(self, wanted: WantedChannel, note: NoteChannel) -> None:
        """Create or update a group's thread, its role, the members of both, and the card (the message about the group).

        `wanted` describes the thread as it should be, and has the ids of what was already created; `note` stores what
        this call creates. Raises RetryLater or Rejected, according to Discord's answer.
        """
        title = clip(wanted.title, _NAME)
        with classified():
            client = await self._login()
            guild = await client.fetch_guild(self._guild_id, with_counts=False)
            created = wanted.created
            thread = await self._find_thread(client, guild, wanted.created, wanted.used_ids)
            if thread is None:
                created = CreatedChannel(title=title, role=created.role)
                await note(created)
                thread = await self._create_thread(client, title)
            elif thread.name != title or thread.archived:
                await thread.edit(name=title, archived=False)
            created = await _noted(
                note, created, chat=str(self._channel_id), thread=str(thread.id), url=thread.jump_url
            )
            role = await self._reconcile_role(guild, wanted, title)
            if role and str(role.id) != created.role:
                created = await _noted(note, created, role=str(role.id), people=frozenset())
            created = await self._admit(guild, thread, role, wanted, created, note)
            created = await self._reconcile_card(client, thread, wanted, created, note)
            await _noted(note, created, title=title)

    async def close(self, created: CreatedChannel, used_ids: frozenset[str], /) -> None:
        """Archive and lock a group's private thread, and delete the group's role.

        `created` is what is stored about the thread; the threads and roles with ids in `used_ids` belong to other
        groups. Raises RetryLater or Rejected, according to Discord's answer.
        """
        with classified():
            client = await self._login()
            guild = await client.fetch_guild(self._guild_id, with_counts=False)
            if thread := await self._find_thread(client, guild, created, used_ids):
                await thread.edit(archived=True, locked=True)
            if role := guild.get_role(int(created.role or 0)):
                await role.delete()

    # --- the thread

    async def _find_thread(
        self, client: discord.Client, guild: discord.Guild, created: CreatedChannel, used_ids: frozenset[str]
    ) -> discord.Thread | None:
        """Return the group's thread, None if there is none.

        A thread whose id was not stored, because the program ended just then, is recognised by its name.
        """
        if created.thread:
            try:
                channel = await client.fetch_channel(int(created.thread))
            except discord.NotFound:
                return None
            return channel if isinstance(channel, discord.Thread) else None
        if not created.title or client.user is None:
            return None
        expected = (client.user.id, self._channel_id, created.title)
        for thread in await guild.active_threads():
            if (thread.owner_id, thread.parent_id, thread.name) == expected and str(thread.id) not in used_ids:
                return thread
        return None

    async def _create_thread(self, client: discord.Client, title: str) -> discord.Thread:
        channel = await client.fetch_channel(self._channel_id)
        if not isinstance(channel, discord.TextChannel):
            raise Rejected("discord.groups_channel_id is not a text channel of the server")
        try:
            return await channel.create_thread(
                name=title, type=discord.ChannelType.private_thread, auto_archive_duration=_WEEK, invitable=False
            )
        except discord.HTTPException as error:
            if error.code == _TOO_MANY_THREADS:
                raise Rejected("the server has as many active threads as Discord allows: archive some") from None
            raise

    # --- the role

    async def _reconcile_role(self, guild: discord.Guild, wanted: WantedChannel, title: str) -> discord.Role | None:
        """Create or rename the group's role, and return it.

        None where the server can have no more roles, or the bot has no right to create one.
        """
        role = guild.get_role(int(wanted.created.role or 0))
        if role is None and wanted.created.title:
            role = next((candidate for candidate in guild.roles if _created_for(candidate, wanted)), None)
        try:
            if role is None:
                return await guild.create_role(name=title, permissions=discord.Permissions.none(), mentionable=False)
            if role.name != title:
                return await role.edit(name=title) or role
        except discord.HTTPException as error:
            if error.code != _TOO_MANY_ROLES and not isinstance(error, discord.Forbidden):
                raise
            self._log_role_refusal(error)
        return role

    # --- people

    async def _admit(
        self,
        guild: discord.Guild,
        thread: discord.Thread,
        role: discord.Role | None,
        wanted: WantedChannel,
        created: CreatedChannel,
        note: NoteChannel,
    ) -> CreatedChannel:
        """Add new members of the group to thread and role, and remove former ones. Returns the channel as it is then.

        Members who are not in the server yet are looked for again with the next synchronisation.
        """
        for native_id in sorted(wanted.people - created.people):
            if member := await _member(guild, native_id):
                await thread.add_user(member)
                if role:
                    await self._add_role(role, member)
                created = await _noted(note, created, people=created.people | {native_id})
        for native_id in sorted(created.people - wanted.people):
            if member := await _member(guild, native_id):
                await thread.remove_user(member)
                if role:
                    await member.remove_roles(role)
            created = await _noted(note, created, people=created.people - {native_id})
        return created

    async def _add_role(self, role: discord.Role, member: discord.Member) -> None:
        try:
            await member.add_roles(role)
        except discord.Forbidden as error:  # the role was moved above the bot's own
            self._log_role_refusal(error)

    def _log_role_refusal(self, refusal: discord.HTTPException) -> None:
        if not self._role_refusal_logged:
            self._role_refusal_logged = True
            log.warning("discord.group_role_refused", reason=refusal.text, code=refusal.code)

    # --- the card

    async def _reconcile_card(
        self,
        client: discord.Client,
        thread: discord.Thread,
        wanted: WantedChannel,
        created: CreatedChannel,
        note: NoteChannel,
    ) -> CreatedChannel:
        """Send the group's card, or edit it where it changed; a card that somebody deleted is sent again.

        Returns the channel as it is then.
        """
        card = created.card or await _first_message_of_bot(client, thread)
        if card and created.card and created.digest == wanted.digest:
            try:
                await thread.fetch_message(int(card.split(",")[0]))
            except discord.NotFound:
                card = ""
            else:
                return created
        key = f"s{wanted.id}.{wanted.digest[:8]}"
        try:
            card = await put_view(thread, card, wanted.card, wanted.reader, key=key)
        except MessageGone:
            card = await put_view(thread, "", wanted.card, wanted.reader, key=key)
        return await _noted(note, created, card=card, digest=wanted.digest)


async def _member(guild: discord.Guild, native_id: str) -> discord.Member | None:
    """Return a person as a member of the server; None for a person who is not in it."""
    try:
        return await guild.fetch_member(int(native_id))
    except discord.NotFound:
        return None


async def _first_message_of_bot(client: discord.Client, thread: discord.Thread) -> str:
    """Return the id of the bot's first message in a thread, '' if there is none.

    It is the card, whose id was not stored if the program ended just after sending it.
    """
    async for message in thread.history(limit=_FIRST_MESSAGES, oldest_first=True):
        if client.user and message.author.id == client.user.id and message.type is discord.MessageType.default:
            return str(message.id)
    return ""


def _created_for(role: discord.Role, wanted: WantedChannel) -> bool:
    """Return whether a role was created for this channel just before the program ended, so that no id was stored.

    It is recognised by its name and by having no permissions: nobody creates such a role by hand.
    """
    unused = not role.managed and role.permissions.value == 0 and str(role.id) not in wanted.used_ids
    return unused and role.name == wanted.created.title


async def _noted(note: NoteChannel, created: CreatedChannel, **changes: object) -> CreatedChannel:
    """Return the channel with some fields changed; if that makes a difference, the change is stored by `note` first."""
    changed = replace(created, **changes)  # type: ignore[arg-type]
    if changed != created:
        await note(changed)
    return changed
