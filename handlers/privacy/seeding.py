"""Shows in `rencontres config diff` which purposes organisers gave another last day, and can restore the days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.config import purpose_store
from bot.config.seeding import Seed
from bot.config.settings import Settings
from bot.content.texts import Reader, plain
from bot.database.engine import Transaction


async def _write(_tx: Transaction, _settings: Settings) -> None:
    """Write nothing: without a day that was chosen in chat, the configuration's counts."""


async def _differences(tx: Transaction, settings: Settings, now: datetime) -> Sequence[str]:
    from handlers.privacy.messages import in_english, until  # imported late, because it is needed only here

    reader = Reader("en", settings.gathering.zone)
    return [
        f"{plain(until(purpose, end), reader)} -> {await in_english(tx, settings, purpose, in_file, now)}"
        for purpose, end in await purpose_store.running(tx, settings, now)
        if (in_file := purpose.ends(settings)) != end
    ]


async def _apply(tx: Transaction, settings: Settings, _now: datetime) -> None:
    for purpose in settings.purposes:
        await purpose_store.choose_end(tx, settings, purpose, purpose.ends(settings))


SEED = Seed(write=_write, once=None, differences=_differences, apply=_apply, order=90)
