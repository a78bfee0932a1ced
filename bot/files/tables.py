"""Reads tables that people send: CSV, XLSX or ODS, columns in any order, with headings in several languages.

A capability describes the columns and converts each row to a result. Problems are collected, not raised:

    columns = (Column("ref", _("reference"), "ref, réf, Referenz", unique=True), Column("year", …, read=read_year))
    form = TableFormat(columns, most_rows=5_000, most_bytes=5_000_000, too_many_rows=_("The list is too long."))
    table = read_table(content, "list.csv", form, make_person)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar

from bot.content.answers import other_document
from bot.content.names import shortened
from bot.content.texts import Name, Span, Text, _, _n
from bot.files.columns import LONGEST_CELL, TO_CORRECT, CellError, Column
from bot.files.sheets import OtherDocument, SheetRow, SheetTooLong, UnreadableSheet, read_sheets
from bot.files.table_finding import AsideRow, FoundTable, find_table
from bot.files.table_matching import Certainty, match_columns, recognised

_MOST_BESIDE = 60
"""How many more rows of a file are read than its table may have: titles, totals, and one to see that it is too long."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProblem:
    """A problem in a file that its sender has to correct.

    `line` is the line number as spreadsheets show it, 0 for a problem of the whole file. `title` is the name of the row
    and `heading` the name of the column, as written in the file; each is '' if unknown, or if `reason` contains it.
    """

    line: int
    reason: Span
    title: str = ""
    heading: str = ""


def file_too_large(filename: Name, most_bytes: int) -> Text:
    """Return the message that a file is larger than `most_bytes` bytes."""
    return _("«{filename}» is too large: {most} MB at most.", filename=filename, most=most_bytes // 1_000_000)


def cell_too_long(heading: str, text: str, most: int) -> Text:
    """Return the message that a cell with the content `text` has more than `most` characters.

    `heading` is the heading of its column.
    """
    return _("{column}: {length} characters, {most} at most.", column=Name(heading), length=len(text), most=most)


def repeated_reference(reference: str, line: int) -> Text:
    """Return the message that the reference (the number in the list) of a row is already on the line `line`."""
    return _("The reference «{value}» is on line {line} already.", value=Name(reference), line=line)


def cannot_be_read(filename: Name) -> Text:
    """Return the message that a file is damaged or is not a table."""
    return _("«{filename}» cannot be read. Save it again as CSV, Excel or LibreOffice.", filename=filename)


@dataclass(frozen=True, slots=True)
class TableFormat:
    """The columns and the limits of a table that people may send."""

    columns: Sequence[Column]
    most_rows: int
    """The most rows below the headings."""
    most_bytes: int
    too_many_rows: Span
    """The message for a file with more rows than that."""
    cannot_be_read: Callable[[Name], Span] = cannot_be_read
    """A function that gets the name of a file that is no table, and returns the message about it."""
    lenient: bool = False
    """Whether a row with problems has its result nevertheless, without the cells that cannot be read."""
    titles: tuple[str, ...] = ()
    """The keys of columns that can name a row in messages; the first one whose cell is not blank is used."""


class TableRow:
    """A row of a file while it is converted to an object.

    `cells` has the row's values by the keys of the columns; a blank cell has no entry, an invalid cell the value None.
    """

    __slots__ = ("cells", "line", "problems", "title")

    def __init__(self, line: int) -> None:
        self.line = line
        self.title = ""
        self.cells: dict[str, Any] = {}
        self.problems: list[TableProblem] = []

    def refuse(self, reason: Span, heading: str = "") -> None:
        """Add a problem to the row, so that it is not converted to an object.

        `heading` is the heading of the wrong column; '' if `reason` says enough.
        """
        self.problems.append(TableProblem(line=self.line, reason=reason, title=self.title, heading=heading))


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """What was read from a file: an object for each row without problems, and all problems, in order of lines.

    `columns` are the keys of the known columns that the file has, and `ignored` the headings of its other columns.
    `aside` has the rows of the file that do not belong to the table.
    """

    rows: tuple[T, ...] = ()
    problems: tuple[TableProblem, ...] = ()
    columns: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()
    aside: tuple[AsideRow, ...] = ()


def read_table(data: bytes, filename: str, expected: TableFormat, make: Callable[[TableRow], T | None]) -> Table[T]:
    """Return what was read from a CSV, XLSX or ODS file: the objects that `make` makes of its rows, and all problems.

    `expected` says which columns the table has; other columns of the file, and uncertain ones, are ignored and named in
    the result. `filename` is used in messages. `make` gets each row and returns an object, or None to leave the row
    out; it calls `TableRow.refuse` to add a problem. Never raises because of the file.
    """
    try:
        table = open_table(data, filename, expected)
    except UnreadableFile as error:
        return Table(problems=(error.problem,))
    matches = match_columns(table, (*expected.columns, TO_CORRECT))
    keys = [match.key if match.certainty is Certainty.CERTAIN else "" for match in matches]
    if problems := tuple(_missing(table.line, frozenset(keys), expected.columns)):
        return Table(problems=problems)  # otherwise each row would be wrong for the same reason
    return read_found(table, keys, expected, make)


def open_table(data: bytes, filename: str, expected: TableFormat) -> FoundTable:
    """Return the table in a CSV, XLSX or ODS file. Raises UnreadableFile if there is none, or if it is too large.

    `filename` is used in messages, and `expected` says which columns and how many rows the table may have.
    """
    name = Name(filename)
    if len(data) > expected.most_bytes:
        raise UnreadableFile(file_too_large(name, expected.most_bytes))
    try:
        sheets = read_sheets(data, most=expected.most_rows + _MOST_BESIDE)
    except SheetTooLong:
        raise UnreadableFile(expected.too_many_rows) from None
    except OtherDocument as error:
        raise UnreadableFile(other_document(error.kind, name)) from None
    except UnreadableSheet as error:
        raise UnreadableFile(expected.cannot_be_read(name), error.line) from None
    table = find_table(sheets, partial(recognised, (*expected.columns, TO_CORRECT)))
    if table is None:
        raise UnreadableFile(_("«{filename}» is empty.", filename=name))
    if len(table.rows) > expected.most_rows:
        raise UnreadableFile(expected.too_many_rows)
    return table


def read_found(
    table: FoundTable, keys: Sequence[str], expected: TableFormat, make: Callable[[TableRow], T | None]
) -> Table[T]:
    """Return the objects that `make` makes of the rows of a table that was found in a file, and all problems.

    `keys` has, for each column of the table, the key of the expected column that it is; '' if it is ignored. `make`
    gets every row and returns an object, or None to leave the row out; it calls `TableRow.refuse` to add a problem. It
    also gets rows that already have problems, in order to find more; their objects are dropped unless the format is
    `lenient`.
    """
    reader = _RowReader(table, keys, expected)
    made: list[T] = []
    problems: list[TableProblem] = []
    for sheet_row in table.rows:
        row = reader.read(sheet_row)
        result = make(row)
        problems += row.problems
        if result is not None and (expected.lenient or not row.problems):
            made.append(result)
    ignored = tuple(
        heading[:LONGEST_CELL] for heading, key in zip(table.headings, keys, strict=True) if heading and not key
    )
    there = frozenset(keys) - {"", TO_CORRECT.key}
    return Table(tuple(made), tuple(problems), there, ignored, table.aside)


def located_together(problems: Iterable[TableProblem]) -> list[Span]:
    """Return a sentence about each problem in a file (see `located`); one that occurs on many lines is said once."""
    lines: dict[str, list[TableProblem]] = {}
    for problem in problems:
        lines.setdefault(repr(replace(problem, line=0)), []).append(problem)
    return [located(first, len(others)) for first, *others in lines.values()]


def located(problem: TableProblem, others: int = 0) -> Span:
    """Return a sentence about a problem in a file, beginning with the line number and the name of the row or column.

    `others` is on how many more lines the file has the same problem.
    """
    if not problem.line:
        return problem.reason
    line: Span = _("Line {line}", line=problem.line)
    if others:
        line = _n("Line {line} and {count} more", "Line {line} and {count} more", others, line=problem.line)
    if title := problem.title or problem.heading:
        return _("{line}, «{title}»: {reason}", line=line, title=Name(title), reason=problem.reason)
    return _("{line}: {reason}", line=line, reason=problem.reason)


class UnreadableFile(Exception):
    """The error that no table can be read in a file; `problem` tells the sender why."""

    def __init__(self, reason: Span, line: int = 0) -> None:
        super().__init__(reason)
        self.problem = TableProblem(line=line, reason=reason)


def _missing(line: int, keys: Collection[str], columns: Sequence[Column]) -> Iterator[TableProblem]:
    """Yield a problem for each required column that is missing."""
    there = {*keys, *(key for column in columns if column.key in keys for key in column.replaces)}
    for column in columns:
        if column.required and column.key not in there:
            yield TableProblem(line=line, reason=_("The column {column} is missing.", column=column.name))


# --- its rows


class _RowReader:
    """Reads the rows of a table one after another, and remembers the line of each reference."""

    def __init__(self, table: FoundTable, keys: Sequence[str], expected: TableFormat) -> None:
        columns = {column.key: column for column in expected.columns}
        self._cells = [
            (place, _CellReader(columns[key], heading[:LONGEST_CELL]))
            for place, (heading, key) in enumerate(zip(table.headings, keys, strict=True))
            if key in columns
        ]
        places = {key: place for place, key in enumerate(keys)}
        self._titles = [(places[key], columns[key].longest) for key in expected.titles if key in places]
        self._never_blank = [column for column in expected.columns if column.missing]
        self._unique = [column for column in expected.columns if column.unique]
        self._beyond = dict(table.beyond)
        self._first_lines: dict[tuple[str, object], int] = {}

    def read(self, sheet_row: SheetRow) -> TableRow:
        """Return a row of the file with its converted values and all its problems."""
        row = TableRow(sheet_row.line)
        texts = sheet_row.cells
        row.title = next(filter(None, (texts[place][:longest] for place, longest in self._titles)), "")
        for place, reader in self._cells:
            if text := texts[place]:
                reader.read(text, row)
        # An unquoted comma in a cell moves everything after it by one column.
        if extra := self._beyond.get(row.line):
            row.refuse(_("«{value}» is beyond the last column.", value=Name(extra[:LONGEST_CELL])))
        for column in self._never_blank:
            if column.missing and column.key not in row.cells:
                row.refuse(column.missing)
        for column in self._unique:
            reference = row.cells.get(column.key)
            first = self._first_lines.setdefault((column.key, reference), row.line) if reference else row.line
            if first != row.line:
                row.refuse(repeated_reference(str(reference), first))
        return row


class _CellReader:
    """Reads the cells of one column. Results are cached, because many rows have the same cells."""

    def __init__(self, column: Column, heading: str) -> None:
        self._key = column.key
        self._read = column.read
        self._longest = column.longest
        self._heading = heading
        self._known: dict[str, object] = {}

    def read(self, text: str, row: TableRow) -> None:
        """Store the converted value of a cell in its row; if the text is invalid, add a problem to the row."""
        row.cells[self._key] = None  # wrong, but not missing
        if len(text) > self._longest:
            row.refuse(cell_too_long(self._heading, text, self._longest))
            row.cells[self._key] = shortened(text, self._longest) if self._read is str else None
            return
        value = text if self._read is str else self._meaning(text)
        if isinstance(value, CellError):
            row.refuse(value.reason, self._heading)
            row.cells[self._key] = value.instead
        else:
            row.cells[self._key] = value

    def _meaning(self, text: str) -> object:
        if text not in self._known:
            try:
                self._known[text] = self._read(text)
            except CellError as error:
                self._known[text] = error
        return self._known[text]
