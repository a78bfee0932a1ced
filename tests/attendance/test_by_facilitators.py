"""Facilitators take attendance of the groups that they run, and of no others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.people import facilitator_store
from bot.people.audiences import parse
from handlers.attendance.actions import MarkAttendance
from handlers.attendance.organiser.by_group import attend_group
from handlers.attendance.organiser.by_name import search_attendees
from handlers.attendance.organiser.by_theme import attend_theme, mark_missing
from handlers.attendance.organiser.days import show_groups_of
from tests.attendance.test_attendance import MORNING, SETTINGS, labels, marks, two_groups
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import found_round, group, mark_published
from tests.participants import number
from tests.world import START, World, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        await world.clock.advance(MORNING - START)
        yield world


async def facilitator(world: World, *audiences: str) -> NeutralChat:
    """Somebody who runs the workshops of these groups, such as «group:2»."""
    luc = world.chat("50", name="Luc")
    await luc.follow("j-" + await world.invite("Luc", attends=False))
    await world.change(facilitator_store.give, await number(world, "Luc"), [parse(word) for word in audiences])
    return luc


async def test_a_press_leads_a_facilitator_to_their_group(world: World) -> None:
    await two_groups(world)
    luc = await facilitator(world, "group:2")
    await luc.follow("gi")
    assert luc.text == "You run no group of that day, so there is nobody to mark.", "groups are not published yet"
    await mark_published(world)
    await luc.follow("gi")
    assert words(luc.text).splitlines()[0] == "Education, Thursday 10 June 2027, morning"
    assert labels(luc) == ("Everyone is here", "Cleo Roy", "Dan Roy", "Attendance", "Home")
    await luc.press("Cleo Roy")
    await luc.press("Everyone is here, except 1")
    assert await marks(world) == [False, True]
    await luc.press("Undo this change")
    assert await marks(world) == [False]
    ines = await world.organiser()
    await ines.command("pointage")
    assert "Education: 0 of 4" in labels(ines)
    zoe = await world.join("Zoé", "90")
    await zoe.command("pointage")
    assert "Cleo Roy" not in zoe.text, "others get their badge"


async def test_home_leads_to_attendance_on_the_day_of_ones_groups(world: World) -> None:
    await two_groups(world)
    luc = await facilitator(world, "group:2")
    await luc.command("moi")
    assert "Attendance" not in labels(luc), "groups are not published yet"
    await mark_published(world)
    await luc.command("moi")
    assert labels(luc) == ("Run the workshops", "Attendance", "Emergency", "More…")
    await luc.press("Attendance")
    assert "Cleo Roy" in labels(luc)
    await luc.command("pointage")
    assert "Cleo Roy" in labels(luc)
    await world.clock.advance(timedelta(days=1))
    await luc.command("moi")
    assert "Attendance" not in labels(luc), "the groups met yesterday"


async def test_who_runs_groups_of_two_themes_chooses_one(world: World) -> None:
    await two_groups(world)
    await world.join("Eve", "60")
    await group(world, ["Eve"], theme="culture")
    await mark_published(world)
    luc = await facilitator(world, "all")
    await luc.follow("gi")
    assert labels(luc) == ("Culture: not taken", "Education: not taken", "Home")
    await luc.press("Culture: not taken")
    assert labels(luc)[:2] == ("Everyone is here", "Eve")


@on_one_engine
async def test_forged_presses_of_a_facilitator_mark_nobody_else(world: World) -> None:
    first, _second = await two_groups(world)
    await mark_published(world)
    luc = await facilitator(world, "group:2")
    day, ana = (await found_round(world)).day.toordinal(), await number(world, "Ana")
    for forged in (
        mark_missing.to(ana, "school", day, 0, 0),
        mark_missing.to(ana, "culture", day, 0, 0),
        attend_theme.to("culture", day, 0),
        MarkAttendance(ana, day, 0, 1, first.id, 0),
        attend_group.to(first.id, day),
        show_groups_of.to(day, 0),
        search_attendees.to(day),
    ):
        await luc.follow(forged.encode())
        assert "Ana" not in luc.text
    await luc.follow(mark_missing.to(await number(world, "Dan"), "school", day, 0, 0).encode())
    assert await marks(world) == [False], "only the mark in their own group"


async def test_who_no_longer_runs_the_group_undoes_nothing(world: World) -> None:
    await two_groups(world)
    await mark_published(world)
    luc = await facilitator(world, "group:2")
    await luc.follow("gi")
    await luc.press("Everyone is here")
    await world.change(facilitator_store.give, await number(world, "Luc"), [parse("group:1")])
    await luc.press("Undo this change")
    assert luc.text == "This was changed again since, so nothing was undone. Look at it first."
    assert await marks(world) == [True, True]
