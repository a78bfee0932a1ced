"""Cuts sentences into the pieces by which models score them: words, kinds of words, and sequences of letters.

The program that trains the models (`tools/train_words.py`) and the one that scores sentences
(`bot/conversation/likelihood.py`) must use the same pieces. So after a change here, the models must be trained again.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

ROWS = 32_768
"""The number of rows in each of the two tables of weights: the table of words and the table of letters."""

_DROPPED = re.compile(
    "[\u00ad\u034f\u061c\u0300-\u036f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
"""Accents, and what is not seen: zero-width signs, directions, variants and tones of emoji."""
_ALIKE = str.maketrans(
    "абвгдезикмнопрстухуіїјѕԁһɡαβεηικνορτυχγσωοøłıđ\u2019\u2018\u02bc\u00b4`«»“”„‟‹›",
    'abbrdeeukmhonpctyxyiijsdhgabenikvoptyxgswoolid\'\'\'\'\'""""""""',
)
"""Letters that look like a Latin one, and the ways to write an apostrophe and quotation marks."""
_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "…": "..."}
_NEAR = 6
"""How many words on a word is no longer near."""
_KNOWN, _LONGEST_KNOWN = 20_000, 20
"""Of how many words the kinds are remembered, and of words of how many letters at most."""
_LONGEST = 4_000
"""How many characters are looked at once all are folded: one sign may stand for eighteen letters."""
_ELIDED = frozenset("cdjlmnst")
"""What stands before a French word without its apostrophe: «jtremble», «larret»."""
_SHORT = 4
"""Up to how many letters a word is too short for that."""
_REPEATED = re.compile(r"(.)\1{2,}")
_TOKEN = re.compile(r"[^\W_]+|[?!\"():*#@&+=/%$€]|\.\.|[^\w\s\x00-\x7f]")


def tokens(text: str) -> list[str]:
    """Return the words and signs of a text in their order, in a simplified spelling.

    Accents, capitals and apostrophes are removed, and a letter repeated three times or more is kept twice.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)[:_LONGEST]
        text = _DROPPED.sub("", unicodedata.normalize("NFD", text.casefold())).translate(_ALIKE)
        for sign, letters in _LIGATURES.items():
            text = text.replace(sign, letters)
    text = _REPEATED.sub(r"\1\1", text.lower())
    return _TOKEN.findall(text.replace("'", " "))


def word_pieces(found: Sequence[str]) -> set[str]:
    """Return the word pieces of a text, given its tokens.

    These are each token, the first and the last token with a mark of their place, and a mark of how many tokens there
    are.
    """
    framed = ["^", *found, "$"]
    return {*found, f"^ {framed[1]}", f"{framed[-2]} $", f"\n{min(len(found), 40).bit_length()}"}


def letter_pieces(found: Sequence[str]) -> set[str]:
    """Return all sequences of two to five letters in a text, given its tokens; blanks between words count too."""
    line = f" {' '.join(found)} "
    return {line[start : start + width] for width in (2, 3, 4, 5) for start in range(len(line) - width + 1)}


class Kinds(dict[str, tuple[str, ...]]):
    """The kinds of each word; words that mean nearly the same, in any language, are of the same kind.

    A word that nobody has looked up before is classified when it is first looked up.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        """Take the words of each kind, with spaces between; one that ends in a star stands for all that begin so."""
        super().__init__()
        self._whole: defaultdict[str, list[str]] = defaultdict(list)
        self._begun: defaultdict[str, list[str]] = defaultdict(list)
        for kind, listed in words.items():
            for word in listed.split():
                if word.endswith("*"):
                    self._begun[word[:-1]].append(kind)
                else:
                    self._whole[word].append(kind)
        self._longest = max(map(len, self._begun), default=0)

    def __missing__(self, word: str) -> tuple[str, ...]:
        kinds = self._listed(word)
        if not kinds and word[:1] in _ELIDED and len(word) > _SHORT:
            kinds = self._listed(word[1:])
            if kinds:
                kinds += self._listed(word[0])
        told = tuple(dict.fromkeys(kinds))
        if len(word) <= _LONGEST_KNOWN:  # a longer one is seldom typed twice, and may be nobody's business
            if len(self) >= _KNOWN:
                self.clear()
            self[word] = told
        return told

    def _listed(self, word: str) -> list[str]:
        kinds = list(self._whole.get(word, ()))
        for length in range(1, min(len(word), self._longest) + 1):
            kinds += self._begun.get(word[:length], ())
        return kinds


def kind_pieces(found: Sequence[str], kinds: Kinds) -> set[str]:
    """Return the pieces of a text that its words' kinds make, given its tokens.

    These are each kind, each ordered pair of kinds that are near each other, the first and the last kind, and how many
    of the words have a kind.
    """
    told = [kinds[word] for word in found]
    pieces = {f"={kind}" for word in told for kind in word}
    for place, word in enumerate(told):
        if word:
            after = [kind for other in told[place + 1 : place + _NEAR] for kind in other]
            pieces.update([f"{kind}>{other}" for kind in word for other in after])
    if told:
        pieces.update([f"^{kind}" for kind in told[0]])
        pieces.update([f"{kind}$" for kind in told[-1]])
        pieces.add(f"#{4 * sum(map(bool, told)) // len(told)}")
    return pieces


def row_of(piece: str, rows: int = ROWS) -> int:
    """Return the number of the row in a table of weights, below `rows`, that holds the weight of a piece.

    It is the same on every machine. Several pieces may share a row.
    """
    return zlib.crc32(piece.encode("utf-8", "surrogatepass")) % rows
