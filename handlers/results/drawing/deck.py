"""Writes slides (PPTX): texts that fit their boxes, tables, pictures, and charts that can be edited.

Their XML is written directly, which is about twenty times as fast as python-pptx. Lengths are in points.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from typing import Any

from bot.content.branding import INK, MUTED, PAPER
from bot.drawing.charts import ChartData
from handlers.results.drawing.measuring import FACE, SlideLetters, largest
from handlers.results.drawing.office import SlideChart, writable
from handlers.results.drawing.photos import Photo
from handlers.results.messages import Wording

READABLE = 12
"""The smallest size, in points, that can be read from the back of a room."""
WIDTH, HEIGHT = 960.0, 540.0
MARGIN = 44.0
INSIDE = WIDTH - 2 * MARGIN
TOP, BOTTOM = 100.0, HEIGHT - 42.0
"""The vertical positions, in points, at which the content of a slide begins, below its title, and ends."""
PADDING, CELL_PADDING = 14.0, 8.0
"""The space between the edges of a coloured box, or of a cell of a table, and the text."""
_NUMBER = "‹#›"  # a text that stands for the number of the slide
_NUMBER_FIELD = ' id="{8F0A1C62-3C5B-4B7E-9A43-6C1C3F6B2D10}" type="slidenum"'
_LONGEST_TITLE = 255
"""The most characters that python-pptx takes as the title of a file."""
_LANGUAGES = {"fr": "fr-FR", "en": "en-GB", "de": "de-DE"}
_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_TABLE = "http://schemas.openxmlformats.org/drawingml/2006/table"
_POINT = 12_700  # English Metric Units, the unit of slides


@dataclass(frozen=True, slots=True)
class SlideBox:
    """A rectangle on a slide, in points."""

    left: float
    top: float
    width: float
    height: float

    @property
    def inside(self) -> tuple[float, float]:
        """The width and the height, in points, of the box without its padding."""
        return self.width - 2 * PADDING, self.height - 2 * PADDING

    @property
    def emu(self) -> tuple[int, int, int, int]:
        """The four lengths in English Metric Units, the unit of length in files of slides."""
        return _emu(self.left), _emu(self.top), _emu(self.width), _emu(self.height)


_TITLE = SlideBox(MARGIN, 30, INSIDE, 46)
_OPENING = SlideBox(MARGIN, 176, INSIDE, 150), SlideBox(MARGIN, 346, INSIDE, 150)
"""The boxes of the title of a slide, and of the title and the lines below it on a slide that opens a part."""
CONTENT = SlideBox(MARGIN, TOP, INSIDE, BOTTOM - TOP)
"""The rectangle below the title of a slide, which holds the slide's content."""


@dataclass(frozen=True, slots=True)
class SlideText:
    """A text with a size and weight of letters and a colour («#rrggbb»). Each line of the text is a paragraph."""

    text: str
    letters: SlideLetters
    colour: str = INK


@dataclass(frozen=True, slots=True)
class TextBox:
    """Texts in a box, one below another.

    `fill` is the background colour; '' stands for no background, and then the box has no padding. If `middle` is True,
    the texts are centred vertically.
    """

    box: SlideBox
    texts: Sequence[SlideText]
    fill: str = ""
    middle: bool = False


TableCell = tuple[Sequence[SlideText], str]


@dataclass(frozen=True, slots=True)
class SlideTable:
    """A table whose first row and first column are headings.

    `widths` are the widths of the columns. Each item of `rows` is the height of a row, and its cells: texts with a
    background colour.
    """

    widths: Sequence[float]
    rows: Sequence[tuple[float, Sequence[TableCell]]]


@dataclass(frozen=True, slots=True)
class SlidePicture:
    """A picture with its alternative text, drawn as large as the box allows."""

    box: SlideBox
    photo: Photo
    alt: str


SlideShape = TextBox | SlideTable | SlidePicture | ChartData


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide: its title, and the shapes below it."""

    title: str
    shapes: Sequence[SlideShape]


class SlideDeck:
    """Builds a file of slides in the gathering's colours; every slide has the gathering's name in small letters."""

    def __init__(self, wording: Wording) -> None:
        from pptx import Presentation
        from pptx.util import Pt

        self._wording, self._palette = wording, wording.branding.palette
        self._language = _LANGUAGES.get(wording.locale, wording.locale)
        self._deck = Presentation()
        self._deck.slide_width, self._deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
        self._deck.core_properties.title = writable(wording.name)[:_LONGEST_TITLE]
        self._deck.core_properties.language = wording.locale
        layouts = {layout.name: layout for layout in self._deck.slide_layouts}
        self._opening, self._layout = layouts.pop("Title Slide"), layouts.pop("Title Only")
        for layout in layouts.values():
            self._deck.slide_layouts.remove(layout)
        self._dress(wording.name)

    def _dress(self, name: str) -> None:
        """Give the typeface and the colours to the theme, and what all slides have in common to their layouts."""
        from pptx.opc.constants import RELATIONSHIP_TYPE
        from pptx.oxml import parse_xml

        accent = self._palette.accent
        theme = self._deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
        xml = re.sub('(<a:latin typeface=")[^"]*', rf"\g<1>{FACE}", theme.blob.decode())
        for place, colour in enumerate(self._palette.curves, start=1):
            xml = re.sub(rf"(<a:accent{place}>).*?(</a:accent{place}>)", rf"\g<1>{_colour(colour)}\g<2>", xml)
        theme._blob = xml.encode()  # python-pptx has no public way to set it
        ground = f"<p:bg {_SPACES}><p:bgPr>{_fill(accent)}<a:effectLst/></p:bgPr></p:bg>"
        self._opening._element.cSld.insert(0, parse_xml(ground))
        small, below = SlideLetters(READABLE), HEIGHT - 30
        foot = SlideText(small.beginning(writable(name), INSIDE - 60, small.leading), small, MUTED)
        number = SlideText(_NUMBER, small, MUTED)
        for shape in (
            TextBox(SlideBox(0, 0, 14, HEIGHT), (), accent),
            TextBox(SlideBox(MARGIN, below, INSIDE - 60, small.leading), (foot,)),
            TextBox(SlideBox(WIDTH - MARGIN - 40, below, 40, small.leading), (number,)),
        ):
            self._draw(self._layout, shape)
        for layout, boxes in ((self._opening, _OPENING), (self._layout, (_TITLE,))):
            for placeholder, box in zip_longest(list(layout.placeholders), boxes):
                if box:
                    placeholder.left, placeholder.top, placeholder.width, placeholder.height = box.emu
                else:  # the date and the like, of another size
                    placeholder._element.getparent().remove(placeholder._element)

    def content(self) -> bytes:
        """Return the file with all slides."""
        target = io.BytesIO()
        self._deck.save(target)
        return target.getvalue()

    def open(self, title: str, lines: Sequence[str], logo: Photo | None = None) -> None:
        """Add a slide in the accent colour with a large title and lines below it.

        The logo, if there is one, is above the title, on white.
        """
        slide = self._deck.slides.add_slide(self._opening)
        heading, below = slide.placeholders
        self._write(heading, self._wording.typeset(title), _OPENING[0], (60, 54, 48, 40, 32, 28, 24, 20, 16), PAPER)
        self._write(below, "\n".join(lines), _OPENING[1], (28, 24, 20, 16, READABLE), PAPER, bold=False)
        if logo:
            box = SlideBox(MARGIN, 44, min(240.0, 100 * logo.width / logo.height) + 28, 116)
            self._draw(slide, TextBox(box, (), PAPER))
            inner = SlideBox(box.left + PADDING, box.top + 8, box.width - 28, 100)
            self._draw(slide, SlidePicture(inner, logo, self._wording.name))

    def add(self, slides: Iterable[Slide]) -> None:
        """Add slides after the slides that the file already has."""
        for slide in slides:
            page = self._deck.slides.add_slide(self._layout)
            title = self._wording.typeset(slide.title)
            self._write(page.shapes.title, title, _TITLE, (32, 28, 24, 20, 18, 16, 14, READABLE), self._palette.accent)
            for shape in slide.shapes:
                self._draw(page, shape)

    # --- what they are made of

    def _write(
        self, placeholder: Any, text: str, box: SlideBox, sizes: Sequence[float], colour: str, *, bold: bool = True
    ) -> None:
        """Write a text into a placeholder, whose box comes from its layout, in the largest letters that fit.

        Headings, which are bold, end at the bottom of their box, other texts begin at the top.
        """
        from pptx.oxml import parse_xml

        letters = largest([(text, box.width, box.height)], sizes, bold=bold)
        shown = SlideText(letters.beginning(text, box.width, box.height), letters, colour)
        old = placeholder._element.txBody
        old.getparent().replace(old, parse_xml(self._body((shown,), "p:txBody", 0, "b" if bold else "t")))

    def _draw(self, page: Any, shape: SlideShape) -> None:
        """Draw a shape on a slide, or on a layout."""
        from pptx.oxml import parse_xml

        number = len(page.shapes) + 9  # which identifies the shape: higher than the ids of the placeholders
        match shape:
            case TextBox():
                page.shapes._spTree.append(parse_xml(self._text_box(number, shape)))
            case SlideTable():
                page.shapes._spTree.append(parse_xml(self._table(number, shape)))
            case SlidePicture():
                self._picture(page, shape)
            case _:
                self._chart(page, shape)

    def _picture(self, page: Any, picture: SlidePicture) -> None:
        box, photo = picture.box, picture.photo
        scale = min(box.width / photo.width, box.height / photo.height)
        width, height = photo.width * scale, photo.height * scale
        place = SlideBox(box.left + (box.width - width) / 2, box.top + (box.height - height) / 2, width, height)
        shape = page.shapes.add_picture(io.BytesIO(photo.content), *place.emu)
        shape._element.nvPicPr.cNvPr.set("descr", writable(picture.alt))  # python-pptx has no public way to set it

    def _chart(self, page: Any, data: ChartData) -> None:
        """Add a chart that can be edited, in the place of the content of a slide."""
        from pptx.enum.chart import XL_CHART_TYPE

        chart = SlideChart(data, self._wording, self._language)
        frame = page.shapes.add_chart(XL_CHART_TYPE.LINE, *CONTENT.emu, chart)  # of the kind that `chart` is
        frame._element.nvGraphicFramePr.cNvPr.set("descr", writable(data.alt))

    # --- XML

    def _text_box(self, number: int, shape: TextBox) -> str:
        """Return the XML of a text box; `number` identifies it on its slide."""
        padding = PADDING if shape.fill and shape.texts else 0
        body = self._body(shape.texts, "p:txBody", padding, "ctr" if shape.middle else "t")
        return (
            f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name="Text {number}"/><p:cNvSpPr txBox="1"/><p:nvPr/>'
            f'</p:nvSpPr><p:spPr>{_frame("a", shape.box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            f"{_fill(shape.fill) if shape.fill else '<a:noFill/>'}</p:spPr>{body}</p:sp>"
        )

    def _table(self, number: int, table: SlideTable) -> str:
        """Return the XML of a table; `number` identifies it on its slide."""
        box = SlideBox(MARGIN, TOP, sum(table.widths), sum(height for height, _cells in table.rows))
        columns = "".join(f'<a:gridCol w="{_emu(width)}"/>' for width in table.widths)
        lines = "".join(
            f'<a:tr h="{_emu(height)}">{"".join(self._cell(*cell) for cell in cells)}</a:tr>'
            for height, cells in table.rows
        )
        return (
            f'<p:graphicFrame {_SPACES}><p:nvGraphicFramePr><p:cNvPr id="{number}" name="Table {number}"/>'
            '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/>'
            f'</p:nvGraphicFramePr>{_frame("p", box)}<a:graphic><a:graphicData uri="{_TABLE}"><a:tbl>'
            f'<a:tblPr firstRow="1" firstCol="1"/><a:tblGrid>{columns}</a:tblGrid>{lines}</a:tbl></a:graphicData>'
            "</a:graphic></p:graphicFrame>"
        )

    def _cell(self, texts: Sequence[SlideText], fill: str) -> str:
        margins = "".join(f'mar{side}="{_emu(CELL_PADDING)}" ' for side in "LRTB")
        edges = "".join(f'<a:ln{side} w="{_POINT}">{_fill(PAPER)}</a:ln{side}>' for side in "LRTB")
        body = self._body(texts, "a:txBody", 0, "ctr")
        return f'<a:tc>{body}<a:tcPr {margins}anchor="ctr">{edges}{_fill(fill)}</a:tcPr></a:tc>'

    def _body(self, texts: Sequence[SlideText], tag: str, padding: float, anchor: str) -> str:
        """Return the XML of texts, in an element `tag`.

        Lines are as far apart as was measured, and programs may not resize the text to fit its box.
        """
        paragraphs = "".join(self._paragraph(line, text) for text in texts for line in text.text.split("\n"))
        if tag == "a:txBody":
            return f"<{tag}><a:bodyPr/><a:lstStyle/>{paragraphs}</{tag}>"
        insets = "".join(f'{side}Ins="{_emu(padding)}" ' for side in "ltrb")
        return (
            f'<{tag} {_SPACES}><a:bodyPr wrap="square" {insets}anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
            f"{paragraphs or '<a:p/>'}</{tag}>"
        )

    def _paragraph(self, line: str, text: SlideText) -> str:
        letters = text.letters
        direction = 'algn="r" rtl="1"' if runs_left(line) else 'algn="r"' if line == _NUMBER else 'algn="l"'
        shape = (
            f'<a:pPr marL="0" indent="0" {direction}>'
            f'<a:lnSpc><a:spcPts val="{round(letters.leading * 100)}"/></a:lnSpc>'
            '<a:spcBef><a:spcPts val="0"/></a:spcBef><a:spcAft><a:spcPts val="0"/></a:spcAft><a:buNone/></a:pPr>'
        )
        look = f'lang="{self._language}" sz="{round(letters.size * 100)}" b="{int(letters.bold)}" dirty="0"'
        words = escape(writable(line), quote=False)
        if not words:
            return f"<a:p>{shape}<a:endParaRPr {look}/></a:p>"
        run, field = ("fld", _NUMBER_FIELD) if line == _NUMBER else ("r", "")
        look = f"<a:rPr {look}>{_fill(text.colour)}</a:rPr>"
        return f"<a:p>{shape}<a:{run}{field}>{look}<a:t>{words}</a:t></a:{run}></a:p>"


def runs_left(text: str) -> bool:
    """Return whether a text is written from right to left: its first letter decides, as in the Unicode standard."""
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((direction for direction in directions if direction in {"L", "R", "AL"}), "L") != "L"


def _frame(space: str, box: SlideBox) -> str:
    """Return the XML of the position and size of a shape. `space` is the prefix of its XML namespace, «a» or «p»."""
    left, top, width, height = box.emu
    return f'<{space}:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></{space}:xfrm>'


def _fill(colour: str) -> str:
    return f"<a:solidFill>{_colour(colour)}</a:solidFill>"


def _colour(colour: str) -> str:
    return f'<a:srgbClr val="{colour.removeprefix("#").upper()}"/>'


def _emu(points: float) -> int:
    """Return a length, given in points, in English Metric Units."""
    return round(points * _POINT)
