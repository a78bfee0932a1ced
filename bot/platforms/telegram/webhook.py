"""Receives updates that Telegram posts: checks their secret, and handles the updates of one chat in order."""

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
"""If no update has come for this long, all updates that were queued at Telegram have been delivered."""


class Webhook:
    """The web route to which Telegram posts updates; each is passed to `take`, the updates of one chat in order."""

    def __init__(self, settings: TelegramSettings, take: Take, clock: Clock) -> None:
        self._settings = settings
        self._take = take
        self._clock = clock
        self._last: datetime | None = None
        """When the latest update came, or the first could come; None before `register`."""
        self._queue_ended = False
        """Whether all updates that were queued while the program was away have come."""
        self._order: dict[object, tuple[asyncio.Lock, int]] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the web server; an empty list when polling."""
        return [web.post(WEBHOOK_PATH, self._receive)] if self._settings.mode == "webhook" else []

    async def register(self, bot: Bot) -> None:
        """Tell Telegram the address and the secret. Raises TelegramError."""
        await bot.set_webhook(
            self._settings.webhook_url,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=self._settings.webhook_secret.get_secret_value(),
        )
        self._last = self._clock.now()

    def _is_queued(self) -> bool:
        """Return whether an update that comes now was queued while the program was away: these come without a pause."""
        now = self._clock.now()
        self._queue_ended = self._queue_ended or (self._last is not None and now - self._last >= _IN_ONE_GO)
        self._last = now
        return not self._queue_ended

    async def _receive(self, request: web.Request) -> web.Response:
        secret = self._settings.webhook_secret.get_secret_value()
        header = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(header.encode("utf-8", "surrogateescape"), secret.encode()):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        queued = self._is_queued()
        async with self._in_turn(chat_of(update)):
            await take_one(self._take, update, queued)
        # Only now is the effect committed. An update that cannot be read is confirmed too: Telegram would post it for
        # ever, and later ones would wait behind it.
        return web.Response()

    @contextlib.asynccontextmanager
    async def _in_turn(self, chat: object) -> AsyncIterator[None]:
        """Let the updates of one chat pass one after the other: Telegram posts several at once."""
        lock, waiting = self._order.get(chat, (asyncio.Lock(), 0))
        self._order[chat] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._order.pop(chat)
            if waiting > 1:
                self._order[chat] = lock, waiting - 1
