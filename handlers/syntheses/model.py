"""The values of what groups write: versions of a synthesis and opinions on them, territory cards and their grid.

A synthesis is what a group writes in any phase: a free text, a challenge (one sentence), or the canvas of a solution (a
form of six fields). Each save makes a version of it. A territory card is what a member writes about the group's
solution in a territory; the grid shows all cards of a group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.workshops.model import Collects

Content = Mapping[str, str]
"""The text of a synthesis: the words of each field by its name in FIELDS. Empty fields are left out."""
SynthesisState = Literal["current", "rival", "past"]
"""The state of a version of a synthesis.

«current»: the version in force. «rival»: another version, written at the same time, from which the group can choose.
«past»: an earlier version.
"""
CardField = Literal["present", "obstacle", "change", "carrier"]

CANVAS: tuple[str, ...] = ("for_whom", "what", "how", "with_whom", "first_step", "measure")
"""The six fields of a solution's canvas, in order."""
FIELDS: Mapping[Collects, tuple[str, ...]] = {
    "facts": ("text",),
    "challenge": ("sentence",),
    "solution": ("idea", *CANVAS),
    "territories": ("text",),
    "ideas": ("text",),
}
"""The names of a synthesis's fields, by what the phase collects."""
IDEA = "idea"
"""The name of the field of a solution that holds an idea of the group as it was given."""
TEXT = "text"
"""The name of the field with a text in free words."""
RUNNERS_UP = "runners_up"
"""The name of the field that the program adds to a challenge.

It holds the ideas with the next most votes, one on a line: «words (votes)».
"""
_VOTES = re.compile(r" \(\d+\)$")
MOST_PAST = 100
"""How many earlier versions that one person saved of a group's text are kept; posted versions do not count."""
CARD_FIELDS: tuple[CardField, ...] = ("present", "obstacle", "change", "carrier")
"""The fields of a territory card: what exists, what blocks, what must change, who could carry the solution."""


def points_of(words: str) -> list[str]:
    """Return the lines of a free text as a list of points, without bullets and without empty lines."""
    lines = (line.strip().removeprefix("•").strip() for line in words.splitlines())
    return [line for line in lines if line]


@dataclass(frozen=True, slots=True)
class Synthesis:
    """A version of what a group writes in a phase.

    `group_id` is None if the group was dissolved, `author_id` if the author was erased. `based_on` is the id of the
    version that this one replaced, None for none. `created_at` is in UTC.
    """

    id: int
    group_id: int | None
    phase: str
    author_id: int | None
    content: Content
    based_on: int | None
    state: SynthesisState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """A member's opinion on a version of what the group wrote: an approval, for which `comment` is '', or a comment."""

    participant_id: int
    approves: bool
    comment: str


@dataclass(frozen=True, slots=True)
class TerritoryCard:
    """What a member writes about the group's solution in one territory, which is given as a code.

    Empty fields are ''. `group_id` is None if the group was dissolved, `participant_id` if the author was erased.
    """

    id: int
    group_id: int | None
    participant_id: int | None
    territory: str
    present: str
    obstacle: str
    change: str
    carrier: str

    def text_of(self, field: CardField) -> str:
        """Return the text of one of the card's four fields, by the name of the field."""
        words: str = getattr(self, field)
        return words

    @property
    def empty(self) -> bool:
        """Whether all four fields are empty."""
        return not any(self.text_of(field) for field in CARD_FIELDS)


@dataclass(frozen=True, slots=True)
class TerritoryGrid:
    """The grid of a group's solution: a row for each territory of its members, a column for each field of a card.

    `territories` are codes; `cards` are the territory cards by code. A square is one field of one territory; it is
    filled if any card of the territory has a text in this field.
    """

    territories: Sequence[str]
    cards: Mapping[str, Sequence[TerritoryCard]]

    def texts(self, territory: str, field: CardField) -> list[str]:
        """Return the texts of a square, one from each card that has a text in this field."""
        return [text for card in self.cards[territory] if (text := card.text_of(field))]

    @property
    def empty(self) -> Sequence[tuple[str, CardField]]:
        """The empty squares as pairs of territory and field, in the order of the territories."""
        return [
            (territory, field)
            for territory in self.territories
            for field in CARD_FIELDS
            if not self.texts(territory, field)
        ]

    @property
    def complete(self) -> bool:
        """Whether every square is filled; False for a grid without territories."""
        return bool(self.territories) and not self.empty

    @property
    def squares(self) -> int:
        """How many squares there are."""
        return len(self.territories) * len(CARD_FIELDS)

    @property
    def filled(self) -> int:
        """How many squares are filled."""
        return self.squares - len(self.empty)


def lay_out(territories: Iterable[str], cards: Iterable[TerritoryCard]) -> TerritoryGrid:
    """Return a grid with a row for each of `territories` (codes), and for each further territory that has a card.

    Territories that are '' and cards whose fields are all empty are left out.
    """
    written = [card for card in cards if not card.empty]
    codes = dict.fromkeys([*(code for code in territories if code), *(card.territory for card in written)])
    return TerritoryGrid(
        tuple(codes), {code: tuple(card for card in written if card.territory == code) for code in codes}
    )


def changed_fields(base: Content, content: Content) -> frozenset[str]:
    """Return the names of the fields in which `base` and `content`, the contents of two versions, differ.

    The field with the runners-up is left out, because the program writes it.
    """
    fields = (base.keys() | content.keys()) - {RUNNERS_UP}
    return frozenset(field for field in fields if base.get(field, "") != content.get(field, ""))


def merge_contents(base: Content, theirs: Content, mine: Content) -> Content | None:
    """Return a content with the changes that two people made to the same content, `base`: `theirs` and `mine`.

    Returns None if both changed the same field in different ways.
    """
    my_changes = changed_fields(base, mine)
    if my_changes & changed_fields(base, theirs) & changed_fields(theirs, mine):
        return None
    return tidy({**theirs, **{field: mine.get(field, "") for field in my_changes}})


def is_incomplete(collects: Collects, content: Content | None) -> bool:
    """Return whether a group has still to write: nothing is written yet (None), or a field of a solution is empty."""
    if content is None:
        return True
    return collects == "solution" and any(not content.get(name) for name in ("idea", *CANVAS))


def ideas_in(content: Content) -> frozenset[str]:
    """Return the words of the ideas that a content holds unchanged: the chosen idea, and the runners-up."""
    runners_up = (without_votes(line) for line in content.get(RUNNERS_UP, "").splitlines())
    return frozenset({" ".join(content.get(IDEA, "").split()), *runners_up} - {""})


def without_votes(line: str) -> str:
    """Return the words of an idea from a line of the runners-up, without the number of votes at its end."""
    return _VOTES.sub("", line)


def tidy(content: Content) -> Content:
    """Return a content without its empty fields."""
    return {field: words for field, words in content.items() if words}
