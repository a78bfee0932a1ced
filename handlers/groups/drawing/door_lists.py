"""Lists for the doors: a page for each group, to be read from a few steps away.

The words come from the caller, already translated. fpdf2 is imported when something is printed. What the typeface
cannot spell, Arabic or Chinese for instance, is set as a picture with a font of the system.
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
    """A page: the group's title, lines beneath it (the room), its members."""

    title: str
    lines: Sequence[str]
    members: Members


# Points, on A4.
_WIDTH, _MARGIN = 595.0, 48.0
_INSIDE = _WIDTH - 2 * _MARGIN
_BAND, _GATHERINGS = 64.0, range(20, 12, -1)
_TITLES, _TITLE_LINES = range(54, 23, -2), 3
_LINE, _NAME, _COUNTRY, _ROW = 24, 26, 19, 42.0
_A_PAGE = 12  # members: with the longest title, as many fit


def lists_for_doors(gathering: str, lists: Sequence[DoorList]) -> bytes:
    """A PDF file on A4; a group too large for one page goes on, under its title, on the next."""
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


def _texts(each: DoorList) -> Iterator[str]:
    yield each.title
    yield from each.lines
    for name, country in each.members:
        yield name
        yield country


def _page(pdf: FPDF, characters: frozenset[str], gathering: str, each: DoorList, members: Members) -> None:
    pdf.add_page()
    pdf.set_fill_color(DEEP)
    pdf.rect(0, 0, _WIDTH, _BAND, style="F")
    offered = [PrintedLetters(pdf, characters, size, bold=True) for size in _GATHERINGS]
    heading = next((each for each in offered if each.width(gathering) <= _INSIDE), offered[-1])
    heading.write(_MARGIN, _BAND / 2 + heading.size / 3, shorten(gathering, _INSIDE, heading), PAPER)
    top = _title(pdf, characters, each.title)
    line = PrintedLetters(pdf, characters, _LINE)
    for text in each.lines:
        top += 1.4 * _LINE
        line.write(_MARGIN, top, shorten(text, _INSIDE, line), INK)
    top += 1.3 * _LINE
    names, countries = PrintedLetters(pdf, characters, _NAME, bold=True), PrintedLetters(pdf, characters, _COUNTRY)
    for place, (name, country) in enumerate(members):
        if place % 2 == 0:
            pdf.set_fill_color(TINT)
            pdf.rect(_MARGIN - 12, top, _INSIDE + 24, _ROW, style="F")
        baseline = top + _ROW / 2 + _NAME / 3
        shown = shorten(name, _INSIDE - 12 - min(countries.width(country), _INSIDE / 3), names)
        names.write(_MARGIN, baseline, shown, INK)
        beside = shorten(country, _INSIDE - 12 - names.width(shown), countries)
        countries.write(_MARGIN + _INSIDE - countries.width(beside), baseline, beside, MUTED)
        top += _ROW


def _title(pdf: FPDF, characters: frozenset[str], title: str) -> float:
    """Write the title as large as its lines allow; where its last line stands."""
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
