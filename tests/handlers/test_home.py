"""The screens that capabilities share: each adds its part, in an order that does not depend on who adds it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bot.capability import Capability, make_router
from bot.content.views import Button, Reply
from bot.conversation.routes import ORGANISER, Go, Request, Routes, fixed_part
from bot.database.engine import Transaction
from bot.people import facilitator_store, participant_store
from bot.people.audiences import parse
from tests.drivers.neutral import NeutralChat
from tests.handlers.grouped import group, number
from tests.handlers.programmes import OPENING
from tests.handlers.workshops import PHASES, facilitator, started
from tests.world import World, make_settings, open_world


async def who_is_everything(world: World) -> NeutralChat:
    """Someone who takes part in a group, runs workshops and organises; the group's phase runs."""
    chat = await world.join("Zoé", "1")
    await started(world, await group(world, ["Zoé"]))
    zoe = await number(world, "Zoé")

    async def unit(tx: Transaction) -> None:
        await participant_store.set_organises(tx, zoe, True)
        await facilitator_store.give(tx, zoe, [parse("all")])

    await world.store.transact(unit)
    return chat


async def test_one_who_is_everything_finds_what_matters_most_first_and_no_more_than_six_buttons(
    sqlite_url: str,
) -> None:
    async with open_world(sqlite_url, make_settings(phases=PHASES, sessions=[OPENING])) as world:
        zoe = await who_is_everything(world)
        await zoe.command("moi")
        assert zoe.text.splitlines() == [
            "\u2068Zoé\u2069 · Quebec",
            "Understand the stakes: ends in 40 minutes, at 10:40",
            "Next, Thursday 10 June, 09:00: Opening, Room A",
            "Group: Education · group 1",
            "You run the workshops of: everyone",
        ]
        assert zoe.buttons == ("Give an idea", "My phase", "My group", "Organise", "Programme", "Menu")
        assert zoe.view
        assert [button.style for button in zoe.view.buttons if button.style != "plain"] == ["primary"]


async def test_help_offers_one_who_is_everything_all_of_it(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(phases=PHASES)) as world:
        zoe = await who_is_everything(world)
        await zoe.command("aide")
        assert zoe.buttons == (
            "My place",
            "My theme",
            "Programme",
            "Settings",
            "Ask the team",
            "My questions",
            "Add another account",
            "Privacy",
            "Run the workshops",
            "Organise",
        )


async def test_the_team_reads_its_role_first_and_who_left_how_to_return(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(phases=PHASES)) as world:
        maya, zoe = await facilitator(world), await world.join("Zoé", "1")
        id_ = await number(world, "Maya")
        await world.store.transact(partial(participant_store.set_organises, participant_id=id_, organises=True))
        await maya.command("moi")
        assert maya.text.splitlines() == [
            "Hello Maya. You are part of the team.",
            "You run the workshops of: everyone",
        ]
        assert maya.buttons == ("Run the workshops", "Organise", "Menu")
        await zoe.command("reglages")
        await zoe.press("I am not coming")
        await zoe.press("I am not coming")
        await zoe.command("start")
        assert zoe.buttons == ("I am coming after all", "Ask the team", "Menu")


async def test_what_is_over_says_so(sqlite_url: str) -> None:
    settings = make_settings(phases=PHASES, gathering={"starts": "2027-03-01", "ends": "2027-03-03"})
    async with open_world(sqlite_url, settings) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.command("moi")
        assert "Choose a theme" in zoe.buttons
        await world.clock.advance(timedelta(days=3))
        await zoe.command("moi")
        assert zoe.text.splitlines() == ["\u2068Zoé\u2069 · Quebec", "Rencontres is over. Thank you!"]
        assert zoe.buttons == ("Menu",)


async def test_parts_come_by_their_order_and_only_to_whom_they_are_for() -> None:
    routes = Routes()

    @routes.screen()
    async def home(request: Request) -> Reply:
        raise NotImplementedError

    last, first, theirs = (Button(label, Go("moi")) for label in ("last", "first", "theirs"))
    shared = make_router(
        [
            Capability(routes=(routes,), home=(fixed_part(90, last), fixed_part(5, theirs, who=ORGANISER))),
            Capability(home=(fixed_part(10, first),), help=(fixed_part(0, last),)),
        ]
    ).shared
    assert [(part.order, part.who) for part in shared.home] == [(5, ORGANISER), (10, 1), (90, 1)]
    assert [part.order for part in shared.help] == [0]
    assert shared.organiser_home == []
