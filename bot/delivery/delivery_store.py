"""The SQL that selects the messages in the outbox that are due, and changes those that wait.

`bot.delivery.settling_store` stores how sending them ended. A row of the outbox is called a delivery.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.background.reminding import kind_of
from bot.clock import from_micros, to_micros
from bot.content.delivery_kinds import BULK, CONFIDENTIAL, LETTER, MESSAGE, REMINDER, REPORT, URGENT
from bot.content.features import features_of, in_sql
from bot.content.reasons import Reason
from bot.content.roles import Required, required
from bot.database.engine import Row, Transaction
from bot.delivery.contributions import ClaimPart
from bot.delivery.outgoing import ClaimedDelivery, Copy, Op, Recipient
from bot.people.presence_store import away
from bot.people.quiet import Hours
from bot.people.reference_store import without_erased, written_out
from bot.people.role_store import is_lost, loss, may_read

CONTENT_KEPT = timedelta(days=30)
"""How long the content of a settled delivery is stored, to answer people who say «I was never told»."""

_LOOKS = 32
"""How many times one claim selects messages at most, if the selected ones must be postponed; others wait meanwhile."""

SPEAKING_IN_CHANNELS = in_sql(lambda platform: platform.speaks_in_channels)
"""The platforms, as an SQL list, on which a message to a group is sent to its channel, not to each member."""

_ASKING_CONSENT = in_sql(lambda platform: platform.asks_consent)
_OWN_PAGES = in_sql(lambda platform: platform.own_page)

_CLAIMED_COLUMNS: Mapping[str, str] = MappingProxyType(
    {"label": "NULL", "copy_revision": "NULL", "copy_state": "NULL", "copy_seen": "0"}
)
"""The columns of the claiming statement that capabilities can add, each with the SQL used if no capability adds it.

`label` is the recipient's label (`bot.delivery.platform.Membership`). The other columns are about the message to many
of which a delivery is a copy: its revision, its state («cancelled», «withdrawn», …), and whether the recipient
confirmed having seen it (0 or 1).
"""


def may_be_written_to(account: str) -> str:
    """Return the SQL condition that an account accepts messages that its owner did not ask for.

    `account` is the name by which the statement refers to the table of accounts.
    """
    return f"({account}.platform NOT IN {_ASKING_CONSENT} OR {account}.private_pushes = 1)"


_IS_LETTER = f"d.kind LIKE '{LETTER}%'"
"""The SQL condition that a delivery `d` is sent to an e-mail address, whether or not an account has this address."""

_CLAIM = (
    "SELECT d.id, d.kind, d.content, f.content AS carried, d.asked, d.attempts, d.urgent, d.due_at,"
    " d.participant_id, COALESCE(b.id, 0) AS account_id, COALESCE(b.native_id, '') AS native_id,"
    f" CASE WHEN {_IS_LETTER} THEN COALESCE(d.place, p.email) ELSE COALESCE(d.place, b.chat, s.chat) END AS chat,"
    " COALESCE(d.place, s.thread) AS thread, b.locale AS account_locale,"
    " COALESCE(b.unreachable, 0) AS unreachable, d.mentions,"
    f" CASE WHEN d.participant_id IS NULL OR b.participant_id = d.participant_id OR {_IS_LETTER} THEN 1 ELSE 0 END"
    " AS theirs,"
    f" CASE WHEN b.id IS NULL OR {may_be_written_to('b')} THEN 1 ELSE 0 END AS takes_pushes,"
    " p.given_name, p.family_name, p.locale, p.stopped, p.attends, p.status, p.territory,"
    " CASE WHEN {away} THEN 1 ELSE 0 END AS away,"
    " d.announcement_id, d.op, d.native_id AS message, d.revision, d.shown, d.subject, d.reference,"
    " d.repeated, {columns},"
    # When this person got the last bulk message but one; the present for one that is being sent. Reminders of subjects
    # that have their day do not count: on a full day they would hold every other bulk message back.
    " CASE WHEN d.urgent = -1 AND d.op = 'send' AND d.participant_id IS NOT NULL THEN"
    " (SELECT COALESCE(o.sent_at, CAST(:now AS BIGINT)) AS at FROM deliveries o"
    " WHERE o.participant_id = d.participant_id AND (o.announcement_id IS NOT NULL OR o.urgent = -1) AND o.id <> d.id"
    "{counted} AND (o.sent_at IS NOT NULL OR o.state = 'sending') ORDER BY 1 DESC LIMIT 1 OFFSET 1) END AS last_but_one"
    f", d.who, d.role, CASE WHEN {may_read('d')} THEN 1 ELSE 0 END AS allowed"
    ", EXISTS (SELECT 1 FROM erasures) AS erasing"
    " FROM (SELECT * FROM deliveries WHERE platform = :platform AND state = 'waiting' AND due_at <= :now"
    " ORDER BY urgent DESC, due_at, id LIMIT :limit {skip_locked}) d"
    " LEFT JOIN accounts b ON b.id = d.account_id"
    " LEFT JOIN channels s ON s.id = d.channel_id"
    " LEFT JOIN participants p ON p.id = d.participant_id"
    " LEFT JOIN files f ON f.id = d.file_id{joins}"
    " ORDER BY d.urgent DESC, d.due_at, d.id"
)


async def nth_last_notice(tx: Transaction, about: int, back: int) -> datetime | None:
    """Return when others were notified about a participant: the last time, or with `back` 2 the last time but one.

    Returns None if others were notified less often. Several messages at one instant count as one. Messages in which
    somebody else reports something about the participant do not count.
    """
    return await tx.value_or_none(
        datetime,
        f"SELECT d.created_at FROM deliveries d WHERE d.about = :about AND d.kind <> '{REPORT}'"
        " GROUP BY d.created_at ORDER BY d.created_at DESC LIMIT 1 OFFSET :before",
        about=about,
        before=back - 1,
    )


def claim_statement(of_its_day: Iterable[str], parts: Sequence[ClaimPart]) -> str:
    """Return the SQL statement that selects the messages to send next, with the `parts` that capabilities add to it.

    A person gets at most two messages to many in a day. Reminders of things of the kinds `of_its_day` do not count,
    because a day later they would be useless. Raises ValueError for a column that does not exist or is added twice.
    """
    columns = dict(_CLAIMED_COLUMNS)
    contributed = [column for part in parts for column in part.columns]
    if wrong := [column for column in contributed if column not in columns or contributed.count(column) > 1]:
        raise ValueError(f"the claim of deliveries reads no {wrong[0]!r}, or two capabilities contribute it")
    for part in parts:
        columns |= part.columns
    counted = (f" AND o.kind <> '{REMINDER}{kind}' AND o.kind NOT LIKE '{REMINDER}{kind}:%'" for kind in of_its_day)
    return (
        _CLAIM.replace("{away}", away())
        .replace("{columns}", ", ".join(f"{sql} AS {column}" for column, sql in columns.items()))
        .replace("{joins}", "".join(f" {part.joins}" for part in parts))
        .replace("{counted}", "".join(counted))
    )


async def claim(
    tx: Transaction,
    platform: str,
    now: datetime,
    limit: int,
    hours: Hours,
    statement: str,
    of_its_day: Collection[str],
) -> list[ClaimedDelivery]:
    """Return at most `limit` messages that must be sent now, marked as being sent, so that nobody else sends them.

    Urgent messages come first, bulk messages (announcements and early reminders) last; otherwise, the messages that are
    due longest come first. `statement` is from `claim_statement`. `hours` says when it is night for each person.

    Bulk messages are postponed until their recipient's night is over, and to the next morning if the recipient already
    had two that day. The limit of two does not apply to reminders of things of the kinds `of_its_day`, which would then
    be too late. If many messages had to be postponed, the result is empty although others are due: call this again.
    """
    today = hours.day(now).isoformat()
    for _look in range(_LOOKS):
        rows = await tx.all(statement, platform=platform, now=to_micros(now), limit=limit, today=today)
        bulk = [row for row in rows if row["urgent"] == BULK and row["op"] == "send"]
        # Where messages make no sound, nobody is woken.
        asleep = {
            hours.home(row["territory"], now, away=bool(row["away"])): wake
            for row in (() if features_of(platform).silent else bulk)
            if (wake := hours.wakes_at(row["territory"], now, away=bool(row["away"])))
        }
        for home, wake in asleep.items():
            await _postpone_for_night(tx, platform, home, now, wake, hours)
        can_wait = [
            row
            for row in bulk
            if hours.home(row["territory"], now, away=bool(row["away"])) not in asleep
            and not _reminds_of(row, of_its_day)
        ]
        had_two = [row for row in can_wait if _had_two(row, now, hours)]
        await tx.many(
            "UPDATE deliveries SET due_at = :due, reason = :reason WHERE id = :id",
            [
                {
                    "id": row["id"],
                    "due": to_micros(hours.next_morning(row["territory"], now, away=bool(row["away"]))),
                    "reason": Reason.ENOUGH,
                }
                for row in had_two
            ],
        )
        if not asleep and not had_two:
            break
    else:
        return []
    claimed = _one_bulk_per_person(rows)
    # What the message shows is unknown until the outcome: a try that fails may have changed a part of it.
    await tx.many(
        "UPDATE deliveries SET state = 'sending', shown = '' WHERE id = :id", [{"id": row["id"]} for row in claimed]
    )
    contents: Sequence[str] = [row["content"] for row in claimed]
    if claimed and claimed[0]["erasing"]:
        ids, readers = [row["id"] for row in claimed], [row["participant_id"] for row in claimed]
        contents = await without_erased(tx, "deliveries", contents, ids, readers)
    contents = await written_out(tx, contents)
    return [_claimed(row, content, platform) for row, content in zip(claimed, contents, strict=True)]


async def _postpone_for_night(
    tx: Transaction, platform: str, home: str | None, now: datetime, wake: datetime, hours: Hours
) -> None:
    """Postpone all due bulk messages to people who live by one territory's time, until the instant `wake`.

    `home` is that territory; None stands for the gathering's own time, which applies to shared channels and to
    everybody who is at the gathering.
    """
    on_site = hours.on_site(now)
    params: dict[str, str] = {"today": hours.day(now).isoformat()} if on_site else {}
    if home is not None:
        params["territory"] = home
        absent = f" AND {away()}" if on_site else ""
        recipients = f"participant_id IN (SELECT p.id FROM participants p WHERE p.territory = :territory{absent})"
    elif on_site:
        recipients = (
            f"(participant_id IS NULL OR participant_id NOT IN (SELECT p.id FROM participants p WHERE {away()}))"
        )
    else:
        recipients = "participant_id IS NULL"
    await tx.run(
        "UPDATE deliveries SET due_at = :wake, reason = :reason WHERE platform = :platform AND state = 'waiting'"
        f" AND due_at <= :now AND urgent = -1 AND op = 'send' AND {recipients}",
        platform=platform,
        now=to_micros(now),
        wake=to_micros(wake),
        reason=Reason.NIGHT,
        **params,
    )


def _reminds_of(row: Row, kinds: Collection[str]) -> bool:
    """Return whether a row is a reminder of a subject of one of these kinds."""
    kind: str = row["kind"]
    return kind.startswith(REMINDER) and kind_of(kind.removeprefix(REMINDER)) in kinds


def _had_two(row: Row, now: datetime, hours: Hours) -> bool:
    last_but_one = row["last_but_one"]
    return last_but_one is not None and from_micros(last_but_one) >= hours.day_began(
        row["territory"], now, away=bool(row["away"])
    )


def _one_bulk_per_person(rows: Sequence[Row]) -> list[Row]:
    """Return the rows without the second and later bulk messages to one person, which wait for the next claim."""
    people: set[int] = set()
    claimed = []
    for row in rows:
        if row["urgent"] == BULK and (person := row["participant_id"]) is not None:
            if person in people:
                continue
            people.add(person)
        claimed.append(row)
    return claimed


async def next_due(tx: Transaction, platform: str) -> datetime | None:
    """Return when the next message that waits for a platform is to be sent, perhaps in the past; None if none waits."""
    return await tx.value_or_none(
        datetime,
        "SELECT MIN(due) FROM ("
        " SELECT MIN(due_at) AS due FROM deliveries WHERE platform = :platform AND state = 'waiting' AND urgent = 1"
        " UNION ALL"
        " SELECT MIN(due_at) AS due FROM deliveries WHERE platform = :platform AND state = 'waiting' AND urgent = 0"
        " UNION ALL"
        " SELECT MIN(due_at) AS due FROM deliveries WHERE platform = :platform AND state = 'waiting' AND urgent = -1"
        ") d",
        platform=platform,
    )


async def hold(tx: Transaction, participant_id: int, account_ids: Iterable[int]) -> None:
    """Hold back a participant's waiting messages on accounts that are being unlinked, until `send_held` is called.

    Announcements and reminders are not held back: they are shown to participants who come back.
    """
    await tx.many(
        "UPDATE deliveries SET state = 'held', account_id = NULL WHERE account_id = :account"
        " AND participant_id = :participant AND state = 'waiting' AND announcement_id IS NULL"
        f" AND kind NOT LIKE '{REMINDER}%'",
        [{"participant": participant_id, "account": account} for account in account_ids],
    )


async def send_held(tx: Transaction, participant_id: int, account_id: int, platform: str, now: datetime) -> None:
    """Send at once the messages that were held back while a participant had no account, to the account with this id."""
    await tx.run(
        "UPDATE deliveries SET state = 'waiting', account_id = :account, platform = :platform, due_at = :now"
        " WHERE participant_id = :participant AND state = 'held'",
        participant=participant_id,
        account=account_id,
        platform=platform,
        now=to_micros(now),
    )


async def cancel_confidential(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Cancel the confidential messages to a participant that were not sent yet, because another may read them."""
    await tx.run(
        "UPDATE deliveries SET state = 'cancelled', reason = :reason, settled_at = :now"
        f" WHERE participant_id = :participant AND kind = '{CONFIDENTIAL}' AND state IN ('waiting', 'held')"
        " AND native_id IS NULL",
        participant=participant_id,
        reason=Reason.CANCELLED,
        now=to_micros(now),
    )


async def take_back(tx: Transaction, account_ids: Iterable[int], lost: Required, now: datetime) -> None:
    """Have messages in chats deleted that their readers may no longer read, because they lost the role `lost`.

    Only messages to the accounts with the ids `account_ids` are deleted. If an account no longer has an owner, all
    messages for a role are deleted. Web pages need no deletion, because they check roles whenever they show messages.
    Copies of messages to many are left unchanged.
    """
    await tx.many(
        "UPDATE deliveries SET kind = :kind, op = 'delete', state = 'waiting', content = '', file_id = NULL,"
        " urgent = 1, participant_id = NULL, attempts = 0, due_at = :now, settled_at = NULL WHERE id IN (SELECT d.id"
        " FROM deliveries d JOIN accounts a ON a.id = d.account_id LEFT JOIN participants p ON p.id = a.participant_id"
        f" WHERE d.account_id = :account AND {is_lost('d')} AND d.state = 'sent' AND d.announcement_id IS NULL"
        f" AND d.platform NOT IN {_OWN_PAGES} AND d.op <> 'delete' AND d.native_id <> '')",
        [{"kind": MESSAGE, "account": account_id, "now": to_micros(now), **loss(lost)} for account_id in account_ids],
    )


async def replace_messages(tx: Transaction, delivery_ids: Iterable[int], content: str, now: datetime) -> None:
    """Replace what messages say: in messages that arrived by an edit, in messages that wait by cancelling them.

    `content` is the stored view. A message that is being sent is edited after it arrived. The messages lose their
    subject, so later changes of this subject do not edit them. Copies of messages to many are left unchanged.
    """
    rows = [
        {"id": delivery_id, "content": content, "now": to_micros(now), "reason": Reason.CANCELLED}
        for delivery_id in delivery_ids
    ]
    await tx.many(
        "UPDATE deliveries SET state = 'cancelled', reason = :reason, settled_at = :now, content = :content"
        " WHERE id = :id AND state IN ('waiting', 'held') AND native_id IS NULL AND announcement_id IS NULL",
        rows,
    )
    await tx.many(
        "UPDATE deliveries SET content = :content, file_id = NULL, subject = '', revision = COALESCE(revision, 0) + 1"
        " WHERE id = :id AND state IN ('sending', 'sent', 'waiting') AND announcement_id IS NULL",
        [{"id": row["id"], "content": content} for row in rows],
    )
    await tx.many(
        "UPDATE deliveries SET state = 'waiting', op = 'edit', asked = 1, attempts = 0, due_at = :now,"
        " settled_at = NULL WHERE id = :id AND announcement_id IS NULL AND state = 'sent'"
        " AND COALESCE(native_id, '') <> ''",
        [{"id": row["id"], "now": row["now"]} for row in rows],
    )


async def recover(tx: Transaction, platform: str, *, besides: Collection[int] = ()) -> None:
    """Let messages wait to be sent again that a program was sending when it ended.

    Messages with the ids `besides` are left unchanged, because they are still being sent. A message may already have
    arrived: it is then sent twice rather than never. The message's row says so, unless the platform recognises repeats.
    """
    rows = await tx.all("SELECT id FROM deliveries WHERE platform = :platform AND state = 'sending'", platform=platform)
    lost = [{"id": row["id"]} for row in rows if row["id"] not in besides]
    drops_repeats = features_of(platform).drops_repeats
    repeated = "repeated" if drops_repeats else "CASE WHEN op = 'send' THEN 1 ELSE repeated END"
    await tx.many(f"UPDATE deliveries SET state = 'waiting', repeated = {repeated} WHERE id = :id", lost)


async def forget_files(tx: Transaction) -> int:
    """Delete the files of messages for which nothing remains to be done, and return how many files were deleted.

    Such files may have secrets, for instance invitations.
    """
    await tx.run("UPDATE deliveries SET file_id = NULL WHERE file_id IS NOT NULL AND settled_at IS NOT NULL")
    return await tx.run("DELETE FROM files WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE file_id = files.id)")


async def forget_content(tx: Transaction, now: datetime) -> int:
    """Delete the content of messages that were sent or given up long ago; return how many messages these are.

    Files that are no longer needed are deleted too. The rows remain, and say how sending each message ended.
    """
    await forget_files(tx)
    return await tx.run(
        "UPDATE deliveries SET content = '' WHERE settled_at < :before AND content <> ''",
        before=to_micros(now - CONTENT_KEPT),
    )


def _claimed(row: Row, content: str, platform: str) -> ClaimedDelivery:
    state, message = row["copy_state"], row["message"]
    allowed = row["participant_id"] is None or bool(row["allowed"])
    if message is not None and features_of(platform).own_page:
        allowed = True  # pages check the role by themselves, and show the corrected message once it is back
    # A withdrawn copy is deleted, whatever its row asks for. A message is deleted too that the recipient's role no
    # longer lets them read, because it could not be corrected any more.
    op: Op = "delete" if message is not None and (state == "withdrawn" or not allowed) else row["op"]
    return ClaimedDelivery(
        row["id"],
        row["kind"],
        content,
        bytes(row["carried"]) if row["carried"] is not None else None,
        bool(row["asked"]),
        row["attempts"],
        Recipient(
            row["account_id"],
            row["native_id"],
            row["chat"],
            row["account_locale"],
            bool(row["unreachable"]),
            bool(row["takes_pushes"]),
            bool(row["theirs"]),
            row["participant_id"],
            row["given_name"] or "",
            row["family_name"] or "",
            row["locale"],
            bool(row["stopped"]),
            row["status"] == "joined" and bool(row["attends"]),
            row["label"],
            row["thread"],
            row["mentions"],
            row["territory"],
        ),
        op,
        message,
        required(row["who"], row["role"]),
        allowed,
        row["revision"] or 0,
        _copy(row),
        row["shown"],
        row["subject"] != "",
        row["reference"],
        row["urgent"] == URGENT,
        repeated=bool(row["repeated"]),
    )


def _copy(row: Row) -> Copy | None:
    if row["announcement_id"] is None:
        return None
    ended = row["copy_state"] in ("cancelled", "withdrawn") and row["message"] is None
    return Copy(row["announcement_id"], row["copy_revision"], ended, bool(row["copy_seen"]))
