"""The outbox on its way out: what is due is claimed. What became of it is `bot.delivery.settling_store`'s."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.background.reminding import kind_of
from bot.clock import from_micros, to_micros
from bot.content.delivery_kinds import BULK, MESSAGE, REMINDER, REPORT
from bot.content.features import features_of, in_sql
from bot.content.names import display_name
from bot.content.reasons import Reason
from bot.content.roles import Who
from bot.database.engine import Row, Transaction
from bot.delivery.contributions import ClaimPart
from bot.delivery.outgoing import ClaimedDelivery, Copy, Op, Recipient
from bot.people.facilitator_store import ROLE
from bot.people.presence_store import away
from bot.people.quiet import Hours

CONTENT_KEPT = timedelta(days=30)
"""How long the words of a settled message stay, to answer «I was never told»."""

SPEAKING_IN_CHANNELS = in_sql(lambda platform: platform.speaks_in_channels)
"""The platforms on which a group is told something in its channel, and not each of its members in private."""

_ASKING_CONSENT = in_sql(lambda platform: platform.asks_consent)
_OWN_PAGES = in_sql(lambda platform: platform.own_page)

_CLAIMED_COLUMNS: Mapping[str, str] = MappingProxyType(
    {"theme": "NULL", "copy_revision": "NULL", "copy_state": "NULL", "copy_seen": "0"}
)
"""What the claim reads of a delivery that capabilities know, and what it is where none contributes it: the theme of its
recipient, then of what it is a copy of the revision, its state («cancelled», «withdrawn», …), and whether its
recipient said that they saw it (0 or 1).
"""


def may_be_written_to(account: str) -> str:
    """The SQL condition that an account takes messages nobody asked for; `account` is its alias in the statement."""
    return f"({account}.platform NOT IN {_ASKING_CONSENT} OR {account}.private_pushes = 1)"


_CLAIM = (
    "SELECT d.id, d.kind, d.content, f.content AS carried, d.asked, d.attempts, d.urgent, d.due_at,"
    " d.participant_id, COALESCE(b.id, 0) AS account_id, COALESCE(b.native_id, '') AS native_id,"
    " COALESCE(d.place, b.chat, s.chat) AS chat, COALESCE(d.place, s.thread) AS thread, b.locale AS account_locale,"
    " COALESCE(b.unreachable, 0) AS unreachable, d.mentions,"
    " CASE WHEN d.participant_id IS NULL OR b.participant_id = d.participant_id THEN 1 ELSE 0 END AS theirs,"
    f" CASE WHEN b.id IS NULL OR {may_be_written_to('b')} THEN 1 ELSE 0 END AS takes_pushes,"
    " p.given_name, p.family_name, p.locale, p.stopped, p.attends, p.status, p.territory,"
    " CASE WHEN {away} THEN 1 ELSE 0 END AS away,"
    " d.announcement_id, d.op, d.native_id AS message, d.revision AS said, d.shown, d.subject, d.reference, {columns},"
    # The last message but one that this person got, as one to many: now, for what is on its way. Reminders of what
    # has its day are no such messages: on a full day they would keep every announcement back.
    " CASE WHEN d.urgent = -1 AND d.op = 'send' AND d.participant_id IS NOT NULL THEN"
    " (SELECT COALESCE(o.sent_at, CAST(:now AS BIGINT)) AS at FROM deliveries o"
    " WHERE o.participant_id = d.participant_id AND (o.announcement_id IS NOT NULL OR o.urgent = -1) AND o.id <> d.id"
    "{counted} AND (o.sent_at IS NOT NULL OR o.state = 'sending') ORDER BY 1 DESC LIMIT 1 OFFSET 1) END AS last_but_one"
    f", d.who, {ROLE} AS role"
    " FROM (SELECT * FROM deliveries WHERE platform = :platform AND state = 'waiting' AND due_at <= :now"
    " ORDER BY urgent DESC, due_at, id LIMIT :limit {skip_locked}) d"
    " LEFT JOIN accounts b ON b.id = d.account_id"
    " LEFT JOIN channels s ON s.id = d.channel_id"
    " LEFT JOIN participants p ON p.id = d.participant_id"
    " LEFT JOIN files f ON f.id = d.file_id{joins}"
    " ORDER BY d.urgent DESC, d.due_at, d.id"
)


async def told_before(tx: Transaction, about: int, back: int) -> datetime | None:
    """When others were told of someone for the `back`-th time, from now back; None where they were told less often.

    What is told to several at one instant is told once. That somebody reported something of theirs is not their doing.
    """
    row = await tx.one(
        f"SELECT d.created_at FROM deliveries d WHERE d.about = :about AND d.kind <> '{REPORT}'"
        " GROUP BY d.created_at ORDER BY d.created_at DESC LIMIT 1 OFFSET :before",
        about=about,
        before=back - 1,
    )
    return from_micros(row["created_at"]) if row else None


def claim_statement(of_its_day: Iterable[str], parts: Sequence[ClaimPart]) -> str:
    """What claims, with the parts that capabilities contribute.

    Reminders of subjects of the kinds `of_its_day` do not count among what someone had today. Raises ValueError for a
    column that is not known, or contributed twice.
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
    """Take what is due for a platform, the urgent first, what goes to many last, then in the order it became due.

    `statement` is what `claim_statement` made. What goes to many is put off until people are awake, and to the next day
    for who had two today; reminders count, and only those of subjects of the kinds `of_its_day`, which would be too
    late by then, are not put off a day.
    """
    today = hours.day(now).isoformat()
    while True:
        rows = await tx.all(statement, platform=platform, now=to_micros(now), limit=limit, today=today)
        bulk = [row for row in rows if row["urgent"] == BULK and row["op"] == "send"]
        asleep = {
            hours.home(row["territory"], now, away=bool(row["away"])): wake
            for row in bulk
            if (wake := hours.wakes_at(row["territory"], now, away=bool(row["away"])))
        }
        for home, wake in asleep.items():
            await _let_sleep(tx, platform, home, now, wake, hours)
        can_wait = [
            row
            for row in bulk
            if hours.home(row["territory"], now, away=bool(row["away"])) not in asleep
            and not _reminds_of(row, of_its_day)
        ]
        had_two = [row for row in can_wait if _had_two(row, now, hours)]
        for row in had_two:
            due = hours.next_morning(row["territory"], now, away=bool(row["away"]))
            await tx.run(
                "UPDATE deliveries SET due_at = :due, reason = :reason WHERE id = :id",
                id=row["id"],
                due=to_micros(due),
                reason=Reason.ENOUGH,
            )
        if not asleep and not had_two:
            break
    taken = _one_a_person(rows)
    # What a message shows is not known again until it arrived: a try that fails may have changed a part of it.
    await tx.many(
        "UPDATE deliveries SET state = 'sending', shown = '' WHERE id = :id", [{"id": row["id"]} for row in taken]
    )
    return [_claimed(row, platform) for row in taken]


async def _let_sleep(
    tx: Transaction, platform: str, home: str | None, now: datetime, wake: datetime, hours: Hours
) -> None:
    """Put off everything due that goes to many for those who live by a territory's clocks, or (None) the gathering's.

    The gathering's are those of shared places, and of everybody who is there.
    """
    on_site = hours.on_site(now)
    params: dict[str, str] = {"today": hours.day(now).isoformat()} if on_site else {}
    if home is not None:
        params["territory"] = home
        absent = f" AND {away()}" if on_site else ""
        theirs = f"participant_id IN (SELECT p.id FROM participants p WHERE p.territory = :territory{absent})"
    elif on_site:
        theirs = f"(participant_id IS NULL OR participant_id NOT IN (SELECT p.id FROM participants p WHERE {away()}))"
    else:
        theirs = "participant_id IS NULL"
    await tx.run(
        "UPDATE deliveries SET due_at = :wake, reason = :reason WHERE platform = :platform AND state = 'waiting'"
        f" AND due_at <= :now AND urgent = -1 AND op = 'send' AND {theirs}",
        platform=platform,
        now=to_micros(now),
        wake=to_micros(wake),
        reason=Reason.NIGHT,
        **params,
    )


def _reminds_of(row: Row, kinds: Collection[str]) -> bool:
    """Whether a row reminds of a subject of one of these kinds."""
    kind: str = row["kind"]
    return kind.startswith(REMINDER) and kind_of(kind.removeprefix(REMINDER)) in kinds


def _had_two(row: Row, now: datetime, hours: Hours) -> bool:
    last_but_one = row["last_but_one"]
    return last_but_one is not None and from_micros(last_but_one) >= hours.day_began(
        row["territory"], now, away=bool(row["away"])
    )


def _one_a_person(rows: Sequence[Row]) -> list[Row]:
    """The rows without a second one to many for anybody: it waits until the first is known to be on its way."""
    people: set[int] = set()
    taken = []
    for row in rows:
        if row["urgent"] == BULK and (person := row["participant_id"]) is not None:
            if person in people:
                continue
            people.add(person)
        taken.append(row)
    return taken


async def next_due(tx: Transaction, platform: str) -> datetime | None:
    """When the first waiting delivery is due, perhaps already; None when none waits."""
    row = await tx.one(
        "SELECT MIN(due) AS due FROM ("
        " SELECT MIN(due_at) AS due FROM deliveries WHERE platform = :platform AND state = 'waiting' AND urgent = 1"
        " UNION ALL"
        " SELECT MIN(due_at) AS due FROM deliveries WHERE platform = :platform AND state = 'waiting' AND urgent = 0"
        " UNION ALL"
        " SELECT MIN(due_at) AS due FROM deliveries WHERE platform = :platform AND state = 'waiting' AND urgent = -1"
        ") d",
        platform=platform,
    )
    assert row is not None
    return from_micros(row["due"]) if row["due"] is not None else None


async def hold(tx: Transaction, participant_id: int, account_ids: Iterable[int]) -> None:
    """Keep what waits for someone on accounts that are theirs no more, until `send_held`.

    Copies of announcements are no such messages, who comes back reads what they missed; nor are reminders.
    """
    await tx.many(
        "UPDATE deliveries SET state = 'held', account_id = NULL WHERE account_id = :account"
        " AND participant_id = :participant AND state = 'waiting' AND announcement_id IS NULL"
        f" AND kind NOT LIKE '{REMINDER}%'",
        [{"participant": participant_id, "account": account} for account in account_ids],
    )


async def send_held(tx: Transaction, participant_id: int, account_id: int, platform: str, now: datetime) -> None:
    """Send what was kept for someone to an account of theirs."""
    await tx.run(
        "UPDATE deliveries SET state = 'waiting', account_id = :account, platform = :platform, due_at = :now"
        " WHERE participant_id = :participant AND state = 'held'",
        participant=participant_id,
        account=account_id,
        platform=platform,
        now=to_micros(now),
    )


async def take_back(tx: Transaction, account_ids: Iterable[int], least: Who, now: datetime) -> None:
    """Have taken away again what these accounts were sent for that role, or a higher one, where it was no page.

    Pages look at the role by themselves.
    """
    await tx.many(
        "UPDATE deliveries SET kind = :kind, op = 'delete', state = 'waiting', content = '', file_id = NULL,"
        " urgent = 1, participant_id = NULL, attempts = 0, due_at = :now, settled_at = NULL WHERE account_id = :account"
        f" AND who >= :least AND state = 'sent' AND announcement_id IS NULL AND platform NOT IN {_OWN_PAGES}"
        " AND op <> 'delete' AND native_id <> ''",
        [
            {"kind": MESSAGE, "account": account_id, "least": int(least), "now": to_micros(now)}
            for account_id in account_ids
        ],
    )


async def say_instead(tx: Transaction, delivery_ids: Iterable[int], content: str, now: datetime) -> None:
    """Have messages say something else: what arrived is edited, what is leaving once it arrived, what waits is dropped.

    They say it for good: they lose their subject, so that nothing which follows it changes them again.
    Copies of announcements are corrected by their announcement.
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
    """Put back what nobody sends any more, `besides` the ids that someone does.

    It may have arrived: it is sent again, never lost. Where that can make two of it, the row says so from now on.
    """
    rows = await tx.all("SELECT id FROM deliveries WHERE platform = :platform AND state = 'sending'", platform=platform)
    lost = [{"id": row["id"]} for row in rows if row["id"] not in besides]
    dropped = features_of(platform).drops_repeats  # there no copy is doubled by a kill
    doubled = "repeated" if dropped else "CASE WHEN op = 'send' THEN 1 ELSE repeated END"
    await tx.many(f"UPDATE deliveries SET state = 'waiting', repeated = {doubled} WHERE id = :id", lost)


async def forget_files(tx: Transaction) -> int:
    """Drop the files that no delivery has still to carry: they may hold what is shown once, like invitations."""
    await tx.run("UPDATE deliveries SET file_id = NULL WHERE file_id IS NOT NULL AND settled_at IS NOT NULL")
    return await tx.run("DELETE FROM files WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE file_id = files.id)")


async def forget_content(tx: Transaction, now: datetime) -> int:
    """Drop the words of what was settled long ago, and files nobody gets; the row stays, and says what became of it."""
    await forget_files(tx)
    return await tx.run(
        "UPDATE deliveries SET content = '' WHERE settled_at < :before AND content <> ''",
        before=to_micros(now - CONTENT_KEPT),
    )


def _claimed(row: Row, platform: str) -> ClaimedDelivery:
    state, message = row["copy_state"], row["message"]
    allowed = row["participant_id"] is None or row["role"] >= row["who"]
    if message is not None and features_of(platform).own_page:
        allowed = True  # pages look at the role by themselves, and show it corrected once it is there again
    # A copy that is withdrawn goes, whatever was meant when its row was written; so does what their role lets someone
    # read no more, rather than stay there uncorrected.
    op: Op = "delete" if message is not None and (state == "withdrawn" or not allowed) else row["op"]
    return ClaimedDelivery(
        row["id"],
        row["kind"],
        row["content"],
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
            display_name(row["given_name"] or "", row["family_name"] or ""),
            row["locale"],
            bool(row["stopped"]),
            row["status"] == "joined" and bool(row["attends"]),
            row["theme"],
            row["thread"],
            row["mentions"],
        ),
        op,
        message,
        allowed,
        row["said"] or 0,
        _copy(row),
        row["shown"],
        row["subject"] != "",
        row["reference"],
    )


def _copy(row: Row) -> Copy | None:
    if row["announcement_id"] is None:
        return None
    ended = row["copy_state"] in ("cancelled", "withdrawn") and row["message"] is None
    return Copy(row["announcement_id"], row["copy_revision"], ended, bool(row["copy_seen"]))
