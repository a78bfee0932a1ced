"""Slides on which text stays where it belongs: measured first, made smaller down to what is readable, then continued.

Lengths are points on a page of 960 × 540. python-pptx is imported when a deck is made.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from bot.exports.metrics import FONT, READABLE, Letters, largest, pages, together
from bot.exports.photos import Photo
from bot.typesetting import DEEP, INK, MUTED, PAPER, TINT

WIDTH, HEIGHT = 960.0, 540.0
MARGIN = 44.0
INSIDE = WIDTH - 2 * MARGIN
TOP, BOTTOM = 112.0, HEIGHT - 40.0
_TITLES, _CELL_SIZES = (34, 30, 26, 22, 18), (18, 16, 14, READABLE)
_PADDING = 8.0
_LANGUAGES = {"fr": "fr-FR", "en": "en-GB", "de": "de-DE"}


@dataclass(frozen=True, slots=True)
class Place:
    """A box on a slide."""

    left: float
    top: float
    width: float
    height: float


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
        body = largest([text], INSIDE, 210, (24, 22, 20, 18, 16, 14, READABLE))
        for place, part in enumerate(pages(text, INSIDE, 210, body)):
            slide = self._deck.slides.add_slide(self._layout)
            fill = slide.background.fill
            fill.solid()
            fill.fore_color.rgb = _colour(DEEP)
            heading = _begun(title, INSIDE, 150, letters)
            said = self._continued(heading, letters, 150) if place else heading
            self._title(slide, said, Place(MARGIN, 80, INSIDE, 150), letters, PAPER)
            self._text(slide, part, Place(MARGIN, 260, INSIDE, 210), body, PAPER)

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
                box = Place(MARGIN, TOP + (BOTTOM - TOP) * 0.66, INSIDE, (BOTTOM - TOP) * 0.32)
                self._text(slide, more, box, small, MUTED)

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
                self._panel(slide, Place(left, top, width, height))
                named = _begun(name, inner, head, heading)
                self._text(slide, named, Place(left + _PADDING, top + _PADDING, inner, head), heading, DEEP)
                box = Place(left + _PADDING, top + _PADDING + head, inner, room)
                self._text(slide, parts[place][again], box, letters, INK)

    def table(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Slides with a table whose first column names its rows; long rows go on in the next slide."""
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
            self._draw_table(slide, heads, sheet, widths, letters)

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
        letters = largest([title], INSIDE, 56, _TITLES, bold=True)
        heading = _begun(title, INSIDE, 56, letters)
        said = self._continued(heading, letters, 56) if again else heading
        self._title(slide, said, Place(MARGIN, 36, INSIDE, 56), letters, DEEP)
        foot = Letters(READABLE)
        line = _begun(self._foot, INSIDE, foot.leading, foot)
        self._text(slide, line, Place(MARGIN, HEIGHT - 28, INSIDE, foot.leading), foot, MUTED)
        return slide

    def _continued(self, title: str, letters: Letters, height: float) -> str:
        """A title with the word that says it goes on, if both fit."""
        said = f"{title} {self._more}"
        return said if len(pages(said, INSIDE, height, letters)) == 1 else title

    def _title(self, slide: Any, text: str, place: Place, letters: Letters, fill: str) -> None:
        from pptx.util import Pt

        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = (
            Pt(place.left),
            Pt(place.top),
            Pt(place.width),
            Pt(place.height),
        )
        self._write(shape.text_frame, text, letters, fill)

    def _text(self, slide: Any, text: str, place: Place, letters: Letters, fill: str) -> None:
        from pptx.util import Pt

        box = slide.shapes.add_textbox(Pt(place.left), Pt(place.top), Pt(place.width), Pt(place.height))
        self._write(box.text_frame, text, letters, fill)

    def _panel(self, slide: Any, place: Place) -> None:
        from pptx.enum.shapes import MSO_SHAPE
        from pptx.util import Pt

        shape = slide.shapes.add_shape(
            MSO_SHAPE.RECTANGLE, Pt(place.left), Pt(place.top), Pt(place.width), Pt(place.height)
        )
        shape.fill.solid()
        shape.fill.fore_color.rgb = _colour(TINT)
        shape.line.fill.background()
        shape.shadow.inherit = False

    def _write(self, frame: Any, text: str, letters: Letters, fill: str, margin: float = 0.0) -> None:
        from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
        from pptx.util import Pt

        frame.word_wrap, frame.auto_size, frame.vertical_anchor = True, MSO_AUTO_SIZE.NONE, MSO_ANCHOR.TOP
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Pt(margin)
        for place, line in enumerate(text.split("\n")):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            self._paragraph(paragraph, line, letters, fill)

    def _paragraph(self, paragraph: Any, line: str, letters: Letters, fill: str) -> None:
        from pptx.enum.text import PP_ALIGN
        from pptx.util import Pt

        paragraph.line_spacing = Pt(letters.leading)
        paragraph.space_before = paragraph.space_after = Pt(0)
        paragraph.alignment = PP_ALIGN.LEFT
        if _runs_left(line):
            paragraph.alignment = PP_ALIGN.RIGHT
            paragraph._p.get_or_add_pPr().set("rtl", "1")  # python-pptx knows no direction
        run = paragraph.add_run()
        run.text = line
        run.font.name, run.font.size, run.font.bold = FONT, Pt(letters.size), letters.bold
        run.font.color.rgb = _colour(fill)
        run._r.get_or_add_rPr().set("lang", self._language)  # its own enumeration lacks languages

    def _draw_table(
        self, slide: Any, heads: Sequence[str], sheet: _Sheet, widths: Sequence[float], bold: Letters
    ) -> None:
        from pptx.util import Pt

        heights = [sheet.head, *(height for height, _cells in sheet.rows)]
        frame = slide.shapes.add_table(len(heights), len(heads), Pt(MARGIN), Pt(TOP), Pt(INSIDE), Pt(sum(heights)))
        table = frame.table
        for column, width in enumerate(widths):
            table.columns[column].width = Pt(width)
        usual = Letters(bold.size)
        for line, cells in enumerate([tuple(heads), *(cells for _height, cells in sheet.rows)]):
            table.rows[line].height = Pt(heights[line])
            for column, text in enumerate(cells):
                cell = table.cell(line, column)
                cell.fill.solid()
                cell.fill.fore_color.rgb = _colour(DEEP if line == 0 else TINT if text else PAPER)
                cell.margin_left = cell.margin_right = cell.margin_top = cell.margin_bottom = Pt(_PADDING)
                letters = bold if line == 0 or column == 0 else usual
                for place, part in enumerate(text.split("\n")):
                    paragraphs = cell.text_frame.paragraphs
                    paragraph = paragraphs[0] if place == 0 else cell.text_frame.add_paragraph()
                    self._paragraph(paragraph, part, letters, PAPER if line == 0 else INK)


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


def _runs_left(text: str) -> bool:
    """Whether text is written from right to left: by its first letter, as the Unicode standard has it."""
    first = next((d for char in text if (d := unicodedata.bidirectional(char)) in {"L", "R", "AL"}), "L")
    return first != "L"


_COLOURS: dict[str, Any] = {}


def _colour(name: str) -> Any:
    from pptx.dml.color import RGBColor

    if name not in _COLOURS:
        _COLOURS[name] = RGBColor(*bytes.fromhex(name.removeprefix("#")))
    return _COLOURS[name]
