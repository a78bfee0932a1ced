"""How fast a platform is written to: under its published limits, slower after a flood error, and slowly back.

Pure: it is told what time it is, and answers when the next message may leave. Which limit a platform publishes stands,
with the pace kept below it, in `bot/platforms/<name>/features.py`, as `pace`.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.content.features import Pace

_LOWERED_TO = 0.7
_RAISED_BY = 0.05  # a second, each message that passes: a flood error costs about ninety
_PROVED_TOO_FAST = 0.85  # of the rate at which one came: what is returned to
_HOPED_BY = 0.001  # a second, each message that passes at that rate: the platform may allow more again
_LENT = 3  # intervals, so that a timer which fires late, or a store that was waited for, loses nothing
_WINDOW = 1.006  # seconds in which no more arrives than the pace allows in them, by what is known of when it arrived
_TRIPS_REMEMBERED = 512
_CHATS_REMEMBERED = 1024
_SET_BACK = timedelta(seconds=1)
"""By how much time goes back where a machine's clock was set: less may be two callers who looked at it at once."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Departure:
    """A message that left `at` an instant; `there` is the latest that it can have arrived, less the shortest way."""

    at: datetime
    there: datetime


class Pacer:
    """One platform's pace."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.rate = pace.per_second
        self._ceiling = pace.per_second
        in_window = None if math.isinf(pace.per_second) else max(1, round(pace.per_second * _WINDOW))
        self._left: deque[Departure] = deque(maxlen=in_window)
        self._trips: deque[timedelta] = deque(maxlen=_TRIPS_REMEMBERED)
        self._free_at = _LONG_AGO
        self._held_until = _LONG_AGO
        self._chats: dict[str, datetime] = {}
        self._latest = _LONG_AGO

    def look(self, now: datetime) -> bool:
        """See what time it is; whether the clock was set back: what is waited for takes as long as before."""
        back = self._latest - now
        if back > _SET_BACK:
            self._free_at, self._held_until = self._free_at - back, self._held_until - back
            self._chats = {chat: free_at - back for chat, free_at in self._chats.items()}
            for departure in self._left:
                departure.at, departure.there = departure.at - back, departure.there - back
        self._latest = now if back > _SET_BACK else max(self._latest, now)
        return back > _SET_BACK

    def free_at(self) -> datetime:
        """When the next message may leave."""
        free_at = max(self._free_at, self._held_until)
        if self._left.maxlen is not None and len(self._left) == self._left.maxlen:
            free_at = max(free_at, self._left[0].there + timedelta(seconds=_WINDOW))
        return free_at

    def chat_free_at(self, chat: str) -> datetime:
        """When the next message may leave for a chat, whatever the others do."""
        return self._chats.get(chat, _LONG_AGO)

    def take(self, chat: str, now: datetime) -> Departure:
        """A message leaves now. Tell `answered` when the platform had it."""
        departure = Departure(now, now)
        interval = timedelta(seconds=1 / self.rate)
        self._free_at = max(self._free_at, now - interval * _LENT) + interval
        if self._left.maxlen is not None:
            self._left.append(departure)
        self.count_in_chat(chat, now)
        return departure

    def count_in_chat(self, chat: str, now: datetime, messages: int = 1) -> None:
        """Answers left for a chat that waited for no turn: what follows them there keeps its distance from them."""
        self._chats[chat] = max(self.chat_free_at(chat), now - self._lent(chat)) + self._interval(chat) * messages
        if len(self._chats) > _CHATS_REMEMBERED:
            self._chats = {each: free_at for each, free_at in self._chats.items() if free_at > now - self._lent(each)}

    def answered(self, departure: Departure, now: datetime) -> None:
        """The platform answered: what was long on its way may have arrived late, and those after it close behind."""
        self._trips.append(now - departure.at)
        departure.there = max(departure.at, now - min(self._trips))

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

    def crowded(self, chat: str, now: datetime) -> bool:
        """Whether «too many» may be said of this chat alone: a group, or one that was written to more than once."""
        return self._pace.is_group(chat) or self.chat_free_at(chat) > now - self._lent(chat) + self._interval(chat)

    def flooded(self, now: datetime) -> None:
        """The platform said «too many»: slower, once for all that was under way."""
        if now >= self._held_until:
            self._ceiling = max(self.rate * _PROVED_TOO_FAST, 1.0)
            self.rate = max(self.rate * _LOWERED_TO, 1.0)

    def passed(self) -> None:
        """A message passed: a little faster, up to what was not too fast, and from there hardly, up to the pace."""
        if self.rate < self._ceiling:
            self.rate = min(self.rate + _RAISED_BY, self._ceiling)
        else:
            self.rate = self._ceiling = min(self._ceiling + _HOPED_BY, self._pace.per_second)
