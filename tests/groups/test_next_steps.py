"""What organisers have still to do for the groups, as their screen says it: from forming them to the day itself."""

from __future__ import annotations

from datetime import timedelta

from bot.config.settings import Settings
from handlers.attendance.store.marks import mark_attendance
from handlers.groups.store.rounds import mark_round_published
from handlers.themes.store import set_theme_deadline
from tests.drivers.menus import stand_of, steps_of
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.groups.builders import choose, crowd, group
from tests.participants import number, put_on_list
from tests.world import START, World, make_settings, open_world

PEOPLE = ("Ana", "Bo", "Cleo", "Dan", "Eve")


def settings(day: str, **gathering: str) -> Settings:
    """Groups for a day."""
    return make_settings(gathering={"starts": day, "ends": day, **gathering}, organisers={"telegram": [900]})


async def groups_steps(chat: NeutralChat) -> list[str]:
    """The steps of the screen that are about groups."""
    others = {"The programme is empty", "There is nothing to do right now."}
    return [step for step in await steps_of(chat) if step not in others and "theme" not in step]


async def here(world: World, *names: str, present: bool) -> None:
    """People marked today."""
    for name in names:
        who = await number(world, name)
        await world.change(mark_attendance, [who], START.date().isoformat(), present, who, world.clock.now())


@on_one_engine
async def test_groups_are_formed_then_published_then_given_rooms(store_url: str) -> None:
    async with open_world(store_url, settings("2027-03-04", theme_deadline="2027-03-01T11:00:00")) as world:
        await crowd(world, *PEOPLE)
        for name in PEOPLE:
            await choose(world, name)
        ines = await world.organiser()
        assert await groups_steps(ines) == [], "themes can still be chosen"
        await world.clock.advance(timedelta(hours=2))
        assert await groups_steps(ines) == ["5 people to put in groups"]
        await ines.press("Form groups")
        await catch_up_with(world, ines)
        await ines.press("Keep")
        assert await groups_steps(ines) == ["1 group to publish", "1 group without a room"]
        assert (await stand_of(ines))["Groups"] == "1 group is not published yet."
        await ines.press("Publish")
        await ines.press("Publish")
        assert await groups_steps(ines) == ["1 group without a room"]
        assert (await stand_of(ines))["Groups"] == "1 group is published."
        await ines.press("Rooms")
        assert "Education" in ines.text


async def test_groups_that_nobody_knows_of_are_published_before_more_people_are_invited(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings("2027-03-04", theme_deadline="2027-03-01T09:00:00")) as world:
        await crowd(world, *PEOPLE)
        await put_on_list(world, "Finn")
        await group(world, PEOPLE, room="B12")
        ines = await world.organiser()
        assert await steps_of(ines) == ["1 group to publish", "1 invitation to send", "The programme is empty"]


async def test_without_a_deadline_they_are_formed_in_the_last_week(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings("2027-03-09")) as world:
        await world.change(set_theme_deadline, None)
        await crowd(world, "Ana")
        await choose(world, "Ana")
        ines = await world.organiser()
        assert await groups_steps(ines) == []
        await world.clock.advance(timedelta(days=1))
        assert await groups_steps(ines) == ["1 person to put in a group"]


@on_one_engine
async def test_on_the_day_people_are_checked_in_until_groups_meet_and_groups_repaired(store_url: str) -> None:
    async with open_world(store_url, settings("2027-03-01")) as world:
        await crowd(world, *PEOPLE, "Finn")
        await group(world, PEOPLE[:4], room="B12")
        await choose(world, "Eve")
        await world.store.transact(lambda tx: mark_round_published(tx, 1, START))
        ines = await world.organiser()
        assert await groups_steps(ines) == ["4 people of groups to check in"]
        assert (await stand_of(ines))["Groups"].startswith("1 group is published. 1 person has no group.")
        await here(world, "Ana", "Bo", present=True)
        await here(world, "Cleo", present=False)
        await here(world, "Eve", present=True)
        assert await groups_steps(ines) == ["1 person of a group to check in", "2 people to place again"]
        await world.clock.advance(timedelta(hours=3))
        assert await groups_steps(ines) == ["2 people to place again"], "it is past noon: the groups have met"
        await here(world, "Cleo", present=True)
        await here(world, "Eve", present=False)
        assert await groups_steps(ines) == []
        await world.clock.advance(timedelta(days=1))
        await here(world, "Cleo", present=False)
        assert await groups_steps(ines) == ["The gathering is over."]
