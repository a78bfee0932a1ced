"""Which chats Telegram asked to be left alone, and until when: what one part was told, every other part keeps to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from telegram.error import RetryAfter

from bot.clock import Clock

_WRITING = ("send", "edit", "copy", "forward")
_NEARLY = 0.05  # seconds: who slept for as long as was asked may wake a little early


class HeldBack(RetryAfter):
    """A call that was not made, as its chat is still to be left alone."""


class Floods:
    """What was answered «too many requests», by chat."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, datetime] = {}

    def check(self, method: str, parameters: dict[str, Any]) -> None:
        """Raises HeldBack, with the seconds that are left, for what would be written to such a chat too early."""
        if not self._until or not method.startswith(_WRITING):
            return
        left = (self._until.get(_chat(parameters), self._clock.now()) - self._clock.now()).total_seconds()
        if left > _NEARLY:
            raise HeldBack(timedelta(seconds=left))

    def note(self, method: str, parameters: dict[str, Any], seconds: float) -> None:
        """A call was answered «too many requests»; its chat is to be left alone for so many seconds."""
        if not method.startswith(_WRITING):
            return
        now = self._clock.now()
        self._until = {chat: until for chat, until in self._until.items() if until > now}
        chat = _chat(parameters)
        self._until[chat] = max(self._until.get(chat, now), now + timedelta(seconds=seconds))


def _chat(parameters: dict[str, Any]) -> str:
    return str(parameters.get("chat_id", ""))
