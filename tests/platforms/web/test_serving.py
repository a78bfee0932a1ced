"""The server: what it tells watchers, what arrives live, what it says when the store is away."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web

from bot.background.wakeups import Wakeups
from bot.config import setting_store
from bot.content.errors import ConfigError, RetryLater, Unreachable
from bot.content.views import View
from bot.conversation.incoming import Actor, Incoming, Typed
from bot.conversation.routes import Request
from bot.database.engine import Store, StoreUnavailable, Transaction, Unit
from bot.delivery.platform import Address
from bot.people import secret_store
from bot.platforms.web import page_routes, page_store
from bot.platforms.web.adapter import Web
from bot.platforms.web.streams import Streams
from bot.rehearsal.chat_driver_web import WebChat
from tests.drivers.web import WebHarness, open_web
from tests.world import World, open_world


class StoreAway(Store):
    """A store that does not answer."""

    async def transact(self, unit: Unit[Any]) -> Any:
        raise StoreUnavailable

    async def read(self, unit: Unit[Any]) -> Any:
        raise StoreUnavailable

    async def erase_traces(self) -> None:
        raise StoreUnavailable

    async def backup(self, target: Path) -> None:
        raise StoreUnavailable

    async def close(self) -> None:
        pass


async def next_event(stream: aiohttp.StreamReader) -> dict[str, Any]:
    """The next message of an event stream, its id kept; what the time is, between messages, is passed over."""
    event: dict[str, Any] = {}
    kind = ""
    async for line in stream:
        name, _colon, value = line.decode().rstrip("\n").partition(": ")
        if name == "id":
            event["last"] = value
        elif name == "event":
            kind = value
        elif not name:
            kind = ""
        elif name == "data" and not kind:
            event.update(json.loads(value))
            return event
    raise EOFError


async def push(harness: WebHarness, chat: WebChat, words: str, delivery_id: int) -> None:
    await harness.adapter.send(Address(chat.person_id), View((words,)), chat.reader, delivery_id=delivery_id)


async def test_health_says_whether_the_store_answers(harness: WebHarness) -> None:
    async with aiohttp.ClientSession() as watcher, watcher.get(f"{harness.root}/health") as answer:
        installation = await harness.world.store.read(setting_store.installation)
        told = await answer.json()
    assert (answer.status, told["store"]) == (200, "answers")
    assert installation
    assert installation not in str(told)


@pytest.mark.parametrize(
    "line",
    ["GET /health", "GET /p/nobody", "GET /there-is-none", "POST /", "GET /%00", "GET " + "x" * 9000, "nonsense"],
)
async def test_no_answer_names_the_library_or_its_version(harness: WebHarness, line: str) -> None:
    address = urlsplit(harness.root)
    reading, writing = await asyncio.open_connection(address.hostname, address.port)
    writing.write(f"{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    answer = await reading.read()
    writing.close()
    assert answer.startswith(b"HTTP/1.")
    assert not re.search(rb"aiohttp|python|\r\nserver:[^\r]*\d", answer, re.IGNORECASE)


async def test_without_a_store_nothing_is_confirmed(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        world.store, store = StoreAway(), world.store
        async with open_web(world) as harness:
            zoe = harness.person()
            for path in ("/p/ANY", "/c/1/"):
                await zoe.get(path)
                assert zoe.status == 503
                assert "Not saved: our store does not answer." in zoe.text
                assert "If you are in danger, call 112." in zoe.text, "nobody can be asked what they wanted"
            async with zoe.browser.get(f"{harness.root}/health") as answer:
                assert (answer.status, (await answer.json())["store"]) == (503, "does not answer")
            with pytest.raises(RetryLater):
                await harness.adapter.send(Address("1"), View(("Hello",)), zoe.reader, delivery_id=1)
        world.store = store


async def test_a_locked_store_says_not_saved_and_takes_the_same_form_later(harness: WebHarness, tmp_path: Path) -> None:
    zoe = await harness.joined("Zoé")
    composer = zoe.page.first("form", id="composer")
    assert composer is not None
    locker = sqlite3.connect(tmp_path / "rencontres.db", isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    await zoe.post(composer, {"text": "A shared kitchen in each district"})
    assert (zoe.status, zoe.text.splitlines()[0]) == (
        503,
        "Not saved: our store does not answer. Try again in a minute.",
    )
    locker.execute("ROLLBACK")
    locker.close()
    await zoe.post(composer, {"text": "A shared kitchen in each district"})
    assert "A shared kitchen in each district" in zoe.page.text


async def test_a_stream_brings_what_changes_and_what_was_missed(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    events = f"{zoe.url.partition('#')[0]}events"
    async with zoe.browser.get(f"{events}?after=1") as live:
        assert live.content_type == "text/event-stream"
        await push(harness, zoe, "A place opened up.", 1)
        first = await next_event(live.content)
        assert "A place opened up." in first["html"]
        await harness.adapter.edit(Address(zoe.person_id), str(first["id"]), View(("Corrected.",)), zoe.reader)
        second = await next_event(live.content)
        assert (second["id"], "Corrected." in second["html"]) == (first["id"], True)
    await push(harness, zoe, "While away.", 2)
    async with zoe.browser.get(events, headers={"Last-Event-ID": second["last"]}) as again:
        assert "While away." in (await next_event(again.content))["html"]


async def test_a_page_with_what_was_said_after_a_restored_backup_is_loaded_again(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    latest = await harness.world.read(page_store.latest_revision, int(zoe.person_id))
    async with zoe.browser.get(f"{zoe.url.partition('#')[0]}events?after={latest + 1}") as live:
        assert b"event: confirmed" in await live.content.read()


async def test_a_stream_reads_once_for_what_it_brings(harness: WebHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    zoe, store = await harness.joined("Zoé"), harness.world.store
    reads = 0

    async def read(unit: Unit[Any]) -> Any:
        nonlocal reads
        reads += 1
        return await type(store).read(store, unit)

    async with zoe.browser.get(f"{zoe.url.partition('#')[0]}events?after=1") as live:
        await live.content.readuntil(b"event: now\ndata: ")
        await live.content.readline()
        monkeypatch.setattr(store, "read", read)
        await push(harness, zoe, "A place opened up.", 1)
        assert "A place opened up." in (await next_event(live.content))["html"]
    assert reads == 1


async def test_a_defect_in_what_takes_photos_keeps_no_message_away(
    harness: WebHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = await harness.joined("Zoé")

    async def file_taker(_request: Request) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(harness.world.dispatcher.router, "file_taker", file_taker)
    async with zoe.browser.get(f"{zoe.url.partition('#')[0]}events?after=1") as live:
        await push(harness, zoe, "A place opened up.", 1)
        event = await next_event(live.content)
    assert ("A place opened up." in event["html"], event["files"]) == (True, True)


async def test_a_page_that_another_program_serves_learns_of_a_message_at_once(postgres_url: str) -> None:
    async with (
        open_world(postgres_url) as world,
        open_web(world) as harness,
        open_world(postgres_url) as sending_world,
        open_web(sending_world) as sending,
    ):
        zoe = await harness.joined("Zoé")
        async with zoe.browser.get(f"{zoe.url.partition('#')[0]}events?after=1") as live:
            await push(sending, zoe, "From elsewhere.", 1)
            async with asyncio.timeout(5):  # by itself the page would look after a quarter of a minute
                assert "From elsewhere." in (await next_event(live.content))["html"]


async def test_a_stream_says_what_time_it_is_here_as_devices_may_be_wrong(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    async with zoe.browser.get(f"{zoe.url.partition('#')[0]}events") as live:
        await live.content.readuntil(b"event: now\n")
        said = (await live.content.readline()).decode()
        assert said == f"data: {harness.world.clock.now().timestamp() * 1000:.0f}\n"


async def test_a_stream_that_is_told_what_changed_says_the_time_more_often_than_it_looks(
    harness: WebHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_routes, "BEAT", 0.01)
    monkeypatch.setattr(harness.world.store, "pause", lambda _usual: timedelta(seconds=0.05))
    zoe = await harness.joined("Zoé")
    async with zoe.browser.get(f"{zoe.url.partition('#')[0]}events") as live:
        await live.content.readuntil(b"event: now\n")
        unheard = View(("Nobody wakes the stream for this.",))
        await harness.world.change(page_store.add, int(zoe.person_id), "bot", unheard, harness.world.clock.now())
        times = 0
        async for line in live.content:
            times += line == b"event: now\n"
            if line.startswith(b"data: {"):
                break
        assert times % 5 == 4  # it looks at every fifth beat


async def test_a_stream_that_was_told_while_the_store_was_away_looks_again_at_the_next_beat(
    harness: WebHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_routes, "BEAT", 0.01)
    store = harness.world.store
    monkeypatch.setattr(store, "pause", lambda _usual: timedelta(minutes=1))
    zoe = await harness.joined("Zoé")
    refused = asyncio.Event()

    async def refuse(_unit: Unit[Any]) -> None:
        refused.set()
        raise StoreUnavailable

    async with zoe.browser.get(f"{zoe.url.partition('#')[0]}events") as live:
        await live.content.readuntil(b"event: now\n")
        with monkeypatch.context() as away:
            away.setattr(store, "read", refuse)
            harness.adapter._streams.wake(int(zoe.person_id))
            await refused.wait()
            await store.transact(lambda tx: secret_store.revoke(tx, int(zoe.person_id), "session"))
        async with asyncio.timeout(30):  # by itself it would look after a minute
            assert b"event: closed" in await live.content.read()


async def test_a_stream_ends_with_its_session(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    async with zoe.browser.get(f"{zoe.url.partition('#')[0]}events?after=1") as live:

        async def revoke(tx: Transaction) -> None:
            await secret_store.revoke(tx, int(zoe.person_id), "session")

        await harness.world.store.transact(revoke)
        harness.adapter._streams.wake(int(zoe.person_id))
        assert b"event: closed" in await live.content.read()


async def test_open_streams_and_what_was_refused_half_way_do_not_hold_the_end(sqlite_url: str) -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield b"x" * 1000
        await asyncio.Event().wait()

    async with open_world(sqlite_url) as world, open_web(world) as harness:
        zoe = await harness.joined("Zoé")
        page = zoe.url.partition("#")[0]
        live = await zoe.browser.get(f"{page}events")
        refused = await zoe.browser.post(f"{page}say", data=stalled(), headers={"Content-Length": "40000000"})
        assert refused.status == 413
        started = asyncio.get_running_loop().time()
        harness.running.cancel()
        await asyncio.wait({harness.running})
        assert asyncio.get_running_loop().time() - started < 2
        live.close()
        refused.close()


@pytest.mark.parametrize("turns", range(4))
async def test_a_connection_that_arrives_while_the_server_ends_is_closed(sqlite_url: str, turns: int) -> None:
    """As a browser makes one beforehand, for what it may soon ask for."""
    async with open_world(sqlite_url) as world, open_web(world) as harness:
        assert harness.adapter.server.address
        late = socket.create_connection(harness.adapter.server.address)
        for _turn in range(turns):
            await asyncio.sleep(0)
        harness.running.cancel()
        await asyncio.wait({harness.running})
    with late, suppress(ConnectionResetError):
        late.settimeout(1)
        assert late.recv(1) == b""


async def test_who_left_no_trace_cannot_be_written_to(harness: WebHarness) -> None:
    reader = harness.person()
    await reader.get("/")
    for word in (
        harness.adapter.send(Address("4711"), View(("Hello",)), reader.reader, delivery_id=1),
        harness.adapter.edit(Address("4711"), "1", View(("Hello",)), reader.reader),
    ):
        with pytest.raises(Unreachable):
            await word


async def test_an_answer_that_never_left_waits_on_the_page(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        async with open_web(world) as before:
            zoe = await before.joined("Zoé")
            sender = Actor(zoe.person_id, "Zoé", "en", zoe.person_id)
            await world.dispatcher.handle(Incoming("web", "lost", sender, Typed("Hello?")))
            cookies = {cookie.key: cookie.value for cookie in zoe.browser.cookie_jar}
        async with open_web(world) as after:
            again = after.person(Cookie=f"session={cookies['session']}")
            await again.get(f"/c/{zoe.person_id}/")
            assert "No theme chosen yet." in again.text


async def test_others_may_serve_from_the_same_address(sqlite_url: str) -> None:
    async def webhook(request: web.Request) -> web.Response:
        return web.Response(text=await request.text())

    async def as_zoe(request: web.Request) -> web.Response:
        return await harness.adapter.admit(request, int(request.match_info["person"]))

    routes = [web.post("/telegram/updates", webhook), web.get("/demo/as/{person}", as_zoe)]
    async with open_world(sqlite_url) as world, open_web(world, framed=True, routes=routes) as harness:
        chat = harness.person()
        async with chat.browser.post(f"{harness.root}/telegram/updates", data="{}") as answer:
            assert await answer.text() == "{}"
        await world.invite("Zoé")
        await chat.get("/demo/as/1")
        assert "Welcome, " in chat.text
        async with chat.browser.get(chat.url) as page:
            assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
        await chat.get("/demo/as/2")
        assert chat.status == 404


async def test_two_people_in_one_browser_each_keep_their_page(harness: WebHarness) -> None:
    browser = harness.person()
    pages = []
    for name in ("Zoé", "Max"):
        await browser.open_link(await harness.page_link(name))
        pages.append(browser.url)
    for page, name in zip(pages, ("Zoé", "Max"), strict=True):
        await browser.get(page)
        assert name in browser.text


async def test_a_taken_port_and_an_impossible_address_are_named(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            adapter = serving_at(world, "127.0.0.1", port)
            with pytest.raises(ConfigError, match="another program is listening there"):
                await adapter.run()
        running = asyncio.create_task(adapter.run())
        await adapter.server.listening.wait()
        assert adapter.server.address == ("127.0.0.1", port)
        running.cancel()
        await asyncio.wait({running})
        with pytest.raises(ConfigError, match=r"cannot listen on 192\.0\.2\.1:80"):
            await serving_at(world, "192.0.2.1", 80).run()


def serving_at(world: World, host: str, port: int) -> Web:
    web_settings = world.settings.web.model_copy(
        update={"host": host, "port": port, "public_url": "https://example.org"}
    )
    changed = world.settings.model_copy(update={"web": web_settings})
    return Web(changed, world.dispatcher, world.store, world.clock, Wakeups(world.store))


async def test_a_public_address_below_a_path_is_kept_everywhere(sqlite_url: str) -> None:
    async with (
        open_world(sqlite_url) as world,
        open_web(world, public_url="https://example.org/chat/") as harness,
    ):
        zoe = harness.person()
        await zoe.get(f"/p/{await harness.page_link('Zoé')}")
        async with zoe.browser.post(zoe.url, allow_redirects=False) as opened:
            assert opened.headers["Location"].startswith("/chat/c/1/")
            assert opened.cookies["session"]["path"] == "/chat/c/1/"
            assert opened.cookies["session"]["secure"]


async def test_streams_wake_those_who_look_at_that_page() -> None:
    streams, here = Streams(9), lambda: False
    with streams.listening(1, 5, here) as zoe, streams.listening(2, 5, here) as max_:
        streams.wake(1)
        assert (zoe.woken, max_.woken) == (True, False)
        streams.end()
        assert max_.woken
