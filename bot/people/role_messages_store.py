"""Stores which messages in chats have files or secrets for a role, to delete them when their readers lose the role.

Only answers to a press or a message need this; messages of the outbox have a row already, see
`bot.delivery.delivery_store.take_back`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.content.delivery_kinds import LATER, MESSAGE
from bot.content.roles import Required, stored
from bot.database.engine import Transaction
from bot.people.role_store import is_lost, loss

KEPT = timedelta(days=30)


async def record(tx: Transaction, platform: str, update_id: str, native_id: str, who: Required, now: datetime) -> None:
    """Record that an answer to an update was sent, and that only people with the role `who` may read it.

    `update_id` is the platform's id of the update, a message or press, and `native_id` the platform's id of the answer.
    If the reader has lost the role in the meantime, the answer is deleted at once.
    """
    rung, role = stored(who)
    row = await tx.one(
        "INSERT INTO entrusted (account_id, native_id, who, role, said_at)"
        " SELECT a.id, :native_id, :who, :role, :now FROM inbox i"
        " JOIN accounts a ON a.platform = i.platform AND a.native_id = i.native_id"
        " WHERE i.platform = :platform AND i.update_id = :update"
        " ON CONFLICT (account_id, native_id) DO UPDATE SET who = excluded.who, role = excluded.role,"
        " said_at = excluded.said_at"
        " RETURNING account_id",
        platform=platform,
        update=update_id,
        native_id=native_id,
        who=rung,
        role=role,
        now=to_micros(now),
    )
    if row:
        await take_back(tx, [row["account_id"]], now)


async def take_back(
    tx: Transaction, account_ids: Iterable[int], now: datetime, *, lost: Required | None = None
) -> None:
    """Have recorded answers on these accounts deleted whose readers no longer have the required role.

    If `lost` is a role, answers that require it are deleted even if the readers still have the role for another thing.
    If `lost` is a general role (`Who`), answers that require a higher one are deleted too. None means that no
    particular role was lost.
    """
    for account_id in account_ids:
        rows = await tx.all(
            "SELECT e.native_id FROM entrusted e JOIN accounts a ON a.id = e.account_id"
            " LEFT JOIN participants p ON p.id = a.participant_id"
            f" WHERE e.account_id = :account AND {is_lost('e')}",
            account=account_id,
            **loss(lost),
        )
        gone = [{"account": account_id, "native_id": row["native_id"]} for row in rows]
        await tx.many(
            "INSERT INTO deliveries (platform, kind, account_id, content, urgent, op, native_id, due_at, created_at,"
            " reference) SELECT platform, :kind, id, '', 1, 'delete', :native_id, :now, :now, CAST(:reference AS TEXT)"
            " FROM accounts WHERE id = :account",
            [{"kind": MESSAGE, "now": to_micros(now), "reference": tx.reference, **answer} for answer in gone],
        )
        await tx.many("DELETE FROM entrusted WHERE account_id = :account AND native_id = :native_id", gone)
        await tx.run(  # nothing becomes of a message that goes
            f"DELETE FROM deliveries WHERE account_id = :account AND kind = '{LATER}' AND state <> 'sending'"
            " AND native_id IN"
            " (SELECT m.native_id FROM deliveries m WHERE m.account_id = :account AND m.op = 'delete')",
            account=account_id,
        )


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Forget answers for people with a role that are too old for the bot to delete; return how many were forgotten.

    The messages themselves stay in the chats.
    """
    return await tx.run("DELETE FROM entrusted WHERE said_at < :before", before=to_micros(now - KEPT))
