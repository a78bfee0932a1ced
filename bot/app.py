"""The composition root: the one place where the parts of the program are created, connected, started and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog

from bot import metrics
from bot.background.jobs import Runner
from bot.background.leases import LeaseLost, lease
from bot.background.personal_data import WORK
from bot.background.scheduling import Chore, Housekeeping, Ticker
from bot.background.side_process import SideProcess
from bot.background.wakeups import Wakeups
from bot.backoff import Backoff
from bot.capability import Capability, contributions, load, lock_screen, make_router, make_sources, switched_on
from bot.clock import Clock, SystemClock
from bot.config import setting_store
from bot.config.personal_data import SETTINGS
from bot.config.purposes import TAKING_PART
from bot.config.seeding import load_seeds, seed_store
from bot.config.settings import Settings
from bot.content.errors import ConfigError
from bot.content.features import platforms
from bot.content.i18n import MissingCatalogue
from bot.conversation import album_store, dialogue_store, inbox_store, journal_store, shown_screen_store
from bot.conversation.dispatch import Dispatcher
from bot.conversation.personal_data import CONVERSATIONS
from bot.database.engine import Store, draft_files, keep_private, sqlite_files
from bot.database.opening import open_store
from bot.delivery import delivery_store, letter_store
from bot.delivery.message_updates import notify_of_result
from bot.delivery.personal_data import DELIVERIES
from bot.delivery.platform import Platform
from bot.delivery.worker import Delivery
from bot.files.bucket import Bucket
from bot.files.folder import Folder
from bot.files.stored_files import Files, FilesAway
from bot.membership import rights
from bot.membership.endings import ENDINGS
from bot.membership.erasure import Erasures, replay
from bot.membership.erasure import log_path as erasure_log
from bot.membership.retention import Retention
from bot.monitoring.endpoint import Endpoint
from bot.monitoring.health import STABLE_AFTER, Health
from bot.people import attempt_store, ending_store, link_code_store, role_messages_store, secret_store
from bot.people.declared import Declared, PersonalData
from bot.people.personal_data import PEOPLE
from bot.platforms.opening import beside_deliveries, open_platforms, pacers_of
from bot.platforms.web import page_store
from bot.platforms.web.membership import PAGES_FOLLOW
from bot.platforms.web.personal_data import PAGES
from bot.platforms.web.push import push_store
from handlers import CAPABILITIES

log = structlog.get_logger()

PARTS = frozenset({*platforms(), "delivery"})
"""The names of the parts of the program: one for each platform that sends it updates, and `delivery`.

Delivery sends messages to all platforms. Several programs over one PostgreSQL database may run different parts.
"""

_CHORES: Sequence[Chore] = (
    inbox_store.forget_old,
    dialogue_store.forget_old,
    album_store.forget_old,
    attempt_store.forget_old,
    link_code_store.forget_old,
    secret_store.forget_expired,
    page_store.forget_secrets,
    push_store.forget_settled,
    journal_store.forget_values,
    role_messages_store.forget_old,
    shown_screen_store.forget_old,
    delivery_store.forget_content,
    letter_store.forget_late,
    letter_store.forget_strangers,
    letter_store.forget_places,
)
"""The engine's own hourly chores."""
_PERSONAL_DATA: Sequence[PersonalData] = (
    *PEOPLE,
    *CONVERSATIONS,
    *DELIVERIES,
    *PAGES,
    *WORK,
    *SETTINGS,
)
"""The engine's own declarations of personal data."""
_LONGEST_PAUSE = 60.0
_BACKOFF = Backoff(first=1.0, longest=_LONGEST_PAUSE)
"""Computes the growing pauses before a platform that failed is run again."""


def chores(capabilities: Sequence[Capability]) -> Sequence[Chore]:
    """Return the chores, functions that run every hour: first the engine's chores, then each capability's."""
    return [*_CHORES, *(chore for capability in capabilities for chore in capability.chores)]


def declared(capabilities: Sequence[Capability]) -> Declared:
    """Return what the engine and each capability declare about the personal data that they store.

    They declare what erasing a person does to each table, and what must be ended again after a backup is restored.
    Raises ValueError if a table is declared twice.
    """
    of_capabilities = [data for capability in capabilities for data in capability.personal_data]
    return Declared(
        (*_PERSONAL_DATA, *(replace(data, purpose=data.purpose or TAKING_PART) for data in of_capabilities)),
        [PAGES_FOLLOW, *(capability.after_membership for capability in capabilities if capability.after_membership)],
        [
            *ENDINGS,
            *(rights.ending_of(role) for capability in capabilities for role in capability.roles),
            *(ending for capability in capabilities for ending in capability.endings),
        ],
    )


def files_of(settings: Settings) -> Files:
    """Return the storage of photos and documents that the settings describe, a folder or a bucket.

    It knows all tables whose rows name files. Raises ConfigError if a bucket is configured and its library is not
    installed.
    """
    tables = [*(table for capability in load(CAPABILITIES) for table in capability.files_in_use), page_store.FILES]
    if not (bucket := settings.storage.bucket):
        return Folder(settings.storage.folder, tables)
    if find_spec("obstore") is None:
        remedy = "pip install --require-hashes -r requirements-s3.lock"  # only a checkout lacks it
        raise ConfigError(f"storage.files is a bucket, which needs one more library: {remedy}")
    secrets = settings.s3.access_key.get_secret_value(), settings.s3.secret_key.get_secret_value()
    return Bucket(
        bucket,
        endpoint=settings.s3.endpoint,
        region=settings.s3.region,
        access_key=secrets[0],
        secret_key=secrets[1],
        tables=tables,
    )


@dataclass
class App:
    """The program, with all its parts created and connected. No part runs before `serve` is called."""

    settings: Settings
    store: Store
    dispatcher: Dispatcher
    clock: Clock
    platforms: Mapping[str, Platform]
    delivery: Delivery
    jobs: Runner
    erasures: Erasures
    housekeeping: Housekeeping
    ticker: Ticker
    wakeups: Wakeups
    health: Health
    parts: frozenset[str] = PARTS
    endpoint: Endpoint | None = None
    _stopped: set[str] = field(default_factory=set)

    async def serve(self) -> None:
        """Run every part of the program until cancelled.

        A platform that fails is restarted while the others run; one with a wrong configuration is stopped for good.
        Once all platforms have stopped, the error that stopped the last of them is raised.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._guard("erasures", self.erasures.run))
            tasks.create_task(self._guard("wakeups", self.wakeups.run))
            if "delivery" in self.parts:
                tasks.create_task(self.delivery.run())
                tasks.create_task(self._guard("jobs", self.jobs.run))
                tasks.create_task(self.housekeeping.run())
                tasks.create_task(self._guard("ticker", self.ticker.run))
                for run in beside_deliveries(self.platforms.values()):
                    tasks.create_task(self._guard("pushes", run))
            if self.endpoint:
                tasks.create_task(self._guard("metrics", self.endpoint.run))
            for platform in self._received:
                tasks.create_task(self._keep(platform))

    @property
    def _received(self) -> Sequence[Platform]:
        """The platforms from which this program receives updates; to the others it may only deliver."""
        return [platform for platform in self.platforms.values() if platform.name in self.parts]

    async def _guard(self, part: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a part until it ends by itself, again when it fails, so that the other parts are not affected."""
        while True:
            try:
                return await run()
            except Exception:
                log.exception("app.part_failed", part=part, again_in=_LONGEST_PAUSE)
            await self.clock.sleep(_LONGEST_PAUSE)

    async def _keep(self, platform: Platform) -> None:
        failures = 0
        while True:
            began = self.clock.now()
            try:
                await platform.prepare()
                if platform.single_intake:
                    self.health.intake(platform.name, "waiting")
                    async with lease(self.store, self.clock, name=f"{platform.name}:intake"):
                        self.health.intake(platform.name, "running")
                        await platform.run()
                else:
                    self.health.intake(platform.name, "running")
                    await platform.run()
            except (ConfigError, MissingCatalogue) as error:
                self._stopped.add(platform.name)
                self.health.intake(platform.name, "stopped")
                if len(self._stopped) == len(self._received):
                    raise
                log.error("app.platform_stopped", platform=platform.name, reason=str(error))
                return
            except LeaseLost:
                log.warning("app.platform_taken_over", platform=platform.name)
                continue
            except Exception:
                self.health.intake(platform.name, "failed")
                log.exception("app.platform_failed", platform=platform.name, again_in=_BACKOFF.after(failures + 1))
            if self.clock.now() - began > STABLE_AFTER:  # it is run again after a second, whatever failed before
                failures = 0
            failures += 1
            await self.clock.sleep(_BACKOFF.after(failures))


@asynccontextmanager
async def build(
    settings: Settings,
    *,
    only: frozenset[str] = PARTS,
    clock: Clock | None = None,
    framed: bool = False,
    new_process: Callable[[], SideProcess] = SideProcess,
) -> AsyncIterator[App]:
    """Create and connect the parts of the program; they are closed at the end of the `async with` block.

    `only` has the names of the parts to create, such as «telegram» or «delivery». `clock` None means the machine's
    clock. If `framed` is True, another page may show the program's pages in a frame, as the page of the demo does.
    `new_process` creates each process in which jobs run.
    """
    clock = clock or SystemClock()
    store = await open_store(settings.storage.url)
    if settings.metrics.port:
        metrics.turn_on()
    try:
        await seed_store(store, settings, load_seeds(CAPABILITIES))
        await store.transact(setting_store.name_installation)  # by which a check knows who listens at the page's port
        await store.transact(ending_store.begin)
        keep_private(settings.storage.folder, erasure_log(settings.storage))
        files = files_of(settings)
        capabilities = switched_on(load(CAPABILITIES), settings)
        personal_data = declared(capabilities)
        _drop_draft(settings)
        await _forget_again(store, personal_data, settings, files, clock)
        wakes: list[Callable[[], None]] = []
        router = make_router(capabilities)
        wakeups = Wakeups(store)

        def committed() -> None:
            health.committed()
            for wake in wakes:
                wake()

        def released() -> None:
            delivery.wake()
            erasures.wake()  # at the end of a purpose

        health = Health(store, clock, lambda: delivery.delivering if "delivery" in only else {}, files)
        dispatcher = Dispatcher(store, router, personal_data, settings, clock, committed, files)
        wanted = PARTS if "delivery" in only else only  # delivery writes to every platform
        pacers = pacers_of(settings)
        adapters = {
            platform.name: platform
            for platform in open_platforms(
                settings,
                dispatcher,
                store,
                clock,
                wanted,
                only,
                pacers,
                wakeups,
                health,
                framed=framed,
                displays=[display for capability in capabilities for display in capability.displays],
                lock_screen=lock_screen(capabilities),
                new_process=new_process,
            )
        }
        delivery = Delivery(store, adapters, settings, clock, contributions(capabilities), router.live, pacers)
        jobs = Runner(
            store, router.jobs, personal_data, notify_of_result, delivery.wake, clock, new_process, files=files
        )
        erasures = Erasures(store, personal_data, settings.storage, files, clock)
        wakes += [delivery.wake, jobs.wake, erasures.wake]
        for table in delivery.tables:
            wakeups.on(table, lambda _ids: delivery.wake())
        wakeups.on("jobs", lambda _ids: jobs.wake())
        for table in ("erasures", "endings"):
            wakeups.on(table, lambda _ids: erasures.wake())
        try:
            yield App(
                settings,
                store,
                dispatcher,
                clock,
                adapters,
                delivery,
                jobs,
                erasures,
                Housekeeping(store, clock, chores(capabilities), files),
                Ticker(
                    store,
                    clock,
                    (
                        *make_sources(capabilities, settings),
                        Retention(settings, personal_data, files),
                    ),
                    released,
                ),
                wakeups,
                health,
                only,
                Endpoint(settings.metrics, store, clock, adapters, health) if settings.metrics.port else None,
            )
        finally:
            await dispatcher.close()
            for platform in adapters.values():
                await platform.close()
    finally:
        if settings.metrics.port:
            metrics.turn_off()
        await store.close()


def _drop_draft(settings: Settings) -> None:
    """Delete what a killed restore left beside an SQLite database: it may have people who were erased long ago."""
    if settings.storage.url.startswith("sqlite:"):
        database, *_beside = sqlite_files(Path(settings.storage.url.removeprefix("sqlite:///")))
        for left in draft_files(database):
            left.unlink(missing_ok=True)


async def _forget_again(store: Store, personal_data: Declared, settings: Settings, files: Files, clock: Clock) -> None:
    """Erase and end again what a restore of the database by its own tools brought back, before anything runs.

    Raises ConfigError if the log of erasures cannot be read, because then nobody knows who was brought back.
    """
    try:
        again = await replay(store, personal_data, settings.storage, files, clock.now())
        if again.people:
            log.warning("app.erased_again", people=again.people)
        if again.ended:
            log.warning("app.ended_again", things=again.ended)
    except FilesAway as error:  # the rows are deleted: `Erasures` goes on once the files answer
        log.warning("app.erasures_unfinished", reason=error.strerror)
    except OSError as error:
        raise ConfigError(
            f"who was erased cannot be looked up in {error.filename}: {error.strerror}. Let the bot use that file, then"
            " start it again"
        ) from None


@asynccontextmanager
async def _running(works: Iterable[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run some coroutines until the `async with` block ends, then cancel them; their exceptions are logged."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                log.error("app.side_task_failed", exc_info=ended)


async def run(
    settings: Settings,
    *,
    only: frozenset[str] = PARTS,
    clock: Clock | None = None,
    framed: bool = False,
    beside: Callable[[App], Awaitable[Iterable[Coroutine[Any, Any, None]]]] | None = None,
) -> None:
    """Run the program until it gets SIGINT or SIGTERM.

    `only` has the names of the parts to run, such as «telegram» or «delivery». `clock` None means the machine's clock.
    If `framed` is True, another page may show the program's pages in a frame, as the page of the demo does. `beside`
    gets the program before it serves, and returns coroutines that run until the program closes. Raises ConfigError if
    no part can run.
    """
    async with (
        build(settings, only=only, clock=clock, framed=framed) as app,
        _running(await beside(app) if beside else ()),
    ):
        # What is loaded now stays, and nearly all else is freed without a search: one through all that a program with
        # thousands of open pages holds stops everything for half a second, and finds nothing.
        gc.freeze()
        # What outlives a moment is searched 15,000 objects at a time, as each search stops everything for some ms. Less
        # than one full search in a million would let cycles fill hundreds of MB before they are looked for.
        gc.set_threshold(5_000, 2, 75)
        serving = asyncio.create_task(app.serve())
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
                loop.add_signal_handler(sign, serving.cancel)
        try:
            await serving
        except asyncio.CancelledError:
            log.info("app.stopped")
        except BaseExceptionGroup as several:
            refused, _rest = several.split((ConfigError, MissingCatalogue))
            if refused is None:
                raise
            raise refused.exceptions[0] from None
