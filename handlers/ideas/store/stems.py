"""Reads the stems of ideas: the beginnings of words by which ideas are compared."""

from __future__ import annotations

from collections.abc import Sequence

from bot.database.engine import Transaction
from handlers.workshops.store.ideas import counts


async def stems_of_theme(tx: Transaction, theme: str, phase: str, *, but_group: int) -> Sequence[tuple[int, str]]:
    """Return the ids and stems of the ideas of a theme's groups in a phase, to compare other ideas with them.

    Stems are the beginnings of an idea's words. Ideas of the group `but_group` are left out, and ideas that are
    withdrawn, hidden, merged into another or not revealed.
    """
    rows = await tx.all(
        "SELECT i.id, i.stems FROM ideas i JOIN phase_runs r ON r.group_id = i.group_id AND r.phase = i.phase"
        f" WHERE i.theme = :theme AND i.phase = :phase AND i.group_id <> :group AND {counts('i')}"
        " AND r.revealed_at IS NOT NULL ORDER BY i.id",
        theme=theme,
        phase=phase,
        group=but_group,
    )
    return [(row["id"], row["stems"]) for row in rows]


async def stems_of_group(tx: Transaction, group_id: int, phase: str) -> Sequence[tuple[int, str]]:
    """Return the ids and stems (beginnings of words) of a group's ideas in a phase, oldest first.

    Ideas that are withdrawn, hidden or merged into another are left out.
    """
    rows = await tx.all(
        "SELECT i.id, i.stems FROM ideas i WHERE i.group_id = :group AND i.phase = :phase"
        f" AND {counts('i')} ORDER BY i.id",
        group=group_id,
        phase=phase,
    )
    return [(row["id"], row["stems"]) for row in rows]


async def stems_of_author(tx: Transaction, participant_id: int, phase: str) -> str:
    """Return the stems (beginnings of words) of all ideas of a participant in a phase, separated by blanks.

    Each stem occurs once. Late and withdrawn ideas are left out; ideas that were merged into others are included.
    """
    rows = await tx.all(
        "SELECT stems FROM ideas WHERE author_id = :person AND phase = :phase AND state = 'live' ORDER BY id",
        person=participant_id,
        phase=phase,
    )
    return " ".join(dict.fromkeys(stem for row in rows for stem in row["stems"].split()))
