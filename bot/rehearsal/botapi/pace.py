"""Enforces Telegram's published limits on sending: a message beyond a limit is refused with 429 and `retry_after`."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.rehearsal.botapi.wire import ApiError


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Telegram's limits on sending, as the simulated server enforces them.

    `overall` is the most messages a second in all chats together. `chat_rate` is the most messages a second in one
    chat, of which `chat_burst` may come at once. `group_minute` is the most messages a minute in one group. With
    `strict`, the overall limit holds in every period of one second; without it, only on average. The overall limit does
    not count replies, which are messages in a chat in which a person acted at most `reply_seconds` before.
    """

    overall: int = 30
    chat_rate: float = 1.0
    chat_burst: int = 5
    group_minute: int = 20
    strict: bool = False
    reply_seconds: float = 5.0


class _Meter(Protocol):
    """A limit. An album of more messages than it allows at once is taken where nothing was sent lately."""

    def wait(self, now: float, messages: int) -> float: ...
    def take(self, now: float, messages: int) -> None: ...


class _Bucket:
    """A limit of `size` messages at once, refilled at `rate` a second."""

    def __init__(self, size: float, rate: float) -> None:
        self._size = size
        self._cost = 1 / rate
        self._paid_until = -math.inf

    def wait(self, now: float, messages: int) -> float:
        spare = (self._size - min(messages, self._size)) * self._cost
        return max(0.0, self._paid_until - spare - now)

    def take(self, now: float, messages: int) -> None:
        self._paid_until = max(self._paid_until, now) + self._cost * messages


class _Window:
    """A limit of `size` messages in any `seconds`."""

    def __init__(self, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._taken: deque[float] = deque(maxlen=size)

    def wait(self, now: float, messages: int) -> float:
        over = len(self._taken) + min(messages, self._size) - self._size
        return max(0.0, self._taken[over - 1] + self._seconds - now) if over > 0 else 0.0

    def take(self, now: float, messages: int) -> None:
        self._taken.extend([now] * messages)


class RateLimiter:
    """Counts the messages that the bot sends, and refuses messages that exceed a limit of Telegram."""

    def __init__(self, pace: RateLimits, now: Callable[[], float]) -> None:
        self._pace = pace
        self._now = now
        self._overall: _Meter = _Window(pace.overall, 1.0) if pace.strict else _Bucket(pace.overall, pace.overall)
        self._chats: defaultdict[int, _Meter] = defaultdict(lambda: _Bucket(pace.chat_burst, pace.chat_rate))
        self._groups: defaultdict[int, _Meter] = defaultdict(lambda: _Window(pace.group_minute, 60.0))

    def charge(self, chat: int, acted: float, *, edit: bool, messages: int = 1) -> None:
        """Count a message in a chat, an album of `messages`, or with `edit` an edit, against Telegram's limits.

        `acted` is when a person last acted in the chat, in seconds since 1970. Edits count only in groups, whose ids
        are negative. Raises ApiError 429 if a limit is exceeded.
        """
        now = self._now()
        meters: list[_Meter] = [self._groups[chat]] if chat < 0 else []
        if not edit:
            meters.append(self._chats[chat])
            if now - acted > self._pace.reply_seconds:
                meters.append(self._overall)
        wait = max((meter.wait(now, messages) for meter in meters), default=0.0)
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        for meter in meters:
            meter.take(now, messages)
