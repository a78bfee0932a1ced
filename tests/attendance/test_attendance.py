"""Attendance on the day: one tap a person, by group or by name, by several organisers at once; who is on no list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from bot.config import setting_store
from bot.conversation.incoming import Pressed
from handlers.attendance.organiser.by_group import attend_others
from handlers.attendance.store.marks import attendance_on
from handlers.groups.model import Group
from handlers.groups.service.membership import publish_round
from tests.conversation.statement_counter import CountedStore
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import choose, found_round, group, members
from tests.outbox import pushed
from tests.world import START, World, make_settings, open_world, seed

SETTINGS = make_settings(
    organisers={"telegram": [900, 901], "discord": [900]}, groups={"smallest": 2, "target": 2, "largest": 3}
)
MORNING = datetime(2027, 6, 10, 7, 0, tzinfo=UTC)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        await world.clock.advance(MORNING - START)
        yield world


async def two_groups(world: World) -> tuple[Group, Group]:
    for name in ("Ana", "Bo", "Cleo", "Dan"):
        await world.invite(name, "Roy")
    return await group(world, ["Ana", "Bo"]), await group(world, ["Cleo", "Dan"], number_=2)


async def at_group(team: NeutralChat, number: int = 1) -> None:
    await team.follow("gi")
    await team.press("Group by group")
    await team.press(f"Education {number}")


def labels(chat: NeutralChat) -> tuple[str, ...]:
    return tuple(words(label) for label in chat.buttons)


async def marks(world: World, day: str = "2027-06-10") -> list[bool]:
    return sorted((await world.store.read(partial(attendance_on, day=day))).values())


@on_one_engine
async def test_one_tap_is_here_the_next_absent_the_next_here_and_names_are_said_once(world: World) -> None:
    await two_groups(world)
    team = await world.organiser()
    await team.follow("gi")
    assert words(team.text).splitlines() == [
        "Attendance, Thursday 10 June 2027, morning",
        "Present: 0 of 4. Absent: 0. Not marked: 0.",
        "Neither joined nor marked: 4.",
    ]
    await team.press("Group by group")
    await team.press("Education 1: not taken")
    assert words(team.text).splitlines() == [
        "Education 1, Thursday 10 June 2027, morning",
        "One tap: here. Another one: absent.",
    ]
    assert labels(team) == (
        "Everyone is here",
        "Ana Roy: not marked",
        "Bo Roy: not marked",
        "Next group ▶",
        "Attendance",
    )
    await team.press("Ana Roy: not marked")
    assert await marks(world) == [True]
    await team.press("Ana Roy: here ✓")
    assert await marks(world) == [False]
    await team.press("Bo Roy: not marked")
    await team.press("Ana Roy: absent ✗")
    assert labels(team)[:2] == ("Ana Roy: here ✓", "Bo Roy: here ✓"), "who was absent has come late"
    await team.press("Bo Roy: here ✓")
    await team.press("Next group")
    assert "Cleo Roy: not marked" in labels(team)
    await team.press("Attendance")
    assert "Present: 1 of 4. Absent: 1. Not marked: 0." in team.text
    assert "1 absent person is in a group." in team.text
    await team.press("Group by group")
    assert {"Education 1: 1 of 2", "Education 2: not taken"} <= set(labels(team))


@on_one_engine
async def test_all_of_a_group_are_here_with_one_tap_and_undo_leads_back_to_it(world: World) -> None:
    await two_groups(world)
    team = await world.organiser()
    await at_group(team)
    assert not any(label.startswith("The others") for label in team.buttons)
    await team.press("Everyone is here")
    assert await marks(world) == [True, True]
    await team.press("Undo")
    assert await marks(world) == []
    assert words(team.text).splitlines() == [
        "Undone: Education 1: 2 people present",
        "2 people are no longer marked.",
    ]
    await team.press("Back")
    assert "Ana Roy: not marked" in labels(team)


@on_one_engine
async def test_the_others_of_a_group_are_absent_with_one_tap_and_undo(world: World) -> None:
    await two_groups(world)
    team = await world.organiser()
    await at_group(team)
    await team.press("Ana Roy: not marked")
    assert "Everyone is here" not in team.buttons
    await team.press("The others are absent")
    assert await marks(world) == [False, True]
    await team.press("Undo")
    assert await marks(world) == [True]


@on_one_engine
async def test_a_group_of_any_size_is_read_in_pages_and_a_mark_stays_on_its_page(world: World) -> None:
    names = [f"P{number:02}" for number in range(14)]
    for name in names:
        await world.invite(name, "Roy")
    await group(world, names)
    team = await world.organiser()
    await at_group(team)
    assert len(team.buttons) <= 15
    await team.press("Next ▶")
    await team.press("P13 Roy")
    assert "P13 Roy: here ✓" in labels(team)
    assert len([label for label in labels(team) if label.startswith("P")]) == 4


async def test_two_organisers_who_mark_the_same_person_present_mark_them_present(world: World) -> None:
    await two_groups(world)
    ines, luc = await world.organiser(), await world.organiser("901")
    for chat in (ines, luc):
        await at_group(chat)
    await asyncio.gather(ines.press("Ana Roy"), luc.press("Ana Roy"))
    assert await marks(world) == [True]
    assert "Ana Roy: here ✓" in labels(ines)
    assert "Ana Roy: here ✓" in labels(luc)


async def test_two_organisers_who_disagree_are_told_and_the_first_stands(world: World) -> None:
    await two_groups(world)
    ines, luc = await world.organiser(), await world.organiser("901")
    for chat in (ines, luc):
        await at_group(chat)
    await ines.press("Ana Roy: not marked")
    await ines.press("Ana Roy: here")
    await luc.press("Ana Roy: not marked")
    assert "marked Ana Roy absent in the meantime, so nothing was changed." in words(luc.text)
    assert await marks(world) == [False]
    await luc.press("Bo Roy: not marked")
    await ines.press("The others are absent")
    assert "Attendance has changed in the meantime" in ines.text
    assert await marks(world) == [False, True]


async def test_someone_is_found_by_name_without_accents(world: World) -> None:
    await two_groups(world)
    await world.invite("Zoé", "Müller")
    team = await world.organiser()
    await team.follow("gi")
    await team.press("Find someone")
    await team.fill("zoe mul")
    assert "Zoé Müller: not marked" in words(team.text)
    assert "They have no theme yet: give them one." in team.text
    await team.press("Here")
    assert "Zoé Müller: present" in words(team.text)
    await team.press("Find someone else")
    await team.fill("roy")
    assert [label.split(":")[1] for label in labels(team)[:4]] == [" not marked"] * 4
    await team.press(team.buttons[0])
    assert words(team.text).splitlines() == [
        "Ana Roy: present",
        "On Thursday 10 June 2027, morning.",
        "Morning: present (noted by Inès, 09:00)",
        "Group: Education 1",
    ]
    await team.press("Find someone else")
    await team.fill("nobody")
    assert words(team.text) == "Nobody on the list has that name."


@on_one_engine
async def test_who_has_no_group_is_marked_too(world: World) -> None:
    await two_groups(world)
    await world.invite("Eve", "Roy")
    await choose(world, "Eve")
    team = await world.organiser()
    await team.follow("gi")
    await team.press("Without a group: 1")
    await team.press("Eve Roy: not marked")
    assert "Eve Roy: here ✓" in labels(team)
    await team.press("Attendance")
    assert "1 present person has no group." in team.text
    assert "Adjust the groups" in team.buttons


async def test_the_card_of_who_has_no_group_says_what_is_missing_first(world: World) -> None:
    await world.invite("Eve", "Roy")
    team = await world.organiser()

    async def card() -> tuple[list[str], set[str]]:
        await team.follow("gi")
        await team.press("Find someone")
        await team.fill("Eve")
        return words(team.text).splitlines()[2:], {"Theme", "Put in a group", "Adjust the groups"} & set(labels(team))

    assert await card() == (["They have no theme yet: give them one."], {"Theme"})
    await choose(world, "Eve")
    assert await card() == (["No groups are formed yet."], set())
    await two_groups(world)
    assert await card() == (
        ["They have no group yet: put them in one, or adjust the groups."],
        {"Put in a group", "Adjust the groups"},
    )


async def test_who_is_without_a_group_is_read_at_once_however_many_they_are(world: World) -> None:
    await two_groups(world)
    await world.organiser()
    store = CountedStore(world.store)
    dispatcher = world.dispatcher_over(store)
    team = NeutralChat(dispatcher, "900")
    without_a_group = attend_others.to(date(2027, 6, 10).toordinal(), 0).encode()
    asked = []
    for number, name in enumerate(("Eve", "Fay", "Gil"), start=1):
        await world.invite(name, "Roy")
        store.statements.clear()
        await team.follow(without_a_group)
        await dispatcher.close()
        assert len([label for label in labels(team) if "not marked" in label]) == number
        asked.append(len([sql for sql in store.statements if "FROM participants" in sql]))
    assert asked[0] == asked[1] == asked[2]


@on_one_engine
async def test_any_day_can_be_marked_and_says_which_it_is(world: World) -> None:
    await two_groups(world)
    await world.clock.advance(-timedelta(hours=8, minutes=30))  # 22:30 in UTC: in Paris it is the 10th
    team = await world.organiser()
    await team.follow("gi")
    assert words(team.text).splitlines()[0] == "Attendance, Thursday 10 June 2027, morning"
    await world.clock.advance(timedelta(days=30))
    await team.follow("gi")
    assert "Attendance, Saturday 10 July 2027" in words(team.text)
    assert "There are no groups that day: these are the groups of Thursday 10 June 2027." in words(team.text)
    await team.press("Group by group")
    await team.press("Education 1")
    await team.press("Ana Roy: not marked")
    assert await marks(world) == []
    assert await marks(world, "2027-07-10") == [True]


@on_one_engine
async def test_who_is_on_no_list_gets_a_theme_a_group_and_a_way_in(world: World) -> None:
    first, second = await two_groups(world)
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
    team = await world.organiser()
    await team.follow("gi")
    await team.press("Someone new")
    await team.fill("Eve", "Roy", "Sénégal", "woman")
    assert words(team.text).startswith("Eve Roy is added and present. Which theme?")
    await team.pick("Education")
    said = words(team.text).splitlines()
    assert said[:2] == ["Eve Roy is in Education.", "Group: Education 1"]
    assert "Eve" in [*await members(world, first), *await members(world, second)]
    code = next(line for line in said if line.startswith("Code: ")).removeprefix("Code: ")
    assert await marks(world) == [True]
    eve = world.chat("77", name="Eve")
    await eve.follow("j-" + code.replace("-", ""))
    assert "Eve" in eve.text


@on_one_engine
async def test_someone_called_alike_is_shown_and_adding_is_undone(world: World) -> None:
    await two_groups(world)
    team = await world.organiser()
    await team.follow("gi")
    await team.press("Someone new")
    await team.fill("Ana", "Roy", "", "")
    assert "Careful: someone on the list has the same name." in team.text
    await team.press("Undo")
    await team.follow("gi")
    assert "Neither joined nor marked: 4." in team.text
    assert await marks(world) == []


async def test_who_came_in_meanwhile_is_not_taken_out_again(world: World) -> None:
    await two_groups(world)
    team = await world.organiser()
    await team.follow("gi")
    await team.press("Someone new")
    await team.fill("Eve", "Roy", "", "")
    undo = team.payload("Undo")
    await team.pick("Education")
    code = next(line for line in words(team.text).splitlines() if line.startswith("Code: ")).removeprefix("Code: ")
    eve = world.chat("77", name="Eve")
    await eve.follow("j-" + code.replace("-", ""))
    await team.follow(undo)
    assert team.text.startswith("This was changed again since, so nothing was undone.")
    await eve.command("moi")
    assert "Education" in eve.text


@on_one_engine
async def test_who_comes_late_and_finds_all_full_is_told_of_once_and_can_be_placed_from_there(world: World) -> None:
    for name in ("Ana", "Bo", "Cleo"):
        await world.invite(name, "Roy")
    await group(world, ["Ana", "Bo", "Cleo"])
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
    team, other = await world.organiser(), await world.organiser("901")
    await team.follow("gi")
    await team.press("Someone new")
    await team.fill("Eve", "Roy", "", "")
    await team.pick("Education")
    assert "They have no group yet: adjust the groups, or put them in one." in team.text
    assert {"Adjust the groups", "Put in a group"} <= set(team.buttons)
    assert not [said for said in await pushed(world, team) if "came late" in said]
    assert len([said for said in await pushed(world, other) if "came late" in said]) == 1
    await team.press("Put in a group")
    assert "Eve" in team.text


@on_one_engine
async def test_before_the_groups_meet_their_day_is_marked_not_today(world: World) -> None:
    await two_groups(world)
    await world.clock.advance(START - MORNING)
    team = await world.organiser()
    await team.follow("gi")
    assert words(team.text).splitlines()[:2] == [
        "Attendance, Thursday 10 June 2027, morning",
        "This day is still to come: what you mark now will count then.",
    ]
    await team.press("Group by group")
    await team.press("Education 1")
    await team.press("Ana Roy")
    assert await marks(world) == [True]
    await team.follow("gi")
    await team.press("Someone new")
    await team.fill("Eve", "Roy", "", "")
    assert words(team.text).startswith("Eve Roy is added. Which theme?")
    assert await marks(world) == [True]


@on_one_engine
async def test_a_screen_of_yesterday_keeps_the_groups_of_its_own_day(store_url: str) -> None:
    days = make_settings(
        organisers={"telegram": [900]},
        gathering={"starts": "2027-06-10", "ends": "2027-06-12"},
        groups={"smallest": 2, "target": 2, "largest": 3, "rounds": 2},
    )
    async with open_world(store_url, days) as world:
        await world.clock.advance(MORNING - START)
        await two_groups(world)
        team = await world.organiser()
        await team.follow("gi")
        await team.press("Group by group")
        yesterday = team.payload("Education 1")
        await world.clock.advance(timedelta(days=1))
        await team.follow(yesterday)
        assert "Ana Roy: not marked" in labels(team)
        await team.press("Ana Roy")
        assert "Ana Roy: here ✓" in labels(team)
        assert await marks(world) == [True]


async def test_attendance_is_reached_from_the_groups_before_there_are_any(world: World) -> None:
    team = await world.organiser()
    await team.command("groups")
    await team.press("Attendance")
    assert "No groups are formed yet." in team.text
    assert "Someone new" in team.buttons


@on_one_engine
async def test_a_repair_is_reached_from_published_groups(world: World) -> None:
    await two_groups(world)
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
    team = await world.organiser()
    await team.command("groups")
    assert "Attendance" in team.buttons
    assert "Adjust the groups" not in team.buttons  # nobody would be moved
    await at_group(team)
    await team.press("Ana Roy")
    await team.press("Ana Roy")
    await team.command("groups")
    assert {"Attendance", "Adjust the groups"} <= set(team.buttons)


@on_one_engine
async def test_a_badge_leads_the_team_to_its_owner_and_nobody_else_anywhere(world: World) -> None:
    ines, zoe = await world.organiser(), await world.join("Zoé", "1")
    ada = await world.join("Ada", "2")
    await zoe.command("badge")
    assert zoe.text == "You need no badge: say your name at the door."
    await world.change(setting_store.set_telegram_username, "halles_bot")
    await zoe.command("badge")
    assert zoe.picture
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(zoe.picture.content)))
    payload = code.text.removeprefix("https://t.me/halles_bot?start=")
    await ada.act(Pressed(payload, linked=True))
    assert "This is for the organisers." in ada.text
    await ines.act(Pressed(payload, linked=True))
    assert ines.text.startswith("\u2068Zoé\u2069: not marked")
    await ines.press("Here")
    assert await world.read(attendance_on, "2027-06-10") == {world.ids["Zoé"]: True}


async def badge_of(world: World, chat: NeutralChat) -> str:
    """What somebody's badge holds."""
    await world.change(setting_store.set_telegram_username, "halles_bot")
    await chat.command("badge")
    assert chat.picture
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(chat.picture.content)))
    return code.text.removeprefix("https://t.me/halles_bot?start=")


@on_one_engine
async def test_nobody_makes_a_badge_of_somebody_else(world: World) -> None:
    ines, zoe, ada = await world.organiser(), await world.join("Zoé", "1"), await world.join("Ada", "2")
    payload = await badge_of(world, zoe)
    code, person, mark = payload.split("-")
    hers = (await badge_of(world, ada)).split("-")[2]
    assert len(mark) == 24
    assert mark != hers
    forged = [f"{code}-{person}-{hers}", f"{code}-{person}-{'0' * 24}", f"{code}-{person}-", f"gix-{person}"]
    for each in forged:  # the last is how badges were before
        await ines.act(Pressed(each, linked=True))
        assert "which anybody could have made" in ines.text, each
        assert "Zoé" not in ines.text
        assert "Here" not in ines.buttons
    await ines.press("Find someone")
    await ines.fill("Zoé")
    assert "Zoé" in ines.text
    await ines.act(Pressed(payload, linked=True))
    await ines.press("Here")
    assert await world.read(attendance_on, "2027-06-10") == {world.ids["Zoé"]: True}


@on_one_engine
async def test_a_badge_stays_the_same_after_another_start(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    before = await badge_of(world, zoe)
    await seed(world.store, world.settings)
    assert await badge_of(world, zoe) == before
