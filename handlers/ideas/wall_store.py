"""Walls: the ideas of a phase as people read them, a page at a time, with what is known around each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.database.engine import Transaction
from handlers.ideas.store import COLUMNS, idea_of_row
from handlers.ideas.vote_store import VOTES, voted
from handlers.workshops.model import Idea
from handlers.workshops.store import COUNTS

Order = Literal["v", "t"]
"""By votes, the oldest first where they are equal; by time, the newest first."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The ideas of a phase: of one group, of a theme, or of everyone, where both are None."""

    phase: str
    group_id: int | None = None
    theme: str | None = None

    def where(self, ideas: str) -> str:
        """The condition on ideas under a name."""
        if self.group_id is not None:
            return f"{ideas}.phase = :phase AND {ideas}.group_id = :group"
        if self.theme is not None:
            return f"{ideas}.phase = :phase AND {ideas}.theme = :theme"
        return f"{ideas}.phase = :phase"

    @property
    def params(self) -> Mapping[str, str | int]:
        """The parameters of that condition."""
        if self.group_id is not None:
            return {"phase": self.phase, "group": self.group_id}
        return {"phase": self.phase} if self.theme is None else {"phase": self.phase, "theme": self.theme}


@dataclass(frozen=True, slots=True)
class Entry:
    """An idea on a wall: its author's first name ('' for nobody's any more), its votes, and what hangs on it.

    `alike` is how many were merged into it, `files` how many files came with it and with those, `documents` how many of
    them are no pictures; `builds_on` are the words of the idea before it, '' for none, or for one that nobody reads any
    more.
    """

    idea: Idea
    author: str
    votes: int
    alike: int
    files: int
    documents: int
    builds_on: str


async def count(tx: Transaction, scope: Scope) -> int:
    """How many ideas stand on a wall."""
    row = await tx.one(f"SELECT COUNT(*) AS n FROM ideas i WHERE {scope.where('i')} AND {COUNTS}", **scope.params)
    assert row is not None
    number: int = row["n"]
    return number


async def page(tx: Transaction, scope: Scope, by: Order, start: int, most: int) -> Sequence[Entry]:
    """At most so many ideas of a wall, from the one at `start` (0 is the first)."""
    params = {**scope.params, "start": start, "most": most}
    if by == "v":
        rows = await tx.all(
            f"{voted('i.id', scope.where('m'))} ORDER BY {VOTES} DESC, i.id LIMIT :most OFFSET :start", **params
        )
    else:
        rows = await tx.all(
            f"SELECT i.id FROM ideas i WHERE {scope.where('i')} AND {COUNTS} ORDER BY i.id DESC"
            " LIMIT :most OFFSET :start",
            **params,
        )
    return await entries(tx, [row["id"] for row in rows])


async def entries(tx: Transaction, idea_ids: Sequence[int]) -> Sequence[Entry]:
    """These ideas, in this order, with what is known around each; those that are gone are left out."""
    found = [await entry(tx, idea_id) for idea_id in idea_ids]
    return [each for each in found if each is not None]


_HANGING = (
    "FROM idea_files f JOIN ideas a ON a.id = f.idea_id WHERE (a.id = i.id"
    " OR (a.merged_into = i.id AND a.state = 'live' AND a.hidden = 0))"
)
"""The files f that came with an idea i, and with those merged into it."""


async def entry(tx: Transaction, idea_id: int) -> Entry | None:
    """One idea, whatever its state, with what is known around it."""
    row = await tx.one(
        f"SELECT {COLUMNS}, p.given_name,"
        f" (SELECT {VOTES} FROM ideas m JOIN idea_votes v ON v.idea_id = m.id WHERE m.state = 'live' AND m.hidden = 0"
        " AND (m.id = i.id OR m.merged_into = i.id)) AS votes,"
        " (SELECT COUNT(*) FROM ideas a WHERE a.merged_into = i.id AND a.state = 'live' AND a.hidden = 0) AS alike,"
        f" (SELECT COUNT(*) {_HANGING}) AS files,"
        f" (SELECT COUNT(*) {_HANGING} AND f.picture = 0) AS documents,"
        " (SELECT b.text FROM ideas b WHERE b.id = i.parent_id AND b.state = 'live' AND b.hidden = 0) AS builds_on"
        " FROM ideas i LEFT JOIN participants p ON p.id = i.author_id WHERE i.id = :id",
        id=idea_id,
    )
    if row is None:
        return None
    return Entry(
        idea_of_row(row),
        row["given_name"] or "",
        row["votes"],
        row["alike"],
        row["files"],
        row["documents"],
        row["builds_on"] or "",
    )


async def own(tx: Transaction, participant_id: int, scope: Scope) -> Sequence[Entry]:
    """Someone's own ideas on a wall, oldest first."""
    rows = await tx.all(
        f"SELECT i.id FROM ideas i WHERE i.author_id = :person AND {scope.where('i')} AND {COUNTS} ORDER BY i.id",
        person=participant_id,
        **scope.params,
    )
    return await entries(tx, [row["id"] for row in rows])


async def is_member(tx: Transaction, participant_id: int, group_id: int) -> bool:
    """Whether someone is in a group."""
    row = await tx.one(
        "SELECT 1 AS found FROM members m WHERE m.participant_id = :person AND m.group_id = :group",
        person=participant_id,
        group=group_id,
    )
    return row is not None


async def is_near(tx: Transaction, participant_id: int, group_id: int, theme: str | None) -> bool:
    """Whether someone is in a group, or in another one of a theme."""
    row = await tx.one(
        "SELECT 1 AS found FROM members m JOIN groups g ON g.id = m.group_id WHERE m.participant_id = :person"
        " AND (g.id = :group OR g.theme = CAST(:theme AS TEXT))",
        person=participant_id,
        group=group_id,
        theme=theme,
    )
    return row is not None


async def runs_theme(tx: Transaction, participant_id: int, theme: str | None) -> bool:
    """Whether someone runs the phases of every group of a theme; None for of all groups."""
    row = await tx.one(
        "SELECT 1 AS found FROM facilitators f WHERE f.participant_id = :person"
        " AND (f.audience = 'all' OR f.audience = :theme)",
        person=participant_id,
        theme=f"theme:{theme}" if theme else "all",
    )
    return row is not None


async def most_voted(tx: Transaction, theme: str, phase: str, *, but_group: int, most: int) -> Sequence[int]:
    """The ideas with the most votes in a theme's phase, in groups that read each other's already, but in one group."""
    others = (
        "m.theme = :theme AND m.phase = :phase AND m.group_id <> :group AND EXISTS (SELECT 1 FROM phase_runs r"
        " WHERE r.group_id = m.group_id AND r.phase = m.phase AND r.revealed_at IS NOT NULL)"
    )
    rows = await tx.all(
        f"{voted('i.id', others)} ORDER BY {VOTES} DESC, i.id LIMIT :most",
        theme=theme,
        phase=phase,
        group=but_group,
        most=most,
    )
    return [row["id"] for row in rows]
