"""Names beside ideas: organisers let new ones show none by default, and authors still choose for their own."""

from __future__ import annotations

from bot.people.participant_store import find
from bot.people.participants import Participant
from handlers.equality.hooks import more_remedies
from handlers.ideas.organiser import LEAVE_NAMES_OUT
from handlers.workshops.store.phases import all_phases
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.equality.builders import compute, gather, give_ideas, later, settings
from tests.groups.builders import crowd, group
from tests.ideas.builders import ideas_of
from tests.participants import number
from tests.workshops.builders import ended, facilitator, started
from tests.world import World, open_world


async def unnamed(world: World) -> NeutralChat:
    """An organiser who let new ideas show no name."""
    ines = await world.organiser()
    await ines.follow("ian-0")
    return ines


async def person(world: World, name: str) -> Participant:
    """Somebody, as the program knows them."""
    known = await world.read(find, await number(world, name))
    assert known is not None
    return known


@on_one_engine
async def test_new_ideas_show_no_name_and_their_author_can_sign_them(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        chats = await crowd(world, "Zoé", "Max")
        await started(world, await group(world, ["Zoé", "Max"]), "solutions")
        zoe = chats["Zoé"]
        await zoe.send("A shared kitchen")
        ines = await unnamed(world)
        assert ines.text.splitlines() == [
            "New ideas show no name, unless the person wants it",
            "Everyone can choose for their own ideas. Earlier ideas stay as they are.",
        ]
        await zoe.send("A night library")
        await chats["Max"].send("A bus with books")
        assert chats["Max"].text.splitlines() == [
            "Your idea is noted.",
            "It is shown without your name.",
        ]
        assert [idea.anonymous for idea in await ideas_of(world, "Zoé")] == [False, True]
        await chats["Max"].press("With my first name")
        assert [idea.anonymous for idea in await ideas_of(world, "Max")] == [False]


@on_one_engine
async def test_it_is_undone_and_taken_back(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        ines = await unnamed(world)
        await ines.follow("ho-workshops")
        assert "New ideas show no name, unless the person wants it" in ines.text.splitlines()
        await ines.press("Show names again")
        assert ines.text.splitlines()[0] == "New ideas show first names"
        await ines.press("Undo this change")
        await ines.follow("ho-workshops")
        assert "Show names again" in ines.buttons
        await ines.follow("ian-1")
        await ines.follow("ian-1")
        assert "Undo this change" not in ines.buttons
        await ines.follow("ho-workshops")
        assert "Show names again" not in ines.buttons


@on_one_engine
async def test_it_is_offered_beside_a_difference_while_ideas_are_to_come(store_url: str) -> None:
    async with open_world(store_url, settings()) as world:
        ines, gathered = await world.organiser(), await gather(world, 40)
        await give_ideas(world, gathered, [1, 3])
        await later(world, minutes=10)
        await ines.command("egalite")
        await compute(world)
        await ines.command("egalite")
        await ines.press("Ideas without names")
        assert ines.text.splitlines()[0] == "New ideas show no name, unless the person wants it"
        await ines.command("egalite")
        assert "Ideas without names" not in ines.buttons
        await ines.follow("ian-1")
        await facilitator(world)
        now = world.clock.now()
        who = await person(world, "Inès")
        assert await world.read(more_remedies, who, now) == [LEAVE_NAMES_OUT]
        assert await world.read(more_remedies, await person(world, "Maya"), now) == []
        for phase in await world.read(all_phases):
            for first in gathered.groups[::5] if phase.key != "stakes" else ():
                await ended(world, await started(world, first, phase.key))
        assert await world.read(more_remedies, who, world.clock.now()) == []
