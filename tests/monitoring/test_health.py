"""What the program tells of itself, and when that is that something is wrong."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import App, build
from bot.config import setting_store
from bot.database.engine import Store, T, Unit
from bot.monitoring.health import Health
from bot.platforms.web.adapter import Web
from bot.rehearsal.botapi import BotApi, TelegramUser
from bot.rehearsal.demo import free_port
from tests.delivery.rig import Rig, Watched
from tests.engines import on_one_engine
from tests.far_folder import FarFolder
from tests.world import make_settings

HERE = {"host": "127.0.0.1", "port": 0, "public_url": "http://127.0.0.1"}


@pytest.fixture
def rig(store: Store) -> Rig:
    return Rig(store, "telegram")


async def test_a_program_that_receives_and_one_that_waits_for_its_turn_are_both_well(rig: Rig) -> None:
    health = Health(rig.store, rig.clock, lambda: {"telegram": True, "discord": False})
    health.intake("telegram", "waiting")
    health.intake("web", "running")
    well, told = await health.report()
    assert (well, told) == (
        True,
        {
            "store": "answers",
            "platforms": {
                "telegram": {"state": "waiting", "since": "2027-03-01T09:00:00+00:00"},
                "web": {"state": "running", "since": "2027-03-01T09:00:00+00:00"},
            },
            "delivery": {"telegram": "running", "discord": "waiting"},
            "last_commit": None,
        },
    )


@on_one_engine
async def test_only_who_knows_the_name_of_the_installation_learns_that_it_is_this_one(rig: Rig) -> None:
    health = Health(rig.store, rig.clock)
    await health.report()
    installation = await rig.store.read(setting_store.installation)
    assert installation is not None
    for supposed, ours in ((installation, True), ("another", False), ("é", False)):
        _well, told = await health.report((), supposed)
        assert told["ours"] is ours
        assert installation not in str(told)


async def test_a_platform_that_failed_is_told_until_it_has_run_well_for_two_minutes(rig: Rig) -> None:
    health = Health(rig.store, rig.clock)

    async def shown() -> tuple[bool, str, str]:
        well, told = await health.report()
        return well, told["platforms"]["telegram"]["state"], told["platforms"]["telegram"]["since"][14:19]

    health.intake("telegram", "running")
    await rig.clock.advance(timedelta(minutes=5))
    for _try in range(3):
        health.intake("telegram", "failed")
        assert await shown() == (False, "failed", "05:00")
        await rig.clock.advance(timedelta(seconds=20))
        health.intake("telegram", "waiting")
        assert (await shown())[:2] == (True, "waiting")
        health.intake("telegram", "running")
        assert await shown() == (False, "failed", "05:00")
    await rig.clock.advance(timedelta(minutes=2))
    assert await shown() == (True, "running", "06:00")
    health.intake("telegram", "failed")
    assert await shown() == (False, "failed", "08:00")


@on_one_engine
async def test_a_proxy_asks_for_the_part_that_it_passes_requests_to(rig: Rig) -> None:
    health = Health(rig.store, rig.clock)
    health.intake("telegram", "stopped")
    health.intake("web", "running")
    well = {part: (await health.report((part,)))[0] for part in ("web", "telegram", "discord")}
    assert well == {"web": True, "telegram": False, "discord": False}
    assert not (await health.report())[0]
    rig.store.broken = True
    assert not (await health.report(("web",)))[0]
    rig.store.broken = False


@on_one_engine
async def test_a_store_that_refuses_and_one_that_says_nothing_are_told(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = Health(rig.store, rig.clock)
    health.committed()
    rig.store.broken = True
    away = (
        False,
        {
            "store": "does not answer",
            "platforms": {},
            "delivery": {},
            "last_commit": "2027-03-01T09:00:00+00:00",
        },
    )
    assert await health.report() == away
    rig.store.broken = False
    rig.store.gate.clear()
    with monkeypatch.context() as impatient:
        impatient.setattr("bot.monitoring.health._PATIENCE", 0.05)
        assert await health.report() == away
    rig.store.gate.set()
    assert (await health.report())[0]


async def test_many_who_ask_at_the_same_time_make_the_store_answer_once(rig: Rig) -> None:
    """Anybody may ask, a proxy passes it on."""
    asked = 0

    class Counting(Watched):
        async def read(self, unit: Unit[T]) -> T:
            nonlocal asked
            asked += 1
            return await super().read(unit)

    health = Health(Counting(rig.store), rig.clock)
    assert [well for well, _told in await asyncio.gather(*(health.report() for _asker in range(50)))] == [True] * 50
    assert asked == 1
    assert (await health.report())[0]
    assert asked == 2


async def test_files_that_are_out_of_reach_are_told_and_the_program_does_its_part(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = FarFolder(tmp_path)
    health = Health(rig.store, rig.clock, files=files)

    async def told() -> tuple[bool, str]:
        well, answer = await health.report()
        return well, answer["files"]

    assert await told() == (True, "answer")
    files.away = True
    assert await told() == (True, "answer"), "they are asked every five seconds at most"
    await rig.clock.advance(timedelta(seconds=5))
    assert await told() == (True, "does not answer")
    files.away = False
    await rig.clock.advance(timedelta(seconds=5))
    assert await told() == (True, "answer")
    monkeypatch.setattr("bot.monitoring.health._FILES_PATIENCE", 0.05)
    speaks = threading.Event()
    monkeypatch.setattr(files, "reach", speaks.wait)
    await rig.clock.advance(timedelta(seconds=5))
    assert await told() == (True, "does not answer")
    speaks.set()


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[None]:
    running = asyncio.create_task(app.serve())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def told_by(address: str) -> tuple[int, Mapping[str, Any]]:
    async with aiohttp.ClientSession() as watcher, watcher.get(f"{address}/health") as answer:
        return answer.status, await answer.json()


async def address_of(app: App) -> str:
    pages = app.platforms["web"]
    assert isinstance(pages, Web)
    await pages.server.listening.wait()
    assert pages.server.address
    return f"http://127.0.0.1:{pages.server.address[1]}"


async def test_a_refused_token_is_told_by_the_page_which_goes_on(sqlite_url: str) -> None:
    async with BotApi() as api:
        telegram = {"token": "1:wrong", "api_base": api.root}
        settings = make_settings(telegram=telegram, web=HERE, storage={"url": sqlite_url})
        async with build(settings) as app, serving(app):
            address = await address_of(app)
            async with asyncio.timeout(30):
                while (answer := await told_by(address))[0] == 200:
                    await asyncio.to_thread(lambda: None)
    status, told = answer
    assert (status, told["store"]) == (503, "answers")
    assert {name: intake["state"] for name, intake in told["platforms"].items()} == {
        "telegram": "stopped",
        "web": "running",
    }


async def test_two_programs_say_which_of_them_receives_and_sends(sqlite_url: str) -> None:
    async with BotApi() as api:
        telegram = {"token": api.token, "api_base": api.root}

        def program(port: int) -> Any:
            return build(make_settings(telegram=telegram, storage={"url": sqlite_url}, metrics={"port": port}))

        ports = free_port(0), free_port(0)
        async with program(ports[0]) as first, serving(first):
            zoe = TelegramUser(api, "Zoé", language_code="en", started=True)
            zoe.send("/start")
            await zoe.sees("Welcome")
            async with program(ports[1]) as second, serving(second):
                answers = []
                for app, port in ((first, ports[0]), (second, ports[1])):
                    assert app.endpoint
                    await app.endpoint.listening.wait()
                    while "telegram" not in (answer := await told_by(f"http://127.0.0.1:{port}"))[1]["platforms"]:
                        pass  # it still logs in
                    answers.append(answer)
    (status, active), (other_status, standby) = answers
    assert (status, other_status) == (200, 200)
    assert (active["platforms"]["telegram"]["state"], active["delivery"]) == ("running", {"telegram": "running"})
    assert (standby["platforms"]["telegram"]["state"], standby["delivery"]) == ("waiting", {"telegram": "waiting"})
    assert active["last_commit"] is not None
    assert standby["last_commit"] is None
