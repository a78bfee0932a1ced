"""The SQL of announcements and campaigns themselves: whom they are for, when they are due, how far they have come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, Literal

from bot.clock import from_micros, instant_or_none, to_micros
from bot.content.names import collation, full_name
from bot.content.views import Attachment
from bot.conversation.looking import Perform
from bot.database.engine import Row, Transaction
from bot.delivery.delivery_store import SPEAKING_IN_CHANNELS, may_be_written_to
from bot.delivery.outbox_store import some_people
from bot.people import audiences
from bot.people.audience_store import where
from bot.people.audiences import EVERYONE, Audience
from bot.people.notifications import Topic
from bot.people.presence_store import away
from handlers.announcements.model import Announcement, Kind, State
from handlers.announcements.store.contents import ELSE, Lines, add_files, pack_words
from handlers.announcements.store.slices import People, last_person

_ABANDONED = timedelta(days=60)
COLUMNS = (
    "n.id, n.author_id, n.kind, n.audience, n.urgent, n.asks_seen, n.state, n.revision, n.due_at, n.deadline_at,"
    " n.released_at, n.ended_at, n.copied_to, n.copies_due_at, n.calling_back, n.changed_to, n.trying_again,"
    " n.closed_to"
)
"""SQL for the columns of announcements `n` that `read_announcement` reads."""


async def add_announcement(
    tx: Transaction,
    author_id: int | None,
    lines: Lines,
    attachments: Sequence[Attachment],
    now: datetime,
    *,
    audience: Audience = EVERYONE,
    kind: Kind = "announcement",
    deadline: datetime | None = None,
) -> Announcement:
    """Store a new draft with these words for readers of all languages, and return the draft.

    `author_id` is None for an announcement from the shell; `deadline` is that of a campaign.
    """
    row = await tx.one(
        "INSERT INTO announcements (author_id, kind, content, audience, deadline_at, created_at)"
        " VALUES (CAST(:author AS BIGINT), :kind, :content, :audience, CAST(:deadline AS BIGINT), :now) RETURNING id",
        author=author_id,
        kind=kind,
        content=pack_words({ELSE: lines}, None),
        audience=audience.encode(),
        deadline=to_micros(deadline) if deadline else None,
        now=to_micros(now),
    )
    assert row is not None
    await add_files(tx, row["id"], attachments)
    announcement = await find_announcement(tx, row["id"])
    assert announcement is not None
    return announcement


async def find_announcement(tx: Transaction, announcement_id: int) -> Announcement | None:
    """Return the announcement with this id, None if there is none."""
    row = await tx.one(f"SELECT {COLUMNS} FROM announcements n WHERE n.id = :id", id=announcement_id)
    return read_announcement(row) if row else None


async def list_announcements(tx: Transaction, limit: int, after: int = 0) -> Sequence[Announcement]:
    """Return up to `limit` announcements, skipping the first `after`.

    Those scheduled or being sent come first, then those sent, then drafts; among these, the newest first.
    """
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM announcements n ORDER BY CASE WHEN n.state IN ('waiting', 'sending') THEN 0"
        " WHEN n.state = 'draft' THEN 2 ELSE 1 END, n.id DESC LIMIT :limit OFFSET :after",
        limit=limit,
        after=after,
    )
    return [read_announcement(row) for row in rows]


async def count_announcements(tx: Transaction) -> int:
    """Return how many announcements there are."""
    row = await tx.one("SELECT COUNT(*) AS found FROM announcements")
    return row["found"] if row else 0


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many announcements are drafts and how many are scheduled (`waiting`), and when the first of these is due."""

    drafts: int
    waiting: int
    next_due: datetime | None


async def unsent(tx: Transaction) -> Unsent:
    """Return how many announcements are drafts or scheduled, and when the first is due."""
    row = await tx.one(
        "SELECT COUNT(CASE WHEN state = 'draft' THEN 1 END) AS drafts, COUNT(due_at) AS waiting, MIN(due_at) AS due"
        " FROM announcements WHERE state IN ('draft', 'waiting')"
    )
    assert row is not None
    return Unsent(row["drafts"], row["waiting"], instant_or_none(row["due"]))


async def set_audience(tx: Transaction, announcement_id: int, audience: Audience) -> None:
    """Set an announcement's audience."""
    await tx.run(
        "UPDATE announcements SET audience = :audience WHERE id = :id", id=announcement_id, audience=audience.encode()
    )


async def begin_release(tx: Transaction, announcement_id: int, now: datetime, *, urgent: bool) -> bool:
    """Mark a draft or scheduled announcement as being sent. The caller enqueues its messages.

    Returns False, and changes nothing, if the announcement is no longer a draft or scheduled, because somebody else
    sent it.
    """
    return bool(
        await tx.run(
            "UPDATE announcements SET state = 'sending', urgent = :urgent, released_at = :now, due_at = NULL,"
            " ended_at = NULL, reference = CASE WHEN state = 'waiting' THEN reference ELSE CAST(:reference AS TEXT) END"
            " WHERE id = :id AND state IN ('draft', 'waiting')",
            id=announcement_id,
            urgent=int(urgent),
            now=to_micros(now),
            reference=tx.reference,
        )
    )


async def wait_for_hour(tx: Transaction, announcement_id: int, due: datetime, *, urgent: bool = False) -> bool:
    """Schedule a draft to be sent at `due`. Returns False if the announcement is no draft."""
    return bool(
        await tx.run(
            "UPDATE announcements SET state = 'waiting', due_at = :due, urgent = :urgent, reference = :reference"
            " WHERE id = :id AND state = 'draft'",
            id=announcement_id,
            due=to_micros(due),
            urgent=int(urgent),
            reference=tx.reference,
        )
    )


async def set_state(tx: Transaction, announcement_id: int, state: State) -> None:
    """Set an announcement's state. With the state «draft», the times when it was due or sent are removed.

    No further copies are enqueued or called back; those of a draft or of a withdrawn announcement are not changed.
    """
    await tx.run(
        "UPDATE announcements SET state = :state, copied_to = NULL, calling_back = '',"
        " changed_to = CASE WHEN :state IN ('draft', 'withdrawn') THEN NULL ELSE changed_to END,"
        " trying_again = CASE WHEN :state IN ('draft', 'withdrawn') THEN 0 ELSE trying_again END,"
        " due_at = CASE WHEN :state = 'draft' THEN NULL ELSE due_at END,"
        " released_at = CASE WHEN :state = 'draft' THEN NULL ELSE released_at END WHERE id = :id",
        id=announcement_id,
        state=state,
    )


async def due_announcements(tx: Transaction, now: datetime) -> Sequence[Announcement]:
    """Return the scheduled announcements that are due, the earliest first."""
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM announcements n WHERE n.state = 'waiting' AND n.due_at <= :now ORDER BY n.due_at, n.id",
        now=to_micros(now),
    )
    return [read_announcement(row) for row in rows]


async def announcements_planned_by(tx: Transaction, participant_id: int) -> Sequence[Announcement]:
    """Return the scheduled announcements that this organiser wrote."""
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM announcements n WHERE n.state = 'waiting' AND n.author_id = :author ORDER BY n.id",
        author=participant_id,
    )
    return [read_announcement(row) for row in rows]


async def next_announcement_due(tx: Transaction) -> datetime | None:
    """Return when the first scheduled announcement is due; None if none is scheduled."""
    row = await tx.one("SELECT MIN(due_at) AS due FROM announcements WHERE state = 'waiting'")
    return instant_or_none(row["due"]) if row else None


async def discard_draft(tx: Transaction, announcement_id: int) -> bool:
    """Delete a draft. Returns False if the announcement is no draft."""
    return bool(await tx.run("DELETE FROM announcements WHERE id = :id AND state = 'draft'", id=announcement_id))


async def released_since(tx: Transaction, since: datetime) -> Sequence[Announcement]:
    """Return the announcements sent at `since` or later, newest first.

    Cancelled and withdrawn ones are left out.
    """
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM announcements n WHERE n.released_at >= :since"
        " AND n.state IN ('sending', 'sent') ORDER BY n.released_at DESC, n.id DESC",
        since=to_micros(since),
    )
    return [read_announcement(row) for row in rows]


async def waiting_or_recent(tx: Transaction, since: datetime) -> Sequence[Announcement]:
    """Return the scheduled announcements and those sent at `since` or later, newest first.

    Cancelled and withdrawn ones are left out.
    """
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM announcements n WHERE n.state = 'waiting'"
        " OR (n.released_at >= :since AND n.state IN ('sending', 'sent')) ORDER BY n.id DESC",
        since=to_micros(since),
    )
    return [read_announcement(row) for row in rows]


async def forget_old_drafts(tx: Transaction, now: datetime) -> int:
    """Delete drafts that are older than two months. Returns how many were deleted."""
    return await tx.run(
        "DELETE FROM announcements WHERE state = 'draft' AND created_at < :before", before=to_micros(now - _ABANDONED)
    )


def read_announcement(row: Row) -> Announcement:
    """Return the announcement of a row with the COLUMNS."""
    return Announcement(
        row["id"],
        row["author_id"],
        row["kind"],
        audiences.parse(row["audience"]),
        bool(row["urgent"]),
        bool(row["asks_seen"]),
        row["state"],
        row["revision"],
        instant_or_none(row["due_at"]),
        instant_or_none(row["deadline_at"]),
        instant_or_none(row["released_at"]),
        instant_or_none(row["ended_at"]),
        row["copied_to"],
        instant_or_none(row["copies_due_at"]),
        row["calling_back"],
        row["changed_to"],
        bool(row["trying_again"]),
        row["closed_to"],
    )


# --- Whom a message to many would reach, and how, before it is sent.


Way = Literal["private", "place", "named", "stopped", "muted", "closed", "no opt-in", "no account"]
"""How a message reaches a person, or why it does not.

It comes in private («private»), in a shared channel («place») or as a mention in the thread of their group («named»);
all other values are reasons why nothing reaches them.
"""

REACHED: frozenset[Way] = frozenset({"private", "place", "named"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How a message reaches so many `people` of an audience (`way`), who are alike in all that is said here.

    `platform` is where they would get it, '' for none. If they are `away`, they are at home while the gathering lasts,
    and the time there counts for quiet hours. `last_but_one` is when they got the last announcement but one, to the
    minute: after two on a day, others wait.
    """

    platform: str
    way: Way
    territory: str | None
    away: bool
    last_but_one: datetime | None
    people: int = 1

    @property
    def reached(self) -> bool:
        """Whether a message reaches them."""
        return self.way in REACHED


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReach(Reach):
    """A person in an audience, and how a message reaches them."""

    id: int
    full_name: str


@dataclass(frozen=True, slots=True)
class AudienceReach:
    """How a message reaches an audience: everyone in it, counted, and some of those whom it does not reach."""

    counts: Sequence[Reach]
    missed: Sequence[PersonReach]

    @property
    def anyone(self) -> bool:
        """Return whether a message reaches anyone."""
        return any(reach.reached for reach in self.counts)


_MINUTE = 60_000_000
_REACHED_AT_ONCE = 4_000
_REACHED_SQL = ", ".join(f"'{way}'" for way in sorted(REACHED))
# A platform that speaks in channels is asked for first: in the channel everyone of the audience reads it.
_REACH = (
    "SELECT p.id, p.given_name, p.family_name, p.search_key, p.territory,"
    " CASE WHEN {away} THEN 1 ELSE 0 END AS away, COALESCE(a.platform, '') AS platform,"
    " CASE WHEN a.platform IS NULL THEN 'no account'"
    f" WHEN :in_place = 1 AND a.platform IN {SPEAKING_IN_CHANNELS} THEN 'place'"
    " WHEN p.stopped = 1 THEN 'stopped' WHEN p.muted LIKE :muted THEN 'muted'"
    f" WHEN a.unreachable = 0 AND {may_be_written_to('a')} THEN 'private'"
    f" WHEN a.platform IN {SPEAKING_IN_CHANNELS} AND EXISTS (SELECT 1 FROM members rm"
    " JOIN channels rs ON rs.group_id = rm.group_id AND rs.platform = a.platform"
    " WHERE rm.participant_id = p.id AND rs.thread <> '') THEN 'named'"
    f" WHEN {may_be_written_to('a')} THEN 'closed' ELSE 'no opt-in' END AS way,"
    " (SELECT o.sent_at FROM deliveries o WHERE o.participant_id = p.id AND o.sent_at IS NOT NULL"
    " AND (o.announcement_id IS NOT NULL OR o.urgent = -1) ORDER BY o.sent_at DESC LIMIT 1 OFFSET 1)"
    f" / {_MINUTE} AS minute FROM "
)


async def who_is_reached(
    tx: Transaction, audience: Audience, topic: Topic, *, in_place: bool, today: date
) -> Sequence[PersonReach]:
    """Return everyone in an audience, by id, and how an announcement reaches them.

    `in_place` is whether it is posted in a channel on platforms that have channels. People marked absent on `today`, a
    day in the gathering's time zone, are away.
    """
    query, params = _reach_query(audience, topic, in_place=in_place, today=today)
    rows = await tx.all(f"{query} ORDER BY p.id", after=0, last=await last_person(tx), **params)
    return [_person_reach(row) for row in rows]


async def count_reach(
    perform: Perform, *, audience: Audience, topic: Topic, in_place: bool, today: date, most_missed: int
) -> AudienceReach:
    """Return how an announcement reaches an audience, with the names of `most_missed` people whom it does not reach.

    These are the first by name. The other parameters are as for `who_is_reached`.
    """
    query = _reach_query(audience, topic, in_place=in_place, today=today)
    parts = await perform.each(
        [
            partial(_count_some, people=People(after, after + _REACHED_AT_ONCE), query=query, most_missed=most_missed)
            for after in range(0, await perform(last_person), _REACHED_AT_ONCE)
        ]
    )
    counts: Counter[Reach] = Counter()
    for reach in chain.from_iterable(part.counts for part in parts):
        counts[replace(reach, people=0)] += reach.people
    missed = [*chain.from_iterable(part.missed for part in parts)]
    missed.sort(key=lambda person: collation(person.full_name))
    return AudienceReach([replace(reach, people=people) for reach, people in counts.items()], missed[:most_missed])


async def _count_some(
    tx: Transaction, *, people: People, query: tuple[str, Mapping[str, Any]], most_missed: int
) -> AudienceReach:
    """Count how an announcement reaches those of these people who are in an audience."""
    sql, params = query
    rows = await tx.all(
        f"SELECT r.platform, r.way, r.territory, r.away, r.minute, COUNT(*) AS people FROM ({sql}) r"
        " GROUP BY r.platform, r.way, r.territory, r.away, r.minute",
        **people._asdict(),
        **params,
    )
    counts = [Reach(**_reach_of(row), people=row["people"]) for row in rows]
    if all(part.reached for part in counts):
        return AudienceReach(counts, ())
    missed = await tx.all(
        f"SELECT r.* FROM ({sql}) r WHERE r.way NOT IN ({_REACHED_SQL}) ORDER BY r.search_key, r.id LIMIT :most",
        most=most_missed,
        **people._asdict(),
        **params,
    )
    return AudienceReach(counts, [_person_reach(row) for row in missed])


def _reach_query(audience: Audience, topic: Topic, *, in_place: bool, today: date) -> tuple[str, Mapping[str, Any]]:
    """Return SQL that tells how each person of an audience is reached, and its parameters but `after` and `last`."""
    condition, params = where(audience)
    return _REACH.replace("{away}", away()) + some_people(condition, without_account=True), {
        **params,
        "muted": f'%"{topic}"%',
        "asked": 0,
        "account": 0,
        "today": today.isoformat(),
        "in_place": int(in_place),
    }


def _reach_of(row: Row) -> dict[str, Any]:
    return {
        "platform": row["platform"],
        "way": row["way"],
        "territory": row["territory"],
        "away": bool(row["away"]),
        "last_but_one": from_micros(row["minute"] * _MINUTE) if row["minute"] is not None else None,
    }


def _person_reach(row: Row) -> PersonReach:
    return PersonReach(**_reach_of(row), id=row["id"], full_name=full_name(row["given_name"], row["family_name"]))


def count_by_platform(people: Iterable[Reach]) -> Mapping[str, int]:
    """Return how many of these people are reached on each platform."""
    counts: Counter[str] = Counter()
    for reach in people:
        if reach.reached:
            counts[reach.platform] += reach.people
    return counts
