"""The screens of questions to the team: participants ask in private, and any organiser can answer.

The team is all organisers. A stray text is one that a person wrote without being asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from bot.content.discretion import something_to_read
from bot.content.errors import Stale, UserError, existing
from bot.content.features import features_of
from bot.content.forms import Form, Incomplete, text
from bot.content.texts import Joined, Moment, Name, Quote, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.conflicts import form_again, keep_typed
from bot.conversation.routes import ORGANISER, Go, NextStep, Request, Routes, in_new_browser
from bot.delivery import letter_store, message_updates, outbox
from bot.membership.browsers import UNCONFIRMED
from bot.people import limits, participant_store
from bot.people.browser_store import counted_in
from bot.people.naming import called
from handlers.navigation import stray_words
from handlers.navigation.actions import ASK, BACK, HOME
from handlers.team import hooks, store
from handlers.team.actions import ANSWER_WITHIN, SendWords
from handlers.team.store import Question

routes = Routes()

_LETTERS_A_DAY = 10
"""How many e-mails a day from a person's address become questions; what comes beyond stays unread in the mailbox."""

_SHOWN = 5
"""How many questions a list shows, so that it fits one message."""
_SHORT = 100
_LONGEST_LETTER, _LONGEST_IN_LIST = 1500, 500
_READ_AT_A_GLANCE = 250
"""The most characters of an answer that is sent whole; a longer answer is sent as a button that opens it."""

MY_QUESTIONS = Button(_("My questions"), Go("questions"))


class QuestionForm(Form):
    """The form for a question to the team."""

    title: ClassVar[Text] = _("A question to the team")
    read_by_others: ClassVar[bool] = True
    question: str = text(_("Your question"), max_length=500, multiline=True)


class AnswerForm(Form):
    """The form for an answer to a question."""

    title: ClassVar[Text] = _("Your answer")
    answer: str = text(_("Your answer"), max_length=1500, multiline=True)


@routes.command(
    "equipe",
    _("Ask the team a question"),
    names={"en": "team", "de": "team"},
    form=QuestionForm,
    plain_words=_("team, the team, question, a question, I have a question, ask a question, contact, contact the team"),
    listed=70,
)
@in_new_browser
async def ask(request: Request, form: QuestionForm) -> Reply:
    """Show a possible answer to a question; if there is none, send the question to the team."""
    if answer := await _answer_first(request, form.question):
        return Reply(answer, fresh=True)
    return await _ask(request, form)


@routes.answers_to(
    # L10N: long
    _(
        "can I leave earlier, can I leave early, may I leave earlier, may I leave early, can I go earlier,"
        " can I go early, is it ok to leave early, can I leave before the end, may I leave before the end"
    )
)
async def ask_about_leaving_earlier(_request: Request) -> Reply:
    """Direct people who ask whether they may leave before the end to the team, because only the team can answer."""
    return reply(_("The team can tell you: ask them."), buttons=(ASK, HOME))


async def _answer_first(request: Request, question: str) -> View | None:
    """Return what may answer a question, which is kept meanwhile; None for no answer."""
    answer = await hooks.answer_first(request, question)
    if answer is None:
        return None
    await stray_words.keep(request, question, until=request.now + ANSWER_WITHIN)
    return answer


async def _ask(request: Request, form: QuestionForm) -> Reply:
    """Store a question and send it to every organiser.

    If the person has asked too many questions within an hour, the text is kept so that they can send it later.
    """
    if (again := await _next_question(request)) is not None:
        await stray_words.keep(request, form.question, until=again)
        send = Button(_("Send my question"), SendWords())
        return reply(_question_waits(request, again), Name(form.question), buttons=(send, HOME), fresh=True)
    return await _tell_team(request, form.question)


async def ask_by_letter(request: Request, words: str) -> Reply | None:
    """Send the words of an e-mail to the team as a question, at most the first 1,500 characters.

    Returns None, and sends nothing, if the writer may not ask the team, or must wait before asking again: robots
    answer letters too, and not all of them say that they are robots.
    """
    if not await may_ask(request) or await _next_question(request, letter=True) is not None:
        return None
    last = await store.asked_before(request.tx, request.participant.id, _LETTERS_A_DAY, letter=True)
    if last and last > request.now - timedelta(days=1):
        return None
    shown = words if len(words) <= _LONGEST_LETTER else f"{words[:_LONGEST_LETTER].rstrip()} […]"
    return await _tell_team(request, shown, request.account.platform)


async def _tell_team(request: Request, words: str, way: str = "") -> Reply:
    """Store a question, and send it to every organiser; `way` is the platform from which it came by letter."""
    person = request.participant
    question_id = await store.add_question(request.tx, person.id, words, request.now, request.here, way)
    view = View(
        (
            _("{name} asks the team:", name=Strong(called(person, "full"))),
            _question_quote(question_id, words),
            *_doubts(Question(question_id, person.id, words, None, None, request.here, way)),
        ),
        # L10N: a button, a verb: answer this question
        (Button(_("Answer"), answer.to(question_id), style="primary"),),
    )
    notified = await outbox.notify_organisers(
        request.tx,
        view,
        request.now,
        outbox.Telling.NEWS,
        but=person.id,
        about=person.id,
        subject=_subject(question_id),
        report=bool(request.here or way),  # what somebody else may have done must not use up what the person may do
    )
    if notified:
        line = _("The team has your question. You will get the answer here.")
    else:
        line = _("Your question is kept. The team will read it as soon as somebody is here.")
    return reply(line, buttons=(MY_QUESTIONS, HOME))


async def offer_to_ask(request: Request) -> View:
    """Return the part of the home screen with the button for asking the team; empty for people who do not attend."""
    return View((), (ASK,) if await may_ask(request) else ())


async def may_ask(request: Request) -> bool:
    """Return whether the person may ask the team a question, because they attend the gathering."""
    return request.participant.attends


async def has_asked(request: Request) -> bool:
    """Return whether the person has ever asked the team a question. Returns False for organisers."""
    person = request.participant
    return not person.organises and bool(await store.questions_of(request.tx, person.id, 1, request.shown_in))


async def offer_questions(request: Request) -> Sequence[Button]:
    """Return the button of the organisers' menu that opens the unanswered questions; no button if there are none."""
    waiting = await store.count_unanswered(request.tx)
    return (Button(_("Questions: {count}", count=waiting.count), MY_QUESTIONS.action),) if waiting.count else ()


async def count_questions(request: Request) -> View:
    """Return the part of the organisers' screen with the number of unanswered questions; empty if there are none.

    A line above it says how many e-mails wait in the mailbox because the bot left them unread.
    """
    unread = await letter_store.count_unread(request.tx) if request.settings.reads_letters else 0
    # L10N: on the organisers' screen: e-mails that the bot leaves unread, because a person must read them
    line = _n("{count} letter waits in the mailbox.", "{count} letters wait in the mailbox.", unread)
    return View((line,) if unread else (), tuple(await offer_questions(request)))


async def questions_to_answer(request: Request) -> Sequence[NextStep]:
    """Return the next step «answer questions» for the organisers' screen; empty if all questions are answered.

    The step is due a day after the oldest unanswered question was asked.
    """
    waiting = await store.count_unanswered(request.tx)
    if waiting.since is None:
        return ()
    line = _n("{count} question without an answer", "{count} questions without an answer", waiting.count)
    return (NextStep(max(waiting.since + ANSWER_WITHIN, request.now), line, Button(_("Answer"), MY_QUESTIONS.action)),)


async def _next_question(request: Request, *, letter: bool = False) -> datetime | None:
    """Return when the person may ask the team again; None if they may ask now.

    Only a certain number of questions is allowed within an hour. With `letter`, questions that came by e-mail are
    counted, otherwise all others: anybody can write an e-mail with somebody else's address.
    """
    person, at_most = request.participant, request.settings.limits.questions
    counted = counted_in(request.here, limits.most(at_most, person))
    asked = [await store.asked_before(request.tx, person.id, most, place, letter=letter) for place, most in counted]
    return max((free for each in asked if (free := limits.an_hour_after(each, request.now))), default=None)


def _question_waits(request: Request, again: datetime) -> Text:
    """Return a line that says that a question was not sent, and from when on it can be sent (`again`)."""
    return _(
        "Slow down: {most} questions an hour at most. Yours is kept here: you can send it from {time} on.",
        most=limits.most(request.settings.limits.questions, request.participant),
        time=Moment(limits.full_minute(again), "time"),
    )


@routes.command(
    "questions",
    _("Your questions and their answers"),
    names={"en": "questions", "de": "fragen"},
    plain_words=_("my questions, questions, my question"),
)
async def show_questions(request: Request) -> Reply:
    """List the person's questions with their answers, the newest first.

    Organisers see instead the questions of all people that have no answer, the oldest first.
    """
    if request.participant.organises:
        return await _show_waiting(request)
    questions = await store.questions_of(request.tx, request.participant.id, _SHOWN, request.shown_in)
    if not questions:
        return reply(_("You have not asked the team anything yet."), buttons=(ASK, HOME))
    another = _ask_button(_("Ask something else"))
    return reply(*(_question_line(question) for question in questions), buttons=(another, HOME))


def _doubts(question: Question) -> Sequence[Span]:
    """Return the lines that say why somebody else may have asked a question than who seems to."""
    came_by = features_of(question.way).came_by if question.way else None
    return (*((UNCONFIRMED,) if question.browser else ()), *((came_by,) if came_by else ()))


def _question_line(question: Question) -> Span:
    if question.answer is None:
        return _("«{question}»: waiting for an answer", question=_short(question))
    answer = _answer_quote(question.id, question.answer)
    return _("«{question}»: {answer}", question=_short(question), answer=answer)


async def _show_waiting(request: Request) -> Reply:
    waiting = await store.unanswered_questions(request.tx, _SHOWN)
    if not waiting:
        return reply(_("Every question has its answer."), buttons=(BACK,))
    lines: list[Span] = [_("Waiting for an answer, oldest first:")]
    for number, question in enumerate(waiting, start=1):
        asker = await _asker_name(request, question)
        said = replace(_question_quote(question.id, question.question), most=_LONGEST_IN_LIST)
        lines.append(_("{number}. {name}: {question}", number=number, name=asker, question=said))
        lines += _doubts(question)
    answers = (
        # L10N: a button: answer the question that has this number in the list
        Button(_("Answer number {number}", number=number), answer.to(question.id))
        for number, question in enumerate(waiting, start=1)
    )
    return reply(*lines, buttons=(*answers, BACK)).meant_for(ORGANISER)


async def _refuse_answered(request: Request, question_id: int) -> None:
    """Raise UserError, with the answer, if a question has been answered already."""
    question = await _question(request, question_id)
    if question.answer is not None:
        raise UserError(await _answered_line(request, question), buttons=(_answer_too_button(question), BACK))


async def _asked_line(request: Request, question_id: int) -> Span:
    """Return the line above the form for an answer: the question, and who asked it."""
    question = await _question(request, question_id)
    asker = await _asker_name(request, question)
    asks = _("{name} asks: «{question}»", name=asker, question=_question_quote(question.id, question.question))
    return Joined((asks, *(part for doubt in _doubts(question) for part in (" · ", doubt))))


@routes.form("qa", AnswerForm, who=ORGANISER, check=_refuse_answered, about=_asked_line)
async def answer(request: Request, form: AnswerForm, question_id: int) -> Reply:
    """Send the first answer to a question to the person who asked.

    If another organiser has answered meanwhile, nothing is sent. The text is stored as the draft of a second answer,
    and the reply offers to send that.
    """
    question = await _question(request, question_id)
    if question.answer is None:
        return await answer_too(request, form, question.id)
    if question.answered_by == request.participant.id and question.answer == form.answer:
        return reply(_("Already done."), buttons=(BACK,))
    await keep_typed(request, answer_too.to(question.id).encode(), {"answer": form.answer})
    return reply(
        await _answered_line(request, question),
        _("Your words are kept, and were not sent."),
        buttons=(_answer_too_button(question), BACK),
        fresh=True,
    )


@routes.form("qt", AnswerForm, who=ORGANISER, about=_asked_line)
async def answer_too(request: Request, form: AnswerForm, question_id: int) -> Reply:
    """Send an answer to the person who asked, even if their question was already answered; notify the other organisers.

    If the person cannot be reached, the reply says so, and they find the answer in the list of their questions. Raises
    UserError if they were erased.
    """
    question, words = await _question(request, question_id), form.answer
    me, asker = request.participant, question.participant_id
    if asker is None:
        raise UserError(_("The person who asked this has left: you can no longer write to them."), buttons=(BACK,))
    part = await store.add_answer(request.tx, question.id, words, me.id, request.now)
    said = _answer_quote(question.id, words, part)
    answered = _("{name} answered.", name=Strong(called(me)))
    await message_updates.close_messages(request.tx, _subject(question.id), answered, request.now)
    # What is longer than a phone shows of a message is opened anyway.
    opened = len(words) > _READ_AT_A_GLANCE
    message = something_to_read(read_answer.to(question.id)) if opened else _answer_view(question, said)
    message = replace(message, asked_in=question.browser)
    reached = await outbox.notify(request.tx, asker, message, request.now, outbox.Telling.ANSWER)
    name = await _asker_name(request, question)
    notice = View(
        (
            _("{answerer} answered {name}.", answerer=Strong(called(me)), name=name),
            _("«{question}»: {answer}", question=_short(question), answer=said),
            *_doubts(question),
        )
    )
    await outbox.notify_organisers(request.tx, notice, request.now, outbox.Telling.NEWS, but=me.id, about=asker)
    if reached:
        line = _("Your answer is on its way to {name}.", name=name)
    else:
        line = _("{name} cannot be reached now: your answer waits for them under their questions.", name=name)
    waiting = (await store.count_unanswered(request.tx)).count
    others = (Button(_("Other questions"), Go("questions")),) if waiting else ()
    return reply(line, buttons=(*others, BACK), fresh=True)


def _answer_view(question: Question, said: Quote) -> View:
    return View(
        (_("The team answers your question «{question}»:", question=_short(question)), said),
        (_ask_button(_("Ask something else")),),
    )


@routes.press("qr")
async def read_answer(request: Request, question_id: int) -> Reply:
    """Show the person what the team answered to their question.

    Raises Stale if another person asked the question, or if it has no answer. A new browser shows the answer only if
    the question was asked in the same browser.
    """
    question = await store.find_question(request.tx, question_id)
    if question is None or question.browser != request.here:
        request.require_confirmed()  # nor is it told there which questions there are
    if question is None or question.participant_id != request.participant.id or question.answer is None:
        raise Stale
    return Reply(_answer_view(question, _answer_quote(question.id, question.answer)))


@routes.press(SendWords)
@in_new_browser
async def send_words(request: Request) -> Reply:
    """Send the person's stored words, typed without being asked, to the team as a question.

    Raises Stale if no words are stored.
    """
    words = existing(await stray_words.kept(request))
    await stray_words.drop(request)
    return await send_as_question(request, words)


@in_new_browser
async def send_as_question(request: Request, words: str) -> Reply:
    """Send a text to the team as a question, although it was not typed into the form for questions.

    A text that the form would refuse, for instance because it is too long, is not sent. It is stored, and the reply
    lets the person correct it in the form.
    """
    try:
        form = QuestionForm.read({"question": words}, request.reader)
    except Incomplete as problem:
        return await form_again(
            request, Go("equipe"), {"question": words}, problem.text, label=_("Correct my question")
        )
    return await _ask(request, form)


@routes.press("qd")
async def drop_words(request: Request) -> Reply:
    """Delete the person's stored words, typed without being asked, because they are no question to the team."""
    await stray_words.drop(request)
    return reply(_("OK, nothing was sent. Here is what you can do:"), then=Go("moi"))


async def _question(request: Request, question_id: int) -> Question:
    return existing(await store.find_question(request.tx, question_id))


async def _asker_name(request: Request, question: Question) -> Span:
    return await _name(request, question.participant_id, _("someone who left"))


async def _answered_line(request: Request, question: Question) -> Text:
    # L10N: instead of the name of an organiser who has left
    name = await _name(request, question.answered_by, _("The team"))
    return _("{name} answered already: «{answer}»", name=name, answer=_answer_quote(question.id, question.answer or ""))


async def _name(request: Request, participant_id: int | None, otherwise: Span) -> Span:
    person = await participant_store.find(request.tx, participant_id) if participant_id is not None else None
    return called(person) if person else otherwise


def _subject(question_id: int) -> str:
    return f"question:{question_id}"


def _ask_button(label: Span) -> Button:
    return Button(label, ASK.action)


def _answer_too_button(question: Question) -> Button:
    # L10N: a button of an organiser: give a second answer to a question that was answered
    return Button(_("Answer as well"), answer_too.to(question.id))


def _question_quote(question_id: int, words: str) -> Quote:
    return Quote(store.QUESTION, str(question_id), words)


def _short(question: Question) -> Quote:
    return Quote(store.QUESTION, str(question.id), question.question, _SHORT)


def _answer_quote(question_id: int, words: str, part: str = "") -> Quote:
    """Return the answers to a question, or the one that is this `part` of them."""
    return Quote(store.ANSWER, f"{question_id}{part}", words)
