"""`rencontres config diff`: where config.toml says otherwise than what is in use, as each capability compares it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.cli.console import load, opened, out
from bot.config.seeding import load_seeds
from bot.database.engine import Transaction
from handlers import CAPABILITIES


async def compare_config(config: Path | None, *, apply: bool) -> bool:
    """Show the differences, and let the file win if `apply`; whether file and store agree now."""
    settings, seeds = load(config), load_seeds(CAPABILITIES)

    async def unit(tx: Transaction) -> list[str]:
        now = datetime.now(UTC)
        lines = [line for seed in seeds for line in await seed.differences(tx, settings, now)]
        if apply and lines:
            for seed in seeds:
                await seed.apply(tx, settings, now)
        return lines

    async with opened(settings) as store:
        lines = await (store.transact if apply else store.read)(unit)
    for line in lines:
        out.print(line)
    if not lines:
        out.print("No difference.")
    elif apply:
        out.print("Applied. Themes and phases that the file does not name stay; themes are taken out in chat.")
    return apply or not lines
