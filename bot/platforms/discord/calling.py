"""Calling people and roles by name in a shared place: nobody else is, whatever the words say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import discord

from bot.platforms.discord.render import MessagePart

_LONGEST = 2000


def with_names(parts: Sequence[MessagePart], mentions: Sequence[str]) -> list[MessagePart]:
    """The same messages, beginning with who is called; in a message of its own where there is no room."""
    if not mentions:
        return list(parts)
    names = " ".join(f"<@{mention}>" for mention in mentions)
    first, *rest = parts
    if len(names) + 1 + len(first.content) > _LONGEST:
        return [MessagePart(names), first, *rest]
    return [replace(first, content=f"{names}\n{first.content}"), *rest]


def only(mentions: Sequence[str]) -> discord.AllowedMentions:
    """Whom Discord may tell: those, and nobody else."""
    return discord.AllowedMentions(
        everyone=False,
        roles=[discord.Object(int(mention[1:])) for mention in mentions if mention.startswith("&")],
        users=[discord.Object(int(mention)) for mention in mentions if not mention.startswith("&")],
        replied_user=False,
    )
