"""Declares how capabilities listen to words that no command, no question and no screen takes.

Each listener hears what somebody wrote and says how sure it is that the words are for it. `bot.conversation.hearing`
asks them in the order of their stages, and is the one place that decides.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.names import fold, without_look_alikes, words
from bot.content.texts import Span
from bot.content.views import Reply


class Stage(IntEnum):
    """The order in which listeners are asked: who is sure at an earlier stage takes the words."""

    OWN = 1
    """One's own affairs, which the store knows: the next session, the group, what they chose."""
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
    asked: bool = False
    """Whether it asked for these words, so that no other listener is meant."""


Hear = Callable[..., Awaitable[Heard | None]]
Take = Callable[..., Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Listener:
    """One listener of a capability.

    `key` (a-z, at most twelve) names it in buttons and never changes. hear(request, words) returns a Heard, or None for
    words that are not for it; it only reads. take(request, text) does what is to be done with words that it is sure of.
    """

    key: str
    stage: Stage
    hear: Hear
    take: Take
    chosen: Take | None = None
    """What is done with the words where their writer chose this listener by a button; None for `take`."""
    into: Callable[..., Awaitable[str | None]] | None = None
    """into(request) returns a key of what words go into now, such as a phase, and None while it takes none.

    Words that were written for another one, without network, are not put into this one.
    """


WEAK = 0.17
"""From which likelihood on words may be a cry of distress, whoever else is sure of them."""
CERTAIN = 0.6
"""From which likelihood on a cry is answered as one although it is known what the words are otherwise."""
_IN_ANSWER = 0.7
"""From which likelihood on an answer to a question is a cry («What if few people come?» has more than 0.6)."""
_FRAGMENT = 2
"""The most words that likelihood cannot tell from a cry, such as the answer «Rien encore»."""


@dataclass(frozen=True, slots=True)
class Cry:
    """What the alarm heard in words: perhaps a cry of distress.

    `sure` says that it is one as far as can be told. Otherwise `likelihood`, from 0 to 1, decides whether the writer is
    asked. `phrase` says that it was recognised by what must never be missed, not by likelihood alone. `self_harm` is
    for who may harm themselves.
    """

    sure: bool
    likelihood: float = 1.0
    phrase: bool = False
    self_harm: bool = False

    @property
    def weak(self) -> bool:
        """Whether it may be a cry: its writer is asked, and nothing keeps the words meanwhile but the alarm."""
        return self.sure or self.likelihood >= WEAK

    @property
    def certain(self) -> bool:
        """Whether it is a cry although something else could take the words."""
        return self.sure and (self.phrase or self.likelihood >= CERTAIN)

    def certain_beside(self, folded: Sequence[str]) -> bool:
        """Return whether words are a cry although it is known what they are otherwise.

        A fragment such as «my room» is none by likelihood, which cannot tell «mon lit» from «mon dieu».
        """
        return self.certain and (self.phrase or len(folded) > _FRAGMENT)

    def certain_as_answer(self, text: str) -> bool:
        """Return whether a text is a cry even as an answer to a question.

        An answer may be a fragment, of which likelihood knows nothing: only a phrase makes a cry of it.
        """
        likely = self.likelihood >= _IN_ANSWER and len(words(fold(text))) > _FRAGMENT
        return self.sure and (self.phrase or likely)


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the things that waiting words may be: the label of its button (≤ 40 characters), and its action.

    The action is made for the number under which the words wait.
    """

    label: Span
    action: Callable[[int], Action]


@dataclass(frozen=True, slots=True)
class Alarm:
    """How one capability hears cries of distress, and keeps the words that nobody may take before their writer chose.

    Words wait in its table until then, named by a number that only their writer can use.
    """

    listen: Callable[[str, Mapping[str, float]], Cry | None]
    """listen(text, likelihood) returns what is heard in words, a faint cry too, None for nothing.

    It reads nothing but the words, before any transaction.
    """
    ask: Callable[..., Awaitable[Reply]]
    """ask(request, text, cry, offers) keeps words and asks their writer what becomes of them.

    For words that somebody read already, ask(…, became) says what happened to them, not that nobody was shown them.
    """
    ask_which: Callable[..., Awaitable[Reply]]
    """ask_which(request, text, offers) keeps words in which nobody heard a cry, and asks which of `offers` they are."""
    waiting: Callable[..., Awaitable[str]]
    """waiting(request, number, first) returns the words of the person that wait under these numbers and those between.

    It raises UserError if there are none.
    """
    drop: Callable[..., Awaitable[None]]
    """drop(request, number, first) deletes words that wait, because they went where their writer wants them."""
    located: Callable[..., Awaitable[Reply | None]]
    """located(request, action, located) takes a location; `action` belongs to the screen opened last, if it hears."""
    not_changed: Callable[[], Reply]
    """not_changed() returns the answer to an edit of what was written in confidence, which changes nothing."""
    numbers: Callable[[Settings], Sequence[Span]]
    """numbers(settings) returns the lines that say whom to call in danger, for what could not be read or stored."""

    def hear(self, text: str, likelihood: Mapping[str, float]) -> Cry | None:
        """Return what is heard in a text, also where letters of another alphabet stand for those they look like."""
        return self.listen(without_look_alikes(text), likelihood)
