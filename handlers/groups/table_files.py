"""A table of known columns, read from CSV or XLSX with everything that is wrong in it; in English, for the shell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.content.names import clean
from bot.files.sheets import SheetRow, SheetTooLong, TextDocument, UnreadableSheet, key_of, read_rows
from bot.people.roster_cells import MOST_CHARACTERS

MOST_ROWS = 250_000
MOST_BYTES = 100_000_000
_TOO_LONG = f"it is too long: {MOST_ROWS} lines at most"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file: on which line (0: as a whole) and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


class Unreadable(Exception):
    """A file cannot be used; `faults` are all that is wrong in it, in the order of its lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


class Table:
    """A file's rows by the names of its columns. What is wrong with the file or a row gathers in `faults`.

    `columns` maps each to the headings it goes by; without one of `needed` the file is some other file, that all of
    those that do for one of `usual` are missing is noted.
    """

    def __init__(
        self,
        data: bytes,
        file: str,
        columns: Mapping[str, str],
        needed: Sequence[str],
        usual: Sequence[Sequence[str]] = (),
    ) -> None:
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self._file, self._columns = file, columns
        rows = self._read(data)
        self._rows = rows[1:]
        self._headings = tuple(clean(cell)[:MOST_CHARACTERS] for cell in rows[0].cells) if rows else ()
        self._names = self._understood(rows[0].line, needed, usual) if rows else []

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row's line and its cells, cleaned; '' where a column or a cell is missing."""
        if self.faults:  # of the headings: each row would be wrong for the same reason
            return
        width, blank = len(self._names), dict.fromkeys(self._columns, "")
        for row in self._rows:
            if any(cell.strip() for cell in row.cells[width:]):
                self.faults.append(Fault(self._file, row.line, "there are more cells than headings"))
                continue
            cells = blank.copy()
            for name, cell in zip(self._names, row.cells, strict=False):
                if name:
                    cells[name] = text = clean(cell)
                    if len(text) > MOST_CHARACTERS:
                        reason = f"{name}: {len(text)} characters, {MOST_CHARACTERS} at most"
                        self.faults.append(Fault(self._file, row.line, reason))
            yield row.line, cells

    def _read(self, data: bytes) -> list[SheetRow]:
        if len(data) > MOST_BYTES:
            self.faults.append(Fault(self._file, 0, f"it is too large: {MOST_BYTES // 1_000_000} MB at most"))
            return []
        try:
            rows = read_rows(data, most=MOST_ROWS + 2)
        except SheetTooLong:
            self.faults.append(Fault(self._file, 0, _TOO_LONG))
            return []
        except TextDocument:
            self.faults.append(Fault(self._file, 0, "it is a text document: put the list into a spreadsheet"))
            return []
        except UnreadableSheet as error:
            self.faults.append(Fault(self._file, error.line, "it cannot be read: save it again as CSV or XLSX"))
            return []
        if len(rows) < 2:
            self.faults.append(
                Fault(self._file, 0, "it is empty" if not rows else "there is nothing below its headings")
            )
        elif len(rows) > MOST_ROWS + 1:
            self.faults.append(Fault(self._file, 0, _TOO_LONG))
        return rows

    def _understood(self, line: int, needed: Sequence[str], usual: Sequence[Sequence[str]]) -> list[str]:
        """The column that each heading means, '' for none."""
        meaning = {key_of(word): column for column, words in self._columns.items() for word in words.split(",")}
        names = [meaning.get(key_of(heading), "") for heading in self._headings]
        for column in self._columns:
            if names.count(column) > 1:
                self.faults.append(Fault(self._file, line, f"two columns mean {column}"))
            elif column in needed and column not in names:
                self.faults.append(Fault(self._file, line, f"the column {column} is missing"))
        for each in usual:
            if not set(each) & set(names):
                self.notes.append(f"there is no column {each[0]}")
        ignored = [heading for heading, name in zip(self._headings, names, strict=True) if heading and not name]
        if ignored:
            self.notes.append(f"columns left out: {', '.join(ignored)}")
        return names
