"""Posts updates to the bot's webhook: in order within a chat, repeated until the bot answers 200."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable

import aiohttp

from bot.backoff import Backoff
from bot.rehearsal.botapi.updates import Update, UpdateQueue

_LONGEST_PAUSE = 60.0


class WebhookDelivery:
    """Posts updates from a queue to the bot's webhook, the address `url`, over `connections` connections.

    `secret` is sent in the header by which the bot recognises Telegram; '' sends no header. `repeat_after` is the pause
    after the first failure, in seconds; each further pause is twice as long. `delivered` is called after each success.
    """

    def __init__(
        self,
        queue: UpdateQueue,
        url: str,
        secret: str,
        connections: int,
        repeat_after: float,
        delivered: Callable[[], None],
    ) -> None:
        self.url = url
        self.connections = connections
        self.last_error = ""
        self._queue = queue
        self._headers = {"Content-Type": "application/json"}
        if secret:
            self._headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        self._backoff = Backoff(first=repeat_after, longest=_LONGEST_PAUSE)
        self._delivered = delivered
        self._lanes: dict[int, deque[Update]] = {}
        self._ready: asyncio.Queue[int] = asyncio.Queue()
        self._session = aiohttp.ClientSession()
        for update in queue.pending.values():
            self._offer(update)
        queue.listener = self._offer
        self._workers = [asyncio.create_task(self._work()) for _ in range(connections)]

    async def stop(self) -> None:
        """Stop posting updates to the bot; updates that it has not accepted stay in the queue."""
        self._queue.listener = None
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self._session.close()

    def _offer(self, update: Update) -> None:
        lane = self._lanes.get(update.chat)
        if lane is None:
            lane = self._lanes[update.chat] = deque()
            self._ready.put_nowait(update.chat)
        lane.append(update)

    async def _work(self) -> None:
        while True:
            chat = await self._ready.get()
            lane = self._lanes[chat]
            await self._deliver(lane[0])
            lane.popleft()
            if lane:
                self._ready.put_nowait(chat)
            else:
                del self._lanes[chat]

    async def _deliver(self, update: Update) -> None:
        for failures in itertools.count(1):
            self._queue.expire()
            if update.id not in self._queue.pending:
                return
            try:
                async with self._session.post(
                    self.url, data=update.body, headers=self._headers, allow_redirects=False
                ) as response:
                    if response.status == 200:
                        self._queue.confirm(update)
                        self._delivered()
                        return
                    self.last_error = f"Wrong response from the webhook: {response.status} {response.reason}"
            except (aiohttp.ClientError, OSError):
                self.last_error = "Connection failed"
            await asyncio.sleep(self._backoff.after(failures))
