"""What is configured of reminders, and one more for who asks for it."""

from __future__ import annotations

from datetime import datetime

from bot.background.reminding import Configured
from bot.config.settings import Settings
from bot.content.leads import Lead, until
from bot.database.engine import Transaction
from handlers.reminders import store
from handlers.reminders.model import THEMES

_DAY_MINUTES = 24 * 60


def configured(settings: Settings) -> Configured:
    """What config.toml says."""
    given = settings.reminders
    eve = Lead(minutes=_DAY_MINUTES - given.eve.hour * 60 - given.eve.minute) if given.eve else None
    leads = {**given.leads_by_kind, THEMES: given.themes}
    return Configured(settings.gathering.zone, leads, eve, frozenset(given.asked))


async def remind_again(tx: Transaction, subject: str, about: datetime, participant_id: int, due: datetime) -> None:
    """Remind one person once more, at an instant; it takes the place of what they asked for before."""
    await store.forget_personal(tx, subject, participant_id)
    await store.add_personal(tx, subject, about, [(participant_id, until(about, due), due)])
