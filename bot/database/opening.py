"""Opens the SQLite or PostgreSQL database at a URL."""

from __future__ import annotations

from pathlib import Path

from bot.database.engine import Store, keep_private, sqlite_files
from bot.database.schema import upgrade


async def open_store(url: str, *, migrate: bool = True) -> Store:
    """Open the database at `sqlite:///path`, `sqlite:////absolute/path` or `postgresql://…`, and return its store.

    If `migrate` is True, the tables are brought up to date, and an SQLite file is made accessible to its owner only; if
    it is False, neither is done. Raises ValueError for any other URL, StoreUnavailable if the database cannot be used,
    and DatabaseTooNew if a newer version of the program has changed the tables.
    """
    scheme, _, rest = url.partition("://")
    store: Store
    if scheme == "sqlite" and len(rest) > 1 and rest.startswith("/"):
        from bot.database.sqlite import SqliteStore

        store = await SqliteStore.open(Path(rest[1:]))
    elif scheme in ("postgresql", "postgres"):
        from bot.database.postgres import PostgresStore  # asyncpg is loaded where it is used

        store = await PostgresStore.open(url)
    else:
        raise ValueError("a storage URL is sqlite:///path, sqlite:////absolute/path or postgresql://…")
    if migrate:
        if scheme == "sqlite":
            keep_private(*sqlite_files(Path(rest[1:])))
        try:
            await upgrade(store)
        except BaseException:
            await store.close()
            raise
    return store


def is_missing(url: str) -> bool:
    """Return whether a database URL names an SQLite file that does not exist yet, so that opening would create it."""
    return url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()
