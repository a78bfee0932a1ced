"""What happens to a person's rides and seats when they leave the gathering or are about to be erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.database.engine import Transaction
from bot.people.declared import AfterMembership
from bot.people.participants import Participant
from handlers.rides import service, store


async def _leave(tx: Transaction, person: Participant, now: datetime, _quiet: bool) -> Mapping[str, Any]:
    """Cancel their rides to come and give their seats back; coming back restores nothing, as the others found rides."""
    for ride in await store.to_come(tx, person.id, now, own=True):
        await (service.cancel(tx, ride, now) if ride.drives else service.leave(tx, ride, person.id, now))
    return {}


AFTER_MEMBERSHIP = AfterMembership(leave=_leave, before_erasing=_leave)
