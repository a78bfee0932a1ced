"""Writes slides (PPTX): those of all groups for the plenary, and those of one group.

Text stays within its box: it is measured, made smaller down to a readable size, then continued on another slide.
Lengths are in points.
"""

from __future__ import annotations

import io
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import zip_longest
from typing import Any
from xml.sax.saxutils import escape

from bot.content.texts import _, _n
from bot.drawing.typesetting import DEEP, INK, MUTED, PAPER, TINT
from handlers.results.drawing.charts import Chart
from handlers.results.drawing.photos import USUAL_BYTES, Photo, reduce_photo
from handlers.results.messages import Wording
from handlers.results.model import Attachment, ResultGroup, WorkshopResults
from handlers.syntheses.messages import CARD_LABELS, LABELS
from handlers.syntheses.model import CANVAS, CARD_FIELDS, RUNNERS_UP

FONT = "Arial"
LINE = 1.2
"""The distance from one line to the next, as a multiple of the size of the letters."""
READABLE = 12
"""The smallest size, in points, that can be read from the back of a room."""
_STAND_IN = {False: 1.18, True: 1.24}  # by weight: how much wider DejaVu Sans is, which replaces a missing Arial
_EMOJI, _FULL, _UNKNOWN = 1.4, 1.0, 0.95  # widths, as a multiple of the size, in the widest fonts that replace Arial


@cache
def _widths(bold: bool) -> Mapping[str, int]:
    """Return the widths of characters in Helvetica, which are those in Arial, in thousandths of the size."""
    from fpdf.fonts import CORE_FONTS_CHARWIDTHS

    widths: Mapping[str, int] = CORE_FONTS_CHARWIDTHS["helveticaB" if bold else "helvetica"]
    by_character = {char: width for char, width in widths.items() if char.isascii() or ord(char) >= 160}
    # fpdf2 stores the characters between under their bytes in Windows-1252.
    for byte in range(128, 160):
        char = bytes([byte]).decode("cp1252", errors="ignore")
        if char and chr(byte) in widths:
            by_character[char] = widths[chr(byte)]
    return by_character


@lru_cache(maxsize=4096)
def _advance(char: str, bold: bool) -> float:
    """Return the largest width that a character can have, as a multiple of the size of the letters."""
    widths = _widths(bold)
    if char in widths:
        return widths[char] / 1000 * _STAND_IN[bold]
    category = unicodedata.category(char)
    if category in {"Mn", "Me", "Cf", "Cc"}:
        return 0.0
    letter = unicodedata.normalize("NFD", char)[0]
    if letter in widths:
        return widths[letter] / 1000 * _STAND_IN[bold]  # an accent makes no letter wider
    if category in {"So", "Sk", "Cs", "Co"} or ord(char) > 0x1F000:
        return _EMOJI
    return _FULL if unicodedata.east_asian_width(char) in {"W", "F"} else _UNKNOWN


class SlideLetters:
    """The letters of Arial in one size (in points), with which text is measured."""

    def __init__(self, size: float, *, bold: bool = False) -> None:
        self.size = size
        self.bold = bold

    def width(self, text: str) -> float:
        """Return the largest width that `text` can have on one line."""
        return sum(_advance(char, self.bold) for char in text) * self.size

    @property
    def leading(self) -> float:
        """The distance from one line to the next."""
        return self.size * LINE

    def lines(self, text: str, width: float) -> list[str]:
        """Break `text` into lines that are no wider than `width`. `together` joins the lines again.

        A word longer than a line is broken. Line breaks of the text are kept.
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
    """Return the text of consecutive lines that `SlideLetters.lines` returned."""
    return "".join(lines).rstrip()


def largest(
    texts: Sequence[str], width: float, height: float, sizes: Sequence[float], *, bold: bool = False
) -> SlideLetters:
    """Return the letters of the first of `sizes` at which all texts, one below the other, fit a box.

    If no size is small enough, return those of the last size.
    """
    for size in sizes:
        letters = SlideLetters(size, bold=bold)
        if sum(len(letters.lines(text, width)) for text in texts) * letters.leading <= height:
            break
    return letters


def pages(text: str, width: float, height: float, letters: SlideLetters) -> list[str]:
    """Break `text` into parts that each fit a box of this size. There is at least one part."""
    lines, room = letters.lines(text, width), max(1, int(height / letters.leading))
    return [together(lines[start : start + room]) for start in range(0, len(lines), room)]


# --- Text boxes and tables as the XML of a slide. To write it in one piece is some twenty times as fast as python-pptx.


_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_TABLE = "http://schemas.openxmlformats.org/drawingml/2006/table"
_POINT = 12_700
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class SlideBox:
    """A rectangle on a slide, in points."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Ink:
    """How text is written: its letters, its colour («#rrggbb») and its language («fr-FR»)."""

    letters: SlideLetters
    colour: str
    language: str


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table: its text, how it is written, and the colour behind it (`fill`)."""

    text: str
    ink: Ink
    fill: str


def body(text: str, ink: Ink, tag: str = "p:txBody") -> str:
    """Return the XML of a text, with a paragraph for each of its lines, in an element `tag`.

    Lines are as far apart as was measured, and programs may not resize the text to fit its box.
    """
    paragraphs = "".join(_paragraph(line, ink) for line in text.split("\n"))
    space = _SPACES if tag == "p:txBody" else ""
    insets = 'wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"' if space else ""
    fitting = "<a:noAutofit/>" if space else ""
    return f"<{tag} {space}><a:bodyPr {insets}>{fitting}</a:bodyPr><a:lstStyle/>{paragraphs}</{tag}>"


def text_box(number: int, box: SlideBox, text: str, ink: Ink, fill: str = "") -> str:
    """Return the XML of a text box.

    `number` identifies it on its slide; `fill` is the colour behind it, '' for none.
    """
    filled = _fill(fill) if fill else "<a:noFill/>"
    return (
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name="Text {number}"/><p:cNvSpPr txBox="1"/><p:nvPr/>'
        f"</p:nvSpPr><p:spPr>{_frame('a', box)}"
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{filled}</p:spPr>{body(text, ink)}</p:sp>'
    )


def writable(text: str) -> str:
    """Return `text` without the characters that XML cannot hold."""
    return _UNWRITABLE.sub("", text)


def background(colour: str) -> str:
    """Return the XML that gives a slide a background colour."""
    return f"<p:bg {_SPACES}><p:bgPr>{_fill(colour)}<a:effectLst/></p:bgPr></p:bg>"


def table(
    number: int,
    box: SlideBox,
    widths: Sequence[float],
    rows: Sequence[tuple[float, Sequence[TableCell]]],
    padding: float,
) -> str:
    """Return the XML of a table whose first row and first column are headings.

    `number` identifies it on its slide. `widths` are those of the columns; each of `rows` is a height and the cells of
    the row.
    """
    columns = "".join(f'<a:gridCol w="{_emu(width)}"/>' for width in widths)
    lines = "".join(
        f'<a:tr h="{_emu(height)}">{"".join(_cell(cell, padding) for cell in cells)}</a:tr>' for height, cells in rows
    )
    return (
        f'<p:graphicFrame {_SPACES}><p:nvGraphicFramePr><p:cNvPr id="{number}" name="Table {number}"/>'
        '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
        f'{_frame("p", box)}<a:graphic><a:graphicData uri="{_TABLE}"><a:tbl><a:tblPr firstRow="1" firstCol="1"/>'
        f"<a:tblGrid>{columns}</a:tblGrid>{lines}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )


def _cell(cell: TableCell, padding: float) -> str:
    inset = _emu(padding)
    edges = "".join(f'<a:ln{side} w="{_POINT}">{_fill("#ffffff")}</a:ln{side}>' for side in "LRTB")
    return (
        f'<a:tc>{body(cell.text, cell.ink, "a:txBody")}<a:tcPr marL="{inset}" marR="{inset}" marT="{inset}"'
        f' marB="{inset}" anchor="t">{edges}{_fill(cell.fill)}</a:tcPr></a:tc>'
    )


def _paragraph(line: str, ink: Ink) -> str:
    leading, size = round(ink.letters.leading * 100), round(ink.letters.size * 100)
    direction = 'algn="r" rtl="1"' if runs_left(line) else 'algn="l"'
    shape = (
        f'<a:pPr {direction}><a:lnSpc><a:spcPts val="{leading}"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef>'
        f'<a:spcAft><a:spcPts val="0"/></a:spcAft><a:buNone/></a:pPr>'
    )
    look = f'lang="{ink.language}" sz="{size}" b="{int(ink.letters.bold)}" dirty="0"'
    words = escape(writable(line))
    if not words:
        return f"<a:p>{shape}<a:endParaRPr {look}/></a:p>"
    font = f'{_fill(ink.colour)}<a:latin typeface="{FONT}"/><a:cs typeface="{FONT}"/>'
    return f"<a:p>{shape}<a:r><a:rPr {look}>{font}</a:rPr><a:t>{words}</a:t></a:r></a:p>"


def _frame(space: str, box: SlideBox) -> str:
    """Return the XML of the position and size of a shape. `space` is the prefix of its XML namespace, «a» or «p»."""
    return (
        f'<{space}:xfrm><a:off x="{_emu(box.left)}" y="{_emu(box.top)}"/>'
        f'<a:ext cx="{_emu(box.width)}" cy="{_emu(box.height)}"/></{space}:xfrm>'
    )


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour.removeprefix("#").upper()}"/></a:solidFill>'


def _emu(points: float) -> int:
    """Return a length, given in points, in English Metric Units, the unit of slides."""
    return round(points * _POINT)


def runs_left(text: str) -> bool:
    """Return whether text runs from right to left, which its first letter decides, as in the Unicode standard."""
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((direction for direction in directions if direction in {"L", "R", "AL"}), "L") != "L"


# --- Slides whose text stays within its boxes: measured first, made smaller while readable, then continued.


WIDTH, HEIGHT = 960.0, 540.0
MARGIN = 44.0
INSIDE = WIDTH - 2 * MARGIN
TOP, BOTTOM = 112.0, HEIGHT - 40.0
_TITLES, _CELL_SIZES = (34, 30, 26, 22, 18, 16, 14, READABLE), (18, 16, 14, READABLE)
_PADDING = 8.0
_LANGUAGES = {"fr": "fr-FR", "en": "en-GB", "de": "de-DE"}


class SlideDeck:
    """Builds a file of slides. `foot` is the small text on every slide.

    `more` is added to the title of a slide that continues the one before, «(continued)».
    """

    def __init__(self, *, title: str, foot: str, more: str, locale: str) -> None:
        from pptx import Presentation
        from pptx.util import Pt

        self._deck = Presentation()
        self._deck.slide_width, self._deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
        self._deck.core_properties.title = title
        self._deck.core_properties.language = locale
        self._layout = next(layout for layout in self._deck.slide_layouts if layout.name == "Title Only")
        self._foot, self._more = foot, more
        self._language = _LANGUAGES.get(locale, locale)

    def content(self) -> bytes:
        """Return the file with all slides."""
        target = io.BytesIO()
        self._deck.save(target)
        return target.getvalue()

    # --- slides

    def opening(self, title: str, lines: Sequence[str]) -> None:
        """Add a dark blue slide with a large title and lines below it; more slides if they do not fit."""
        sizes = (44, 40, 36, 32, 28, 24, 20, 16, READABLE)
        letters = largest([title], INSIDE, 150, sizes, bold=True)
        text = "\n".join(lines)
        words = largest([text], INSIDE, 210, (24, 22, 20, 18, 16, 14, READABLE))
        for index, part in enumerate(pages(text, INSIDE, 210, words)):
            slide = self._deck.slides.add_slide(self._layout)
            self._fill(slide, DEEP)
            heading = f"{title} {self._more}" if index else title
            self._title(slide, _begun(heading, INSIDE, 150, letters), SlideBox(MARGIN, 80, INSIDE, 150), letters, PAPER)
            self._text(slide, part, SlideBox(MARGIN, 260, INSIDE, 210), words, PAPER)

    def statement(self, title: str, text: str, beneath: str = "", sizes: Sequence[int] = (40, 36, 32, 28, 24)) -> None:
        """Add a slide with a short text in letters as large as fit, and a smaller text `beneath` it.

        `sizes` are the sizes that are tried first. More slides are added if the texts do not fit.
        """
        all_sizes = [*sizes, *(size for size in (20, 18, 16, 14) if size < sizes[-1]), READABLE]
        main_height = (BOTTOM - TOP) * (0.62 if beneath else 1.0)
        letters = largest([text], INSIDE, main_height, all_sizes)
        parts = pages(text, INSIDE, main_height, letters)
        small = largest([beneath], INSIDE, (BOTTOM - TOP) * 0.32, (20, 18, 16, 14, READABLE))
        rest = pages(beneath, INSIDE, (BOTTOM - TOP) * 0.32, small) if beneath else []
        for index, (part, more) in enumerate(zip_longest(parts, rest, fillvalue="")):
            slide = self._slide(title, again=index > 0)
            if part:
                self._text(slide, part, SlideBox(MARGIN, TOP, INSIDE, main_height), letters, INK)
            if more:
                below = SlideBox(MARGIN, TOP + (BOTTOM - TOP) * 0.66, INSIDE, (BOTTOM - TOP) * 0.32)
                self._text(slide, more, below, small, MUTED)

    def fields(self, title: str, fields: Sequence[tuple[str, str]], columns: int = 3) -> None:
        """Add a slide of boxes, each with a heading and a text, in this number of columns.

        A text that does not fit continues on the next slide, in the box at the same place.
        """
        rows = -(-len(fields) // columns)
        width = (INSIDE - (columns - 1) * 14) / columns
        height = (BOTTOM - TOP - (rows - 1) * 14) / rows
        inner, head = width - 2 * _PADDING, 30.0
        room = height - head - 2 * _PADDING
        heading = min(
            (largest([name], inner, head, (16, 14, 13, READABLE), bold=True) for name, _text in fields), key=_size
        )
        letters = min((largest([text], inner, room, _CELL_SIZES) for _name, text in fields), key=_size)
        parts = [pages(text, inner, room, letters) for _name, text in fields]
        for again in range(max(map(len, parts))):
            slide = self._slide(title, again=again > 0)
            for index, (name, _text) in enumerate(fields):
                if again and again >= len(parts[index]):
                    continue
                row, column = divmod(index, columns)
                left, top = MARGIN + column * (width + 14), TOP + row * (height + 14)
                self._text(slide, "", SlideBox(left, top, width, height), heading, DEEP, TINT)
                shown = _begun(name, inner, head, heading)
                self._text(slide, shown, SlideBox(left + _PADDING, top + _PADDING, inner, head), heading, DEEP)
                below = SlideBox(left + _PADDING, top + _PADDING + head, inner, room)
                self._text(slide, parts[index][again], below, letters, INK)

    def table(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
        """Add a slide with a table, whose first column names the rows; more slides if it does not fit.

        Cells whose text is `empty` are drawn pale.
        """
        first = INSIDE * 0.17
        widths = [first, *[(INSIDE - first) / (len(heads) - 1)] * (len(heads) - 1)]
        inner = [width - 2 * _PADDING for width in widths]
        for size in _CELL_SIZES:
            letters = SlideLetters(size, bold=True)
            sheets = list(_sheets(rows, inner, letters, SlideLetters(size), _header(heads, inner, letters)))
            if len(sheets) == 1:
                break
        for again, sheet in enumerate(sheets):
            slide = self._slide(title, again=again > 0)
            self._draw_table(slide, heads, sheet, widths, letters, empty)

    def picture(self, title: str, photo: Photo, alt: str) -> None:
        """Add a slide with one picture as large as fits. `alt` is its alternative text."""
        from pptx.util import Pt

        slide = self._slide(title)
        scale = min(INSIDE / photo.width, (BOTTOM - TOP) / photo.height)
        width, height = photo.width * scale, photo.height * scale
        shown = slide.shapes.add_picture(
            io.BytesIO(photo.content), Pt((WIDTH - width) / 2), Pt(TOP), Pt(width), Pt(height)
        )
        shown._element.nvPicPr.cNvPr.set("descr", alt)  # python-pptx has no public way to set it

    # --- parts of slides

    def _slide(self, title: str, *, again: bool = False) -> Any:
        slide = self._deck.slides.add_slide(self._layout)
        heading = f"{title} {self._more}" if again else title
        letters = largest([heading], INSIDE, 56, _TITLES, bold=True)
        self._title(slide, _begun(heading, INSIDE, 56, letters), SlideBox(MARGIN, 36, INSIDE, 56), letters, DEEP)
        foot = SlideLetters(READABLE)
        line = _begun(self._foot, INSIDE, foot.leading, foot)
        self._text(slide, line, SlideBox(MARGIN, HEIGHT - 28, INSIDE, foot.leading), foot, MUTED)
        return slide

    def _title(self, slide: Any, text: str, box: SlideBox, letters: SlideLetters, fill: str) -> None:
        from pptx.oxml import parse_xml
        from pptx.util import Pt

        shape = slide.shapes.title
        shape.left, shape.top = Pt(box.left), Pt(box.top)
        shape.width, shape.height = Pt(box.width), Pt(box.height)
        # python-pptx writes paragraphs step by step, which takes minutes for hundreds of slides.
        old = shape._element.txBody
        old.getparent().replace(old, parse_xml(body(text, self._ink(letters, fill))))

    def _text(self, slide: Any, text: str, box: SlideBox, letters: SlideLetters, fill: str, behind: str = "") -> None:
        self._draw(slide, text_box(self._number(slide), box, text, self._ink(letters, fill), behind))

    def _ink(self, letters: SlideLetters, fill: str) -> Ink:
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
        self,
        slide: Any,
        heads: Sequence[str],
        sheet: _TableSlide,
        widths: Sequence[float],
        bold: SlideLetters,
        empty: str,
    ) -> None:
        usual = SlideLetters(bold.size)
        first = [TableCell(head, self._ink(bold, PAPER), DEEP) for head in heads]
        rows: list[tuple[float, Sequence[TableCell]]] = [(sheet.head, first)]
        for height, (name, *cells) in sheet.rows:
            drawn = [
                TableCell(text, self._ink(usual, INK), TINT)
                if text != empty
                else TableCell(text, self._ink(usual, MUTED), PAPER)
                for text in cells
            ]
            rows.append((height, [TableCell(name, self._ink(bold, INK), TINT), *drawn]))
        box = SlideBox(MARGIN, TOP, INSIDE, sum(height for height, _cells in rows))
        self._draw(slide, table(self._number(slide), box, widths, rows, _PADDING))


@dataclass(frozen=True, slots=True)
class _TableSlide:
    """The part of a table that stands on one slide.

    `head` is the height of its heading; `rows` are heights and texts of its rows.
    """

    head: float
    rows: Sequence[tuple[float, Sequence[str]]]


def _header(heads: Sequence[str], inner: Sequence[float], letters: SlideLetters) -> float:
    """Return the height that the heading of a table needs."""
    lines = max(len(letters.lines(head, width)) for head, width in zip(heads, inner, strict=True))
    return lines * letters.leading + 2 * _PADDING


def _sheets(
    rows: Sequence[Sequence[str]], inner: Sequence[float], bold: SlideLetters, usual: SlideLetters, head: float
) -> Iterator[_TableSlide]:
    """Yield the parts of a table, one for each slide.

    `inner` are the widths of columns without padding, `head` is the height of the heading.
    """
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
            yield _TableSlide(head, sheet)
            sheet, left = [], room
        fitting = int((room - 2 * _PADDING) / usual.leading)
        for start in range(0, high, fitting):  # a row higher than a slide continues, under its name
            if start:
                yield _TableSlide(head, sheet)
                sheet, left = [], room
            part = [
                together((lines[0] if column == 0 else cell[start : start + fitting])[:fitting])
                for column, cell in enumerate(lines)
            ]
            height = min(fitting, max(len(lines[0]), high - start)) * usual.leading + 2 * _PADDING
            sheet.append((height, part))
            left -= height
    yield _TableSlide(head, sheet)


def _size(letters: SlideLetters) -> float:
    return letters.size


def _begun(text: str, width: float, height: float, letters: SlideLetters) -> str:
    """Return a title, or as much of its beginning as fits a box, with an ellipsis."""
    first, *rest = pages(text, width, height, letters)
    while rest and len(pages(f"{first}…", width, height, letters)) > 1:
        first = first[:-1].rstrip()
    return f"{first}…" if rest else first


# --- The slides of all groups for the plenary, and those of one group, which show the same of it.


ReadFile = Callable[[Attachment], bytes | None]
"""A function that returns the content of an attachment, or None if its file is gone."""


def write_plenary_slides(
    results: WorkshopResults, wording: Wording, charts: Sequence[Chart], read: ReadFile, *, most: int | None
) -> bytes:
    """Return the slides of all groups as a file: counts and charts, then the slides of each group.

    `read` returns the content of an attachment. `most` is how many bytes the photos may take together, None for no
    limit.
    """
    photos = sum(len(group.pictures) for group in results.groups)
    photo_bytes = USUAL_BYTES if most is None else min(USUAL_BYTES, most // max(1, photos))
    deck = _deck(wording)
    count, ideas = len(results.groups), sum(len(group.ideas) for group in results.groups)
    deck.opening(
        wording.name,
        [
            wording.say(_("What the groups made")),
            wording.say(_n("{count} group", "{count} groups", count)),
            wording.say(_n("{count} idea", "{count} ideas", ideas)),
        ],
    )
    for chart in charts:
        deck.picture(chart.title, Photo(chart.content, chart.width, chart.height), chart.alt)
    for group in results.groups:
        _add_group(deck, results, group, wording, read, photo_bytes)
    return deck.content()


def write_group_slides(results: WorkshopResults, group: ResultGroup, wording: Wording, read: ReadFile) -> bytes:
    """Return the slides of one group as a file. `read` returns the content of an attachment."""
    deck = _deck(wording)
    _add_group(deck, results, group, wording, read, USUAL_BYTES)
    return deck.content()


def _deck(wording: Wording) -> SlideDeck:
    # L10N: It follows the title of a slide that continues the one before.
    more = wording.say(_("(continued)"))
    return SlideDeck(title=wording.name, foot=wording.name, more=more, locale=wording.locale)


def _add_group(
    deck: SlideDeck, results: WorkshopResults, group: ResultGroup, wording: Wording, read: ReadFile, photo_bytes: int
) -> None:
    say = wording.say
    title = wording.group(results, group)
    people = [
        f"{member.name} ({wording.territory(member.territory)})" if member.territory else member.name
        for member in group.members
    ]
    deck.opening(title, [say(_("Theme: {theme}", theme=wording.theme(results, group.theme))), "", *people])
    challenge, solution = results.current(group, "challenge"), results.current(group, "solution")
    runners_up = challenge.get(RUNNERS_UP, "")
    beneath = f"{say(_('Also proposed:'))}\n{runners_up}" if runners_up else ""
    missing = say(_("Not written down yet."))
    deck.statement(_titled(title, say(_("Our challenge"))), challenge.get("sentence") or missing, beneath)
    deck.statement(_titled(title, say(_("Our solution"))), solution.get("idea") or missing)
    if any(solution.get(name) for name in CANVAS):
        fields = [(say(LABELS[name]), solution.get(name) or "–") for name in CANVAS]
        deck.fields(_titled(title, say(_("How it works"))), fields)
    # L10N: A square of the grid of territories in which nobody has written anything.
    grid, empty = group.grid, say(_("still open"))
    if grid.territories:
        heads = [say(_("Territory")), *(say(CARD_LABELS[name]) for name in CARD_FIELDS)]
        rows = [
            [
                wording.territory(code),
                *(
                    "\n".join(card.text_of(name) for card in grid.cards[code] if card.text_of(name)) or empty
                    for name in CARD_FIELDS
                ),
            ]
            for code in wording.sorted_territories(grid.territories)
        ]
        deck.table(_titled(title, say(_("In our territories"))), heads, rows, empty=empty)
    for attachment in group.pictures:
        content = read(attachment)
        photo = reduce_photo(content, photo_bytes) if content else None
        if photo:
            alt = say(
                _(
                    "A photo of the group's sheet of paper, from the phase «{phase}»",
                    phase=wording.phase(results, attachment.phase),
                )
            )
            deck.picture(_titled(title, wording.phase(results, attachment.phase)), photo, alt)


def _titled(group: str, subject: str) -> str:
    """Return the title of a slide: its subject, then the title of the group."""
    return f"{subject} · {group}"
