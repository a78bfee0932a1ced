"""Stores questions from the audience to groups: their words, and whether they were asked or answered."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.clock import from_micros, instant_or_none, micros_or_none, to_micros
from bot.database.engine import Row, Transaction
from bot.people.browser_store import COUNTED
from handlers.plenary.model.questions import StageQuestion
from handlers.plenary.store import endings

_QUESTION = (
    "SELECT q.id, q.group_id, q.author_id, q.named, q.text, q.written_at, q.asked_at, q.hidden_at, q.merged_into,"
    " q.answer, q.views,"
    " CASE WHEN q.named = 1 AND p.status = 'joined' THEN p.given_name ELSE '' END AS given_name"
    " FROM stage_questions q LEFT JOIN participants p ON p.id = q.author_id"
)


def _question(
    row: Row, views: Mapping[int, int] | None = None, votes: Mapping[int, int] | None = None
) -> StageQuestion:
    return StageQuestion(
        row["id"],
        row["group_id"],
        row["author_id"],
        bool(row["named"]),
        row["given_name"],
        row["text"],
        from_micros(row["written_at"]),
        instant_or_none(row["asked_at"]),
        row["hidden_at"] is not None,
        row["merged_into"],
        row["answer"],
        row["views"] if views is None else views.get(row["id"], 0),
        0 if votes is None else votes.get(row["id"], 0),
    )


_IDS = 36**7
"""One more than the largest id of a question: a button holds seven of them, of seven characters each."""


def draw_id() -> int:
    """Return a random id for a new question.

    Everybody can read the ids in buttons. From consecutive numbers, people who write questions could tell when another
    question was written, and perhaps by whom.
    """
    return secrets.randbelow(_IDS)


async def add_question(
    tx: Transaction, group_id: int, author_id: int, text: str, stems: str, now: datetime, browser: str = ""
) -> int:
    """Store a question from the audience to a group, which does not show its author's name, and return its id.

    `browser` is the id of the unconfirmed browser in which it was written, '' for any other place. `stems` are the
    stems of its words, to find similar questions.
    """
    while True:
        row = await tx.one(
            "INSERT INTO stage_questions (id, group_id, author_id, text, stems, written_at, browser)"
            " VALUES (:id, :group, :author, :text, :stems, :now, :browser) ON CONFLICT (id) DO NOTHING RETURNING id",
            id=draw_id(),
            group=group_id,
            author=author_id,
            text=text,
            stems=stems,
            now=to_micros(now),
            browser=browser,
        )
        if row is not None:
            question_id: int = row["id"]
            return question_id


async def find_question(tx: Transaction, question_id: int) -> StageQuestion | None:
    """Return a question without its votes; None if there is none."""
    row = await tx.one(f"{_QUESTION} WHERE q.id = :id", id=question_id)
    return _question(row) if row else None


async def questions_of_group(tx: Transaction, group_id: int) -> Sequence[StageQuestion]:
    """Return all questions to a group, with their views and votes, in an order that does not tell their age.

    A person who saw, or voted for, several questions that were merged counts once.
    """
    rows = await tx.all(f"{_QUESTION} WHERE q.group_id = :group ORDER BY q.id", group=group_id)
    views = await _people_by_question(tx, "stage_views", group_id)
    votes = await _people_by_question(tx, "stage_votes", group_id)
    return [_question(row, views, votes) for row in rows]


async def _people_by_question(
    tx: Transaction, table: Literal["stage_views", "stage_votes"], group_id: int
) -> Mapping[int, int]:
    rows = await tx.all(
        "SELECT COALESCE(q.merged_into, q.id) AS question, COUNT(DISTINCT r.participant_id) AS people"
        f" FROM stage_questions q JOIN {table} r ON r.question_id = q.id WHERE q.group_id = :group"
        " GROUP BY COALESCE(q.merged_into, q.id)",
        group=group_id,
    )
    return {row["question"]: row["people"] for row in rows}


async def questions_with(tx: Transaction, question_ids: Sequence[int]) -> Sequence[StageQuestion]:
    """Return the questions with these ids, in this order, without their votes; deleted ones are left out."""
    params = {f"id{place}": question_id for place, question_id in enumerate(question_ids)}
    listed = ", ".join(f":{name}" for name in params)
    rows = await tx.all(f"{_QUESTION} WHERE q.id IN ({listed})", **params) if params else ()
    known = {row["id"]: _question(row) for row in rows}
    return [known[question_id] for question_id in question_ids if question_id in known]


async def count_written(tx: Transaction, author_id: int, group_id: int, place: str) -> int:
    """Return how many questions a person has written to a group in one kind of place.

    `place` is ALL_NEW for all unconfirmed browsers together, '' for everywhere else.
    """
    return await tx.value(
        int,
        f"SELECT COUNT(*) FROM stage_questions WHERE author_id = :author AND group_id = :group AND {COUNTED}",
        author=author_id,
        group=group_id,
        browser=place,
    )


async def take_as_own(tx: Transaction, participant_id: int, browser_id: str) -> Sequence[None]:
    """Make the questions written in a browser count as its owner's, after the owner has confirmed the browser.

    Returns an empty sequence.
    """
    await tx.run(
        "UPDATE stage_questions SET browser = '' WHERE author_id = :id AND browser = :browser",
        id=participant_id,
        browser=browser_id,
    )
    return ()


async def questions_by(tx: Transaction, author_id: int, group_id: int) -> Sequence[StageQuestion]:
    """Return a person's questions to a group, or to all groups if `group_id` is 0; the newest last."""
    rows = await tx.all(
        f"{_QUESTION} WHERE q.author_id = :author AND (CAST(:group AS BIGINT) = 0 OR q.group_id = :group)"
        " ORDER BY q.written_at, q.id",
        author=author_id,
        group=group_id,
    )
    return [_question(row) for row in rows]


async def count_questions(tx: Transaction, group_id: int) -> int:
    """Return how many questions to a group wait to be asked: neither asked yet, nor hidden, nor merged into another."""
    return await tx.value(
        int,
        "SELECT COUNT(*) FROM stage_questions WHERE group_id = :group AND asked_at IS NULL AND hidden_at IS NULL"
        " AND merged_into IS NULL",
        group=group_id,
    )


@dataclass(frozen=True, slots=True)
class RoomQuestions:
    """How many questions the audience wrote in a plenary, without hidden ones.

    `written` counts all, also questions merged into others; `unasked` counts the ones that are neither asked nor
    merged.
    """

    written: int
    unasked: int


async def questions_of_room(tx: Transaction, plenary_id: int) -> RoomQuestions:
    """Return how many questions the audience wrote in a plenary, in one statement, as wall screens ask often."""
    [questions] = await tx.rows(
        RoomQuestions,
        "SELECT COUNT(*) AS written,"
        " COUNT(CASE WHEN q.asked_at IS NULL AND q.merged_into IS NULL THEN 1 END) AS unasked"
        " FROM stage_questions q JOIN stage_turns t ON t.group_id = q.group_id"
        " WHERE t.plenary_id = :id AND q.hidden_at IS NULL",
        id=plenary_id,
    )
    return questions


async def stems_of_questions(tx: Transaction, group_id: int) -> Sequence[tuple[int, str]]:
    """Return the questions to a group that wait to be asked, as pairs of a question's id and the stems of its words.

    Hidden and merged questions are left out.
    """
    rows = await tx.all(
        "SELECT id, stems FROM stage_questions WHERE group_id = :group AND hidden_at IS NULL AND merged_into IS NULL"
        " AND asked_at IS NULL ORDER BY id",
        group=group_id,
    )
    return [(row["id"], row["stems"]) for row in rows]


async def set_named(tx: Transaction, question_id: int, named: bool) -> None:
    """Store whether a question shows its author's first name."""
    await tx.run("UPDATE stage_questions SET named = :named WHERE id = :id", id=question_id, named=int(named))
    await endings.record(tx, "question unsigned", question_id, back=named)


async def delete_question(tx: Transaction, question_id: int) -> None:
    """Delete a question at its author's request."""
    await tx.run("DELETE FROM stage_questions WHERE id = :id", id=question_id)
    await endings.record(tx, "question deleted", question_id)


async def set_asked(tx: Transaction, question_id: int, asked_at: datetime | None) -> None:
    """Store when a question was asked aloud; None if it was not."""
    await tx.run(
        "UPDATE stage_questions SET asked_at = :at WHERE id = :id", id=question_id, at=micros_or_none(asked_at)
    )


async def mark_told(tx: Transaction, question_id: int, now: datetime) -> bool:
    """Store that the author of a question was told that it is asked. Returns False if that was stored before."""
    return bool(
        await tx.run(
            "UPDATE stage_questions SET told_at = :now WHERE id = :id AND told_at IS NULL",
            id=question_id,
            now=to_micros(now),
        )
    )


async def set_hidden(tx: Transaction, question_id: int, by: int, now: datetime, *, hidden: bool) -> bool:
    """Hide a question from everybody except its author and organisers, or show it again.

    `by` is the id of the organiser. Returns False if the question was already hidden, or already shown.
    """
    changed = await tx.run(
        "UPDATE stage_questions SET hidden_at = CASE WHEN :hidden = 1 THEN CAST(:now AS BIGINT) END,"
        " hidden_by = CASE WHEN :hidden = 1 THEN CAST(:by AS BIGINT) END"
        " WHERE id = :id AND (CASE WHEN hidden_at IS NULL THEN 0 ELSE 1 END) <> :hidden",
        id=question_id,
        by=by,
        now=to_micros(now),
        hidden=int(hidden),
    )
    if changed:
        await endings.record(tx, "question hidden", question_id, back=not hidden)
    return bool(changed)


async def merge_questions(tx: Transaction, question_ids: Sequence[int], target_id: int | None) -> None:
    """Merge questions into the question `target_id`; None makes them questions of their own again."""
    await tx.many(
        "UPDATE stage_questions SET merged_into = CAST(:target AS BIGINT) WHERE id = :id",
        [{"id": question_id, "target": target_id} for question_id in question_ids],
    )


async def set_answer(tx: Transaction, question_id: int, answer: str, by: int, now: datetime) -> None:
    """Store a group's written answer to a question, in place of an earlier answer. `by` is the id of the writer."""
    await tx.run(
        "UPDATE stage_questions SET answer = :answer, answered_by = :by, answered_at = :now WHERE id = :id",
        id=question_id,
        answer=answer,
        by=by,
        now=to_micros(now),
    )
