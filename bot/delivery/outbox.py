"""Putting into the outbox: one row a recipient, in the transaction that causes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.clock import from_micros, to_micros
from bot.content.delivery_kinds import MEMBERSHIP, MESSAGE
from bot.content.features import in_sql
from bot.content.roles import Who
from bot.content.stored_views import pack, unpack
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import delivery_store, space_store
from bot.delivery.delivery_store import MAY_BE_WRITTEN_TO, SPEAKING_IN_CHANNELS
from bot.people import facilitator_store
from bot.people.notifications import Topic

PEOPLE_AND_ACCOUNTS = (
    "participants p"
    # q is p once more: in SQLite an ORDER BY sees nothing of the query around it.
    " JOIN accounts a ON a.id = (SELECT b.id FROM accounts b JOIN participants q ON q.id = b.participant_id"
    f" WHERE q.id = p.id ORDER BY b.unreachable, CASE WHEN :asked = 1 OR {MAY_BE_WRITTEN_TO} THEN 0 ELSE 1 END,"
    " CASE b.id WHEN :account THEN 0 WHEN q.preferred_account THEN 1 ELSE 2 END, b.id LIMIT 1)"
)
"""Everyone p with the account a they are written to: one that can be reached, the one they prefer before others.

`asked` (0 or 1) and `account` (0 for none) are for the answer to something they asked, see `notify`.
"""

_INSERT = (
    "INSERT INTO deliveries"
    " (platform, kind, participant_id, account_id, content, file_id, urgent, asked, about, who, subject, due_at,"
    " created_at) SELECT a.platform, :kind, p.id, a.id, :content, CAST(:file AS BIGINT), :urgent, :asked,"
    " CAST(:about AS BIGINT), CAST(:who AS INTEGER), CAST(:subject AS TEXT), :due, :now"
    f" FROM {PEOPLE_AND_ACCOUNTS}"
)

_OWN_PAGES = in_sql(lambda platform: platform.own_page)
_WITH_MEMBERSHIP = in_sql(lambda platform: platform.membership)
_LEFT_VISIBLY = in_sql(lambda platform: platform.membership or platform.own_page)
"""Where there is something to do once an account is nobody's: roles are taken back, pages closed."""


async def notify(
    tx: Transaction,
    participant_id: int,
    view: View,
    now: datetime,
    *,
    asked: bool = False,
    urgent: bool = False,
    account_id: int | None = None,
    topic: Topic | None = None,
    about: int | None = None,
    subject: str = "",
    due: datetime | None = None,
) -> bool:
    """Tell one person, on the account they prefer among those that can be reached.

    `asked` is for the answer to something they asked: it reaches who stopped all pushes too, and goes to `account_id`,
    where they asked it, if that is given. With a `topic` it reaches nobody who muted that. It is deleted with the
    participant it is `about`; `subject` is what `follow` knows it by. It leaves when it is `due`, by default at once.
    False when they have no account, stopped, or muted it.
    """
    row = await tx.one("SELECT stopped, muted FROM participants WHERE id = :id", id=participant_id)
    if row is None or (row["stopped"] and not asked) or (topic and topic in json.loads(row["muted"])):
        return False
    return bool(
        await tx.run(
            f"{_INSERT} WHERE p.id = :id",
            id=participant_id,
            **await _message(tx, view, now, due, subject),
            urgent=int(urgent),
            asked=int(asked),
            account=account_id or 0,
            about=about,
        )
    )


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


async def notify_organisers(
    tx: Transaction,
    view: View,
    now: datetime,
    *,
    but: int | None = None,
    about: int | None = None,
    subject: str = "",
) -> int:
    """Tell every organiser but one (who did it); how many. `about` and `subject` as for `notify`."""
    return await tx.run(
        f"{_INSERT} WHERE p.organises = 1 AND p.stopped = 0 AND p.id <> :but",
        **await _message(tx, replace(view, who=Who.ORGANISER), now, subject=subject),
        urgent=0,
        asked=0,
        account=0,
        about=about,
        but=but or 0,
    )


async def notify_groups(
    tx: Transaction,
    group_ids: Iterable[int],
    view: View,
    now: datetime,
    *,
    but: int | None = None,
    about: int | None = None,
    subject: str = "",
    due: datetime | None = None,
) -> Sequence[int]:
    """Tell the members of groups at once: in the group's channel where a platform speaks in channels, else in private.

    Who is on such a platform is told in private while the group has no channel there. `but`, who did it, knows already.
    It overtakes what goes to many. Returns the ids of the deliveries, one for each person and thread that is told.
    """
    message = {**await _message(tx, view, now, due, subject), "urgent": 1, "but": but or 0, "about": about}
    told: list[int] = []
    for group_id in group_ids:
        told += await _ids(
            tx,
            f"{_INSERT} JOIN members m ON m.participant_id = p.id WHERE m.group_id = :group AND p.status = 'joined'"
            f" AND p.stopped = 0 AND p.id <> :but AND NOT (a.platform IN {SPEAKING_IN_CHANNELS} AND EXISTS"
            " (SELECT 1 FROM spaces s WHERE s.group_id = m.group_id AND s.platform = a.platform AND s.thread <> ''))",
            **message,
            asked=0,
            account=0,
            group=group_id,
        )
        told += await _ids(
            tx,
            "INSERT INTO deliveries (platform, kind, space_id, content, file_id, urgent, about, subject, due_at,"
            " created_at) SELECT s.platform, :kind, s.id, :content, CAST(:file AS BIGINT), :urgent,"
            " CAST(:about AS BIGINT), CAST(:subject AS TEXT), :due, :now FROM spaces s"
            f" WHERE s.group_id = :group AND s.platform IN {SPEAKING_IN_CHANNELS} AND s.thread <> '' AND EXISTS"
            f" (SELECT 1 FROM {PEOPLE_AND_ACCOUNTS} JOIN members m ON m.participant_id = p.id"
            " WHERE m.group_id = :group AND p.status = 'joined' AND p.id <> :but AND a.platform = s.platform)",
            **message,
            asked=0,
            account=0,
            group=group_id,
        )
    return told


async def _ids(tx: Transaction, insert: str, **values: object) -> list[int]:
    return [row["id"] for row in await tx.all(f"{insert} RETURNING id", **values)]


async def say_instead(tx: Transaction, delivery_ids: Iterable[int], view: View, now: datetime) -> None:
    """Messages no longer hold: those that arrived are edited to `view`, those that have not left never do.

    One that is just leaving is edited once it arrived. Who deleted theirs is told nothing.
    """
    content, carried = pack(view)
    if carried is not None:
        raise ValueError("what is said instead carries no file")
    await delivery_store.say_instead(tx, delivery_ids, content, now)


async def told_in_threads(tx: Transaction, group_ids: Iterable[int]) -> frozenset[int]:
    """The members of groups whom `notify_groups` tells in their group's thread, whether or not in private."""
    found: set[int] = set()
    for group_id in group_ids:
        rows = await tx.all(
            f"SELECT p.id FROM {PEOPLE_AND_ACCOUNTS} JOIN members m ON m.participant_id = p.id"
            " JOIN spaces s ON s.group_id = m.group_id AND s.platform = a.platform AND s.thread <> ''"
            f" WHERE m.group_id = :group AND p.status = 'joined' AND a.platform IN {SPEAKING_IN_CHANNELS}",
            asked=0,
            account=0,
            group=group_id,
        )
        found.update(row["id"] for row in rows)
    return frozenset(found)


async def notify_spaces(tx: Transaction, group_ids: Iterable[int], view: View, now: datetime) -> int:
    """Say something in the places of groups, in the gathering's first language; in how many, those that are made."""
    message = await _message(tx, view, now)
    told = 0
    for group_id in group_ids:
        told += await tx.run(
            "INSERT INTO deliveries (platform, kind, space_id, content, file_id, subject, due_at, created_at)"
            " SELECT platform, :kind, id, :content, CAST(:file AS BIGINT), CAST(:subject AS TEXT), :due, :now"
            " FROM spaces WHERE group_id = :group AND thread <> ''",
            **message,
            group=group_id,
        )
    return told


async def refresh_membership(tx: Transaction, participant_id: int, now: datetime, *, ended: bool = False) -> None:
    """Bring nickname and roles of a person in step with what was just decided, on every platform that has them.

    `ended`: their accounts are about to be nobody's.
    """
    accounts = f"a.participant_id = :id AND a.platform IN {_WITH_MEMBERSHIP}"
    await _bring_in_step(tx, accounts, participant_id, now, theirs=not ended)
    await space_store.want_of(tx, participant_id, now)


async def leave_places(tx: Transaction, participant_id: int, account_ids: Iterable[int], now: datetime) -> None:
    """Take accounts that are about to be nobody's out of every place of a person, and close the pages they look at."""
    for account_id in account_ids:
        await _bring_in_step(tx, f"a.id = :id AND a.platform IN {_LEFT_VISIBLY}", account_id, now)
    await space_store.want_of(tx, participant_id, now)


async def look_again(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Let whoever has a person's page open see at once what they may see from now on."""
    await _bring_in_step(tx, f"a.participant_id = :id AND a.platform IN {_OWN_PAGES}", participant_id, now)


async def _bring_in_step(tx: Transaction, which: str, known_by: int, now: datetime, *, theirs: bool = False) -> None:
    """Let platforms see whose accounts are; `theirs`: with who has them, else also once nobody does.

    `which` says in SQL which accounts a, by an :id.
    """
    await tx.run(
        "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, due_at, created_at)"
        " SELECT a.platform, :kind, CASE WHEN :theirs = 1 THEN a.participant_id END, a.id, '', :now, :now"
        f" FROM accounts a WHERE {which}",
        kind=MEMBERSHIP,
        id=known_by,
        theirs=int(theirs),
        now=to_micros(now),
    )


async def came_back(tx: Transaction, platform: str, native_id: str, entered: datetime, now: datetime) -> bool:
    """Someone entered the shared place of a platform, after their account was linked: perhaps they had left it.

    Leaving took nickname, roles and the group's thread from them; they get all of it again. False where there is
    nothing to give back.
    """
    row = await tx.one(
        "SELECT a.id, a.participant_id FROM accounts a JOIN participants p ON p.id = a.participant_id"
        " WHERE a.platform = :platform AND a.native_id = :native_id AND a.linked_at < :entered AND p.status = 'joined'",
        platform=platform,
        native_id=native_id,
        entered=to_micros(entered),
    )
    if row is None:
        return False
    await space_store.let_out(tx, row["id"])
    await refresh_membership(tx, row["participant_id"], now)
    return True


async def refresh_spaces(tx: Transaction, group_ids: Iterable[int], now: datetime) -> None:
    """Bring what shows groups in step with them: their places (made, renamed, closed), and the panels they are on.

    Only groups of published rounds have places; publish first, then call this. A group that is dissolved loses its.
    """
    changed = list(group_ids)
    await space_store.want(tx, changed, now)
    await facilitator_store.touch_panels(tx, changed)


async def last_about(tx: Transaction, subject: str) -> datetime | None:
    """When somebody was last told something of a subject; None where nobody was."""
    row = await tx.one("SELECT MAX(created_at) AS last FROM deliveries WHERE subject = :subject", subject=subject)
    return from_micros(row["last"]) if row and row["last"] is not None else None


async def follow(
    tx: Transaction, subject: str, change: Callable[[View], View], now: datetime, *, participant_id: int | None = None
) -> None:
    """What messages tell of has changed, or is over: each says what `change` makes of it, wherever it stands.

    `participant_id`: only what that person got. Each is edited once for a change, over a minute, and only where it
    reads otherwise then; what has not left is changed before it does.
    """
    whose = "" if participant_id is None else " AND participant_id = :person"
    rows = await tx.all(
        "SELECT id, content FROM deliveries WHERE subject = :subject AND subject <> '' AND content <> ''"
        f" AND file_id IS NULL AND op <> 'delete' AND state IN ('waiting', 'sending', 'sent'){whose}",
        subject=subject,
        **({} if participant_id is None else {"person": participant_id}),
    )
    read: dict[str, str] = {}
    for content in {row["content"] for row in rows}:
        view = unpack(content, None)
        changed = change(view)
        read[content] = content if changed == view else pack(replace(changed, quiet=True))[0]
    behind = [
        {"id": row["id"], "content": read[row["content"]], "now": to_micros(now)}
        for row in rows
        if read[row["content"]] != row["content"]
    ]
    if not behind:
        return
    await tx.many(
        "UPDATE deliveries SET content = :content, revision = COALESCE(revision, 0) + 1 WHERE id = :id",
        [{"id": row["id"], "content": row["content"]} for row in behind],
    )
    # A part of them every second: a phase that ends is over in a hundred chats at once. And not before an answer is
    # there: whoever pressed sees that in the place of what they pressed.
    await tx.many(
        "UPDATE deliveries SET state = 'waiting', op = 'edit', asked = 1, attempts = 0, urgent = 0, settled_at = NULL,"
        " due_at = CAST(:now AS BIGINT) + 3000000 + (:id % 60) * 1000000"
        " WHERE id = :id AND state = 'sent' AND COALESCE(native_id, '') <> ''",
        [{"id": row["id"], "now": row["now"]} for row in behind],
    )


async def _message(
    tx: Transaction, view: View, now: datetime, due: datetime | None = None, subject: str = ""
) -> dict[str, Any]:
    """What the rows of one message have in common; the file it carries is stored once."""
    content, carried = pack(view)
    file = None
    if carried is not None:
        row = await tx.one("INSERT INTO files (content) VALUES (:content) RETURNING id", content=carried)
        assert row is not None
        file = row["id"]
    return {
        "kind": MESSAGE,
        "content": content,
        "file": file,
        "who": int(view.who or Who.ANYONE),
        "subject": subject,
        "due": to_micros(due or now),
        "now": to_micros(now),
    }
