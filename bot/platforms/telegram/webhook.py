"""Receives updates that Telegram posts: checks their secret, and handles the updates of one chat in order.

Any number of programs may receive at the same time. Telegram posts a person's next message or press only after the one
before is confirmed. An update is confirmed once its reply was sent, so that replies are sent in order too.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta

from aiohttp import web
from telegram import Bot

from bot.clock import Clock
from bot.config.settings import TelegramSettings
from bot.platforms.telegram.intake import ALLOWED_UPDATES, Take, chat_of, take_one

WEBHOOK_PATH = "/telegram/updates"
_CONNECTIONS = 100
"""How many updates Telegram may post at once, the most that it allows; each is answered once its reply has left."""
_FEW = 20
"""Up to this many updates may be answered at once, without pacing the replies."""
_IN_ONE_GO = timedelta(seconds=3)
"""If no update has come for this long, all updates that were queued at Telegram have been delivered.

In a rush no such pause comes: then they have been delivered once as many updates have come as were queued.
"""
_REPLIED_WITHIN = 10.0
"""Seconds of real time after which an update is confirmed though its reply has not left: Telegram would repeat it."""


class Webhook:
    """The web route to which Telegram posts updates; each is passed to the function `take`, in order within a chat."""

    def __init__(
        self, settings: TelegramSettings, take: Take, replied: Callable[[int], Awaitable[None]], clock: Clock
    ) -> None:
        """`replied` waits until all replies to a chat that are being sent were sent."""
        self._settings = settings
        self._take = take
        self._replied = replied
        self._clock = clock
        self._last = clock.now()
        """When the latest update arrived or, if none has arrived, when the first one could arrive."""
        self._queued = 0
        """How many of the updates that were queued while no program ran are still to arrive, at most."""
        self._order: dict[object, tuple[asyncio.Lock, int]] = {}
        self.opened = asyncio.Event()
        """Set while updates are accepted; at other times Telegram has to post them again later."""

    def routes(self) -> list[web.RouteDef]:
        """Return the route for the web server; an empty list if the program fetches updates by polling."""
        return [web.post(WEBHOOK_PATH, self._receive)] if self._settings.mode == "webhook" else []

    @contextlib.contextmanager
    def open(self, pending: int) -> Iterator[None]:
        """Accept updates from Telegram inside the `with` block.

        `pending` is the number of updates that are queued at Telegram when the block begins.
        """
        self._last, self._queued = self._clock.now(), 0 if pending < _FEW else pending
        self.opened.set()
        try:
            yield
        finally:
            self.opened.clear()

    async def register(self, bot: Bot) -> None:
        """Tell Telegram the address to which it posts updates, and the secret that it sends with them.

        Raises TelegramError if Telegram refuses or does not answer.
        """
        await bot.set_webhook(
            self._settings.webhook_url,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=self._settings.webhook_secret.get_secret_value(),
            max_connections=_CONNECTIONS,
        )

    def _is_queued(self) -> bool:
        """Return whether an update that comes now may have been queued while no program ran, and count it.

        Those come without a pause, and before later ones.
        """
        now = self._clock.now()
        if now - self._last >= _IN_ONE_GO:
            self._queued = 0
        self._last = now
        if not self._queued:
            return False
        self._queued -= 1
        return True

    async def _receive(self, request: web.Request) -> web.Response:
        secret = self._settings.webhook_secret.get_secret_value()
        header = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(header.encode("utf-8", "surrogateescape"), secret.encode()):
            return web.Response(status=403)
        if not self.opened.is_set():
            return web.Response(status=503, headers={"Retry-After": "1"})
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        queued, chat = self._is_queued(), chat_of(update)
        async with self._in_turn(chat):
            await take_one(self._take, update, queued)
        if isinstance(chat, int) and not queued:  # paced replies take long, and nobody is waiting for them
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_REPLIED_WITHIN):
                    await self._replied(chat)
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
