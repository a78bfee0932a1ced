"""How wide and how high text will be on a slide, before any program draws it.

Slides are set in Arial, whose letters are as wide as Helvetica's; those widths come with fpdf2. Where Arial is missing
another font stands in, and for what Arial lacks everywhere: so everything is taken for as wide as that may be. Lines
are set at an exact distance, which no font makes higher.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

FONT = "Arial"
LINE = 1.2
"""From one line to the next, of the size of the letters."""
READABLE = 12
"""Points: smaller letters nobody reads from the back of a room."""
_STAND_IN = {False: 1.18, True: 1.24}  # by weight: where Arial is missing, DejaVu Sans is so much wider
_EMOJI, _FULL, _UNKNOWN = 1.4, 1.0, 0.95  # of the size: the widest fonts that stand in


@cache
def _widths(bold: bool) -> Mapping[str, int]:
    from fpdf.fonts import CORE_FONTS_CHARWIDTHS

    widths: Mapping[str, int] = CORE_FONTS_CHARWIDTHS["helveticaB" if bold else "helvetica"]
    known = {char: width for char, width in widths.items() if char.isascii() or ord(char) >= 160}
    # fpdf2 keeps what lies between under the bytes of Windows' Western alphabet.
    for byte in range(128, 160):
        char = bytes([byte]).decode("cp1252", errors="ignore")
        if char and chr(byte) in widths:
            known[char] = widths[chr(byte)]
    return known


@lru_cache(maxsize=4096)
def _advance(char: str, bold: bool) -> float:
    """The width of a character, of the size."""
    known = _widths(bold)
    if char in known:
        return known[char] / 1000 * _STAND_IN[bold]
    category = unicodedata.category(char)
    if category in {"Mn", "Me", "Cf", "Cc"}:
        return 0.0
    letter = unicodedata.normalize("NFD", char)[0]
    if letter in known:
        return known[letter] / 1000 * _STAND_IN[bold]  # an accent makes no letter wider
    if category in {"So", "Sk", "Cs", "Co"} or ord(char) > 0x1F000:
        return _EMOJI
    return _FULL if unicodedata.east_asian_width(char) in {"W", "F"} else _UNKNOWN


class Letters:
    """Arial of one size, in points."""

    def __init__(self, size: float, *, bold: bool = False) -> None:
        self.size = size
        self.bold = bold

    def width(self, text: str) -> float:
        """How many points `text` takes on one line, at most."""
        return sum(_advance(char, self.bold) for char in text) * self.size

    @property
    def leading(self) -> float:
        """Points from one line to the next."""
        return self.size * LINE

    def lines(self, text: str, width: float) -> list[str]:
        """`text` in lines of a width, in points; put together again they are the text.

        A word longer than a line is broken, as every program does; what stands on several lines stays so.
        """
        return [line for part in text.split("\n") for line in self._wrapped(part, width)]

    def _wrapped(self, text: str, width: float) -> Iterator[str]:
        line = ""
        for word in text.split():
            if line and self.width(f"{line} {word}") > width:
                yield line + " "
                line = ""
            line = f"{line} {word}" if line else word
            while len(line) > 1 and self.width(line) > width:
                end = max(1, bisect_right(range(len(line)), width, key=lambda end: self.width(line[:end])) - 1)
                yield line[:end]
                line = line[end:]
        yield line + "\n"


def together(lines: Sequence[str]) -> str:
    """The text of lines that follow one another."""
    return "".join(lines).rstrip()


def largest(
    texts: Sequence[str], width: float, height: float, sizes: Sequence[float], *, bold: bool = False
) -> Letters:
    """The largest of some sizes, in points, at which texts one below the other stay within a box; else the last."""
    for size in sizes:
        letters = Letters(size, bold=bold)
        if sum(len(letters.lines(text, width)) for text in texts) * letters.leading <= height:
            break
    return letters


def pages(text: str, width: float, height: float, letters: Letters) -> list[str]:
    """`text` in parts that each fit a box, at least one; between two parts nothing is lost."""
    lines, room = letters.lines(text, width), max(1, int(height / letters.leading))
    return [together(lines[start : start + room]) for start in range(0, len(lines), room)]
