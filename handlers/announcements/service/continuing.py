"""Continues the work on announcements to very many people, a limited number of messages at a time."""

from __future__ import annotations

from datetime import datetime

from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.announcements.model import Announcement
from handlers.announcements.service.changing import call_back_some, change_some, read_again
from handlers.announcements.service.recipients import channel_of
from handlers.announcements.service.releasing import enqueue_some
from handlers.announcements.store import unfinished


async def go_on(tx: Transaction, settings: Settings, now: datetime) -> Announcement | None:
    """Continue with an announcement whose messages were too many for one step: enqueue, change or withdraw some more.

    Returns the announcement in its new state; None if no announcement is unfinished.
    """
    announcement = await unfinished.first_unfinished(tx)
    if announcement is None:
        return None
    if announcement.calling_back:
        await call_back_some(tx, announcement.id, announcement.calling_back, now)
    elif announcement.copied_to is not None:
        channel = await channel_of(tx, settings, announcement.audience)
        await enqueue_some(tx, announcement, now, due=announcement.copies_due or now, channel=channel)
    else:
        await change_some(tx, announcement, now)
    return await read_again(tx, announcement)
