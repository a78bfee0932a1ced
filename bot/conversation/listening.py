"""Declares how parts of the program listen to typed words that no command, question or screen takes.

A listener is a function of one of these parts that says how sure it is that words are for it.
`bot.conversation.hearing` asks the listeners in the order of their stages, and is the only place that decides.
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
    """The order in which listeners, functions for typed words, are asked whether words are for them.

    The words go to the first listener in this order that is sure.
    """

    OWN = 1
    """The person's own affairs, which the store knows: their next session, their group, what they chose."""
    PRACTICAL = 2
    """Practical information about the gathering, such as its address."""
    OPEN = 3
    """Something that takes any words for a while, as a phase takes ideas."""
    TEAM = 4
    """A question to the team, which nothing else can answer."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a person wrote, prepared once for all listeners, the functions for typed words.

    `text` is cleaned and may have several lines. `locale` is the writer's. `likelihood` has the probability of each
    label of the word model; labels are explained in tools/words/README.md.
    """

    text: str
    locale: str
    likelihood: Mapping[str, float]
    folded: Sequence[str] = field(init=False)
    """The words one by one, without accents, capitals and punctuation."""

    def __post_init__(self) -> None:
        """Split the text into folded words."""
        object.__setattr__(self, "folded", tuple(words(fold(self.text))))


@dataclass(frozen=True, slots=True)
class Heard:
    """What a listener, a function for typed words, says about words that may be for it.

    If the listener is `sure`, it takes the words without a question, unless another listener may be meant. Otherwise
    the writer is offered a `button` (≤ 40 characters) that gives the words to the listener. `weight`, from 0 to 1,
    decides which of several unsure listeners is offered first. `why` says what the listener recognised, without quoting
    the text; the benchmark logs it.
    """

    sure: bool
    weight: float
    button: Span
    why: str
    asked: bool = False
    """Whether the listener asked the person for words, so that no other listener can be meant."""
    question: Span | None = None
    """The question whether the words are for the listener, asked if it is the likeliest one; the button answers it.

    None for no question.
    """


Hear = Callable[..., Awaitable[Heard | None]]
Take = Callable[..., Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Listener:
    """The functions by which one part of the program takes words that people type without a command.

    `key` (a-z, at most twelve) names the listener in buttons and never changes. `stage` says when the listener is
    asked. hear(request, words) returns a Heard if the words may be for the listener, otherwise None; it changes
    nothing. take(request, text) handles words that are certainly for the listener.
    """

    key: str
    stage: Stage
    hear: Hear
    take: Take
    chosen: Take | None = None
    """A function that handles the words if their writer chose this listener by a button; None if `take` does."""
    by_letter: Callable[..., Awaitable[Reply | None]] | None = None
    """by_letter(request, text) takes the words of a letter, which nobody can be asked about; None for no listener.

    It returns None for words that it does not take now: the letter then waits where it came.
    """
    into: Callable[..., Awaitable[str | None]] | None = None
    """into(request) returns the key of what the listener takes words for now, such as a phase; None if it takes none.

    Words that were written without network for another key are not given to the listener.
    """


WEAK = 0.17
"""The likelihood from which words may be a cry for help, even if a listener is sure that they are for it."""
CERTAIN = 0.6
"""The likelihood from which words are answered as a cry for help, even if they could be something else."""
_IN_ANSWER = 0.7
"""The least likelihood of an answer that is a cry for help; «What if few people come?» has more than 0.6."""
_FRAGMENT = 2
"""The most words of a text that is too short for likelihood to judge, such as the answer «Rien encore»."""


@dataclass(frozen=True, slots=True)
class Cry:
    """A cry for help, certain or possible, that the alarm recognised in words.

    `sure` is True if the words seem to be a cry beyond doubt. If it is False, `likelihood`, from 0 to 1, decides
    whether the writer is asked. `phrase` says that the alarm recognised a phrase that must never be missed, and did not
    judge by likelihood alone. `self_harm` says that the writer may harm themselves.
    """

    sure: bool
    likelihood: float = 1.0
    phrase: bool = False
    self_harm: bool = False

    @property
    def weak(self) -> bool:
        """Whether the words may be a cry for help, so that their writer is asked.

        Until the writer has chosen, nobody can read the words.
        """
        return self.sure or self.likelihood >= WEAK

    @property
    def certain(self) -> bool:
        """Whether the words are a cry for help even if they could also be something else."""
        return self.sure and (self.phrase or self.likelihood >= CERTAIN)

    def certain_beside(self, folded: Sequence[str]) -> bool:
        """Return whether words are a cry for help even if another part of the program recognises them too.

        `folded` are the words without accents and capitals. A short fragment such as «my room» counts only if it has a
        phrase that must never be missed, because likelihood cannot tell «mon lit» (my bed) from «mon dieu» (my God).
        """
        return self.certain and (self.phrase or len(folded) > _FRAGMENT)

    def certain_as_answer(self, text: str) -> bool:
        """Return whether a text is a cry for help even if it answers a question.

        An answer may be a short fragment, which likelihood cannot judge: it then counts only if it has a phrase that
        must never be missed.
        """
        likely = self.likelihood >= _IN_ANSWER and len(words(fold(text))) > _FRAGMENT
        return self.sure and (self.phrase or likely)


@dataclass(frozen=True, slots=True)
class Offer:
    """One possible meaning of typed words, which their writer can choose by pressing a button.

    `label` is the label of the button (at most 40 characters). action(number) returns the action of the button, for
    words that are stored under `number`. `question` is asked if this is the first of several offers; None stands for
    the usual question.
    """

    label: Span
    action: Callable[[int], Action]
    question: Span | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """The functions that recognise cries for help, and store words until their writer chooses what happens to them.

    One part of the program defines them. Each text has a number in the table of that part; only its writer can use the
    number.
    """

    listen: Callable[[str, Mapping[str, float]], Cry | None]
    """listen(text, likelihood) returns the cry for help recognised in words, even an unlikely one; None for no cry.

    It uses nothing but its arguments, and is called before any transaction.
    """
    ask: Callable[..., Awaitable[Reply]]
    """ask(request, text, cry, offers) stores words and asks their writer which of `offers` they are.

    If somebody has already read the words, `became` is given too: the reply says that, not that nobody has read them.
    """
    ask_which: Callable[..., Awaitable[Reply]]
    """ask_which(request, text, offers) stores words that are no cry for help, and asks which of `offers` they are."""
    waiting: Callable[..., Awaitable[str]]
    """waiting(request, number, first) returns the person's stored words with the numbers from `first` to `number`.

    It raises UserError if there are none.
    """
    drop: Callable[..., Awaitable[None]]
    """drop(request, number, first) deletes stored words, because a listener has taken them."""
    located: Callable[..., Awaitable[Reply | None]]
    """located(request, action, located) takes a location; `action` is the last opened screen, if it takes words."""
    not_changed: Callable[[], Reply]
    """not_changed() returns the answer to an edit of a confidential message, which changes nothing."""
    numbers: Callable[[Settings], Sequence[Span]]
    """numbers(settings) returns lines that say whom to call in danger, for words that were not read or stored."""

    def hear(self, text: str, likelihood: Mapping[str, float]) -> Cry | None:
        """Return the cry for help recognised in a text; None if there is none.

        Letters of other alphabets that look like Latin ones count as these. `likelihood` has how likely the text is to
        be of each kind of words, by kind.
        """
        return self.listen(without_look_alikes(text), likelihood)
