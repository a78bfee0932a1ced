"""People who ask in chat for what workshops left behind, and the work that this asks for, done."""

from __future__ import annotations

from bot.background.jobs import Runner
from bot.delivery.message_updates import notify_of_result
from bot.files.folder import Folder
from handlers.groups.store.groups import find_group
from handlers.groups.store.members import put_in_group
from tests.drivers.neutral import NeutralChat
from tests.participants import number
from tests.results.builders import Made, populate
from tests.world import DECLARED, ROUTER, World


async def workshops(world: World, *, bare: bool = False) -> Made:
    """Two groups with all they can make; `bare`, before they have made anything."""
    files = Folder(world.settings.storage.folder)
    return await populate(world.store, world.clock.now(), groups=2, ideas=3, files=files, bare=bare)


async def work(world: World) -> None:
    """What was asked for is done."""
    await Runner(
        world.store, ROUTER.jobs, DECLARED, notify_of_result, lambda: None, world.clock, files=world.files
    ).catch_up()


async def member(world: World, group: int, name: str = "Ana", native_id: str = "100") -> NeutralChat:
    """Someone more in a group."""
    chat = await world.join(name, native_id)
    there = await world.read(find_group, group)
    assert there is not None
    await world.change(put_in_group, await number(world, name), there)
    return chat
