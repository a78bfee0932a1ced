"""What workshops made, as those who make files think of it: groups with all that is theirs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from handlers.syntheses.model import CANVAS, CARD_FIELDS, TerritoryCard, TerritoryGrid, lay_out

Words = Mapping[str, str]
_MOST_PICTURES = 3
_DIGEST = 12  # hex digits: a change is seen, nobody is kept out by it


@dataclass(frozen=True, slots=True)
class ResultMember:
    """A member, by first name and initial; `territory` is a code, '' for none."""

    id: int
    name: str
    territory: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo or document that came with an idea; the content is kept under `digest`."""

    idea_id: int
    phase: str
    digest: str
    name: str
    media_type: str
    picture: bool
    size: int


@dataclass(slots=True)
class Voice:
    """An idea that counts. `author` is '' for an anonymous one and for who was erased."""

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
    merged: list[Voice] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Version:
    """What a group wrote down of a phase; `opinions` are who, whether they approve, and what they say."""

    id: int
    phase: str
    author: str
    content: Mapping[str, str]
    rival: bool
    at: datetime
    opinions: Sequence[tuple[str, bool, str]]


@dataclass(frozen=True, slots=True)
class Card:
    """What a member wrote of a territory (a code)."""

    author: str
    territory: str
    present: str
    obstacle: str
    change: str
    carrier: str


@dataclass(frozen=True, slots=True)
class ResultPhase:
    """A phase of the method."""

    key: str
    title: Words
    collects: str


@dataclass(frozen=True, slots=True)
class Lived:
    """A phase as a group lived it, UTC; `ended` is None while it is open."""

    phase: str
    started: datetime
    ended: datetime | None


@dataclass(slots=True)
class ResultGroup:
    """A group of a published round and all that is its own; ideas by votes, then age."""

    id: int
    round: int
    day: date
    theme: str
    number: int
    name: str
    room: str
    members: list[ResultMember] = field(default_factory=list)
    lived: list[Lived] = field(default_factory=list)
    ideas: list[Voice] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    confirmed: str = ""

    @property
    def grid(self) -> TerritoryGrid:
        """The solution, territory by territory; the cards bear no ids."""
        cards = [
            TerritoryCard(0, self.id, None, card.territory, card.present, card.obstacle, card.change, card.carrier)
            for card in self.cards
        ]
        return lay_out((person.territory for person in self.members), cards)

    @property
    def pictures(self) -> Sequence[Attachment]:
        """The photos that are shown, each once, the latest first: the last sheet of paper is the one to show."""
        photos = {file.digest: file for file in reversed(self.files) if file.picture}
        return list(photos.values())[:_MOST_PICTURES]


@dataclass(slots=True)
class Gathering:
    """Everything that was read.

    `strays` are ideas whose group was dissolved. `aside` count for no group: their authors had none yet («homeless»),
    or sent them on after the end, and nobody decided («offered»).
    """

    themes: Mapping[str, Words]
    phases: Sequence[ResultPhase]
    groups: Sequence[ResultGroup]
    strays: Sequence[Voice]
    aside: Sequence[Voice]

    @property
    def voices(self) -> list[Voice]:
        """All ideas that count by themselves, oldest first."""
        every = [*(idea for group in self.groups for idea in group.ideas), *self.strays]
        return sorted(every, key=lambda each: (each.at, each.id))

    @property
    def said(self) -> list[Voice]:
        """All ideas there are: those that count, what was merged into them, and those that were put aside."""
        voices = self.voices
        return [*voices, *(merged for voice in voices for merged in voice.merged), *self.aside]

    def of(self, group: ResultGroup, collects: str) -> Sequence[Version]:
        """What a group wrote down in the phases that collect something, what stands before its rivals."""
        keys = [phase.key for phase in self.phases if phase.collects == collects]
        found = [version for key in keys for version in group.versions if version.phase == key]
        return sorted(found, key=lambda each: (keys.index(each.phase), each.rival, each.id))

    def current(self, group: ResultGroup, collects: str) -> Mapping[str, str]:
        """What stands of the phases that collect something; empty for nothing yet."""
        return next((each.content for each in self.of(group, collects) if not each.rival), {})

    def digest(self, group: ResultGroup) -> str:
        """What tells one state of a group's deck from another: what it shows, in no language."""
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
        """Whether a deck would show a group's members and nothing else."""
        solution = self.current(group, "solution")
        said = self.current(group, "challenge") or any(solution.get(name) for name in ("idea", *CANVAS))
        return not (said or group.cards or group.pictures)
