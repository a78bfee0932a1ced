"""The SQL of the configured sizes of groups, and of their actual sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.config import setting_store
from bot.database.engine import Transaction

_SIZES = "group_sizes"  # key of a stored setting


async def any_group_sizes(tx: Transaction) -> bool:
    """Return whether sizes of groups are stored; they are from the first start of the bot on."""
    return await setting_store.get(tx, _SIZES) is not None


async def group_sizes(tx: Transaction) -> tuple[int, int, int]:
    """Return the smallest, the largest and the target size of a group in people."""
    smallest, largest, target = (await setting_store.get(tx, _SIZES) or "5 7 6").split()
    return int(smallest), int(largest), int(target)


async def set_group_sizes(tx: Transaction, smallest: int, largest: int, target: int) -> None:
    """Store how many people a group has, for groups that are formed from now on."""
    await setting_store.put(tx, _SIZES, f"{smallest} {largest} {target}")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many groups a theme has, and how many members the smallest and the largest unlocked group have.

    These two numbers are None if all groups are locked.
    """

    groups: int
    smallest: int | None
    largest: int | None


async def group_sizes_by_theme(tx: Transaction, round_number: int) -> Mapping[str, Sizes]:
    """Return how many groups of a round (one day) each theme has, and their sizes; other themes are left out."""
    rows = await tx.all(
        "SELECT g.theme, COUNT(*) AS groups, MIN(CASE WHEN g.locked = 0 THEN COALESCE(s.members, 0) END) AS smallest,"
        " MAX(CASE WHEN g.locked = 0 THEN COALESCE(s.members, 0) END) AS largest FROM groups g"
        " LEFT JOIN (SELECT group_id, COUNT(*) AS members FROM members WHERE round = :round GROUP BY group_id) s"
        " ON s.group_id = g.id WHERE g.round = :round GROUP BY g.theme",
        round=round_number,
    )
    return {row["theme"]: Sizes(row["groups"], row["smallest"], row["largest"]) for row in rows}
