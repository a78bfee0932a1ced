"""Answers to what results ask of capabilities above: the sheets of the workbook about what the room asked and said."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import Name, Territory, _
from bot.database.engine import Transaction
from handlers.plenary import store
from handlers.results.hooks import MoreRow, MoreSheet


async def sheets(tx: Transaction) -> Sequence[MoreSheet]:
    """Return the sheets of questions and of «Chez moi aussi»: without hidden questions, and names that are not shown.

    Applause is a group's own and not in a table, where it would be compared.
    """
    questions: list[MoreRow] = []
    also_here: list[MoreRow] = []
    for group_id in await store.groups_with_a_turn(tx):
        for question in await store.questions_of_group(tx, group_id):
            if question.shown:
                asked = _("asked") if question.asked_at else ""
                texts = (Name(question.text), Name(question.name), question.votes, question.views, asked)
                questions.append(MoreRow(group_id, (*texts, Name(question.answer))))
        also_here += [
            MoreRow(group_id, (Territory(said.territory), Name(said.offer), Name(said.name)))
            for said in await store.also_here_of(tx, group_id)
        ]
    return (
        MoreSheet(
            # L10N: a sheet of the workbook
            _("Questions"),
            # L10N: headings of columns in the workbook, from here on
            (_("Question"), _("From"), _("Votes"), _("Seen by"), _("On stage"), _("The group's answer")),
            questions,
        ),
        # L10N: a sheet of the workbook: where else a solution is needed
        MoreSheet(_("At home too"), (_("Territory"), _("Could help with"), _("From")), also_here),
    )
