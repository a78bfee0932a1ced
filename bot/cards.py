"""The invitation card: a picture to print or to send, with a QR code and the same way in as text.

1050 × 600 pixels are a business card at 300 dots per inch. The words come from the caller, already translated.
Pillow and segno are imported when the first card is drawn: starting the program must not pay for them.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

    from bot.lettering import Lettering

SIZE = (1050, 600)
"""Width and height of a card, in pixels."""

_INK, _MUTED, _PAPER, _DEEP, _TINT = "#16202a", "#4d5c68", "#ffffff", "#0b4f6c", "#e6f0f4"
_LEADING = 1.28  # from one line to the next, of the size of the letters
_QUIET = 4  # modules of white that readers ask for around a QR code


@dataclass(frozen=True, slots=True)
class _Box:
    """A place on the card, in pixels."""

    left: int
    top: int
    width: int
    height: int


_BAND = _Box(0, 0, SIZE[0], 104)
_GATHERING = _Box(48, 12, 954, 80)
_NAME = _Box(48, 126, 548, 96)
_INSTRUCTIONS = _Box(48, 234, 548, 182)
_INSTRUCTIONS_ALONE = _Box(48, 234, 548, 320)
_CODE_PANEL = _Box(48, 430, 548, 130)
_CODE_LABEL = _Box(72, 438, 500, 36)
_CODE = _Box(72, 472, 500, 88)
_QR = _Box(646, 116, 376, 376)
_LINK = _Box(646, 470, 376, 92)


def draw_card(
    *,
    name: str,
    gathering: str,
    instructions: Sequence[str],
    link: str,
    code: str = "",
    code_label: str = "",
) -> bytes:
    """A PNG file for one person.

    `link` is in the QR code and, without its scheme, beneath it; `code` stands in large type under its label,
    and both are left out where it is empty. A text too long for its place gets smaller, then loses its end.
    """
    from PIL import Image

    card = Image.new("RGB", SIZE, _PAPER)
    card.paste(_DEEP, (_BAND.left, _BAND.top, _BAND.width, _BAND.height))
    _write(card, _GATHERING, [gathering], range(42, 23, -2), _PAPER, bold=True)
    _write(card, _NAME, [name], range(68, 29, -2), _INK, bold=True)
    _write(card, _INSTRUCTIONS if code else _INSTRUCTIONS_ALONE, instructions, range(32, 19, -2), _INK, top=True)
    if code:
        _draw_panel(card, _CODE_PANEL)
        _write(card, _CODE_LABEL, [code_label], range(24, 15, -2), _MUTED)
        _write(card, _CODE, [code], range(68, 27, -2), _DEEP, bold=True)
    _draw_qr(card, _QR, link)
    _write(card, _LINK, [link.partition("://")[2] or link], range(24, 15, -2), _MUTED, top=True, centred=True)
    target = io.BytesIO()
    card.save(target, "PNG", dpi=(300, 300))
    return target.getvalue()


def _draw_panel(card: Image, box: _Box) -> None:
    from PIL import ImageDraw

    corners = (box.left, box.top, box.left + box.width, box.top + box.height)
    ImageDraw.Draw(card).rounded_rectangle(corners, radius=18, fill=_TINT)


def _draw_qr(card: Image, box: _Box, link: str) -> None:
    import segno
    from PIL import Image

    rows = list(segno.make(link, micro=False, error="m").matrix_iter(border=_QUIET))
    light = bytes(0 if dark else 255 for row in rows for dark in row)
    scale = box.width // len(rows)  # whole pixels: soft edges make readers fail
    side = len(rows) * scale
    code = Image.frombytes("L", (len(rows), len(rows)), light).resize((side, side), Image.Resampling.NEAREST)
    card.paste(code, (box.left + (box.width - side) // 2, box.top + (box.height - side) // 2))


def _write(
    card: Image,
    box: _Box,
    texts: Sequence[str],
    sizes: range,
    fill: str,
    *,
    bold: bool = False,
    top: bool = False,
    centred: bool = False,
) -> None:
    """Write texts, each on its own lines, in the largest of `sizes` that fits; in mid-height unless at the top."""
    lettering, lines = _fit(texts, box, sizes, bold)
    leading = _LEADING * lettering.size
    start = box.top if top else box.top + (box.height - leading * len(lines)) / 2
    for place, line in enumerate(lines):
        left = box.left + (box.width - lettering.width(line)) // 2 if centred else box.left
        lettering.draw(card, left, round(start + leading * place + 0.98 * lettering.size), line, fill)


def _fit(texts: Sequence[str], box: _Box, sizes: range, bold: bool) -> tuple[Lettering, list[str]]:
    from bot.lettering import Lettering

    for size in sizes:
        lettering = Lettering(size, bold=bold)
        lines = [line for text in texts for line in _wrap(text, box.width, lettering)]
        room = int(box.height / (_LEADING * size))
        if len(lines) <= room:
            return lettering, lines
    return lettering, [*lines[: room - 1], _cut(lines[room - 1], box.width, lettering)]


def _wrap(text: str, width: int, lettering: Lettering) -> Iterator[str]:
    """`text` in lines; a word longer than a line, such as an address, is broken."""
    line = ""
    for word in text.split():
        if line and lettering.width(f"{line} {word}") > width:
            yield line
            line = ""
        line = f"{line} {word}".lstrip()
        while lettering.width(line) > width:
            end = max(1, bisect_right(range(len(line)), width, key=lambda end: lettering.width(line[:end])) - 1)
            yield line[:end]
            line = line[end:]
    if line:
        yield line


def _cut(line: str, width: int, lettering: Lettering) -> str:
    """As much of the beginning of `line` as fits before an ellipsis."""
    end = bisect_right(range(len(line)), width, key=lambda end: lettering.width(line[:end] + "…")) - 1
    return line[: max(0, end)].rstrip() + "…"
