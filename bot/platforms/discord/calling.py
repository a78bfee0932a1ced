"""Mentions people and roles in a shared channel, and prevents a text from mentioning anybody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import discord

from bot.platforms.discord.render import MessagePart

_LONGEST = 2000


def with_mentions(parts: Sequence[MessagePart], mentions: Sequence[str]) -> list[MessagePart]:
    """Return the Discord messages of one message with mentions added, so that Discord notifies the mentioned people.

    The mentions stand before the first text; if they do not fit, they are a message of their own. `mentions` are
    Discord's ids of people, or of roles if they begin with «&».
    """
    if not mentions:
        return list(parts)
    line = " ".join(f"<@{mention}>" for mention in mentions)
    first, *rest = parts
    if len(line) + 1 + len(first.content) > _LONGEST:
        return [MessagePart(line), first, *rest]
    return [replace(first, content=f"{line}\n{first.content}"), *rest]


def allow_only(mentions: Sequence[str]) -> discord.AllowedMentions:
    """Return discord.py's setting with which Discord notifies these people and roles, and nobody else.

    `mentions` are Discord's ids of people, or of roles if they begin with «&».
    """
    return discord.AllowedMentions(
        everyone=False,
        roles=[discord.Object(int(mention[1:])) for mention in mentions if mention.startswith("&")],
        users=[discord.Object(int(mention)) for mention in mentions if not mention.startswith("&")],
        replied_user=False,
    )
