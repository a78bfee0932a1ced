"""`rencontres config diff`: shows where config.toml differs from what the store contains."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.cli.console import load, load_capabilities, opened
from bot.cli.terminal import out
from bot.config.seeding import load_seeds
from bot.database.engine import Transaction
from handlers import CAPABILITIES


async def compare_config(config: Path | None, *, apply: bool) -> bool:
    """Print the differences between config.toml and the database; with `apply`, change the database to match the file.

    Returns True if no differences were found or if `apply` is set, and False if differences were only shown. Some
    differences cannot be applied, such as changes of a published round (one day's set of groups). With `apply`, they
    are printed again as remaining, and the command still succeeds.
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
        load_capabilities()  # other capabilities may have to react to a change
    async with opened(settings) as store:
        lines, left = await (store.transact if apply else store.read)(unit)
    for line in lines:
        out.print(line)
    if not lines:
        out.print("No differences.")
    elif apply and left:
        out.print("Applied. These differences remain:")
        for line in left:
            out.print(line)
    elif apply:
        out.print("Applied.")
    return apply or not lines
