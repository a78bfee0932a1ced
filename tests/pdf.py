"""What a PDF file shows: how many pages it has, the lines that can be searched for, and its pages as pictures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import closing

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

_UNSEEN = re.compile("[\u200b\u200e\u200f\u2066-\u2069\ufeff\ufffe]")
"""Marks of direction, places where a long word may be broken, and hyphens there (U+FFFE): no part of the text."""


def pages(pdf: bytes) -> int:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return len(document)


def words(pdf: bytes) -> list[str]:
    """The lines that a reader can select and search for, on all pages."""
    return [line for page in page_words(pdf) for line in page]


def page_words(pdf: bytes) -> list[list[str]]:
    """The lines of each page, composed, with a plain space for every kind of it."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [list(_lines(page.get_textpage().get_text_range())) for page in document]


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        plain = " ".join(unicodedata.normalize("NFC", _UNSEEN.sub("", line)).split())
        if plain:
            yield plain


def picture_of_page(pdf: bytes, page: int = 0, scale: float = 1.0) -> Image.Image:
    """A page as it is seen, with `scale` pixels to a point."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        shown: Image.Image = document[page].render(scale=scale).to_pil()
        return shown


def alternative_texts(pdf: bytes) -> list[str]:
    """What is read aloud in place of its pictures."""
    texts = re.findall(rb"/Alt(?:\(([^)]*)\)|<FEFF([0-9A-F]*)>)", pdf)
    return [plain.decode() or bytes.fromhex(wide.decode()).decode("utf-16-be") for plain, wide in texts]


def sizes_of_lines(pdf: bytes, page: int = 0) -> dict[str, float]:
    """The size of the first letter of each line of a page, in points; of lines alike, the size of the first."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        text = document[page].get_textpage()
        letters = text.get_text_range()
        lines = [line for line in letters.splitlines() if line]
        return {line: round(pdfium.FPDFText_GetFontSize(text, letters.index(line)), 1) for line in lines}


def sizes_of_sign(pdf: bytes, sign: str, page: int = 0) -> list[float]:
    """The size of each place where a sign stands on a page, in points."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        text = document[page].get_textpage()
        places = [place for place, letter in enumerate(text.get_text_range()) if letter == sign]
        return [round(pdfium.FPDFText_GetFontSize(text, place), 1) for place in places]
