"""Handles what people do on their pages: reads it from posted forms, and adds the answers to the conversation."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.content.errors import Stale, existing
from bot.content.forms import (
    FILES,
    ChoiceField,
    Form,
    FormView,
    Incomplete,
    Raw,
    Upload,
    Written,
    form_fields,
    words_of,
)
from bot.content.names import clean, clean_lines
from bot.content.texts import Name, Reader, Span, Strong, _, _n
from bot.content.views import View
from bot.conversation.answering import after_choice, typed_in
from bot.conversation.dispatch import Answered, Dispatcher
from bot.conversation.incoming import (
    Called,
    Content,
    Incoming,
    Located,
    Picked,
    Pressed,
    Sent,
    Submitted,
    Typed,
    words_in,
)
from bot.conversation.menu import Menu
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.logs import under_reference
from bot.platforms.web import page_store
from bot.platforms.web.bodies import Posted
from bot.platforms.web.conversation import PageConversation
from bot.platforms.web.sessions import PLATFORM, Visit

log = structlog.get_logger()

LONGEST = 4_000
"""The most characters of one message, about as many as on the other platforms."""

_NOT_SHOWN = _("Received. To see it, open your page again.")
"""The text shown instead of a confidential answer that the page cannot show."""
_MOST_AGO = 7 * 24 * 3600
"""The most seconds that a press counts as having waited for the network."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Gesture:
    """One thing that a person does on a page, such as pressing a button or sending a message.

    `token` is the one-time token of the form: a gesture with a known token is a repeat. `message` is the id of the
    pressed message, None for none. `words` are what the conversation shows as said by the person. `aim` is for words
    that were written without network or in confidence: the key of the place (a question, or a phase in which ideas are
    collected) for which they were written; otherwise ''.
    """

    content: Content
    token: str
    message: int | None = None
    words: tuple[Span, ...] = ()
    aim: str = ""


@dataclass(frozen=True, slots=True)
class GestureTaken:
    """The outcome of a gesture that was handled; a gesture is one thing that a person does on a page.

    `message` is the id of the answer on the page, None if there is none to show.
    """

    reader: Reader
    message: int | None = None


@dataclass(frozen=True, slots=True)
class FormOpened:
    """The outcome of a gesture (one thing that a person does on a page) that opens a form.

    `answers` are the form's present answers, by the names of its fields. `message` is the id of the message whose
    button opens the form, None if unknown. `wrong` names the field to be corrected, '' if there is none. `urgent` are
    lines that say whom to call, if the refused answers are certainly a cry for help.
    """

    form: FormView
    message: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    wrong: str = ""
    urgent: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class GestureRefused:
    """The outcome of a gesture (one thing that a person does on a page) that failed, or whose answer cannot be shown.

    `lines` are shown instead, and `status` is an HTTP status.
    """

    lines: tuple[Span, ...]
    status: int
    reader: Reader


Outcome = GestureTaken | FormOpened | GestureRefused


def word(data: Posted, name: str) -> str:
    """Return one field of a posted form as text; '' if it is missing."""
    value = data.get(name, "")
    return value if isinstance(value, str) else ""


def number(text: str) -> int | None:
    """Return a text as a number, such as a message's id; None if the text is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def read_token(data: Posted) -> str:
    """Return the one-time token of a posted form. Raises HTTPBadRequest if the form has no valid token."""
    token = word(data, "token")
    if not _TOKEN.fullmatch(token):
        raise web.HTTPBadRequest
    return token


def read(name: str, data: Posted, dispatcher: Dispatcher) -> Gesture:
    """Return what a person did on their page, read from the form that the page posted.

    `name` is the last part of the form's address, such as «press». Raises HTTPBadRequest for a form without a valid
    token, and HTTPNotFound for an unknown name.
    """
    token, message = read_token(data), number(word(data, "message"))
    match name:
        case "press":
            ago = timedelta(seconds=min(number(word(data, "ago")) or 0, _MOST_AGO))
            return Gesture(Pressed(word(data, "payload"), beside=_unsent(data), ago=ago), token, message)
        case "pick":
            return Gesture(Picked(word(data, "choice"), _values(data, "value")), token, message)
        case "call":
            command = dispatcher.router.command(word(data, "word"))
            words = (command.description,) if command else ()
            return Gesture(Called(clean(word(data, "word"))), token, None, words)
        case "say":
            return replace(_message_gesture(word(data, "text"), _files(data), token), aim=word(data, "aim"))
        case "locate":
            return Gesture(_located(data), token, message)
        case "submit":
            form = _form(dispatcher, word(data, "payload"))
            content = Submitted(word(data, "payload"), _answers(data, form_fields(form) if form else ()))
            return Gesture(content, token, message, _filled_in(content, dispatcher))
    raise web.HTTPNotFound


def _values(data: Posted, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in data.getall(name, ()) if isinstance(value, str) and value))


def _unsent(data: Posted) -> Picked | None:
    """Return the choice beside a pressed button, if the person changed what the page had `shown` as chosen."""
    choice, values = word(data, "choice"), _values(data, "value")
    return Picked(choice, values) if choice and set(values) != set(_values(data, "shown")) else None


def _located(data: Posted) -> Located:
    """Return where a browser says that its device is. Raises HTTPBadRequest for what no browser says."""
    try:
        latitude, longitude = float(word(data, "latitude")), float(word(data, "longitude"))
    except ValueError:
        raise web.HTTPBadRequest from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # refuses NaN too
        raise web.HTTPBadRequest
    return Located(latitude, longitude, payload=word(data, "payload"))


def whom_to_call(dispatcher: Dispatcher, content: Content) -> Sequence[Span]:
    """Return lines that say whom to call, if words that are refused unread are certainly a cry for help.

    Of very long words only both ends are heard, because hearing takes time, and refusals are not limited.
    """
    if isinstance(content, Submitted):
        answers = {name: _both_ends(words) for name, words in typed_in(content).items()}
        return dispatcher.numbers(replace(content, answers=answers))
    return dispatcher.numbers(Typed("\n".join(map(_both_ends, words_in(content)))))


def _both_ends(words: str) -> str:
    return words if len(words) <= 2 * LONGEST else f"{words[:LONGEST]}\n{words[-LONGEST:]}"


def _lines_elsewhere(view: View, numbers: Sequence[Span]) -> tuple[Span, ...]:
    """Return what may be read of an answer beside the page: all of it, unless only the page shows it, to its owner.

    `numbers` are whom to call, if what is answered is a cry for help; else there are none.
    """
    return (*numbers, _NOT_SHOWN) if view.confidential or view.drawn or view.secret else view.lines


class GestureHandler:
    """Passes what people do on their pages to the dispatcher, and adds the answers to the conversation."""

    def __init__(self, dispatcher: Dispatcher, store: Store, conversation: PageConversation, clock: Clock) -> None:
        self._dispatcher = dispatcher
        self._store = store
        self._conversation = conversation
        self._clock = clock

    async def take(self, visit: Visit, gesture: Gesture) -> Outcome:
        """Handle one thing that a person does on their page, and return the outcome.

        A gesture whose token is known is a repeat, and changes nothing.
        """
        problem = await self._problem(visit, gesture)
        if problem:
            return problem
        # The person is part of the update's id, so that nobody can use up the token of another person.
        update_id = f"{visit.person.id}.{gesture.token}"
        incoming = Incoming(PLATFORM, update_id, visit.sender, gesture.content)
        with under_reference(incoming.reference):
            return await self._take(visit, gesture, incoming)

    async def _take(self, visit: Visit, gesture: Gesture, incoming: Incoming) -> Outcome:
        if gesture.aim and await self._dispatcher.is_late(incoming, gesture.aim):
            over = _("That is over, so your text was not passed on. It is kept here: send it again if it still helps.")
            return GestureRefused((*self._dispatcher.numbers(gesture.content), over), 409, visit.reader)
        form = await self._dispatcher.form(incoming)
        if isinstance(form, FormView) and isinstance(gesture.content, Pressed) and gesture.content.beside:
            form = await self._form_with_choice(visit, gesture, gesture.content, gesture.content.beside)
        if isinstance(form, FormView):
            return FormOpened(form, gesture.message, form.prefill)
        words = gesture.words or await self._menu_entry(visit, gesture)
        answered = form or await self._dispatcher.handle(incoming)
        if answered.reply and answered.too_fast:
            return GestureRefused(answered.reply.view.lines, 429, visit.reader)
        if answered.reply and form is None and not answered.platform:  # not saved: nor is it kept here what was written
            return GestureRefused(answered.reply.view.lines, 503, answered.reader)
        if answered.reply is None or answered.repeated:  # the first answer is on the page, or about to be
            return GestureTaken(answered.reader)
        if answered.reply.wrong and isinstance(gesture.content, Submitted):
            self._dispatcher.sent(answered)
            return self._open_again(gesture, gesture.content, answered.reader, *answered.reply.wrong)
        numbers = self._dispatcher.numbers(gesture.content)
        try:
            shown = await self._conversation.answer(
                visit.person.id,
                gesture.content,
                answered.reply,
                answered.reader,
                words=() if answered.reply.unsaid else words,
                message=gesture.message,
                session=visit.session,
            )
        except StoreUnavailable:
            return GestureRefused(_lines_elsewhere(answered.reply.view, numbers), 503, answered.reader)
        self._dispatcher.sent(answered, "" if shown is None else str(shown), withholds=True)
        if shown is None:  # the person was just erased, or the session ended: there is no page to show it on
            return GestureRefused(_lines_elsewhere(answered.reply.view, numbers), 410, answered.reader)
        return GestureTaken(answered.reader, shown)

    async def _form_with_choice(
        self, visit: Visit, gesture: Gesture, pressed: Pressed, beside: Picked
    ) -> FormView | Answered | None:
        """Take the choice beside a button that opens a form, so that it is not lost, and return the form.

        Returns an Answered instead where no form opens after the choice.
        """
        payload: str | None = pressed.payload
        if self._dispatcher.router.sent_with_press(beside):
            update_id = f"{visit.person.id}.{gesture.token}.choice"
            answered = await self._dispatcher.handle(Incoming(PLATFORM, update_id, visit.sender, beside))
            if answered.too_fast:
                return answered
            if answered.reply and not answered.repeated:
                reply = answered.reply
                await self._conversation.answer(
                    visit.person.id,
                    beside,
                    reply,
                    answered.reader,
                    message=gesture.message,
                    session=visit.session,
                )
                self._dispatcher.sent(answered)
                payload = after_choice(reply.view, pressed.payload, beside)
        if payload is None:
            return Answered(None, visit.reader, "", "")
        return await self._dispatcher.form(Incoming(PLATFORM, "", visit.sender, Pressed(payload)))

    async def menu(self, visit: Visit) -> Menu:
        """Return the menu of what a person can do now; it is empty if the database cannot be read."""
        try:
            return await self._dispatcher.menu(Incoming(PLATFORM, "", visit.sender, Called("")))
        except StoreUnavailable:
            return Menu()
        except Exception:
            log.exception("web.menu_failed")
            return Menu()

    async def _menu_entry(self, visit: Visit, gesture: Gesture) -> tuple[Span, ...]:
        """Return the label of the menu's entry that was pressed; nothing for other gestures."""
        if not isinstance(gesture.content, Pressed) or gesture.message is not None:
            return ()
        buttons = [button for section in (await self.menu(visit)).sections for button in section.buttons]
        return tuple(b.label for b in buttons if b.action and b.action.encode() == gesture.content.payload)[:1]

    async def takes_files(self, visit: Visit) -> bool:
        """Return whether the bot has a use for a photo, if the person sends one now."""
        return await self._dispatcher.takes_files(Incoming(PLATFORM, "", visit.sender, Sent()))

    async def takes_files_now(self, tx: Transaction, visit: Visit) -> bool:
        """Return whether the bot has a use for a photo, if the person sends one now; read this in the transaction `tx`.

        An error may make the transaction fail, so nothing must be read in it afterwards.
        """
        return await self._dispatcher.takes_files_now(tx, Incoming(PLATFORM, "", visit.sender, Sent()))

    async def composing(self, visit: Visit) -> tuple[bool, str]:
        """Return what the text field of a page needs, read in one transaction.

        The result is a pair: whether the bot has a use for a photo sent now, and the key of the place to which words
        typed now would go. A place is, for instance, a question, or a phase in which ideas are collected; its key is ''
        if unknown.
        """

        async def unit(tx: Transaction) -> tuple[bool, str]:
            return await self.takes_files_now(tx, visit), await self.aim_now(tx, visit)

        try:
            return await self._store.read(unit)
        except Exception:  # noqa: BLE001 - the dispatcher meets it again, and tells the person
            return True, ""

    async def aim_now(self, tx: Transaction, visit: Visit) -> str:
        """Return the key of the place to which words typed now would go; '' if it is unknown.

        A place is, for instance, a question that is being asked, or a phase in which ideas are collected. An error may
        make the transaction fail, so nothing must be read in it afterwards.
        """
        return await self._dispatcher.aim_now(tx, Incoming(PLATFORM, "", visit.sender, Typed("")))

    async def screens(self, visit: Visit) -> Sequence[tuple[Span, View]]:
        """Return the screens that a person may want to read without network, as pairs of title and message."""
        return await self._dispatcher.screens(Incoming(PLATFORM, "", visit.sender, Called("")))

    async def wants_files(self, visit: Visit, name: str, payload: str) -> bool:
        """Return whether the bot has a use for files posted with a form of the page.

        `name` is the last part of the form's address; `payload` is the encoded action of the form, '' for none.
        """
        if name == "submit":
            return await self._dispatcher.takes_files(Incoming(PLATFORM, "", visit.sender, Submitted(payload)))
        return name == "say" and await self.takes_files(visit)

    async def reopen(self, visit: Visit, payload: str, message: int | None) -> FormOpened | None:
        """Return the form that an encoded action opens, for a browser that loads the form's address again.

        Returns None if the action opens no form. `payload` is the encoded action. `message` is the id of the message
        whose button opens the form, None if unknown.
        """
        form = await self._dispatcher.form(Incoming(PLATFORM, "", visit.sender, Pressed(payload)))
        return FormOpened(form, message, form.prefill) if isinstance(form, FormView) else None

    async def _problem(self, visit: Visit, gesture: Gesture) -> Outcome | None:
        """Return what is wrong with a gesture before anything is done, so that the text stays where it was typed.

        None for a gesture that can be handled.
        """
        match gesture.content:
            case Typed("") | Called(""):
                return GestureTaken(visit.reader)
            case Typed(text) | Sent(caption=text) | Called(_, text) if (over := len(text) - LONGEST) > 0:
                return GestureRefused(
                    (*whom_to_call(self._dispatcher, gesture.content), _too_long(over)), 422, visit.reader
                )
            case (Picked() as picked) | Pressed(beside=Picked() as picked) if gesture.message:
                return await self._wrong_count(visit, gesture.message, picked.payload, picked.values)
            case Submitted() as submitted:
                return self._wrong_answer(visit, gesture, submitted)
        return None

    async def _wrong_count(
        self, visit: Visit, message: int, payload: str, values: tuple[str, ...]
    ) -> GestureRefused | None:
        view = await self._store.read(lambda tx: page_store.view_of(tx, visit.person.id, message, visit.unconfirmed))
        choice = view.choice if view else None
        if choice is None or choice.action.encode() != payload:
            return None
        if len(values) > choice.at_most:
            problem = _n("Choose {count} at most.", "Choose {count} at most.", choice.at_most)
        elif len(values) < choice.at_least:
            problem = _n("Choose {count} at least.", "Choose {count} at least.", choice.at_least)
        else:
            return None
        return GestureRefused((problem,), 422, visit.reader)

    def _wrong_answer(self, visit: Visit, gesture: Gesture, submitted: Submitted) -> FormOpened | None:
        form = _form(self._dispatcher, submitted.payload)
        if form is None:
            return None
        try:
            form.read(submitted.answers, replace(visit.reader, now=self._clock.now()))
        except Incomplete as problem:
            return self._open_again(gesture, submitted, visit.reader, problem.field, problem.text)
        return None

    def _open_again(
        self, gesture: Gesture, submitted: Submitted, reader: Reader, field: str, problem: Span
    ) -> FormOpened:
        """Return a submitted form with what was typed into it, and at the answer to one field what is wrong with it."""
        form = existing(_form(self._dispatcher, submitted.payload))
        typed = typed_in(submitted)
        view = FormView(form, submitted.payload, typed, reader, problem)
        return FormOpened(view, gesture.message, typed, field, whom_to_call(self._dispatcher, submitted))


def _files(data: Posted) -> tuple[Upload, ...]:
    return tuple(value for value in data.getall("files", ()) if isinstance(value, Upload))


def _message_gesture(text: str, files: tuple[Upload, ...], token: str) -> Gesture:
    words = clean_lines(text)
    if files:
        names = tuple(Name(file.name) for file in files)
        content = Sent(files[0], Written(words, files), caption=words)
        return Gesture(content, token, None, (words, *names) if words else names)
    if words.startswith("/"):
        command, *argument = words[1:].split(maxsplit=1) or ["/"]
        return Gesture(Called(command, *argument), token, None, (words[:LONGEST],))
    return Gesture(Typed(words), token, None, (words,))


def _answers(data: Posted, asked: Collection[str]) -> dict[str, Raw]:
    """Return the answers to the fields that are `asked`; a text and the files beside it are one answer."""
    answers: dict[str, Raw] = {}
    for key, value in data.items():
        name = key.removeprefix("answer-")
        if name == key or name.removesuffix(FILES) not in asked:  # answers to unknown fields are ignored
            continue
        if not name.endswith(FILES):
            answers[name] = value
            continue
        name = name.removesuffix(FILES)
        before = answers.get(name, "")
        if isinstance(value, Upload):
            more = before.attachments if isinstance(before, Written) else ()
            answers[name] = Written(words_of(before) or "", (*more, value))
    return answers


def _form(dispatcher: Dispatcher, payload: str) -> type[Form] | None:
    try:
        return dispatcher.router.find(payload)[1].form
    except Stale:
        return None


def _filled_in(content: Submitted, dispatcher: Dispatcher) -> tuple[Span, ...]:
    """Return the answers as the person's side of the conversation shows them."""
    form = _form(dispatcher, content.payload)
    lines: list[Span] = []
    for name, form_field in form_fields(form).items() if form else ():
        answer = content.answers.get(name, "")
        if isinstance(answer, Upload):
            lines.append(Name(answer.name))
        elif isinstance(form_field, ChoiceField):
            lines += [option.label for option in form_field.choices if option.value == answer]
        elif words := clean_lines(words_of(answer) or ""):
            lines.append(words)
        if isinstance(answer, Written):
            lines += [Name(attachment.name) for attachment in answer.attachments]
    return (Strong(form.title), *lines) if form else ()


def _too_long(over: int) -> Span:
    return _n(
        "{count} character too many (at most {most}). Your text is kept: shorten it and send it again.",
        "{count} characters too many (at most {most}). Your text is kept: shorten it and send it again.",
        over,
        most=LONGEST,
    )
