"""Getting inspired: what other groups of the theme say that resembles one's own ideas, in three languages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from handlers.groups.model import Group
from handlers.workshops.actions import Inspire
from handlers.workshops.model import PhaseRun
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group
from tests.ideas.builders import hidden, idea, lines, voted
from tests.workshops.builders import PHASES, revealed, started
from tests.world import World, make_settings, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, make_settings(phases=PHASES)) as world:
        yield world


@dataclass
class Workshop:
    """Ana in a group; Bo in another of the theme whose ideas are revealed; Cleo's are not; Dan has another theme."""

    ana: NeutralChat
    groups: dict[str, Group]
    run: PhaseRun


@pytest.fixture
async def workshop(world: World) -> Workshop:
    people = await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    groups = {
        "Ana": await group(world, ["Ana"]),
        "Bo": await group(world, ["Bo"], number_=2),
        "Cleo": await group(world, ["Cleo"], number_=3),
        "Dan": await group(world, ["Dan"], theme="civic"),
    }
    runs = {name: await started(world, each, "solutions") for name, each in groups.items()}
    for name in ("Bo", "Dan"):
        await revealed(world, runs[name])
    return Workshop(people["Ana"], groups, runs["Ana"])


async def look(workshop: Workshop) -> NeutralChat:
    await workshop.ana.follow(Inspire(workshop.run.id).encode())
    return workshop.ana


@on_one_engine
async def test_ideas_that_resemble_mine_come_from_revealed_groups_of_my_theme(world: World, workshop: Workshop) -> None:
    await idea(world, workshop.groups["Ana"], "Ana", "Des ateliers de cuisine pour les voisins")
    await idea(world, workshop.groups["Bo"], "Bo", "Un atelier où les voisines cuisinent")
    await idea(world, workshop.groups["Bo"], "Bo", "Un cadastre solaire")
    await idea(world, workshop.groups["Cleo"], "Cleo", "Cuisiner entre voisins, pas encore révélé")
    await idea(world, workshop.groups["Dan"], "Dan", "Cuisiner entre voisins, autre thème")
    await hidden(world, await idea(world, workshop.groups["Bo"], "Bo", "Cuisiner entre voisins, caché"))
    ana = await look(workshop)
    assert lines(ana) == [
        "Ideas from other groups on your theme, closest to yours first. Which one will you build on?",
        "Un atelier où les voisines cuisinent",
        "Bo · group 2",
    ]
    assert ana.buttons == ("Give an idea", "My phase")


@on_one_engine
async def test_building_on_one_keeps_the_link_from_group_to_group(world: World, workshop: Workshop) -> None:
    await idea(world, workshop.groups["Ana"], "Ana", "Des ateliers de cuisine")
    await idea(world, workshop.groups["Bo"], "Bo", "Un atelier cuisine")
    ana = await look(workshop)
    await ana.open(1)
    assert lines(ana) == ["Un atelier cuisine", "Bo · group 2"]
    assert ana.buttons == ("Build on it", "Report", "Other ideas")
    await ana.press("Build on it")
    assert lines(ana)[0] == "You are building on “Un atelier cuisine” (Bo)."
    await ana.fill("Le même, avec un jardin")
    await ana.follow(Inspire(workshop.run.id).encode())
    run = await revealed(world, workshop.run)
    await ana.follow(f"ww-{run.id}-1-t")
    assert lines(ana)[3:5] == ["Le même, avec un jardin", "yours · builds on “Un atelier cuisine”"]


async def test_who_gave_none_yet_reads_the_most_voted(world: World, workshop: Workshop) -> None:
    await idea(world, workshop.groups["Bo"], "Bo", "Un cadastre solaire")
    liked = await idea(world, workshop.groups["Bo"], "Bo", "Une cuisine partagée")
    await voted(world, workshop.groups["Bo"], "Bo", liked)
    ana = await look(workshop)
    assert lines(ana)[0] == "Ideas from other groups on your theme, most votes first. Which one will you build on?"
    assert ana.options == ("Une cuisine partagée", "Un cadastre solaire")


@on_one_engine
async def test_further_ones_are_a_page_away(world: World, workshop: Workshop) -> None:
    await idea(world, workshop.groups["Ana"], "Ana", "Une cuisine partagée")
    for place in range(1, 13):
        await idea(world, workshop.groups["Bo"], "Bo", f"Une cuisine partagée, version {place}")
    ana = await look(workshop)
    await ana.press("Next")
    assert ana.options == ("Une cuisine partagée, version 11", "Une cuisine partagée, version 12")
    await ana.open(2)
    await ana.press("Other ideas")
    assert "Une cuisine partagée, version 1" in ana.options


async def test_where_there_is_nothing_one_is_told_to_look_again(world: World, workshop: Workshop) -> None:
    ana = await look(workshop)
    assert ana.text == "There is nothing to read in the other groups yet. Check again later."
    await idea(world, workshop.groups["Ana"], "Ana", "Une cuisine partagée")
    await ana.press("Look again")
    assert ana.text == "No idea from the other groups is like yours yet. Check again later."


async def test_nobody_looks_for_a_group_that_is_not_theirs(world: World, workshop: Workshop) -> None:
    await idea(world, workshop.groups["Bo"], "Bo", "Un cadastre solaire")
    assert "cadastre" in (await look(workshop)).text
    dan = world.chat("103", name="Dan")
    await dan.follow(Inspire(workshop.run.id).encode())
    assert "cadastre" not in dan.text
