"""Who has closed their private messages: called by name in their group's thread instead, where only the group reads.

What was announced is said there. Anything else may be for nobody but them: that there is something is all that is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.content.stored_views import pack
from bot.content.texts import _
from bot.content.views import View
from bot.content.ways import Way, buttons_to
from bot.database.engine import Row, Transaction
from bot.delivery.delivery_store import SPEAKING_IN_CHANNELS
from bot.delivery.outgoing import Outcome, Undeliverable

_CLOSED = "closed"
"""The kind of a row that tells someone that there is something for them."""
_ONCE_IN = timedelta(days=1)
_THREAD = (
    "SELECT s.id AS space, s.platform, a.native_id FROM deliveries d JOIN accounts a ON a.id = d.account_id"
    " JOIN members m ON m.participant_id = d.participant_id"
    " JOIN spaces s ON s.group_id = m.group_id AND s.platform = d.platform AND s.thread <> ''"
    f" WHERE d.id = :id AND d.platform IN {SPEAKING_IN_CHANNELS} AND d.state = 'unreachable'"
    " ORDER BY m.round DESC LIMIT 1"
)
"""The thread of the last group of who was not reached, on no other account either."""


async def call_by_name(tx: Transaction, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Call who just turned out to have closed their private messages, in their group's thread if there is one.

    Whom that is known of gets no further word there: announcements call them by name when they are released.
    """
    for outcome in outcomes:
        if not (isinstance(outcome, Undeliverable) and outcome.closed and outcome.claimed.op == "send"):
            continue
        if found := await tx.one(_THREAD, id=outcome.claimed.id):
            await (_say_there(tx, outcome, found, now) if outcome.claimed.copy else _tell_there(tx, found, now))


async def _say_there(tx: Transaction, outcome: Undeliverable, found: Row, now: datetime) -> None:
    """The copy goes to the thread, and is corrected and taken back there; for several in one thread it is one."""
    copy = outcome.claimed.copy
    assert copy is not None
    there = await tx.one(
        "SELECT id, state, mentions FROM deliveries WHERE announcement_id = :announcement AND space_id = :space"
        " AND op = 'send' AND state IN ('waiting', 'sending', 'sent') ORDER BY id LIMIT 1",
        announcement=copy.announcement_id,
        space=found["space"],
    )
    if there is not None:
        await tx.run("DELETE FROM deliveries WHERE id = :id", id=outcome.claimed.id)
        if there["state"] != "waiting":
            await _call(tx, View((_("What was announced above is for you too."),)), found, now)
        elif found["native_id"] not in there["mentions"].split(","):
            named = f"{there['mentions']},{found['native_id']}".strip(",")
            await tx.run("UPDATE deliveries SET mentions = :named WHERE id = :id", named=named, id=there["id"])
        return
    await tx.run(
        "UPDATE deliveries SET state = 'waiting', participant_id = NULL, account_id = NULL, space_id = :space,"
        " mentions = :name, attempts = 0, reason = NULL, settled_at = NULL, due_at = :now WHERE id = :id",
        id=outcome.claimed.id,
        space=found["space"],
        name=found["native_id"],
        now=to_micros(now),
    )


async def _tell_there(tx: Transaction, found: Row, now: datetime) -> None:
    said = _(
        "I have something for you, and your private messages are closed. Allow those of this server, then write to me;"
        " or look here."
    )
    await _call(tx, View((said,), buttons_to(Way.HOME)), found, now)


async def _call(tx: Transaction, view: View, found: Row, now: datetime) -> None:
    """Call somebody by name in their thread, once a day at most."""
    content, _carried = pack(view)
    await tx.run(
        "INSERT INTO deliveries (platform, kind, space_id, mentions, content, due_at, created_at)"
        " SELECT CAST(:platform AS TEXT), :kind, CAST(:space AS BIGINT), :name, :content,"
        " CAST(:now AS BIGINT), CAST(:now AS BIGINT)"
        " WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE space_id = :space AND kind = :kind AND mentions = :name"
        " AND created_at > :lately)",
        platform=found["platform"],
        kind=_CLOSED,
        lately=to_micros(now - _ONCE_IN),
        space=found["space"],
        name=found["native_id"],
        content=content,
        now=to_micros(now),
    )
