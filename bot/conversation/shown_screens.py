"""Answers that stand in chats: which screen each shows, so that of a screen only the newest copy looks live.

An answer is put into the message that was pressed, or into a new one. Whatever was to become of that message before is
void then; and where it shows a screen, older messages of the same chat that show it too are edited, each once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.content.delivery_kinds import LATER, PIN
from bot.database.engine import Row, Transaction

KEPT = timedelta(days=30)
"""How long an answer may be looked at; nobody scrolls further back."""

_PENDING = "op = 'edit' AND state = 'waiting' AND announcement_id IS NULL"


@dataclass(frozen=True, slots=True)
class Shown:
    """The answer that left in an account's chat: its messages' ids, joined by commas, and its screen ('' for none).

    It may have been put `in_place` of another, where something was to become of that. `later` is how it reads, as the
    outbox stores it, once `after` has passed; None where it stays as it is.
    """

    account_id: int
    native_id: str
    in_place: bool = False
    screen: str = ""
    after: timedelta = timedelta()
    later: str | None = None


async def note(tx: Transaction, answers: Iterable[Shown], below: str, now: datetime) -> None:
    """Answers left, in this order. `below` is what older copies of their screens say from now on.

    For all that left together it is a few statements, and none where an ordinary message was answered.
    """
    last: dict[tuple[int, str], Shown] = {}
    for each in answers:  # of what a message showed one after the other only the last counts
        message = each.account_id, each.native_id.partition(",")[0]
        last.pop(message, None)
        last[message] = each
    await _end(tx, [message for message, each in last.items() if each.in_place], now)
    screens = [each for each in last.values() if each.screen]
    await _note_screens(tx, screens, now)
    for each in {(each.account_id, each.screen): each for each in screens}.values():
        older = await tx.all(
            "SELECT account_id, native_id, screen FROM shown_screens"
            " WHERE account_id = :account AND screen = :screen AND native_id <> :message",
            account=each.account_id,
            screen=each.screen,
            message=each.native_id,
        )
        await _supersede(tx, older, {each.screen: below}, now)
    for each in last.values():
        if each.later is not None:
            await _edit(tx, [(each.account_id, each.native_id, each.later)], now + each.after, now)


async def _end(tx: Transaction, messages: Sequence[tuple[int, str]], now: datetime) -> None:
    """Forget what was to become of messages, by account and first id, that show an answer from now on."""
    if not messages:
        return
    rows = [{"account": account, "pattern": f"%,{message},%", "now": to_micros(now)} for account, message in messages]
    same = "account_id = :account AND (',' || native_id || ',') LIKE :pattern"
    await tx.many(
        f"UPDATE deliveries SET subject = '', state = CASE WHEN {_PENDING} THEN 'sent' ELSE state END,"
        f" op = CASE WHEN {_PENDING} THEN 'send' ELSE op END,"
        f" settled_at = CASE WHEN {_PENDING} THEN CAST(:now AS BIGINT) ELSE settled_at END"
        f" WHERE subject <> '' AND {same}",
        rows,
    )
    # Also those that were done: whoever is erased would be taken out of their words where something else stands now.
    await tx.many(f"DELETE FROM deliveries WHERE kind = '{LATER}' AND state <> 'sending' AND {same}", rows)
    await tx.many(f"DELETE FROM shown_screens WHERE {same}", rows)


async def _note_screens(tx: Transaction, screens: Sequence[Shown], now: datetime) -> None:
    """Note which screens answers show."""
    if screens:
        await tx.many(
            "INSERT INTO shown_screens (account_id, native_id, screen, shown_at)"
            " SELECT a.id, CAST(:message AS TEXT), CAST(:screen AS TEXT), CAST(:now AS BIGINT) FROM accounts a"
            " WHERE a.id = :account ON CONFLICT (account_id, native_id) DO UPDATE"
            " SET screen = excluded.screen, shown_at = excluded.shown_at",
            [
                {"account": each.account_id, "message": each.native_id, "screen": each.screen, "now": to_micros(now)}
                for each in screens
            ],
        )


async def replace(tx: Transaction, people: Collection[int], contents: Mapping[str, str], now: datetime) -> None:
    """What screens show is no longer so for these people: wherever they stand they read otherwise, each as given."""
    for person in people:
        standing = await tx.all(
            "SELECT s.account_id, s.native_id, s.screen FROM shown_screens s"
            " JOIN accounts a ON a.id = s.account_id WHERE a.participant_id = :person",
            person=person,
        )
        await _supersede(tx, [row for row in standing if row["screen"] in contents], contents, now)


async def _supersede(tx: Transaction, copies: Sequence[Row], contents: Mapping[str, str], now: datetime) -> None:
    """Copies of screens read otherwise from now on, and are copies of theirs no more."""
    if not copies:
        return
    await _edit(tx, [(row["account_id"], row["native_id"], contents[row["screen"]]) for row in copies], now, now)
    await tx.many(
        "DELETE FROM shown_screens WHERE account_id = :account AND native_id = :message",
        [{"account": row["account_id"], "message": row["native_id"]} for row in copies],
    )


async def _edit(tx: Transaction, messages: Iterable[tuple[int, str, str]], due: datetime, now: datetime) -> None:
    """Have messages, by account and ids, read otherwise when it is time."""
    await tx.many(
        "INSERT INTO deliveries"
        " (platform, kind, participant_id, account_id, content, op, native_id, due_at, created_at)"
        f" SELECT a.platform, '{LATER}', a.participant_id, a.id, CAST(:content AS TEXT), 'edit',"
        " CAST(:message AS TEXT), CAST(:due AS BIGINT), CAST(:now AS BIGINT) FROM accounts a WHERE a.id = :account",
        [
            {"account": account, "message": message, "content": content, "due": to_micros(due), "now": to_micros(now)}
            for account, message, content in messages
        ],
    )


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
