"""Estimates how likely each label is for a typed text, by the words and letters of lines that have this label.

A label is a kind of words, or what a question is about. The labels and all weights are in files beside this module,
which `tools/train_words.py` writes. A file is read when the first sentence is scored. Nothing here asks a network or a
database, and the same sentence always scores the same.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.conversation.ngrams import Kinds, kind_pieces, letter_pieces, row_of, tokens, word_pieces

FORMAT = 2
"""The version of the file format that this module reads."""
MODEL = Path(__file__).with_name("words.model")
"""The file of the model that tells what kind of words a text is."""
ABOUT_MODEL = Path(__file__).with_name("about.model")
"""The file of the model that tells what a question is about."""
OFFSET = 128
"""The number added to each weight in the file, so that none is negative."""

_LANE = 32
"""Bits for each sum: a piece adds at most 255 × 255 to it, so 65,000 pieces fit."""
_BYTES = _LANE // 8
_KEPT, _LONGEST_KEPT = 50_000, 5
"""How many pieces of text are cached with their weights (about 10 MB), and the most letters of a cached piece.

So sequences of a few letters are cached; longer words that people typed are not.
"""
_WHOLE = 700
"""The most characters of a text that is scored as a whole, because a short story and its request belong together."""
_PART = 400
"""How many characters a part of a longer text has at most."""
_STEP = 320
"""How many characters after a part the next part begins, in a sentence that is too long for one part."""
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


class _Table(dict[str, int]):
    """What each piece adds to the sums, in lanes of one number, so that a sentence is one addition a piece.

    From below: its rarity, that squared, and for each label its weight times its rarity.
    """

    def __init__(self, rows: memoryview, width: int) -> None:
        super().__init__()
        self._rows = rows
        self._width = width
        self._read: list[int | None] = [None] * (len(rows) // width)

    def __missing__(self, piece: str) -> int:
        row = row_of(piece, len(self._read))
        lanes = self._read[row]
        if lanes is None:
            lanes = self._read[row] = self._lanes(row)
        if len(piece) <= _LONGEST_KEPT:
            if len(self) >= _KEPT:
                self.clear()
            self[piece] = lanes
        return lanes

    def _lanes(self, row: int) -> int:
        start = row * self._width
        rarity = self._rows[start]
        spread = bytearray(_BYTES * (self._width - 1))
        spread[::_BYTES] = self._rows[start + 1 : start + self._width]
        weights = int.from_bytes(spread, "little") * rarity
        return (weights << _LANE | rarity * rarity) << _LANE | rarity


@dataclass(frozen=True, slots=True)
class Model:
    """A statistical model of words, read from a file: it tells how likely each label is for a text.

    Its weights are for pieces of text.
    """

    labels: tuple[str, ...]
    urgent: str
    """The label that is recognised even if only one part of a long text is about it; '' for none."""
    biases: tuple[float, ...]
    scales: tuple[float, ...]
    """The number by which stored weights are multiplied, for words, for letters and for kinds of words."""
    kinds: Kinds
    sources: Mapping[str, str]
    """The files from which the model was made: the SHA-256 of each, by its path in the checkout."""
    tables: tuple[_Table, _Table]
    """The table of words and their kinds, and the table of letters."""

    def likelihood(self, text: str) -> Mapping[str, float]:
        """Return the likelihood of each label for a text, from 0 to 1; together they are 1.

        A long text is scored in parts: the label `urgent` gets its highest likelihood in any part, and the other labels
        share the rest in proportion to their average over all parts.
        """
        parts = [dict(zip(self.labels, shares(self.scores(part)), strict=True)) for part in parts_of(text)]
        told = {label: sum(part[label] for part in parts) / len(parts) for label in self.labels}
        if len(parts) == 1 or not self.urgent:
            return told
        worst = max(part[self.urgent] for part in parts)
        rest = (1 - worst) / max(1 - told[self.urgent], 1e-9)
        return {label: worst if label == self.urgent else share * rest for label, share in told.items()}

    def scores(self, text: str) -> list[float]:
        """Return a score for each label of a text: the logarithm of its likelihood, plus a constant for all labels."""
        found = tokens(text)
        totals = list(self.biases)
        lanes = struct.Struct(f"<{len(self.labels) + 2}I")
        words, letters = self.tables
        for pieces, table, scale in zip(
            (word_pieces(found), letter_pieces(found), kind_pieces(found, self.kinds)),
            (words, letters, words),
            self.scales,
            strict=True,
        ):
            summed = sum(map(table.__getitem__, pieces))
            rarity, squares, *sums = lanes.unpack(summed.to_bytes(lanes.size, "little"))
            if squares:
                unit = scale / math.sqrt(squares)
                for label, value in enumerate(sums):
                    totals[label] += unit * (value - OFFSET * rarity)
        return totals


def parse_model(content: bytes) -> Model:
    """Return the model in a file that `tools/train_words.py` wrote. Raises ValueError for another format."""
    head, _, rows = content.partition(b"\n")
    said = json.loads(head)
    width, size = len(said.get("labels", ())) + 1, said.get("rows", 0)
    if said.get("format") != FORMAT or len(rows) != 2 * size * width:
        raise ValueError("weights of words are of another format: python -m tools.train_words")
    view = memoryview(rows)
    return Model(
        labels=tuple(said["labels"]),
        urgent=said["urgent"],
        biases=tuple(said["biases"]),
        scales=tuple(said["scales"]),
        kinds=Kinds(said["kinds"]),
        sources=said["sources"],
        tables=(_Table(view[: size * width], width), _Table(view[size * width :], width)),
    )


@lru_cache(maxsize=2)
def shipped_model(path: Path = MODEL) -> Model:
    """Return the model in a file beside this module, which is read once."""
    return parse_model(path.read_bytes())


def likelihood(text: str) -> Mapping[str, float]:
    """Return how likely a text is to be of each kind of words, such as a cry for help, by the label of the kind.

    The values are from 0 to 1; together they are 1, for any text.
    """
    return shipped_model().likelihood(text)


def about(text: str) -> Mapping[str, float]:
    """Return how likely a question is about each subject, by the label of the subject.

    The values are from 0 to 1; together they are 1, for any text.
    """
    return shipped_model(ABOUT_MODEL).likelihood(text)


def shares(scores: list[float]) -> list[float]:
    """Return the likelihoods, from 0 to 1 and together 1, for scores, which are logarithms of likelihoods."""
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def parts_of(text: str) -> list[str]:
    """Return a text in parts to be scored: a short text whole, a long text in groups of sentences.

    A sentence that is too long for a part is cut into overlapping pieces.
    """
    if len(text) <= _WHOLE:
        return [text]
    parts = [""]
    for sentence in _SENTENCE.split(text):
        if len(parts[-1]) + len(sentence) < _PART:
            parts[-1] += f" {sentence}"
        else:
            starts = range(0, max(1, len(sentence) - _PART + _STEP), _STEP)
            parts += [sentence[start : start + _PART] for start in starts]
    return [part for part in parts if part.strip()] or [""]
