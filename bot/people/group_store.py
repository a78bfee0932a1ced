"""Where groups are read in the engine's statements, as the capability that forms groups declares it.

    f"SELECT p.id FROM participants p JOIN {tables().members} m ON m.participant_id = p.id WHERE m.group_id = :group"

What is declared is SQL, put into a statement as it is: the database plans it as if the engine knew the tables by name.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTables:
    """The SQL that the engine uses to read groups: names of tables (or SELECTs in brackets), and conditions."""

    groups: str
    """A table with the columns id, theme and round."""
    members: str
    """A table with the columns participant_id, group_id and round. A participant is in at most one group of a round."""
    published: str
    """A condition: the round of a group g is published, so that the group gets channels."""
    absent: str
    """A condition: a participant p is marked absent on the day `:today`, a local date in ISO 8601."""


NOBODY = GroupTables(
    groups="(SELECT 0 AS id, '' AS theme, 0 AS round WHERE 1 = 0)",
    members="(SELECT 0 AS participant_id, 0 AS group_id, 0 AS round WHERE 1 = 0)",
    published="1 = 0",
    absent="(1 = 0 AND :today = '')",
)
"""The SQL for a program without a capability that forms groups: nobody is in a group, and nobody is absent."""
_declared: list[GroupTables] = []


def declare(tables: GroupTables) -> None:
    """Declare where groups are stored; NOBODY does not replace another declaration.

    Raises ValueError where they were declared to be somewhere else.
    """
    if _declared and tables == NOBODY:
        return
    if any(known not in (NOBODY, tables) for known in _declared):
        raise ValueError("two capabilities form groups, one at most can")
    _declared[:] = [tables]


def tables() -> GroupTables:
    """Return where groups are stored. Raises RuntimeError before the capabilities declared that."""
    if not _declared:
        raise RuntimeError("where groups are is known once the audiences of the capabilities are loaded")
    return _declared[0]
