"""What happens to a person's theme when they leave the gathering or come back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.database.engine import Transaction
from bot.people.declared import AfterMembership
from bot.people.participants import Participant
from handlers.themes import service, store
from handlers.themes.service import ChoiceOutcome


async def _leave(tx: Transaction, person: Participant, now: datetime, quiet: bool) -> Mapping[str, Any]:
    """Free the seat of a person who leaves the gathering.

    Returns what they had chosen, to restore if they come back. With `quiet`, the caller notifies the organisers.
    """
    choice = await store.choice_of(tx, person.id)
    await service.leave_theme(tx, person.id, now, quiet=quiet)
    return {"theme": choice.theme, "second": choice.second, "awaited": choice.awaited}


async def _come_back(tx: Transaction, person: Participant, stored: Mapping[str, Any], now: datetime) -> None:
    """Restore what a person who comes back had chosen (`stored`). If their theme is full now, they wait for a seat."""
    keys = {theme.key for theme in await store.all_themes(tx)}
    first, second, awaited = (stored[wish] if stored[wish] in keys else None for wish in ("theme", "second", "awaited"))
    await store.put_choice(tx, person.id, None, second, now)
    if first and await service.choose_theme(tx, person, first, now) is ChoiceOutcome.FULL:
        awaited = first
    if awaited:
        await store.join_waiting_list(tx, person.id, awaited, now)


async def _before_erasing(tx: Transaction, person: Participant, now: datetime, _texts: bool) -> None:
    """Free the seat of a person who is about to be erased. Notices do not name them."""
    await service.leave_theme(tx, person.id, now, forgotten=True)


AFTER_MEMBERSHIP = AfterMembership(leave=_leave, come_back=_come_back, before_erasing=_before_erasing)
