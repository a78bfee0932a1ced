"""How fast a platform is written to: under its published limits, slower after a flood error, and slowly back.

Pure: it is told what time it is, and answers when the next message may leave.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_LOWERED_TO = 0.7
_RAISED_BY = 0.05  # a second, each message that passes: a flood error costs about ninety
_CHATS_REMEMBERED = 1024
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """Messages a second in all, in one chat, which may have `chat_burst` at once, and in a chat that is a group."""

    per_second: float = math.inf
    chat_per_second: float = math.inf
    chat_burst: int = 1
    group_per_second: float = math.inf

    def of_chat(self, chat: str) -> float:
        """Messages a second in one chat. On Telegram alone ids of groups are negative."""
        return min(self.chat_per_second, self.group_per_second if chat.startswith("-") else math.inf)


PACES: Mapping[str, Pace] = {
    # published: about 30, 1 in a chat, 20 a minute in a group; a forum is one group, edits and new topics included
    "telegram": Pace(28.5, chat_per_second=1.0, chat_burst=3, group_per_second=16 / 60),
    "discord": Pace(45.0),  # published: 50, its library paces each route
}
"""The paces of the platforms that set limits."""


class Pacer:
    """One platform's pace."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.rate = pace.per_second
        self._free_at = _LONG_AGO
        self._held_until = _LONG_AGO
        self._chats: dict[str, datetime] = {}

    def free_at(self) -> datetime:
        """When the next message may leave."""
        return max(self._free_at, self._held_until)

    def chat_free_at(self, chat: str) -> datetime:
        """When the next message may leave for a chat, whatever the others do."""
        return self._chats.get(chat, _LONG_AGO)

    def take(self, chat: str, now: datetime) -> None:
        """A message leaves now."""
        interval = timedelta(seconds=1 / self.rate)
        # Half an interval is lent, so that a timer which fires late loses nothing.
        self._free_at = max(self._free_at, now - interval / 2) + interval
        self._chats[chat] = max(self.chat_free_at(chat), now - self._lent(chat)) + self._interval(chat)
        if len(self._chats) > _CHATS_REMEMBERED:
            self._chats = {each: free_at for each, free_at in self._chats.items() if free_at > now - self._lent(each)}

    def _interval(self, chat: str) -> timedelta:
        return timedelta(seconds=1 / self._pace.of_chat(chat))

    def _lent(self, chat: str) -> timedelta:
        """By how much a chat may be ahead of its pace."""
        return self._interval(chat) * (self._pace.chat_burst - 1)

    def hold(self, until: datetime) -> None:
        """Nothing leaves before then."""
        self._held_until = max(self._held_until, until)

    def hold_chat(self, chat: str, until: datetime) -> None:
        """Nothing leaves for a chat before then."""
        self._chats[chat] = max(self.chat_free_at(chat), until)

    def flooded(self, now: datetime) -> None:
        """The platform said «too many»: slower, once for all that was under way."""
        if now >= self._held_until:
            self.rate = max(self.rate * _LOWERED_TO, 1.0)

    def passed(self) -> None:
        """A message passed: a little faster, up to the pace."""
        self.rate = min(self.rate + _RAISED_BY, self._pace.per_second)
