"""Stores which questions were shown to a person, and for which they vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.database.engine import Transaction


async def unseen(tx: Transaction, group_id: int, participant_id: int) -> Mapping[int, int]:
    """Return the questions to a group that a person could vote for but has not seen, with how many people saw each."""
    rows = await tx.all(
        "SELECT q.id, q.views FROM stage_questions q WHERE q.group_id = :group AND q.asked_at IS NULL"
        " AND q.hidden_at IS NULL AND q.merged_into IS NULL AND (q.author_id IS NULL OR q.author_id <> :person)"
        " AND NOT EXISTS (SELECT 1 FROM stage_views v WHERE v.question_id = q.id AND v.participant_id = :person)",
        group=group_id,
        person=participant_id,
    )
    return {row["id"]: row["views"] for row in rows}


async def seen(tx: Transaction, group_id: int, participant_id: int) -> Sequence[int]:
    """Return the ids of the questions to a group that a person was shown and can vote for, always in the same order."""
    return await tx.values(
        int,
        "SELECT q.id FROM stage_questions q JOIN stage_views v ON v.question_id = q.id"
        " WHERE q.group_id = :group AND v.participant_id = :person AND q.asked_at IS NULL AND q.hidden_at IS NULL"
        " AND q.merged_into IS NULL ORDER BY q.id",
        group=group_id,
        person=participant_id,
    )


async def note_shown(tx: Transaction, question_ids: Sequence[int], participant_id: int) -> None:
    """Store that questions are shown to a person who had not seen them."""
    rows = [{"question": question_id, "person": participant_id} for question_id in question_ids]
    await tx.many(
        "INSERT INTO stage_views (question_id, participant_id) VALUES (:question, :person) ON CONFLICT DO NOTHING",
        rows,
    )
    await tx.many(
        "UPDATE stage_questions SET views = views + 1 WHERE id = :question",
        [{"question": question_id} for question_id in question_ids],
    )


async def votes_of(tx: Transaction, question_ids: Sequence[int], participant_id: int) -> Mapping[int, tuple[int, bool]]:
    """Return, by question id, how many votes each question has, and whether a person gave one; not without votes."""
    params = {f"id{place}": question_id for place, question_id in enumerate(question_ids)}
    listed = ", ".join(f":{name}" for name in params)
    if not listed:
        return {}
    rows = await tx.all(
        "SELECT question_id, COUNT(*) AS votes, MAX(CASE WHEN participant_id = :person THEN 1 ELSE 0 END) AS own"
        f" FROM stage_votes WHERE question_id IN ({listed}) GROUP BY question_id",
        person=participant_id,
        **params,
    )
    return {row["question_id"]: (row["votes"], bool(row["own"])) for row in rows}


async def toggle_vote(tx: Transaction, question_id: int, participant_id: int) -> bool:
    """Store a person's vote for a question, or delete it. Returns whether the person votes for the question now."""
    row = {"question": question_id, "person": participant_id}
    if await tx.run("DELETE FROM stage_votes WHERE question_id = :question AND participant_id = :person", **row):
        return False
    await tx.run("INSERT INTO stage_votes (question_id, participant_id) VALUES (:question, :person)", **row)
    return True
