"""Long work: asked for in a transaction, done in another process, told once."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.background.jobs import Runner
from bot.background.side_process import SideProcess, Work, WorkerDied
from bot.content.errors import UserError
from bot.content.texts import Reader, _, plain
from bot.content.views import Button, File, JobRequest, Raw, Reply, View, reply
from bot.conversation.dispatch import Dispatcher
from bot.conversation.router import Router
from bot.conversation.routes import Request, Routes
from bot.database.engine import Store, Transaction
from bot.delivery.message_updates import notify_of_result
from bot.files.stored_files import Files
from bot.logs import add_reference
from bot.membership.erasure import erase
from bot.people import participant_store
from bot.people.declared import Declared
from bot.people.participants import Participant
from tests.background.work import measure, read_file, tell_process
from tests.delivery.rig import NO_FILES, Message, Rig
from tests.drivers.neutral import NeutralChat
from tests.far_folder import FarFolder
from tests.listening import takes_all
from tests.measured import measuring
from tests.stored_rows import stored_rows
from tests.world import DECLARED, ROUTER

routes = Routes()
READER = Reader("en", "Europe/Paris")


@routes.job("measure", work=measure)
async def measured(tx: Transaction, person: Participant, result: Mapping[str, Any]) -> View:
    await participant_store.set_locale(tx, person.id, "de")
    if result["length"] > 9:
        raise UserError(_("Too long."))
    return View((f"{person.given_name}: {result['length']}",), attachments=(File("word.txt", result["content"]),))


@routes.job("read", work=read_file)
async def file_was_read(_tx: Transaction, person: Participant, result: Mapping[str, Any]) -> View:
    return View((f"{person.given_name}: {result['length']}",))


@routes.job("menu", work=measure)
async def menu_is_made(_tx: Transaction, _person: Participant, _result: Mapping[str, Any]) -> View:
    return View(
        ("Which?",), tuple(Button(f"{number}", Raw(f"b{number}-")) for number in range(1, 8)), again=Raw("home")
    )


@routes.job("light", work=tell_process)
@routes.job("heavy", work=tell_process, ends_process=True)
async def process_told(_tx: Transaction, _person: Participant, result: Mapping[str, Any]) -> View:
    return View((str(result["process"]),))


async def ask(_request: Request, payload: str) -> Reply:
    asked = json.loads(payload)
    return reply("Under way.", job=JobRequest(asked.pop("kind"), asked))


@routes.screen()
async def home(_request: Request) -> Reply:
    return reply("Home")


class Foreman:
    """Says to each run in turn what is to become of it.

    «go» by default, «die», «fail», «swell» until no memory is left, «give up» for want of it, «stay» at it or «seize»
    all of its process. «later» is said once `released` is set: to die, so that a try can take its time.
    """

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.runs = 0
        self.port = 0
        self._talks: set[asyncio.Task[None]] = set()
        self.staying = asyncio.Event()
        self.gone = asyncio.Event()
        self.released = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Foreman]:
        server = await asyncio.start_server(self._order, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        yield self
        server.close()
        await server.wait_closed()
        for talk in self._talks:  # with processes that are ended, or about to be
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _order(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk
        self._talks.add(talk)
        try:
            await self._say(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self._talks.discard(talk)

    async def _say(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.runs += 1
        order = self.orders.pop(0) if self.orders else "go"
        if order == "later":
            self.staying.set()
            await self.released.wait()
            order = "die"
        if order == "seize":
            writer.write(order.encode())
        if order in ("stay", "seize"):
            self.staying.set()
            with suppress(ConnectionError):
                await reader.read()
            self.gone.set()
        with suppress(ConnectionError):
            writer.write(order.encode())
            await writer.drain()


class JobHarness:
    """Zoé, who chats on Telegram, and a program that does jobs and delivers."""

    def __init__(self, store: Store, foreman: Foreman, *, moving: bool = False) -> None:
        self.rig = Rig(store, "telegram", moving=moving)
        self.foreman = foreman
        self.router = Router(routes, listeners=[takes_all(ask)])
        self.runner = self.program()
        self.told = asyncio.Event()
        self.dispatcher = Dispatcher(
            self.rig.store, self.router, Declared(), self.rig.settings, self.rig.clock, lambda: self.runner.wake()
        )
        self.chat = NeutralChat(self.dispatcher, "1")

    def program(self, files: Files | None = None) -> Runner:
        return Runner(
            self.rig.store,
            self.router.jobs,
            Declared(),
            notify_of_result,
            self._tell,
            self.rig.clock,
            stopwatch=self.rig.clock,
            files=files,
        )

    def _tell(self) -> None:
        self.told.set()
        self.rig.delivery.wake()

    async def ask(self, word: str, by: NeutralChat | None = None, kind: str = "measure") -> None:
        chat = by or self.chat
        await chat.send(json.dumps({"kind": kind, "word": word, "port": self.foreman.port}))
        assert chat.text == "Under way."

    async def join(self, given_name: str, number: str, *, organises: bool = False) -> NeutralChat:
        """Someone more who chats on Telegram."""
        person = await self.rig.person(given_name, f"telegram:{number}")
        await self.rig.run(
            "UPDATE participants SET organises = :organises WHERE id = :id", organises=int(organises), id=person
        )
        return NeutralChat(self.dispatcher, number)

    async def stuck(self, by: NeutralChat) -> None:
        """Somebody asks for work that never ends, and it is under way."""
        self.foreman.orders = ["stay"]
        await self.ask("toujours", by)
        await self.rig.passes(1)
        await self.foreman.staying.wait()

    async def messages(self) -> list[Message]:
        """What Zoé got, once there is something for her."""
        await self.told.wait()
        self.told.clear()
        async with self.rig.running():
            await self.rig.passes(1)
        return self.rig["telegram"].arrived

    async def got(self, count: int) -> list[str]:
        """The first words of what everybody got, once there are as many messages."""
        while len(arrived := self.rig["telegram"].arrived) < count:
            await self.messages()
        return [" ".join(message.text.split()[:2]) for message in arrived]

    async def jobs(self) -> int:
        return len(await self.rig.store.read(lambda tx: tx.all("SELECT id FROM jobs")))


@pytest.fixture
async def harness(store: Store) -> AsyncIterator[JobHarness]:
    async with Foreman().listening() as foreman:
        harness = JobHarness(store, foreman)
        await harness.rig.person("Zoé", "telegram:1")
        yield harness
        await harness.dispatcher.close()


async def test_jobs_are_waited_for_by_a_clock_that_moves(store: Store) -> None:
    harness = JobHarness(store, Foreman(), moving=True)
    async with asyncio.timeout(30), harness.rig.running(harness.runner.run):
        assert await harness.rig.rests()


async def test_jobs_are_counted_by_kind_and_by_how_they_ended(harness: JobHarness) -> None:
    harness.foreman.orders = ["die", "go", "fail"]
    with measuring() as number:
        async with harness.rig.running(harness.runner.run):
            for word in ("bonjour", "malheureux", "too long to be told"):
                await harness.ask(word)
                await harness.rig.passes(6)
                await harness.messages()

        def of(outcome: str) -> float | None:
            return number("rencontres_jobs_total", kind="measure", outcome=outcome)

        counted = {word: of(word) for word in ("repeated", "done", "failed", "refused")}
        assert counted == {"repeated": 1, "done": 1, "failed": 1, "refused": 1}
        assert number("rencontres_job_seconds_count", kind="measure") == 4


async def test_the_result_is_told_to_who_asked_though_they_stopped_all_pushes(harness: JobHarness) -> None:
    await harness.rig.run("UPDATE participants SET stopped = 1")
    async with harness.rig.running(harness.runner.run):
        await harness.ask("bonjour")
        await harness.rig.passes(1)
        (message,) = await harness.messages()
    assert (message.text, message.view.attachments) == ("Zoé: 7", (File("word.txt", b"bonjour"),))
    assert (message.chat, message.locale) == ("chat-1", "de")
    assert await harness.jobs() == 0


async def test_a_result_with_many_buttons_shows_a_few_and_more(harness: JobHarness) -> None:
    async with harness.rig.running(harness.runner.run):
        await harness.ask("bonjour", kind="menu")
        await harness.rig.passes(1)
        (message,) = await harness.messages()
    assert [plain(button.label, READER) for button in message.view.buttons] == ["1", "2", "3", "More…"]


async def test_a_process_that_dies_is_replaced_and_the_work_told_once(harness: JobHarness) -> None:
    harness.foreman.orders = ["die", "die"]
    async with harness.rig.running(harness.runner.run):
        await harness.ask("bonjour")
        await harness.rig.passes(1)
        assert [message.text for message in await harness.messages()] == ["Zoé: 7"]
    assert harness.foreman.runs == 3


async def test_a_program_that_ends_leaves_no_process_and_its_work_to_the_next(harness: JobHarness) -> None:
    harness.foreman.orders = ["stay"]
    async with harness.rig.running(harness.runner.run):
        await harness.ask("bonjour")
        await harness.rig.passes(1)
        await harness.foreman.staying.wait()
    await harness.foreman.gone.wait()
    async with harness.rig.running(harness.program().run):
        assert [message.text for message in await harness.messages()] == ["Zoé: 7"]
    assert await harness.jobs() == 0


async def test_a_job_claimed_without_our_knowing_is_done_all_the_same(harness: JobHarness) -> None:
    async with harness.rig.running(harness.runner.run):
        await harness.ask("bonjour")
        harness.rig.store.mute = True
        await harness.rig.passes(1)
        harness.rig.store.mute = False
        await harness.rig.passes(5)
        assert [message.text for message in await harness.messages()] == ["Zoé: 7"]


@pytest.mark.parametrize("orders", ["fail", "die die die"], ids=["fails", "dies"])
async def test_work_that_fails_is_told_with_the_reference_of_who_asked_for_it(harness: JobHarness, orders: str) -> None:
    harness.foreman.orders = orders.split()
    async with harness.rig.running(harness.runner.run):
        with capture_logs(processors=[add_reference]) as lines:
            await harness.ask("bonjour")
            await harness.rig.passes(1)
            (message,) = await harness.messages()
        (update,) = (await stored_rows(harness.rig.store, "inbox"))["inbox"]
        reference = update["reference"]
        assert message.text.startswith("That did not work, the fault is ours. Nothing was changed:")
        assert message.text.endswith(f"give the team this number: {reference}.")
        failures = [(line["event"], line["reference"]) for line in lines if line["log_level"] == "error"]
        assert failures == [("background.job_failed", reference)]
        (delivery,) = (await stored_rows(harness.rig.store, "deliveries"))["deliveries"]
        assert delivery["reference"] == reference
        await harness.ask("salut")
        await harness.rig.passes(1)
        assert [message.text for message in await harness.messages()][1:] == ["Zoé: 5"]


async def test_a_refusal_of_the_result_changes_nothing_and_is_told(harness: JobHarness) -> None:
    async with harness.rig.running(harness.runner.run):
        await harness.ask("interminable")
        await harness.rig.passes(1)
        (message,) = await harness.messages()
    assert (message.text, message.locale) == ("Too long.", "en")


async def test_who_was_erased_meanwhile_is_told_nothing(harness: JobHarness) -> None:
    await harness.ask("bonjour")
    assert await harness.jobs() == 1
    await harness.rig.run("DELETE FROM participants")
    assert await harness.jobs() == 0


class Meanwhile(SideProcess):
    """Where someone is erased while the first work is being done."""

    def __init__(self, harness: JobHarness, person: int) -> None:
        super().__init__()
        self.results: list[Mapping[str, Any]] = []
        self._harness = harness
        self._person = person

    async def start(self) -> None:
        """Start no process."""

    async def do(self, work: Work, payload: Mapping[str, Any], seconds: float | None = None) -> Mapping[str, Any]:
        if not self.results:
            rig = self._harness.rig
            await rig.store.transact(
                lambda tx: erase(tx, DECLARED, self._person, rig.clock.now(), texts=True, files=NO_FILES)
            )
        self.results.append({"length": len(self.results), "content": b""})
        return self.results[-1]


async def test_what_was_read_of_someone_who_is_erased_meanwhile_is_read_anew(harness: JobHarness) -> None:
    side = Meanwhile(harness, await harness.rig.person("Mia"))
    await harness.ask("bonjour")
    await Runner(
        harness.rig.store,
        harness.router.jobs,
        Declared(),
        notify_of_result,
        harness._tell,
        harness.rig.clock,
        lambda: side,
    ).catch_up()
    assert len(side.results) == 2
    assert [message.text for message in await harness.messages()] == ["Zoé: 1"]


async def test_work_reads_stored_files_and_waits_for_none_that_are_out_of_reach(
    harness: JobHarness, tmp_path: Path
) -> None:
    files = FarFolder(tmp_path)
    digest = files.keep(b"a sheet")
    for away in (False, True):
        files.away = away
        await harness.ask(digest, kind="read")
        await harness.program(files).catch_up()
    assert [message.text for message in await harness.messages()] == [
        "Zoé: 7",
        (
            "I cannot get the photos and documents for this just now. Nothing is lost, nothing was changed: try"
            " again in a few minutes."
        ),
    ]


async def test_work_on_words_that_name_who_is_erased_is_given_up_and_that_is_told(harness: JobHarness) -> None:
    mia = await harness.rig.person("Mia")
    await harness.rig.run("UPDATE participants SET email = 'mia@example.org' WHERE id = :id", id=mia)
    await harness.ask("mia@example.org")
    await harness.rig.store.transact(
        lambda tx: erase(tx, DECLARED, mia, harness.rig.clock.now(), texts=True, files=NO_FILES)
    )
    harness.told.set()
    assert [message.text for message in await harness.messages()] == [
        ("I stopped: this named someone who has just erased their data. Nothing was changed, try again.")
    ]
    assert await harness.jobs() == 0


async def test_the_process_ends_after_work_that_leaves_much_memory_taken(harness: JobHarness) -> None:
    async with harness.rig.running(harness.runner.run):
        for kind in ("light", "heavy", "light", "light"):
            await harness.ask("bonjour", kind=kind)
            await harness.rig.passes(1)
            processes = [message.text for message in await harness.messages()]
    assert [processes.index(process) for process in processes] == [0, 0, 2, 2]


# --- what takes too long, or too much


@pytest.mark.parametrize("order", ["stay", "seize"])
async def test_work_that_never_ends_is_ended_told_and_not_tried_again(harness: JobHarness, order: str) -> None:
    harness.foreman.orders = [order]
    async with harness.rig.running(harness.runner.run):
        await harness.ask("bonjour")
        await harness.rig.passes(1)
        await harness.foreman.staying.wait()
        await harness.rig.passes(58)
        assert not harness.told.is_set()
        await harness.rig.passes(2)
        (message,) = await harness.messages()
        await harness.foreman.gone.wait()
        assert message.text == (
            "This took longer than 1 minute, so I stopped.\n"
            "Nothing was changed. I will not try again by myself.\n"
            "Try again later. If that does not help, write to the team with /team."
        )
        assert (await harness.jobs(), harness.foreman.runs) == (0, 1)
        await harness.ask("salut")
        await harness.rig.passes(1)
        assert [message.text for message in await harness.messages()][1:] == ["Zoé: 5"]


async def test_a_deadline_is_one_for_all_the_tries_of_a_job(harness: JobHarness) -> None:
    harness.foreman.orders = ["later", "stay"]
    async with harness.rig.running(harness.runner.run):
        await harness.ask("bonjour")
        await harness.rig.passes(1)
        await harness.foreman.staying.wait()
        await harness.rig.passes(40)
        harness.foreman.staying.clear()
        harness.foreman.released.set()
        await harness.foreman.staying.wait()  # the second try
        await harness.rig.passes(20)
        (message,) = await harness.messages()
    assert message.text.startswith("This took longer than 1 minute")
    assert (await harness.jobs(), harness.foreman.runs) == (0, 2)


@pytest.mark.parametrize("order", ["swell", "give up"])
async def test_work_that_takes_too_much_memory_is_told(harness: JobHarness, order: str) -> None:
    harness.foreman.orders = [order]
    async with harness.rig.running(harness.runner.run):
        await harness.ask("bonjour")
        await harness.rig.passes(1)
        (message,) = await harness.messages()
    assert message.text.startswith("This was too big for me, so I stopped.\nNothing")
    assert (await harness.jobs(), harness.foreman.runs) == (0, 1)


# --- whose turn it is


async def test_an_organiser_whose_work_never_ends_holds_up_nobody(harness: JobHarness) -> None:
    ines = await harness.join("Inès", "2", organises=True)
    luc = await harness.join("Luc", "3", organises=True)
    async with harness.rig.running(harness.runner.run):
        await harness.stuck(ines)
        await harness.ask("salut", luc)
        await harness.rig.passes(1)
        assert await harness.got(1) == ["Luc: 5"]
        await harness.ask("salut")
        await harness.rig.passes(1)
        assert await harness.got(2) == ["Luc: 5", "Zoé: 5"]


async def test_work_that_never_ends_holds_up_no_organiser_and_others_for_one_usual_job(harness: JobHarness) -> None:
    eve = await harness.join("Eve", "2")
    ines = await harness.join("Inès", "3", organises=True)
    async with harness.rig.running(harness.runner.run):
        await harness.stuck(eve)
        await harness.ask("salut", ines)
        await harness.rig.passes(1)
        assert await harness.got(1) == ["Inès: 5"]
        await harness.ask("salut")
        await harness.rig.passes(5)
        assert not harness.told.is_set()
        await harness.rig.passes(10)
        assert await harness.got(2) == ["Inès: 5", "Zoé: 5"]


async def test_what_the_organisers_process_took_on_for_others_makes_way_for_them(harness: JobHarness) -> None:
    eve = await harness.join("Eve", "2")
    ines = await harness.join("Inès", "3", organises=True)
    async with harness.rig.running(harness.runner.run):
        await harness.stuck(eve)
        await harness.rig.passes(10)
        harness.foreman.staying.clear()
        await harness.stuck(harness.chat)  # in the process kept for organisers
        await harness.ask("salut", ines)
        await harness.rig.passes(15)
        assert await harness.got(1) == ["Inès: 5"]
        await harness.rig.passes(40)  # Eve's is ended, and what made way begins anew in its place
        assert await harness.got(3) == ["Inès: 5", "This took", "Zoé: 8"]


async def test_of_a_person_one_job_of_a_kind_waits(harness: JobHarness) -> None:
    async with harness.rig.running(harness.runner.run):
        await harness.stuck(harness.chat)
        await harness.ask("salut")  # waits, as nobody has two under way
        await harness.chat.send(json.dumps({"kind": "measure", "word": "encore", "port": harness.foreman.port}))
        assert harness.chat.text == (
            "Your last request is still waiting its turn, so I have not started this one. Ask again once you"
            " have the answer."
        )
        await harness.rig.passes(60)
        assert await harness.got(2) == ["This took", "Zoé: 5"]
        await harness.ask("encore")
        await harness.rig.passes(1)
        assert await harness.got(3) == ["This took", "Zoé: 5", "Zoé: 6"]


@pytest.mark.parametrize("order", ["stay", "seize"])
async def test_the_process_ends_with_a_program_that_is_killed(order: str) -> None:
    async with Foreman().listening() as foreman:
        foreman.orders = [order]
        # Its deadline is over for half a minute: the system ends what listens to nobody any more.
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import asyncio; from bot.background.side_process import SideProcess;"
            " from tests.background.work import measure;"
            f" asyncio.run(SideProcess().do(measure, {{'port': {foreman.port}}}, seconds=-29))",
            stderr=asyncio.subprocess.DEVNULL,
        )
        await foreman.staying.wait()
        program.send_signal(signal.SIGKILL)
        await program.wait()
        assert await foreman.gone.wait()


async def test_a_process_that_starts_already_is_not_started_twice() -> None:
    before, process = set(multiprocessing.active_children()), SideProcess()
    await asyncio.gather(process.start(), process.start())
    started = set(multiprocessing.active_children()) - before
    assert len(started) == 1
    process.close()
    await asyncio.to_thread(started.pop().join)


async def test_a_process_that_is_ended_while_it_starts_is_gone() -> None:
    before, process = set(multiprocessing.active_children()), SideProcess()
    working = asyncio.create_task(process.do(tell_process, {}))
    await asyncio.sleep(0)
    process.close()
    with pytest.raises(WorkerDied):
        await working
    for child in set(multiprocessing.active_children()) - before:
        await asyncio.to_thread(child.join, 30)
        assert child.pid
        with pytest.raises(ProcessLookupError):  # no zombie is left either
            os.kill(child.pid, 0)
    assert await process.do(tell_process, {}) != {}
    process.close()


def test_a_process_for_work_is_light_until_it_has_some(tmp_path: Path) -> None:
    program = tmp_path / "rencontres"  # as it is installed: the new process runs the beginning of it too
    program.write_text(
        "from bot.cli.main import main\n"
        "if __name__ == '__main__':\n"
        "    import asyncio, json\n"
        "    from bot.background.side_process import SideProcess\n"
        "    from tests.background.work import look_around\n"
        "    print(json.dumps(asyncio.run(SideProcess().do(look_around, {}))))\n",
        encoding="utf-8",
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, program], check=True, capture_output=True, text=True, env={"PYTHONPATH": str(root)}
    )
    process = json.loads(done.stdout)
    heavy = {"rich", "pydantic", "babel", "telegram", "discord", "aiohttp", "sqlite3", "PIL", "numpy", "bot.app"}
    assert heavy & {*process["modules"]} == set()
    assert process["weight"] < 40_000


def test_for_its_work_a_process_loads_no_screen_and_no_library_it_may_not_use() -> None:
    modules = {job.work.__module__ for job in ROUTER.jobs.values()}
    assert {name.rpartition(".")[2] for name in modules} == {"jobs"}
    program = (
        f"import json, {', '.join(modules)}; from tests.background.work import look_around;"
        " from bot.config.modules import load_audiences; from handlers import CAPABILITIES;"
        " load_audiences(CAPABILITIES); print(json.dumps(look_around({})))"  # as who reads a programme does
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    heavy = {"bot.conversation", "bot.app", "pydantic", "babel", "telegram", "discord", "aiohttp", "PIL", "numpy"}
    assert heavy & {*json.loads(done.stdout)["modules"]} == set()


def test_work_that_no_other_process_can_find_is_refused_when_declared() -> None:
    with pytest.raises(ValueError, match="another process"):
        Routes().job("cards", work=lambda payload: payload)
