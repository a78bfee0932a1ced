"""Assigns new seats when somebody leaves the gathering, or is about to be erased, during encounters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.database.engine import Transaction
from bot.people.declared import AfterMembership
from bot.people.participants import Participant
from handlers.encounters import service, store


async def _leave(tx: Transaction, person: Participant, now: datetime, _quiet: bool) -> Mapping[str, Any]:
    for encounter in await store.sessions_of_guest(tx, person.id):
        await service.move(tx, encounter, person.id, now, here=False)
        if not encounter.seating:
            await store.forget_guest(tx, encounter.id, person.id)  # who comes back is expected again
    return {}


async def _before_erasing(tx: Transaction, person: Participant, now: datetime, _texts: bool) -> None:
    await _leave(tx, person, now, True)


AFTER_MEMBERSHIP = AfterMembership(leave=_leave, before_erasing=_before_erasing)
