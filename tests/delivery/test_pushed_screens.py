"""Live screens that nobody asked for: sent once, to who takes such messages, on the account they prefer."""

from __future__ import annotations

from bot.delivery.outbox import push_live_screen
from bot.people import participant_store
from tests.engines import on_one_engine
from tests.live_screens import live_screens
from tests.participants import number
from tests.world import World, open_world


async def push(world: World, *names: str) -> int:
    """Show people a screen; how many are shown it then."""
    people = [await number(world, name) for name in names]
    await world.change(push_live_screen, "stage:1", people)
    screens = await live_screens(world)
    assert {screen.key for screen in screens} <= {"stage:1"}
    return len(screens)


@on_one_engine
async def test_a_screen_is_pushed_to_each_once(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.join("Zoé", "1")
        await world.join("Ali", "2")
        assert await push(world, "Zoé") == 1
        assert await push(world, "Zoé", "Ali") == 2


@on_one_engine
async def test_who_takes_no_such_messages_gets_none(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.join("Zoé", "1")
        await world.join("Ali", "2", platform="discord")
        await world.invite("Léa")
        await world.join("Tim", "4")
        await world.change(participant_store.set_stopped, await number(world, "Zoé"), True)
        await world.change(participant_store.set_status, await number(world, "Tim"), "withdrawn")
        assert await push(world, "Zoé", "Ali", "Léa", "Tim") == 0
        await world.change(participant_store.set_stopped, await number(world, "Zoé"), False)
        assert await push(world, "Zoé") == 1
