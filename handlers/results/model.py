"""The results of the workshops, as files show them: groups with all that they wrote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from handlers.syntheses.model import CANVAS, CARD_FIELDS, TerritoryCard, TerritoryGrid, lay_out

Words = Mapping[str, str]
"""A text of the organisers, by locale."""
_MOST_PICTURES = 3
_DIGEST = 12  # hex digits: enough to notice a change, and nothing secret depends on it


@dataclass(frozen=True, slots=True)
class ResultMember:
    """A member of a group. `name` is the first name and an initial; `territory` is a code, '' for none."""

    id: int
    name: str
    territory: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo or document that was sent with an idea. The folder of files holds its content under `digest`.

    `picture` tells that it can be shown as a picture; `size` is in bytes.
    """

    idea_id: int
    phase: str
    digest: str
    name: str
    media_type: str
    picture: bool
    size: int


@dataclass(slots=True)
class ResultIdea:
    """An idea. `author` is '' if it is anonymous or its author was erased.

    `at` is when it was given (UTC), `parent_id` the idea it builds on, `votes` how many people voted for it or for an
    idea in `merged`, the ideas that were merged into it.
    """

    id: int
    group_id: int | None
    theme: str
    phase: str
    author: str
    anonymous: bool
    territory: str
    category: str
    text: str
    at: datetime
    parent_id: int | None
    state: str = "live"
    votes: int = 0
    merged: list[ResultIdea] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a group's synthesis of a phase. A `rival` stands beside the current version.

    `at` is when it was written (UTC). Each of `opinions` is a member's name, whether they approve, and their comment.
    """

    id: int
    phase: str
    author: str
    content: Mapping[str, str]
    rival: bool
    at: datetime
    opinions: Sequence[tuple[str, bool, str]]


@dataclass(frozen=True, slots=True)
class Card:
    """A territory card: what a member wrote about a territory, which is a code."""

    author: str
    territory: str
    present: str
    obstacle: str
    change: str
    carrier: str


@dataclass(frozen=True, slots=True)
class ResultPhase:
    """A phase of the method. `collects` is what groups write in it: «challenge», «solution», «territories»…"""

    key: str
    title: Words
    collects: str


@dataclass(frozen=True, slots=True)
class LivedPhase:
    """A phase as a group lived it. Times are UTC; `ended` is None while the phase is open."""

    phase: str
    started: datetime
    ended: datetime | None


@dataclass(slots=True)
class ResultGroup:
    """A group of a published round with its members and all that they wrote.

    Ideas are sorted by votes, then age. `confirmed` is the digest of the slides that the group confirmed, '' for none.
    """

    id: int
    round: int
    day: date
    theme: str
    number: int
    name: str
    room: str
    members: list[ResultMember] = field(default_factory=list)
    lived: list[LivedPhase] = field(default_factory=list)
    ideas: list[ResultIdea] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    confirmed: str = ""

    @property
    def grid(self) -> TerritoryGrid:
        """The group's territory cards, laid out by territory. The ids of the cards are 0."""
        cards = [
            TerritoryCard(0, self.id, None, card.territory, card.present, card.obstacle, card.change, card.carrier)
            for card in self.cards
        ]
        return lay_out((person.territory for person in self.members), cards)

    @property
    def pictures(self) -> Sequence[Attachment]:
        """The photos that are shown, each once, latest first, since the last sheet of paper matters most."""
        photos = {file.digest: file for file in reversed(self.files) if file.picture}
        return list(photos.values())[:_MOST_PICTURES]


@dataclass(slots=True)
class WorkshopResults:
    """All results of the workshops. `themes` holds each theme's title, by key.

    `strays` are ideas whose group was dissolved. Those in `aside` count for no group: their authors had none yet (state
    «homeless»), or sent them on after the end of the phase and no facilitator has decided («offered»).
    """

    themes: Mapping[str, Words]
    phases: Sequence[ResultPhase]
    groups: Sequence[ResultGroup]
    strays: Sequence[ResultIdea]
    aside: Sequence[ResultIdea]

    @property
    def counted_ideas(self) -> list[ResultIdea]:
        """All ideas that count, without those merged into others, oldest first."""
        ideas = [*(idea for group in self.groups for idea in group.ideas), *self.strays]
        return sorted(ideas, key=lambda idea: (idea.at, idea.id))

    @property
    def all_ideas(self) -> list[ResultIdea]:
        """All ideas: those that count, those merged into them, and those put aside."""
        ideas = self.counted_ideas
        return [*ideas, *(merged for idea in ideas for merged in idea.merged), *self.aside]

    def of(self, group: ResultGroup, collects: str) -> Sequence[Version]:
        """Return a group's versions in the phases that collect `collects`: of each phase, the current one first."""
        keys = [phase.key for phase in self.phases if phase.collects == collects]
        versions = [version for key in keys for version in group.versions if version.phase == key]
        return sorted(versions, key=lambda version: (keys.index(version.phase), version.rival, version.id))

    def current(self, group: ResultGroup, collects: str) -> Mapping[str, str]:
        """Return the content of a group's current version in the phases that collect `collects`; empty for none."""
        return next((version.content for version in self.of(group, collects) if not version.rival), {})

    def digest(self, group: ResultGroup) -> str:
        """Return a hash of what a group's slides show, regardless of the language."""
        shown = [
            group.name,
            sorted([member.name, member.territory] for member in group.members),
            [
                [version.phase, version.rival, sorted(version.content.items())]
                for version in group.versions
                if not version.rival
            ],
            sorted([card.territory, *(getattr(card, name) for name in CARD_FIELDS)] for card in group.cards),
            sorted(picture.digest for picture in group.pictures),
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:_DIGEST]

    def is_empty(self, group: ResultGroup) -> bool:
        """Return whether a group's slides would show its members and nothing else."""
        solution = self.current(group, "solution")
        written = self.current(group, "challenge") or any(solution.get(name) for name in ("idea", *CANVAS))
        return not (written or group.cards or group.pictures)
