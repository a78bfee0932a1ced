"""Responds to one interaction, a press, command or form on Discord: in time, and visible to the right people."""

from __future__ import annotations

from typing import TypeAlias

import discord

from bot.content.forms import FormView
from bot.content.texts import Reader
from bot.content.views import Reply
from bot.platforms.discord.modals import draw_form
from bot.platforms.discord.render import draw

Interaction: TypeAlias = discord.Interaction[discord.Client]


class InteractionResponse:
    """The response to an interaction (a command, press, choice or form) on Discord.

    In a server only the person who acted sees the response, unless it is `public`. The response to a press edits the
    pressed message, if only that person sees this message and it has no file, which an edit would remove. A message
    that everyone sees is left unchanged. Every method raises the exceptions of discord.py.
    """

    def __init__(self, interaction: Interaction, *, public: bool) -> None:
        message = interaction.message
        self._interaction = interaction
        self._hidden = interaction.guild_id is not None and not public
        is_own = message is not None and (not self._hidden or message.flags.ephemeral)
        self._edits = is_own and message is not None and not message.attachments
        self.private = self._hidden or interaction.guild_id is None
        """Whether nobody else reads the response."""
        self.in_private_chat = interaction.guild_id is None
        """Whether the response is shown where messages to the person come, not in a server."""
        self.user_id = interaction.user.id
        """The id of the person who acted."""

    async def open(self, form: FormView) -> None:
        """Show a form to the person who acted; this is only possible as the first response."""
        await self._interaction.response.send_modal(draw_form(form))

    async def defer(self) -> None:
        """Tell Discord that the response comes later, within 15 minutes."""
        if self._edits:
            await self._interaction.response.defer()
        else:
            await self._interaction.response.defer(thinking=True, ephemeral=self._hidden)

    async def answer(self, reply: Reply, reader: Reader) -> str:
        """Show a reply in as many messages as it needs, as the first response or after `defer`.

        Returns the ids of these messages joined by commas. In a server where only the person sees them, returns '',
        because the bot cannot delete such messages later.
        """
        parts = draw(reply.view, reader, reply.toast)
        response = self._interaction.response
        message_ids: list[int | None] = []
        if not response.is_done():
            first = parts.pop(0)
            if self._edits and not reply.fresh:
                await response.edit_message(**first.as_edit())
                message_ids.append(self._interaction.message.id if self._interaction.message else None)
            else:
                shown = await response.send_message(**first.as_new(), ephemeral=self._hidden)
                message_ids.append(shown.message_id)
        elif not (self._edits and reply.fresh):
            message_ids.append((await self._interaction.edit_original_response(**parts.pop(0).as_edit())).id)
        for part in parts:
            followup = await self._interaction.followup.send(**part.as_new(), ephemeral=self._hidden, wait=True)
            message_ids.append(followup.id)
        return "" if self._hidden else ",".join(str(message_id) for message_id in message_ids if message_id)

    async def withdraw(self) -> None:
        """End the interaction without showing anything, because the program has already answered what the person did.

        The message of a deferred response is deleted.
        """
        if self._interaction.response.is_done() and not self._edits:
            await self._interaction.delete_original_response()
