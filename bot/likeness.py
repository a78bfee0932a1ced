"""Which ideas resemble each other: word forms cut down to their stems, in French, German and English, and compared.

Nothing leaves the machine. Stems are kept beside each idea, so that comparing thousands is arithmetic alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from snowballstemmer import stemmer

from bot.domain.names import fold, words

_LANGUAGES: Mapping[str, str] = {"fr": "french", "en": "english", "de": "german"}
_LIKE_ENOUGH = 0.12
"""Below this, two ideas only happen to share a common word."""

_STOP: Mapping[str, frozenset[str]] = {
    "fr": frozenset(
        "a ai ainsi alors as au aucun aussi autre aux avec avoir bien ca car ce cela ces cet cette ceux chez comme"
        " comment dans de des deux doit donc du elle elles en encore entre es est et etait etc ete etre eu eux faire"
        " fait faut font grace il ils je la le les leur leurs lors lui ma mais me meme mes moins mon ne ni nos notre"
        " nous on ont ou par parce pas peu peut peuvent plus pour pourquoi pourrait quand que quel quelle qui quoi"
        " sa sans se sera ses si soit son sont sous sur ta te tes toi ton tous tout toute toutes tres tu un une vers"
        " vos votre vous y".split()
    )
    | frozenset("c d j l m n qu s t".split()),
    "en": frozenset(
        "a about all also an and any are as at be because been being but by can could did do does each for from had"
        " has have he her his how i if in into is it its just like make many may me more most my no not of on one or"
        " other our out should so some such than that the their them then there these they this those through to too"
        " up us very was we were what when where which who why will with would you your".split()
    )
    | frozenset("s t".split()),
    "de": frozenset(
        "aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis da damit dann das dass dem den"
        " der des die dies diese diesem diesen dieser dieses doch du durch ein eine einem einen einer eines er es fur"
        " gibt haben hat hatte ich ihr ihre ihren im in ins ist ja jede jeder kann kein keine konnen man mehr mein"
        " mit muss mussen nach nicht noch nur ob oder ohne schon sehr sein seine sich sie sind so soll sollen sollte"
        " uber um und uns unser unsere unter vom von vor war was weil wenn wer werden wie wir wird wo zu zum zur"
        " zwischen".split()
    ),
}


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
    spread: Counter[str] = Counter()
    sets = [(idea, frozenset(their.split())) for idea, their in candidates]
    for _idea, their in sets:
        spread.update(their)
    everyone = len(sets) + 1
    weights = {stem: math.log(1 + everyone / (1 + count)) ** 2 for stem, count in spread.items()}
    mine = sum(weights.get(stem, math.log(1 + everyone) ** 2) for stem in wanted)
    found: list[tuple[int, float]] = []
    for idea, their in sets:
        if common := wanted & their:
            dot = sum(weights[stem] for stem in common)
            size = sum(weights[stem] for stem in their)
            if (likeness := dot / math.sqrt(mine * size)) >= _LIKE_ENOUGH:
                found.append((idea, round(likeness, 6)))
    return sorted(found, key=lambda each: (-each[1], each[0]))[:most]
