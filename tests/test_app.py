"""The house as it is put together: what runs, what goes on without what, and what ends it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.app import App, build, run
from bot.clock import SystemClock
from bot.config import setting_store
from bot.config.settings import Settings
from bot.content.errors import ConfigError
from bot.platforms.telegram.webhook import WEBHOOK_PATH
from bot.platforms.web.adapter import Web
from bot.rehearsal.botapi import BotApi, TelegramUser
from bot.rehearsal.demo import free_port
from tests.clock import ManualClock
from tests.world import START, THEMES, AllSettings

SECRET = "K1tchen-f0r-everybody"
HERE = {"host": "127.0.0.1", "port": 0, "public_url": "http://127.0.0.1"}


class HastyClock(SystemClock):
    """The machine's clock, of which ten seconds are slept in one."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 10)


def configured(folder: Path, **sections: object) -> Settings:
    return AllSettings.model_validate(
        {"themes": THEMES, "storage": {"url": f"sqlite:///{folder}/house.db"}, **sections}
    )


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(app.serve())
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, BaseExceptionGroup):
            await task


async def test_a_platform_that_is_down_keeps_trying_while_the_others_answer(tmp_path: Path) -> None:
    async with BotApi() as api:
        telegram = {"token": api.token, "api_base": api.root}
        settings = configured(tmp_path, telegram=telegram, web=HERE)
        api.fail("getMe", status=502, times=2)
        async with build(settings, clock=HastyClock()) as app, serving(app):
            zoe = TelegramUser(api, "Zoé", language_code="en", started=True)
            zoe.send("/start")
            assert "Welcome" in (await zoe.sees("Welcome", 15)).text


async def test_what_a_killed_restore_left_goes_with_the_next_start(tmp_path: Path) -> None:
    left = [tmp_path / f".house.db.restoring{ending}" for ending in ("", "-wal", "-shm")]
    for file in left:
        file.write_bytes(b"Somebody who was erased since that backup")
    async with build(configured(tmp_path, web=HERE)):
        assert [file.exists() for file in (tmp_path / "house.db", *left)] == [True, False, False, False]


async def test_a_refused_token_ends_the_program_where_it_is_the_only_platform(tmp_path: Path) -> None:
    async with BotApi() as api:
        settings = configured(tmp_path, telegram={"token": "1:wrong", "api_base": api.root})
        async with build(settings) as app:
            with pytest.raises(BaseExceptionGroup) as caught:
                await app.serve()
        assert caught.group_contains(ConfigError, match="refuses the token")


async def test_a_second_program_on_one_database_waits_and_takes_over(tmp_path: Path) -> None:
    async with BotApi() as api:
        settings = configured(tmp_path, telegram={"token": api.token, "api_base": api.root})
        zoe = TelegramUser(api, "Zoé", language_code="en", started=True)
        async with build(settings) as first, build(settings) as second:
            async with serving(first):
                zoe.send("/start")
                await zoe.sees("Welcome")
                async with serving(second):
                    zoe.send("/help")
                    await zoe.sees("This is where you take part")
                    assert api.refusals[409] == 0
            async with serving(second):
                zoe.send("/start")
                await zoe.sees("Welcome", 15)


async def test_a_program_that_takes_over_has_greeted_telegram_before(tmp_path: Path) -> None:
    async with BotApi() as api:
        settings = configured(tmp_path, telegram={"token": api.token, "api_base": api.root})
        zoe = TelegramUser(api, "Zoé", language_code="en", started=True)
        async with build(settings) as first, build(settings, clock=HastyClock()) as second:
            async with serving(first):
                zoe.send("/start")
                await zoe.sees("Welcome")
                await second.platforms["telegram"].prepare()
            before = api.calls.copy()
            async with serving(second):
                zoe.send("/start")
                await zoe.sees("Welcome", 15)
            assert set(api.calls - before) == {"deleteWebhook", "getUpdates", "sendMessage"}


class Part:
    """A part of the program that ends at once."""

    def __init__(self, error: Exception | None = None) -> None:
        self.runs = 0
        self._error = error

    async def run(self) -> None:
        self.runs += 1
        if self._error:
            raise self._error


async def test_the_first_start_names_the_installation_before_anybody_asks_for_its_health(tmp_path: Path) -> None:
    async with build(configured(tmp_path, web=HERE)) as app:
        assert await app.store.read(setting_store.installation)


async def test_a_part_that_fails_is_run_again_and_one_that_ends_by_itself_is_not(tmp_path: Path) -> None:
    clock, ends, fails = ManualClock(START), Part(), Part(RuntimeError("once more"))
    async with build(configured(tmp_path, web=HERE), only=frozenset({"web"}), clock=clock) as app:
        app.wakeups, app.erasures = ends, fails  # type: ignore[assignment]
        async with serving(app):
            await clock.advance_when_asleep()
            await clock.advance_when_asleep()
            assert (ends.runs, fails.runs) == (1, 3)


async def test_what_runs_beside_the_house_ends_before_its_store_is_closed(tmp_path: Path) -> None:
    read: list[int] = []

    async def beside(app: App) -> tuple[Coroutine[Any, Any, None]]:
        pages = app.platforms["web"]
        assert isinstance(pages, Web)

        async def work() -> None:
            await pages.server.listening.wait()
            signal.raise_signal(signal.SIGTERM)
            try:
                await asyncio.Event().wait()
            finally:
                [row] = await app.store.read(lambda tx: tx.all("SELECT 1 AS one"))
                read.append(row["one"])

        return (work(),)

    await run(configured(tmp_path, web=HERE), only=frozenset({"web"}), beside=beside)
    assert read == [1]


async def test_a_webhook_without_pages_has_a_server_of_its_own(tmp_path: Path) -> None:
    async with BotApi() as api:
        port = free_port(0)
        where = {"mode": "webhook", "webhook_url": f"http://127.0.0.1:{port}{WEBHOOK_PATH}", "webhook_secret": SECRET}
        telegram = {"token": api.token, "api_base": api.root, **where}
        async with build(configured(tmp_path, telegram=telegram, web={"port": port})) as app, serving(app):
            zoe = TelegramUser(api, "Zoé", language_code="en", started=True)
            zoe.send("/start")
            assert "Welcome" in (await zoe.sees("Welcome")).text
