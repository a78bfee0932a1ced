"""Editing the programme in chat: what people are told, the way back, and two organisers at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.background.scheduling import Ticker
from handlers.programme import service
from handlers.programme.actions import AddSession
from handlers.programme.schedule import NewsSource
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.outbox import pushed
from tests.programme.builders import with_programme
from tests.world import World, open_world

EVENING = datetime(2027, 6, 10, 20, 0, tzinfo=UTC)


async def at_session(world: World, title: str, by: NeutralChat | None = None) -> NeutralChat:
    """An organiser's chat, at a session of the first day."""
    chat = by or await world.organiser()
    await chat.command("organiser")
    await chat.press("Programme")
    await chat.pick(title)
    return chat


async def people(world: World) -> tuple[NeutralChat, NeutralChat]:
    """Zoe, in Culture, and Ali, who has no theme."""
    zoe, ali = await world.join("Zoe", "1"), await world.join("Ali", "2")
    await zoe.pick("Culture")
    await zoe.press("Confirm")
    return zoe, ali


@on_one_engine
async def test_a_moved_session_is_told_once_as_a_difference(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, ali = await people(world)
        ines = await at_session(world, "09:00 Opening")
        assert ines.text.splitlines() == [
            "Opening",
            "Thursday 10 June, 09:00 to 10:00",
            "Room A",
            "Plenary, for: everyone",
        ]
        await ines.press("Move")
        await ines.fill("9h30", "")
        assert ines.text == ("Opening: Thursday 10 June, 09:00 → 09:30, Room A\n2 people will be told.")
        assert await pushed(world, zoe) == []
        await ines.press("Move")
        assert ines.text.endswith("2 people are told.")
        told = ["A change in the programme.\nOpening: Thursday 10 June, 09:00 → 09:30, Room A"]
        assert await pushed(world, zoe) == told
        assert await pushed(world, ali) == told
        undo = ines.payload("Undo")
        await ines.follow(undo)
        assert (await pushed(world, zoe))[1].endswith("09:30 → 09:00, Room A")
        await ines.follow(undo)
        assert ines.text == "Already undone."
        assert len(await pushed(world, zoe)) == 2


async def test_very_many_people_are_told_a_part_at_a_time_also_after_another_start(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    async with open_world(store_url, with_programme()) as world:
        chats = [await world.join(f"Person {number}", str(number)) for number in range(4)]
        ines = await at_session(world, "09:00 Opening")
        await ines.press("Move")
        await ines.fill("9h30", "")
        assert ines.text.endswith("4 people will be told.")
        await ines.press("Move")
        assert "with so many people this takes a few minutes" in ines.text
        undo = ines.payload("Undo")
        late = await world.join("Late", "99")  # knows the new programme
        assert [len(await pushed(world, chat)) for chat in chats] == [1, 1, 0, 0]
        source = NewsSource(world.settings)
        await world.store.transact(lambda tx: source.release(tx, world.clock.now()))
        assert [len(await pushed(world, chat)) for chat in chats] == [1, 1, 1, 1]
        await ines.follow(undo)  # before everybody was told: each reads both, in order
        assert await Ticker(world.store, world.clock, (NewsSource(world.settings),)).look() is None
        there = "A change in the programme.\nOpening: Thursday 10 June, 09:00 → 09:30, Room A"
        back = "A change in the programme.\nOpening: Thursday 10 June, 09:30 → 09:00, Room A"
        assert [await pushed(world, chat) for chat in chats] == [[there, back]] * 4
        assert await pushed(world, late) == [back]
        assert await pushed(world, ines) == []


async def test_who_stopped_is_counted_neither_before_nor_after(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, _ali = await people(world)
        await zoe.command("stop")
        ines = await at_session(world, "09:00 Opening")
        await ines.press("Move")
        await ines.fill("9h30", "")
        assert ines.text.endswith("\n1 person will be told.")
        await ines.press("Move")
        assert ines.text.endswith("\n1 person is told.")


@on_one_engine
async def test_only_those_a_session_is_for_are_told(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, ali = await people(world)
        ines = await at_session(world, "10:30 Workshop")
        await ines.press("Room")
        await ines.fill("Salle B")
        assert ines.text == "Workshop: Thursday 10 June, 10:30, no place yet → Salle B\n1 person is told."
        assert len(await pushed(world, zoe)) == 1
        assert await pushed(world, ali) == []


@on_one_engine
async def test_forms_begin_with_what_the_programme_says_and_a_place_can_be_taken_off(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, _ali = await people(world)
        ines = await at_session(world, "09:00 Opening", await world.organiser(modal=True))
        await ines.press("Move")
        assert ines.prefill == {"starts": "09:00", "ends": ""}
        await at_session(world, "09:00 Opening", ines)
        await ines.press("Room")
        assert ines.prefill == {"place": "Room A"}
        await ines.fill("")
        assert ines.text == "Opening: Thursday 10 June, 09:00, Room A → no place yet\n2 people are told."
        assert len(await pushed(world, zoe)) == 1
        await at_session(world, "09:00 Opening", ines)
        await ines.press("Room")
        assert ines.prefill == {"place": ""}
        await at_session(world, "09:00 Opening", ines)
        await ines.press("Title")
        assert ines.prefill == {"fr": "Ouverture", "en": "Opening", "de": "Eröffnung"}
        await ines.command("organiser")
        await ines.press("Programme")
        await ines.press("Add a session")
        assert ines.prefill == {"starts": "2027-06-10 ", "kind": "other"}


@on_one_engine
async def test_a_cancelled_session_says_so_and_comes_back_only_by_hand(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, _ali = await people(world)
        ines = await at_session(world, "12:30 Lunch")
        await ines.press("Cancel the session")
        assert ines.text == "Lunch, Thursday 10 June, 12:30: cancelled\n2 people will be told."
        await ines.press("Cancel the session")
        await zoe.command("programme")
        await zoe.press("• Thu 10")
        assert "12:30–14:00 Lunch: cancelled" in zoe.text
        await at_session(world, "12:30 Lunch: cancelled", ines)
        assert "This session is cancelled." in ines.text
        await ines.press("It takes place after all")
        await ines.press("It takes place")
        assert (await pushed(world, zoe))[-1].endswith(
            "Lunch, Thursday 10 June, 12:30, Cour: takes place, and is for you"
        )


@on_one_engine
async def test_a_quarter_of_an_hour_for_all_that_follow_is_one_message(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, ali = await people(world)
        ines = await at_session(world, "10:30 Workshop")
        await ines.press("+15 min from here on")
        assert ines.text.splitlines() == [
            "Workshop: Thursday 10 June, 10:30 → 10:45",
            "Lunch: Thursday 10 June, 12:30 → 12:45, Cour",
            "2 people will be told.",
        ]
        await ines.press("All 15 min later")
        assert ines.text == "2 sessions, 15 min later\n2 people are told."
        [told] = await pushed(world, zoe)
        assert told.splitlines() == [
            "2 changes in the programme.",
            "Workshop: Thursday 10 June, 10:30 → 10:45",
            "Lunch: Thursday 10 June, 12:30 → 12:45, Cour",
        ]
        assert await pushed(world, ali) == ["A change in the programme.\nLunch: Thursday 10 June, 12:30 → 12:45, Cour"]
        await ines.press("Undo")
        assert ines.text.splitlines() == ["Undone: 2 sessions, 15 min later", "2 people are told."]
        await at_session(world, "12:30 Lunch", ines)


async def test_two_organisers_never_lose_each_others_change(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, _ali = await people(world)
        ines = await at_session(world, "09:00 Opening", await world.organiser(modal=True))
        luc = await at_session(world, "09:00 Opening", await world.organiser(platform="discord", modal=True))
        await ines.press("Room")
        await luc.press("Room")
        await ines.fill("Salle B")
        await luc.fill("Salle C")
        assert "changed this meanwhile, so nothing was saved." in luc.text
        assert "Now: Opening: Thursday 10 June, 09:00, Salle B\nYou wrote: Salle C" in luc.text
        await luc.press("Open the form again")
        assert luc.form
        assert luc.form.prefill["place"] == "Salle C"
        await luc.fill("Salle C")
        assert "Salle B → Salle C" in luc.text
        assert len(await pushed(world, zoe)) == 2


async def test_moving_what_another_moved_shows_both(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        ines = await at_session(world, "09:00 Opening")
        luc = await at_session(world, "09:00 Opening", await world.organiser(platform="discord"))
        for chat in (ines, luc):
            await chat.press("Move")
            await chat.fill("9:30" if chat is ines else "9:45", "")
        await ines.press("Move")
        await luc.press("Move")
        assert "changed this meanwhile" in luc.text
        assert "Now: Opening: Thursday 10 June, 09:30, Room A" in luc.text
        await luc.press("Confirm")
        assert luc.text.startswith("Opening: Thursday 10 June, 09:30 → 09:45")
        await ines.press("Undo")
        assert ines.text.startswith("Not undone, because")


async def test_all_later_is_refused_once_one_was_moved(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        ines = await at_session(world, "10:30 Workshop")
        luc = await at_session(world, "12:30 Lunch", await world.organiser(platform="discord"))
        await ines.press("+15 min from here on")
        await luc.press("Move")
        await luc.fill("12:40", "")
        await luc.press("Move")
        await ines.press("All 15 min later")
        assert ines.text.startswith("Sessions of this day were changed meanwhile")
        await ines.press("Look again")
        assert "Lunch: Thursday 10 June, 12:40 → 12:55" in ines.text


async def test_hours_that_make_no_sense_are_asked_again(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        ines = await world.organiser(modal=True)
        for starts, ends, why in (
            ("half past nine", "", "I do not understand the time “half past nine”."),
            ("3/6 9h", "", "I do not understand the time"),
            ("30 février 9h", "", "There is no such day or time"),
            ("28 March 02:30", "", "There is no such day or time"),
            ("31 October 02:30", "", "comes twice that night in Europe/Paris"),
            ("9:30", "9:15", "It ends before it begins."),
            ("1 February 9:30", "", "That is past."),
        ):
            await at_session(world, "09:00 Opening", ines)
            await ines.press("Move")
            await ines.fill(starts, ends)
            assert why in ines.text, (starts, ines.text)
        await at_session(world, "09:00 Opening", ines)
        assert "09:00 to 10:00" in ines.text


async def test_a_session_that_is_over_tells_nobody(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe, _ali = await people(world)
        await world.clock.advance(EVENING - world.clock.now())
        ines = await at_session(world, "09:00 Opening")
        await ines.press("Room")
        await ines.fill("Salle B")
        assert "people are told" not in ines.text  # nobody is: then nothing is said of it
        assert await pushed(world, zoe) == []
        await at_session(world, "09:00 Opening", ines)
        assert "+15 min from here on" not in ines.buttons
        _code, *session = ines.payload("Move").split("-")
        await ines.follow(f"yl-{session[0]}")  # an older message has the button
        assert ines.text.startswith("This session is over")


async def test_who_stopped_all_messages_is_left_alone(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe, ali = await people(world)
        await zoe.command("stop")
        ines = await at_session(world, "12:30 Lunch")
        await ines.press("Room")
        await ines.fill("Jardin")
        assert ines.text.endswith("1 person is told.")
        assert await pushed(world, zoe) == []
        assert len(await pushed(world, ali)) == 1


@on_one_engine
async def test_a_session_is_added_in_chat_found_by_everyone_and_taken_back(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, _ali = await people(world)
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Programme")
        await ines.press("Add a session")
        await ines.fill("Pique-nique", "12h15", "12h", "Jardin", "meal")
        assert "It ends before it begins." in ines.text
        await ines.fill("13h30")
        await ines.press("Keep it")
        await ines.press("Keep it")
        assert ines.text.startswith("Session added: Pique-nique: Thursday 10 June, 12:15, Jardin")
        undo = ines.payload("Undo")
        assert await pushed(world, zoe) == []
        await ines.press("Sessions")
        assert "12:15 Pique-nique" in ines.options
        await ines.follow(undo)
        assert ines.text.startswith("Undone: Session added")
        await ines.press("Organise")
        await ines.press("Programme")
        assert "12:15 Pique-nique" not in ines.options


@pytest.mark.parametrize("shown", [0, 20270610, 20270611])
async def test_an_hour_alone_is_today_rather_than_on_a_past_day(sqlite_url: str, shown: int) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        await world.clock.advance(EVENING + timedelta(hours=16) - world.clock.now())
        ines = await world.organiser(modal=True)
        await ines.follow(AddSession(shown).encode())
        await ines.fill("Pique-nique", "15 h", "16 h", "", "meal")
        assert ines.text.startswith("Session added: Pique-nique: Friday 11 June, 15:00")


async def test_a_title_that_sounds_like_a_cry_is_kept_when_its_form_is_refused(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        ines = await world.organiser(modal=True)
        await ines.follow(AddSession(0).encode())
        await ines.fill("Dernier verre", "1 February 21:30", "1 February 22:30", "", "other")
        assert ines.text == "From when?\nThat is past. Add the day if you mean a later one.", "no telephone numbers"
        await ines.press("Correct my answer")
        assert ines.prefill["name"] == "Dernier verre"


async def test_a_session_gets_another_title_in_each_language(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe, _ali = await people(world)
        ines = await at_session(world, "09:00 Opening")
        await ines.press("Title")
        await ines.fill("Accueil", "Welcome", "-")
        assert ines.text.startswith("Opening, now called Welcome: Thursday 10 June, 09:00")
        assert len(await pushed(world, zoe)) == 1
        await ines.follow(ines.payload("Undo"))
        assert "Undone: Opening, now called Welcome" in ines.text


async def test_participants_edit_nothing(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        ines = await at_session(world, "12:30 Lunch")
        ways = [ines.payload(label) for label in ("Move", "Room", "+15", "More…")]
        await ines.press("More…")
        ways.append(ines.payload("Cancel the session"))
        zoe, _ali = await people(world)
        for payload in ways:
            await zoe.follow(payload)
            assert zoe.text.startswith("This is for the organisers.")
