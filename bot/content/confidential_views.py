"""Defines the hook that makes a confidential message anew whenever it is read, because its words are not stored.

A personal page stores the messages that it shows. If `View.drawn` of a message is a name, only this name is stored.
"""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import View
from bot.database.engine import Transaction


@hook
async def draw(tx: Transaction, reader: int, name: str, browser: str = "") -> View | None:  # noqa: ARG001 - for who defines it
    """Return the confidential message with the name `name` («trust:12») as a participant may read it now.

    `reader` is the participant's id. Returns None for an unknown name, and if the reader may see nothing. `browser` is
    '' if the reader may see everything. Otherwise it is the id of a browser that its owner has not confirmed: the
    message then has only the confidential words written in that browser and the answers to them. The call changes
    nothing in the store.

    This is a hook: the part of the program that has such messages defines it. Without that part, it returns None.
    """
    return None
