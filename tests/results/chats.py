"""People who ask in chat for what workshops left behind, and the work that this asks for, done."""

from __future__ import annotations

from bot.background.jobs import Runner
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.files.folder import Files
from tests.drivers.neutral import NeutralChat
from tests.participants import number
from tests.results.builders import Made, insert, populate
from tests.world import DECLARED, ROUTER, World


async def workshops(world: World) -> Made:
    """Two groups with all they can make."""
    return await populate(world.store, world.clock.now(), groups=2, ideas=3, files=Files(world.settings.storage.folder))


async def work(world: World) -> None:
    """What was asked for is done."""
    await Runner(world.store, ROUTER.jobs, DECLARED, outbox.notify, lambda: None, world.clock).catch_up()


async def member(world: World, group: int, name: str = "Ana", native_id: str = "100") -> NeutralChat:
    """Someone more in a group."""
    chat = await world.join(name, native_id)
    person = await number(world, name)

    async def unit(tx: Transaction) -> None:
        await insert(tx, "members", participant_id=person, round=1, group_id=group)

    await world.store.transact(unit)
    return chat
