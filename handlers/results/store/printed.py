"""The SQL of which ideas are printed and exported.

An idea is printed if an organiser included it, or if nobody decided about it and it was seen: somebody voted for it, or
it was revealed in a phase in which its group cast no votes at all. Ideas that came late or had no group were never on a
wall, so nobody saw them. An idea that was merged into another is printed with that one, unless it was excluded itself.
"""

from __future__ import annotations

from handlers.workshops.store.ideas import is_shown

SHOWN = f"{is_shown('i')} AND NOT EXISTS (SELECT 1 FROM ideas x WHERE x.id = i.merged_into AND x.hidden = 1)"
"""The SQL condition for ideas `i` that are shown; an idea that was merged into a hidden one is hidden too."""
ASIDE = "i.state IN ('homeless', 'offered') AND i.hidden = 0"
"""The SQL condition for ideas `i` that count for no group: their authors had none, or they were late and undecided."""
EVERY_GROUP = "h.group_id IS NOT NULL"
"""The SQL condition for ideas `h` of any group, for `is_unseen` and `is_printed`."""


def _is_revealed(idea: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM phase_runs r WHERE r.group_id = {idea}.group_id AND r.phase = {idea}.phase"
        " AND r.revealed_at IS NOT NULL)"
    )


def _has_votes(idea: str) -> str:
    return (
        f"(EXISTS (SELECT 1 FROM idea_votes v WHERE v.idea_id = {idea}.id) OR EXISTS (SELECT 1 FROM ideas m"
        f" JOIN idea_votes v ON v.idea_id = m.id WHERE m.merged_into = {idea}.id AND {is_shown('m')}))"
    )


def is_unrevealed(idea: str) -> str:
    """Return the SQL condition that nobody but its author and facilitators can have read an idea.

    `idea` is the name by which the statement refers to the idea, which is not merged into another one.
    """
    return f"({idea}.state <> 'live' OR (NOT {_has_votes(idea)} AND NOT {_is_revealed(idea)}))"


def is_unseen(idea: str, groups: str = EVERY_GROUP) -> str:
    """Return the SQL condition that nobody revealed an idea, or that nobody voted for it although its group voted.

    `idea` is the name by which the statement refers to the idea, which is not merged into another one. `groups` is an
    SQL condition for the ideas `h` whose votes count as votes of a group. It must include the ideas of the idea's
    group, and exclude ideas without a group.
    """
    voted = (
        f"({idea}.group_id, {idea}.phase) IN (SELECT h.group_id, h.phase FROM ideas h"
        f" JOIN idea_votes w ON w.idea_id = h.id WHERE {groups})"
    )
    return f"({idea}.state <> 'live' OR (NOT {_has_votes(idea)} AND (NOT {_is_revealed(idea)} OR {voted})))"


def is_printed(unseen: str) -> str:
    """Return the SQL condition that an idea `i` is printed.

    `unseen` is the SQL condition for ideas `x` that are left out unless an organiser included them.
    """
    return (
        "COALESCE(i.printed, 1) <> 0 AND EXISTS (SELECT 1 FROM ideas x WHERE x.id = COALESCE(i.merged_into, i.id)"
        f" AND (x.printed = 1 OR (x.printed IS NULL AND NOT {unseen})))"
    )
