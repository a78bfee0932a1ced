"""Reads and changes the rows that name files beside the database; a file's name is the digest of its content.

Every function gets `tables`, the tables with files; only those with `FileTable.named` have such rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.database.engine import Transaction
from bot.files.named_files import FileTable


async def digests(tx: Transaction, tables: Sequence[FileTable]) -> frozenset[str]:
    """Return the digests of all files that rows of these tables name; a file's digest is the SHA-256 of its content."""
    every = " UNION ".join(f"SELECT digest FROM {table.name} WHERE digest <> ''" for table in _naming(tables))
    return frozenset(row["digest"] for row in await tx.all(every))


async def after(tx: Transaction, tables: Sequence[FileTable], digest: str, most: int) -> Sequence[str]:
    """Return the next `most` digests, in ascending order after `digest`, of files that rows of these tables name.

    Returns fewer if there are no more. A file's digest is the SHA-256 of its content.
    """
    every = " UNION ".join(f"SELECT digest FROM {table.name} WHERE digest > :after" for table in _naming(tables))
    return await tx.values(str, f"SELECT digest FROM ({every}) d ORDER BY digest LIMIT :most", after=digest, most=most)


async def rename(tx: Transaction, tables: Sequence[FileTable], before: str, digest: str, size: int) -> None:
    """Make all rows of these tables that name the file with the digest `before` name another file.

    `digest` and `size` (in bytes) describe the other file. A file's digest is the SHA-256 of its content.
    """
    for table in _naming(tables):
        sized = ", size = :size" if table.sized else ""
        await tx.run(
            f"UPDATE {table.name} SET digest = :digest{sized} WHERE digest = :before",
            digest=digest,
            before=before,
            **({"size": size} if table.sized else {}),
        )


async def is_from(tx: Transaction, tables: Sequence[FileTable], participant_id: int, digest: str) -> bool:
    """Return whether rows of these tables say that a participant sent the file with this digest."""
    for table in tables:
        if table.author and await tx.one(
            f"SELECT 1 AS found FROM {table.name} f WHERE f.digest = :digest AND {table.author} = :participant LIMIT 1",
            digest=digest,
            participant=participant_id,
        ):
            return True
    return False


def _naming(tables: Sequence[FileTable]) -> Sequence[FileTable]:
    """Return those tables that name files. Raises ValueError if none does, as all files would seem unneeded then."""
    naming = [table for table in tables if table.named]
    if not naming:
        raise ValueError("no table is known to name files")
    return naming


def named_in(database: Path, tables: Sequence[FileTable]) -> list[str]:
    """Return the digests of the files that an SQLite database names, in ascending order; ignore missing tables."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        named: set[str] = set()
        for table in (table.name for table in tables if table.named):
            if connection.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = 'digest'", (table,)).fetchone():
                named.update(
                    digest for (digest,) in connection.execute(f"SELECT digest FROM {table} WHERE digest <> ''")
                )
        return sorted(named)
