"""Declares how capabilities listen to words that no command, no question and no screen takes.

Each listener hears what somebody wrote and says how sure it is that the words are for it. `bot.conversation.hearing`
asks them in the order of their stages, and is the one place that decides.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bot.content.names import fold, words
from bot.content.texts import Span
from bot.content.views import Reply
from bot.conversation.routes import Request


class Stage(IntEnum):
    """The order in which listeners are asked: who is sure at an earlier stage takes the words."""

    OWN = 1
    """One's own affairs, which the store knows: the next session, the group, the theme."""
    PRACTICAL = 2
    """Practical information."""
    OPEN = 3
    """What takes any words for a while, as a phase takes ideas."""
    TEAM = 4
    """A question to the team, for what nothing else knows."""


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote, made ready once for all listeners.

    `text` is cleaned, of several lines perhaps. `locale` is the reader's. `likelihood` tells for each label of the word
    model how probable it is that the words are of that kind; labels are given in tools/words/README.md.
    """

    text: str
    locale: str
    likelihood: Mapping[str, float]
    folded: Sequence[str] = field(init=False)
    """The words one by one, without accents, capitals and signs."""

    def __post_init__(self) -> None:
        """Split the text into folded words."""
        object.__setattr__(self, "folded", tuple(words(fold(self.text))))


@dataclass(frozen=True, slots=True)
class Heard:
    """What a listener says of words that may be for it.

    `sure` takes the words without a question, unless somebody else may mean them; otherwise they are offered by a
    `button` (≤ 40 characters). `weight`, from 0 to 1, decides which of several that are not sure is offered first.
    `why` says for the log of the benchmark what it recognised, never a word of the text itself.
    """

    sure: bool
    weight: float
    button: Span
    why: str


Hear = Callable[[Request, Words], Awaitable[Heard | None]]
Take = Callable[[Request, str], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Listener:
    """One listener of a capability.

    `key` (a-z, at most twelve) names it in buttons and never changes. `hear` returns None for words that are not for
    it; it only reads. `take` does what is to be done with the words, asked or unasked.
    """

    key: str
    stage: Stage
    hear: Hear
    take: Take
