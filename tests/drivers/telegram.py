"""A chat on Telegram: python-telegram-bot over HTTP to a local Bot API server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.clock import Clock
from bot.config.settings import TelegramSettings
from bot.content.errors import ConfigError
from bot.platforms.telegram import adapter as telegram_adapter
from bot.platforms.telegram.adapter import Telegram
from bot.rehearsal.botapi import BotApi, TelegramUser
from bot.rehearsal.chat_driver_telegram import TelegramChat
from tests.world import World

# A program opens as many connections as it may need at once; in a test that takes longer than all it sends.
telegram_adapter._CONNECTIONS = 2


@dataclass
class TelegramHarness:
    """A local Bot API server with the bot on it."""

    world: World
    api: BotApi
    adapter: Telegram
    running: asyncio.Task[None]

    def person(self, name: str = "Zoé", **how: object) -> TelegramChat:
        """Someone with an account, who never wrote to the bot."""
        user = TelegramUser(self.api, name, **{"language_code": "en", **how})  # type: ignore[arg-type]
        return TelegramChat(user, self.adapter.replies.drained)


@asynccontextmanager
async def open_harness(
    world: World, api: BotApi, *, clock: Clock | None = None, introduced: bool = True, **how: object
) -> AsyncIterator[TelegramHarness]:
    """Run the adapter of a gathering against a Bot API server, and stop it at the end.

    `clock` is the adapter's, by default the gathering's. With `introduced`, the bot's texts and commands are taken as
    set: the two dozen calls that set them take longer than what most tests do. `how` is as in the table [telegram].
    """
    telegram = TelegramSettings.model_validate({"token": api.token, "api_base": api.root, **how})
    settings = world.settings.model_copy(update={"telegram": telegram})
    adapter = Telegram(settings, world.dispatcher, world.store, clock or world.clock)
    adapter._introduced = introduced
    running = asyncio.create_task(adapter.run())
    try:
        yield TelegramHarness(world, api, adapter, running)
    finally:
        running.cancel()
        await asyncio.wait({running})
        await adapter.close()
        if not running.cancelled() and not isinstance(running.exception(), ConfigError):
            await running  # a crash fails the test
