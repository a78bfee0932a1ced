"""The updates that Telegram posts after a pause: which were queued meanwhile, and when the rest is answered at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.config.settings import TelegramSettings
from bot.platforms.telegram.intake import Raw
from bot.platforms.telegram.webhook import WEBHOOK_PATH, Webhook
from tests.clock import ManualClock
from tests.world import START

SECRET = "K1tchen-f0r-everybody"
ZOE = 7


class Posting:
    """A webhook to which updates are posted, and the answers to them."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        settings = TelegramSettings.model_validate(
            {"mode": "webhook", "webhook_url": "http://127.0.0.1:1/", "webhook_secret": SECRET}
        )
        self.webhook = Webhook(settings, self._take, self._replied, self.clock)
        self.client: TestClient[web.Request, web.Application]
        self.queued: list[bool] = []
        """Of each update, in order, whether it was taken as one that was queued."""
        self.waited_for = 0
        """Of how many updates the reply was waited for before they were confirmed."""

    async def _take(self, _update: Raw, queued: bool) -> None:
        self.queued.append(queued)

    async def _replied(self, chat: int) -> None:
        assert chat == ZOE
        self.waited_for += 1

    async def post(self, times: int) -> None:
        """Post so many updates of one person."""
        update = {"update_id": 1, "message": {"chat": {"id": ZOE}}}
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        for _time in range(times):
            async with self.client.post(WEBHOOK_PATH, json=update, headers=headers) as answer:
                assert answer.status == 200


@asynccontextmanager
async def opened(pending: int) -> AsyncIterator[Posting]:
    """A program that begins to take updates while so many are queued at Telegram."""
    posting = Posting()
    app = web.Application()
    app.add_routes(posting.webhook.routes())
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        posting.client = client
        with posting.webhook.open(pending):
            yield posting


async def test_after_as_many_updates_as_were_queued_the_rest_is_answered_at_once_though_no_pause_comes() -> None:
    async with opened(pending=25) as posting:
        await posting.post(25)
        assert (posting.queued, posting.waited_for) == ([True] * 25, 0)
        await posting.post(3)
        assert (posting.queued[25:], posting.waited_for) == ([False] * 3, 3)


async def test_a_pause_ends_the_queue_though_others_took_most_of_it() -> None:
    async with opened(pending=25) as posting:
        await posting.post(2)
        await posting.clock.advance(timedelta(seconds=3))
        await posting.post(2)
        assert posting.queued == [True, True, False, False]


@pytest.mark.parametrize("pending", [0, 19])
async def test_a_few_queued_updates_are_answered_at_once(pending: int) -> None:
    async with opened(pending) as posting:
        await posting.post(2)
        assert (posting.queued, posting.waited_for) == ([False, False], 2)
