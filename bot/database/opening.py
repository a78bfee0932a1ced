"""Opens the database that an address names: SQLite or PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from bot.database.engine import Store, keep_private, sqlite_files
from bot.database.schema import upgrade


async def open_store(url: str, *, migrate: bool = True) -> Store:
    """Open the database at `sqlite:///path`, `sqlite:////absolute/path` or `postgresql://…`, and migrate it.

    With `migrate` False, the tables are not brought up to date and the access rights of the file are not changed;
    otherwise only its owner can access an SQLite file afterwards. Raises ValueError for any other URL,
    StoreUnavailable, and DatabaseTooNew.
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
