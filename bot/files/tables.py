"""Reads tables that people send: CSV or XLSX, columns in any order, with headings in several languages.

A capability describes the columns and converts each row to a result. Problems are collected, not raised:

    columns = (Column("ref", _("reference"), "ref, réf, Referenz", unique=True), Column("year", …, read=read_year))
    form = TableFormat(columns, most_rows=5_000, most_bytes=5_000_000, too_many_rows=_("The list is too long."))
    table = read_table(content, "list.csv", form, make_person)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.content.answers import text_document
from bot.content.names import clean
from bot.content.texts import Listing, Name, Span, Text, _
from bot.files.sheets import SheetRow, SheetTooLong, TextDocument, UnreadableSheet, key_of, read_rows

LONGEST_CELL = 100
"""The most characters in a cell, unless its column says otherwise; longer headings are cut."""
_MOST_QUOTED = 10 * LONGEST_CELL
"""How many characters beyond the last column are looked at, before the invisible ones are removed."""

T = TypeVar("T")


class CellError(Exception):
    """The error that a column's `read` function raises for an invalid cell; `reason` tells the sender what is wrong."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProblem:
    """One problem that the sender of a file has to correct.

    `line` is the line number as spreadsheets show it, 0 for a problem of the whole file. `title` names the row and
    `heading` the column, as they are in the file; each is '' if unknown, or if `reason` already contains it.
    """

    line: int
    reason: Span
    title: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its `key` in the code, its `name` for people, and its valid `headings`, comma-separated.

    Case, accents, blanks and punctuation in headings are ignored.
    """

    key: str
    name: Span
    headings: str
    read: Callable[[str], object] = str
    """A function that converts a cleaned cell that is not blank to its value. Raises CellError for an invalid cell.

    The result must depend on the text alone, because it is cached.
    """
    longest: int = LONGEST_CELL
    """The most characters in a cell."""
    required: bool = False
    """Whether a file without this column is refused. Single cells may nevertheless be blank."""
    missing: Span | None = None
    """The problem that is reported for a row whose cell is blank; None if blank cells are allowed."""
    unique: bool = False
    """Whether the cell identifies its row, so that no two rows may have the same value."""
    replaces: tuple[str, ...] = ()
    """The keys of required columns that may be missing if this column is present."""
    alone: str = ""
    """Further headings, which mean this column only if the table has no other column for it or for what it replaces.

    Otherwise they mean the column that has them in its `headings`: «nom» beside «prénom» is a family name.
    """


def file_too_large(filename: Name, most_bytes: int) -> Text:
    """Return the message that a file has more than `most_bytes` bytes."""
    return _("«{filename}» is too large: {most} MB at most.", filename=filename, most=most_bytes // 1_000_000)


def cell_too_long(heading: str, text: str, most: int) -> Text:
    """Return the problem of a cell with more than `most` characters; `heading` is its column's, `text` its content."""
    return _("{column}: {length} characters, {most} at most.", column=Name(heading), length=len(text), most=most)


def repeated_reference(reference: str, line: int) -> Text:
    """Return the problem of a row whose reference is already used on line number `line`."""
    return _("The reference «{value}» is on line {line} already.", value=Name(reference), line=line)


def cannot_be_read(filename: Name) -> Text:
    """Return the message that a file is damaged or is not a table."""
    return _("«{filename}» cannot be read. Save it again as CSV or XLSX.", filename=filename)


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
    titles: tuple[str, ...] = ()
    """The keys of columns that name a row in messages: the first of these cells that is not blank is used."""


class TableRow:
    """One row of a file, while its values are converted to a result.

    `cells` has the values by the key of their column: no entry for a blank cell, None for an invalid one.
    """

    __slots__ = ("cells", "line", "problems", "title")

    def __init__(self, line: int) -> None:
        self.line = line
        self.title = ""
        self.cells: dict[str, Any] = {}
        self.problems: list[TableProblem] = []

    def refuse(self, reason: Span, heading: str = "") -> None:
        """Add a problem to the row, so that it has no result.

        `heading` is the heading of the wrong column; '' if `reason` says enough.
        """
        self.problems.append(TableProblem(line=self.line, reason=reason, title=self.title, heading=heading))


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """The result of reading a file: the results of all rows without problems, and all problems, in order of lines.

    `columns` are the keys of the columns that the file has, `ignored` the headings that match no column.
    """

    rows: tuple[T, ...] = ()
    problems: tuple[TableProblem, ...] = ()
    columns: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()


# L10N: the heading of the first column of a table that is sent back with what is wrong in it
TO_CORRECT = Column("to_correct", _("to correct"), "to correct, à corriger, zu korrigieren")
"""The column with the errors in a table that was sent back for correction. It is valid in every table, and ignored."""


def read_table(data: bytes, filename: str, expected: TableFormat, make: Callable[[TableRow], T | None]) -> Table[T]:
    """Read a CSV or XLSX file, converting each row to a result with `make`. Never raises: problems are in the result.

    `make` gets every row and returns its result; to refuse a row it calls `TableRow.refuse`. It also gets rows that
    already have problems, in order to find more; their results, and None, are dropped. `filename` is used in
    messages, `expected` describes the table.
    """
    try:
        rows = _sheet_rows(data, filename, expected)
    except _UnreadableFile as error:
        return Table(problems=(error.problem,))
    head = rows[0]
    headings = tuple(clean(cell)[:LONGEST_CELL] for cell in head.cells)
    columns = _columns_of(headings, expected.columns)
    problems = list(_heading_problems(head.line, headings, columns, expected.columns))
    if problems:  # each row would be wrong for the same reason
        return Table(problems=tuple(problems))
    keys = frozenset(column.key for column in columns if column)
    reader = _RowReader(headings, columns, expected)
    made: list[T] = []
    for sheet_row in rows[1:]:
        row = reader.read(sheet_row)
        result = make(row)
        if row.problems:
            problems += row.problems
        elif result is not None:
            made.append(result)
    ignored = tuple(heading for heading, column in zip(headings, columns, strict=True) if heading and not column)
    return Table(tuple(made), tuple(problems), keys, ignored)


def located(problem: TableProblem) -> Span:
    """Return a problem as a sentence that begins with its line number, and its row's title or its column's heading."""
    if not problem.line:
        return problem.reason
    title = problem.title or problem.heading
    if not title:
        return _("Line {line}: {reason}", line=problem.line, reason=problem.reason)
    return _("Line {line}, «{title}»: {reason}", line=problem.line, title=Name(title), reason=problem.reason)


def by_spelling(spellings: Mapping[T, str]) -> Mapping[str, T]:
    """Return the values by the key (`key_of`) of every spelling; `spellings` has comma-separated spellings by value."""
    return {key_of(spelling): value for value, words in spellings.items() for spelling in words.split(",")}


def one_of(choices: Mapping[str, T], unknown: Callable[[Name], Text]) -> Callable[[str], T]:
    """Return a `Column.read` function for a column with few valid values.

    `choices` has the values by the key (`key_of`) of each spelling; `unknown` returns the refusal for any other cell.
    """

    def read(text: str) -> T:
        try:
            return choices[key_of(text)]
        except KeyError:
            raise CellError(unknown(Name(text))) from None

    return read


# --- the file as a whole


class _UnreadableFile(Exception):
    """Raised for a file of which no row can be read."""

    def __init__(self, reason: Span, line: int = 0) -> None:
        super().__init__(reason)
        self.problem = TableProblem(line=line, reason=reason)


def _sheet_rows(data: bytes, filename: str, expected: TableFormat) -> Sequence[SheetRow]:
    """Return the rows of a file, the headings first. Raises _UnreadableFile."""
    name = Name(filename)
    if len(data) > expected.most_bytes:
        raise _UnreadableFile(file_too_large(name, expected.most_bytes))
    try:
        rows = read_rows(data, most=expected.most_rows + 2)  # the headings, and one to see that there are too many
    except SheetTooLong:
        raise _UnreadableFile(expected.too_many_rows) from None
    except TextDocument:
        raise _UnreadableFile(text_document(name)) from None
    except UnreadableSheet as error:
        raise _UnreadableFile(expected.cannot_be_read(name), error.line) from None
    if len(rows) > expected.most_rows + 1:
        raise _UnreadableFile(expected.too_many_rows)
    if not rows:
        raise _UnreadableFile(_("«{filename}» is empty.", filename=name))
    return rows


# --- its headings


def _columns_of(headings: Sequence[str], columns: Sequence[Column]) -> Sequence[Column | None]:
    """Return the column of each heading, None for a heading that belongs to none."""
    meanings = {key_of(word): column for column in (*columns, TO_CORRECT) for word in column.headings.split(",")}
    found = [meanings.get(key_of(heading)) for heading in headings]
    for column in columns:
        alone = {key_of(word) for word in column.alone.split(",")} - {""}
        rivals = {column.key, *column.replaces}
        candidates = [
            place
            for place, (heading, other) in enumerate(zip(headings, found, strict=True))
            if key_of(heading) in alone or (other and other.key in rivals)
        ]
        if len(candidates) == 1 and key_of(headings[candidates[0]]) in alone:
            found[candidates[0]] = column
    return found


def _heading_problems(
    line: int, headings: Sequence[str], found: Sequence[Column | None], columns: Sequence[Column]
) -> Iterator[TableProblem]:
    """Yield a problem for each column that occurs twice, and for each required one that is missing."""
    first: dict[str, str] = {}
    for heading, column in zip(headings, found, strict=True):
        if column and column.key in first:
            both = Listing((Name(first[column.key]), Name(heading)))
            reason = _("Two columns are for {column}: {headings}.", column=column.name, headings=both)
            yield TableProblem(line=line, reason=reason)
        elif column:
            first[column.key] = heading
    there = first.keys() | {key for column in found if column for key in column.replaces}
    for column in columns:
        if column.required and column.key not in there:
            yield TableProblem(line=line, reason=_("The column {column} is missing.", column=column.name))


# --- its rows


class _RowReader:
    """Reads the rows of a table one after another, and remembers the line of each reference."""

    def __init__(self, headings: Sequence[str], columns: Sequence[Column | None], expected: TableFormat) -> None:
        self._width = len(columns)
        self._cells = [
            (place, _CellReader(column, heading))
            for place, (heading, column) in enumerate(zip(headings, columns, strict=True))
            if column and column is not TO_CORRECT
        ]
        self._titles = [
            (place, column.longest)
            for key in expected.titles
            for place, column in enumerate(columns)
            if column and column.key == key
        ]
        self._never_blank = [column for column in expected.columns if column.missing]
        self._unique = [column for column in expected.columns if column.unique]
        self._first_lines: dict[tuple[str, object], int] = {}

    def read(self, sheet_row: SheetRow) -> TableRow:
        """Return a row with its values, and with all its problems."""
        row = TableRow(sheet_row.line)
        texts = sheet_row.cells
        if self._titles:
            titles = (clean(texts[place])[:longest] for place, longest in self._titles if place < len(texts))
            row.title = next(filter(None, titles), "")
        for place, reader in self._cells:
            if place < len(texts) and (text := clean(texts[place])):
                reader.read(text, row)
        # An unquoted comma in a cell moves everything after it by one column.
        if len(texts) > self._width and (extra := clean(" ".join(texts[self._width :])[:_MOST_QUOTED])):
            value = Name(extra[:LONGEST_CELL])
            row.refuse(_("«{value}» is beyond the last column.", value=value))
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
        """Store the value of a cell in its row, or add the problem with it to the row."""
        row.cells[self._key] = None  # wrong, but not missing
        if len(text) > self._longest:
            row.refuse(cell_too_long(self._heading, text, self._longest))
            return
        value = text if self._read is str else self._meaning(text)
        if isinstance(value, CellError):
            row.refuse(value.reason, self._heading)
        else:
            row.cells[self._key] = value

    def _meaning(self, text: str) -> object:
        if text not in self._known:
            try:
                self._known[text] = self._read(text)
            except CellError as error:
                self._known[text] = error
        return self._known[text]
