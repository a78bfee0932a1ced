"""One room for two: said where rooms are given, before groups are published, and where a session is put."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group
from tests.programme.builders import DAY, LUNCH, OPENING, WORKSHOP, with_programme
from tests.world import World, open_world

PRESS = {"key": "press", "title": {"en": "Press"}, "place": {"en": "Room B"}, "kind": "other"}
DURING_THE_WORKSHOP = {**PRESS, "starts": f"{DAY}T11:00:00", "ends": f"{DAY}T11:30:00"}
AT_LUNCH = {**PRESS, "starts": f"{DAY}T12:30:00", "ends": f"{DAY}T13:00:00"}


@pytest.fixture
async def world(store_url: str, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    sessions: tuple[dict[str, Any], ...] = getattr(request, "param", ())
    async with open_world(store_url, with_programme(OPENING, WORKSHOP, LUNCH, *sessions)) as world:
        yield world


async def two_groups(world: World, *rooms: str) -> NeutralChat:
    await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    await group(world, ["Ana", "Bo"], room=rooms[0])
    await group(world, ["Cleo", "Dan"], number_=2, room=rooms[1])
    return await world.organiser()


def told(chat: NeutralChat) -> list[str]:
    """The lines about rooms that are given twice."""
    return [line for line in words(chat.text).splitlines() if line.startswith("⚠")]


async def test_a_room_of_two_groups_is_said_before_they_are_published_and_printed(world: World) -> None:
    team = await two_groups(world, "Salle B", "salle  b")
    for screen in ("gt-1", "gvd-1", "gvc-1"):
        await team.follow(screen)
        assert told(team) == ["⚠ Salle B has several groups: Education 1 and Education 2."]


@on_one_engine
async def test_a_typed_room_is_compared_with_those_of_the_others_before_it_is_saved(world: World) -> None:
    team = await two_groups(world, "Room B", "")
    await team.follow("gvd-1")
    assert told(team) == []
    await team.press("Rooms: Education")
    await team.fill("2: room B")
    assert told(team) == ["⚠ Room B has several groups: Education 1 and Education 2."]
    await team.follow("gg-1-school-0")
    await team.press("Group 2")
    await team.press("Room and name")
    await team.fill("Room C", "")
    assert told(team) == []


@on_one_engine
@pytest.mark.parametrize("world", [(DURING_THE_WORKSHOP,)], indirect=True)
async def test_a_session_in_the_room_of_a_group_at_work_is_said(world: World) -> None:
    team = await two_groups(world, "Room B", "Room C")
    await team.follow("gt-1")
    assert told(team) == ["⚠ Press, 11:00: the room of Education 1."]


@on_one_engine
@pytest.mark.parametrize("world", [(AT_LUNCH,)], indirect=True)
async def test_a_session_in_the_room_of_a_group_at_lunch_is_none(world: World) -> None:
    team = await two_groups(world, "Room B", "Room C")
    await team.follow("gt-1")
    assert words(team.text).startswith("Publish the groups")
    assert told(team) == []


@on_one_engine
@pytest.mark.parametrize("world", [(AT_LUNCH,)], indirect=True)
async def test_a_session_moved_to_when_groups_work_says_whose_room_it_has(world: World) -> None:
    team = await two_groups(world, "Room B", "Room C")
    await team.command("organiser")
    await team.press("Programme")
    await team.pick("12:30 Press")
    await team.press("Move")
    await team.fill("11:15", "")
    assert told(team) == ["⚠ Press: the room of Education 1."]
    await team.press("Move")
    assert told(team) == ["⚠ Press: the room of Education 1."]
