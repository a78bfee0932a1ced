"""What a person can do in a chat: the same gestures for every platform, each carried out by the platform's library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.content.forms import Upload
from bot.content.views import File


class Chat(Protocol):
    """One person's private chat with the bot. Every gesture returns once the bot has answered it.

    A gesture is anything that a person does. Labels are given as shown, or their beginning; a gesture on something that
    is not shown raises AssertionError with what is shown.
    """

    async def follow(self, payload: str) -> None:
        """Open a link with this payload; that of an invitation is «j-CODE»."""

    async def command(self, word: str, argument: str = "") -> None:
        """Call a command by its word, without the slash, and with an argument if that is not ''."""

    async def send(self, text: str) -> None:
        """Write a message in the chat."""

    async def press(self, label: str) -> None:
        """Press the button of the latest message whose label begins so."""

    async def pick(self, *labels: str) -> None:
        """Choose options of the latest message by their labels."""

    async def fill(self, *answers: str | Upload) -> None:
        """Answer the questions of the open form in order; '' skips a question."""

    async def look(self) -> None:
        """Look at the chat, so that a message which the bot sent by itself can become the latest message."""

    @property
    def text(self) -> str:
        """The text of the latest message, or of the question or problem that is shown now."""

    @property
    def buttons(self) -> tuple[str, ...]:
        """The labels of the buttons in the latest message."""

    @property
    def options(self) -> tuple[str, ...]:
        """The labels of the options in the latest message; «✓ » precedes the chosen ones."""

    @property
    def toast(self) -> str | None:
        """The short notice that the latest press caused; None if there was none."""

    @property
    def file(self) -> File | None:
        """The document in the latest message; None if there is none."""

    @property
    def files(self) -> tuple[File, ...]:
        """All documents in the latest answer, in order."""

    @property
    def pushed(self) -> tuple[str, ...]:
        """The texts of messages that the bot sent by itself, oldest first."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message of the bot as its reader finds it: its present text, and in `first` its text when it arrived.

    `asked` is True if it answered something that the reader did. `at` is when it arrived; None if the platform does not
    tell.
    """

    id: str
    text: str
    first: str
    asked: bool
    at: datetime | None = None


class ChatDriver(Chat, Protocol):
    """A chat whose buttons and options can also be found by payload, independently of the reader's language."""

    async def act(self, payload: str) -> None:
        """Press the latest button whose payload is `payload`, or begins with it and a hyphen.

        Raises AssertionError if there is no such button.
        """

    def offers(self, payload: str) -> bool:
        """Return whether there is a button that `act` would press."""

    async def choose(self, *values: str) -> None:
        """Choose options of the latest message by their values."""

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the options in the latest message."""

    async def give(self, *uploads: Upload, caption: str = "") -> None:
        """Send pictures or documents, with a caption if that is not ''."""

    @property
    def received(self) -> tuple[Received, ...]:
        """The bot's messages that can be read in this chat, oldest first, as far as the person has looked."""


def carries(carried: str, payload: str) -> bool:
    """Return whether the payload `carried` of a button is `payload`, or begins with it and a hyphen.

    So the code of an action alone finds the button with any arguments.
    """
    return carried == payload or carried.startswith(f"{payload}-")
