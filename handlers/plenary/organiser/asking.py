"""The conductor's questions: those the room wants most come first; each can be asked, hidden or merged, undoably."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.texts import Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, note
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.plenary.actions import PLENARIES, OpenQuestion, PutQuestion, RankQuestions
from handlers.plenary.messages import LABEL, asked_by, question_quote, question_words, wanted_words
from handlers.plenary.model.questions import StageQuestion, ranked
from handlers.plenary.service import questions
from handlers.plenary.service.questions import group_title, subject_of
from handlers.plenary.store.questions import find_question, merge_questions, questions_of_group, set_asked, set_hidden

routes = Routes()

_MOST = 25
"""How many questions are listed: as many as one menu on Discord can hold."""


class PickQuestion(Action):
    """The choice of a question to a group, to ask, hide or merge it."""

    code: ClassVar[str] = "pnkp"
    group: int


class HideQuestion(Action):
    """The button that hides a question from the room, or shows it again; `hidden` is the new value."""

    code: ClassVar[str] = "pnuh"
    question: int
    hidden: bool


class MergeQuestion(Action):
    """The button that makes a question a part of the question `target`, so that their votes are united."""

    code: ClassVar[str] = "pnum"
    question: int
    target: int


class RestoreQuestion(Action):
    """The action that undoes a change of a question: asked, hidden or shown again, or merged."""

    code: ClassVar[str] = "pnur"
    question: int


async def _find(request: Request, question_id: int) -> StageQuestion:
    """Return a question with its votes. Raises Stale if there is none, or its group was dissolved."""
    question = await find_question(request.tx, question_id)
    if question is None or question.group_id is None:
        raise Stale
    everything = await questions_of_group(request.tx, question.group_id)
    return next(other for other in everything if other.id == question_id)


@routes.action(RankQuestions, who=ORGANISER)
async def rank_questions(request: Request, action: RankQuestions) -> Reply:
    """List the questions to a group in a message below the card, those first that the room wants most."""
    return replace(await _list(request, action.group), fresh=True)


async def _list(request: Request, group_id: int, *lines: Span) -> Reply:
    everything = await questions_of_group(request.tx, group_id)
    listed = ranked(question for question in everything if question.shown)
    hidden = [question for question in everything if question.hidden and question.merged_into is None]
    group = await group_title(request.tx, group_id)
    if not listed and not hidden:
        return reply(*lines, _("Nobody has asked {group} anything yet.", group=group), buttons=(PLENARIES, BACK))
    options = tuple(
        Option(str(question.id), question_quote(question, LABEL, "led"), _standing(question))
        for question in (*listed, *hidden)[:_MOST]
    )
    return reply(
        *lines,
        _n("{count} question to {group}", "{count} questions to {group}", len(listed), group=Strong(group)),
        choice=Choice(PickQuestion(group_id), options, placeholder=_("Choose a question")),
        buttons=(PLENARIES, BACK),
    )


def _standing(question: StageQuestion) -> Text:
    """Return what became of a question, or how many of those who saw it want it."""
    if question.hidden:
        return _("hidden")
    if question.asked_at is not None:
        return _("asked")
    return wanted_words(question)


@routes.choice(PickQuestion, who=ORGANISER, rides=False)
async def pick_question(request: Request, _action: PickQuestion, values: tuple[str, ...]) -> Reply:
    """Show the chosen question."""
    if len(values) != 1 or not (values[0].isascii() and values[0].isdecimal() and len(values[0]) < 19):
        raise Stale
    return await _show(request, await _find(request, int(values[0])))


@routes.action(OpenQuestion, who=ORGANISER)
async def open_question(request: Request, action: OpenQuestion) -> Reply:
    """Show one question, to ask, hide or merge it."""
    return await _show(request, await _find(request, action.question))


async def _show(request: Request, question: StageQuestion, *lines: Span, undo: tuple[Button, ...] = ()) -> Reply:
    assert question.group_id is not None
    alike = await questions.similar(request.tx, question) if question.shown else ()
    return reply(
        *lines,
        Strong(question_words(question, "led")),
        *asked_by(question),
        _standing(question),
        *_similar_lines(alike),
        buttons=(*_buttons(question), *undo, *_merge_buttons(question, alike), _back(question.group_id), PLENARIES),
    )


def _buttons(question: StageQuestion) -> tuple[Button, ...]:
    if question.hidden:
        return (Button(_("Show it again"), HideQuestion(question.id, hidden=False)),)
    hide = Button(_("Hide"), HideQuestion(question.id, hidden=True))
    if question.asked_at is not None:
        return (hide,)
    # L10N: a button: this question is asked aloud now
    return (Button(_("Ask it now"), PutQuestion(question.id), style="primary"), hide)


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
        Button(_("Merge number {number}", number=number), MergeQuestion(other.id, question.id))
        for number, other in enumerate(alike, start=1)
    )


def _back(group_id: int) -> Button:
    return Button(_("All questions"), RankQuestions(group_id))


@routes.action(PutQuestion, who=ORGANISER)
async def put_question(request: Request, action: PutQuestion) -> Reply:
    """Ask a question aloud: it is shown as being asked, and its author is told, once."""
    question = await _find(request, action.question)
    if not question.shown:
        raise UserError(_("This question is not shown any more."), buttons=(_back(question.group_id or 0),))
    if question.asked_at is not None:
        return replace(await _show(request, question), toast=_("Already done."), fresh=True)
    await questions.ask(request.tx, question, request.now)
    summary = _("The question «{question}» is asked", question=question_quote(question, reader="led"))
    undo = await note(request, subject_of(question.id), summary, RestoreQuestion(question.id), {"asked": True})
    return replace(await _show(request, await _find(request, question.id), undo=(undo,)), toast=_("Saved."), fresh=True)


@routes.action(HideQuestion, who=ORGANISER)
async def hide_question(request: Request, action: HideQuestion) -> Reply:
    """Hide a question from the room, or show it again. Its author is not told."""
    question = await _find(request, action.question)
    by = request.participant.id
    if not await set_hidden(request.tx, question.id, by, request.now, hidden=action.hidden):
        return replace(await _show(request, question), toast=_("Already done."))
    await questions.touch_card(request.tx, question.group_id)
    words = question_quote(question, reader="led")
    summary = (
        _("The question «{question}» is hidden", question=words)
        if action.hidden
        else _("The question «{question}» can be read again", question=words)
    )
    values = {"hidden": action.hidden}
    undo = await note(request, subject_of(question.id), summary, RestoreQuestion(question.id), values)
    return await _show(request, replace(question, hidden=action.hidden), summary, undo=(undo,))


@routes.action(MergeQuestion, who=ORGANISER)
async def merge_question(request: Request, action: MergeQuestion) -> Reply:
    """Make a question, with those merged into it, a part of another to the same group."""
    question, target = await _find(request, action.question), await _find(request, action.target)
    if question.group_id != target.group_id or question.id == target.id:
        raise Stale
    if not (question.shown and target.shown) or question.asked_at is not None:
        changed_meanwhile = _("One of them was hidden, asked or merged meanwhile, so nothing was changed.")
        raise UserError(changed_meanwhile, buttons=(_back(target.group_id or 0),))
    moved = [question.id, *await questions.parts_of(request.tx, question)]
    await merge_questions(request.tx, moved, target.id)
    await questions.touch_card(request.tx, target.group_id)
    # An entry of the journal quotes one author only, as it is deleted together with them.
    summary = _("The question «{question}» is part of another one", question=question_quote(question, reader="led"))
    values = {"target": target.id, "moved": moved}
    undo = await note(request, subject_of(question.id), summary, RestoreQuestion(question.id), values)
    return await _show(request, await _find(request, target.id), summary, undo=(undo,))


@inverses.declare(RestoreQuestion)
async def restore_question(request: Request, action: RestoreQuestion, values: Values) -> Undone:
    """Undo a change of a question. Raises UserError if it was changed again since."""
    question = await _find(request, action.question)
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
