"""`rencontres run`: runs the bot."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.console import CommandFailed, load
from bot.config import setting_store
from bot.config.secret_values import secret_values
from bot.config.settings import Settings
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.platforms.opening import configured, listening

if TYPE_CHECKING:
    from bot.app import App

_LEVEL = "RENCONTRES_LOG"
"""The environment variable with the level from which on lines of the log are written."""


async def serve(config: Path | None, only: str | None) -> bool:
    """Run the bot until it is stopped, and return True.

    In a terminal, the command first prints what the bot listens to, and what to do next. `config` is the configuration
    file, None for the default one. `only` names the parts of the program to run, separated by commas; None for all.
    Raises CommandFailed if no part can run.
    """
    # What is loaded now stays, so that a search for cycles finds nothing. `app.run` sets how often to search later.
    gc.set_threshold(50_000)
    from bot import app, logs

    parts = frozenset(part.strip() for part in only.split(",")) if only else app.PARTS
    if unknown := sorted(parts - app.PARTS):
        raise CommandFailed(f"--only: there is no «{unknown[0]}»; choose from {', '.join(sorted(app.PARTS))}", code=2)
    if (level := logs.LEVELS.get(word := os.environ.get(_LEVEL, "info").lower())) is None:
        raise CommandFailed(f"{_LEVEL}: there is no «{word}»; choose from {', '.join(logs.LEVELS)}", code=2)
    settings = load(config)
    if not configured(settings) & (app.PARTS if "delivery" in parts else parts):
        raise CommandFailed(
            "there is nothing to run. Set a token for Telegram or Discord, or a public_url for the web page, in"
            " config.toml («rencontres init» writes one), or try «rencontres demo», which needs no settings.",
            code=2,
        )
    logs.set_up(secret_values(settings), level=level)

    async def tell(running: App) -> Sequence[Coroutine[Any, Any, None]]:
        for line in await running.store.read(partial(_lines, settings=settings, parts=parts)):
            print(line, file=sys.stderr)
        return ()

    await app.run(settings, only=parts, beside=tell if sys.stderr.isatty() else None)
    return True


async def _lines(tx: Transaction, settings: Settings, parts: frozenset[str]) -> list[str]:
    """Return for a person at a terminal what the program listens to, and what to do next."""
    name = await setting_store.telegram_username(tx)
    return told(settings, parts, name, organised=bool(await participant_store.organisers(tx)))


def told(settings: Settings, parts: frozenset[str], bot_name: str | None, *, organised: bool) -> list[str]:
    """Return the lines that tell a person at the terminal what the bot listens to, and what to do next.

    `parts` are the names of the parts of the program that run, such as «telegram» or «web». `bot_name` is the bot's
    name on Telegram, None if it is not known yet. `organised` is True if there is an organiser already.
    """
    if settings.organisers.telegram and bot_name:
        step = f"write /organiser to the bot: https://t.me/{bot_name}"
    elif organised or settings.organisers.telegram or settings.organisers.discord:
        step = "write /organiser to the bot"
    else:
        step = "make somebody an organiser, in another terminal: rencontres organiser invite NAME"
    return [*listening(settings, parts), f"Next: {step}", "How it is: rencontres status. Ctrl-C ends it."]
