"""What a person can do and see in a chat, whichever platform it is on."""

from __future__ import annotations

from typing import Protocol

from bot.forms import Upload
from bot.views import File


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
        """The passing word of the latest press."""

    @property
    def file(self) -> File | None:
        """The document of the latest message."""

    @property
    def pushed(self) -> tuple[str, ...]:
        """The words of the messages nobody asked for, oldest first."""
