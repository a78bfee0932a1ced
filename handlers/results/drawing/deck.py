"""Writes slides (PPTX): texts that stay within their boxes, tables, pictures, and charts that can be edited.

Text is measured in the typeface of the slides, and made smaller down to a readable size. Lengths are in points.
"""

from __future__ import annotations

import io
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from bot.content.branding import INK, MUTED, PAPER
from bot.drawing.charts import BarChart, ChartData, LineChart
from handlers.results.drawing.office import SlideChart, writable
from handlers.results.drawing.photos import Photo
from handlers.results.messages import Wording

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FACE = "Source Sans 3"
LINE = 1.2
"""The distance from one line to the next, as a multiple of the size of the letters."""
READABLE = 12
"""The smallest size, in points, that can be read from the back of a room."""
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


@dataclass(frozen=True, slots=True)
class SlideLetters:
    """Letters of one size (in points) and weight, with which text is measured."""

    size: float
    bold: bool = False

    def width(self, text: str) -> float:
        """Return the largest width that `text` can have on one line."""
        return sum(_advance(char, self.bold) for char in text) * self.size

    @property
    def leading(self) -> float:
        """The distance from one line to the next."""
        return self.size * LINE

    def lines(self, text: str, width: float) -> list[str]:
        """Break `text` into lines that are no wider than `width`. Joined, they are the text again.

        A word longer than a line is broken. Line breaks of the text are kept.
        """
        return [line for part in text.split("\n") for line in self._wrapped(part, width)]

    def _wrapped(self, text: str, width: float) -> Iterator[str]:
        line = ""
        for word in re.split("[ \t]+", text.strip(" \t")):  # not at a space that does not break
            if line and self.width(f"{line} {word}") > width:
                yield line + " "
                line = ""
            line = f"{line} {word}" if line else word
            if self.width(line) > width:
                *parts, line = self._broken(line, width)
                yield from parts
        yield line + "\n"

    def _broken(self, word: str, width: float) -> Iterator[str]:
        """Yield the parts of a word that is wider than a line, each as long as fits."""
        ends, start = [0.0, *accumulate(_advance(char, self.bold) for char in word)], 0
        while start < len(word):
            end = max(start + 1, bisect_right(ends, ends[start] + width / self.size) - 1)
            yield word[start:end]
            start = end

    def height(self, text: str, width: float) -> float:
        """Return the height of `text` in a box of this width."""
        return len(self.lines(text, width)) * self.leading

    def fits(self, text: str, width: float, height: float) -> bool:
        """Return whether `text` fits a box."""
        return self.height(text, width) < height + 0.01  # heights are sums of fractions

    def _room(self, height: float) -> int:
        """Return how many lines fit a box of this height, at least one."""
        return max(1, int((height + 0.01) / self.leading))

    def pages(self, text: str, width: float, height: float) -> list[str]:
        """Break `text` into parts of about the same length that each fit a box of this size, at least one."""
        lines, room = self.lines(text, width), self._room(height)
        step = -(-len(lines) // -(-len(lines) // room))
        return [together(lines[start : start + step]) for start in range(0, len(lines), step)]

    def beginning(self, text: str, width: float, height: float) -> str:
        """Return `text`, or as much of its beginning as fits a box of this size, with an ellipsis."""
        lines, room = self.lines(text, width), self._room(height)
        shown = together(lines[:room])
        if len(lines) <= room:
            return shown
        while len(self.lines(f"{shown}…", width)) > room:
            shown = shown[:-1].rstrip()
        return f"{shown}…"


def together(lines: Sequence[str]) -> str:
    """Return the text of consecutive lines that `SlideLetters.lines` returned."""
    return "".join(lines).rstrip()


def largest(texts: Sequence[tuple[str, float, float]], sizes: Sequence[float], *, bold: bool = False) -> SlideLetters:
    """Return the letters of the first of `sizes` in which all texts fit their boxes, given by width and height.

    Texts that fit in none of the sizes do not count. If there are no others, return the letters of the last size.
    """
    last = SlideLetters(sizes[-1], bold=bold)
    for size in sizes:
        letters = SlideLetters(size, bold=bold)
        texts = [text for text in texts if last.fits(*text)]
        if texts and all(letters.fits(*text) for text in texts):
            return letters
    return last


# --- What stands on slides. Its XML is written in one piece, some twenty times as fast as python-pptx does it.


WIDTH, HEIGHT = 960.0, 540.0
MARGIN = 44.0
INSIDE = WIDTH - 2 * MARGIN
TOP, BOTTOM = 100.0, HEIGHT - 42.0
"""Where the content of a slide begins, below its title, and where it ends."""
PADDING, CELL_PADDING = 14.0, 8.0
"""The space between the edges of a coloured box, or of a cell of a table, and the text."""
_NUMBER = "‹#›"  # a text that stands for the number of the slide
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
        """The width and the height within the padding."""
        return self.width - 2 * PADDING, self.height - 2 * PADDING


_TITLE = SlideBox(MARGIN, 30, INSIDE, 46)
_OPENING = SlideBox(MARGIN, 176, INSIDE, 150), SlideBox(MARGIN, 346, INSIDE, 150)
"""The boxes of the title of a slide, and of the title and the lines below it on a slide that opens a part."""
CONTENT = SlideBox(MARGIN, TOP, INSIDE, BOTTOM - TOP)
"""The rectangle below the title of a slide."""


@dataclass(frozen=True, slots=True)
class SlideText:
    """A text in one kind of letters, in a colour («#rrggbb»), a paragraph for each of its lines."""

    text: str
    letters: SlideLetters
    colour: str = INK


@dataclass(frozen=True, slots=True)
class TextBox:
    """Texts one below the other in a box. `fill` is the colour behind them, '' for none, and then there is no padding.

    With `middle`, they stand in the middle of its height.
    """

    box: SlideBox
    texts: Sequence[SlideText]
    fill: str = ""
    middle: bool = False


TableCell = tuple[Sequence[SlideText], str]


@dataclass(frozen=True, slots=True)
class SlideTable:
    """A table whose first row and first column are headings.

    `widths` are those of the columns. Each of `rows` is a height and the cells: texts, and the colour behind them.
    """

    widths: Sequence[float]
    rows: Sequence[tuple[float, Sequence[TableCell]]]


@dataclass(frozen=True, slots=True)
class SlidePicture:
    """A picture, as large as fits a box, with its alternative text."""

    box: SlideBox
    photo: Photo
    alt: str


SlideShape = TextBox | SlideTable | SlidePicture | ChartData


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide: its title, and what stands below."""

    title: str
    shapes: Sequence[SlideShape]


class SlideDeck:
    """Builds a file of slides that look like the gathering, whose name is the small text on every slide."""

    def __init__(self, wording: Wording) -> None:
        from pptx import Presentation
        from pptx.util import Pt

        self._wording, self._palette = wording, wording.branding.palette
        self._language = _LANGUAGES.get(wording.locale, wording.locale)
        self._deck = Presentation()
        self._deck.slide_width, self._deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
        self._deck.core_properties.title, self._deck.core_properties.language = wording.name, wording.locale
        layouts = {layout.name: layout for layout in self._deck.slide_layouts}
        self._opening, self._layout = layouts.pop("Title Slide"), layouts.pop("Title Only")
        for layout in layouts.values():
            self._deck.slide_layouts.remove(layout)
        self._dress(wording.name)

    def _dress(self, name: str) -> None:
        """Give the typeface and the colours to the theme, and what all slides have in common to their layouts."""
        from pptx.opc.constants import RELATIONSHIP_TYPE
        from pptx.oxml import parse_xml
        from pptx.util import Pt

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
            self._draw(self._layout, self._text_box(len(self._layout.shapes) + 20, shape))
        for layout, boxes in ((self._opening, _OPENING), (self._layout, (_TITLE,))):
            for placeholder, box in zip_longest(list(layout.placeholders), boxes):
                if box:
                    placeholder.left, placeholder.top = Pt(box.left), Pt(box.top)
                    placeholder.width, placeholder.height = Pt(box.width), Pt(box.height)
                else:  # the date and the like, of another size
                    placeholder._element.getparent().remove(placeholder._element)

    def content(self) -> bytes:
        """Return the file with all slides."""
        target = io.BytesIO()
        self._deck.save(target)
        return target.getvalue()

    def open(self, title: str, lines: Sequence[str], logo: Photo | None = None) -> None:
        """Add a slide in the accent colour, with a large title, lines below it, and a logo on white above it."""
        slide = self._deck.slides.add_slide(self._opening)
        heading, below = slide.placeholders
        self._write(heading, self._wording.typeset(title), _OPENING[0], (60, 54, 48, 40, 32, 28, 24, 20, 16), PAPER)
        self._write(below, "\n".join(lines), _OPENING[1], (28, 24, 20, 16, READABLE), PAPER, bold=False)
        if logo:
            box = SlideBox(MARGIN, 44, min(240.0, 100 * logo.width / logo.height) + 28, 116)
            self._draw(slide, self._text_box(len(slide.shapes) + 2, TextBox(box, (), PAPER)))
            inner = SlideBox(box.left + PADDING, box.top + 8, box.width - 28, 100)
            self._picture(slide, SlidePicture(inner, logo, self._deck.core_properties.title))

    def add(self, slide: Slide) -> None:
        """Add a slide."""
        page = self._deck.slides.add_slide(self._layout)
        title = self._wording.typeset(slide.title)
        self._write(page.shapes.title, title, _TITLE, (32, 28, 24, 20, 18, 16, 14, READABLE), self._palette.accent)
        for number, shape in enumerate(slide.shapes, start=10):
            match shape:
                case TextBox():
                    self._draw(page, self._text_box(number, shape))
                case SlideTable():
                    self._draw(page, self._table(number, shape))
                case SlidePicture():
                    self._picture(page, shape)
                case LineChart() | BarChart():
                    self._chart(page, shape)

    # --- what they are made of

    def _write(
        self, placeholder: Any, text: str, box: SlideBox, sizes: Sequence[float], colour: str, *, bold: bool = True
    ) -> None:
        """Write a text into a placeholder, whose box is that of its layout, in the largest letters that fit.

        Headings, which are bold, end at the bottom of their box, other texts begin at the top.
        """
        from pptx.oxml import parse_xml

        letters = largest([(text, box.width, box.height)], sizes, bold=bold)
        shown = SlideText(letters.beginning(text, box.width, box.height), letters, colour)
        old = placeholder._element.txBody
        old.getparent().replace(old, parse_xml(self._body((shown,), "p:txBody", 0, "b" if bold else "t")))

    def _draw(self, page: Any, xml: str) -> None:
        from pptx.oxml import parse_xml

        page.shapes._spTree.append(parse_xml(xml))

    def _picture(self, page: Any, picture: SlidePicture) -> None:
        from pptx.util import Pt

        box, photo = picture.box, picture.photo
        scale = min(box.width / photo.width, box.height / photo.height)
        width, height = photo.width * scale, photo.height * scale
        left, top = box.left + (box.width - width) / 2, box.top + (box.height - height) / 2
        shape = page.shapes.add_picture(io.BytesIO(photo.content), Pt(left), Pt(top), Pt(width), Pt(height))
        shape._element.nvPicPr.cNvPr.set("descr", writable(picture.alt))  # python-pptx has no public way to set it

    def _chart(self, page: Any, data: ChartData) -> None:
        """Add a chart that can be edited, in the place of the content of a slide."""
        from pptx.enum.chart import XL_CHART_TYPE
        from pptx.util import Pt

        place = (Pt(CONTENT.left), Pt(CONTENT.top), Pt(CONTENT.width), Pt(CONTENT.height))
        chart = SlideChart(data, self._wording, self._language)
        frame = page.shapes.add_chart(XL_CHART_TYPE.LINE, *place, chart)  # of the kind that `chart` is
        frame._element.nvGraphicFramePr.cNvPr.set("descr", writable(data.alt))

    # --- XML

    def _text_box(self, number: int, shape: TextBox) -> str:
        """Return the XML of a text box; `number` identifies it on its slide."""
        body = self._body(
            shape.texts, "p:txBody", PADDING if shape.fill and shape.texts else 0, "ctr" if shape.middle else "t"
        )
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
        words = escape(writable(line))
        if not words:
            return f"<a:p>{shape}<a:endParaRPr {look}/></a:p>"
        run = f"<a:rPr {look}>{_fill(text.colour)}</a:rPr><a:t>{words}</a:t>"
        if line == _NUMBER:
            return (
                f'<a:p>{shape}<a:fld id="{{8F0A1C62-3C5B-4B7E-9A43-6C1C3F6B2D10}}" type="slidenum">{run}</a:fld></a:p>'
            )
        return f"<a:p>{shape}<a:r>{run}</a:r></a:p>"


def runs_left(text: str) -> bool:
    """Return whether text runs from right to left, which its first letter decides, as in the Unicode standard."""
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((direction for direction in directions if direction in {"L", "R", "AL"}), "L") != "L"


def _frame(space: str, box: SlideBox) -> str:
    """Return the XML of the position and size of a shape. `space` is the prefix of its XML namespace, «a» or «p»."""
    return (
        f'<{space}:xfrm><a:off x="{_emu(box.left)}" y="{_emu(box.top)}"/>'
        f'<a:ext cx="{_emu(box.width)}" cy="{_emu(box.height)}"/></{space}:xfrm>'
    )


def _fill(colour: str) -> str:
    return f"<a:solidFill>{_colour(colour)}</a:solidFill>"


def _colour(colour: str) -> str:
    return f'<a:srgbClr val="{colour.removeprefix("#").upper()}"/>'


def _emu(points: float) -> int:
    """Return a length, given in points, in English Metric Units."""
    return round(points * _POINT)
