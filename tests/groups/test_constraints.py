"""Pins, pairs and locks: set in a tap, undone in a tap, obeyed when groups are formed again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from handlers.groups.model import Group
from handlers.groups.store.groups import find_group
from handlers.groups.store.members import person_with_theme
from handlers.groups.store.pairs import kind_of_pair
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import choose, group
from tests.participants import number
from tests.world import World, make_settings, open_world

SETTINGS = make_settings(
    organisers={"telegram": [900, 901], "discord": [900]}, groups={"smallest": 2, "target": 2, "largest": 3}
)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


async def two_groups(world: World) -> tuple[Group, Group]:
    for name in ("Ana", "Bo", "Cleo", "Dan"):
        await world.invite(name, "Roy")
    return await group(world, ["Ana", "Bo"]), await group(world, ["Cleo", "Dan"], number_=2)


async def at_ana(team: NeutralChat) -> None:
    await team.follow("gg-1-school-0")
    await team.press("Group 1")
    await team.press("Ana Roy")


async def pair(world: World, one: str, other: str) -> str | None:
    first, second = await number(world, one), await number(world, other)
    return await world.store.read(partial(kind_of_pair, one=second, other=first))


async def pinned(world: World, name: str) -> bool:
    person = await world.store.read(
        partial(person_with_theme, round_number=1, participant_id=await number(world, name))
    )
    assert person is not None
    return person.pinned


@on_one_engine
async def test_someone_is_pinned_in_a_tap_and_unpinned_in_another(world: World) -> None:
    await two_groups(world)
    team = await world.organiser()
    await at_ana(team)
    await team.press("Pin here")
    assert words(team.text).splitlines()[0] == "Ana Roy stays in Education 1"
    assert await pinned(world, "Ana")
    undo = team.payload("Undo")
    await team.press("Back")
    assert words(team.text).splitlines()[0] == "Ana Roy (Quebec), pinned"
    await team.follow(undo)
    assert not await pinned(world, "Ana")


@on_one_engine
async def test_a_group_is_locked_and_the_lock_undone(world: World) -> None:
    first, _second = await two_groups(world)
    team = await world.organiser()
    await team.follow("gg-1-school-0")
    await team.press("Group 1")
    await team.press("Lock")
    assert words(team.text).splitlines()[0] == "Education 1 is locked"
    found = await world.store.read(partial(find_group, group_id=first.id))
    assert found
    assert found.locked
    await team.press("Undo")
    assert await world.store.read(partial(find_group, group_id=first.id)) == first
    await team.press("Back")
    assert words(team.text).splitlines()[0] == "Education 1"


async def test_two_people_are_together_then_apart_and_undo_gives_back_what_was_asked_before(world: World) -> None:
    await two_groups(world)
    team = await world.organiser()
    await at_ana(team)
    await team.press("Together with")
    await team.pick("Cleo")
    assert words(team.text).splitlines() == [
        "Ana Roy and Cleo Roy together",
        "They are in different groups now: move one of them, or form groups again.",
    ]
    assert team.buttons[0] == "Move"
    await team.press("Back")
    assert "Together with Cleo Roy" in words(team.text).splitlines()
    await team.press("Apart from")
    await team.pick("Cleo")
    assert words(team.text).splitlines()[1] == "Their present groups already follow this rule."
    assert "Move" not in team.buttons
    assert await pair(world, "Ana", "Cleo") == "apart"
    await team.press("Undo")
    assert await pair(world, "Ana", "Cleo") == "together"
    await team.press("Back")
    await team.press("No longer with Cleo Roy")
    assert await pair(world, "Ana", "Cleo") is None


async def test_the_other_person_is_found_by_name_in_another_theme_too(world: World) -> None:
    await two_groups(world)
    await world.invite("Zoe", "Diop")
    await choose(world, "Zoe", "civic")
    team = await world.organiser()
    await at_ana(team)
    await team.press("Apart from")
    await team.press("Find someone")
    await team.fill("dio")
    await team.pick("Zoe Diop")
    assert words(team.text).splitlines()[1] == "They have different themes, so this changes nothing for now."


@on_one_engine
async def test_two_organisers_who_differ_about_a_pair_do_not_overwrite_each_other_unseen(world: World) -> None:
    await two_groups(world)
    ines, luc = await world.organiser(), await world.organiser("901")
    await at_ana(ines)
    await ines.press("Together with")
    await ines.pick("Cleo")
    await at_ana(luc)
    await luc.press("More…")
    await at_ana(ines)
    await ines.press("Apart from")
    await ines.pick("Cleo")
    await luc.press("No longer with Cleo Roy")
    assert "changed this meanwhile, so nothing was saved." in words(luc.text)
    assert await pair(world, "Ana", "Cleo") == "apart"


@on_one_engine
async def test_nobody_is_pinned_where_they_are_no_longer(world: World) -> None:
    _first, second = await two_groups(world)
    ines, luc = await world.organiser(), await world.organiser("901")
    await at_ana(ines)
    await at_ana(luc)
    await ines.press("Move")
    await ines.pick("Group 2")
    await ines.press("Confirm")
    await luc.press("Pin here")
    assert "changed this meanwhile, so nothing was saved." in words(luc.text)
    assert not await pinned(world, "Ana")
    assert second.number == 2
