"""A group is calling for help: who is told, who comes, and what happens when nobody does."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.background.scheduling import Ticker
from bot.conversation.incoming import Pressed
from bot.membership.erasure import erase
from bot.people import facilitator_store
from bot.people.audiences import parse
from handlers.groups.model import Group
from handlers.workshops.schedule import CallClock
from handlers.workshops.store.calls import open_call
from handlers.workshops.store.runs import open_run_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import add_day, crowd, group, mark_published
from tests.later import read_later, shown, stored
from tests.outbox import look_at_push, press_push, pushed
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.workshops.builders import ended, facilitator, open_person, settings, started
from tests.world import DECLARED, World, open_world

CALLS = "Education 1 is calling for help.\nRoom: B12"


async def at_work(world: World) -> tuple[dict[str, NeutralChat], Group]:
    """Three people in a room, in a phase."""
    people = await crowd(world, "Zora", "Tim", "Nora")
    made = await group(world, [*people], room="B12")
    await mark_published(world)
    await started(world, made)
    return people, made


async def told(world: World, chat: NeutralChat) -> list[str]:
    """The calls someone was told of."""
    return [text for text in await pushed(world, chat) if "is calling for help" in text]


async def passes(world: World, minutes: float) -> None:
    """Time passes, and a program that was just started looks what is due."""
    await world.clock.advance(timedelta(minutes=minutes))
    await Ticker(world.store, world.clock, [CallClock()]).look()


@on_one_engine
async def test_the_free_facilitators_read_where_and_the_group_who_comes(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        maya, karim = await facilitator(world), await facilitator(world, "71", ("theme:civic",), name="Karim")
        await people["Zora"].command("alaide")
        assert people["Zora"].text == "Done: your facilitator has been told.\nRoom: B12"
        assert await told(world, maya) == [CALLS]
        assert await told(world, karim) == []  # another theme's
        await press_push(world, maya, "I am on my way")
        assert maya.text == "You are going to Education 1.\nRoom: B12\nThey know that you are coming."
        for person in people.values():
            assert (await pushed(world, person))[-1] == "Maya is coming."


@on_one_engine
async def test_who_comes_is_named_by_reference(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        maya = await facilitator(world)
        await people["Zora"].command("alaide")
        await press_push(world, maya, "I am on my way")
        told = [row["content"] for row in (await stored_rows(world.store, "deliveries"))["deliveries"]]
        coming = [content for content in told if "is coming" in content]
        assert coming
        assert not any("Maya" in content for content in told)
        reference = f'["person", {await number(world, "Maya")}, "given"]'
        assert all(reference in content for content in coming)
        await people["Zora"].command("sos")
        assert "Maya" not in stored(shown(people["Zora"]))
        assert "Maya is coming." in await read_later(world, shown(people["Zora"]))


@on_one_engine
async def test_the_first_to_tap_has_it(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        maya, karim = await facilitator(world), await facilitator(world, "71", name="Karim")
        await people["Zora"].command("sos")
        for chat in (maya, karim):
            await look_at_push(world, chat)
        called = maya.view
        await maya.press("I am on my way")
        await karim.press("I am on my way")
        assert karim.text == karim.toast == "Maya took it."
        maya.view = called
        await maya.press("I am on my way")
        assert await told(world, karim) == [f"{CALLS}\nMaya is on the way."]
        await look_at_push(world, karim)
        assert karim.buttons == ()
        assert maya.text == "You took this call.\nRoom: B12"
        assert (await pushed(world, people["Tim"])).count("Maya is coming.") == 1


async def test_of_ten_who_tap_at_once_one_has_it(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        everyone = [await facilitator(world, str(700 + n), name=f"Maya{n}") for n in range(10)]
        await people["Zora"].command("sos")
        for chat in everyone:
            await look_at_push(world, chat)  # all see the button; a taken call would lose it
        await asyncio.gather(*(chat.press("I am on my way") for chat in everyone))
        going = [chat for chat in everyone if chat.text.startswith("You are going to")]
        assert len(going) == 1
        assert sum(chat.text == f"{going[0].sender.name} took it." for chat in everyone) == 9
        assert sum("is coming" in text for text in await pushed(world, people["Tim"])) == 1


async def test_two_who_call_at_once_are_one_call(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        maya = await facilitator(world)
        await asyncio.gather(*(chat.command("sos") for chat in people.values()))
        assert await told(world, maya) == [CALLS]
        assert sum(chat.text.startswith("Done:") for chat in people.values()) == 1


@on_one_engine
async def test_called_again_the_group_reads_how_its_call_stands(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        maya = await facilitator(world)
        await people["Zora"].command("alaide")
        await people["Tim"].command("alaide")
        assert people["Tim"].text == "Your group already called, at 10:00.\nYou will see here who is coming."
        await press_push(world, maya, "I am on my way")
        await people["Tim"].command("alaide")
        assert people["Tim"].text == "Your group already called, at 10:00.\nMaya is coming."
        assert await told(world, maya) == [f"{CALLS}\nMaya is on the way."]


async def test_who_is_with_another_group_is_left_there_while_somebody_is_free(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        ada = await world.join("Ada", "150")
        other = await group(world, ["Ada"], number_=2)
        await started(world, other)
        maya, karim = await facilitator(world), await facilitator(world, "71", name="Karim")
        await people["Zora"].command("alaide")
        await press_push(world, maya, "I am on my way")
        await ada.command("alaide")
        assert len(await told(world, maya)) == 1
        assert len(await told(world, karim)) == 2
        await press_push(world, karim, "I am on my way")
        # Now both are busy: a third group calls them all the same.
        eva = await world.join("Eva", "151")
        await started(world, await group(world, ["Eva"], number_=3))
        await eva.command("alaide")
        assert len(await told(world, maya)) == 2
        assert len(await told(world, karim)) == 3


async def test_unanswered_it_goes_to_the_organisers_also_after_a_restart(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        ines, maya = await world.organiser(), await facilitator(world)
        await people["Zora"].command("alaide")
        await passes(world, 2.9)
        assert await told(world, ines) == []
        await passes(world, 0.2)
        await passes(world, 10)
        assert await told(world, ines) == [f"{CALLS}\nNobody has answered yet."]
        await look_at_push(world, maya)
        await press_push(world, ines, "I am on my way")
        assert "You are going to" in ines.text
        await maya.press("I am on my way")
        assert "took it." in maya.text


@on_one_engine
async def test_an_answered_call_goes_to_nobody_else(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        ines, maya = await world.organiser(), await facilitator(world)
        await people["Zora"].command("alaide")
        await press_push(world, maya, "I am on my way")
        await passes(world, 30)
        assert await told(world, ines) == []
        assert len(await told(world, maya)) == 1


async def test_without_a_facilitator_the_organisers_are_told_at_once(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        ines = await world.organiser()
        await people["Zora"].command("alaide")
        assert people["Zora"].text == "Done: the organisers have been told.\nRoom: B12"
        assert len(await told(world, ines)) == 1
        await passes(world, 30)
        assert len(await told(world, ines)) == 1


@on_one_engine
async def test_a_call_that_is_done_may_be_followed_by_another(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, made = await at_work(world)
        maya = await facilitator(world)
        await people["Zora"].command("alaide")
        await press_push(world, maya, "I am on my way")
        await maya.press("It is done")
        assert maya.text == "Thank you. The call is closed."
        assert await world.store.read(lambda tx: open_call(tx, made.id)) is None
        await people["Tim"].command("alaide")
        assert len(await told(world, maya)) == 2


@on_one_engine
async def test_the_group_takes_its_call_back(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        maya, karim = await facilitator(world), await facilitator(world, "71", name="Karim")
        await people["Zora"].command("alaide")
        await look_at_push(world, karim)
        await press_push(world, maya, "I am on my way")
        await people["Tim"].command("alaide")
        await people["Tim"].press("We no longer need help")
        assert people["Tim"].text == "All right: the call is cancelled."
        assert (await pushed(world, maya))[-1] == "Education 1 no longer needs help."
        await karim.press("I am on my way")
        assert karim.text == "This call is already over."
        await passes(world, 30)


async def test_who_cannot_come_gives_the_call_back(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        ines, maya, karim = (
            await world.organiser(),
            await facilitator(world),
            await facilitator(world, "71", name="Karim"),
        )
        await people["Zora"].command("alaide")
        await press_push(world, maya, "I am on my way")
        back = maya.payload("I cannot come")
        for _tap in range(2):
            await maya.act(Pressed(back))
            assert maya.text == "I am calling the others. The group knows."
        assert (await pushed(world, people["Zora"]))[-1] == "Maya cannot come after all. I am calling someone else."
        assert len(await told(world, karim)) == 2
        assert len(await told(world, maya)) == 1
        await passes(world, 3.1)
        assert len(await told(world, ines)) == 1


@on_one_engine
async def test_a_facilitator_who_is_in_the_group_is_called_too(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        ines = await world.organiser()
        await world.change(facilitator_store.give, await number(world, "Nora"), [parse("all")])
        await people["Zora"].command("alaide")
        assert await told(world, people["Nora"]) == [CALLS]
        await press_push(world, people["Nora"], "I am on my way")
        await people["Nora"].press("It is done")
        await people["Nora"].command("alaide")  # who calls is not called: the organisers are
        assert "the organisers have been told" in people["Nora"].text
        assert len(await told(world, ines)) == 1


@on_one_engine
async def test_nobody_calls_for_a_group_they_are_not_in(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        ada = await world.join("Ada", "150")
        await ada.command("alaide")
        assert ada.text == "You have no group yet, so nobody would know where to come. Write to the team with /team."
        assert ada.buttons == ("Ask the team",)
        maya = await facilitator(world)
        await people["Zora"].command("alaide")
        cancel = people["Zora"].payload("We no longer need help")
        await ada.follow(cancel)
        assert "That button has aged." in ada.text
        await press_push(world, maya, "I am on my way")
        assert "You are going to" in maya.text


@on_one_engine
async def test_another_facilitators_group_is_not_to_be_answered(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        maya, karim = await facilitator(world), await facilitator(world, "71", ("theme:civic",), name="Karim")
        await people["Zora"].command("alaide")
        await press_push(world, maya, "I am on my way")
        await karim.follow(maya.payload("It is done"))
        assert "Someone else runs the workshops of this group." in karim.text


async def test_a_call_taken_by_who_may_not_come_any_more_goes_to_the_organisers_at_once(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        ines, maya, karim = (
            await world.organiser(),
            await facilitator(world),
            await facilitator(world, "71", name="Karim"),
        )
        await people["Zora"].command("alaide")
        await look_at_push(world, karim)
        await press_push(world, maya, "I am on my way")
        await open_person(ines, "Maya")
        await ines.press("Their workshops")
        await ines.pick()  # the role is taken away
        await passes(world, 0)
        assert await told(world, ines) == [f"{CALLS}\nNobody has answered yet."]
        await karim.press("I am on my way")
        assert karim.text.startswith("You are going to Education 1.")
        gone = await number(world, "Karim")
        await world.store.transact(
            lambda tx: erase(tx, DECLARED, gone, world.clock.now(), texts=False, files=world.files)
        )
        await passes(world, 0)
        assert len(await told(world, ines)) == 2


async def test_a_call_taken_by_an_organiser_who_is_none_any_more_goes_to_the_others_at_once(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        ines, odile = await world.organiser(), await world.join("Odile", "901")
        await open_person(ines, "Odile")
        await ines.press("Make organiser")
        await ines.press("Make organiser")
        await people["Zora"].command("alaide")
        await passes(world, 0)
        assert len(await told(world, ines)) == 1
        await press_push(world, odile, "I am on my way")
        await passes(world, 10)
        assert len(await told(world, ines)) == 1
        await open_person(ines, "Odile")
        await ines.press("Take the organiser's role")
        await ines.press("Take the role")
        await passes(world, 0)
        assert len(await told(world, ines)) == 2


async def test_a_call_that_nobody_closed_is_over_after_a_while(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        maya = await facilitator(world)
        await people["Zora"].command("alaide")
        await press_push(world, maya, "I am on my way")
        await passes(world, 14)
        await people["Tim"].command("alaide")
        assert people["Tim"].text == "Your group already called, at 10:00.\nMaya is coming."
        await passes(world, 1)
        await people["Tim"].command("alaide")
        assert people["Tim"].text.startswith("Done:")
        assert await told(world, maya) == [f"{CALLS}\nMaya is on the way.", CALLS]


@on_one_engine
async def test_a_button_of_the_day_before_calls_to_the_room_of_today(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, made = await at_work(world)
        maya = await facilitator(world)
        await people["Zora"].command("phase")
        help_ = people["Zora"].payload("Call a facilitator")
        await add_day(world, 2, "2027-03-02")
        run = await world.store.read(lambda tx: open_run_of(tx, made.id))
        assert run is not None
        await ended(world, run)
        await world.clock.advance(timedelta(days=1))
        await started(world, await group(world, [*people], round_=2, room="C3"))
        await people["Zora"].follow(help_)
        assert await told(world, maya) == [CALLS.replace("B12", "C3")]


async def test_where_nobody_can_be_told_the_group_reads_so(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        await people["Zora"].command("alaide")
        assert people["Zora"].text == "I cannot reach anybody right now: go and get someone from the team.\nRoom: B12"


@on_one_engine
async def test_who_does_not_come_to_the_gathering_any_more_goes_to_no_group(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        people, _made = await at_work(world)
        ines, ada = await world.organiser(), await world.join("Ada", "150")
        await world.change(facilitator_store.give, await number(world, "Ada"), [parse("all")])
        await people["Zora"].command("alaide")
        await press_push(world, ada, "I am on my way")
        await ada.command("reglages")
        await ada.press("I am not coming")
        await ada.press("Yes, I give up my place")
        await passes(world, 0)
        assert await told(world, ines) == [f"{CALLS}\nNobody has answered yet."]


async def test_a_call_is_answered_below_the_card(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings()) as world:
        people, _made = await at_work(world)
        zora = people["Zora"]
        await zora.command("phase")
        await zora.press("Call a facilitator")
        assert zora.fresh
        assert zora.buttons == ("We no longer need help", "My phase")
