"""Which messages the bot has to send in a rehearsal by itself, and to whom; compares them with what people received.

Nothing is read from the program's tables: what was received is read on the platforms' servers and on the pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.content.texts import Reader, Span, plain
from bot.rehearsal.chat_driver import Received

_DAY = (8, 22)
"""The local hours between which messages to many people may arrive."""
GAP = "\u241f"
MANY = 777
"""A number that stands for any number in words with a plural form."""


@dataclass(frozen=True)
class ExpectedMessage:
    """An expected message: the `words` that it contains, in its reader's language, and its name `what` in reports.

    Any text may be in the place of GAP or MANY in the words, as each platform writes times differently. `or_words` may
    be there instead of `words`. `now` compares the message as it reads now, not as it arrived. `by_day`: it must not
    arrive at night. `kind` is what it is counted under.
    """

    what: str
    words: tuple[Span, ...]
    or_words: tuple[Span, ...] = ()
    now: bool = False
    by_day: bool = False
    kind: str = "other"

    def is_in(self, text: str, reader: Reader) -> bool:
        """Return whether a text is this message, as the reader reads it."""
        return any(all(piece in read_plainly(text) for piece in pieces) for pieces in self.read_by(reader))

    def read_by(self, reader: Reader) -> list[list[str]]:
        """Return the pieces of words between gaps in the reader's language: one list for each wording."""
        return [_pieces(words, reader) for words in (self.words, self.or_words) if words]


def _pieces(words: tuple[Span, ...], reader: Reader) -> list[str]:
    pieces = (read_plainly(piece) for word in words for piece in re.split(f"{GAP}|{MANY}", plain(word, reader)))
    return [piece for piece in pieces if piece]


def read_plainly(text: str) -> str:
    """Return a text without invisible characters and with single plain spaces."""
    return " ".join(text.translate(_INVISIBLE).split())


_INVISIBLE = {0x2068: None, 0x2069: None, 0x200B: None, 0x200E: None, 0x200F: None}


class MessageReader(Protocol):
    """A person, or a thread that people read, to which the bot sends messages."""

    @property
    def name(self) -> str:
        """The name in reports."""
        ...

    @property
    def reader(self) -> Reader:
        """The language in which messages are read, and the time zone."""
        ...

    def zone_at(self, instant: datetime) -> str:
        """Return the time zone in which the reader lives at an instant."""
        ...

    @property
    def received(self) -> Sequence[Received]:
        """The messages that arrived there."""
        ...


class ExpectedMessages:
    """Counts the messages that are due, and compares them with what arrived."""

    def __init__(self) -> None:
        self._due: Counter[tuple[MessageReader, str]] = Counter()
        self._marks: dict[str, ExpectedMessage] = {}
        self._counted_before: dict[MessageReader, frozenset[str]] = {}

    def due(self, listeners: Iterable[MessageReader], mark: ExpectedMessage, times: int = 1) -> None:
        """Note that each of these readers is to receive a message, `times` times; negative to take that back."""
        self._marks[mark.what] = mark
        for listener in listeners:
            self._due[listener, mark.what] += times

    @property
    def count(self) -> int:
        """The number of messages that are due in all."""
        return self._due.total()

    def begin_counting(self, listeners: Iterable[MessageReader]) -> None:
        """Let `kinds` count only messages that these readers receive from now on."""
        self._counted_before = {listener: frozenset(known.id for known in listener.received) for listener in listeners}

    def kinds(self, listener: MessageReader) -> Counter[str]:
        """Return how many messages of each kind the bot sent this reader by itself since `begin_counting`."""
        known = self._counted_before.get(listener, frozenset())
        came = [message for message in listener.received if not message.asked and message.id not in known]
        return Counter(self._kind(message, listener.reader) for message in came)

    def _kind(self, message: Received, reader: Reader) -> str:
        for mark in self._marks.values():
            if mark.is_in(message.text if mark.now else message.first, reader):
                return mark.kind
        return "other"

    def differences(self, listeners: Iterable[MessageReader]) -> Iterator[str]:
        """Yield a line for each message that these readers did not receive, received too often, or at night.

        A line also tells of each message that the bot sent by itself and that was not expected.
        """
        known: dict[Reader, list[tuple[ExpectedMessage, list[list[str]]]]] = {}
        for listener in listeners:
            marks = known.get(listener.reader)
            if marks is None:
                marks = known[listener.reader] = [
                    (mark, mark.read_by(listener.reader)) for mark in self._marks.values()
                ]
            yield from self._differences(listener, marks)

    def _differences(
        self, listener: MessageReader, marks: Sequence[tuple[ExpectedMessage, list[list[str]]]]
    ) -> Iterator[str]:
        came: Counter[str] = Counter()
        strange = []
        for message in listener.received:
            now, first = read_plainly(message.text), read_plainly(message.first)
            explained = False
            for mark, ways in marks:
                text = now if mark.now else first
                if any(all(piece in text for piece in pieces) for pieces in ways):
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
