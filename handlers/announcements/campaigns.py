"""Campaigns: an announcement with a link and a deadline, that reminds people before it and stops by itself.

The words travel as any announcement's do (`handlers.announcements.service`), reminders as any others
(`bot.background.reminding`). Who has done it is noted like who has seen an announcement, and is reminded no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.background import reminder_store, reminding
from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject, number_of
from bot.background.scheduling import Released
from bot.content.leads import Lead, parse_lead
from bot.content.texts import Moment, Span, _
from bot.database.engine import Transaction
from bot.delivery import outbox, standing
from handlers.announcements import campaign_store, content_store, copy_store, store
from handlers.announcements.campaign_messages import end, remind
from handlers.announcements.messages import catch_up
from handlers.announcements.model import Kind
from handlers.reminders.service import spare

KIND: Kind = "campaign"
"""The kind of the subject of its reminders, and of the announcement."""
LEADS: tuple[Lead, ...] = tuple(parse_lead(word) for word in ("7d", "3d", "1d", "3h", "1h"))
"""How long before its end people can be reminded, the earliest first."""
USUAL_LEADS: tuple[Lead, ...] = tuple(parse_lead(word) for word in ("3d", "1d", "3h"))


def subject(campaign_id: int) -> str:
    """What its reminders are about."""
    return f"{KIND}:{campaign_id}"


async def plan(
    tx: Transaction, campaign_id: int, deadline: datetime, zone: str, leads: Iterable[Lead], now: datetime
) -> None:
    """Remind people so long before the deadline, and at no other time; what would be past already is left out."""
    await reminding.schedule(tx, subject(campaign_id), deadline, zone, leads, now)


async def planned(tx: Transaction, campaign_id: int) -> Sequence[Lead]:
    """How long before its deadline people will be reminded."""
    return [each.lead for each in await reminder_store.planned(tx, subject(campaign_id))]


async def stop_reminding(tx: Transaction, campaign_id: int) -> None:
    """Remind nobody of it any more: it was called back, withdrawn or thrown away. Without effect for other ones."""
    await reminding.unschedule(tx, subject(campaign_id))


async def _notice(tx: Transaction, reminder: Reminder, now: datetime) -> Notice | None:
    """What a campaign's reminder says; None for one that is no more, not out yet, or moved."""
    found = await store.find(tx, number_of(reminder.subject))
    content = await content_store.words(tx, number_of(reminder.subject))
    if found is None or content is None or found.kind != KIND or found.state not in ("sending", "sent"):
        return None
    if found.deadline is None or found.deadline != reminder.about or found.deadline <= now:
        return None
    return Notice(found.audience, remind(content))


async def _name(tx: Transaction, reminder: Reminder) -> Span | None:
    """When it ends; None for a campaign that is no more, or is not out."""
    campaign = await store.find(tx, number_of(reminder.subject))
    if campaign is None or not campaign.is_out:
        return None
    return _("{time}: the deadline of a campaign", time=Moment(reminder.about))


CAMPAIGNS = Subject(kind=KIND, compose=_notice, name=_name, of_its_day=False)
"""Campaigns, as people are reminded of them."""


async def did_it(tx: Transaction, campaign_id: int, participant_id: int, now: datetime) -> bool:
    """Note that someone has done it, and remind them no more. False when they had said so before."""
    await spare(tx, subject(campaign_id), participant_id)
    done = _("You said that you have done it.")
    await standing.settle(tx, subject(campaign_id), done, now, participant_id=participant_id)
    return await store.acknowledge(tx, campaign_id, participant_id, now)


class Campaigns:
    """What the ticker ends at the deadline: every copy that arrived says so from then on."""

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Nothing to put in order: what ended while nobody looked is due."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """When the next one ends; writes nothing."""
        return await campaign_store.next_end(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """End the first whose deadline has passed; None once there is none."""
        for campaign_id in (await campaign_store.ended(tx, now))[:1]:
            await campaign_store.end(tx, campaign_id)
            await stop_reminding(tx, campaign_id)
            await outbox.follow(tx, subject(campaign_id), end, now)
            await content_store.raise_revision(tx, campaign_id)
            await copy_store.cancel(tx, campaign_id, now)  # who has not got it by now need not
            edited = await catch_up(tx, campaign_id, now)
            await copy_store.finish(tx, [campaign_id], now)
            return Released(edited)
        return None
