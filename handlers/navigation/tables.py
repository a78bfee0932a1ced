"""Files with tables that the bot sends to organisers: data, empty tables to fill in, and tables to correct."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.content.texts import ISOLATES, Reader, Span, Text, _, plain
from bot.content.views import NOBODY, File
from bot.files.columns import TO_CORRECT, Column
from bot.files.sheets import SheetRow, UnreadableSheet, marked, read_rows, write_csv
from bot.files.tables import TableProblem

_CSV = "text/csv"


def to_take_along(
    name: Text,
    headings: Iterable[Span],
    rows: Iterable[Sequence[object]],
    reader: Reader,
    named: frozenset[int] | None = None,
) -> File:
    """Return a CSV file with a table: `headings`, in the reader's language, and `rows`.

    `named` are the ids of the participants whose names are in the file; None means that it may name anybody (see
    `File`).
    """
    return File(name, write_csv(rows, [plain(heading, reader) for heading in headings]), _CSV, named)


def to_fill_in(name: Text, columns: Iterable[Column], reader: Reader) -> File:
    """Return a CSV file with headings in the reader's language and no rows."""
    return to_take_along(name, (column.name for column in columns), (), reader, NOBODY)


def to_correct(content: bytes, problems: Iterable[TableProblem], reader: Reader, most: int) -> File | None:
    """Return a CSV copy of a table that was sent, with the mistakes of each row in an additional first column.

    The copy has at most `most` rows, rows with mistakes first. Returns None if no row below the headings has a mistake,
    or if the file cannot be read.
    """
    try:
        return rows_to_correct(read_rows(content, most + 1), problems, reader)
    except UnreadableSheet:
        return None


def rows_to_correct(rows: Sequence[SheetRow], problems: Iterable[TableProblem], reader: Reader) -> File | None:
    """Return a CSV file with a table's rows, the headings first, and the mistakes of each row in an additional column.

    Returns None if no row below the headings has a mistake.
    """
    reasons = [(problem.line, plain(problem.reason, reader).translate(ISOLATES)) for problem in problems]
    table = marked(rows, reasons, plain(TO_CORRECT.name, reader))
    return File(_("to-correct.csv"), table, _CSV) if table else None
