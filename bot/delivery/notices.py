"""How often others are told of what one person does: so many notices an hour, and no more."""

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
    """Let pass who is about to do something that others are told of. Raises UserError for one time too many an hour."""
    oldest = await delivery_store.told_before(tx, person.id, limits.most(settings.limits.notices, person))
    if (again := limits.an_hour_after(oldest, now)) is not None:
        raise _told_often(settings, person, again)


async def may_tell(tx: Transaction, settings: Settings, person: Participant, now: datetime) -> bool:
    """Whether others are told of what someone does, where it can be done all the same: they find it when they look."""
    oldest = await delivery_store.told_before(tx, person.id, limits.most(settings.limits.notices, person))
    return limits.an_hour_after(oldest, now) is None


def _told_often(settings: Settings, person: Participant, again: datetime) -> UserError:
    return UserError(
        _(
            "Easy: others were told {most} times of what you do within an hour. Nothing was changed: do this again"
            " from {time} on.",
            most=limits.most(settings.limits.notices, person),
            time=Moment(limits.full_minute(again), "time"),
        )
    )
