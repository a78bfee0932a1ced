"""Slides on which text stays where it belongs: measured, made smaller, continued; the plenary's deck, each group's."""

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
from handlers.results.drawing.photos import USUAL_BYTES, Photo, smaller
from handlers.results.messages import Wording
from handlers.results.model import Attachment, Gathering, ResultGroup
from handlers.syntheses.messages import CARD_LABELS, LABELS
from handlers.syntheses.model import CANVAS, CARD_FIELDS, RUNNERS_UP

FONT = "Arial"
LINE = 1.2
"""From one line to the next, of the size of the letters."""
READABLE = 12
"""Points: smaller letters nobody reads from the back of a room."""
_STAND_IN = {False: 1.18, True: 1.24}  # by weight: where Arial is missing, DejaVu Sans is so much wider
_EMOJI, _FULL, _UNKNOWN = 1.4, 1.0, 0.95  # of the size: the widest fonts that stand in


@cache
def _widths(bold: bool) -> Mapping[str, int]:
    from fpdf.fonts import CORE_FONTS_CHARWIDTHS

    widths: Mapping[str, int] = CORE_FONTS_CHARWIDTHS["helveticaB" if bold else "helvetica"]
    known = {char: width for char, width in widths.items() if char.isascii() or ord(char) >= 160}
    # fpdf2 keeps what lies between under the bytes of Windows' Western alphabet.
    for byte in range(128, 160):
        char = bytes([byte]).decode("cp1252", errors="ignore")
        if char and chr(byte) in widths:
            known[char] = widths[chr(byte)]
    return known


@lru_cache(maxsize=4096)
def _advance(char: str, bold: bool) -> float:
    """The width of a character, of the size."""
    known = _widths(bold)
    if char in known:
        return known[char] / 1000 * _STAND_IN[bold]
    category = unicodedata.category(char)
    if category in {"Mn", "Me", "Cf", "Cc"}:
        return 0.0
    letter = unicodedata.normalize("NFD", char)[0]
    if letter in known:
        return known[letter] / 1000 * _STAND_IN[bold]  # an accent makes no letter wider
    if category in {"So", "Sk", "Cs", "Co"} or ord(char) > 0x1F000:
        return _EMOJI
    return _FULL if unicodedata.east_asian_width(char) in {"W", "F"} else _UNKNOWN


class SlideLetters:
    """Arial of one size, in points."""

    def __init__(self, size: float, *, bold: bool = False) -> None:
        self.size = size
        self.bold = bold

    def width(self, text: str) -> float:
        """How many points `text` takes on one line, at most."""
        return sum(_advance(char, self.bold) for char in text) * self.size

    @property
    def leading(self) -> float:
        """Points from one line to the next."""
        return self.size * LINE

    def lines(self, text: str, width: float) -> list[str]:
        """`text` in lines of a width, in points; put together again they are the text.

        A word longer than a line is broken, as every program does; what stands on several lines stays so.
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
    """The text of lines that follow one another."""
    return "".join(lines).rstrip()


def largest(
    texts: Sequence[str], width: float, height: float, sizes: Sequence[float], *, bold: bool = False
) -> SlideLetters:
    """The largest of some sizes, in points, at which texts one below the other stay within a box; else the last."""
    for size in sizes:
        letters = SlideLetters(size, bold=bold)
        if sum(len(letters.lines(text, width)) for text in texts) * letters.leading <= height:
            break
    return letters


def pages(text: str, width: float, height: float, letters: SlideLetters) -> list[str]:
    """`text` in parts that each fit a box, at least one; between two parts nothing is lost."""
    lines, room = letters.lines(text, width), max(1, int(height / letters.leading))
    return [together(lines[start : start + room]) for start in range(0, len(lines), room)]


# --- Text boxes and tables as the XML of a slide: made in one piece, some twenty times as fast as step by step.


_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_TABLE = "http://schemas.openxmlformats.org/drawingml/2006/table"
_POINT = 12_700
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class SlideBox:
    """A box on a slide."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Ink:
    """How words are written: their letters, their colour, their language."""

    letters: SlideLetters
    colour: str
    language: str


@dataclass(frozen=True, slots=True)
class TableCell:
    """Words in a table, and what is behind them."""

    text: str
    ink: Ink
    fill: str


def body(text: str, ink: Ink, tag: str = "p:txBody") -> str:
    """Paragraphs, a line of `text` each; lines as far apart as was measured, and nothing that fits itself."""
    paragraphs = "".join(_paragraph(line, ink) for line in text.split("\n"))
    space = _SPACES if tag == "p:txBody" else ""
    insets = 'wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"' if space else ""
    fitting = "<a:noAutofit/>" if space else ""
    return f"<{tag} {space}><a:bodyPr {insets}>{fitting}</a:bodyPr><a:lstStyle/>{paragraphs}</{tag}>"


def box(number: int, place: SlideBox, text: str, ink: Ink, fill: str = "") -> str:
    """A text box, `number` within its slide; with a `fill`, a panel."""
    filled = _fill(fill) if fill else "<a:noFill/>"
    return (
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name="Text {number}"/><p:cNvSpPr txBox="1"/><p:nvPr/>'
        f"</p:nvSpPr><p:spPr>{_frame('a', place)}"
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{filled}</p:spPr>{body(text, ink)}</p:sp>'
    )


def writable(text: str) -> str:
    """`text` without what XML cannot hold."""
    return _UNWRITABLE.sub("", text)


def background(colour: str) -> str:
    """What is behind a whole slide."""
    return f"<p:bg {_SPACES}><p:bgPr>{_fill(colour)}<a:effectLst/></p:bgPr></p:bg>"


def table(
    number: int,
    place: SlideBox,
    widths: Sequence[float],
    rows: Sequence[tuple[float, Sequence[TableCell]]],
    padding: float,
) -> str:
    """A table whose first row and column are headings; rows come with their heights."""
    columns = "".join(f'<a:gridCol w="{_emu(width)}"/>' for width in widths)
    lines = "".join(
        f'<a:tr h="{_emu(height)}">{"".join(_cell(cell, padding) for cell in cells)}</a:tr>' for height, cells in rows
    )
    return (
        f'<p:graphicFrame {_SPACES}><p:nvGraphicFramePr><p:cNvPr id="{number}" name="Table {number}"/>'
        '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
        f'{_frame("p", place)}<a:graphic><a:graphicData uri="{_TABLE}"><a:tbl><a:tblPr firstRow="1" firstCol="1"/>'
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
    way = 'algn="r" rtl="1"' if runs_left(line) else 'algn="l"'
    shape = (
        f'<a:pPr {way}><a:lnSpc><a:spcPts val="{leading}"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef>'
        f'<a:spcAft><a:spcPts val="0"/></a:spcAft><a:buNone/></a:pPr>'
    )
    look = f'lang="{ink.language}" sz="{size}" b="{int(ink.letters.bold)}" dirty="0"'
    words = escape(writable(line))
    if not words:
        return f"<a:p>{shape}<a:endParaRPr {look}/></a:p>"
    font = f'{_fill(ink.colour)}<a:latin typeface="{FONT}"/><a:cs typeface="{FONT}"/>'
    return f"<a:p>{shape}<a:r><a:rPr {look}>{font}</a:rPr><a:t>{words}</a:t></a:r></a:p>"


def _frame(space: str, place: SlideBox) -> str:
    return (
        f'<{space}:xfrm><a:off x="{_emu(place.left)}" y="{_emu(place.top)}"/>'
        f'<a:ext cx="{_emu(place.width)}" cy="{_emu(place.height)}"/></{space}:xfrm>'
    )


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour.removeprefix("#").upper()}"/></a:solidFill>'


def _emu(points: float) -> int:
    return round(points * _POINT)


def runs_left(text: str) -> bool:
    """Whether text is written from right to left: by its first letter, as the Unicode standard has it."""
    ways = (unicodedata.bidirectional(char) for char in text)
    return next((way for way in ways if way in {"L", "R", "AL"}), "L") != "L"


# --- Slides on which text stays where it belongs: measured first, made smaller down to what is readable, then
#     continued.


WIDTH, HEIGHT = 960.0, 540.0
MARGIN = 44.0
INSIDE = WIDTH - 2 * MARGIN
TOP, BOTTOM = 112.0, HEIGHT - 40.0
_TITLES, _CELL_SIZES = (34, 30, 26, 22, 18, 16, 14, READABLE), (18, 16, 14, READABLE)
_PADDING = 8.0
_LANGUAGES = {"fr": "fr-FR", "en": "en-GB", "de": "de-DE"}


class SlideDeck:
    """A deck to be. `foot` stands small on every slide; `more` is what a slide that goes on says after its title."""

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
            self._title(slide, _begun(said, INSIDE, 150, letters), SlideBox(MARGIN, 80, INSIDE, 150), letters, PAPER)
            self._text(slide, part, SlideBox(MARGIN, 260, INSIDE, 210), words, PAPER)

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
                self._text(slide, part, SlideBox(MARGIN, TOP, INSIDE, main_height), letters, INK)
            if more:
                below = SlideBox(MARGIN, TOP + (BOTTOM - TOP) * 0.66, INSIDE, (BOTTOM - TOP) * 0.32)
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
                self._text(slide, "", SlideBox(left, top, width, height), heading, DEEP, TINT)
                named = _begun(name, inner, head, heading)
                self._text(slide, named, SlideBox(left + _PADDING, top + _PADDING, inner, head), heading, DEEP)
                below = SlideBox(left + _PADDING, top + _PADDING + head, inner, room)
                self._text(slide, parts[place][again], below, letters, INK)

    def table(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
        """Slides with a table whose first column names its rows; long rows go on in the next slide.

        Cells that say `empty` look empty.
        """
        first = INSIDE * 0.17
        widths = [first, *[(INSIDE - first) / (len(heads) - 1)] * (len(heads) - 1)]
        inner = [width - 2 * _PADDING for width in widths]
        for size in _CELL_SIZES:
            letters = SlideLetters(size, bold=True)  # the first column is bold, so all are measured so
            sheets = list(_sheets(rows, inner, letters, SlideLetters(size), _header(heads, inner, letters)))
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
        self._title(slide, _begun(said, INSIDE, 56, letters), SlideBox(MARGIN, 36, INSIDE, 56), letters, DEEP)
        foot = SlideLetters(READABLE)
        line = _begun(self._foot, INSIDE, foot.leading, foot)
        self._text(slide, line, SlideBox(MARGIN, HEIGHT - 28, INSIDE, foot.leading), foot, MUTED)
        return slide

    def _title(self, slide: Any, text: str, place: SlideBox, letters: SlideLetters, fill: str) -> None:
        from pptx.oxml import parse_xml
        from pptx.util import Pt

        shape = slide.shapes.title
        shape.left, shape.top = Pt(place.left), Pt(place.top)
        shape.width, shape.height = Pt(place.width), Pt(place.height)
        old = (
            shape._element.txBody
        )  # python-pptx writes paragraphs step by step, which takes a deck of hundreds minutes
        old.getparent().replace(old, parse_xml(body(text, self._ink(letters, fill))))

    def _text(self, slide: Any, text: str, place: SlideBox, letters: SlideLetters, fill: str, behind: str = "") -> None:
        self._draw(slide, box(self._number(slide), place, text, self._ink(letters, fill), behind))

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
            written = [
                TableCell(said, self._ink(usual, INK), TINT)
                if said != empty
                else TableCell(said, self._ink(usual, MUTED), PAPER)
                for said in cells
            ]
            rows.append((height, [TableCell(name, self._ink(bold, INK), TINT), *written]))
        place = SlideBox(MARGIN, TOP, INSIDE, sum(height for height, _cells in rows))
        self._draw(slide, table(self._number(slide), place, widths, rows, _PADDING))


@dataclass(frozen=True, slots=True)
class _TableSlide:
    """A slide's worth of a table: how high its heading is, and its rows with their heights."""

    head: float
    rows: Sequence[tuple[float, Sequence[str]]]


def _header(heads: Sequence[str], inner: Sequence[float], letters: SlideLetters) -> float:
    lines = max(len(letters.lines(head, width)) for head, width in zip(heads, inner, strict=True))
    return lines * letters.leading + 2 * _PADDING


def _sheets(
    rows: Sequence[Sequence[str]], inner: Sequence[float], bold: SlideLetters, usual: SlideLetters, head: float
) -> Iterator[_TableSlide]:
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
        for start in range(0, high, fitting):  # a row higher than a slide goes on, under its name
            if start:
                yield _TableSlide(head, sheet)
                sheet, left = [], room
            part = [
                together((lines[0] if column == 0 else each[start : start + fitting])[:fitting])
                for column, each in enumerate(lines)
            ]
            height = min(fitting, max(len(lines[0]), high - start)) * usual.leading + 2 * _PADDING
            sheet.append((height, part))
            left -= height
    yield _TableSlide(head, sheet)


def _size(letters: SlideLetters) -> float:
    return letters.size


def _begun(text: str, width: float, height: float, letters: SlideLetters) -> str:
    """As much of the beginning of a title as a box takes, with an ellipsis where that is not all."""
    first, *rest = pages(text, width, height, letters)
    while rest and len(pages(f"{first}…", width, height, letters)) > 1:
        first = first[:-1].rstrip()
    return f"{first}…" if rest else first


# --- Decks: one for the plenary with every group, and each group's own, which shows the same of it.


ReadFile = Callable[[Attachment], bytes | None]
"""What gives the content of an attachment; None where it is gone."""


def plenary(whole: Gathering, wording: Wording, charts: Sequence[Chart], read: ReadFile, *, most: int | None) -> bytes:
    """A deck of the whole: what was done, then group after group. `most` are the bytes its photos may take."""
    photos = sum(len(group.pictures) for group in whole.groups)
    each = USUAL_BYTES if most is None else min(USUAL_BYTES, most // max(1, photos))
    deck = _deck(wording)
    count, ideas = len(whole.groups), sum(len(group.ideas) for group in whole.groups)
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
    for group in whole.groups:
        _add(deck, whole, group, wording, read, each)
    return deck.content()


def own(whole: Gathering, group: ResultGroup, wording: Wording, read: ReadFile) -> bytes:
    """The deck of one group."""
    deck = _deck(wording)
    _add(deck, whole, group, wording, read, USUAL_BYTES)
    return deck.content()


def _deck(wording: Wording) -> SlideDeck:
    return SlideDeck(title=wording.name, foot=wording.name, more=wording.say(_("(continued)")), locale=wording.locale)


def _add(
    deck: SlideDeck, whole: Gathering, group: ResultGroup, wording: Wording, read: ReadFile, photo_bytes: int
) -> None:
    say = wording.say
    called = wording.group(whole, group)
    people = [
        f"{member.name} ({wording.territory(member.territory)})" if member.territory else member.name
        for member in group.members
    ]
    deck.opening(called, [say(_("Theme: {theme}", theme=wording.theme(whole, group.theme))), "", *people])
    challenge, solution = whole.current(group, "challenge"), whole.current(group, "solution")
    runners_up = challenge.get(RUNNERS_UP, "")
    beneath = f"{say(_('Also proposed:'))}\n{runners_up}" if runners_up else ""
    missing = say(_("Not written down yet."))
    deck.statement(_titled(called, say(_("Our challenge"))), challenge.get("sentence") or missing, beneath)
    deck.statement(_titled(called, say(_("Our solution"))), solution.get("idea") or missing)
    if any(solution.get(name) for name in CANVAS):
        fields = [(say(LABELS[name]), solution.get(name) or "–") for name in CANVAS]
        deck.fields(_titled(called, say(_("How it works"))), fields)
    grid, empty = group.grid, say(_("still open"))
    if grid.territories:
        heads = [say(_("Territory")), *(say(CARD_LABELS[name]) for name in CARD_FIELDS)]
        rows = [
            [
                wording.territory(code),
                *(
                    "\n".join(card.said(name) for card in grid.cards[code] if card.said(name)) or empty
                    for name in CARD_FIELDS
                ),
            ]
            for code in wording.sorted_territories(grid.territories)
        ]
        deck.table(_titled(called, say(_("In our territories"))), heads, rows, empty=empty)
    for attachment in group.pictures:
        content = read(attachment)
        photo = smaller(content, photo_bytes) if content else None
        if photo:
            alt = say(
                _(
                    "A photo of the group's sheet of paper, from the phase «{phase}»",
                    phase=wording.phase(whole, attachment.phase),
                )
            )
            deck.picture(_titled(called, wording.phase(whole, attachment.phase)), photo, alt)


def _titled(group: str, subject: str) -> str:
    """What a slide is called: its subject, after whose it is."""
    return f"{subject} · {group}"
