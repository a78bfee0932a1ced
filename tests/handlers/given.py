"""Ideas as the store has them, and people who change group."""

from __future__ import annotations

from functools import partial

from bot.database.engine import Transaction
from handlers.groups import service as grouping
from handlers.groups import store as groups
from handlers.groups.model import Group
from handlers.ideas import store as ideas
from handlers.workshops.model import Idea
from tests.groups.builders import number
from tests.world import World


async def ideas_of(world: World, name: str, phase: str = "solutions") -> list[Idea]:
    """What someone gave in a phase, oldest first."""
    author = await number(world, name)
    return list(await world.store.read(partial(ideas.of_author, author_id=author, phase=phase)))


async def regroup(world: World, name: str, target: Group | None) -> None:
    """Put someone into another group, of which they are told if groups are published."""
    who = await number(world, name)

    async def unit(tx: Transaction) -> None:
        round_ = await groups.find_round(tx, target.round if target else 1)
        assert round_ is not None
        await grouping.change(tx, round_, {who: target}, world.clock.now())

    await world.store.transact(unit)
