"""Stores the themes and the deadline of config.toml once; later lists differences from the stored ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.config.differences import list_differences, local_time, word_differences
from bot.config.seeding import Seed
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.themes import store
from handlers.themes.model import Theme
from handlers.themes.settings import ThemeSettings


async def _write(tx: Transaction, settings: Settings) -> None:
    for position, theme in enumerate(settings.all_of(ThemeSettings)):
        await store.put_theme(tx, theme.key, position, theme.title, theme.description, theme.capacity)
    await store.set_theme_deadline(tx, settings.gathering.deadline)


async def _differences(tx: Transaction, settings: Settings, _now: datetime) -> Sequence[str]:
    lines = list(list_differences("theme", await store.all_themes(tx), settings.all_of(ThemeSettings), _compare))
    stored, configured = await store.theme_deadline(tx), settings.gathering.deadline
    if stored != configured:
        zone = settings.gathering.zone
        lines.append(f"theme deadline: {local_time(stored, zone)} -> {local_time(configured, zone)}")
    return lines


def _compare(stored: Theme, configured: ThemeSettings) -> Iterator[str]:
    yield from word_differences("title", stored.title, configured.title)
    yield from word_differences("description", stored.description, configured.description)
    if stored.capacity != configured.capacity:
        yield f"capacity: {stored.capacity or 'no limit'} -> {configured.capacity or 'no limit'}"


async def _apply(tx: Transaction, settings: Settings, now: datetime) -> None:
    """Store the themes and the deadline of the file, and give new seats to the people who wait."""
    from handlers.themes import service  # imported late, because it loads much and is needed only here

    await _write(tx, settings)
    for theme in settings.all_of(ThemeSettings):
        await service.fill_free_seats(tx, theme.key, now)


SEED = Seed(write=_write, once="seeded", differences=_differences, apply=_apply, order=10)
