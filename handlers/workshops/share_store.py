"""What was said in the workshops, by theme and gender."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from bot.database.engine import Transaction
from bot.people.facilitator_store import OF_GROUP
from handlers.workshops.shares import Said


async def said(tx: Transaction) -> Mapping[str, Mapping[str, Said]]:
    """By theme, then by gender ('' for not known): the ideas that stand, and how many people gave them."""
    rows = await tx.all(
        "SELECT i.theme, p.gender, COUNT(*) AS ideas, COUNT(DISTINCT p.id) AS people FROM ideas i"
        " JOIN participants p ON p.id = i.author_id WHERE i.state = 'live' AND i.theme IS NOT NULL"
        " GROUP BY i.theme, p.gender"
    )
    found: dict[str, dict[str, Said]] = defaultdict(dict)
    for row in rows:
        found[row["theme"]][row["gender"]] = Said(row["ideas"], row["people"])
    return found


async def themes_of(tx: Transaction, participant_id: int) -> frozenset[str]:
    """The themes in which someone runs groups."""
    rows = await tx.all(
        f"SELECT DISTINCT g.theme FROM groups g JOIN facilitators f ON {OF_GROUP} WHERE f.participant_id = :id",
        id=participant_id,
    )
    return frozenset(row["theme"] for row in rows)
