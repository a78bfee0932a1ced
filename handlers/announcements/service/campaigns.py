"""Campaigns: announcements with a link and a deadline. They remind people before it, and end by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.background import reminder_store, reminding
from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject, number_of
from bot.content.lead_times import Lead, parse_lead
from bot.content.texts import Moment, Span, _
from bot.database.engine import Transaction
from bot.delivery import message_updates
from handlers.announcements.messages import remind
from handlers.announcements.model import Kind
from handlers.announcements.store import acknowledgements, announcements, contents
from handlers.reminders.service import remind_no_more

KIND: Kind = "campaign"
"""The `kind` of announcements that are campaigns, with which the subject (key) of a campaign's reminders begins too."""
LEADS: tuple[Lead, ...] = tuple(parse_lead(word) for word in ("7d", "3d", "1d", "3h", "1h"))
"""The times before its deadline at which a campaign can remind people, the longest first."""
USUAL_LEADS: tuple[Lead, ...] = tuple(parse_lead(word) for word in ("3d", "1d", "3h"))


def campaign_subject(campaign_id: int) -> str:
    """Return the subject (the key) under which a campaign's reminders are stored."""
    return f"{KIND}:{campaign_id}"


async def plan_reminders(
    tx: Transaction, campaign_id: int, deadline: datetime, zone: str, leads: Iterable[Lead], now: datetime
) -> None:
    """Replace a campaign's reminders with one for each of `leads`, which are times before its `deadline`.

    Reminders that would be in the past are left out. `zone` is the gathering's time zone.
    """
    await reminding.schedule(tx, campaign_subject(campaign_id), deadline, zone, leads, now)


async def planned_reminders(tx: Transaction, campaign_id: int) -> Sequence[Lead]:
    """Return how long before its deadline a campaign will remind people, for each reminder not sent yet."""
    return [other.lead for other in await reminder_store.planned(tx, campaign_subject(campaign_id))]


async def stop_reminding(tx: Transaction, campaign_id: int) -> None:
    """Delete the reminders of a campaign, if there are any."""
    await reminding.unschedule(tx, campaign_subject(campaign_id))


async def _notice(tx: Transaction, reminder: Reminder, now: datetime) -> Notice | None:
    """Return a campaign's reminder; None if the campaign is gone or over, not sent yet, or has another deadline now."""
    announcement = await announcements.find_announcement(tx, number_of(reminder.subject))
    content = await contents.find_words(tx, number_of(reminder.subject))
    if (
        announcement is None
        or content is None
        or announcement.kind != KIND
        or announcement.state not in ("sending", "sent")
    ):
        return None
    if announcement.deadline is None or announcement.deadline != reminder.about or announcement.deadline <= now:
        return None
    return Notice(announcement.audience, remind(content))


async def _name(tx: Transaction, reminder: Reminder) -> Span | None:
    """Return a line that says when a campaign ends; None if the campaign is gone or was not sent."""
    campaign = await announcements.find_announcement(tx, number_of(reminder.subject))
    if campaign is None or not campaign.is_out:
        return None
    return _("{time}: the deadline of a campaign", time=Moment(reminder.about))


CAMPAIGNS = Subject(kind=KIND, compose=_notice, name=_name, of_its_day=False)
"""The declaration, for the module that sends reminders, of how reminders of campaigns are composed and named."""


async def mark_done(tx: Transaction, campaign_id: int, participant_id: int, now: datetime) -> bool:
    """Store that a participant has done what a campaign asks, and cancel the participant's reminders of it.

    Returns False if the participant had confirmed it before.
    """
    await remind_no_more(tx, campaign_subject(campaign_id), participant_id)
    done = _("You said that you have done it.")
    await message_updates.close_messages(tx, campaign_subject(campaign_id), done, now, people=(participant_id,))
    return await acknowledgements.mark_seen(tx, campaign_id, participant_id, now)
