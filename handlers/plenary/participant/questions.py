"""Questions to the group on stage: the audience writes, reads and votes for them, and the group answers in writing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from bot.content.actions import base36
from bot.content.errors import Stale, UserError, existing
from bot.content.forms import Form, refusals_about, text
from bot.content.texts import Joined, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, View, reply, with_lines_first
from bot.conversation.listening import Heard, Listener, Stage, Words
from bot.conversation.routes import Request, Routes, in_unconfirmed_browser
from handlers.groups.messages.cards import MY_GROUP
from handlers.groups.service.membership import group_of_the_day
from handlers.navigation.actions import HOME
from handlers.plenary.actions import STAGE, AskQuestion, MyStageQuestions, ShowGroupQuestions, ShowQuestions
from handlers.plenary.messages import LABEL, answer_words, asked_by, question_quote, question_words
from handlers.plenary.model.questions import LONGEST_ANSWER, LONGEST_QUESTION, SHOWN, StageQuestion, least_seen, ranked
from handlers.plenary.participant.room import group_to_ask, offer_echo
from handlers.plenary.service import questions
from handlers.plenary.service.questions import TOO_MANY, group_on_stage, group_title, may_write, turn_in_plenary
from handlers.plenary.store import voting
from handlers.plenary.store.listeners import groups_of_member
from handlers.plenary.store.questions import find_question, questions_by, questions_of_group, questions_with, set_named
from handlers.plenary.store.wishes import wishes_of

routes = Routes()

_LIKELIEST = 1.0
"""The weight of a question to the group on stage among what words may be that nothing else is sure of."""


class StageQuestionForm(Form):
    """The form for a question to the group on stage."""

    title: ClassVar[Text] = _("A question to the group")
    read_by_others: ClassVar[bool] = True
    question: str = text(_("Your question"), max_length=LONGEST_QUESTION, multiline=True)


class GroupAnswerForm(Form):
    """The form in which a group answers a question in writing."""

    title: ClassVar[Text] = _("Your group's answer")
    read_by_others: ClassVar[bool] = True
    answer: str = text(_("Your group's answer"), max_length=LONGEST_ANSWER, multiline=True)


_MINE = Button(_("My questions"), MyStageQuestions())


# --- writing one


async def _may_ask(request: Request, group: int) -> None:
    """Check that the person can write a question to a group. Raises Stale or UserError if not."""
    if await turn_in_plenary(request.tx, group) is None:
        raise Stale
    if (await wishes_of(request.tx, group)).declines:
        raise UserError(_("This group takes no questions."), buttons=(STAGE, HOME))
    if not await may_write(request.tx, group, request.participant.id, request.here):
        raise UserError(TOO_MANY, buttons=(_MINE, STAGE))


@routes.form(AskQuestion, StageQuestionForm, check=_may_ask)
@in_unconfirmed_browser
async def ask_question(request: Request, form: StageQuestionForm, group: int) -> Reply:
    """Store a person's question to a group, at first without their name.

    After the group's turn, nobody asks the question aloud, and the group can answer in writing.
    """
    with refusals_about("question"):
        question_id, line = await questions.submit(
            request.tx, group, request.participant.id, form.question, request.locale, request.now, request.here
        )
    return reply(
        line,
        buttons=(*_own_buttons(question_id, named=False), Button(_("See the questions"), ShowQuestions(group))),
        fresh=True,
    )


async def _hear_question(request: Request, words: Words) -> Heard | None:
    """Hear words as a question to the group on stage, never surely; None for its own members, and without one."""
    if request.person is None or not words.folded or len(words.text) > LONGEST_QUESTION:
        return None
    group = await group_to_ask(request)
    if group is None:
        return None
    title = await group_title(request.tx, group)
    # L10N: a button, an answer: yes, ask the group on stage what I wrote
    button, question = _("Yes, ask it"), _("A question to {group}?", group=Strong(title))
    return Heard(False, _LIKELIEST, button, "a group is on stage", question=question)


async def _ask_words(request: Request, words: str) -> Reply:
    """Take typed words as a question to the group that is on stage now, which the reply names."""
    group = existing(await group_to_ask(request))
    asked = await ask_question.handler(request, StageQuestionForm(question=words), group)
    return with_lines_first(asked, Strong(await group_title(request.tx, group)))


LISTENER = Listener("stage", Stage.OPEN, _hear_question, _ask_words)
"""The listener for questions in typed words while a group is on stage."""


def _own_buttons(question_id: int, *, named: bool) -> tuple[Button, ...]:
    """Return what an author can do with a question that was not asked yet."""
    sign = (
        # L10N: a button: the question shows no name any more
        Button(_("Without my name"), sign_question.to(question_id, named=False))
        if named
        # L10N: a button: the question shows the first name of its author
        else Button(_("With my first name"), sign_question.to(question_id, named=True))
    )
    return sign, Button(_("Take it back"), take_back_question.to(question_id))


async def _own(request: Request, question_id: int) -> StageQuestion:
    """Return the person's own question that was not asked yet. Raises Stale or UserError otherwise.

    In a new browser it raises Unconfirmed for any question, lest it tell whose it is.
    """
    request.require_confirmed()
    question = await find_question(request.tx, question_id)
    if question is None or question.author_id != request.participant.id:
        raise Stale
    if question.asked_at is not None:
        raise UserError(_("Your question has already been asked: it cannot change any more."), buttons=(_MINE, STAGE))
    return question


@routes.press("pne")
async def sign_question(request: Request, question_id: int, named: bool) -> Reply:
    """Show the author's first name with a question (if `named`), or hide it again."""
    question = await _own(request, question_id)
    await set_named(request.tx, question.id, named)
    line = _("It is asked with your first name.") if named else _("It is asked without your name.")
    return reply(question_words(question, "own"), line, buttons=(*_own_buttons(question.id, named=named), _MINE))


@routes.press("pnx")
async def take_back_question(request: Request, question_id: int) -> Reply:
    """Delete a question that the person wrote and that was not asked yet."""
    question = await _own(request, question_id)
    await questions.take_back(request.tx, question)
    return reply(_("Taken back: «{question}»", question=question_words(question, "own")), buttons=(_MINE, STAGE, HOME))


@routes.press(MyStageQuestions)
async def my_stage_questions(request: Request) -> Reply:
    """Show the questions that the person wrote in the plenary, and the groups' answers."""
    request.require_confirmed()
    own = await questions_by(request.tx, request.participant.id, 0)
    if not own:
        return reply(_("You have not asked anything in the plenary."), buttons=(STAGE, HOME))
    lines: list[Span] = []
    for question in own[-SHOWN:]:
        lines += [Strong(question_words(question, "own")), _fate(question)]
    open_ones = [question for question in own if question.asked_at is None]
    options = tuple(Option(str(question.id), question_quote(question, LABEL, "own")) for question in open_ones[-SHOWN:])
    choice = Choice(pick_own_question.to(), options, placeholder=_("Change a question")) if options else None
    return reply(*lines, choice=choice, buttons=(STAGE, HOME))


def _fate(question: StageQuestion) -> Span:
    if question.answer:
        return _("The group answers: {answer}", answer=answer_words(question))
    if question.asked_at is not None:
        return _("It was asked.")
    return _("It has not been asked yet.")


@routes.pick("pnyp", sent_with_press=False)
async def pick_own_question(request: Request, question_id: int) -> Reply:
    """Show one of the person's own questions, with buttons to sign or delete it."""
    request.require_confirmed()
    own = await questions_by(request.tx, request.participant.id, 0)
    question = existing(next((each for each in own if each.id == question_id), None))
    buttons = () if question.asked_at else _own_buttons(question.id, named=question.named)
    return reply(question_words(question, "own"), _fate(question), buttons=(*buttons, _MINE))


# --- reading and voting


@routes.press(ShowQuestions)
async def show_questions(request: Request, group: int) -> Reply:
    """Show questions to the group on stage in a message below, at most six: unseen ones, else those seen before.

    The button may be on an outdated card, for an earlier group; then the first line says that this group is no longer
    on stage. If nobody is on stage, the questions are to the group of the button.
    """
    request.require_confirmed()  # what is left out would tell which questions are one's own
    on_stage = await group_on_stage(request.tx, group)
    if on_stage in (None, group):
        return replace(await _show_next(request, group), fresh=True)
    line = _("{group} is no longer on stage.", group=await group_title(request.tx, group))
    return replace(await _show_next(request, on_stage, line), fresh=True)


@routes.press("pnlm")
async def more_questions(request: Request, group: int, again: int) -> Reply:
    """Show further questions to a group in the same message: first unseen ones, then the ones seen before.

    `again` is 0 for questions that the person has not seen. Otherwise it counts from 1, and says with which of the seen
    questions the page begins.
    """
    request.require_confirmed()
    if not again:
        return await _show_next(request, group)
    return await _show_seen(request, group, again)


async def _show_seen(request: Request, group_id: int, again: int, *lines: Span) -> Reply:
    seen = await voting.seen(request.tx, group_id, request.participant.id)
    first = min(again, max(1, len(seen)))
    return await _show(request, group_id, seen[first - 1 : first - 1 + SHOWN], *lines, by_wish=True)


async def _show_next(request: Request, group_id: int, *lines: Span) -> Reply:
    unseen = await voting.unseen(request.tx, group_id, request.participant.id)
    shown = least_seen(unseen)
    if not shown:
        if await voting.seen(request.tx, group_id, request.participant.id):
            return await _show_seen(request, group_id, 1, *lines)
        group = await group_title(request.tx, group_id)
        mine = (_MINE,) if await questions_by(request.tx, request.participant.id, group_id) else ()
        line = _("Nobody has asked {group} anything yet.", group=group)
        if mine:
            line = _("Nobody else has asked {group} anything yet.", group=group)
        return reply(*lines, line, buttons=(*mine, *await _ask_button(request, group_id), STAGE))
    await voting.note_shown(request.tx, shown, request.participant.id)
    return await _show(request, group_id, shown, *lines)


async def _ask_button(request: Request, group_id: int) -> tuple[Button, ...]:
    """Return the button that asks a group something; none for its members, nor for a group that takes no questions."""
    if group_id in await groups_of_member(request.tx, request.participant.id):
        return ()
    declines = (await wishes_of(request.tx, group_id)).declines
    return () if declines else (Button(_("Ask a question"), AskQuestion(group_id)),)


async def _further(request: Request, group_id: int, shown: Sequence[int]) -> tuple[Button, ...]:
    """Return the button that leads on from these questions (ids): to those not seen yet, or else to the next ones seen.

    There is none after the last.
    """
    if left := len(await voting.unseen(request.tx, group_id, request.participant.id)):
        return (Button(_n("{count} more question", "{count} more questions", left), more_questions.to(group_id, 0)),)
    seen = await voting.seen(request.tx, group_id, request.participant.id)
    further = max((seen.index(question) for question in shown if question in seen), default=len(seen)) + 2
    return (Button(_("Next ▶"), more_questions.to(group_id, further)),) if further <= len(seen) else ()


async def _show(request: Request, group_id: int, shown: Sequence[int], *lines: Span, by_wish: bool = False) -> Reply:
    """Show these questions (ids) to a group, as a choice of which each press votes for one, or takes the vote back.

    Who voted for one of them reads the votes of all; then with `by_wish`, the most wanted come first.
    """
    listed = [
        question
        for question in await questions_with(request.tx, shown)
        if question.shown and question.group_id == group_id and not question.asked_at  # a forged button could name any
    ]
    waiting = [each for each in await questions_by(request.tx, request.participant.id, group_id) if not each.asked_at]
    votes = await voting.votes_of(request.tx, [question.id for question in listed], request.participant.id)
    voted = {question_id for question_id, (_votes, own) in votes.items() if own}
    listed = [replace(question, votes=votes.get(question.id, (0, False))[0]) for question in listed]
    if voted and by_wish:
        listed = ranked(listed)
    in_message = "_".join(base36(question.id) for question in listed)
    options = tuple(
        Option(str(number), _numbered(number, question, voted)) for number, question in enumerate(listed, start=1)
    )
    return reply(
        *lines,
        # L10N: above the questions that others asked: the reader's own, which nobody asked aloud yet
        *(_("{question} · yours, waiting", question=question_quote(own, LABEL, "own")) for own in waiting),
        _("Which questions should {group} be asked? Press to vote.", group=await group_title(request.tx, group_id)),
        choice=Choice(pick_question.to(in_message), options, listed=True, ranked_from=1) if options else None,
        buttons=(*await _further(request, group_id, shown), *await _ask_button(request, group_id), STAGE),
    )


def _numbered(number: int, question: StageQuestion, voted: Collection[int]) -> Span:
    """Return a question in one line; once the reader `voted` (ids of questions), with its votes, and a ✓ for theirs."""
    line: Span = _("{number}. {question}", number=number, question=question_words(question))
    votes = (_n("{count} vote", "{count} votes", question.votes),) if voted else ()
    ends = (*asked_by(question), *votes, *(("✓",) if question.id in voted else ()))
    return Joined((line, *(span for end in ends for span in (" · ", end))))


@routes.press("pnm")
@in_unconfirmed_browser
async def vote_for_question(request: Request, question_id: int, in_message: str) -> Reply:
    """Vote for a question, or take the vote back, and show the same questions as before.

    `in_message` holds the ids of all questions of the message, in base 36, separated by «_».
    """
    request.require_confirmed()
    question = await find_question(request.tx, question_id)
    if question is None or question.group_id is None:
        raise Stale
    shown = _ids(in_message)
    if not question.shown or question.asked_at is not None:
        gone = _("It has been asked in the meantime.") if question.asked_at else _("This question is no longer shown.")
        return await _show(request, question.group_id, shown, gone)
    if question.author_id == request.participant.id:
        raise UserError(_("This is your own question: vote for those of others instead."), buttons=(STAGE,))
    await voting.toggle_vote(request.tx, question.id, request.participant.id)
    return await _show(request, question.group_id, shown)


def _ids(joined: str) -> list[int]:
    return [int(part, 36) for part in joined.split("_")[:SHOWN] if part and len(part) < 12]


@routes.pick("pnmq")
async def pick_question(request: Request, number: int, in_message: str) -> Reply:
    """Vote for the question with this number (from 1) in a message, or take the vote back (see `vote_for_question`)."""
    shown = _ids(in_message)
    if not 0 < number <= len(shown):
        raise Stale
    return await vote_for_question.handler(request, shown[number - 1], in_message)


# --- the group reads and answers


async def offer_questions(request: Request) -> View:
    """Return the part of the group's screen about the audience's reactions and questions.

    The View is empty before the group's turn.
    """
    group = await group_of_the_day(request.tx, request.participant.id, request.today)
    turn = await turn_in_plenary(request.tx, group.id) if group else None
    if group is None or turn is None:
        return View(())
    echo = await offer_echo(request, group.id)
    listed = [question for question in await questions_of_group(request.tx, group.id) if question.shown]
    if not listed:
        return echo
    button = Button(
        _n("{count} question from the room", "{count} questions from the room", len(listed)),
        ShowGroupQuestions(group.id),
    )
    return View(echo.lines, (button,))


async def _questions_of_own_group(request: Request, group_id: int) -> Mapping[int, StageQuestion]:
    """Return the questions to the person's group, by id. Raises Stale for another group."""
    if group_id not in await groups_of_member(request.tx, request.participant.id):
        raise Stale
    everything = await questions_of_group(request.tx, group_id)
    return {question.id: question for question in everything if question.shown}


@routes.press(ShowGroupQuestions)
async def show_group_questions(request: Request, group: int) -> Reply:
    """Show members of a group the audience's questions to their group, and the group's answers."""
    listed = await _questions_of_own_group(request, group)
    if not listed:
        return reply(_("The room had no questions for your group."), buttons=(MY_GROUP, HOME))
    unanswered = sum(not question.answer for question in listed.values())
    return reply(
        _n("{count} question is waiting for an answer.", "{count} questions are waiting for an answer.", unanswered),
        choice=Choice(
            pick_group_question.to(group),
            tuple(
                Option(str(question.id), question_quote(question, LABEL), _("answered") if question.answer else None)
                for question in listed.values()
            ),
            placeholder=_("Choose a question"),
        ),
        buttons=(MY_GROUP, HOME),
    )


@routes.pick("pngp", sent_with_press=False)
async def pick_group_question(request: Request, question_id: int, group: int) -> Reply:
    """Show one question to the person's group in full, with the group's answer."""
    listed = await _questions_of_own_group(request, group)
    return _show_question(existing(listed.get(question_id)))


def _show_question(question: StageQuestion, *lines: Span) -> Reply:
    assert question.group_id is not None
    change = _("Change the answer") if question.answer else _("Answer")
    return reply(
        *lines,
        Strong(question_words(question)),
        *asked_by(question),
        *((_("Your answer: {answer}", answer=answer_words(question)),) if question.answer else ()),
        buttons=(
            Button(change, answer_question.to(question.id), style="plain" if question.answer else "primary"),
            Button(_("All questions"), ShowGroupQuestions(question.group_id)),
            MY_GROUP,
        ),
    )


async def _answerable(request: Request, question_id: int) -> StageQuestion:
    """Return a question to a group of the person's. Raises Stale if there is none."""
    request.require_confirmed()
    question = await find_question(request.tx, question_id)
    if question is None or question.group_id is None:
        raise Stale
    listed = await _questions_of_own_group(request, question.group_id)
    if question_id not in listed:
        raise UserError(_("This question is no longer shown."), buttons=(MY_GROUP, HOME))
    return listed[question_id]


async def _present_answer(request: Request, question: int) -> dict[str, str]:
    return {"answer": (await _answerable(request, question)).answer}


async def _about_question(request: Request, question: int) -> Span:
    return question_words(await _answerable(request, question))


@routes.form("pngr", GroupAnswerForm, prefill=_present_answer, about=_about_question)
async def answer_question(request: Request, form: GroupAnswerForm, question_id: int) -> Reply:
    """Store a group's written answer to a question, and notify the question's author."""
    question = await _answerable(request, question_id)
    if form.answer != question.answer:
        await questions.answer(request.tx, question, form.answer, request.participant.id, request.now)
    return _show_question(replace(question, answer=form.answer), _("Saved."))
