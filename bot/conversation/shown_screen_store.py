"""Stores which screen each answer in a chat shows, so that only the newest of several copies keeps its buttons.

An answer replaces the message that was pressed, or is a new message. Edits planned for a replaced message are deleted.
If the answer shows a screen, older messages in the chat with the same screen are edited to say that it was sent again.
Deleted messages show nothing any more, and are not edited.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.background import job_store
from bot.clock import micros_or_none, to_micros
from bot.content.delivery_kinds import LATER, PIN
from bot.database.engine import Row, Transaction

KEPT = timedelta(days=30)
"""How long an answer is remembered; nobody scrolls further back."""

CONFIDENTIAL_SCREEN = "confidential-"
"""The beginning of the names of screens that are left out of exports of a person's data."""

CARD_SCREEN = "card-"
"""The beginning of the names of screens of which a chat keeps only the newest copy: older ones are deleted."""

JOB_SCREEN = "job-"
"""The beginning of the names of screens that say that a job is being done, until its result replaces them."""

_ASKED_AT_ONCE = 20
"""About how many chats one query asks at most; for each number of chats a statement is prepared."""

_RESULT_FIRST = timedelta(seconds=1)
"""How long a job's result has to arrive before the answer goes that said that it would come."""

_Message: TypeAlias = tuple[int, str]
"""A message, given by its account's id and its native ids joined by commas; a long text is several messages."""


@dataclass(frozen=True, slots=True)
class ShownScreen:
    """An answer that was sent, and the screen that it shows.

    `account_id` is the account that got the answer. `native_id` has the platform's ids of its messages, joined by
    commas. `in_place` says that the answer replaced the message that was pressed. `screen` is the name of the screen,
    '' for none. `later` is the stored message that replaces the answer at the instant `at`; both are None if the answer
    is never replaced. `reference` is the code by which the log lines about this answer are found.
    """

    account_id: int
    native_id: str
    in_place: bool = False
    screen: str = ""
    at: datetime | None = None
    later: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class _Edit:
    """A message, the stored view that it is to show, and the reference of the cause."""

    account_id: int
    native_id: str
    content: str
    reference: str | None


async def record(tx: Transaction, answers: Iterable[ShownScreen], below: str, now: datetime) -> None:
    """Store answers that were sent, and have older messages with the same screens replaced in the chats.

    `answers` are in the order of sending. `below` is the stored message that replaces the older ones and says that the
    screen was sent again below. One query reads all chats, and only changes are written.
    """
    last: dict[_Message, ShownScreen] = {}
    for answer in answers:  # of what a message showed one after the other only the last counts
        at = answer.account_id, answer.native_id.partition(",")[0]
        last.pop(at, None)
        last[at] = answer
    newest = {(answer.account_id, answer.screen): answer for answer in last.values() if answer.screen}
    standing: list[ShownScreen] = []
    older, superseded, carded = set[_Message](), set[_Message](), set[_Message]()
    replaced, followed, planned, kept = set[_Message](), set[_Message](), set[_Message](), set[_Message]()
    for answer in last.values():
        if answer.screen and newest[answer.account_id, answer.screen] is not answer:  # one below shows the same
            superseded.add((answer.account_id, answer.native_id))
            if answer.screen.startswith(CARD_SCREEN):
                carded.add((answer.account_id, answer.native_id))
        else:
            standing.append(answer)
    for row in await _known(
        tx, [(*at, answer.screen) for at, answer in last.items() if answer.in_place or answer.screen]
    ):
        known = row["account_id"], row["native_id"]
        if row["message"] not in row["native_id"].split(","):
            # What an older copy was to become later would bring its buttons back.
            (older if row["screen"] else planned).add(known)
            if row["screen"].startswith(CARD_SCREEN):
                carded.add(known)
        elif (answer := last[row["account_id"], row["message"]]).in_place:
            same = (row["content"], row["due"]) == (answer.later, micros_or_none(answer.at))
            if same and not row["screen"]:
                kept.add(known)
                continue
            (replaced if row["screen"] else followed if row["subject"] else planned).add(known)
    kept -= planned  # what else was planned for a message is dropped with all the rest
    copies = superseded | (older - replaced)
    causes = {answer.account_id: answer.reference for answer in last.values()}
    shown = {(answer.account_id, answer.native_id) for answer in newest.values()}
    await _follow_no_more(tx, followed, now)
    await _drop_planned(tx, planned)
    await _forget(tx, (copies | replaced) - shown)
    await _note_screens(tx, newest.values(), now)
    cards = copies & carded
    await _edit(tx, [_Edit(*copy, below, causes[copy[0]]) for copy in sorted(copies - cards)], now, now)
    await _delete(tx, [_Edit(*copy, "", causes[copy[0]]) for copy in sorted(cards)], now)
    for answer in standing:
        if answer.screen.startswith(JOB_SCREEN) and not await job_store.is_wanted(tx, answer.reference):
            await end_job_screen(tx, answer.account_id, answer.reference, now)
        planned_already = (answer.account_id, answer.native_id) in kept
        if answer.later is not None and answer.at is not None and not planned_already:
            later = _Edit(answer.account_id, answer.native_id, answer.later, answer.reference)
            await _edit(tx, [later], answer.at, now, unless_live=True)


async def _known(tx: Transaction, asked: Sequence[tuple[int, str, str]]) -> Sequence[Row]:
    """Return the messages of some chats that show a screen, and what is stored of one message of each chat.

    `asked` gives for each chat its account, the message and the screen ('' for none); a row repeats the first two. A
    message is given by its first native id, which may be one of several if its text was long. A row without a screen
    is a delivery: the message itself, which has a subject, or an edit that is planned for it, with its content and when
    it is due.
    """
    rows: list[Row] = []
    same = (
        "(native_id = message OR (native_id LIKE '%,%' AND (',' || native_id || ',') LIKE ('%,' || message || ',%')))"
    )
    copies = "SELECT o.native_id FROM shown_screens o WHERE o.account_id = account AND o.screen = named"
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        part = list(enumerate(asked[start : start + _ASKED_AT_ONCE]))
        values = ", ".join(
            f"(CAST(:account{n} AS BIGINT), CAST(:message{n} AS TEXT), CAST(:screen{n} AS TEXT))" for n, _asked in part
        )
        rows += await tx.all(
            f"WITH asked (account, message, named) AS (VALUES {values})"
            " SELECT account_id, message, native_id, screen, '' AS subject, CAST(NULL AS TEXT) AS content,"
            " CAST(NULL AS BIGINT) AS due"
            f" FROM asked CROSS JOIN shown_screens WHERE account_id = account AND (screen = named OR {same})"
            " UNION ALL SELECT account_id, message, native_id, '', subject, content,"
            " CASE WHEN state = 'waiting' THEN due_at END"
            " FROM asked CROSS JOIN deliveries"  # SQLite reads tables in this order, and PostgreSQL as it likes
            f" WHERE account_id = account AND ((subject <> '' AND {same})"
            f" OR (kind = '{LATER}' AND ({same} OR native_id IN ({copies}))))",
            **{f"account{n}": account for n, (account, _message, _screen) in part},
            **{f"message{n}": message for n, (_account, message, _screen) in part},
            **{f"screen{n}": screen for n, (_account, _message, screen) in part},
        )
    return rows


async def _follow_no_more(tx: Transaction, messages: Iterable[_Message], now: datetime) -> None:
    """Remove the subject of messages, because they show an answer from now on."""
    pending = "op = 'edit' AND state = 'waiting' AND announcement_id IS NULL"
    await tx.many(
        f"UPDATE deliveries SET subject = '', state = CASE WHEN {pending} THEN 'sent' ELSE state END,"
        f" op = CASE WHEN {pending} THEN 'send' ELSE op END,"
        f" settled_at = CASE WHEN {pending} THEN CAST(:now AS BIGINT) ELSE settled_at END"
        " WHERE subject <> '' AND account_id = :account AND native_id = :message",
        [{"account": account, "message": message, "now": to_micros(now)} for account, message in messages],
    )


async def _drop_planned(tx: Transaction, messages: Iterable[_Message]) -> None:
    """Delete the edits planned for these messages, also those that were carried out.

    What a finished edit holds is no longer shown in the chat, and would be searched whenever somebody is erased.
    """
    await tx.many(
        f"DELETE FROM deliveries WHERE kind = '{LATER}' AND state <> 'sending'"
        " AND account_id = :account AND native_id = :message",
        [{"account": account, "message": message} for account, message in messages],
    )


async def _forget(tx: Transaction, messages: Iterable[_Message]) -> None:
    """Delete what is stored of these messages as copies of screens."""
    await tx.many(
        "DELETE FROM shown_screens WHERE account_id = :account AND native_id = :message",
        [{"account": account, "message": message} for account, message in messages],
    )


async def _note_screens(tx: Transaction, screens: Iterable[ShownScreen], now: datetime) -> None:
    """Store which screens these answers show."""
    await tx.many(
        "INSERT INTO shown_screens (account_id, native_id, screen, shown_at)"
        " SELECT a.id, CAST(:message AS TEXT), CAST(:screen AS TEXT), CAST(:now AS BIGINT) FROM accounts a"
        " WHERE a.id = :account ON CONFLICT (account_id, native_id) DO UPDATE"
        " SET screen = excluded.screen, shown_at = excluded.shown_at",
        [
            {"account": screen.account_id, "message": screen.native_id, "screen": screen.screen, "now": to_micros(now)}
            for screen in screens
        ],
    )


async def replace(
    tx: Transaction,
    people: Collection[int],
    contents: Mapping[str, str],
    now: datetime,
    *,
    account_id: int | None = None,
) -> None:
    """Replace all messages to some participants that show an outdated screen.

    `people` are the participants' ids. `contents` has the stored messages that replace screens, by the screens' names.
    With `account_id`, only the messages to this account are replaced.
    """
    for person in people:
        standing = await tx.all(
            "SELECT s.account_id, s.native_id, s.screen FROM shown_screens s"
            " JOIN accounts a ON a.id = s.account_id WHERE a.participant_id = :person",
            person=person,
        )
        outdated = [row for row in standing if row["screen"] in contents and account_id in (None, row["account_id"])]
        edits = [_Edit(row["account_id"], row["native_id"], contents[row["screen"]], tx.reference) for row in outdated]
        await _edit(tx, edits, now, now)
        await _forget(tx, [(row["account_id"], row["native_id"]) for row in outdated])


async def end_job_screen(tx: Transaction, account_id: int, reference: str | None, now: datetime) -> None:
    """Delete from an account's chat the answer that a job is being done, because its result is sent.

    `reference` belongs to the press or message by which the job was requested.
    """
    messages = await tx.all(
        "DELETE FROM shown_screens WHERE account_id = :account AND screen = :screen RETURNING native_id",
        account=account_id,
        screen=f"{JOB_SCREEN}{reference}",
    )
    answers = [_Edit(account_id, row["native_id"], "", reference) for row in messages]
    await _delete(tx, answers, now + _RESULT_FIRST)


async def _delete(tx: Transaction, messages: Iterable[_Edit], now: datetime) -> None:
    """Enqueue the deletion of messages."""
    await tx.many(
        "INSERT INTO deliveries"
        " (platform, kind, participant_id, account_id, content, op, native_id, due_at, created_at, reference)"
        f" SELECT a.platform, '{LATER}', a.participant_id, a.id, '', 'delete', CAST(:message AS TEXT),"
        " CAST(:now AS BIGINT), CAST(:now AS BIGINT), CAST(:reference AS TEXT) FROM accounts a WHERE a.id = :account",
        [
            {
                "account": message.account_id,
                "message": message.native_id,
                "reference": message.reference,
                "now": to_micros(now),
            }
            for message in messages
        ],
    )


async def _edit(
    tx: Transaction, edits: Iterable[_Edit], due: datetime, now: datetime, *, unless_live: bool = False
) -> None:
    """Enqueue edits of messages for the instant `due`.

    With `unless_live`, messages that are kept up to date as live screens are left out: by then they show something
    newer, which the edit would replace.
    """
    live = "SELECT 1 FROM screens s WHERE s.account_id = a.id AND s.native_id || ',' LIKE CAST(:first AS TEXT)"
    await tx.many(
        "INSERT INTO deliveries"
        " (platform, kind, participant_id, account_id, content, op, native_id, due_at, created_at, reference)"
        f" SELECT a.platform, '{LATER}', a.participant_id, a.id, CAST(:content AS TEXT), 'edit',"
        " CAST(:message AS TEXT), CAST(:due AS BIGINT), CAST(:now AS BIGINT), CAST(:reference AS TEXT)"
        " FROM accounts a WHERE a.id = :account" + (f" AND NOT EXISTS ({live})" if unless_live else ""),
        [
            {
                "account": edit.account_id,
                "message": edit.native_id,
                **({"first": f"{edit.native_id.partition(',')[0]},%"} if unless_live else {}),
                "content": edit.content,
                "reference": edit.reference,
                "due": to_micros(due),
                "now": to_micros(now),
            }
            for edit in edits
        ],
    )


async def forget(tx: Transaction, account_ids: Collection[int]) -> None:
    """Delete what is stored of the screens shown to accounts that no longer belong to anybody.

    The messages in the chats stay unchanged.
    """
    accounts = [{"account": account_id} for account_id in account_ids]
    await tx.many("DELETE FROM shown_screens WHERE account_id = :account", accounts)
    await tx.many(
        f"DELETE FROM deliveries WHERE account_id = :account AND kind = '{LATER}' AND state = 'waiting'", accounts
    )


async def follow(tx: Transaction, messages: Iterable[tuple[int, str, str]]) -> None:
    """Record that messages have new ids on their platform after an edit.

    `messages` are tuples: the id of the account, the platform's ids before the edit, and its ids after the edit, each
    joined by commas. The number of ids may differ, because an edit can turn one message into several, or several into
    one.
    """
    moved = [{"account": account, "before": before, "after": after} for account, before, after in messages]
    await tx.many(
        "UPDATE shown_screens SET native_id = :after WHERE account_id = :account AND native_id = :before"
        " AND NOT EXISTS (SELECT 1 FROM shown_screens o WHERE o.account_id = :account AND o.native_id = :after)",
        moved,
    )
    await tx.many(
        f"UPDATE deliveries SET native_id = :after WHERE kind = '{LATER}' AND op = 'edit' AND state = 'waiting'"
        " AND account_id = :account AND native_id = :before",
        moved,
    )


async def forget_gone(tx: Transaction, messages: Iterable[_Message]) -> None:
    """Delete what is stored of deleted messages: the screens that they showed, and the edits planned for them.

    `messages` are pairs of an account's id and the platform's ids, joined by commas. An answer can have several
    messages; if only some of them were deleted, no edit is planned for the others either.
    """
    parts = [
        {"account": account, "part": f"%,{native_id},%"}
        for account, native_ids in messages
        for native_id in native_ids.split(",")
    ]
    await tx.many(
        "DELETE FROM shown_screens WHERE account_id = :account AND (',' || native_id || ',') LIKE :part", parts
    )
    await tx.many(
        f"DELETE FROM deliveries WHERE account_id = :account AND kind = '{LATER}' AND op = 'edit' AND state = 'waiting'"
        " AND (',' || native_id || ',') LIKE :part",
        parts,
    )


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Forget the answers that were sent longer ago than KEPT, and the edits that were carried out.

    Returns the number of forgotten answers; the messages in the chats stay unchanged.
    """
    await tx.run(f"DELETE FROM deliveries WHERE kind IN ('{LATER}', '{PIN}') AND settled_at IS NOT NULL")
    return await tx.run("DELETE FROM shown_screens WHERE shown_at < :before", before=to_micros(now - KEPT))
