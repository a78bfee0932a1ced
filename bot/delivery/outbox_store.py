"""The SQL of `bot.delivery.outbox`: rows that are put into the outbox, and those that say something else later."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.content.delivery_kinds import MEMBERSHIP, MESSAGE
from bot.content.features import in_sql
from bot.content.roles import Who
from bot.database.engine import Transaction
from bot.delivery.delivery_store import SPEAKING_IN_CHANNELS, may_be_written_to
from bot.people.group_store import tables

_ACCOUNT = (
    # q is p once more: in SQLite an ORDER BY sees nothing of the query around it.
    "accounts a ON a.id = (SELECT b.id FROM accounts b JOIN participants q ON q.id = b.participant_id"
    f" WHERE q.id = p.id ORDER BY b.unreachable, CASE WHEN :asked = 1 OR {may_be_written_to('b')} THEN 0 ELSE 1 END,"
    " CASE b.id WHEN :account THEN 0 WHEN q.preferred_account THEN 1 ELSE 2 END, b.id LIMIT 1)"
)
PEOPLE_AND_ACCOUNTS = f"participants p JOIN {_ACCOUNT}"
"""Everyone p with the account a they are written to: one that can be reached, the one they prefer before others.

`asked` (0 or 1) and `account` (0 for none) are for the answer to something they asked, see `notify`.
"""
PEOPLE_WITH_ACCOUNT_OR_NONE = f"participants p LEFT JOIN {_ACCOUNT}"
"""The same with those who have no account: all columns of a are NULL for them."""

_INSERT = (
    "INSERT INTO deliveries"
    " (platform, kind, participant_id, account_id, content, file_id, urgent, asked, about, who, subject, due_at,"
    " created_at, reference) SELECT a.platform, :kind, p.id, a.id, :content, CAST(:file AS BIGINT), :urgent, :asked,"
    " CAST(:about AS BIGINT), CAST(:who AS INTEGER), CAST(:subject AS TEXT), :due, :now, CAST(:reference AS TEXT)"
    f" FROM {PEOPLE_AND_ACCOUNTS}"
)

_OWN_PAGES = in_sql(lambda platform: platform.own_page)
_WITH_MEMBERSHIP = in_sql(lambda platform: platform.membership)
_LEFT_VISIBLY = in_sql(lambda platform: platform.membership or platform.own_page)
"""Where there is something to do once an account is nobody's: roles are taken back, pages closed."""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """What the rows of one message have in common.

    `content` is its stored view, `file_id` what it carries. It leaves when it is `due`; see `outbox.notify` for
    `subject`, and for `about`, the participant with whom it is deleted. `reference` is that of what causes it.
    """

    content: str
    file_id: int | None
    who: Who
    subject: str
    about: int | None
    due: datetime
    now: datetime
    reference: str | None
    kind: str = MESSAGE

    def params(self, *, urgent: bool = False, asked: bool = False, account_id: int | None = None) -> dict[str, object]:
        """The parameters of the statements that put it into the outbox."""
        return {
            "kind": self.kind,
            "content": self.content,
            "file": self.file_id,
            "who": int(self.who),
            "subject": self.subject,
            "about": self.about,
            "due": to_micros(self.due),
            "now": to_micros(self.now),
            "reference": self.reference,
            "urgent": int(urgent),
            "asked": int(asked),
            "account": account_id or 0,
        }


async def keep_file(tx: Transaction, content: bytes) -> int:
    """Store the file that a message carries. Returns its id."""
    row = await tx.one("INSERT INTO files (content) VALUES (:content) RETURNING id", content=content)
    assert row is not None
    file_id: int = row["id"]
    return file_id


# --- one row a recipient


async def add_for_person(
    tx: Transaction, participant_id: int, message: OutboxMessage, *, urgent: bool, asked: bool, account_id: int | None
) -> bool:
    """Put a message to one person into the outbox. False where they have no account."""
    params = message.params(urgent=urgent, asked=asked, account_id=account_id)
    return bool(await tx.run(f"{_INSERT} WHERE p.id = :id", id=participant_id, **params))


async def add_for_organisers(tx: Transaction, message: OutboxMessage, *, but: int | None) -> int:
    """Put a message to every organiser but one into the outbox; to how many."""
    return await tx.run(
        f"{_INSERT} WHERE p.organises = 1 AND p.stopped = 0 AND p.id <> :but", but=but or 0, **message.params()
    )


async def add_for_group(tx: Transaction, group_id: int, message: OutboxMessage, *, but: int | None) -> Sequence[int]:
    """Put a message to the members of a group into the outbox, in its channels or in private; the ids of the rows."""
    params = {**message.params(urgent=True), "group": group_id, "but": but or 0}
    in_private = await tx.all(
        f"{_INSERT} JOIN {tables().members} m ON m.participant_id = p.id WHERE m.group_id = :group"
        f" AND p.status = 'joined' AND p.stopped = 0 AND p.id <> :but AND NOT (a.platform IN {SPEAKING_IN_CHANNELS}"
        " AND EXISTS (SELECT 1 FROM channels s"
        " WHERE s.group_id = m.group_id AND s.platform = a.platform AND s.thread <> ''))"
        " RETURNING id",
        **params,
    )
    in_channels = await tx.all(
        "INSERT INTO deliveries (platform, kind, channel_id, content, file_id, urgent, about, subject, due_at,"
        " created_at, reference) SELECT s.platform, :kind, s.id, :content, CAST(:file AS BIGINT), :urgent,"
        " CAST(:about AS BIGINT), CAST(:subject AS TEXT), :due, :now, CAST(:reference AS TEXT) FROM channels s"
        f" WHERE s.group_id = :group AND s.platform IN {SPEAKING_IN_CHANNELS} AND s.thread <> '' AND EXISTS"
        f" (SELECT 1 FROM {PEOPLE_AND_ACCOUNTS} JOIN {tables().members} m ON m.participant_id = p.id"
        " WHERE m.group_id = :group AND p.status = 'joined' AND p.id <> :but AND a.platform = s.platform)"
        " RETURNING id",
        **params,
    )
    return [row["id"] for row in (*in_private, *in_channels)]


async def add_in_places(tx: Transaction, group_id: int, message: OutboxMessage) -> int:
    """Put a message into the outbox for every place that a group has; how many."""
    return await tx.run(
        "INSERT INTO deliveries (platform, kind, channel_id, content, file_id, subject, due_at, created_at, reference)"
        " SELECT platform, :kind, id, :content, CAST(:file AS BIGINT), CAST(:subject AS TEXT), :due, :now,"
        " CAST(:reference AS TEXT)"
        " FROM channels WHERE group_id = :group AND thread <> ''",
        kind=MESSAGE,
        content=message.content,
        file=message.file_id,
        subject=message.subject,
        due=to_micros(message.due),
        now=to_micros(message.now),
        reference=message.reference,
        group=group_id,
    )


async def told_in_thread(tx: Transaction, group_id: int) -> Sequence[int]:
    """The members of a group who are told what concerns it in its thread."""
    rows = await tx.all(
        f"SELECT p.id FROM {PEOPLE_AND_ACCOUNTS} JOIN {tables().members} m ON m.participant_id = p.id"
        " JOIN channels s ON s.group_id = m.group_id AND s.platform = a.platform AND s.thread <> ''"
        f" WHERE m.group_id = :group AND p.status = 'joined' AND a.platform IN {SPEAKING_IN_CHANNELS}",
        asked=0,
        account=0,
        group=group_id,
    )
    return [row["id"] for row in rows]


async def pushes_of(tx: Transaction, participant_id: int) -> tuple[bool, str] | None:
    """Whether someone stopped all messages, and the topics they muted, as JSON; None for nobody."""
    row = await tx.one("SELECT stopped, muted FROM participants WHERE id = :id", id=participant_id)
    return (bool(row["stopped"]), row["muted"]) if row else None


async def notifiable(tx: Transaction, participant_ids: Collection[int]) -> frozenset[int]:
    """Which of these people `notify` tells what they did not ask for: they have an account and have not stopped."""
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


async def follow_membership(tx: Transaction, participant_id: int, now: datetime, *, theirs: bool) -> None:
    """Have platforms look at the nickname and roles of someone. `theirs`: with who has the accounts, else also once
    nobody does."""
    await _look_at(tx, f"a.participant_id = :id AND a.platform IN {_WITH_MEMBERSHIP}", participant_id, now, theirs)


async def leave(tx: Transaction, account_id: int, now: datetime) -> None:
    """Have a platform take back nickname and roles of an account, or close the pages it looks at."""
    await _look_at(tx, f"a.id = :id AND a.platform IN {_LEFT_VISIBLY}", account_id, now, theirs=False)


async def look_again(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Let whoever has a person's page open see at once what they may see from now on."""
    await _look_at(tx, f"a.participant_id = :id AND a.platform IN {_OWN_PAGES}", participant_id, now, theirs=False)


async def _look_at(tx: Transaction, which: str, known_by: int, now: datetime, theirs: bool) -> None:
    """Put into the outbox that accounts changed hands; `which` says in SQL which accounts a, by an :id."""
    await tx.run(
        "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, due_at, created_at, reference)"
        " SELECT a.platform, :kind, CASE WHEN :theirs = 1 THEN a.participant_id END, a.id, '', :now, :now,"
        " CAST(:reference AS TEXT)"
        f" FROM accounts a WHERE {which}",
        kind=MEMBERSHIP,
        id=known_by,
        theirs=int(theirs),
        now=to_micros(now),
        reference=tx.reference,
    )


async def linked_before(tx: Transaction, platform: str, native_id: str, entered: datetime) -> tuple[int, int] | None:
    """The account, and its participant, that was somebody's who came in before an instant; None for any other."""
    row = await tx.one(
        "SELECT a.id, a.participant_id FROM accounts a JOIN participants p ON p.id = a.participant_id"
        " WHERE a.platform = :platform AND a.native_id = :native_id AND a.linked_at < :entered AND p.status = 'joined'",
        platform=platform,
        native_id=native_id,
        entered=to_micros(entered),
    )
    return (row["id"], row["participant_id"]) if row else None


# --- what messages tell of


async def last_about(tx: Transaction, subject: str) -> datetime | None:
    """When somebody was last told something of a subject; None where nobody was."""
    row = await tx.one("SELECT MAX(created_at) AS last FROM deliveries WHERE subject = :subject", subject=subject)
    return from_micros(row["last"]) if row and row["last"] is not None else None


async def telling_of(tx: Transaction, subject: str, participant_id: int | None) -> Mapping[int, str]:
    """The stored views of messages of a subject that can still change, by their ids; None: whoever they are to."""
    whose = "" if participant_id is None else " AND participant_id = :person"
    rows = await tx.all(
        "SELECT id, content FROM deliveries WHERE subject = :subject AND subject <> '' AND content <> ''"
        f" AND file_id IS NULL AND op <> 'delete' AND state IN ('waiting', 'sending', 'sent'){whose}",
        subject=subject,
        **({} if participant_id is None else {"person": participant_id}),
    )
    return {row["id"]: row["content"] for row in rows}


async def change(tx: Transaction, contents: Mapping[int, str], now: datetime) -> None:
    """Have messages, by their ids, say something else: what arrived is edited within a minute or so."""
    rows = [{"id": delivery_id, "content": content} for delivery_id, content in contents.items()]
    await tx.many("UPDATE deliveries SET content = :content, revision = COALESCE(revision, 0) + 1 WHERE id = :id", rows)
    # A part of them every second: a phase that ends is over in a hundred chats at once. And not before an answer is
    # there: whoever pressed sees that in the place of what they pressed.
    await tx.many(
        "UPDATE deliveries SET state = 'waiting', op = 'edit', asked = 1, attempts = 0, urgent = 0, settled_at = NULL,"
        " due_at = CAST(:now AS BIGINT) + 3000000 + (:id % 60) * 1000000"
        " WHERE id = :id AND state = 'sent' AND COALESCE(native_id, '') <> ''",
        [{"id": row["id"], "now": to_micros(now)} for row in rows],
    )
