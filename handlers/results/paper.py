"""Pages of paper that fill from top to bottom: first laid out, then printed, when every page's number is known.

Lengths are points, on A4.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.drawing.printing import Print
from bot.drawing.typesetting import DEEP, INK, MUTED, PAPER, shorten, wrap
from handlers.results.photos import Photo

if TYPE_CHECKING:
    from fpdf import FPDF

WIDTH, HEIGHT, MARGIN = 595.0, 842.0, 54.0
INSIDE = WIDTH - 2 * MARGIN
_TOP, _END, _FOOT = 56.0, HEIGHT - 64.0, HEIGHT - 36.0
_LEADING = 1.36
_ENTRY = 22.0  # from one line of a list that leads somewhere to the next
_PICTORIAL = {"So", "Sk", "Cs", "Co", "Cf"}

Draw = Callable[["FPDF", float], None]
"""Draws something whose top is at a height."""


@dataclass(slots=True)
class Page:
    """What is on a page: things with their tops, in the order they are drawn; `mark` is what leads here."""

    drawn: list[tuple[float, Draw]] = field(default_factory=list)
    mark: str = ""


class Paper:
    """Pages to be, in one typeface."""

    def __init__(self, pdf: FPDF, characters: frozenset[str], foot: str) -> None:
        self._pdf, self._characters, self._foot = pdf, characters, foot
        self.pages: list[Page] = []
        self._at = _END
        self._prints: dict[tuple[int, bool], Print] = {}

    def letters(self, size: int, *, bold: bool = False) -> Print:
        """Letters of one size."""
        if (size, bold) not in self._prints:
            self._prints[size, bold] = Print(self._pdf, self._characters, size, bold=bold)
        return self._prints[size, bold]

    # --- laying out

    def new_page(self, mark: str = "") -> None:
        """Go on at the top of another page."""
        self.pages.append(Page(mark=mark))
        self._at = _TOP

    def space(self, height: float) -> None:
        """Leave some room, unless a page is over."""
        self._at += height

    def keep(self, height: float) -> None:
        """Turn the page if less than this is left of it: a heading is not to stand alone."""
        if self._at + height > _END:
            self.new_page()

    def text(self, text: str, size: int = 11, *, bold: bool = False, fill: str = INK, indent: float = 0.0) -> None:
        """A paragraph for each line of a text, over as many pages as it takes."""
        letters, high = self.letters(size, bold=bold), size * _LEADING
        for part in text.split("\n"):
            for line in wrap(drawable(part), INSIDE - indent, letters):
                self.keep(high)
                self._put(high, _writing(letters, MARGIN + indent, line, fill))

    def band(self, text: str) -> None:
        """A title on a band of colour, at the top of a page, on as many lines as it takes."""
        letters = self.letters(22, bold=True)
        lines = list(wrap(drawable(text), INSIDE, letters))
        high = 40 + 30.0 * len(lines)
        self._at = 0.0
        self._put(high, _filling(high))
        for place, line in enumerate(lines):
            self.pages[-1].drawn.append((20 + 30.0 * place, _writing(letters, MARGIN, line, PAPER)))
        self._at = high + 18

    def picture(self, photo: Photo, alt: str, most_height: float) -> None:
        """A picture as wide as the page, or less where it would be too high."""
        scale = min(INSIDE / photo.width, most_height / photo.height)
        width, height = photo.width * scale, photo.height * scale
        self.keep(height + 10)

        def draw(pdf: FPDF, top: float) -> None:
            pdf.image(io.BytesIO(photo.content), MARGIN, top, width, height, alt_text=alt)

        self._put(height + 10, draw)

    def entry(self, words: str, mark: str, pages: Mapping[str, int], *, indent: float = 0.0) -> None:
        """A line that leads to a page and ends with its number."""
        self.keep(_ENTRY)
        letters = self.letters(12)
        shown = shorten(drawable(words), INSIDE - indent - 50, letters)

        def draw(pdf: FPDF, top: float) -> None:
            number = str(pages[mark])
            left = MARGIN + indent
            letters.write(left, top + 15, shown, INK)
            letters.write(WIDTH - MARGIN - letters.width(number), top + 15, number, DEEP)
            pdf.link(left, top, WIDTH - MARGIN - left, _ENTRY, pdf.add_link(page=pages[mark]))

        self._put(_ENTRY, draw)

    def _put(self, height: float, draw: Draw) -> None:
        if not self.pages:
            self.new_page()
        self.pages[-1].drawn.append((self._at, draw))
        self._at += height

    # --- printing

    def print(self, pages: Sequence[Page], titles: Mapping[str, str]) -> None:
        """Put pages on paper, numbered from 1; those with a mark that has a title are in the file's outline."""
        small = self.letters(9)
        for number, page in enumerate(pages, start=1):
            self._pdf.add_page()
            if page.mark in titles:
                self._pdf.start_section(titles[page.mark])
            for top, draw in page.drawn:
                draw(self._pdf, top)
            if number > 1:
                small.write(MARGIN, _FOOT, shorten(drawable(self._foot), INSIDE - 60, small), MUTED)
                small.write(WIDTH - MARGIN - small.width(str(number)), _FOOT, str(number), MUTED)


def _writing(letters: Print, left: float, line: str, fill: str) -> Draw:
    return lambda _pdf, top: letters.write(left, top + letters.size, line, fill)


def _filling(height: float) -> Draw:
    def draw(pdf: FPDF, top: float) -> None:
        pdf.set_fill_color(DEEP)
        pdf.rect(0, top, WIDTH, height, style="F")

    return draw


def drawable(text: str) -> str:
    """`text` without the pictures that no typeface here has, so that its words stay words that can be searched."""
    if text.isascii():
        return text
    return "".join(char for char in text if unicodedata.category(char) not in _PICTORIAL and char != "\ufe0f")
