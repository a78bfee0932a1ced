"""Stores how messages of a person were understood: which phase took them, which photo they describe, hints sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction
from bot.database.records import record
from bot.people.browser_store import COUNTED
from handlers.ideas.store.ideas import COLUMNS
from handlers.workshops.model import Collects, Idea, IdeaState, PhaseRun
from handlers.workshops.store.runs import RUN_COLUMNS

LATE_FOR = timedelta(minutes=30)
"""How long after the end of a phase a message can still be stored as a late idea."""
LINE_WITHIN = timedelta(minutes=30)
"""For how long after a photo the next message is taken as the line of text that describes the photo."""
BURST = timedelta(minutes=2)
"""The longest time between two messages that count as belonging together."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The run (one phase in one group) that takes a participant's ideas now, and what the phase collects.

    `mine` says whether it is the run of the participant's own group. A participant without a group gives ideas for a
    phase that is open in other groups, and `mine` is False.
    """

    run: PhaseRun
    collects: Collects
    mine: bool

    @property
    def state(self) -> IdeaState:
        """The state of an idea given now: «live»; «late» after the end; «homeless» from people without a group."""
        if not self.mine:
            return "homeless"
        return "live" if self.run.open else "late"


@dataclass(frozen=True, slots=True)
class GivenIdeas:
    """The ideas that a participant has given in a phase, without withdrawn ones.

    `count` is the number of ideas, and `last` the id of the last one, 0 for none. `awaiting` are the ids of photos
    whose line of text is still awaited, oldest first; `last_file_at` is when (UTC) the last file of these was sent,
    None without such photos.
    """

    count: int
    awaiting: tuple[int, ...]
    last_file_at: datetime | None
    last: int = 0


async def opening_for(tx: Transaction, participant_id: int, now: datetime) -> Opening | None:
    """Return the run that takes a participant's ideas now; None if no phase is open or has just ended.

    A run is one phase in one group. For a person with a group, it is the open run of the group, or one that ended
    within half an hour. For a person who has no group on a day whose groups are in a phase, it is the run of their
    theme that began last, or else any open run.
    """
    return await tx.cached(f"ideas.opening.{participant_id}", lambda tx: _opening_for(tx, participant_id, now))


async def _opening_for(tx: Transaction, participant_id: int, now: datetime) -> Opening | None:
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
    return Opening(record(PhaseRun, row), row["collects"], bool(row["mine"])) if row else None


async def count_given(tx: Transaction, author_id: int, browser: str) -> int:
    """Return how many ideas a participant has given so far in any phase, also withdrawn ones.

    `browser` says which ideas count: those given in the unconfirmed browser with this id, in any unconfirmed browser
    («*»), or in any other place ('').
    """
    return await tx.value(
        int,
        f"SELECT COUNT(*) FROM ideas WHERE author_id = :author AND {COUNTED}",
        author=author_id,
        browser=browser,
    )


async def note_hinted(tx: Transaction, platform: str, chat: str, now: datetime) -> bool:
    """Store that a chat now gets the hint about what can be an idea, unless it got the hint within two minutes.

    Returns True if it got the hint lately, so that the caller does not send it again; False if the caller must send it.
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
    """Delete records of hints about ideas that are older than two minutes. Returns how many were deleted."""
    return await tx.run("DELETE FROM idea_hints WHERE told_at <= :since", since=to_micros(now - BURST))


async def given_ideas(tx: Transaction, author_id: int, phase: str, now: datetime, browser: str = "") -> GivenIdeas:
    """Return the ideas that a participant has given in a phase so far, in any group.

    `browser` is the id of the unconfirmed browser in which they write, '' for any other place. In an unconfirmed
    browser, only photos that were sent there wait for their line of text.
    """
    rows = await tx.all(
        "SELECT id, browser, CASE text WHEN '' THEN COALESCE(edited_at, created_at) END AS touched FROM ideas"
        " WHERE author_id = :author AND phase = :phase AND state <> 'withdrawn' ORDER BY id",
        author=author_id,
        phase=phase,
    )
    since = to_micros(now - LINE_WITHIN)
    awaiting = [
        row for row in rows if row["touched"] is not None and row["touched"] > since and browser in ("", row["browser"])
    ]
    last_file_at = from_micros(max(row["touched"] for row in awaiting)) if awaiting else None
    return GivenIdeas(len(rows), tuple(row["id"] for row in awaiting), last_file_at, rows[-1]["id"] if rows else 0)


async def idea_of_album(tx: Transaction, author_id: int, album: str) -> Idea | None:
    """Return the latest idea made from the photos of an album; None if there is none.

    `album` identifies photos that were sent together.
    """
    return await tx.row(
        Idea,
        f"SELECT {COLUMNS} FROM ideas i WHERE i.author_id = :author AND i.album = :album AND i.state <> 'withdrawn'"
        " ORDER BY i.id DESC LIMIT 1",
        author=author_id,
        album=album,
    )


async def note_file(tx: Transaction, idea_id: int, now: datetime) -> None:
    """Store that an idea got another file now, so that the bot waits again for its line of text."""
    await tx.run("UPDATE ideas SET edited_at = :now WHERE id = :id", id=idea_id, now=to_micros(now))
