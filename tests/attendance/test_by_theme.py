"""The attendance of a theme in three presses: who is missing, and that all others are here; by half-day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot.conversation.incoming import Pressed
from handlers.attendance.actions import AttendPerson, MarkAttendance
from handlers.attendance.organiser.by_theme import mark_missing
from handlers.attendance.store.marks import attendance_on
from tests.attendance.test_attendance import MORNING, SETTINGS, labels, marks, two_groups
from tests.drivers.gestures import words
from tests.groups.builders import group
from tests.participants import number
from tests.world import START, World, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        await world.clock.advance(MORNING - START)
        yield world


async def half(world: World, *, afternoon: bool) -> dict[int, bool]:
    return dict(await world.store.read(partial(attendance_on, day="2027-06-10", afternoon=afternoon)))


async def test_everyone_is_here_except_one_in_three_presses(world: World) -> None:
    await two_groups(world)
    team = await world.organiser()
    await team.follow("gi")
    await team.press("Education: not taken")
    assert words(team.text).splitlines()[0] == "Education, Thursday 10 June 2027, morning"
    assert labels(team)[:5] == ("Everyone is here", "Ana Roy", "Bo Roy", "Cleo Roy", "Dan Roy")
    await team.press("Bo Roy")
    await team.press("Everyone is here, except 1")
    assert await marks(world) == [False, True, True, True]
    assert "Everyone is here" not in " ".join(labels(team))
    await team.press("Attendance")
    assert "Education: 3 of 4" in labels(team)
    await team.press("Education: 3 of 4")
    assert labels(team)[:2] == ("Bo Roy: absent ✗", "Ana Roy: here ✓"), "the absent first: one of them may come late"
    await team.press("Bo Roy: absent ✗")
    assert await marks(world) == [True] * 4, "who comes late is here with a press"


async def test_twelve_groups_of_three_themes_are_marked_theme_after_theme(world: World) -> None:
    themes = ("culture", "school", "civic")
    for place in range(12):
        name = f"P{place:02}"
        await world.invite(name, "Roy")
        await group(world, [name], theme=themes[place % 3], number_=place // 3 + 1)
    ines = await world.organiser(locale="fr")
    await ines.follow("gi")
    shown = [label.replace("\u00a0", " ") for label in labels(ines)]
    assert shown[:5] == [
        "Culture : à pointer",
        "Innovation pédagogique : à pointer",
        "CivicTech : à pointer",
        "Trouver quelqu’un",
        "Groupe par groupe",
    ], "the groups stand on a screen of their own"
    await ines.press("Innovation pédagogique")
    await ines.press("P01 Roy")
    await ines.press("P04 Roy")
    await ines.press("Tout le monde est là, sauf 2")
    await ines.press("Ensuite\u00a0: CivicTech")
    await ines.press("P02 Roy")
    await ines.press("Tout le monde est là, sauf 1")
    await ines.press("Ensuite\u00a0: Culture")
    await ines.press("Tout le monde est là")
    assert not [label for label in labels(ines) if label.startswith("Ensuite")], "everybody is marked"
    assert sorted(await marks(world)) == [False] * 3 + [True] * 9


async def test_undo_takes_back_what_was_marked_at_once_and_not_who_is_absent(world: World) -> None:
    await two_groups(world)
    team = await world.organiser()
    await team.follow("gi")
    await team.press("Education: not taken")
    await team.press("Bo Roy")
    await team.press("Everyone is here, except 1")
    await team.press("Undo")
    assert await marks(world) == [False]
    await team.press("Back")
    assert "Everyone is here, except 1" in labels(team)


async def test_two_organisers_who_press_at_once_are_told(world: World) -> None:
    await two_groups(world)
    ines, luc = await world.organiser(), await world.organiser("901")
    for chat in (ines, luc):
        await chat.follow("gi")
        await chat.press("Education: not taken")
    await ines.press("Bo Roy")
    await luc.press("Everyone is here")
    assert "Attendance has changed in the meantime" in luc.text
    assert await marks(world) == [False]
    await luc.press("Bo Roy")
    assert await marks(world) == [True], "the screen showed how it is"


async def test_the_afternoon_is_taken_anew_and_the_morning_kept_with_who_noted_it(world: World) -> None:
    await two_groups(world)
    ines, luc = await world.organiser(), await world.organiser("901")
    await ines.follow("gi")
    await ines.press("Education: not taken")
    await ines.press("Bo Roy")
    await ines.press("Everyone is here, except 1")
    await world.clock.advance(timedelta(hours=6))
    bo = await number(world, "Bo")
    await luc.follow("gi")
    assert words(luc.text).splitlines()[0] == "Attendance, Thursday 10 June 2027, afternoon"
    assert "1 absent person is in a group." in luc.text, "as the day stands"
    await luc.press("Find someone")
    await luc.fill("bo r")
    await luc.press("Here")
    assert await half(world, afternoon=True) == {bo: True}
    assert (await half(world, afternoon=False))[bo] is False
    assert words(luc.text).splitlines()[1:4] == [
        "On Thursday 10 June 2027, afternoon.",
        "Morning: absent (noted by Inès, 09:00)",
        "Afternoon: present (noted by Inès, 15:00)",
    ]
    assert await marks(world) == [True] * 4
    await luc.press("Here ✓")
    assert await marks(world) == [False, True, True, True], "the morning counts again"


async def test_a_press_made_without_network_counts_for_the_half_day_and_the_minute_in_which_it_was_made(
    world: World,
) -> None:
    await two_groups(world)
    ines = await world.organiser()
    day = (world.clock.now() + timedelta(hours=2)).date().toordinal()
    bo, dan = await number(world, "Bo"), await number(world, "Dan")
    await world.clock.advance(timedelta(hours=4, minutes=30))  # 13:30
    hour = timedelta(hours=1)
    await ines.act(Pressed(mark_missing.to(bo, "school", day, 0, 0).encode(), ago=hour))
    await ines.act(Pressed(MarkAttendance(dan, day, 0, 2, 0, 0).encode(), ago=24 * hour))
    assert await half(world, afternoon=True) == {}
    assert await half(world, afternoon=False) == {bo: False, dan: True}
    await ines.follow(AttendPerson(bo, day).encode())
    assert "Morning: absent (noted by Inès, 12:30)" in words(ines.text)
    await ines.follow(AttendPerson(dan, day).encode())
    assert "Morning: present (noted by Inès, 00:00)" in words(ines.text), "not before the day"
