"""The canvas of a solution: an idea by votes, six fields in two halves that two people fill in at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.conversation.incoming import Picked
from handlers.syntheses.actions import PickIdea
from handlers.syntheses.store import rival_versions
from tests.drivers.gestures import words
from tests.syntheses.builders import SETTINGS, table
from tests.world import World, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, SETTINGS) as world:
        yield world


async def test_the_idea_with_most_votes_is_the_solution_until_the_group_chooses_another(world: World) -> None:
    at = await table(world, "solutions", "Ana", "Bo")
    await at.say("Ana", "A bus that is a library", voters=("Ana", "Bo"))
    await at.say("Bo", "A night school")
    ana = await at.open("Ana")
    assert "bus" not in str(ana.options), "nobody reads ideas before they are revealed"
    await at.reveal()
    await at.open("Ana")
    assert "2 votes: “A bus that is a library”" in words(ana.text)
    assert ana.options == (), "the group has chosen by its votes"
    await ana.press("For whom, what, how")
    await ana.fill("Children", "Books", "By bus")
    assert words(ana.text).splitlines()[2:] == [
        "Our solution · Imagine solutions",
        "Idea: A bus that is a library",
        "For whom: Children",
        "What: Books",
        "How: By bus",
        "Still missing: With whom, First step, and Measure of success",
        "Ana, 10:00 · 1 of 2 approves",
    ]
    assert ana.buttons[:3] == ("With whom, first step, measure", "For whom, what, how", "The wall")
    bo = await at.open("Bo")
    assert bo.options == ()
    await bo.press("More…")
    await bo.press("Choose another idea")
    assert words(bo.text).splitlines()[1:] == [
        "1. A bus that is a library",
        "2 votes",
        "2. A night school",
        "0 votes",
    ]
    assert bo.view
    assert bo.view.choice
    assert bo.view.choice.selected == (bo.view.choice.options[0].value,)
    await bo.pick("2. A night school")
    assert (await at.kept())["idea"] == "A night school"
    assert (await at.kept())["what"] == "Books"


async def test_at_a_tie_the_group_chooses(world: World) -> None:
    at = await table(world, "solutions", "Ana", "Bo")
    await at.say("Ana", "A bus", voters=("Ana",))
    await at.say("Bo", "A school", voters=("Bo",))
    await at.reveal()
    ana = await at.open("Ana")
    assert words(ana.text).splitlines()[1:] == [
        "First choose the idea that you keep. Two of you may then write a half each.",
        *("1. A bus", "1 vote", "2. A school", "1 vote"),
    ]
    await ana.press("For whom, what, how")
    await ana.fill("Children", "", "")
    assert await at.kept() == {"for_whom": "Children"}
    await ana.pick("2. A school")
    assert await at.kept() == {"for_whom": "Children", "idea": "A school"}
    assert ana.options == ()


@pytest.mark.parametrize(
    ("half", "names"),
    [
        ("For whom, what, how", ("for_whom", "what", "how")),
        ("With whom, first step, measure", ("with_whom", "first_step", "measure")),
    ],
)
async def test_any_field_can_be_the_only_one_and_have_several_lines(
    world: World, half: str, names: tuple[str, ...]
) -> None:
    at = await table(world, "solutions", "Ana", modal=True)
    for name in names:
        ana = await at.open("Ana")
        await ana.press(half)
        await ana.fill(*("Mornings\nEvenings" if name == other else "" for other in names))
        assert await at.kept() == {name: "Mornings\nEvenings"}


@pytest.mark.parametrize("written", [False, True])
async def test_two_halves_filled_in_at_once_make_one_canvas(store_url: str, written: bool) -> None:
    async with open_world(store_url, SETTINGS) as world:
        at = await table(world, "solutions", "Ana", "Bo", modal=True)
        ana, bo = await at.open("Ana"), await at.open("Bo")
        if written:
            await ana.press("For whom, what, how")
            await ana.fill("Before", "", "")
            await at.open("Bo")
        await ana.press("For whom, what, how")
        await bo.press("With whom, first step, measure")
        await asyncio.gather(ana.fill("Children", "Books", "By bus"), bo.fill("The library", "Find a bus", "Readers"))
        assert await at.kept() == {
            "for_whom": "Children",
            "what": "Books",
            "how": "By bus",
            "with_whom": "The library",
            "first_step": "Find a bus",
            "measure": "Readers",
        }
        assert not await world.store.read(partial(rival_versions, group_id=at.group.id, phase="solutions"))
        said = [ana.text.splitlines()[0], bo.text.splitlines()[0]]
        assert said.count("Saved, together with what someone else wrote in the meantime.") == 1


async def test_the_same_field_changed_by_both_is_a_choice_between_what_differs(world: World) -> None:
    at = await table(world, "solutions", "Ana", "Bo", modal=True)
    ana, bo = await at.open("Ana"), await at.open("Bo")
    await ana.press("For whom, what, how")
    await bo.press("For whom, what, how")
    await ana.fill("Children", "Books", "By bus")
    await bo.fill("Pupils", "Books", "By bus")
    assert words(bo.text).splitlines()[-5:] == [
        "Version 1 · Ana, 10:00",
        "For whom: Children",
        "",
        "Version 2 · Bo, 10:00",
        "For whom: Pupils",
    ]
    await bo.press("Keep version 2")
    assert (await at.kept())["for_whom"] == "Pupils"


async def test_a_form_opens_with_what_is_filled_in_and_a_field_can_be_emptied(world: World) -> None:
    at = await table(world, "solutions", "Ana", "Bo")
    ana = await at.open("Ana")
    await ana.press("For whom, what, how")
    await ana.fill("Children", "Books", "By bus")
    await ana.press("For whom, what, how")
    await ana.press("Keep it")
    await ana.press("Leave empty")
    await ana.press("Keep it")
    assert await at.kept() == {"for_whom": "Children", "how": "By bus"}


async def test_nothing_written_at_all_is_kept_as_nothing(world: World) -> None:
    at = await table(world, "solutions", "Ana", "Bo", modal=True)
    ana = await at.open("Ana")
    await ana.press("For whom, what, how")
    await ana.fill("", "", "")
    assert ana.text == "There is nothing to keep yet. Write a few words, please."
    assert await at.current() is None


async def test_no_button_of_ones_own_making_shows_an_idea_before_the_reveal(world: World) -> None:
    at = await table(world, "solutions", "Ana", "Bo")
    idea = await at.say("Bo", "A night school")
    ana, pick = at.chats["Ana"], Picked(PickIdea(at.run.id, 0).encode(), (str(idea.id),))
    await ana.act(pick)
    assert "A night school" not in words(ana.text)
    assert await at.kept() == {}
    await at.reveal()
    await ana.act(pick)
    assert "A night school" in words(ana.text)


async def test_a_photo_without_words_is_not_chosen(world: World) -> None:
    at = await table(world, "solutions", "Ana")
    school, sheet = await at.say("Ana", "A night school"), await at.say("Ana", "", voters=("Ana",))
    await at.reveal()
    ana = await at.open("Ana")
    assert [words(option) for option in ana.options] == ["1. A night school"]
    await ana.pick("1. A night school")
    version = await at.current()
    assert version
    await ana.act(Picked(PickIdea(at.run.id, version.id).encode(), (str(sheet.id),)))
    assert (await at.kept())["idea"] == school.text
