"""Where a monitoring system reads the numbers: what they say of the store, how often it is asked; of people nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest
from prometheus_client import CONTENT_TYPE_LATEST

from bot.app import build
from bot.clock import Clock
from bot.config.settings import MetricsSettings
from bot.content.views import View
from bot.database.engine import Store
from bot.delivery import outbox
from bot.monitoring.endpoint import Endpoint
from bot.monitoring.health import Health
from bot.rehearsal.botapi import BotApi, TelegramUser
from bot.rehearsal.demo import free_port
from tests.delivery.rig import Rig
from tests.engines import on_one_engine
from tests.measured import measuring, read
from tests.world import make_settings, open_world

MARK = "Ζz-marked"
"""In every name, word and code of the person whose traces are looked for."""


@asynccontextmanager
async def serving(store: Store, clock: Clock, *platforms: str) -> AsyncIterator[str]:
    """The address of the numbers, while it is served on a free port."""
    endpoint = Endpoint(MetricsSettings(), store, clock, platforms, Health(store, clock))
    running = asyncio.create_task(endpoint.run())
    try:
        await endpoint.listening.wait()
        assert endpoint.address
        yield "http://{}:{}/metrics".format(*endpoint.address)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def ask(address: str) -> str:
    async with aiohttp.ClientSession() as watcher, watcher.get(address) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, CONTENT_TYPE_LATEST)
        return await answer.text()


async def test_the_outbox_is_told_by_state_with_the_age_of_its_oldest(store: Store) -> None:
    rig = Rig(store, "telegram", "discord")
    zoe = await rig.person("Zoé", "telegram:1")
    await rig.tell(zoe, "one", "two")
    await rig.clock.advance(timedelta(seconds=90))
    later = rig.clock.now() + timedelta(hours=1)
    await rig.change(outbox.notify, zoe, View(("later",)), later, outbox.Telling.NEWS)
    with measuring():
        async with serving(rig.store, rig.clock, "telegram", "discord") as address:
            numbers = read(await ask(address))

    def waiting(platform: str) -> list[float]:
        states = ("due", "later", "sending")
        name = "rencontres_outbox_deliveries"
        return [numbers[name, ("platform", platform), ("state", state)] for state in states]

    assert (waiting("telegram"), waiting("discord")) == ([2, 1, 0], [0, 0, 0])
    assert numbers["rencontres_outbox_oldest_seconds", ("platform", "telegram")] == 90
    assert numbers["rencontres_outbox_oldest_seconds", ("platform", "discord")] == 0
    assert (numbers["rencontres_jobs_waiting",], numbers["rencontres_database_up",]) == (0, 1)
    assert 0 < numbers["rencontres_database_round_trip_seconds",] < 5


@on_one_engine
async def test_the_store_is_asked_every_five_seconds_at_most_and_may_be_away(store: Store) -> None:
    rig = Rig(store, "telegram")
    zoe = await rig.person("Zoé", "telegram:1")
    due = ("rencontres_outbox_deliveries", ("platform", "telegram"), ("state", "due"))
    with measuring():
        async with serving(rig.store, rig.clock, "telegram") as address:
            assert read(await ask(address))[due] == 0
            await rig.tell(zoe, "news")
            await rig.clock.advance(timedelta(seconds=4))
            assert read(await ask(address))[due] == 0
            await rig.clock.advance(timedelta(seconds=1))
            assert read(await ask(address))[due] == 1
            rig.store.broken = True
            await rig.clock.advance(timedelta(seconds=5))
            numbers = read(await ask(address))
            assert (numbers["rencontres_database_up",], numbers[due]) == (0, 1)


@on_one_engine
async def test_how_late_the_program_wakes_up_is_told(store: Store) -> None:
    rig = Rig(store)
    with measuring() as number:
        async with serving(rig.store, rig.clock):
            async with asyncio.timeout(10):
                while not number("rencontres_loop_lag_seconds_count"):
                    await asyncio.to_thread(lambda: None)
        assert 0 <= (number("rencontres_loop_lag_seconds_sum") or -1) < 10


async def test_who_opens_a_connection_and_says_only_a_part_is_hung_up_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.monitoring.endpoint._IDLE", 0.05)
    with measuring():
        async with asyncio.timeout(10), serving(store, Rig(store).clock) as address:
            reader, writer = await asyncio.open_connection(urlsplit(address).hostname, urlsplit(address).port)
            writer.write(b"GET /metrics HTTP/1.1\r\nHost: ")
            assert await reader.read() == b""
            writer.close()
            assert read(await ask(address))["rencontres_database_up",] == 1


@on_one_engine
@pytest.mark.parametrize("path", ["/metrics", "/health", "/nothing", "not http"])
async def test_no_answer_names_the_library_or_its_version(store: Store, path: str) -> None:
    async with serving(store, Rig(store).clock) as address:
        port = urlsplit(address).port
        reading, writing = await asyncio.open_connection("127.0.0.1", port)
        writing.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = await reading.read()
        writing.close()
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.")
    assert b"aiohttp" not in head
    assert b"python" not in head


@on_one_engine
async def test_nobody_is_in_the_numbers(store_url: str) -> None:
    async with open_world(store_url) as world:
        with measuring():
            chat = await world.join(MARK, "777000777", territory="CA-QC")
            await chat.command("equipe")
            await chat.fill(f"{MARK} asks")
            async with serving(world.store, world.clock, "telegram") as address:
                text = await ask(address)
    assert 'rencontres_updates_total{outcome="done",platform="telegram"}' in text
    for trace in (MARK, "777000777", "CA-QC"):
        assert trace not in text


async def test_a_program_with_a_port_for_them_tells_its_numbers_and_one_without_measures_nothing(
    sqlite_url: str,
) -> None:
    async with BotApi() as api:
        telegram = {"token": api.token, "api_base": api.root}
        storage = {"url": sqlite_url}
        port = free_port(0)
        async with build(make_settings(telegram=telegram, storage=storage)) as app:
            assert app.endpoint is None
        settings = make_settings(telegram=telegram, storage=storage, metrics={"port": port})
        async with build(settings) as app:
            assert app.endpoint
            running = asyncio.create_task(app.serve())
            try:
                zoe = TelegramUser(api, "Zoé", language_code="en", started=True)
                zoe.send("/start")
                await zoe.sees("Welcome")
                await app.endpoint.listening.wait()
                numbers = read(await ask(f"http://127.0.0.1:{port}/metrics"))
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running
    assert numbers["rencontres_updates_total", ("outcome", "done"), ("platform", "telegram")] == 1
    for defect in ("failed", "not_saved"):
        assert numbers["rencontres_updates_total", ("outcome", defect), ("platform", "telegram")] == 0
    assert numbers["rencontres_leases_held", ("lease", "telegram:intake")] == 1
