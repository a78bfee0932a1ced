"""Walls of thousands of ideas, and ideas that resemble: what opening a page costs."""

from __future__ import annotations

import gc
import itertools
import statistics
import tempfile
import time
from collections.abc import Sequence

from benchmarks.workshop_town import PHASE, SIZE, Person, fill, gather
from bot.actions import Action
from bot.incoming import Incoming, Pressed, Sender
from bot.platforms.telegram.render import draw_keyboards, draw_text
from bot.storage.engine import Transaction
from bot.workshop_actions import Inspire, ShowWall
from handlers.wall import ShowTogether
from tests.handlers.workshops import PHASES
from tests.world import World, make_settings, open_world

_AGAIN = 9
_AT_MOST = 50.0
_THEMES = ("school",)
_numbers = itertools.count(1)


async def measure(ideas: int = 5_000) -> None:
    """Print the CPU of opening the wall of a group, that of its theme, and of what resembles one's own ideas."""
    for together in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            settings = make_settings(organisers={"telegram": [900]}, phases=PHASES)
            async with open_world(f"sqlite:///{folder}/r.db", settings) as world:
                await _measure(world, ideas, together=together)


async def _measure(world: World, ideas: int, *, together: bool) -> None:
    """`together`: the ideas are those of a hundred groups of a theme, else of one group, all of them."""
    where = "a theme" if together else "one group"
    people = await world.store.transact(lambda tx: _town(tx, world, ideas, together=together))
    reader, last = people[0], ideas - 4
    if together:
        await world.store.transact(
            lambda tx: tx.run("INSERT INTO facilitators VALUES (:id, 'theme:school')", id=reader.id)
        )
    for by, order in (("v", "by votes"), ("t", "by time")):
        for page, which in ((1, "first"), (last, "last")):
            wall: Action = ShowTogether(PHASE, _THEMES[0], page, by) if together else ShowWall(reader.run, page, by)
            await _print(world, reader, wall, f"wall of {ideas:,} ideas of {where}, {order}, {which} page")
    if together:
        for person, who in ((reader, "who gave ideas"), (people[-1], "who gave none")):
            await _print(world, person, Inspire(person.run), f"inspired among {ideas:,} ideas, for {who}")


async def _town(tx: Transaction, world: World, ideas: int, *, together: bool) -> list[Person]:
    now = world.clock.now()
    people = await gather(tx, [("telegram", str(n)) for n in range(1, 101 * SIZE)], _THEMES, now, revealed=True)
    await fill(tx, people[:-SIZE], ideas, now, into=None if together else people[0].group)
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
    incoming = Incoming("telegram", str(next(_numbers)), Sender(person.native_id, "", "fr", person.native_id), pressed)
    gc.collect()
    began = time.process_time()
    answered = await world.dispatcher.handle(incoming)
    assert answered.reply is not None
    parts: Sequence[object] = draw_text(answered.reply.view, answered.reader)
    draw_keyboards(answered.reply.view, answered.reader)
    spent = (time.process_time() - began) * 1e3
    assert parts
    assert len(answered.reply.view.lines) > SIZE, answered.reply.view.lines
    return spent
