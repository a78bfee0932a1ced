"""Several programs on one PostgreSQL database, as on several machines behind a proxy that asks each in turn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import aiohttp
import pytest

from bot.app import App, build
from bot.background import program_store
from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.content.forms import Upload
from bot.content.views import Picture, View
from bot.conversation.incoming import Actor, Called, Incoming
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.delivery.platform import Address
from bot.people import attempt_store, participant_store, secret_store
from bot.people.participants import Account
from bot.platforms import duties
from bot.platforms.telegram import adapter as telegram_adapter
from bot.platforms.telegram import albums
from bot.platforms.telegram.adapter import Telegram
from bot.platforms.telegram.webhook import WEBHOOK_PATH
from bot.platforms.web.adapter import Web
from bot.rehearsal.botapi import BotApi, TelegramUser
from bot.rehearsal.chat_driver_telegram import TelegramChat
from bot.rehearsal.chat_driver_web import WebChat
from handlers.announcements.store.contents import file_kinds
from tests.balancer import Balancer
from tests.pictures import drawn
from tests.world import make_settings

ORGANISER = 900
SECRET = "K1tchen-f0r-everybody"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class HastyClock(SystemClock):
    """The machine's clock, of which twenty seconds are slept in one."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 20)


@dataclass
class Machine:
    """One program, and the task in which it runs; `address` is where it listens for HTTP."""

    app: App
    running: asyncio.Task[None]
    address: str = ""

    async def stop(self) -> None:
        """End it as SIGTERM does; its connections are closed by who opened it."""
        self.running.cancel()
        await asyncio.wait({self.running})


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many connections as a program may need take longer to open than all that is sent here."""
    monkeypatch.setattr(telegram_adapter, "_CONNECTIONS", 2)
    monkeypatch.setattr(duties, "_FIRST_LOOK", 0.1)
    monkeypatch.setattr(duties, "_LOOKED_EVERY", 0.1)


@asynccontextmanager
async def machine(settings: Settings, *parts: str) -> AsyncIterator[Machine]:
    """A program that runs only these parts, once it listens."""
    async with build(settings, only=frozenset(parts), clock=HastyClock()) as app:
        running = asyncio.create_task(app.serve())
        try:
            async with asyncio.timeout(10):
                while app.store.program not in await app.store.read(program_store.running):
                    await asyncio.to_thread(lambda: None)  # others do not know yet that it runs
            yield Machine(app, running, await address_of(app, parts))
        finally:
            running.cancel()
            await asyncio.wait({running})


async def address_of(app: App, parts: tuple[str, ...]) -> str:
    """Where a program takes requests; '' for one that takes none."""
    for name in parts:
        platform = app.platforms.get(name)
        server = platform.server if isinstance(platform, Web | Telegram) else None
        if server:
            async with asyncio.timeout(10):
                await server.listening.wait()
            assert server.address
            return f"http://127.0.0.1:{server.address[1]}"
    return ""


def behind(balancer: Balancer, url: str, api: BotApi | None = None, **sections: Any) -> Settings:
    """The settings that all programs share: pages, and Telegram if there is a Bot API server, by webhook."""
    telegram = {"token": api.token, "api_base": api.root} if api else {}
    webhook = {"mode": "webhook", "webhook_url": balancer.url + WEBHOOK_PATH, "webhook_secret": SECRET}
    return make_settings(
        telegram={**telegram, **(webhook if api else {})},
        web={"port": 0, "public_url": balancer.url},
        storage={"url": url},
        **sections,
    )


async def files(machine: Machine) -> list[str]:
    """The names of what hangs on the first announcement."""
    return [name for _kind, name, _bytes in await machine.app.store.read(lambda tx: file_kinds(tx, 1))]


# --- Telegram by webhook


@dataclass
class Posted:
    """Two programs to which Telegram posts in turn."""

    api: BotApi
    balancer: Balancer
    settings: Settings
    machines: list[Machine]

    def person(self, name: str, **how: Any) -> TelegramUser:
        return TelegramUser(self.api, name, language_code="en", started=True, **how)

    def chat(self, name: str, **how: Any) -> TelegramChat:
        """Someone whose chat can be driven."""
        return TelegramChat(self.person(name, **how), self._replies_left)

    async def _replies_left(self) -> None:
        for each in self.machines:
            telegram = each.app.platforms["telegram"]
            assert isinstance(telegram, Telegram)
            await telegram.replies.drained()

    async def post(self, machine: Machine, update: object, secret: str = SECRET) -> int:
        """Post an update to one program, past the proxy. Returns the status of the answer."""
        async with (
            aiohttp.ClientSession() as telegram,
            telegram.post(machine.address + WEBHOOK_PATH, json=update, headers={HEADER: secret}) as answer,
        ):
            return answer.status

    async def stored(self) -> list[tuple[str, int]]:
        """Each update that is stored, and whether it is known to be answered."""
        rows = await self.machines[0].app.store.read(lambda tx: tx.all("SELECT update_id, replied FROM inbox"))
        return [(row["update_id"], row["replied"]) for row in rows]


@pytest.fixture
async def posted(postgres_url: str) -> AsyncIterator[Posted]:
    async with BotApi(webhook_repeat=0.05) as api, Balancer() as balancer, AsyncExitStack() as stack:
        settings = behind(balancer, postgres_url, api, organisers={"telegram": [ORGANISER]})
        machines = []
        for _ in range(2):
            machines.append(await stack.enter_async_context(machine(settings, "telegram")))
            await api.until(lambda: api.world.webhook)  # by the first
        balancer.backends = [each.address for each in machines]
        yield Posted(api, balancer, settings, machines)
        if api.world.webhook:  # a server that ends while it is connected to may leave that connection open
            await api.world.webhook.stop()


async def test_telegram_posts_to_any_of_several_programs(posted: Posted) -> None:
    people = [posted.person(f"P{number}") for number in range(6)]
    for person in people:
        person.send("/start")
    for person in people:
        await person.sees("Welcome")
    await posted.api.settled()
    assert sorted(posted.balancer.passed.values()) == [3, 3]
    assert posted.api.calls["setWebhook"] == 1, "by one of them, for both"


async def test_a_program_that_ends_leaves_the_webhook_to_the_others(posted: Posted) -> None:
    zoe = posted.person("Zoé")
    first, second = posted.machines
    await first.stop()
    zoe.send("/start")
    await zoe.sees("Welcome")
    await posted.api.settled()
    assert set(posted.balancer.passed) == {second.address}
    await posted.api.until(lambda: posted.api.calls["setWebhook"] == 2, "the other looks after it now")
    zoe.send("/help")
    await zoe.sees("This is where you take part")
    assert posted.api.calls["deleteWebhook"] == 0


async def test_an_update_that_reaches_two_programs_is_stored_and_answered_once(posted: Posted) -> None:
    zoe = posted.person("Zoé")
    posted.balancer.backends = ()  # Telegram itself reaches nobody
    zoe.send("/start")
    update = json.loads(next(iter(posted.api.world.updates.pending.values())).body)
    posted.api.fail("sendMessage", delay=2)  # it is on its way when the update comes again
    first = asyncio.create_task(posted.post(posted.machines[0], update))
    await posted.api.until(lambda: posted.api.asked("sendMessage"))
    assert await posted.post(posted.machines[1], update) == 200
    assert not first.done()
    assert await first == 200
    assert [update_id for update_id, _replied in await posted.stored()] == [str(update["update_id"])]
    assert [shown.text.partition("\n")[0] for shown in zoe.shown] == ["Welcome to Rencontres."]


async def test_what_one_person_does_is_answered_in_order_wherever_it_arrives(posted: Posted) -> None:
    zoe = posted.person("Zoé")
    posted.api.fail("sendMessage", delay=0.2)  # the next answer would overtake
    zoe.send("/start")
    zoe.send("/help")
    await zoe.sees("This is where you take part")
    await posted.api.settled()
    assert sorted(posted.balancer.passed.values()) == [1, 1]
    assert [shown.text.startswith("Welcome") for shown in zoe.shown] == [True, False]


async def test_who_a_killed_program_did_not_answer_is_answered_by_another(posted: Posted) -> None:
    zoe, (first, second) = posted.person("Zoé"), posted.machines
    sender = Actor(str(zoe.id), "Zoé", "en", str(zoe.id))
    await first.app.dispatcher.handle(Incoming("telegram", "77", sender, Called("start")))
    assert await second.app.dispatcher.leftovers("telegram") == [], "the program that took it runs, and will answer"
    await first.stop()
    await zoe.sees("bienvenue")  # which language they read is not known any more
    assert len(zoe.shown) == 1


async def test_a_program_takes_nothing_without_the_secret_or_before_it_is_ready(posted: Posted) -> None:
    update = {"update_id": 1, "message": {}}
    for each in posted.machines:
        assert await posted.post(each, update, "wrong") == 403
    third = build(posted.settings, only=frozenset({"telegram"}))
    async with third as app:
        telegram = app.platforms["telegram"]
        assert isinstance(telegram, Telegram)
        assert telegram.server
        async with telegram.server.serving():
            assert telegram.server.address
            early = Machine(
                app, asyncio.create_task(asyncio.sleep(0)), f"http://127.0.0.1:{telegram.server.address[1]}"
            )
            assert await posted.post(early, update) == 503, "Telegram is to post it again"
            async with aiohttp.ClientSession() as proxy, proxy.get(f"{early.address}/health") as answer:
                assert answer.status == 200
    assert await posted.stored() == []


async def test_the_pictures_of_an_album_arrive_at_several_programs_and_are_one_message(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(albums, "QUIET", 2)
    ines = posted.chat("Inès", user_id=ORGANISER)
    await ines.command("annoncer")
    await ines.press("Write an announcement")
    for number in range(4):
        ines.user.send_photo(album="a1", content=drawn(shade=number), caption="" if number else "Four")
    await ines.user.sees("en brouillon")  # which language they read is known to whoever brings the pictures
    assert len(await files(posted.machines[0])) == 4
    assert len(posted.balancer.passed) == 2


async def test_codes_are_guessed_no_more_often_at_several_programs(posted: Posted) -> None:
    zoe = posted.chat("Zoé")
    await zoe.command("start")
    await zoe.press("Enter my code")
    for _ in range(attempt_store.TRIES):
        await zoe.send("AAAA-BBBB-CCCC")
    assert "wait" in zoe.text
    assert len(posted.balancer.passed) == 2


async def test_a_list_of_commands_that_one_program_set_is_taken_back_by_another(posted: Posted) -> None:
    first, second = posted.machines
    zoe = posted.chat("Zoé")
    person_id = await first.app.store.transact(partial(joined, zoe.user, first.app.clock.now()))
    changes = asyncio.Event()
    second.app.wakeups.on("command_lists", lambda _ids: changes.set())

    posted.balancer.backends = (first.address,)
    await first.app.store.transact(lambda tx: participant_store.set_organises(tx, person_id, True))
    await zoe.command("help")
    async with asyncio.timeout(10):
        await changes.wait()
    await first.app.store.transact(lambda tx: participant_store.set_organises(tx, person_id, False))
    posted.balancer.backends = (second.address,)
    await zoe.command("help")
    assert posted.api.calls["deleteMyCommands"] == 1


async def joined(user: TelegramUser, now: datetime, tx: Transaction) -> int:
    """Add somebody with this account. Returns their id."""
    person = await participant_store.add(tx, ref="1", given_name="Zoé", family_name="", now=now)
    await participant_store.attach(tx, Account("telegram", str(user.id), str(user.id), "Zoé", "en"), person.id, now)
    return person.id


# --- what one program does at a time


class Diary:
    """A platform from which only one program at a time receives, which writes down who does."""

    name = "discord"
    channels = calendar = None
    single_intake = True

    def __init__(self, program: str, lines: asyncio.Queue[str]) -> None:
        self._program = program
        self._lines = lines

    async def prepare(self) -> None:
        self._lines.put_nowait(f"{self._program} is ready")

    async def run(self) -> None:
        self._lines.put_nowait(f"{self._program} receives")
        await asyncio.Event().wait()

    async def close(self) -> None:
        pass


async def test_of_several_programs_for_discord_one_receives_and_another_takes_over_at_once(postgres_url: str) -> None:
    settings = make_settings(storage={"url": postgres_url})
    lines: asyncio.Queue[str] = asyncio.Queue()
    only = frozenset({"discord"})
    async with build(settings, only=only) as first, build(settings, only=only) as second, asyncio.timeout(10):
        running = []
        for app, program in ((first, "first"), (second, "second")):
            app.platforms = {"discord": Diary(program, lines)}  # type: ignore[dict-item]
            running.append(asyncio.create_task(app.serve()))
            assert await lines.get() == f"{program} is ready"
            if app is first:
                assert await lines.get() == "first receives"
        while not (await second.health.report())[1]["platforms"]:
            await asyncio.to_thread(lambda: None)
        states = [(await app.health.report())[1]["platforms"]["discord"]["state"] for app in (first, second)]
        assert states == ["running", "waiting"]
        running[0].cancel()
        assert await lines.get() == "second receives"
        running[1].cancel()
        await asyncio.wait(running)


async def test_who_took_over_by_polling_answers_for_a_program_that_is_known_to_have_ended_only_later(
    postgres_url: str,
) -> None:
    async with BotApi() as api:
        settings = make_settings(telegram={"token": api.token, "api_base": api.root}, storage={"url": postgres_url})
        zoe = TelegramUser(api, "Zoé", started=True)
        async with machine(settings, "web") as killed:
            sender = Actor(str(zoe.id), "Zoé", "en", str(zoe.id))
            await killed.app.dispatcher.handle(Incoming("telegram", "77", sender, Called("start")))
            async with machine(settings, "telegram"):
                await api.until(lambda: api.calls["getUpdates"])
                assert zoe.shown == ()
                await killed.stop()
                await zoe.sees("bienvenue")


async def test_of_several_programs_that_deliver_another_goes_on_at_once(postgres_url: str) -> None:
    async with BotApi() as api:
        settings = make_settings(telegram={"token": api.token, "api_base": api.root}, storage={"url": postgres_url})
        zoe = TelegramUser(api, "Zoé", started=True)

        async def tell(app: App, words: str) -> None:
            await app.store.transact(
                lambda tx: outbox.notify(tx, person_id, View((words,)), app.clock.now(), outbox.Telling.PRESSING_ANSWER)
            )

        async with machine(settings, "delivery") as first, machine(settings, "delivery") as second:
            person_id = await first.app.store.transact(partial(joined, zoe, first.app.clock.now()))
            await tell(second.app, "one")  # told to whoever delivers
            await zoe.sees("one")
            await first.stop()
            await tell(second.app, "two")
            await zoe.sees("two")
            assert [shown.text for shown in zoe.shown] == ["one", "two"]
        assert api.calls["getUpdates"] == api.calls["setWebhook"] == 0, "they receive nothing"


# --- pages


async def test_a_page_is_served_by_any_of_several_programs_from_one_request_to_the_next(postgres_url: str) -> None:
    async with Balancer() as balancer, AsyncExitStack() as stack:
        settings = behind(balancer, postgres_url)
        one, other = [await stack.enter_async_context(machine(settings, "web")) for _ in range(2)]
        balancer.backends = [one.address, other.address, one.address]  # a form and the page after it at all pairs
        browser = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
        browser.headers["Accept-Language"] = "en"

        async def link_of(_code: str) -> str:
            async def unit(tx: Transaction) -> str:
                now = one.app.clock.now()
                person = await participant_store.add(
                    tx, ref="1", given_name="Inès", family_name="", now=now, attends=False, organises=True, locale="en"
                )
                return await secret_store.issue(tx, "page", person.id, now)

            return await one.app.store.transact(unit)

        ines = WebChat(browser, balancer.url, settings.gathering.zone, link_of)
        await ines.follow("j-CODE")
        await ines.command("annoncer")
        await ines.press("Write an announcement")
        assert ines.sheet
        area = ines.sheet.first("textarea")
        assert area
        upload = Upload("plan.jpg", drawn())
        await ines.post(ines.sheet, {area["name"]: "The plan", f"{area['name']}.files": [upload]})
        assert await files(other) == ["plan.jpg"]
        pages = one.app.platforms["web"]
        view = View(("The plan",), attachments=(Picture(drawn(), "A plan", "plan.jpg"),))
        await pages.send(Address(ines.person_id), view, ines.reader, delivery_id=1)
        await ines.look()
        picture = ines.latest.first("img")
        assert picture
        for each in (one, other):
            async with browser.get(each.address + picture["src"]) as sent:
                assert await sent.read() == drawn()

        page = ines.url.partition("#")[0]
        async with browser.get(f"{page}events?after={ines.latest['data-revision']}") as stream, asyncio.timeout(10):
            for number in range(4):
                composer = ines.page.first("form", id="composer")
                assert composer
                for _sent_again in range(2):  # by a browser that did not hear the outcome
                    await ines.post(composer, {"text": f"The library is closed {number}"})
                assert ines.page.text.count(f"The library is closed {number}") == 1
                while f"The library is closed {number}".encode() not in await stream.content.readline():
                    pass
            leaving = next(form for form in ines.page.all("form") if form.get("action").endswith("/leave"))
            await ines.post(leaving, {})
            while b"event: closed" not in await stream.content.readline():
                pass
        for each in (one, other):
            await ines.get(each.address + page.removeprefix(balancer.url))
            assert ines.status == 404
        assert min(balancer.passed.values()) >= 8
