"""Tables that people send: CSV or XLSX, columns in any order, under headings in several languages.

A capability declares its columns and what becomes of a row; everything that is wrong is gathered, nothing is raised:

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
"""Characters of a cell, unless its column says otherwise; longer headings are cut there."""

T = TypeVar("T")


class CellError(Exception):
    """Raised by the reader of a column for a cell it cannot take; `reason` is a sentence for who sent the table."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProblem:
    """One thing to correct in a file.

    `line` is counted as an editor or a spreadsheet does, 0 for the file as a whole. `title` is what the row is about,
    and `heading` the column as the file calls it; each is '' where it is unknown or where `reason` names it already.
    """

    line: int
    reason: Span
    title: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in the code, its name to people, and the headings it is known by, with commas between.

    Case, accents, blanks and signs in headings do not count.
    """

    key: str
    name: Span
    headings: str
    read: Callable[[str], object] = str
    """Turns a cell that is cleaned and not blank into its value, the same for the same text. Raises CellError."""
    longest: int = LONGEST_CELL
    """How many characters a cell may have."""
    required: bool = False
    """Whether the file is some other file without this column. Its cells may be blank all the same."""
    missing: Span | None = None
    """What is said of a row whose cell is blank; None where it may be."""
    unique: bool = False
    """Whether the cell is the row's reference: no two rows may have the same."""
    replaces: tuple[str, ...] = ()
    """Keys of columns that may be missing where this one is there."""
    alone: str = ""
    """More headings, which mean this column only in a table with no other heading for it or for what it replaces.

    Elsewhere they mean the column that has them among its `headings`: «nom» beside «prénom» is a family name.
    """


def file_too_large(filename: Name, most_bytes: int) -> Text:
    """What the sender of a file with more bytes is told."""
    return _("«{filename}» is too large: {most} MB at most.", filename=filename, most=most_bytes // 1_000_000)


def cell_too_long(heading: str, text: str, most: int) -> Text:
    """What is said of a cell with more characters."""
    return _("{column}: {length} characters, {most} at most.", column=Name(heading), length=len(text), most=most)


def repeated_reference(reference: str, line: int) -> Text:
    """What is said of a row whose reference stands on that line already."""
    return _("The reference «{value}» is on line {line} already.", value=Name(reference), line=line)


def cannot_be_read(filename: Name) -> Text:
    """What the sender of a damaged table is told, or of something else in place of a table."""
    return _("«{filename}» cannot be read. Save it again as CSV or XLSX.", filename=filename)


@dataclass(frozen=True, slots=True)
class TableFormat:
    """What a table may hold: its columns and its bounds."""

    columns: Sequence[Column]
    most_rows: int
    """How many rows there may be below the headings."""
    most_bytes: int
    too_many_rows: Span
    """What is said where there are more rows."""
    cannot_be_read: Callable[[Name], Span] = cannot_be_read
    """What is said of a file that is no table."""
    titles: tuple[str, ...] = ()
    """Keys of columns, in this order: the first cell of them that is not blank tells people which row is meant."""


class TableRow:
    """One row while something is made of it.

    `cells` holds the values that were read, by the key of their column. A blank cell has no entry, the entry of a cell
    that was refused is None.
    """

    __slots__ = ("cells", "line", "problems", "title")

    def __init__(self, line: int) -> None:
        self.line = line
        self.title = ""
        self.cells: dict[str, Any] = {}
        self.problems: list[TableProblem] = []

    def refuse(self, reason: Span, heading: str = "") -> None:
        """Add a problem to the row, so that nothing is made of it."""
        self.problems.append(TableProblem(line=self.line, reason=reason, title=self.title, heading=heading))


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """What was read from a file: what was made of the rows without a problem, and all problems in the order of lines.

    `columns` are the keys of the columns that the file has, `ignored` the headings that belong to none.
    """

    rows: tuple[T, ...] = ()
    problems: tuple[TableProblem, ...] = ()
    columns: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()


# L10N: the heading of the first column of a table that is sent back with what is wrong in it
TO_CORRECT = Column("to_correct", _("to correct"), "to correct, à corriger, zu korrigieren")
"""The column that a table gets when it goes back to be corrected: any table may have it, and it is passed over."""


def read_table(data: bytes, filename: str, expected: TableFormat, make: Callable[[TableRow], T | None]) -> Table[T]:
    """Read a CSV or XLSX file; `make` turns each row into what the caller wants, or refuses it.

    `make` is also given rows with refused cells, so that it can name what else is wrong with them. What it returns for
    a row with a problem is dropped, and so is None. Whatever the file holds, nothing is raised.
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
    """A problem as a sentence that begins with its line, and with what its row is about or else its column."""
    if not problem.line:
        return problem.reason
    title = problem.title or problem.heading
    if not title:
        return _("Line {line}: {reason}", line=problem.line, reason=problem.reason)
    return _("Line {line}, «{title}»: {reason}", line=problem.line, title=Name(title), reason=problem.reason)


def by_spelling(spellings: Mapping[T, str]) -> Mapping[str, T]:
    """The values by the key (`key_of`) of each of their spellings, which are given with commas between them."""
    return {key_of(spelling): value for value, words in spellings.items() for spelling in words.split(",")}


def one_of(choices: Mapping[str, T], unknown: Callable[[Name], Text]) -> Callable[[str], T]:
    """A reader for a column of few values; `choices` holds each by the key (`key_of`) of its spellings.

    `unknown` words the refusal of any other cell.
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
    """The rows of a file, the headings first. Raises _UnreadableFile."""
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
    """The column that each heading means, None for one that means none."""
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
    """Columns that are there twice, and required ones that are not there."""
    first: dict[str, str] = {}
    for heading, column in zip(headings, found, strict=True):
        if column and column.key in first:
            both = Listing((Name(first[column.key]), Name(heading)))
            reason = _("Two columns mean {column}: {headings}.", column=column.name, headings=both)
            yield TableProblem(line=line, reason=reason)
        elif column:
            first[column.key] = heading
    there = first.keys() | {key for column in found if column for key in column.replaces}
    for column in columns:
        if column.required and column.key not in there:
            yield TableProblem(line=line, reason=_("The column {column} is missing.", column=column.name))


# --- its rows


class _RowReader:
    """Reads one row after another, remembering on which line each reference stood first."""

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
        """The row with the values of its cells and all that is wrong with them."""
        row = TableRow(sheet_row.line)
        texts = sheet_row.cells
        if self._titles:
            titles = (clean(texts[place])[:longest] for place, longest in self._titles if place < len(texts))
            row.title = next(filter(None, titles), "")
        for place, reader in self._cells:
            if place < len(texts) and (text := clean(texts[place])):
                reader.read(text, row)
        # An unquoted comma in a cell moves everything after it by one column.
        if len(texts) > self._width and (extra := clean(" ".join(texts[self._width :]))):
            value = Name(extra[:LONGEST_CELL])
            row.refuse(_("«{value}» stands beyond the last column.", value=value))
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
    """Reads the cells of one column, each text once: a hundred thousand rows repeat their cells."""

    def __init__(self, column: Column, heading: str) -> None:
        self._key = column.key
        self._read = column.read
        self._longest = column.longest
        self._heading = heading
        self._known: dict[str, object] = {}

    def read(self, text: str, row: TableRow) -> None:
        """Put the value of a cell into its row, or the problem with it."""
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
