"""Putting into the outbox: one row a recipient, in the transaction that causes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.content.delivery_kinds import REPORT
from bot.content.roles import Who
from bot.content.stored_views import pack, unpack
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import channel_store, delivery_store, outbox_store
from bot.delivery.outbox_store import OutboxMessage
from bot.people import facilitator_store
from bot.people.notifications import Topic


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
    pushes = await outbox_store.pushes_of(tx, participant_id)
    if pushes is None:
        return False
    stopped, muted = pushes
    if (stopped and not asked) or (topic and topic in json.loads(muted)):
        return False
    message = await _message(tx, view, now, due=due, subject=subject, about=about)
    return await outbox_store.add_for_person(
        tx, participant_id, message, urgent=urgent, asked=asked, account_id=account_id
    )


async def notifiable(tx: Transaction, participant_ids: Collection[int]) -> frozenset[int]:
    """Which of these people `notify` tells what they did not ask for: they have an account and have not stopped."""
    return await outbox_store.notifiable(tx, participant_ids)


async def notify_organisers(
    tx: Transaction,
    view: View,
    now: datetime,
    *,
    but: int | None = None,
    about: int | None = None,
    subject: str = "",
    report: bool = False,
) -> int:
    """Tell every organiser but one (who did it); how many. `about` and `subject` as for `notify`.

    A `report` is what somebody else says of the participant it is `about`: these did nothing, and are not told of it.
    """
    message = await _message(tx, replace(view, who=Who.ORGANISER), now, subject=subject, about=about)
    if report:
        message = replace(message, kind=REPORT)
    return await outbox_store.add_for_organisers(tx, message, but=but)


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
    message = await _message(tx, view, now, due=due, subject=subject, about=about)
    told: list[int] = []
    for group_id in group_ids:
        told += await outbox_store.add_for_group(tx, group_id, message, but=but)
    return told


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
    return frozenset([person for group_id in group_ids for person in await outbox_store.told_in_thread(tx, group_id)])


async def notify_channels(tx: Transaction, group_ids: Iterable[int], view: View, now: datetime) -> int:
    """Say something in the places of groups, in the gathering's first language; in how many, those that are made."""
    message = await _message(tx, view, now)
    return sum([await outbox_store.add_in_places(tx, group_id, message) for group_id in group_ids])


async def refresh_membership(tx: Transaction, participant_id: int, now: datetime, *, ended: bool = False) -> None:
    """Bring nickname and roles of a person in step with what was just decided, on every platform that has them.

    `ended`: their accounts are about to be nobody's.
    """
    await outbox_store.follow_membership(tx, participant_id, now, theirs=not ended)
    await channel_store.want_of(tx, participant_id, now)


async def leave_places(tx: Transaction, participant_id: int, account_ids: Iterable[int], now: datetime) -> None:
    """Take accounts that are about to be nobody's out of every place of a person, and close the pages they look at."""
    for account_id in account_ids:
        await outbox_store.leave(tx, account_id, now)
    await channel_store.want_of(tx, participant_id, now)


async def look_again(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Let whoever has a person's page open see at once what they may see from now on."""
    await outbox_store.look_again(tx, participant_id, now)


async def came_back(tx: Transaction, platform: str, native_id: str, entered: datetime, now: datetime) -> bool:
    """Someone entered the shared place of a platform, after their account was linked: perhaps they had left it.

    Leaving took nickname, roles and the group's thread from them; they get all of it again. False where there is
    nothing to give back.
    """
    known = await outbox_store.linked_before(tx, platform, native_id, entered)
    if known is None:
        return False
    account_id, participant_id = known
    await channel_store.let_out(tx, account_id)
    await refresh_membership(tx, participant_id, now)
    return True


async def refresh_channels(tx: Transaction, group_ids: Iterable[int], now: datetime) -> None:
    """Bring what shows groups in step with them: their places (made, renamed, closed), and the panels they are on.

    Only groups of published rounds have places; publish first, then call this. A group that is dissolved loses its.
    """
    changed = list(group_ids)
    await channel_store.want(tx, changed, now)
    await facilitator_store.touch_panels(tx, changed)


async def last_about(tx: Transaction, subject: str) -> datetime | None:
    """When somebody was last told something of a subject; None where nobody was."""
    return await outbox_store.last_about(tx, subject)


async def follow(
    tx: Transaction, subject: str, change: Callable[[View], View], now: datetime, *, participant_id: int | None = None
) -> None:
    """What messages tell of has changed, or is over: each says what `change` makes of it, wherever it stands.

    `participant_id`: only what that person got. Each is edited once for a change, over a minute, and only where it
    reads otherwise then; what has not left is changed before it does.
    """
    contents = await outbox_store.telling_of(tx, subject, participant_id)
    changed: dict[str, str] = {}
    for content in set(contents.values()):
        view = unpack(content, None)
        after = change(view)
        changed[content] = content if after == view else pack(replace(after, quiet=True))[0]
    behind = {delivery: changed[content] for delivery, content in contents.items() if changed[content] != content}
    await outbox_store.change(tx, behind, now)


async def _message(
    tx: Transaction,
    view: View,
    now: datetime,
    *,
    due: datetime | None = None,
    subject: str = "",
    about: int | None = None,
) -> OutboxMessage:
    """What the rows of one message have in common; the file it carries is stored once."""
    content, carried = pack(view)
    file_id = None if carried is None else await outbox_store.keep_file(tx, carried)
    return OutboxMessage(content, file_id, view.who or Who.ANYONE, subject, about, due or now, now, tx.reference)
