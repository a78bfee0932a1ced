"""Releases announcements: enqueues a copy (a message) for each recipient, who is a person or a channel of many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.config.settings import Settings, SharedChannel
from bot.database.engine import Transaction
from bot.delivery.outgoing import Ended, Outcome
from bot.delivery.shared_channels import note_channel
from bot.people.audiences import Audience
from bot.people.participant_store import IdRange, next_ids
from handlers.announcements.model import GRACE, Announcement
from handlers.announcements.service.recipients import TOPIC, channel_of
from handlers.announcements.store import announcements, releases, sending, slices, unfinished
from handlers.announcements.store.releases import ClosedToCopies, CopyChannel, Release


async def release_announcement(
    tx: Transaction,
    settings: Settings,
    announcement: Announcement,
    now: datetime,
    *,
    urgent: bool = False,
    grace: timedelta = GRACE,
) -> bool:
    """Enqueue the messages of a draft or scheduled announcement, to be sent after `grace`.

    If there are very many, most messages are enqueued later, some at a time. With `urgent`, quiet hours and the limit
    of messages a day are ignored. Returns False, and enqueues nothing, if the announcement is neither a draft nor
    scheduled any more.
    """
    if not await announcements.begin_release(tx, announcement.id, now, urgent=urgent):
        return False
    channel = await channel_of(tx, settings, announcement.audience)
    await enqueue_some(tx, replace(announcement, urgent=urgent), now, due=now + grace, channel=channel)
    return True


async def release_due_announcement(tx: Transaction, settings: Settings, now: datetime) -> bool:
    """Enqueue messages of the first scheduled announcement that is due. Returns False if no announcement is due."""
    for first in (await announcements.due_announcements(tx, now))[:1]:
        await release_announcement(tx, settings, first, now, urgent=first.urgent, grace=timedelta())
        return True
    return False


async def enqueue_some(
    tx: Transaction, announcement: Announcement, now: datetime, *, due: datetime, channel: SharedChannel | None
) -> None:
    """Enqueue an announcement's messages to the next people (at most a fixed number), and store the progress.

    The first call also enqueues the messages in channels. `due` is when messages are to be sent. `channel` is the
    channel in which the announcement is posted for many people, None for none.
    """
    release = Release(announcement.id, announcement.urgent, due, now)
    channels = await _channels(tx, announcement.audience, channel)
    if announcement.copied_to is None:
        await releases.add_copies_in_channels(tx, release, channels)
    people = await next_ids(tx, announcement.copied_to or 0, slices.AT_ONCE)
    if people:
        await _copy_to(tx, release, announcement.audience, people, in_channels=bool(channels))
    more = people and await next_ids(tx, people.last, slices.AT_ONCE)
    await unfinished.note_copied(tx, announcement.id, people.last if people and more else None, due)
    if not more:
        await sending.finish_announcements(tx, [announcement.id], now)


async def _copy_to(
    tx: Transaction, release: Release, audience: Audience, people: IdRange, *, in_channels: bool
) -> None:
    """Enqueue copies for the given people who are in an audience."""
    await releases.add_copies(tx, release, audience, TOPIC, people, in_channels=in_channels)
    if not in_channels:
        await _mention_in_threads(tx, release, await releases.closed_to_copies(tx, release, audience, TOPIC, people))


async def go_on_without_channel(tx: Transaction, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Replace messages for channels that turned out to be deleted with a message to each person of the audience."""
    for outcome in outcomes:
        claimed = outcome.claimed
        to_a_channel = claimed.copy and claimed.op == "send" and not claimed.recipient.account_id
        if not (isinstance(outcome, Ended) and outcome.channel_gone and claimed.copy and to_a_channel):
            continue
        await note_channel(tx, claimed.recipient.chat, there=False)
        announcement = await announcements.find_announcement(tx, claimed.copy.original_id)
        if announcement and announcement.state == "sending" and announcement.kind != "ended campaign":
            await releases.forget_copy(tx, claimed.id)
            await enqueue_some(tx, replace(announcement, copied_to=None), now, due=now, channel=None)


async def _channels(tx: Transaction, audience: Audience, channel: SharedChannel | None) -> Sequence[CopyChannel]:
    """Return the channels in which an announcement is posted once for its audience: a group's own, or `channel`."""
    if audience.kind == "group":
        return await releases.channels_of_group(tx, audience.number)
    if audience.kind in ("all", "theme") and channel:
        return [CopyChannel(channel.platform, None, channel.chat, channel.role)]
    return []


async def _mention_in_threads(tx: Transaction, release: Release, people: Sequence[ClosedToCopies]) -> None:
    """Mention people who take no private messages in the thread of their last group.

    People without such a thread are stored as not reached.
    """
    if not people:
        return
    named: dict[tuple[str, int], list[str]] = defaultdict(list)
    mentioned = await releases.mentioned(tx, release.announcement_id)
    unreached = []
    for person in people:
        if person.native_id in mentioned:
            continue
        thread = await releases.last_thread(tx, person.participant_id, person.platform)
        if thread is not None:
            named[person.platform, thread].append(person.native_id)
        else:
            unreached.append(person)
    await releases.add_copies_in_threads(tx, release, named)
    await releases.add_unreached(tx, release, unreached)
