"""Updates that Telegram posts by itself: known by a secret, those of one chat taken one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from aiohttp import web
from telegram import Bot

from bot.clock import Clock
from bot.config.settings import TelegramSettings
from bot.platforms.telegram.intake import ALLOWED_UPDATES, Take, chat_of, take_one

WEBHOOK_PATH = "/telegram/updates"
_IN_ONE_GO = timedelta(seconds=3)
"""How long nothing has come for, where what waited for the program is through."""


class Webhook:
    """The address Telegram posts to. What it brings is handed to `take`, one update of a chat after the other."""

    def __init__(self, settings: TelegramSettings, take: Take, clock: Clock) -> None:
        self._settings = settings
        self._take = take
        self._clock = clock
        self._last: datetime | None = None
        """When the latest update came, or could come."""
        self._through = False
        """Whether what waited for the program has come."""
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
        self._last = self._clock.now()

    def _waited(self) -> bool:
        """Whether an update that comes now is one of those that waited for the program: they come in one go."""
        now = self._clock.now()
        self._through = self._through or (self._last is not None and now - self._last >= _IN_ONE_GO)
        self._last = now
        return not self._through

    async def _receive(self, request: web.Request) -> web.Response:
        secret = self._settings.webhook_secret.get_secret_value()
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode()):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        waited = self._waited()
        async with self._in_turn(chat_of(update)):
            await take_one(self._take, update, waited)
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
