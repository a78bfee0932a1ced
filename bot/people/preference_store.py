"""Stores which messages people want without having asked for them, and where."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.database.engine import Transaction
from bot.people.notifications import Topic


async def muted(tx: Transaction, participant_id: int) -> frozenset[Topic]:
    """Return the topics that someone turned off."""
    row = await tx.one("SELECT muted FROM participants WHERE id = :id", id=participant_id)
    return frozenset(json.loads(row["muted"])) if row else frozenset()


async def mute(tx: Transaction, participant_id: int, topics: Iterable[Topic]) -> None:
    """Turn these topics off and every other one on."""
    await tx.run(
        "UPDATE participants SET muted = :muted WHERE id = :id", id=participant_id, muted=json.dumps(sorted(topics))
    )


async def set_private_pushes(tx: Transaction, participant_id: int, wanted: bool) -> None:
    """Set whether someone agrees to private messages on the platforms that ask for it."""
    await tx.run(
        "UPDATE accounts SET private_pushes = :wanted WHERE participant_id = :id",
        id=participant_id,
        wanted=int(wanted),
    )
