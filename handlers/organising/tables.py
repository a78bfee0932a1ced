"""Tables that organisers exchange with the bot: an empty one to fill in, and one that comes back to be corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.sheets import marked, write_csv
from bot.texts import Reader, Span, Text, _, plain
from bot.views import File

_CSV = "text/csv"


def to_fill_in(name: Text, columns: Mapping[str, Text], reader: Reader) -> File:
    """A table without lines, its columns called in the reader's language."""
    return filled(name, columns.values(), [], reader)


def filled(name: Text, columns: Iterable[Span], rows: Iterable[Sequence[str | None]], reader: Reader) -> File:
    """A table to take along, its columns called in the reader's language."""
    return File(plain(name, reader), write_csv(rows, [plain(heading, reader) for heading in columns]), _CSV)


def to_correct(content: bytes, wrong: Iterable[tuple[int, Text]], reader: Reader, most: int) -> File | None:
    """The first `most` rows of a table that was sent, what is wrong with each in a first column.

    `wrong` has reasons with their lines. None where no line below the headings is wrong.
    """
    reasons = [(line, plain(reason, reader)) for line, reason in wrong]
    table = marked(content, reasons, plain(_("to correct"), reader), most)
    return File(plain(_("to-correct.csv"), reader), table, _CSV) if table else None
