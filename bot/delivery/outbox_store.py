"""The SQL of `bot.delivery.outbox`: adds messages to the outbox, and changes the content of those in it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.content.delivery_kinds import EVERYWHERE, MEMBERSHIP, MESSAGE, URGENT, USUAL, Telling
from bot.content.features import in_sql
from bot.content.roles import Required, stored
from bot.database.engine import Transaction, one_column
from bot.delivery.delivery_store import SPEAKING_IN_CHANNELS, may_be_written_to
from bot.people.group_store import tables
from bot.people.notifications import Topic

_LAST_RESORT = in_sql(lambda platform: platform.last_resort)
_KEEPING_MESSAGES = in_sql(lambda platform: platform.keeps_messages)

# Nearly everyone is written to on the account they prefer (f): no other has to be looked at.
_PREFERRED = (
    "f.id = p.preferred_account AND f.participant_id = p.id AND f.unreachable = 0 AND :account = 0"
    f" AND (:asked = 1 OR {may_be_written_to('f')})"
)
_THEIR_ACCOUNT = (
    "a.id = COALESCE(f.id,"
    # q is p once more: in SQLite an ORDER BY sees nothing of the query around it.
    " (SELECT b.id FROM accounts b JOIN participants q ON q.id = b.participant_id"
    f" WHERE q.id = p.id ORDER BY b.unreachable, CASE WHEN :asked = 1 OR {may_be_written_to('b')} THEN 0 ELSE 1 END,"
    " CASE WHEN b.id = :account THEN 0 WHEN b.id = q.preferred_account THEN 1"
    f" WHEN b.platform NOT IN {_LAST_RESORT} THEN 2 ELSE 3 END, b.id LIMIT 1))"
)
PEOPLE_AND_ACCOUNTS = f"participants p LEFT JOIN accounts f ON {_PREFERRED} JOIN accounts a ON {_THEIR_ACCOUNT}"
"""SQL to select from: each participant `p` joined with the one account `a` to which their messages are sent.

It is an account within reach; if there are several, the one that the person prefers. The parameter `asked` (0 or 1) is
as for `bot.content.delivery_kinds.Telling`, `account` (an id, 0 for none) as for `bot.delivery.outbox.notify`.
"""


def some_people(condition: str, *, without_account: bool = False) -> str:
    """Return SQL that selects participants `p` who meet a condition, each with the account `a` for messages.

    Only participants with ids greater than the SQL parameter `:after`, up to `:last`, are selected. Participants
    without an account are included only if `without_account` is True; all columns of `a` are NULL for them.
    """
    # That these are the ids in accounts too, PostgreSQL does not conclude, and would read all accounts.
    theirs = "{0}.participant_id > :after AND {0}.participant_id <= :last".format
    return (
        f"(SELECT * FROM participants p WHERE p.id > :after AND p.id <= :last AND {condition}) p"
        f" LEFT JOIN accounts f ON {theirs('f')} AND {_PREFERRED}"
        f" {'LEFT ' if without_account else ''}JOIN accounts a ON {theirs('a')} AND {_THEIR_ACCOUNT}"
    )


_INSERT = (
    "INSERT INTO deliveries"
    " (platform, kind, participant_id, account_id, content, file_id, urgent, asked, about, who, role, subject, due_at,"
    " created_at, reference) SELECT a.platform, :kind, p.id, a.id, :content, CAST(:file AS BIGINT), :urgent, :asked,"
    " CAST(:about AS BIGINT), CAST(:who AS INTEGER), CAST(:role AS TEXT), CAST(:subject AS TEXT), :due, :now,"
    " CAST(:reference AS TEXT)"
    f" FROM {PEOPLE_AND_ACCOUNTS}"
)

_ACCEPTS_MESSAGES = "(p.stopped = 0 OR :reaches_stopped = 1)"
"""The SQL condition that a participant `p` gets messages, for the reason for which this one is sent."""

_OWN_PAGES = in_sql(lambda platform: platform.own_page)
_WITH_MEMBERSHIP = in_sql(lambda platform: platform.membership)
_LEFT_VISIBLY = in_sql(lambda platform: platform.membership or platform.own_page)
"""The platforms on which something must be done once an account is unlinked: remove its roles, or close its pages."""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """The columns that are equal in all rows of the outbox that send one message to several people.

    `content` is the stored view of the message, `file_id` the id of its file, `who` the role of people who may read the
    message, None for anyone. `about` is a participant: when they are deleted, the message is deleted too. `subject` is
    the key by which the message is found again, and `due` when it is sent. `reference` is the code by which log lines
    about the message are found.
    """

    content: str
    file_id: int | None
    who: Required | None
    subject: str
    about: int | None
    due: datetime
    now: datetime
    reference: str | None
    kind: str = MESSAGE

    def params(self, *, rank: int = USUAL, asked: bool = False, account_id: int | None = None) -> dict[str, object]:
        """Return the parameters, by name, of the SQL statements that add the message to the outbox.

        `rank` says how urgent the message is, `asked` whether its reader asked for it. `account_id` is the account to
        which it is sent, None for any.
        """
        who, role = stored(self.who)
        return {
            "kind": self.kind,
            "content": self.content,
            "file": self.file_id,
            "who": who,
            "role": role,
            "subject": self.subject,
            "about": self.about,
            "due": to_micros(self.due),
            "now": to_micros(self.now),
            "reference": self.reference,
            "urgent": rank,
            "asked": int(asked),
            "account": account_id or 0,
        }


async def store_file(tx: Transaction, content: bytes) -> int:
    """Store the content of a message's file. Returns the id of the stored file."""
    return await tx.value(int, "INSERT INTO files (content) VALUES (:content) RETURNING id", content=content)


# --- one row for each recipient


async def add_for_person(
    tx: Transaction, participant_id: int, message: OutboxMessage, *, rank: int, asked: bool, account_id: int | None
) -> bool:
    """Add a message to one participant to the outbox. Returns False if the participant has no account.

    `rank` says how urgent the message is, `asked` whether the participant asked for it. `account_id` is the account to
    which it is sent, None for the account that the participant prefers.
    """
    params = message.params(rank=rank, asked=asked, account_id=account_id)
    return bool(await tx.run(f"{_INSERT} WHERE p.id = :id", id=participant_id, **params))


async def add_for_people(
    tx: Transaction, participant_ids: Collection[int], message: OutboxMessage, telling: Telling, topic: Topic | None
) -> int:
    """Add a message to these participants to the outbox, unless they muted the `topic`; return how many people get it.

    `telling` says why the message is sent: people who stopped all messages get only answers.
    """
    return await tx.run(
        f"{_INSERT} WHERE p.id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {{json_rows}}(:people))"
        f" AND {_ACCEPTS_MESSAGES} AND p.muted NOT LIKE :muted ORDER BY p.id",
        people=one_column(participant_ids),
        muted=f'%"{topic}"%' if topic else "",
        reaches_stopped=int(telling.reaches_stopped),
        **message.params(rank=telling.rank, asked=telling.asked),
    )


async def add_everywhere(tx: Transaction, participant_ids: Collection[int], message: OutboxMessage) -> None:
    """Add an urgent message to the outbox for each account of these participants, including accounts out of reach.

    People who stopped all messages get the message too. If there were earlier messages with the same subject, accounts
    that got none of them come first.
    """
    params = message.params(rank=URGENT, asked=True)
    reached = "EXISTS (SELECT 1 FROM deliveries d WHERE d.account_id = a.id AND d.subject = :subject AND d.sent_at > 0)"
    await tx.many(
        "INSERT INTO deliveries"
        " (platform, kind, participant_id, account_id, content, file_id, urgent, asked, about, who, role, subject,"
        " due_at, created_at, reference) SELECT a.platform, :kind, a.participant_id, a.id, :content,"
        " CAST(:file AS BIGINT), :urgent, :asked, CAST(:about AS BIGINT), CAST(:who AS INTEGER), CAST(:role AS TEXT),"
        " CAST(:subject AS TEXT), :due, :now, CAST(:reference AS TEXT) FROM accounts a WHERE a.participant_id = :id"
        f" AND CASE WHEN :subject <> '' AND {reached} THEN 1 ELSE 0 END = :reached",
        [
            {**params, "kind": EVERYWHERE, "id": participant_id, "reached": already}
            for already in ((0, 1) if message.subject else (0,))
            for participant_id in participant_ids
        ],
    )


async def push_live_screens(tx: Transaction, keys: Mapping[int, str]) -> None:
    """Add a live screen, a message that is kept up to date, for each participant who gets messages.

    `keys` has the key of each screen by the participant's id. If a participant's account already has the screen,
    nothing is added for them.
    """
    await tx.many(
        "INSERT INTO screens (key, account_id, native_id, pinned, reference)"
        f" SELECT CAST(:key AS TEXT), a.id, '', 0, CAST(:reference AS TEXT) FROM {PEOPLE_AND_ACCOUNTS} WHERE p.id = :id"
        f" AND p.status = 'joined' AND p.stopped = 0 AND a.unreachable = 0 AND {may_be_written_to('a')}"
        f" AND a.platform NOT IN {_KEEPING_MESSAGES}"
        " AND NOT EXISTS (SELECT 1 FROM screens s WHERE s.key = :key AND s.account_id = a.id)",
        [
            {"key": key, "id": participant_id, "reference": tx.reference, "account": 0, "asked": 0}
            for participant_id, key in keys.items()
        ],
    )


async def add_for_organisers(tx: Transaction, message: OutboxMessage, telling: Telling, *, but: int | None) -> int:
    """Add a message to every organiser except the participant `but` to the outbox. Returns the number of recipients.

    `telling` says why the message is sent: organisers who stopped all messages get only answers.
    """
    return await tx.run(
        f"{_INSERT} WHERE p.organises = 1 AND {_ACCEPTS_MESSAGES} AND p.id <> :but",
        but=but or 0,
        reaches_stopped=int(telling.reaches_stopped),
        **message.params(rank=telling.rank, asked=telling.asked),
    )


async def add_for_group(
    tx: Transaction,
    group_id: int,
    message: OutboxMessage,
    *,
    but: int | None,
    people: Collection[int] | None,
) -> Sequence[int]:
    """Add a message to a group's members to the outbox, in the group's thread or in private; return the rows' ids.

    The participant `but` gets no private message. With `people`, the message is only for these members: a thread gets
    it only if one of these members reads the thread.
    """
    params = {**message.params(rank=URGENT), "group": group_id, "but": but or 0}
    theirs = ""
    if people is not None:
        theirs = " AND p.id IN (SELECT CAST(value ->> 0 AS BIGINT) FROM {json_rows}(:people))"
        params["people"] = one_column(people)
    in_private = await tx.all(
        f"{_INSERT} JOIN {tables().members} m ON m.participant_id = p.id WHERE m.group_id = :group"
        f" AND p.status = 'joined' AND p.stopped = 0 AND p.id <> :but AND NOT (a.platform IN {SPEAKING_IN_CHANNELS}"
        " AND EXISTS (SELECT 1 FROM channels s"
        f" WHERE s.group_id = m.group_id AND s.platform = a.platform AND s.thread <> '')){theirs}"
        " RETURNING id",
        **params,
    )
    in_channels = await tx.all(
        "INSERT INTO deliveries (platform, kind, channel_id, content, file_id, urgent, about, subject, due_at,"
        " created_at, reference) SELECT s.platform, :kind, s.id, :content, CAST(:file AS BIGINT), :urgent,"
        " CAST(:about AS BIGINT), CAST(:subject AS TEXT), :due, :now, CAST(:reference AS TEXT) FROM channels s"
        f" WHERE s.group_id = :group AND s.platform IN {SPEAKING_IN_CHANNELS} AND s.thread <> '' AND EXISTS"
        f" (SELECT 1 FROM {PEOPLE_AND_ACCOUNTS} JOIN {tables().members} m ON m.participant_id = p.id"
        f" WHERE m.group_id = :group AND p.status = 'joined' AND p.id <> :but AND a.platform = s.platform{theirs})"
        " RETURNING id",
        **params,
    )
    return [row["id"] for row in (*in_private, *in_channels)]


async def add_in_channels(tx: Transaction, group_id: int, message: OutboxMessage) -> int:
    """Add a message to the outbox for every existing channel (thread or topic) of a group; return their number."""
    return await tx.run(
        "INSERT INTO deliveries (platform, kind, channel_id, content, file_id, subject, due_at, created_at, reference)"
        " SELECT platform, :kind, id, :content, CAST(:file AS BIGINT), CAST(:subject AS TEXT), :due, :now,"
        " CAST(:reference AS TEXT)"
        " FROM channels WHERE group_id = :group AND thread <> ''",
        group=group_id,
        **message.params(),
    )


async def members_told_in_thread(tx: Transaction, group_id: int) -> Sequence[int]:
    """Return the ids of the members of a group who get messages to the group in its thread, not in private."""
    return await tx.values(
        int,
        f"SELECT p.id FROM {PEOPLE_AND_ACCOUNTS} JOIN {tables().members} m ON m.participant_id = p.id"
        " JOIN channels s ON s.group_id = m.group_id AND s.platform = a.platform AND s.thread <> ''"
        f" WHERE m.group_id = :group AND p.status = 'joined' AND a.platform IN {SPEAKING_IN_CHANNELS}",
        asked=0,
        account=0,
        group=group_id,
    )


async def pushes_of(tx: Transaction, participant_id: int) -> tuple[bool, str] | None:
    """Return whether a participant stopped all messages, and the topics that they muted, as JSON.

    Returns None if there is no participant with this id.
    """
    row = await tx.one("SELECT stopped, muted FROM participants WHERE id = :id", id=participant_id)
    return (bool(row["stopped"]), row["muted"]) if row else None


async def notifiable(tx: Transaction, participant_ids: Collection[int]) -> frozenset[int]:
    """Return which of these participants have an account and have not stopped all messages."""
    if not participant_ids:
        return frozenset()
    rows = await tx.all(
        "SELECT p.id FROM participants p WHERE p.id >= :first AND p.id <= :last AND p.stopped = 0"
        " AND EXISTS (SELECT 1 FROM accounts a WHERE a.participant_id = p.id)",
        first=min(participant_ids),
        last=max(participant_ids),
    )
    return frozenset(row["id"] for row in rows) & frozenset(participant_ids)


# --- who is who on a platform


async def follow_membership(tx: Transaction, participant_id: int, now: datetime, *, owned: bool) -> None:
    """Have platforms with nicknames and roles update a participant's nickname and roles.

    `owned` says what happens if the accounts are unlinked before the update is carried out: if it is True, the update
    is dropped; if False, it is still carried out.
    """
    await _add_memberships(
        tx, f"a.participant_id = :id AND a.platform IN {_WITH_MEMBERSHIP}", participant_id, now, owned=owned
    )


async def leave(tx: Transaction, account_id: int, now: datetime) -> None:
    """Have a platform remove an account's nickname and roles, or close the account's open web pages."""
    await _add_memberships(tx, f"a.id = :id AND a.platform IN {_LEFT_VISIBLY}", account_id, now, owned=False)


async def refresh_pages(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Have the open web pages of a participant redrawn, because what the participant may see has changed."""
    await _add_memberships(
        tx, f"a.participant_id = :id AND a.platform IN {_OWN_PAGES}", participant_id, now, owned=False
    )


async def _add_memberships(tx: Transaction, which: str, row_id: int, now: datetime, *, owned: bool) -> None:
    """Add an update of nickname and roles to the outbox for some accounts `a`.

    `which` is the SQL condition on a, with the parameter :id, which is `row_id`. `owned` is as for `follow_membership`.
    """
    await tx.run(
        "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, due_at, created_at, reference)"
        " SELECT a.platform, :kind, CASE WHEN :owned = 1 THEN a.participant_id END, a.id, '', :now, :now,"
        " CAST(:reference AS TEXT)"
        f" FROM accounts a WHERE {which}",
        kind=MEMBERSHIP,
        id=row_id,
        owned=int(owned),
        now=to_micros(now),
        reference=tx.reference,
    )


async def linked_before(tx: Transaction, platform: str, native_id: str, entered: datetime) -> tuple[int, int] | None:
    """Return the ids of an account and of its owner if they were linked before the instant `entered`; otherwise None.

    `native_id` is the account's id on the platform. Returns None also if the owner has not joined the gathering.
    """
    row = await tx.one(
        "SELECT a.id, a.participant_id FROM accounts a JOIN participants p ON p.id = a.participant_id"
        " WHERE a.platform = :platform AND a.native_id = :native_id AND a.linked_at < :entered AND p.status = 'joined'",
        platform=platform,
        native_id=native_id,
        entered=to_micros(entered),
    )
    return (row["id"], row["participant_id"]) if row else None


# --- messages of a subject


async def last_notified_at(tx: Transaction, subject: str) -> datetime | None:
    """Return when a message about a `subject`, such as «session:12», was last enqueued; None if none was."""
    return await tx.value_or_none(
        datetime, "SELECT MAX(created_at) FROM deliveries WHERE subject = :subject", subject=subject
    )


async def end_of_some(tx: Transaction, subject: str, after: int, most: int) -> int | None:
    """Return the id of the last of the next `most` messages about a `subject`; None if there are fewer messages.

    Only messages with ids greater than `after` are counted.
    """
    row = await tx.one(
        "SELECT MAX(q.id) AS last, COUNT(*) AS found FROM (SELECT id FROM deliveries WHERE subject = :subject"
        " AND subject <> '' AND id > CAST(:after AS BIGINT) ORDER BY id LIMIT :most) q",
        subject=subject,
        after=after,
        most=most,
    )
    return row["last"] if row and row["found"] == most else None


async def contents_of_subject(
    tx: Transaction, subject: str, people: Collection[int] | None, *, after: int = 0, last: int | None = None
) -> Mapping[int, str]:
    """Return the stored views of the messages about a `subject` that can still change, by id, in order.

    With `people`, only messages to participants with these ids are returned. Only messages with ids greater than
    `after` are returned, and not greater than `last` if that is not None.
    """
    # What these people got is looked through then, not what everybody got of the subject: its index only tells whether
    # there is anything.
    whose = (
        "subject = :subject AND subject <> ''"
        if people is None
        else "subject || '' = :subject AND participant_id IN (SELECT CAST(value ->> 0 AS BIGINT)"
        " FROM {json_rows}(:people)) AND EXISTS (SELECT 1 FROM deliveries WHERE subject = :subject AND subject <> '')"
    )
    end = "" if last is None else " AND id <= CAST(:last AS BIGINT)"
    rows = await tx.all(
        f"SELECT id, content FROM deliveries WHERE {whose} AND content <> ''"
        " AND file_id IS NULL AND op <> 'delete' AND state IN ('waiting', 'sending', 'sent')"
        f" AND id > CAST(:after AS BIGINT){end} ORDER BY id",
        subject=subject,
        after=after,
        last=last,
        people=None if people is None else one_column(people),
    )
    return {row["id"]: row["content"] for row in rows}


_CHANGED = "content = value ->> 1, revision = COALESCE(revision, 0) + 1"
_OF_ROWS = "FROM {json_rows}(:rows) WHERE deliveries.id = CAST(value ->> 0 AS BIGINT)"
_ARRIVED = "state = 'sent' AND COALESCE(native_id, '') <> ''"


async def change_contents(tx: Transaction, contents: Mapping[int, str], now: datetime, *, pressing: bool) -> None:
    """Store new views of messages, given by their ids in the outbox; messages that arrived are edited in chats.

    The edits are made within about a minute, or within seconds if the change is `pressing`.
    """
    if not contents:
        return
    rows = json.dumps([*contents.items()], ensure_ascii=False)
    await tx.run(f"UPDATE deliveries SET {_CHANGED} {_OF_ROWS} AND NOT ({_ARRIVED})", rows=rows)
    # Edits are spread over a minute, so that new messages to a hundred chats need not wait for them. They wait three
    # seconds, so that the answer to a press replaces the pressed message first.
    await tx.run(
        f"UPDATE deliveries SET {_CHANGED}, state = 'waiting', op = 'edit', asked = 1, attempts = 0, urgent = 0,"
        " settled_at = NULL,"
        " due_at = CAST(:now AS BIGINT) + 3000000 + (deliveries.id % CAST(:spread AS BIGINT)) * 1000000"
        f" {_OF_ROWS} AND {_ARRIVED}",
        rows=rows,
        now=to_micros(now),
        spread=1 if pressing else 60,
    )


async def call_back(tx: Transaction, subject: str) -> bool:
    """Delete the messages about a `subject`, such as «session:12», if none of them has been sent yet.

    Returns True if they were deleted. Returns False, and deletes nothing, if there are none or if one was already sent.
    """
    called_back = await tx.run(
        "DELETE FROM deliveries WHERE subject = :subject AND subject <> '' AND NOT EXISTS (SELECT 1 FROM deliveries d"
        " WHERE d.subject = :subject AND (d.state NOT IN ('waiting', 'held') OR d.native_id IS NOT NULL))",
        subject=subject,
    )
    return called_back > 0
