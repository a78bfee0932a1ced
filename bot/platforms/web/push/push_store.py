"""Stores push notifications: one row for each message and each device, kept for a day after the push ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.clock import from_micros, to_micros
from bot.database.engine import Row, Transaction
from bot.people.device_store import Subscription
from bot.people.presence_store import away
from bot.people.reference_store import written_out
from bot.people.role_store import may_read

Urgency = Literal["normal", "high"]
State = Literal["rung", "expired", "failed"]

KEPT = timedelta(days=1)
"""How long an ended push is remembered, so that a repeated delivery causes no second notification."""
_MOST_REFUSALS = 3
"""After so many refusals in a row a device is deleted; its browser subscribes again when the page is opened."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is known about a message for which a push notification may be sent: its kind, its subject, and its reader.

    `bulk` is True if the message was sent to many people and is not sent at night; `urgent` if it is sent before
    others. `territory` is where its reader lives, and `away` is True if they are absent from the gathering.
    """

    kind: str
    subject: str
    bulk: bool
    urgent: bool
    territory: str | None
    away: bool


@dataclass(frozen=True, slots=True)
class ClaimedPush:
    """A push notification that this program is about to send, with its device and the locales of the device's owner.

    `content` is the stored message. It is None if nothing may be shown: the message was deleted, or was seen in the
    meantime, or the device's owner may not read it any more. `secret` is True if the message has a secret. `topic` is
    the key with which a newer notification replaces this one, '' for none.
    """

    id: int
    device_id: int
    delivery_id: int | None
    message_id: int
    participant_id: int
    kind: str
    subscription: Subscription
    shows_text: bool
    content: str | None
    secret: bool
    topic: str
    urgency: Urgency
    attempts: int
    expires: datetime
    locales: tuple[str | None, ...]
    reference: str | None


async def cause_of(tx: Transaction, participant_id: int, delivery_id: int, today: str) -> Cause | None:
    """Return what is known about a message that was delivered to a person; None if the person has no device to notify.

    `delivery_id` is the id of the delivery; an id below 1 stands for a live screen (a message that is kept up to date),
    which is no delivery. `today` is the date at the gathering, in ISO 8601.
    """
    row = await tx.one(
        "SELECT p.territory, CASE WHEN " + away() + " THEN 1 ELSE 0 END AS away, d.kind, d.subject, d.urgent"
        " FROM participants p LEFT JOIN deliveries d ON d.id = :delivery"
        " WHERE p.id = :participant AND EXISTS (SELECT 1 FROM push_devices v WHERE v.participant_id = p.id)",
        participant=participant_id,
        delivery=delivery_id,
        today=today,
    )
    if row is None:
        return None
    urgent = row["urgent"] or 0
    return Cause(
        row["kind"] or "screen", row["subject"] or "", urgent < 0, urgent > 0, row["territory"], bool(row["away"])
    )


async def add(
    tx: Transaction,
    participant_id: int,
    message_id: int,
    delivery_id: int,
    now: datetime,
    *,
    kind: str,
    topic: str,
    urgency: Urgency,
    expires: datetime,
) -> None:
    """Add a push notification about a message for each device of a person that has none about this message yet.

    A newer notification with the same `topic` replaces it, unless `topic` is ''. `expires` is when it is given up.
    """
    await tx.run(
        "INSERT INTO pushes"
        " (device_id, message_id, delivery_id, kind, topic, urgency, due_at, expires_at, reference)"
        " SELECT v.id, :message, CAST(:delivery AS BIGINT), :kind, :topic, :urgency, :now, :expires,"
        " CAST(:reference AS TEXT) FROM push_devices v WHERE v.participant_id = :participant"
        " ON CONFLICT (device_id, message_id) DO NOTHING",
        participant=participant_id,
        message=message_id,
        delivery=delivery_id if delivery_id > 0 else None,
        kind=kind,
        topic=topic,
        urgency=urgency,
        now=to_micros(now),
        expires=to_micros(expires),
        reference=tx.reference,
    )


_SHOWS_TEXT = (
    "CASE WHEN EXISTS (SELECT 1 FROM secrets c WHERE c.hash = v.session AND c.confirmed_at IS NOT NULL)"
    " THEN v.shows_text ELSE 0 END"
)
"""SQL: whether a device `v` shows texts; in a browser that nobody confirmed it only says that something came."""


async def claim(tx: Transaction, now: datetime, most: int) -> Sequence[ClaimedPush]:
    """Return at most `most` push notifications that are due, urgent ones first.

    It is stored that this program is sending them, so that no other program does.
    """
    rows = await tx.all(
        "SELECT u.id, u.device_id, u.delivery_id, u.message_id, u.kind, u.topic, u.urgency, u.attempts, u.expires_at,"
        " u.reference, v.participant_id, v.endpoint, v.public_key, v.secret AS shared, m.secret,"
        f" {_SHOWS_TEXT} AS shows_text,"
        f" CASE WHEN m.seen_at IS NULL AND {may_read('m')} THEN m.content END AS content, p.locale,"
        " (SELECT a.locale FROM accounts a JOIN secrets s ON s.account_id = a.id WHERE s.hash = v.session) AS browser"
        " FROM (SELECT * FROM pushes WHERE state = 'waiting' AND due_at <= :now"
        " ORDER BY urgency, due_at, id LIMIT :most) u"
        " JOIN push_devices v ON v.id = u.device_id JOIN page_messages m ON m.id = u.message_id"
        " JOIN participants p ON p.id = v.participant_id ORDER BY u.urgency, u.due_at, u.id",
        now=to_micros(now),
        most=most,
    )
    await tx.many("UPDATE pushes SET state = 'sending' WHERE id = :id", [{"id": row["id"]} for row in rows])
    contents = await written_out(tx, [row["content"] or "" for row in rows])
    return [_claimed(row, content or None) for row, content in zip(rows, contents, strict=True)]


async def next_due(tx: Transaction) -> datetime | None:
    """Return when the first waiting push notification is due, perhaps in the past; None if none is waiting."""
    return await tx.value_or_none(datetime, "SELECT MIN(due_at) FROM pushes WHERE state = 'waiting'")


async def is_busy(tx: Transaction, at: datetime) -> bool:
    """Return whether a push notification is being sent, or waits and is due by the instant `at`."""
    return await tx.exists(
        "SELECT 1 FROM pushes WHERE state = 'sending' OR (state = 'waiting' AND due_at <= :at) LIMIT 1",
        at=to_micros(at),
    )


async def recover(tx: Transaction, *, besides: Collection[int]) -> None:
    """Have push notifications sent again whose sending was interrupted because a program ended.

    Notifications with the ids `besides` are left unchanged: this program is sending them, or is about to store the
    outcome.
    """
    rows = await tx.all("SELECT id FROM pushes WHERE state = 'sending'")
    lost = [{"id": row["id"]} for row in rows if row["id"] not in besides]
    await tx.many("UPDATE pushes SET state = 'waiting' WHERE id = :id", lost)


async def settle(tx: Transaction, push: ClaimedPush, state: State, now: datetime) -> None:
    """Store how a push notification ended: «rung» if its push service accepted it, «expired» or «failed».

    «rung» is also recorded for its device and its message. For the other two, nothing is stored if this program no
    longer has the notification: another program may be sending it, and its result counts.
    """
    await tx.run(
        "UPDATE pushes SET state = :state, settled_at = :now WHERE id = :id AND (state = 'sending' OR :state = 'rung')",
        id=push.id,
        state=state,
        now=to_micros(now),
    )
    if state == "rung":
        await tx.run(
            "UPDATE push_devices SET rung_at = :now, refusals = 0 WHERE id = :id", id=push.device_id, now=to_micros(now)
        )
        await tx.run(
            "UPDATE deliveries SET rung_at = :now WHERE id = :id AND rung_at IS NULL",
            id=push.delivery_id or 0,
            now=to_micros(now),
        )


async def postpone(tx: Transaction, push: ClaimedPush, due: datetime, *, tried: bool) -> None:
    """Have a push notification tried again at the instant `due`, unless another program has stored how it ended.

    `tried` is True if this attempt counts.
    """
    await tx.run(
        "UPDATE pushes SET state = 'waiting', due_at = :due, attempts = attempts + :tried"
        " WHERE id = :id AND state = 'sending'",
        id=push.id,
        due=to_micros(due),
        tried=int(tried),
    )


async def hold(tx: Transaction, origin: str, until: datetime, *, urgent: datetime) -> None:
    """Let all push notifications through one push service wait at least until the instant `until`.

    `origin` is the address of the service. Urgent notifications wait only until the instant `urgent`.
    """
    ends = "CASE WHEN urgency = 'high' THEN CAST(:urgent AS BIGINT) ELSE CAST(:until AS BIGINT) END"
    await tx.run(
        f"UPDATE pushes SET due_at = {ends} WHERE state = 'waiting' AND due_at < {ends}"
        " AND device_id IN (SELECT id FROM push_devices WHERE endpoint LIKE CAST(:origin AS TEXT) || '/%')",
        origin=origin,
        until=to_micros(until),
        urgent=to_micros(urgent),
    )


async def refuse(tx: Transaction, push: ClaimedPush) -> None:
    """Record that the push service refused a push notification; after several times in a row, delete the device."""
    await tx.run("UPDATE push_devices SET refusals = refusals + 1 WHERE id = :id", id=push.device_id)
    await tx.run(
        "DELETE FROM push_devices WHERE id = :id AND refusals >= :most", id=push.device_id, most=_MOST_REFUSALS
    )


async def drop_device(tx: Transaction, push: ClaimedPush) -> None:
    """Delete a device that its push service does not know any more, with all its push notifications."""
    await tx.run(
        "DELETE FROM push_devices WHERE id = :id AND endpoint = :endpoint",
        id=push.device_id,
        endpoint=push.subscription.endpoint,
    )


async def forget_settled(tx: Transaction, now: datetime) -> int:
    """Delete the push notifications that ended at least a day ago, and return how many."""
    return await tx.run("DELETE FROM pushes WHERE settled_at < :before", before=to_micros(now - KEPT))


def _claimed(row: Row, content: str | None) -> ClaimedPush:
    return ClaimedPush(
        row["id"],
        row["device_id"],
        row["delivery_id"],
        row["message_id"],
        row["participant_id"],
        row["kind"],
        Subscription(row["endpoint"], row["public_key"], row["shared"]),
        bool(row["shows_text"]),
        content,
        bool(row["secret"]),
        row["topic"],
        row["urgency"],
        row["attempts"],
        from_micros(row["expires_at"]),
        (row["locale"], row["browser"]),
        row["reference"],
    )
