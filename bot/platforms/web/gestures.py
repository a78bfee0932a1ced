"""From a posted form to the way in, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from bot.content.errors import Stale
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
from bot.content.texts import Name, Reader, Span, Strong, _n
from bot.conversation.answering import after_choice
from bot.conversation.dispatch import Answered, Dispatcher
from bot.conversation.incoming import Called, Content, Incoming, Picked, Pressed, Sent, Submitted, Typed
from bot.conversation.menu import OpenSection
from bot.database.engine import Store, StoreUnavailable
from bot.logs import under_reference
from bot.platforms.web import page_store
from bot.platforms.web.bodies import Posted
from bot.platforms.web.conversation import PageConversation
from bot.platforms.web.sessions import PLATFORM, Visit

log = structlog.get_logger()

LONGEST = 4_000
"""Characters of one message, about what the other platforms take."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Gesture:
    """One thing done on a page: under which one-time token, in which message, in which words of the person's."""

    content: Content
    token: str
    message: int | None = None
    said: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class GestureTaken:
    """It was taken: the conversation shows it, in a message (None: it had been taken before)."""

    reader: Reader
    message: int | None = None


@dataclass(frozen=True, slots=True)
class FormOpened:
    """It asks for a form, perhaps again: what was filled in, the wrong field and why."""

    form: FormView
    message: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class GestureRefused:
    """It was not taken, or cannot be shown: what to say at once, under which HTTP status."""

    lines: tuple[Span, ...]
    status: int
    reader: Reader


Outcome = GestureTaken | FormOpened | GestureRefused


def word(data: Posted, name: str) -> str:
    """One field as text, '' when it is missing."""
    value = data.get(name, "")
    return value if isinstance(value, str) else ""


def number(text: str) -> int | None:
    """The number of a message, None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def read(name: str, data: Posted, dispatcher: Dispatcher) -> Gesture:
    """The gesture a form stands for: `name` is the last part of its address. Raises HTTPBadRequest for a forged one."""
    token, message = word(data, "token"), number(word(data, "message"))
    if not _TOKEN.fullmatch(token):
        raise web.HTTPBadRequest
    match name:
        case "press":
            return Gesture(Pressed(word(data, "payload"), beside=_unsent(data)), token, message)
        case "pick":
            return Gesture(Picked(word(data, "choice"), _values(data, "value")), token, message)
        case "call":
            command = dispatcher.router.command(word(data, "word"))
            said = (command.description,) if command else ()
            return Gesture(Called(clean(word(data, "word"))), token, None, said)
        case "say":
            return _said(word(data, "text"), _files(data), token)
        case "submit":
            content = Submitted(word(data, "payload"), _answers(data))
            return Gesture(content, token, message, _filled_in(content, dispatcher))
    raise web.HTTPNotFound


def _values(data: Posted, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in data.getall(name, ()) if isinstance(value, str) and value))


def _unsent(data: Posted) -> Picked | None:
    """What is chosen beside a button that was pressed, where the page had `shown` something else as chosen."""
    choice, values = word(data, "choice"), _values(data, "value")
    return Picked(choice, values) if choice and set(values) != set(_values(data, "shown")) else None


class GestureHandler:
    """Takes gestures through the dispatcher, and keeps what they made in the conversation."""

    def __init__(self, dispatcher: Dispatcher, store: Store, conversation: PageConversation) -> None:
        self._dispatcher = dispatcher
        self._store = store
        self._conversation = conversation

    async def take(self, visit: Visit, gesture: Gesture) -> Outcome:
        """Take one gesture. The same token again changes nothing."""
        problem = await self._problem(visit, gesture)
        if problem:
            return problem
        # The person is part of the id: nobody can use up another one's token.
        update_id = f"{visit.person.id}.{gesture.token}"
        incoming = Incoming(PLATFORM, update_id, visit.sender, gesture.content)
        with under_reference(incoming.reference):
            return await self._take(visit, gesture, incoming)

    async def _take(self, visit: Visit, gesture: Gesture, incoming: Incoming) -> Outcome:
        asked = await self._dispatcher.form(incoming)
        if isinstance(asked, FormView) and isinstance(gesture.content, Pressed) and gesture.content.beside:
            asked = await self._form_with_choice(visit, gesture, gesture.content, gesture.content.beside)
        if isinstance(asked, FormView):
            return FormOpened(asked, gesture.message, asked.prefill)
        said = gesture.said or await self._entry_pressed(visit, gesture)
        answered = asked or await self._dispatcher.handle(incoming)
        if answered.reply is None or answered.repeated:  # the first answer is on the page, or about to be
            return GestureTaken(answered.reader)
        try:
            shown = await self._conversation.answer(
                visit.person.id,
                gesture.content,
                answered.reply,
                answered.reader,
                said=() if answered.reply.unsaid else said,
                message=gesture.message,
                session=visit.session,
            )
        except StoreUnavailable:
            return GestureRefused(answered.reply.view.lines, 503, answered.reader)
        self._dispatcher.sent(answered, "" if shown is None else str(shown), withholds=True)
        if shown is None:  # erased, or taken off, just now: there is no page any more to show it on
            return GestureRefused(answered.reply.view.lines, 410, answered.reader)
        return GestureTaken(answered.reader, shown)

    async def _form_with_choice(
        self, visit: Visit, gesture: Gesture, pressed: Pressed, beside: Picked
    ) -> FormView | Answered | None:
        """What a button that opens a form opens, once the choice beside it was taken: that is not lost meanwhile."""
        payload: str | None = pressed.payload
        if self._dispatcher.router.rides(beside):
            update_id = f"{visit.person.id}.{gesture.token}.choice"
            answered = await self._dispatcher.handle(Incoming(PLATFORM, update_id, visit.sender, beside))
            if answered.reply and not answered.repeated:
                shown = answered.reply
                await self._conversation.answer(
                    visit.person.id, beside, shown, answered.reader, message=gesture.message
                )
                self._dispatcher.sent(answered)
                payload = after_choice(shown.view, pressed.payload, beside)
        if payload is None:
            return Answered(None, visit.reader, "", "")
        return await self._dispatcher.form(Incoming(PLATFORM, "", visit.sender, Pressed(payload)))

    async def menu(self, visit: Visit) -> Sequence[OpenSection]:
        """What someone can do now; nothing where that cannot be told, which is no reason to show no page."""
        try:
            return await self._dispatcher.menu(Incoming(PLATFORM, "", visit.sender, Called("")))
        except StoreUnavailable:
            return ()
        except Exception:
            log.exception("web.menu_failed")
            return ()

    async def _entry_pressed(self, visit: Visit, gesture: Gesture) -> tuple[Span, ...]:
        """The words of the entry of the menu that was pressed; none for what was done elsewhere."""
        if not isinstance(gesture.content, Pressed) or gesture.message is not None:
            return ()
        buttons = [button for each in await self.menu(visit) for button in each.buttons]
        return tuple(b.label for b in buttons if b.action and b.action.encode() == gesture.content.payload)[:1]

    async def takes_files(self, visit: Visit) -> bool:
        """Whether a photo sent now would be looked at."""
        return await self._dispatcher.takes_files(Incoming(PLATFORM, "", visit.sender, Sent()))

    async def wants_files(self, visit: Visit, name: str, payload: str) -> bool:
        """Whether files posted with a gesture would be looked at; `payload` is that of the form they are in."""
        if name == "submit":
            return await self._dispatcher.takes_files(Incoming(PLATFORM, "", visit.sender, Submitted(payload)))
        return name == "say" and await self.takes_files(visit)

    async def reopen(self, visit: Visit, payload: str, message: int | None) -> FormOpened | None:
        """The form behind a payload, for an address that is opened again; None when it opens none."""
        asked = await self._dispatcher.form(Incoming(PLATFORM, "", visit.sender, Pressed(payload)))
        return FormOpened(asked, message, asked.prefill) if isinstance(asked, FormView) else None

    async def _problem(self, visit: Visit, gesture: Gesture) -> Outcome | None:
        """What can be told before anything is done: nothing is lost, the words stay where they were typed."""
        match gesture.content:
            case Typed("") | Called(""):
                return GestureTaken(visit.reader)
            case Typed(text) | Sent(caption=text) if (over := len(text) - LONGEST) > 0:
                return GestureRefused((_too_long(over),), 422, visit.reader)
            case (Picked() as picked) | Pressed(beside=Picked() as picked) if gesture.message:
                return await self._wrong_count(visit, gesture.message, picked.payload, picked.values)
            case Submitted(payload, answers):
                return self._wrong_answer(visit, gesture, payload, answers)
        return None

    async def _wrong_count(
        self, visit: Visit, message: int, payload: str, values: tuple[str, ...]
    ) -> GestureRefused | None:
        view = await self._store.read(lambda tx: page_store.view_of(tx, visit.person.id, message))
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

    def _wrong_answer(
        self, visit: Visit, gesture: Gesture, payload: str, answers: Mapping[str, Raw]
    ) -> FormOpened | None:
        form = _form(self._dispatcher, payload)
        if form is None:
            return None
        try:
            form.read(answers, visit.reader.locale)
        except Incomplete as wrong:
            typed = {name: words for name, answer in answers.items() if (words := words_of(answer)) is not None}
            again = FormView(form, payload, typed, visit.reader, wrong.text)
            return FormOpened(again, gesture.message, typed, wrong.field)
        return None


def _files(data: Posted) -> tuple[Upload, ...]:
    return tuple(sent for sent in data.getall("files", ()) if isinstance(sent, Upload))


def _said(text: str, files: tuple[Upload, ...], token: str) -> Gesture:
    words = clean_lines(text)
    if files:
        names = tuple(Name(file.name) for file in files)
        content = Sent(files[0], Written(words, files), caption=words)
        return Gesture(content, token, None, (words, *names) if words else names)
    if words.startswith("/"):
        command, *argument = words[1:].split(maxsplit=1) or ["/"]
        return Gesture(Called(command, *argument), token, None, (words[:LONGEST],))
    return Gesture(Typed(words), token, None, (words,))


def _answers(data: Posted) -> dict[str, Raw]:
    """The answers by field; the files beside a text make one answer with it."""
    answers: dict[str, Raw] = {}
    for key, value in data.items():
        if not key.startswith("answer-"):
            continue
        name = key.removeprefix("answer-")
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
    """The answers as the person's side of the conversation shows them."""
    form = _form(dispatcher, content.payload)
    lines: list[Span] = []
    for name, asked in form_fields(form).items() if form else ():
        answer = content.answers.get(name, "")
        if isinstance(answer, Upload):
            lines.append(Name(answer.name))
        elif isinstance(asked, ChoiceField):
            lines += [option.label for option in asked.choices if option.value == answer]
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
