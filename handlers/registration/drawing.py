"""Draws the invitation card, a picture to print or to send: a QR code, and the same link and code as text.

1050 × 600 pixels are a business card at 300 dots per inch. The caller gives translated words. Pillow and segno are
imported when the first card is drawn, so that the program starts fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.drawing.typesetting import DEEP, INK, MUTED, PAPER, TINT, Box, as_png, write

if TYPE_CHECKING:
    from PIL.Image import Image


SIZE = (1050, 600)
"""Width and height of a card, in pixels."""

_QUIET = 4  # modules of white that readers ask for around a QR code


_BAND = Box(0, 0, SIZE[0], 104)
_GATHERING = Box(48, 12, 954, 80)
_NAME = Box(48, 126, 548, 96)
_INSTRUCTIONS = Box(48, 234, 548, 182)
_INSTRUCTIONS_ALONE = Box(48, 234, 548, 320)
_CODE_PANEL = Box(48, 430, 548, 130)
_CODE_LABEL = Box(72, 438, 500, 36)
_CODE = Box(72, 472, 500, 88)
_QR = Box(646, 116, 376, 376)
_LINK = Box(646, 470, 376, 92)


def draw_card(
    *,
    name: str,
    gathering: str,
    instructions: Sequence[str],
    link: str,
    code: str = "",
    code_label: str = "",
) -> bytes:
    """Return the invitation card for one person as a PNG file.

    `link` is in the QR code and, without https://, below it. `code` is written in large type below its label
    `code_label`; an empty code leaves both out. A text too long for its place gets smaller, and if it is still too long
    its end is cut off.
    """
    from PIL import Image

    card = Image.new("RGB", SIZE, PAPER)
    card.paste(DEEP, (_BAND.left, _BAND.top, _BAND.width, _BAND.height))
    write(card, _GATHERING, [gathering], range(42, 23, -2), PAPER, bold=True)
    write(card, _NAME, [name], range(68, 29, -2), INK, bold=True)
    write(card, _INSTRUCTIONS if code else _INSTRUCTIONS_ALONE, instructions, range(32, 19, -2), INK, top=True)
    if code:
        _draw_panel(card, _CODE_PANEL)
        write(card, _CODE_LABEL, [code_label], range(24, 15, -2), MUTED)
        write(card, _CODE, [code], range(68, 27, -2), DEEP, bold=True)
    _draw_qr(card, _QR, link)
    write(card, _LINK, [link.partition("://")[2] or link], range(24, 15, -2), MUTED, top=True, centred=True)
    return as_png(card)


def _draw_panel(card: Image, box: Box) -> None:
    from PIL import ImageDraw

    corners = (box.left, box.top, box.left + box.width, box.top + box.height)
    ImageDraw.Draw(card).rounded_rectangle(corners, radius=18, fill=TINT)


def _draw_qr(card: Image, box: Box, link: str) -> None:
    import segno
    from PIL import Image

    rows = list(segno.make(link, micro=False, error="m").matrix_iter(border=_QUIET))
    light = bytes(0 if dark else 255 for row in rows for dark in row)
    scale = box.width // len(rows)  # whole pixels: soft edges make readers fail
    side = len(rows) * scale
    code = Image.frombytes("L", (len(rows), len(rows)), light).resize((side, side), Image.Resampling.NEAREST)
    card.paste(code, (box.left + (box.width - side) // 2, box.top + (box.height - side) // 2))
