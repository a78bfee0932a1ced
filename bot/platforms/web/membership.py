"""Hides messages on a page from people who may no longer read them: they lost a role, or got a new invitation."""

from __future__ import annotations

from datetime import datetime

from bot.content.roles import Required
from bot.database.engine import Transaction
from bot.people.declared import AfterMembership
from bot.people.participants import Participant
from bot.platforms.web import page_store


async def _loses_role(tx: Transaction, person: Participant, lost: Required, now: datetime) -> None:
    """Withhold the messages of the person's page that they may not read any more."""
    await page_store.withhold(tx, person.id, lost, now)


async def _renewed(tx: Transaction, person: Participant, _now: datetime) -> None:
    """Delete what is confidential on the person's page: by a new invitation, its maker might come in as them."""
    await page_store.forget_confidential(tx, person.id)


PAGES_FOLLOW = AfterMembership(loses_role=_loses_role, renewed=_renewed)
