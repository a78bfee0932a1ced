"""What people ask of their badge in their own words."""

from __future__ import annotations

from tests.world import open_world


async def test_the_badge_comes_for_who_lost_it(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.send("where do I find my badge?")
        assert "badge" in zoe.text
