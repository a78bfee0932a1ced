"""Tables that organisers exchange with the bot: to take along, to fill in, and one that comes back to be corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.content.texts import Reader, Text, _, plain
from bot.content.views import File
from bot.files.sheets import marked, write_csv

_CSV = "text/csv"


def to_take_along(name: Text, headings: Iterable[Text], rows: Iterable[Sequence[object]], reader: Reader) -> File:
    """A table, its columns called in the reader's language."""
    return File(name, write_csv(rows, [plain(heading, reader) for heading in headings]), _CSV)


def to_fill_in(name: Text, columns: Mapping[str, Text], reader: Reader) -> File:
    """A table without lines, likewise."""
    return to_take_along(name, columns.values(), (), reader)


def to_correct(content: bytes, wrong: Iterable[tuple[int, Text]], reader: Reader, most: int) -> File | None:
    """The first `most` rows of a table that was sent, what is wrong with each in a first column.

    `wrong` has reasons with their lines. None where no line below the headings is wrong.
    """
    reasons = [(line, plain(reason, reader)) for line, reason in wrong]
    table = marked(content, reasons, plain(_("to correct"), reader), most)
    return File(_("to-correct.csv"), table, _CSV) if table else None
