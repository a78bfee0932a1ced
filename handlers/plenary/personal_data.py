"""The personal data of plenaries: presenters, the audience's questions, votes and applause, and «Chez moi aussi»."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.database.engine import Transaction
from bot.people.declared import AuthoredContent, Chapter, DocumentPart, Forgetting, PersonalData

_UNREAD = "q.merged_into IS NULL AND NOT EXISTS (SELECT 1 FROM stage_views v WHERE v.question_id = q.id)"
"""The SQL condition for questions `q` that nobody but their author has seen."""


def _going(*, texts: bool) -> str:
    """Return the SQL condition for questions `q` that are deleted when the person `:id` is erased.

    With `texts` these are all their questions, otherwise those that nobody has seen.
    """
    return "q.author_id = :id" if texts else f"q.author_id = :id AND q.asked_at IS NULL AND {_UNREAD}"


async def _written(tx: Transaction, participant_id: int, texts: bool) -> AuthoredContent:
    """Return the questions and answers that are deleted when a person is erased."""
    rows = await tx.all(f"SELECT q.id, q.text FROM stage_questions q WHERE {_going(texts=texts)}", id=participant_id)
    answers = await tx.all(
        "SELECT id, answer FROM stage_questions WHERE answered_by = :id AND answer <> ''", id=participant_id
    )
    return AuthoredContent(
        [*(row["text"] for row in rows), *((row["answer"] for row in answers) if texts else ())],
        quotes=[
            *(("stagequestion", str(row["id"])) for row in rows),
            *(("stageanswer", str(row["id"])) for row in answers if texts),
        ],
    )


async def _forget(tx: Transaction, forgetting: Forgetting) -> None:
    """Delete the questions of a person who is erased; without `forgetting.texts`, only those that nobody has seen."""
    person_id = forgetting.person.id
    # The journal quotes questions that organisers hid or merged.
    await tx.run(
        "DELETE FROM journal WHERE subject IN"
        " (SELECT 'stage-question:' || CAST(q.id AS TEXT) FROM stage_questions q WHERE q.author_id = :id)",
        id=person_id,
    )
    await tx.run("UPDATE stage_questions SET browser = '' WHERE author_id = :id", id=person_id)
    # One that others are merged with, or have answered, stays without its words.
    await tx.run(
        "UPDATE stage_questions SET text = '', stems = '', author_id = NULL WHERE id IN (SELECT q.id FROM"
        f" stage_questions q WHERE {_going(texts=forgetting.texts)} AND (EXISTS (SELECT 1 FROM stage_questions o"
        " WHERE o.merged_into = q.id AND COALESCE(o.author_id, 0) <> :id)"
        " OR (q.answer <> '' AND COALESCE(q.answered_by, 0) <> :id)))",
        id=person_id,
    )
    await tx.run(
        f"DELETE FROM stage_questions WHERE id IN (SELECT q.id FROM stage_questions q WHERE"
        f" {_going(texts=forgetting.texts)})",
        id=person_id,
    )
    if forgetting.texts:
        await tx.run("UPDATE stage_questions SET answer = '', answered_at = NULL WHERE answered_by = :id", id=person_id)


PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(table="plenaries", of_others="captions"),
    PersonalData(table="stage_turns", of_nobody="state"),
    PersonalData(table="stage_wishes"),
    PersonalData(
        table="presenters",
        manual=(
            "plénière : qui présente, qui accepte l'alternance, les ordres de passage qui en ont tenu compte, "
            "tables visitées dans une galerie, votes et questions vues, bravos, «Chez moi aussi» | la personne"
        ),
        goes="participant_id",
        document=DocumentPart(
            "you_present",
            _("Groups for which you present"),
            Chapter.DONE,
            "SELECT group_id, alternates FROM presenters WHERE participant_id = :id",
        ),
    ),
    PersonalData(table="gallery_rounds", of_nobody="state"),
    PersonalData(
        table="gallery_visits",
        manual="plénière : qui présente",
        goes="participant_id",
        document=DocumentPart(
            "tables_you_visit",
            _("Tables that you visit in the gallery"),
            Chapter.DONE,
            "SELECT number, group_id FROM gallery_visits WHERE participant_id = :id ORDER BY plenary_id, number",
        ),
    ),
    PersonalData(
        table="stage_alternations",
        manual="plénière : qui présente",
        goes="participant_id",
        document=DocumentPart(
            "order_with_your_gender",
            _("Orders of groups that alternated women and men, as you agreed"),
            Chapter.NOTED,
            "SELECT participant_id FROM stage_alternations WHERE participant_id = :id",
        ),
    ),
    PersonalData(
        table="stage_questions",
        manual=(
            "plénière : questions, réponses d'un groupe | la personne | jusqu'à la fin, sans nom, ou jusqu'à "
            "l'effacement, selon son choix ; une question que personne n'a vue : jusqu'à l'effacement"
        ),
        emptied="author_id hidden_by answered_by browser",
        texts="text stems answer",
        document=(
            DocumentPart(
                "questions_on_stage",
                _("Your questions in the plenary"),
                Chapter.WRITTEN,
                "SELECT id, group_id, text, named, written_at, asked_at, hidden_at, answer FROM stage_questions"
                " WHERE author_id = :id ORDER BY written_at, id",
                said="text",
                facts={"written_at": _("When"), "asked_at": _("Asked on stage"), "answer": _("The group's answer")},
            ),
            DocumentPart(
                "questions_you_answered",
                _("Questions of the plenary that you answered for your group"),
                Chapter.WRITTEN,
                "SELECT id, answer, answered_at FROM stage_questions WHERE answered_by = :id ORDER BY answered_at, id",
                said="answer",
                facts={"answered_at": _("When")},
            ),
            DocumentPart(
                "questions_you_hid",
                _("Questions of the plenary that you hid"),
                Chapter.DONE,
                "SELECT id, hidden_at FROM stage_questions WHERE hidden_by = :id ORDER BY hidden_at, id",
                facts={"hidden_at": _("When")},
            ),
        ),
        forget=_forget,
        written=_written,
    ),
    PersonalData(
        table="stage_views",
        manual="plénière : qui présente",
        goes="participant_id",
        document=DocumentPart(
            "questions_you_were_shown",
            _("Questions of the plenary that you were shown"),
            Chapter.NOTED,
            "SELECT question_id FROM stage_views WHERE participant_id = :id",
        ),
    ),
    PersonalData(
        table="stage_votes",
        manual="plénière : qui présente",
        goes="participant_id",
        document=DocumentPart(
            "questions_you_voted_for",
            _("Questions of the plenary that you voted for"),
            Chapter.WRITTEN,
            "SELECT question_id FROM stage_votes WHERE participant_id = :id",
        ),
    ),
    PersonalData(
        table="applause",
        manual="plénière : qui présente",
        goes="participant_id",
        document=DocumentPart(
            "applause",
            _("Your applause"),
            Chapter.WRITTEN,
            "SELECT group_id, claps FROM applause WHERE participant_id = :id",
        ),
    ),
    PersonalData(
        table="also_here",
        manual="plénière : qui présente",
        goes="participant_id territory offer",
        document=DocumentPart(
            "also_here",
            _("Solutions that are needed where you live"),
            Chapter.WRITTEN,
            "SELECT group_id, territory, offer, at AS said_at FROM also_here WHERE participant_id = :id",
            said="offer",
            facts={"territory": _("Territory"), "said_at": _("When")},
        ),
    ),
)
