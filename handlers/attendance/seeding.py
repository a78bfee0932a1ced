"""Creates the key of badges at every start if there is none, because showing a badge only reads the store."""

from __future__ import annotations

from bot.config.seeding import Seed
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.attendance.store import badges


async def _write(tx: Transaction, _settings: Settings) -> None:
    await badges.make_key(tx)


SEED = Seed(write=_write, once=None)
