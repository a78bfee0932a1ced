"""Stems of words in French, German and English, by which texts are compared and found whatever the form of their words.

Everything is computed on this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from bot.content.names import fold, words

_LANGUAGES: Mapping[str, str] = {"fr": "french", "en": "english", "de": "german"}


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS: Mapping[str, frozenset[str]] = {
    "fr": _word_set(
        "a ai ainsi alors as au aucun aussi autre aux avec avez avoir avons bien c ca car ce cela ces cet cette ceux"
        " chaque chez comme comment d dans de des deux doit donc du elle elles en encore entre es est et etait etc"
        " ete etre eu eux faire fait faut font grace il ils j je l la le les leur leurs lors lui m ma mais me meme"
        " mes moins mon n ne ni nos notre nous on ont ou par parce pas peu peut peuvent plus pour pourquoi pourrait"
        " qu quand que quel quelle qui quoi s sa sans se sera ses si soit son sont sous sur t ta te tes toi ton tous"
        " tout toute toutes tres tu un une vers vos votre vous y"
    ),
    "en": _word_set(
        "a about all also an and any are as at be because been being but by can could did do does each for from had"
        " has have he her his how i if in into is it its just like make many may me more most my no not of on one or"
        " other our out s should so some such t than that the their them then there these they this those through to"
        " too up us very was we were what when where which who why will with would you your"
    ),
    "de": _word_set(
        "aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis da damit dann das dass dem"
        " den der des die dies diese diesem diesen dieser dieses doch du durch ein eine einem einen einer eines er es"
        " fur gibt haben hat hatte ich ihr ihre ihren im in ins ist ja jede jeder kann kein keine konnen man mehr"
        " mein mit muss mussen nach nicht noch nur ob oder ohne schon sehr sein seine sich sie sind so soll sollen"
        " sollte uber um und uns unser unsere unter vom von vor war was weil wenn wer werden wie wir wird wo zu zum"
        " zur zwischen"
    ),
}
"""The stop words (frequent words such as «the») of each language, without accents and capitals.

They identify the language of a text, and carry no information about its subject.
"""


def language(text: str, otherwise: str) -> str:
    """Return the language of a text, «fr», «en» or «de», as its frequent words (such as «the») tell it.

    Returns `otherwise` if these words do not tell the language.
    """
    folded = words(fold(text))
    scores = {locale: sum(word in stop for word in folded) for locale, stop in STOP_WORDS.items()}
    best = max(scores.values())
    winners = [locale for locale, score in scores.items() if score == best]
    return winners[0] if best and len(winners) == 1 else otherwise


def stems(text: str, locale: str) -> str:
    """Return the stems (beginnings of words, without endings) of a text, each once, in order, separated by blanks.

    `locale` is the language to assume if the text's frequent words do not decide it.
    """
    text_locale = language(text, locale)
    stop = STOP_WORDS.get(text_locale, frozenset())
    all_stems = (stem(word, text_locale) for word in words(text.lower()) if fold(word) not in stop)
    return " ".join(dict.fromkeys(word_stem for word_stem in all_stems if len(word_stem) > 1))


@lru_cache(maxsize=16_384)
def stem(word: str, locale: str) -> str:
    """Return the stem of a word (its beginning, without endings), without accents and capitals.

    For an unknown language the whole word is returned, also without accents and capitals.
    """
    from snowballstemmer import stemmer  # 3 MB, as it brings the stemmers of thirty languages

    # The word is folded after stemming, because the stemmers need accents to distinguish «marché» from «marche».
    # Every call makes a stemmer, because two threads must not share one.
    name = _LANGUAGES.get(locale)
    return fold(stemmer(name).stemWord(word) if name else word)
