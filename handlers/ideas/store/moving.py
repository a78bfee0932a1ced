"""Moves the ideas of somebody who changed group."""

from __future__ import annotations

from collections.abc import Sequence

from bot.database.engine import Transaction
from handlers.ideas.store.ideas import COLUMNS, separate_merged
from handlers.workshops.model import Idea


async def move_ideas(tx: Transaction, author_id: int, from_group: int | None, to_group: int) -> int:
    """Move the ideas of a participant who changed group to the group `to_group`. Returns how many were moved.

    These are ideas of the open phase of the earlier group `from_group`, or else of its last phase, without late and
    withdrawn ones; None stands for ideas without a group. Moved ideas lose their votes, and are separated from ideas
    that were merged with them.
    """
    ids = [idea.id for idea in await ideas_left_behind(tx, author_id, from_group)]
    for idea_id in ids:
        await tx.run("DELETE FROM idea_votes WHERE idea_id = :id", id=idea_id)
        await separate_merged(tx, idea_id)
        await tx.run(
            "UPDATE ideas SET group_id = :group, merged_into = NULL,"
            " state = CASE state WHEN 'homeless' THEN 'live' ELSE state END,"
            " theme = (SELECT g.theme FROM groups g WHERE g.id = :group) WHERE id = :id",
            id=idea_id,
            group=to_group,
        )
    return len(ids)


async def ideas_left_behind(tx: Transaction, author_id: int, group_id: int | None) -> Sequence[Idea]:
    """Return the ideas that a participant who changed group can move from the earlier group `group_id`.

    These are ideas of the open phase of that group, or else of its last phase, without late and withdrawn ones. None as
    `group_id` stands for ideas that were given without a group, or whose group was dissolved.
    """
    if group_id is None:
        where = "i.group_id IS NULL AND i.state IN ('homeless', 'live')"
    else:
        where = (
            "i.group_id = :group AND i.state = 'live' AND i.phase = (SELECT r.phase FROM phase_runs r"
            " WHERE r.group_id = :group ORDER BY CASE r.state WHEN 'ended' THEN 1 ELSE 0 END, r.started_at DESC,"
            " r.id DESC LIMIT 1)"
        )
    return await tx.rows(
        Idea,
        f"SELECT {COLUMNS} FROM ideas i WHERE i.author_id = :author AND {where} ORDER BY i.id",
        author=author_id,
        **({} if group_id is None else {"group": group_id}),
    )
