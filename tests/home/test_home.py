"""The screens that capabilities share: each adds its part, in an order that does not depend on who adds it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot.capability import Capability, make_router
from bot.content.texts import Name, _
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import (
    ANYONE,
    ORGANISER,
    Go,
    Request,
    Routes,
    ScreenPart,
    ScreenSection,
    fixed_part,
    menu_part,
)
from bot.database.engine import Transaction
from bot.people import facilitator_store, participant_store
from bot.people.audiences import parse
from handlers.navigation.assembling import assemble
from handlers.navigation.sections import GROUPS, MESSAGES, PEOPLE
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import crowd, group
from tests.later import read_later, stored
from tests.participants import number, rewrite
from tests.programme.builders import OPENING
from tests.workshops.builders import PHASES, facilitator, started
from tests.world import World, make_settings, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


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


async def test_one_who_is_everything_finds_what_is_on_first_and_no_more_than_six_buttons(
    sqlite_url: str,
) -> None:
    async with open_world(sqlite_url, make_settings(phases=PHASES, sessions=[OPENING])) as world:
        zoe = await who_is_everything(world)
        await zoe.command("moi")
        assert zoe.text.splitlines() == [
            "101 days to go until Rencontres",
            "Understand the stakes: ends in 40 minutes, at 10:40",
            "Thursday 10 June, 09:00: Opening · Room A",
            "Group: Education 1",
            "You run the workshops of: everyone",
        ]
        assert zoe.buttons == ("Give an idea", "My phase", "Organise", "Programme", "Emergency", "More…")
        assert zoe.view
        assert [button.style for button in zoe.view.buttons if button.style != "plain"] == ["primary"]


async def test_the_menu_has_what_one_who_is_everything_can_do_now_in_short_groups(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(phases=PHASES, sessions=[OPENING])) as world:
        zoe = await who_is_everything(world)
        assert await menu_of(zoe) == {
            "Team": ("Organise", "Find someone", "Groups", "Edit the programme", "Announce"),
            "Now": ("Give an idea", "My phase", "Call a facilitator", "Home"),
            "Workshops": ("Run the workshops", "My panel", "My group", "Change theme", "Our slides", "The results"),
            "The gathering": ("Programme", "Reminders"),
            "Questions": ("Ask the team",),
            "Safety": ("Are you safe?", "Emergency"),
            "My account": ("Settings", "My accounts", "Privacy", "I am not coming"),
        }


async def test_a_section_of_the_menu_opens_and_leads_back(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await zoe.command("moi")
    assert [*zoe.buttons] == ["Choose a theme", "Ask the team", "Emergency", "More…"]
    await zoe.press("More…")
    assert zoe.text == "\u2068Zoé\u2069 · Quebec"
    assert [*zoe.buttons] == ["My account…", "Home"], "without what is one press away already"
    await zoe.press("My account…")
    assert zoe.text == "My account"
    assert [*zoe.buttons] == ["Settings", "My accounts", "Home", "More…"]
    await zoe.press("More…")
    assert [*zoe.buttons] == ["Privacy", "I am not coming", "Home", "Back"]
    await zoe.press("Home")
    assert [*zoe.buttons] == ["Choose a theme", "Ask the team", "Emergency", "More…"]
    await zoe.follow("hm-workshops")
    assert zoe.text.startswith("That button has aged."), "there is nothing to do in workshops before they begin"


@pytest.mark.parametrize("said", ["/start", "/moi", "/aide", "menu", "commands", "my place", "go-aide"])
async def test_whatever_one_opens_shows_the_same_first(sqlite_url: str, said: str) -> None:
    """A group's room, the minutes left and the next step: nobody has to look for them."""
    async with open_world(sqlite_url, make_settings(phases=PHASES, sessions=[OPENING])) as world:
        zoe = await world.join("Zoé", "1")
        await crowd(world, "Ali", "Bo")
        await started(world, await group(world, ["Zoé", "Ali", "Bo"], room="3"))
        await (zoe.follow(said) if said.startswith("go-") else zoe.send(said))
        lines = zoe.text.splitlines()
        assert lines[:4] == [
            "101 days to go until Rencontres",
            "Understand the stakes: ends in 40 minutes, at 10:40",
            "Thursday 10 June, 09:00: Opening · Room A",
            "Group: Education 1 · room 3, with Ali and Bo",
        ]
        assert zoe.buttons == ("Give an idea", "My phase", "Emergency", "More…")
        assert ("just write" in zoe.text) == (said in ("/aide", "menu", "commands", "go-aide"))
        await zoe.press("Emergency")
        assert "112" in zoe.text


async def test_who_is_not_known_reads_how_to_come_in_instead_of_a_menu(world: World) -> None:
    stranger = world.chat("77")
    await stranger.command("aide")
    assert stranger.text.splitlines()[0] == "This is where you take part in Rencontres."
    assert stranger.buttons == ("Enter my code",)


async def test_the_team_reads_its_role_first_and_who_left_how_to_return(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(phases=PHASES)) as world:
        maya, zoe = await facilitator(world), await world.join("Zoé", "1")
        id_ = await number(world, "Maya")
        await world.store.transact(partial(participant_store.set_organises, participant_id=id_, organises=True))
        await maya.command("moi")
        assert maya.text.splitlines() == [
            "Hello Maya. You are part of the team.",
            "101 days to go until Rencontres",
            "You run the workshops of: everyone",
        ]
        assert maya.buttons == ("Run the workshops", "Organise", "Find someone", "Emergency", "More…")
        await zoe.command("reglages")
        await zoe.press("I am not coming")
        await zoe.press("Yes, I give up my place")
        await zoe.command("start")
        assert zoe.buttons == ("I am coming after all", "Ask the team", "Emergency", "More…")


async def test_what_is_over_says_so(sqlite_url: str) -> None:
    settings = make_settings(phases=PHASES, gathering={"starts": "2027-03-01", "ends": "2027-03-03"})
    async with open_world(sqlite_url, settings) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.command("moi")
        assert "Choose a theme" in zoe.buttons
        await world.clock.advance(timedelta(days=3))
        await zoe.command("moi")
        assert zoe.text.splitlines() == ["Rencontres is over. Thank you!"]
        assert zoe.buttons == ("Ask the team", "Emergency", "More…")


async def test_parts_come_by_their_order_and_only_to_whom_they_are_for() -> None:
    routes = Routes()

    @routes.screen()
    async def home(request: Request) -> Reply:
        raise NotImplementedError

    last, first, theirs = (Button(label, Go("moi")) for label in ("last", "first", "theirs"))
    one, two = ScreenSection(1, "one", _("One")), ScreenSection(2, "two", _("Two"))
    shared = make_router(
        [
            Capability(routes=(routes,), home=(fixed_part(90, last), fixed_part(5, theirs, who=ORGANISER))),
            Capability(home=(fixed_part(10, first),), menu=(menu_part(two, 0, last),)),
            Capability(menu=(menu_part(one, 9, first), menu_part(one, 3, last))),
        ]
    ).shared
    assert [(part.order, part.who) for part in shared.home] == [(5, ORGANISER), (10, 1), (90, 1)]
    assert [(part.section.order, part.order) for part in shared.menu] == [(1, 3), (1, 9), (2, 0)]
    assert shared.organiser_home == []


async def test_parts_of_a_section_stand_together_below_those_without_one(sqlite_url: str) -> None:
    def part(order: int, word: str, section: ScreenSection | None = None, *, speaks: bool = True) -> ScreenPart:
        async def show(_request: Request) -> View:
            return View((Name(word),) if speaks else (), (Button(Name(word), Go("moi")),))

        return ScreenPart(order, show, ANYONE, section)

    routes = Routes()

    @routes.screen()
    async def home(request: Request) -> Reply:
        view = await assemble(request, request.shared.home)
        return reply(*view.lines, buttons=view.buttons)

    first = (part(5, "late", MESSAGES), part(1, "silent", PEOPLE, speaks=False), part(7, "two", GROUPS))
    second = (part(2, "one", GROUPS), part(9, "alone"), part(3, "other", PEOPLE))
    router = make_router([Capability(routes=(routes,), home=first), Capability(home=second)])
    async with open_world(sqlite_url) as world:
        chat = NeutralChat(world.dispatcher_over(world.store, router), "1")
        await chat.send("hello")
        assert chat.text.splitlines() == ["alone", "People", "other", "Groups", "one", "two", "Messages", "late"]
        assert chat.buttons == ("alone", "silent", "other", "one", "two", "late")


async def test_a_home_screen_left_open_calls_people_as_they_are_called_now(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await zoe.command("moi")
    await zoe.press("More…")
    home = zoe.view
    assert (await read_later(world, home)).startswith("Zoé · Quebec")
    assert "Zoé" not in stored(home)
    await rewrite(world, await number(world, "Zoé"), given_name="Zoë")
    assert (await read_later(world, home)).startswith("Zoë · Quebec")
