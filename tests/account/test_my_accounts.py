"""«My accounts»: what becomes of what was on its way, and what keeps an account from being taken off."""

from __future__ import annotations

from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.outbox import pushed
from tests.participants import number
from tests.world import World, open_world


async def tell(world: World, given_name: str, words: str) -> None:
    """Put a message for someone into the outbox."""
    person = await number(world, given_name)

    async def unit(tx: Transaction) -> None:
        assert await outbox.notify(tx, person, View((words,)), world.clock.now(), outbox.Telling.NEWS)

    await world.store.transact(unit)


async def show(chat: NeutralChat) -> None:
    """Open one's accounts."""
    await chat.command("reglages")
    await chat.press("My accounts")


async def new_code(chat: NeutralChat) -> str:
    """Get a code for oneself."""
    await show(chat)
    await chat.press("Get a new code")
    return next(word for word in chat.text.split() if word.count("-") == 2)


async def test_what_waits_is_kept_until_an_account_comes(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1")
        code = await new_code(zoe)
        await tell(world, "Zoé", "Your room is B12.")
        await show(zoe)
        await zoe.press("Remove Telegram")
        await zoe.press("Remove it")
        assert await pushed(world, zoe) == []
        other = world.chat("2")
        await other.send(code)
        assert "Your room is B12." in await pushed(world, other)


@on_one_engine
async def test_a_new_code_does_not_take_the_place_of_what_was_pressed(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1")
        await show(zoe)
        list_is_fresh = zoe.fresh
        await zoe.press("Get a new code")
        assert (list_is_fresh, zoe.fresh) == (False, True)


@on_one_engine
async def test_what_waits_goes_to_the_account_that_is_left(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1")
        other = world.chat("2")
        await other.send(await new_code(zoe))
        await pushed(world, zoe)
        await tell(world, "Zoé", "Your room is B12.")
        await show(other)
        await other.press("Remove Telegram")
        await other.press("Remove it")
        await catch_up_with(world, zoe, other)
        assert "Your room is B12." in other.text


@on_one_engine
async def test_an_account_that_the_configuration_names_stays(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        await show(ines)
        await ines.press("Remove")
        assert "is an organiser's in the configuration" in ines.text
