"""Everything that is stored, to be compared or searched."""

from __future__ import annotations

import re
from typing import Any, cast

from bot.database.engine import Store, Transaction
from bot.database.schema import migrations


def tables() -> list[str]:
    """The tables of the program's own migrations."""
    return [name for step in migrations() for name in re.findall(r"CREATE TABLE (\w+)", step.sql)]


async def stored_rows(store: Store, *only: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, or of these, by table."""

    async def unit(tx: Transaction) -> dict[str, list[dict[str, Any]]]:
        return {
            table: [dict(cast("Any", row)) for row in await tx.all(f"SELECT * FROM {table}")]
            for table in only or tables()
        }

    return await store.read(unit)
