"""The programme as participants read it: what is next, by day, what a search finds, and as a calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from bot.content.button_rows import rows
from bot.content.texts import plain, render
from bot.conversation.incoming import Called, Incoming
from handlers.groups.service.membership import publish_round
from handlers.groups.store.rounds import set_meeting
from handlers.programme.participant import show_day
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import found_round, group
from tests.programme.builders import PLENARY, with_programme
from tests.world import World, open_world

OPENING_DAY = datetime(2027, 6, 10, 7, 20, tzinfo=UTC)  # 9:20 in Paris
LATER = datetime(2027, 6, 20, tzinfo=UTC)


async def zoe_in_culture(world: World) -> NeutralChat:
    zoe = await world.join("Zoe", "1")
    await zoe.pick("Culture")
    await zoe.press("Confirm")
    return zoe


async def test_today_is_shown_at_once_with_what_is_on(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, ali, ines = await zoe_in_culture(world), await world.join("Ali", "2"), await world.organiser()
        await world.clock.advance(OPENING_DAY - world.clock.now())
        await zoe.command("programme")
        assert zoe.text.splitlines() == [
            "Thursday 10 June",
            "Now · 09:00–10:00 Opening, Room A",
            "10:30–12:00 Workshop (Culture)",
            "12:30–14:00 Lunch, Cour",
        ]
        assert bold_in(zoe) == ["Thursday 10 June", "Opening", "Workshop", "Lunch"]
        await ali.command("programm")
        assert bold_in(ali) == ["Thursday 10 June", "Opening", "Lunch"], "the workshop is for others"
        assert ali.buttons == ("• Thu 10", "Sat 12", "Search", "Add to my calendar")
        await ines.command("programme")
        assert ines.buttons == ("• Thu 10", "Fri 11", "Sat 12", "Search", "Add to my calendar", "Edit the programme")
        assert bold_in(ines) == ["Thursday 10 June", "Opening", "Workshop", "Lunch"]


def bold_in(chat: NeutralChat) -> list[str]:
    """What stands out in the latest message."""
    assert chat.view
    runs = [run for line in chat.view.lines for run in render(line, chat.reader)]
    return [run.text for run in runs if run.strong]


async def test_of_many_days_those_around_are_in_one_row(sqlite_url: str) -> None:
    hours = [(f"2027-06-{day}T14:00:00", f"2027-06-{day}T17:00:00") for day in range(10, 18)]
    days = [
        {**PLENARY, "key": f"d-{place}", "starts": begins, "ends": ends} for place, (begins, ends) in enumerate(hours)
    ]
    async with open_world(sqlite_url, with_programme(*days)) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.command("programme")
        assert zoe.buttons[:5] == ("• 10", "Fri 11", "Sat 12", "▶", "Search")
        await zoe.press("▶")
        assert zoe.text.splitlines()[0] == "Sunday 13 June"
        assert zoe.buttons[:6] == ("◀", "Sat 12", "• 13", "Mon 14", "▶", "Search")
        assert zoe.view
        assert len(rows(zoe.view.buttons, zoe.reader)[0]) == 5
        await zoe.press("Mon 14")
        await zoe.press("▶")
        assert zoe.buttons[:5] == ("◀", "Tue 15", "• 16", "Thu 17", "Search")
        await zoe.press("◀")
        assert zoe.text.splitlines()[0] == "Monday 14 June"


async def test_sessions_are_found_by_title_room_kind_and_theme(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe = await zoe_in_culture(world)
        for words, found in (
            ("open", "09:00–10:00 Opening, Room A"),
            ("ouverture", "09:00–10:00 Opening, Room A"),
            ("cour", "12:30–14:00 Lunch, Cour"),
            ("meal", "12:30–14:00 Lunch, Cour"),
            ("culture work", "10:30–12:00 Workshop (Culture)"),
        ):
            await zoe.command("programme")
            await zoe.press("Search")
            await zoe.fill(words)
            assert zoe.text.splitlines() == ["Thursday 10 June", found]
        await zoe.press("Search")
        await zoe.fill("briefing")
        assert zoe.text == "Nothing in the programme has these words.", "what is for the team is for the team"
        assert zoe.buttons == ("Search", "Programme")


@on_one_engine
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
        assert zoe.text.splitlines()[0] == "Free until 10:30 (in 10 minutes), then Workshop"
        assert zoe.buttons == ("Programme", "Reminders", "Emergency", "More…")
        assert (await menu_of(zoe))["The gathering"] == ("Programme", "Reminders")
        assert (await menu_of(ines))["The gathering"] == ("Programme",)
        await world.clock.advance(timedelta(days=3))
        await zoe.command("moi")
        assert not {"Programme", "Reminders"} & {*zoe.buttons}, "all is over"
        assert "The gathering" not in await menu_of(zoe)


async def test_of_today_is_said_what_is_over_and_what_is_near_and_before_it_no_break(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe = await zoe_in_culture(world)
        await world.clock.advance(OPENING_DAY - timedelta(minutes=80) - world.clock.now())
        await zoe.command("moi")
        assert zoe.text.splitlines()[0] == "It begins at 09:00 (in 1 hour): Opening · Room A"
        await world.clock.advance(timedelta(minutes=110))
        await zoe.command("programme")
        assert zoe.text.splitlines()[:3] == [
            "Thursday 10 June",
            "Now · 09:00–10:00 Opening, Room A",
            "10:30–12:00 Workshop (Culture) · in 40 minutes",
        ]
        await world.clock.advance(timedelta(minutes=15))
        await zoe.command("programme")
        assert zoe.text.splitlines()[1] == "Over · 09:00–10:00 Opening, Room A"


async def test_who_does_not_come_has_nothing_next(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.command("programme")
        assert zoe.text.startswith("Thursday 10 June")
        await zoe.command("reglages")
        await zoe.press("I am not coming")
        await zoe.press("Yes, I give up my place")
        await zoe.command("programme")
        assert zoe.text.startswith("Nothing more is planned for you.")
        assert bold_in(zoe) == ["Thursday 10 June"]


async def test_before_the_first_day_that_day_is_shown_and_after_the_last_that(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        ali = await world.join("Ali", "2")
        await ali.command("programme")
        assert ali.text.splitlines() == [
            "Thursday 10 June",
            "09:00–10:00 Opening, Room A",
            "10:30–12:00 Workshop (Culture)",
            "12:30–14:00 Lunch, Cour",
        ]
        assert ali.buttons == ("• Thu 10", "Sat 12", "Search", "Add to my calendar")
        await ali.press("Sat 12")
        assert ali.text.splitlines() == ["Saturday 12 June", "14:00–17:00 Plenary"]
        await world.clock.advance(LATER - world.clock.now())
        await ali.command("programme")
        assert ali.text.splitlines() == ["The gathering is over.", "Saturday 12 June", "14:00–17:00 Plenary"]
        assert [*ali.buttons] == ["Thu 10", "• Sat 12", "Search"]


async def test_buttons_to_the_lists_that_there_were_open_the_one_there_is(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe = await zoe_in_culture(world)
        for payload in ("ya-0", "ym-0"):
            await zoe.follow(payload)
            assert zoe.text.startswith("Thursday 10 June\n09:00")


async def test_what_is_for_the_team_is_read_by_the_team(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe, ines = await zoe_in_culture(world), await world.organiser()
        for chat, reads_it in ((zoe, False), (ines, True)):
            await chat.follow(show_day.to(20270611, 0).encode())
            assert ("Team briefing (the team)" in chat.text) is reads_it


@on_one_engine
async def test_ones_own_programme_is_a_calendar_in_ones_language(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe = await zoe_in_culture(world)
        await zoe.command("programme")
        await zoe.press("Add to my calendar")
        assert zoe.file
        assert (zoe.file.name, zoe.file.media_type) == ("programme.ics", "text/calendar")
        events: list[Any] = list(Calendar.from_ical(zoe.file.content).walk("VEVENT"))
        assert [str(event["SUMMARY"]) for event in events] == ["Opening", "Workshop", "Lunch", "Plenary"]
        assert str(events[0]["UID"]) == "opening@rencontres"
        assert events[0]["DTSTART"].dt.isoformat() == "2027-06-10T09:00:00+02:00"


@on_one_engine
async def test_the_first_meeting_of_ones_group_and_its_room_are_ones_own_programme(store_url: str) -> None:
    settings = with_programme(groups={"meeting": "2027-06-10T15:00:00"})
    async with open_world(store_url, settings) as world:
        zoe, ali = await zoe_in_culture(world), await world.join("Ali", "2")
        made = await group(world, ["Zoe"], theme="culture", room="Room 12")
        await zoe.command("programme")
        assert "meeting" not in zoe.text  # nobody knows of groups that are not published
        round_ = await found_round(world)
        await world.store.transact(lambda tx: publish_round(tx, round_, world.clock.now()))
        await zoe.command("programme")
        assert zoe.text.splitlines() == [
            "Thursday 10 June",
            "09:00–10:00 Opening, Room A",
            "10:30–12:00 Workshop, Room 12 (Culture 1)",
            "12:30–14:00 Lunch, Cour",
            "15:00 First meeting of your group, Room 12 (Culture 1)",
        ]
        await zoe.press("Add to my calendar")
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
        await ali.press("• Thu 10")
        assert "10:30–12:00 Workshop (Culture)" in ali.text
        assert "meeting" not in ali.text
        await world.clock.advance(datetime(2027, 6, 10, 13, 10, tzinfo=UTC) - world.clock.now())
        await zoe.command("programme")
        assert "Now · 15:00 First meeting of your group, Room 12 (Culture 1)" in zoe.text
        # A workshop that begins at that very time stands for the meeting: nothing is there twice.
        await world.store.transact(lambda tx: set_meeting(tx, 1, datetime(2027, 6, 10, 8, 30, tzinfo=UTC)))
        await zoe.command("programme")
        assert "meeting" not in zoe.text
        assert made.room == ""


async def test_a_first_meeting_that_is_over_is_neither_on_nor_next(sqlite_url: str) -> None:
    settings = with_programme(groups={"meeting": "2027-06-10T15:00:00"})
    async with open_world(sqlite_url, settings) as world:
        zoe = await zoe_in_culture(world)
        await group(world, ["Zoe"], theme="culture", room="Room 12")
        round_ = await found_round(world)
        await world.store.transact(lambda tx: publish_round(tx, round_, world.clock.now()))
        said = {}
        for day in (10, 11):
            await world.clock.advance(datetime(2027, 6, day, 13, 10, tzinfo=UTC) - world.clock.now())
            menu = await zoe.dispatcher.menu(Incoming(zoe.platform, "", zoe.sender, Called("")))
            said[day] = menu.now and plain(menu.now, zoe.reader)
        assert said == {10: "Culture 1 · Room 12 · until 16:00", 11: "Saturday 12 June, 14:00 · Plenary"}


async def test_without_a_programme_and_after_it_everybody_is_told_so(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoe", "1")
        await zoe.command("programme")
        assert zoe.text == "The programme is not ready yet. You will find it here."
        assert zoe.buttons == ()


async def test_a_day_that_is_none_or_has_no_session_is_told_apart(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe = await zoe_in_culture(world)
        await zoe.follow(show_day.to(20270611, 0).encode())  # the team's day
        assert zoe.text == "Nothing is planned that day."
        await zoe.follow(show_day.to(20279999, 0).encode())
        assert "Culture" in zoe.text  # their place, as for every button that is no more


async def test_a_cry_in_the_search_is_asked_about_and_can_still_be_searched_for(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe = await world.join("Zoé", "300")
        await zoe.command("programme")
        await zoe.press("Search")
        await zoe.fill("Au secours, il me suit")
        assert "112" in zoe.text
        await zoe.press("This is my answer")
        assert zoe.text == "Nothing in the programme has these words."
