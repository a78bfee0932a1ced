"""Which messages the people of a rehearsal are expected to get, and whether they arrived.

Answers that a person gets at once are not expected here. Arrived messages are read from the simulated servers and
pages, never from the program's database.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.content.discretion import SOMETHING_TO_READ
from bot.content.texts import Reader, Span, plain
from bot.rehearsal.chat_driver import Received

_DAY = (8, 22)
"""The hours of the day between which messages to many people may be sent."""
Ways = Sequence[Sequence[str]]
"""The ways to recognise a message: for each of them, the pieces of text that must all be in it."""
GAP = "\u241f"
MANY = 777
"""A number that stands for any number in expected words, for texts that depend on a plural."""


@dataclass(frozen=True)
class ExpectedMessage:
    """A message that people of a rehearsal are expected to get, recognised by its words in the reader's language.

    It must contain all of `words` or all of `or_words`, in which GAP stands for any text and MANY for any number.
    `what` is its name in the report. With `now`, the message's present text must contain them, otherwise its text on
    arrival. With `by_day`, the message must not arrive at night. `kind` is the word under which it is counted.
    """

    what: str
    words: tuple[Span, ...]
    or_words: tuple[Span, ...] = ()
    now: bool = False
    by_day: bool = False
    kind: str = "other"

    def is_in(self, text: str, reader: Reader) -> bool:
        """Return whether a text contains the expected words in the reader's language."""
        return has_all(read_plainly(text), self.read_by(reader))

    def read_by(self, reader: Reader) -> Ways:
        """Return the pieces of text by which the message is recognised in the reader's language.

        The result has a list of pieces for `words` and one for `or_words`, each split at GAP and MANY. A text that
        contains all pieces of one list is recognised.
        """
        return [_pieces(words, reader) for words in (self.words, self.or_words) if words]


SOMETHING = ExpectedMessage("that something is to be read", (SOMETHING_TO_READ,))
"""The message that says only that there is something to read; several capabilities send it with the same words."""


def has_all(plain_text: str, ways: Ways) -> bool:
    """Return whether a text contains all pieces of one of the lists in `ways`.

    `plain_text` and the pieces must be in the form that `read_plainly` returns.
    """
    return any(all(piece in plain_text for piece in pieces) for pieces in ways)


def _pieces(words: tuple[Span, ...], reader: Reader) -> list[str]:
    pieces = (read_plainly(piece) for word in words for piece in re.split(f"{GAP}|{MANY}", plain(word, reader)))
    return [piece for piece in pieces if piece]


def read_plainly(text: str) -> str:
    """Return a text with simple spaces and without invisible characters, so that it can be compared."""
    return " ".join(text.translate(_INVISIBLE).split())


_INVISIBLE = {0x2068: None, 0x2069: None, 0x200B: None, 0x200E: None, 0x200F: None}


class MessageReader(Protocol):
    """A recipient of messages in a rehearsal: a person, or a channel that people read."""

    @property
    def name(self) -> str:
        """Return the recipient's name in the report of the rehearsal."""
        ...

    @property
    def reader(self) -> Reader:
        """Return the recipient's language and time zone."""
        ...

    def zone_at(self, instant: datetime) -> str:
        """Return the time zone in which the recipient is at an instant, which decides what is night."""
        ...

    @property
    def received(self) -> Sequence[Received]:
        """Return the messages that the recipient got."""
        ...


class ExpectedMessages:
    """The messages that are expected in a rehearsal, which are compared with the messages that arrive."""

    def __init__(self) -> None:
        self._due: Counter[tuple[MessageReader, str]] = Counter()
        self._marks: dict[str, ExpectedMessage] = {}
        self._received_before: list[Mapping[MessageReader, frozenset[str]]] = []

    def due(self, listeners: Iterable[MessageReader], mark: ExpectedMessage, times: int = 1) -> None:
        """Store that each of these recipients is expected to get the message `mark` `times` times more than before.

        If `times` is negative, it is fewer times than before.
        """
        self._marks[mark.what] = mark
        for listener in listeners:
            self._due[listener, mark.what] += times

    @property
    def count(self) -> int:
        """Return the total number of messages that are expected in the rehearsal."""
        return self._due.total()

    def begin_day(self, listeners: Iterable[MessageReader]) -> None:
        """Begin a new day: `kinds_by_day` counts what these recipients get from now on as this day's messages."""
        self._received_before.append(
            {listener: frozenset(known.id for known in listener.received) for listener in listeners}
        )

    def kinds_by_day(self, listener: MessageReader) -> Sequence[Counter[str]]:
        """Return how many messages of each kind a recipient got on each day of the rehearsal.

        A day lasts from one call of `begin_day` to the next. Answers and edits of earlier messages are not counted.
        """
        marks = self._read_by(listener.reader)
        days: list[Counter[str]] = [Counter() for _day in self._received_before]
        for message in listener.received:
            day = sum(message.id in known.get(listener, ()) for known in self._received_before)
            # What is known from the start of all days on came before the first; of none, on the last.
            if not message.asked and day < len(days):
                days[len(days) - 1 - day][_kind(message, marks)] += 1
        return days

    def _read_by(self, reader: Reader) -> Sequence[tuple[ExpectedMessage, Ways]]:
        return [(mark, mark.read_by(reader)) for mark in self._marks.values()]

    def differences(self, listeners: Iterable[MessageReader]) -> Iterator[str]:
        """Yield a line for each difference between the messages that were expected and the messages that arrived.

        It is a difference if an expected message is missing, arrived too often, or arrived at night although it must
        not; or if a message arrived that its recipient did not expect and that is no answer.
        """
        read_by = cache(self._read_by)
        for listener in listeners:
            yield from self._differences(listener, read_by(listener.reader))

    def _differences(self, listener: MessageReader, marks: Sequence[tuple[ExpectedMessage, Ways]]) -> Iterator[str]:
        came: Counter[str] = Counter()
        strange = []
        for message in listener.received:
            now, first = read_plainly(message.text), read_plainly(message.first)
            explained = False
            for mark, ways in marks:
                if has_all(now if mark.now else first, ways):
                    came[mark.what] += 1
                    if (
                        mark.by_day
                        and message.at
                        and not _DAY[0] <= message.at.astimezone(ZoneInfo(listener.zone_at(message.at))).hour < _DAY[1]
                    ):
                        yield f"{listener.name}: {mark.what}: came at night, at {message.at:%H:%M} UTC"
                    explained = True
            if not (explained or message.asked):
                strange.append(first)
        for mark, _ways in marks:
            due = self._due[listener, mark.what]
            if came[mark.what] != due:
                yield f"{listener.name}: {mark.what}: due {due}, came {came[mark.what]}"
        for text in strange:
            yield f"{listener.name}: nobody was to say «{text[:120]}»"


def _kind(message: Received, marks: Sequence[tuple[ExpectedMessage, Ways]]) -> str:
    now, first = read_plainly(message.text), read_plainly(message.first)
    return next((mark.kind for mark, ways in marks if has_all(now if mark.now else first, ways)), "other")
