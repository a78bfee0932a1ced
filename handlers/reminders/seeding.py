"""Stores at every start how long before a session people are reminded, as configured."""

from __future__ import annotations

from bot.background.reminding import Configured, configure
from bot.config.seeding import Seed
from bot.config.settings import Settings
from bot.content.lead_times import Lead
from bot.database.engine import Transaction
from handlers.reminders.settings import ReminderSettings
from handlers.themes.model import THEMES

_DAY_MINUTES = 24 * 60


def _configured(settings: Settings) -> Configured:
    """Return the times of reminders in the configuration file."""
    given = settings.of(ReminderSettings)
    eve = Lead(minutes=_DAY_MINUTES - given.eve.hour * 60 - given.eve.minute) if given.eve else None
    leads = {**given.leads_by_kind, THEMES: given.themes}
    return Configured(settings.gathering.zone, leads, eve, frozenset(given.asked))


async def _write(tx: Transaction, settings: Settings) -> None:
    await configure(tx, _configured(settings))


SEED = Seed(write=_write, once=None)
