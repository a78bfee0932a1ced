"""Messages that change while they are looked at: which are there, and which are behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.content.roles import Who
from bot.database.engine import Transaction
from bot.people.facilitator_store import ROLE

_UNPINNED, _TO_PIN, _PINNED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen that is behind: `wanted` is the state to show. `native_id` is '' until it was sent.

    `role` is what its reader may see. `to_pin` says that it is to be kept in sight, `pinned` that
    this was asked of the platform for `native_id`. `reference` is that of what changed it last, see `bot.logs`.
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
    role: Who
    reference: str | None

    @property
    def kind(self) -> str:
        """What stands before the colon in its key."""
        return self.key.partition(":")[0]

    @property
    def subject(self) -> str:
        """What stands after it."""
        return self.key.partition(":")[2]


async def show(tx: Transaction, key: str, account_id: int, native_id: str = "", *, pinned: bool = False) -> None:
    """Have something shown to an account, in a message there is already, or (without `native_id`) in a new one."""
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
    """What a screen shows has changed; to how many accounts it is shown."""
    return await tx.run(
        "UPDATE screens SET wanted = wanted + 1, reference = :reference WHERE key = :key",
        key=key,
        reference=tx.reference,
    )


async def leave(tx: Transaction, key: str, account_id: int) -> None:
    """An account is not shown this any more."""
    await tx.run("DELETE FROM screens WHERE key = :key AND account_id = :account", key=key, account=account_id)


async def touch_of(tx: Transaction, account_ids: Iterable[int]) -> None:
    """What accounts may see has changed: whatever they are shown is drawn anew, or taken away."""
    await tx.many(
        "UPDATE screens SET wanted = wanted + 1, reference = :reference WHERE account_id = :account",
        [{"account": account_id, "reference": tx.reference} for account_id in account_ids],
    )


async def leave_all(tx: Transaction, account_ids: Iterable[int]) -> None:
    """Accounts are not shown anything any more: they are nobody's."""
    await tx.many(
        "DELETE FROM screens WHERE account_id = :account", [{"account": account_id} for account_id in account_ids]
    )


async def behind(tx: Transaction, platform: str, now: datetime, limit: int) -> Sequence[Screen]:
    """The screens on a platform that may be brought up to date now, those that waited longest first."""
    rows = await tx.all(
        "SELECT s.id, s.key, s.native_id, s.wanted, s.digest, s.pinned, s.reference, a.chat,"
        f" a.locale AS account_locale, p.locale, {ROLE} AS role"
        " FROM screens s JOIN accounts a ON a.id = s.account_id LEFT JOIN participants p ON p.id = a.participant_id"
        " WHERE a.platform = :platform AND a.unreachable = 0 AND s.wanted > s.shown AND s.not_before <= :now"
        " ORDER BY s.not_before, s.id LIMIT :limit",
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
            Who(row["role"]),
            row["reference"],
        )
        for row in rows
    ]


async def next_due(tx: Transaction, platform: str) -> datetime | None:
    """When the first screen that is behind may be brought up to date, perhaps already; None when none is."""
    row = await tx.one(
        "SELECT MIN(s.not_before) AS due FROM screens s JOIN accounts a ON a.id = s.account_id"
        " WHERE a.platform = :platform AND a.unreachable = 0 AND s.wanted > s.shown",
        platform=platform,
    )
    return from_micros(row["due"]) if row and row["due"] is not None else None


async def begin(tx: Transaction, screen: Screen, not_before: datetime) -> None:
    """A screen is being drawn: what changes from now on makes it behind again, at the earliest at `not_before`.

    Its digest is '' until `note`.
    """
    await tx.run(
        "UPDATE screens SET shown = :wanted, digest = '', not_before = :not_before WHERE id = :id",
        id=screen.id,
        wanted=screen.wanted,
        not_before=to_micros(not_before),
    )


async def take_up_again(tx: Transaction, platform: str) -> int:
    """Have those drawn anew that were being drawn when the program ended, or lost the store; how many."""
    return await tx.run(
        "UPDATE screens SET wanted = wanted + 1 WHERE digest = '' AND wanted <= shown"
        " AND account_id IN (SELECT id FROM accounts WHERE platform = :platform)",
        platform=platform,
    )


async def note(tx: Transaction, screen: Screen, native_id: str, digest: str, not_before: datetime) -> None:
    """A screen shows what was wanted when it was begun, and changes again at the earliest at `not_before`."""
    await tx.run(
        "UPDATE screens SET native_id = :native_id, digest = :digest, not_before = :not_before WHERE id = :id",
        id=screen.id,
        native_id=native_id,
        digest=digest,
        not_before=to_micros(not_before),
    )


async def note_pinned(tx: Transaction, screen: Screen) -> None:
    """A screen was pinned where it is shown, or never will be."""
    await tx.run("UPDATE screens SET pinned = :pinned WHERE id = :id", id=screen.id, pinned=_PINNED)


async def postpone(tx: Transaction, screen: Screen, not_before: datetime) -> None:
    """A screen could not be brought up to date, and is tried again."""
    await tx.run(
        "UPDATE screens SET wanted = wanted + 1, not_before = :not_before WHERE id = :id",
        id=screen.id,
        not_before=to_micros(not_before),
    )


async def drop(tx: Transaction, screen: Screen) -> None:
    """Nothing is shown there any more."""
    await tx.run("DELETE FROM screens WHERE id = :id", id=screen.id)
