"""What is asked among very many messages is found by an index, which no later column of the statement may undo."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.background import reminder_store
from bot.database.engine import Transaction, Unit
from bot.database.opening import open_store
from handlers.announcements.store.reports import tally_copies


async def _count_copies(tx: Transaction) -> None:
    await tally_copies(tx, 1)


async def _call_off_a_reminder(tx: Transaction) -> None:
    await reminder_store.call_back(tx, "session:1")


@pytest.mark.parametrize(
    ("unit", "search"),
    [
        (_count_copies, "SEARCH deliveries USING COVERING INDEX deliveries_by_announcement (announcement_id=?)"),
        (_call_off_a_reminder, "SEARCH deliveries USING COVERING INDEX deliveries_reminding (kind=?)"),
    ],
)
async def test_sqlite_reads_no_more_than_the_index(tmp_path: Path, unit: Unit[None], search: str) -> None:
    asked: list[str] = []
    store = await open_store(f"sqlite:///{tmp_path / 'large.db'}")

    async def explained(tx: Transaction) -> list[str]:
        tx._connection.set_trace_callback(asked.append)  # type: ignore[attr-defined]
        await unit(tx)
        tx._connection.set_trace_callback(None)  # type: ignore[attr-defined]
        return [row["detail"] for row in await tx.all(f"EXPLAIN QUERY PLAN {asked[0]}")]

    try:
        assert (await store.transact(explained))[0] == search
    finally:
        await store.close()
