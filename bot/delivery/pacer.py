"""Decides when the next message may be sent to a platform: below its limits, and slower after a flood error.

It does no waiting itself: callers tell it the time, and it answers with instants. The limits of a platform are the
`pace` of its `bot/platforms/<name>/features.py`.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.content.features import Pace

_LOWERED_TO = 0.7
"""The part of the rate that remains after a flood error."""
_RAISED_BY = 0.05
"""By how many messages a second each success raises the rate, below the ceiling: a flood error costs about ninety."""
_PROVED_TOO_FAST = 0.85
"""The part of the rate at which a flood error came that becomes the ceiling."""
_HOPED_BY = 0.001
"""By how many messages a second each success at the ceiling raises that: the platform may allow more again."""
_LENT = 3
"""How many intervals a sender may catch up, so that a late timer or a slow store costs nothing."""
_WINDOW = 1.006
"""The seconds in which no more messages may arrive than the pace allows, by the estimate of when they arrived."""
_TRIPS_REMEMBERED = 512
_CHATS_REMEMBERED = 1024
_SET_BACK = timedelta(seconds=1)
"""From how far back on the clock counts as set back: less may be two callers who read it at the same time."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Departure:
    """A message that left `at` an instant; `arrived` is the latest at which it arrived, less the shortest trip."""

    at: datetime
    arrived: datetime


class Pacer:
    """Paces what is sent to one platform; `rate` is the present number of messages a second."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.rate = pace.per_second
        self._ceiling = pace.per_second
        in_window = None if math.isinf(pace.per_second) else max(1, round(pace.per_second * _WINDOW))
        self._departures: deque[Departure] = deque(maxlen=in_window)
        self._trips: deque[timedelta] = deque(maxlen=_TRIPS_REMEMBERED)
        self._free_at = _LONG_AGO
        self._held_until = _LONG_AGO
        self._chats: dict[str, datetime] = {}
        self._latest = _LONG_AGO

    def read_clock(self, now: datetime) -> bool:
        """Take note of the time. Returns True if the clock was set back: all instants then move back with it."""
        back = self._latest - now
        if back > _SET_BACK:
            self._free_at, self._held_until = self._free_at - back, self._held_until - back
            self._chats = {chat: free_at - back for chat, free_at in self._chats.items()}
            for departure in self._departures:
                departure.at, departure.arrived = departure.at - back, departure.arrived - back
        self._latest = now if back > _SET_BACK else max(self._latest, now)
        return back > _SET_BACK

    def free_at(self) -> datetime:
        """Return when the next message may leave."""
        free_at = max(self._free_at, self._held_until)
        if self._departures.maxlen is not None and len(self._departures) == self._departures.maxlen:
            free_at = max(free_at, self._departures[0].arrived + timedelta(seconds=_WINDOW))
        return free_at

    def chat_free_at(self, chat: str) -> datetime:
        """Return when the next message may leave for a chat, regardless of other chats."""
        return self._chats.get(chat, _LONG_AGO)

    def depart(self, chat: str, now: datetime) -> Departure:
        """Record that a message leaves for a chat now. Pass the result to `answered` once the platform answered."""
        departure = Departure(now, now)
        interval = timedelta(seconds=1 / self.rate)
        self._free_at = max(self._free_at, now - interval * _LENT) + interval
        if self._departures.maxlen is not None:
            self._departures.append(departure)
        self.count_in_chat(chat, now)
        return departure

    def count_in_chat(self, chat: str, now: datetime, messages: int = 1) -> None:
        """Record messages that left for a chat without waiting for their turn: later ones wait for longer."""
        self._chats[chat] = max(self.chat_free_at(chat), now - self._lent(chat)) + self._interval(chat) * messages
        if len(self._chats) > _CHATS_REMEMBERED:
            self._chats = {key: free_at for key, free_at in self._chats.items() if free_at > now - self._lent(key)}

    def answered(self, departure: Departure, now: datetime) -> None:
        """Record that the platform answered: a message that took long may have arrived just before the next ones."""
        self._trips.append(now - departure.at)
        departure.arrived = max(departure.at, now - min(self._trips))

    def _interval(self, chat: str) -> timedelta:
        return timedelta(seconds=1 / self._pace.of_chat(chat))

    def _lent(self, chat: str) -> timedelta:
        """Return how far a chat may be ahead of its pace."""
        return self._interval(chat) * (self._pace.chat_burst - 1)

    def hold(self, until: datetime) -> None:
        """Let nothing leave before an instant."""
        self._held_until = max(self._held_until, until)

    def hold_chat(self, chat: str, until: datetime) -> None:
        """Let nothing leave for a chat before an instant."""
        self._chats[chat] = max(self.chat_free_at(chat), until)

    def crowded(self, chat: str, now: datetime) -> bool:
        """Return whether a flood error may concern this chat alone: a group, or one that just got several messages."""
        return self._pace.is_group(chat) or self.chat_free_at(chat) > now - self._lent(chat) + self._interval(chat)

    def slow_down(self, now: datetime) -> None:
        """Lower the rate after a flood error, once for all messages that were under way."""
        if now >= self._held_until:
            self._ceiling = max(self.rate * _PROVED_TOO_FAST, 1.0)
            self.rate = max(self.rate * _LOWERED_TO, 1.0)

    def speed_up(self) -> None:
        """Raise the rate after a success: a little up to the ceiling, and from there very slowly up to the pace."""
        if self.rate < self._ceiling:
            self.rate = min(self.rate + _RAISED_BY, self._ceiling)
        else:
            self.rate = self._ceiling = min(self._ceiling + _HOPED_BY, self._pace.per_second)
