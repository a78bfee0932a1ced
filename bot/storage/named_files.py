"""Which files beside the database its rows name, each by the digest of its content."""

from __future__ import annotations

from bot.storage.engine import Transaction

TABLES = ("idea_files", "page_files")
"""Every table with a column `digest` ('' for none): what none of them names is taken away, and in no backup."""


async def digests(tx: Transaction) -> frozenset[str]:
    """The digest of every file that a row names."""
    every = " UNION ".join(f"SELECT digest FROM {table} WHERE digest <> ''" for table in TABLES)
    return frozenset(row["digest"] for row in await tx.all(every))
