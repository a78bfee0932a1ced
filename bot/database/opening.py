"""Opens the store, SQLite or PostgreSQL, that a URL names."""

from __future__ import annotations

from pathlib import Path

from bot.database.engine import Store, keep_private, sqlite_files
from bot.database.schema import upgrade


async def open_store(url: str, *, migrate: bool = True) -> Store:
    """Open the database at `sqlite:///path`, `sqlite:////absolute/path` or `postgresql://…`. Returns the store.

    With `migrate` the tables are brought up to date, and SQLite's files are made accessible to their owner only;
    without it nothing is changed. Raises ValueError for another URL, StoreUnavailable, and DatabaseTooNew.
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
