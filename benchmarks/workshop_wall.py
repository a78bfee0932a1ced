"""Walls of thousands of ideas, and ideas that resemble: what opening a page costs."""

from __future__ import annotations

import gc
import itertools
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from benchmarks.workshop_servers import PHASE, SIZE, Person, fill, gather
from bot.content import i18n
from bot.content.actions import Action
from bot.conversation.incoming import Actor, Incoming, Pressed
from bot.database.engine import Transaction
from bot.platforms.telegram.render import draw_keyboards, draw_text
from handlers.ideas.participant.wall import ShowTogether
from handlers.workshops.actions import Inspire, ShowWall
from tests.workshops.builders import PHASES
from tests.world import World, make_settings, open_world

_AGAIN = 9
_AT_MOST = 50.0
_THEME = "school"
_IDEAS = 5_000
_PAGES = (
    ("v", 1, "by votes, first page"),
    ("v", _IDEAS - 4, "by votes, last page"),
    ("t", 1, "by time, first page"),
    ("t", _IDEAS - 4, "by time, last page"),
)
"""The order, the rank a page begins with, and both in words."""
_numbers = itertools.count(1)


async def measure_walls() -> None:
    """Print the CPU of opening the wall of a group and that of its theme, in both orders, at both ends."""
    async with _open(together=False) as (world, people):
        for by, page, what in _PAGES:
            await _print(
                world, people[0], ShowWall(people[0].run, page, by), f"a group's wall of {_IDEAS:,} ideas, {what}"
            )
    async with _open(together=True) as (world, people):
        leader = people[0]
        await world.store.transact(lambda tx: tx.run("INSERT INTO facilitators VALUES (:id, 'all')", id=leader.id))
        for by, page, what in _PAGES:
            wall = ShowTogether(PHASE, _THEME, page, by)
            await _print(world, leader, wall, f"a theme's wall of {_IDEAS:,} ideas, {what}")


async def measure_inspiration() -> None:
    """Print the CPU of finding what resembles one's own ideas among those of the theme's other groups."""
    async with _open(together=True) as (world, people):
        for person, who in ((people[0], "who gave ideas"), (people[-1], "who gave none")):
            await _print(world, person, Inspire(person.run), f"inspired among {_IDEAS:,} ideas, for {who}")


@asynccontextmanager
async def _open(*, together: bool) -> AsyncIterator[tuple[World, list[Person]]]:
    """A theme's hundred groups whose ideas are revealed, spread over them (`together`) or all in the first."""
    with tempfile.TemporaryDirectory() as folder:
        i18n.catalogue("fr")  # read once in the life of a program
        async with open_world(f"sqlite:///{folder}/r.db", make_settings(phases=PHASES), migrate=True) as world:
            yield world, await world.store.transact(lambda tx: _town(tx, world.clock.now(), together=together))


async def _town(tx: Transaction, now: datetime, *, together: bool) -> list[Person]:
    people = await gather(tx, [("telegram", str(n)) for n in range(1, 101 * SIZE)], (_THEME,), now, revealed=True)
    await fill(tx, people[:-SIZE], _IDEAS, now, into=None if together else people[0].group)
    return people


async def _print(world: World, person: Person, action: Action, what: str) -> None:
    costs = sorted([await _cost(world, person, action) for _again in range(_AGAIN)])
    worst = costs[-1]
    print(
        f"{what}: {statistics.median(costs):.1f} ms of CPU, at most {worst:.1f} (wanted at most {_AT_MOST:g})",
        flush=True,
    )


async def _cost(world: World, person: Person, action: Action) -> float:
    """Milliseconds of CPU, of all threads, from a press to what Telegram is told."""
    pressed = Pressed(action.encode())
    incoming = Incoming("telegram", str(next(_numbers)), Actor(person.native_id, "", "fr", person.native_id), pressed)
    gc.collect()
    began = time.process_time()
    answered = await world.dispatcher.handle(incoming)
    assert answered.reply is not None
    parts: Sequence[object] = draw_text(answered.reply.view, answered.reader)
    draw_keyboards(answered.reply.view, answered.reader)
    spent = (time.process_time() - began) * 1e3
    assert parts
    choice = answered.reply.view.choice
    assert choice is not None, answered.reply.view.lines
    assert len(choice.options) > 1, choice.options  # ideas are what can be chosen
    return spent
