"""The pieces of a sentence by which it is judged: words in a row, and letters in a row, however it was typed.

What trains the words (`tools/train_words.py`) and what scores a sentence (`bot/conversation/likelihood.py`) take the
same pieces, from here. A change here asks for a new training.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from itertools import pairwise

ROWS = 32_768
"""How many rows each of the two tables has, that of words and that of letters."""

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
_REPEATED = re.compile(r"(.)\1{2,}")
_TOKEN = re.compile(r"[^\W_]+|[?!\"():*#@&+=/%$€]|\.\.|[^\w\s\x00-\x7f]")


def tokens(text: str) -> list[str]:
    """Return the words and signs of a text, folded: without accents, capitals, apostrophes, or letters thrice."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = _DROPPED.sub("", unicodedata.normalize("NFD", text.casefold())).translate(_ALIKE)
        for sign, letters in _LIGATURES.items():
            text = text.replace(sign, letters)
    text = _REPEATED.sub(r"\1\1", text.lower())
    return _TOKEN.findall(text.replace("'", " "))


def word_pieces(found: list[str]) -> set[str]:
    """Return the words, and two and three in a row, where a text begins and ends, and how long it is."""
    framed = ["^", *found, "$"]
    pieces = set(found)
    pieces.update(map(" ".join, pairwise(framed)))
    pieces.update(map(" ".join, zip(framed, framed[1:], framed[2:], strict=False)))
    pieces.add(f"\n{min(len(found), 40).bit_length()}")
    return pieces


def letter_pieces(found: list[str]) -> set[str]:
    """Return what two, three, four and five letters in a row there are, spaces among them."""
    line = f" {' '.join(found)} "
    return {line[start : start + width] for width in (2, 3, 4, 5) for start in range(len(line) - width + 1)}


def row_of(piece: str) -> int:
    """Return the row of a table in which a piece stands: the same on every machine, and with others."""
    return zlib.crc32(piece.encode("utf-8", "surrogatepass")) % ROWS
