"""A private thread and a role for each group: made once, kept in step, closed with the group."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Literal

import discord
import structlog

from bot.content.errors import MessageGone, Rejected
from bot.delivery.channels import CreatedChannel
from bot.delivery.platform import Note, WantedChannel
from bot.platforms.discord.faults import classified
from bot.platforms.discord.render import clip
from bot.platforms.discord.sending import put_view

log = structlog.get_logger()

_NAME = 100
_WEEK: Literal[10080] = 10080
"""Minutes of silence after which Discord archives a thread: the longest it knows."""
_TOO_MANY_ROLES = 30005
_TOO_MANY_THREADS = 160006
_FIRST_MESSAGES = 10


class Threads:
    """The groups' places below one channel of the server."""

    def __init__(self, login: Callable[[], Awaitable[discord.Client]], guild_id: int, channel_id: int) -> None:
        """`login` gives a client that is logged in."""
        self._login = login
        self._guild_id = guild_id
        self._channel_id = channel_id
        self._no_role_told = False

    async def keep(self, wanted: WantedChannel, note: Note) -> None:
        """Bring thread, role, members and card in step. Raises RetryLater or Rejected."""
        title = clip(wanted.title, _NAME)
        with classified():
            client = await self._login()
            guild = await client.fetch_guild(self._guild_id, with_counts=False)
            created = wanted.created
            thread = await self._find_thread(client, guild, wanted.created, wanted.taken)
            if thread is None:
                created = CreatedChannel(title=title, role=created.role)
                await note(created)
                thread = await self._make_thread(client, title)
            elif thread.name != title or thread.archived:
                await thread.edit(name=title, archived=False)
            created = await _noted(
                note, created, chat=str(self._channel_id), thread=str(thread.id), url=thread.jump_url
            )
            role = await self._keep_role(guild, wanted, title)
            if role and str(role.id) != created.role:
                created = await _noted(note, created, role=str(role.id), people=frozenset())
            created = await self._admit(guild, thread, role, wanted, created, note)
            created = await self._keep_card(client, thread, wanted, created, note)
            await _noted(note, created, title=title)

    async def close(self, created: CreatedChannel, taken: frozenset[str], /) -> None:
        """Archive and lock the thread, and delete the role. Raises RetryLater or Rejected."""
        with classified():
            client = await self._login()
            guild = await client.fetch_guild(self._guild_id, with_counts=False)
            if thread := await self._find_thread(client, guild, created, taken):
                await thread.edit(archived=True, locked=True)
            if role := guild.get_role(int(created.role or 0)):
                await role.delete()

    # --- the thread

    async def _find_thread(
        self, client: discord.Client, guild: discord.Guild, created: CreatedChannel, taken: frozenset[str]
    ) -> discord.Thread | None:
        """The thread made before; where one was being made when the program ended, the one of that name."""
        if created.thread:
            try:
                found = await client.fetch_channel(int(created.thread))
            except discord.NotFound:
                return None
            return found if isinstance(found, discord.Thread) else None
        if not created.title or client.user is None:
            return None
        made = (client.user.id, self._channel_id, created.title)
        for thread in await guild.active_threads():
            if (thread.owner_id, thread.parent_id, thread.name) == made and str(thread.id) not in taken:
                return thread
        return None

    async def _make_thread(self, client: discord.Client, title: str) -> discord.Thread:
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

    async def _keep_role(self, guild: discord.Guild, wanted: WantedChannel, title: str) -> discord.Role | None:
        """The group's role, named as it should be; None where the server can have no more, or the bot make none."""
        role = guild.get_role(int(wanted.created.role or 0))
        if role is None and wanted.created.title:
            role = next((each for each in guild.roles if _made_for(each, wanted)), None)
        try:
            if role is None:
                return await guild.create_role(name=title, permissions=discord.Permissions.none(), mentionable=False)
            if role.name != title:
                return await role.edit(name=title) or role
        except discord.HTTPException as error:
            if error.code != _TOO_MANY_ROLES and not isinstance(error, discord.Forbidden):
                raise
            self._tell_no_role(error)
        return role

    # --- people

    async def _admit(
        self,
        guild: discord.Guild,
        thread: discord.Thread,
        role: discord.Role | None,
        wanted: WantedChannel,
        created: CreatedChannel,
        note: Note,
    ) -> CreatedChannel:
        """Let in who came, and take out who left. Who is not in the server is looked for again another time."""
        for native_id in sorted(wanted.people - created.people):
            if member := await _member(guild, native_id):
                await thread.add_user(member)
                if role:
                    await self._give(role, member)
                created = await _noted(note, created, people=created.people | {native_id})
        for native_id in sorted(created.people - wanted.people):
            if member := await _member(guild, native_id):
                await thread.remove_user(member)
                if role:
                    await member.remove_roles(role)
            created = await _noted(note, created, people=created.people - {native_id})
        return created

    async def _give(self, role: discord.Role, member: discord.Member) -> None:
        try:
            await member.add_roles(role)
        except discord.Forbidden as error:  # the role was moved above the bot's own
            self._tell_no_role(error)

    def _tell_no_role(self, refusal: discord.HTTPException) -> None:
        if not self._no_role_told:
            self._no_role_told = True
            log.warning("discord.group_role_refused", reason=refusal.text, code=refusal.code)

    # --- the card

    async def _keep_card(
        self, client: discord.Client, thread: discord.Thread, wanted: WantedChannel, created: CreatedChannel, note: Note
    ) -> CreatedChannel:
        """The card, sent once and edited when it changes; made anew when somebody deleted it."""
        card = created.card or await _first_of_ours(client, thread)
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
    """A person in the server; None for who is not."""
    try:
        return await guild.fetch_member(int(native_id))
    except discord.NotFound:
        return None


async def _first_of_ours(client: discord.Client, thread: discord.Thread) -> str:
    """What was sent just before the program ended; '' for nothing."""
    async for message in thread.history(limit=_FIRST_MESSAGES, oldest_first=True):
        if client.user and message.author.id == client.user.id and message.type is discord.MessageType.default:
            return str(message.id)
    return ""


def _made_for(role: discord.Role, wanted: WantedChannel) -> bool:
    """Whether a role is the one that was being made when the program ended: no person makes one that may nothing."""
    unused = not role.managed and role.permissions.value == 0 and str(role.id) not in wanted.taken
    return unused and role.name == wanted.created.title


async def _noted(note: Note, created: CreatedChannel, **changes: object) -> CreatedChannel:
    """The place with something changed, written down if it did."""
    changed = replace(created, **changes)  # type: ignore[arg-type]
    if changed != created:
        await note(changed)
    return changed
