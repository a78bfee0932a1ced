"""Enqueues messages to people and groups: one outbox row for each recipient, in the transaction that causes them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.content.delivery_kinds import CONFIDENTIAL, MESSAGE, REPORT
from bot.content.delivery_kinds import Telling as Telling  # what is told is said where it is told
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
    telling: Telling,
    *,
    account_id: int | None = None,
    topic: Topic | None = None,
    about: int | None = None,
    subject: str = "",
    due: datetime | None = None,
    kind: str = MESSAGE,
) -> bool:
    """Enqueue a message to one participant, on the account they prefer among those that can be reached.

    `telling` says why the message is sent, which decides who gets it, and when. `account_id` is the account from which
    the person asked for the message, and to which it is then sent; None for the preferred one. With a `topic`, people
    who muted that topic get nothing. `about` is a participant: when they are deleted, the message is deleted too.
    `subject` is the key by which `follow` finds the message again. The message is sent at the instant `due`, by default
    at once. `kind` is the kind of message, as stored in the outbox.

    Returns False if nothing was enqueued: the participant has no account, stopped all messages, or muted the topic.
    """
    pushes = await outbox_store.pushes_of(tx, participant_id)
    if pushes is None:
        return False
    stopped, muted = pushes
    if (stopped and not telling.reaches_stopped) or (topic and topic in json.loads(muted)):
        return False
    message = await _message(tx, view, now, due=due, subject=subject, about=about, kind=kind)
    return await outbox_store.add_for_person(
        tx, participant_id, message, rank=telling.rank, asked=telling.asked, account_id=account_id
    )


async def notify_many(
    tx: Transaction,
    participant_ids: Collection[int],
    view: View,
    now: datetime,
    telling: Telling,
    *,
    topic: Topic | None = None,
    subject: str = "",
    due: Mapping[int, datetime] = MappingProxyType({}),
) -> int:
    """Enqueue the same message to each of these participants, and return the number of people who get it.

    `telling` says why the message is sent, which decides who gets it, and when. People who muted the `topic` get
    nothing. `subject` is the key by which `follow` finds the message again. `due` has the instants at which messages
    are sent, by participant id; other people's messages are sent at once.
    """
    by_due: dict[datetime, list[int]] = defaultdict(list)
    for participant_id in participant_ids:
        by_due[due.get(participant_id, now)].append(participant_id)
    enqueued = 0
    if by_due:
        message = await _message(tx, view, now, subject=subject)
        for instant, people in by_due.items():
            enqueued += await outbox_store.add_for_people(tx, people, replace(message, due=instant), telling, topic)
    return enqueued


async def notify_everywhere(
    tx: Transaction, participant_ids: Collection[int], view: View, now: datetime, *, subject: str = ""
) -> None:
    """Enqueue an urgent message that nobody may miss to participants, on every account they have.

    The message ignores quiet hours, the limit of two messages a day and muted topics. It is sent even to people who
    stopped all messages, and to accounts that refuse private messages or were out of reach. `subject` is the key by
    which `follow` finds the message again. If there were earlier messages with this subject, accounts that got none of
    them come first.
    """
    message = await _message(tx, view, now, subject=subject)
    await outbox_store.add_everywhere(tx, participant_ids, message)


async def push_live_screen(tx: Transaction, key: str, participant_ids: Collection[int]) -> None:
    """Show participants a live screen, which is a message that is edited when its content changes.

    `key` says which screen, as «kind:subject». The screen arrives on the account that `notify` would choose. Nothing is
    sent to people who already have the screen on that account, who stopped all messages, or who have no account that
    accepts messages they did not ask for.
    """
    await push_live_screens(tx, dict.fromkeys(participant_ids, key))


async def push_live_screens(tx: Transaction, keys: Mapping[int, str]) -> None:
    """Show each participant a live screen of their own, a message that is edited whenever what it shows changes.

    `keys` has the key of the screen («kind:subject») by the participant's id. Nothing is sent to people who already
    have their screen, who stopped all messages, or who have no account that accepts messages they did not ask for.
    """
    await outbox_store.push_live_screens(tx, keys)


async def notifiable(tx: Transaction, participant_ids: Collection[int]) -> frozenset[int]:
    """Return which of these participants have an account and have not stopped all messages."""
    return await outbox_store.notifiable(tx, participant_ids)


async def notify_organisers(
    tx: Transaction,
    view: View,
    now: datetime,
    telling: Telling,
    *,
    but: int | None = None,
    about: int | None = None,
    subject: str = "",
    report: bool = False,
) -> int:
    """Enqueue a message to every organiser except `but`, the one who caused it. Returns the number of recipients.

    `telling` says why the message is sent, which decides who gets it, and when. `about` is a participant: when they are
    deleted, the message is deleted too. `subject` is the key by which `follow` finds the message again. `report` says
    that the message comes, or may come, from somebody else than the participant `about`, who must not read it.
    """
    message = await _message(tx, replace(view, who=Who.ORGANISER), now, subject=subject, about=about)
    if report:
        message = replace(message, kind=REPORT)
    return await outbox_store.add_for_organisers(tx, message, telling, but=but)


async def notify_groups(
    tx: Transaction,
    group_ids: Iterable[int],
    view: View,
    now: datetime,
    *,
    but: int | None = None,
    people: Collection[int] | None = None,
    about: int | None = None,
    subject: str = "",
    due: datetime | None = None,
) -> Sequence[int]:
    """Enqueue an urgent message to the members of groups, and return the ids of its rows in the outbox.

    If a group has a thread on a platform, the message is sent to the thread. Otherwise each member gets it in private,
    unless they refuse messages that they did not ask for. The participant `but`, who caused the message, gets no
    private message. With `people`, the message is only for these members: no other member gets it in private, and a
    thread gets it only if one of these members reads the thread.

    `about` is a participant: when they are deleted, the message is deleted too. `subject` is the key by which `follow`
    finds the message again. The message is sent at the instant `due`, by default at once.
    """
    message = await _message(tx, view, now, due=due, subject=subject, about=about)
    delivery_ids: list[int] = []
    for group_id in group_ids:
        delivery_ids += await outbox_store.add_for_group(tx, group_id, message, but=but, people=people)
    return delivery_ids


async def call_back(tx: Transaction, subject: str) -> bool:
    """Delete the messages about a `subject`, such as «session:12», if none of them has been sent yet.

    Returns True if they were deleted. Returns False, and deletes nothing, if there are none or if one was already sent.
    """
    return await outbox_store.call_back(tx, subject)


async def replace_messages(tx: Transaction, delivery_ids: Iterable[int], view: View, now: datetime) -> None:
    """Replace messages that are no longer true: arrived ones are edited to `view`, waiting ones are cancelled.

    `delivery_ids` are the ids of their rows in the outbox. A message that is being sent is edited after it arrived. A
    message that its reader deleted is not sent again. Raises ValueError for a view with a file.
    """
    content, carried = pack(view)
    if carried is not None:
        raise ValueError("what is said instead carries no file")
    await delivery_store.replace_messages(tx, delivery_ids, content, now)


async def members_told_in_threads(tx: Transaction, group_ids: Iterable[int]) -> frozenset[int]:
    """Return the ids of the members of these groups whom `notify_groups` reaches by their group's thread.

    They may have got other messages in private.
    """
    return frozenset(
        [person for group_id in group_ids for person in await outbox_store.members_told_in_thread(tx, group_id)]
    )


async def notify_channels(tx: Transaction, group_ids: Iterable[int], view: View, now: datetime) -> int:
    """Enqueue a message to every existing channel (thread or topic) of these groups. Returns the number of channels.

    The message is written in the gathering's first language.
    """
    message = await _message(tx, view, now)
    return sum([await outbox_store.add_in_channels(tx, group_id, message) for group_id in group_ids])


async def refresh_membership(tx: Transaction, participant_id: int, now: datetime, *, ended: bool = False) -> None:
    """Have a participant's nickname, roles and groups' channels updated on every platform that has any of these.

    `ended` says that the participant's accounts are about to be unlinked, and that the update must be carried out even
    then.
    """
    await outbox_store.follow_membership(tx, participant_id, now, owned=not ended)
    await channel_store.request_sync_of_person(tx, participant_id, now)


async def leave_channels(tx: Transaction, participant_id: int, account_ids: Iterable[int], now: datetime) -> None:
    """Have accounts of a participant, which are about to be unlinked, removed from the channels of the person's groups.

    Open web pages of these accounts are closed.
    """
    for account_id in account_ids:
        await outbox_store.leave(tx, account_id, now)
    await channel_store.request_sync_of_person(tx, participant_id, now)


async def refresh_pages(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Have the open web pages of a participant redrawn, because what the participant may see has changed."""
    await outbox_store.refresh_pages(tx, participant_id, now)


async def restore_membership(tx: Transaction, platform: str, native_id: str, entered: datetime, now: datetime) -> bool:
    """Restore the nickname, roles and groups' channels of a participant who entered a platform's shared chat.

    If the participant had left the chat before, the platform took all of these away. `native_id` is the platform's id
    of the participant's account, `entered` the instant at which they entered. Returns False, and does nothing, for an
    account that was linked to no participant before this instant.
    """
    linked = await outbox_store.linked_before(tx, platform, native_id, entered)
    if linked is None:
        return False
    account_id, participant_id = linked
    await channel_store.forget_admissions(tx, account_id)
    await refresh_membership(tx, participant_id, now)
    return True


async def refresh_channels(tx: Transaction, group_ids: Iterable[int], now: datetime) -> None:
    """Have groups' channels created, renamed or closed to match the present groups.

    The messages that show facilitators the groups are redrawn too. Only published groups have channels: publish the
    groups of the day first, then call this. A group that no longer exists loses its channel.
    """
    changed = list(group_ids)
    await channel_store.request_sync(tx, changed, now)
    await facilitator_store.touch_panels(tx, changed)


async def last_notified_at(tx: Transaction, subject: str) -> datetime | None:
    """Return when a message about a `subject`, such as «session:12», was last enqueued; None if none was."""
    return await outbox_store.last_notified_at(tx, subject)


async def follow(
    tx: Transaction,
    subject: str,
    change: Callable[[View], View],
    now: datetime,
    *,
    people: Collection[int] | None = None,
    pressing: bool = False,
) -> None:
    """Replace the views of all messages about a `subject` by what `change` returns for each view.

    The `subject`, such as «session:12», has changed or is closed. With `people`, only the messages to these
    participants change. A message that waits changes before it is sent. A message that arrived is edited within about a
    minute, or within seconds if the change is `pressing`: people then learn of it in no other way. A message for which
    `change` returns an equal view is left unchanged.
    """
    contents = await outbox_store.contents_of_subject(tx, subject, people)
    await _change(tx, contents, change, now, pressing=pressing)


async def follow_some(
    tx: Transaction, subject: str, change: Callable[[View], View], now: datetime, *, after: int, most: int
) -> int | None:
    """Replace the views of some messages about a `subject` by what `change` returns for each view.

    These are the next `most` messages whose ids are greater than `after`. Returns the value of `after` for the next
    call; None if there are no more messages. A message that arrived is edited; a message that waits changes before it
    is sent.
    """
    last = await outbox_store.end_of_some(tx, subject, after, most)
    contents = await outbox_store.contents_of_subject(tx, subject, None, after=after, last=last)
    await _change(tx, contents, change, now)
    return last


async def _change(
    tx: Transaction,
    contents: Mapping[int, str],
    change: Callable[[View], View],
    now: datetime,
    *,
    pressing: bool = False,
) -> None:
    """Replace the views of messages; `contents` are their stored views by delivery id."""
    changed: dict[str, str] = {}
    for content in set(contents.values()):
        view = unpack(content, None)
        after = change(view)
        changed[content] = content if after == view else pack(replace(after, quiet=True))[0]
    new_contents = {
        delivery_id: changed[content] for delivery_id, content in contents.items() if changed[content] != content
    }
    await outbox_store.change_contents(tx, new_contents, now, pressing=pressing)


async def _message(
    tx: Transaction,
    view: View,
    now: datetime,
    *,
    due: datetime | None = None,
    subject: str = "",
    about: int | None = None,
    kind: str = MESSAGE,
) -> OutboxMessage:
    """Return the data that the rows of one message share, after storing the file of the view once, if it has one."""
    content, carried = pack(view)
    file_id = None if carried is None else await outbox_store.store_file(tx, carried)
    message = OutboxMessage(content, file_id, view.who, subject, about, due or now, now, tx.reference, kind)
    return replace(message, kind=CONFIDENTIAL, reference=None) if view.confidential else message
