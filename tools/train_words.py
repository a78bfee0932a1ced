"""Trains the models that score sentences: `python -m tools.train_words` reads tools/words, and writes what the bot
reads.

A model is a multinomial logistic regression over words and letters in a row, each hashed into a row of one of two
tables, weighted by how rare it is. With the locked versions of all packages, the same lines give the same bytes. Files
of tools/words that begin with `kept` or `last` are never read: the models are measured on them.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.conversation.likelihood import ABOUT_MODEL, FORMAT, MODEL, OFFSET
from bot.conversation.ngrams import ROWS, Kinds, kind_pieces, letter_pieces, row_of, tokens, word_pieces

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "tools" / "words"
HELD_OUT = ("kept", "last")
"""How the names of files begin that are only measured on."""
URGENT = "distress"
"""The label that counts in a long text wherever it stands."""
LABELS = (URGENT, "idea", "mine", "practical", "team", "confused", "social")

KINDS = TABLE / "kinds.txt"
"""Words that mean nearly the same."""

_SHARES = (1.0, 1.4, 0.8)
"""How much words, letters and kinds of words count beside each other."""
_WEIGHT = 1.5
"""How much a line of the urgent label counts, beside one of another."""
_STRENGTH = 0.15
"""How strongly weights are drawn towards nothing."""
_ABOUT_ROWS, _ABOUT_STRENGTH = 4096, 0.02
"""The rows of each table by which it is told what questions are about, and how strongly these are drawn."""
_ROUNDS = 50
_MEMORY = 8

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.int64]


class Line(NamedTuple):
    """A line of the table of sentences: a typed text, its language, label and topic, and the phase at that time."""

    text: str
    lang: str
    label: str
    about: str
    state: str


def read_lines(path: Path) -> list[Line]:
    """Return the lines of one file of the table of sentences."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return [Line(*row) for row in rows]


def training_files(folder: Path = TABLE) -> list[Path]:
    """Return the files of the table of sentences on which the models are trained, in the order of their names."""
    return [path for path in sorted(folder.glob("*.tsv")) if not path.name.startswith(HELD_OUT)]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces (words or letters in a row) of several texts, as rows of a table, one text after the other.

    `starts` holds the index in `rows` at which each text begins.
    """

    rows: Numbers
    starts: Numbers

    def lengths(self) -> Numbers:
        """Return how many rows each text has."""
        return np.diff(self.starts)


def pieces(texts: Sequence[Sequence[str]], cut: Callable[[Sequence[str]], set[str]], size: int) -> Pieces:
    """Return the rows of each text in a table with `size` rows.

    A text is given as its tokens, which `cut` turns into pieces: words or letters in a row. Each piece has a row.
    """
    rows: list[int] = []
    starts = [0]
    for found in texts:
        rows += sorted(row_of(piece, size) for piece in cut(found))
        starts.append(len(rows))
    return Pieces(np.array(rows, dtype=np.int64), np.array(starts, dtype=np.int64))


def read_kinds(path: Path = KINDS) -> dict[str, str]:
    """Return the words of each kind, that is, words that mean the same in a sentence, as the file lists them."""
    lines = (line.partition(": ") for line in path.read_text(encoding="utf-8").splitlines() if line[:1] != "#")
    return {kind: words for kind, _, words in lines}


def rarities(views: Sequence[Pieces], size: int) -> NDArray[np.uint8]:
    """Return how rare each of the `size` rows of a table is among the texts, from 1 to 255; 255 if no text has it."""
    texts = len(views[0].starts) - 1
    counts = sum(np.bincount(found.rows, minlength=size) for found in views)
    rarity = np.log((1 + texts) / (1 + np.minimum(counts, texts))) + 1
    steps: NDArray[np.uint8] = np.maximum(1, np.rint(rarity / (np.log(1 + texts) + 1) * 255)).astype(np.uint8)
    return steps


class View(NamedTuple):
    """One sort of pieces of all texts (words, or letters in a row), with its table of weights and how much it counts.

    `table` is the number of the table, `share` how much these pieces count. `rarity` tells how rare each row of the
    table is, from 1 to 255.
    """

    pieces: Pieces
    rarity: NDArray[np.uint8]
    table: int
    share: float


class Problem:
    """The task of finding the weights that best predict the labels of texts, computed with numpy alone.

    All steps have a fixed order, so that the result is the same each time.
    """

    def __init__(self, views: Sequence[View], labels: Numbers, counting: Floats, size: int, strength: float) -> None:
        """`labels` has the number of each text's label, `counting` how much each text counts; a table has `size` rows.

        `strength` is how strongly weights are drawn towards nothing.
        """
        count = len(labels)
        self.labels = labels
        self.kinds = int(labels.max()) + 1
        self.strength = strength
        rows = []
        values = []
        texts = []
        for view in views:
            owner = np.repeat(np.arange(count), view.pieces.lengths())
            value = view.rarity[view.pieces.rows].astype(np.float64)
            norm = np.sqrt(np.bincount(owner, weights=value * value, minlength=count))
            rows.append(view.pieces.rows + view.table * size)
            values.append(value / norm[owner] * view.share)
            texts.append(owner)
        self.rows = np.concatenate(rows)
        self.values = np.concatenate(values)
        self.texts = np.concatenate(texts)
        self.size = (max(view.table for view in views) + 1) * size
        self.wanted = np.zeros((self.kinds, count))
        self.wanted[labels, np.arange(count)] = 1
        self.counting = counting

    def scores(self, weights: Floats) -> Floats:
        """Return the score of each label for each text; the last column of `weights` is the bias."""
        return np.stack(
            [
                np.bincount(self.texts, weights=self.values * line[self.rows], minlength=len(self.labels)) + line[-1]
                for line in weights
            ]
        )

    def cost(self, weights: Floats) -> tuple[float, Floats]:
        """Return the cost of weights, which is high if they predict the labels badly, and its gradient."""
        scores = self.scores(weights)
        scores -= scores.max(axis=0)
        powers = np.exp(scores)
        total = powers.sum(axis=0)
        wrong = (powers / total - self.wanted) * self.counting
        drawn = self.strength * weights
        drawn[:, -1] = 0
        cost = (
            -float((self.wanted * self.counting * (scores - np.log(total))).sum()) + float((drawn * weights).sum()) / 2
        )
        slope = np.stack(
            [
                np.append(
                    np.bincount(self.rows, weights=self.values * line[self.texts], minlength=self.size), line.sum()
                )
                for line in wrong
            ]
        )
        return cost, slope + drawn


def minimise(cost: Callable[[Floats], tuple[float, Floats]], start: Floats) -> Floats:
    """Return the point at which a cost is smallest, found by the method L-BFGS from the point `start`.

    cost(point) returns the cost there and its gradient. Sums are computed by numpy alone, in an order that does not
    depend on the number of threads.
    """
    here = start
    value, slope = cost(here)
    steps: list[tuple[Floats, Floats, float]] = []
    for _ in range(_ROUNDS):
        way = -slope
        memory = []
        for step, change, curve in reversed(steps):
            share = float((step * way).sum()) / curve
            memory.append(share)
            way = way - share * change
        if steps:
            step, change, curve = steps[-1]
            way = way * (curve / float((change * change).sum()))
        else:
            way = way / max(1.0, float(np.sqrt((slope * slope).sum())))
        for (step, change, curve), share in zip(steps, reversed(memory), strict=True):
            way = way + (share - float((change * way).sum()) / curve) * step
        downhill = float((way * slope).sum())
        length = 1.0
        while True:
            there = here + length * way
            new_value, new_slope = cost(there)
            if new_value <= value + 1e-4 * length * downhill or length < 1e-6:
                break
            length /= 2
        step, change = there - here, new_slope - slope
        curve = float((step * change).sum())
        if curve > 1e-10:
            steps = [*steps, (step, change, curve)][-_MEMORY:]
        here, value, slope = there, new_value, new_slope
    return here


def train(lines: Sequence[Line], made_from: Mapping[str, str]) -> bytes:
    """Return the file of weights that predict the label of a text, trained on `lines`.

    The file also contains `made_from`, the digest of each file on which the weights depend.
    """
    return _train([(line.text, line.label) for line in lines], LABELS, ROWS, made_from, _STRENGTH, urgent=URGENT)


def train_about(lines: Sequence[Line], made_from: Mapping[str, str]) -> bytes:
    """Return the file of weights that predict what a question is about, trained on the questions among `lines`.

    The file also contains `made_from`, the digest of each file on which the weights depend.
    """
    asked = [(line.text, line.about) for line in lines if line.about]
    return _train(asked, sorted({about for _text, about in asked}), _ABOUT_ROWS, made_from, _ABOUT_STRENGTH)


def _train(
    labelled: Sequence[tuple[str, str]],
    labels: Sequence[str],
    size: int,
    made_from: Mapping[str, str],
    strength: float,
    *,
    urgent: str = "",
) -> bytes:
    """Return the file of weights that tell the labels of texts, in tables with `size` rows.

    Of a long text the likeliest part counts for the label `urgent`, '' for none, whose texts count more.
    """
    texts = [tokens(text) for text, _label in labelled]
    listed = read_kinds()
    kinds = Kinds(listed)
    words, letters = pieces(texts, word_pieces, size), pieces(texts, letter_pieces, size)
    sorts = pieces(texts, lambda found: kind_pieces(found, kinds), size)
    rarity = [rarities([words, sorts], size), rarities([letters], size)]
    views = [
        View(found, rarity[table], table, share)
        for found, table, share in zip((words, letters, sorts), (0, 1, 0), _SHARES, strict=True)
    ]
    numbers = np.array([labels.index(label) for _text, label in labelled], dtype=np.int64)
    counting = np.array([_WEIGHT if label == urgent else 1.0 for _text, label in labelled])
    problem = Problem(views, numbers, counting, size, strength)
    weights = minimise(problem.cost, np.zeros((len(labels), problem.size + 1)))
    body = []
    steps = []
    for table, rare in enumerate(rarity):
        part = weights[:, table * size : (table + 1) * size]
        steps.append(float(np.abs(part).max()) / (OFFSET - 1))
        counted = (np.rint(part / steps[-1]) + OFFSET).astype(np.uint8)
        body.append(np.concatenate([rare[None, :], counted]).T.tobytes())
    head = {
        "format": FORMAT,
        "rows": size,
        "labels": labels,
        "urgent": urgent,
        "biases": [round(float(bias), 6) for bias in weights[:, -1]],
        "scales": [float(f"{steps[view.table] * view.share:.9g}") for view in views],
        "kinds": listed,
        "sources": dict(made_from),
    }
    return json.dumps(head).encode() + b"\n" + b"".join(body)


def sources(root: Path = ROOT) -> dict[str, str]:
    """Return the SHA-256 of each file that the weights depend on, by its path in the checkout."""
    code = [Path(__file__).resolve(), root / "bot" / "conversation" / "ngrams.py"]
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in [*training_files(), KINDS, *code]
    }


def main() -> None:
    """Train both models on all files of the table that are for it, and write the weights where the bot reads them."""
    lines = [line for path in training_files() for line in read_lines(path)]
    MODEL.write_bytes(train(lines, sources()))
    ABOUT_MODEL.write_bytes(train_about(lines, sources()))


if __name__ == "__main__":
    main()
