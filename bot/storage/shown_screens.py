"""Answers that stand in chats: which screen each shows, so that of a screen only the newest copy looks live.

An answer is put into the message that was pressed, or into a new one. Whatever was to become of that message before is
void then; and where it shows a screen, older messages of the same chat that show it too are edited, each once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clock import to_micros
from bot.storage.engine import Transaction
from bot.storage.outgoing import PIN

KEPT = timedelta(days=30)
"""How long an answer may be looked at; nobody scrolls further back."""

LATER = "later"
"""The kind of a delivery that edits an answer: its screen was sent anew, or its time is over."""

_ACCOUNT = (
    "(SELECT a.id FROM inbox i JOIN accounts a ON a.platform = i.platform AND a.native_id = i.native_id"
    " WHERE i.platform = :platform AND i.update_id = :update)"
)
_CHANGES = (
    "(EXISTS (SELECT 1 FROM shown_screens s WHERE s.account_id = a.id)"
    " OR EXISTS (SELECT 1 FROM deliveries d WHERE d.account_id = a.id"
    f" AND (d.subject <> '' OR d.kind = '{LATER}')))"
)
_AT_ONCE = 100
"""Updates that are looked up in one statement."""
_EDIT = (
    "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, op, native_id, due_at, created_at)"
    " SELECT a.platform, CAST(:kind AS TEXT), a.participant_id, a.id, CAST(:content AS TEXT), 'edit',"
    " {message}, {due}, CAST(:now AS BIGINT)"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The answer to an update as it left: its messages' ids, joined by commas, and the screen it shows ('' for none).

    `later` is how it reads, as the outbox stores it, once `after` has passed; None where it stays as it is.
    """

    platform: str
    update_id: str
    native_id: str
    screen: str = ""
    after: timedelta = timedelta()
    later: str | None = None


async def note(tx: Transaction, answers: Sequence[Shown], below: str, now: datetime) -> None:
    """Answers left. `below` is what older copies of their screens say from now on, as the outbox stores it."""
    in_order: list[Shown] = []
    for each in answers:  # what an answer begins, the next one in the same message ends
        in_order.append(each)
        if each.screen or each.later is not None:
            await _void(tx, in_order)
            await _begin(tx, each, below, now)
            in_order = []
    await _void(tx, in_order)


async def _void(tx: Transaction, answers: Sequence[Shown]) -> None:
    """Forget what was to become of messages that show an answer from now on."""
    accounts = await _accounts(tx, answers)
    rows = [
        {"account": account, "pattern": f"%,{each.native_id.partition(',')[0]},%"}
        for each in answers
        if (account := accounts.get((each.platform, each.update_id)))
    ]
    if not rows:  # as for most answers: nothing stands in these chats that would change
        return
    same = "account_id = :account AND (',' || native_id || ',') LIKE :pattern"
    await tx.many(
        "UPDATE deliveries SET state = 'sent', op = 'send' WHERE op = 'edit' AND state = 'waiting' AND subject <> ''"
        f" AND announcement_id IS NULL AND {same}",
        rows,
    )
    await tx.many(f"UPDATE deliveries SET subject = '' WHERE subject <> '' AND {same}", rows)
    await tx.many(f"DELETE FROM deliveries WHERE kind = '{LATER}' AND state = 'waiting' AND {same}", rows)
    await tx.many(f"DELETE FROM shown_screens WHERE {same}", rows)


async def _accounts(tx: Transaction, answers: Sequence[Shown]) -> Mapping[tuple[str, str], int]:
    """Where updates came from, by platform and update: only accounts in whose chats something may change by itself."""
    found: dict[tuple[str, str], int] = {}
    for platform in {each.platform for each in answers}:
        updates = [each.update_id for each in answers if each.platform == platform]
        for begin in range(0, len(updates), _AT_ONCE):
            some = {f"u{place}": update for place, update in enumerate(updates[begin : begin + _AT_ONCE])}
            rows = await tx.all(
                "SELECT i.update_id, a.id FROM inbox i"
                " JOIN accounts a ON a.platform = i.platform AND a.native_id = i.native_id"
                f" WHERE i.platform = :platform AND i.update_id IN ({', '.join(f':{name}' for name in some)})"
                f" AND {_CHANGES}",
                platform=platform,
                **some,
            )
            found |= {(platform, row["update_id"]): row["id"] for row in rows}
    return found


async def _begin(tx: Transaction, shown: Shown, below: str, now: datetime) -> None:
    """Note what an answer shows, and what is to become of it."""
    at = {"kind": LATER, "now": to_micros(now)}
    if shown.screen:
        await _show(tx, shown, below, at)
    if shown.later is not None:
        await tx.run(
            f"{_EDIT.format(message='CAST(:message AS TEXT)', due='CAST(:due AS BIGINT)')} FROM accounts a"
            f" WHERE a.id = {_ACCOUNT}",
            platform=shown.platform,
            update=shown.update_id,
            message=shown.native_id,
            content=shown.later,
            due=to_micros(now + shown.after),
            **at,
        )


async def _show(tx: Transaction, shown: Shown, below: str, at: Mapping[str, Any]) -> None:
    """Note which screen an answer shows; older copies of it lead there."""
    known = {"platform": shown.platform, "update": shown.update_id, "screen": shown.screen, "message": shown.native_id}
    older = f"account_id = {_ACCOUNT} AND screen = :screen AND native_id <> :message"
    await tx.run(
        f"{_EDIT.format(message='s.native_id', due='CAST(:now AS BIGINT)')} FROM shown_screens s"
        f" JOIN accounts a ON a.id = s.account_id WHERE s.account_id = {_ACCOUNT} AND s.screen = :screen"
        " AND s.native_id <> :message",
        content=below,
        **known,
        **at,
    )
    await tx.run(f"DELETE FROM shown_screens WHERE {older}", **known)
    await tx.run(
        "INSERT INTO shown_screens (account_id, native_id, screen, shown_at)"
        f" SELECT a.id, CAST(:message AS TEXT), CAST(:screen AS TEXT), CAST(:now AS BIGINT) FROM accounts a"
        f" WHERE a.id = {_ACCOUNT} ON CONFLICT (account_id, native_id) DO UPDATE"
        " SET screen = excluded.screen, shown_at = excluded.shown_at",
        now=at["now"],
        **known,
    )


async def replace(tx: Transaction, people: Collection[int], screen: str, content: str, now: datetime) -> None:
    """What a screen shows is no longer so for these people: wherever it stands it reads otherwise."""
    condition = "account_id IN (SELECT a.id FROM accounts a WHERE a.participant_id = :person) AND screen = :screen"
    edit = (
        f"{_EDIT.format(message='s.native_id', due='CAST(:now AS BIGINT)')} FROM shown_screens s"
        " JOIN accounts a ON a.id = s.account_id WHERE a.participant_id = :person AND s.screen = :screen"
    )
    for person in people:
        if await tx.run(edit, person=person, screen=screen, kind=LATER, content=content, now=to_micros(now)):
            await tx.run(f"DELETE FROM shown_screens WHERE {condition}", person=person, screen=screen)


async def forget(tx: Transaction, account_ids: Collection[int]) -> None:
    """Accounts are nobody's from now on: what stands there is left as it is."""
    accounts = [{"account": each} for each in account_ids]
    await tx.many("DELETE FROM shown_screens WHERE account_id = :account", accounts)
    await tx.many(
        f"DELETE FROM deliveries WHERE account_id = :account AND kind = '{LATER}' AND state = 'waiting'", accounts
    )


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Drop what nobody looks at any more, and the edits that are done."""
    await tx.run(f"DELETE FROM deliveries WHERE kind IN ('{LATER}', '{PIN}') AND settled_at IS NOT NULL")
    return await tx.run("DELETE FROM shown_screens WHERE shown_at < :before", before=to_micros(now - KEPT))
