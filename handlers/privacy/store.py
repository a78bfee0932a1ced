"""Counts the people whom the end of a purpose of stored data concerns."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from bot.config.purpose_store import running
from bot.config.purposes import TAKING_PART, Purpose
from bot.config.settings import Settings
from bot.database.engine import Transaction


class Concerned(NamedTuple):
    """How many people are concerned when a purpose ends; a purpose is a reason for which data are stored.

    `erased` people are erased, because no other purpose needs their data; `organisers` says how many of them are
    organisers. `staying` people are not erased, because another purpose needs their data.
    """

    erased: int
    organisers: int
    staying: int


async def concerned(tx: Transaction, settings: Settings, purpose: Purpose, end: datetime, now: datetime) -> Concerned:
    """Return how many people are concerned when a purpose of stored data ends at `end`.

    After the end of taking part, organisers are not erased as long as anybody's data are stored.
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
