"""What follows for persons of trust, and for who wrote to them, when somebody leaves or is erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.database.engine import Transaction
from bot.people.declared import AfterMembership
from bot.people.participants import Participant
from handlers.trust import service


async def _leave(tx: Transaction, person: Participant, now: datetime, _quiet: bool) -> Mapping[str, Any]:
    """End that somebody who leaves is a person of trust. Coming back does not make them one again."""
    await service.end_trust(tx, person.id, now, tell=False)
    return {}


async def _renewed(tx: Transaction, person: Participant, now: datetime) -> None:
    """Keep what was confided from whoever comes in by a new invitation, who might be its maker.

    Somebody who gets one is no person of trust any more, and does not read the conversations that they began.
    """
    await service.end_trust(tx, person.id, now)
    await service.close_all_of(tx, person.id, now)


async def _before_erasing(tx: Transaction, person: Participant, now: datetime, _texts: bool) -> None:
    """Erase the conversations that somebody began, on both sides, and free those in which they were trusted.

    The lists of checks that asked them are drawn anew, without them and where they said that they are.
    """
    await service.forget_all_of(tx, person.id, now)
    await service.show_anew(tx, person.id)


AFTER_MEMBERSHIP = AfterMembership(leave=_leave, renewed=_renewed, before_erasing=_before_erasing)
