"""Sends scheduled announcements at their time, and ends campaigns. What was due during an outage is done after it.

The messages of an announcement to very many people are enqueued, changed or cancelled in several steps.
"""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.config.settings import Settings
from bot.conversation import live_screens
from bot.database.engine import Transaction
from handlers.announcements.progress import screen_of
from handlers.announcements.service import continuing, releasing
from handlers.announcements.service.campaigns import stop_reminding
from handlers.announcements.service.changing import change_some
from handlers.announcements.store import announcements, campaigns, sending, unfinished


class ScheduledAnnouncements:
    """A source of due work: says when scheduled announcements are due, and sends them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Mark announcements as sent whose last message was sent just before the program stopped."""
        await finish_unnoticed(tx, now)

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """Return when the next announcement is due, perhaps in the past; None if none is scheduled or unfinished.

        An announcement is unfinished while some of its messages must still be enqueued, changed or withdrawn. The
        present time `_now` makes no difference.
        """
        dues = (await announcements.next_announcement_due(tx), await unfinished.unfinished_since(tx))
        return min((due for due in dues if due is not None), default=None)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Enqueue messages of the first due announcement, or continue with an unfinished one. Returns None for none."""
        if await releasing.release_due_announcement(tx, self._settings, now):
            return Released(1)
        announcement = await continuing.go_on(tx, self._settings, now)
        if announcement is None:
            return None
        if not announcement.is_unfinished:
            await live_screens.touch(tx, screen_of(announcement.id))
        return Released()


class Campaigns:
    """A source of due work: says when campaigns end, and then edits their messages to say so."""

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing, since a campaign that ended while the program was stopped is still due."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the next campaign ends, perhaps in the past; None if no campaign is running."""
        return await campaigns.next_campaign_end(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """End the first campaign whose deadline has passed. Returns None if no deadline has passed.

        If a campaign has very many messages, most of them are edited later, some at a time.
        """
        for campaign_id in (await campaigns.ended_campaigns(tx, now))[:1]:
            await campaigns.end_campaign(tx, campaign_id)
            await stop_reminding(tx, campaign_id)
            campaign = await announcements.find_announcement(tx, campaign_id)
            assert campaign is not None
            return Released(await change_some(tx, campaign, now))
        return None


async def finish_unnoticed(tx: Transaction, now: datetime) -> int:
    """Mark announcements as sent whose last message was sent without the program noticing; return how many.

    This happens if the program was killed at that moment, or if the last messages were to people who were erased.
    """
    before = await sending.announcements_being_sent(tx)
    await sending.finish_announcements(tx, before, now)
    finished = set(before) - {*await sending.announcements_being_sent(tx)}
    for announcement_id in sorted(finished):
        await live_screens.touch(tx, screen_of(announcement_id))
    return len(finished)
