"""Who has closed their private messages: called by name in their group's thread instead, where only the group reads.

What was announced is said there. Anything else may be for nobody but them: that there is something is all that is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.content.stored_views import pack
from bot.content.texts import _
from bot.content.views import View
from bot.content.ways import Way, buttons_to
from bot.database.engine import Transaction
from bot.delivery import closed_store
from bot.delivery.closed_store import GroupThread
from bot.delivery.outgoing import Outcome, Undeliverable
from bot.logs import under_reference

_ONCE_IN = timedelta(days=1)


async def call_by_name(tx: Transaction, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Call who just turned out to have closed their private messages, in their group's thread if there is one.

    Whom that is known of gets no further word there: announcements call them by name when they are released.
    """
    for outcome in outcomes:
        if not (isinstance(outcome, Undeliverable) and outcome.closed and outcome.claimed.op == "send"):
            continue
        if thread := await closed_store.thread_for(tx, outcome.claimed.id):
            with under_reference(outcome.claimed.reference):
                await (_say_there(tx, outcome, thread, now) if outcome.claimed.copy else _tell_there(tx, thread, now))


async def _say_there(tx: Transaction, outcome: Undeliverable, thread: GroupThread, now: datetime) -> None:
    """The copy goes to the thread, and is corrected and taken back there; for several in one thread it is one."""
    copy = outcome.claimed.copy
    assert copy is not None
    there = await closed_store.copy_in(tx, copy.announcement_id, thread)
    if there is None:
        await closed_store.move(tx, outcome.claimed.id, thread, now)
        return
    await closed_store.drop(tx, outcome.claimed.id)
    if not there.waits:
        await _call(tx, View((_("What was announced above is for you too."),)), thread, now)
    elif thread.native_id not in there.mentions:
        await closed_store.mention(tx, there.id, [*there.mentions, thread.native_id])


async def _tell_there(tx: Transaction, thread: GroupThread, now: datetime) -> None:
    said = _(
        "I have something for you, and your private messages are closed. Allow those of this server, then write to me;"
        " or look here."
    )
    await _call(tx, View((said,), buttons_to(Way.HOME)), thread, now)


async def _call(tx: Transaction, view: View, thread: GroupThread, now: datetime) -> None:
    """Call somebody by name in their thread, once a day at most."""
    content, _carried = pack(view)
    await closed_store.call(tx, thread, content, now, unless_since=now - _ONCE_IN)
