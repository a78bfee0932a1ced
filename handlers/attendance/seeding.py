"""Creates the key of badges at the program's start if there is none, because the screen with a badge only reads."""

from __future__ import annotations

from bot.config.seeding import Seed
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.attendance.store import badges


async def _write(tx: Transaction, _settings: Settings) -> None:
    await badges.make_key(tx)


SEED = Seed(write=_write, once=None)
