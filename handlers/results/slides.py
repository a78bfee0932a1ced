"""Slides on which text stays where it belongs: measured first, made smaller down to what is readable, then continued.

Lengths are points on a page of 960 × 540. python-pptx is imported when a deck is made.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from bot.drawing.typesetting import DEEP, INK, MUTED, PAPER, TINT
from handlers.results.metrics import READABLE, Letters, largest, pages, together
from handlers.results.photos import Photo
from handlers.results.slide_xml import Ink, Place, TableCell, background, body, box, table

WIDTH, HEIGHT = 960.0, 540.0
MARGIN = 44.0
INSIDE = WIDTH - 2 * MARGIN
TOP, BOTTOM = 112.0, HEIGHT - 40.0
_TITLES, _CELL_SIZES = (34, 30, 26, 22, 18, 16, 14, READABLE), (18, 16, 14, READABLE)
_PADDING = 8.0
_LANGUAGES = {"fr": "fr-FR", "en": "en-GB", "de": "de-DE"}


class Deck:
    """A deck to be. `foot` stands small on every slide; `more` is what a slide that goes on says after its title."""

    def __init__(self, *, title: str, foot: str, more: str, locale: str) -> None:
        from pptx import Presentation
        from pptx.util import Pt

        self._deck = Presentation()
        self._deck.slide_width, self._deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
        self._deck.core_properties.title = title
        self._deck.core_properties.language = locale
        self._layout = next(each for each in self._deck.slide_layouts if each.name == "Title Only")
        self._foot, self._more = foot, more
        self._language = _LANGUAGES.get(locale, locale)

    def content(self) -> bytes:
        """The file."""
        target = io.BytesIO()
        self._deck.save(target)
        return target.getvalue()

    # --- slides

    def opening(self, title: str, lines: Sequence[str]) -> None:
        """A slide in deep blue: a large title, and lines beneath it, continued where they do not fit."""
        sizes = (44, 40, 36, 32, 28, 24, 20, 16, READABLE)
        letters = largest([title], INSIDE, 150, sizes, bold=True)
        text = "\n".join(lines)
        words = largest([text], INSIDE, 210, (24, 22, 20, 18, 16, 14, READABLE))
        for place, part in enumerate(pages(text, INSIDE, 210, words)):
            slide = self._deck.slides.add_slide(self._layout)
            self._fill(slide, DEEP)
            said = f"{title} {self._more}" if place else title
            self._title(slide, _begun(said, INSIDE, 150, letters), Place(MARGIN, 80, INSIDE, 150), letters, PAPER)
            self._text(slide, part, Place(MARGIN, 260, INSIDE, 210), words, PAPER)

    def statement(self, title: str, text: str, beneath: str = "", sizes: Sequence[int] = (40, 36, 32, 28, 24)) -> None:
        """A slide with a few words as large as can be, and what belongs beneath them, smaller."""
        every = [*sizes, *(size for size in (20, 18, 16, 14) if size < sizes[-1]), READABLE]
        main_height = (BOTTOM - TOP) * (0.62 if beneath else 1.0)
        letters = largest([text], INSIDE, main_height, every)
        parts = pages(text, INSIDE, main_height, letters)
        small = largest([beneath], INSIDE, (BOTTOM - TOP) * 0.32, (20, 18, 16, 14, READABLE))
        rest = pages(beneath, INSIDE, (BOTTOM - TOP) * 0.32, small) if beneath else []
        for place, (part, more) in enumerate(zip_longest(parts, rest, fillvalue="")):
            slide = self._slide(title, again=place > 0)
            if part:
                self._text(slide, part, Place(MARGIN, TOP, INSIDE, main_height), letters, INK)
            if more:
                below = Place(MARGIN, TOP + (BOTTOM - TOP) * 0.66, INSIDE, (BOTTOM - TOP) * 0.32)
                self._text(slide, more, below, small, MUTED)

    def fields(self, title: str, fields: Sequence[tuple[str, str]], columns: int = 3) -> None:
        """A slide of boxes, each a heading and a text; what is too long goes on in the same box of the next slide."""
        rows = -(-len(fields) // columns)
        width = (INSIDE - (columns - 1) * 14) / columns
        height = (BOTTOM - TOP - (rows - 1) * 14) / rows
        inner, head = width - 2 * _PADDING, 30.0
        room = height - head - 2 * _PADDING
        heading = min(
            (largest([name], inner, head, (16, 14, 13, READABLE), bold=True) for name, _said in fields), key=_size
        )
        letters = min((largest([said], inner, room, _CELL_SIZES) for _name, said in fields), key=_size)
        parts = [pages(said, inner, room, letters) for _name, said in fields]
        for again in range(max(map(len, parts))):
            slide = self._slide(title, again=again > 0)
            for place, (name, _said) in enumerate(fields):
                if again and again >= len(parts[place]):
                    continue
                row, column = divmod(place, columns)
                left, top = MARGIN + column * (width + 14), TOP + row * (height + 14)
                self._text(slide, "", Place(left, top, width, height), heading, DEEP, TINT)
                named = _begun(name, inner, head, heading)
                self._text(slide, named, Place(left + _PADDING, top + _PADDING, inner, head), heading, DEEP)
                below = Place(left + _PADDING, top + _PADDING + head, inner, room)
                self._text(slide, parts[place][again], below, letters, INK)

    def table(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
        """Slides with a table whose first column names its rows; long rows go on in the next slide.

        Cells that say `empty` look empty.
        """
        first = INSIDE * 0.17
        widths = [first, *[(INSIDE - first) / (len(heads) - 1)] * (len(heads) - 1)]
        inner = [width - 2 * _PADDING for width in widths]
        for size in _CELL_SIZES:
            letters = Letters(size, bold=True)  # the first column is bold, so all are measured so
            sheets = list(_sheets(rows, inner, letters, Letters(size), _header(heads, inner, letters)))
            if len(sheets) == 1:
                break
        for again, sheet in enumerate(sheets):
            slide = self._slide(title, again=again > 0)
            self._draw_table(slide, heads, sheet, widths, letters, empty)

    def picture(self, title: str, photo: Photo, alt: str) -> None:
        """A slide with one picture as large as it goes, and words for who cannot see it."""
        from pptx.util import Pt

        slide = self._slide(title)
        scale = min(INSIDE / photo.width, (BOTTOM - TOP) / photo.height)
        width, height = photo.width * scale, photo.height * scale
        shown = slide.shapes.add_picture(
            io.BytesIO(photo.content), Pt((WIDTH - width) / 2), Pt(TOP), Pt(width), Pt(height)
        )
        shown._element.nvPicPr.cNvPr.set("descr", alt)  # it has no public name

    # --- parts of slides

    def _slide(self, title: str, *, again: bool = False) -> Any:
        slide = self._deck.slides.add_slide(self._layout)
        said = f"{title} {self._more}" if again else title
        letters = largest([said], INSIDE, 56, _TITLES, bold=True)
        self._title(slide, _begun(said, INSIDE, 56, letters), Place(MARGIN, 36, INSIDE, 56), letters, DEEP)
        foot = Letters(READABLE)
        line = _begun(self._foot, INSIDE, foot.leading, foot)
        self._text(slide, line, Place(MARGIN, HEIGHT - 28, INSIDE, foot.leading), foot, MUTED)
        return slide

    def _title(self, slide: Any, text: str, place: Place, letters: Letters, fill: str) -> None:
        from pptx.oxml import parse_xml
        from pptx.util import Pt

        shape = slide.shapes.title
        shape.left, shape.top = Pt(place.left), Pt(place.top)
        shape.width, shape.height = Pt(place.width), Pt(place.height)
        old = (
            shape._element.txBody
        )  # python-pptx writes paragraphs step by step, which takes a deck of hundreds minutes
        old.getparent().replace(old, parse_xml(body(text, self._ink(letters, fill))))

    def _text(self, slide: Any, text: str, place: Place, letters: Letters, fill: str, behind: str = "") -> None:
        self._draw(slide, box(self._number(slide), place, text, self._ink(letters, fill), behind))

    def _ink(self, letters: Letters, fill: str) -> Ink:
        return Ink(letters, fill, self._language)

    def _number(self, slide: Any) -> int:
        return len(slide.shapes._spTree) + 1

    def _fill(self, slide: Any, colour: str) -> None:
        from pptx.oxml import parse_xml

        slide._element.cSld.insert(0, parse_xml(background(colour)))

    def _draw(self, slide: Any, xml: str) -> None:
        from pptx.oxml import parse_xml

        slide.shapes._spTree.append(parse_xml(xml))

    def _draw_table(
        self, slide: Any, heads: Sequence[str], sheet: _Sheet, widths: Sequence[float], bold: Letters, empty: str
    ) -> None:
        usual = Letters(bold.size)
        first = [TableCell(head, self._ink(bold, PAPER), DEEP) for head in heads]
        rows: list[tuple[float, Sequence[TableCell]]] = [(sheet.head, first)]
        for height, (name, *cells) in sheet.rows:
            written = [
                TableCell(said, self._ink(usual, INK), TINT)
                if said != empty
                else TableCell(said, self._ink(usual, MUTED), PAPER)
                for said in cells
            ]
            rows.append((height, [TableCell(name, self._ink(bold, INK), TINT), *written]))
        place = Place(MARGIN, TOP, INSIDE, sum(height for height, _cells in rows))
        self._draw(slide, table(self._number(slide), place, widths, rows, _PADDING))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A slide's worth of a table: how high its heading is, and its rows with their heights."""

    head: float
    rows: Sequence[tuple[float, Sequence[str]]]


def _header(heads: Sequence[str], inner: Sequence[float], letters: Letters) -> float:
    lines = max(len(letters.lines(head, width)) for head, width in zip(heads, inner, strict=True))
    return lines * letters.leading + 2 * _PADDING


def _sheets(
    rows: Sequence[Sequence[str]], inner: Sequence[float], bold: Letters, usual: Letters, head: float
) -> Iterator[_Sheet]:
    room = BOTTOM - TOP - head
    sheet: list[tuple[float, Sequence[str]]] = []
    left = room
    for row in rows:
        lines = [
            (usual if column else bold).lines(text, width)
            for column, (text, width) in enumerate(zip(row, inner, strict=True))
        ]
        high = max(map(len, lines))
        if sheet and high * usual.leading + 2 * _PADDING > left:
            yield _Sheet(head, sheet)
            sheet, left = [], room
        fitting = int((room - 2 * _PADDING) / usual.leading)
        for start in range(0, high, fitting):  # a row higher than a slide goes on, under its name
            if start:
                yield _Sheet(head, sheet)
                sheet, left = [], room
            part = [
                together((lines[0] if column == 0 else each[start : start + fitting])[:fitting])
                for column, each in enumerate(lines)
            ]
            height = min(fitting, max(len(lines[0]), high - start)) * usual.leading + 2 * _PADDING
            sheet.append((height, part))
            left -= height
    yield _Sheet(head, sheet)


def _size(letters: Letters) -> float:
    return letters.size


def _begun(text: str, width: float, height: float, letters: Letters) -> str:
    """As much of the beginning of a title as a box takes, with an ellipsis where that is not all."""
    first, *rest = pages(text, width, height, letters)
    while rest and len(pages(f"{first}…", width, height, letters)) > 1:
        first = first[:-1].rstrip()
    return f"{first}…" if rest else first
