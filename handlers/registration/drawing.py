"""Draws invitation cards of the size of a business card: a QR code, and its link and a code as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.content.branding import Branding
from bot.content.texts import Reader, Span, _, plain
from bot.drawing.qr import qr_rows
from bot.drawing.typeset import typeset_pdf, typeset_png
from bot.people.invitations import Invitation

_TEMPLATE = Path(__file__).with_name("card.typ")
_DOTS = 300


@dataclass(frozen=True, slots=True)
class InvitationCard:
    """What is printed on one person's invitation card, in the person's language (`lang`).

    `link` is in the QR code and is printed below it without https://. `code` is printed in large type below its label
    `code_label`; if `code` is '', both are left out.
    """

    lang: str
    name: str
    instructions: Sequence[str]
    link: str
    code: str = ""
    code_label: str = ""


def card_for(invitation: Invitation, reader: Reader, *, welcome: str, on_discord: bool) -> InvitationCard:
    """Return what is printed on the card of an invitation for its `reader`.

    The QR code leads to the person's page. Without pages it leads to Telegram; without Telegram, to `welcome`, the
    address of the channel on Discord in which people enter their codes. If `on_discord` is True, the card says how to
    enter the code on Discord.
    """
    lines: list[Span] = []
    if invitation.page_link:
        lines.append(_("Scan this with your phone: your own page opens."))
    elif invitation.telegram_link:
        lines.append(_("Scan this with your phone: Telegram opens, press Start."))
    if on_discord:
        lines.append(_("On Discord: press «Register» in the welcome channel and enter the code."))
    lines.append(_("This card is for you alone."))
    return InvitationCard(
        lang=reader.locale,
        name=invitation.full_name,
        instructions=[plain(line, reader) for line in lines],
        link=invitation.page_link or invitation.telegram_link or welcome,
        code=invitation.code,
        code_label=plain(_("Your code"), reader),
    )


def draw_card(card: InvitationCard, branding: Branding) -> bytes:
    """Return a card as a PNG file of 1050 × 600 pixels, 300 to an inch.

    A text that is too long is made smaller; if it is still too long, its end is cut off.
    """
    [picture] = typeset_png(_TEMPLATE, _data([card], sheets=False), branding, card.lang, dots=_DOTS)
    return picture


def print_cards(cards: Sequence[InvitationCard], branding: Branding) -> bytes:
    """Return cards as a PDF file to print: eight cards on each sheet of A4, with marks to cut along."""
    return typeset_pdf(_TEMPLATE, _data(cards, sheets=True), branding, cards[0].lang)


def _data(cards: Sequence[InvitationCard], *, sheets: bool) -> dict[str, Any]:
    return {
        "sheets": sheets,
        "cards": [{**asdict(card), "qr": qr_rows(card.link), "link_text": _in_lines(card.link)} for card in cards],
    }


def _in_lines(link: str) -> str:
    """Return a link as it stands below the QR code: without https://, and its code on a line of its own."""
    return (link.partition("://")[2] or link).replace("?start=", "?start=\n")
