"""The hook by which confidential views, whose words are not stored with messages, are drawn where they are read again.

A personal page stores what it shows. Of a view with the name of what is `drawn` it stores that name only.
"""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import View
from bot.database.engine import Transaction


@hook
async def draw(tx: Transaction, reader: int, name: str, browser: str = "") -> View | None:  # noqa: ARG001 - for who defines it
    """Return the view with a name («trust:12») as the participant with the id `reader` may see it now.

    `browser` is the id of the browser that shows it, if its owner has not confirmed it: of what was confided, it shows
    only what was written there and the answers to that; '' for a reader who sees all of it. Returns None for an unknown
    name, and where there is nothing for that browser. It only reads. The capability that answers with such views
    defines it.
    """
    return None
