"""Holds the SQL with which the engine reads groups, declared by the capability that forms groups.

    f"SELECT p.id FROM participants p JOIN {tables().members} m ON m.participant_id = p.id WHERE m.group_id = :group"

This SQL is inserted into statements literally, so the database plans them as if the engine knew the tables.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTables:
    """The SQL with which the engine reads groups: names of tables (or SELECTs in brackets), and conditions.

    The engine is the program without its capabilities, one of which has the groups.
    """

    groups: str
    """A table of groups with the columns id and round."""
    members: str
    """A table of members with the columns participant_id, group_id and round; one group for each person and round."""
    audiences: str
    """SQL list of the words of the audiences that include the whole group `g`, such as 'all'."""
    published: str
    """SQL condition that the round of a group `g` is published, so that the group gets channels."""
    absent: str
    """SQL condition that a participant `p` is marked absent on the day `:today`, a local date in ISO 8601."""


NOBODY = GroupTables(
    groups="(SELECT 0 AS id, 0 AS round WHERE 1 = 0)",
    members="(SELECT 0 AS participant_id, 0 AS group_id, 0 AS round WHERE 1 = 0)",
    audiences="('all')",
    published="1 = 0",
    absent="(1 = 0 AND :today = '')",
)
"""The SQL if no capability forms groups: there are no groups, and nobody is absent."""
_declared: list[GroupTables] = []


def declare(tables: GroupTables) -> None:
    """Set the SQL with which the engine reads groups; only one capability may do so.

    `NOBODY`, the SQL for a program without groups, never replaces other SQL. Raises ValueError if other SQL was
    declared before.
    """
    if _declared and tables == NOBODY:
        return
    if any(known not in (NOBODY, tables) for known in _declared):
        raise ValueError("two capabilities form groups, one at most can")
    _declared[:] = [tables]


def tables() -> GroupTables:
    """Return the SQL with which groups are read. Raises RuntimeError before the capabilities are loaded."""
    if not _declared:
        raise RuntimeError("where groups are is known once the audiences of the capabilities are loaded")
    return _declared[0]
