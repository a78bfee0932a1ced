"""How likely each label is for what somebody typed, by words and letters that lines with this label have.

There are two models: of which kind words are (`likelihood`), and, of questions, what they are about (`about`). The
labels, and all that is known of them, are in files beside this module, which `tools/train_words.py` writes. They are
read when the first sentence is scored. Nothing here asks a network or a database, and the same sentence always scores
the same.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.conversation.ngrams import Kinds, kind_pieces, letter_pieces, row_of, tokens, word_pieces

FORMAT = 2
"""Which layout of the files this module reads."""
KINDS_MODEL = Path(__file__).with_name("words.model")
"""The model of the kinds of words."""
ABOUT_MODEL = Path(__file__).with_name("about.model")
"""The model of what questions are about."""
OFFSET = 128
"""What is added to each weight in the file, so that none is below zero."""

_LANE = 32
"""Bits for each sum: a piece adds at most 255 × 255 to it, so 65,000 pieces fit."""
_KEPT = 50_000
"""How many pieces of sentences are remembered with their weights, in about 10 MB."""
_WHOLE = 240
"""Up to how many characters a text is scored as one."""
_STEP = 120
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


class _Table(dict[str, int]):
    """What each piece adds to the sums, in lanes of one number, so that a sentence is one addition a piece.

    From below: its rarity, that squared, and for each label its weight times its rarity.
    """

    def __init__(self, rows: memoryview, width: int) -> None:
        """`rows` has the bytes of all rows, `width` in each."""
        super().__init__()
        self._rows = rows
        self._width = width
        self._size = len(rows) // width

    def __missing__(self, piece: str) -> int:
        start = row_of(piece, self._size) * self._width
        rarity, *weights = self._rows[start : start + self._width]
        lanes = rarity | rarity * rarity << _LANE
        for lane, weight in enumerate(weights, 2):
            lanes |= weight * rarity << _LANE * lane
        if len(self) >= _KEPT:
            self.clear()
        self[piece] = lanes
        return lanes


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of pieces for each label, as read from a file."""

    labels: tuple[str, ...]
    worst: str
    """The label for which the worst sentence of a long text counts, '' for none."""
    biases: tuple[float, ...]
    scales: tuple[float, ...]
    """How much one step of a weight is, for words, for letters and for kinds of words."""
    kinds: Kinds
    sources: Mapping[str, str]
    """What it was made from: the SHA-256 of each file, by its path in the checkout."""
    tables: tuple[_Table, _Table]
    """That of words and their kinds, and that of letters."""

    def scores(self, text: str) -> list[float]:
        """Return a score for each label: the logarithm of its likelihood, but for what is common to all."""
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


def read_model(path: Path) -> Model:
    """Read a file that `tools/train_words.py` wrote. Raises ValueError for another format."""
    content = path.read_bytes()
    head, _, rows = content.partition(b"\n")
    said = json.loads(head)
    width, size = len(said.get("labels", ())) + 1, said.get("rows", 0)
    if said.get("format") != FORMAT or len(rows) != 2 * size * width:
        raise ValueError(f"{path.name} is of another format: train the words again")
    view = memoryview(rows)
    words, letters = view[: size * width], view[size * width :]
    return Model(
        labels=tuple(said["labels"]),
        worst=said["worst"],
        biases=tuple(said["biases"]),
        scales=tuple(said["scales"]),
        kinds=Kinds(said["kinds"]),
        sources=said["sources"],
        tables=(_Table(words, width), _Table(letters, width)),
    )


@lru_cache(maxsize=2)
def _model(path: Path) -> Model:
    return read_model(path)


def likelihood(text: str) -> Mapping[str, float]:
    """Return how likely a text is of each kind, by label, from 0 to 1, all together 1. Any text has one."""
    return _by_label(_model(KINDS_MODEL), text)


def about(text: str) -> Mapping[str, float]:
    """Return how likely a question is about each thing, by label, from 0 to 1, all together 1. Any text has one."""
    return _by_label(_model(ABOUT_MODEL), text)


def _by_label(model: Model, text: str) -> Mapping[str, float]:
    """Return the likelihood of each label: of a long text the mean of its sentences, and the worst of one label."""
    parts = [dict(zip(model.labels, shares(model.scores(part)), strict=True)) for part in pieces_of(text)]
    if len(parts) == 1:
        return parts[0]
    means = {label: sum(part[label] for part in parts) / len(parts) for label in model.labels}
    if not model.worst:
        return means
    worst = max(part[model.worst] for part in parts)
    left = 1 - means[model.worst]
    rest = (1 - worst) / left if left else 0.0
    return {label: worst if label == model.worst else share * rest for label, share in means.items()}


def shares(scores: list[float]) -> list[float]:
    """Return the likelihoods of scores: each between 0 and 1, all together 1."""
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def pieces_of(text: str) -> list[str]:
    """Return the sentences of a long text, those without an end in pieces that overlap; a short text is one."""
    if len(text) <= _WHOLE:
        return [text]
    return list(_windows(text))


def _windows(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(text):
        if len(sentence) <= _WHOLE:
            if sentence.strip():
                yield sentence
            continue
        for start in range(0, len(sentence) - _STEP, _STEP):
            yield sentence[start : start + _WHOLE]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, as the model names what it was made from."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
