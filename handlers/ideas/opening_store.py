"""Where ideas go: which phase takes someone's words at a moment, and what they take along to another group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction
from handlers.ideas import store
from handlers.ideas.store import COLUMNS, idea_of_row
from handlers.workshops.model import Collects, Idea, IdeaState, PhaseRun
from handlers.workshops.store import RUN_COLUMNS, run_of_row

LATE_FOR = timedelta(minutes=30)
"""How long after the end of a phase plain words are still taken for an idea that comes too late."""
LINE_WITHIN = timedelta(minutes=30)
"""How long the line of text is awaited that goes with a photo."""
BURST = timedelta(minutes=2)
"""How long what comes one after the other, with less than this between, belongs together."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Where the words of someone go now: a run, what its phase collects, and whether it is of their own group.

    One that is not theirs is open elsewhere, while they have no group.
    """

    run: PhaseRun
    collects: Collects
    mine: bool

    @property
    def state(self) -> IdeaState:
        """What an idea given now is."""
        if not self.mine:
            return "homeless"
        return "live" if self.run.open else "late"


@dataclass(frozen=True, slots=True)
class Standing:
    """What someone gave in a phase so far, withdrawn and doubtful ones apart.

    `given` is how many; `awaiting` those that await their line, oldest first; `touched` is when one of these last got
    a file, UTC.
    """

    given: int
    awaiting: tuple[int, ...]
    touched: datetime | None


async def opening(tx: Transaction, participant_id: int, now: datetime) -> Opening | None:
    """Where words of someone go at this moment; None where no phase of theirs is open or has just ended.

    Their own group comes first: the phase it is in, else the one that ended within LATE_FOR. Who has no group in a
    round where others are in a phase is homeless: theirs is the phase of their theme that began last, else any.
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
    """The phase someone gave something in last."""
    row = await tx.one(
        "SELECT phase FROM ideas WHERE author_id = :author ORDER BY id DESC LIMIT 1",
        author=author_id,
    )
    return row["phase"] if row else None


async def hinted(tx: Transaction, platform: str, chat: str, now: datetime) -> bool:
    """Whether a chat was told within BURST what an idea may be; if not, it is noted that it is told now."""
    return not await tx.run(
        "INSERT INTO idea_hints (platform, chat, told_at) VALUES (:platform, :chat, :now)"
        " ON CONFLICT (platform, chat) DO UPDATE SET told_at = excluded.told_at WHERE idea_hints.told_at <= :since",
        platform=platform,
        chat=chat,
        now=to_micros(now),
        since=to_micros(now - BURST),
    )


async def forget_hints(tx: Transaction, now: datetime) -> int:
    """Drop when chats were told, once it is no matter any more."""
    return await tx.run("DELETE FROM idea_hints WHERE told_at <= :since", since=to_micros(now - BURST))


async def standing(tx: Transaction, author_id: int, phase: str, now: datetime) -> Standing:
    """What someone gave in a phase so far."""
    rows = await tx.all(
        "SELECT id, CASE text WHEN '' THEN COALESCE(edited_at, created_at) END AS touched FROM ideas"
        " WHERE author_id = :author AND phase = :phase AND state NOT IN ('withdrawn', 'asked') ORDER BY id",
        author=author_id,
        phase=phase,
    )
    since = to_micros(now - LINE_WITHIN)
    awaiting = [row for row in rows if row["touched"] is not None and row["touched"] > since]
    touched = from_micros(max(row["touched"] for row in awaiting)) if awaiting else None
    return Standing(len(rows), tuple(row["id"] for row in awaiting), touched)


async def of_album(tx: Transaction, author_id: int, album: str) -> Idea | None:
    """The idea that photos sent together made last."""
    row = await tx.one(
        f"SELECT {COLUMNS} FROM ideas i WHERE i.author_id = :author AND i.album = :album AND i.state <> 'withdrawn'"
        " ORDER BY i.id DESC LIMIT 1",
        author=author_id,
        album=album,
    )
    return idea_of_row(row) if row else None


async def note_file(tx: Transaction, idea_id: int, now: datetime) -> None:
    """A photo more hangs on an idea: its line is awaited from now on."""
    await tx.run("UPDATE ideas SET edited_at = :now WHERE id = :id", id=idea_id, now=to_micros(now))


# --- when their author changes group


async def follow(tx: Transaction, author_id: int, from_group: int | None, to_group: int) -> int:
    """Take what `left_behind` finds to another group; how many.

    Votes of the group they leave, and what was merged with them there, stay behind.
    """
    ids = [idea.id for idea in await left_behind(tx, author_id, from_group)]
    for each in ids:
        await tx.run("DELETE FROM idea_votes WHERE idea_id = :id", id=each)
        await store.part(tx, each)
        await tx.run(
            "UPDATE ideas SET group_id = :group, merged_into = NULL,"
            " state = CASE state WHEN 'homeless' THEN 'live' ELSE state END,"
            " theme = (SELECT g.theme FROM groups g WHERE g.id = :group) WHERE id = :id",
            id=each,
            group=to_group,
        )
    return len(ids)


async def left_behind(tx: Transaction, author_id: int, group_id: int | None) -> Sequence[Idea]:
    """What someone gave to a group that they may take along: what stands of its open phase, else of its last.

    For no group: all that is homeless, or whose group is dissolved.
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
