"""Stores the live screens, messages that are kept up to date: where each is shown, and which are outdated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.content.roles import Who
from bot.conversation import shown_screen_store
from bot.database.engine import Transaction
from bot.people.role_store import ROLES, RUNG

RETIRED = "retired"
"""The kind of a live screen that a newer message shows; the old message is removed from the chat."""
_UNPINNED, _TO_PIN, _PINNED = 0, 1, 2
_SCREENS_FIRST = "screens s CROSS JOIN accounts a"
"""The outdated screens, which are few, each with its account, as the tables of an SQL statement.

SQLite reads the tables in this order; otherwise it would read all accounts of the platform. PostgreSQL chooses the
order itself.
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """One message that shows a live screen, which is kept up to date; the message is outdated.

    `key` is «kind:subject». `native_id` is the platform's id of the message, '' until it was sent. `wanted` is the
    number of the state to show; it grows with each change. `digest` is the digest of the content shown now, '' if
    unknown. `rung` and `roles` are the roles of the reader. `to_pin` says that the message must be pinned, `pinned`
    that it has been. `reference` is the code by which the log lines about the cause of the last change are found.
    `doubtful` says that the message may already have been sent, because the program ended while sending it, or the
    platform's answer was lost.
    """

    id: int
    key: str
    native_id: str
    wanted: int
    digest: str
    chat: str
    locale: str | None
    account_locale: str | None
    to_pin: bool
    pinned: bool
    rung: Who
    roles: str
    reference: str | None
    doubtful: bool

    @property
    def kind(self) -> str:
        """Return the kind of the live screen (a message kept up to date), the part of its key before the colon."""
        return self.key.partition(":")[0]

    @property
    def subject(self) -> str:
        """Return what the live screen (a message kept up to date) is about, the part of its key after the colon."""
        return self.key.partition(":")[2]


async def show(tx: Transaction, key: str, account_id: int, native_id: str = "", *, pinned: bool = False) -> None:
    """Show a live screen, a message that is kept up to date, to an account.

    The live screen takes the place of the message `native_id`, or is a new message if `native_id` is ''. `key` is
    «kind:subject». If `pinned` is True, the message is pinned at the top of the chat once it was sent. An earlier
    message that showed the screen goes.
    """
    await tx.run(
        f"UPDATE screens SET key = '{RETIRED}:' || id, wanted = wanted + 1, reference = :reference"
        " WHERE key = :key AND account_id = :account AND native_id NOT IN ('', :native_id)",
        key=key,
        account=account_id,
        native_id=native_id,
        reference=tx.reference,
    )
    await leave(tx, key, account_id)
    await tx.run(
        "INSERT INTO screens (key, account_id, native_id, pinned, reference)"
        " VALUES (:key, :account, :native_id, :pinned, :reference)",
        key=key,
        account=account_id,
        native_id=native_id,
        pinned=_TO_PIN if pinned else _UNPINNED,
        reference=tx.reference,
    )


async def touch(tx: Transaction, key: str) -> int:
    """Mark each message that shows the live screen `key` («kind:subject») as outdated; return how many there are.

    A live screen is a message that is kept up to date. The outdated messages are updated soon.
    """
    return await tx.run(
        "UPDATE screens SET wanted = wanted + 1, reference = :reference WHERE key = :key",
        key=key,
        reference=tx.reference,
    )


async def touch_each(tx: Transaction, keys: Iterable[str]) -> None:
    """Mark each message that shows one of the live screens `keys` («kind:subject») as outdated.

    A live screen is a message that is kept up to date. The outdated messages are updated soon.
    """
    await tx.many(
        "UPDATE screens SET wanted = wanted + 1, reference = :reference WHERE key = :key",
        [{"key": key, "reference": tx.reference} for key in keys],
    )


async def leave(tx: Transaction, key: str, account_id: int) -> None:
    """Stop updating the live screen `key` («kind:subject»), a message kept up to date, for an account."""
    await tx.run("DELETE FROM screens WHERE key = :key AND account_id = :account", key=key, account=account_id)


async def people_shown(tx: Transaction, key: str) -> frozenset[int]:
    """Return the ids of the participants who are shown the live screen `key` («kind:subject») and can be reached."""
    found = await tx.values(
        int,
        "SELECT a.participant_id FROM screens s JOIN accounts a ON a.id = s.account_id"
        " WHERE s.key = :key AND a.participant_id IS NOT NULL AND a.unreachable = 0",
        key=key,
    )
    return frozenset(found)


async def touch_of(tx: Transaction, account_ids: Iterable[int]) -> None:
    """Mark all live screens (messages kept up to date) of some accounts as outdated.

    Call this when the owners of the accounts may see more or less in these screens than before.
    """
    await tx.many(
        "UPDATE screens SET wanted = wanted + 1, reference = :reference WHERE account_id = :account",
        [{"account": account_id, "reference": tx.reference} for account_id in account_ids],
    )


async def leave_all(tx: Transaction, account_ids: Iterable[int]) -> None:
    """Stop showing live screens (messages kept up to date) to accounts that no longer have an owner."""
    await tx.many(
        "DELETE FROM screens WHERE account_id = :account", [{"account": account_id} for account_id in account_ids]
    )


async def behind(tx: Transaction, platform: str, now: datetime, limit: int) -> Sequence[Screen]:
    """Return at most `limit` outdated live screens (messages kept up to date) of a platform that may be updated now.

    First comes one message of each live screen, the longest waiting first; then a second message of each, and so on. So
    a screen that a thousand people see does not delay a screen that one person sees.
    """
    rows = await tx.all(
        "SELECT s.id, s.key, s.native_id, s.wanted, s.shown, s.digest, s.pinned, s.reference, a.chat,"
        f" a.locale AS account_locale, p.locale, {RUNG} AS rung, {ROLES} AS roles"
        f" FROM {_SCREENS_FIRST} LEFT JOIN participants p ON p.id = a.participant_id"
        " WHERE a.id = s.account_id AND a.platform = :platform AND a.unreachable = 0"
        " AND s.wanted > s.shown AND s.not_before <= :now"
        " ORDER BY ROW_NUMBER() OVER (PARTITION BY s.key ORDER BY s.not_before, s.id), s.not_before, s.id LIMIT :limit",
        platform=platform,
        now=to_micros(now),
        limit=limit,
    )
    return [
        Screen(
            row["id"],
            row["key"],
            row["native_id"],
            row["wanted"],
            row["digest"],
            row["chat"],
            row["locale"],
            row["account_locale"],
            row["pinned"] != _UNPINNED,
            row["pinned"] == _PINNED,
            Who(row["rung"]),
            row["roles"],
            row["reference"],
            row["native_id"] == "" and row["shown"] > 0,
        )
        for row in rows
    ]


async def next_due(tx: Transaction, platform: str) -> datetime | None:
    """Return when the next outdated live screen (a message kept up to date) may be updated; None if none is outdated.

    The instant can be in the past.
    """
    return await tx.value_or_none(
        datetime,
        f"SELECT MIN(s.not_before) FROM {_SCREENS_FIRST}"
        " WHERE a.id = s.account_id AND a.platform = :platform AND a.unreachable = 0 AND s.wanted > s.shown",
        platform=platform,
    )


async def is_busy(tx: Transaction, at: datetime) -> bool:
    """Return whether a live screen (a message kept up to date) is being updated, or may be at the instant `at`."""
    return await tx.exists(
        "SELECT 1 FROM screens s JOIN accounts a ON a.id = s.account_id WHERE a.unreachable = 0"
        " AND ((s.wanted > s.shown AND s.not_before <= :at) OR (s.shown > 0 AND s.digest = '')) LIMIT 1",
        at=to_micros(at),
    )


async def begin(tx: Transaction, screens: Iterable[Screen], not_before: datetime) -> None:
    """Store that live screens (messages kept up to date) are being updated, so that only later changes outdate them.

    Each may be updated again from `not_before` on. Until the update is done, its digest is stored as ''.
    """
    await tx.many(
        "UPDATE screens SET shown = :wanted, digest = '', not_before = :not_before WHERE id = :id",
        [{"id": screen.id, "wanted": screen.wanted, "not_before": to_micros(not_before)} for screen in screens],
    )


async def take_up_again(tx: Transaction, platform: str) -> int:
    """Mark live screens (messages kept up to date) as outdated if the program ended while updating them.

    Returns the number of their messages.
    """
    return await tx.run(
        "UPDATE screens SET wanted = wanted + 1 WHERE digest = '' AND wanted <= shown"
        " AND EXISTS (SELECT 1 FROM accounts a WHERE a.id = account_id AND a.platform = :platform)",
        platform=platform,
    )


async def record_shown(tx: Transaction, screen: Screen, native_id: str, digest: str, not_before: datetime) -> None:
    """Store what a live screen (a message kept up to date) shows after its update.

    `native_id` is the platform's id of the message, `digest` a digest of its content. The screen may be updated again
    from `not_before` on.
    """
    await tx.run(
        "UPDATE screens SET native_id = :native_id, digest = :digest, not_before = :not_before WHERE id = :id",
        id=screen.id,
        native_id=native_id,
        digest=digest,
        not_before=to_micros(not_before),
    )


async def note_pinned(tx: Transaction, screen: Screen) -> None:
    """Store that the message of a live screen, which is kept up to date, was pinned, or can never be pinned."""
    await tx.run("UPDATE screens SET pinned = :pinned WHERE id = :id", id=screen.id, pinned=_PINNED)


async def postpone(tx: Transaction, screens: Iterable[Screen], not_before: datetime, *, doubtful: bool = False) -> None:
    """Store that live screens (messages kept up to date) could not be updated, and must be tried again later.

    They may be tried again from `not_before` on. `doubtful` is True if the messages or edits may have arrived all the
    same, False if they certainly have not.
    """
    await tx.many(
        "UPDATE screens SET wanted = wanted + 1, not_before = :not_before,"
        " digest = :digest, shown = CASE WHEN native_id = '' AND :doubtful = 0 THEN 0 ELSE shown END WHERE id = :id",
        [
            {
                "id": screen.id,
                "not_before": to_micros(not_before),
                "doubtful": int(doubtful or screen.doubtful),
                "digest": "" if doubtful else screen.digest,
            }
            for screen in screens
        ],
    )


async def drop(tx: Transaction, screen: Screen) -> None:
    """Delete a live screen (a message kept up to date) from the store.

    The message was deleted, or is no longer updated. If it also showed an answer, what is stored of the answer is
    deleted too.
    """
    dropped = await tx.one("DELETE FROM screens WHERE id = :id RETURNING account_id", id=screen.id)
    if dropped and screen.native_id:
        await shown_screen_store.forget_gone(tx, [(dropped["account_id"], screen.native_id)])
