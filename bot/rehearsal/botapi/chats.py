"""What the Bot API server stores: chats, their messages, files, and pressed buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.rehearsal.botapi.updates import Update
from bot.rehearsal.botapi.wire import Json


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on the simulated Telegram server that the bot or a person has sent."""

    id: str
    kind: str
    name: str
    mime_type: str
    content: bytes

    @property
    def path(self) -> str:
        """Return the file's path below `/file/bot<token>/`, from which the bot can fetch it."""
        return f"{self.kind}s/{self.id}"

    def describe(self) -> Json:
        """Return the JSON fields that the Bot API has for every kind of file, such as documents and sizes of photos."""
        return {"file_id": self.id, "file_unique_id": f"U{self.id}", "file_size": len(self.content)}


class StoredMessage:
    """A message on the simulated Telegram server, as it is now.

    An edit puts a new object in place of `data`, so that a SeenMessage keeps the earlier one.
    """

    __slots__ = ("by_bot", "chat", "data", "file", "gone", "reaction", "silent", "update")

    def __init__(self, chat: StoredChat, data: Json, *, by_bot: bool, file: StoredFile | None = None) -> None:
        self.chat = chat
        self.data = data
        self.by_bot = by_bot
        self.file = file
        self.gone = False
        self.silent = False
        self.reaction: str | None = None
        self.update: Update | None = None

    @property
    def id(self) -> int:
        """Return the message's number within its chat."""
        number: int = self.data["message_id"]
        return number

    @property
    def text(self) -> str:
        """Return the text or caption of the message; '' if it has neither."""
        words: str = self.data.get("text") or self.data.get("caption") or ""
        return words


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message of the bot as a person saw it at one moment: when it was sent or, if `edited`, when it was edited.

    `at` is this moment in seconds since 1970.
    """

    message: StoredMessage
    data: Json
    edited: bool
    at: float = 0.0

    @property
    def text(self) -> str:
        """Return the text or caption of the message; '' if it has neither."""
        words: str = self.data.get("text") or self.data.get("caption") or ""
        return words

    @property
    def entities(self) -> tuple[Json, ...]:
        """Return the formatting of the text or caption as the Bot API's JSON; offsets count UTF-16 code units."""
        return tuple(self.data.get("entities") or self.data.get("caption_entities") or ())

    @property
    def rows(self) -> tuple[tuple[Json, ...], ...]:
        """Return the buttons below the message, row by row, as JSON; empty if there are none."""
        markup: Any = self.data.get("reply_markup") or {}
        return tuple(tuple(row) for row in markup.get("inline_keyboard", ()))

    @property
    def buttons(self) -> tuple[str, ...]:
        """Return the labels of all buttons below the message, row after row."""
        return tuple(button["text"] for row in self.rows for button in row)

    @property
    def file(self) -> StoredFile | None:
        """Return the document or photo in the message; None if it has none."""
        return self.message.file

    @property
    def silent(self) -> bool:
        """Return whether the message was sent without a sound."""
        return self.message.silent

    @property
    def current(self) -> bool:
        """Return whether the message still looks like this, because it was not edited or deleted since."""
        return not self.message.gone and self.message.data is self.data

    def button(self, label: str) -> str:
        """Return the callback data of the button with this label or, for a link, its address.

        Raises AssertionError if there is no such button.
        """
        for row in self.rows:
            for button in row:
                if button["text"] == label:
                    value: str = button.get("callback_data") or button.get("url") or button["web_app"]["url"]
                    return value
        raise AssertionError(f"no button «{label}» among {self.buttons} below «{self.text}»")

    def __str__(self) -> str:
        labels = "".join(f" [{label}]" for label in self.buttons)
        return f"{'edited' if self.edited else 'sent'} #{self.message.id}: {self.text!r}{labels}"


RIGHTS = frozenset(
    ("can_manage_topics", "can_pin_messages", "can_invite_users", "can_delete_messages", "can_restrict_members")
)
"""The administrator's rights that the bot has in a group, of those that this server checks."""


class StoredChat:
    """A chat on the simulated Telegram server: a group, or a person's private chat with the bot.

    The id of a private chat is the person's id; the id of a group is negative.
    """

    def __init__(self, chat_id: int, data: Json, ids: count[int], *, started: bool) -> None:
        self.id = chat_id
        self.data: Json = {"id": chat_id, **data}
        self.messages: dict[int, StoredMessage] = {}
        self.shown: list[SeenMessage] = []
        self.seen = 0
        self.topics: dict[int, str] = {}
        self.closed_topics: set[int] = set()
        self.pinned: list[int] = []
        self.invitations: list[str] = []
        self.asking: dict[int, Json] = {}
        self.inside: dict[int, Json] = {}
        self.rights: set[str] = set(RIGHTS)
        self.started = started
        self.blocked = False
        self.acted = float("-inf")
        self.asked: float | None = None
        self.typing_until = float("-inf")
        self._ids = ids

    @property
    def private(self) -> bool:
        """Return whether the chat is a person's private chat with the bot."""
        return self.id > 0

    def next_id(self) -> int:
        """Return the number for the next message of this chat."""
        return next(self._ids)

    def keep(self, message: StoredMessage) -> StoredMessage:
        """Store a message in the chat, and return it."""
        self.messages[message.id] = message
        return message


@dataclass(slots=True)
class StoredPress:
    """A press of a button on the simulated Telegram server, and the bot's answer to it.

    `answers` counts how often the bot answered. `at` is when the button was pressed, in seconds since 1970; `asked` is
    the same moment by `time.perf_counter()`, for measuring.
    """

    id: str
    chat: StoredChat
    at: float
    asked: float
    update: Update | None = None
    answers: int = 0
    toast: str = ""
    alert: bool = False

    @property
    def answered(self) -> bool:
        """Return whether the bot answered this press of a button."""
        return self.answers > 0


@dataclass(slots=True)
class Registry:
    """All chats, files and presses of buttons on the simulated Telegram server, by their ids.

    Messages of all private chats are numbered together, as on Telegram.
    """

    chats: dict[int, StoredChat] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    presses: dict[str, StoredPress] = field(default_factory=dict)
    unanswered: dict[str, StoredPress] = field(default_factory=dict)
    _message_ids: count[int] = field(default_factory=lambda: count(2))
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def open_chat(self, chat_id: int, data: Json, *, started: bool) -> StoredChat:
        """Create a chat, and return it. Raises ValueError if the id is in use.

        `data` are the chat's JSON fields. With `started`, the bot may write in the chat.
        """
        if chat_id in self.chats:
            raise ValueError(f"there is a chat {chat_id} already")
        ids = self._message_ids if chat_id > 0 else count(2)
        chat = self.chats[chat_id] = StoredChat(chat_id, data, ids, started=started)
        return chat

    def store(self, kind: str, name: str, mime_type: str, content: bytes) -> StoredFile:
        """Store a file on the simulated Telegram server, and return it.

        `kind` is the file's type in the Bot API, like «photo».
        """
        file = StoredFile(f"F{next(self._numbers)}", kind, name, mime_type, content)
        self.files[file.id] = file
        return file

    def next_number(self) -> int:
        """Return the next number for things other than messages, such as albums."""
        return next(self._numbers)

    def press(self, chat: StoredChat, at: float, asked: float) -> StoredPress:
        """Store a press of a button that the bot has not answered yet, and return it.

        `at` is when the button was pressed, in seconds since 1970; `asked` is the same moment by `time.perf_counter()`.
        """
        press = StoredPress(f"{next(self._numbers):018d}", chat, at, asked)
        self.presses[press.id] = self.unanswered[press.id] = press
        return press
