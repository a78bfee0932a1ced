"""Finds the section of practical information that answers a question, as people write questions on their phones.

Everything is computed on this machine, from the words by which each section is known in all languages: other forms of
them count, and mistakes of a letter or two. A text is taken for a question about a section if enough of it speaks of
that section; less is enough if the text asks something.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.content.i18n import LOCALES
from bot.content.names import fold, words
from bot.content.stems import STOP_WORDS, stem

_LONGEST = 300
"""The most characters of a text in which a section is searched: a longer one tells a story."""
_MUCH, _MORE, _SOME = 0.6, 0.3, 0.2
"""The least share of a text that must speak of a section: of any text, of one about its writer, of one that asks."""
_ENOUGH = 0.9
"""The least score of a section, which is about one for each word that speaks of it."""
_PARTLY = 0.3
"""How much one word of several counts without the others: «mot» of «mot de passe»."""
_ALMOST = 0.9
"""How much a word counts that is almost one of the section's, or has one of them within it."""
_SHORTEST_FUZZY, _LONG = 6, 8
"""From how many letters on a word may have one wrong letter, and two."""
_SHORTEST_WITHIN, _LEAST_BESIDE = 5, 3
"""The fewest letters of a word that is recognised within another, and beside it: «zimmer» in «hotelzimmer»."""


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ASKING = _word_set(
    "ou comment quand quel quelle quels quelles combien quoi koi pourquoi besoin cherche cherchons perdu perdue trouve"
    " trouver marche how what whats when where wheres why need looking lost find cant doesnt isnt anyone someone wo"
    " wohin woher wie wann welche welcher welches welchem welchen wem brauche suche verloren gibt gibts geht jemand"
)
"""Words of texts that ask something, or say that something is missing, without accents."""
_ASKING_FIRST = _word_set(
    "est esque y ya qui que is are do does did can could may who whom whose which ist sind hat habt kann konnt darf wer"
    " was"
)
"""Words that ask something at the beginning of a text, but not within it."""
_OWN = _word_set(
    "j je jai jme jsuis jarrive mon ma mes moi i im ive my me mine ich mir mich mein meine meinen meinem meiner pas no"
    " not nicht kein keine keinen"
)
"""Words of texts in which somebody tells of themselves, or that something is not there: «j'ai laissé mon ordi»."""
_NOISE = _word_set(
    "alors am bitte bjr bonjour bonsoir ca cant cest chui coucou da danke denn dir doesnt donc dont eigentlich es"
    " esque euch faut get gibt gibts got group groupe groupes groups gruppe gruppen hab habe habt hallo hello"
    " here hey hi hier ici id im isnt ive jai jarrive jme jsuis kann koi konnt la mal me merci mich mir mochte"
    " moin non ok oui pas peut peux please pls pr puis qqn quelqu quelqun quelqune quoi salut slt stp suis svp"
    " svpl thanks there thx uns us veux voudrais we whats wheres will wir ya"
)
"""Words of chats that say nothing of what is asked, besides the stop words of each language.

«Gruppe» among them is everybody's word here, and nearly «Grippe».
"""
_UNTOLD = frozenset[str]().union(*STOP_WORDS.values(), _NOISE)


@dataclass(frozen=True, slots=True)
class KnownBy:
    """The phrases, of one or several words, by which a section is known, each with its locale; «» for any language."""

    key: str
    phrases: tuple[tuple[str, str], ...]


def nearest(text: str, sections: Sequence[KnownBy]) -> str | None:
    """Return the key of the section that a text asks about; None if it seems to ask about none of them."""
    written = words(fold(text)) if len(text) <= _LONGEST else []
    if not written:
        return None
    telling = _telling(written)
    scores = _index(tuple(sections)).scores(written, frozenset(telling))
    key, score = max(scores.items(), key=lambda item: (item[1], item[0]), default=("", 0.0))
    asks = "?" in text or written[0] in _ASKING_FIRST or not _ASKING.isdisjoint(written)
    least = _SOME if asks else _MUCH if _OWN.isdisjoint(written) else _MORE
    enough = score >= _ENOUGH and score / len(telling) >= least
    return key if enough else None


def _telling(folded: Sequence[str]) -> Sequence[str]:
    """Return the words of a text that say what it is about; all of them if none does, as of «c'est où»."""
    return [word for word in folded if word not in _UNTOLD] or folded


# --- the words of all sections, made ready once


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase by which the section with the key `key` is known: the forms of each of its words."""

    key: str
    forms: tuple[frozenset[str], ...]


class _Index:
    """The phrases of all sections, found by the forms of their words."""

    def __init__(self, sections: Iterable[KnownBy]) -> None:
        self._of_form: dict[str, list[tuple[_Phrase, int]]] = defaultdict(list)
        """By form of a word: the phrases with that word, and the position of the word in each."""
        self._surfaces: dict[str, frozenset[str]] = {}
        for section in sections:
            for locale, phrase in section.phrases:
                self._add(section.key, locale, phrase)

    def _add(self, key: str, locale: str, phrase: str) -> None:
        every, telling = words(phrase.lower()), frozenset(_telling(words(fold(phrase))))
        telling_words = [word for word in every if fold(word) in telling]
        known = telling_words if len(telling_words) > 1 else every  # the one of «comment venir» would match too much
        indexed_phrase = _Phrase(key, tuple(_forms(word, (locale,) if locale else LOCALES) for word in known))
        for position, (word, forms) in enumerate(zip(known, indexed_phrase.forms, strict=True)):
            self._surfaces[fold(word)] = forms
            for form in forms:
                self._of_form[form].append((indexed_phrase, position))

    def scores(self, written: Sequence[str], telling: Collection[str]) -> Mapping[str, float]:
        """Return the score of each section of which any of the written words speaks; only those `telling` count."""
        matches: dict[_Phrase, dict[int, tuple[int, float]]] = defaultdict(dict)
        for number, token in enumerate(written):
            for form, weight in self._like(token):
                for phrase, position in self._of_form.get(form, ()):
                    if weight > matches[phrase].get(position, (0, 0.0))[1]:
                        matches[phrase][position] = (number, weight)
        best: dict[str, dict[int, float]] = defaultdict(dict)
        for phrase, positions in matches.items():
            whole = 1.0 if len(positions) == len(phrase.forms) else _PARTLY
            for number, weight in positions.values():
                if written[number] not in telling:
                    continue
                best[phrase.key][number] = max(best[phrase.key].get(number, 0.0), whole * weight)
        shared = Counter(number for numbers in best.values() for number, weight in numbers.items() if weight > _PARTLY)
        return {
            key: sum(weight / math.sqrt(max(1, shared[number])) for number, weight in numbers.items())
            for key, numbers in best.items()
        }

    def _like(self, token: str) -> Iterator[tuple[str, float]]:
        """Yield the known forms that a word has or almost has, each with how much it counts."""
        exact = [form for form in _forms(token, LOCALES) if form in self._of_form]
        if exact:
            yield from ((form, 1.0) for form in exact)
            return
        for surface in self._almost(token):
            yield from ((form, _ALMOST) for form in self._surfaces[surface])

    def _almost(self, token: str) -> Iterator[str]:
        """Yield the known words from which a word differs by a letter or two, or which it has within it."""
        from rapidfuzz.distance import OSA  # 2 MB, of use only where somebody asks something

        if len(token) < _SHORTEST_FUZZY:
            return
        wrong = 2 if len(token) >= _LONG else 1
        for surface in self._surfaces:
            if len(surface) < _SHORTEST_WITHIN:
                continue
            ends = token.startswith(surface) or token.endswith(surface)
            within = ends and len(token) - len(surface) >= _LEAST_BESIDE
            if within or OSA.distance(token, surface, score_cutoff=wrong) <= wrong:
                yield surface


@lru_cache(maxsize=4)
def _index(sections: tuple[KnownBy, ...]) -> _Index:
    return _Index(sections)


def _forms(word: str, locales: Iterable[str]) -> frozenset[str]:
    """Return a word and its stems, without accents; also the stems that it has if its accents are not written."""
    return frozenset(
        (fold(word), *(stem(written, locale) for locale in locales for written in (word.lower(), fold(word))))
    )
