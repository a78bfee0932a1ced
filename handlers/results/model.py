"""The results of the workshops, as files show them: groups with everything that they wrote.

A phase is one step of the workshops. In a phase, members of a group give ideas, and the group writes a synthesis, of
which there can be several versions. A territory card is what a member wrote about a territory.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from bot.clock import from_micros, instant_or_none
from bot.content.names import collation, display_name
from handlers.equality.model.steps import PUBLISHED_COLUMNS, PublishedStep, from_json
from handlers.syntheses.model import CANVAS, CARD_FIELDS, RUNNERS_UP, TerritoryCard, TerritoryGrid, lay_out

Words = Mapping[str, str]
"""A text that organisers wrote, by locale."""
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
    """A photo or document that was sent with an idea. Its content is in the folder of files, named by `digest`.

    `phase` is the key of the idea's phase. `picture` says whether the file can be shown as a picture; `size` is in
    bytes.
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
    """An idea as files show it. `author` is a name, '' if the idea is anonymous or its author was erased.

    `at` is when the idea was given (UTC), `parent_id` the id of the idea on which it builds, None for none. `merged`
    are the ideas that were merged into this one. `votes` is how many people voted for this idea or a merged one.
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
    """A version of what a group wrote in a phase (its synthesis).

    `rival` is True for a version written at the same time as the current one; the group has not chosen between the two.
    `content` has the texts by field, `at` is when the version was written (UTC). Each item of `opinions` is a member's
    name, whether they approve, and their comment.
    """

    id: int
    phase: str
    author: str
    content: Mapping[str, str]
    rival: bool
    at: datetime
    opinions: Sequence[tuple[str, bool, str]]


@dataclass(frozen=True, slots=True)
class Card(TerritoryCard):
    """A card about a territory with the name of its author, '' if the author was erased."""

    author: str


@dataclass(frozen=True, slots=True)
class ResultPhase:
    """A phase of the workshops. `collects` says what groups write in it: «challenge», «solution», «territories»…"""

    key: str
    title: Words
    collects: str


@dataclass(frozen=True, slots=True)
class LivedPhase:
    """A phase that a group has begun: its key, and when it began and ended (UTC). `ended` is None for an open phase."""

    phase: str
    started: datetime
    ended: datetime | None


@dataclass(slots=True)
class ResultGroup:
    """A group of a published round (the groups of one day), with its members and everything that they wrote.

    `lived` are the phases that the group has begun. `ideas` are sorted by votes, then by age. `confirmed` is the digest
    of the slides that the group confirmed, '' for none.
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
    authors: set[int] = field(default_factory=set[int])
    """The ids of all people who wrote in the group, including former members and authors of anonymous ideas."""
    confirmed: str = ""

    @property
    def named(self) -> frozenset[int]:
        """The ids of the people who are named in files of the group, or whose words and photos are in them."""
        return frozenset(member.id for member in self.members) | self.authors

    @property
    def grid(self) -> TerritoryGrid:
        """The grid of the group's territory cards, with a row for each territory."""
        return lay_out((person.territory for person in self.members), self.cards)

    @property
    def pictures(self) -> Sequence[Attachment]:
        """The photos that slides and booklet show: the latest three, without duplicates."""
        photos = {file.digest: file for file in reversed(self.files) if file.picture}
        return list(photos.values())[:_MOST_PICTURES]


@dataclass(slots=True)
class WorkshopResults:
    """All results of the workshops. `themes` has each theme's title, by key.

    `strays` are ideas whose group was dissolved. `aside` are ideas that count for no group. The author of such an idea
    had no group yet (state «homeless»), or gave it after the end of the phase and sent it to the facilitator, who has
    not decided («offered»). `equality` are the published numbers of women and men in the steps of the gathering.
    """

    themes: Mapping[str, Words]
    phases: Sequence[ResultPhase]
    groups: Sequence[ResultGroup]
    strays: Sequence[ResultIdea]
    aside: Sequence[ResultIdea]
    equality: Sequence[PublishedStep] = ()

    @property
    def counted_ideas(self) -> list[ResultIdea]:
        """All ideas that count, oldest first: without `aside` and without ideas that were merged into others."""
        ideas = [*(idea for group in self.groups for idea in group.ideas), *self.strays]
        return sorted(ideas, key=lambda idea: (idea.at, idea.id))

    @property
    def all_ideas(self) -> list[ResultIdea]:
        """All ideas: the counted ones, the ones that were merged into others, and `aside`."""
        ideas = self.counted_ideas
        return [*ideas, *(merged for idea in ideas for merged in idea.merged), *self.aside]

    def of(self, group: ResultGroup, collects: str) -> Sequence[Version]:
        """Return all versions of what a group wrote in the phases that produce `collects`.

        `collects` is for instance «challenge» or «solution». In each phase, the current version comes first, then its
        rivals (versions written at the same time).
        """
        keys = [phase.key for phase in self.phases if phase.collects == collects]
        versions = [version for key in keys for version in group.versions if version.phase == key]
        return sorted(versions, key=lambda version: (keys.index(version.phase), version.rival, version.id))

    def current(self, group: ResultGroup, collects: str) -> Mapping[str, str]:
        """Return the texts, by field, of a group's current version in a phase that produces `collects`.

        `collects` is for instance «challenge» or «solution». If there are several such phases, the first in which the
        group wrote something counts. Returns an empty mapping if it wrote nothing.
        """
        version = self.current_version(group, collects)
        return version.content if version else {}

    def current_version(self, group: ResultGroup, collects: str) -> Version | None:
        """Return a group's current version in a phase that produces `collects`; None if it wrote nothing.

        `collects` is for instance «challenge» or «solution». If there are several such phases, the first in which the
        group wrote something counts.
        """
        return next((version for version in self.of(group, collects) if not version.rival), None)

    def digest(self, group: ResultGroup) -> str:
        """Return a digest of what a group's slides show, whatever the language; it changes when the content does."""
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
        """Return whether a group's slides would show only its members."""
        solution = self.current(group, "solution")
        written = self.current(group, "challenge") or any(solution.get(name) for name in ("idea", *CANVAS))
        return not (written or group.cards or group.pictures)


# --- Lines of prints and exports, which organisers can take out one by one.

LineState = Literal["in", "out", "unrevealed", "unvoted"]
"""Whether a line is printed and exported.

«in»: yes. «out»: no, an organiser excluded it. «unrevealed»: no, because nobody revealed the idea. «unvoted»: no,
because nobody voted for the idea, although its group voted in the phase.
"""
COMMENT = "comment"
"""The field name of lines of kind «o», which hold a member's comment on a version."""
VERSION_FIELDS = ("text", "sentence", RUNNERS_UP, "idea", *CANVAS)
"""The names of all fields of synthesis versions."""


@dataclass(frozen=True, slots=True)
class LineKey:
    """The key of a line of prints and exports: its kind, the id of a database row, and a part of the row.

    The kind is one letter: «i» for an idea; «s» for a field of a version of a synthesis; «c» for a field of a territory
    card; «o» for a comment on a version, whose part is the id of the participant. The part of an idea is ''.
    """

    kind: Literal["i", "s", "c", "o"]
    id: int
    part: str = ""

    def __str__(self) -> str:
        """Return the key as buttons contain it: «i12», «s34_sentence»."""
        return f"{self.kind}{self.id}_{self.part}" if self.part else f"{self.kind}{self.id}"

    @classmethod
    def parse(cls, text: str) -> LineKey | None:
        """Return the key that a button contains as `text`; None if `text` is no key."""
        number, _underscore, part = text[1:].partition("_")
        if not _is_id(number):
            return None
        match text[:1]:
            case "i" if not part:
                return cls("i", int(number))
            case "s" if part in VERSION_FIELDS:
                return cls("s", int(number), part)
            case "c" if part in CARD_FIELDS:
                return cls("c", int(number), part)
            case "o" if _is_id(part):
                return cls("o", int(number), part)
        return None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


@dataclass(frozen=True, slots=True)
class PrintLine:
    """A line of what is printed and exported: an idea, or something that a group or one of its members wrote.

    `author` is a first name, '' for none, and `author_id` the author's participant id. `field` is the name of the
    field, COMMENT for a comment, '' for an idea. `territory` is the code of a territory card, '' for other lines.
    `state` says whether the line is printed. `group_id` is None for an idea without a group. `votes` is how many people
    voted for an idea, and 0 for other lines.
    """

    key: LineKey
    text: str
    author: str
    state: LineState
    field: str = ""
    territory: str = ""
    group_id: int | None = None
    votes: int = 0
    author_id: int | None = None


# --- Snapshots: the rows of the results as the database had them, and how they become groups with their ideas.

Slices = list[str]
"""The rows of one table as JSON texts. Each text is a list of rows, with the columns named in COLUMNS."""
Snapshot = dict[str, Slices]
"""The data of the results: the slices of each table, by the name of the table. `read_snapshot` returns it."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "themes": ("key", "title"),
    "phases": ("key", "title", "collects"),
    "groups": ("id", "round", "day", "theme", "number", "name", "room"),
    "members": ("group_id", "id", "given_name", "family_name", "territory"),
    "authors": ("group_id", "id"),
    "runs": ("group_id", "phase", "state", "started_at", "ended_at"),
    "ideas": (
        *("id", "group_id", "theme", "phase", "author_id", "given_name", "family_name", "territory", "category"),
        *("text", "anonymous", "state", "parent_id", "merged_into", "hidden", "created_at"),
    ),
    "files": ("idea_id", "group_id", "phase", "digest", "name", "media_type", "picture", "size"),
    "votes": ("idea_id", "participant_id"),
    "syntheses": ("id", "group_id", "phase", "given_name", "family_name", "content", "state", "created_at"),
    "opinions": ("synthesis_id", "given_name", "family_name", "approves", "comment"),
    "cards": ("group_id", "given_name", "family_name", "territory", "present", "obstacle", "change", "carrier"),
    "confirmations": ("group_id", "digest"),
    "equality": PUBLISHED_COLUMNS,
}
"""The names of the columns of each table of a snapshot, in order."""


def decode_snapshot(snapshot: Mapping[str, Slices]) -> WorkshopResults:
    """Return the results in a snapshot, which has all data of the results, read at once, as objects."""
    groups = {
        row["id"]: ResultGroup(**{**row, "day": date.fromisoformat(row["day"])})
        for row in unpack_table(snapshot, "groups")
    }
    for row in _rows_of(snapshot, "members", groups):
        groups[row["group_id"]].members.append(ResultMember(row["id"], _name(row), row["territory"]))
    for row in _rows_of(snapshot, "authors", groups):
        groups[row["group_id"]].authors.add(row["id"])
    for group in groups.values():
        group.members.sort(key=lambda member: (collation(member.name), member.id))
    for row in _rows_of(snapshot, "runs", groups):
        groups[row["group_id"]].lived.append(
            LivedPhase(row["phase"], from_micros(row["started_at"]), instant_or_none(row["ended_at"]))
        )
    strays, aside = _add_ideas(snapshot, groups)
    _add_versions(snapshot, groups)
    for row in _rows_of(snapshot, "cards", groups):
        texts = {name: row[name] for name in CARD_FIELDS}
        card = Card(0, row["group_id"], None, row["territory"], **texts, author=_name(row))
        groups[row["group_id"]].cards.append(card)
    for row in _rows_of(snapshot, "confirmations", groups):
        groups[row["group_id"]].confirmed = row["digest"]
    phases = [ResultPhase(**row) for row in unpack_table(snapshot, "phases")]
    themes = {row["key"]: row["title"] for row in unpack_table(snapshot, "themes")}
    equality = [from_json(row) for row in unpack_table(snapshot, "equality")]
    return WorkshopResults(themes, phases, list(groups.values()), strays, aside, equality)


def _add_ideas(
    snapshot: Mapping[str, Slices], groups: Mapping[int, ResultGroup]
) -> tuple[list[ResultIdea], list[ResultIdea]]:
    """Add ideas and files to their groups. Returns the ideas whose group was dissolved, and those put aside.

    Ideas are put aside that wait for a group or for a facilitator's decision.
    """
    ideas = {}
    merged_into: dict[int, int | None] = {}
    for row in unpack_table(snapshot, "ideas"):
        ideas[row["id"]] = ResultIdea(
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
            row["state"],
        )
        merged_into[row["id"]] = row["merged_into"]
    voters: dict[int, set[int]] = defaultdict(set)
    for row in unpack_table(snapshot, "votes"):
        voters[_last(row["idea_id"], merged_into)].add(row["participant_id"])  # a voter counts once
    strays, aside = [], []
    for idea in ideas.values():
        idea.votes = len(voters[idea.id])
        last = _last(idea.id, merged_into)
        if idea.state != "live":
            aside.append(idea)
        elif last != idea.id:
            ideas[last].merged.append(idea)
        elif (group := groups.get(idea.group_id or 0)) is not None:
            group.ideas.append(idea)
        else:
            strays.append(idea)
    for group in groups.values():
        group.ideas.sort(key=lambda idea: (-idea.votes, idea.at, idea.id))
    for row in unpack_table(snapshot, "files"):
        group_id = row.pop("group_id")
        attachment = Attachment(**{**row, "picture": bool(row["picture"])})
        owner = ideas.get(attachment.idea_id)
        if owner:
            owner.files.append(attachment)
        if group_id in groups and (owner is None or owner.state == "live"):  # slides are read without ideas
            groups[group_id].files.append(attachment)
    return strays, aside


def _last(idea: int, merged_into: Mapping[int, int | None]) -> int:
    """Return the idea into which an idea was merged in the end; the idea itself if it was not merged.

    `merged_into` has, by idea, the idea it was merged into (None for none). All are ids.
    """
    seen = {idea}
    while (target := merged_into.get(idea)) in merged_into and target not in seen and target is not None:
        seen.add(target)
        idea = target
    return idea


def _add_versions(snapshot: Mapping[str, Slices], groups: Mapping[int, ResultGroup]) -> None:
    opinions: dict[int, list[tuple[str, bool, str]]] = defaultdict(list)
    for row in unpack_table(snapshot, "opinions"):
        opinions[row["synthesis_id"]].append((_name(row), bool(row["approves"]), row["comment"]))
    for row in _rows_of(snapshot, "syntheses", groups):
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


def _rows_of(snapshot: Mapping[str, Slices], table: str, groups: Mapping[int, ResultGroup]) -> list[dict[str, Any]]:
    """Return the rows of a table that belong to these groups.

    A snapshot may also hold rows of other groups, whose ids lie between theirs.
    """
    return [row for row in unpack_table(snapshot, table) if row["group_id"] in groups]


def _name(row: Mapping[str, Any]) -> str:
    return display_name(row["given_name"] or "", row["family_name"] or "")


def unpack_table(snapshot: Mapping[str, Slices], table: str) -> list[dict[str, Any]]:
    """Return the rows of one table of a snapshot as mappings by column, with titles and contents decoded.

    A snapshot is all data of the results, read at once.
    """
    columns = COLUMNS[table]
    rows = [dict(zip(columns, row, strict=True)) for slice_ in snapshot[table] for row in json.loads(slice_)]
    for row in rows:
        for column in {"title", "content"} & row.keys():
            row[column] = json.loads(row[column])
    return rows
