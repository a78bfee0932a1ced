"""Reads tables (CSV in any usual dialect, XLSX), and writes CSV that is safe to open in a spreadsheet."""

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
_UNSEEN = r"[\s\"\x00-\x1f\x7f-\xa0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]"
"""A character that some spreadsheets skip at the beginning of a cell."""
_SIGN = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
"""A character with which a formula begins."""
_FORMULA = rf"(?:{_UNSEEN}*{_SIGN}|[\t\r])"
_FORMULA_HERE = re.compile(_FORMULA)
_SEPARATORS = frozenset(",;\t\r\n")
"""The characters that may separate cells, so that a formula could begin after each of them."""
_STRETCH = re.compile(rf"(?:[,;]|{_UNSEEN})++({_SIGN}?)")
"""Matches a stretch of separators and unseen characters, and the sign after it that would make it a formula."""
_DISARMED = re.compile(rf"(^|[,;\t\r\n])'(?={_FORMULA})")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that is not blank: its cells as text, and its `line` number as spreadsheets show it, from 1."""

    line: int
    cells: tuple[str, ...]


class UnreadableSheet(Exception):
    """The error that a file is no table that can be read; `line` is where reading failed, 0 if that is unknown."""

    def __init__(self, line: int = 0) -> None:
        super().__init__(f"unreadable at line {line}" if line else "unreadable")
        self.line = line


class TextDocument(UnreadableSheet):
    """The error that a file is a Word or Writer document, which may contain a list, but is not read as a table."""


class SheetTooLong(UnreadableSheet):
    """The error that a file has more lines or more data than are read."""


def read_rows(data: bytes, most: int) -> list[SheetRow]:
    """Return the first `most` rows that are not blank, of a CSV file or of the first sheet of an XLSX file.

    The content decides which it is. CSV may be UTF-8 with or without BOM, UTF-16 with BOM, or cp1252; its delimiter is
    the one of comma, semicolon and tab that occurs most in the first row. A formula is returned as its text, never
    evaluated; a whole number as «1999», not «1999.0». Columns beyond MOST_COLUMNS and characters beyond LONGEST_CELL
    are left out. The time is bounded for any file. Raises UnreadableSheet, TextDocument or SheetTooLong.
    """
    if is_text_document(data):
        raise TextDocument
    rows = _xlsx_rows(data, most) if data.startswith(b"PK\x03\x04") else _csv_rows(_decode(data))
    shown = (SheetRow(line, cells) for line, cells in rows if any(cell.strip() for cell in cells))
    return list(islice(shown, most))


def key_of(text: str) -> str:
    """Return the key by which headings and options are compared: their letters and digits, without accents or case."""
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
    """Return a CSV file for spreadsheets: UTF-8 with BOM, separated by semicolons, all cells in quotes.

    An apostrophe is put before any text that a spreadsheet could take for a formula, also in the middle of a cell, in
    case the file is opened with another delimiter; `read_rows` removes these apostrophes. None becomes an empty cell.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(map(_harmless, headings))
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def marked(data: bytes, wrong: Iterable[tuple[int, str]], heading: str, most: int) -> bytes | None:
    """Return a table as CSV with its errors in an additional first column, called `heading`, to be corrected.

    `data` is the table's file. `wrong` has pairs of a line number (as in SheetRow) and a sentence about an error there.
    Rows with errors come first, then all others. At most `most` rows are read, the headings included. Returns None if
    no error is on a line below the headings, or if the file cannot be read.
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
    """Return a cell without the apostrophes that `_harmless` put before formulas."""
    return _DISARMED.sub(r"\1", cell) if "'" in cell else cell


def _harmless(cell: object) -> object:
    """Return a cell with an apostrophe wherever a formula could begin: at its beginning, and after each separator.

    Each stretch is looked at once, from its end: a cell may consist of thousands of line breaks.
    """
    if not isinstance(cell, str):
        return cell
    beginning = "'" if _FORMULA_HERE.match(cell) else ""
    return beginning + _STRETCH.sub(_disarm, cell)


def _disarm(stretch: re.Match[str]) -> str:
    """Put an apostrophe after each separator of a stretch after which a formula could begin."""
    text, before = stretch[0][: len(stretch[0]) - len(stretch[1])], stretch[1]
    formula_follows, result = bool(before), [before]
    for character in reversed(text):
        if character in _SEPARATORS and (formula_follows or before in ("\t", "\r")):
            result.append("'")
        if character in ",;":
            formula_follows = False
        result.append(character)
        before = character
    return "".join(reversed(result))
