"""Shows a message in a channel, replacing the Discord messages that showed it before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias

import discord

from bot.content.errors import MessageGone
from bot.content.texts import Reader
from bot.content.views import View
from bot.platforms.discord.calling import with_mentions
from bot.platforms.discord.render import MessagePart, draw

Channel: TypeAlias = discord.DMChannel | discord.Thread | discord.PartialMessageable


async def put_view(
    channel: Channel,
    native_id: str,
    view: View,
    reader: Reader,
    *,
    key: str = "",
    mentions: Sequence[str] = (),
    deleting: Callable[[int], None] = lambda _id: None,
) -> str:
    """Show a message in a channel, by editing the Discord messages that showed it before.

    Returns the ids of the Discord messages that show it, joined by commas. `native_id` has the ids of the Discord
    messages that showed it before, in the same form; '' if nothing was sent yet. If more messages are needed, they are
    sent. Surplus messages are deleted; before each deletion, `deleting` is called with the message's id. If a message
    is sent again with the same `key` within minutes, Discord drops the repeat. `mentions` are Discord's ids of people,
    or of roles if they begin with «&».

    Messages that the reader deleted are not sent again. Raises MessageGone if all of them are deleted, and the
    exceptions of discord.py.
    """
    shown: list[str] = []
    parts = [*with_mentions(draw(view, reader), mentions)]
    old = [int(message_id) for message_id in native_id.split(",") if message_id]
    for message, part in zip_longest(old, parts[: len(old)]):
        if part is None:
            deleting(message)
        if await _replace(channel.get_partial_message(message), part):
            shown.append(str(message))
    if old and not shown:
        raise MessageGone("there is nothing left to correct")
    for number, part in enumerate(parts[len(old) :], start=len(old)):
        nonce: dict[str, Any] = {"nonce": f"{key}.{number}"} if key else {}
        shown.append(str((await channel.send(**part.as_new(), **nonce)).id))
    return ",".join(shown)


async def _replace(message: discord.PartialMessage, part: MessagePart | None) -> bool:
    """Edit a message to show `part`, or delete it for None. Returns whether the message shows a part then."""
    try:
        if part:
            await message.edit(**part.as_edit())
            return True
        await message.delete()
    except discord.NotFound:
        pass
    return False
