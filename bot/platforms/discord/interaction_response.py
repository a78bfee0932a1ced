"""One interaction and its answer: in time, where it belongs, seen by whom it should be."""

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
    """How an interaction is answered. Every method raises what the library raises.

    In a server only who pressed sees the answer, unless it is `public`. A press edits its own message where that one
    is theirs already and bears no file, which would go with the edit; a card that everyone sees stays as it is.
    """

    def __init__(self, interaction: Interaction, *, public: bool) -> None:
        message = interaction.message
        self._interaction = interaction
        self._hidden = interaction.guild_id is not None and not public
        theirs = message is not None and (not self._hidden or message.flags.ephemeral)
        self._edits = theirs and message is not None and not message.attachments
        self.private = self._hidden or interaction.guild_id is None
        """Whether nobody else reads the answer."""
        self.user_id = interaction.user.id
        """Who pressed."""

    async def open(self, asked: FormView) -> None:
        """Show a form: as the first answer only."""
        await self._interaction.response.send_modal(draw_form(asked))

    async def defer(self) -> None:
        """Tell Discord that the answer comes later, within 15 minutes."""
        if self._edits:
            await self._interaction.response.defer()
        else:
            await self._interaction.response.defer(thinking=True, ephemeral=self._hidden)

    async def answer(self, reply: Reply, reader: Reader) -> str:
        """Show a reply, as the first answer or after `defer`; what one message cannot hold goes on in others.

        Returns the ids of its messages, '' where nobody but Discord could take them away again.
        """
        parts = draw(reply.view, reader, reply.toast)
        response = self._interaction.response
        sent: list[int | None] = []
        if not response.is_done():
            first = parts.pop(0)
            if self._edits and not reply.fresh:
                await response.edit_message(**first.as_edit())
                sent.append(self._interaction.message.id if self._interaction.message else None)
            else:
                shown = await response.send_message(**first.as_new(), ephemeral=self._hidden)
                sent.append(shown.message_id)
        elif not (self._edits and reply.fresh):
            sent.append((await self._interaction.edit_original_response(**parts.pop(0).as_edit())).id)
        for part in parts:
            more = await self._interaction.followup.send(**part.as_new(), ephemeral=self._hidden, wait=True)
            sent.append(more.id)
        return "" if self._hidden else ",".join(str(each) for each in sent if each)

    async def withdraw(self) -> None:
        """Say nothing: whoever pressed was answered already. A promise to answer is taken back."""
        if self._interaction.response.is_done() and not self._edits:
            await self._interaction.delete_original_response()
