"""Long work: asked for in a transaction, done in another process, told once."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.dispatch import Dispatcher
from bot.domain.participants import Participant
from bot.erasure import erase
from bot.errors import UserError
from bot.jobs import Runner
from bot.router import Router
from bot.routes import Request, Routes
from bot.side_process import SideProcess
from bot.storage import participants
from bot.storage.engine import Store, Transaction
from bot.texts import _
from bot.views import File, JobRequest, Reply, View, reply
from tests.delivery.rig import Message, Rig
from tests.drivers.neutral import NeutralChat
from tests.labour import measure

routes = Routes()


@routes.job("measure", work=measure)
async def measured(tx: Transaction, person: Participant, result: Mapping[str, Any]) -> View:
    await participants.set_locale(tx, person.id, "de")
    if result["length"] > 9:
        raise UserError(_("Too long."))
    return View((f"{person.given_name}: {result['length']}",), attachments=(File("word.txt", result["content"]),))


@routes.text()
async def ask(_request: Request, payload: str) -> Reply:
    return reply("Under way.", job=JobRequest("measure", json.loads(payload)))


@routes.screen()
async def home(_request: Request) -> Reply:
    return reply("Home")


class Foreman:
    """Says to each run in turn what is to become of it: «go» by default, «die», «fail», or to «stay» at it."""

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.runs = 0
        self.port = 0
        self.staying = asyncio.Event()
        self.gone = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Foreman]:
        server = await asyncio.start_server(self._order, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        yield self
        server.close()
        await server.wait_closed()

    async def _order(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.runs += 1
        order = self.orders.pop(0) if self.orders else "go"
        if order == "stay":
            self.staying.set()
            await reader.read()
            self.gone.set()
        writer.write(order.encode())
        writer.close()


class House:
    """Zoé, who chats on Telegram, and a program that does jobs and delivers."""

    def __init__(self, store: Store, foreman: Foreman) -> None:
        self.rig = Rig(store, "telegram")
        self.foreman = foreman
        self.router = Router(routes)
        self.runner = self.program()
        self.told = asyncio.Event()
        dispatcher = Dispatcher(
            self.rig.store, self.router, self.rig.settings, self.rig.clock, lambda: self.runner.wake()
        )
        self.chat = NeutralChat(dispatcher, "1")

    def program(self) -> Runner:
        return Runner(self.rig.store, self.router.jobs, self._tell, self.rig.clock)

    def _tell(self) -> None:
        self.told.set()
        self.rig.delivery.wake()

    async def ask(self, word: str) -> None:
        await self.chat.send(json.dumps({"word": word, "port": self.foreman.port}))
        assert self.chat.text == "Under way."

    async def messages(self) -> list[Message]:
        """What Zoé got, once there is something for her."""
        await self.told.wait()
        self.told.clear()
        async with self.rig.running():
            await self.rig.passes(1)
        return self.rig["telegram"].arrived

    async def jobs(self) -> int:
        return len(await self.rig.store.read(lambda tx: tx.all("SELECT id FROM jobs")))


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    async with Foreman().listening() as foreman:
        house = House(store, foreman)
        await house.rig.person("Zoé", "telegram:1")
        yield house
        await house.chat.dispatcher.close()


async def test_the_result_is_told_to_who_asked_though_they_stopped_all_pushes(house: House) -> None:
    await house.rig.run("UPDATE participants SET stopped = 1")
    async with house.rig.running(house.runner.run):
        await house.ask("bonjour")
        await house.rig.passes(1)
        (message,) = await house.messages()
    assert (message.text, message.view.attachments) == ("Zoé: 7", (File("word.txt", b"bonjour"),))
    assert (message.chat, message.locale) == ("chat-1", "de")
    assert await house.jobs() == 0


async def test_a_process_that_dies_is_replaced_and_the_work_told_once(house: House) -> None:
    house.foreman.orders = ["die", "die"]
    async with house.rig.running(house.runner.run):
        await house.ask("bonjour")
        await house.rig.passes(1)
        assert [message.text for message in await house.messages()] == ["Zoé: 7"]
    assert house.foreman.runs == 3


async def test_a_program_that_ends_leaves_no_process_and_its_work_to_the_next(house: House) -> None:
    house.foreman.orders = ["stay"]
    async with house.rig.running(house.runner.run):
        await house.ask("bonjour")
        await house.rig.passes(1)
        await house.foreman.staying.wait()
    await house.foreman.gone.wait()
    async with house.rig.running(house.program().run):
        assert [message.text for message in await house.messages()] == ["Zoé: 7"]
    assert await house.jobs() == 0


async def test_a_job_claimed_without_our_knowing_is_done_all_the_same(house: House) -> None:
    async with house.rig.running(house.runner.run):
        await house.ask("bonjour")
        house.rig.store.mute = True
        await house.rig.passes(1)
        house.rig.store.mute = False
        await house.rig.passes(5)
        assert [message.text for message in await house.messages()] == ["Zoé: 7"]


@pytest.mark.parametrize("orders", ["fail", "die die die"], ids=["fails", "dies"])
async def test_work_that_fails_is_told_with_a_reference(house: House, orders: str) -> None:
    house.foreman.orders = orders.split()
    async with house.rig.running(house.runner.run):
        await house.ask("bonjour")
        await house.rig.passes(1)
        (message,) = await house.messages()
        assert message.text.startswith("What you asked for failed on our side, nothing was changed.")
        await house.ask("salut")
        await house.rig.passes(1)
        assert [message.text for message in await house.messages()][1:] == ["Zoé: 5"]


async def test_a_refusal_of_the_result_changes_nothing_and_is_told(house: House) -> None:
    async with house.rig.running(house.runner.run):
        await house.ask("interminable")
        await house.rig.passes(1)
        (message,) = await house.messages()
    assert (message.text, message.locale) == ("Too long.", "en")


async def test_who_was_erased_meanwhile_is_told_nothing(house: House) -> None:
    await house.ask("bonjour")
    await house.rig.run("DELETE FROM participants")
    assert await house.jobs() == 0


class Meanwhile(SideProcess):
    """Where someone is erased while the first work is being done."""

    def __init__(self, house: House, person: int) -> None:
        super().__init__()
        self.results: list[Mapping[str, Any]] = []
        self._house = house
        self._person = person

    async def do(
        self, work: Callable[[Mapping[str, Any]], Mapping[str, Any]], payload: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        if not self.results:
            rig = self._house.rig
            await rig.store.transact(lambda tx: erase(tx, self._person, rig.clock.now(), texts=True))
        self.results.append({"length": len(self.results), "content": b""})
        return self.results[-1]


async def test_what_was_read_of_someone_who_is_erased_meanwhile_is_read_anew(house: House) -> None:
    side = Meanwhile(house, await house.rig.person("Mia"))
    await house.ask("bonjour")
    await Runner(house.rig.store, house.router.jobs, house._tell, house.rig.clock, side).catch_up()
    assert len(side.results) == 2
    assert [message.text for message in await house.messages()] == ["Zoé: 1"]


async def test_work_on_words_that_name_who_is_erased_is_given_up_and_that_is_told(house: House) -> None:
    mia = await house.rig.person("Mia")
    await house.ask("Mia Dupont")
    await house.rig.store.transact(lambda tx: erase(tx, mia, house.rig.clock.now(), texts=True))
    house.told.set()
    assert [message.text for message in await house.messages()] == [
        "What you asked for spoke of someone who has erased their data meanwhile, so it was stopped. Ask again."
    ]
    assert await house.jobs() == 0


async def test_the_process_ends_with_a_program_that_is_killed() -> None:
    async with Foreman().listening() as foreman:
        foreman.orders = ["stay"]
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import asyncio; from bot.side_process import SideProcess; from tests.labour import measure;"
            f" asyncio.run(SideProcess().do(measure, {{'port': {foreman.port}}}))",
            stderr=asyncio.subprocess.DEVNULL,  # its semaphores are cleaned up after it, which is said aloud
        )
        await foreman.staying.wait()
        program.send_signal(signal.SIGKILL)
        await program.wait()
        await foreman.gone.wait()


def test_work_that_no_other_process_can_find_is_refused_when_declared() -> None:
    with pytest.raises(ValueError, match="another process"):
        Routes().job("cards", work=lambda payload: payload)
