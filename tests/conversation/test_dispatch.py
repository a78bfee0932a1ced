"""What a person reads agrees with what was saved, also where the store went away while it committed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from bot.conversation.incoming import Actor, Called, Incoming, Typed
from bot.database.engine import OutcomeUnknown, T, Unit
from tests.delivery.rig import Watched
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.world import open_world


class Unheard(Watched):
    """A store that answers the next commits in vain: what they saved is saved, and nobody hears of it."""

    unheard = 0
    away_afterwards = False

    async def transact(self, unit: Unit[T]) -> T:
        result = await super().transact(unit)
        if self.unheard:
            self.unheard -= 1
            self.broken = self.away_afterwards
            raise OutcomeUnknown("went away while it committed")
        return result


async def questions(store: Watched) -> list[Any]:
    return [row["question"] for row in await store.read(lambda tx: tx.all("SELECT question FROM questions"))]


@on_one_engine
async def test_what_was_saved_unheard_is_neither_said_not_to_be_nor_saved_twice(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.join("Zoé", "1")
        store = Unheard(world.store)
        zoe = NeutralChat(world.dispatcher_over(store), "1", name="Zoé")
        await zoe.command("equipe")
        await zoe.dispatcher.close()  # the note that this was answered is a commit too
        store.unheard = 1
        await zoe.fill("Where do we sleep?")
        assert await questions(store) == ["Where do we sleep?"]
        assert "Not saved" not in zoe.text
        assert "went wrong" not in zoe.text


async def test_where_nobody_knows_whether_it_was_saved_nobody_is_told_to_repeat_it(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.join("Zoé", "1")
        store = Unheard(world.store)
        zoe = NeutralChat(world.dispatcher_over(store), "1", name="Zoé")
        await zoe.command("equipe")
        await zoe.dispatcher.close()
        store.unheard, store.away_afterwards = 1, True
        await zoe.fill("Where do we sleep?")
        assert zoe.text == (
            "Our database stopped answering: this may or may not be saved. Check in a minute before you do it again."
        )
        store.broken = False
        assert await questions(store) == ["Where do we sleep?"]


async def test_a_store_that_stays_away_is_said_to_be(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.join("Zoé", "1")
        store = Unheard(world.store)
        zoe = NeutralChat(world.dispatcher_over(store), "1", name="Zoé")
        await zoe.command("equipe")
        store.broken = True
        await zoe.fill("Where do we sleep?")
        assert zoe.text == "Not saved: our store does not answer. Try again in a minute."
        store.broken = False
        assert await questions(store) == []


async def test_an_update_that_a_program_lost_its_lease_over_is_done_once_by_the_next(store_url: str) -> None:
    """Whoever loses a lease is cancelled wherever they are; the platform brings the update to who has it now."""
    async with open_world(store_url) as world:
        await world.join("Zoé", "1")
        sender = Actor("1", "Zoé", "en", "chat-1")
        asked = []
        for steps in range(40):
            for update, content in (("form", Called("equipe")), ("words", Typed(f"Question {steps}?"))):
                incoming = Incoming("telegram", f"{update} {steps}", sender, content)
                first = asyncio.create_task(world.dispatcher.handle(incoming))
                for _step in range(steps if update == "words" else 0):
                    await asyncio.sleep(0)
                first.cancel()
                await asyncio.wait({first})
                await world.dispatcher_over(world.store).handle(incoming)
            asked.append(f"Question {steps}?")
            await world.clock.advance(timedelta(hours=1))
        store = Watched(world.store)
        assert await questions(store) == asked


async def test_what_comes_again_while_its_answer_is_on_its_way_is_answered_once(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.join("Zoé", "1")
        incoming = Incoming("telegram", "same", Actor("1", "Zoé", "en", "chat-1"), Called("aide"))
        first = await world.dispatcher.handle(incoming)
        assert first.reply is not None
        meanwhile = await asyncio.gather(*(world.dispatcher.handle(incoming) for _ in range(3)))
        world.dispatcher.sent(first)
        at_once = await world.dispatcher.handle(incoming)
        assert [answered.reply for answered in (*meanwhile, at_once)] == [None] * 4
        await world.dispatcher.close()
        assert (await world.dispatcher.handle(incoming)).reply is None, "the inbox tells"
