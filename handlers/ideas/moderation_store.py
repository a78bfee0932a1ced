"""What facilitators do with ideas, and who reported which.

Ideas that are one are merged one level deep: whatever was merged into an idea goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction
from handlers.ideas.store import COLUMNS, idea_of_row
from handlers.workshops.model import Idea
from handlers.workshops.store import COUNTS


async def set_hidden(tx: Transaction, idea_id: int, hidden: bool) -> bool:
    """Hide an idea, or show it again. False when it was so already."""
    return bool(
        await tx.run(
            "UPDATE ideas SET hidden = :hidden WHERE id = :id AND hidden <> :hidden", id=idea_id, hidden=int(hidden)
        )
    )


async def merged_into(tx: Transaction, idea_id: int) -> Sequence[Idea]:
    """The ideas that were merged into one, oldest first."""
    rows = await tx.all(f"SELECT {COLUMNS} FROM ideas i WHERE i.merged_into = :id ORDER BY i.id", id=idea_id)
    return [idea_of_row(row) for row in rows]


async def put_into(tx: Transaction, idea_ids: Iterable[int], target: int | None) -> None:
    """Make ideas part of another, None for of none."""
    await tx.many(
        "UPDATE ideas SET merged_into = CAST(:target AS BIGINT) WHERE id = :id",
        [{"id": each, "target": target} for each in idea_ids],
    )


async def late(tx: Transaction, group_id: int, phase: str) -> Sequence[Idea]:
    """The ideas that came after the end of a group's phase and were sent to the facilitator, oldest first."""
    return await _where(tx, group_id, phase, "i.state = 'offered'")


async def hidden(tx: Transaction, group_id: int, phase: str) -> Sequence[Idea]:
    """The ideas of a group's phase that are hidden, oldest first."""
    return await _where(tx, group_id, phase, "i.state = 'live' AND i.hidden = 1")


async def stems(tx: Transaction, group_id: int, phase: str) -> Sequence[tuple[int, str]]:
    """Id and stems of the ideas that count in a group's phase, oldest first."""
    rows = await tx.all(
        f"SELECT i.id, i.stems FROM ideas i WHERE i.group_id = :group AND i.phase = :phase AND {COUNTS} ORDER BY i.id",
        group=group_id,
        phase=phase,
    )
    return [(row["id"], row["stems"]) for row in rows]


async def own_stems(tx: Transaction, participant_id: int, phase: str) -> str:
    """The stems of all that someone gave in a phase and stands, of those merged into others too, each once."""
    rows = await tx.all(
        "SELECT stems FROM ideas WHERE author_id = :person AND phase = :phase AND state = 'live' ORDER BY id",
        person=participant_id,
        phase=phase,
    )
    return " ".join(dict.fromkeys(stem for row in rows for stem in row["stems"].split()))


async def report(tx: Transaction, idea_id: int, participant_id: int, now: datetime) -> bool:
    """Note that someone finds an idea out of place. False when they said so before."""
    return bool(
        await tx.run(
            "INSERT INTO idea_reports (idea_id, participant_id, at) VALUES (:idea, :person, :now)"
            " ON CONFLICT DO NOTHING",
            idea=idea_id,
            person=participant_id,
            now=to_micros(now),
        )
    )


async def reported_before(tx: Transaction, participant_id: int, back: int) -> datetime | None:
    """When someone reported for the `back`-th time, from now back; None where they reported less often."""
    row = await tx.one(
        "SELECT at FROM idea_reports WHERE participant_id = :person ORDER BY at DESC LIMIT 1 OFFSET :before",
        person=participant_id,
        before=back - 1,
    )
    return from_micros(row["at"]) if row else None


async def reported_by(tx: Transaction, idea_id: int, participant_id: int) -> bool:
    """Whether someone reported an idea."""
    row = await tx.one(
        "SELECT 1 AS found FROM idea_reports WHERE idea_id = :idea AND participant_id = :person",
        idea=idea_id,
        person=participant_id,
    )
    return row is not None


async def _where(tx: Transaction, group_id: int, phase: str, condition: str) -> Sequence[Idea]:
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM ideas i WHERE i.group_id = :group AND i.phase = :phase AND {condition} ORDER BY i.id",
        group=group_id,
        phase=phase,
    )
    return [idea_of_row(row) for row in rows]
