"""The gathering in which lines are played that people type, as it stands in each phase and between two.

Each standing is a database in memory. Whatever is done in it can be undone, so that no line meets what another left.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from bot.config.example import example
from bot.config.settings import Settings
from bot.content.i18n import LOCALES
from bot.database.engine import Store, T, Unit
from bot.database.sqlite_worker import SqliteTransaction
from handlers.groups.model import Group
from handlers.team.store import add_question
from handlers.trust.store import name_trusted
from tests.clock import ManualClock
from tests.groups.builders import choose, group
from tests.ideas.builders import idea, voted
from tests.participants import number
from tests.workshops.builders import ended, facilitator, revealed, started, wait
from tests.world import AllSettings, World, open_world

NO_PHASE = "none"
PHASES = ("stakes", "challenge", "solutions", "territories")
STATES: Mapping[str, str | None] = {NO_PHASE: None} | {f"phase{n}": key for n, key in enumerate(PHASES, start=1)}
"""By the state of a line: the key of the phase that runs then; None between the first and the second."""
WRITERS: Mapping[str, str] = {"fr": "Awa", "en": "Ruth", "de": "Jonas"}
"""By language: who writes. All are in one group."""
_OTHERS = {"Marc": "CA-QC", "Lina": "BE-WBR", "Ibrahima": "SN"}
_TERRITORIES = {"Awa": "CI", "Ruth": "CA-QC", "Jonas": "DE"}
_ELSEWHERE = {"Nour": "FR", "Émile": "CH"}
_TRUSTED = "Chloé"
_PEOPLE = {**_TERRITORIES, **_OTHERS, **_ELSEWHERE, _TRUSTED: "FR"}
_NATIVE_IDS = {name: str(1000 + place) for place, name in enumerate(_PEOPLE)}
_ASKED = "Est-ce que les vidéos de la table ronde seront en ligne ?"
"""What each of those who write has asked the team before."""
_BEGINS = datetime(2027, 6, 10, 8, 30, tzinfo=UTC)
"""When the first phase begins: in the first workshop of the first day."""
_MINUTES, _PAUSE = 10, 45
"""How long after the beginning of a phase lines are written, and how long after the end of the first: ideas that come a
little late still go into a phase that ended.
"""


class UndoneStore(Store):
    """A copy of a database in memory, all of which one thread does."""

    dialect: Literal["sqlite"] = "sqlite"

    def __init__(self, file: Path) -> None:
        """Copy the content of an SQLite file."""
        self._connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
        with contextlib.closing(sqlite3.connect(file)) as source:
            source.backup(self._connection)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA foreign_keys = ON")

    @contextlib.contextmanager
    def undone(self) -> Iterator[None]:
        """Undo at the end whatever is written; may be entered again within."""
        self._connection.execute("SAVEPOINT undone")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK TO undone")
            self._connection.execute("RELEASE undone")

    async def transact(self, unit: Unit[T]) -> T:
        """Run a unit, which is undone if it fails."""
        self._connection.execute("SAVEPOINT unit")
        tx = SqliteTransaction(self._connection)
        try:
            result = await unit(tx)
            if tx.failed:
                raise tx.failed
        except BaseException:
            self._connection.execute("ROLLBACK TO unit")
            raise
        finally:
            self._connection.execute("RELEASE unit")
        return result

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads."""
        return await unit(SqliteTransaction(self._connection))

    async def erase_traces(self) -> None:
        """There are none."""

    async def backup(self, target: Path) -> None:
        """Nobody keeps what is done here."""
        raise NotImplementedError

    async def close(self) -> None:
        """Forget everything."""
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the id in the store, the account, and the first name."""

    id: int
    native_id: str
    name: str


class Standing:
    """The gathering in one state: its settings, its clock, its store, and the ids of who writes, by language."""

    def __init__(self, world: World, file: Path) -> None:
        self.settings: Settings = world.settings
        self.clock = ManualClock(world.clock.now())
        self.store = UndoneStore(file)
        self.writers = {locale: _writer(world, name) for locale, name in WRITERS.items()}


def _writer(world: World, name: str) -> Writer:
    person = world.ids[name]
    assert person is not None
    return Writer(person, _NATIVE_IDS[name], name)


def gathering_settings() -> Settings:
    """Return the settings of the gathering: as in config.example.toml, with a programme and information."""
    written = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    values: dict[str, Any] = tomllib.loads(example()) | tomllib.loads(written)
    return AllSettings.model_validate(values)


@asynccontextmanager
async def standings() -> AsyncIterator[Mapping[str, Standing]]:
    """The gathering in each state, for as long as this is entered."""
    made: dict[str, Standing] = {}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "words.sqlite3"
        async with open_world(f"sqlite:///{file}", gathering_settings(), migrate=True) as world:
            await world.clock.advance(_BEGINS - world.clock.now())
            home = await _people(world)
            for state, phase in zip(list(STATES)[1:], PHASES, strict=True):
                await _live_through(world, home, phase, made, state, file)
        try:
            yield made
        finally:
            for standing in made.values():
                await standing.store.close()


async def _people(world: World) -> Group:
    """Let everybody come in, and return the group of those who write."""
    await world.organiser(locale="fr")
    for name, territory in _PEOPLE.items():
        locale = next((each for each, writer in WRITERS.items() if writer == name), LOCALES[0])
        code = await world.invite(name, territory=territory, locale=locale)
        await world.chat(_NATIVE_IDS[name], name=name, locale=locale).follow(f"j-{code}")
    home = await group(world, [*_TERRITORIES, *_OTHERS], room="B12")
    await group(world, list(_ELSEWHERE), theme="civic", number_=2, room="C3")
    await choose(world, _TRUSTED, "culture")
    await facilitator(world, locale="fr", audiences=("theme:school",))
    trusted, now = await number(world, _TRUSTED), world.clock.now()
    await world.change(name_trusted, trusted, "français, English", "8 h – 23 h", now)
    for name in WRITERS.values():
        await world.change(add_question, await number(world, name), _ASKED, now)
    return home


async def _live_through(
    world: World, home: Group, phase: str, made: dict[str, Standing], state: str, file: Path
) -> None:
    """Begin a phase, keep the gathering as it stands then, and end the phase; between the first two keep it again."""
    run = await started(world, home, phase)
    await wait(world, minutes=_MINUTES)
    first = await idea(world, home, "Marc", "Un bus de nuit entre les villages, le samedi", phase=phase)
    await idea(world, home, "Lina", "Des ateliers de quartier tenus par les aînés", phase=phase)
    made[state] = Standing(world, file)
    run = await revealed(world, run)
    for name in WRITERS.values():
        await voted(world, home, name, first, phase=phase)
    await ended(world, run)
    if NO_PHASE not in made:
        await wait(world, minutes=_PAUSE)
        made[NO_PHASE] = Standing(world, file)
