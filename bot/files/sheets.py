"""Reads tables (CSV in any usual dialect, XLSX, ODS), and writes CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from bot.content.file_kinds import Document, document_kind
from bot.content.names import fold, words
from bot.files.opendocument import MIMETYPE, Locked, read_opendocument
from bot.files.typed_lists import typed_list, unpacked
from bot.files.workbooks import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_LINES,
    TooMuch,
    WorkbookSheet,
    read_workbook,
)

_DELIMITERS = ";,\t|"
_LOOKED_AT = 60
"""How many rows are looked at to find out what separates the cells."""
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
    """A row, not blank, of a table file: its cells as text, and its `line` number as spreadsheets show it, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a file, with its rows that are not blank. `name` is '' for a CSV file.

    `hidden` are the line numbers of the rows that the spreadsheet hides.
    """

    name: str
    rows: tuple[SheetRow, ...]
    hidden: frozenset[int] = frozenset()


class UnreadableSheet(Exception):
    """The error that a file cannot be read as a table; `line` is where reading failed, 0 if that is unknown."""

    def __init__(self, line: int = 0) -> None:
        super().__init__(f"unreadable at line {line}" if line else "unreadable")
        self.line = line


class OtherDocument(UnreadableSheet):
    """The error that a file is not a table but another `kind` of document, such as a PDF."""

    def __init__(self, kind: Document) -> None:
        super().__init__()
        self.kind = kind


class SheetTooLong(UnreadableSheet):
    """The error that a file has too many lines or too much data to be read."""


def read_sheets(data: bytes, most: int) -> list[Sheet]:
    """Return the sheets of a CSV, XLSX or ODS file, with the first `most` rows of each that are not blank.

    The content decides which of them the file is. CSV may be UTF-8 with or without BOM, UTF-16, cp1252 or Mac
    Roman; its delimiter (comma, semicolon, tab or bar) is guessed, unless a first line «sep=;» says it. A formula is
    read as its saved result or its text, and never evaluated. A whole number is «1999», not «1999.0». Cells after the
    first MOST_COLUMNS of a row are left out, and so are characters after the first LONGEST_CELL of a cell. The time is
    bounded for any file.

    Raises UnreadableSheet if the file is no table, in particular OtherDocument if it is a document of another kind, and
    SheetTooLong if it has too many lines or too much data.
    """
    if kind := document_kind(data):
        raise OtherDocument(kind)
    if data.startswith(b"PK\x03\x04"):
        sheets = [
            Sheet(sheet.name, _shown(sheet.rows, most), frozenset(sheet.hidden)) for sheet in _workbook(data, most)
        ]
    else:
        text = _decode(data)
        sheets = [Sheet("", _shown(typed_list(text) or _csv_rows(text), most))]
    return sheets


def read_rows(data: bytes, most: int) -> list[SheetRow]:
    """Return the first `most` rows that are not blank, from a CSV file or the first sheet of an XLSX or ODS file.

    Raises UnreadableSheet if the file is no table, or too long.
    """
    return list(read_sheets(data, most)[0].rows)


def _shown(rows: Iterable[tuple[int, tuple[str, ...]]], most: int) -> tuple[SheetRow, ...]:
    filled = (row for row in rows if not all(map(_BLANK.fullmatch, row[1])))
    return tuple(SheetRow(line, cells) for line, cells in unpacked([*islice(filled, most)]))


_BLANK = re.compile(r"\s*(?::?[-=_*]{3,}:?)?\s*")
"""Matches a cell without content, or with a line that people draw below headings: «---»."""


def key_of(text: str) -> str:
    """Return a text's letters and digits without accents and case, to compare headings and options."""
    return "".join(words(fold(text)))


def _decode(data: bytes) -> str:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # Excel's «Unicode text»
            return data.decode("utf-16")
        if encoding := _unmarked_utf16(data):
            return data.decode(encoding)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if _CONTROLS.search(data):  # a picture: the encodings below find a letter for nearly every byte
            raise UnreadableSheet from None
    mac = data.decode("mac-roman")
    try:
        windows = data.decode("cp1252")
    except UnicodeDecodeError:
        return mac
    return mac if _likely_letters(mac) > _likely_letters(windows) else windows


_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")


def _unmarked_utf16(data: bytes) -> str:
    """Return the encoding of a text in UTF-16 that does not begin with its mark; '' for any other text."""
    begin = data[:2_000]
    for encoding, high in (("utf-16-le", begin[1::2]), ("utf-16-be", begin[::2])):
        if len(begin) >= 4 and high.count(0) > 0.8 * len(high) and begin.count(0) == high.count(0):
            return encoding
    return ""


_LETTERS = frozenset("éèàâçêëïîôùûüöäßœñåøæóúãõÉÈÀÂÇÊÎÔÖÜÄŒ’«»–°€\xa0")
_ODD = re.compile(r"[a-zé][ÈËŽŠŸÁÍÙÔÓÂÊÎÏ]|[‡‰ˆ¸·ﬁﬂ√∫ªº¬†•™˜¢£¥§¶‹›‚„¡¿ÌÒƒ\x80-\x9f]")


def _likely_letters(text: str) -> int:
    """Return how likely a text is what was written: letters of our languages, less what stands in no word of them."""
    begin = text[:200_000]
    return sum(char in _LETTERS for char in begin if not char.isascii()) - 2 * len(_ODD.findall(begin))


def _csv_rows(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    line = 1  # a row is one whatever line breaks its cells have, and the line «sep=;» none, as in a spreadsheet
    try:
        first, _newline, rest = text.partition("\n")
        if said := re.fullmatch(r'"?sep=(.)"?\r?', first):
            delimiter, text = said[1], rest
        else:
            delimiter = max(_DELIMITERS, key=lambda mark: _parted_alike(text, mark))
        # strict: an unclosed quote must not swallow the rest of the list as one cell
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for cells in reader:
            yield line, tuple(_as_written(cell[:LONGEST_CELL]) for cell in cells[:MOST_COLUMNS])
            line += 1
            if line > MOST_LINES:
                raise SheetTooLong
    except csv.Error as error:  # an unclosed quote, or a cell longer than the module takes
        raise UnreadableSheet(line) from error


def _parted_alike(text: str, delimiter: str) -> int:
    """Return how well a delimiter parts a text: how many cells the rows of the most usual width have together."""
    widths: Counter[int] = Counter()
    with suppress(csv.Error):
        for cells in islice(csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter), _LOOKED_AT):
            if any(cell.strip() for cell in cells):
                widths[len(cells)] += 1
    return max(((width - 1) * count for width, count in widths.items()), default=0)


def _workbook(data: bytes, most: int) -> list[WorkbookSheet]:
    try:
        return read_opendocument(data, most) if MIMETYPE in data[:200] else read_workbook(data, most)
    except TooMuch:
        raise SheetTooLong from None
    except Locked:
        raise OtherDocument("old or locked") from None
    except Exception as error:  # a damaged file raises anything here: zlib.error, ExpatError, KeyError, …
        raise UnreadableSheet from error


def write_csv(rows: Iterable[Sequence[object]], headings: Sequence[str]) -> bytes:
    """Return a CSV file for spreadsheets: UTF-8 with BOM, separated by semicolons, all cells in quotes.

    Spreadsheets could take some texts for formulas, even in the middle of a cell if they use another delimiter: such
    texts get an apostrophe, which `read_rows` removes. None becomes an empty cell.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(map(_harmless, headings))
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def marked(rows: Sequence[SheetRow], wrong: Iterable[tuple[int, str]], heading: str) -> bytes | None:
    """Return a table as CSV with an additional first column, called `heading`, that has the errors to be corrected.

    The first of `rows` has the headings. `wrong` has pairs of a line number (as in SheetRow) and a sentence about an
    error on that line. Rows with errors come first. Returns None if no error is on a line below the headings.
    """
    reasons: dict[int, list[str]] = {}
    for line, reason in wrong:
        reasons.setdefault(line, []).append(reason)
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
