"""Reads and writes ideas: what people give in a phase, walls, votes, files, hiding, merging and reports.

A phase is one step of the workshops; a run is this phase as one group lives it. Live ideas are those given in time and
not withdrawn. Ideas that count are live, not hidden and not merged into another: the wall, the list of a group's ideas,
shows these. Stems are the beginnings of words by which ideas are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.database.engine import Row, Transaction
from bot.files.named_files import FileTable
from handlers.workshops.model import Category, Collects, Idea, IdeaState, PhaseRun
from handlers.workshops.store.ideas import counts, is_shown
from handlers.workshops.store.runs import RUN_COLUMNS, run_of_row

COLUMNS = (
    "i.id, i.group_id, i.theme, i.phase, i.author_id, i.territory, i.category, i.text, i.anonymous, i.state,"
    " i.parent_id, i.merged_into, i.hidden, i.created_at"
)
_PLAIN = COLUMNS.replace("i.", "")


def idea_of_row(row: Row) -> Idea:
    """Return the idea in a row of a query that selects COLUMNS."""
    return Idea(
        row["id"],
        row["group_id"],
        row["theme"],
        row["phase"],
        row["author_id"],
        row["territory"],
        row["category"],
        row["text"],
        bool(row["anonymous"]),
        row["state"],
        row["parent_id"],
        row["merged_into"],
        bool(row["hidden"]),
        from_micros(row["created_at"]),
    )


async def find_idea(tx: Transaction, idea_id: int) -> Idea | None:
    """Return the idea with this id; None where there is none."""
    row = await tx.one(f"SELECT {COLUMNS} FROM ideas i WHERE i.id = :id", id=idea_id)
    return idea_of_row(row) if row else None


async def find_by_message(tx: Transaction, platform: str, chat: str, native_id: str) -> Idea | None:
    """Return the idea whose text came in a message; None for any other message.

    The message is identified by its platform, its chat and `native_id`, its id on the platform.
    """
    row = await tx.one(
        f"SELECT {COLUMNS} FROM ideas i WHERE i.platform = :platform AND i.chat = :chat AND i.native_id = :native_id"
        " AND i.native_id <> ''",
        platform=platform,
        chat=chat,
        native_id=native_id,
    )
    return idea_of_row(row) if row else None


async def add_idea(
    tx: Transaction,
    author_id: int,
    group_id: int | None,
    phase: str,
    text: str,
    now: datetime,
    *,
    stems: str,
    state: IdeaState = "live",
    category: Category = "",
    anonymous: bool = False,
    parent_id: int | None = None,
    message: tuple[str, str, str] = ("", "", ""),
    album: str = "",
) -> Idea:
    """Store an idea, with the theme of its group (of its author without a group) and the author's present territory.

    `text` is '' for a photo whose line of text is awaited. `stems` are those of the text, separated by blanks.
    `parent_id` is the id of the idea that this one builds on. `message` is the message the text came in, as platform,
    chat and id on the platform, all '' where it came in none that can be edited. `album` identifies photos that were
    sent together.
    """
    platform, chat, native_id = message
    row = await tx.one(
        "INSERT INTO ideas (group_id, theme, phase, author_id, territory, category, text, stems, anonymous, state,"
        " parent_id, platform, chat, native_id, album, created_at)"
        " SELECT CAST(:group_id AS BIGINT), COALESCE((SELECT g.theme FROM groups g WHERE g.id = :group_id),"
        " (SELECT c.theme FROM choices c WHERE c.participant_id = p.id)), :phase, p.id, p.territory, :category, :text,"
        " :stems, :anonymous, :state, CAST(:parent_id AS BIGINT), :platform, :chat, :native_id, :album, :now"
        f" FROM participants p WHERE p.id = :author RETURNING {_PLAIN}",
        group_id=group_id,
        phase=phase,
        author=author_id,
        category=category,
        text=text,
        stems=stems,
        anonymous=int(anonymous),
        state=state,
        parent_id=parent_id,
        platform=platform,
        chat=chat,
        native_id=native_id,
        album=album,
        now=to_micros(now),
    )
    assert row is not None
    return idea_of_row(row)


# --- changes by the author


async def edit_idea(
    tx: Transaction,
    idea_id: int,
    text: str,
    now: datetime,
    *,
    stems: str,
    category: Category | None = None,
    message: tuple[str, str, str] | None = None,
) -> None:
    """Change the text of an idea, with the stems of the new text. Its votes and links to other ideas stay.

    With None, the category or the message stays as it is. `message` is a platform, a chat and an id on the platform.
    """
    await tx.run(
        "UPDATE ideas SET text = :text, stems = :stems, edited_at = :now,"
        " category = COALESCE(CAST(:category AS TEXT), category) WHERE id = :id",
        id=idea_id,
        text=text,
        stems=stems,
        category=category,
        now=to_micros(now),
    )
    if message is not None:
        platform, chat, native_id = message
        await tx.run(
            "UPDATE ideas SET platform = :platform, chat = :chat, native_id = :native_id WHERE id = :id",
            id=idea_id,
            platform=platform,
            chat=chat,
            native_id=native_id,
        )


async def set_idea_state(tx: Transaction, idea_id: int, state: IdeaState) -> None:
    """Set the state of an idea."""
    await tx.run("UPDATE ideas SET state = :state WHERE id = :id", id=idea_id, state=state)


async def drop_asked_idea(tx: Transaction, idea_id: int) -> None:
    """Delete a text in the state «asked», because its author says that it is no idea."""
    await tx.run("DELETE FROM ideas WHERE id = :id AND state = 'asked'", id=idea_id)


async def separate_merged(tx: Transaction, idea_id: int) -> None:
    """Make the ideas that were merged into an idea ideas of their own again."""
    await tx.run("UPDATE ideas SET merged_into = NULL WHERE merged_into = :id", id=idea_id)


async def set_anonymous(tx: Transaction, idea_id: int, anonymous: bool) -> None:
    """Set whether others read an idea without its author's name."""
    await tx.run("UPDATE ideas SET anonymous = :anonymous WHERE id = :id", id=idea_id, anonymous=int(anonymous))


async def set_category(tx: Transaction, idea_id: int, category: Category) -> None:
    """Set the category of an idea."""
    await tx.run("UPDATE ideas SET category = :category WHERE id = :id", id=idea_id, category=category)


# --- lists


async def ideas_of_author(tx: Transaction, author_id: int, phase: str) -> Sequence[Idea]:
    """Return all ideas of an author in a phase, in any state and group, oldest first."""
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM ideas i WHERE i.author_id = :author AND i.phase = :phase ORDER BY i.id",
        author=author_id,
        phase=phase,
    )
    return [idea_of_row(row) for row in rows]


async def ideas_of_group(tx: Transaction, group_id: int, phase: str) -> Sequence[Idea]:
    """Return the ideas of a group's phase that count (see `Idea.counts`), oldest first."""
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM ideas i WHERE i.group_id = :group AND i.phase = :phase AND {counts('i')} ORDER BY i.id",
        group=group_id,
        phase=phase,
    )
    return [idea_of_row(row) for row in rows]


async def stems_of_theme(tx: Transaction, theme: str, phase: str, *, but_group: int) -> Sequence[tuple[int, str]]:
    """Return the ids and stems of the ideas of a theme's groups in a phase, to compare other ideas with them.

    Only ideas that count and are revealed are returned, and none of the group `but_group`.
    """
    rows = await tx.all(
        "SELECT i.id, i.stems FROM ideas i JOIN phase_runs r ON r.group_id = i.group_id AND r.phase = i.phase"
        f" WHERE i.theme = :theme AND i.phase = :phase AND i.group_id <> :group AND {counts('i')}"
        " AND r.revealed_at IS NOT NULL ORDER BY i.id",
        theme=theme,
        phase=phase,
        group=but_group,
    )
    return [(row["id"], row["stems"]) for row in rows]


async def count_built_on(tx: Transaction, idea_id: int) -> int:
    """Return how many ideas build on an idea, counting ideas that are live, not hidden and not merged."""
    row = await tx.one(f"SELECT COUNT(*) AS n FROM ideas i WHERE i.parent_id = :id AND {counts('i')}", id=idea_id)
    assert row is not None
    return int(row["n"])


# --- Which phase takes a person's text at a moment, and which ideas a person can move to another group.


LATE_FOR = timedelta(minutes=30)
"""How long after the end of a phase a message is still stored as a late idea."""
LINE_WITHIN = timedelta(minutes=30)
"""How long after a photo the next message is taken as the line of text that describes the photo."""
BURST = timedelta(minutes=2)
"""The longest time between two messages that are taken to belong together."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The run that takes a participant's ideas now, and what its phase collects.

    `mine` says that it is the run of the participant's own group. It is False for people without a group, whose ideas
    are stored for a phase that is open in other groups.
    """

    run: PhaseRun
    collects: Collects
    mine: bool

    @property
    def state(self) -> IdeaState:
        """The state of an idea given now: «live», «late» after the end, «homeless» for people without a group."""
        if not self.mine:
            return "homeless"
        return "live" if self.run.open else "late"


@dataclass(frozen=True, slots=True)
class GivenIdeas:
    """The ideas that a participant has given in a phase, without withdrawn ones and those in the state «asked».

    `count` is how many there are. `awaiting` are the ids of photos that wait for their line of text, oldest first, and
    `last_file_at` is when the last file of these came, in UTC; None where no photo waits.
    """

    count: int
    awaiting: tuple[int, ...]
    last_file_at: datetime | None


async def opening_for(tx: Transaction, participant_id: int, now: datetime) -> Opening | None:
    """Return the run that takes a participant's ideas now; None where no phase is open or has just ended.

    For people with a group, it is the open run of their group, or one that ended within LATE_FOR. For people who have
    no group in a round whose groups are in a phase, it is the run of their theme that began last, or else any open run.
    """
    row = await tx.one(
        f"SELECT {RUN_COLUMNS}, f.collects, EXISTS (SELECT 1 FROM members m WHERE m.group_id = r.group_id"
        " AND m.participant_id = :person) AS mine"
        " FROM phase_runs r JOIN phases f ON f.key = r.phase WHERE r.id = COALESCE("
        " (SELECT o.id FROM members m JOIN phase_runs o ON o.group_id = m.group_id WHERE m.participant_id = :person"
        " AND (o.state <> 'ended' OR o.ended_at > :since)"
        " ORDER BY CASE o.state WHEN 'ended' THEN 1 ELSE 0 END, o.started_at DESC, o.id DESC LIMIT 1),"
        " (SELECT o.id FROM phase_runs o JOIN groups g ON g.id = o.group_id"
        " LEFT JOIN choices c ON c.participant_id = :person AND c.theme = g.theme WHERE o.state <> 'ended'"
        " AND NOT EXISTS (SELECT 1 FROM members m WHERE m.participant_id = :person AND m.round = g.round)"
        " ORDER BY CASE WHEN c.theme IS NULL THEN 1 ELSE 0 END, o.started_at DESC, o.id DESC LIMIT 1))",
        person=participant_id,
        since=to_micros(now - LATE_FOR),
    )
    return Opening(run_of_row(row), row["collects"], bool(row["mine"])) if row else None


async def latest_phase(tx: Transaction, author_id: int) -> str | None:
    """Return the key of the phase in which a participant gave their latest idea; None if they gave none."""
    row = await tx.one(
        "SELECT phase FROM ideas WHERE author_id = :author ORDER BY id DESC LIMIT 1",
        author=author_id,
    )
    return row["phase"] if row else None


async def note_hinted(tx: Transaction, platform: str, chat: str, now: datetime) -> bool:
    """Note that a chat gets the hint about what can be an idea, unless it got this hint within BURST.

    Returns True if the chat got it within BURST, so that it must not be sent again; False if it is to be sent now.
    """
    return not await tx.run(
        "INSERT INTO idea_hints (platform, chat, told_at) VALUES (:platform, :chat, :now)"
        " ON CONFLICT (platform, chat) DO UPDATE SET told_at = excluded.told_at WHERE idea_hints.told_at <= :since",
        platform=platform,
        chat=chat,
        now=to_micros(now),
        since=to_micros(now - BURST),
    )


async def forget_hints(tx: Transaction, now: datetime) -> int:
    """Delete notes about hints that are older than BURST. Returns how many were deleted."""
    return await tx.run("DELETE FROM idea_hints WHERE told_at <= :since", since=to_micros(now - BURST))


async def given_ideas(tx: Transaction, author_id: int, phase: str, now: datetime) -> GivenIdeas:
    """Return what a participant has given in a phase so far, in any group."""
    rows = await tx.all(
        "SELECT id, CASE text WHEN '' THEN COALESCE(edited_at, created_at) END AS touched FROM ideas"
        " WHERE author_id = :author AND phase = :phase AND state NOT IN ('withdrawn', 'asked') ORDER BY id",
        author=author_id,
        phase=phase,
    )
    since = to_micros(now - LINE_WITHIN)
    awaiting = [row for row in rows if row["touched"] is not None and row["touched"] > since]
    last_file_at = from_micros(max(row["touched"] for row in awaiting)) if awaiting else None
    return GivenIdeas(len(rows), tuple(row["id"] for row in awaiting), last_file_at)


async def idea_of_album(tx: Transaction, author_id: int, album: str) -> Idea | None:
    """Return the latest idea made from the photos of an album; None where there is none.

    `album` identifies photos that were sent together.
    """
    row = await tx.one(
        f"SELECT {COLUMNS} FROM ideas i WHERE i.author_id = :author AND i.album = :album AND i.state <> 'withdrawn'"
        " ORDER BY i.id DESC LIMIT 1",
        author=author_id,
        album=album,
    )
    return idea_of_row(row) if row else None


async def note_file(tx: Transaction, idea_id: int, now: datetime) -> None:
    """Note that an idea got another file now, so that the wait for its line of text begins again."""
    await tx.run("UPDATE ideas SET edited_at = :now WHERE id = :id", id=idea_id, now=to_micros(now))


# --- when the author changes group


async def move_ideas(tx: Transaction, author_id: int, from_group: int | None, to_group: int) -> int:
    """Move the ideas of `ideas_left_behind` to the group `to_group`. Returns how many were moved.

    Moved ideas lose their votes, and are separated from ideas that were merged with them. `from_group` is None for
    ideas without a group.
    """
    ids = [idea.id for idea in await ideas_left_behind(tx, author_id, from_group)]
    for idea_id in ids:
        await tx.run("DELETE FROM idea_votes WHERE idea_id = :id", id=idea_id)
        await separate_merged(tx, idea_id)
        await tx.run(
            "UPDATE ideas SET group_id = :group, merged_into = NULL,"
            " state = CASE state WHEN 'homeless' THEN 'live' ELSE state END,"
            " theme = (SELECT g.theme FROM groups g WHERE g.id = :group) WHERE id = :id",
            id=idea_id,
            group=to_group,
        )
    return len(ids)


async def ideas_left_behind(tx: Transaction, author_id: int, group_id: int | None) -> Sequence[Idea]:
    """Return the ideas that a participant who changed group can move from the earlier group `group_id`.

    They are the live ideas of its open phase, or of its last phase if none is open. None as `group_id` stands for ideas
    that were given without a group, or whose group was dissolved.
    """
    if group_id is None:
        where = "i.group_id IS NULL AND i.state IN ('homeless', 'live')"
    else:
        where = (
            "i.group_id = :group AND i.state = 'live' AND i.phase = (SELECT r.phase FROM phase_runs r"
            " WHERE r.group_id = :group ORDER BY CASE r.state WHEN 'ended' THEN 1 ELSE 0 END, r.started_at DESC,"
            " r.id DESC LIMIT 1)"
        )
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM ideas i WHERE i.author_id = :author AND {where} ORDER BY i.id",
        author=author_id,
        **({} if group_id is None else {"group": group_id}),
    )
    return [idea_of_row(row) for row in rows]


# --- Walls: the ideas of a phase, a page at a time, with the votes and files of each.


Order = Literal["v", "t"]
"""The order of a wall: «v» by votes, the oldest first among equals; «t» by time, the newest first."""


@dataclass(frozen=True, slots=True)
class IdeaScope:
    """A choice of ideas of one phase: those of a group, of all groups of a theme, or of everyone if both are None."""

    phase: str
    group_id: int | None = None
    theme: str | None = None

    def where(self, ideas: str) -> str:
        """Return the SQL condition for the ideas of this scope, in which `ideas` is the alias of the table of ideas."""
        if self.group_id is not None:
            return f"{ideas}.phase = :phase AND {ideas}.group_id = :group"
        if self.theme is not None:
            return f"{ideas}.phase = :phase AND {ideas}.theme = :theme"
        return f"{ideas}.phase = :phase"

    @property
    def params(self) -> Mapping[str, str | int]:
        """The parameters of the condition that `where` returns."""
        if self.group_id is not None:
            return {"phase": self.phase, "group": self.group_id}
        return {"phase": self.phase} if self.theme is None else {"phase": self.phase, "theme": self.theme}


@dataclass(frozen=True, slots=True)
class WallEntry:
    """An idea with what a wall shows beside it. `author` is the author's first name, '' if they were erased.

    `alike` is how many ideas were merged into this one. `files` is how many files came with these and this one, and
    `documents` how many of the files are no pictures. `builds_on` is the text of the idea that this one builds on, ''
    where there is none or nobody can read that idea any more.
    """

    idea: Idea
    author: str
    votes: int
    alike: int
    files: int
    documents: int
    builds_on: str


async def count_on_wall(tx: Transaction, scope: IdeaScope) -> int:
    """Return how many ideas a wall shows on all its pages."""
    row = await tx.one(f"SELECT COUNT(*) AS n FROM ideas i WHERE {scope.where('i')} AND {counts('i')}", **scope.params)
    assert row is not None
    number: int = row["n"]
    return number


async def page_of_wall(tx: Transaction, scope: IdeaScope, by: Order, start: int, most: int) -> Sequence[WallEntry]:
    """Return at most `most` ideas of a wall, from index `start` on (0 is the first)."""
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
    """Return the wall entries of ideas, in the given order. Ideas that do not exist any more are left out."""
    entries = [await wall_entry(tx, idea_id) for idea_id in idea_ids]
    return [entry for entry in entries if entry is not None]


_ATTACHED = (
    "FROM idea_files f JOIN ideas a ON a.id = f.idea_id WHERE (a.id = i.id"
    f" OR (a.merged_into = i.id AND {is_shown('a')}))"
)
"""The part of a query with the files `f` that came with an idea `i` and with the ideas merged into it."""


async def wall_entry(tx: Transaction, idea_id: int) -> WallEntry | None:
    """Return the wall entry of an idea in any state; None where the idea does not exist."""
    row = await tx.one(
        f"SELECT {COLUMNS}, p.given_name,"
        f" (SELECT {VOTES} FROM ideas m JOIN idea_votes v ON v.idea_id = m.id WHERE {is_shown('m')}"
        " AND (m.id = i.id OR m.merged_into = i.id)) AS votes,"
        f" (SELECT COUNT(*) FROM ideas a WHERE a.merged_into = i.id AND {is_shown('a')}) AS alike,"
        f" (SELECT COUNT(*) {_ATTACHED}) AS files,"
        f" (SELECT COUNT(*) {_ATTACHED} AND f.picture = 0) AS documents,"
        f" (SELECT b.text FROM ideas b WHERE b.id = i.parent_id AND {is_shown('b')}) AS builds_on"
        " FROM ideas i LEFT JOIN participants p ON p.id = i.author_id WHERE i.id = :id",
        id=idea_id,
    )
    if row is None:
        return None
    return WallEntry(
        idea_of_row(row),
        row["given_name"] or "",
        row["votes"],
        row["alike"],
        row["files"],
        row["documents"],
        row["builds_on"] or "",
    )


@dataclass(frozen=True, slots=True)
class RevealedIdea:
    """An idea that its group can read: its text, its group, and its author's first name.

    The name is '' for an anonymous idea, and where its author takes no part any more.
    """

    group_id: int
    text: str
    author: str


@dataclass(frozen=True, slots=True)
class RevealedIdeas:
    """The ideas of a phase of a round's groups: the latest that are revealed, and how many were given by how many."""

    latest: Sequence[RevealedIdea]
    ideas: int
    people: int


async def revealed_of_round(tx: Transaction, round_number: int, phase: str, most: int) -> RevealedIdeas:
    """Return the latest ideas of a phase that groups of a round revealed, at most `most`, the newest first.

    The counts include ideas that are not revealed yet.
    """
    rows = await tx.all(
        "SELECT i.group_id, i.text, CASE WHEN i.anonymous = 0 AND p.status = 'joined' THEN p.given_name ELSE '' END"
        " AS author FROM ideas i JOIN groups g ON g.id = i.group_id"
        " JOIN phase_runs r ON r.group_id = i.group_id AND r.phase = i.phase"
        " LEFT JOIN participants p ON p.id = i.author_id"
        f" WHERE g.round = :round AND i.phase = :phase AND r.revealed_at IS NOT NULL AND i.text <> '' AND {counts('i')}"
        " ORDER BY i.id DESC LIMIT :most",
        round=round_number,
        phase=phase,
        most=most,
    )
    row = await tx.one(
        "SELECT COUNT(*) AS ideas, COUNT(DISTINCT i.author_id) AS people FROM ideas i"
        f" JOIN groups g ON g.id = i.group_id WHERE g.round = :round AND i.phase = :phase AND {counts('i')}",
        round=round_number,
        phase=phase,
    )
    assert row is not None
    latest = [RevealedIdea(row["group_id"], row["text"], row["author"]) for row in rows]
    return RevealedIdeas(latest, row["ideas"], row["people"])


async def own_on_wall(tx: Transaction, participant_id: int, scope: IdeaScope) -> Sequence[WallEntry]:
    """Return the ideas on a wall that a participant gave, oldest first."""
    rows = await tx.all(
        f"SELECT i.id FROM ideas i WHERE i.author_id = :person AND {scope.where('i')} AND {counts('i')} ORDER BY i.id",
        person=participant_id,
        **scope.params,
    )
    return await wall_entries(tx, [row["id"] for row in rows])


async def is_member(tx: Transaction, participant_id: int, group_id: int) -> bool:
    """Return whether a person is a member of a group."""
    row = await tx.one(
        "SELECT 1 AS found FROM members m WHERE m.participant_id = :person AND m.group_id = :group",
        person=participant_id,
        group=group_id,
    )
    return row is not None


async def is_in_group_or_theme(tx: Transaction, participant_id: int, group_id: int, theme: str | None) -> bool:
    """Return whether a person is a member of a group, or of any group of a theme."""
    row = await tx.one(
        "SELECT 1 AS found FROM members m JOIN groups g ON g.id = m.group_id WHERE m.participant_id = :person"
        " AND (g.id = :group OR g.theme = CAST(:theme AS TEXT))",
        person=participant_id,
        group=group_id,
        theme=theme,
    )
    return row is not None


async def runs_theme(tx: Transaction, participant_id: int, theme: str | None) -> bool:
    """Return whether a person runs the workshops of all groups of a theme; for None, of all groups of all themes."""
    row = await tx.one(
        "SELECT 1 AS found FROM facilitators f WHERE f.participant_id = :person"
        " AND (f.audience = 'all' OR f.audience = :theme)",
        person=participant_id,
        theme=f"theme:{theme}" if theme else "all",
    )
    return row is not None


async def most_voted_of_theme(tx: Transaction, theme: str, phase: str, *, but_group: int, most: int) -> Sequence[int]:
    """Return the ids of at most `most` ideas of a theme's groups in a phase, those with the most votes first.

    Only ideas that count and are revealed are returned, and none of the group `but_group`.
    """
    others = (
        "m.theme = :theme AND m.phase = :phase AND m.group_id <> :group AND EXISTS (SELECT 1 FROM phase_runs r"
        " WHERE r.group_id = m.group_id AND r.phase = m.phase AND r.revealed_at IS NOT NULL)"
    )
    rows = await tx.all(
        f"{voted_query('i.id', others)} ORDER BY {VOTES} DESC, i.id LIMIT :most",
        theme=theme,
        phase=phase,
        group=but_group,
        most=most,
    )
    return [row["id"] for row in rows]


# --- Votes for ideas. A vote for an idea that was merged counts for the idea it was merged into.


OF_GROUP = "m.group_id = :group AND m.phase = :phase"
"""The SQL condition for ideas `m` that a group gave in a phase."""
VOTES = "COUNT(DISTINCT v.participant_id)"
"""The SQL expression for how many people voted for an idea, in a query of `voted_query`."""


def voted_query(columns: str, condition: str) -> str:
    """Return an SQL query for the ideas `i` that count, with their votes and those of the ideas merged into them.

    `columns` are what to select. `condition` says which ideas `m` are considered; an idea `m` stands for the idea `i`
    it was merged into, or for itself. The query groups by idea, and can be ordered by VOTES.
    """
    return (
        f"SELECT {columns} FROM ideas m JOIN ideas i ON i.id = COALESCE(m.merged_into, m.id)"
        f" LEFT JOIN idea_votes v ON v.idea_id = m.id WHERE {condition} AND {is_shown('m')}"
        f" AND {counts('i')} GROUP BY i.id"
    )


async def most_voted_of_group(tx: Transaction, group_id: int, phase: str) -> Sequence[tuple[Idea, int]]:
    """Return all ideas of a group in a phase that count (not withdrawn, hidden or merged), with their numbers of votes.

    The idea with the most votes comes first, and the oldest first among equals.
    """
    rows = await tx.all(
        f"{voted_query(f'{COLUMNS}, {VOTES} AS votes', OF_GROUP)} ORDER BY {VOTES} DESC, i.id",
        group=group_id,
        phase=phase,
    )
    return [(idea_of_row(row), row["votes"]) for row in rows]


async def votes_of_person(tx: Transaction, participant_id: int, group_id: int, phase: str) -> frozenset[int]:
    """Return the ids of the ideas of a group's phase for which a participant has voted.

    A vote for an idea that was merged into another stands for that other idea.
    """
    rows = await tx.all(
        "SELECT DISTINCT i.id FROM idea_votes v JOIN ideas m ON m.id = v.idea_id"
        f" JOIN ideas i ON i.id = COALESCE(m.merged_into, m.id) WHERE v.participant_id = :person AND {OF_GROUP}"
        f" AND {is_shown('m')} AND {counts('i')}",
        person=participant_id,
        group=group_id,
        phase=phase,
    )
    return frozenset(row["id"] for row in rows)


async def cast_votes(tx: Transaction, participant_id: int, group_id: int, phase: str, idea_ids: Iterable[int]) -> None:
    """Replace a participant's votes in a group's phase by votes for these ideas.

    The caller checks whether the participant may vote. Their votes in the same phase of other groups of the round,
    given before they changed group, are deleted too.
    """
    await tx.run(
        "DELETE FROM idea_votes WHERE participant_id = :person AND EXISTS (SELECT 1 FROM ideas m"
        " JOIN groups o ON o.id = m.group_id JOIN groups g ON g.round = o.round"
        " WHERE m.id = idea_votes.idea_id AND m.phase = :phase AND g.id = :group)",
        person=participant_id,
        group=group_id,
        phase=phase,
    )
    await tx.many(
        "INSERT INTO idea_votes (participant_id, idea_id) VALUES (:person, :idea)",
        [{"person": participant_id, "idea": idea_id} for idea_id in sorted(set(idea_ids))],
    )


# --- Photos and documents of ideas. Their content is stored in files named by its digest.


MOST = 10
"""The largest number of files of one idea: as many as one message can carry."""
TABLE = FileTable(
    name="idea_files",
    owner="idea_id",
    named=True,
    sized=True,
    author="(SELECT i.author_id FROM ideas i WHERE i.id = f.idea_id)",
)
_COLUMNS = "idea_id, position, digest, name, media_type, picture, size"


@dataclass(frozen=True, slots=True)
class IdeaFile:
    """A file of an idea.

    `position` counts from 0 within the idea, `digest` identifies the content, `size` is in bytes. A `picture` is shown
    as such, other files are sent as documents.
    """

    idea_id: int
    position: int
    digest: str
    name: str
    media_type: str
    picture: bool
    size: int


def _file(row: Row) -> IdeaFile:
    return IdeaFile(
        row["idea_id"],
        row["position"],
        row["digest"],
        row["name"],
        row["media_type"],
        bool(row["picture"]),
        row["size"],
    )


async def add_file(
    tx: Transaction,
    idea_id: int,
    *,
    digest: str,
    name: str,
    media_type: str,
    picture: bool,
    size: int,
    native_id: str = "",
) -> IdeaFile | None:
    """Store a file of an idea, after its other files, and return it. Returns None if the idea has MOST files already.

    `digest` identifies the content, `size` is in bytes. `native_id` is the id, on the platform, of the message the file
    came in; '' for none.
    """
    row = await tx.one(
        f"INSERT INTO idea_files ({_COLUMNS}, native_id)"
        " SELECT i.id, n.place, :digest, :name, :media_type, :picture, :size, :native_id"
        " FROM ideas i, (SELECT COALESCE(MAX(f.position) + 1, 0) AS place FROM idea_files f WHERE f.idea_id = :idea) n"
        f" WHERE i.id = :idea AND n.place < :most RETURNING {_COLUMNS}",
        idea=idea_id,
        digest=digest,
        name=name,
        media_type=media_type,
        picture=int(picture),
        size=size,
        native_id=native_id,
        most=MOST,
    )
    return _file(row) if row else None


async def delete_files_of_message(
    tx: Transaction, author_id: int, platform: str, chat: str, native_id: str
) -> int | None:
    """Delete the files of a participant's idea that came in a message. Returns the id of the idea.

    Returns None if no file of an idea came in the message, which is identified by platform, chat and id on the
    platform.
    """
    row = await tx.one(
        "SELECT f.idea_id FROM idea_files f JOIN ideas i ON i.id = f.idea_id WHERE i.author_id = :author"
        " AND i.platform = :platform AND i.chat = :chat AND f.native_id = :native_id AND f.native_id <> ''",
        author=author_id,
        platform=platform,
        chat=chat,
        native_id=native_id,
    )
    if row is None:
        return None
    await tx.run(
        "DELETE FROM idea_files WHERE idea_id = :idea AND native_id = :native_id",
        idea=row["idea_id"],
        native_id=native_id,
    )
    return int(row["idea_id"])


async def files_of_idea(tx: Transaction, idea_id: int) -> Sequence[IdeaFile]:
    """Return the files of an idea, in order."""
    rows = await tx.all(f"SELECT {_COLUMNS} FROM idea_files WHERE idea_id = :idea ORDER BY position", idea=idea_id)
    return [_file(row) for row in rows]


def count_documents(files: Iterable[IdeaFile]) -> int:
    """Return how many of these files are no pictures."""
    return sum(not file.picture for file in files)


async def files_of_author(tx: Transaction, author_id: int) -> Sequence[IdeaFile]:
    """Return the files of all ideas of an author, withdrawn ones too, in order."""
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM idea_files WHERE idea_id IN (SELECT id FROM ideas WHERE author_id = :author)"
        " ORDER BY idea_id, position",
        author=author_id,
    )
    return [_file(row) for row in rows]


async def count_files_of(tx: Transaction, author_id: int) -> tuple[int, int]:
    """Return how many files all ideas of an author have, withdrawn ones too, and their total size in bytes."""
    row = await tx.one(
        "SELECT COUNT(*) AS files, CAST(COALESCE(SUM(f.size), 0) AS BIGINT) AS size FROM idea_files f"
        " JOIN ideas i ON i.id = f.idea_id WHERE i.author_id = :author",
        author=author_id,
    )
    assert row is not None
    return int(row["files"]), int(row["size"])


# --- Moderation by facilitators, and reports.


async def set_hidden(tx: Transaction, idea_id: int, hidden: bool) -> bool:
    """Hide an idea, or show it again if `hidden` is False. Returns False where nothing changed."""
    return bool(
        await tx.run(
            "UPDATE ideas SET hidden = :hidden WHERE id = :id AND hidden <> :hidden", id=idea_id, hidden=int(hidden)
        )
    )


async def ideas_merged_into(tx: Transaction, idea_id: int) -> Sequence[Idea]:
    """Return the ideas that were merged into an idea, oldest first."""
    rows = await tx.all(f"SELECT {COLUMNS} FROM ideas i WHERE i.merged_into = :id ORDER BY i.id", id=idea_id)
    return [idea_of_row(row) for row in rows]


async def merge_into(tx: Transaction, idea_ids: Iterable[int], target: int | None) -> None:
    """Merge ideas into the idea with the id `target`. With None as `target`, make them ideas of their own again."""
    await tx.many(
        "UPDATE ideas SET merged_into = CAST(:target AS BIGINT) WHERE id = :id",
        [{"id": idea_id, "target": target} for idea_id in idea_ids],
    )


async def late_ideas(tx: Transaction, group_id: int, phase: str) -> Sequence[Idea]:
    """Return the late ideas of a group's phase that their authors sent to the facilitator, oldest first.

    Ideas that the facilitator has decided on are left out.
    """
    return await _ideas_where(tx, group_id, phase, "i.state = 'offered'")


async def hidden_ideas(tx: Transaction, group_id: int, phase: str) -> Sequence[Idea]:
    """Return the hidden ideas of a group's phase, oldest first."""
    return await _ideas_where(tx, group_id, phase, "i.state = 'live' AND i.hidden = 1")


async def stems_of_group(tx: Transaction, group_id: int, phase: str) -> Sequence[tuple[int, str]]:
    """Return the ids and stems of the ideas that count in a group's phase, oldest first."""
    rows = await tx.all(
        "SELECT i.id, i.stems FROM ideas i WHERE i.group_id = :group AND i.phase = :phase"
        f" AND {counts('i')} ORDER BY i.id",
        group=group_id,
        phase=phase,
    )
    return [(row["id"], row["stems"]) for row in rows]


async def stems_of_author(tx: Transaction, participant_id: int, phase: str) -> str:
    """Return the stems of all live ideas of a participant in a phase: each once, separated by blanks.

    Ideas that were merged into others are included.
    """
    rows = await tx.all(
        "SELECT stems FROM ideas WHERE author_id = :person AND phase = :phase AND state = 'live' ORDER BY id",
        person=participant_id,
        phase=phase,
    )
    return " ".join(dict.fromkeys(stem for row in rows for stem in row["stems"].split()))


async def report_idea(tx: Transaction, idea_id: int, participant_id: int, now: datetime) -> bool:
    """Note that a participant reports an idea as out of place. Returns False if they had reported it before."""
    return bool(
        await tx.run(
            "INSERT INTO idea_reports (idea_id, participant_id, at) VALUES (:idea, :person, :now)"
            " ON CONFLICT DO NOTHING",
            idea=idea_id,
            person=participant_id,
            now=to_micros(now),
        )
    )


async def reported_before(tx: Transaction, participant_id: int, back: int) -> datetime | None:
    """Return when a participant made one of their last reports: 1 as `back` is the last, 2 the one before.

    Returns None when the participant has made fewer reports.
    """
    row = await tx.one(
        "SELECT at FROM idea_reports WHERE participant_id = :person ORDER BY at DESC LIMIT 1 OFFSET :before",
        person=participant_id,
        before=back - 1,
    )
    return from_micros(row["at"]) if row else None


async def has_reported(tx: Transaction, idea_id: int, participant_id: int) -> bool:
    """Return whether a person has reported an idea."""
    row = await tx.one(
        "SELECT 1 AS found FROM idea_reports WHERE idea_id = :idea AND participant_id = :person",
        idea=idea_id,
        person=participant_id,
    )
    return row is not None


async def _ideas_where(tx: Transaction, group_id: int, phase: str, condition: str) -> Sequence[Idea]:
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM ideas i WHERE i.group_id = :group AND i.phase = :phase AND {condition} ORDER BY i.id",
        group=group_id,
        phase=phase,
    )
    return [idea_of_row(row) for row in rows]


async def has_given(tx: Transaction, participant_id: int) -> bool:
    """Return whether a person has given an idea in any phase."""
    row = await tx.one("SELECT 1 AS one FROM ideas WHERE author_id = :id LIMIT 1", id=participant_id)
    return row is not None


async def has_voted(tx: Transaction, participant_id: int) -> bool:
    """Return whether a person has voted for an idea in any phase."""
    row = await tx.one("SELECT 1 AS one FROM idea_votes WHERE participant_id = :id LIMIT 1", id=participant_id)
    return row is not None


# --- whether new ideas show names


_UNNAMED = "ideas_unnamed"  # key of a stored setting


async def unnamed_by_default(tx: Transaction) -> bool:
    """Return whether new ideas show no name unless their author wants it."""
    return await setting_store.get(tx, _UNNAMED) == "1"


async def set_unnamed_by_default(tx: Transaction, unnamed: bool) -> bool:
    """Store whether new ideas show no name unless their author wants it. Returns False if it was so before."""
    if unnamed == await unnamed_by_default(tx):
        return False
    await setting_store.put(tx, _UNNAMED, "1" if unnamed else "0")
    return True
