"""Stores the phases of config.toml once, and later lists how the stored phases differ from the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.config.differences import list_differences, word_differences
from bot.config.seeding import Seed
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.workshops.model import Phase
from handlers.workshops.settings import PhaseSettings
from handlers.workshops.store import phases


def _configured(settings: Settings) -> Sequence[Phase]:
    """Return the phases of config.toml in the order of the file."""
    return [
        Phase(phase.key, position, phase.title, phase.instruction, phase.example, phase.minutes, phase.collects)
        for position, phase in enumerate(settings.all_of(PhaseSettings))
    ]


async def _write(tx: Transaction, settings: Settings) -> None:
    for phase in _configured(settings):
        await phases.put_phase(tx, phase)


async def _differences(tx: Transaction, settings: Settings, _now: datetime) -> Sequence[str]:
    return list(list_differences("phase", await phases.all_phases(tx), _configured(settings), _compare))


def _compare(stored: Phase, configured: Phase) -> Iterator[str]:
    yield from word_differences("title", stored.title, configured.title)
    yield from word_differences("instruction", stored.instruction, configured.instruction)
    yield from word_differences("example", stored.example, configured.example)
    if stored.minutes != configured.minutes:
        yield f"minutes: {stored.minutes} -> {configured.minutes}"
    if stored.collects != configured.collects:
        yield f"collects: {stored.collects} -> {configured.collects}"


async def _apply(tx: Transaction, settings: Settings, _now: datetime) -> None:
    await _write(tx, settings)


SEED = Seed(write=_write, once="phases_seeded", differences=_differences, apply=_apply, order=40)
