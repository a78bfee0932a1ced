"""Organisers change in chat how many people a group has; the file is read once."""

from __future__ import annotations

from handlers.groups.model import Wishes
from handlers.groups.seeding import SEED
from handlers.groups.service.forming import digest_wishes
from handlers.groups.store.sizes import group_sizes
from tests.engines import on_one_engine
from tests.world import make_settings, open_world, seed


@on_one_engine
async def test_the_size_of_groups_is_changed_in_chat_and_stays_so(store_url: str) -> None:
    settings = make_settings(organisers={"telegram": [900]}, groups={"smallest": 4, "largest": 8, "target": 5})
    async with open_world(store_url, settings) as world:
        ines = await world.organiser()
        before = await world.read(digest_wishes, Wishes("form"))
        await ines.command("groups")
        await ines.press("Size of the groups")
        await ines.fill("6", "5", "7")
        assert "That is not between the smallest and the largest group." in ines.text
        await ines.command("groups")
        await ines.press("Size of the groups")
        await ines.fill("6", "7", "8")
        assert ines.text.startswith("Groups of 6 to 8 people, 7 if possible")
        assert await world.read(group_sizes) == (6, 8, 7)
        assert await world.read(digest_wishes, Wishes("form")) != before, "a proposal of before is outdated"
        await seed(world.store, settings)
        assert await world.read(group_sizes) == (6, 8, 7)
        [line] = await world.read(SEED.differences, settings, world.clock.now())
        assert line == "groups, smallest, largest and target: 6, 8, 7 -> 4, 8, 5"
        await ines.press("Undo this change")
        assert await world.read(group_sizes) == (4, 8, 5)
        await world.change(SEED.apply, make_settings(), world.clock.now())
        assert await world.read(group_sizes) == (5, 7, 6)
