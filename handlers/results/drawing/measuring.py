"""Measures text for slides, because a slide's file does not tell how much room it takes. Lengths are in points.

Text is measured in the typeface of the slides, as wide as in the typefaces that may replace it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FACE = "Source Sans 3"
_LINE = 1.2
"""The distance from one line to the next, as a multiple of the size of the letters."""
_STAND_IN = {False: 1.29, True: 1.35}
"""By weight, how much wider a line can be in DejaVu Sans, the widest typeface that replaces a missing FACE."""
_EMOJI, _FULL, _UNKNOWN = 1.4, 1.0, 0.95  # widths, as a multiple of the size, in the widest fonts that have these
_UNITS = 1000  # the size, in pixels, in which characters are measured


@cache
def _face(bold: bool) -> FreeTypeFont:
    import fontpkg_source_sans_3
    from PIL import ImageFont

    file = Path(fontpkg_source_sans_3.__file__).parent / "files" / "SourceSans3[wght].ttf"
    face = ImageFont.truetype(file, _UNITS, layout_engine=ImageFont.Layout.BASIC)
    face.set_variation_by_axes([700 if bold else 400])
    return face


@lru_cache(maxsize=8192)
def _advance(char: str, bold: bool) -> float:
    """Return the largest width that a character can have, as a multiple of the size of the letters."""
    category = unicodedata.category(char)
    if category in {"Mn", "Me", "Cf", "Cc"}:
        return 0.0
    if category not in {"Cs", "Co", "Cn"} and (face := _face(bold)).getbbox(char) != face.getbbox("\uffff"):
        return face.getlength(char) / _UNITS * _STAND_IN[bold]  # the typeface has it: it is not drawn as one that lacks
    if category in {"So", "Sk", "Cs", "Co"} or ord(char) > 0x1F000:
        return _EMOJI
    return _FULL if unicodedata.east_asian_width(char) in {"W", "F"} else _UNKNOWN


@lru_cache(maxsize=8192)
def _relative_width(text: str, bold: bool) -> float:
    """Return the largest width of a text, as a multiple of the size: the same words are tried in several sizes."""
    return sum(_advance(char, bold) for char in text)


@dataclass(frozen=True, slots=True)
class SlideLetters:
    """Letters of one size (in points) and weight, for measuring how much room texts take."""

    size: float
    bold: bool = False

    def width(self, text: str) -> float:
        """Return the largest width, in points, that `text` can take on one line in any of the typefaces."""
        return _relative_width(text, self.bold) * self.size

    @property
    def leading(self) -> float:
        """The distance from one line to the next, in points."""
        return self.size * _LINE

    def lines(self, text: str, width: float) -> list[str]:
        """Return `text` broken into lines that are at most `width` points wide; joined, they are the text again.

        A word longer than a line is broken. Line breaks of the text are kept.
        """
        return [line for part in text.split("\n") for line in self._wrapped(part, width)]

    def _wrapped(self, text: str, width: float) -> Iterator[str]:
        line, wide, blank = "", 0.0, self.width(" ")
        for word in re.split("[ \t]+", text.strip(" \t")):  # not at a space that does not break
            more = self.width(word)
            if line and wide + blank + more > width:
                yield line + " "
                line = ""
            line, wide = (f"{line} {word}", wide + blank + more) if line else (word, more)
            if wide > width:
                *parts, line = self._broken(line, width)
                yield from parts
                wide = self.width(line)
        yield line + "\n"

    def _broken(self, word: str, width: float) -> Iterator[str]:
        """Yield the parts of a word that is wider than a line, each as long as fits."""
        ends, start = [0.0, *accumulate(_advance(char, self.bold) for char in word)], 0
        while start < len(word):
            end = max(start + 1, bisect_right(ends, ends[start] + width / self.size) - 1)
            yield word[start:end]
            start = end

    def height(self, text: str, width: float) -> float:
        """Return the height of `text`, in points, in a box of this width."""
        return len(self.lines(text, width)) * self.leading

    def fits(self, text: str, width: float, height: float) -> bool:
        """Return whether `text` fits into a box of this size, in points."""
        return self.height(text, width) < height + 0.01  # heights are sums of fractions

    def _room(self, height: float) -> int:
        """Return how many lines fit a box of this height, at least one."""
        return max(1, int((height + 0.01) / self.leading))

    def pages(self, text: str, width: float, height: float) -> list[str]:
        """Return `text` in one or more parts of about equal length that each fit a box of this size, in points."""
        lines, room = self.lines(text, width), self._room(height)
        step = ceil(len(lines) / ceil(len(lines) / room))
        return [_together(lines[start : start + step]) for start in range(0, len(lines), step)]

    def beginning(self, text: str, width: float, height: float) -> str:
        """Return `text`, or its beginning with an ellipsis if it does not fit a box of this size, in points."""
        lines, room = self.lines(text, width), self._room(height)
        shown = _together(lines[:room])
        if len(lines) <= room:
            return shown
        while len(self.lines(f"{shown}…", width)) > room:
            shown = shown[:-1].rstrip()
        return f"{shown}…"


def _together(lines: Sequence[str]) -> str:
    """Return the text of consecutive lines that `SlideLetters.lines` returned."""
    return "".join(lines).rstrip()


def largest(texts: Sequence[tuple[str, float, float]], sizes: Sequence[float], *, bold: bool = False) -> SlideLetters:
    """Return the letters of the first of `sizes` (in points, largest first) in which all texts fit their boxes.

    `texts` are triples of a text, and the width and height of its box. `bold` says whether the letters are bold. Texts
    that do not fit even in the last size are ignored. If no other text is left, the letters have the last size.
    """
    *larger, smallest = (SlideLetters(size, bold) for size in sizes)
    texts = [text for text in texts if smallest.fits(*text)]
    fitting = (letters for letters in larger if texts and all(letters.fits(*text) for text in texts))
    return next(fitting, smallest)
