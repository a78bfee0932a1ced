"""Text boxes and tables as the XML of a slide: made in one piece, some twenty times as fast as step by step.

Lengths are points. Whatever is written is escaped, and what XML cannot hold is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from handlers.results.metrics import FONT, Letters

_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_TABLE = "http://schemas.openxmlformats.org/drawingml/2006/table"
_POINT = 12_700
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Place:
    """A box on a slide."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Ink:
    """How words are written: their letters, their colour, their language."""

    letters: Letters
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


def box(number: int, place: Place, text: str, ink: Ink, fill: str = "") -> str:
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
    place: Place,
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


def _frame(space: str, place: Place) -> str:
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
