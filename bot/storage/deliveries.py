"""The outbox on its way out: what is due is claimed, and what became of it is written down, many rows at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from bot.clock import from_micros, to_micros
from bot.domain.names import display_name
from bot.storage.engine import Row, Transaction

CONTENT_KEPT = timedelta(days=30)
"""How long the words of a settled message stay, to answer «I was never told»."""

MAY_BE_WRITTEN_TO = "b.platform <> 'discord' OR b.private_pushes = 1"
"""Whether an account `b` takes messages nobody asked for: Discord quarantines bots that write first."""

_REACHABLE_OTHER = (
    "SELECT b.id, b.platform FROM accounts b JOIN participants p ON p.id = b.participant_id"
    " WHERE p.id = :participant AND b.id <> :account AND b.unreachable = 0"
    f" AND (:asked = 1 OR {MAY_BE_WRITTEN_TO})"
    " ORDER BY CASE WHEN b.id = p.preferred_account THEN 0 ELSE 1 END, b.id LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a delivery is for, as the store knows them now. `theirs`: the account is still that participant's.

    A group's place is nobody's account (0): it has a chat, a `thread` in it, and no language of its own.
    """

    account_id: int
    native_id: str
    chat: str
    account_locale: str | None
    unreachable: bool
    takes_pushes: bool
    theirs: bool
    participant_id: int | None
    name: str
    locale: str | None
    stopped: bool
    takes_part: bool
    theme: str | None
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this program's to send. `attempts` counts the tries that failed."""

    id: int
    kind: str
    content: str
    carried: bytes | None
    asked: bool
    attempts: int
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class Arrived:
    """Sent; its id on the platform."""

    claimed: Claimed
    native_id: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """To be sent later. `reason` is why a try failed, None for what was not tried."""

    claimed: Claimed
    due: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """This account cannot get it, another one of the same person may. `closed`: nothing else reaches it either."""

    claimed: Claimed
    reason: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """Never to be sent: refused for good, out of reach, or no longer wanted."""

    claimed: Claimed
    state: Literal["failed", "unreachable", "dropped"]
    reason: str


Outcome: TypeAlias = Arrived | Postponed | Undeliverable | Ended


async def claim(tx: Transaction, platform: str, now: datetime, limit: int) -> list[Claimed]:
    """Take what is due for a platform, urgent first, then in the order it became due."""
    rows = await tx.all(
        "SELECT d.id, d.kind, d.content, f.content AS carried, d.asked, d.attempts, d.urgent, d.due_at,"
        " d.participant_id, COALESCE(b.id, 0) AS account_id, COALESCE(b.native_id, '') AS native_id,"
        " COALESCE(b.chat, s.chat) AS chat, s.thread, b.locale AS account_locale,"
        " COALESCE(b.unreachable, 0) AS unreachable,"
        " CASE WHEN d.participant_id IS NULL OR b.participant_id = d.participant_id THEN 1 ELSE 0 END AS theirs,"
        f" CASE WHEN b.id IS NULL OR {MAY_BE_WRITTEN_TO} THEN 1 ELSE 0 END AS takes_pushes,"
        " p.given_name, p.family_name, p.locale, p.stopped, p.attends, p.status, c.theme"
        " FROM (SELECT * FROM deliveries WHERE platform = :platform AND state = 'waiting' AND due_at <= :now"
        " ORDER BY urgent DESC, due_at, id LIMIT :limit {skip_locked}) d"
        " LEFT JOIN accounts b ON b.id = d.account_id"
        " LEFT JOIN spaces s ON s.id = d.space_id"
        " LEFT JOIN participants p ON p.id = d.participant_id"
        " LEFT JOIN choices c ON c.participant_id = d.participant_id"
        " LEFT JOIN files f ON f.id = d.file_id"
        " ORDER BY d.urgent DESC, d.due_at, d.id",
        platform=platform,
        now=to_micros(now),
        limit=limit,
    )
    await tx.many("UPDATE deliveries SET state = 'sending' WHERE id = :id", [{"id": row["id"]} for row in rows])
    return [_claimed(row) for row in rows]


async def next_due(tx: Transaction, platform: str) -> datetime | None:
    """When the first waiting delivery is due, perhaps already; None when none waits."""
    row = await tx.one(
        "SELECT MIN(due) AS due FROM ("
        " SELECT MIN(due_at) AS due FROM deliveries WHERE platform = :platform AND state = 'waiting' AND urgent = 1"
        " UNION ALL"
        " SELECT MIN(due_at) AS due FROM deliveries WHERE platform = :platform AND state = 'waiting' AND urgent = 0"
        ") d",
        platform=platform,
    )
    assert row is not None
    return from_micros(row["due"]) if row["due"] is not None else None


async def recover(tx: Transaction, platform: str, *, besides: Collection[int] = ()) -> None:
    """Put back what nobody sends any more, `besides` the ids that someone does.

    It may have arrived: it is sent again, never lost.
    """
    rows = await tx.all("SELECT id FROM deliveries WHERE platform = :platform AND state = 'sending'", platform=platform)
    lost = [{"id": row["id"]} for row in rows if row["id"] not in besides]
    await tx.many("UPDATE deliveries SET state = 'waiting' WHERE id = :id", lost)


async def settle(tx: Transaction, outcomes: Sequence[Outcome], now: datetime) -> bool:
    """Write down what became of deliveries. True when one goes on to another account of its person."""
    ended = [outcome for outcome in outcomes if isinstance(outcome, Ended)]
    rerouted = False
    for outcome in outcomes:
        if isinstance(outcome, Undeliverable):
            if await _reroute(tx, outcome, now):
                rerouted = True
            else:
                ended.append(Ended(outcome.claimed, "unreachable", outcome.reason))
    await tx.many(
        "UPDATE deliveries SET state = 'sent', native_id = :native_id, reason = NULL, settled_at = :now WHERE id = :id",
        [
            {"id": outcome.claimed.id, "native_id": outcome.native_id, "now": to_micros(now)}
            for outcome in outcomes
            if isinstance(outcome, Arrived)
        ],
    )
    await tx.many(
        "UPDATE deliveries SET state = 'waiting', due_at = :due, reason = COALESCE(:reason, reason),"
        " attempts = attempts + :tries WHERE id = :id AND state = 'sending'",
        [
            {
                "id": outcome.claimed.id,
                "due": to_micros(outcome.due),
                "reason": outcome.reason,
                "tries": int(outcome.reason is not None),
            }
            for outcome in outcomes
            if isinstance(outcome, Postponed)
        ],
    )
    await tx.many(
        "UPDATE deliveries SET state = :state, reason = :reason, settled_at = :now"
        " WHERE id = :id AND state = 'sending'",
        [{"id": end.claimed.id, "state": end.state, "reason": end.reason, "now": to_micros(now)} for end in ended],
    )
    if any(outcome.claimed.carried is not None for outcome in outcomes):
        await forget_files(tx)
    return rerouted


async def _reroute(tx: Transaction, outcome: Undeliverable, now: datetime) -> bool:
    """Hand what one account cannot get to another of the same person. False when there is none."""
    claimed, recipient = outcome.claimed, outcome.claimed.recipient
    if outcome.closed:
        await tx.run("UPDATE accounts SET unreachable = 1 WHERE id = :id", id=recipient.account_id)
    other = await tx.one(
        _REACHABLE_OTHER,
        participant=recipient.participant_id or 0,
        account=recipient.account_id,
        asked=int(claimed.asked),
    )
    if other is None:
        return False
    await tx.run(
        "UPDATE deliveries SET state = 'waiting', account_id = :account, platform = :platform, due_at = :now,"
        " attempts = 0, reason = :reason WHERE id = :id AND state = 'sending'",
        id=claimed.id,
        account=other["id"],
        platform=other["platform"],
        reason=outcome.reason,
        now=to_micros(now),
    )
    return True


async def forget_files(tx: Transaction) -> int:
    """Drop the files that no delivery has still to carry: they may hold what is shown once, like invitations."""
    await tx.run("UPDATE deliveries SET file_id = NULL WHERE file_id IS NOT NULL AND settled_at IS NOT NULL")
    return await tx.run("DELETE FROM files WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE file_id = files.id)")


async def forget_content(tx: Transaction, now: datetime) -> int:
    """Drop the words of what was settled long ago, and files nobody gets; the row stays, and says what became of it."""
    await forget_files(tx)
    return await tx.run(
        "UPDATE deliveries SET content = '' WHERE settled_at < :before AND content <> ''",
        before=to_micros(now - CONTENT_KEPT),
    )


def _claimed(row: Row) -> Claimed:
    return Claimed(
        row["id"],
        row["kind"],
        row["content"],
        bytes(row["carried"]) if row["carried"] is not None else None,
        bool(row["asked"]),
        row["attempts"],
        Recipient(
            row["account_id"],
            row["native_id"],
            row["chat"],
            row["account_locale"],
            bool(row["unreachable"]),
            bool(row["takes_pushes"]),
            bool(row["theirs"]),
            row["participant_id"],
            display_name(row["given_name"] or "", row["family_name"] or ""),
            row["locale"],
            bool(row["stopped"]),
            row["status"] == "joined" and bool(row["attends"]),
            row["theme"],
            row["thread"],
        ),
    )
