"""Hides messages on the page of a person who lost a role, if they may no longer read them."""

from __future__ import annotations

from datetime import datetime

from bot.content.roles import Who
from bot.database.engine import Transaction
from bot.people.declared import AfterMembership
from bot.people.participants import Participant
from bot.platforms.web import page_store


async def _loses_role(tx: Transaction, person: Participant, least: Who, now: datetime) -> None:
    """Withhold the messages of the person's page that are for the role `least` or a higher one."""
    await page_store.withhold(tx, person.id, least, now)


PAGES_FOLLOW = AfterMembership(loses_role=_loses_role)
