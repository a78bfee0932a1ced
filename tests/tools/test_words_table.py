"""The table of words is sound: known values, nothing twice, and no line that was measured on among those trained on."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from itertools import chain

import pytest

from tools.train_words import LABELS, TABLE, Line, read_lines, training_files

LANGUAGES = {"fr", "en", "de"}
STATES = {"none", "phase1", "phase2", "phase3", "phase4"}
_MINE = (
    "badge change_theme data deadline group language leave next programme questions reminders room slides theme votes"
)
_PRACTICAL = (
    "access charging contact diet health laundry lodging lost luggage meals money prayer reimbursement smoking toilets "
    "weather wifi"
)
ABOUT = {"mine": set(_MINE.split()), "practical": set(_PRACTICAL.split())}
NEAR = 0.6
"""From which share of common groups of four letters two lines are nearly the same."""
FILES = sorted(TABLE.glob("*.tsv"))


def problems_of(line: Line) -> list[str]:
    """What is wrong with the values of a line."""
    found = []
    if line.lang not in LANGUAGES:
        found.append(f"language {line.lang!r}")
    if line.label not in LABELS:
        found.append(f"label {line.label!r}")
    if line.state not in STATES:
        found.append(f"state {line.state!r}")
    if line.about not in ABOUT.get(line.label, {""}):
        found.append(f"about {line.about!r}")
    if _NAMED.search(line.text):
        found.append("a surname")
    if not line.text.strip() or line.text != line.text.strip():
        found.append("text with nothing in it, or space around it")
    return found


_NAMED = re.compile(r"\b(?:Herr|Frau|Monsieur|Madame|(?:Mme|Mlle|Mr|Mrs|Ms)\.?|M\.) [A-ZÉ][a-zé]{2,}")
"""A surname, as it is said."""


def fours(text: str) -> frozenset[str]:
    """The groups of four letters in a text, as it sounds: without accents, capitals and signs."""
    folded = "".join(sign for sign in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(sign))
    words = " ".join(["", *re.findall(r"[^\W_]+", folded), ""])
    return frozenset(words[start : start + 4] for start in range(max(1, len(words) - 3)))


def near_doubles(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of texts that are nearly the same.

    Two sets of which so many are common share some of their rarest members, fewer of a set that is compared with larger
    ones. How many of these bounds how many are common, as the others of one of the two, at most its `rest`, are all
    that may be: only a few pairs are compared.
    """
    groups = [fours(text) for text in texts]
    often = Counter(four for group in groups for four in group)
    rank = {four: place for place, four in enumerate(sorted(often, key=lambda four: (often[four], four)))}
    sizes = [len(group) for group in groups]
    needed = NEAR / (1 + NEAR)  # share of both sizes together that is in common
    rests = [math.ceil(2 * needed * size) - 1 for size in sizes]  # of those that are in common with a larger one
    holders: defaultdict[int, deque[int]] = defaultdict(deque)
    last: dict[int, int] = {}  # of the rarest members of each
    for number in sorted(range(len(texts)), key=lambda number: sizes[number]):
        size, rest = sizes[number], math.ceil(NEAR * sizes[number]) - 1
        ranks = sorted(rank[four] for four in groups[number])
        rarest = ranks[: size - rest]
        for four in rarest:
            while holders[four] and sizes[holders[four][0]] < NEAR * size:
                holders[four].popleft()  # too small for all that follow
        shared = Counter(chain.from_iterable(holders[four] for four in rarest))
        for other, count in shared.items():
            more = rest if rarest[-1] <= last[other] else rests[other]
            if count + more < needed * (size + sizes[other]):
                continue
            common = len(groups[number] & groups[other])
            if common / (size + sizes[other] - common) >= NEAR:
                first, second = texts[min(number, other)], texts[max(number, other)]
                if re.search(r"\w", second) or first == second:
                    yield first, second
        kept = ranks[: size - rests[number]]
        last[number] = kept[-1]
        for four in kept:
            holders[four].append(number)


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_every_value_is_known(name: str) -> None:
    lines = read_lines(TABLE / f"{name}.tsv")
    assert len(lines) > 500
    assert [(line.text, problems_of(line)) for line in lines if problems_of(line)] == []
    assert {line.label for line in lines} == set(LABELS)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (Line("au secours", "it", "distress", "", "none"), "language 'it'"),
        (Line("au secours", "fr", "alarm", "", "none"), "label 'alarm'"),
        (Line("au secours", "fr", "distress", "wifi", "none"), "about 'wifi'"),
        (Line("le wifi", "fr", "practical", "", "none"), "about ''"),
        (Line("le wifi", "fr", "practical", "wifi", "phase5"), "state 'phase5'"),
        (Line("Frau Beispiel antwortet nicht", "de", "team", "", "none"), "a surname"),
        (Line(" ", "fr", "social", "", "none"), "text with nothing in it, or space around it"),
    ],
)
def test_a_wrong_value_is_refused(line: Line, problem: str) -> None:
    assert problems_of(line) == [problem]


@pytest.mark.first
def test_no_two_lines_are_nearly_the_same() -> None:
    texts = [line.text for path in FILES for line in read_lines(path)]
    assert len(texts) > 8_000
    assert list(near_doubles(texts)) == []


def test_a_line_that_differs_by_a_word_is_nearly_the_same() -> None:
    near = ["Il me suit jusqu'à ma chambre chaque soir", "il me suit jusqu'a ma chambre chaque nuit", "le wifi ?"]
    assert list(near_doubles(near)) == [(near[0], near[1])]


def test_nearly_the_same_is_found_whatever_their_lengths() -> None:
    words = ["ou", "est", "le", "train", "de", "la", "gare", "qui", "part", "pour"]
    texts = [" ".join(words[begin:end]) for begin in range(len(words)) for end in range(begin + 1, len(words) + 1)]
    groups = {text: fours(text) for text in texts}
    near = [
        (first, second)
        for number, second in enumerate(texts)
        for first in texts[:number]
        if len(groups[first] & groups[second]) >= NEAR * len(groups[first] | groups[second])
    ]
    assert len(near) > 50
    assert sorted(near_doubles(texts)) == sorted(near)


def test_what_is_measured_on_is_not_trained_on() -> None:
    names = {path.name for path in training_files()}
    assert names == {path.name for path in FILES if not path.name.startswith(("kept", "last"))}
    assert {"first.tsv", "quebec.tsv"} <= names
