"""Remembers for which chats Telegram answered «too many requests», so that all parts of the program wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from telegram.error import RetryAfter

from bot.clock import Clock

_WRITING = ("send", "edit", "copy", "forward")
_NEARLY = 0.05  # seconds: a sleep of the requested length may end a little early


class HeldBack(RetryAfter):
    """The error that a call was not made, because Telegram asked for a pause in the chat that is not over yet."""


class Floods:
    """The chats in which Telegram asked for a pause, each with the instant until which nothing may be sent to it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, datetime] = {}

    def check(self, method: str, parameters: dict[str, Any]) -> None:
        """Raise HeldBack, with the remaining seconds, if a call writes to a chat in which Telegram asked for a pause.

        `method` is the name of the Bot API's method; `parameters` name the chat. Calls that write to no chat always
        pass.
        """
        if not self._until or not method.startswith(_WRITING):
            return
        left = (self._until.get(_chat(parameters), self._clock.now()) - self._clock.now()).total_seconds()
        if left > _NEARLY:
            raise HeldBack(timedelta(seconds=left))

    def note(self, method: str, parameters: dict[str, Any], seconds: float) -> None:
        """Remember that Telegram answered a call by asking for a pause of `seconds` in the call's chat.

        `method` is the name of the Bot API's method; `parameters` name the chat.
        """
        if not method.startswith(_WRITING):
            return
        now = self._clock.now()
        self._until = {chat: until for chat, until in self._until.items() if until > now}
        chat = _chat(parameters)
        self._until[chat] = max(self._until.get(chat, now), now + timedelta(seconds=seconds))


def _chat(parameters: dict[str, Any]) -> str:
    return str(parameters.get("chat_id", ""))
