"""The HTTP client under python-telegram-bot, by way of genuine `telegram.Bot` calls."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from bot.content.errors import RetryLater
from bot.platforms.telegram.faults import classify
from bot.platforms.telegram.transport import AiohttpRequest
from bot.rehearsal.botapi import BotApi, TelegramUser
from tests.clock import ManualClock
from tests.measured import measuring
from tests.world import START


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
def anna(api: BotApi) -> TelegramUser:
    return TelegramUser(api, "Anna", started=True)


def bot_at(base_url: str, token: str, request: AiohttpRequest) -> Bot:
    return Bot(token, base_url=base_url, request=request, get_updates_request=AiohttpRequest())


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with bot_at(api.base_url, api.token, AiohttpRequest(api_base=api.root)) as bot:
        yield bot


async def test_what_is_odd_arrives_as_it_is(bot: Bot, anna: TelegramUser) -> None:
    text = '<b>Zoé</b> & «l\'été» 🧑‍🚀 \u202eabc "quoted" \\ %C3%A9 +1'
    await bot.send_message(anna.id, text)
    assert anna.last.text == text


async def test_a_file_and_its_name_arrive_as_they_are(bot: Bot, anna: TelegramUser) -> None:
    content = bytes(range(256)) * 1000
    await bot.send_document(anna.id, content, filename="carte d'été (1).pdf", caption="Voilà 🎉")
    assert anna.last.file is not None
    assert (anna.last.file.name, anna.last.file.content) == ("carte d'été (1).pdf", content)
    assert anna.last.text == "Voilà 🎉"


async def test_an_html_page_instead_of_an_answer_is_a_network_error(
    api: BotApi, bot: Bot, anna: TelegramUser, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("sendMessage", status=502)
    with pytest.raises(NetworkError, match="HTTP 502") as caught:
        await bot.send_message(anna.id, "Bonjour")
    assert not isinstance(caught.value, TimedOut)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_silence_of_the_server_is_a_time_out(api: BotApi, bot: Bot, anna: TelegramUser) -> None:
    api.fail("sendMessage", delay=30)
    with pytest.raises(TimedOut, match="may have been done"):
        await bot.send_message(anna.id, "Bonjour", read_timeout=0.05)


async def test_a_full_pool_is_a_time_out_that_sent_nothing(api: BotApi, anna: TelegramUser) -> None:
    request = AiohttpRequest(pool_size=1)
    async with bot_at(api.base_url, api.token, request) as bot:
        api.fail("sendMessage", delay=0.3)
        slow = asyncio.create_task(bot.send_message(anna.id, "lent"))
        await api.until(lambda: api.calls["sendMessage"], "the slow call arrives")
        with pytest.raises(TimedOut, match="nothing was sent"):
            await bot.send_message(anna.id, "vite", pool_timeout=0.05, connect_timeout=0.05)
        await slow
    assert [shown.text for shown in anna.shown] == ["lent"]


async def test_an_upload_is_bounded_by_the_media_write_timeout(anna: TelegramUser) -> None:
    async def never_reads(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    done = asyncio.Event()
    server = await asyncio.start_server(never_reads, "127.0.0.1", 0, limit=1024)
    port = server.sockets[0].getsockname()[1]
    request = AiohttpRequest(media_write_timeout=0.05, read_timeout=0.05, connect_timeout=0.05, pool_timeout=0.05)
    async with request, server:
        bot = Bot("1:token", base_url=f"http://127.0.0.1:{port}/bot", request=request)
        with pytest.raises(TimedOut):
            await bot.send_document(anna.id, bytes(30 << 20), filename="long.bin")
        done.set()


@pytest.mark.parametrize("fault", ["refused", "reset", "unknown host", "bad address"])
async def test_no_error_holds_the_token(api: BotApi, anna: TelegramUser, fault: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base_url = {
            "refused": f"http://127.0.0.1:{free.getsockname()[1]}/bot",
            "reset": api.base_url,
            "unknown host": "http://nowhere.invalid/bot",
            "bad address": "http://[/bot",
        }[fault]
        api.fail("sendMessage", reset=True)
        async with AiohttpRequest() as request:
            bot = Bot(api.token, base_url=base_url, request=request)
            with pytest.raises(NetworkError) as caught:
                await bot.send_message(anna.id, "Bonjour")
    assert "".join(traceback.format_exception(caught.value)).count(api.token) == 0
    error: BaseException | None = caught.value
    while error is not None:
        assert api.token not in repr(error)
        error = error.__cause__ or error.__context__


async def test_warm_connections_are_there_when_the_rush_comes(api: BotApi, bot: Bot, anna: TelegramUser) -> None:
    request = bot.request
    assert isinstance(request, AiohttpRequest)
    api.latency = 0.02
    assert api.connections == 1
    await request.warm(8)
    assert api.connections == 8
    await asyncio.gather(*(bot.send_message(anna.id, "Bonjour") for _ in range(8)))
    assert api.connections == 8


async def test_warming_up_against_nobody_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    async with AiohttpRequest(api_base="http://nowhere.invalid") as request:
        await request.warm(2)
        with pytest.raises(NetworkError):
            await Bot("1:token", base_url="http://nowhere.invalid/bot", request=request).get_me()
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_it_can_be_started_again_and_says_when_it_was_not(api: BotApi, anna: TelegramUser) -> None:
    request = AiohttpRequest()
    bot = Bot(api.token, base_url=api.base_url, request=request)
    with pytest.raises(TelegramError, match="initialize"):
        await bot.send_message(anna.id, "Bonjour")
    for text in ("une fois", "encore"):
        async with request:
            await bot.send_message(anna.id, text)
    assert [shown.text for shown in anna.shown] == ["une fois", "encore"]


@pytest.mark.parametrize("odd", [0, -5, 10**30, 1e300, float("nan"), float("inf"), "soon", None, [], {}, True])
async def test_a_wait_that_is_none_is_waited_for_within_reason(api: BotApi, anna: TelegramUser, odd: Any) -> None:
    clock = ManualClock(START)
    async with bot_at(api.base_url, api.token, AiohttpRequest(clock=clock)) as bot:
        api.fail("sendMessage", status=429, parameters={"retry_after": odd})
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(anna.id, "Bonjour")
        asked = classify(caught.value)
        assert isinstance(asked, RetryLater)
        assert 1 <= (asked.seconds or 0) <= 86_400
        await clock.advance(timedelta(seconds=asked.seconds or 0))
        await bot.send_message(anna.id, "Bonjour")


async def test_refusals_for_too_many_requests_are_counted(api: BotApi, bot: Bot, anna: TelegramUser) -> None:
    with measuring() as number:
        await bot.send_message(anna.id, "Bonjour")
        assert number("rencontres_floods_total", platform="telegram") is None
        api.fail("sendMessage", retry_after=3, times=2)
        for _try in range(2):
            with pytest.raises(RetryAfter):
                await bot.send_message(anna.id, "Bonjour")
        assert number("rencontres_floods_total", platform="telegram") == 2
