"""Draws door lists as a PDF: a page for each group, to be read from a few steps away.

The caller gives translated words. fpdf2 is imported when something is printed. Text that the typeface cannot spell, for
instance Arabic or Chinese, is set as a picture with a font of the system.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot.drawing.printing import PrintedLetters
from bot.drawing.typesetting import DEEP, INK, MUTED, PAPER, TINT, shorten, wrap
from handlers.groups.drawing.pictures import Members

if TYPE_CHECKING:
    from fpdf import FPDF


@dataclass(frozen=True, slots=True)
class DoorList:
    """What is printed for one door: the group's title, the lines below it (room, time), and its members."""

    title: str
    lines: Sequence[str]
    members: Members


# Points, on A4.
_WIDTH, _MARGIN = 595.0, 48.0
_INSIDE = _WIDTH - 2 * _MARGIN
_BAND, _GATHERINGS = 64.0, range(20, 12, -1)
_TITLES, _TITLE_LINES = range(54, 23, -2), 3
_LINE, _NAME, _COUNTRY, _ROW = 24, 26, 19, 42.0
_A_PAGE = 12  # members on a page: so many fit below the longest title


def lists_for_doors(gathering: str, lists: Sequence[DoorList]) -> bytes:
    """Return a PDF file (A4) with one page for each group.

    A group too large for one page continues on the next, under the same title. `gathering` is the gathering's name.
    """
    from fpdf import FPDF

    from bot.drawing.print_type import spelled, typeface

    texts = [gathering, *(text for list_ in lists for text in _texts(list_)), "…"]
    with TemporaryDirectory() as folder:  # fpdf2 takes a font as a file, and reads it until the end
        file = Path(folder) / "typeface.ttf"
        font, characters = typeface(map(spelled, texts))
        file.write_bytes(font)
        pdf = FPDF(unit="pt", format="A4")
        pdf.set_auto_page_break(False)
        pdf.set_title(gathering)
        pdf.add_font("house", fname=file)
        for list_ in lists:
            for start in range(0, max(1, len(list_.members)), _A_PAGE):
                _page(pdf, characters, gathering, list_, list_.members[start : start + _A_PAGE])
        return bytes(pdf.output())


def _texts(list_: DoorList) -> Iterator[str]:
    yield list_.title
    yield from list_.lines
    for name, country in list_.members:
        yield name
        yield country


def _page(pdf: FPDF, characters: frozenset[str], gathering: str, list_: DoorList, members: Members) -> None:
    """Add a page with some of the members of a list."""
    pdf.add_page()
    pdf.set_fill_color(DEEP)
    pdf.rect(0, 0, _WIDTH, _BAND, style="F")
    sizes = [PrintedLetters(pdf, characters, size, bold=True) for size in _GATHERINGS]
    heading = next((letters for letters in sizes if letters.width(gathering) <= _INSIDE), sizes[-1])
    heading.write(_MARGIN, _BAND / 2 + heading.size / 3, shorten(gathering, _INSIDE, heading), PAPER)
    top = _title(pdf, characters, list_.title)
    line = PrintedLetters(pdf, characters, _LINE)
    for text in list_.lines:
        top += 1.4 * _LINE
        line.write(_MARGIN, top, shorten(text, _INSIDE, line), INK)
    top += 1.3 * _LINE
    names, countries = PrintedLetters(pdf, characters, _NAME, bold=True), PrintedLetters(pdf, characters, _COUNTRY)
    for index, (name, country) in enumerate(members):
        if index % 2 == 0:
            pdf.set_fill_color(TINT)
            pdf.rect(_MARGIN - 12, top, _INSIDE + 24, _ROW, style="F")
        baseline = top + _ROW / 2 + _NAME / 3
        shown = shorten(name, _INSIDE - 12 - min(countries.width(country), _INSIDE / 3), names)
        names.write(_MARGIN, baseline, shown, INK)
        beside = shorten(country, _INSIDE - 12 - names.width(shown), countries)
        countries.write(_MARGIN + _INSIDE - countries.width(beside), baseline, beside, MUTED)
        top += _ROW


def _title(pdf: FPDF, characters: frozenset[str], title: str) -> float:
    """Write the title as large as its lines allow. Returns where the text below it begins, in points from the top."""
    for size in _TITLES:
        letters = PrintedLetters(pdf, characters, size, bold=True)
        lines = list(wrap(title, _INSIDE, letters))
        if len(lines) <= (1 if size > _TITLES[len(_TITLES) // 2] else _TITLE_LINES):
            break
    baseline = _BAND + 12
    for line in lines[:_TITLE_LINES]:
        baseline += 1.2 * letters.size
        letters.write(_MARGIN, baseline, line, DEEP)
    return baseline + 6
