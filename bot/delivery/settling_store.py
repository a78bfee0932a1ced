"""The SQL that stores how sending messages ended, for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.content.delivery_kinds import EVERYWHERE, PIN
from bot.content.features import in_sql
from bot.content.reasons import Reason
from bot.conversation import shown_screen_store
from bot.database.engine import Transaction
from bot.delivery import channel_store
from bot.delivery.delivery_store import forget_files, may_be_written_to
from bot.delivery.outgoing import Arrived, ClaimedDelivery, Ended, Outcome, Postponed, Removed, Undeliverable
from bot.people import participant_store

_PINNED = '"pinned": true'
"""A piece of JSON by which the stored view of a message to be pinned is recognised; a text would escape its quotes."""

_LAST_RESORT = in_sql(lambda platform: platform.last_resort)
_REACHABLE_OTHER = (
    "SELECT b.id, b.platform FROM accounts b JOIN participants p ON p.id = b.participant_id"
    " WHERE p.id = :participant AND b.id <> :account AND b.unreachable = 0"
    f" AND (:asked = 1 OR {may_be_written_to('b')})"
    f" ORDER BY CASE WHEN b.id = p.preferred_account THEN 0 WHEN b.platform NOT IN {_LAST_RESORT} THEN 1 ELSE 2 END,"
    " b.id LIMIT 1"
)


async def settle(tx: Transaction, outcomes: Sequence[Outcome], now: datetime) -> bool:
    """Store how sending messages ended. Returns True if one of them must now be sent to another account of its reader.

    A message that could not reach one account is sent to the reader's next one; if no account is left, it is given up.
    """
    ended = [outcome for outcome in outcomes if isinstance(outcome, Ended)]
    rerouted = False
    for outcome in outcomes:
        if isinstance(outcome, Undeliverable):
            if await _reroute(tx, outcome, now):
                rerouted = True
            else:
                ended.append(Ended(outcome.claimed, "unreachable", outcome.reason))
    arrived = [outcome for outcome in outcomes if isinstance(outcome, Arrived)]
    await tx.many(
        "UPDATE deliveries SET state = 'sent', native_id = :native_id, shown = :shown, reason = NULL,"
        " sent_at = COALESCE(sent_at, CAST(:now AS BIGINT)), settled_at = :now"
        " WHERE id = :id",
        [
            {
                "id": outcome.claimed.id,
                "native_id": outcome.native_id,
                "shown": outcome.shown,
                "now": to_micros(now),
            }
            for outcome in arrived
            if outcome.claimed.copy is None
        ],
    )
    # A delivery whose content changed while it was sent, for instance by someone's erasure, is edited next.
    await tx.many(
        "UPDATE deliveries SET state = 'waiting', op = 'edit', asked = 1, attempts = 0, due_at = :now,"
        " settled_at = NULL WHERE id = :id AND COALESCE(revision, 0) > :revision",
        [
            {"id": outcome.claimed.id, "revision": outcome.claimed.revision, "now": to_micros(now)}
            for outcome in arrived
            if outcome.claimed.copy is None and outcome.native_id
        ],
    )
    await tx.many(
        "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, op, native_id, due_at,"
        f" created_at, reference) SELECT platform, '{PIN}', participant_id, account_id, '', 'pin',"
        " CAST(:native_id AS TEXT), CAST(:now AS BIGINT), CAST(:now AS BIGINT), reference FROM deliveries"
        " WHERE id = :id",
        [
            {"id": outcome.claimed.id, "native_id": outcome.native_id, "now": to_micros(now)}
            for outcome in arrived
            if outcome.claimed.op == "send" and outcome.native_id and _PINNED in outcome.claimed.content
        ],
    )
    await _settle_copies(tx, [outcome for outcome in arrived if outcome.claimed.copy], now)
    await tx.many(
        "UPDATE deliveries SET state = CASE WHEN :gone = 1 THEN 'withdrawn' ELSE 'sent' END, op = 'delete',"
        " reason = CASE WHEN :gone = 1 THEN NULL ELSE :reason END, settled_at = :now WHERE id = :id",
        [
            {
                "id": outcome.claimed.id,
                "gone": int(outcome.gone),
                "reason": Reason.CANNOT_BE_DELETED,
                "now": to_micros(now),
            }
            for outcome in outcomes
            if isinstance(outcome, Removed)
        ],
    )
    await _follow_answers(tx, outcomes)
    await _postpone(tx, [outcome for outcome in outcomes if isinstance(outcome, Postponed)])
    await tx.many(
        "UPDATE deliveries SET state = :state, reason = :reason, settled_at = :now"
        " WHERE id = :id AND state = 'sending'",
        [{"id": end.claimed.id, "state": end.state, "reason": end.reason, "now": to_micros(now)} for end in ended],
    )
    if any(outcome.claimed.carried is not None for outcome in outcomes):
        await forget_files(tx)
    return rerouted


async def _follow_answers(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Store how sending messages that show an answer ended, so that nothing edits one that is gone."""
    moved, gone = [], []
    for outcome in outcomes:
        account, before = outcome.claimed.recipient.account_id, outcome.claimed.message
        if not (account and before):
            continue
        if isinstance(outcome, Removed) and outcome.gone:
            gone.append((account, before))
        elif isinstance(outcome, Arrived) and outcome.native_id != before:
            moved.append((account, before, outcome.native_id))
            after = outcome.native_id.split(",")
            gone += [(account, native_id) for native_id in before.split(",") if native_id not in after]
    await shown_screen_store.follow(tx, moved)
    await shown_screen_store.forget_gone(tx, gone)


async def _settle_copies(tx: Transaction, arrived: Sequence[Arrived], now: datetime) -> None:
    """Store what copies of messages to many show now.

    What changed while they were sent is applied by `DeliveryProgress.follow`.
    """
    rows = []
    for outcome in arrived:
        copy = outcome.claimed.copy
        assert copy is not None
        rows.append(
            {
                "id": outcome.claimed.id,
                "op": outcome.claimed.op,
                "native_id": outcome.native_id,
                "revision": copy.revision,
                "shown": outcome.shown,
                "now": to_micros(now),
            }
        )
    await tx.many(
        "UPDATE deliveries SET state = 'sent', op = :op, native_id = :native_id, revision = :revision, shown = :shown,"
        " reason = NULL, attempts = 0, due_at = :now, sent_at = COALESCE(sent_at, CAST(:now AS BIGINT)),"
        " settled_at = :now WHERE id = :id",
        rows,
    )


async def _postpone(tx: Transaction, postponed: Iterable[Postponed]) -> None:
    rows = []
    for outcome in postponed:
        if outcome.chat is not None:
            await _move(tx, outcome.claimed, outcome.chat)
        if outcome.channel_missing:
            await channel_store.request_repair(tx, outcome.claimed.id)
        rows.append(
            {
                "id": outcome.claimed.id,
                "due": to_micros(outcome.due),
                "reason": outcome.reason,
                "tries": int(outcome.reason is not None),
                "doubtful": int(outcome.doubtful and outcome.claimed.op == "send"),
                "shown": outcome.claimed.shown if outcome.reason is None else "",
            }
        )
    await tx.many(
        "UPDATE deliveries SET state = 'waiting', due_at = :due, shown = :shown, reason = COALESCE(:reason, reason),"
        " attempts = attempts + :tries, repeated = CASE WHEN :doubtful = 1 THEN 1 ELSE repeated END"
        " WHERE id = :id AND state = 'sending'",
        rows,
    )


async def _move(tx: Transaction, claimed: ClaimedDelivery, chat: str) -> None:
    """Store the new native id of a chat in all accounts, channels and deliveries that go to that chat."""
    row = await tx.one("SELECT platform FROM deliveries WHERE id = :id", id=claimed.id)
    if row is None:
        return
    moved = {"platform": row["platform"], "old": claimed.recipient.chat, "new": chat}
    await tx.run("UPDATE channels SET chat = :new WHERE platform = :platform AND chat = :old", **moved)
    await tx.run("UPDATE accounts SET chat = :new WHERE platform = :platform AND chat = :old", **moved)
    await tx.run(
        "UPDATE deliveries SET place = :new WHERE platform = :platform AND place = :old AND state <> 'dropped'",
        **moved,
    )


async def _reroute(tx: Transaction, outcome: Undeliverable, now: datetime) -> bool:
    """Redirect a delivery that one account cannot get to another account of the person. Returns False without one.

    Only messages to be sent are redirected: corrections and withdrawals concern the message on this account.
    """
    claimed, recipient = outcome.claimed, outcome.claimed.recipient
    if outcome.closed:
        await tx.run("UPDATE accounts SET unreachable = 1 WHERE id = :id", id=recipient.account_id)
    if claimed.op != "send" or claimed.kind == EVERYWHERE:
        return False
    other = await tx.one(
        _REACHABLE_OTHER,
        participant=recipient.participant_id or 0,
        account=recipient.account_id,
        asked=int(claimed.asked),
    )
    if other is None:
        if outcome.closed and recipient.participant_id:
            await participant_store.out_of_reach(tx, recipient.participant_id, now)
        return False
    await tx.run(
        "UPDATE deliveries SET state = 'waiting', account_id = :account, platform = :platform, due_at = :now,"
        " attempts = 0, reason = :reason WHERE id = :id AND state = 'sending'",
        id=claimed.id,
        account=other["id"],
        platform=other["platform"],
        reason=outcome.reason,
        now=to_micros(now),
    )
    return True
