"""What a person can do in a chat: the same gestures on every platform, each through the platform's real library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.content.forms import Upload
from bot.content.views import File


class Chat(Protocol):
    """One person's private chat with the bot. Every gesture returns once the bot has answered it.

    Labels are given as shown, or their beginning; a gesture on something not shown raises AssertionError with what is.
    """

    async def follow(self, payload: str) -> None:
        """Open a link that carries a payload (an invitation: «j-CODE»)."""

    async def command(self, word: str, argument: str = "") -> None:
        """Call a command by its word, without the slash."""

    async def send(self, text: str) -> None:
        """Write in the chat."""

    async def press(self, label: str) -> None:
        """Press a button of the latest message."""

    async def pick(self, *labels: str) -> None:
        """Choose among the options of the latest message: the whole new set."""

    async def fill(self, *answers: str | Upload) -> None:
        """Answer the open form, a question each, '' to skip."""

    async def look(self) -> None:
        """Look at the chat: what came by itself may be its latest message now."""

    @property
    def text(self) -> str:
        """The words of the latest message, or of the question or problem shown now."""

    @property
    def buttons(self) -> tuple[str, ...]:
        """The labels that can be pressed in it."""

    @property
    def options(self) -> tuple[str, ...]:
        """The labels that can be chosen in it, «✓ » before those that are."""

    @property
    def toast(self) -> str | None:
        """Return the passing notice after the latest press; None without one."""

    @property
    def file(self) -> File | None:
        """The document of the latest message."""

    @property
    def files(self) -> tuple[File, ...]:
        """All documents of the latest answer, in order."""

    @property
    def pushed(self) -> tuple[str, ...]:
        """The words of the messages nobody asked for, oldest first."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message of the bot as its reader finds it: its words now, and its words when it came, in `first`.

    `asked` says that it came while its reader did something. `at` is when, where the platform tells.
    """

    id: str
    text: str
    first: str
    asked: bool
    at: datetime | None = None


class ChatDriver(Chat, Protocol):
    """A chat whose buttons and options are also known by payload, so that the reader's language does not matter."""

    async def act(self, payload: str) -> None:
        """Press the latest button whose payload is this, or begins with it and a hyphen; AssertionError for none."""

    def offers(self, payload: str) -> bool:
        """Return whether `act` would find such a button."""

    async def choose(self, *values: str) -> None:
        """Choose options of the latest message by their values."""

    @property
    def values(self) -> tuple[str, ...]:
        """Return the values of the options of the latest message."""

    async def give(self, *uploads: Upload, caption: str = "") -> None:
        """Send pictures or documents, with words."""

    @property
    def received(self) -> tuple[Received, ...]:
        """Every message of the bot's that can be read here, oldest first, as far as the person looked."""


def carries(carried: str, payload: str) -> bool:
    """Return whether a button that carries `carried` is meant by a payload, or by the code of its action alone."""
    return carried == payload or carried.startswith(f"{payload}-")
