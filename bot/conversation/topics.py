"""Defines topics, about which people ask in their own words: their own affairs, or something in the store.

Parts of the program contribute topics, each known by phrases. One ranking says which topic a text is about
(`bot.content.ranking`), so that topics never take each other's words. `listeners_of` returns functions that answer
typed words about the topics (`bot.conversation.listening`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

from bot.content.errors import Stale
from bot.content.i18n import LOCALES
from bot.content.ranking import KnownBy, Ranked, is_warm, rank, split, warm
from bot.content.roles import Required
from bot.content.texts import Reader, Span, Text, plain
from bot.content.views import Reply
from bot.conversation.belief import believed
from bot.conversation.likelihood import about
from bot.conversation.listening import Heard, Listener, Stage, Words
from bot.conversation.preloading import Perform
from bot.conversation.routes import PARTICIPANT, Request, Transaction
from bot.files.stored_files import in_thread

_OFFERED = 2
"""How many topics are offered by buttons at most, if it is not certain which one a text is about."""
_LEAST_SHARE = 0.15
"""The least share of a text that must be about a topic for the topic to be offered."""
_LIKELY, _HARDLY = 0.5, 0.05
"""The least probability, by the word model, of words for which the ranking is believed, and a topic offered at all."""
_NAME = 2
"""The most words of a text that only names a topic, such as «métro»; the word model cannot judge such texts."""

Answer = Callable[[Request, str], Awaitable[Reply]]
"""A handler(request, text) that answers words about a topic; it only reads, unless the topic says otherwise."""


def show(screen: Callable[[Request], Awaitable[Reply]]) -> Answer:
    """Return a function that answers any words about a topic by showing `screen`."""

    async def answer(request: Request, _text: str) -> Reply:
        return await screen(request)

    return answer


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that concerns the person who asks: how people ask about it, and its answer.

    `key` (a-z, at most twelve) names the topic in buttons and never changes. `phrases` is a message whose translations
    list ways of asking, separated by commas. `button` (≤ 40 characters) offers the answer if it is not certain that
    this topic is meant. The topic exists for people with the role `who`, whenever when(request) is true; if `when` is
    None, always. `kind` is the word model's label for words about the topic. A `small_talk` topic is used only if the
    text is about no other topic.
    """

    key: str
    phrases: Text
    button: Span
    answer: Answer
    who: Required = PARTICIPANT
    when: Callable[[Request], Awaitable[bool]] | None = None
    kind: str = "mine"
    small_talk: bool = False
    about: str = ""
    """The label in tools/words of what questions about this topic are about; '' if it equals the key."""


@dataclass(frozen=True, slots=True)
class StoredTopics:
    """The topics of one kind that are stored in the database, such as sections of practical information.

    `key` (a-z, at most twelve) names the kind in buttons and never changes. `stage` says when these topics are asked
    whether words are for them. `read` returns the phrases by which each topic is recognised. `name` returns the label
    of the button that offers a topic (≤ 40 characters), `answer` the answer about a topic; both get the topic's key.
    `kind` is the word model's label for words about such topics.
    """

    key: str
    stage: Stage
    read: Callable[[Request], Awaitable[Sequence[KnownBy]]]
    name: Callable[[Request, str], Awaitable[Span]]
    answer: Callable[[Request, str, str], Awaitable[Reply]]
    kind: str
    about: Mapping[str, str] = field(default_factory=dict)
    """The labels in tools/words of what questions about a topic are about, by topic, if they differ from the key."""


Contributed = Topic | StoredTopics


def listeners_of(contributed: Sequence[Contributed]) -> Sequence[Listener]:
    """Return the listeners, functions that answer typed words, for all topics of the program.

    Each Topic has a listener of its own; all topics of one StoredTopics share one. Raises ValueError for a key that is
    repeated or too long.
    """
    keys = [each.key for each in contributed]
    for key in keys:
        if keys.count(key) > 1 or not (key.isalpha() and key.isascii() and key.islower() and len(key) <= 12):
            raise ValueError(f"{key!r} is no key of a topic, or that of two")
    ranking = _Ranking(contributed)
    return [_own(ranking, each) if isinstance(each, Topic) else _stored(ranking, each) for each in contributed]


class _Ranking:
    """The one ranking of all topics that exist for a person."""

    def __init__(self, contributed: Sequence[Contributed]) -> None:
        self._topics = [each for each in contributed if isinstance(each, Topic)]
        self._groups = [each for each in contributed if isinstance(each, StoredTopics)]
        self.asked = frozenset(
            each.kind for each in contributed if isinstance(each, StoredTopics) or not each.small_talk
        )
        """The labels of the word model that are mistaken for one another: all are questions that the bot answers."""

    async def of(self, request: Request, text: str) -> Sequence[Ranked]:
        """Return the topics that a text is about, the most likely first; the result is cached for all listeners.

        The key of a stored topic is the key of its listener, a blank, and its own key. Small talk comes first only if
        the text seems to be about nothing else.
        """
        return await request.tx.cached(f"topics in {text}", lambda _tx: self._ranked(request, text))

    async def _ranked(self, request: Request, text: str) -> Sequence[Ranked]:
        known = self._known(request, small_talk=False)
        for group in self._groups:
            if request.person is None:
                break
            stored = await request.tx.cached(f"topics {group.key}", partial(_read, group, request))
            known += [_of_group(group.key, each) for each in stored]
        small_talk = self._known(request, small_talk=True)
        await made_ready(request, known)
        await made_ready(request, small_talk)
        ranked = rank(text, known, request.locale)
        scored = request.scored.get(text)
        if scored:
            ranked = believed(ranked, about(text), {each.key: self._about(each.key) for each in known})
        asks = sum(scored.get(label, 0.0) for label in sorted(self.asked)) >= _LIKELY if scored else True
        if asks and ranked and ranked[0].likely:
            return ranked
        said = rank(text, small_talk, request.locale)
        return (*said, *ranked) if said and said[0].likely else ranked

    def _about(self, key: str) -> str:
        """Return what questions about a topic are about, by its label; of a stored topic the key has its listener's."""
        for topic in self._topics:
            if topic.key == key:
                return topic.about or key
        of, _blank, own = key.partition(" ")
        return next((group.about.get(own, own) for group in self._groups if group.key == of), key)

    def _known(self, request: Request, *, small_talk: bool) -> list[KnownBy]:
        """Return the topics of one's own affairs that exist for a person, or the topics of small talk."""
        return [
            _known_by(topic.key, topic.phrases.message)
            for topic in self._topics
            if request.may(topic.who) and topic.small_talk == small_talk
        ]


async def made_ready(request: Request, known: Sequence[KnownBy]) -> None:
    """Make sure that the phrases of the topics `known` are prepared for ranking in the reader's language.

    If they are not, NeedsPreload is raised, because preparing takes long: the dispatcher prepares the phrases, and then
    calls the handler again. Handlers must not catch this error.
    """
    if not is_warm(known, request.locale):
        key = ("topics", request.locale, *(topic.key for topic in known))
        await request.preload(key, partial(_warm, known, request.locale))


async def _read(group: StoredTopics, request: Request, _tx: Transaction) -> Sequence[KnownBy]:
    return await group.read(request)


async def _warm(known: Sequence[KnownBy], locale: str, _perform: Perform) -> bool:
    """Make the words of topics ready, which takes longer than a transaction may."""
    await in_thread(warm, known, locale)
    return True


@lru_cache(maxsize=256)
def _known_by(key: str, phrases: str) -> KnownBy:
    """Return the phrases of a topic in all languages, each with its locale; `phrases` is their message."""
    by_locale = ((locale, plain(Text(phrases), Reader(locale, "UTC"))) for locale in LOCALES)
    return KnownBy(key, tuple((locale, phrase) for locale, listed in by_locale for phrase in split(listed)))


@lru_cache(maxsize=256)
def _of_group(group: str, topic: KnownBy) -> KnownBy:
    return KnownBy(f"{group} {topic.key}", topic.phrases, topic.own)


def _own(ranking: _Ranking, topic: Topic) -> Listener:
    """Return the listener of one topic."""

    async def hear(request: Request, words: Words) -> Heard | None:
        if not request.may(topic.who):
            return None
        ranked = await ranking.of(request, words.text)
        place = next((place for place, each in enumerate(ranked) if each.key == topic.key), None)
        if place is None or (topic.when is not None and not await topic.when(request)):
            return None
        return _heard(ranked, place, words, ranking.asked | {topic.kind}, topic.button)

    return Listener(topic.key, Stage.OWN, hear, topic.answer)


def _stored(ranking: _Ranking, group: StoredTopics) -> Listener:
    """Return the listener of all stored topics of a kind."""

    def first(ranked: Sequence[Ranked]) -> tuple[int, str] | None:
        """Return the position in `ranked` and the key of the first topic of this kind; None if it has none."""
        keys = ((place, each.key.partition(" ")) for place, each in enumerate(ranked))
        return next(((place, key) for place, (of, _blank, key) in keys if key and of == group.key), None)

    async def hear(request: Request, words: Words) -> Heard | None:
        ranked = await ranking.of(request, words.text)
        found = first(ranked)
        if found is None:
            return None
        place, key = found
        return _heard(ranked, place, words, ranking.asked, await group.name(request, key))

    async def take(request: Request, text: str) -> Reply:
        found = first(await ranking.of(request, text))
        if found is None:  # the topic was removed since the words were heard
            raise Stale
        return await group.answer(request, found[1], text)

    return Listener(group.key, group.stage, hear, take)


def _heard(ranked: Sequence[Ranked], place: int, words: Words, kinds: Collection[str], button: Span) -> Heard | None:
    """Return what a listener says of the topic at this place; None for one that is too unlikely to be offered.

    `kinds` are the labels of the word model that such words may have.
    """
    topic, best = ranked[place], ranked[0]
    asked = sum(words.likelihood.get(label, 0.0) for label in sorted(kinds))
    if place >= _OFFERED or topic.share < _LEAST_SHARE or topic.score * 2 < best.score:
        return None
    sure = topic.sure
    if words.likelihood:
        named = len(words.folded) <= _NAME and topic.share >= 1.0
        sure = place == 0 and (topic.clear if asked >= _LIKELY else topic.sure and named)
        if not sure and asked < _HARDLY:
            return None
    return Heard(sure, min(1.0, topic.share * min(1.0, topic.score)), button, f"{topic.key} {topic.score:.1f}")
