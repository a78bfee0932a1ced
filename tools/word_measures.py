"""Measures the model of typed words: `python -m tools.word_measures` scores lines on which it was not trained.

It prints a matrix of labels, and for several likelihoods how many lines of each label are that likely cries for help.
`--writers` also trains with a quarter, a half and all of the writers, which takes some minutes. `python -m benchmarks
words` measures what the program does with the lines in the chat.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.conversation.likelihood import Model, parse_model, shipped_model
from tools.train_words import LABELS, TABLE, URGENT, Line, read_lines, train, training_files

_IDEA = "idea"
_CURVE = (0.03, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_FLAGGED = 0.06
"""Which part of the ideas may be taken for a cry where one measures how many cries are found."""

Scored = Sequence[tuple[Line, dict[str, float]]]
"""Lines, each with the likelihood of each label."""


def score(lines: Sequence[Line], model: Model) -> Scored:
    """Return each line with the likelihood of each label."""
    return [(line, dict(model.likelihood(line.text))) for line in lines]


def held_out(prefix: str, folder: Path = TABLE) -> list[Line]:
    """Return the lines of all files whose names begin with `prefix`, on which the weights were not trained."""
    return [line for path in sorted(folder.glob(f"{prefix}*.tsv")) for line in read_lines(path)]


def cries_found(scored: Scored) -> float:
    """Return the share of cries for help that is recognised if about a twentieth of the ideas is mistaken for one."""
    ideas = sorted((found[URGENT] for line, found in scored if line.label == _IDEA), reverse=True)
    bound = ideas[int(_FLAGGED * len(ideas))]
    cries = [found[URGENT] for line, found in scored if line.label == URGENT]
    return sum(value > bound for value in cries) / len(cries)


def matrix(scored: Scored) -> Iterator[str]:
    """Yield the matrix of the likeliest labels (columns) for the lines of each label (rows)."""
    yield f"{'':10}" + "".join(f"{label:>10}" for label in LABELS)
    for label in LABELS:
        told = [max(found, key=lambda name: found[name]) for line, found in scored if line.label == label]
        yield f"{label:10}" + "".join(f"{told.count(other):10}" for other in LABELS)


def curve(scored: Scored) -> Iterator[str]:
    """Yield the share of each label's lines that reach a likelihood of being a cry for help."""
    yield f"{'p(cry)':10}" + "".join(f"{label:>10}" for label in LABELS)
    for bound in _CURVE:
        parts = []
        for label in LABELS:
            values = [found[URGENT] for line, found in scored if line.label == label]
            parts.append(sum(value >= bound for value in values) / max(1, len(values)))
        yield f">= {bound:<7}" + "".join(f"{part:10.1%}" for part in parts)


def main() -> None:
    """Print how well the model labels lines on which it was not trained, and how many cries for help it finds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", default="kept", help="how the names of the files begin that are scored")
    parser.add_argument("--writers", action="store_true", help="train with fewer writers, too")
    arguments = parser.parse_args()
    lines = held_out(arguments.files)
    scored = score(lines, shipped_model())
    for say in (matrix, curve):
        print(*say(scored), "", sep="\n")
    print(f"cries found where {_FLAGGED:.0%} of the ideas are taken for one: {cries_found(scored):.1%}")
    files = training_files() if arguments.writers else []
    for part in (len(files) // 4, len(files) // 2, len(files)) if files else ():
        some = [line for path in files[-part:] for line in read_lines(path)]
        found = cries_found(score(lines, parse_model(train(some, {}))))
        print(f"the same by {part} writers, {len(some)} lines: {found:.1%}")


if __name__ == "__main__":
    main()
