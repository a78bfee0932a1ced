"""The SQL that releases announcements: it enqueues a copy for each recipient, as a row of deliveries, the outbox.

The recipient is a person, on the account that gets their messages, or a channel of many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import to_micros
from bot.content.delivery_kinds import BULK, URGENT
from bot.content.reasons import Reason
from bot.database.engine import Transaction
from bot.delivery.delivery_store import SPEAKING_IN_CHANNELS, may_be_written_to
from bot.delivery.outbox_store import some_people
from bot.people.audience_store import where
from bot.people.audiences import Audience
from bot.people.notifications import Topic
from bot.people.participant_store import IdRange

ANNOUNCEMENT = "announcement"
"""The kind of deliveries that belong to announcements."""
_ROW = (
    "INSERT INTO deliveries"
    " (platform, kind, participant_id, account_id, content, urgent, announcement_id, due_at, created_at, reference)"
)
_REFERENCE = "(SELECT n.reference FROM announcements n WHERE n.id = :announcement)"
"""SQL for the reference in the logs of the request that sent or scheduled the announcement."""
_ELSEWHERE = f"a.platform NOT IN {SPEAKING_IN_CHANNELS}"
_WRITTEN_TO = f"{may_be_written_to('a')} AND ({_ELSEWHERE} OR a.unreachable = 0)"


@dataclass(frozen=True, slots=True)
class Release:
    """An announcement whose messages are being enqueued, to be sent at `due`; if `urgent`, also in quiet hours."""

    announcement_id: int
    urgent: bool
    due: datetime
    now: datetime

    @property
    def params(self) -> dict[str, Any]:
        """The SQL parameters that are the same for all messages of the announcement."""
        return {
            "kind": ANNOUNCEMENT,
            "announcement": self.announcement_id,
            "urgent": URGENT if self.urgent else BULK,
            "due": to_micros(self.due),
            "now": to_micros(self.now),
        }


@dataclass(frozen=True, slots=True)
class CopyChannel:
    """A channel in which an announcement is posted once for many people.

    A group's own channel has a `channel_id`; a channel for everyone or for a theme has a `chat`. The other field is
    None. `role` is the platform's id of the role to mention, '' for none.
    """

    platform: str
    channel_id: int | None
    chat: str | None
    role: str


@dataclass(frozen=True, slots=True)
class ClosedToCopies:
    """A person who gets no private messages on the account to which an announcement would be sent.

    `asked` says whether the person agreed to private messages. If they did, the platform does not deliver them.
    """

    participant_id: int
    account_id: int
    platform: str
    native_id: str
    asked: bool


async def channels_of_group(tx: Transaction, group_id: int) -> Sequence[CopyChannel]:
    """Return the channels of a group on platforms where announcements are posted in channels."""
    rows = await tx.all(
        f"SELECT id, platform, role FROM channels WHERE platform IN {SPEAKING_IN_CHANNELS} AND group_id = :group"
        " AND thread <> ''",
        group=group_id,
    )
    return [CopyChannel(row["platform"], row["id"], None, row["role"]) for row in rows]


async def add_copies_in_channels(tx: Transaction, release: Release, channels: Iterable[CopyChannel]) -> int:
    """Enqueue a copy (a message) of an announcement in each of `channels` that has none, and return how many."""
    count = 0
    for channel in channels:
        count += await tx.run(
            "INSERT INTO deliveries (platform, kind, channel_id, place, mentions, content, urgent, announcement_id,"
            " due_at, created_at, reference) SELECT CAST(:platform AS TEXT), :kind, CAST(:channel AS BIGINT),"
            f" CAST(:place AS TEXT), :mentions, '', :urgent, :announcement, :due, :now, {_REFERENCE}"
            " WHERE NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.announcement_id = :announcement"
            " AND d.platform = :platform"
            " AND (d.channel_id = CAST(:channel AS BIGINT) OR d.place = CAST(:place AS TEXT)))",
            **release.params,
            platform=channel.platform,
            channel=channel.channel_id,
            place=channel.chat,
            mentions=f"&{channel.role}" if channel.role else "",
        )
    return count


async def add_copies(
    tx: Transaction, release: Release, audience: Audience, topic: Topic, people: IdRange, *, in_channels: bool
) -> int:
    """Enqueue a copy (a message) of an announcement for each person in an audience who has none, and return how many.

    Only people whose id is in the range `people` are considered. People who stopped all messages, muted the `topic` or
    take no private messages get no copy. With `in_channels`, the announcement is posted in channels, and nobody on
    platforms with such channels gets a copy.
    """
    without, params = _without_copy(audience, topic, people)
    return await tx.run(
        f"{_ROW} SELECT a.platform, :kind, p.id, a.id, '', :urgent, :announcement, :due, :now, {_REFERENCE}{without}"
        f" AND ({_ELSEWHERE if in_channels else _WRITTEN_TO}) ORDER BY p.id",
        **release.params,
        **params,
    )


async def closed_to_copies(
    tx: Transaction, release: Release, audience: Audience, topic: Topic, people: IdRange
) -> Sequence[ClosedToCopies]:
    """Return the people in an audience who accept no private messages, and so get no announcement, sorted by id.

    Only people whose id is in the range `people` are considered.
    """
    without, params = _without_copy(audience, topic, people)
    return await tx.rows(
        ClosedToCopies,
        "SELECT p.id AS participant_id, a.id AS account_id, a.platform, a.native_id,"
        f" a.private_pushes AS asked{without}"
        f" AND NOT ({_WRITTEN_TO}) ORDER BY p.id",
        announcement=release.announcement_id,
        **params,
    )


def _without_copy(audience: Audience, topic: Topic, people: IdRange) -> tuple[str, Mapping[str, Any]]:
    """Return SQL, and its parameters, that selects which of these people are to get a copy and have none."""
    condition, params = where(audience)
    without = (
        f" FROM {some_people(condition)} WHERE p.stopped = 0"
        " AND p.muted NOT LIKE :muted AND NOT EXISTS (SELECT 1 FROM deliveries d"
        " WHERE d.announcement_id = :announcement AND d.participant_id = p.id)"
    )
    return without, {**params, **people._asdict(), "asked": 0, "account": 0, "muted": f'%"{topic}"%'}


async def mentioned(tx: Transaction, announcement_id: int) -> frozenset[str]:
    """Return the ids, on their platforms, of the people and roles that an announcement mentions in channels."""
    rows = await tx.all(
        "SELECT mentions FROM deliveries WHERE announcement_id = :announcement AND mentions <> ''",
        announcement=announcement_id,
    )
    return frozenset(native_id for row in rows for native_id in row["mentions"].split(","))


async def last_thread(tx: Transaction, participant_id: int, platform: str) -> int | None:
    """Return the channel id of the thread of a person's latest group on a platform; None if the person has none."""
    return await tx.value_or_none(
        int,
        "SELECT s.id FROM members m JOIN channels s ON s.group_id = m.group_id AND s.platform = :platform"
        " WHERE m.participant_id = :person AND s.thread <> '' ORDER BY m.round DESC LIMIT 1",
        platform=platform,
        person=participant_id,
    )


async def add_copies_in_threads(
    tx: Transaction, release: Release, named: Mapping[tuple[str, int], Sequence[str]]
) -> None:
    """Enqueue a copy (a message) in group threads that mentions the people in `named`.

    `named` maps the platform and the channel id of a thread to the ids of people on that platform. If an earlier copy
    in the thread has not been sent yet, the people are added to it.
    """
    waiting = {
        row["channel_id"]
        for row in await tx.all(
            "SELECT channel_id FROM deliveries WHERE announcement_id = :announcement AND mentions <> ''"
            " AND state = 'waiting' AND op = 'send' AND attempts = 0 AND channel_id IS NOT NULL",
            announcement=release.announcement_id,
        )
    }
    await tx.many(
        "UPDATE deliveries SET mentions = mentions || :more WHERE announcement_id = :announcement AND mentions <> ''"
        " AND state = 'waiting' AND op = 'send' AND channel_id = :channel",
        [
            {"announcement": release.announcement_id, "channel": channel_id, "more": f",{','.join(names)}"}
            for (_platform, channel_id), names in named.items()
            if channel_id in waiting
        ],
    )
    await tx.many(
        "INSERT INTO deliveries (platform, kind, channel_id, mentions, content, urgent, announcement_id, due_at,"
        " created_at, reference) VALUES (:platform, :kind, :channel, :mentions, '', :urgent, :announcement, :due, :now,"
        f" {_REFERENCE})",
        [
            {**release.params, "platform": platform, "channel": channel_id, "mentions": ",".join(names)}
            for (platform, channel_id), names in named.items()
            if channel_id not in waiting
        ],
    )


async def add_unreached(tx: Transaction, release: Release, people: Iterable[ClosedToCopies]) -> None:
    """Store, for each of `people`, that an announcement cannot reach them, and why."""
    await tx.many(
        "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, urgent, announcement_id, state,"
        " reason, settled_at, due_at, created_at, reference) VALUES (:platform, :kind, :person, :account, '', :urgent,"
        f" :announcement, 'unreachable', :reason, :now, :due, :now, {_REFERENCE})",
        [
            {
                **release.params,
                "platform": person.platform,
                "person": person.participant_id,
                "account": person.account_id,
                "reason": Reason.OUT_OF_REACH if person.asked else Reason.NO_OPT_IN,
            }
            for person in people
        ],
    )


async def forget_copy(tx: Transaction, delivery_id: int) -> None:
    """Delete the row of one copy (a message) that other copies replace."""
    await tx.run("DELETE FROM deliveries WHERE id = :id", id=delivery_id)
