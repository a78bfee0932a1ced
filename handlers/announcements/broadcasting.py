"""An announcement released: one row a recipient, on the account they are written to, or one row a shared place.

Discord forbids writing to many in private: there, what is for all, a theme or a group is said once in its place, with
those it is for called by their role. Anything else goes to who asked for private messages and keeps them open, to the
others by name in their group's thread, and who has neither is listed as not reached. So does what was for a channel
that somebody deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.clock import to_micros
from bot.config.settings import SharedChannel
from bot.content.delivery_kinds import BULK, URGENT
from bot.content.reasons import Reason
from bot.database.engine import Row, Transaction
from bot.delivery.delivery_store import MAY_BE_WRITTEN_TO, SPEAKING_IN_CHANNELS
from bot.delivery.outbox_store import PEOPLE_AND_ACCOUNTS
from bot.delivery.outgoing import Ended, Outcome
from bot.delivery.shared_channels import note_channel
from bot.people.audience_store import where
from bot.people.audiences import Audience
from bot.people.notifications import Topic
from handlers.announcements import store

ANNOUNCEMENT = "announcement"
"""The kind of an announcement's rows."""

_ROW = (
    "INSERT INTO deliveries"
    " (platform, kind, participant_id, account_id, content, urgent, announcement_id, due_at, created_at)"
)
_ELSEWHERE = f"a.platform NOT IN {SPEAKING_IN_CHANNELS}"
_WRITTEN_TO = f"({MAY_BE_WRITTEN_TO.replace('b.', 'a.')}) AND ({_ELSEWHERE} OR a.unreachable = 0)"


async def release(
    tx: Transaction,
    announcement_id: int,
    audience: Audience,
    now: datetime,
    *,
    due: datetime | None = None,
    urgent: bool = False,
    topic: Topic | None = "team",
    channel: SharedChannel | None = None,
) -> int:
    """Put an announcement into the outbox, to leave when it is `due` (by default now); how many rows.

    Who stopped, or muted the `topic`, gets nothing. `channel` is where what is for this audience is said once; the
    channels of a group are known. Who has a row of it already gets no second one: released again, it goes to who is
    new.
    """
    common: dict[str, Any] = {
        "kind": ANNOUNCEMENT,
        "announcement": announcement_id,
        "urgent": URGENT if urgent else BULK,
        "due": to_micros(due or now),
        "now": to_micros(now),
    }
    places = await _places(tx, audience, channel)
    await tx.many(
        "INSERT INTO deliveries (platform, kind, space_id, place, mentions, content, urgent, announcement_id, due_at,"
        " created_at) SELECT CAST(:platform AS TEXT), :kind, CAST(:space AS BIGINT), CAST(:place AS TEXT), :mentions,"
        " '', :urgent, :announcement, :due, :now WHERE NOT EXISTS (SELECT 1 FROM deliveries d"
        " WHERE d.announcement_id = :announcement AND d.participant_id IS NULL)",
        [{**common, **place} for place in places],
    )
    condition, params = where(audience)
    chosen: dict[str, Any] = {**params, "asked": 0, "account": 0, "muted": f'%"{topic or ""}"%'}
    people = (
        f" FROM {PEOPLE_AND_ACCOUNTS} WHERE {condition} AND p.stopped = 0 AND p.muted NOT LIKE :muted"
        " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.announcement_id = :announcement"
        " AND d.participant_id = p.id)"
    )
    told = await tx.run(
        f"{_ROW} SELECT a.platform, :kind, p.id, a.id, '', :urgent, :announcement, :due, :now{people}"
        f" AND ({_ELSEWHERE if places else _WRITTEN_TO}) ORDER BY p.id",
        **common,
        **chosen,
    )
    if places:
        return told + len(places)
    shy = await tx.all(
        f"SELECT p.id, a.id AS account, a.native_id, a.platform, a.private_pushes{people}"
        f" AND NOT ({_WRITTEN_TO}) ORDER BY p.id",
        announcement=announcement_id,
        **chosen,
    )
    return told + await _call_by_name(tx, shy, common)


async def go_on_without_channel(tx: Transaction, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Send what was for a channel that turned out to be gone to its people one by one."""
    for outcome in outcomes:
        claimed = outcome.claimed
        to_a_channel = claimed.copy and claimed.op == "send" and not claimed.recipient.account_id
        if not (isinstance(outcome, Ended) and outcome.place_gone and claimed.copy and to_a_channel):
            continue
        await note_channel(tx, claimed.recipient.chat, there=False)
        if found := await store.find(tx, claimed.copy.announcement_id):
            await tx.run("DELETE FROM deliveries WHERE id = :id", id=claimed.id)
            await release(tx, found.id, found.audience, now, urgent=found.urgent)


async def _places(tx: Transaction, audience: Audience, channel: SharedChannel | None) -> list[dict[str, Any]]:
    """Where what is for a whole audience is said once: in a group's channels, else in the shared one."""
    if audience.kind == "group":
        rows = await tx.all(
            f"SELECT id, platform, role FROM spaces WHERE platform IN {SPEAKING_IN_CHANNELS} AND group_id = :group"
            " AND thread <> ''",
            group=audience.number,
        )
        return [
            {"platform": row["platform"], "space": row["id"], "place": None, "mentions": _role(row["role"])}
            for row in rows
        ]
    if audience.kind in ("all", "theme") and channel:
        mentions = _role(channel.role)
        return [{"platform": channel.platform, "space": None, "place": channel.chat, "mentions": mentions}]
    return []


async def _call_by_name(tx: Transaction, shy: Sequence[Row], common: Mapping[str, Any]) -> int:
    """Reach who takes no private messages in their last group's thread; who has none is written down as not reached."""
    named: dict[tuple[str, int], list[str]] = defaultdict(list)
    known = await tx.all(
        "SELECT mentions FROM deliveries WHERE announcement_id = :announcement AND mentions <> ''",
        announcement=common["announcement"],
    )
    called = {name for row in known for name in row["mentions"].split(",")}
    unreached = []
    for each in shy:
        if each["native_id"] in called:
            continue
        space = await tx.one(
            "SELECT s.id FROM members m JOIN spaces s ON s.group_id = m.group_id AND s.platform = :platform"
            " WHERE m.participant_id = :person AND s.thread <> '' ORDER BY m.round DESC LIMIT 1",
            platform=each["platform"],
            person=each["id"],
        )
        if space:
            named[each["platform"], space["id"]].append(each["native_id"])
        else:
            unreached.append(each)
    await tx.many(
        "INSERT INTO deliveries (platform, kind, space_id, mentions, content, urgent, announcement_id, due_at,"
        " created_at) VALUES (:platform, :kind, :space, :mentions, '', :urgent, :announcement, :due, :now)",
        [
            {**common, "platform": platform, "space": space, "mentions": ",".join(names)}
            for (platform, space), names in named.items()
        ],
    )
    await tx.many(
        "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, urgent, announcement_id, state,"
        " reason, settled_at, due_at, created_at) VALUES (:platform, :kind, :person, :account, '', :urgent,"
        " :announcement, 'unreachable', :reason, :now, :due, :now)",
        [
            {
                **common,
                "platform": each["platform"],
                "person": each["id"],
                "account": each["account"],
                "reason": Reason.OUT_OF_REACH if each["private_pushes"] else Reason.NO_OPT_IN,
            }
            for each in unreached
        ],
    )
    return len(named) + len(unreached)


def _role(role: str) -> str:
    return f"&{role}" if role else ""
