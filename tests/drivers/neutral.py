"""A chat straight on the dispatcher: no platform, every word a handler says."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from bot.content.errors import Stale
from bot.content.folding import opened
from bot.content.forms import Composition, FormView, Upload, form_fields
from bot.content.texts import Reader, Span, file_name, plain
from bot.content.views import Attachment, Choice, File, Option, Picture, View
from bot.conversation import dialogues
from bot.conversation.dispatch import Answered, Dispatcher
from bot.conversation.hearing import ItIsMyAnswer, ItIsMyEdit
from bot.conversation.incoming import (
    Actor,
    Called,
    Content,
    Edited,
    Incoming,
    Picked,
    Pressed,
    Sent,
    Submitted,
    Typed,
    message_of,
)
from bot.conversation.router import Router
from bot.rehearsal.chat_driver import look_for, read_label

_ids = itertools.count(1)
_messages = itertools.count(5001)


def decodes(router: Router, payload: str) -> bool:
    """Whether the engine makes an action of a payload: one of a screen, of a question, or of words that wait.

    Screens that are switched off count: their buttons stay in people's chats.
    """
    if router.is_switched_off(payload):
        return True
    payload = opened(payload)[0]
    code, *parts = payload.split("-")
    with suppress(Stale, ValueError):
        for waits in (ItIsMyAnswer, ItIsMyEdit):
            if code == waits.code:
                return bool(waits.decode(parts))
        return bool(dialogues.decode(payload) if payload.startswith(dialogues.CODES) else router.find(payload))
    return False


class NeutralChat:
    """A person who writes to the dispatcher itself. With `modal`, forms open whole, as on Discord and the page.

    `marked` are the ids of the messages that got a 👍. The latest answer came as a message of its own where it is
    `fresh`, else in the place of what was pressed.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        native_id: str,
        *,
        platform: str = "telegram",
        name: str = "Zoé",
        locale: str = "en",
        modal: bool = False,
    ) -> None:
        self.dispatcher = dispatcher
        self.platform = platform
        self.sender = Actor(native_id, name, locale, f"chat-{native_id}")
        self.modal = modal
        self.view: View | None = None
        self.form: FormView | None = None
        self.reader = Reader(locale, "Europe/Paris")
        self.message = ""
        self.marked: list[str] = []
        self.fresh = False
        self._toast: str | None = None

    async def act(self, content: Content, update_id: str | None = None, *, forged: bool = False) -> Answered | None:
        """Do anything, under an update id of one's own choosing. Only what is `forged` may have a payload of no screen.

        A slip in a test's own payload would look like an outdated button, which people meet too.
        """
        if not forged and isinstance(content, Pressed | Picked | Submitted):
            assert decodes(self.dispatcher.router, content.payload), f"no screen has the payload «{content.payload}»"
        incoming = Incoming(self.platform, update_id or str(next(_ids)), self.sender, content)
        if self.modal:
            asked = await self.dispatcher.form(incoming)
            if isinstance(asked, FormView):
                self.form, self.view = asked, None
                return None
            if isinstance(asked, Answered):
                self._show(asked)
                return asked
        self.message = message_of(content)
        answered = await self.dispatcher.handle(incoming)
        self.dispatcher.sent(answered)
        self._show(answered)
        return answered

    def _show(self, answered: Answered) -> None:
        self.form = None
        marked = answered.reply is not None and answered.reply.mark and bool(self.message)
        if marked:
            self.marked.append(self.message)
        if answered.reply is not None and (answered.reply.card or not marked):
            self.view, self.reader = answered.reply.view, answered.reader
            self.fresh = answered.reply.fresh
            self._toast = plain(answered.reply.toast, self.reader) if answered.reply.toast is not None else None

    def receive(self, view: View, reader: Reader) -> None:
        """Get a message nobody just asked for."""
        self.form, self.view, self.reader = None, view, reader

    async def follow(self, payload: str, *, forged: bool = False) -> None:
        """Press a button with this payload, which stands anywhere; see `act` for what is `forged`."""
        await self.act(Pressed(payload), forged=forged)

    async def command(self, word: str, argument: str = "") -> None:
        await self.act(Called(word, argument))

    async def send(self, text: str) -> str:
        """Write; the message's id. `marked` has it afterwards where a 👍 was the answer."""
        return await self._say(Typed(text, message=self._new_message()))

    async def edit(self, message: str, text: str) -> None:
        """Change a message sent before, or what is said below a file."""
        await self.act(Edited(message, text))

    async def send_file(self, upload: Upload, caption: str = "", *, album: str = "", place: int = 0) -> str:
        """Send a photo or a document, perhaps as a part of an album; the message's id."""
        composed = Composition((caption,) if caption else (), (upload,))
        return await self._say(Sent(upload, composed, album, place, caption, self._new_message()))

    async def send_photo(self, content: bytes, caption: str = "") -> str:
        """Send a picture from the camera; the message's id."""
        return await self.send_file(Upload("photo.jpg", content, picture=True, media_type="image/jpeg"), caption)

    async def send_files(self, uploads: tuple[Upload, ...], caption: str = "") -> str:
        """Send several files that hang on one message; its id."""
        composed = Composition((caption,) if caption else (), uploads)
        return await self._say(Sent(uploads[0], composed, caption=caption, message=self._new_message()))

    async def send_sticker(self, caption: str = "") -> str:
        """Send what nobody can use: a sticker, a contact, a voice, a place, a film with words below; its id."""
        return await self._say(Sent(caption=caption, message=self._new_message()))

    async def _say(self, content: Typed | Sent) -> str:
        await self.act(content)
        return content.message

    def _new_message(self) -> str:
        return "" if self.platform == "web" else str(next(_messages))

    async def press(self, label: str) -> None:
        """Press the button that begins so, or choose the option of that name, which is a button on some platforms."""
        if label in self.options and not any(shown.startswith(label) for shown in self.buttons):
            await self.pick(label)
        else:
            await look_for(self, lambda: any(shown.startswith(label) for shown in self.buttons))
            await self.act(Pressed(self.payload(label)))

    def payload(self, label: str) -> str:
        """The encoded action behind a button."""
        for button in self.view.buttons if self.view else ():
            if plain(button.label, self.reader).startswith(label) and button.action:
                return button.action.encode()
        raise AssertionError(f"no button «{label}» among {self.buttons} under «{self.text}»")

    async def pick(self, *labels: str) -> None:
        choice = self._choice
        assert choice, f"nothing to choose under «{self.text}»"
        values = []
        for label in labels:
            found = [o.value for o in choice.options if self._label(o).startswith(label)]
            assert found, f"no option «{label}» among {self.options}"
            values.append(found[0])
        assert choice.at_least <= len(values) <= choice.at_most, f"no {len(values)} of {self.options} can be chosen"
        await self.act(Picked(choice.action.encode(), tuple(values)))

    def _label(self, option: Option) -> str:
        return read_label(plain(option.label, self.reader))

    async def open(self, place: int) -> None:
        """Choose one by its place, the first being 1."""
        choice = self._choice
        assert choice, f"nothing to choose under «{self.text}»"
        await self.act(Picked(choice.action.encode(), (choice.options[place - 1].value,)))

    async def fill(self, *answers: str | Upload) -> None:
        if self.form:
            names = list(form_fields(self.form.form))
            await self.act(Submitted(self.form.action, dict(zip(names, answers, strict=False))))
            return
        for answer in answers:
            if answer == "":
                await self.press("Skip")
            elif isinstance(answer, Upload):
                await self.act(Sent(answer))
            elif self._choice and answer in self.options:
                await self.pick(answer)
            else:
                await self.send(answer)

    @property
    def prefill(self) -> Mapping[str, str]:
        """What the form that is open is filled with, by the names of its parts."""
        assert self.form, f"no form is open, but «{self.text}»"
        return self.form.prefill

    @property
    def _choice(self) -> Choice | None:
        return self.view.choice if self.view else None

    @property
    def text(self) -> str:
        if self.form:
            return plain(self.form.form.title, self.reader)
        return "\n".join(plain(line, self.reader) for line in (*self._lines, *self._listed))

    @property
    def _lines(self) -> tuple[Span, ...]:
        return self.view.lines if self.view else ()

    @property
    def _listed(self) -> tuple[Span, ...]:
        """What there is to read among what can be chosen: platforms show it as text."""
        options = self.view.choice.options if self.view and self.view.choice and self.view.choice.listed else ()
        return tuple(span for option in options for span in (option.label, option.description) if span is not None)

    @property
    def buttons(self) -> tuple[str, ...]:
        return tuple(plain(button.label, self.reader) for button in self.view.buttons) if self.view else ()

    @property
    def described(self) -> dict[str, str]:
        """What is said of each thing that can be chosen, by its label; '' where nothing is."""
        options = self._choice.options if self._choice else ()
        return {self._label(option): plain(option.description or "", self.reader) for option in options}

    @property
    def options(self) -> tuple[str, ...]:
        choice = self._choice
        if choice is None:
            return ()
        return tuple(
            ("✓ " if option.value in choice.selected else "") + self._label(option) for option in choice.options
        )

    @property
    def toast(self) -> str | None:
        return self._toast

    @property
    def file(self) -> File | None:
        return next(iter(self.files), None)

    @property
    def files(self) -> tuple[File, ...]:
        files = (attachment for attachment in self.attachments if isinstance(attachment, File))
        return tuple(replace(file, name=file_name(file.name, self.reader)) for file in files)

    @property
    def picture(self) -> Picture | None:
        return next(iter(self.pictures), None)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(attachment for attachment in self.attachments if isinstance(attachment, Picture))

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        return self.view.attachments if self.view else ()
