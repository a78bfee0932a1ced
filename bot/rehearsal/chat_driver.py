"""What a simulated person can do in a chat: the same methods for every platform.

Each platform's implementation uses the platform's real library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.content.folding import MORE, NEXT
from bot.content.forms import Upload
from bot.content.i18n import LOCALES
from bot.content.texts import ISOLATES, Reader, plain
from bot.content.views import File


def read_label(label: str) -> str:
    """Return the label of an option as a person reads it, without invisible marks of writing direction."""
    return label.translate(ISOLATES)


class Chat(Protocol):
    """Drives one simulated person's private chat with the bot. Each action returns once the bot has answered it.

    Buttons and options are given by their labels, or by how the labels begin. If a label is not shown, AssertionError
    is raised, which tells what is shown.
    """

    async def follow(self, payload: str) -> None:
        """Open a link to the bot that carries a payload, as this person; for an invitation the payload is «j-CODE»."""

    async def command(self, word: str, argument: str = "") -> None:
        """Send a command to the bot, given without its slash, as this person."""

    async def send(self, text: str) -> None:
        """Send a text message to the bot, as this person."""

    async def press(self, label: str) -> None:
        """Press the button with this label on the latest message; if it is not shown, press «More…» first."""

    async def pick(self, *labels: str) -> None:
        """Choose the options with these labels on the latest message, replacing any earlier choice."""

    async def fill(self, *answers: str | Upload) -> None:
        """Fill in the form that is open with one answer for each question; '' skips a question."""

    async def look(self) -> None:
        """Look at the chat, so that messages that the bot sent without being asked are seen too."""

    @property
    def text(self) -> str:
        """Return the text of the latest message or, if a form is open, its question or the problem that it shows."""

    @property
    def buttons(self) -> tuple[str, ...]:
        """Return the labels of the buttons of the latest message."""

    @property
    def options(self) -> tuple[str, ...]:
        """Return the labels of the options of the latest message, with «✓ » before each chosen option."""

    @property
    def toast(self) -> str | None:
        """Return the short notice that the platform showed after the latest press; None if there was none."""

    @property
    def file(self) -> File | None:
        """Return the first document of the latest message; None if there is none."""

    @property
    def files(self) -> tuple[File, ...]:
        """Return all documents of the bot's latest answer, in order."""

    @property
    def pushed(self) -> tuple[str, ...]:
        """Return the texts of the messages that the bot sent without being asked, oldest first."""


class _Buttons(Protocol):
    """What of a chat is needed to look behind «More…»."""

    async def press(self, label: str) -> None:
        """Press the button of the latest message with this label."""

    @property
    def buttons(self) -> tuple[str, ...]:
        """The labels of the buttons of the latest message."""


async def look_for(chat: _Buttons, found: Callable[[], bool]) -> None:
    """Press «More…» on the latest message of a chat until `found` returns True, or until there is no such button."""
    while not found() and (more := more_among(chat.buttons)):
        await chat.press(more)


def more_among(labels: Iterable[str]) -> str | None:
    """Return the first of these labels that is «More…» or «Next» in any language of the bot; None if none is."""
    said = {plain(label, Reader(locale, "UTC")) for label in (MORE, NEXT) for locale in LOCALES}
    return next((label for label in labels if label in said), None)


@dataclass(frozen=True, slots=True)
class Received:
    """A message of the bot as its reader sees it: `text` is its present text, `first` its text when it arrived.

    `asked` is True if the bot sent it in answer to something that the reader did. `at` is when it arrived, None if the
    platform does not tell.
    """

    id: str
    text: str
    first: str
    asked: bool
    at: datetime | None = None


class ChatDriver(Chat, Protocol):
    """Drives a simulated person's private chat with the bot in any language, because it can find buttons by payload.

    A button's payload is the code of its action, followed by a hyphen and its arguments, if any.
    """

    async def act(self, payload: str) -> None:
        """Press the latest button whose payload is `payload`, or begins with `payload` and a hyphen.

        If needed, «More…» is pressed before. Raises AssertionError if there is no such button.
        """

    def offers(self, payload: str) -> bool:
        """Return whether a button is shown whose payload is `payload`, or begins with `payload` and a hyphen."""

    async def choose(self, *values: str) -> None:
        """Choose the options with these values on the latest message, in place of any earlier choice."""

    @property
    def values(self) -> tuple[str, ...]:
        """Return the values that the options of the latest message stand for."""

    async def give(self, *uploads: Upload, caption: str = "") -> None:
        """Send pictures or documents with a caption to the bot, as this person."""

    @property
    def received(self) -> tuple[Received, ...]:
        """Return all messages of the bot in this chat that the person has looked at, oldest first."""


def carries(carried: str, payload: str) -> bool:
    """Return whether the payload `carried` of a button is `payload`, or begins with `payload` and a hyphen."""
    return carried == payload or carried.startswith(f"{payload}-")
