"""Reads and writes questions to the team (all organisers) and their answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.people.browser_store import COUNTED, still_new

_COLUMNS = f"id, participant_id, question, answer, answered_by, {still_new('questions')} AS browser, way"
_WAITS = "answer IS NULL AND participant_id IS NOT NULL"
"""The SQL condition for questions that wait for an answer.

Questions of people who were erased do not wait, as nobody would read the answer.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that somebody asked the team.

    `participant_id` is the person who asked, None once they were erased. `answer` has the texts of all answers, None
    before the first answer; `answered_by` is the id of the organiser who answered first, None before that. `browser` is
    the id of the unconfirmed browser in which the question was asked, '' for any other place. `way` is the platform by
    whose e-mail it was asked, '' if it was asked elsewhere.
    """

    id: int
    participant_id: int | None
    question: str
    answer: str | None
    answered_by: int | None
    browser: str = ""
    way: str = ""


async def add_question(
    tx: Transaction, participant_id: int, question: str, now: datetime, browser: str = "", way: str = ""
) -> int:
    """Store a question of a participant, and return its id.

    `browser` is the id of the unconfirmed browser in which the question was asked, '' for any other place. `way` is the
    platform by whose e-mail it was asked, '' if it was asked elsewhere.
    """
    return await tx.value(
        int,
        "INSERT INTO questions (participant_id, question, asked_at, browser, way)"
        " VALUES (:participant, :question, :now, :browser, :way) RETURNING id",
        browser=browser,
        way=way,
        participant=participant_id,
        question=question,
        now=to_micros(now),
    )


async def find_question(tx: Transaction, question_id: int) -> Question | None:
    """Return the question with this id; None if there is none."""
    return await tx.row(Question, f"SELECT {_COLUMNS} FROM questions WHERE id = :id", id=question_id)


async def add_answer(tx: Transaction, question_id: int, words: str, by: int, now: datetime) -> str:
    """Add an answer to a question, after earlier answers, and return its position among the texts of all answers.

    The result is «.», the index of the answer's first character, «.» and the index after its last one, such as «.0.40».
    Messages quote the answer by the question's id followed by this result. `by` is the id of the organiser who answers,
    which is stored only with the first answer.
    """
    answer = await tx.value(
        str,
        "UPDATE questions SET answer = CASE WHEN answer IS NULL THEN :words ELSE answer || :gap || :words END,"
        " answered_by = COALESCE(answered_by, :by), answered_at = COALESCE(answered_at, :now) WHERE id = :id"
        " RETURNING answer",
        id=question_id,
        words=words,
        gap="\n\n",
        by=by,
        now=to_micros(now),
    )
    end = len(answer)
    return f".{end - len(words)}.{end}"


async def take_as_own(tx: Transaction, participant_id: int, browser_id: str) -> Sequence[None]:
    """Let questions asked in a browser, which its owner has just confirmed, count like all other questions.

    The result is empty.
    """
    await tx.run(
        "UPDATE questions SET browser = '' WHERE participant_id = :id AND browser = :browser",
        id=participant_id,
        browser=browser_id,
    )
    return ()


async def questions_of(tx: Transaction, participant_id: int, most: int, browser: str = "") -> Sequence[Question]:
    """Return at most `most` questions of a participant, the newest first.

    If `browser` is the id of an unconfirmed browser, only questions asked in this browser are returned; '' stands for
    all questions.
    """
    return await tx.rows(
        Question,
        f"SELECT {_COLUMNS} FROM questions WHERE participant_id = :id"
        " AND (CAST(:browser AS TEXT) = '' OR browser = :browser) ORDER BY id DESC LIMIT :most",
        browser=browser,
        id=participant_id,
        most=most,
    )


async def asked_before(
    tx: Transaction, participant_id: int, back: int, browser: str = "", *, letter: bool = False
) -> datetime | None:
    """Return when a participant asked one of their last questions: `back` is 1 for the last, 2 for the last but one.

    Only questions from one place count. `browser` says which: the id of an unconfirmed browser, «*» for all unconfirmed
    browsers, '' for any other place. With `letter`, only questions that came by e-mail count, otherwise only others.
    Returns None if the participant asked fewer questions.
    """
    return await tx.value_or_none(
        datetime,
        f"SELECT asked_at FROM questions WHERE participant_id = :id AND {COUNTED}"
        f" AND way {'<>' if letter else '='} '' ORDER BY asked_at DESC, id DESC LIMIT 1 OFFSET :before",
        browser=browser,
        id=participant_id,
        before=back - 1,
    )


@dataclass(frozen=True, slots=True)
class Unanswered:
    """How many questions wait for an answer (`count`), and when the oldest of them was asked; None if none waits."""

    count: int
    since: datetime | None


async def count_unanswered(tx: Transaction) -> Unanswered:
    """Return how many questions wait for an answer, and when the oldest of them was asked.

    The result is cached for the database transaction.
    """
    return await tx.cached("unanswered", _count_unanswered)


async def _count_unanswered(tx: Transaction) -> Unanswered:
    [unanswered] = await tx.rows(
        Unanswered, f"SELECT COUNT(*) AS count, MIN(asked_at) AS since FROM questions WHERE {_WAITS}"
    )
    return unanswered


async def unanswered_questions(tx: Transaction, most: int) -> Sequence[Question]:
    """Return at most `most` questions that wait for an answer, the oldest first."""
    return await tx.rows(
        Question, f"SELECT {_COLUMNS} FROM questions WHERE {_WAITS} ORDER BY id LIMIT :most", most=most
    )


async def was_asked(tx: Transaction, since: datetime) -> bool:
    """Return whether any participant asked the team a question after `since`."""
    return await tx.exists("SELECT 1 FROM questions WHERE asked_at > :since LIMIT 1", since=to_micros(since))


async def was_answered(tx: Transaction, since: datetime) -> bool:
    """Return whether any question got its first answer after `since`."""
    return await tx.exists("SELECT 1 FROM questions WHERE answered_at > :since LIMIT 1", since=to_micros(since))


# --- what stored messages quote

QUESTION, ANSWER = "teamquestion", "teamanswer"
"""The kinds of texts that messages quote (`bot.people.reference_store.quoted`), by the question's id.

«12.0.40» stands for the first 40 characters of all answers to a question, to which answers are only added.
"""


async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return the key and the words of each quoted question or answer that has not been erased.

    `kind` says whether they are questions or answers; for any other kind, the result is empty. A key is the question's
    id, for answers followed by what `add_answer` returned.
    """
    if kind not in (QUESTION, ANSWER):
        return ()
    wanted = [(key, *key.partition(".")[::2]) for key in keys]
    ids = ", ".join(str(number) for number in sorted({int(number) for _key, number, _part in wanted}))
    rows = await tx.all(f"SELECT id, question, answer FROM questions WHERE id IN ({ids})")
    said = {str(row["id"]): row["question"] if kind == QUESTION else row["answer"] or "" for row in rows}
    return [(key, said[number][_part(part)]) for key, number, part in wanted if number in said]


def _part(part: str) -> slice:
    """Return which characters of words a part is, «0.40»; all for ''."""
    start, _dot, end = part.partition(".")
    return slice(int(start or 0), int(end) if end else None)
