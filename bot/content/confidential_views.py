"""The hook that makes confidential views again when they are read; their words are not stored with messages.

A personal page stores the messages that it shows, but of a view with a name in `drawn` it stores only that name.
"""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import View
from bot.database.engine import Transaction


@hook
async def draw(tx: Transaction, reader: int, name: str, browser: str = "") -> View | None:  # noqa: ARG001 - for who defines it
    """Return the view with a name («trust:12»), for the participant with the id `reader`, as of now.

    `browser` is '' if the reader may see everything. If the browser's owner has not confirmed it, `browser` is its id,
    and the view has only confidential words written there and the answers to them. Returns None for an unknown name,
    and if nothing may be shown. It only reads. The capability that has such views defines this hook.
    """
    return None
