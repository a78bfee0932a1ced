"""Tables as people exchange them: CSV of any dialect and XLSX in, CSV that spreadsheets open safely out."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.content.file_kinds import is_text_document
from bot.content.names import fold, words
from bot.files.workbooks import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_LINES,
    Row,
    TooMuch,
    first_sheet,
)

_DELIMITERS = ";,\t"
_UNSEEN = r"[\s\"\x00-\x1f\x7f-\xa0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]*"
"""What some program passes over before it looks at a cell."""
_FORMULA = rf"(?:{_UNSEEN}[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r])"
_BEGINS = re.compile(rf"(^|[,;\t\r\n])(?={_FORMULA})")
"""Where a formula would begin: in front of a text, and within it behind what another program may take for the border
of two cells."""
_DISARMED = re.compile(rf"(^|[,;\t\r\n])'(?={_FORMULA})")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that is not blank: `line` as an editor or a spreadsheet numbers it, from 1; cells as text."""

    line: int
    cells: tuple[str, ...]


class UnreadableSheet(Exception):
    """The bytes are no table we know; `line` is where reading ended, 0 for nowhere in particular."""

    def __init__(self, line: int = 0) -> None:
        super().__init__(f"unreadable at line {line}" if line else "unreadable")
        self.line = line


class TextDocument(UnreadableSheet):
    """The bytes are a document of Word or Writer, where a list may well stand, but not as a sheet."""


class SheetTooLong(UnreadableSheet):
    """The bytes hold more than any table that is asked for."""


def read_rows(data: bytes, most: int) -> list[SheetRow]:
    """The first `most` rows of an XLSX file's first sheet, or of a CSV file, told apart by their content.

    CSV is UTF-8 with or without BOM, UTF-16 with BOM, or cp1252; comma, semicolon or tab, whichever parts the
    first row most. Formulas come as their text and are never evaluated; whole numbers as «1999», not «1999.0».
    What is beyond MOST_COLUMNS or LONGEST_CELL is left out. How long it takes is bounded by what is counted, whatever
    the file. Raises UnreadableSheet, TextDocument or SheetTooLong.
    """
    if is_text_document(data):
        raise TextDocument
    rows = _xlsx_rows(data, most) if data.startswith(b"PK\x03\x04") else _csv_rows(_decode(data))
    shown = (SheetRow(line, cells) for line, cells in rows if any(cell.strip() for cell in cells))
    return list(islice(shown, most))


def key_of(text: str) -> str:
    """What headings and choices are compared by: letters and digits, without accents or case."""
    return "".join(words(fold(text)))


def _decode(data: bytes) -> str:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # Excel's «Unicode text»
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in data:  # a picture or an old .xls: cp1252 finds a letter for nearly every byte
            raise UnreadableSheet from None
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise UnreadableSheet from None


def _csv_rows(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    line = 1
    try:
        first = next((each for each in io.StringIO(text, newline=None) if each.strip()), "")
        delimiter = max(_DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
        # strict: an unclosed quote must not swallow the rest of the list as one cell
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for cells in reader:
            yield line, tuple(_as_written(cell[:LONGEST_CELL]) for cell in cells[:MOST_COLUMNS])
            line = reader.line_num + 1
            if line > MOST_LINES:
                raise SheetTooLong
    except csv.Error as error:  # an unclosed quote, or a cell longer than the module takes
        raise UnreadableSheet(line) from error


def _xlsx_rows(data: bytes, most: int) -> list[Row]:
    try:
        return first_sheet(data, most)
    except TooMuch:
        raise SheetTooLong from None
    except Exception as error:  # a damaged file raises anything here: zlib.error, ExpatError, KeyError, …
        raise UnreadableSheet from error


def write_csv(rows: Iterable[Sequence[object]], headings: Sequence[str]) -> bytes:
    """A CSV file for spreadsheets: UTF-8 with BOM, semicolons (what Excel expects where commas part decimals).

    Where a spreadsheet would take a text for a formula there is an apostrophe before it, also in the middle of a text
    that falls apart when the file is read with commas or tabs. `read_rows` takes them off. None is an empty cell.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(map(_harmless, headings))
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def marked(data: bytes, wrong: Iterable[tuple[int, str]], heading: str, most: int) -> bytes | None:
    """The first `most` rows of a table as CSV, what is wrong with each in a first column, called `heading`.

    `wrong` has sentences with their lines, as in SheetRow. The lines with something wrong stand first, so that nobody
    has to look for them; the others follow, since a list is sent again as a whole. None where there is nothing to
    correct in a line below the headings.
    """
    reasons: dict[int, list[str]] = {}
    for line, reason in wrong:
        reasons.setdefault(line, []).append(reason)
    try:
        rows = read_rows(data, most)
    except UnreadableSheet:
        return None
    if not any(row.line in reasons for row in rows[1:]):
        return None
    head, *rows = rows
    rows.sort(key=lambda row: row.line not in reasons)
    return write_csv([(" ".join(reasons.get(row.line, ())), *row.cells) for row in rows], (heading, *head.cells))


def _as_written(cell: str) -> str:
    """A cell without the apostrophes that `_harmless` put before what looks like a formula."""
    return _DISARMED.sub(r"\1", cell) if "'" in cell else cell


def _harmless(cell: object) -> object:
    return _BEGINS.sub(r"\1'", cell) if isinstance(cell, str) else cell
