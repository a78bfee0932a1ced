"""Reads the sheets of an ODS spreadsheet, as LibreOffice saves it, within the same limits as a workbook."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from bot.files.workbooks import (
    LONGEST_CELL,
    LONGEST_NUMBER,
    MOST_COLUMNS,
    MOST_LINES,
    MOST_SHEETS,
    WIDEST_MERGED,
    ArchiveParts,
    Budget,
    Enough,
    TooMuch,
    WorkbookSheet,
    as_read,
    open_archive,
    reading_budget,
)

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_CONTENT = "content.xml"
_PARTS = "META-INF/manifest.xml"
_LONGEST_LIST = 1_000_000


class Locked(Exception):
    """The error that a spreadsheet asks for a password."""


def read_opendocument(data: bytes, most: int) -> list[WorkbookSheet]:
    """Return the visible sheets of an ODS file, with the first `most` rows of each that are not blank.

    If all sheets are hidden, all are returned. A row is a pair of line number and cells; cells are text, '' if empty.
    The value of merged cells is repeated in each of their rows. If the sheets together are too large, only the sheets
    read until then are returned; if the first sheet alone is too large, TooMuch is raised. Raises Locked if the file
    has a password; for a damaged file any exception may be raised.
    """
    with open_archive(data) as archive:
        if _is_locked(archive):
            raise Locked
        budget = reading_budget(most)
        reader = _Content(most, budget)
        try:
            with suppress(Enough):
                ArchiveParts(archive, budget).parse(_CONTENT, reader.start, reader.end, reader.more)
        except TooMuch:
            if len(reader.sheets) < 2:
                raise
            del reader.sheets[-1]
    shown = [sheet for sheet in reader.sheets if sheet.name not in reader.hidden]
    if not reader.sheets:
        raise ValueError("no sheet has cells")
    return shown or reader.sheets


def _is_locked(archive: zipfile.ZipFile) -> bool:
    """Return whether a file has a password: its list of parts says how each was encrypted."""
    try:
        with archive.open(_PARTS) as parts:
            return b"encryption-data" in parts.read(_LONGEST_LIST)
    except KeyError:
        return False


@dataclass
class _Cell:
    """A cell being read: how many columns and rows it fills, and what its attributes say of its value."""

    repeated: int = 1
    columns: int = 1
    rows: int = 1
    value: str | None = None


@dataclass
class _Content:
    """Collects the rows of all sheets."""

    most: int
    budget: Budget
    """What repetition fills counts too: a file of a thousand bytes could have a million long cells."""
    sheets: list[WorkbookSheet] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    _invisible: set[str] = field(default_factory=set)
    """The names of styles whose sheets are hidden."""
    _style: str = ""
    _line: int = 0
    _repeated: int = 1
    _filtered: bool = False
    _cells: dict[int, str] = field(default_factory=dict)
    _column: int = 1
    _cell: _Cell | None = None
    _text: list[str] = field(default_factory=list)
    _aside: int = 0
    """How many elements are open whose text is none of the cell: remarks, drawings."""
    _merged: dict[int, tuple[int, str]] = field(default_factory=dict)
    """By column, up to which line a merged cell reaches, and its text."""

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if self._aside or tag in _ASIDE:
            self._aside += 1
        elif tag == "style":
            self._style = given.get("style:name", "")
        elif tag == "table-properties" and given.get("table:display") == "false":
            self._invisible.add(self._style)
        elif tag == "table":
            if len(self.sheets) == MOST_SHEETS:
                raise Enough
            self.sheets.append(WorkbookSheet(given.get("table:name", ""), [], set()))
            if given.get("table:style-name") in self._invisible:
                self.hidden.add(self.sheets[-1].name)
            self._line = 0
            self._merged.clear()
        elif tag == "table-row":
            self._repeated = _count(given, "table:number-rows-repeated")
            self._filtered = given.get("table:visibility", "visible") != "visible"
            self._column = 1
            self._cells.clear()
        elif tag in ("table-cell", "covered-table-cell"):
            self._cell = _Cell(
                _count(given, "table:number-columns-repeated"),
                _count(given, "table:number-columns-spanned"),
                _count(given, "table:number-rows-spanned"),
                _value(given),
            )
            self._text.clear()
        elif tag == "p" and self._text:
            self._text.append("\n")
        elif tag in ("s", "tab"):
            self._text.append(" " * min(_count(given, "text:c"), 9))
        elif tag == "line-break":
            self._text.append("\n")

    def more(self, text: str) -> None:
        """Collect text that stands before an element inside a paragraph."""
        if self._cell is not None and not self._aside:
            self._text.append(text[:LONGEST_CELL])

    def end(self, tag: str, text: str) -> None:
        if self._aside:
            self._aside -= 1
        elif tag in ("table-cell", "covered-table-cell"):
            self._take_cell(covered=tag != "table-cell")
        elif tag == "table-row":
            self._take_row()
        else:
            self.more(text)

    def _take_cell(self, *, covered: bool) -> None:
        cell = self._cell or _Cell()
        self._cell = None
        said = cell.value if cell.value is not None else "".join(self._text)[:LONGEST_CELL]
        columns = range(self._column, min(self._column + cell.repeated, MOST_COLUMNS + 1))
        self._column += cell.repeated
        if not (said or covered) or len(self.sheets[-1].rows) >= self.most:
            return
        self._fill(len(columns) - 1, said)
        for column in columns:
            last, above = self._merged.get(column, (0, ""))
            if covered and not said and self._line < last:
                self._fill(1, above)
                self._cells[column] = above
            elif said:
                self._cells[column] = said
            if cell.rows > 1 and cell.columns < WIDEST_MERGED:
                self._merged[column] = self._line + cell.rows, said

    def _take_row(self) -> None:
        sheet = self.sheets[-1]
        if any(cell.strip() for cell in self._cells.values()):
            width = max(self._cells)
            cells = tuple(self._cells.get(column, "") for column in range(1, width + 1))
            lines = range(self._line + 1, self._line + 1 + min(self._repeated, self.most - len(sheet.rows)))
            self._fill(len(lines) - 1, *cells)
            for line in lines:
                sheet.rows.append((line, cells))
                if self._filtered:
                    sheet.hidden.add(line)
            if self._line > MOST_LINES:
                raise TooMuch
        self._line += self._repeated

    def _fill(self, times: int, *cells: str) -> None:
        """Count cells that are filled again. Raises TooMuch if there are more than may be read."""
        if times > 0:
            self.budget.mark(times * len(cells))
            self.budget.unpack(times * sum(map(len, cells)))


_ASIDE = frozenset(("annotation", "shapes", "frame", "custom-shape", "forms", "tracked-changes"))
"""Elements whose text is no text of a cell."""


_VALUES = {"date": "office:date-value", "float": "office:value", "boolean": "office:boolean-value"}
"""Which attribute has the value of a cell, by the kind of the value; of any other kind the text says it."""


def _count(given: Mapping[str, str], name: str) -> int:
    """Return an attribute that counts; 1 if it is missing."""
    return min(max(int(given.get(name, "1")), 1), 2 * MOST_LINES)


def _value(given: Mapping[str, str]) -> str | None:
    """Return what the attributes of a cell say of its value as people read it; None if its text says it."""
    kind = given.get("office:value-type", "")
    said = given.get(_VALUES.get(kind, ""), "")
    if not 0 < len(said) <= LONGEST_NUMBER:
        return None
    try:
        match kind:
            case "date":
                return as_read(datetime.fromisoformat(said[:19]))
            case "float":
                number = float(said)
                return str(int(number)) if number.is_integer() and abs(number) < 1e15 else said
            case _:
                return str(said == "true")
    except ValueError:  # the year 20021, as people type it
        return None
