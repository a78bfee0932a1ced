"""How long an organiser of 100,000 people waits, and how long everybody else is held up meanwhile.

    python -m benchmarks.large [--people 100000] [--postgres] [--only preview,search]

An organiser's chat is driven on the dispatcher, without a platform, over a store of that many people in groups. Each
line tells how long the organiser waited, the longest unit meanwhile, and how long another person's small unit waited
at most, which is written each few milliseconds. The first two lines are for comparison: that small unit with nobody
beside it, and one look at everybody's name. The memory is that of the process that does this alone: the store is
filled by another one.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.crowd import FAMILY_NAMES, GIVEN_NAMES, THEMES, fill_groups, fill_store
from bot.background.scheduling import Source, Ticker
from bot.capability import make_sources
from bot.clock import SystemClock
from bot.config.modules import load_audiences
from bot.config.setting_store import put
from bot.config.settings import Settings
from bot.content.stored_views import pack
from bot.content.views import View
from bot.conversation.dispatch import Dispatcher
from bot.database.engine import Store, T, Transaction, Unit
from bot.database.opening import open_store
from bot.people import participant_store
from bot.people.participants import Participant
from handlers import CAPABILITIES
from handlers.announcements.actions import OpenAnnouncement
from handlers.announcements.service.campaigns import campaign_subject
from handlers.navigation.actions import Find
from handlers.registration.organiser.importing import offer
from handlers.registration.service import read_file
from handlers.themes.store import all_themes
from tests.drivers.neutral import NeutralChat
from tests.world import CAPABLE, DECLARED, ROUTER, AllSettings
from tools.crawl.engines import postgres

_LISTED = 5_000
_OPENING = {
    "key": "opening",
    "title": {"en": "Opening"},
    "starts": "2099-06-10T09:00:00",
    "ends": "2099-06-10T10:00:00",
    "kind": "plenary",
}
_BEAT = 0.005
_ORGANISER = "900"


class Meter:
    """Measures the units of a store, and how long a small unit waits beside them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._write = store.transact
        self.longest = 0.0
        self.waits: list[float] = []
        self.ended = asyncio.Event()
        store.transact = self._measured(store.transact)  # type: ignore[method-assign, assignment]
        store.read = self._measured(store.read)  # type: ignore[method-assign, assignment]

    def _measured(self, perform: Callable[[Unit[T]], Awaitable[T]]) -> Callable[[Unit[T]], Awaitable[T]]:
        async def measured(unit: Unit[T]) -> T:
            async def timed(tx: Transaction) -> T:
                started = time.perf_counter()
                try:
                    return await unit(tx)
                finally:
                    self.longest = max(self.longest, time.perf_counter() - started)

            return await perform(timed)

        return measured

    async def beat(self) -> None:
        """Write a small unit each few milliseconds, until `ended` is set."""
        count = 0
        started = time.perf_counter()
        while not self.ended.is_set():
            count += 1
            value = str(count)

            async def unit(tx: Transaction, value: str = value) -> None:
                await put(tx, "benchmark", value)

            await self._write(unit)
            now = time.perf_counter()
            self.waits.append(now - started)
            started = now + _BEAT  # a loop that comes late is waited for, too
            await asyncio.sleep(_BEAT)

    async def measure(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        """Do `work` while the small unit is written again and again, and print what was measured."""
        self.longest, self.waits = 0.0, []
        self.ended.clear()
        beating = asyncio.create_task(self.beat())
        await asyncio.sleep(0)
        started = time.perf_counter()
        try:
            await work()
            waited = time.perf_counter() - started
        finally:
            self.ended.set()
            await beating
        print(
            f"{name:32} waited {waited * 1e3:7.0f} ms   longest unit {self.longest * 1e3:6.0f} ms"
            f"   another waited {max(self.waits, default=0) * 1e3:6.0f} ms",
            flush=True,
        )


def large_settings() -> Settings:
    """Return the settings of a gathering with room for everyone in its themes, and one session."""
    return AllSettings.model_validate(
        {"themes": THEMES, "organisers": {"telegram": [int(_ORGANISER)]}, "sessions": [_OPENING]}
    )


class Organiser:
    """An organiser at work in a large gathering."""

    def __init__(self, store: Store, people: int) -> None:
        self._store = store
        self._people = people
        self._clock = SystemClock()
        self._settings = large_settings()
        self._dispatcher = Dispatcher(store, ROUTER, DECLARED, self._settings, self._clock)
        self.chat = NeutralChat(self._dispatcher, _ORGANISER, name="Inès")
        sources: Sequence[Source] = make_sources(CAPABLE, self._settings)
        self._ticker = Ticker(store, self._clock, sources)

    async def come(self) -> None:
        """Come in, and write a first announcement: what is imported for that is measured by benchmarks/start.py."""
        await self.chat.command("start")
        await self.write()

    async def write(self) -> None:
        """Write an announcement, and see whom it can be for."""
        await self.chat.command("annoncer")
        await self.chat.press("Write an announcement")
        await self.chat.fill("The buses leave at 9")

    async def preview(self) -> None:
        """Choose everyone, and see how many the announcement would reach."""
        await self.chat.pick("everyone")
        assert f"{self._people:,}" in self.chat.text or str(self._people) in self.chat.text, self.chat.text

    async def release(self) -> None:
        """Send it."""
        await self.chat.press("Send now")

    async def rest(self) -> None:
        """Have the rest done of what was begun."""
        await self._ticker.look()

    async def cancel(self) -> None:
        """Call it back before it has left."""
        await self.chat.press("Cancel")

    async def correct(self) -> None:
        """Correct the words of an announcement that everyone has got."""
        await self._open()
        await self.chat.press("Correct")
        await self.chat.press("Write the correction")
        await self.chat.fill("The buses leave at 10")
        assert "edited now" in self.chat.text, self.chat.text

    async def retry(self) -> None:
        """Try again what did not arrive."""
        await self._open()
        await self.chat.press("Send failures again")

    async def withdraw(self) -> None:
        """Take an announcement back that everyone has got."""
        await self._open()
        await self.chat.press("Withdraw")
        await self.chat.press("Yes, withdraw it")
        assert "being deleted" in self.chat.text, self.chat.text

    async def _open(self) -> None:
        await self.chat.follow(OpenAnnouncement(await self._last()).encode())

    async def announce(self) -> None:
        """Have announced something to everyone."""
        await self.write()
        await self.preview()
        await self.release()
        await self.rest()

    async def campaign(self) -> None:
        """Have sent everyone a campaign and a reminder of it; it is over now."""
        await self.chat.command("annoncer")
        await self.chat.press("A campaign")
        await self.chat.fill("https://example.org/vote", "Vote for us", "31/12/2099 12:00", "Support us!")
        await self.chat.press("Choose whom it is for")
        await self.preview()
        await self.release()
        await self.rest()
        await self.become("sent")
        number = await self._last()
        content = pack(View(("Support us!", "1 day left")))[0]

        async def unit(tx: Transaction) -> None:
            await tx.run(
                "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, subject, state,"
                " native_id, due_at, created_at) SELECT platform, 'reminder:campaign', participant_id, account_id,"
                " :content, :subject, 'sent', native_id, due_at, created_at FROM deliveries"
                " WHERE announcement_id = :id",
                content=content,
                subject=campaign_subject(number),
                id=number,
            )
            await tx.run("UPDATE announcements SET deadline_at = 0 WHERE id = :id", id=number)

        await self._store.transact(unit)

    async def become(self, state: str) -> None:
        """Have each copy of the last announcement become `state`, sent or failed."""
        number = await self._last()

        async def unit(tx: Transaction) -> None:
            await tx.run(
                "UPDATE deliveries SET state = :state, revision = 1, shown = '', settled_at = due_at,"
                " native_id = CASE WHEN :state = 'sent' THEN 'm' ELSE native_id END WHERE announcement_id = :id",
                state=state,
                id=number,
            )

        await self._store.transact(unit)

    async def _last(self) -> int:
        row = await self._store.read(lambda tx: tx.one("SELECT MAX(id) AS last FROM announcements"))
        assert row is not None
        number: int = row["last"]
        return number

    async def offer_move(self) -> None:
        """See how many people would be told that the session begins at another time."""
        await self.chat.command("organiser")
        await self.chat.press("Programme")
        await self.chat.pick("09:00 Opening")
        await self.chat.press("Move")
        await self.chat.fill("9h30", "")
        assert "will be told" in self.chat.text, self.chat.text

    async def move(self) -> None:
        """Move it."""
        await self.chat.press("Move")
        assert "takes a few minutes" in self.chat.text, self.chat.text

    async def search(self, name: str) -> None:
        """Look for somebody."""
        await self.chat.follow(Find().encode())
        await self.chat.send(name)
        assert "found" in self.chat.text or "called" in self.chat.text, self.chat.text

    async def groups(self) -> None:
        """See how many groups there are."""
        await self.chat.command("groupes")
        assert "Culture" in self.chat.text, self.chat.text

    async def offer_import(self) -> None:
        """Have a list read, and see what importing it would do."""
        lines = ["ref;given name;family name;country;gender;theme"]
        lines += [
            f"N-{number};{GIVEN_NAMES[number % len(GIVEN_NAMES)]};Nouveau{number};FR;F;civic"
            for number in range(_LISTED)
        ]
        content = "\n".join(lines).encode()
        themes = await self._store.read(all_themes)
        roster = await asyncio.to_thread(read_file, content, "list.csv", themes, self._settings)

        async def unit(tx: Transaction) -> Any:
            _account, person = await participant_store.identify(tx, "telegram", _ORGANISER)
            assert isinstance(person, Participant)
            return await offer(tx, person, roster, self._clock.now())

        self.chat.receive(await self._store.transact(unit), self.chat.reader)

    async def import_list(self) -> None:
        """Import it."""
        await self.chat.press("Import")
        await self.rest()

    async def close(self) -> None:
        """Have the last replies noted."""
        await self._dispatcher.close()


async def _read_names(tx: Transaction) -> None:
    """Go through everyone's name: what a machine needs for that is a measure for the other figures."""
    await tx.one("SELECT COUNT(*) AS people FROM participants WHERE search_key LIKE '%xyzzy%'")


async def fill(url: str, people: int) -> None:
    """Fill a store with people in groups."""
    started = time.perf_counter()
    store = await open_store(url)
    try:
        await fill_store(store, large_settings(), people)
        await fill_groups(store, people)
    finally:
        await store.close()
    print(f"filled in {time.perf_counter() - started:.1f} s", flush=True)


async def measure(url: str, people: int, only: frozenset[str]) -> None:
    """Do what organisers do in a store that is filled, and print how long it took."""
    store = await open_store(url)
    try:
        meter = Meter(store)
        organiser = Organiser(store, people)
        await organiser.come()
        gc.freeze()  # as bot/app.py::run does
        gc.set_threshold(5_000, 2, 75)
        await meter.measure("nothing beside it", lambda: asyncio.sleep(0.3))
        await meter.measure("every name read once", partial(store.read, _read_names))
        family = FAMILY_NAMES[77]
        steps: dict[str, list[tuple[str, Callable[[], Awaitable[object]]]]] = {
            "preview": [
                ("audiences of an announcement", organiser.write),
                ("preview of an announcement", organiser.preview),
            ],
            "release": [
                ("release", organiser.release),
                ("  the rest of it", organiser.rest),
                ("cancelling", organiser.cancel),
                ("  the rest of it", organiser.rest),
            ],
            "change": [
                ("", organiser.announce),
                ("", partial(organiser.become, "sent")),
                ("correcting", organiser.correct),
                ("  the rest of it", organiser.rest),
                ("", partial(organiser.become, "failed")),
                ("trying again", organiser.retry),
                ("  the rest of it", organiser.rest),
                ("", partial(organiser.become, "sent")),
                ("withdrawing", organiser.withdraw),
                ("  the rest of it", organiser.rest),
                ("", organiser.campaign),
                ("end of a campaign", organiser.rest),
            ],
            "programme": [
                ("whom a change would concern", organiser.offer_move),
                ("moving a session", organiser.move),
                ("  the rest of it", organiser.rest),
            ],
            "search": [
                ("search, one person", lambda: organiser.search(f"{GIVEN_NAMES[5]} {family}")),
                ("search, a family name", lambda: organiser.search(family)),
                ("search, a given name", lambda: organiser.search(GIVEN_NAMES[5])),
                ("search, a letter", lambda: organiser.search("m")),
                ("search, nobody", lambda: organiser.search("xyzzy")),
            ],
            "groups": [("/groupes", organiser.groups)],
            "import": [
                (f"what a list of {_LISTED:,} would do", organiser.offer_import),
                (f"import of {_LISTED:,}", organiser.import_list),
            ],
        }
        for part, works in steps.items():
            if not only or part in only:
                for name, work in works:
                    await (meter.measure(name, work) if name else work())  # without a name: only prepares the next
        await organiser.close()
    finally:
        await store.close()
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most", flush=True)


def run(work: Callable[..., Coroutine[Any, Any, None]], *arguments: object) -> None:
    """Run a coroutine function in this process, which knows the capabilities from then on."""
    load_audiences(CAPABILITIES)
    asyncio.run(work(*arguments))


def _alone(work: Callable[..., Coroutine[Any, Any, None]], *arguments: object) -> None:
    """Run a coroutine function in a process of its own. Ends this one as well if that fails."""
    process = multiprocessing.get_context("spawn").Process(target=run, args=(work, *arguments))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def _on(engine: str, url: str, people: int, only: frozenset[str]) -> None:
    print(f"{engine}:", flush=True)
    _alone(fill, url, people)
    _alone(measure, url, people, only)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL as well")
    parser.add_argument("--only", type=lambda word: frozenset(word.split(",")), default=frozenset())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _on("SQLite", f"sqlite:///{Path(folder) / 'large.db'}", options.people, options.only)
    if options.postgres:
        with postgres() as url:
            _on("PostgreSQL", url, options.people, options.only)


if __name__ == "__main__":
    main()
