"""Prints the cards of initiatives: as posters, or as a booklet by territory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.content.branding import branding_of
from bot.content.names import collation
from bot.content.texts import Reader, Territory, _, plain
from bot.drawing.qr import qr_rows
from bot.drawing.typeset import typeset_pdf
from handlers.initiatives.messages import card_lines
from handlers.initiatives.model import InitiativeCard

_TEMPLATE = Path(__file__).with_name("cards.typ")


def plan_print(cards: Sequence[InitiativeCard], locale: str, zone: str, *, posters: bool) -> Mapping[str, Any]:
    """Return the content of a print of cards, in the language `locale`: posters, one a page, or a booklet.

    Cards are sorted by territory, then by their authors' names.
    """
    reader = Reader(locale, zone)
    planned = [
        {
            "id": card.id,
            "lang": card.locale or locale,
            "territory": plain(Territory(card.territory), reader) if card.territory else "",
            "name": card.full_name,
            "lines": [plain(line, reader) for line in card_lines(card)],
            "link": card.written.link,
        }
        for card in cards
    ]
    planned.sort(key=lambda one: (collation(str(one["territory"])), collation(str(one["name"])), one["id"]))
    return {"title": plain(_("Initiatives"), reader), "posters": posters, "cards": planned}


def draw_print(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw the payload's `print` on A4; each poster has a QR code of its link.

    This is the work of a job. The result has the PDF file as `content`, and the ids of those whose cards it has.
    """
    plan = payload["print"]
    cards = [{**card, "qr": qr_rows(card["link"]) if card["link"] else []} for card in plan["cards"]]
    content = typeset_pdf(_TEMPLATE, {**plan, "cards": cards}, branding_of(payload), payload["locale"])
    return {"content": content, "people": [card["id"] for card in cards]}
