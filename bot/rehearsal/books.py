"""The books of a rehearsal: what was due to whom, by what the rehearsal did, beside what each person has before them.

They know nothing of the program's own tables: what arrived is read where it arrived, on the servers and on the pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.rehearsal.company import Player
from bot.texts import Reader, Span, plain

GAP = "\u241f"


@dataclass(frozen=True)
class Mark:
    """What tells a message from all others: `words` it holds, in its reader's language; `what` names it in a report.

    Where GAP stands in them, anything may: what each platform writes in its own way, like the time.
    """

    what: str
    words: tuple[Span, ...]

    def read_by(self, reader: Reader) -> list[str]:
        """Its words as someone reads them, each piece between gaps."""
        words = (read_plainly(piece) for word in self.words for piece in plain(word, reader).split(GAP))
        return [word for word in words if word]


def read_plainly(text: str) -> str:
    """A text without what only guides the eye: marks of direction, kinds of space."""
    return " ".join(text.translate(_INVISIBLE).split())


_INVISIBLE = {0x2068: None, 0x2069: None, 0x200B: None, 0x200E: None, 0x200F: None}


class Books:
    """What was due, and whether it came."""

    def __init__(self) -> None:
        self._due: Counter[tuple[Player, str]] = Counter()
        self._marks: dict[str, Mark] = {}

    def due(self, players: Iterable[Player], mark: Mark, times: int = 1) -> None:
        """Note what each of these people is to get; `times` may take back what was noted before."""
        self._marks[mark.what] = mark
        for player in players:
            self._due[player, mark.what] += times

    @property
    def count(self) -> int:
        """How many messages are due in all."""
        return self._due.total()

    def differences(self, players: Iterable[Player]) -> Iterator[str]:
        """A line for each message that did not come, came more than once, or came to who should not have it."""
        for player in players:
            texts = [read_plainly(each.text) for each in player.hand.received]
            for what, mark in self._marks.items():
                words = mark.read_by(player.reader)
                came = sum(all(word in text for word in words) for text in texts)
                due = self._due[player, what]
                if came != due:
                    yield f"{player.name}: {what}: due {due}, came {came}"

    def unexplained(self, players: Iterable[Player]) -> Iterator[str]:
        """A line for each message that came by itself, and of which the books know nothing."""
        for player in players:
            marks = [mark.read_by(player.reader) for mark in self._marks.values()]
            for each in player.hand.received:
                text = read_plainly(each.text)
                if not each.asked and not any(all(word in text for word in words) for words in marks):
                    yield f"{player.name}: nobody was to say «{text[:120]}»"
