"""The SQL of phases, the steps of the workshops, as config.toml describes them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.database.engine import Transaction
from handlers.workshops.model import Phase

_PHASE = "SELECT key, position, title, instruction, example, minutes, collects FROM phases"


async def all_phases(tx: Transaction) -> Sequence[Phase]:
    """Return every phase of the workshops, in the order in which groups go through them."""
    return await tx.rows(Phase, f"{_PHASE} ORDER BY position, key")


async def find_phase(tx: Transaction, key: str) -> Phase | None:
    """Return the phase with this key; None if there is none."""
    return await tx.row(Phase, f"{_PHASE} WHERE key = :key", key=key)


async def put_phase(tx: Transaction, phase: Phase) -> None:
    """Store a phase; it replaces the stored phase with the same key, whose runs and ideas stay."""
    await tx.run(
        "INSERT INTO phases (key, position, title, instruction, example, minutes, collects)"
        " VALUES (:key, :position, :title, :instruction, :example, :minutes, :collects)"
        " ON CONFLICT (key) DO UPDATE SET position = excluded.position, title = excluded.title,"
        " instruction = excluded.instruction, example = excluded.example, minutes = excluded.minutes,"
        " collects = excluded.collects",
        key=phase.key,
        position=phase.position,
        title=json.dumps(dict(phase.title), ensure_ascii=False),
        instruction=json.dumps(dict(phase.instruction), ensure_ascii=False),
        example=json.dumps(dict(phase.example), ensure_ascii=False),
        minutes=phase.minutes,
        collects=phase.collects,
    )
