"""Rides: offered, asked for, given and refused; left, cancelled, reminded of, handed over, erased; off by default."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.background.scheduling import Ticker
from bot.capability import make_sources
from bot.conversation.incoming import Content, Picked, Pressed, Submitted
from handlers.initiatives import service as initiatives
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.outbox import press_push, pushed, views
from tests.participants import number
from tests.world import CAPABLE, World, make_settings, open_world

LEAVES = datetime(2027, 6, 10, 6, 0, tzinfo=UTC)
"""08:00 in Paris."""
FROM_LYON = "Thursday 10 June, 08:00: from Lyon to the gathering"


@pytest.fixture(params=["telegram", "discord"])
def platform(request: pytest.FixtureRequest) -> str:
    """Where everybody is; on Discord nobody agreed to be written to."""
    return str(request.param)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    """A gathering with rides."""
    organisers = {"telegram": [900], "discord": [900]}
    async with open_world(store_url, make_settings(organisers=organisers, rides={})) as world:
        yield world


async def driving(world: World, name: str, native_id: str, **how: Any) -> NeutralChat:
    """Someone who came in and offers a ride to the gathering."""
    offered = {part: how.pop(part) for part in ("place", "time", "seats") if part in how}
    chat = await world.join(name, native_id, **how)
    await offer(chat, **offered)
    return chat


async def offer(chat: NeutralChat, place: str = "Lyon", time: str = "10 June 08:00", seats: str = "2") -> None:
    """Offer a ride to the gathering."""
    await chat.command("rides")
    await chat.press("Offer a ride")
    await chat.fill("there", place, time, seats)


async def asking(world: World, name: str, native_id: str, **how: Any) -> NeutralChat:
    """Someone who came in and asks for a seat in the first ride there is."""
    chat = await world.join(name, native_id, **how)
    await chat.command("rides")
    await chat.open(1)
    await chat.press("Ask for a seat")
    return chat


async def riding(world: World, driver: NeutralChat, name: str, native_id: str, **how: Any) -> NeutralChat:
    """Someone who came in and has a seat with this driver."""
    chat = await asking(world, name, native_id, **how)
    await press_push(world, driver, f"Accept {name}")
    return chat


async def leave_gathering(chat: NeutralChat) -> None:
    """Say that one does not come after all."""
    await chat.command("settings")
    await chat.press("I am not coming")
    await chat.press("Yes, I give up my place")


async def erase(chat: NeutralChat) -> None:
    """Erase everything about oneself."""
    await chat.command("erase")
    await chat.press("Erase my texts too")
    await chat.press("Yes, erase me")


async def pass_time(world: World, until: datetime) -> None:
    """Let time pass, and the program release what is due then."""
    await world.clock.advance(until - world.clock.now())
    await Ticker(world.store, world.clock, make_sources(CAPABLE, world.settings)).look()


# --- off by default


@on_one_engine
async def test_without_the_section_nobody_sees_anything_of_rides(store_url: str, world: World) -> None:
    lou = await driving(world, "Lou", "1")
    max_ = await world.join("Max", "2")
    await max_.command("rides")
    await max_.open(1)
    ask = max_.payload("Ask for a seat")
    async with open_world(store_url) as off:
        later, driver = off.chat("2", name="Max"), off.chat("1", name="Lou")
        await later.command("rides")
        assert later.text.startswith("I do not know /rides.")
        await later.follow(ask)
        assert later.text.startswith("This is no longer offered. Here is where you are now.")
        assert "Rides" not in [label for labels in (await menu_of(driver)).values() for label in labels]
        await driver.command("me")
        assert ("Lyon" in driver.text, "Max" in driver.text, "days to go" in driver.text) == (False, False, True)
        await driver.command("reminders")
        assert "Your rides" not in " ".join(driver.options)
        await erase(driver)  # what was stored goes with the person all the same
    await max_.command("rides")
    assert (max_.text, "1" in lou.sender.native_id) == ("Nobody else has a free seat for now.", True)


@on_one_engine
async def test_once_the_section_is_taken_out_buttons_say_that_rides_are_over(
    store_url: str, world: World, platform: str
) -> None:
    lou = await driving(world, "Lou", "1", platform=platform)
    max_ = await world.join("Max", "2", platform=platform)
    await max_.command("rides")
    buttons: list[Content] = [Pressed(offering := max_.payload("Offer a ride"))]
    await max_.open(1)
    buttons += [Pressed(max_.payload(label)) for label in ("Ask for a seat", "Rides")]
    form = Submitted(offering, {"place": "Lyon"})
    await max_.press("Ask for a seat")
    buttons += [Pressed((await views(world, lou))[-1].buttons[0].action.encode())]  # type: ignore[union-attr]
    async with open_world(store_url, make_settings()) as off:
        later = off.chat("2", name="Max", platform=platform)
        await later.command("me")
        present = later.text
        for content in (*buttons, Picked("cvo", ("1",)), form):
            await later.act(content)
            assert later.text == f"This is no longer offered. Here is where you are now.\n{present}"
            assert "Rides" not in later.buttons
        await later.follow("cvgone", forged=True)
        assert later.text.startswith("That button has aged."), "of what nobody knows it is not said that it was offered"


async def test_a_message_that_waits_is_sent_without_buttons_of_what_was_taken_out(
    store_url: str, world: World, platform: str
) -> None:
    await driving(world, "Lou", "1", platform=platform)
    await asking(world, "Max", "2", platform=platform)
    async with open_world(store_url, make_settings()) as off:
        lou, max_ = off.chat("1", name="Lou", platform=platform), off.chat("2", name="Max", platform=platform)
        await catch_up_with(off, lou)
        assert (lou.text, lou.buttons) == (f"Max asks for a seat in your car:\n{FROM_LYON}", ())
        await leave_gathering(lou)
        await catch_up_with(off, max_)
        assert max_.text == "The ride on Thursday 10 June, 08:00 is cancelled. Look for another one."
        assert max_.buttons == ()


# --- people who keep apart


async def test_who_blocked_somebody_is_neither_offered_their_rides_nor_offers_them_theirs(world: World) -> None:
    lou, max_ = await driving(world, "Lou", "1"), await driving(world, "Max", "2", place="Paris")
    await max_.command("rides")
    before = max_.options
    await max_.open(2)
    ask = max_.payload("Ask for a seat")
    people = await number(world, "Max"), await number(world, "Lou")
    await world.change(initiatives.block, *people, world.clock.now())
    for chat in (lou, max_):
        await chat.command("rides")
        assert len(chat.options) == 1, "their own"
    assert len(before) == 2
    await max_.follow(ask)
    assert max_.text == "This ride has already left, or was cancelled."
    organiser = world.chat("900", name="Olga")
    await organiser.command("rides")
    assert len(organiser.options) == 2


async def test_who_has_a_seat_keeps_it_and_can_give_it_up_after_a_block(world: World) -> None:
    lou = await driving(world, "Lou", "1")
    max_ = await riding(world, lou, "Max", "2")
    people = await number(world, "Max"), await number(world, "Lou")
    await world.change(initiatives.block, *people, world.clock.now())
    await max_.command("rides")
    await max_.open(1)
    await max_.press("Give up my seat")
    await max_.press("Yes, give it up")
    assert max_.text == "Done: you are no longer part of this ride."


# --- offering and finding


@on_one_engine
async def test_a_ride_is_offered_and_others_see_it(world: World, platform: str) -> None:
    lou = await world.join("Lou", "1", platform=platform)
    assert "Rides" in (await menu_of(lou))["The gathering"]
    await lou.command("covoiturage")
    assert (lou.text, lou.buttons) == ("Nobody else has a free seat for now.", ("Offer a ride", "Home"))
    await lou.press("Offer a ride")
    await lou.fill("there", "Lyon", "10 June 08:00", "2")
    assert lou.text.splitlines() == [
        "Your ride is on offer. You will be told here if someone asks for a seat.",
        FROM_LYON,
        "You drive: 2 free seats",
    ]
    assert lou.buttons == ("Cancel the ride", "Rides")
    max_ = await world.join("Max", "2", platform=platform)
    await max_.command("rides")
    assert max_.text == f"Rides on offer:\n{FROM_LYON}\nLou drives: 2 free seats"
    await max_.open(1)
    assert (max_.text, max_.buttons) == (f"{FROM_LYON}\nLou drives: 2 free seats", ("Ask for a seat", "Rides"))


@on_one_engine
async def test_a_ride_back_says_where_it_goes(world: World) -> None:
    lou = await world.join("Lou", "1", modal=True)
    await lou.command("rides")
    await lou.press("Offer a ride")
    await lou.fill("back", "Lyon", "13 June 17:00", "1")
    assert "Sunday 13 June, 17:00: from the gathering to Lyon" in lou.text


@on_one_engine
@pytest.mark.parametrize(
    ("time", "seats", "problem"),
    [
        ("in the morning", "", "At what time?"),
        ("2 June 23:59", "2", "Choose a departure between Thursday 3 June 2027 and Saturday 19 June 2027."),
        ("20 June 00:00", "2", "Choose a departure between Thursday 3 June 2027 and Saturday 19 June 2027."),
        ("10 June 08:00", "9", "A number between 1 and 8, please."),
    ],
)
async def test_what_cannot_be_is_asked_for_again(world: World, time: str, seats: str, problem: str) -> None:
    lou = await world.join("Lou", "1")
    await lou.command("rides")
    await lou.press("Offer a ride")
    await lou.fill("there", "Lyon", time, *((seats,) if seats else ()))
    assert problem in lou.text


@on_one_engine
@pytest.mark.parametrize("time", ["3 June 00:00", "19 June 23:59"])
async def test_rides_leave_up_to_a_week_before_and_after(world: World, time: str) -> None:
    lou = await driving(world, "Lou", "1", time=time)
    assert lou.text.startswith("Your ride is on offer.")


async def test_rides_are_found_by_saying_so(world: World) -> None:
    for locale, said, shown in [
        ("fr", "covoit", "Proposer un trajet"),
        ("en", "carpool", "Offer a ride"),
        ("de", "Fahrgemeinschaft", "Fahrt anbieten"),
    ]:
        lou = world.chat(f"{locale}1", locale=locale)
        await lou.follow(f"j-{await world.invite(f'Lou{locale}', locale=locale)}")
        await lou.send(said)
        assert lou.buttons[0] == shown


@on_one_engine
async def test_the_list_has_pages_and_begins_with_ones_own(world: World) -> None:
    for each in range(11):
        await driving(world, f"P{each}", str(each + 1), place=f"Town{each}", time=f"10 June {each + 5}:00")
    lou = await driving(world, "Lou", "50", time="10 June 20:00")
    await lou.command("rides")
    assert lou.text.splitlines()[1:3] == [FROM_LYON.replace("08:00", "20:00"), "You drive: 2 free seats"]
    assert ("Town8" in lou.text, "Town9" in lou.text) == (True, False)
    assert len(lou.buttons) < 5
    await lou.press("Next ▶")
    assert ("Town8" in lou.text, "Town9" in lou.text) == (False, True)


# --- seats


@on_one_engine
async def test_a_driver_accepts_and_the_passenger_is_told(world: World, platform: str) -> None:
    lou = await driving(world, "Lou", "1", platform=platform)
    max_ = await asking(world, "Max", "2", platform=platform)
    assert max_.text.endswith("You asked Lou for a seat: you will get the answer here.")
    assert max_.buttons == ("Take my request back", "Rides")
    assert await pushed(world, lou) == [f"Max asks for a seat in your car:\n{FROM_LYON}"]
    await press_push(world, lou, "Accept Max")
    assert lou.text.splitlines() == [
        "Max has a seat, and will be told.",
        FROM_LYON,
        "You drive: 1 free seat",
        "In the car: Lou and Max",
    ]
    [asked] = await views(world, lou)
    assert asked.buttons == ()
    assert await pushed(world, max_) == [f"Lou has a seat for you:\n{FROM_LYON}"]
    await press_push(world, max_, "Rides")
    await max_.open(1)
    assert max_.text.splitlines() == [FROM_LYON, "You ride with Lou.", "In the car: Lou and Max"]


@on_one_engine
async def test_a_driver_refuses_and_the_passenger_is_told(world: World, platform: str) -> None:
    lou = await driving(world, "Lou", "1", platform=platform)
    max_ = await asking(world, "Max", "2", platform=platform)
    await press_push(world, lou, "Refuse Max")
    assert lou.text.startswith("Max gets no seat, and will be told.")
    assert await pushed(world, max_) == [f"Look for another ride. Lou has no seat for you in this one:\n{FROM_LYON}"]
    assert ("In the car" in lou.text, "2 free seats" in lou.text) == (False, True)


@on_one_engine
async def test_a_driver_sees_who_asks_one_after_the_other(world: World) -> None:
    lou = await driving(world, "Lou", "1")
    await asking(world, "Max", "2")
    await asking(world, "Ada", "3")
    await lou.command("rides")
    await lou.open(1)
    assert "You drive: 2 people are asking for a seat." in lou.text
    assert lou.buttons == ("Accept Max", "Refuse Max", "Cancel the ride", "Rides")
    await lou.press("Refuse Max")
    assert lou.buttons == ("Accept Ada", "Refuse Ada", "Cancel the ride", "Rides")


@on_one_engine
async def test_a_request_is_answered_once(world: World) -> None:
    lou = await driving(world, "Lou", "1")
    max_ = await asking(world, "Max", "2")
    await lou.command("rides")
    await lou.open(1)
    accept, refuse = lou.payload("Accept Max"), lou.payload("Refuse Max")
    await lou.follow(accept)
    for again in (accept, refuse):
        await lou.follow(again)
        assert lou.text == "This has already been answered, or the request was withdrawn."
    assert len(await pushed(world, max_)) == 1


@on_one_engine
async def test_two_ask_for_the_last_seat_and_one_gets_it(world: World, platform: str) -> None:
    lou = await driving(world, "Lou", "1", seats="1", platform=platform)
    late = await world.join("Ada", "4", platform=platform)
    await late.command("rides")
    await late.open(1)
    ask = late.payload("Ask for a seat")
    ali = await asking(world, "Ali", "3", platform=platform)
    max_ = await asking(world, "Max", "2", platform=platform)
    await press_push(world, lou, "Accept Max")
    assert lou.text.splitlines()[2:] == ["You drive: no free seat", "In the car: Lou and Max"]
    assert lou.buttons == ("Cancel the ride", "Rides")
    assert await pushed(world, ali) == [f"Look for another ride. Lou has no seat left in this one:\n{FROM_LYON}"]
    assert await pushed(world, max_) == [f"Lou has a seat for you:\n{FROM_LYON}"]
    await late.follow(ask)
    assert late.text == "There is no free seat left in this car."
    await late.command("rides")
    assert late.text == "Nobody else has a free seat for now."


@on_one_engine
async def test_a_second_press_asks_once(world: World) -> None:
    lou = await driving(world, "Lou", "1")
    max_ = await world.join("Max", "2")
    await max_.command("rides")
    await max_.open(1)
    ask = max_.payload("Ask for a seat")
    for _time in range(2):
        await max_.follow(ask)
        assert "You asked Lou for a seat" in max_.text
    assert len(await pushed(world, lou)) == 1
    await lou.follow(ask)  # of one's own car nobody asks for a seat
    assert "You drive: 1 person is asking for a seat." in lou.text


@on_one_engine
async def test_a_request_is_taken_back_and_a_seat_given_back(world: World, platform: str) -> None:
    lou = await driving(world, "Lou", "1", platform=platform)
    max_ = await riding(world, lou, "Max", "2", platform=platform)
    ada = await asking(world, "Ada", "3", platform=platform)
    told = len(await pushed(world, lou))
    await ada.press("Take my request back")
    assert ada.text == "Done: you are no longer part of this ride."
    assert (await pushed(world, lou))[-1].endswith("Nobody asks for this seat any more.")
    assert len(await pushed(world, lou)) == told
    await max_.command("rides")
    await max_.open(1)
    await max_.press("Give up my seat")
    assert max_.text == f"{FROM_LYON}\nGive up your seat? Lou will be told, and others can have it."
    await max_.press("Yes, give it up")
    assert (await pushed(world, lou))[-1] == f"Max no longer rides with you:\n{FROM_LYON}"
    await lou.command("rides")
    assert "You drive: 2 free seats" in lou.text


# --- cancelling, and what others may not do


@on_one_engine
async def test_cancelling_tells_who_had_a_seat_and_who_asked(world: World, platform: str) -> None:
    lou = await driving(world, "Lou", "1", platform=platform)
    max_ = await riding(world, lou, "Max", "2", platform=platform)
    ada = await asking(world, "Ada", "3", platform=platform)
    ali = await world.join("Ali", "4", platform=platform)
    await ali.command("rides")
    await ali.open(1)
    ask = ali.payload("Ask for a seat")
    await lou.command("rides")
    await lou.open(1)
    await lou.press("Cancel the ride")
    await lou.press("Yes, cancel it")
    assert lou.text == "The ride is cancelled. Everyone concerned will be told."
    gone = "The ride on Thursday 10 June, 08:00 is cancelled. Look for another one."
    assert [(await pushed(world, chat))[-1:] for chat in (max_, ada, ali)] == [[gone], [gone], []]
    assert (await pushed(world, lou))[-1].endswith("This ride is cancelled.")
    await ali.follow(ask)
    assert ali.text == "This ride has already left, or was cancelled."


@on_one_engine
async def test_only_the_driver_answers_and_cancels(world: World) -> None:
    lou = await driving(world, "Lou", "1")
    max_ = await asking(world, "Max", "2")
    await lou.command("rides")
    await lou.open(1)
    accept, ask_first = lou.payload("Accept Max"), lou.payload("Cancel the ride")
    await lou.press("Cancel the ride")
    for payload in (accept, ask_first, lou.payload("Yes, cancel it")):
        await max_.follow(payload)
        assert max_.text.startswith("That button has aged.")
    await lou.command("rides")
    assert "You drive: 1 person is asking for a seat." in lou.text


@on_one_engine
async def test_the_team_cancels_a_ride_and_its_driver_is_told(world: World, platform: str) -> None:
    ines = await world.organiser(platform=platform)
    lou = await driving(world, "Lou", "1", platform=platform, seats="1")
    max_ = await riding(world, lou, "Max", "2", platform=platform)
    await ines.command("rides")
    await ines.open(1)
    assert ines.buttons == ("Cancel the ride", "Rides")
    await ines.press("Cancel the ride")
    await ines.press("Yes, cancel it")
    told = "The team cancelled your ride on Thursday 10 June, 08:00, and told the others."
    assert (await pushed(world, lou))[-1] == told
    assert (await pushed(world, max_))[-1].startswith("The ride on Thursday 10 June, 08:00 is cancelled.")


@on_one_engine
async def test_the_team_rides_along(world: World) -> None:
    ines = await world.organiser()
    lou = await driving(world, "Lou", "1")
    await ines.command("rides")
    await ines.open(1)
    await ines.press("Ask for a seat")
    assert "You asked Lou for a seat" in ines.text
    assert "asks for a seat in your car" in (await pushed(world, lou))[-1]


@on_one_engine
async def test_a_ride_that_has_left_is_over(world: World) -> None:
    lou = await driving(world, "Lou", "1")
    max_ = await world.join("Max", "2")
    await max_.command("rides")
    await max_.open(1)
    ask = max_.payload("Ask for a seat")
    await lou.command("me")
    assert "You drive: 2 free seats" in lou.text
    await pass_time(world, LEAVES)
    await max_.follow(ask)
    assert max_.text == "This ride has already left, or was cancelled."
    await lou.command("me")
    assert "Lyon" not in lou.text


# --- limits


@on_one_engine
async def test_one_person_offers_so_many_rides(world: World) -> None:
    lou = await world.join("Lou", "1")
    await lou.command("rides")
    another = lou.payload("Offer a ride")
    for hour in (8, 9, 10, 11):
        await offer(lou, time=f"10 June {hour}:00")
    await lou.command("rides")
    assert lou.buttons == ("Home",)
    await lou.follow(another)
    assert lou.text == "You already offer 4 rides: cancel one first."


@on_one_engine
async def test_one_person_asks_in_so_many_rides(world: World) -> None:
    for each in range(6):
        await driving(world, f"P{each}", str(each + 1), time=f"10 June {each + 8}:00")
    lou = await world.join("Lou", "50")
    await lou.command("rides")
    await lou.open(6)
    ask = lou.payload("Ask for a seat")
    for place in range(1, 6):
        await lou.command("rides")
        await lou.open(place)
        await lou.press("Ask for a seat")
    await lou.command("rides")
    await lou.open(6)
    assert lou.buttons == ("Rides",)
    await lou.follow(ask)
    assert lou.text == "You already have 5 seats or requests: give one up first."


async def test_nobody_asks_a_driver_on_and_on(world: World) -> None:
    lou = await driving(world, "Lou", "1")
    max_ = await asking(world, "Max", "2")
    asked = 1
    while "You asked Lou" in max_.text:
        await world.clock.advance(timedelta(seconds=1))
        await max_.press("Take my request back")
        await max_.press("Rides")
        await max_.open(1)
        await max_.press("Ask for a seat")
        asked += 1
    assert max_.text.startswith("Slow down: in an hour, others have had 20 messages")
    assert (asked, len(await pushed(world, lou))) == (21, 20)


# --- one's own screen, and reminders


@on_one_engine
async def test_ones_own_screen_shows_rides_and_who_asks(world: World) -> None:
    lou = await driving(world, "Lou", "1")
    max_ = await asking(world, "Max", "2")
    await lou.command("me")
    assert f"{FROM_LYON}\nYou drive: 1 person is asking for a seat." in lou.text
    await max_.command("me")
    assert f"{FROM_LYON}\nYou asked Lou for a seat" in max_.text
    await max_.press("Rides")
    assert max_.text.startswith("Nobody else has a free seat for now.")


@on_one_engine
async def test_everyone_in_the_car_is_reminded_the_day_before(world: World) -> None:
    lou = await driving(world, "Lou", "1")
    max_ = await riding(world, lou, "Max", "2", platform="discord")
    ada = await asking(world, "Ada", "3")
    await pass_time(world, LEAVES - timedelta(days=1))
    reminder = f"{FROM_LYON}\nIn the car: Lou and Max"
    assert [(await pushed(world, chat))[-1:] for chat in (lou, max_, ada)] == [[reminder], [reminder], []]


@on_one_engine
async def test_nobody_is_reminded_of_an_empty_car_or_a_cancelled_ride(world: World) -> None:
    lou = await driving(world, "Lou", "1")
    ada = await driving(world, "Ada", "2", time="10 June 08:00")
    max_ = await asking(world, "Max", "3")
    await press_push(world, lou, "Accept Max")
    await lou.press("Cancel the ride")
    await lou.press("Yes, cancel it")
    before = [await pushed(world, chat) for chat in (lou, ada, max_)]
    await pass_time(world, LEAVES - timedelta(days=1))
    assert [await pushed(world, chat) for chat in (lou, ada, max_)] == before
    assert before[1] == []


# --- leaving and erasing


@on_one_engine
async def test_who_left_is_offered_no_seat_and_offers_none(world: World) -> None:
    await driving(world, "Lou", "1")
    max_ = await world.join("Max", "2")
    await max_.command("rides")
    add = max_.payload("Offer a ride")
    await max_.open(1)
    ask = max_.payload("Ask for a seat")
    await leave_gathering(max_)
    for payload in (ask, add):
        await max_.follow(payload)
        assert max_.text == "Rides are for people who are coming, up to a week after the gathering."
    await max_.command("rides")
    assert max_.buttons == ("Home",)


@on_one_engine
async def test_a_driver_who_leaves_cancels_and_a_passenger_frees_the_seat(world: World, platform: str) -> None:
    lou = await driving(world, "Lou", "1", platform=platform)
    max_ = await riding(world, lou, "Max", "2", platform=platform)
    ada = await riding(world, lou, "Ada", "3", platform=platform)
    await leave_gathering(max_)
    assert (await pushed(world, lou))[-1] == f"Max no longer rides with you:\n{FROM_LYON}"
    await leave_gathering(lou)
    assert (await pushed(world, ada))[-1].endswith("is cancelled. Look for another one.")


@on_one_engine
async def test_an_erased_driver_is_named_nowhere_and_passengers_are_told(world: World, platform: str) -> None:
    lou = await driving(world, "Lou", "1", platform=platform)
    max_ = await riding(world, lou, "Max", "2", platform=platform)
    await erase(lou)
    told = await pushed(world, max_)
    assert told[-1] == "The ride on Thursday 10 June, 08:00 is cancelled. Look for another one."
    assert told[0] == ("Someone has a seat for you:\nThursday 10 June, 08:00: from (text erased) to the gathering")
    await max_.command("rides")
    assert max_.text == "Nobody else has a free seat for now."


async def test_an_erased_passenger_frees_the_seat_unnamed(world: World, platform: str) -> None:
    lou = await driving(world, "Lou", "1", platform=platform)
    max_ = await riding(world, lou, "Max", "2", platform=platform)
    await erase(max_)
    told = await pushed(world, lou)
    assert told == [f"Someone no longer rides with you:\n{FROM_LYON}"]
    await lou.command("rides")
    assert "You drive: 2 free seats" in lou.text


async def test_rides_and_seats_are_handed_over(world: World) -> None:
    lou = await driving(world, "Lou", "1")
    max_ = await riding(world, lou, "Max", "2")
    documents = []
    for chat in (lou, max_):
        await catch_up_with(world, chat)
        await chat.command("mydata")
        await catch_up_with(world, chat)
        page, document = (file.content.decode() for file in chat.files)
        documents.append((page, json.loads(document)))
    (page, of_lou), (_page, of_max) = documents
    [ride] = of_lou["rides"]
    assert (ride["leaves_at"], ride["place"], ride["seats"]) == ("2027-06-10T06:00:00+00:00", "Lyon", 2)
    assert "Lyon" in page
    assert of_max["seats_in_cars"][0]["accepted"] == 1


@pytest.mark.parametrize(
    ("locale", "hour"), [("fr", "10 juin 17 h 30"), ("en", "10 June 18:00"), ("de", "10. Juni 18:15 Uhr")]
)
async def test_hours_and_numbers_in_a_form_are_no_call_for_help(sqlite_url: str, locale: str, hour: str) -> None:
    async with open_world(sqlite_url, make_settings(rides={})) as world:
        zoe = world.chat("1", locale=locale)
        await zoe.follow("j-" + await world.invite("Zoé", locale=locale))
        await zoe.act(Submitted("cvn", {"way": "there", "place": "Bruxelles", "leaves_at": hour, "seats": "99"}))
        assert "112" not in zoe.text
        await zoe.act(Submitted("cvn", {"way": "there", "place": "Bruxelles", "leaves_at": hour, "seats": "2"}))
        assert "Bruxelles" in zoe.text
        assert "112" not in zoe.text
