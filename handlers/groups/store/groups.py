"""The SQL of groups themselves: their themes and numbers, names and rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.database.engine import Transaction
from bot.database.records import record
from handlers.groups.model import Group
from handlers.themes.model import Theme

_COLUMNS = "g.id, g.round, g.theme, g.number, g.name, g.room, g.locked"
GROUP = f"SELECT {_COLUMNS} FROM groups g"
"""The beginning of queries for a `Group`."""


async def groups_of_round(tx: Transaction, round_number: int) -> Sequence[Group]:
    """Return the groups of a round (one day), sorted by theme in the themes' order, then by number."""
    return await tx.rows(
        Group,
        f"{GROUP} JOIN themes t ON t.key = g.theme WHERE g.round = :round ORDER BY t.position, g.number",
        round=round_number,
    )


async def groups_with_themes(tx: Transaction, round_number: int) -> Sequence[tuple[Group, Theme]]:
    """Return the groups of a round (one day), each with its theme, sorted by theme in the themes' order and number."""
    rows = await tx.all(
        f"SELECT {_COLUMNS}, t.key, t.title, t.description, t.capacity, t.taken FROM groups g"
        " JOIN themes t ON t.key = g.theme WHERE g.round = :round ORDER BY t.position, g.number",
        round=round_number,
    )
    return [(record(Group, row), record(Theme, row)) for row in rows]


async def find_group(tx: Transaction, group_id: int) -> Group | None:
    """Return the group with this id, None if there is none."""
    return await tx.row(Group, f"{GROUP} WHERE g.id = :id", id=group_id)


async def find_published_group(tx: Transaction, group_id: int) -> Group | None:
    """Return the group with this id if it is published; None otherwise, since only organisers may see it before."""
    return await tx.row(
        Group,
        f"{GROUP} JOIN rounds r ON r.number = g.round WHERE g.id = :id AND r.published_at IS NOT NULL",
        id=group_id,
    )


async def add_group(tx: Transaction, round_number: int, theme: str, number: int) -> Group:
    """Store an empty group, and return it. Its number must be free in the theme and round (day).

    If the number is the highest so far in the theme and round, it is stored as the highest.
    """
    group_id = await tx.value(
        int,
        "INSERT INTO groups (round, theme, number) VALUES (:round, :theme, :number) RETURNING id",
        round=round_number,
        theme=theme,
        number=number,
    )
    await tx.run(
        "INSERT INTO group_numbers (round, theme, highest) VALUES (:round, :theme, :number) ON CONFLICT (round, theme)"
        " DO UPDATE SET highest = excluded.highest WHERE group_numbers.highest < excluded.highest",
        round=round_number,
        theme=theme,
        number=number,
    )
    return Group(group_id, round_number, theme, number)


async def highest_group_numbers(tx: Transaction, round_number: int) -> Mapping[str, int]:
    """Return, by theme key, the highest number that a group ever had in a round (day), deleted groups included."""
    rows = await tx.all("SELECT theme, highest FROM group_numbers WHERE round = :round", round=round_number)
    return {row["theme"]: row["highest"] for row in rows}


async def remove_group(tx: Transaction, group_id: int) -> None:
    """Delete a group. Its members are then in no group that day."""
    await tx.run("DELETE FROM groups WHERE id = :id", id=group_id)


async def groups_of_theme(tx: Transaction, theme: str) -> Sequence[int]:
    """Return the ids of a theme's groups on all days (in all rounds)."""
    return await tx.values(int, "SELECT id FROM groups WHERE theme = :theme ORDER BY id", theme=theme)


async def remove_empty_groups(tx: Transaction, theme: str) -> None:
    """Delete the groups of a theme that have no members."""
    await tx.run(
        "DELETE FROM groups WHERE theme = :theme AND NOT EXISTS (SELECT 1 FROM members WHERE group_id = groups.id)",
        theme=theme,
    )


async def rename_group(tx: Transaction, group_id: int, name: str) -> None:
    """Set the name of a group, '' for none."""
    await tx.run("UPDATE groups SET name = :name WHERE id = :id", id=group_id, name=name)


async def set_room(tx: Transaction, group_id: int, room: str) -> None:
    """Set the room where a group meets, '' for unknown."""
    await tx.run("UPDATE groups SET room = :room WHERE id = :id", id=group_id, room=room)


async def set_locked(tx: Transaction, group_id: int, locked: bool) -> None:
    """Set whether a group is locked: a locked group does not change when groups are formed again."""
    await tx.run("UPDATE groups SET locked = :locked WHERE id = :id", id=group_id, locked=int(locked))
