"""The display on a wall that shows cards of initiatives: who looks for what."""

from __future__ import annotations

from datetime import datetime

from bot.content.scenes import Scene, SceneCard
from bot.content.texts import _, _n
from bot.conversation import display_store
from bot.conversation.displays import Display
from bot.database.engine import Transaction
from handlers.initiatives.messages import card_label, quote
from handlers.initiatives.store import cards

SCREEN = "initiatives"
ALL = "all"
"""The subject of the only display of initiatives."""
_CARDS = 60
"""How many cards are shown, others every hour; the page turns them over."""
_LONGEST = 60


async def draw(tx: Transaction, _subject: str, now: datetime) -> Scene:
    """Return what a wall shows of initiatives: the names of some, each with its author and what it looks for."""
    found = await cards.visible_cards(tx)
    first = now.hour * _CARDS % max(1, len(found))
    shown = [*found[first:], *found[:first]][:_CARDS]
    return Scene(
        "board",
        heading=_("Initiatives"),
        # L10N: large on the wall, above cards such as «Garden» by «Awa, Senegal: looks for a place»
        title=_("Who looks for what?"),
        cards=[SceneCard(quote(card, "title", card.title, _LONGEST), card_label(card)) for card in shown],
        figures=(_n("{count} initiative", "{count} initiatives", len(found)),),
        entry=await display_store.entry_of(tx, SCREEN, ALL),
    )


WALL = Display(
    kind=SCREEN,
    draw=draw,
    reopened=_("Organisers open another one with /organiser, People, Initiatives."),
    tables=frozenset({"initiative_cards", "display_links"}),
    busy_tables=frozenset({"participants", "choices"}),
)
"""The display of initiatives on a wall; its subject is always ALL."""
