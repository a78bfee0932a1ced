"""Notifies the remaining presenters when one leaves or is erased after the group was told to come on stage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.database.engine import Transaction
from bot.people.declared import AfterMembership
from bot.people.participants import Participant
from handlers.plenary.service import presenting


async def _leave(tx: Transaction, person: Participant, _now: datetime, _quiet: bool) -> Mapping[str, Any]:
    """Tell who presents instead of a leaving person, who has just lost their group.

    Returns an empty mapping: there is nothing to store, as whoever comes back gets a group anew.
    """
    await presenting.replace_presenter(tx, person.id)
    return {}


async def _before_erasing(tx: Transaction, person: Participant, _now: datetime, _texts: bool) -> None:
    """Tell who presents instead of a person who is about to be erased and has just lost their group."""
    await presenting.replace_presenter(tx, person.id)


AFTER_MEMBERSHIP = AfterMembership(leave=_leave, before_erasing=_before_erasing)
