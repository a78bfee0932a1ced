"""What groups write down: a synthesis and its versions, the canvas of a solution, the cards of territories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.workshops.model import Collects

Content = Mapping[str, str]
"""What a synthesis says, by the names of FIELDS; what is not said is not there."""
SynthesisState = Literal["current", "rival", "past"]
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
"""What people write in a synthesis, by what the phase collects."""
RUNNERS_UP = "runners_up"
"""What the program adds to a challenge: the next ideas by votes, one a line, «words (votes)»."""
CARD_FIELDS: tuple[CardField, ...] = ("present", "obstacle", "change", "carrier")
"""What exists in a territory, what blocks, what must change, who could carry it."""


@dataclass(frozen=True, slots=True)
class Synthesis:
    """A version of what a group writes down, UTC. `author_id` is None once they were erased."""

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
    """What a member thinks of a version: they approve, or comment."""

    participant_id: int
    approves: bool
    comment: str


@dataclass(frozen=True, slots=True)
class TerritoryCard:
    """How a solution stands in a territory (a code), in the words of a member; '' for what they left empty."""

    id: int
    group_id: int | None
    participant_id: int | None
    territory: str
    present: str
    obstacle: str
    change: str
    carrier: str

    def said(self, field: CardField) -> str:
        """What is in one of CARD_FIELDS."""
        words: str = getattr(self, field)
        return words

    @property
    def empty(self) -> bool:
        """Whether nothing is said at all."""
        return not any(self.said(field) for field in CARD_FIELDS)


@dataclass(frozen=True, slots=True)
class TerritoryGrid:
    """A solution beside the territories of those who carry it: the squares are a territory and one of CARD_FIELDS."""

    territories: Sequence[str]
    cards: Mapping[str, Sequence[TerritoryCard]]

    @property
    def empty(self) -> Sequence[tuple[str, CardField]]:
        """The squares in which nobody wrote anything, by territory."""
        return [
            (territory, field)
            for territory in self.territories
            for field in CARD_FIELDS
            if not any(card.said(field) for card in self.cards[territory])
        ]

    @property
    def complete(self) -> bool:
        """Whether someone wrote in every square; False where there is none."""
        return bool(self.territories) and not self.empty

    @property
    def filled(self) -> int:
        """In how many squares someone wrote."""
        return len(self.territories) * len(CARD_FIELDS) - len(self.empty)


def lay_out(territories: Iterable[str], cards: Iterable[TerritoryCard]) -> TerritoryGrid:
    """The grid of some territories and of those that have cards besides, in this order, each once."""
    written = [card for card in cards if not card.empty]
    every = dict.fromkeys([*(code for code in territories if code), *(card.territory for card in written)])
    return TerritoryGrid(
        tuple(every), {code: tuple(card for card in written if card.territory == code) for code in every}
    )


def changed(base: Content, content: Content) -> frozenset[str]:
    """The fields in which two contents differ; what the program added is none of them."""
    fields = (base.keys() | content.keys()) - {RUNNERS_UP}
    return frozenset(field for field in fields if base.get(field, "") != content.get(field, ""))


def merged(base: Content, theirs: Content, mine: Content) -> Content | None:
    """What two people made of one base at the same time, in one; None where both changed a field, each otherwise."""
    my_changes = changed(base, mine)
    if my_changes & changed(base, theirs) & changed(theirs, mine):
        return None
    return tidy({**theirs, **{field: mine.get(field, "") for field in my_changes}})


def is_incomplete(collects: Collects, content: Content | None) -> bool:
    """Whether a synthesis leaves out what its phase makes: None for one that is not there, a solution in parts."""
    if content is None:
        return True
    return collects == "solution" and any(not content.get(name) for name in ("idea", *CANVAS))


def tidy(content: Content) -> Content:
    """Only what is said."""
    return {field: words for field, words in content.items() if words}
