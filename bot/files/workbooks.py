"""Reads the sheets of an XLSX workbook within limits, because the file may be malicious.

Only the parts that are needed are decompressed, piece by piece. Bytes, elements and attributes are counted while
reading, because the sizes that the file states may be false. Only cells with content are kept in memory. Files with XML
entity definitions are refused.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from xml.parsers import expat

MOST_LINES = 1_048_576
"""The most rows of a sheet, blank ones included, which is the limit of spreadsheets too."""
MOST_COLUMNS = 100
"""The most columns that are read; columns further right are left out."""
LONGEST_CELL = 2_000
"""The most characters of a cell that are read; a longer text is cut."""

_MOST_ENTRIES = 5_000  # parts of the archive; each picture in a workbook is one
_PIECE = 65_536
_LONGEST_TOKEN = 262_144  # bytes of one tag or comment: expat begins it again with every piece
_DEEPEST = 100
LONGEST_NUMBER = 40
"""The most characters of a number; what is longer is text."""
_LONGEST_FORMAT = 255  # as spreadsheets have it


MOST_SHEETS = 12
_MOST_MERGED = 5_000
WIDEST_MERGED = 3
"""From how many columns on merged cells are a title above, or a remark below, and no value of each of their rows."""

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str, str], None]
Row = tuple[int, tuple[str, ...]]


@dataclass
class WorkbookSheet:
    """A sheet of a workbook: its name, its rows that are not blank, and the line numbers of its hidden rows."""

    name: str
    rows: list[Row]
    hidden: set[int]


class TooMuch(Exception):
    """The error that a workbook is too large to be read."""


class Enough(Exception):
    """Raised to stop reading when the wanted number of rows was read."""


@dataclass
class Budget:
    """How much may still be read of a spreadsheet: bytes (`unpacked`), and elements and attributes (`marks`).

    Bytes are counted when they are decompressed, and again for each cell that shows the same text.
    """

    unpacked: int
    marks: int

    def unpack(self, count: int) -> None:
        """Count decompressed bytes. Raises TooMuch if there are more than may be read."""
        self.unpacked -= count
        if self.unpacked < 0:
            raise TooMuch

    def mark(self, count: int) -> None:
        """Count elements and attributes. Raises TooMuch if there are more than may be read."""
        self.marks -= count
        if self.marks < 0:
            raise TooMuch


def read_workbook(data: bytes, most: int) -> list[WorkbookSheet]:
    """Return the visible sheets of an XLSX file, with the first `most` rows of each that are not blank.

    If all sheets are hidden, all are returned. A row is a pair of line number and cells; cells are text, '' if empty.
    The value of merged cells is repeated in each of their rows. If the sheets together are too large, only the sheets
    read until then are returned; if the first sheet alone is too large, TooMuch is raised. For a damaged file any
    exception may be raised: zlib.error, ExpatError, KeyError, ValueError, …
    """
    with open_archive(data) as archive:
        return _Workbook(archive, reading_budget(most)).sheets(most)


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Return the archive that a spreadsheet is. Raises TooMuch if it has more parts than any spreadsheet."""
    if data.count(b"PK\x01\x02") > _MOST_ENTRIES:
        raise TooMuch
    return zipfile.ZipFile(io.BytesIO(data))


def reading_budget(most: int) -> Budget:
    """Return how much may be read of a spreadsheet of which `most` rows are wanted.

    For a list of 5,000 people 50 MB and 1.5 million marks, read within 2 s; one of forty columns has a million.
    """
    return Budget(20_000_000 + min(6_000 * most, 130_000_000), 500_000 + min(200 * most, 15_000_000))


class ArchiveParts:
    """Reads the parts of one spreadsheet, which are XML in an archive, within a budget."""

    def __init__(self, archive: zipfile.ZipFile, budget: Budget) -> None:
        self._archive = archive
        self._budget = budget

    def parse(self, part: str, start: Start, end: End, more: Callable[[str], None] | None = None) -> None:
        """Read a part: `start` is called with each element and its attributes, `end` with the text before its end.

        `more` is called with the text before an element inside another one.
        """
        entry = self._archive.getinfo(part)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"packed in a way that a spreadsheet does not: {entry.compress_type}")
        parser = expat.ParserCreate()
        parser.buffer_text = True
        said: list[str] = []
        depth = 0

        def started(tag: str, given: Mapping[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > _DEEPEST:  # expat remembers each open element
                raise ValueError("no workbook is as deep")
            self._budget.mark(1 + len(given))
            if more and said:
                more("".join(said))
            said.clear()
            start(tag.rpartition(":")[2], given)

        def ended(tag: str) -> None:
            nonlocal depth
            depth -= 1
            end(tag.rpartition(":")[2], "".join(said))
            said.clear()

        def defined(*_names: object) -> None:
            raise ValueError("a workbook defines no document type")

        parser.StartElementHandler, parser.EndElementHandler = started, ended
        parser.CharacterDataHandler = said.append
        parser.StartDoctypeDeclHandler = defined
        fed = 0
        with self._archive.open(entry) as content:
            while piece := content.read(_PIECE):
                self._budget.unpack(len(piece))
                fed += len(piece)
                parser.Parse(piece, False)
                if fed - parser.CurrentByteIndex > _LONGEST_TOKEN:
                    raise TooMuch
        parser.Parse(b"", True)


class _Workbook(ArchiveParts):
    """Reads the parts of one workbook."""

    def __init__(self, archive: zipfile.ZipFile, budget: Budget) -> None:
        super().__init__(archive, budget)
        self._epoch: datetime | None = None

    def sheets(self, most: int) -> list[WorkbookSheet]:
        """Return the visible sheets, or all if all are hidden, with the first `most` rows of each."""
        main = next((to for kind, to in self._related("").values() if kind == "officeDocument"), "xl/workbook.xml")
        related = self._related(main)
        parts = self._sheets(main, related)
        formats, strings = _Formats(), _Strings()
        for kind, target in related.values():
            if kind == "styles":
                self.parse(target, formats.start, _nothing)
            elif kind == "sharedStrings":
                self.parse(target, strings.start, strings.end)
        found: list[WorkbookSheet] = []
        for name, part in parts[:MOST_SHEETS]:
            reader = _SheetRows(strings.found, formats, self._epoch, most, self._budget)
            try:
                with suppress(Enough):
                    self.parse(part, reader.start, reader.end)
                rows = reader.filled()
            except TooMuch:
                if not found:
                    raise
                break
            found.append(WorkbookSheet(name, rows, reader.hidden))
        return found

    def _related(self, part: str) -> Mapping[str, tuple[str, str]]:
        """Return what a part ('' for the whole) refers to by id: the kind and the archive name of each."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, given: Mapping[str, str]) -> None:
            if tag == "Relationship" and given.get("TargetMode") != "External":
                kind = given["Type"].rpartition("/")[2]
                found[given["Id"]] = kind, posixpath.normpath(posixpath.join("/", folder, given["Target"]))[1:]

        self.parse(posixpath.join(folder, "_rels", f"{name}.rels"), start, _nothing)
        return found

    def _sheets(self, part: str, related: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the names and parts of the sheets of cells, because a sheet may also be a chart."""
        shown: list[tuple[str, str]] = []
        hidden: list[tuple[str, str]] = []

        def start(tag: str, given: Mapping[str, str]) -> None:
            if tag == "sheet":
                ids = [value for name, value in given.items() if name.endswith(":id")]
                among = shown if given.get("state", "visible") == "visible" else hidden
                among.extend(
                    (given.get("name", ""), to)
                    for id_ in ids
                    for kind, to in [related.get(id_, ("", ""))]
                    if kind == "worksheet"
                )
            elif tag == "workbookPr" and given.get("date1904") in ("1", "true"):
                from openpyxl.utils.datetime import MAC_EPOCH

                self._epoch = MAC_EPOCH

        self.parse(part, start, _nothing)
        if not (shown or hidden):
            raise ValueError("no sheet has cells")
        return shown or hidden


def _nothing(_tag: str, _text: str) -> None:
    """Do nothing at the end of an element."""


class _CellText:
    """Collects the text of a cell from its runs, without phonetic hints."""

    def __init__(self) -> None:
        self._runs: list[str] = []
        self._aside = False

    def start(self, tag: str) -> None:
        if tag == "rPh":
            self._aside = True

    def end(self, tag: str, text: str) -> None:
        if tag == "rPh":
            self._aside = False
        elif tag == "t" and not self._aside:
            self._runs.append(text[:LONGEST_CELL])

    def take(self) -> str:
        """Return the text of a cell, joined from its pieces, and begin the text of the next cell."""
        text = "".join(self._runs)[:LONGEST_CELL]
        self._runs.clear()
        return text


class _Strings:
    """Collects the texts that cells refer to by number."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._words = _CellText()

    def start(self, tag: str, _given: Mapping[str, str]) -> None:
        self._words.start(tag)

    def end(self, tag: str, text: str) -> None:
        if tag == "si":
            self.found.append(self._words.take().replace("x005F_", ""))  # so a literal «_x000D_» is escaped
        else:
            self._words.end(tag, text)


class _Formats:
    """Collects how numbers look in each style."""

    def __init__(self) -> None:
        self._styles: list[int] = []
        self._given: dict[int, str] = {}
        self._known: dict[int, tuple[bool, bool]] = {0: (False, False)}
        self._within = ""

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if tag in {"cellXfs", "cellStyleXfs", "dxfs"}:
            self._within = tag
        elif tag == "numFmt" and len(given["formatCode"]) <= _LONGEST_FORMAT:
            self._given[int(given["numFmtId"])] = given["formatCode"]
        elif tag == "xf" and self._within == "cellXfs":
            self._styles.append(int(given.get("numFmtId", 0)))

    def shows(self, style: int) -> tuple[bool, bool]:
        """Return a pair for a cell style: whether it shows numbers as dates or times, and whether as durations."""
        number = self._styles[style] if style < len(self._styles) else 0
        if number not in self._known:
            from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

            shape = self._given.get(number) or BUILTIN_FORMATS.get(number)
            self._known[number] = is_date_format(shape), is_timedelta_format(shape)
        return self._known[number]


@dataclass
class _Cell:
    """A cell being read, and its attributes."""

    column: int = 0
    kind: str = "n"
    style: int = 0
    value: str = ""
    formula: str | None = None


@dataclass
class _SheetRows:
    """Collects the rows of a sheet."""

    strings: list[str]
    formats: _Formats
    epoch: datetime | None
    most: int
    budget: Budget
    rows: list[Row] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    _merged: list[str] = field(default_factory=list)
    _number: int = 0
    _cells: dict[int, str] = field(default_factory=dict)
    _cell: _Cell = field(default_factory=_Cell)
    _words: _CellText = field(default_factory=_CellText)
    _shared: dict[str, str] = field(default_factory=dict)
    _sharing: str | None = None

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "c":
            place = given.get("r")
            column = _column(place) if place else self._cell.column + 1
            self._cell = _Cell(column, given.get("t", "n"), int(given.get("s", 0)))
        elif tag == "row":
            self._number = int(float(given["r"])) if "r" in given else self._number + 1
            if self._number > MOST_LINES:
                raise TooMuch
            if given.get("hidden") in ("1", "true"):
                self.hidden.add(self._number)
            self._cells.clear()
            self._cell = _Cell()
        elif tag == "mergeCell":
            if len(self._merged) < _MOST_MERGED:
                self._merged.append(given.get("ref", ""))
        elif tag == "f":
            self._cell.formula = ""
            self._sharing = given.get("si") if given.get("t") == "shared" else None
        else:
            self._words.start(tag)

    def end(self, tag: str, text: str) -> None:
        if tag == "v":
            self._cell.value = text[:LONGEST_CELL]
        elif tag == "c":
            words = self._words.take()
            if self._cell.column <= MOST_COLUMNS and (said := self._said(words)):
                self._cells[self._cell.column] = said
        elif tag == "f":
            self._cell.formula = text[:LONGEST_CELL]
            if self._sharing is not None:  # other cells only refer to the shared formula
                self._cell.formula = self._shared.setdefault(self._sharing, self._cell.formula)
        elif tag == "row":
            self._flush()
        elif tag == "mergeCells":
            raise Enough
        else:
            self._words.end(tag, text)

    def _flush(self) -> None:
        if any(cell.strip() for cell in self._cells.values()):
            width = max(self._cells)
            self.rows.append((self._number, tuple(self._cells.get(column, "") for column in range(1, width + 1))))
            if len(self.rows) == self.most:
                raise Enough

    def filled(self) -> list[Row]:
        """Return the rows, after repeating the value of vertically merged cells in each of their rows."""
        cells = {number: list(row) for number, row in self.rows}
        for ref in self._merged:
            begin, _colon, end = ref.partition(":")
            column, last_column = _column(begin), _column(end or begin)
            first, last = (int("".join(filter(str.isdigit, place)) or 0) for place in (begin, end or begin))
            row = cells.get(first, [])
            if column > len(row) or last_column - column >= WIDEST_MERGED:
                continue
            for number in range(first + 1, min(last, first + self.most) + 1):
                below = cells.get(number)
                if below is not None:
                    below.extend([""] * (column - len(below)))
                    if not below[column - 1]:
                        self.budget.unpack(len(row[column - 1]))
                        below[column - 1] = row[column - 1]
        return [(number, tuple(cells[number])) for number, _row in self.rows]

    def _said(self, words: str) -> str:
        """Return a cell as people read it; a formula whose result was not saved with it as its text."""
        cell = self._cell
        if cell.formula is not None and not cell.value:
            return f"={cell.formula}"
        if cell.kind == "inlineStr":
            return words
        if not cell.value:
            return ""
        match cell.kind:
            case "s":
                shared = self.strings[int(cell.value)]
                self.budget.unpack(len(shared))  # a small file could have it in each of its cells
                return shared
            case "b":
                return str(bool(int(cell.value)))
            case "d":
                return as_read(datetime.fromisoformat(cell.value.removesuffix("Z")))
            case "n":
                return self._counted(cell)
            case _:
                return cell.value

    def _counted(self, cell: _Cell) -> str:
        """Return a number, a day or an hour as people read it."""
        if len(cell.value) > LONGEST_NUMBER:
            return cell.value
        broken = any(mark in cell.value for mark in ".eE")
        number: Any = float(cell.value) if broken else int(cell.value)
        moment, span = self.formats.shows(cell.style)
        if moment:
            from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

            try:
                return as_read(from_excel(number, self.epoch or WINDOWS_EPOCH, timedelta=span))
            except (OverflowError, ValueError):
                return "#VALUE!"
        return str(int(number)) if broken and number.is_integer() else str(number)


def _column(place: str) -> int:
    """Return the number of a cell's column, from 1: 28 for «AB7»."""
    column = 0
    for letter in place[:4]:
        if not letter.isalpha():
            break
        column = column * 26 + ord(letter.upper()) - 64
    if not 0 < column <= 16_384:
        raise ValueError(f"no sheet has a cell {place[:20]}")
    return column


def as_read(moment: object) -> str:
    """Return a day or an hour of a spreadsheet as people read it: a day without the midnight that it is stored with."""
    return str(moment.date() if isinstance(moment, datetime) and moment.time() == time() else moment)
