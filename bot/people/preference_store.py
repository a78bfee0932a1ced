"""Stores which unrequested messages a person wants, and whether they consent to them as private messages."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.database.engine import Transaction
from bot.people.notifications import Topic


async def muted(tx: Transaction, participant_id: int) -> frozenset[Topic]:
    """Return the topics of messages that a participant turned off."""
    row = await tx.one("SELECT muted FROM participants WHERE id = :id", id=participant_id)
    return frozenset(json.loads(row["muted"])) if row else frozenset()


async def mute(tx: Transaction, participant_id: int, topics: Iterable[Topic]) -> None:
    """Turn off messages on these topics for a participant, and turn on all other topics."""
    await tx.run(
        "UPDATE participants SET muted = :muted WHERE id = :id", id=participant_id, muted=json.dumps(sorted(topics))
    )


async def set_private_pushes(tx: Transaction, participant_id: int, wanted: bool) -> None:
    """Set whether a participant consents to private messages that are sent to many people.

    `wanted` is True for consent. Only some platforms require it.
    """
    await tx.run(
        "UPDATE accounts SET private_pushes = :wanted WHERE participant_id = :id",
        id=participant_id,
        wanted=int(wanted),
    )
