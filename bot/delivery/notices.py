"""Limits how often the actions of one person may notify others, per hour."""

from __future__ import annotations

from datetime import datetime

from bot.config.settings import Settings
from bot.content.errors import UserError
from bot.content.texts import Moment, _
from bot.database.engine import Transaction
from bot.delivery import delivery_store
from bot.people import limits
from bot.people.participants import Participant


async def not_too_often(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> None:
    """Raise UserError if others were notified too often in the last hour of what a person does."""
    oldest = await delivery_store.nth_last_notice(tx, person.id, limits.most(settings.limits.notices, person))
    if (again := limits.an_hour_after(oldest, now)) is not None:
        raise _limit_reached(settings, person, again)


async def may_tell(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> bool:
    """Return whether others may be notified of what a person does now.

    Returns False if others were notified too often in the last hour. Call this for actions that a person may do even if
    nobody is notified.
    """
    oldest = await delivery_store.nth_last_notice(tx, person.id, limits.most(settings.limits.notices, person))
    return limits.an_hour_after(oldest, now) is None


def _limit_reached(settings: Settings, person: Participant, again: datetime) -> UserError:
    return UserError(
        _(
            "Slow down: in an hour, others have had {most} messages about what you do. Nothing was changed: try"
            " again from {time} on.",
            most=limits.most(settings.limits.notices, person),
            time=Moment(limits.full_minute(again), "time"),
        )
    )
