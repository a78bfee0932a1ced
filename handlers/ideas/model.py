"""Computes how alike ideas are, by the stems of their words (`bot.content.stems`), and names quotes of them.

The stems of an idea are stored with it, so that thousands of ideas can be compared quickly. The class `Idea` itself is
in `handlers.workshops.model`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal

_LIKE_ENOUGH = 0.12
"""The smallest likeness of two ideas that are called alike. Less alike ideas only share a common word."""


def alike(stems: str, candidates: Sequence[tuple[int, str]], most: int) -> list[tuple[int, float]]:
    """Return the candidates most similar to an idea, as pairs of id and likeness (0 to 1), the most similar first.

    `stems` are the beginnings of the idea's words, separated by blanks; `candidates` are pairs of id and stems. At most
    `most` candidates are returned, and none with a likeness below 0.12. Rare stems count more than common ones.
    """
    wanted = set(stems.split())
    # The lists of stems are split once more below, because that is faster than holding thousands of lists.
    counts = Counter(" ".join(idea_stems for _idea_id, idea_stems in candidates).split())
    total = len(candidates)
    weights = {stem: _weight(count, total) for stem, count in counts.items()}
    wanted_weight = sum(weights.get(stem) or _weight(0, total) for stem in wanted)
    matches: list[tuple[int, float]] = []
    for idea_id, text in candidates:
        idea_stems = text.split()
        if common := wanted.intersection(idea_stems):
            shared = sum(weights[stem] for stem in common)
            likeness = shared / math.sqrt(wanted_weight * sum(weights[stem] for stem in idea_stems))
            if likeness >= _LIKE_ENOUGH:
                matches.append((idea_id, round(likeness, 6)))
    return sorted(matches, key=lambda match: (-match[1], match[0]))[:most]


def _weight(count: int, total: int) -> float:
    """Return how much a stem counts that `count` of `total` ideas contain: the rarer, the more."""
    return math.log(1 + (1 + total) / (1 + count)) ** 2


# --- Quotes in messages, stored by reference.


QuotedFor = Literal["", "led", "own"]
"""The readers for whom words are quoted: «own» is their author, «led» people who run workshops, '' everybody else."""


def quote_key(number: int, reader: QuotedFor) -> str:
    """Return the key of a quote of an idea (or of another text with an id) for a reader: «12», «12.led» or «12.own»."""
    return f"{number}.{reader}" if reader else str(number)


def parse_quote_key(key: str) -> tuple[int, QuotedFor]:
    """Return the id in the key of a quote such as «12.own», and the kind of readers for whom the words are quoted."""
    number, _dot, mark = key.partition(".")
    return int(number), "own" if mark == "own" else "led" if mark == "led" else ""
