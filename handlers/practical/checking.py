"""What `rencontres check` checks about practical information: whether somebody of the team has read it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config import setting_store
from bot.config.findings import Finding, left_from_the_example
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.practical import store
from handlers.practical.settings import PracticalSettings


async def check(tx: Transaction | None, settings: Settings) -> Sequence[Finding]:
    """Return a warning that names the sections with unconfirmed texts of config.example.toml.

    The list is empty if there is no such section. The sections are read from the database or, if `tx` is None because
    the bot was never started, from config.toml.
    """
    locales = settings.gathering.locales
    if tx and await setting_store.get(tx, store.SEEDED):
        keys = [section.key for section in await store.sections_to_confirm(tx, locales)]
        remedy = "in chat: /organise, Practical information"
    else:
        sections = settings.all_of(PracticalSettings)
        keys = [section.key for section in sections if not {*section.invented}.isdisjoint(locales)]
        remedy = "write your own in config.toml, or confirm them in chat"
    return left_from_the_example("practical", keys, remedy)
