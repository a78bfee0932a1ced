"""Texts set into places of a picture: wrapped, made smaller where they are too long, cut where nothing else helps."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL.Image import Image

    from bot.drawing.lettering import Lettering

INK, MUTED, PAPER, DEEP, TINT = "#16202a", "#4d5c68", "#ffffff", "#0b4f6c", "#e6f0f4"
"""The colours of every picture."""
LEADING = 1.28
"""From one line to the next, of the size of the letters."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place in a picture, in pixels."""

    left: int
    top: int
    width: int
    height: int


class Measures(Protocol):
    """Letters of one size, on a picture or on paper."""

    def width(self, text: str) -> float:
        """How much room `text` takes on one line."""


def write(
    picture: Image,
    box: Box,
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
    leading = LEADING * lettering.size
    start = box.top if top else box.top + (box.height - leading * len(lines)) / 2
    for place, line in enumerate(lines):
        left = box.left + (box.width - lettering.width(line)) // 2 if centred else box.left
        lettering.draw(picture, left, round(start + leading * place + 0.98 * lettering.size), line, fill)


def _fit(texts: Sequence[str], box: Box, sizes: range, bold: bool) -> tuple[Lettering, list[str]]:
    from bot.drawing.lettering import Lettering

    for size in sizes:
        lettering = Lettering(size, bold=bold)
        room = int(box.height / (LEADING * size))
        # One line too many says that they do not fit: what would follow need not be measured.
        lines = list(islice((line for text in texts for line in wrap(text, box.width, lettering)), room + 1))
        if len(lines) <= room:
            return lettering, lines
    return lettering, [*lines[: room - 1], _cut(lines[room - 1], box.width, lettering)]


def wrap(text: str, width: float, lettering: Measures) -> Iterator[str]:
    """`text` in lines; a word longer than a line, such as an address, is broken, after a hyphen where it has one."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".lstrip()
        if lettering.width(longer) <= width:
            line = longer
            continue
        if line:
            yield line
        line = word
        while lettering.width(line) > width:
            end = max(1, bisect_right(range(len(line)), width, key=lambda end: lettering.width(line[:end])) - 1)
            end = line.rfind("-", 0, end) + 1 or end
            yield line[:end]
            line = line[end:]
    if line:
        yield line


def _cut(line: str, width: float, lettering: Measures) -> str:
    """As much of the beginning of `line` as fits before an ellipsis."""
    end = bisect_right(range(len(line)), width, key=lambda end: lettering.width(line[:end] + "…")) - 1
    return line[: max(0, end)].rstrip() + "…"


def shorten(text: str, width: float, lettering: Measures) -> str:
    """`text` on one line of that width, its end lost where it is longer."""
    return text if lettering.width(text) <= width else _cut(text, width, lettering)


def height(texts: Sequence[str], width: int, lettering: Lettering) -> int:
    """How high a box must be, in pixels, for `write` to set these texts without cutting them."""
    lines = sum(1 for text in texts for _line in wrap(text, width, lettering))
    return ceil(LEADING * lettering.size * lines)


def as_png(picture: Image) -> bytes:
    """The picture as a PNG file, for print at 300 dots per inch."""
    target = io.BytesIO()
    picture.save(target, "PNG", dpi=(300, 300))
    return target.getvalue()
