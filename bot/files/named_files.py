"""Which files beside the database its rows name, each by the digest of its content."""

from __future__ import annotations

from collections.abc import Sequence

from bot.database.engine import Transaction

TABLES = ("idea_files", "page_files")
"""Every table with a column `digest` ('' for none): what none of them names is taken away, and in no backup."""


async def digests(tx: Transaction) -> frozenset[str]:
    """The digest of every file that a row names."""
    every = " UNION ".join(f"SELECT digest FROM {table} WHERE digest <> ''" for table in TABLES)
    return frozenset(row["digest"] for row in await tx.all(every))


async def after(tx: Transaction, digest: str, most: int) -> Sequence[str]:
    """The digests of files that rows name, in their order, from the first after that one; at most so many."""
    every = " UNION ".join(f"SELECT digest FROM {table} WHERE digest > :after" for table in TABLES)
    rows = await tx.all(f"SELECT digest FROM ({every}) d ORDER BY digest LIMIT :most", after=digest, most=most)
    return [row["digest"] for row in rows]


async def rename(tx: Transaction, before: str, digest: str, size: int) -> None:
    """Have the rows that name a file name another in its place, of so many bytes."""
    for table in TABLES:
        await tx.run(f"UPDATE {table} SET digest = :digest WHERE digest = :before", digest=digest, before=before)
    await tx.run("UPDATE idea_files SET size = :size WHERE digest = :digest", size=size, digest=digest)
