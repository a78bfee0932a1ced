"""A group's room and name, a round's first meeting: read back, saved, told once to those concerned."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.content.texts import plain
from handlers.groups.model import Group
from handlers.groups.service.membership import publish_round
from handlers.groups.store.groups import find_group
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, found_round, group
from tests.outbox import forget, pushed, views
from tests.world import World, make_settings, open_world

SETTINGS = make_settings(
    organisers={"telegram": [900, 901], "discord": [900]}, groups={"smallest": 2, "target": 2, "largest": 3}
)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


async def two_groups(world: World, *, published: bool) -> tuple[dict[str, NeutralChat], Group]:
    chats = await crowd(world, "Ana", "Bo", "Cleo", "Dan")
    first = await group(world, ["Ana", "Bo"])
    await group(world, ["Cleo", "Dan"], number_=2)
    if published:
        await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
        await forget(world)
    return chats, first


async def write(team: NeutralChat, room: str, name: str) -> None:
    await team.follow("gg-1-school-0")
    await team.press("Group 1")
    await team.press("Room and name")
    await team.fill(room, name)


async def stored(world: World, of: Group) -> tuple[str, str]:
    found = await world.store.read(partial(find_group, group_id=of.id))
    assert found is not None
    return found.room, found.name


@on_one_engine
async def test_room_and_name_are_read_back_before_they_are_saved(world: World) -> None:
    _chats, first = await two_groups(world, published=False)
    team = await world.organiser()
    await write(team, "Blue room", "Fireflies")
    assert words(team.text).splitlines() == [
        "Education 1. Right?",
        "Blue room",
        "Name: Fireflies",
        "Nobody is told: these groups are not published yet.",
    ]
    assert await stored(world, first) == ("", "")
    await team.press("Confirm")
    assert words(team.text) == "Education 1, “Fireflies”: Blue room"
    assert await stored(world, first) == ("Blue room", "Fireflies")
    await team.press("Undo")
    assert await stored(world, first) == ("", "")
    assert words(team.text).splitlines()[1] == "Education 1: no room"
    await team.press("Back")
    assert "No room yet." in team.text


@on_one_engine
async def test_the_form_begins_with_the_room_and_name_there_are(world: World) -> None:
    await two_groups(world, published=False)
    team = await world.organiser(modal=True)
    await write(team, "Blue room", "Fireflies")
    await team.press("Confirm")
    await team.follow("gg-1-school-0")
    await team.press("Group 1")
    await team.press("Room and name")
    assert team.prefill == {"room": "Blue room", "name": "Fireflies"}


@on_one_engine
async def test_a_new_room_is_told_once_to_the_group_alone(world: World) -> None:
    chats, _first = await two_groups(world, published=True)
    team = await world.organiser()
    await write(team, "Blue room", "")
    assert words(team.text).splitlines()[-1] == "2 people will be told."
    await team.press("Confirm")
    assert words(team.text).splitlines()[-1] == "2 people are told."
    for name in ("Ana", "Bo"):
        assert await pushed(world, chats[name]) == ["The room of your group is now: Blue room."]
    for name in ("Cleo", "Dan"):
        assert await pushed(world, chats[name]) == []


@on_one_engine
async def test_the_card_that_was_sent_is_kept_in_sight_and_says_the_new_room(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"])
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
    team = await world.organiser()
    await write(team, "Blue room", "")
    await team.press("Confirm")
    for name in ("Ana", "Bo"):
        card, told = await views(world, chats[name])
        assert card.pinned
        assert "Blue room" in words("\n".join(plain(line, chats[name].reader) for line in card.lines))
        assert [words(plain(line, chats[name].reader)) for line in card.lines][:2] == [
            "Education 1 · Blue room · Thursday 10 June 2027",
            "",
        ]
        assert not told.pinned


async def test_two_organisers_who_write_at_once_see_both_versions(world: World) -> None:
    _chats, first = await two_groups(world, published=False)
    ines, luc = await world.organiser(), await world.organiser("901")
    await write(ines, "Blue room", "")
    await write(luc, "Red room", "")
    await ines.press("Confirm")
    await luc.press("Confirm")
    assert "changed this meanwhile, so nothing was saved." in words(luc.text)
    assert "Blue room" in words(luc.text)
    assert "Red room" in words(luc.text)
    assert await stored(world, first) == ("Blue room", "")
    await luc.press("Confirm")
    assert await stored(world, first) == ("Red room", "")


@on_one_engine
async def test_what_was_written_and_left_for_another_form_is_asked_again(world: World) -> None:
    _chats, first = await two_groups(world, published=False)
    team = await world.organiser()
    await write(team, "Blue room", "")
    confirm = team.payload("Confirm")
    await write(team, "Red room", "")
    await team.press("Confirm")
    await team.follow(confirm)
    assert team.text.startswith("What you wrote is no longer here")
    assert await stored(world, first) == ("Red room", "")


async def meet(team: NeutralChat, typed: str) -> None:
    await team.follow("gm-1")
    await team.press("Change")
    await team.fill(typed)


@on_one_engine
async def test_the_first_meeting_is_typed_in_words_read_back_and_told_once(world: World) -> None:
    chats, _first = await two_groups(world, published=True)
    team = await world.organiser()
    await meet(team, "10 juin 14h")
    assert words(team.text).splitlines() == [
        "The groups first meet Thursday 10 June, 14:00 in Paris, 08:00 in Montréal. Right?",
        "4 people will be told.",
    ]
    assert (await found_round(world)).meets_at is None
    await team.press("Confirm")
    for chat in chats.values():
        assert len(await pushed(world, chat)) == 1
    undo = team.payload("Undo")
    await team.follow(undo)
    assert words(team.text).splitlines()[2:] == ["4 people are told."]
    assert team.buttons[0] == "Groups"
    assert (await found_round(world)).meets_at is None


async def test_a_first_meeting_is_taken_back_and_one_of_two_hours_chosen(world: World) -> None:
    await two_groups(world, published=False)
    team = await world.organiser()
    await meet(team, "vendredi 10 juin 14h")  # a Thursday
    await team.press("Thursday 10 June, 14:00")
    found = (await found_round(world)).meets_at
    assert found is not None
    assert (found.day, found.hour) == (10, 12)
    await meet(team, "")
    assert words(team.text).splitlines() == [
        "The groups' first meeting is not known yet. Right?",
        "Nobody is told: these groups are not published yet.",
    ]
    await team.press("Confirm")
    assert (await found_round(world)).meets_at is None


@on_one_engine
async def test_another_day_than_the_groups_is_pointed_out_and_nonsense_refused(world: World) -> None:
    await two_groups(world, published=False)
    team = await world.organiser()
    await meet(team, "11 juin 14h")
    assert "Careful: these groups are planned for another day, Thursday 10 June 2027." in words(team.text)
    await meet(team, "one of these days")
    assert team.text.startswith("I do not understand this date.")
    assert (await found_round(world)).meets_at is None


async def test_two_organisers_who_set_the_meeting_at_once_see_both(world: World) -> None:
    await two_groups(world, published=False)
    ines, luc = await world.organiser(), await world.organiser("901")
    await meet(ines, "10 juin 14h")
    await meet(luc, "10 juin 15h")
    await ines.press("Confirm")
    await luc.press("Confirm")
    assert "changed this meanwhile, so nothing was saved." in words(luc.text)
    await luc.press("Confirm")
    found = (await found_round(world)).meets_at
    assert found is not None
    assert found.hour == 13  # 15:00 in Paris
