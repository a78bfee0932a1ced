"""The personal data of questions to the team: who asked and who answered."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.database.engine import Transaction
from bot.people.declared import AuthoredContent, Chapter, DocumentPart, Forgetting, PersonalData
from handlers.team.store import ANSWER, QUESTION


async def _written(tx: Transaction, participant_id: int, texts: bool) -> AuthoredContent:
    """Return a person's questions and the answers to them, if they are deleted when the person is erased (`texts`)."""
    if not texts:
        return AuthoredContent()
    rows = await tx.all("SELECT id, question, answer FROM questions WHERE participant_id = :id", id=participant_id)
    return AuthoredContent(
        [words for row in rows for words in (row["question"], row["answer"] or "")],
        quotes=[(kind, str(row["id"])) for row in rows for kind in (QUESTION, ANSWER)],
    )


async def _forget(tx: Transaction, forgetting: Forgetting) -> None:
    """Remove a person who is erased from the answers they gave.

    Unless their texts are deleted (`forgetting.texts`), remove them also from their questions, which stay.
    """
    await tx.run("UPDATE questions SET answered_by = NULL WHERE answered_by = :id", id=forgetting.person.id)
    if not forgetting.texts:
        await tx.run(
            "UPDATE questions SET participant_id = NULL, browser = '', way = '' WHERE participant_id = :id",
            id=forgetting.person.id,
        )


PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="questions",
        manual="questions à l'équipe et réponses | la personne, l'équipe",
        goes="participant_id browser way",
        emptied="answered_by",
        texts="question answer",
        document=(
            DocumentPart(
                "questions",
                _("Your questions to the team"),
                Chapter.WRITTEN,
                "SELECT id, question, asked_at, answer, answered_at FROM questions WHERE participant_id = :id",
                said="question",
                facts={
                    "asked_at": _("When"),
                    "answer": _("The answer"),
                    # L10N: a label in the document of one's own data: when a question was answered
                    "answered_at": _("Answered"),
                },
            ),
            DocumentPart(
                "answers_given",
                _("Your answers to questions"),
                Chapter.DONE,
                "SELECT id, answer, answered_at FROM questions WHERE answered_by = :id",
                said="answer",
                facts={"answered_at": _("Answered")},
            ),
        ),
        forget=_forget,
        written=_written,
    ),
)
