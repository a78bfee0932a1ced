"""Writes the rounds (one day's groups each) of config.toml to the database at every start, the sizes of groups once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.config.differences import local_time
from bot.config.seeding import Seed
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.groups.model import Round
from handlers.groups.settings import GroupSettings
from handlers.groups.store.rounds import add_round, all_rounds
from handlers.groups.store.sizes import any_group_sizes, group_sizes, set_group_sizes


def _configured(settings: Settings) -> Sequence[Round]:
    """Return the rounds of config.toml, one a day from the gathering's first day on, unpublished."""
    gathering, groups = settings.gathering, settings.of(GroupSettings)
    rounds = []
    for number in range(1, groups.rounds + 1):
        later = timedelta(days=number - 1)
        meets_at = None if groups.meeting is None else gathering.instant(groups.meeting + later)
        rounds.append(Round(number, gathering.starts + later, meets_at, published=False))
    return rounds


async def _write(tx: Transaction, settings: Settings) -> None:
    for round_ in _configured(settings):
        await add_round(tx, round_.number, round_.day, round_.meets_at)
    if not await any_group_sizes(tx):
        await set_group_sizes(tx, *_sizes(settings))


def _sizes(settings: Settings) -> tuple[int, int, int]:
    """Return the smallest, the largest and the target size of a group, as config.toml says."""
    sizes = settings.of(GroupSettings)
    return sizes.smallest, sizes.largest, sizes.target


async def _differences(tx: Transaction, settings: Settings, _now: datetime) -> Sequence[str]:
    """Return a line for each difference between the stored rounds or sizes and config.toml.

    Only rounds that are published, or whose meeting was set in chat, keep a difference after a start.
    """
    lines = []
    zone, configured = settings.gathering.zone, {round_.number: round_ for round_ in _configured(settings)}
    for stored in await all_rounds(tx):
        state = "published" if stored.published else "set in chat"
        wanted = configured.get(stored.number)
        if wanted is None:
            lines.append(f"round {stored.number}: only in the database")
            continue
        if stored.day != wanted.day:
            lines.append(f"round {stored.number} ({state}), day: {stored.day} -> {wanted.day}")
        if stored.meets_at != wanted.meets_at:
            meetings = f"{local_time(stored.meets_at, zone)} -> {local_time(wanted.meets_at, zone)}"
            lines.append(f"round {stored.number} ({state}), first meeting: {meetings}")
    if (sizes := await group_sizes(tx)) != (wished := _sizes(settings)):
        lines.append(
            f"groups, smallest, largest and target: {', '.join(map(str, sizes))} -> {', '.join(map(str, wished))}"
        )
    return lines


async def _apply(tx: Transaction, settings: Settings, _now: datetime) -> None:
    """Store the sizes of the file; rounds follow it by themselves at every start."""
    await set_group_sizes(tx, *_sizes(settings))


SEED = Seed(write=_write, once=None, differences=_differences, apply=_apply, order=30)
