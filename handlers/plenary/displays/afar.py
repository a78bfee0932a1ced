"""Stores questions to the group on stage from participants who follow on their own screen, remotely."""

from __future__ import annotations

from datetime import datetime

from bot.content.errors import UserError
from bot.content.forms import Form
from bot.content.texts import Text, _
from bot.database.engine import Transaction
from bot.people.participants import Participant
from handlers.plenary.participant.questions import StageQuestionForm
from handlers.plenary.service import questions
from handlers.plenary.service.questions import turn_in_plenary
from handlers.plenary.store.questions import questions_by


async def take_question(
    tx: Transaction, person: Participant, subject: str, about: str, form: Form, locale: str, now: datetime
) -> Text:
    """Store a question that a participant sends from their own screen, as if written in their chat; return the reply.

    `subject` is the plenary's id, and `about` the id of the group that was on stage when the participant began to
    write. A question sent twice is stored once. Raises UserError if this plenary has no such group, and the errors of
    `questions.submit`.
    """
    assert isinstance(form, StageQuestionForm)
    group_id = int(about) if about.isascii() and about.isdecimal() and len(about) < 19 else 0
    turn = await turn_in_plenary(tx, group_id)
    if turn is None or str(turn.plenary_id) != subject:
        raise UserError(_("Nobody is on stage now. Your text is kept: send it again later."))
    if any(question.text == form.question for question in await questions_by(tx, person.id, group_id)):
        return _("Noted. You will be told when it is asked.")
    _question_id, line = await questions.submit(tx, group_id, person.id, form.question, locale, now)
    return line
