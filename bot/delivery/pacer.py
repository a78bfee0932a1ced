"""Decides when the next message may be sent to a platform: within its limits, and slower after a flood error.

A flood error is a platform's answer that too much was sent. The pacer itself does not wait: callers tell it the time,
and it answers with instants. The limits of a platform are the `pace` of its record in bot/content/platforms.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.content.platforms.record import Pace

_LOWERED_TO = 0.7
"""The part of the rate that remains after a flood error."""
_RAISED_BY = 0.05
"""By how many messages a second each success raises the rate, as long as it is below the ceiling."""
_PROVED_TOO_FAST = 0.85
"""After a flood error, the ceiling is this part of the rate at which the error came."""
_LEAST = 1 / 3
"""The part of a platform's limit below which no flood error lowers the rate.

Whoever floods even at a third of what is allowed does so for another reason, such as a chat that takes nothing: sending
still more slowly would end no error, and would make everybody else wait.
"""
_FORGOTTEN_AFTER = timedelta(minutes=5)
"""How long the ceiling takes to rise by the whole limit of the platform, so that an error holds nobody up for long."""
_LENT = 3
"""How many messages may be sent without a pause if the last one left late, so that a delay costs no time."""
_WINDOW = 1.02
"""The length in seconds of any period in which no more messages may arrive, by estimate, than the limits allow."""
_TRIPS_REMEMBERED = 512
_CHATS_REMEMBERED = 1024
_COUNTED_AT_MOST = 16
"""The most messages for which `chat_free_at` waits; a group on Telegram gets no more messages in a minute."""
_SET_BACK = timedelta(seconds=1)
"""The least jump back of a clock that was set back; a smaller jump may be two callers who read it at the same time."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True, eq=False)
class Departure:
    """The sending of one or several messages at once: `at` is when they were sent to the platform.

    `arrived` is the latest instant at which they can have reached the platform. It is estimated: the shortest known
    travel time is subtracted from the instant of the platform's answer.
    """

    at: datetime
    arrived: datetime


class Pacer:
    """Decides when messages may be sent to one platform, so that its limits are kept.

    `rate` is how many messages a second are sent at present.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.rate = pace.per_second
        self._ceiling = pace.per_second
        self._lowered_at = _LONG_AGO
        in_window = None if math.isinf(pace.per_second) else max(1, round(pace.per_second * _WINDOW))
        self._departures: deque[Departure] = deque(maxlen=in_window)
        self._trips: deque[timedelta] = deque(maxlen=_TRIPS_REMEMBERED)
        self._free_at = _LONG_AGO
        self._held_until = _LONG_AGO
        self._chats: dict[str, datetime] = {}
        self._kept: dict[str, datetime] = {}
        self._latest = _LONG_AGO
        self._reserved = 0

    def read_clock(self, now: datetime) -> bool:
        """Tell the pacer the present time. Returns True if the clock was set back since the last call.

        If it was, all instants that the pacer remembers are moved back by the same time.
        """
        back = self._latest - now
        if back > _SET_BACK:
            self._free_at, self._held_until = self._free_at - back, self._held_until - back
            self._lowered_at = max(self._lowered_at - back, _LONG_AGO)
            self._chats = {chat: free_at - back for chat, free_at in self._chats.items()}
            self._kept = {chat: until - back for chat, until in self._kept.items()}
            for departure in set(self._departures):
                departure.at, departure.arrived = departure.at - back, departure.arrived - back
        self._latest = now if back > _SET_BACK else max(self._latest, now)
        return back > _SET_BACK

    def free_at(self, messages: int = 1) -> datetime:
        """Return the instant from which this number of messages may be sent to the platform at once."""
        free_at = max(self._free_at, self._held_until)
        if self._departures.maxlen is not None:
            wanted = messages + self._reserved if messages < self._reserved else messages
            over = len(self._departures) + min(wanted, self._departures.maxlen) - self._departures.maxlen
            if over > 0:
                free_at = max(free_at, self._departures[over - 1].arrived + timedelta(seconds=_WINDOW))
        return free_at

    def reserve(self, messages: int) -> None:
        """Reserve room for a number of messages that are sent to the platform together; 0 ends the reservation.

        Without a reservation, single messages would use up the room again and again, and the messages sent together
        would wait.
        """
        self._reserved = messages

    def chat_free_at(self, chat: str, messages: int = 1) -> datetime:
        """Return the instant from which the limit of a chat allows this number of messages to be sent to it at once.

        For more than 16 messages the result is the same as for 16, because no chat ever has room for more at once.
        """
        return self._chats.get(chat, _LONG_AGO) + self._interval(chat) * (min(messages, _COUNTED_AT_MOST) - 1)

    def chat_spare_at(self, chat: str, messages: int = 1) -> datetime:
        """Return the instant from which a message that is not urgent may be sent to a chat.

        Sending it earlier could make a later urgent message wait. This instant is later than `chat_free_at` in two
        cases: the chat may get several messages at once, so that room for one urgent message is kept free; or
        `keep_chat` has reserved the chat.
        """
        free_at = self.chat_free_at(chat, messages) + min(self._interval(chat), self._lent(chat))
        return max(free_at, self.chat_kept_until(chat))

    def chat_kept_until(self, chat: str) -> datetime:
        """Return the instant until which a chat is reserved by `keep_chat`; a past instant if it is not reserved."""
        return self._kept.get(chat, _LONG_AGO)

    def keep_chat(self, chat: str, until: datetime, now: datetime) -> None:
        """Reserve a chat for several messages that will be sent to it together at the instant `until`.

        Before `until` only urgent messages are sent to the chat, because others would delay the reserved ones.
        """
        self._kept = {key: instant for key, instant in self._kept.items() if instant > now} | {chat: until}

    def depart(self, chat: str, now: datetime, messages: int = 1) -> Departure:
        """Record that a number of messages is sent to a chat now; return a Departure, which `answered` needs later."""
        departure = Departure(now, now)
        interval = timedelta(seconds=1 / self.rate)
        self._free_at = max(self._free_at, now - interval * _LENT) + interval * messages
        if self._departures.maxlen is not None:
            self._departures.extend([departure] * messages)
        self.count_in_chat(chat, now, messages)
        return departure

    def count_in_chat(self, chat: str, now: datetime, messages: int = 1) -> None:
        """Record that messages were sent to a chat without waiting for its limit: the next ones wait longer."""
        self._chats[chat] = max(self.chat_free_at(chat), now - self._lent(chat)) + self._interval(chat) * messages
        if len(self._chats) > _CHATS_REMEMBERED:
            self._chats = {
                key: free_at
                for key, free_at in self._chats.items()
                if free_at > now - self._interval(key) * _COUNTED_AT_MOST
            }

    def answered(self, departure: Departure, now: datetime) -> None:
        """Record that the platform answered at `now` to messages that were sent, to estimate when they arrived.

        `departure` is what `depart` returned for these messages.
        """
        if self._departures.maxlen is None:  # without a limit nothing depends on it
            return
        self._trips.append(now - departure.at)
        departure.arrived = max(departure.at, now - min(self._trips))

    def _interval(self, chat: str) -> timedelta:
        return timedelta(seconds=1 / self._pace.of_chat(chat))

    def _lent(self, chat: str) -> timedelta:
        """Return how far ahead of the pace of a chat its messages may be sent."""
        return self._interval(chat) * (self._pace.chat_burst - 1)

    def hold(self, until: datetime) -> None:
        """Allow nothing to be sent to the platform before an instant."""
        self._held_until = max(self._held_until, until)

    def hold_chat(self, chat: str, until: datetime) -> None:
        """Allow nothing to be sent to a chat before an instant."""
        self._chats[chat] = max(self.chat_free_at(chat), until)

    def crowded(self, chat: str, now: datetime) -> bool:
        """Return whether a platform's error that too much was sent may be about this chat alone.

        It may be if the chat is a group's, or has just got several messages.
        """
        return self._pace.is_group(chat) or self.chat_free_at(chat) > now - self._lent(chat) + self._interval(chat)

    def slow_down(self, now: datetime) -> None:
        """Send fewer messages a second, because the platform answered that it got too many.

        If several messages were being sent at that moment, all their errors together lower the `rate` only once. The
        ceiling to which the rate may rise again is lowered too. Neither falls below a third of the platform's limit.
        """
        if now >= self._held_until:
            least = self._pace.per_second * _LEAST
            self._ceiling, self._lowered_at = max(self.rate * _PROVED_TOO_FAST, least), now
            self.rate = max(self.rate * _LOWERED_TO, least)

    def speed_up(self, now: datetime) -> None:
        """Raise the number of messages a second a little, because a message was sent successfully.

        It rises up to a ceiling, which the last flood error lowered, and which rises with time up to the platform's
        limit.
        """
        if self.rate < self._pace.per_second:
            risen = self._pace.per_second * ((now - self._lowered_at) / _FORGOTTEN_AFTER)
            self.rate = min(self.rate + _RAISED_BY, self._ceiling + risen, self._pace.per_second)
