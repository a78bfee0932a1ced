"""Every table and every column is carried over, whatever a migration adds."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.database.moving import move
from bot.database.opening import open_store

LEFT = {"schema_version", "leases", "sqlite_sequence"}
"""Tables that are not carried over row by row."""


def fill_every_column(database: Path) -> None:
    """Add two rows to every table, in which every column has a value; rows refer to rows of the same number."""
    with closing(sqlite3.connect(database)) as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if name not in LEFT
        ]
        for table in tables:
            columns = connection.execute("SELECT name, type FROM pragma_table_info(?)", [table]).fetchall()
            refers = dict(connection.execute('SELECT "from", "to" FROM pragma_foreign_key_list(?)', [table]))
            for number in (1, 2):
                texts = [f"{refers.get(name, name)} {number} é" for name, _ in columns]
                kinds: list[dict[str, Any]] = [{"TEXT": text, "BYTEA": text.encode()} for text in texts]
                values = [kind.get(kept, number) for (_, kept), kind in zip(columns, kinds, strict=True)]
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
        connection.commit()
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def rows(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of an SQLite database by table, sorted."""
    with closing(sqlite3.connect(database)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in names}


async def test_every_column_of_every_table_goes_there_and_back(
    migrated_file: Path, tmp_path: Path, empty_postgres_url: str
) -> None:
    shutil.copy(migrated_file, tmp_path / "here.db")
    shutil.copy(migrated_file, tmp_path / "back.db")
    fill_every_column(tmp_path / "here.db")
    await (await open_store(empty_postgres_url)).close()
    counts = await move(f"sqlite:///{tmp_path / 'here.db'}", empty_postgres_url)
    before = rows(tmp_path / "here.db")
    assert len(counts) > 50
    assert counts == dict.fromkeys({*before} - LEFT, 2)
    assert await move(empty_postgres_url, f"sqlite:///{tmp_path / 'back.db'}") == counts
    assert rows(tmp_path / "back.db") == before
