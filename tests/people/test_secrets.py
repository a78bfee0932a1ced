"""Which of several codes or links of a person is the last."""

from __future__ import annotations

from bot.people import secret_store
from tests.participants import number
from tests.world import open_world


async def test_of_invitations_made_at_one_instant_the_one_made_last_is_the_latest(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe")
        zoe, now = await number(world, "Zoe"), world.clock.now()
        codes = [await world.change(secret_store.issue, "invitation", zoe, now) for _each in range(8)]
        latest = []
        for code in codes:
            secret = await world.read(secret_store.find, "invitation", code, now)
            assert secret
            latest.append(await world.read(secret_store.is_latest, secret))
        assert latest == [False] * 7 + [True]
