"""Reads walls: the ideas of a phase, a page at a time, with the votes and files of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.database.engine import Transaction
from bot.database.records import record
from handlers.ideas.store.ideas import COLUMNS
from handlers.ideas.store.votes import VOTES, voted_query
from handlers.workshops.model import Idea
from handlers.workshops.store.ideas import counts, is_shown

Order = Literal["v", "t"]
"""The order of a wall: «v» by votes, the oldest first among equals; «t» by time, the newest first."""


@dataclass(frozen=True, slots=True)
class IdeaScope:
    """A selection of the ideas of one phase.

    With `group_id`, these are the ideas of a group, with `theme` the ideas of a theme's groups; without both, all
    ideas.
    """

    phase: str
    group_id: int | None = None
    theme: str | None = None

    def where(self, ideas: str) -> str:
        """Return the SQL condition for ideas in this selection; `ideas` is the alias of the table of ideas."""
        if self.group_id is not None:
            return f"{ideas}.phase = :phase AND {ideas}.group_id = :group"
        if self.theme is not None:
            return f"{ideas}.phase = :phase AND {ideas}.theme = :theme"
        return f"{ideas}.phase = :phase"

    @property
    def params(self) -> Mapping[str, str | int]:
        """The SQL parameters of the condition that selects these ideas."""
        if self.group_id is not None:
            return {"phase": self.phase, "group": self.group_id}
        return {"phase": self.phase} if self.theme is None else {"phase": self.phase, "theme": self.theme}


@dataclass(frozen=True, slots=True)
class WallEntry:
    """An idea with what a wall shows beside it. `author` is the author's first name, '' if the author was erased.

    `alike` is how many ideas were merged into this one. `files` is the number of files of all these ideas, and
    `documents` how many of the files are no pictures. `pictured` says whether one file is a photo small enough to be
    shown without being asked for. `builds_on` is the text of the idea that this one builds on, '' if there is none or
    nobody can read it any more.
    """

    idea: Idea
    author: str
    votes: int
    alike: int
    files: int
    documents: int
    builds_on: str
    pictured: bool


async def count_on_wall(tx: Transaction, scope: IdeaScope) -> int:
    """Return how many ideas a wall shows on all its pages together. `scope` selects the ideas of the wall."""
    return await tx.value(
        int, f"SELECT COUNT(*) FROM ideas i WHERE {scope.where('i')} AND {counts('i')}", **scope.params
    )


async def page_of_wall(tx: Transaction, scope: IdeaScope, by: Order, start: int, most: int) -> Sequence[WallEntry]:
    """Return at most `most` ideas of a wall, from index `start` on (0 is the first).

    `scope` selects the ideas that the wall shows, `by` is their order: «v» by votes, «t» by time.
    """
    params = {**scope.params, "start": start, "most": most}
    if by == "v":
        rows = await tx.all(
            f"{voted_query('i.id', scope.where('m'))} ORDER BY {VOTES} DESC, i.id LIMIT :most OFFSET :start", **params
        )
    else:
        rows = await tx.all(
            f"SELECT i.id FROM ideas i WHERE {scope.where('i')} AND {counts('i')} ORDER BY i.id DESC"
            " LIMIT :most OFFSET :start",
            **params,
        )
    return await wall_entries(tx, [row["id"] for row in rows])


async def wall_entries(tx: Transaction, idea_ids: Sequence[int]) -> Sequence[WallEntry]:
    """Return the ideas with these ids, in this order, each with what a wall shows beside it; without deleted ideas."""
    entries = [await wall_entry(tx, idea_id) for idea_id in idea_ids]
    return [entry for entry in entries if entry is not None]


LIGHT = 500_000
"""The largest size in bytes of a photo that is shown beside its idea unasked; a larger one would delay the words."""
_ATTACHED = (
    "FROM idea_files f JOIN ideas a ON a.id = f.idea_id WHERE (a.id = i.id"
    f" OR (a.merged_into = i.id AND {is_shown('a')}))"
)
"""The part of a query with the files `f` that came with an idea `i` and with the ideas merged into it."""


async def light_photo(tx: Transaction, idea_id: int) -> tuple[str, str] | None:
    """Return the digest and the name of an idea's first photo of at most half a megabyte; None if there is none.

    The photos of the idea itself come first, then photos of ideas that were merged into it.
    """
    row = await tx.one(
        f"SELECT f.digest, f.name FROM ideas i, idea_files f JOIN ideas a ON a.id = f.idea_id WHERE i.id = :id"
        f" AND (a.id = i.id OR (a.merged_into = i.id AND {is_shown('a')})) AND f.picture = 1 AND f.size <= :light"
        " ORDER BY CASE WHEN a.id = i.id THEN 0 ELSE 1 END, a.id, f.position LIMIT 1",
        id=idea_id,
        light=LIGHT,
    )
    return (row["digest"], row["name"]) if row else None


async def wall_entry(tx: Transaction, idea_id: int) -> WallEntry | None:
    """Return an idea in any state with what a wall shows beside it; None if the idea does not exist."""
    row = await tx.one(
        f"SELECT {COLUMNS}, p.given_name,"
        f" (SELECT {VOTES} FROM ideas m JOIN idea_votes v ON v.idea_id = m.id WHERE {is_shown('m')}"
        " AND (m.id = i.id OR m.merged_into = i.id)) AS votes,"
        f" (SELECT COUNT(*) FROM ideas a WHERE a.merged_into = i.id AND {is_shown('a')}) AS alike,"
        f" (SELECT COUNT(*) {_ATTACHED}) AS files,"
        f" (SELECT COUNT(*) {_ATTACHED} AND f.picture = 0) AS documents,"
        f" EXISTS (SELECT 1 {_ATTACHED} AND f.picture = 1 AND f.size <= :light) AS pictured,"
        f" (SELECT b.text FROM ideas b WHERE b.id = i.parent_id AND {is_shown('b')}) AS builds_on"
        " FROM ideas i LEFT JOIN participants p ON p.id = i.author_id WHERE i.id = :id",
        id=idea_id,
        light=LIGHT,
    )
    if row is None:
        return None
    return WallEntry(
        record(Idea, row),
        row["given_name"] or "",
        row["votes"],
        row["alike"],
        row["files"],
        row["documents"],
        row["builds_on"] or "",
        bool(row["pictured"]),
    )


async def own_on_wall(tx: Transaction, participant_id: int, scope: IdeaScope) -> Sequence[WallEntry]:
    """Return the ideas on a wall that a participant gave, oldest first. `scope` selects the ideas of the wall."""
    rows = await tx.all(
        f"SELECT i.id FROM ideas i WHERE i.author_id = :person AND {scope.where('i')} AND {counts('i')} ORDER BY i.id",
        person=participant_id,
        **scope.params,
    )
    return await wall_entries(tx, [row["id"] for row in rows])
