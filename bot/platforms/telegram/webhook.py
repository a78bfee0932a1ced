"""Updates that Telegram posts by itself: known by a secret, those of one chat taken one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import AsyncIterator

from aiohttp import web
from telegram import Bot

from bot.config import TelegramSettings
from bot.platforms.telegram.intake import ALLOWED_UPDATES, Take, chat_of, take_one

WEBHOOK_PATH = "/telegram/updates"


class Webhook:
    """The address Telegram posts to. What it brings is handed to `take`, one update of a chat after the other."""

    def __init__(self, settings: TelegramSettings, take: Take) -> None:
        self._settings = settings
        self._take = take
        self._order: dict[object, tuple[asyncio.Lock, int]] = {}

    def routes(self) -> list[web.RouteDef]:
        """What the web server serves; nothing when polling."""
        return [web.post(WEBHOOK_PATH, self._receive)] if self._settings.mode == "webhook" else []

    async def register(self, bot: Bot) -> None:
        """Tell Telegram the address and the secret. Raises TelegramError."""
        await bot.set_webhook(
            self._settings.webhook_url,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=self._settings.webhook_secret.get_secret_value(),
        )

    async def _receive(self, request: web.Request) -> web.Response:
        secret = self._settings.webhook_secret.get_secret_value()
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode()):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        async with self._in_turn(chat_of(update)):
            await take_one(self._take, update)
        # Only now is the effect committed. What cannot be read is done with too: Telegram would bring it for ever, and
        # what comes after it would wait.
        return web.Response()

    @contextlib.asynccontextmanager
    async def _in_turn(self, chat: object) -> AsyncIterator[None]:
        """One update of a chat after the other, though Telegram posts several at once."""
        lock, waiting = self._order.get(chat, (asyncio.Lock(), 0))
        self._order[chat] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._order.pop(chat)
            if waiting > 1:
                self._order[chat] = lock, waiting - 1
