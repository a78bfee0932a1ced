"""A snapshot of the store as those who make files think of it: groups with all that is theirs."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.clock import from_micros
from bot.domain.names import display_name, fold
from bot.domain.syntheses import CANVAS, CARD_FIELDS, TerritoryCard, TerritoryGrid, lay_out
from bot.storage.exports import Slices, unpack

Words = Mapping[str, str]
_MOST_PICTURES = 3
_DIGEST = 12  # hex digits: a change is seen, nobody is kept out by it


@dataclass(frozen=True, slots=True)
class Person:
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
class Phase:
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
class Group:
    """A group of a published round and all that is its own; ideas by votes, then age."""

    id: int
    round: int
    day: date
    theme: str
    number: int
    name: str
    room: str
    members: list[Person] = field(default_factory=list)
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
            TerritoryCard(0, self.id, None, each.territory, each.present, each.obstacle, each.change, each.carrier)
            for each in self.cards
        ]
        return lay_out((person.territory for person in self.members), cards)

    @property
    def pictures(self) -> Sequence[Attachment]:
        """The photos that are shown, each once, the latest first: the last sheet of paper is the one to show."""
        photos = {each.digest: each for each in reversed(self.files) if each.picture}
        return list(photos.values())[:_MOST_PICTURES]


@dataclass(slots=True)
class Gathering:
    """Everything that was read. `strays` are ideas whose group was dissolved."""

    themes: Mapping[str, Words]
    phases: Sequence[Phase]
    groups: Sequence[Group]
    strays: Sequence[Voice]

    def of(self, group: Group, collects: str) -> Sequence[Version]:
        """What a group wrote down in the phases that collect something, what stands before its rivals."""
        keys = [phase.key for phase in self.phases if phase.collects == collects]
        found = [each for key in keys for each in group.versions if each.phase == key]
        return sorted(found, key=lambda each: (keys.index(each.phase), each.rival, each.id))

    def current(self, group: Group, collects: str) -> Mapping[str, str]:
        """What stands of the phases that collect something; empty for nothing yet."""
        return next((each.content for each in self.of(group, collects) if not each.rival), {})

    def digest(self, group: Group) -> str:
        """What tells one state of a group's deck from another: what it shows, in no language."""
        shown = [
            group.name,
            sorted([each.name, each.territory] for each in group.members),
            [[each.phase, each.rival, sorted(each.content.items())] for each in group.versions if not each.rival],
            sorted([each.territory, *(getattr(each, name) for name in CARD_FIELDS)] for each in group.cards),
            sorted(each.digest for each in group.pictures),
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:_DIGEST]

    def is_empty(self, group: Group) -> bool:
        """Whether a deck would show a group's members and nothing else."""
        solution = self.current(group, "solution")
        said = self.current(group, "challenge") or any(solution.get(name) for name in ("idea", *CANVAS))
        return not (said or group.cards or group.pictures)


def understand(found: Mapping[str, Slices]) -> Gathering:
    """The gathering in a snapshot."""
    groups = {
        row["id"]: Group(
            row["id"],
            row["round"],
            date.fromisoformat(row["day"]),
            row["theme"],
            row["number"],
            row["name"],
            row["room"],
        )
        for row in unpack(found, "groups")
    }
    for row in _theirs(found, "members", groups):
        groups[row["group_id"]].members.append(Person(row["id"], _name(row), row["territory"]))
    for group in groups.values():
        group.members.sort(key=lambda each: (fold(each.name), each.id))
    for row in _theirs(found, "runs", groups):
        groups[row["group_id"]].lived.append(
            Lived(row["phase"], from_micros(row["started_at"]), _instant(row["ended_at"]))
        )
    strays = _add_ideas(found, groups)
    _add_versions(found, groups)
    for row in _theirs(found, "cards", groups):
        said = (row[name] for name in CARD_FIELDS)
        groups[row["group_id"]].cards.append(Card(_name(row), row["territory"], *said))
    for row in _theirs(found, "confirmations", groups):
        groups[row["group_id"]].confirmed = row["digest"]
    phases = [Phase(row["key"], row["title"], row["collects"]) for row in unpack(found, "phases")]
    themes = {row["key"]: row["title"] for row in unpack(found, "themes")}
    return Gathering(themes, phases, list(groups.values()), strays)


def _add_ideas(found: Mapping[str, Slices], groups: Mapping[int, Group]) -> list[Voice]:
    voices = {}
    into: dict[int, int | None] = {}
    for row in unpack(found, "ideas"):
        voices[row["id"]] = Voice(
            row["id"],
            row["group_id"],
            row["theme"] or "",
            row["phase"],
            _name(row),
            bool(row["anonymous"]),
            row["territory"] or "",
            row["category"],
            row["text"],
            from_micros(row["created_at"]),
            row["parent_id"],
        )
        into[row["id"]] = row["merged_into"]
    voters: dict[int, set[int]] = defaultdict(set)
    for row in unpack(found, "votes"):
        voters[_last(row["idea_id"], into)].add(row["participant_id"])  # a voter counts once, wherever they voted
    strays = []
    for voice in voices.values():
        voice.votes = len(voters[voice.id])
        last = _last(voice.id, into)
        if last != voice.id:
            voices[last].merged.append(voice)
        elif (group := groups.get(voice.group_id or 0)) is not None:
            group.ideas.append(voice)
        else:
            strays.append(voice)
    for group in groups.values():
        group.ideas.sort(key=lambda each: (-each.votes, each.at, each.id))
    for row in unpack(found, "files"):
        kept = Attachment(
            row["idea_id"],
            row["phase"],
            row["digest"],
            row["name"],
            row["media_type"],
            bool(row["picture"]),
            row["size"],
        )
        if row["idea_id"] in voices:
            voices[row["idea_id"]].files.append(kept)
        if row["group_id"] in groups:
            groups[row["group_id"]].files.append(kept)
    return strays


def _last(idea: int, into: Mapping[int, int | None]) -> int:
    """Where an idea went in the end, of those that are there; itself if nowhere."""
    seen = {idea}
    while (target := into.get(idea)) in into and target not in seen and target is not None:
        seen.add(target)
        idea = target
    return idea


def _add_versions(found: Mapping[str, Slices], groups: Mapping[int, Group]) -> None:
    opinions: dict[int, list[tuple[str, bool, str]]] = defaultdict(list)
    for row in unpack(found, "opinions"):
        opinions[row["synthesis_id"]].append((_name(row), bool(row["approves"]), row["comment"]))
    for row in _theirs(found, "syntheses", groups):
        groups[row["group_id"]].versions.append(
            Version(
                row["id"],
                row["phase"],
                _name(row),
                row["content"],
                row["state"] == "rival",
                from_micros(row["created_at"]),
                opinions[row["id"]],
            )
        )


def every_idea(groups: Iterable[Group], strays: Iterable[Voice] = ()) -> list[Voice]:
    """All ideas that count by themselves, oldest first."""
    return sorted([*(each for group in groups for each in group.ideas), *strays], key=lambda each: (each.at, each.id))


def _theirs(found: Mapping[str, Slices], table: str, groups: Mapping[int, Group]) -> list[dict[str, Any]]:
    """The rows of these groups; those of rounds nobody was told of are read along with their neighbours."""
    return [row for row in unpack(found, table) if row["group_id"] in groups]


def _name(row: Mapping[str, Any]) -> str:
    return display_name(row["given_name"] or "", row["family_name"] or "")


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
