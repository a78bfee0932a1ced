"""Drives a simulated person's private chat on Telegram, through a Bot API server on this machine."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import takewhile

from bot.content.forms import Upload
from bot.content.views import SELECTED, File
from bot.conversation.dialogues import SkipField
from bot.rehearsal.botapi import SeenMessage, StoredMessage, TelegramUser
from bot.rehearsal.chat_driver import Received, carries, look_for, read_label

_NUMBER = re.compile(r"\d+\. ")
_PATIENCE = 20.0
"""How many seconds of real time the bot may take to answer, while many people act at the same time."""


class TelegramChat:
    """Drives one simulated person's private chat with the bot on Telegram."""

    def __init__(self, user: TelegramUser, answered: Callable[[], Awaitable[None]], *, strict: bool = True) -> None:
        """Drive the chat of `user`. `answered` is a function that waits until the bot has sent all its replies.

        If `strict`, a press that the bot never acknowledges raises AssertionError; otherwise it is ignored, because on
        an overloaded machine an acknowledgement can be lost.
        """
        self.user = user
        self._answered = answered
        self._strict = strict
        self._toast: str | None = None
        self._pressed: set[int] = set()
        self._seen = self._left = 0
        self._answers: set[int] = set()

    async def _settled(self, before: int | None = None) -> None:
        """Wait until the bot has answered, and store which messages are answers.

        These are the messages shown after the first `before` ones; None stands for the number of messages at the call.
        """
        before = len(self.user.chat.shown) if before is None else before
        try:
            await self.user.settled(_PATIENCE)
        except AssertionError:
            updates = self.user.api.world.updates
            if self._strict or not updates.confirmed(updates.last_id):
                raise
        await self._answered()
        self._seen = len(self.user.chat.shown)
        shown = [seen.message.id for seen in self.user.chat.shown]
        self._answers |= {*shown[before:]} - {*shown[:before]}  # an answer that replaces a message came with that

    async def follow(self, payload: str) -> None:
        self.user.start(payload)
        await self._settled()

    async def command(self, word: str, argument: str = "") -> None:
        if not self.user.chat.started:
            self.user.start()
            await self._settled()
        self.user.send(f"/{word} {argument}".strip())
        await self._settled()

    async def send(self, text: str) -> None:
        self.user.send(text)
        await self._settled()

    async def press(self, label: str) -> None:
        await look_for(self, lambda: any(shown.startswith(label) for shown in self.buttons))
        full = next((shown for shown in self.buttons if shown.startswith(label)), None)
        assert full, f"no button «{label}» among {self.buttons} under «{self.text}»"
        await self._press(full)

    async def _press(self, label: str) -> None:
        press = self.user.press(label, on=self._last)
        self._pressed.add(self._last.message.id)
        await self._settled()
        self._toast = press.toast or None

    async def pick(self, *labels: str) -> None:
        for label in labels:
            read = (read_label(self._told(shown)).removeprefix(SELECTED) for shown in self._labels(options=True))
            named = (told.startswith(label) or _NUMBER.sub("", told).startswith(label) for told in read)
            full = next((shown for shown, it in zip(self._labels(options=True), named, strict=True) if it), None)
            assert full, f"no option «{label}» among {self.options} under «{self.text}»"
            await self._press(full)

    def _told(self, shown: str) -> str:
        """Return the label of an option; for one that is cut, the line of the text that begins with its number."""
        mark = SELECTED if shown.startswith(SELECTED) else ""
        words = shown.removeprefix(mark)
        number = _NUMBER.match(words)
        lines = self.text.split("\n") if number and words.endswith("…") else ()
        told = (read_label(line).removeprefix(SELECTED) for line in lines)
        return mark + next((line for line in told if number and line.startswith(number[0])), words)

    async def fill(self, *answers: str | Upload) -> None:
        for answer in answers:
            if isinstance(answer, Upload):
                self.user.send_document(answer.name, answer.content)
                await self._settled()
            elif answer == "":
                await self.act(SkipField.code)
            elif answer in self.options:
                await self.pick(answer)
            else:
                await self.send(answer)

    async def look(self) -> None:
        """Do nothing, because a chat on Telegram shows messages as they arrive."""

    async def act(self, payload: str) -> None:
        await look_for(self, lambda: self.offers(payload))
        found = self._find(payload)
        assert found, f"no button carries «{payload}»; the latest: {self.user.last}"
        await self.press_on(*found)

    async def press_on(self, shown: SeenMessage, payload: str) -> None:
        """Press the button with this payload on a message of the bot."""
        self._pressed.add(shown.message.id)
        press = self.user.forge(payload, on=shown)
        await self._settled()
        self._toast = press.toast or None

    def offers(self, payload: str) -> bool:
        return self._find(payload) is not None

    async def choose(self, *values: str) -> None:
        for value in values:
            option = re.compile(f"[^:~+]*[:~+]{re.escape(value)}")
            found = self._first(option.fullmatch)
            assert found, f"no option «{value}» among {self.options} under «{self.text}»"
            await self.press_on(*found)

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(part[2] for data in _carried(self._last) if (part := re.match("([^:~+]*)[:~+](.*)", data)))

    async def give(self, *uploads: Upload, caption: str = "") -> None:
        album = str(len(self.user.chat.messages)) if len(uploads) > 1 else ""
        for number, upload in enumerate(uploads):
            words = "" if number else caption
            if upload.name.endswith((".png", ".jpg")):
                self.user.send_photo(caption=words, album=album, content=upload.content)
            else:
                self.user.send_document(upload.name, upload.content, caption=words, album=album)
        await self._settled()

    async def locate(self, latitude: float, longitude: float, *, live: bool = False) -> StoredMessage:
        """Send a location, and return its message; with `live`, this message can be given to `move`."""
        message = self.user.send_location(latitude, longitude, live=live)
        await self._settled()
        return message

    async def move(self, location: StoredMessage, latitude: float, longitude: float, *, ends: bool = False) -> None:
        """Move a live location that the person shares; `ends` is True if the person then stops sharing it."""
        self.user.move(location, latitude, longitude, ends=ends)
        await self._settled()

    def leave_word(self, text: str) -> None:
        """Send a text while the program is stopped, without waiting for an answer; `catch_up` waits for the answer."""
        self._left = len(self.user.chat.shown)
        self.user.send(text)

    async def catch_up(self) -> None:
        """Wait for the bot's answers to the text sent by `leave_word`."""
        await self._settled(self._left)

    async def rewrite(self, before: str, after: str) -> None:
        """Edit the person's latest message with the text `before` so that its text is `after`."""
        written = [
            message for message in self.user.chat.messages.values() if not message.by_bot and message.text == before
        ]
        assert written, f"«{before}» was never written"
        self.user.edit(written[-1], after)
        await self._settled()

    def _find(self, payload: str) -> tuple[SeenMessage, str] | None:
        return self._first(lambda carried: carries(carried, payload))

    def _first(self, wanted: Callable[[str], object]) -> tuple[SeenMessage, str] | None:
        """Return the latest message with a button whose payload is `wanted`, and that payload; None if there is none.

        A keyboard that is too long for one message continues in another, so older messages count too.
        """
        for shown in reversed(self.user.chat.shown):
            if shown.current:
                for carried in _carried(shown):
                    if wanted(carried):
                        return shown, carried
        return None

    @property
    def received(self) -> tuple[Received, ...]:
        first: dict[int, str] = {}
        for shown in self.user.chat.shown:
            first.setdefault(shown.message.id, shown.text)
        return tuple(
            Received(
                str(message.id),
                message.text,
                first.get(message.id, message.text),
                message.id in self._answers,
                datetime.fromtimestamp(message.data["date"], UTC),
            )
            for message in self.user.chat.messages.values()
            if message.by_bot and not message.gone
        )

    @property
    def _last(self) -> SeenMessage:
        """The message that the bot showed last, without older ones that were edited only because they are outdated."""
        last = self.user.last
        newest = max(self.user.chat.messages)
        for shown in reversed(self.user.shown):
            message = shown.message
            by_itself = shown.edited and message.id < newest and message.id not in self._pressed
            faded = by_itself and (not shown.rows or message.id in self.user.chat.pinned)
            if shown.current and not faded:
                return shown
        return last

    @property
    def text(self) -> str:
        return self._last.text

    def _labels(self, *, options: bool) -> tuple[str, ...]:
        return tuple(
            button["text"]
            for row in self._last.rows
            for button in row
            if any(sign in button.get("callback_data", "") for sign in ":~+") == options
        )

    @property
    def buttons(self) -> tuple[str, ...]:
        return self._labels(options=False)

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(read_label(self._told(shown)) for shown in self._labels(options=True))

    @property
    def toast(self) -> str | None:
        return self._toast

    @property
    def file(self) -> File | None:
        file = self._last.message.file
        return File(file.name, file.content, file.mime_type) if file else None

    @property
    def files(self) -> tuple[File, ...]:
        latest = [shown.message.file for shown in self.user.shown]
        if latest and latest[-1] is None:  # the words and buttons below an album
            latest.pop()
        album = [*takewhile(bool, reversed(latest))]
        return tuple(File(file.name, file.content, file.mime_type) for file in reversed(album) if file)

    @property
    def pushed(self) -> tuple[str, ...]:
        return tuple(shown.text for shown in self.user.shown[self._seen :] if not shown.edited)


def _carried(shown: SeenMessage) -> list[str]:
    """Return the payloads of a message's buttons."""
    return [button["callback_data"] for row in shown.rows for button in row if "callback_data" in button]
