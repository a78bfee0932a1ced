"""Counts the people whom the end of a purpose of stored data concerns."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from bot.config.purpose_store import running
from bot.config.purposes import TAKING_PART, Purpose
from bot.config.settings import Settings
from bot.database.engine import Transaction


class Concerned(NamedTuple):
    """How many people the end of a purpose (a reason for which data are stored) concerns.

    `erased` people have no data stored for another purpose, and are erased; `organisers` counts the organisers among
    them. `staying` people are not erased, because of another purpose.
    """

    erased: int
    organisers: int
    staying: int


async def concerned(tx: Transaction, settings: Settings, purpose: Purpose, end: datetime, now: datetime) -> Concerned:
    """Return how many people the end of a purpose of stored data concerns if it is at `end`.

    Once taking part is over, organisers stay as long as data of anybody are stored.
    """
    later = {other.key for other, its_end in await running(tx, settings, now) if other is not purpose and its_end > end}
    rows = await tx.all(
        "SELECT p.id, p.organises, a.purpose FROM participants p LEFT JOIN purposes a ON a.participant_id = p.id"
    )
    holding: dict[int, set[str]] = {}
    for row in rows:
        holding.setdefault(row["id"], {TAKING_PART}).add(row["purpose"])
    organisers = {row["id"] for row in rows if row["organises"]}
    if TAKING_PART not in later:
        for person in organisers:
            holding[person] |= {row["purpose"] for row in rows}
    people = {person for person, keys in holding.items() if purpose.key in keys}
    erased = {person for person in people if holding[person].isdisjoint(later)}
    return Concerned(len(erased), len(erased & organisers), len(people - erased))
