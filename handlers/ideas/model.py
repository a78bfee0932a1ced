"""Which ideas resemble each other: word forms cut down to their stems, in French, German and English, and compared.

Nothing leaves the machine. Stems are kept beside each idea, so that comparing thousands is arithmetic alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from snowballstemmer import stemmer

from bot.content.names import fold, words

_LANGUAGES: Mapping[str, str] = {"fr": "french", "en": "english", "de": "german"}
_LIKE_ENOUGH = 0.12
"""Below this, two ideas only happen to share a common word."""


def _each(said: str) -> frozenset[str]:
    return frozenset(said.split())


_STOP: Mapping[str, frozenset[str]] = {
    "fr": _each(
        "a ai ainsi alors as au aucun aussi autre aux avec avez avoir avons bien c ca car ce cela ces cet cette ceux"
        " chaque chez comme comment d dans de des deux doit donc du elle elles en encore entre es est et etait etc"
        " ete etre eu eux faire fait faut font grace il ils j je l la le les leur leurs lors lui m ma mais me meme"
        " mes moins mon n ne ni nos notre nous on ont ou par parce pas peu peut peuvent plus pour pourquoi pourrait"
        " qu quand que quel quelle qui quoi s sa sans se sera ses si soit son sont sous sur t ta te tes toi ton tous"
        " tout toute toutes tres tu un une vers vos votre vous y"
    ),
    "en": _each(
        "a about all also an and any are as at be because been being but by can could did do does each for from had"
        " has have he her his how i if in into is it its just like make many may me more most my no not of on one or"
        " other our out s should so some such t than that the their them then there these they this those through to"
        " too up us very was we were what when where which who why will with would you your"
    ),
    "de": _each(
        "aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis da damit dann das dass dem"
        " den der des die dies diese diesem diesen dieser dieses doch du durch ein eine einem einen einer eines er es"
        " fur gibt haben hat hatte ich ihr ihre ihren im in ins ist ja jede jeder kann kein keine konnen man mehr"
        " mein mit muss mussen nach nicht noch nur ob oder ohne schon sehr sein seine sich sie sind so soll sollen"
        " sollte uber um und uns unser unsere unter vom von vor war was weil wenn wer werden wie wir wird wo zu zum"
        " zur zwischen"
    ),
}
"""Small words, folded: they tell the language, and say nothing else."""


def language(text: str, otherwise: str) -> str:
    """The language of a text by its small words: «fr», «en» or «de»; `otherwise` where these do not tell."""
    found = words(fold(text))
    scores = {locale: sum(word in stop for word in found) for locale, stop in _STOP.items()}
    best = max(scores.values())
    winners = [locale for locale, score in scores.items() if score == best]
    return winners[0] if best and len(winners) == 1 else otherwise


def stems(text: str, locale: str) -> str:
    """The stems of a text, each once, in order, separated by blanks; `locale` where the language does not show."""
    told = language(text, locale)
    stop = _STOP.get(told, frozenset())
    kept = (_stem(word, told) for word in words(text.lower()) if fold(word) not in stop)
    return " ".join(dict.fromkeys(stem for stem in kept if len(stem) > 1))


@lru_cache(maxsize=16_384)
def _stem(word: str, locale: str) -> str:
    # Folded afterwards only: the stemmers tell «marché» from «marche» and «Häuser» from «hauser» by the accent. One of
    # its own each time, for they are no two threads' at once.
    name = _LANGUAGES.get(locale)
    return fold(stemmer(name).stemWord(word) if name else word)


def alike(stems: str, candidates: Sequence[tuple[int, str]], most: int) -> list[tuple[int, float]]:
    """The candidates (id, stems) that most resemble some stems: id and likeness (0 to 1), best first, then by id.

    At most so many, and only those that are like enough to be worth reading. Rare words count more than common ones.
    """
    wanted = set(stems.split())
    # What is split is let go at once: that is faster than keeping thousands of lists.
    spread = Counter(" ".join(their for _idea, their in candidates).split())
    every = len(candidates)
    weights = {stem: _weight(count, every) for stem, count in spread.items()}
    mine = sum(weights.get(stem) or _weight(0, every) for stem in wanted)
    found: list[tuple[int, float]] = []
    for idea, said in candidates:
        their = said.split()
        if common := wanted.intersection(their):
            shared = sum(weights[stem] for stem in common)
            likeness = shared / math.sqrt(mine * sum(weights[stem] for stem in their))
            if likeness >= _LIKE_ENOUGH:
                found.append((idea, round(likeness, 6)))
    return sorted(found, key=lambda each: (-each[1], each[0]))[:most]


def _weight(count: int, every: int) -> float:
    return math.log(1 + (1 + every) / (1 + count)) ** 2
