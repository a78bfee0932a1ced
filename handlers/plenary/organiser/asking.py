"""The conductor's list of questions, the most wanted first; each can be asked, hidden or merged, and all undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.errors import Stale, UserError
from bot.content.texts import Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, record_change
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.plenary.actions import PLENARIES
from handlers.plenary.messages import LABEL, asked_by, question_quote, question_words, wanted_words
from handlers.plenary.model.questions import StageQuestion, ranked
from handlers.plenary.service import questions
from handlers.plenary.service.questions import group_title, subject_of
from handlers.plenary.store.questions import find_question, merge_questions, questions_of_group, set_asked, set_hidden

routes = Routes()

_MOST = 25
"""How many questions are listed: as many as one menu on Discord can hold."""


async def _find(request: Request, question_id: int) -> StageQuestion:
    """Return a question with its votes. Raises Stale if there is none, or its group was dissolved."""
    question = await find_question(request.tx, question_id)
    if question is None or question.group_id is None:
        raise Stale
    everything = await questions_of_group(request.tx, question.group_id)
    return next(other for other in everything if other.id == question_id)


@routes.press("pnk", who=ORGANISER)
async def rank_questions(request: Request, group_id: int) -> Reply:
    """List the questions to a group, the most wanted first, in a message below the card for conducting the plenary."""
    everything = await questions_of_group(request.tx, group_id)
    listed = ranked(question for question in everything if question.shown)
    hidden = [question for question in everything if question.hidden and question.merged_into is None]
    group = await group_title(request.tx, group_id)
    if not listed and not hidden:
        nothing = _("Nobody has asked {group} anything yet.", group=group)
        return reply(nothing, buttons=(PLENARIES, BACK), fresh=True)
    options = tuple(
        Option(str(question.id), question_quote(question, LABEL, "led"), _standing(question))
        for question in (*listed, *hidden)[:_MOST]
    )
    return reply(
        _n("{count} question to {group}", "{count} questions to {group}", len(listed), group=Strong(group)),
        choice=Choice(pick_question.to(group_id), options, placeholder=_("Choose a question")),
        buttons=(PLENARIES, BACK),
        fresh=True,
    )


def _standing(question: StageQuestion) -> Text:
    """Return whether a question was asked or answered, or how many of those who saw it want it."""
    if question.hidden:
        return _("hidden")
    if question.asked_at is not None:
        return _("asked")
    return wanted_words(question)


@routes.pick("pnkp", who=ORGANISER, sent_with_press=False)
async def pick_question(request: Request, question: int, _group: int) -> Reply:
    """Show the chosen question, with buttons to ask, hide or merge it."""
    return await open_question(request, question)


@routes.press("pnu", who=ORGANISER)
async def open_question(request: Request, question_id: int, *lines: Span, undo: tuple[Button, ...] = ()) -> Reply:
    """Show one question, with buttons to ask, hide or merge it, below `lines` on what was just done."""
    question = await _find(request, question_id)
    assert question.group_id is not None
    alike = await questions.similar(request.tx, question) if question.shown else ()
    own, others = _buttons(question), (*undo, *_merge_buttons(question, alike), _back(question.group_id))
    # Of a question that is asked the way on stands first, not what would hide it.
    buttons = (*own, *others, PLENARIES) if question.asked_at is None else (PLENARIES, *others, *own)
    return reply(
        *lines,
        Strong(question_words(question, "led")),
        *asked_by(question),
        _standing(question),
        *_similar_lines(alike),
        buttons=buttons,
    )


def _buttons(question: StageQuestion) -> tuple[Button, ...]:
    if question.hidden:
        return (Button(_("Show it again"), hide_question.to(question.id, hidden=False)),)
    hide = Button(_("Hide"), hide_question.to(question.id, hidden=True))
    if question.asked_at is not None:
        return (hide,)
    # L10N: a button: this question is asked aloud now
    return (Button(_("Ask it now"), put_question.to(question.id), style="primary"), hide)


def _similar_lines(alike: Sequence[StageQuestion]) -> tuple[Span, ...]:
    if not alike:
        return ()
    numbered = (
        _("{number}. {question}", number=number, question=question_words(other, "led"))
        for number, other in enumerate(alike, start=1)
    )
    # L10N: above numbered questions that resemble the one shown
    return (_("Similar:"), *numbered)


def _merge_buttons(question: StageQuestion, alike: Sequence[StageQuestion]) -> tuple[Button, ...]:
    return tuple(
        # L10N: a button: the question with this number becomes a part of the one shown, votes united
        Button(_("Merge with number {number}", number=number), merge_question.to(other.id, question.id))
        for number, other in enumerate(alike, start=1)
    )


def _back(group_id: int) -> Button:
    return Button(_("All questions"), rank_questions.to(group_id))


@routes.press("pnup", who=ORGANISER)
async def put_question(request: Request, question_id: int) -> Reply:
    """Store that a question is being asked aloud, which shows it on the wall, and notify its author, once."""
    question = await _find(request, question_id)
    if not question.shown:
        raise UserError(_("This question is no longer shown."), buttons=(_back(question.group_id or 0),))
    if question.asked_at is not None:
        return replace(await open_question(request, question.id), toast=_("Already done."), fresh=True)
    undo = await ask_aloud(request, question, subject_of(question.id))
    return replace(await open_question(request, question.id, undo=(undo,)), toast=_("Saved."), fresh=True)


async def ask_aloud(request: Request, question: StageQuestion, subject: str) -> Button:
    """Store that a question is being asked aloud, and notify its author. Returns the button that undoes it.

    `subject` is the key under which the change is found in the journal.
    """
    await questions.ask(request.tx, question, request.now)
    summary = _("The question «{question}» is asked", question=question_quote(question, reader="led"))
    return await record_change(request, subject, summary, restore_question.to(question.id), {"asked": True})


@routes.press("pnuh", who=ORGANISER)
async def hide_question(request: Request, question_id: int, hidden: bool) -> Reply:
    """Hide a question from the audience (if `hidden`), or show it again. Its author is not notified."""
    question = await _find(request, question_id)
    by = request.participant.id
    if not await set_hidden(request.tx, question.id, by, request.now, hidden=hidden):
        return replace(await open_question(request, question.id), toast=_("Already done."))
    await questions.touch_card(request.tx, question.group_id)
    words = question_quote(question, reader="led")
    summary = (
        _("The question «{question}» is hidden", question=words)
        if hidden
        else _("The question «{question}» is visible again", question=words)
    )
    values = {"hidden": hidden}
    undo = await record_change(request, subject_of(question.id), summary, restore_question.to(question.id), values)
    return await open_question(request, question.id, summary, undo=(undo,))


@routes.press("pnum", who=ORGANISER)
async def merge_question(request: Request, question_id: int, target_id: int) -> Reply:
    """Merge a question into the question `target_id` to the same group; questions merged into it before move along."""
    question, target = await _find(request, question_id), await _find(request, target_id)
    if question.group_id != target.group_id or question.id == target.id:
        raise Stale
    if not (question.shown and target.shown) or question.asked_at is not None:
        changed_meanwhile = _("One of them has been hidden, asked or merged in the meantime, so nothing was changed.")
        raise UserError(changed_meanwhile, buttons=(_back(target.group_id or 0),))
    moved = [question.id, *await questions.parts_of(request.tx, question)]
    await merge_questions(request.tx, moved, target.id)
    await questions.touch_card(request.tx, target.group_id)
    # An entry of the journal quotes one author only, as it is deleted together with them.
    summary = _("The question «{question}» is merged with another one", question=question_quote(question, reader="led"))
    values = {"target": target.id, "moved": moved}
    undo = await record_change(request, subject_of(question.id), summary, restore_question.to(question.id), values)
    return await open_question(request, target.id, summary, undo=(undo,))


@inverses.declare("pnur")
async def restore_question(request: Request, values: Values, question_id: int) -> Undone:
    """Undo a change of a question. Raises UserError if it was changed again since."""
    question = await _find(request, question_id)
    if "asked" in values:
        if question.asked_at is None:
            raise changed_since()
        await set_asked(request.tx, question.id, None)
    elif "hidden" in values:
        undone = not values["hidden"]
        if not await set_hidden(request.tx, question.id, request.participant.id, request.now, hidden=undone):
            raise changed_since()
    else:
        if question.merged_into != values["target"]:
            raise changed_since()
        own, *parts = values["moved"]
        await merge_questions(request.tx, [own], None)
        await merge_questions(request.tx, parts, own)
    await questions.touch_card(request.tx, question.group_id)
    return Undone(buttons=(_back(question.group_id or 0),))
