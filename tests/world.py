"""A small gathering for the tests: settings, a store, a clock that stands still, and people to invite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.app import chores, declared, files_of
from bot.capability import Capability, contributions, know_roles, load, make_router, subjects, switched_on
from bot.config.section import Section
from bot.config.seeding import load_seeds, seed_store
from bot.config.settings import Settings, StorageSettings, compose, load_sections
from bot.conversation.dispatch import Dispatcher
from bot.conversation.likelihood import likelihood
from bot.conversation.router import Router
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.files.folder import Folder
from bot.people import participant_store, secret_store
from bot.people.declared import Declared
from handlers import CAPABILITIES
from tests.clock import ManualClock
from tests.drivers.neutral import NeutralChat

P = ParamSpec("P")
T = TypeVar("T")

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
CAPABLE = load(CAPABILITIES)
EVERY_ROUTE = make_router(CAPABLE)
"""Every route of the program, also of capabilities that are off by default; nothing changes it once it is made."""
SECTIONS = load_sections(CAPABILITIES)
AllSettings = compose(SECTIONS)
"""Settings with the sections of every capability."""
_routers: dict[frozenset[type[Section]], Router] = {}
"""By the sections that switch capabilities on. To make one takes a third of the time in which a gathering opens."""


def router_with(settings: Settings) -> Router:
    """The routes of the capabilities that these settings switch on, made once for all such settings."""
    sections = frozenset(each.only_with for each in CAPABLE if each.only_with and settings.has(each.only_with))
    if sections not in _routers:
        _routers[sections] = make_router(switched_on(CAPABLE, settings))
    return _routers[sections]


ROUTER = router_with(AllSettings())
"""The routes of the capabilities that are on by default."""
SEEDS = load_seeds(CAPABILITIES)
SUBJECTS = subjects(CAPABLE)
"""What people are reminded of."""
CONTRIBUTIONS = contributions(CAPABLE)
"""What capabilities contribute to deliveries."""
FILE_TABLES = files_of(Settings()).tables
"""Every table with files. To ask for them anew in each test takes longer than many a test."""
CHORES = chores(CAPABLE)
"""What is tidied every hour."""
DECLARED = declared(CAPABLE)
"""What is kept about people."""

THEMES = [
    {"key": "culture", "title": {"fr": "Culture", "en": "Culture", "de": "Kultur"}, "capacity": 2},
    {"key": "school", "title": {"fr": "Innovation pédagogique", "en": "Education", "de": "Bildung"}},
    {"key": "civic", "title": {"fr": "CivicTech", "en": "CivicTech", "de": "CivicTech"}},
]


def make_settings(**sections: Any) -> Settings:
    """Settings of a gathering with three themes, the first for two people; `sections` as in config.toml."""
    gathering = {"name": "Rencontres", "theme_deadline": "2027-05-01T12:00:00", **sections.pop("gathering", {})}
    limits = {"presses": 100_000, **sections.pop("limits", {})}  # the clock stands still while a test presses
    return AllSettings.model_validate({"gathering": gathering, "themes": THEMES, "limits": limits, **sections})


async def seed(store: Store, settings: Settings) -> None:
    """Write into a store what a start of the bot writes."""
    await seed_store(store, settings, SEEDS)


@dataclass
class World:
    """A gathering under way."""

    settings: Settings
    store: Store
    clock: ManualClock
    dispatcher: Dispatcher
    router: Router = ROUTER
    declared: Declared = DECLARED
    ids: dict[str, int | None] = field(default_factory=dict)
    """Of people who were invited, by first name; None for a name that several have."""
    _people: int = 0
    _others: list[Dispatcher] = field(default_factory=list)

    def dispatcher_over(
        self, store: Store, router: Router | None = None, *, score: Callable[[str], Mapping[str, float]] = likelihood
    ) -> Dispatcher:
        """Another dispatcher, over a store that counts or fails for instance. It is closed with the world.

        One that is left open would store which replies were sent while another test runs in the same loop.
        """
        dispatcher = Dispatcher(
            store, router or self.router, self.declared, self.settings, self.clock, files=self.files, score=score
        )
        self._others.append(dispatcher)
        return dispatcher

    async def close(self) -> None:
        """Close its dispatchers."""
        for dispatcher in (self.dispatcher, *self._others):
            await dispatcher.close()

    @property
    def files(self) -> Folder:
        """The files beside its database."""
        return Folder(self.settings.storage.folder, FILE_TABLES)

    async def change(
        self, work: Callable[Concatenate[Transaction, P], Awaitable[T]], *args: P.args, **values: P.kwargs
    ) -> T:
        """Run a function of a store or a service in a transaction: `await world.change(set_room, group.id, "B12")`."""

        async def unit(tx: Transaction) -> T:
            return await work(tx, *args, **values)

        return await self.store.transact(unit)

    async def read(
        self, work: Callable[Concatenate[Transaction, P], Awaitable[T]], *args: P.args, **values: P.kwargs
    ) -> T:
        """What such a function finds."""

        async def unit(tx: Transaction) -> T:
            return await work(tx, *args, **values)

        return await self.store.read(unit)

    async def invite(self, given_name: str, family_name: str = "", **facts: Any) -> str:
        """Select someone; the code of their invitation."""
        self._people += 1
        ref = f"R-{self._people:04}"
        facts = {"territory": "CA-QC", "locale": "en", **facts}

        async def unit(tx: Any) -> str:
            person = await participant_store.add(
                tx, ref=ref, given_name=given_name, family_name=family_name, now=self.clock.now(), **facts
            )
            self.ids[given_name] = None if given_name in self.ids else person.id
            return await secret_store.issue(tx, "invitation", person.id, self.clock.now())

        return await self.store.transact(unit)

    def chat(self, native_id: str = "1", **how: Any) -> NeutralChat:
        """A person's chat, straight on the dispatcher."""
        return NeutralChat(self.dispatcher, native_id, **how)

    async def join(self, given_name: str, native_id: str, territory: str = "CA-QC", **how: Any) -> NeutralChat:
        """Someone invited, who has come in; they read English, or the `locale` of their chat."""
        code = await self.invite(given_name, territory=territory, locale=how.get("locale", "en"))
        chat = self.chat(native_id, name=given_name, **how)
        await chat.follow(f"j-{code}")
        return chat

    async def organiser(self, native_id: str = "900", **how: Any) -> NeutralChat:
        """A first organiser, as config.toml names them (id 900 on telegram and discord)."""
        chat = self.chat(native_id, name="Inès", **how)
        await chat.command("start")
        return chat


@asynccontextmanager
async def open_world(
    url: str,
    settings: Settings | None = None,
    files: Path | None = None,
    *,
    migrate: bool = False,
    seeded: bool = False,
    beside: Sequence[Capability] = (),
) -> AsyncIterator[World]:
    """A gathering over the store at `url`, closed at the end; with `migrate` it need have no tables.

    It is seeded, unless it was `seeded` before, from the same settings. The folder of its `files` goes, unless given.
    Capabilities `beside` the program's own are on.
    """
    capable = [*CAPABLE, *beside]
    know_roles(capable)
    settings = settings or make_settings(organisers={"telegram": [900], "discord": [900]})
    clock = ManualClock(START)
    store = await open_store(url, migrate=migrate)
    try:
        with TemporaryDirectory() as folder:
            storage = StorageSettings(url=url, files=str(files or Path(folder) / "files"))
            settings = settings.model_copy(update={"storage": storage})
            if not seeded:
                await seed(store, settings)
            files_beside = Folder(settings.storage.folder, FILE_TABLES)
            router = make_router(switched_on(capable, settings)) if beside else router_with(settings)
            told = declared(capable) if beside else DECLARED
            dispatcher = Dispatcher(store, router, told, settings, clock, files=files_beside)
            world = World(settings, store, clock, dispatcher, router, told)
            yield world
            await world.close()
    finally:
        know_roles(CAPABLE)
        await store.close()
