"""Stores one row for each update, something that a person did, as a platform reported it.

By these rows a repeated update is recognised and changes nothing, and nobody is left without an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from bot.background import program_store
from bot.clock import to_micros
from bot.content.features import in_sql
from bot.database.engine import Transaction
from bot.database.records import record

KEPT = timedelta(days=2)
"""How long rows are kept. A platform repeats an update for at most a day; failed messages are kept as long."""
KEPT_OF_PAGES = timedelta(days=8)
"""How long rows of what was done on pages are kept.

A press or text whose answer was lost with the network waits on the device for at most a week (see worker.js), and is
then sent again: without its row it would be carried out twice. What was refused or came too late changed nothing, so
its row need not wait for that.
"""

_OWN_PAGES = in_sql(lambda platform: platform.own_page)

UpdateOutcome: TypeAlias = Literal["done", "refused", "stale", "failed"]
"""How an update ended.

«done»: it took effect. «refused»: its sender read a polite refusal. «stale»: it was an outdated button. «failed»: an
error in this program rolled it back.
"""


@dataclass(frozen=True, slots=True)
class UnansweredUpdate:
    """An update (one thing that a person did) that was processed without its answer being sent, and its sender."""

    update_id: str
    native_id: str
    chat: str


async def receive(
    tx: Transaction,
    platform: str,
    update_id: str,
    native_id: str,
    chat: str,
    now: datetime,
    outcome: UpdateOutcome | None = None,
    program: str | None = None,
) -> bool:
    """Store an update, one thing that a person did. Returns False, and stores nothing, if it was already stored.

    `native_id` is the sender's id on the platform, and `chat` the platform's id of the chat. `outcome` is how the
    update ended. It is None for other things that must be done only once: the same table stores them, with a name as
    `update_id`. `program` is the name of the program that answers the update, None on SQLite, where programs have no
    names.
    """
    return bool(
        await tx.run(
            "INSERT INTO inbox (platform, update_id, native_id, chat, received_at, reference, outcome, program)"
            " VALUES (:platform, :update_id, :native_id, :chat, :now, :reference, :outcome, :program)"
            " ON CONFLICT DO NOTHING",
            platform=platform,
            update_id=update_id,
            native_id=native_id,
            chat=chat,
            now=to_micros(now),
            reference=tx.reference,
            outcome=outcome,
            program=program,
        )
    )


@dataclass(frozen=True, slots=True)
class FailedUpdate:
    """One thing that a person did and that was rolled back because of an error in this program.

    `at` is when it was received. `reference` is the code by which its lines in the log are found, None if unknown.
    """

    platform: str
    at: datetime
    reference: str | None


async def failures(tx: Transaction, most: int) -> Sequence[FailedUpdate]:
    """Return the latest things that people did and that an error in this program rolled back, newest first.

    At most `most` are returned.
    """
    return await tx.rows(
        FailedUpdate,
        "SELECT platform, received_at AS at, reference FROM inbox WHERE outcome = 'failed'"
        " ORDER BY received_at DESC LIMIT :most",
        most=most,
    )


async def received(tx: Transaction, platform: str, update_id: str) -> bool:
    """Return whether an update, one thing that a person did, was received before and is stored."""
    return await tx.exists(
        "SELECT 1 FROM inbox WHERE platform = :platform AND update_id = :update_id",
        platform=platform,
        update_id=update_id,
    )


async def took_effect(tx: Transaction, platform: str, update_id: str) -> bool:
    """Return True if an update was received and carried out, False if it was refused, outdated or failed.

    An update is one thing that a person did. Returns False for an unknown update too.
    """
    return await tx.exists(
        "SELECT 1 FROM inbox WHERE platform = :platform AND update_id = :update_id AND outcome = 'done'",
        platform=platform,
        update_id=update_id,
    )


async def known(tx: Transaction, platform: str, update_ids: Iterable[str]) -> frozenset[str]:
    """Return the ids of the updates (things that people did) that are stored, out of `update_ids`."""
    noted = set()
    for update_id in update_ids:
        if await received(tx, platform, update_id):
            noted.add(update_id)
    return frozenset(noted)


async def is_answered(tx: Transaction, platform: str, update_id: str, asking: str | None = None) -> bool:
    """Return whether the answer to an update was sent, or will be sent by the program that took the update.

    An update is one thing that a person did. An answer that is not sent yet counts only if another program than
    `asking` took the update and is running: the program `asking` knows that it has no such answer. `asking` is None if
    programs have no names. Returns False for an update that is not stored.
    """
    row = await tx.one(
        "SELECT replied, program FROM inbox WHERE platform = :platform AND update_id = :update_id",
        platform=platform,
        update_id=update_id,
    )
    if row is None or row["replied"]:
        return row is not None
    return row["program"] != asking and row["program"] in await program_store.running(tx)


async def mark_failed(tx: Transaction, platform: str, update_id: str, text: str | None) -> None:
    """Store that an update, something that a person did, was rolled back because of an error in this program.

    `text` are the words of the update, None for none. The reference of this transaction, a code that the sender was
    told, is stored too.
    """
    await tx.run(
        "UPDATE inbox SET outcome = 'failed', reference = :reference, text = :text"
        " WHERE platform = :platform AND update_id = :update_id",
        platform=platform,
        update_id=update_id,
        reference=tx.reference,
        text=text,
    )


async def mark_answered(tx: Transaction, answered: Iterable[tuple[str, str]]) -> None:
    """Store that the answers to updates, things that people did, were sent.

    `answered` has pairs of platform and update id.
    """
    await tx.many(
        "UPDATE inbox SET replied = 1 WHERE platform = :platform AND update_id = :update_id",
        [{"platform": platform, "update_id": update_id} for platform, update_id in answered],
    )


async def unanswered(
    tx: Transaction, platform: str, since: datetime, program: str | None = None
) -> list[UnansweredUpdate]:
    """Return the updates (things that people did) since an instant that nobody will answer, oldest first.

    The programs that took these updates have ended. `program` is the name of the program that calls this function,
    which counts as running; None on SQLite, where programs have no names.
    """
    rows = await tx.all(
        "SELECT update_id, native_id, chat, program FROM inbox"
        " WHERE platform = :platform AND replied = 0 AND received_at >= :since ORDER BY received_at",
        platform=platform,
        since=to_micros(since),
    )
    running = {*await program_store.running(tx), program} - {None} if rows else ()
    return [record(UnansweredUpdate, row) for row in rows if row["program"] not in running]


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Delete the rows of updates (things that people did) that no platform will report again.

    Returns the number of deleted rows.
    """
    return await tx.run(
        "DELETE FROM inbox WHERE received_at < :pages"
        f" OR (received_at < :before AND (outcome <> 'done' OR platform NOT IN {_OWN_PAGES}))",
        before=to_micros(now - KEPT),
        pages=to_micros(now - KEPT_OF_PAGES),
    )
