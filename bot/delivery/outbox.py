"""Enqueues messages to people and groups: one row of the outbox for each recipient, in the transaction of the cause."""

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
    """Send a message to one person, on the account they prefer among those that can be reached.

    `asked` marks an answer to something they asked: it is also sent to people who stopped all messages, and goes to
    `account_id`, where they asked, if that is given. `urgent` overtakes other messages. With a `topic`, people who
    muted that get nothing. The message is deleted together with the participant it is `about`; `subject` is the key
    by which `follow` finds it. It leaves when it is `due`, by default at once.

    Returns False when the person has no account, stopped all messages, or muted the topic.
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
    """Return which of these people `notify` reaches unasked: they have an account and have not stopped messages."""
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
    """Send a message to every organiser except `but`, who caused it. Returns to how many.

    `about` and `subject` are as for `notify`. A `report` is what somebody else says of the participant it is `about`,
    who does not get to read it.
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
    """Send an urgent message to the members of groups, in the group's channel or in private.

    It goes to the channel on platforms that speak in channels, where the group has one; to all others in private.
    `but` is the id of the person who caused it, and gets none. Returns the ids of the deliveries, one for each person
    and each channel.
    """
    message = await _message(tx, view, now, due=due, subject=subject, about=about)
    delivery_ids: list[int] = []
    for group_id in group_ids:
        delivery_ids += await outbox_store.add_for_group(tx, group_id, message, but=but)
    return delivery_ids


async def replace_messages(tx: Transaction, delivery_ids: Iterable[int], view: View, now: datetime) -> None:
    """Replace messages that no longer hold: those that arrived are edited to `view`, those that wait are cancelled.

    A message that is just leaving is edited once it arrived; one that its reader deleted is not sent again. Raises
    ValueError for a view with a file.
    """
    content, carried = pack(view)
    if carried is not None:
        raise ValueError("what is said instead carries no file")
    await delivery_store.replace_messages(tx, delivery_ids, content, now)


async def members_told_in_threads(tx: Transaction, group_ids: Iterable[int]) -> frozenset[int]:
    """Return the ids of the members whom `notify_groups` reaches in their group's thread, perhaps in private too."""
    return frozenset(
        [person for group_id in group_ids for person in await outbox_store.members_told_in_thread(tx, group_id)]
    )


async def notify_channels(tx: Transaction, group_ids: Iterable[int], view: View, now: datetime) -> int:
    """Send a message to every existing channel of groups, in the gathering's first language. Returns to how many."""
    message = await _message(tx, view, now)
    return sum([await outbox_store.add_in_channels(tx, group_id, message) for group_id in group_ids])


async def refresh_membership(tx: Transaction, participant_id: int, now: datetime, *, ended: bool = False) -> None:
    """Bring a person's nickname, roles and groups' channels in step with the store, on every platform that has them.

    `ended` says that the person's accounts are about to be unlinked.
    """
    await outbox_store.follow_membership(tx, participant_id, now, owned=not ended)
    await channel_store.request_sync_of_person(tx, participant_id, now)


async def leave_channels(tx: Transaction, participant_id: int, account_ids: Iterable[int], now: datetime) -> None:
    """Remove accounts that are about to be unlinked from every channel of a person, and close their open pages."""
    for account_id in account_ids:
        await outbox_store.leave(tx, account_id, now)
    await channel_store.request_sync_of_person(tx, participant_id, now)


async def refresh_pages(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Have the open pages of a person show at once what the person may see from now on."""
    await outbox_store.refresh_pages(tx, participant_id, now)


async def restore_membership(tx: Transaction, platform: str, native_id: str, entered: datetime, now: datetime) -> bool:
    """Give nickname, roles and groups' channels back to a person who entered the shared chat after linking an account.

    The person may have left the chat in between, which took all of that away. Returns False for an account that was
    not linked before `entered`.
    """
    linked = await outbox_store.linked_before(tx, platform, native_id, entered)
    if linked is None:
        return False
    account_id, participant_id = linked
    await channel_store.forget_admissions(tx, account_id)
    await refresh_membership(tx, participant_id, now)
    return True


async def refresh_channels(tx: Transaction, group_ids: Iterable[int], now: datetime) -> None:
    """Bring the channels of groups in step with them (created, renamed, closed), and the panels that show them.

    Only groups of published rounds have channels: publish first, then call this. A dissolved group loses its channel.
    """
    changed = list(group_ids)
    await channel_store.request_sync(tx, changed, now)
    await facilitator_store.touch_panels(tx, changed)


async def last_notified_at(tx: Transaction, subject: str) -> datetime | None:
    """Return when a message of a subject was last enqueued; None where none was."""
    return await outbox_store.last_notified_at(tx, subject)


async def follow(
    tx: Transaction, subject: str, change: Callable[[View], View], now: datetime, *, participant_id: int | None = None
) -> None:
    """Change the messages of a subject, which has changed or is over, to what `change` returns for their view.

    With a `participant_id`, only that person's messages. Messages that arrived are edited within about a minute, those
    that wait are changed before they leave, and a message whose view stays the same is left alone.
    """
    contents = await outbox_store.contents_of_subject(tx, subject, participant_id)
    changed: dict[str, str] = {}
    for content in set(contents.values()):
        view = unpack(content, None)
        after = change(view)
        changed[content] = content if after == view else pack(replace(after, quiet=True))[0]
    new_contents = {
        delivery_id: changed[content] for delivery_id, content in contents.items() if changed[content] != content
    }
    await outbox_store.change_contents(tx, new_contents, now)


async def _message(
    tx: Transaction,
    view: View,
    now: datetime,
    *,
    due: datetime | None = None,
    subject: str = "",
    about: int | None = None,
) -> OutboxMessage:
    """Return what the rows of one message have in common, after storing the file that it carries once."""
    content, carried = pack(view)
    file_id = None if carried is None else await outbox_store.store_file(tx, carried)
    return OutboxMessage(content, file_id, view.who or Who.ANYONE, subject, about, due or now, now, tx.reference)
