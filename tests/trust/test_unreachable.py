"""A cry that is confided to a trusted person whom messages do not reach."""

from __future__ import annotations

from datetime import timedelta

from bot.content.reasons import Reason
from bot.delivery.outgoing import ClaimedDelivery, Outcome, Undeliverable
from tests.outbox import arrives, deliver, pushed
from tests.participants import block
from tests.trust.test_distress import named
from tests.workshops.builders import settings
from tests.world import open_world

CRY = "he followed me to my room"
SOMETHING = "There is something for you to read."


async def test_who_cannot_be_reached_is_said_to_be_so_and_comes_last(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        ada, zoe = await world.join("Ada", "1"), await world.join("Zoe", "3")
        await world.join("Bea", "2")
        await named(world, "Ada", "Bea")
        await block(world, ada)
        await zoe.command("confiance")
        assert "Ada: cannot be reached at the moment." in zoe.text
        assert zoe.buttons.index("Write to Bea") < zoe.buttons.index("Write to Ada")
        await zoe.press("Write to Ada")
        await zoe.press("With my name")
        await zoe.fill(CRY)
        assert zoe.text.startswith("Ada cannot be reached at the moment, and reads this only on coming back.")
        assert "told at once" not in zoe.text
        await ada.command("moi")
        await deliver(world)
        assert await pushed(world, ada) == [SOMETHING], "it waited for her"


async def test_its_author_is_told_that_it_did_not_arrive_and_it_leaves_again(store_url: str) -> None:
    def closed(claimed: ClaimedDelivery) -> Outcome:
        if claimed.recipient.native_id == "1":
            return Undeliverable(claimed, Reason.BLOCKED, closed=True)
        return arrives(claimed)

    async with open_world(store_url, settings()) as world:
        ada, zoe = await world.join("Ada", "1"), await world.join("Zoe", "3")
        await named(world, "Ada")
        await deliver(world)
        await zoe.send(CRY)
        await zoe.press("In confidence")
        await zoe.press("With my name")
        assert "told at once" in zoe.text
        await deliver(world, closed)
        await world.clock.advance(timedelta(minutes=1))
        await deliver(world, closed)
        assert await pushed(world, zoe) == [SOMETHING]
        await zoe.command("confiance")
        await zoe.press("With Ada")
        assert "Ada cannot be reached at the moment" in zoe.text
        await ada.command("moi")
        assert [claimed.recipient.native_id for claimed in await deliver(world)] == ["1"]
