"""Three programs on one PostgreSQL server: killed, cut off from it, idle, and racing.

    python -m benchmarks.many [kills|webhook|page|outages|idle|races|all] [--kills 200] [--messages 200] [--races 10000]

A and B receive from Telegram and deliver, one of them at a time; W serves pages (benchmarks/programs.py). Meanwhile
people write all the time: each question to the team is one update, stored as one row, told to the organiser on their
page. What the bot answered is compared with the rows in the end.

kills    kill -9 over the three programs: what is lost, stored twice or not answered, and the longest wait
webhook  the same of three programs that all do everything, behind a proxy to which Telegram posts
page     how soon a question that A or B received is seen on an organiser's page at W
outages  the server restarted, stopped, every connection ended, and a line that passes nothing for a while
idle     transactions a second of programs that have nothing to do
races    the last seat, votes and one-time codes, by two programs at once (benchmarks/races.py)
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

import aiohttp
import asyncpg

from benchmarks.balancer import Balancer
from benchmarks.crowd import fill
from benchmarks.killed import FIRST
from benchmarks.postgres import Server, server
from benchmarks.programs import Programs, three_programs
from benchmarks.races import KINDS, race
from benchmarks.relay import Relay
from benchmarks.updates import percentile
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.people import participant_store
from bot.platforms.web import sessions
from bot.rehearsal.botapi import BotApi, TelegramUser

_PEOPLE = 200
_RATE = 5.0
"""How many questions a second are asked, each two updates: well below what Telegram lets a bot answer."""
_ANSWERED_WITHIN = 60.0

_LOOKED_EVERY = 0.02
_POSTED_AGAIN = 0.1
"""Seconds after which an update is posted again to a webhook: Telegram does so at once the first time."""
T = TypeVar("T")

Told: TypeAlias = Literal["saved", "not saved", "unknown", "nothing"]
"""What somebody was told about their question; «nothing» is a screen that says neither."""
_ASKED = "Your question"
"""What the bot says when it waits for a question's words."""
_WORDS: dict[str, Told] = {
    "is with the team": "saved",
    "is kept": "saved",
    "Not saved": "not saved",
    "may be saved or not": "unknown",
}


@dataclass
class Update:
    """Something that somebody sent, and when it was answered with what, in seconds of the machine's clock."""

    sent: float
    answered: float | None = None
    answer: str = ""


@dataclass
class Question:
    """A question that somebody asked, the update that brought it, and what they were told; `told` is None before."""

    text: str
    update: Update
    told: Told | None = None


@dataclass
class Crowd:
    """People who ask the team questions, one after the other."""

    api: BotApi
    people: Sequence[TelegramUser]
    updates: list[Update] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    _asking: set[asyncio.Task[None]] = field(default_factory=set)

    async def ask(self) -> None:
        """Ask questions until cancelled, each by somebody who has been answered before."""
        idle = list(self.people)
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            due += 1 / _RATE
            await asyncio.sleep(max(0, due - clock()))
            if not idle:
                due = clock()
                continue
            asking = asyncio.create_task(self.ask_once(user := idle.pop(0)))
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)
            asking.add_done_callback(lambda _task, user=user: idle.append(user))  # type: ignore[misc]

    async def ask_once(self, user: TelegramUser) -> None:
        """Have somebody ask a question: a command, again until the bot asks for the words, and the words."""
        while _ASKED not in (await self._send(user, "/equipe")).answer:
            pass
        question = Question(f"Question {len(self.questions)} ?", Update(time.monotonic()))
        self.questions.append(question)
        answer = (await self._send(user, question.text, question.update)).answer
        question.told = next((told for part, told in _WORDS.items() if part in answer), "nothing")

    async def _send(self, user: TelegramUser, words: str, update: Update | None = None) -> Update:
        """Have somebody send words, and return when the bot answered with what. Raises AssertionError for silence."""
        update = update or Update(time.monotonic())
        self.updates.append(update)
        sent = user.send(words)

        def answer() -> str | None:
            return next((shown.text for shown in user.shown[-3:] if shown.message.id > sent.id), None)

        update.answer = await self.api.until(answer, words, _ANSWERED_WITHIN)
        update.answered = time.monotonic()
        return update

    async def answered(self) -> None:
        """Wait until everybody is answered, or has waited for too long."""
        await asyncio.gather(*self._asking, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Toll:
    """What became of the questions. All but `updates`, `told`, `wait` and `gap` should be nothing.

    `lost` are those that were told to be saved and are not, `denied` those that were told not to be and are. `wait` is
    the longest that one person waited for an answer, `gap` the longest time in which somebody waited and nobody was
    answered, both in seconds.
    """

    updates: int
    told: Counter[Told]
    lost: int
    denied: int
    twice: int
    unanswered: int
    wait: float
    gap: float

    @property
    def well(self) -> bool:
        """Whether everybody was answered, and told what is true."""
        return not (self.lost or self.denied or self.twice or self.unanswered)

    def __str__(self) -> str:
        told = ", ".join(f"{count} {what}" for what, count in sorted(self.told.items()))
        return (
            f"{self.updates} updates, questions ({told}): {self.lost} lost, {self.denied} saved though denied,"
            f" {self.twice} stored twice, {self.unanswered} unanswered; longest wait {self.wait:.2f} s,"
            f" longest gap {self.gap:.2f} s"
        )


def gaps_of(updates: Sequence[Update]) -> list[tuple[float, float]]:
    """Return the times in which somebody waited and nobody was answered: when each began and ended."""
    events = [(update.sent, 1) for update in updates] + [
        (update.answered, -1) for update in updates if update.answered is not None
    ]
    waiting, since = 0, 0.0
    gaps = []
    for instant, change in sorted(events):
        if change < 0:
            gaps.append((since, instant))
        if change < 0 or not waiting:
            since = instant
        waiting += change
    return gaps


async def toll_of(crowd: Crowd, url: str) -> Toll:
    """Compare what people were told with what is stored."""
    connection = await asyncpg.connect(url)
    stored = Counter([row["question"] for row in await connection.fetch("SELECT question FROM questions")])
    await connection.close()
    questions = crowd.questions
    return Toll(
        updates=len(crowd.updates),
        told=Counter(question.told for question in questions if question.told),
        lost=sum(question.told in ("saved", "nothing") and not stored[question.text] for question in questions),
        denied=sum(question.told == "not saved" and bool(stored[question.text]) for question in questions),
        twice=sum(stored[question.text] > 1 for question in questions),
        unanswered=sum(update.answered is None for update in crowd.updates),
        wait=max((update.answered - update.sent for update in crowd.updates if update.answered), default=0.0),
        gap=max((end - begin for begin, end in gaps_of(crowd.updates)), default=0.0),
    )


@dataclass
class Scene:
    """Three programs at work, people who write to them, and the organiser's page."""

    programs: Programs
    crowd: Crowd
    url: str
    organiser: int
    session: str


@asynccontextmanager
async def scene(
    url: str, folder: Path, by_way_of: Relay | None = None, *, webhook: bool = False
) -> AsyncIterator[Scene]:
    """Set it up; the programs reach the database `url` by way of a relay, if one is given.

    With `webhook` each program does everything, and Telegram posts to whichever a balancer passes it to.
    """
    organiser, session = await _invite_organiser(url)
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(BotApi(webhook_repeat=_POSTED_AGAIN))
        where = by_way_of.url if by_way_of else url
        balancer = await stack.enter_async_context(Balancer()) if webhook else None
        programs = await stack.enter_async_context(three_programs(where, api.root, folder, balancer))
        people = [
            TelegramUser(api, f"Personne {n}", language_code="en", started=True, user_id=FIRST + n)
            for n in range(_PEOPLE)
        ]
        yield Scene(programs, Crowd(api, people), url, organiser, session)


async def _until(condition: Callable[[], T | None]) -> T:
    """Wait until `condition` returns something true, and return that. Raises AssertionError if that takes too long."""
    for _look in range(int(_ANSWERED_WITHIN / _LOOKED_EVERY)):
        if result := condition():
            return result
        await asyncio.sleep(_LOOKED_EVERY)
    raise AssertionError(f"after {_ANSWERED_WITHIN:g} s it has not come")


async def _filled(server: Server) -> str:
    """Return the URL of a new database with people in it."""
    url = await asyncio.to_thread(server.database)
    await asyncio.to_thread(fill, url, _PEOPLE, FIRST, _PEOPLE)
    return url


async def _invite_organiser(url: str) -> tuple[int, str]:
    """Add an organiser who has a page and nothing else. Returns their id, and the secret of a session."""
    store = await open_store(url)
    now = datetime.now(UTC)

    async def unit(tx: Transaction) -> tuple[int, str]:
        person = await participant_store.add(
            tx, ref="O-1", given_name="Inès", family_name="Faure", now=now, attends=False, organises=True
        )
        return person.id, await sessions.begin(tx, person, "en", now, 1)

    try:
        return await store.transact(unit)
    finally:
        await store.close()


# --- kills


async def measure_kills(server: Server, folder: Path, kills: int, seed: int, *, webhook: bool = False) -> bool:
    """Kill the programs at random, one after the other, while people ask; return whether all went well."""
    dice = random.Random(seed)
    url = await _filled(server)
    async with scene(url, folder, webhook=webhook) as stage:
        asking = asyncio.create_task(stage.crowd.ask())
        started = time.monotonic()
        killed: list[tuple[float, str]] = []
        for _kill in range(kills):
            await asyncio.sleep(dice.uniform(0, 0.5))
            program = dice.choice(stage.programs.all)
            killed.append((time.monotonic(), program.name))
            program.kill()
            program.start()
            await stage.programs.ready()
        seconds = time.monotonic() - started
        asking.cancel()
        await stage.crowd.answered()
        toll = await toll_of(stage.crowd, url)
    counts = ", ".join(f"{name} {count}" for name, count in sorted(Counter(name for _at, name in killed).items()))
    print(f"{'webhook' if webhook else 'kills'}: {kills} ({counts}) in {seconds:.0f} s; {toll}", flush=True)
    waits = sorted(update.answered - update.sent for update in stage.crowd.updates if update.answered)
    gaps = _after_kills([at for at, _name in killed], gaps_of(stage.crowd.updates))
    print(
        f"       answered after p50 {percentile(waits, 0.5):.3f} s, p99 {percentile(waits, 0.99):.3f} s;"
        f" longest gap after a kill p50 {percentile(gaps, 0.5):.2f} s, p95 {percentile(gaps, 0.95):.2f} s, over 1 s"
        f" {sum(gap > 1 for gap in gaps)} times",
        flush=True,
    )
    return toll.well and not toll.told["not saved"] and not toll.told["unknown"] and toll.gap <= 1.0


def _after_kills(kills: Sequence[float], gaps: Sequence[tuple[float, float]]) -> list[float]:
    """Return the longest gap that there was between each kill and the next, sorted."""
    return sorted(
        max((end - begin for begin, end in gaps if end > kill and begin < following), default=0.0)
        for kill, following in zip(kills, [*kills[1:], math.inf], strict=True)
    )


# --- a page


async def measure_page(server: Server, folder: Path, messages: int) -> bool:
    """See how soon what somebody asked on Telegram is on the page; return whether that is soon enough."""
    url = await _filled(server)
    async with scene(url, folder) as stage:
        seen: dict[str, float] = {}
        watching = asyncio.create_task(_watch(stage, seen))
        for user in stage.crowd.people[:5]:  # what is slow the first time only
            await stage.crowd.ask_once(user)
        first = len(stage.crowd.questions)
        asking = asyncio.create_task(stage.crowd.ask())
        await asyncio.sleep(messages / _RATE)
        asking.cancel()
        await stage.crowd.answered()
        questions = stage.crowd.questions[first:]
        await _until(lambda: all(question.text in seen for question in questions))
        watching.cancel()
    waits = sorted(seen[question.text] - question.update.sent for question in questions)
    p50, p95 = percentile(waits, 0.5), percentile(waits, 0.95)
    print(
        f"page: {len(waits)} questions seen after p50 {p50:.3f} s, p95 {p95:.3f} s, at most {waits[-1]:.3f} s",
        flush=True,
    )
    return p95 <= 0.5


async def _watch(stage: Scene, seen: dict[str, float]) -> None:
    """Read the stream of the organiser's page as a browser does, and note when each question came."""
    address = f"{stage.programs.pages}/c/{stage.organiser}/events"
    cookies = {"Cookie": f"{sessions.COOKIE}={stage.session}"}
    timeout = aiohttp.ClientTimeout(total=None, sock_read=None)
    async with stage.programs.browser.get(address, headers=cookies, timeout=timeout) as stream:
        assert stream.status == 200, stream.status
        async for line in stream.content:
            now = time.monotonic()
            if line.startswith(b"data:") and b"Question " in line:
                for question in stage.crowd.questions:
                    if question.text not in seen and question.text.encode() in line:
                        seen[question.text] = now


# --- outages


async def measure_outages(server: Server, folder: Path, lasting: float) -> bool:
    """Take the server away from the programs in several ways; return whether all went well each time."""

    async def restart(_relay: Relay, _url: str) -> None:
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)

    async def stop(_relay: Relay, _url: str) -> None:
        await asyncio.to_thread(server.stop)
        await asyncio.sleep(lasting)
        await asyncio.to_thread(server.start)

    async def end_connections(_relay: Relay, url: str) -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await connection.close()

    async def silence(relay: Relay, _url: str) -> None:
        relay.fall_silent()
        await asyncio.sleep(lasting)
        relay.speak()

    outages: dict[str, Callable[[Relay, str], Awaitable[None]]] = {
        "server restarted": restart,
        f"server stopped for {lasting:g} s": stop,
        "every connection ended": end_connections,
        f"nothing passed for {lasting:g} s": silence,
    }
    well = True
    for number, (name, outage) in enumerate(outages.items()):
        place = folder / f"outage{number}"
        place.mkdir()
        well &= await _measure_outage(server, place, name, outage)
    return well


async def _measure_outage(
    server: Server, folder: Path, name: str, outage: Callable[[Relay, str], Awaitable[None]]
) -> bool:
    url = await _filled(server)
    async with Relay(url) as relay, scene(url, folder, relay) as stage:
        asking = asyncio.create_task(stage.crowd.ask())
        await asyncio.sleep(3)
        began = time.monotonic()
        await outage(relay, url)
        ended = time.monotonic()
        again = await _until(lambda: _saved_since(stage.crowd.questions, ended))
        await asyncio.sleep(10)  # what was cut off may come back
        asking.cancel()
        await stage.crowd.answered()
        await stage.programs.ready()
        toll = await toll_of(stage.crowd, url)
    print(f"{name}, {ended - began:.1f} s: stored again after {again - ended:.2f} s; {toll}", flush=True)
    return toll.well and again - ended <= 6.0


def _saved_since(questions: Sequence[Question], instant: float) -> float | None:
    """Return when the first question that was asked since an instant was told to be saved; None for none."""
    return min(
        (
            question.update.answered
            for question in questions
            if question.update.sent >= instant and question.update.answered and question.told == "saved"
        ),
        default=None,
    )


# --- nothing to do


async def measure_idle(server: Server, folder: Path, seconds: float) -> bool:
    """Count the transactions of three programs that have nothing to do; return whether they are few."""
    url = await _filled(server)
    async with scene(url, folder) as stage:
        watching = asyncio.create_task(_watch(stage, {}))
        await stage.crowd.ask_once(stage.crowd.people[0])
        await asyncio.sleep(15)  # what a start does, and figures of it that the server has not added up yet
        before = sum(await asyncio.to_thread(server.transactions, url))
        began = time.monotonic()
        await asyncio.sleep(seconds)
        after = sum(await asyncio.to_thread(server.transactions, url))
        rate = (after - before) / (time.monotonic() - began) / len(stage.programs.all)
        connections = await asyncio.to_thread(server.connections, url)
        watching.cancel()
    print(f"idle: {rate:.2f} transactions a second and program, {connections} connections in all", flush=True)
    return rate <= 1.0


# --- races


async def measure_races(server: Server, count: int) -> bool:
    """Let two programs race for seats, votes and codes; return whether exactly one won each time."""
    exact = True
    for kind in KINDS:
        races = await race(kind, await asyncio.to_thread(server.database), count)
        print(f"races, {races}", flush=True)
        exact &= races.exact
    return exact


async def measure(what: str, options: argparse.Namespace) -> bool:
    """Measure one thing or all, each with databases of its own; return whether all went well."""
    with tempfile.TemporaryDirectory() as name, server(Path(name)) as postgres:
        folder = Path(name)
        works: dict[str, Callable[[Path], Awaitable[bool]]] = {
            "page": lambda place: measure_page(postgres, place, options.messages),
            "idle": lambda place: measure_idle(postgres, place, options.seconds),
            "outages": lambda place: measure_outages(postgres, place, options.lasting),
            "races": lambda _place: measure_races(postgres, options.races),
            "kills": lambda place: measure_kills(postgres, place, options.kills, options.seed),
            "webhook": lambda place: measure_kills(postgres, place, options.kills, options.seed, webhook=True),
        }
        well = True
        for kind, work in works.items():
            if what in (kind, "all"):
                (place := folder / kind).mkdir()
                well &= await work(place)
        return well


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    whats = ["kills", "webhook", "page", "outages", "idle", "races", "all"]
    parser.add_argument("what", nargs="?", default="all", choices=whats)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--messages", type=int, default=200, help="questions that are to be seen on the page")
    parser.add_argument("--races", type=int, default=10_000, help="of each kind")
    parser.add_argument("--lasting", type=float, default=10.0, help="seconds of an outage")
    parser.add_argument("--seconds", type=float, default=65.0, help="for which idle programs are watched")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(not asyncio.run(measure(options.what, options)))


if __name__ == "__main__":
    main()
