"""Mentions people who closed their private messages, so that they learn of a message: in the thread of their group.

A copy of a message to many is sent to the thread itself. Any other message may be confidential: then the thread only
says that there is something for the person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.content.entry_points import EntryPoint, buttons_to
from bot.content.stored_views import pack
from bot.content.texts import _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import closed_store
from bot.delivery.closed_store import GroupThread
from bot.delivery.outgoing import Outcome, Undeliverable
from bot.logs import under_reference

_ONCE_IN = timedelta(days=1)


async def call_by_name(tx: Transaction, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Mention people in their group's thread if they refuse private messages, so that a message did not reach them.

    `outcomes` say how sending some messages has just ended. Nothing happens for people without a thread. Nothing
    happens either for accounts that were already known to refuse private messages: a message to many is sent to the
    thread for them from the beginning.
    """
    for outcome in outcomes:
        if not (isinstance(outcome, Undeliverable) and outcome.closed and outcome.claimed.op == "send"):
            continue
        if thread := await closed_store.thread_for(tx, outcome.claimed.id):
            with under_reference(outcome.claimed.reference):
                await (_move_copy(tx, outcome, thread, now) if outcome.claimed.copy else _call_to_home(tx, thread, now))


async def _move_copy(tx: Transaction, outcome: Undeliverable, thread: GroupThread, now: datetime) -> None:
    """Send a copy to the thread instead; where the thread has that copy already, only mention them.

    A copy in a thread is corrected and withdrawn like any other.
    """
    copy = outcome.claimed.copy
    assert copy is not None
    thread_copy = await closed_store.copy_in(tx, copy.original_id, thread)
    if thread_copy is None:
        await closed_store.move(tx, outcome.claimed.id, thread, now)
        return
    await closed_store.drop(tx, outcome.claimed.id)
    if not thread_copy.waits:
        await _call(tx, View((_("What was announced above is for you too."),)), thread, now)
    elif thread.native_id not in thread_copy.mentions:
        await closed_store.mention(tx, thread_copy.id, [*thread_copy.mentions, thread.native_id])


async def _call_to_home(tx: Transaction, thread: GroupThread, now: datetime) -> None:
    """Say in the thread that there is a message for a person, without saying what it is."""
    line = _(
        "I have something for you, but your private messages are off. Allow messages from this server, then"
        " write to me; or look here."
    )
    await _call(tx, View((line,), buttons_to(EntryPoint.HOME)), thread, now)


async def _call(tx: Transaction, view: View, thread: GroupThread, now: datetime) -> None:
    """Send a message to the thread that mentions the person, unless one was sent within the last day."""
    content, _carried = pack(view)
    await closed_store.call(tx, thread, content, now, unless_since=now - _ONCE_IN)
