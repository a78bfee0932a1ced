"""Remembers for which chats Telegram answered «too many requests», so that all parts of the program wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from telegram.error import RetryAfter

from bot.clock import Clock

_WRITING = ("send", "edit", "copy", "forward")
_NEARLY = 0.05  # seconds: a sleep of the requested length may end a little early


class HeldBack(RetryAfter):
    """A call was not made, because Telegram asked to leave its chat alone for longer."""


class Floods:
    """The chats that are to be left alone, each until an instant."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, datetime] = {}

    def check(self, method: str, parameters: dict[str, Any]) -> None:
        """Raise HeldBack, with the seconds that are left, for a call that would write to such a chat too early."""
        if not self._until or not method.startswith(_WRITING):
            return
        left = (self._until.get(_chat(parameters), self._clock.now()) - self._clock.now()).total_seconds()
        if left > _NEARLY:
            raise HeldBack(timedelta(seconds=left))

    def note(self, method: str, parameters: dict[str, Any], seconds: float) -> None:
        """Remember that Telegram asked, in answer to a call, to leave its chat alone for so many seconds."""
        if not method.startswith(_WRITING):
            return
        now = self._clock.now()
        self._until = {chat: until for chat, until in self._until.items() if until > now}
        chat = _chat(parameters)
        self._until[chat] = max(self._until.get(chat, now), now + timedelta(seconds=seconds))


def _chat(parameters: dict[str, Any]) -> str:
    return str(parameters.get("chat_id", ""))
