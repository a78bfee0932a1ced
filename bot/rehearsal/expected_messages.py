"""The messages that were due in a rehearsal, and to whom, beside those that each person has before them.

They know nothing of the program's own tables: what arrived is read where it arrived, on the servers and on the pages.
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
"""The hours between which people may be told what goes to many."""
GAP = "\u241f"
MANY = 777
"""A number that stands for any, where words are in the plural."""


@dataclass(frozen=True)
class ExpectedMessage:
    """What tells a message from all others: `words` it holds, in its reader's language; `what` names it in a report.

    Where GAP or MANY stand in them, anything may: what each platform writes in its own way, like the time. `or_words`
    may be there instead. `now`: as the message reads now, not as it came. `by_day`: it never comes at night. `kind` is
    what it is counted under, with others like it.
    """

    what: str
    words: tuple[Span, ...]
    or_words: tuple[Span, ...] = ()
    now: bool = False
    by_day: bool = False
    kind: str = "other"

    def is_in(self, text: str, reader: Reader) -> bool:
        """Whether this is what someone reads in a text."""
        return any(all(piece in read_plainly(text) for piece in pieces) for pieces in self.read_by(reader))

    def read_by(self, reader: Reader) -> list[list[str]]:
        """Its words as someone reads them, each piece between gaps; in each way they may be said."""
        return [_pieces(words, reader) for words in (self.words, self.or_words) if words]


def _pieces(words: tuple[Span, ...], reader: Reader) -> list[str]:
    pieces = (read_plainly(piece) for word in words for piece in re.split(f"{GAP}|{MANY}", plain(word, reader)))
    return [piece for piece in pieces if piece]


def read_plainly(text: str) -> str:
    """A text without what only guides the eye: marks of direction, kinds of space."""
    return " ".join(text.translate(_INVISIBLE).split())


_INVISIBLE = {0x2068: None, 0x2069: None, 0x200B: None, 0x200E: None, 0x200F: None}


class MessageReader(Protocol):
    """Whoever messages reach: a person, or a place that people read."""

    @property
    def name(self) -> str:
        """What a report calls them."""
        ...

    @property
    def reader(self) -> Reader:
        """How they read."""
        ...

    def zone_at(self, instant: datetime) -> str:
        """The zone whose clocks they live by then."""
        ...

    @property
    def received(self) -> Sequence[Received]:
        """What reached them."""
        ...


class ExpectedMessages:
    """What was due, and whether it came."""

    def __init__(self) -> None:
        self._due: Counter[tuple[MessageReader, str]] = Counter()
        self._marks: dict[str, ExpectedMessage] = {}
        self._counted_before: dict[MessageReader, frozenset[str]] = {}

    def due(self, listeners: Iterable[MessageReader], mark: ExpectedMessage, times: int = 1) -> None:
        """Note what each of these is to get; `times` may take back what was noted before."""
        self._marks[mark.what] = mark
        for listener in listeners:
            self._due[listener, mark.what] += times

    @property
    def count(self) -> int:
        """How many messages are due in all."""
        return self._due.total()

    def begin_counting(self, listeners: Iterable[MessageReader]) -> None:
        """Let `kinds` count only what reaches these from now on."""
        self._counted_before = {listener: frozenset(known.id for known in listener.received) for listener in listeners}

    def kinds(self, listener: MessageReader) -> Counter[str]:
        """How many messages of each kind came to someone by themselves since `begin_counting`."""
        known = self._counted_before.get(listener, frozenset())
        came = [message for message in listener.received if not message.asked and message.id not in known]
        return Counter(self._kind(message, listener.reader) for message in came)

    def _kind(self, message: Received, reader: Reader) -> str:
        for mark in self._marks.values():
            if mark.is_in(message.text if mark.now else message.first, reader):
                return mark.kind
        return "other"

    def differences(self, listeners: Iterable[MessageReader]) -> Iterator[str]:
        """A line for each message that did not come, came more than once, came to who should not have it, or by itself.

        What came by itself, and which nobody expected, is no answer to anything the person did.
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
