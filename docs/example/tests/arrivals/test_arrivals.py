"""Arrivals: told by participants, seen by organisers, reminded of, handed over and erased."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.background.scheduling import Ticker
from bot.capability import make_sources
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.outbox import press_push, pushed
from tests.world import CAPABLE, World, open_world

FIVE_PAST_TWO = datetime(2027, 6, 10, 12, 5, tzinfo=UTC)
"""14:05 in Paris."""


async def arriving(
    world: World, name: str, native_id: str, time: str, place: str, *, platform: str = "telegram"
) -> NeutralChat:
    """Someone who came in and said when and where they arrive."""
    chat = await world.join(name, native_id, platform=platform)
    await chat.command("arrivée")
    await chat.press("Say when I arrive")
    await chat.fill(time, place)
    return chat


async def pass_time(world: World, until: datetime) -> None:
    """Let time pass, and the program release what is due then."""
    await world.clock.advance(until - world.clock.now())
    await Ticker(world.store, world.clock, make_sources(CAPABLE, world.settings)).look()


async def test_an_arrival_is_told_and_taken_back(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.command("me")
        await zoe.press("Say when I arrive")
        await zoe.fill("10 June 14:05", "Gare du Nord")
        assert zoe.text == "Noted.\nYou arrive Thursday 10 June, 14:05: Gare du Nord"
        await zoe.command("me")
        assert "You arrive Thursday 10 June, 14:05: Gare du Nord" in zoe.text
        assert "My arrival" in (await menu_of(zoe))["The gathering"]
        await zoe.press("My arrival")
        await zoe.press("Take my arrival back")
        assert zoe.text == "Taken back."
        await zoe.command("arrival")
        assert zoe.text == "You have not said yet when you arrive."


async def test_a_time_that_cannot_be_read_is_asked_for_again(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.command("arrival")
        await zoe.press("Say when I arrive")
        await zoe.send("in the afternoon")
        assert zoe.text.startswith("At what hour?")
        await zoe.fill("10 June 14:05", "Gare du Nord")
        assert zoe.text == "Noted.\nYou arrive Thursday 10 June, 14:05: Gare du Nord"


@pytest.mark.parametrize(
    ("locale", "tell", "change"),
    [
        ("fr", "Dire quand j’arrive", "Changer mon arrivée"),
        ("en", "Say when I arrive", "Change my arrival"),
        ("de", "Sagen, wann ich ankomme", "Meine Ankunft ändern"),
    ],
)
async def test_the_form_opens_with_what_was_said(store_url: str, locale: str, tell: str, change: str) -> None:
    async with open_world(store_url) as world:
        zoe = world.chat(modal=True)
        await zoe.follow(f"j-{await world.invite('Zoé', locale=locale)}")
        await zoe.command("arrivee")
        await zoe.press(tell)
        await zoe.fill("2027-06-10 14:05", "Gare du Nord")
        await zoe.command("arrivee")
        told = zoe.text
        await zoe.press(change)
        assert zoe.form
        await zoe.fill(zoe.form.prefill["time"], zoe.form.prefill["place"])
        await zoe.command("arrivee")
        assert (zoe.text, "14:05" in told) == (told, True)


async def test_home_shows_an_arrival_until_it_is_over(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await arriving(world, "Zoé", "1", "10 June 14:05", "Gare du Nord")
        shown = []
        for instant in (FIVE_PAST_TWO - timedelta(minutes=1), FIVE_PAST_TWO):
            await pass_time(world, instant)
            await zoe.command("me")
            shown.append(("Gare du Nord" in zoe.text, "My arrival" in zoe.buttons, "Say when I arrive" in zoe.buttons))
        assert shown == [(True, True, False), (False, False, False)]


async def test_organisers_see_who_arrives_when(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        await arriving(world, "Max", "1", "10 June 14:05", "Gare du Nord")
        await arriving(world, "Ali", "2", "9 June 20:30", "Orly")
        await ines.command("organise")
        assert "2 arrivals to come." in ines.text
        await ines.press("People")
        arrivals = ines.payload("Arrivals")
        await ines.follow(arrivals)
        assert ines.text == "Wednesday 9 June, 20:30: Ali, Orly\nThursday 10 June, 14:05: Max, Gare du Nord"
        await pass_time(world, FIVE_PAST_TWO - timedelta(hours=3))
        await ines.follow(arrivals)
        assert ines.text == "Thursday 10 June, 14:05: Max, Gare du Nord"
        await pass_time(world, FIVE_PAST_TWO)
        await ines.follow(arrivals)
        assert ines.text == "No arrival is announced for now."


async def test_people_are_reminded_two_hours_before(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await arriving(world, "Zoé", "1", "10 June 14:05", "Gare du Nord")
        ali = await arriving(world, "Ali", "2", "10 June 14:05", "Orly")
        await ali.press("Take my arrival back")
        await pass_time(world, FIVE_PAST_TWO - timedelta(hours=2))
        [reminder] = await pushed(world, zoe)
        assert reminder.splitlines() == [
            "You arrive Thursday 10 June, 14:05: Gare du Nord",
            "Is that still right? If not, change it here: the team sees it.",
        ]
        assert await pushed(world, ali) == []
        await press_push(world, zoe, "Change my arrival")
        await zoe.fill("10 June 17:00", "Gare du Nord")
        await pass_time(world, FIVE_PAST_TWO + timedelta(hours=1))
        assert (await pushed(world, zoe))[-1].startswith("You arrive Thursday 10 June, 17:00")


async def test_on_discord_only_who_agreed_to_be_written_to_is_reminded(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await arriving(world, "Zoé", "1", "10 June 14:05", "Gare du Nord", platform="discord")
        ali = await arriving(world, "Ali", "2", "10 June 14:05", "Orly", platform="discord")
        await ali.command("settings")
        await ali.press("Tell me in private")
        await pass_time(world, FIVE_PAST_TWO - timedelta(hours=2))
        [reminder] = await pushed(world, ali)
        assert reminder.startswith("You arrive Thursday 10 June, 14:05: Orly")
        assert await pushed(world, zoe) == []


async def test_who_turns_these_reminders_off_gets_none(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await arriving(world, "Zoé", "1", "10 June 14:05", "Gare du Nord")
        await zoe.command("reminders")
        assert "✓ Your arrival" in zoe.options
        await zoe.pick(*(name for option in zoe.options if (name := option.removeprefix("✓ ")) != "Your arrival"))
        assert "Your arrival" in zoe.options
        await pass_time(world, FIVE_PAST_TWO - timedelta(hours=2))
        assert await pushed(world, zoe) == []


async def test_an_arrival_is_handed_over_and_goes_with_the_person(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        zoe = await arriving(world, "Zoé", "1", "10 June 14:05", "Gare du Nord")
        await ines.command("organise")
        assert "1 arrival to come." in ines.text
        await zoe.command("mydata")
        await catch_up_with(world, zoe)
        page, document = (file.content.decode() for file in zoe.files)
        assert json.loads(document)["arrival"] == [{"arrives_at": "2027-06-10T12:05:00+00:00", "place": "Gare du Nord"}]
        assert "Gare du Nord" in page
        await zoe.command("erase")
        await zoe.press("Erase my texts too")
        await zoe.press("Yes, erase me")
        await ines.command("organise")
        assert "arrival" not in ines.text
        await pass_time(world, FIVE_PAST_TWO - timedelta(hours=2))
        assert await pushed(world, zoe) == []
