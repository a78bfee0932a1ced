"""`rencontres run`: runs the bot."""

from __future__ import annotations

from pathlib import Path

from bot.cli.console import CommandFailed, load
from bot.config.secret_values import secret_values
from bot.platforms.opening import configured


async def serve(config: Path | None, only: str | None) -> bool:
    """Run the bot until it is stopped. Raises CommandFailed if no part of it can run.

    `only` names the parts to run, separated by commas; None for all.
    """
    from bot import app, logs

    parts = frozenset(part.strip() for part in only.split(",")) if only else app.PARTS
    if unknown := sorted(parts - app.PARTS):
        raise CommandFailed(f"--only: there is no «{unknown[0]}» among {', '.join(sorted(app.PARTS))}", code=2)
    settings = load(config)
    if not configured(settings) & (app.PARTS if "delivery" in parts else parts):
        raise CommandFailed(
            "there is nothing to run. Give Telegram or Discord a token, or the page a public_url, in config.toml"
            " («rencontres init» writes one), or look at «rencontres demo»."
        )
    logs.set_up(secret_values(settings))
    await app.run(settings, only=parts)
    return True
