"""Repairing on the day: who is absent leaves, who is here gets a group, and the fewest move; only those are told."""

from __future__ import annotations

from functools import partial

from handlers.groups.service.membership import change_groups
from tests.drivers.gestures import words
from tests.engines import on_one_engine
from tests.groups.builders import crowd, found_round, group
from tests.groups.repairs import EVERYONE, SETTINGS, absent, mark, proposed, three_groups, where
from tests.outbox import pushed
from tests.participants import number
from tests.world import open_world


@on_one_engine
async def test_a_repair_says_who_moves_and_that_fewer_is_not_possible_and_changes_nothing(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        team = await world.organiser()
        await three_groups(world)
        await absent(world, "Ana", "Bo")
        before = await where(world)
        await proposed(world, team)
        said = words(team.text).splitlines()
        assert said[:4] == [
            "To adjust the groups, Thursday 10 June 2027",
            "Education:",
            "Group 1 is dissolved: 7 people remain, in 2 groups",
            "Absent, taken out of their groups: Ana (group 1) and Bo (group 1)",
        ]
        assert said[4].startswith("Cleo: group 1 → group ")
        assert said[5:] == [
            "1 person changes group: fewer is not possible.",
            "Nothing changes until you keep it.",
            "Then 4 people will be told; people who are absent will not.",
        ]
        assert await where(world) == before


@on_one_engine
async def test_a_repair_kept_tells_those_concerned_and_nobody_else(store_url: str) -> None:
    async with open_world(store_url, SETTINGS) as world:
        team = await world.organiser()
        chats = await three_groups(world)
        await absent(world, "Ana", "Bo")
        await proposed(world, team)
        before = {name: len(await pushed(world, chat)) for name, chat in chats.items()}
        await team.press("Keep")
        assert "4 people are told." in team.text
        [joined] = [names for names in (await where(world)).values() if "Cleo" in names]
        told = {name for name, chat in chats.items() if len(await pushed(world, chat)) > before[name]}
        assert told == {*joined}
        absent_before = [await pushed(world, chats[name]) for name in ("Ana", "Bo")]
        await team.press("Undo")
        assert (await where(world))["school 1"] == ["Ana", "Bo", "Cleo"]
        assert [await pushed(world, chats[name]) for name in ("Ana", "Bo")] == absent_before
        assert "The groups are as they were before." in team.text
        await team.press("Groups")
        assert "Education: 9 people, 3 groups" in words(team.text)


async def test_who_is_here_without_a_group_gets_one(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        team = await world.organiser()
        await three_groups(world)
        ida, round_ = await number(world, "Ida"), await found_round(world)
        await world.store.transact(partial(change_groups, round_=round_, moves={ida: None}, now=world.clock.now()))
        await mark(world, "Ida", True)
        await proposed(world, team)
        assert "Ida: into group 3" in words(team.text).splitlines()
        assert "0 people change group: fewer is not possible." in team.text
        await team.press("Keep")
        assert "Ida" in (await where(world))["school 3"]


async def test_a_mark_made_meanwhile_is_not_lost(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        team = await world.organiser()
        await three_groups(world)
        await absent(world, "Ana", "Bo")
        await proposed(world, team)
        await mark(world, "Bo", True)
        before = await where(world)
        await team.press("Keep")
        assert "People, rules or groups have changed since it was computed." in team.text
        assert await where(world) == before


async def test_nobody_has_to_move_where_groups_stay_large_enough(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        team = await world.organiser()
        await crowd(world, *EVERYONE)
        await group(world, EVERYONE[:4])
        await group(world, EVERYONE[4:], number_=2)
        await absent(world, "Ana")
        await proposed(world, team)
        said = words(team.text).splitlines()
        assert said[2:] == [
            "Absent, taken out of their groups: Ana (group 1)",
            "0 people change group: fewer is not possible.",
            "Nothing changes until you keep it.",
            "Nobody is told: these groups are not published yet.",
        ]


async def test_a_repair_that_fails_does_not_say_that_nobody_has_to_move(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        team = await world.organiser()
        await three_groups(world)
        await absent(world, *EVERYONE[2:])
        await proposed(world, team)
        assert "Nobody has to move." not in team.text
        assert "Nothing changes: all groups stay as they are." in team.text
        assert "Keep" not in team.buttons


async def test_a_theme_nobody_is_here_of_has_its_groups_dissolved(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        team = await world.organiser()
        await three_groups(world)
        await absent(world, *EVERYONE)
        await proposed(world, team)
        said = words(team.text).splitlines()
        assert said[1:3] == ["Education:", "Nobody of this theme is here: its groups are dissolved."]
        assert said[3].startswith("Absent, taken out of their groups: Ana (group 1), Bo (group 1)")
        assert "Nobody has to move." not in said
        assert said[-1] == "Nobody is told."
        look, keep, redo = (team.payload(label) for label in ("See all groups", "Keep", "Redo"))
        await team.follow(look)
        assert "Education: nobody is here, its groups are dissolved" in words(team.text)
        await team.follow(redo)
        assert words(team.text).startswith("I am looking for the fewest moves")
        await team.follow(keep)
        assert await where(world) == {}
        await team.press("Undo")
        assert len(await where(world)) == 3
