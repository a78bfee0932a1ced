"""A platform that writes down what it is given, and time that passes only once the program has nothing left to do."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.config.settings import Settings
from bot.content.errors import RetryLater
from bot.content.texts import Reader, Span, Strong, plain
from bot.content.views import View
from bot.database.engine import OutcomeUnknown, Store, StoreUnavailable, T, Transaction, Unit
from bot.delivery import outbox
from bot.delivery.platform import Address, Calendar, Channels, Membership
from bot.delivery.worker import Delivery
from bot.files.folder import Folder
from bot.membership import erasure_store
from bot.membership.erasure import correct_messages, erase
from bot.people import participant_store
from bot.people.participants import Account
from handlers.announcements.messages import FROM_TEAM
from tests.clock import ManualClock
from tests.world import CONTRIBUTIONS, DECLARED, FILE_TABLES, START, make_settings

P = ParamSpec("P")
R = TypeVar("R")

NO_FILES = Folder(Path("there-is-none"), FILE_TABLES)
"""For what asks for files where none was sent."""


@dataclass(frozen=True, slots=True)
class Message:
    """What arrived: where, in which words and language, how many seconds after the start."""

    chat: str
    text: str
    locale: str
    at: float
    view: View
    thread: str | None = None
    mentions: tuple[str, ...] = ()


@dataclass
class Recorder:
    """A platform. `answers` are raised in turn for a chat, then it accepts; a closed `gate` keeps sends in flight.

    `shown` is what is on each chat's screen, by message; messages of chats that are `kept` cannot be deleted. While the
    line is `cut`, nothing arrives. `refusals` are raised when something is to be pinned; an edit of a message that was
    `moved` shows another.
    """

    name: str
    clock: ManualClock
    answers: dict[str, list[Exception]] = field(default_factory=lambda: defaultdict(list))
    tried: list[Message] = field(default_factory=list)
    shown: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    edits: int = 0
    cut: bool = False
    kept: set[str] = field(default_factory=set)
    arrived: list[Message] = field(default_factory=list)
    placed: list[Membership] = field(default_factory=list)
    pinned: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    channels: Channels | None = None
    calendar: Calendar | None = None
    single_intake: bool = True

    def __post_init__(self) -> None:
        self.gate.set()

    async def prepare(self) -> None:
        raise NotImplementedError

    async def run(self) -> None:
        await asyncio.Event().wait()

    def count_messages(
        self, address: Address, view: View, reader: Reader, *, delivery_id: int, native_id: str | None = None
    ) -> int:
        return max(len(view.attachments), 1)

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        text = words_of(view, reader)
        at = (self.clock.now() - START).total_seconds()
        message = Message(address.chat, text, reader.locale, at, view, address.thread, address.mentions)
        self.tried.append(message)
        await self._pass_gate()
        if self.answers[address.chat]:
            raise self.answers[address.chat].pop(0)
        self.arrived.append(message)
        native_id = f"{self.name}-{len(self.arrived)}"
        self.shown[address.chat][native_id] = text
        return native_id

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        await self._pass_gate()
        if self.answers[address.chat]:
            raise self.answers[address.chat].pop(0)
        self.edits += 1
        native_id = self.moved.get(native_id, native_id)
        self.shown[address.chat][native_id] = words_of(view, reader)
        return native_id

    async def delete(self, address: Address, native_id: str) -> bool:
        await self._pass_gate()
        if self.answers[address.chat]:
            raise self.answers[address.chat].pop(0)
        if address.chat in self.kept:
            return False
        self.shown[address.chat].pop(native_id, None)
        return True

    async def pin(self, address: Address, native_id: str) -> None:
        await self._pass_gate()
        if self.refusals:
            raise self.refusals.pop(0)
        self.pinned.append((address.chat, native_id))

    async def unpin(self, address: Address, native_id: str) -> None:
        self.pinned.remove((address.chat, native_id))

    async def _pass_gate(self) -> None:
        await self.gate.wait()
        if self.cut:
            raise RetryLater("the line is cut")

    def screen(self, chat: str) -> list[str]:
        """What is to be read in a chat now, oldest first."""
        return list(self.shown[chat].values())

    async def show_membership(self, membership: Membership) -> None:
        if self.answers[membership.native_id]:
            raise self.answers[membership.native_id].pop(0)
        self.placed.append(membership)

    async def close(self) -> None:
        raise NotImplementedError

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.arrived]


def words_of(view: View, reader: Reader) -> str:
    """What a message says, without the line that every announcement begins with."""
    return "\n".join(plain(line, reader) for line in view.lines if line != Strong(FROM_TEAM))


class Watched(Store):
    """A store that can be waited for, and can be out of order: refuse, save without a word, keep one waiting."""

    def __init__(self, store: Store) -> None:
        self.dialect = store.dialect
        self.broken = False
        self.mute = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.written = 0
        self.used = asyncio.Event()
        self._store = store
        self._busy = 0
        self._changed = asyncio.Event()

    async def transact(self, unit: Unit[T]) -> T:
        self.written += 1
        result = await self._use(self._store.transact(unit))
        if self.mute:
            raise OutcomeUnknown("went away while it committed")
        return result

    async def read(self, unit: Unit[T]) -> T:
        return await self._use(self._store.read(unit))

    async def _use(self, work: Coroutine[Any, Any, T]) -> T:
        self.used.set()
        if self.broken:
            work.close()
            raise StoreUnavailable("out of order")
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            work.close()
            raise
        return await self.watch(work)

    async def watch(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something that `quiet` waits for too."""
        self._busy += 1
        try:
            return await work
        finally:
            self._busy -= 1
            self._changed.set()

    async def quiet(self) -> None:
        """Wait until everything that can go on has gone on: nothing watched is under way, nothing is ready to run."""
        ready: Collection[object] = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        idle = 0
        while idle < 30:
            await asyncio.sleep(0)
            # A turn after which nothing is ready counts for six: an answer may still come over a socket.
            idle = 0 if self._busy else idle + (1 if ready else 6)
            if self._busy:
                self._changed.clear()
                await self._changed.wait()

    async def erase_traces(self) -> None:
        await self._store.erase_traces()

    async def backup(self, target: Path) -> None:
        await self._store.backup(target)

    async def close(self) -> None:
        await self._store.close()


class MovingClock(ManualClock):
    """A clock that has gone on a little each time that it is read, as the real one."""

    readings = 0

    def now(self) -> datetime:
        self.readings += 1
        self._now += timedelta(microseconds=50)
        return self._now


class Rig:
    """A store with people, platforms, and a program that delivers; the clock stands still, unless it is `moving`."""

    def __init__(self, store: Store, *platforms: str, start: datetime = START, moving: bool = False) -> None:
        self.settings: Settings = make_settings()
        self.clock = MovingClock(start) if moving else ManualClock(start)
        self.store = Watched(store)
        self.recorders = {name: Recorder(name, self.clock) for name in platforms}
        self.delivery = self.program()

    def __getitem__(self, platform: str) -> Recorder:
        return self.recorders[platform]

    def program(self) -> Delivery:
        """A program on this store, not running yet."""
        return Delivery(self.store, self.recorders, self.settings, self.clock, CONTRIBUTIONS)

    @asynccontextmanager
    async def running(self, program: Callable[[], Coroutine[Any, Any, None]] | None = None) -> AsyncIterator[None]:
        """While the program, by default the delivery, runs."""
        task = asyncio.create_task((program or self.delivery.run)())
        try:
            await self.store.quiet()
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
        if not task.cancelled():
            task.result()

    async def passes(self, seconds: float = 0.0) -> None:
        """Let time pass, each thing that is due having its effect before the next."""
        until = self.clock.now() + timedelta(seconds=seconds)
        await self.store.quiet()
        while (due := self.clock.next_due) is not None and due <= until:
            await self.clock.advance(max(due - self.clock.now(), timedelta()))
            await self.store.quiet()
        await self.clock.advance(until - self.clock.now())
        await self.store.quiet()

    async def rests(self) -> bool:
        """Whether the loops that run read a moving clock ten times a second at most while nothing happens."""
        assert isinstance(self.clock, MovingClock)
        before = self.clock.readings
        async with asyncio.timeout(30):  # a minute never passes where a loop does not wait
            await self.passes(60)
        return self.clock.readings - before < 600

    async def person(self, given_name: str, *chats: str, locale: str | None = "en", **facts: Any) -> int:
        """Someone who joined, with an account in each chat («telegram:1»), the first preferred; their id."""

        async def unit(tx: Transaction) -> int:
            now = self.clock.now()
            ref = f"R-{given_name}"
            person = await participant_store.add(
                tx, ref=ref, given_name=given_name, family_name="Dupont", now=now, locale=locale, **facts
            )
            for chat in chats:
                platform, _, number = chat.partition(":")
                await participant_store.attach(
                    tx, Account(platform, number, number, given_name, "de-CH"), person.id, now
                )
            await participant_store.join(tx, person.id, now)
            return person.id

        return await self.store.transact(unit)

    async def tell(self, person: int, *texts: Span, telling: outbox.Telling = outbox.Telling.NEWS, **how: Any) -> None:
        """Put messages for someone into the outbox, as a handler does, and wake the delivery after the commit."""

        async def unit(tx: Transaction) -> None:
            for text in texts:
                await outbox.notify(tx, person, View((text,)), self.clock.now(), telling, **how)

        await self.store.transact(unit)
        self.delivery.wake()

    async def erase(self, person: int, *, texts: bool = False) -> None:
        """Erase someone, correct what others were shown of them, and wake the delivery."""
        now = self.clock.now()
        await self.store.transact(
            partial(erase, declared=DECLARED, participant_id=person, now=now, texts=texts, files=NO_FILES)
        )
        pending = await self.store.read(erasure_store.pending)
        for erasure_id, each in pending.items():
            assert each.traces
            await correct_messages(self.store, DECLARED, erasure_id, each.traces, each)
        await self.store.transact(partial(erasure_store.drop_finished, erasure_ids=pending))
        self.delivery.wake()

    async def change(
        self, work: Callable[Concatenate[Transaction, P], Awaitable[R]], *args: P.args, **values: P.kwargs
    ) -> R:
        """Run a function of a store or a service in a transaction, as `tests.world.World.change`."""

        async def unit(tx: Transaction) -> R:
            return await work(tx, *args, **values)

        return await self.store.transact(unit)

    async def run(self, sql: str, **params: Any) -> None:
        """Change the store as something else would have."""
        await self.store.transact(lambda tx: tx.run(sql, **params))

    async def states(self) -> list[tuple[str, str | None]]:
        """State and reason of each delivery, in the order they were put in."""
        rows = await self.store.read(lambda tx: tx.all("SELECT state, reason FROM deliveries ORDER BY id"))
        return [(row["state"], row["reason"]) for row in rows]
