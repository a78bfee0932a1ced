"""Turns what Discord delivers into what people did, alike for all platforms (`bot.conversation.incoming`)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog

from bot.content.forms import MAX_BYTES, Upload, Written
from bot.content.names import clean
from bot.content.platforms.discord import FEATURES
from bot.conversation.incoming import (
    Actor,
    Called,
    Content,
    Edited,
    Picked,
    Pressed,
    Sent,
    Submitted,
    Typed,
    command_in,
)
from bot.files.uploads import received_file
from bot.platforms.discord.faults import ERRORS, classify
from bot.platforms.discord.interaction_response import Interaction
from bot.platforms.discord.modals import read_answers
from bot.platforms.discord.render import ONE, SEVERAL

log = structlog.get_logger()

PLATFORM = FEATURES.name


def sender_of(
    user: discord.User | discord.Member, language: discord.Locale | None = None, *, private_chat: int | None = None
) -> Actor:
    """Return the Actor, the sender of something done on Discord, for a Discord user.

    The actor's chat, to which private answers go, is the user's own id. `language` is the language of the user's
    Discord program; None if Discord did not say it. `private_chat` is the id of the private channel between the user
    and the bot if the user acted in it; None if the user acted elsewhere.
    """
    user_id = str(user.id)
    locale = language.value if language else None
    return Actor(user_id, clean(user.display_name), locale, user_id, str(private_chat or ""))


def read_press(interaction: Interaction) -> Content | None:
    """Return what a person did with a command, a button or a menu; None for any other interaction."""
    data: Any = interaction.data
    if interaction.type is discord.InteractionType.application_command:
        return Called(data["name"])
    if interaction.type is not discord.InteractionType.component:
        return None
    if data["component_type"] == discord.ComponentType.button.value:
        return Pressed(data["custom_id"])
    return _picked(data["custom_id"], tuple(data.get("values", ())), interaction.message)


def _picked(custom_id: str, values: tuple[str, ...], message: discord.Message | None) -> Picked:
    """Return all values of a choice: where several menus share it, the selected options of the others are included."""
    if SEVERAL not in custom_id:
        return Picked(custom_id.partition(ONE)[0], values)
    payload = custom_id.partition(SEVERAL)[0]
    others = [
        option.value
        for row in (message.components if message else ())
        for menu in (row.children if isinstance(row, discord.ActionRow) else ())
        if isinstance(menu, discord.SelectMenu) and menu.custom_id != custom_id
        for option in menu.options
        if option.default and str(menu.custom_id).startswith(payload + SEVERAL)
    ]
    return Picked(payload, (*others, *values))


def read_form_id(interaction: Interaction) -> str | None:
    """Return the encoded action of the form that a person submitted; None if the interaction submits no form."""
    data: Any = interaction.data
    return data["custom_id"] if interaction.type is discord.InteractionType.modal_submit else None


async def read_submitted(interaction: Interaction, form_id: str) -> Submitted:
    """Return the form that a person submitted on Discord, with its answers; `form_id` is the form's encoded action."""
    return Submitted(form_id, await read_answers(interaction))


async def read_message(message: discord.Message, takes_files: Callable[[], Awaitable[bool]]) -> Content:
    """Return what a person sent in a private message: a command, a text, or files.

    The files are fetched only if `takes_files` returns True. A voice message is no file: nobody can read it.
    """
    message_id = str(message.id)
    if message.attachments and not message.flags.voice:
        wanted = await takes_files()
        files = tuple([await _fetch(attachment, wanted=wanted) for attachment in message.attachments])
        return Sent(files[0], Written(message.content, files), caption=message.content, message=message_id)
    if message.content.startswith("/"):
        return Called(*command_in(message.content))
    return Typed(message.content, message=message_id) if message.content else Sent(message=message_id)


def read_edit(message: discord.Message) -> tuple[str, Edited | Called] | None:
    """Return a pair for an edited message: the id under which its last edit is stored as an update, and its new text.

    A command is called as if it were new: otherwise nobody would hear one that its sender has corrected. Returns None
    for a message that no person edited: Discord itself changes a message when it adds the preview of a link.
    """
    if message.edited_at is None:
        return None
    text, edited_at = message.content, int(message.edited_at.timestamp() * 1_000_000)
    is_command = text.startswith("/") and not message.attachments
    return f"{message.id}.{edited_at}", Called(*command_in(text)) if is_command else Edited(str(message.id), text)


async def _fetch(attachment: discord.Attachment, *, wanted: bool) -> Upload:
    if attachment.size > MAX_BYTES:
        return Upload(attachment.filename, b"", too_large=True)
    if not wanted:
        return Upload(attachment.filename, b"", lost=True, unwanted=True)
    try:
        return await asyncio.to_thread(received_file, attachment.filename, await attachment.read())
    except ERRORS as error:
        log.warning("discord.file_not_fetched", reason=str(classify(error)))
        return Upload(attachment.filename, b"", lost=True)
