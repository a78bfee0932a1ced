"""`rencontres config diff`: where config.toml says otherwise than what is in use, as each capability compares it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.cli.console import load, load_capabilities, opened, out
from bot.config.seeding import load_seeds
from bot.database.engine import Transaction
from handlers import CAPABILITIES


async def compare_config(config: Path | None, *, apply: bool) -> bool:
    """Show the differences, and let the file win if `apply`; False where they were shown only.

    What the file cannot change, like a round that is published, is shown again as what stays.
    """
    settings, seeds = load(config), load_seeds(CAPABILITIES)

    async def differences(tx: Transaction, now: datetime) -> list[str]:
        return [line for seed in seeds for line in await seed.differences(tx, settings, now)]

    async def unit(tx: Transaction) -> tuple[list[str], list[str]]:
        now = datetime.now(UTC)
        lines = await differences(tx, now)
        if not (apply and lines):
            return lines, lines
        for seed in seeds:
            await seed.apply(tx, settings, now)
        return lines, await differences(tx, now)

    if apply:
        load_capabilities()  # who moves up in a theme gets a group
    async with opened(settings) as store:
        lines, left = await (store.transact if apply else store.read)(unit)
    for line in lines:
        out.print(line)
    if not lines:
        out.print("No difference.")
    elif apply and left:
        out.print("Applied. This stays as it is in the store:")
        for line in left:
            out.print(line)
    elif apply:
        out.print("Applied.")
    return apply or not lines
