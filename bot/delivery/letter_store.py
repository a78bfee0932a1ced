"""The SQL of letters: messages that are written only when they are sent, because they have a secret that is not stored.

A letter goes to the address that the list has of a person, or to an address that the person gave, which need not be an
account yet. Its row in the outbox says what it is, never the secret.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.content.delivery_kinds import LETTER
from bot.content.features import in_sql
from bot.database.engine import Transaction, one_column

_TAKING_LETTERS = in_sql(lambda platform: platform.takes_letters)


@dataclass(frozen=True, slots=True)
class LetterState:
    """The last letter of a kind to a person: its id in the outbox, and how sending it went.

    `state` and `reason` are as in the outbox. With `doubtful`, the letter may have arrived twice.
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

    `kind` names the letter, `platform` takes it. `place` is the address to which it goes, '' for the one on the list.
    `subject` is the key by which the letters can be called back.
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
    """Return the last letter of a kind to each person who got one, but for those that were called back or cancelled."""
    return await tx.rows(
        LetterState,
        "SELECT d.id, d.participant_id, d.state, d.reason, d.repeated AS doubtful FROM deliveries d"
        " JOIN (SELECT MAX(id) AS last FROM deliveries WHERE kind = :kind AND state <> 'cancelled'"
        " GROUP BY participant_id) l ON l.last = d.id ORDER BY d.id",
        kind=LETTER + kind,
    )


async def cancel(tx: Transaction, kind: str, participant_id: int, now: datetime) -> None:
    """Cancel a person's letters of a kind that wait to be sent."""
    await tx.run(
        "UPDATE deliveries SET state = 'cancelled', settled_at = :now"
        " WHERE participant_id = :id AND kind = :kind AND state = 'waiting'",
        id=participant_id,
        kind=LETTER + kind,
        now=to_micros(now),
    )


async def address_of(tx: Transaction, delivery_id: int) -> str | None:
    """Return the address to which a letter went that was not sent to the one on the list; None if it is unknown."""
    return await tx.value_or_none(str, "SELECT place FROM deliveries WHERE id = :id", id=delivery_id)


async def unsubscribe(tx: Transaction, delivery_id: int) -> None:
    """Send no more messages that its owner did not ask for to the account that got a letter."""
    await tx.run(
        "UPDATE accounts SET private_pushes = 0 WHERE id ="
        f" (SELECT account_id FROM deliveries WHERE id = :id AND platform IN {_TAKING_LETTERS})",
        id=delivery_id,
    )


async def subscribe(tx: Transaction, account_id: int) -> None:
    """Send all messages for its owner to an account, as its owner proved it to get them there."""
    await tx.run("UPDATE accounts SET private_pushes = 1 WHERE id = :id", id=account_id)
