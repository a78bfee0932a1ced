"""Ranks topics by how much of a text is about each, for texts as people write them on their phones.

Each topic is known by phrases in each language. Everything is computed on this machine: other forms of words count,
abbreviations of chats, and, in the reader's own language, mistakes of a letter or two. Words of other languages count
only if they are written as in the phrases.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from bot.content.chat_words import ASKING, ASKING_FIRST, EVERYWHERE, MAY_LACK, OWN, UNTOLD, spelled_out
from bot.content.names import fold, words
from bot.content.stems import stem

EVERY_LANGUAGE = ""
"""The locale of phrases that are meant for readers of every language."""
LONGEST = 300
"""The most characters in a text that is ranked: a longer text is a story, not a question."""
_LIGHT, _LESS = 0.4, 0.6
"""How much two kinds of words in a phrase count; all other words count 1.

The first kind, such as «when», says nothing by itself; the second, words for places and times such as «room», occurs in
texts about anything.
"""
_FIXED = 0.9
"""The most that the words of a phrase count together if each says nothing by itself, such as «wo ist das»."""
_ALMOST = 0.9
"""How much a word counts that is almost spelled like a word of a phrase; a word that is spelled the same counts 1."""
_OWN_WORDS = 1.5
"""The factor by which words in phrases of organisers count more."""
_SHORTEST_FUZZY, _LONG = 6, 10
"""The fewest letters of a word in which one wrong letter is allowed, and in which two are."""
_ALIKE = 3
"""How many first letters two words must share for one to be almost the other."""
_SHORTEST_STEM = 5
"""The fewest letters of a stem that makes two words forms of one word: «gars» is no form of «gare»."""
_PLURAL = frozenset("sx")
"""The last letters that many words have in the plural only."""
_SHORTEST_WITHIN, _LEAST_BESIDE = 5, 3
"""The fewest letters of a word that is recognised in a compound, and of the rest: «zimmer» in «hotelzimmer»."""
_KEPT = 12
"""For how many sets of topics the words are kept ready; sets differ by language and by the roles of people."""
_NEAR = 5
"""How many other words may stand between the words of a phrase."""
_ENOUGH = 0.8
"""The least score of a topic that is meant, unless the text is about nothing else; «avec qui» has this score."""
_MUCH, _MORE, _SOME = 0.6, 0.55, 0.3
"""The share of words from which a topic may be meant: in any text, in a text about its writer, and in a question."""
_HARDLY = 0.2
"""The least share of a topic that may be meant, in a question."""
_CLEARLY = 1.4
"""How many times higher the score of a topic that is meant must be than the next topic's score."""
_STORY = 9
"""The most telling words of a question; a longer text tells a story, which only mentions topics."""


@dataclass(frozen=True, slots=True)
class KnownBy:
    """The phrases by which one topic is recognised, each a pair: a locale ('' for any language) and the phrase.

    `key` is the key of the topic. `phrases` come with the program. `own` are phrases that organisers added, which count
    more. A phrase has one or more words; words separated by «/» are alternatives.
    """

    key: str
    phrases: tuple[tuple[str, str], ...]
    own: tuple[tuple[str, str], ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compute the hash once, because hundreds of phrases are looked up for each text."""
        object.__setattr__(self, "_hash", hash((self.key, self.phrases, self.own)))

    def __hash__(self) -> int:
        """Return the hash of all compared fields."""
        return self._hash


@dataclass(frozen=True, slots=True)
class Ranked:
    """How much a text is about one topic, whose key is `key`.

    `score` is about 1 for each word that speaks of the topic; `share` is the proportion of such words in the text, from
    0 to 1. `clear` says that the text is clearly less about every other topic. `enough` says that the share is large
    enough; in a question less is required. `likely` says that this topic may be meant, so that the person can be asked.
    """

    key: str
    score: float
    share: float
    clear: bool
    enough: bool
    likely: bool

    @property
    def sure(self) -> bool:
        """Return whether the text is about this topic without doubt."""
        return self.clear and self.enough


def rank(text: str, known: Sequence[KnownBy], locale: str) -> Sequence[Ranked]:
    """Return the topics among `known` that a text is about, the most likely first; `locale` is the writer's locale.

    A topic is something that people ask about, recognised by phrases. Returns () if the text is about none, or is
    longer than LONGEST characters.
    """
    if len(text) > LONGEST:
        return ()
    written = spelled_out(words(fold(text)), locale)
    if not written:
        return ()
    found = _index(tuple(known), locale).scores(written)
    asks = "?" in text or written[0] in ASKING_FIRST or not ASKING.isdisjoint(written)
    much, more, some = _MUCH, _MORE, _SOME
    least, hardly = (some, _HARDLY) if asks else (much, much) if OWN.isdisjoint(written) else (more, some)
    ranked = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    result = []
    for place, (key, (score, share, telling)) in enumerate(ranked):
        others = ranked[1][1][0] if len(ranked) > 1 else 0.0
        speaks = score >= _ENOUGH or share == 1.0
        clear = place == 0 and score >= _CLEARLY * others and speaks
        enough = speaks and share >= least and telling <= _STORY
        likely = (score >= _LESS or share == 1.0) and share >= hardly
        result.append(Ranked(key, score, share, clear, enough, likely))
    return result


def split(phrases: str) -> Sequence[str]:
    """Return the phrases of a text in which they are separated by commas: «wifi, mot de passe»."""
    return [phrase.strip() for phrase in phrases.split(",") if phrase.strip()]


def warm(known: Sequence[KnownBy], locale: str) -> None:
    """Prepare the phrases of the topics in `known` in advance, so that `rank` takes less than a millisecond."""
    key = (tuple(known), locale)
    _index(*key)
    _ready[key] = True
    while len(_ready) > _KEPT:
        del _ready[next(iter(_ready))]


def is_warm(known: Sequence[KnownBy], locale: str) -> bool:
    """Return whether the phrases of the topics in `known` are already prepared, by an earlier call of `warm`."""
    return (tuple(known), locale) in _ready


# --- the words of all topics, made ready once


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase by which the topic with the key `key` is known: how many words, whether all say nothing by themselves.

    `factor` is how much more its words count.
    """

    number: int
    key: str
    size: int
    fixed: bool
    factor: float


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A phrase as it is looked for: for each of its words the `forms` that may stand in a text.

    `surfaces` are the words to which one of a text may be almost equal. `fixed` and `factor` are as in `_Phrase`.
    """

    forms: tuple[tuple[str, ...], ...]
    surfaces: tuple[str, ...]
    fixed: bool
    factor: float


@lru_cache(maxsize=256)
def _spelled(topic: KnownBy, locale: str) -> tuple[_Spelled, ...]:
    """Return the phrases of a topic for readers of a locale.

    They are kept: people of different roles have most topics in common, and organisers change one at a time.
    """
    return (
        *(_spell(phrase, spoken, locale, 1.0) for spoken, phrase in topic.phrases),
        *(_spell(phrase, spoken, locale, _OWN_WORDS) for spoken, phrase in topic.own),
    )


def _spell(phrase: str, spoken: str, locale: str, factor: float) -> _Spelled:
    every = _slots(phrase, spoken)
    telling = [slot for slot in every if any(fold(word) not in UNTOLD for word in slot)]
    if factor > 1 and len(telling) > 1:  # organisers write whole sentences: «laisser mes sacs»
        every = telling
    if spoken not in (EVERY_LANGUAGE, locale):
        return _Spelled(tuple(tuple({*map(fold, slot)}) for slot in every), (), not telling, factor)
    return _Spelled(
        tuple(tuple({form for word in slot for form in _forms(word, locale)}) for slot in every),
        tuple(surface for slot in every for word in slot if len(surface := fold(word)) >= _SHORTEST_WITHIN),
        not telling,
        factor,
    )


class _Index:
    """The phrases of all topics, found by the forms of their words."""

    def __init__(self, topics: Iterable[KnownBy], locale: str) -> None:
        self._locale = locale
        self._phrases: list[_Phrase] = []
        self._of_form: dict[str, list[tuple[_Phrase, int]]] = defaultdict(list)
        """By form of a word: the phrases with that word, and the position of the word in each."""
        self._surfaces: dict[str, set[str]] = defaultdict(set)
        """By the first letters: the words of the locale's language, to which a word may be almost equal."""
        self._within: set[str] = set()
        """The words that are recognised within compounds."""
        for topic in topics:
            for spelled in _spelled(topic, locale):
                self._add(topic.key, spelled)

    def _add(self, key: str, spelled: _Spelled) -> None:
        indexed = _Phrase(len(self._phrases), key, len(spelled.forms), spelled.fixed, spelled.factor)
        self._phrases.append(indexed)
        for position, forms in enumerate(spelled.forms):
            for form in forms:
                self._of_form[form].append((indexed, position))
        for surface in spelled.surfaces:
            self._surfaces[surface[:_ALIKE]].add(surface)
            self._within.add(surface)

    def scores(self, written: Sequence[str]) -> Mapping[str, tuple[float, float, int]]:
        """Return a triple for each topic of which a text speaks, by the topic's key.

        The triple has its score, its share of the text from 0 to 1, and the number of words in the text that say what
        it is about.
        """
        matches: dict[int, dict[int, tuple[int, float]]] = defaultdict(dict)
        phrases = self._phrases
        for number, token in enumerate(written):
            for form, weight in self._like(token):
                for phrase, position in self._of_form.get(form, ()):
                    known = matches[phrase.number].get(position)
                    if known is None or weight > known[1]:
                        matches[phrase.number][position] = (number, weight)
        best: dict[str, dict[int, float]] = defaultdict(dict)
        telling = [number for number, token in enumerate(written) if token not in UNTOLD]
        for index, slots in matches.items():
            phrase = phrases[index]
            if phrase.fixed and phrase.size == 1 and telling:
                continue  # «où» alone is a question, but every question has it
            if len(slots) < phrase.size or not _together(phrase, [slots[place][0] for place in range(phrase.size)]):
                continue
            of_topic, fixed = best[phrase.key], min(_LIGHT, _FIXED / phrase.size)
            for number, weight in slots.values():
                counted = (_weight(written[number]) if not phrase.fixed else fixed) * weight * phrase.factor
                of_topic[number] = max(of_topic.get(number, 0.0), counted)
        shared = Counter(number for numbers in best.values() for number in numbers)
        result = {}
        for key, numbers in best.items():
            besides = sum(_weight(written[number]) for number in telling if number not in numbers)
            covered = sum(_weight(written[number]) for number in sorted(numbers))
            # In the order of the text: sets of forms come in another order each time the program starts.
            score = sum(numbers[number] / math.sqrt(shared[number]) for number in sorted(numbers))
            result[key] = (score, covered / (covered + besides), len(telling))
        return result

    def _like(self, token: str) -> Iterator[tuple[str, float]]:
        """Yield the known forms that a word has or almost has, each with how much it counts."""
        found = False
        for form in _forms(token, self._locale):
            if form in self._of_form:
                found = True
                yield form, 1.0
        if found:
            return
        if self._locale == "fr" and token[0] in MAY_LACK and len(token) > _ALIKE:
            rest = token[1:]  # «latelier»
            for form in _forms(rest, self._locale):
                if form in self._of_form:
                    found = True
                    yield form, 1.0
            if found:
                return
        for surface in self._almost(token):
            yield surface, _ALMOST

    def _almost(self, token: str) -> Iterator[str]:
        """Yield the known words of the reader's language from which a word differs by a letter or two.

        In German, also those that stand at the beginning or the end of a compound.
        """
        if len(token) < _SHORTEST_FUZZY:
            return
        from rapidfuzz.distance import OSA  # 2 MB, of use only where somebody asks something

        wrong = 2 if len(token) >= _LONG else 1
        for surface in self._surfaces.get(token[:_ALIKE], ()):
            if OSA.distance(token, surface, score_cutoff=wrong) <= wrong:
                yield surface
        if self._locale == "de":
            for size in range(_SHORTEST_WITHIN, len(token) - _LEAST_BESIDE + 1):
                for part in (token[:size], token[-size:]):
                    if part in self._within:
                        yield part


def _slots(phrase: str, locale: str) -> Sequence[tuple[str, ...]]:
    """Return the words of a phrase, each with those that may stand for it; abbreviations as in texts."""
    slots: list[tuple[str, ...]] = []
    for part in phrase.lower().split():
        either = [[full for word in words(each) for full in _in_full(word, locale)] for each in part.split("/")]
        if len(either) > 1:
            slots.append(tuple(word for each in either for word in each))
        else:
            slots += [(word,) for word in either[0]]
    return slots


def _in_full(word: str, locale: str) -> Sequence[str]:
    """Return a word with its accents, or the words for which it stands as an abbreviation."""
    full = spelled_out((fold(word),), locale)
    return (word,) if len(full) == 1 and full[0] == fold(word) else full


def _weight(word: str) -> float:
    return _LIGHT if word in UNTOLD else _LESS if word in EVERYWHERE else 1.0


def _together(phrase: _Phrase, numbers: Sequence[int]) -> bool:
    """Return whether the words of a phrase stand together in a text, in order if none says anything by itself."""
    if len(set(numbers)) < len(numbers):
        return False
    if phrase.fixed:
        return all(after - before in (1, 2) for before, after in pairwise(numbers))
    return max(numbers) - min(numbers) < phrase.size + _NEAR


_ready: dict[tuple[tuple[KnownBy, ...], str], bool] = {}
"""The topics and locales whose words are ready, the one made ready last at the end."""


@lru_cache(maxsize=_KEPT)
def _index(known: tuple[KnownBy, ...], locale: str) -> _Index:
    return _Index(known, locale)


@lru_cache(maxsize=16_384)
def _forms(word: str, locale: str) -> frozenset[str]:
    """Return a word and its stem, without accents; also the stem that it has if its accents are not written."""
    surface = fold(word)
    stems = {each for each in (stem(word.lower(), locale), stem(surface, locale)) if len(each) >= _SHORTEST_STEM}
    one = (surface[:-1],) if surface[-1:] in _PLURAL and len(surface) > _ALIKE else ()
    return frozenset((surface, *stems, *one))
