"""The screens that capabilities share: each adds its part, in an order that does not depend on who adds it."""

from __future__ import annotations

from functools import partial

from bot.capability import Capability, make_router
from bot.content.texts import Name
from bot.content.views import Button, Reply, View, reply
from bot.conversation.dispatch import Dispatcher
from bot.conversation.routes import ANYONE, ORGANISER, Go, Request, Routes, ScreenPart, ScreenSection, fixed_part
from bot.database.engine import Transaction
from bot.people import facilitator_store, participant_store
from bot.people.audiences import parse
from handlers.navigation.assembling import assemble
from handlers.navigation.sections import GROUPS, MESSAGES, PEOPLE
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import group, number
from tests.workshops.builders import PHASES, facilitator, started
from tests.world import DECLARED, World, make_settings, open_world


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


async def test_one_who_is_everything_finds_all_of_it_in_order(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(phases=PHASES)) as world:
        zoe = await who_is_everything(world)
        await zoe.command("moi")
        assert zoe.text.splitlines() == [
            "\u2068Zoé\u2069 · Quebec",
            "Group: Education · group 1",
            "Theme: Education",
            "You run the workshops of: everyone",
        ]
        assert zoe.buttons == (
            "My phase",
            "My group",
            "Change theme",
            "Settings",
            "Ask the team",
            "Help",
            "Run the workshops",
            "Organise",
            "I am not coming",
        )


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
        assert maya.buttons == ("Run the workshops", "Organise", "Settings", "Help")
        await zoe.command("moi")
        await zoe.press("I am not coming")
        await zoe.press("I am not coming")
        await zoe.command("start")
        assert zoe.buttons == ("I am coming after all", "Ask the team", "Help")


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
        chat = NeutralChat(Dispatcher(world.store, router, DECLARED, world.settings, world.clock), "1")
        await chat.send("hello")
        assert chat.text.splitlines() == ["alone", "People", "other", "Groups", "one", "two", "Messages", "late"]
        assert chat.buttons == ("alone", "silent", "other", "one", "two", "late")
