"""Text drawn with Pillow's embedded typeface, which knows ASCII and little more.

An accent is set over its letter from the marks the typeface has: no font need be installed, and names look the
same on every machine. Other scripts are drawn with a font of the system where there is one; what nothing can
draw, most emoji for instance, is left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from math import ceil

from PIL import Image, ImageDraw, ImageFont

# What the typeface lacks, made of what it has; the lists for the doors are printed by the same rules.
ABOVE = {  # combining mark: the glyphs that draw it, and their size beside the letter's
    "\u0300": ("`", 1.0),
    "\u0301": ("´", 1.0),
    "\u0302": ("^", 0.55),
    "\u0303": ("~", 0.6),
    "\u0304": ("-", 1.0),
    "\u0306": ("u", 0.45),
    "\u0307": (".", 0.9),
    "\u0308": ("..", 0.9),
    "\u0309": ("'", 0.5),
    "\u030a": ("°", 0.75),
    "\u030b": ("´´", 1.0),
    "\u030c": ("v", 0.5),
    "\u031b": ("'", 0.5),
}
BELOW = {"\u0323": (".", 0.9), "\u0326": (",", 0.8), "\u0327": (",", 0.8), "\u0328": (",", 0.8)}
PLAIN = str.maketrans(
    dict(zip("ØøŁłĐđÐðı–—‐‑−•\u00a0\u202f", "OoLlDdDdi-----·  ", strict=True))
    | {"Œ": "OE", "œ": "oe", "Æ": "AE", "æ": "ae", "ẞ": "SS", "ß": "ss", "Þ": "Th", "þ": "th", "€": "EUR"}
)
_SYSTEM_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "FreeSans.ttf", "Arial Unicode.ttf", "Arial.ttf")
BOLDNESS = 0.016  # stroke, of the size: the embedded typeface has one weight
_THINNING = 0.03  # what a glyph drawn smaller loses of its stroke, of the difference in size
GAP = 0.05  # between a letter and its accent, of the size
_UNSEEN = {"Cc", "Cf", "Cs", "Mn"}
_NOWHERE = "\uffff"  # no font has it: what is drawn for it is drawn for everything missing


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text in one font, '' for the embedded; or one letter and the combining marks it bears."""

    text: str
    font: str = ""
    marks: str = ""


class Lettering:
    """Text of one size in pixels, plain or bold, on one line."""

    def __init__(self, size: int, *, bold: bool = False) -> None:
        self.size = size
        self._stroke = size * BOLDNESS if bold else 0.0

    def width(self, text: str) -> int:
        """How many pixels `text` takes."""
        alone = [_width_alone(char, self.size) for char in text]
        known = [width for width in alone if width is not None]
        if len(known) < len(alone):
            known = [self._advance(piece) for piece in _pieces(text)]
        return ceil(sum(known))

    def draw(self, canvas: Image.Image, x: int, baseline: int, text: str, fill: str) -> None:
        """Draw `text` on `canvas` from `x` on, its letters standing on `baseline`."""
        margin, above = self.size, 2 * self.size
        mask = Image.new("L", (self.width(text) + 2 * margin, 3 * self.size))
        place = float(margin)
        for piece in _pieces(text):
            _write(mask, place, above, piece.text, _font(piece.font, self.size), self._stroke)
            self._set_marks(mask, place, above, piece)
            place += self._advance(piece)
        canvas.paste(fill, (x - margin, baseline - above), mask)

    def _advance(self, piece: _Piece) -> float:
        return _font(piece.font, self.size).getlength(piece.text)

    def _set_marks(self, mask: Image.Image, x: float, y: float, piece: _Piece) -> None:
        if not piece.marks:
            return
        left, top, right, bottom = _ink(piece.text, self.size)
        if piece.text in "ij" and any(mark in ABOVE for mark in piece.marks):
            top = _ink("x", self.size)[1]  # the accent takes the place of the dot
            mask.paste(0, (int(x + left) - 2, 0, ceil(x + right) + 2, ceil(y + top - self._stroke)))
        for mark in piece.marks:
            glyphs, scale = ABOVE.get(mark) or BELOW[mark]
            size = round(self.size * scale)
            mark_left, mark_top, mark_right, mark_bottom = _ink(glyphs, size)
            shift = (left + right - mark_left - mark_right) / 2
            if mark in ABOVE:
                height = top - GAP * self.size - mark_bottom
                top = round(height + mark_top)  # the next mark goes over this one
            else:
                height = bottom - mark_top + (GAP * self.size if glyphs == "." else 0)
            stroke = self._stroke + _THINNING * (self.size - size)
            _write(mask, x + shift, y + height, glyphs, _font("", size), stroke)


def _write(mask: Image.Image, x: float, y: float, text: str, font: ImageFont.FreeTypeFont, stroke: float) -> None:
    ImageDraw.Draw(mask).text((x, y), text, 255, font, anchor="ls", stroke_width=stroke)


def _pieces(text: str) -> tuple[_Piece, ...]:
    if any(unicodedata.bidirectional(char) in {"R", "AL"} for char in text):
        # Only a font that has the script can put the words of a line in their order.
        font = next(filter(None, map(_system_font_with, text)), "")
        shown = "".join(char for char in text if char.isspace() or (font and _has(font, char)))
        return (_Piece(shown, font),)
    return tuple(_merged(piece for cluster in _clusters(text) for piece in _pieces_of(cluster)))


def _clusters(text: str) -> Iterator[str]:
    """Letters decomposed, each with the marks that follow it."""
    cluster = ""
    for char in unicodedata.normalize("NFD", text.translate(PLAIN)):
        if cluster and unicodedata.category(char) != "Mn":
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _pieces_of(cluster: str) -> Iterator[_Piece]:
    letter, marks = cluster[0], cluster[1:]
    if _embedded_has(letter):
        yield _Piece(letter, marks="".join(mark for mark in marks if mark in ABOVE or mark in BELOW))
        return
    composed = unicodedata.normalize("NFC", cluster)
    if font := _system_font_with(composed[0]):
        yield _Piece(composed, font)


def _merged(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Neighbours of one font in one piece, so that the font's own kerning and shaping apply."""
    for (font, marked), group in groupby(pieces, key=lambda piece: (piece.font, bool(piece.marks))):
        if marked:
            yield from group
        else:
            yield _Piece("".join(piece.text for piece in group), font)


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(name, size) if name else ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("this Pillow was built without FreeType: install the wheel from PyPI")
    return font


@lru_cache(maxsize=8192)
def _width_alone(char: str, size: int) -> float | None:
    """How many pixels a character takes whatever stands beside it: the embedded typeface kerns none.

    None where that depends on its neighbours: for a mark, in a font of the system, from right to left.
    """
    if unicodedata.category(char) == "Mn" or unicodedata.bidirectional(char) in {"R", "AL"}:
        return None
    pieces = _pieces(char)
    if any(piece.font for piece in pieces):
        return None
    return sum(_font("", size).getlength(piece.text) for piece in pieces)


@cache
def _ink(text: str, size: int) -> tuple[int, int, int, int]:
    """Where the ink of `text` in the embedded typeface is: left, top, right, bottom from its origin."""
    page = Image.new("L", (4 * size, 3 * size))
    ImageDraw.Draw(page).text((size, 2 * size), text, 255, _font("", size), anchor="ls")
    left, top, right, bottom = page.getbbox() or (size, 2 * size, size, 2 * size)
    return left - size, top - 2 * size, right - size, bottom - 2 * size


@cache
def _embedded_has(char: str) -> bool:
    return _has("", char)


@cache
def _system_font_with(char: str) -> str:
    """The first font of the system that has a character, '' for none."""
    if char.isspace() or unicodedata.category(char) in _UNSEEN:
        return ""
    return next((name for name in _SYSTEM_FONTS if _is_installed(name) and _has(name, char)), "")


@cache
def _is_installed(name: str) -> bool:
    try:
        ImageFont.truetype(name)
    except OSError:
        return False
    return True


def _has(name: str, char: str) -> bool:
    font = _font(name, 40)
    return bytes(font.getmask(char)) != bytes(font.getmask(_NOWHERE))
