"""`rencontres run`: runs the bot."""

from __future__ import annotations

import gc
import os
from pathlib import Path

from bot.cli.console import CommandFailed, load
from bot.config.secret_values import secret_values
from bot.platforms.opening import configured

_LEVEL = "RENCONTRES_LOG"
"""The name in the environment of the level from which on the log is written."""


async def serve(config: Path | None, only: str | None) -> bool:
    """Run the bot until it is stopped. Raises CommandFailed if no part of it can run.

    `only` names the parts to run, separated by commas; None for all.
    """
    # What is loaded stays: a search for cycles among it finds nothing. `app.run` sets how often it is done then.
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
    await app.run(settings, only=parts)
    return True
