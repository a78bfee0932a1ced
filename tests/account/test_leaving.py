"""«I am not coming»: who leaves frees a place, and may come back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.later import read_later, stored
from tests.outbox import pushed, views
from tests.participants import number, rewrite
from tests.world import World, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


async def take_culture(chat: NeutralChat) -> None:
    await chat.command("theme")
    await chat.pick("Culture")
    await chat.press("Confirm")


async def test_leaving_gives_the_place_to_who_waits_and_tells_the_team(world: World) -> None:
    team = await world.organiser()
    first, second = await world.join("Zoé", "1"), await world.join("Ali", "2")
    await take_culture(first)
    await take_culture(second)
    third = await world.join("Noé", "3")
    await third.command("theme")
    await third.pick("Culture")
    await third.press("Join the waiting list")
    await first.command("reglages")
    await first.press("I am not coming")
    assert "Your profile is kept" in first.text
    await first.press("Yes, I give up my place")
    assert first.text.startswith("Thank you for telling us")
    assert await pushed(world, third) == ["A place opened up: your theme is now Culture."]
    assert await pushed(world, team) == ["\u2068Zoé\u2069 is not coming any more."]
    await first.command("me")
    assert first.text.startswith("You told us that you are not coming.")
    assert await menu_of(first) == {
        "Now": ("I am coming after all", "Home"),
        "Safety": ("Emergency",),
        "Questions": ("Ask the team",),
        "My account": ("Settings", "My accounts", "Privacy"),
    }


async def test_who_hesitates_keeps_everything(world: World) -> None:
    chat = await world.join("Zoé", "1")
    await take_culture(chat)
    await chat.command("reglages")
    await chat.press("I am not coming")
    await chat.press("No, I am coming")
    assert "Theme: Culture" in chat.text


async def test_a_second_tap_tells_nobody_twice(world: World) -> None:
    team = await world.organiser()
    chat = await world.join("Zoé", "1")
    await chat.command("reglages")
    await chat.press("I am not coming")
    payload = chat.payload("Yes, I give up my place")
    await chat.follow(payload)
    await chat.follow(payload)
    assert chat.toast == "Already done."
    assert len(await pushed(world, team)) == 1


async def test_coming_after_all_needs_a_new_choice_of_theme(world: World) -> None:
    team = await world.organiser()
    chat = await world.join("Zoé", "1")
    await take_culture(chat)
    await chat.command("reglages")
    await chat.press("I am not coming")
    await chat.press("Yes, I give up my place")
    await chat.command("zurueck")
    assert chat.text.startswith("Good to have you back, \u2068Zoé\u2069.")
    assert await pushed(world, team) == [
        "\u2068Zoé\u2069 is not coming any more.",
        "\u2068Zoé\u2069 is coming after all.",
    ]
    await chat.press("Choose a theme")
    await chat.pick("Culture")
    await chat.press("Confirm")
    assert chat.text.startswith("Your theme is Culture.")
    await chat.command("revenir")
    assert chat.text == "We are already expecting you."
    await chat.command("stop")
    await chat.command("moi")
    assert "You stopped the messages." in chat.text
    await chat.command("revenir")
    assert chat.text == "You stopped the messages."
    await chat.press("Get messages again")
    assert chat.text == "You get messages again from now on."


async def test_an_organiser_who_takes_no_part_has_nothing_to_leave(world: World) -> None:
    team = await world.organiser()
    assert "I am not coming" not in (await menu_of(team))["My account"]
    await team.follow("lv")
    assert team.text.startswith("That button has aged.")


async def test_what_the_team_is_told_of_who_leaves_is_read_as_they_are_called_now(world: World) -> None:
    team, zoe = await world.organiser(), await world.join("Zoé", "1")
    await zoe.command("reglages")
    await zoe.press("I am not coming")
    await zoe.press("Yes, I give up my place")
    [told] = await views(world, team)
    assert "Zoé" not in stored(told)
    assert await read_later(world, told) == "Zoé is not coming any more."
    await rewrite(world, await number(world, "Zoé"), family_name="Dupont")
    assert await read_later(world, told) == "Zoé Dupont is not coming any more."
