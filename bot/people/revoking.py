"""Shutting someone out, and letting them in again as if nothing had been."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.content.roles import Who
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import participant_store, rights, secrets
from bot.people.participants import Participant
from handlers.themes import service as choosing
from handlers.themes import store as themes
from handlers.themes.service import Outcome
from handlers.workshops import call_store


async def revoke(tx: Transaction, person: Participant, now: datetime) -> dict[str, Any]:
    """Close every door to someone and free their place; what `reinstate` needs, as JSON values."""
    choice = await themes.choice_of(tx, person.id)
    await outbox.refresh_membership(tx, person.id, now, ended=True)
    await call_store.hand_on(tx, person.id, leaves=True)
    await choosing.leave(tx, person.id, now)
    await participant_store.set_status(tx, person.id, "revoked")
    await participant_store.set_organises(tx, person.id, False)
    await rights.taken(tx, person, Who.FACILITATOR, now)
    accounts = [account.id for account in await participant_store.accounts_of(tx, person.id) if account.id]
    await participant_store.detach(tx, person.id, accounts, now)
    return {
        "status": person.status,
        "organises": person.organises,
        "preferred": person.preferred_account,
        "theme": choice.theme,
        "second": choice.second,
        "awaited": choice.awaited,
        "secrets": await secrets.take_away(tx, person.id),
        "accounts": accounts,
    }


async def reinstate(tx: Transaction, person: Participant, kept: Mapping[str, Any], now: datetime) -> None:
    """Undo `revoke`. Who lost their place in a theme to someone else waits for it."""
    await participant_store.set_status(tx, person.id, kept["status"])
    await participant_store.set_organises(tx, person.id, kept["organises"])
    await secrets.give_back(tx, kept["secrets"])
    await participant_store.reattach(tx, person.id, kept["accounts"])
    if kept["preferred"] is not None:
        await participant_store.prefer(tx, person.id, kept["preferred"])
    still = {theme.key for theme in await themes.all_themes(tx)} | {None}
    first, second, awaited = (kept[wish] if kept[wish] in still else None for wish in ("theme", "second", "awaited"))
    await themes.choose(tx, person.id, None, second, now)
    if first and await choosing.choose(tx, person, first, now) is Outcome.FULL:
        awaited = first
    if awaited:
        await themes.wait(tx, person.id, awaited, now)
    await outbox.refresh_membership(tx, person.id, now)
