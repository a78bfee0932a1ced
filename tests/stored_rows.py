"""Everything that is stored, to be compared or searched."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

from bot.database.engine import Store, Transaction
from bot.database.schema import migrations

_TABLE_STEPS = re.compile(r"CREATE TABLE (\w+)|DROP TABLE (\w+)|ALTER TABLE (\w+) RENAME TO (\w+)")


@cache
def tables() -> tuple[str, ...]:
    """The tables that the program's own migrations lead to, as they are called in the end, but for their own record."""
    names: dict[str, None] = {}
    for step in migrations():
        for created, dropped, before, after in _TABLE_STEPS.findall(step.sql):
            names.pop(dropped or before, None)
            if created or after:
                names[created or after] = None
    return tuple(name for name in names if name != "schema_version")


async def stored_rows(store: Store, *only: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, or of these, by table."""

    async def unit(tx: Transaction) -> dict[str, list[dict[str, Any]]]:
        return {
            table: [dict(cast("Any", row)) for row in await tx.all(f"SELECT * FROM {table}")]
            for table in only or tables()
        }

    return await store.read(unit)
