"""Finds, in raw pages of an SQLite file, the remains of rows that SQLite moved, and which pages were written anew.

A page of a table or an index holds its rows' places, then unused space, then its rows. When rows move to another page,
SQLite leaves their bytes in the unused space, even with `secure_delete`, which zeroes deleted rows and freed pages
only. The format of pages is described on https://sqlite.org/fileformat2.html.
"""

from __future__ import annotations

import struct
from pathlib import Path

_HEADERS = {2: 12, 5: 12, 10: 8, 13: 8}  # the kinds of pages of tables and indexes, and how long their headers are
_OTHERS = frozenset({0, 1})  # how other pages begin: with a number of a page, or with nothing
_MOST_PAGES = 2**25  # from here on other pages may begin like one of a table
_FIRST_HEADER = 100  # bytes of the file's own header, at the beginning of its first page
_LARGEST = 65536
_NOTHING = bytes(_LARGEST)
_HEADER = struct.Struct(">HHH")
_BLOCK = struct.Struct(">HH")


class UnexpectedPage(Exception):
    """The error that a page of an SQLite file is not as SQLite with `secure_delete` writes pages."""


def usable_size(first: bytes) -> int:
    """Return how many bytes of each page SQLite uses in a database file; `first` is the file's first page.

    Raises UnexpectedPage if the file is not as this program writes it.
    """
    if not first.startswith(b"SQLite format 3\0"):
        raise UnexpectedPage("the file has no header")
    pages, vacuums = struct.unpack_from(">I20xI", first, 28)
    if vacuums or pages >= _MOST_PAGES:
        raise UnexpectedPage("pages whose kind cannot be told")
    return len(first) - first[20]


def without_residue(number: int, page: bytes, usable: int) -> bytes | None:
    """Return a page of an SQLite file with the remains of moved rows zeroed; None if it has no remains.

    `number` is the page's number, from 1, and `page` its bytes; `usable` is how many of the bytes SQLite uses. Raises
    UnexpectedPage if the page is not as SQLite with `secure_delete` writes pages.
    """
    begin = _FIRST_HEADER if number == 1 else 0
    kind = page[begin]
    if kind in _OTHERS:
        return None
    if kind not in _HEADERS:
        raise UnexpectedPage(f"page {number} is of the kind {kind}")
    block, cells, content = _HEADER.unpack_from(page, begin + 1)
    pointers = begin + _HEADERS[kind]
    gap, content = pointers + 2 * cells, content or _LARGEST
    if not gap <= content <= usable:
        raise UnexpectedPage(f"page {number} has its rows in a wrong place")
    least = content
    while block:
        if not least <= block <= usable - _BLOCK.size:
            raise UnexpectedPage(f"page {number} has a free block in a wrong place")
        following, size = _BLOCK.unpack_from(page, block)
        end = block + size
        if size < _BLOCK.size or end > usable:
            raise UnexpectedPage(f"page {number} has a free block of a wrong size")
        if page[block + _BLOCK.size : end] != _NOTHING[: size - _BLOCK.size]:
            raise UnexpectedPage(f"page {number} was written without secure_delete")
        block, least = following, end
    if page[gap:content] == _NOTHING[: content - gap]:
        return None
    if cells and min(struct.unpack_from(f">{cells}H", page, pointers)) < content:
        raise UnexpectedPage(f"page {number} has a row in a wrong place")
    return page[:gap] + _NOTHING[: content - gap] + page[content:]


class WrittenPages:
    """Reads from SQLite's write-ahead log which pages were written; nobody may write while `take` is called.

    From before the first call until after the last, at least one reading transaction must always be open. SQLite then
    restarts the log at most once, and only before it writes the first page that this transaction does not see.
    """

    _HEADER = struct.Struct(">8xI4x8s8x")
    _FRAME = struct.Struct(">II8s8x")

    def __init__(self, log: Path) -> None:
        self._log = log
        self._salt = b""
        self._told = 0

    def take(self) -> list[set[int]]:
        """Return the numbers of the pages that were written since the last call, a set for each transaction.

        The first call returns the pages of the whole log.
        """
        written: list[set[int]] = []
        with self._log.open("rb") as file:
            header = file.read(self._HEADER.size)
            if len(header) < self._HEADER.size:
                return written
            size, salt = self._HEADER.unpack(header)
            if salt != self._salt:
                self._salt, self._told = salt, 0
            place, pages = self._told, set[int]()
            while True:
                file.seek(self._HEADER.size + place * (self._FRAME.size + size))
                frame = file.read(self._FRAME.size)
                if len(frame) < self._FRAME.size:
                    return written
                number, committed, salt = self._FRAME.unpack(frame)
                if salt != self._salt:  # it is of the log before this one
                    return written
                place += 1
                pages.add(number)
                if committed:  # what was not will be overwritten
                    written.append(pages)
                    self._told, pages = place, set()
