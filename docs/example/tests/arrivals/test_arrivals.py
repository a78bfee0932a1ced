"""Arrivals: announced by participants, seen by organisers, reminded of, handed over and erased."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.background.scheduling import Ticker
from bot.capability import make_sources
from bot.conversation.incoming import Amended, Cell
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.outbox import press_push, pushed
from tests.world import CAPABLE, World, open_world

FIVE_PAST_TWO = datetime(2027, 6, 10, 12, 5, tzinfo=UTC)
"""14:05 in Paris."""


async def announced(
    world: World, name: str, native_id: str, time: str, place: str, *, platform: str = "telegram"
) -> NeutralChat:
    """Someone who came in and announced an arrival."""
    chat = await world.join(name, native_id, platform=platform)
    await chat.command("arrivée")
    await chat.press("Announce my arrival")
    await chat.fill(time, place)
    return chat


async def pass_time(world: World, until: datetime) -> None:
    """Let time pass, and the program release what is due then."""
    await world.clock.advance(until - world.clock.now())
    await Ticker(world.store, world.clock, make_sources(CAPABLE, world.settings)).look()


async def test_an_arrival_is_announced_and_taken_back(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await announced(world, "Zoé", "1", "10 June 14:05", "Gare du Nord")
        assert zoe.text == "Noted.\nYour arrival: Thursday 10 June, 14:05, Gare du Nord"
        await zoe.press("Take my arrival back")
        assert zoe.text == "Taken back."
        await zoe.command("arrival")
        assert zoe.text == "You have not announced anything yet."


async def test_a_time_that_cannot_be_read_is_asked_for_again(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.command("arrival")
        await zoe.press("Announce my arrival")
        await zoe.send("in the afternoon")
        assert zoe.text.startswith("At what time?")
        await zoe.fill("10 June 14:05", "Gare du Nord")
        assert zoe.text == "Noted.\nYour arrival: Thursday 10 June, 14:05, Gare du Nord"


@pytest.mark.parametrize(
    ("locale", "announce", "change", "hour"),
    [
        ("fr", "Annoncer mon arrivée", "Changer mon arrivée", "14\xa0h\xa005"),
        ("en", "Announce my arrival", "Change my arrival", "14:05"),
        ("de", "Meine Ankunft ankündigen", "Meine Ankunft ändern", "14:05"),
    ],
)
async def test_the_form_opens_with_what_was_said(
    store_url: str, locale: str, announce: str, change: str, hour: str
) -> None:
    async with open_world(store_url) as world:
        zoe = world.chat(modal=True)
        await zoe.follow(f"j-{await world.invite('Zoé', locale=locale)}")
        await zoe.command("arrivee")
        await zoe.press(announce)
        await zoe.fill("2027-06-10 14:05", "Gare du Nord")
        await zoe.command("arrivee")
        shown = zoe.text
        await zoe.press(change)
        assert zoe.form
        await zoe.fill(zoe.form.prefill["time"], zoe.form.prefill["place"])
        await zoe.command("arrivee")
        assert (zoe.text, hour in shown) == (shown, True)


async def test_home_and_menu_lead_to_an_arrival_until_it_is_over(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await announced(world, "Zoé", "1", "10 June 14:05", "Gare du Nord")
        assert "My arrival" in (await menu_of(zoe))["The gathering"]
        shown = []
        for instant in (FIVE_PAST_TWO - timedelta(minutes=1), FIVE_PAST_TWO):
            await pass_time(world, instant)
            await zoe.command("me")
            mine = ("My arrival", "Announce my arrival")
            shown.append(("Gare du Nord" in zoe.text, *(button in zoe.buttons for button in mine)))
        assert shown == [(True, True, False), (False, False, False)]


async def test_organisers_see_all_arrivals(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        await announced(world, "Max", "1", "10 June 14:05", "Gare du Nord")
        await announced(world, "Ali", "2", "9 June 20:30", "Orly")
        await ines.command("organise")
        await ines.press("People")
        arrivals = ines.payload("Arrivals")
        await ines.follow(arrivals)
        ali, max_ = "Wednesday 9 June, 20:30: Ali, Orly", "Thursday 10 June, 14:05: Max, Gare du Nord"
        assert ines.text.splitlines() == ["2 arrivals to come.", ali, max_]
        await pass_time(world, FIVE_PAST_TWO - timedelta(hours=3))
        await ines.follow(arrivals)
        assert ines.text.splitlines() == ["1 arrival to come.", max_]
        await pass_time(world, FIVE_PAST_TWO)
        await ines.follow(arrivals)
        assert ines.text == "0 arrivals to come."


async def test_people_are_reminded_two_hours_before(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await announced(world, "Zoé", "1", "10 June 14:05", "Gare du Nord")
        ali = await announced(world, "Ali", "2", "10 June 14:05", "Orly")
        await ali.press("Take my arrival back")
        await pass_time(world, FIVE_PAST_TWO - timedelta(hours=2))
        [reminder] = await pushed(world, zoe)
        assert reminder.splitlines() == [
            "Your arrival: Thursday 10 June, 14:05, Gare du Nord",
            "Is that still right? If not, change it here: the team sees it.",
        ]
        assert await pushed(world, ali) == []
        await press_push(world, zoe, "Change my arrival")
        await zoe.fill("10 June 17:00", "Gare du Nord")
        await pass_time(world, FIVE_PAST_TWO + timedelta(hours=1))
        assert (await pushed(world, zoe))[-1].startswith("Your arrival: Thursday 10 June, 17:00")


async def test_on_discord_only_who_agreed_to_be_written_to_is_reminded(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await announced(world, "Zoé", "1", "10 June 14:05", "Gare du Nord", platform="discord")
        ali = await announced(world, "Ali", "2", "10 June 14:05", "Orly", platform="discord")
        await ali.command("settings")
        await ali.press("Tell me in private")
        await pass_time(world, FIVE_PAST_TWO - timedelta(hours=2))
        [reminder] = await pushed(world, ali)
        assert reminder.startswith("Your arrival: Thursday 10 June, 14:05, Orly")
        assert await pushed(world, zoe) == []


async def test_who_turns_these_reminders_off_gets_none(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await announced(world, "Zoé", "1", "10 June 14:05", "Gare du Nord")
        await zoe.command("reminders")
        assert "✓ Your arrival" in zoe.options
        await zoe.pick(*(name for option in zoe.options if (name := option.removeprefix("✓ ")) != "Your arrival"))
        assert "Your arrival" in zoe.options
        await pass_time(world, FIVE_PAST_TWO - timedelta(hours=2))
        assert await pushed(world, zoe) == []


async def test_an_arrival_is_handed_over_and_goes_with_the_person(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        zoe = await announced(world, "Zoé", "1", "10 June 14:05", "Gare du Nord")
        await zoe.command("mydata")
        await catch_up_with(world, zoe)
        page, document = (file.content.decode() for file in zoe.files)
        assert json.loads(document)["arrival"] == [{"happens_at": "2027-06-10T12:05:00+00:00", "place": "Gare du Nord"}]
        assert "Gare du Nord" in page
        await zoe.command("erase")
        await zoe.press("Erase my texts too")
        await zoe.press("Yes, erase me")
        await ines.command("organise")
        await ines.press("People")
        await ines.press("Arrivals")
        assert ines.text == "0 arrivals to come."
        await pass_time(world, FIVE_PAST_TWO - timedelta(hours=2))
        assert await pushed(world, zoe) == []


async def test_an_organiser_corrects_a_place_on_the_desk_and_takes_it_back(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        zoe = await announced(world, "Zoé", "1", "10 June 14:05", "Gare du Nord")
        await ines.act(Amended("arrivals", (Cell(world.ids["Zoé"] or 0, "place", "Gare du Nord", "Gare de Lyon"),)))
        assert "Undo this change" in ines.buttons
        await zoe.command("arrival")
        assert "Gare de Lyon" in zoe.text
        await ines.press("Undo this change")
        await zoe.command("arrival")
        assert "Gare du Nord" in zoe.text
