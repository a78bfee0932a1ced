"""Letters on a page that is printed: in the typeface of `bot.drawing.print_type`, or as a picture where that has none.

fpdf2 is imported when something is printed.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

    from bot.drawing.lettering import Lettering

_DOTS = 4  # pixels to a point where letters are set as a picture


class PrintedLetters:
    """Letters of one size, in points, on a page whose font `house` has `characters`."""

    def __init__(self, pdf: FPDF, characters: frozenset[str], size: int, *, bold: bool = False) -> None:
        self.size = size
        self._pdf, self._characters, self._bold = pdf, characters, bold
        self._advances: dict[str, float] = {}

    def width(self, text: str) -> float:
        """How many points `text` takes."""
        from bot.drawing.print_type import spelled

        letters = spelled(text)
        if self._has(letters):
            return sum(map(self._advance, letters))
        return self._lettering().width(text) / _DOTS

    def write(self, x: float, baseline: float, text: str, fill: str) -> None:
        """Write `text` from `x` on, its letters standing on `baseline`."""
        from bot.drawing.print_type import spelled

        letters = spelled(text)
        if self._has(letters):
            self._letters(x, baseline, letters, fill)
        else:
            self._picture(x, baseline, text, fill)

    def _advance(self, letter: str) -> float:
        """The width of one letter: the typeface kerns none, so a text is as wide as its letters."""
        if letter not in self._advances:
            self._pdf.set_font("house", size=self.size)
            self._advances[letter] = float(self._pdf.get_string_width(letter))
        return self._advances[letter]

    def _has(self, letters: str) -> bool:
        return self._characters.issuperset(letters)

    def _letters(self, x: float, baseline: float, letters: str, fill: str) -> None:
        from fpdf.enums import TextMode

        from bot.drawing.lettering import BOLDNESS

        pdf = self._pdf
        with pdf.local_context():
            pdf.set_font("house", size=self.size)
            pdf.set_text_color(fill)
            if self._bold:
                pdf.text_mode = TextMode.FILL_STROKE
                pdf.set_draw_color(fill)
                pdf.set_line_width(2 * BOLDNESS * self.size)
            pdf.text(x, baseline, letters)

    def _picture(self, x: float, baseline: float, text: str, fill: str) -> None:
        from PIL import Image

        lettering = self._lettering()
        width, up, down = lettering.width(text) + 2 * _DOTS, 6 * lettering.size // 5, 2 * lettering.size // 5
        picture = Image.new("RGBA", (width, up + down))
        lettering.draw(picture, _DOTS, up, text, fill)
        file = io.BytesIO()
        picture.save(file, "PNG")
        self._pdf.image(file, x - 1, baseline - up / _DOTS, width / _DOTS, (up + down) / _DOTS)

    def _lettering(self) -> Lettering:
        from bot.drawing.lettering import Lettering

        return Lettering(self.size * _DOTS, bold=self._bold)
