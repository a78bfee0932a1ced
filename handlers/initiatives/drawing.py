"""Prints the cards of initiatives: as posters, or as a booklet by territory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.content.branding import branding_of
from bot.content.names import collation
from bot.content.texts import Reader, Territory, _, plain
from bot.database.engine import Transaction
from bot.drawing.qr import qr_rows
from bot.drawing.typeset import typeset_pdf
from bot.people.declared import Declared
from handlers.initiatives.messages import card_lines
from handlers.initiatives.store import cards

_TEMPLATE = Path(__file__).with_name("cards.typ")


async def read_cards(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Complete the payload of a job with the cards that are shown, as the database has them now.

    They are in the language `locale`, sorted by territory, then by their authors' names.
    """
    reader = Reader(payload["locale"], payload["zone"])
    planned = [
        {
            "id": card.id,
            "lang": card.locale or reader.locale,
            "territory": plain(Territory(card.territory), reader) if card.territory else "",
            "name": card.full_name,
            "lines": [plain(line, reader) for line in card_lines(card)],
            "link": card.link,
        }
        for card in await cards.visible_cards(tx)
    ]
    planned.sort(key=lambda one: (collation(str(one["territory"])), collation(str(one["name"])), one["id"]))
    return {**payload, "title": plain(_("Initiatives"), reader), "cards": planned}


def draw_print(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw the payload's cards as a PDF file on A4: as posters with a QR code of each link, or as a booklet.

    This is the work of a job. The result has the file as `content`, and the ids of the people whose cards are in it.
    """
    found = [{**card, "qr": qr_rows(card["link"]) if card["link"] else []} for card in payload["cards"]]
    plan = {"title": payload["title"], "posters": payload["posters"], "cards": found}
    content = typeset_pdf(_TEMPLATE, plan, branding_of(payload), payload["locale"])
    return {"content": content, "people": [card["id"] for card in found]}
