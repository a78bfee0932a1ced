"""Pages that are not as SQLite writes them are refused, and never changed."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path

import pytest

from bot.database.sqlite_pages import UnexpectedPage, WrittenPages, usable_size, without_residue

SIZE = 512


def page(*, kind: int = 13, block: int = 0, content: int = 400, pointers: tuple[int, ...] = (400,)) -> bytearray:
    """A page with rows from `content` on, and something left in the middle."""
    made = bytearray(b"r" * SIZE)
    head = 8 if kind > 8 else 12
    struct.pack_into(f">BHHHB{head - 8}x{len(pointers)}H", made, 0, kind, block, len(pointers), content, 0, *pointers)
    return made


def with_block(place: int, following: int, size: int, content: bytes = b"\0") -> bytes:
    made = page(block=place)
    if place + 4 <= SIZE:
        struct.pack_into(">HH", made, place, following, size)
        made[place + 4 : place + size] = content * (len(made[place : place + size]) - 4)
    return bytes(made)


@pytest.mark.parametrize(("kind", "gap"), [(2, 14), (5, 14), (10, 10), (13, 10)])
def test_the_middle_is_zeroed_and_nothing_else(kind: int, gap: int) -> None:
    dirty = bytes(page(kind=kind))
    clean = without_residue(2, dirty, SIZE)
    assert clean == dirty[:gap] + bytes(400 - gap) + dirty[400:]
    assert without_residue(2, clean, SIZE) is None


def test_only_pages_of_tables_and_indexes_are_changed() -> None:
    left = [kind for kind in (0, 1, 13) if without_residue(2, bytes(page(kind=kind)), SIZE) is None]
    assert left == [0, 1]


def test_a_free_block_is_left() -> None:
    clean = without_residue(2, with_block(440, 0, 20), SIZE)
    assert clean is not None
    assert clean[400:] == with_block(440, 0, 20)[400:]


@pytest.mark.parametrize(
    ("damaged", "told"),
    [
        (bytes(page(kind=7)), "kind 7"),
        (bytes(page(content=9)), "its rows in a wrong place"),
        (bytes(page(content=SIZE + 1)), "its rows in a wrong place"),
        (bytes(page(content=0)), "its rows in a wrong place"),
        (bytes(page(pointers=(400, 399))), "a row in a wrong place"),
        (with_block(399, 0, 20), "block in a wrong place"),
        (with_block(SIZE - 3, 0, 20), "block in a wrong place"),
        (with_block(440, 459, 20), "block in a wrong place"),
        (with_block(440, 440, 20), "block in a wrong place"),
        (with_block(440, 0, 3), "wrong size"),
        (with_block(500, 0, 13), "wrong size"),
        (with_block(440, 0, 20, b"z"), "without secure_delete"),
    ],
)
def test_what_sqlite_does_not_write_is_refused(damaged: bytes, told: str) -> None:
    with pytest.raises(UnexpectedPage, match=told):
        without_residue(2, damaged, SIZE)


def first_page(path: Path, setting: str = "page_size = 512") -> bytearray:
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA {setting}")
        database.execute("CREATE TABLE first (id INTEGER)")
        (made,) = database.execute("SELECT data FROM sqlite_dbpage WHERE pgno = 1").fetchone()
    return bytearray(made)


def test_the_first_page_has_the_header_of_the_file(tmp_path: Path) -> None:
    first = first_page(tmp_path / "x.db")
    assert usable_size(bytes(first)) == SIZE
    first[20] = 8
    assert usable_size(bytes(first)) == SIZE - 8
    first[150:160] = b"left there"
    clean = without_residue(1, bytes(first), SIZE)
    assert clean is not None
    assert (clean[:110], clean[150:160], clean[-20:]) == (bytes(first[:110]), bytes(10), bytes(first[-20:]))


def test_files_whose_pages_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    first = first_page(tmp_path / "x.db")
    struct.pack_into(">I", first, 28, 2**25 - 1)
    assert usable_size(bytes(first)) == SIZE
    struct.pack_into(">I", first, 28, 2**25)
    for damaged in (bytes(first), first_page(tmp_path / "y.db", "auto_vacuum = FULL"), b"", bytes(SIZE)):
        with pytest.raises(UnexpectedPage):
            usable_size(bytes(damaged))


def test_the_log_tells_what_each_transaction_wrote(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    writer = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "CREATE TABLE a (text)", "CREATE TABLE b (text)"):
        writer.execute(statement)
    roots = dict(writer.execute("SELECT name, rootpage FROM sqlite_schema").fetchall())
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM a").fetchall()
    written = WrittenPages(tmp_path / "x.db-wal")
    assert written.take() == []
    for name in ("a", "b"):
        writer.execute(f"INSERT INTO {name} VALUES ('x')")
    assert written.take() == [{roots["a"]}, {roots["b"]}]
    assert written.take() == []
    writer.execute("PRAGMA cache_size = 1")
    writer.execute("BEGIN")
    for name in ("a", "b", "a") * 10:
        writer.execute(f"INSERT INTO {name} VALUES (:text)", {"text": "y" * 3000})
    writer.execute("ROLLBACK")
    assert written.take() == []  # although some of it is in the log
    writer.execute("INSERT INTO b VALUES ('x')")
    assert written.take() == [{roots["b"]}]
    reader.execute("COMMIT")
    writer.execute("PRAGMA wal_checkpoint(RESTART)")
    writer.execute("INSERT INTO a VALUES ('x')")
    assert written.take() == [{roots["a"]}]
    writer.close()
    reader.close()
