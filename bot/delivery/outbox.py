"""Putting into the outbox: one row a recipient, in the transaction that causes it."""

from __future__ import annotations

import json
from datetime import datetime

from bot.clock import to_micros
from bot.storage.engine import Transaction
from bot.views import View, encode_view

_INSERT = (
    "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, urgent, due_at, created_at)"
    " SELECT a.platform, :kind, p.id, a.id, :content, :urgent, :due, :now FROM participants p"
    # q is p once more: in SQLite an ORDER BY sees nothing of the query around it.
    " JOIN accounts a ON a.id = (SELECT b.id FROM accounts b JOIN participants q ON q.id = b.participant_id"
    " WHERE q.id = p.id"
    " ORDER BY b.unreachable, CASE WHEN b.id = q.preferred_account THEN 0 ELSE 1 END, b.id LIMIT 1)"
)

MESSAGE = "message"
MEMBERSHIP = "membership"


async def notify(
    tx: Transaction,
    participant_id: int,
    view: View,
    now: datetime,
    *,
    asked: bool = False,
    urgent: bool = False,
) -> bool:
    """Tell one person, on the account they prefer among those that can be reached.

    `asked` is for the answer to something they asked: it reaches who stopped all pushes too. False when they have no
    account, or stopped.
    """
    return bool(
        await tx.run(
            f"{_INSERT} WHERE p.id = :id AND (p.stopped = 0 OR :asked = 1)",
            kind=MESSAGE,
            id=participant_id,
            content=_stored(view),
            urgent=int(urgent),
            asked=int(asked),
            due=to_micros(now),
            now=to_micros(now),
        )
    )


async def notify_organisers(tx: Transaction, view: View, now: datetime, *, but: int | None = None) -> int:
    """Tell every organiser but one (who did it); how many."""
    return await tx.run(
        f"{_INSERT} WHERE p.organises = 1 AND p.stopped = 0 AND p.id <> :but",
        kind=MESSAGE,
        content=_stored(view),
        urgent=0,
        but=but or 0,
        due=to_micros(now),
        now=to_micros(now),
    )


async def refresh_membership(tx: Transaction, participant_id: int, now: datetime, *, ended: bool = False) -> None:
    """Bring nickname and roles of a person in step with what was just decided, on every platform that has them.

    `ended`: their accounts are about to be nobody's.
    """
    await tx.run(
        "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, due_at, created_at)"
        " SELECT a.platform, :kind, CASE WHEN :ended = 1 THEN NULL ELSE a.participant_id END, a.id, '', :now, :now"
        " FROM accounts a WHERE a.participant_id = :id AND a.platform = 'discord'",
        kind=MEMBERSHIP,
        id=participant_id,
        ended=int(ended),
        now=to_micros(now),
    )


def _stored(view: View) -> str:
    return json.dumps(encode_view(view), ensure_ascii=False)
