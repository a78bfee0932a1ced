"""Handles the audience's questions: writing, asking aloud, merging, answering in writing, and notifying authors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.content.discretion import something_to_read
from bot.content.errors import UserError, existing
from bot.content.stems import stems
from bot.content.texts import Text, _, _n
from bot.content.views import Button, View
from bot.conversation import live_screens
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people.browser_store import ALL_NEW
from handlers.groups.messages.cards import title
from handlers.groups.store.groups import find_group
from handlers.ideas.model import alike
from handlers.plenary.actions import MyStageQuestions, ShowGroupQuestions
from handlers.plenary.messages import answer_words, question_quote
from handlers.plenary.model.questions import MOST_QUESTIONS, StageQuestion
from handlers.plenary.model.turns import PlenaryState, StageTurn
from handlers.plenary.service.conducting import card_key
from handlers.plenary.store.plenaries import find_state, find_turn, groups_of_plenary
from handlers.plenary.store.questions import (
    add_question,
    count_questions,
    count_written,
    delete_question,
    mark_told,
    merge_questions,
    questions_of_group,
    questions_with,
    set_answer,
    set_asked,
    stems_of_questions,
)
from handlers.plenary.store.wishes import wishes_of
from handlers.themes.store import find_theme

TOO_MANY = _n(
    "You have asked this group {count} question: take one back to ask another.",
    "You have asked this group {count} questions: take one back to ask another.",
    MOST_QUESTIONS,
)
NEWS_OF_QUESTION = _("There is news about your question.")
"""The message to the author of a question without a name, once it is asked."""
_SIMILAR = 3
"""How many similar questions are offered for merging."""


async def group_title(tx: Transaction, group_id: int) -> Text:
    """Return the title of a group, or a word for a deleted one."""
    group = await find_group(tx, group_id)
    theme = await find_theme(tx, group.theme) if group else None
    return title(group, theme) if group and theme else _("a group that no longer exists")


async def turn_in_plenary(tx: Transaction, group_id: int) -> StageTurn | None:
    """Return the turn of a group in a plenary that has begun; None if the group has none.

    In a gallery, every group's turn lasts until the end of the gallery.
    """
    turn = await find_turn(tx, group_id)
    state = await find_state(tx, turn.plenary_id) if turn else None
    if turn is None or state is None or state.plenary.began_at is None:
        return None
    if state.plenary.gallery:
        return replace(turn, state="talk" if state.plenary.running else "done")
    return turn


async def group_on_stage(tx: Transaction, group_id: int) -> int | None:
    """Return the id of the group now on stage in the plenary in which the group `group_id` presents; None without one.

    In a gallery no group is on stage, because all are at their tables.
    """
    turn = await find_turn(tx, group_id)
    state = await find_state(tx, turn.plenary_id) if turn else None
    return state.current.group_id or None if state and state.current else None


async def _in_gallery(tx: Transaction, turn: StageTurn) -> bool:
    """Return whether a turn is one at a table of a gallery, where nobody asks questions aloud."""
    state = await find_state(tx, turn.plenary_id)
    return state is not None and state.plenary.gallery


async def may_write(tx: Transaction, group_id: int, participant_id: int, browser: str = "") -> bool:
    """Return whether a person can write one more question to a group.

    `browser` is the id of the unconfirmed browser in which they write, '' for any other place. Such browsers have a
    limit of their own, together, so that they do not use up the person's limit.
    """
    return await count_written(tx, participant_id, group_id, ALL_NEW if browser else "") < MOST_QUESTIONS


async def write(
    tx: Transaction, group_id: int, author_id: int, text: str, locale: str, now: datetime, browser: str = ""
) -> int:
    """Store a question without its author's name, count it on the card of organisers, and return its id."""
    question_id = await add_question(tx, group_id, author_id, text, stems(text, locale), now, browser)
    await touch_card(tx, group_id)
    return question_id


async def submit(
    tx: Transaction, group_id: int, author_id: int, words: str, locale: str, now: datetime, browser: str = ""
) -> tuple[int, Text]:
    """Store a question from the audience to a group, and return its id and the reply to its author.

    `browser` is the id of the unconfirmed browser in which the question was written, '' for any other place. After the
    group's turn, or if the group takes no questions, the reply says that the group can answer in writing. Raises
    UserError for an empty question or too many from one person, and Stale if the group has no turn in a plenary that
    has begun.
    """
    if not any(letter.isalnum() for letter in words):
        raise UserError(_("Write your question as text, please."))
    if not await may_write(tx, group_id, author_id, browser):
        raise UserError(TOO_MANY)
    turn = existing(await turn_in_plenary(tx, group_id))
    question_id = await write(tx, group_id, author_id, words, locale, now, browser)
    if turn.state in ("done", "absent") or (await wishes_of(tx, group_id)).declines:
        line = _("The turn of this group is over: your question goes to the group, which can answer in writing.")
    elif await _in_gallery(tx, turn):
        line = _("Noted. The group reads it at its table.")
    else:
        line = _("Noted. You will be told when it is asked.")
    return question_id, line


async def touch_card(tx: Transaction, group_id: int | None) -> None:
    """Update the card of the organisers who conduct a plenary, after the questions to a group have changed.

    Does nothing if the group is not on stage, or if `group_id` is None.
    """
    turn = await find_turn(tx, group_id) if group_id is not None else None
    if turn is not None and turn.on_stage:
        await live_screens.touch(tx, card_key(turn.plenary_id))


async def ask(tx: Transaction, question: StageQuestion, now: datetime) -> None:
    """Store that a question is asked aloud now, and notify its author and the authors of merged questions, once.

    An author who asked without their name is told only that there is news: the words on their locked phone, while the
    question is read on the wall, would show who asked.
    """
    await set_asked(tx, question.id, now)
    await touch_card(tx, question.group_id)
    assert question.group_id is not None
    merged = [other for other in await questions_of_group(tx, question.group_id) if other.merged_into == question.id]
    for written in (question, *merged):
        if written.author_id is None or not await mark_told(tx, written.id, now):
            continue
        quote = question_quote(written, reader="own")
        view = View((_("Your question is on the screen: «{question}»", question=quote),))
        if not written.named:
            view = something_to_read(MyStageQuestions(), NEWS_OF_QUESTION)
        view = replace(view, asked_in="")  # a new browser does not show whose question it is
        await outbox.notify(
            tx, written.author_id, view, now, outbox.Telling.PRESSING_ANSWER, subject=subject_of(written.id)
        )


def subject_of(question_id: int) -> str:
    """Return the subject (key) of a question in the journal and the outbox."""
    return f"stage-question:{question_id}"


async def take_back(tx: Transaction, question: StageQuestion) -> None:
    """Delete a question at its author's request; questions that were merged into it become independent again."""
    await merge_questions(tx, await parts_of(tx, question), None)
    await delete_question(tx, question.id)
    await touch_card(tx, question.group_id)


async def similar(tx: Transaction, question: StageQuestion) -> Sequence[StageQuestion]:
    """Return questions to the same group that resemble a question, the most similar first, to merge them."""
    if question.group_id is None:
        return ()
    others = dict(await stems_of_questions(tx, question.group_id))
    own = others.pop(question.id, None)
    if own is None:
        return ()
    return await questions_with(tx, [other for other, _likeness in alike(own, list(others.items()), _SIMILAR)])


async def parts_of(tx: Transaction, question: StageQuestion) -> Sequence[int]:
    """Return the ids of the questions that were merged into a question."""
    if question.group_id is None:
        return ()
    everything = await questions_of_group(tx, question.group_id)
    return [other.id for other in everything if other.merged_into == question.id]


async def answer(tx: Transaction, question: StageQuestion, words: str, by: int, now: datetime) -> None:
    """Store a group's written answer, and notify the authors of the question and of the questions merged into it.

    A changed answer replaces the earlier one in the same message, so that nobody is notified again. An author who did
    not sign is told only that there is something to read: the question on their locked phone would show who asked.
    """
    assert question.group_id is not None
    await set_answer(tx, question.id, words, by, now)
    group = await group_title(tx, question.group_id)
    said = answer_words(replace(question, answer=words), now)
    quote = question_quote(question, reader="own")
    line = _("{group} answers your question «{question}»:", group=group, question=quote)
    view, unsigned = View((line, said), asked_in=""), replace(something_to_read(MyStageQuestions()), asked_in="")
    told = f"stage-answer:{question.id}"
    if question.answer:
        await outbox.follow(tx, told, lambda _before: view, now)
        return
    everything = await questions_of_group(tx, question.group_id)
    together = [other for other in everything if question.id in (other.id, other.merged_into)]
    signed = {other.author_id for other in together if other.named}
    for author_id in dict.fromkeys(other.author_id for other in together):
        if author_id is None or author_id == by:
            continue
        if author_id in signed:
            await outbox.notify(tx, author_id, view, now, outbox.Telling.ANSWER, subject=told)
        else:
            await outbox.notify(tx, author_id, unsigned, now, outbox.Telling.ANSWER)


async def leave_to_groups(tx: Transaction, state: PlenaryState, now: datetime) -> None:
    """After a plenary, notify each group, once, how many questions to it were not asked; it can answer in writing."""
    for group_id in await groups_of_plenary(tx, state.plenary.id):
        left = await count_questions(tx, group_id)
        subject = f"stage-questions:{group_id}"
        if left and await outbox.last_notified_at(tx, subject) is None:
            line = _n(
                "The room left your group {count} question: you can answer in writing.",
                "The room left your group {count} questions: you can answer in writing.",
                left,
            )
            buttons = (Button(_("Read the questions"), ShowGroupQuestions(group_id)),)
            await outbox.notify_groups(tx, [group_id], View((line,), buttons), now, subject=subject)
