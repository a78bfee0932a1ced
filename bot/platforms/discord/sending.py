"""Views in the place of what was sent before, or after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias

import discord

from bot.content.errors import MessageGone
from bot.content.texts import Reader
from bot.content.views import View
from bot.platforms.discord.calling import with_names
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
    """Show a view where `native_id` was sent ('' for nothing yet), part by part; its id, new where a part is.

    What is sent under the same `key` within minutes is there once; `deleting` is told the id of a part too many, before
    it goes. What its reader deleted stays away: raises MessageGone where that is all of it, and what the library
    raises.
    """
    shown: list[str] = []
    parts = [*with_names(draw(view, reader), mentions)]
    old = [int(each) for each in native_id.split(",") if each]
    for message, part in zip_longest(old, parts[: len(old)]):
        if part is None:
            deleting(message)
        if await _replace(channel.get_partial_message(message), part):
            shown.append(str(message))
    if old and not shown:
        raise MessageGone("there is nothing left to correct")
    for number, part in enumerate(parts[len(old) :], start=len(old)):
        once: dict[str, Any] = {"nonce": f"{key}.{number}"} if key else {}
        shown.append(str((await channel.send(**part.as_new(), **once)).id))
    return ",".join(shown)


async def _replace(message: discord.PartialMessage, part: MessagePart | None) -> bool:
    """Whether a message shows `part` now; one too many is deleted."""
    try:
        if part:
            await message.edit(**part.as_edit())
            return True
        await message.delete()
    except discord.NotFound:
        pass
    return False
