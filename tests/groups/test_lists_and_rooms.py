"""What organisers need once groups stand: a picture, lists for the doors, the rooms of a theme in one go."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot.conversation.incoming import Pressed
from bot.delivery import channel_store
from handlers.groups.organiser.prints import draw_groups, read_plan
from handlers.groups.service.membership import publish_round
from handlers.groups.store.groups import groups_of_round
from tests.drivers.gestures import words
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.groups.builders import choose, crowd, found_round, group, open_channel
from tests.outbox import asked_of_channels, pushed
from tests.participants import block
from tests.pdf import page_words
from tests.world import DECLARED, World, make_settings, open_world

SETTINGS = make_settings(
    organisers={"telegram": [900, 901], "discord": [900]}, groups={"smallest": 2, "target": 2, "largest": 3}
)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


async def rooms(world: World) -> list[str]:
    found = await world.store.read(partial(groups_of_round, round_number=1))
    return [each.room for each in found]


@on_one_engine
async def test_the_groups_are_drawn_and_the_lists_for_the_doors_made(world: World) -> None:
    await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    await group(world, ["Ana", "Bo"], room="Blue room")
    await group(world, ["Cleo", "Dan"], number_=2)
    team = await world.organiser()
    await team.command("groups")
    await team.press("As a picture")
    await catch_up_with(world, team)
    assert team.picture
    assert team.picture.content.startswith(b"\x89PNG")
    await team.press("Groups")
    await team.press("Lists for the doors")
    await catch_up_with(world, team)
    assert team.text == "2 lists for the doors, to be printed."
    assert team.file
    assert team.file.name == "doors.pdf"
    first, second = page_words(team.file.content)
    assert [first[1:4], first[5:]] == [
        ["1", "Education", "Blue room"],
        ["Name Territory", "Ana Quebec", "Bo Quebec"],
    ]
    assert [*second[1:3], *second[4:]] == ["2", "Education", "Name Territory", "Cleo Quebec", "Dan Quebec"]


@on_one_engine
async def test_each_theme_has_a_picture_with_its_own_groups(world: World) -> None:
    await crowd(world, "Ana", "Bo", "Cleo", "Dan", "Eve")
    team = await world.organiser()
    await team.follow(draw_groups.to(1).encode())
    assert team.text == "There are no groups yet: form them first."
    await group(world, ["Ana", "Bo"])
    await group(world, ["Cleo", "Dan"], theme="culture")
    await group(world, ["Eve"], theme="culture", number_=2)
    drawing = await team.act(Pressed(draw_groups.to(1).encode()))
    assert drawing
    assert drawing.reply
    assert drawing.reply.job
    assert "Cleo" not in json.dumps(drawing.reply.job.payload)
    themes = (await world.read(read_plan, drawing.reply.job.payload, DECLARED))["themes"]
    assert [(theme["title"], theme["lines"]) for theme in themes] == [
        ("Culture", ["3 people"]),
        ("Education", ["2 people"]),
    ]
    assert [group["members"] for theme in themes for group in theme["groups"]] == [
        [("Cleo", "Quebec"), ("Dan", "Quebec")],
        [("Eve", "Quebec")],
        [("Ana", "Quebec"), ("Bo", "Quebec")],
    ]
    await catch_up_with(world, team)
    assert [words(str(picture.alt)) for picture in team.pictures] == [
        "Culture: Group 1 and Group 2",
        "Education: Group 1",
    ]
    assert [picture.name for picture in team.pictures] == ["groups-culture.png", "groups-education.png"]


async def test_the_picture_of_a_proposal_comes_again(sqlite_url: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world:
        await crowd(world, "Ana", "Bo")
        await choose(world, "Ana")
        await choose(world, "Bo")
        team = await world.organiser()
        await team.command("groups")
        await team.press("Form groups")
        await catch_up_with(world, team)
        await team.press("As a picture")
        assert "groups will be here in a moment." in team.text
        await catch_up_with(world, team)
        assert team.picture
        assert team.picture.content.startswith(b"\x89PNG")


async def test_the_picture_of_a_proposal_for_two_days_says_which_it_shows(sqlite_url: str) -> None:
    days = make_settings(organisers={"telegram": [900]}, groups={"smallest": 2, "target": 2, "largest": 3, "rounds": 2})
    async with open_world(sqlite_url, days) as world:
        await crowd(world, "Ana", "Bo", "Cleo", "Dan")
        for name in ("Ana", "Bo", "Cleo", "Dan"):
            await choose(world, name)
        team = await world.organiser()
        await team.command("groups")
        await team.press("Form groups")
        await catch_up_with(world, team)
        drawing = await team.act(Pressed(team.payload("As a picture")))
        assert drawing
        assert drawing.reply
        assert drawing.reply.job
        assert (await world.read(read_plan, drawing.reply.job.payload, DECLARED))["day"] == "Day 1"


@on_one_engine
async def test_all_rooms_of_a_theme_are_written_in_one_form(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    await group(world, ["Ana", "Bo"], room="Blue room")
    await group(world, ["Cleo", "Dan"], number_=2)
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
    before = len(await pushed(world, chats["Ana"]))
    team = await world.organiser()
    await team.command("groups")
    await team.press("Rooms")
    assert "Education: 1 of 2 groups have a room" in team.text
    await team.press("Rooms: Education")
    await team.fill("2: Hall\n7: Attic")
    assert "There is no group 7 in this theme." in team.text
    await team.fill("2: Hall")
    assert words(team.text).splitlines() == ["Education, rooms. Right?", "Group 2: Hall", "2 people will be told."]
    assert await rooms(world) == ["Blue room", ""]
    await team.press("Confirm")
    assert words(team.text).splitlines() == ["Education: 1 room", "2 people are told."]
    assert "Rooms" not in team.buttons  # every group has one
    assert await rooms(world) == ["Blue room", "Hall"]
    assert (await pushed(world, chats["Cleo"]))[-1] == "The room of your group is now: Hall."
    assert len(await pushed(world, chats["Ana"])) == before
    await team.press("Undo")
    assert await rooms(world) == ["Blue room", ""]


@on_one_engine
async def test_the_form_of_all_rooms_begins_with_those_there_are(world: World) -> None:
    await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    await group(world, ["Ana", "Bo"], room="Blue room")
    await group(world, ["Cleo", "Dan"], number_=2)
    team = await world.organiser(modal=True)
    await team.command("groups")
    await team.press("Rooms")
    await team.press("Rooms: Education")
    assert team.prefill == {"rooms": "1: Blue room\n2:"}


@on_one_engine
async def test_the_preview_leads_to_what_is_missing(world: World) -> None:
    await crowd(world, "Ana", "Bo", "Cleo")
    await group(world, ["Ana", "Bo"])
    await choose(world, "Cleo")
    team = await world.organiser()
    await team.command("groups")
    assert team.view
    big = [team.buttons[n] for n, each in enumerate(team.view.buttons) if each.style == "primary"]
    assert big == ["Publish", "Adjust the groups"]  # Cleo has no group
    assert "Education: 3 people, 1 group, 1 without a group" in words(team.text).splitlines()
    await team.press("Publish")
    assert "1 group has no room yet." in team.text
    assert "Without a group: Cleo." in words(team.text)
    assert "3 people will be told right away." in team.text
    assert {"Rooms", "Education, no group: 1"} <= set(team.buttons)
    publish = team.payload("Publish")
    await team.press("Education, no group: 1")
    assert "Cleo" in team.buttons
    await team.follow(publish)
    assert "3 people will be told." in team.text


@on_one_engine
async def test_only_those_whom_a_message_reaches_are_counted(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    first = await group(world, ["Ana", "Bo"])
    await group(world, ["Cleo", "Dan"], number_=2)
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
    await chats["Bo"].command("stop")
    await block(world, chats["Dan"])
    team = await world.organiser()
    await team.follow(f"gh-{first.id}")
    await team.press("Ana")
    await team.press("Move")
    await team.pick("Group 2")
    assert "2 people will be told." in team.text
    await team.press("Confirm")
    assert "2 people are told." in team.text


@on_one_engine
async def test_publishing_counts_only_whom_a_message_reaches(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    await group(world, ["Ana", "Bo"])
    for name in ("Cleo", "Dan"):
        await choose(world, name)
    await block(world, chats["Bo"])
    await block(world, chats["Dan"])
    team = await world.organiser()
    await team.command("groups")
    await team.press("Publish")
    assert "2 people will be told right away." in team.text
    await team.press("Publish")
    assert "2 people will be told." in team.text
    assert "The team is finding you one: you will be told." in (await pushed(world, chats["Cleo"]))[-1]


@on_one_engine
async def test_a_new_room_stands_in_the_channel_of_the_group_too(world: World) -> None:
    await crowd(world, "Ana", "Bo")
    first = await group(world, ["Ana", "Bo"])
    await open_channel(world, first)
    before = await asked_of_channels(world)
    team = await world.organiser()
    await team.follow(f"gh-{first.id}")
    await team.press("Room and name")
    await team.fill("Blue room", "")
    await team.press("Confirm")
    assert await asked_of_channels(world) == before + 1


async def test_a_renamed_theme_renames_the_places_of_its_groups(world: World) -> None:
    await world.store.transact(lambda tx: channel_store.set_offered(tx, "discord", True, world.clock.now()))
    await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"])
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
    before = await asked_of_channels(world)
    assert before
    team = await world.organiser()
    await team.command("organise")
    await team.press("Themes")
    await team.pick("Education")
    await team.press("Text in English")
    await team.fill("Schools", "")
    assert "text changed" in team.text
    assert await asked_of_channels(world) == before + 1


@on_one_engine
async def test_changing_theme_says_which_group_is_left_and_is_one_notice(world: World) -> None:
    team = await world.organiser()
    chats = await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    await group(world, ["Ana", "Bo"])
    await group(world, ["Cleo", "Dan"], theme="civic")
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
    before = len(await pushed(world, team))
    ana = chats["Ana"]
    await ana.command("theme")
    await ana.pick("CivicTech")
    assert "You are leaving Education 1, Thursday 10 June 2027." in ana.text
    await ana.press("Confirm")
    assert "You will learn your group" not in ana.text
    assert "My group" in ana.buttons
    assert [words(each) for each in (await pushed(world, team))[before:]] == [
        "Ana changed theme: from Education 1 to CivicTech 1, Thursday 10 June 2027."
    ]


@on_one_engine
async def test_leaving_is_one_notice_and_my_group_says_so(world: World) -> None:
    team = await world.organiser()
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"])
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
    before = len(await pushed(world, team))
    ana = chats["Ana"]
    await ana.command("reglages")
    await ana.press("I am not coming")
    await ana.press("Yes, I give up my place")
    assert [words(each) for each in (await pushed(world, team))[before:]] == [
        "Ana is not coming any more and leaves Education 1."
    ]
    await ana.command("group")
    assert ana.text == "You told us that you are not coming, so you have no group."
    await world.clock.advance(timedelta(days=70))  # the deadline is over
    await ana.press("I am coming after all")
    assert "the team will find you a place" in ana.text
    assert ana.buttons[0] == "Ask the team"


@on_one_engine
async def test_a_pair_apart_in_one_group_leads_to_the_move(world: World) -> None:
    await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    first = await group(world, ["Ana", "Bo"])
    await group(world, ["Cleo", "Dan"], number_=2)
    team = await world.organiser()
    await team.follow(f"gh-{first.id}")
    await team.press("Ana")
    await team.press("Apart from…")
    await team.pick("Bo")
    assert "They are in the same group now" in team.text
    await team.press("Move")
    assert words(team.text) == "Which group should Ana join?"


@on_one_engine
async def test_where_one_number_of_groups_is_possible_it_says_so(world: World) -> None:
    await crowd(world, "Ana", "Bo")
    await choose(world, "Ana")
    await choose(world, "Bo")
    team = await world.organiser()
    await team.command("groups")
    await team.press("Form groups")
    await catch_up_with(world, team)
    await team.press("Education: groups and number")
    assert "Only 1 group fits sizes 2 to 3." in team.text
    assert "Ana (Quebec)" in words(team.text)
