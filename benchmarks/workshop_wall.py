"""Measures the CPU time of opening walls of thousands of ideas, and of finding similar ideas."""

from __future__ import annotations

import gc
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from benchmarks.workshop_intake import SIZE
from bot.clock import to_micros
from bot.content import i18n
from bot.content.actions import Action
from bot.content.stems import stems
from bot.conversation.incoming import Actor, Incoming, Pressed
from bot.database.engine import Transaction
from bot.platforms.telegram.render import draw_keyboards, draw_text
from handlers.ideas.participant.wall import show_together
from handlers.workshops.actions import Inspire, ShowWall
from tests.crowds import PHASE, Person, add_people, open_phase, sentence
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
    """Print the CPU time of opening the walls of a group and of its theme, in both orders, at both ends."""
    async with _open(together=False) as (world, people):
        for by, page, what in _PAGES:
            wall: Action = ShowWall(people[0].group, page, by)
            await _print(world, people[0], wall, f"a group's wall of {_IDEAS:,} ideas, {what}")
    async with _open(together=True) as (world, people):
        await world.store.transact(
            lambda tx: tx.run(
                "INSERT INTO roles (participant_id, role, scope) VALUES (:id, 'facilitator', 'all')", id=people[0].id
            )
        )
        for by, page, what in _PAGES:
            wall = show_together.to(PHASE, _THEME, page, by)
            await _print(world, people[0], wall, f"a theme's wall of {_IDEAS:,} ideas, {what}")


async def measure_inspiration() -> None:
    """Print the CPU time of finding ideas in other groups of the theme that resemble one's own."""
    async with _open(together=True) as (world, people):
        for person, who in ((people[0], "who gave ideas"), (people[-1], "who gave none")):
            await _print(world, person, Inspire(person.group), f"inspired among {_IDEAS:,} ideas, for {who}")


@asynccontextmanager
async def _open(*, together: bool) -> AsyncIterator[tuple[World, list[Person]]]:
    """A theme's hundred groups whose ideas are revealed, spread over them (`together`) or all in the first."""

    async def unit(tx: Transaction) -> list[Person]:
        now = world.clock.now()
        added = await add_people(tx, [("telegram", str(n)) for n in range(1, 101 * SIZE)], now)
        people = await open_phase(tx, added, (_THEME,), SIZE, now, revealed=True)
        await _give_ideas(tx, people[:-SIZE], now, None if together else people[0].group)
        return people

    with tempfile.TemporaryDirectory() as folder:
        i18n.catalogue("fr")  # read once in the life of a program
        async with open_world(f"sqlite:///{folder}/r.db", make_settings(phases=PHASES), migrate=True) as world:
            yield world, await world.store.transact(unit)


async def _give_ideas(tx: Transaction, people: Sequence[Person], now: datetime, into: int | None) -> None:
    """All ideas of these people, in their own groups or in one, and three votes of each person."""
    chance = random.Random(1)
    rows = []
    for number in range(_IDEAS):
        author, words = people[number % len(people)], sentence(chance)
        rows.append(
            {"id": number + 1, "group": into or author.group, "author": author.id, "text": words, "phase": PHASE}
            | {"stems": stems(words, "fr"), "now": to_micros(now) + number}
        )
    await tx.many(
        "INSERT INTO ideas (id, group_id, theme, phase, author_id, territory, text, stems, created_at)"
        " SELECT :id, g.id, g.theme, :phase, :author, 'FR', :text, :stems, :now FROM groups g WHERE g.id = :group",
        rows,
    )
    votes = [(person.id, idea) for person in people for idea in chance.sample(range(1, _IDEAS + 1), k=3)]
    await tx.many(
        "INSERT INTO idea_votes (participant_id, idea_id) VALUES (:person, :idea)",
        [{"person": person, "idea": idea} for person, idea in votes],
    )


async def _print(world: World, person: Person, action: Action, what: str) -> None:
    costs = [await _cost(world, person, action) for _again in range(_AGAIN)]
    print(
        f"{what}: {statistics.median(costs):.1f} ms of CPU, at most {max(costs):.1f} (wanted at most {_AT_MOST:g})",
        flush=True,
    )


async def _cost(world: World, person: Person, action: Action) -> float:
    """Milliseconds of CPU, of all threads, from a press to what Telegram is told."""
    sender = Actor(person.native_id, "", "fr", person.native_id)
    incoming = Incoming("telegram", str(next(_numbers)), sender, Pressed(action.encode()))
    gc.collect()
    began = time.process_time()
    answered = await world.dispatcher.handle(incoming)
    assert answered.reply is not None
    draw_text(answered.reply.view, answered.reader)
    draw_keyboards(answered.reply.view, answered.reader)
    spent = (time.process_time() - began) * 1e3
    choice = answered.reply.view.choice
    assert choice is not None, answered.reply.view.lines
    assert len(choice.options) > 1, choice.options  # ideas are what can be chosen
    return spent
