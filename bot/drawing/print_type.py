"""The typeface of `bot.drawing.lettering` for print: its accented letters made as glyphs of their own.

fontTools comes with fpdf2; both are imported when something is printed.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable
from typing import Any

from bot.drawing.lettering import ABOVE, BELOW, GAP, PLAIN

Contour = list[tuple[str, tuple[Any, ...]]]
"""A closed line as a pen is told it."""


def spelled(text: str) -> str:
    """`text` in the letters that `typeface` can make: composed, ligatures and odd signs spelled out."""
    return unicodedata.normalize("NFC", text.translate(PLAIN))


def typeface(texts: Iterable[str]) -> tuple[bytes, frozenset[str]]:
    """A TrueType font with what `spelled` texts need of accented letters, and every character it has."""
    from fontTools.ttLib import TTFont
    from PIL import ImageFont

    embedded = ImageFont.load_default(20)
    if not isinstance(embedded, ImageFont.FreeTypeFont):
        raise RuntimeError("this Pillow was built without FreeType: install the wheel from PyPI")
    font = TTFont(io.BytesIO(embedded.font_bytes), recalcTimestamp=False)
    maker = _Maker(font)
    for char in sorted({char for text in texts for char in text}):
        maker.add(char)
    target = io.BytesIO()
    font.save(target)
    return target.getvalue(), frozenset(map(chr, font.getBestCmap()))


class _Maker:
    """Sets marks over and under letters, as `Lettering` does in pictures."""

    def __init__(self, font: Any) -> None:
        self._font = font
        self._glyphs = font.getGlyphSet()
        self._names = dict(font.getBestCmap())
        self._gap = GAP * font["head"].unitsPerEm

    def add(self, char: str) -> None:
        """Make the glyph of a character, if its letter and all its marks are there."""
        decomposed = unicodedata.normalize("NFD", char)
        letter, marks = decomposed[0], decomposed[1:]
        known = ord(letter) in self._names and all(mark in ABOVE or mark in BELOW for mark in marks)
        if not marks or not known or ord(char) in self._names:
            return
        from fontTools.pens.ttGlyphPen import TTGlyphPen

        contours = self._contours(letter)
        if letter in "ij" and any(mark in ABOVE for mark in marks):
            ceiling = _bounds(self._contours("x"))[3]
            contours = [each for each in contours if _bounds([each])[1] < ceiling]  # the accent replaces the dot
        for mark in marks:
            contours += self._placed(mark, _bounds(contours))
        pen = TTGlyphPen(None)
        for contour in contours:
            _draw(contour, pen)
        self._store(char, letter, pen.glyph())

    def _placed(self, mark: str, ink: tuple[float, float, float, float]) -> list[Contour]:
        """A mark's contours where they belong, above or below what is drawn already."""
        signs, scale = ABOVE.get(mark) or BELOW[mark]
        contours, advance = [], 0.0
        for sign in signs:
            contours += _moved(self._contours(sign), scale, advance, 0.0)
            advance += self._glyphs[self._names[ord(sign)]].width * scale
        left, bottom, right, top = _bounds(contours)
        aside = (ink[0] + ink[2] - left - right) / 2
        if mark in ABOVE:
            return _moved(contours, 1.0, aside, ink[3] + self._gap - bottom)
        return _moved(contours, 1.0, aside, ink[1] - top - (self._gap if signs == "." else 0))

    def _contours(self, char: str) -> list[Contour]:
        from fontTools.pens.recordingPen import DecomposingRecordingPen

        pen = DecomposingRecordingPen(self._glyphs)
        self._glyphs[self._names[ord(char)]].draw(pen)
        contours: list[Contour] = []
        begins = True
        for step in pen.value:
            if begins:
                contours.append([])
            contours[-1].append(step)
            begins = step[0] == "closePath"
        return contours

    def _store(self, char: str, letter: str, glyph: Any) -> None:
        name = f"uni{ord(char):04X}"
        self._font["glyf"][name] = glyph
        glyph.recalcBounds(self._font["glyf"])
        self._font["hmtx"][name] = (self._font["hmtx"][self._names[ord(letter)]][0], glyph.xMin)
        for table in self._font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(char)] = name


def _bounds(contours: Iterable[Contour]) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of the ink."""
    from fontTools.pens.boundsPen import BoundsPen

    pen = BoundsPen(None)
    for contour in contours:
        _draw(contour, pen)
    left, bottom, right, top = pen.bounds or (0.0, 0.0, 0.0, 0.0)
    return left, bottom, right, top


def _moved(contours: Iterable[Contour], scale: float, x: float, y: float) -> list[Contour]:
    from fontTools.pens.recordingPen import RecordingPen
    from fontTools.pens.transformPen import TransformPen

    moved: list[Contour] = []
    for contour in contours:
        record = RecordingPen()
        _draw(contour, TransformPen(record, (scale, 0, 0, scale, x, y)))
        moved.append(record.value)
    return moved


def _draw(contour: Contour, pen: Any) -> None:
    for step, points in contour:
        getattr(pen, step)(*points)
