"""Stores what facilitators decide on ideas: hiding and merging ideas, accepting late ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.database.engine import Transaction
from handlers.ideas.store import endings
from handlers.ideas.store.ideas import COLUMNS
from handlers.workshops.model import Idea


async def set_hidden(tx: Transaction, idea_id: int, hidden: bool) -> bool:
    """Hide an idea, or show it again if `hidden` is False. Returns False if nothing changes."""
    sql = "UPDATE ideas SET hidden = :hidden WHERE id = :id AND hidden <> :hidden"
    if not await tx.run(sql, id=idea_id, hidden=int(hidden)):
        return False
    await endings.record(tx, "hidden", idea_id, back=not hidden)
    return True


async def ideas_merged_into(tx: Transaction, idea_id: int) -> Sequence[Idea]:
    """Return the ideas that were merged into an idea, oldest first."""
    return await tx.rows(Idea, f"SELECT {COLUMNS} FROM ideas i WHERE i.merged_into = :id ORDER BY i.id", id=idea_id)


async def merge_into(tx: Transaction, idea_ids: Iterable[int], target: int | None) -> None:
    """Merge ideas into the idea with the id `target`; None makes them ideas of their own again."""
    await tx.many(
        "UPDATE ideas SET merged_into = CAST(:target AS BIGINT) WHERE id = :id",
        [{"id": idea_id, "target": target} for idea_id in idea_ids],
    )


async def late_ideas(tx: Transaction, group_id: int, phase: str) -> Sequence[Idea]:
    """Return the late ideas of a group's phase that their authors sent to the facilitator, oldest first.

    Ideas on which a facilitator has already decided are left out.
    """
    return await _ideas_where(tx, group_id, phase, "i.state = 'offered'")


async def hidden_ideas(tx: Transaction, group_id: int, phase: str) -> Sequence[Idea]:
    """Return the hidden ideas of a group's phase, oldest first."""
    return await _ideas_where(tx, group_id, phase, "i.state = 'live' AND i.hidden = 1")


async def _ideas_where(tx: Transaction, group_id: int, phase: str, condition: str) -> Sequence[Idea]:
    return await tx.rows(
        Idea,
        f"SELECT {COLUMNS} FROM ideas i WHERE i.group_id = :group AND i.phase = :phase AND {condition} ORDER BY i.id",
        group=group_id,
        phase=phase,
    )
