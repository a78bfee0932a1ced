"""The programme as participants read it: now, next, by day, their own, and as a calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from handlers.groups.service.membership import publish_round
from handlers.groups.store.rounds import set_meeting
from handlers.programme.participant import show_day
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import found_round, group
from tests.programme.builders import with_programme
from tests.world import World, open_world

OPENING_DAY = datetime(2027, 6, 10, 7, 20, tzinfo=UTC)  # 9:20 in Paris
LATER = datetime(2027, 6, 20, tzinfo=UTC)


async def zoe_in_culture(world: World) -> NeutralChat:
    zoe = await world.join("Zoe", "1")
    await zoe.pick("Culture")
    await zoe.press("Confirm")
    return zoe


async def test_now_and_next_are_ones_own(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, ali = await zoe_in_culture(world), await world.join("Ali", "2")
        await world.clock.advance(OPENING_DAY - world.clock.now())
        await zoe.command("programme")
        assert zoe.text == "Now: Opening · Room A, until 10:00\nThen, 10:30: Workshop"
        await ali.command("programm")
        assert ali.text == "Now: Opening · Room A, until 10:00\nThen, 12:30: Lunch · Cour"
        assert ali.buttons == (
            "Today",
            "Sat 12",
            "All days",
            "My programme",
            "As a calendar file",
        )


async def test_ones_own_screen_says_what_is_next_where_and_in_how_long(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, ali, ines = await zoe_in_culture(world), await world.join("Ali", "2"), await world.organiser()
        await zoe.command("moi")
        assert "Thursday 10 June, 09:00: Opening · Room A" in zoe.text.splitlines()
        await world.clock.advance(OPENING_DAY + timedelta(minutes=10) - world.clock.now())
        for chat, following in (
            (zoe, "Then, 10:30: Workshop"),
            (ali, "Then, 12:30: Lunch · Cour"),
            (ines, "Then, 10:30: Workshop"),
        ):
            await chat.command("moi")
            assert ["Now: Opening · Room A, until 10:00", following] == [
                line for line in chat.text.splitlines() if ": " in line and not line.startswith("Theme")
            ][:2]
        await world.clock.advance(timedelta(minutes=50))
        await zoe.command("moi")
        assert zoe.text.splitlines()[0] == "Break until 10:30 (in 10 minutes), then Workshop"
        assert zoe.buttons == ("Programme", "Reminders", "I need help", "More…")
        assert (await menu_of(zoe))["The gathering"] == ("Programme", "Reminders", "Ask the team")
        assert (await menu_of(ines))["The gathering"] == ("Programme",)
        await world.clock.advance(timedelta(days=3))
        await zoe.command("moi")
        assert not {"Programme", "Reminders"} & {*zoe.buttons}, "all is over"
        assert (await menu_of(zoe))["The gathering"] == ("Ask the team",)


async def test_who_does_not_come_has_nothing_next(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.command("programme")
        assert zoe.text == "Thursday 10 June, 09:00: Opening · Room A"
        await zoe.command("reglages")
        await zoe.press("I am not coming")
        await zoe.press("Yes, I give up my place")
        await zoe.command("programme")
        assert zoe.text == "Nothing more is planned for you."


async def test_before_the_first_day_the_next_session_has_its_date(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe = await zoe_in_culture(world)
        await zoe.command("programme")
        assert zoe.text == "Thursday 10 June, 09:00: Opening · Room A"
        assert zoe.buttons[0] == "Thu 10"


async def test_a_day_shows_hours_places_and_for_whom(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        ali = await world.join("Ali", "2")
        await ali.command("programme")
        await ali.press("Thu 10")
        assert ali.text.splitlines() == [
            "Thursday 10 June 2027",
            "09:00–10:00 Opening, Room A",
            "10:30–12:00 Workshop (Culture)",
            "12:30–14:00 Lunch, Cour",
        ]
        await ali.press("Programme")
        await ali.press("All days")
        assert "Saturday 12 June 2027\n14:00–17:00 Plenary" in ali.text
        await ali.press("Programme")
        await ali.press("My programme")
        assert "Workshop" not in ali.text
        assert "Lunch" in ali.text


async def test_what_is_for_the_team_is_read_by_the_team(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe, ines = await zoe_in_culture(world), await world.organiser()
        for chat, reads_it in ((zoe, False), (ines, True)):
            await chat.command("programme")
            await chat.press("All days")
            assert ("Team briefing (the team)" in chat.text) is reads_it
        await ines.command("programme")
        await ines.press("My programme")
        assert "Opening" in ines.text


async def test_ones_own_programme_is_a_calendar_in_ones_language(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe = await zoe_in_culture(world)
        await zoe.command("programme")
        await zoe.press("As a calendar file")
        assert zoe.file
        assert (zoe.file.name, zoe.file.media_type) == ("programme.ics", "text/calendar")
        events: list[Any] = list(Calendar.from_ical(zoe.file.content).walk("VEVENT"))
        assert [str(event["SUMMARY"]) for event in events] == ["Opening", "Workshop", "Lunch", "Plenary"]
        assert str(events[0]["UID"]) == "opening@rencontres"
        assert events[0]["DTSTART"].dt.isoformat() == "2027-06-10T09:00:00+02:00"


async def test_the_first_meeting_of_ones_group_and_its_room_are_ones_own_programme(store_url: str) -> None:
    settings = with_programme(groups={"meeting": "2027-06-10T15:00:00"})
    async with open_world(store_url, settings) as world:
        zoe, ali = await zoe_in_culture(world), await world.join("Ali", "2")
        made = await group(world, ["Zoe"], theme="culture", room="Room 12")
        await zoe.command("programme")
        await zoe.press("My programme")
        assert "meeting" not in zoe.text  # nobody knows of groups that are not published
        round_ = await found_round(world)
        await world.store.transact(lambda tx: publish_round(tx, round_, world.clock.now()))
        for button in ("My programme", "Thu 10"):
            await zoe.command("programme")
            await zoe.press(button)
            assert zoe.text.splitlines()[:5] == [
                "Thursday 10 June 2027",
                "09:00–10:00 Opening, Room A",
                "10:30–12:00 Workshop, Room 12 (Culture)",
                "12:30–14:00 Lunch, Cour",
                "15:00 First meeting of your group, Room 12 (Culture · group 1)",
            ]
        await zoe.command("programme")
        await zoe.press("As a calendar file")
        assert zoe.file
        events: list[Any] = list(Calendar.from_ical(zoe.file.content).walk("VEVENT"))
        assert [(str(event["SUMMARY"]), str(event.get("LOCATION", ""))) for event in events] == [
            ("Opening", "Room A"),
            ("Workshop", "Room 12"),
            ("Lunch", "Cour"),
            ("First meeting of your group", "Room 12"),
            ("Plenary", ""),
        ]
        assert events[3]["DTSTART"].dt.isoformat() == "2027-06-10T15:00:00+02:00"
        await ali.command("programme")
        await ali.press("Thu 10")
        assert "10:30–12:00 Workshop (Culture)" in ali.text
        assert "meeting" not in ali.text
        await world.clock.advance(datetime(2027, 6, 10, 13, 10, tzinfo=UTC) - world.clock.now())
        await zoe.command("programme")
        assert zoe.text.splitlines()[0] == "Now: Culture 1 · Room 12, since 15:00"
        # A workshop that begins at that very time stands for the meeting: nothing is there twice.
        await world.store.transact(lambda tx: set_meeting(tx, 1, datetime(2027, 6, 10, 8, 30, tzinfo=UTC)))
        await zoe.press("My programme")
        assert "meeting" not in zoe.text
        assert made.room == ""


async def test_without_a_programme_and_after_it_everybody_is_told_so(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoe", "1")
        await zoe.command("programme")
        assert zoe.text == "The programme is not here yet. You can read it here as soon as it is."
        assert zoe.buttons == ()


async def test_after_the_last_session_nothing_is_next(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe = await zoe_in_culture(world)
        await zoe.command("programme")
        assert "As a calendar file" in zoe.buttons
        await world.clock.advance(LATER - world.clock.now())
        await zoe.command("programme")
        assert zoe.text == "The gathering is over."
        assert "As a calendar file" not in zoe.buttons


async def test_a_day_that_is_none_or_has_no_session_is_told_apart(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe = await zoe_in_culture(world)
        await zoe.follow(show_day.to(20270611, 0).encode())  # the team's day
        assert zoe.text == "Nothing is planned that day."
        await zoe.follow(show_day.to(20279999, 0).encode())
        assert "Culture" in zoe.text  # their place, as for every button that is no more
