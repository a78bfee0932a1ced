"""Two programs at once after the last seat of a theme, the last vote of a person, a code that opens once.

Each is a process with a store of its own. Both begin the same race at the same moment, again and again; exactly one
must win each, and what is stored in the end must say so too.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import TypeAlias

from benchmarks.crowd import THEMES, fill_store
from bot.config.modules import load_audiences
from bot.database.engine import Transaction
from bot.database.opening import open_store
from bot.people import participant_store, secret_store
from handlers import CAPABILITIES
from handlers.ideas.store.ideas import add_idea
from handlers.ideas.store.votes import cast_votes, votes_of_person
from handlers.themes.model import ThemeChoice
from handlers.themes.service import choose_theme, leave_theme
from handlers.themes.store import choice_of
from handlers.workshops.settings import WorkshopSettings
from tests.workshops.builders import PHASES
from tests.world import AllSettings

_THEME = "school"
_GROUP, _PHASE = 1, "solutions"
_PROGRAMS = 2
_PATIENCE = 120.0

Win: TypeAlias = Callable[[Transaction], Awaitable[bool]]
"""A unit by which one program tries to win a race. Returns whether it won."""


@dataclass(frozen=True, slots=True)
class Races:
    """What came of one kind of race: how often nobody won, how often both, and whether the store agrees in the end."""

    kind: str
    count: int
    nobody: int
    both: int
    agrees: bool
    seconds: float

    @property
    def exact(self) -> bool:
        """Whether one program won each race."""
        return self.agrees and not (self.nobody or self.both)

    def __str__(self) -> str:
        return (
            f"{self.kind}: {self.count:,} races in {self.seconds:.0f} s: nobody won {self.nobody}, both {self.both};"
            f" what is stored {'agrees' if self.agrees else 'is otherwise'}"
        )


class Seats:
    """Two people choose a theme with one seat; who got it leaves again."""

    async def prepare(self, tx: Transaction, _count: int) -> Sequence[str]:
        """Let the theme have one seat."""
        await tx.run("UPDATE themes SET capacity = 1, taken = 0 WHERE key = :key", key=_THEME)
        return ()

    async def win(self, tx: Transaction, program: int, _number: int, _codes: Sequence[str]) -> bool:
        """Have this program's person choose the theme."""
        person = await participant_store.find(tx, program + 1)
        assert person
        return bool((await choose_theme(tx, person, _THEME, datetime.now(UTC))).name == "CHOSEN")

    async def reset(self, tx: Transaction) -> None:
        """Have whoever has the seat leave."""
        for person in range(1, _PROGRAMS + 1):
            if await choice_of(tx, person) != ThemeChoice():
                await leave_theme(tx, person, datetime.now(UTC), quiet=True)

    async def agrees(self, tx: Transaction, _count: int) -> bool:
        """Return whether as many seats are taken as people have the theme: none."""
        row = await tx.one(
            "SELECT taken, (SELECT COUNT(*) FROM choices WHERE theme = :key) AS chosen FROM themes WHERE key = :key",
            key=_THEME,
        )
        return row is not None and (row["taken"], row["chosen"]) == (0, 0)


class Votes:
    """One person votes on two devices for two ideas, and has one vote left."""

    async def prepare(self, tx: Transaction, _count: int) -> Sequence[str]:
        """Give a group one idea more than a person has votes."""
        now = datetime.now(UTC)
        await tx.run("INSERT INTO groups (id, round, theme, number, room) VALUES (1, 1, :theme, 1, '')", theme=_THEME)
        for number in range(_MOST + 1):
            await add_idea(tx, 1, _GROUP, _PHASE, f"Idée {number}", now, stems="")
        await self.reset(tx)
        return ()

    async def win(self, tx: Transaction, program: int, _number: int, _codes: Sequence[str]) -> bool:
        """Vote for this program's idea too, if the person has a vote left."""
        before = await votes_of_person(tx, 1, _GROUP, _PHASE)
        chosen = before | {_MOST + program}
        if len(chosen) > _MOST:
            return False
        await cast_votes(tx, 1, _GROUP, _PHASE, chosen)
        return True

    async def reset(self, tx: Transaction) -> None:
        """Take the last vote back."""
        await cast_votes(tx, 1, _GROUP, _PHASE, range(1, _MOST))

    async def agrees(self, tx: Transaction, _count: int) -> bool:
        """Return whether the person has the votes that were not raced for."""
        return await votes_of_person(tx, 1, _GROUP, _PHASE) == frozenset(range(1, _MOST))


class Codes:
    """Two accounts use one code that opens once."""

    async def prepare(self, tx: Transaction, count: int) -> Sequence[str]:
        """Issue as many codes as there are races."""
        now = datetime.now(UTC)
        return [await secret_store.issue(tx, "invitation", 1, now) for _race in range(count)]

    async def win(self, tx: Transaction, program: int, number: int, codes: Sequence[str]) -> bool:
        """Use the code by this program's account, if nobody has used it."""
        now = datetime.now(UTC)
        secret = await secret_store.find(tx, "invitation", codes[number], now)
        assert secret
        return not secret.used and await secret_store.use(tx, secret, program + 1, now)

    async def reset(self, _tx: Transaction) -> None:
        """Leave the code used."""

    async def agrees(self, tx: Transaction, count: int) -> bool:
        """Return whether every code is used."""
        row = await tx.one("SELECT COUNT(*) AS used FROM secrets WHERE used_at IS NOT NULL")
        return row is not None and row["used"] == count


_MOST = WorkshopSettings().votes
KINDS: dict[str, Seats | Votes | Codes] = {"seats": Seats(), "votes": Votes(), "codes": Codes()}


async def race(kind: str, url: str, count: int) -> Races:
    """Let two programs race so many times on an empty database."""
    race = KINDS[kind]
    store = await open_store(url)
    try:
        await fill_store(store, AllSettings.model_validate({"themes": THEMES, "phases": PHASES}), 3)
        codes = await store.transact(partial(_prepare, race, count))
        began = time.monotonic()
        wins = await asyncio.to_thread(_race, kind, url, count, codes)
        seconds = time.monotonic() - began
        agrees = await store.read(lambda tx: race.agrees(tx, count))
    finally:
        await store.close()
    winners = [sum(won) for won in zip(*wins, strict=True)]
    return Races(kind, count, winners.count(0), winners.count(_PROGRAMS), agrees, seconds)


async def _prepare(race: Seats | Votes | Codes, count: int, tx: Transaction) -> Sequence[str]:
    return await race.prepare(tx, count)


def _race(kind: str, url: str, count: int, codes: Sequence[str]) -> list[list[bool]]:
    """Run the programs, and return of each which races it won."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(_PROGRAMS)
    ends = [context.Pipe(duplex=False) for _program in range(_PROGRAMS)]
    programs = [
        context.Process(target=_program, args=(sender, kind, url, number, count, codes, barrier), daemon=True)
        for number, (_receiver, sender) in enumerate(ends)
    ]
    for program in programs:
        program.start()
    for _receiver, sender in ends:
        sender.close()  # so that the end of a program that fails is seen
    wins = [receiver.recv() for receiver, _sender in ends]
    for program in programs:
        program.join()
    return wins


def _program(
    sender: Connection, kind: str, url: str, number: int, count: int, codes: Sequence[str], barrier: Barrier
) -> None:
    load_audiences(CAPABILITIES)
    sender.send(asyncio.run(_take_part(KINDS[kind], url, number, count, codes, barrier)))


async def _take_part(
    race: Seats | Votes | Codes, url: str, program: int, count: int, codes: Sequence[str], barrier: Barrier
) -> list[bool]:
    store = await open_store(url)
    won = []
    try:
        for number in range(count):
            barrier.wait(_PATIENCE)  # the program does nothing else, so that it may be blocked

            async def unit(tx: Transaction, number: int = number) -> bool:
                return await race.win(tx, program, number, codes)

            won.append(await store.transact(unit))
            barrier.wait(_PATIENCE)
            if program == 0:
                await store.transact(race.reset)
    finally:
        await store.close()
    return won
