"""Reads the sheets of an ODS spreadsheet, as LibreOffice saves it, within the same limits as a workbook."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from bot.files.workbooks import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_LINES,
    MOST_SHEETS,
    WIDEST_MERGED,
    ArchiveParts,
    Enough,
    TooMuch,
    WorkbookSheet,
    as_read,
    reading_budget,
)

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_CONTENT = "content.xml"


def read_opendocument(data: bytes, most: int) -> list[WorkbookSheet]:
    """Return the visible sheets of an ODS file, with the first `most` rows of each that are not blank.

    If all sheets are hidden, all are returned. A row is a pair of line number and cells; cells are text, '' if empty.
    The value of merged cells is repeated in each of their rows. Raises TooMuch if the file is too large; for a damaged
    file, or one with a password, any exception may be raised.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        reader = _Content(most)
        with suppress(Enough):
            ArchiveParts(archive, reading_budget(most)).parse(_CONTENT, reader.start, reader.end, reader.more)
    shown = [sheet for sheet in reader.sheets if sheet.name not in reader.hidden]
    if not reader.sheets:
        raise ValueError("no sheet has cells")
    return shown or reader.sheets


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
        for column in range(self._column, min(self._column + cell.repeated, MOST_COLUMNS + 1)):
            last, above = self._merged.get(column, (0, ""))
            if covered and not said and self._line < last:
                self._cells[column] = above
            elif said:
                self._cells[column] = said
            if cell.rows > 1 and cell.columns < WIDEST_MERGED:
                self._merged[column] = self._line + cell.rows, said
        self._column += cell.repeated

    def _take_row(self) -> None:
        sheet = self.sheets[-1]
        if any(cell.strip() for cell in self._cells.values()):
            width = max(self._cells)
            cells = tuple(self._cells.get(column, "") for column in range(1, width + 1))
            for line in range(self._line + 1, self._line + 1 + min(self._repeated, self.most - len(sheet.rows))):
                sheet.rows.append((line, cells))
                if self._filtered:
                    sheet.hidden.add(line)
            if self._line > MOST_LINES:
                raise TooMuch
        self._line += self._repeated


_ASIDE = frozenset(("annotation", "shapes", "frame", "custom-shape", "forms", "tracked-changes"))
"""Elements whose text is no text of a cell."""


def _count(given: Mapping[str, str], name: str) -> int:
    """Return an attribute that counts; 1 if it is missing."""
    return min(max(int(given.get(name, "1")), 1), 2 * MOST_LINES)


def _value(given: Mapping[str, str]) -> str | None:
    """Return what the attributes of a cell say of its value as people read it; None if its text says it."""
    match given.get("office:value-type"):
        case "date":
            return as_read(datetime.fromisoformat(given["office:date-value"][:19]))
        case "float":
            number = float(given["office:value"])
            return str(int(number)) if number.is_integer() and abs(number) < 1e15 else given["office:value"]
        case "boolean":
            return str(given.get("office:boolean-value") == "true")
        case _:
            return None
