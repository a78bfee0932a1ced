"""The SQL of letters: e-mails that are written only when they are sent, because they have a secret that is not stored.

A letter is sent to a person's address in the team's list, or to an address that the person gave, which need not be an
account yet. Its row in the outbox says what kind of letter it is, and never has the secret.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.config import setting_store
from bot.content.delivery_kinds import CONFIDENTIAL, LETTER, URGENT
from bot.content.features import in_sql
from bot.content.reasons import Reason
from bot.content.stored_views import pack
from bot.content.views import View
from bot.database.engine import Transaction, one_column

_TAKING_LETTERS = in_sql(lambda platform: platform.takes_letters)
MAILBOX = "mailbox"
"""The key of the setting with how far the mailbox was read, and how many e-mails stay unread (`count_unread`)."""
_GIVEN_UP = timedelta(days=5)
"""For how long an e-mail is sent again after it came back, and servers try to deliver one."""


@dataclass(frozen=True, slots=True)
class LetterState:
    """The last letter of a kind to a person: its id in the outbox, and how sending it went.

    A letter is an e-mail that is written only when it is sent. `state` and `reason` are as in the outbox. `doubtful`
    says that the letter may have arrived twice.
    """

    id: int
    participant_id: int
    state: str
    reason: str | None
    doubtful: bool


async def add(
    tx: Transaction,
    kind: str,
    participant_ids: Collection[int],
    now: datetime,
    *,
    platform: str,
    due: datetime,
    rank: int,
    subject: str = "",
    place: str = "",
) -> int:
    """Add a letter to each of these people to the outbox, and return how many were added.

    A letter is an e-mail that is written only when it is sent. `kind` says what it contains, and `platform` which
    platform sends it. `place` is its address, '' for each person's address in the team's list. `subject` is the key by
    which letters can be deleted before they are sent (`bot.delivery.outbox.call_back`). `due` is when they are sent,
    `rank` how urgent they are.
    """
    return await tx.run(
        "INSERT INTO deliveries (platform, kind, participant_id, content, place, urgent, asked, subject, due_at,"
        " created_at, reference) SELECT CAST(:platform AS TEXT), CAST(:kind AS TEXT), p.id, '',"
        " NULLIF(CAST(:place AS TEXT), ''), CAST(:rank AS INTEGER), 1, CAST(:subject AS TEXT), CAST(:due AS BIGINT),"
        " CAST(:now AS BIGINT), CAST(:reference AS TEXT) FROM participants p"
        " WHERE p.id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {json_rows}(:people)) ORDER BY p.id",
        platform=platform,
        kind=LETTER + kind,
        place=place,
        rank=rank,
        subject=subject,
        due=to_micros(due),
        now=to_micros(now),
        reference=tx.reference,
        people=one_column(participant_ids),
    )


async def last_letters(tx: Transaction, kind: str) -> Sequence[LetterState]:
    """Return the last letter of a kind to each person who got one; deleted and cancelled letters do not count."""
    return await tx.rows(
        LetterState,
        "SELECT d.id, d.participant_id, d.state, d.reason, d.repeated AS doubtful FROM deliveries d"
        " JOIN (SELECT MAX(id) AS last FROM deliveries WHERE kind = :kind AND state <> 'cancelled'"
        " GROUP BY participant_id) l ON l.last = d.id ORDER BY d.id",
        kind=LETTER + kind,
    )


async def cancel(tx: Transaction, kind: str, participant_id: int, now: datetime) -> None:
    """Cancel the letters (e-mails) of a kind to a person that wait to be sent."""
    await tx.run(
        "UPDATE deliveries SET state = 'cancelled', settled_at = :now"
        " WHERE participant_id = :id AND kind = :kind AND state = 'waiting'",
        id=participant_id,
        kind=LETTER + kind,
        now=to_micros(now),
    )


async def address_of(tx: Transaction, delivery_id: int) -> str | None:
    """Return the address given for a letter; None if it went to the address in the team's list, or no longer exists."""
    return await tx.value_or_none(str, "SELECT place FROM deliveries WHERE id = :id", id=delivery_id)


async def count_unread(tx: Transaction) -> int:
    """Return how many e-mails wait in the bot's mailbox because a person must read them."""
    stored = await setting_store.get(tx, MAILBOX)
    return int(json.loads(stored)["unread"]) if stored else 0


@dataclass(frozen=True, slots=True)
class Addressed:
    """An e-mail that was sent: its id in the outbox, and the address to which it was sent."""

    id: int
    address: str


async def addressed(tx: Transaction, delivery_ids: Collection[int]) -> Sequence[Addressed]:
    """Return the e-mails with these ids in the outbox, each with the address to which it was sent.

    Ids of other messages are ignored.
    """
    return await tx.rows(
        Addressed,
        f"SELECT d.id, COALESCE(d.place, CASE WHEN d.kind LIKE '{LETTER}%' THEN p.email ELSE a.chat END, '') AS address"
        " FROM deliveries d LEFT JOIN participants p ON p.id = d.participant_id LEFT JOIN accounts a"
        " ON a.id = d.account_id WHERE d.id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {json_rows}(:ids))"
        f" AND d.platform IN {_TAKING_LETTERS}",
        ids=one_column(delivery_ids),
    )


async def known_addresses(tx: Transaction, addresses: Collection[str]) -> Sequence[str]:
    """Return which of these addresses belong to a person on the team's list or to an account.

    The addresses are in small letters.
    """
    rows = await tx.all(
        "SELECT value ->> 0 AS address FROM {json_rows}(:addresses) WHERE value ->> 0 IN"
        " (SELECT LOWER(email) FROM participants UNION"
        f" SELECT native_id FROM accounts WHERE platform IN {_TAKING_LETTERS})",
        addresses=one_column(addresses),
    )
    return [row["address"] for row in rows]


async def came_back(tx: Transaction, delivery_id: int, reason: Reason, now: datetime, *, again: bool = False) -> None:
    """Store that an e-mail was returned as undeliverable, and why.

    If `again` is True, the e-mail is sent again the next day, for five days at most, unless it is a copy of a message
    to many. If the address does not exist, nothing more is sent to it.
    """
    params = {"id": delivery_id, "reason": reason, "now": to_micros(now)}
    if again and await tx.run(
        "UPDATE deliveries SET state = 'waiting', native_id = NULL, repeated = 1, reason = :reason, settled_at = NULL,"
        " due_at = :due WHERE id = :id AND state = 'sent' AND op = 'send' AND announcement_id IS NULL"
        " AND created_at > :since",
        id=delivery_id,
        reason=reason,
        due=to_micros(now + timedelta(days=1)),
        since=to_micros(now - _GIVEN_UP),
    ):
        return
    await tx.run(
        "UPDATE deliveries SET state = 'unreachable', reason = :reason, settled_at = :now"
        " WHERE id = :id AND state = 'sent'",
        **params,
    )
    if reason is Reason.ADDRESS_UNKNOWN:
        await tx.run(
            "UPDATE accounts SET unreachable = 1 WHERE id = (SELECT account_id FROM deliveries WHERE id = :id)",
            id=delivery_id,
        )


async def is_late(tx: Transaction, delivery_id: int) -> None:
    """Store that an e-mail was passed to a server, but that the server of its address does not accept it yet."""
    await tx.run(
        "UPDATE deliveries SET reason = :late WHERE id = :id AND state = 'sent' AND reason IS NULL",
        id=delivery_id,
        late=Reason.LATE,
    )


async def forget_late(tx: Transaction, now: datetime) -> int:
    """Count e-mails as delivered that a server did not accept at first and that did not come back; return how many.

    They are so old that no server would still try to deliver them.
    """
    return await tx.run(
        f"UPDATE deliveries SET reason = NULL WHERE platform IN {_TAKING_LETTERS} AND state = 'sent'"
        " AND reason = :late AND settled_at < :before",
        late=Reason.LATE,
        before=to_micros(now - _GIVEN_UP),
    )


async def write_to_stranger(
    tx: Transaction, platform: str, address: str, view: View, now: datetime, *, subject: str
) -> None:
    """Add an e-mail to the outbox for an address that belongs to nobody whom the bot knows.

    The e-mail is deleted within a day. `subject` is the key by which it is found again.
    """
    content, _carried = pack(view)
    await tx.run(
        "INSERT INTO deliveries (platform, kind, content, place, urgent, asked, subject, reference, due_at, created_at)"
        " VALUES (:platform, :kind, :content, :place, :rank, 1, :subject, NULL, :now, :now)",  # it is confidential
        platform=platform,
        kind=CONFIDENTIAL,
        content=content,
        place=address,
        rank=URGENT,
        subject=subject,
        now=to_micros(now),
    )


async def forget_strangers(tx: Transaction, now: datetime) -> int:
    """Delete the e-mails to addresses of strangers that are older than a day; return how many were deleted."""
    return await tx.run(
        f"DELETE FROM deliveries WHERE kind = '{CONFIDENTIAL}' AND participant_id IS NULL AND account_id IS NULL"
        f" AND platform IN {_TAKING_LETTERS} AND created_at < :before",
        before=to_micros(now - timedelta(days=1)),
    )


async def forget_places(tx: Transaction, now: datetime) -> int:
    """Forget the addresses that were given for letters older than a day; return how many were forgotten.

    Anybody may type somebody else's address, and no erasure of that person would find it.
    """
    return await tx.run(
        f"UPDATE deliveries SET place = '' WHERE kind LIKE '{LETTER}%' AND place <> ''"
        " AND state NOT IN ('waiting', 'sending') AND created_at < :before",
        before=to_micros(now - timedelta(days=1)),
    )


async def count_strangers(tx: Transaction) -> int:
    """Return how many e-mails to addresses of strangers are stored; they are stored for a day."""
    return await tx.value(
        int,
        f"SELECT COUNT(*) FROM deliveries WHERE kind = '{CONFIDENTIAL}' AND participant_id IS NULL"
        f" AND account_id IS NULL AND platform IN {_TAKING_LETTERS}",
    )


async def unsubscribe(tx: Transaction, delivery_id: int) -> bool:
    """Send only messages that its owner asked for to the account that got an e-mail.

    `delivery_id` is the id of the e-mail in the outbox. Returns False if it was sent to no account.
    """
    return (
        await tx.run(
            "UPDATE accounts SET private_pushes = 0 WHERE id ="
            f" (SELECT account_id FROM deliveries WHERE id = :id AND platform IN {_TAKING_LETTERS})",
            id=delivery_id,
        )
        == 1
    )


async def subscribe(tx: Transaction, account_id: int) -> None:
    """Send all messages for its owner to an account, because the owner proved that they read what arrives there."""
    await tx.run("UPDATE accounts SET private_pushes = 1 WHERE id = :id", id=account_id)
