"""Once more later, no more of this, and what one is reminded of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from structlog.testing import capture_logs

from bot.background.scheduling import Ticker
from bot.content.folding import MOST, in_sight
from bot.content.lead_times import Lead
from bot.content.typed_times import to_minute
from bot.conversation.incoming import Pressed
from bot.people import facilitator_store, participant_store
from bot.people.audiences import parse
from handlers.programme.model import session_subject
from handlers.reminders import store
from handlers.reminders.participant import remind_at
from handlers.reminders.schedule import Reminders
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group
from tests.outbox import press_push, pushed, views
from tests.participants import number
from tests.programme.builders import LUNCH, OPENING, PLENARY, WORKSHOP, with_programme
from tests.world import SUBJECTS, World, open_world

NINE = datetime(2027, 6, 10, 7, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Reminding:
    """A gathering with a programme, and a program that looks when time has passed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ticker = Ticker(world.store, world.clock, (Reminders(world.settings, SUBJECTS),))

    async def at(self, instant: datetime) -> None:
        """Let time pass, looking at each time the program named."""
        while (due := await self.ticker.look()) is not None and due <= instant:
            await self.world.clock.advance(due - self.world.clock.now())
        await self.world.clock.advance(instant - self.world.clock.now())
        await self.ticker.look()


class Unreadable(Lead):
    """A lead that is stored as a word that no version writes."""

    def encode(self) -> str:
        return "soon"


EACH_BY_ITSELF: dict[str, Any] = {"before": ["1d", "10min"], "eve": "", "asked": []}


@asynccontextmanager
async def reminding(url: str, reminders: dict[str, Any] = EACH_BY_ITSELF, **sections: Any) -> AsyncIterator[Reminding]:
    settings = with_programme(OPENING, WORKSHOP, LUNCH, PLENARY, reminders=reminders, **sections)
    async with open_world(url, settings) as world:
        harness = Reminding(world)
        await harness.ticker.prepare()
        yield harness


@on_one_engine
async def test_a_reminder_comes_again_when_asked(store_url: str) -> None:
    async with reminding(store_url) as harness:
        zoe = await harness.world.join("Zoé", "1")
        await harness.at(NINE - DAY)
        await press_push(harness.world, zoe, "Later")
        assert zoe.text == "Thursday 10 June, 09:00: Opening, Room A: when shall I remind you again?"
        assert zoe.buttons == (
            *("In 10 minutes", "In an hour", "In 3 hours"),
            *("3 hours before", "An hour before", "5 minutes before", "Programme"),
        )
        await zoe.press("An hour before")
        assert zoe.text == "I will remind you of Opening: Thursday 10 June, 08:00."
        await harness.at(NINE - HOUR)
        assert (await pushed(harness.world, zoe))[-1] == "09:00: Opening, Room A\nKeep that time free."


async def test_another_choice_takes_the_place_of_the_first_and_can_be_taken_back(store_url: str) -> None:
    async with reminding(store_url) as harness:
        zoe = await harness.world.join("Zoé", "1")
        await harness.at(NINE - DAY)
        for label in ("In an hour", "An hour before"):
            await press_push(harness.world, zoe, "Later")
            await zoe.press(label)
        await zoe.command("rappels")
        assert "You asked for one more, Thursday 10 June, 08:00, for Thursday 10 June, 09:00: Opening" in zoe.text
        await zoe.press("Remove the one of Thursday 10 June, 08:00")
        assert zoe.text == "Taken back."
        await zoe.command("rappels")
        assert "You asked" not in zoe.text


@on_one_engine
async def test_a_reminder_at_a_time_that_is_not_offered_is_refused(store_url: str) -> None:
    async with reminding(store_url) as harness:
        zoe = await harness.world.join("Zoé", "1")
        now = harness.world.clock.now()
        assert NINE - now > timedelta(hours=1000)
        for due in (now + DAY, NINE - 2 * HOUR, NINE):
            await zoe.act(Pressed(remind_at.to(1, to_minute(due)).encode()))
            assert "I will remind you" not in zoe.text
        for due in (now + 7 * MINUTE, NINE - HOUR):
            await zoe.act(Pressed(remind_at.to(1, to_minute(due)).encode()))
            assert zoe.text.startswith("I will remind you of Opening")


@on_one_engine
async def test_a_reminder_that_cannot_be_read_keeps_nobody_from_theirs(store_url: str) -> None:
    async with reminding(store_url) as harness:
        _zoe, ali = await harness.world.join("Zoé", "1"), await harness.world.join("Ali", "2")
        row = (await number(harness.world, "Zoé"), Unreadable(), NINE - 2 * DAY)
        await harness.world.change(store.add_personal, session_subject(1), NINE, [row])
        with capture_logs() as logged:
            await harness.at(NINE - HOUR)
        assert [line["log_level"] for line in logged if line["event"] == "content.lead_unreadable"]
        assert [text for text in await pushed(harness.world, ali) if "Opening" in text]


async def test_one_session_muted_and_heard_again(store_url: str) -> None:
    async with reminding(store_url) as harness:
        zoe = await harness.world.join("Zoé", "1")
        await harness.at(NINE - DAY)
        await press_push(harness.world, zoe, "Mute")
        await zoe.press("Only this one")
        assert zoe.text == (
            "You will get no more reminders of: Opening.\nIf the time or place changes, you will still be told."
        )
        await harness.at(NINE)
        assert not [text for text in await pushed(harness.world, zoe) if text.startswith("09:00: Opening")]
        await zoe.command("rappels")
        await zoe.press("Again: Opening")
        assert zoe.text == "You will be reminded again of: Opening."


@on_one_engine
async def test_what_is_muted_and_what_was_asked_for_leave_the_kinds_in_sight(store_url: str) -> None:
    async with reminding(store_url) as harness:
        zoe = await harness.world.join("Zoé", "1")
        await harness.at(NINE - DAY)
        await press_push(harness.world, zoe, "Later")
        await zoe.press("An hour before")
        await press_push(harness.world, zoe, "Mute")
        await zoe.press("Only this one")
        await zoe.command("rappels")
        assert zoe.view is not None
        assert zoe.view.choice is not None
        assert in_sight(zoe.view) <= MOST
        assert zoe.buttons[-1] == "More…"
        await zoe.press("More…")
        assert zoe.buttons[-3:] == ("Programme", "Settings", "Back")


@on_one_engine
async def test_a_kind_muted_and_chosen_again(store_url: str) -> None:
    async with reminding(store_url) as harness:
        zoe = await harness.world.join("Zoé", "1")
        lunch = NINE + 3 * HOUR + 30 * MINUTE
        await harness.at(lunch - DAY)
        await press_push(harness.world, zoe, "Mute")
        await zoe.press("All of this kind: Meal")
        assert [option for option in zoe.options if not option.startswith("✓")] == ["Meal"]
        await harness.at(lunch)
        texts = await pushed(harness.world, zoe)
        assert len([text for text in texts if "Lunch" in text]) == 1
        assert len([text for text in texts if "Opening" in text]) == 2
        await zoe.command("rappels")
        await zoe.pick("Plenary", "Meal")
        assert [option for option in zoe.options if option.startswith("✓")] == ["✓ Plenary", "✓ Meal"]


async def test_the_eve_tells_all_of_the_next_day_at_once_and_meals_come_where_one_asks(store_url: str) -> None:
    async with reminding(store_url, {}) as harness:
        zoe, ali = await harness.world.join("Zoé", "1"), await harness.world.join("Ali", "2")
        await zoe.pick("Culture")
        await zoe.press("Confirm")
        await harness.at(NINE - 3 * DAY)
        await harness.world.change(participant_store.set_organises, await number(harness.world, "Ali"), True)
        heard = {chat: len(await pushed(harness.world, chat)) for chat in (zoe, ali)}

        async def news(chat: NeutralChat) -> list[str]:
            texts = (await pushed(harness.world, chat))[heard[chat] :]
            heard[chat] += len(texts)
            return texts

        await ali.command("rappels")
        assert [option for option in ali.options if not option.startswith("✓")] == ["Workshop", "Meal"]
        await ali.pick("The next day's programme", "Plenary", "Meal")
        await harness.at(NINE - 15 * HOUR - MINUTE)
        assert await news(zoe) == []
        await harness.at(NINE - 15 * HOUR)  # 18:00 on the eve
        eve = "Your programme for Thursday 10 June:\n09:00–10:00 Opening, Room A\n"
        assert await news(zoe) == [f"{eve}10:30–12:00 Workshop\n12:30–14:00 Lunch, Cour"]
        assert await news(ali) == [f"{eve}12:30–14:00 Lunch, Cour"]
        offered = {
            chat: [str(button.label) for button in (await views(harness.world, chat))[-1].buttons]
            for chat in (zoe, ali)
        }
        assert ["Attendance" in " ".join(offered[chat]) for chat in (zoe, ali)] == [False, True], "who organises"
        await harness.at(NINE + 12 * HOUR)
        said = [[text.splitlines()[0] for text in await news(chat)] for chat in (zoe, ali)]
        assert said == [["09:00: Opening, Room A"], ["09:00: Opening, Room A", "12:30: Lunch, Cour"]]
        await ali.command("rappels")
        await ali.pick("Plenary")
        await zoe.command("rappels")
        await harness.at(NINE + DAY + 12 * HOUR)  # the eve of the third day
        assert await news(zoe) == ["Your programme for Saturday 12 June:\n14:00–17:00 Plenary"]
        assert await news(ali) == []


@on_one_engine
async def test_who_takes_attendance_is_led_there_on_the_eve_and_before_the_first_meeting_once(store_url: str) -> None:
    async with reminding(store_url, {}, groups={"meeting": "2027-06-10T15:00:00"}) as harness:
        world = harness.world
        zoe = (await crowd(world, "Zoé"))["Zoé"]
        await group(world, ["Zoé"], theme="culture")
        ines, luc, max_ = await world.organiser(), world.chat("50", name="Luc"), world.chat("51", name="Max")
        for chat, name in ((luc, "Luc"), (max_, "Max")):
            await chat.follow("j-" + await world.invite(name, attends=False))
        await world.change(facilitator_store.give, await number(world, "Luc"), [parse("theme:culture")])
        await world.change(facilitator_store.give, await number(world, "Max"), [parse("theme:school")])
        await ines.command("groupes")
        await ines.press("Publish")
        await ines.press("Publish")
        heard = {chat: len(await pushed(world, chat)) for chat in (zoe, ines, luc, max_)}

        async def news(chat: NeutralChat) -> list[tuple[str, bool]]:
            came = (await views(world, chat))[heard[chat] :]
            texts = (await pushed(world, chat))[heard[chat] :]
            heard[chat] += len(came)
            offered = [any("Attendance" in str(button.label) for button in view.buttons) for view in came]
            return [(text.splitlines()[0], leads) for text, leads in zip(texts, offered, strict=True)]

        await harness.at(NINE - 15 * HOUR)  # 18:00 on the eve
        eve = "On Thursday 10 June the groups meet, and you take attendance."
        assert [await news(chat) for chat in (zoe, ines, luc, max_)] == [
            [("Your programme for Thursday 10 June:", False)],
            [(eve, True)],
            [(eve, True)],
            [],
        ]
        await harness.at(NINE + 5 * HOUR + 50 * MINUTE)  # ten minutes before they meet
        assert (await news(zoe))[-1] == ("15:00: First meeting of your group", False)
        take = ("15:00: the groups meet. You take attendance.", True)
        assert [await news(chat) for chat in (ines, luc, max_)] == [[take], [take], []]
        await press_push(world, luc, "Attendance")
        assert [words(label) for label in luc.buttons] == ["Everyone is here", "Zoé", "Attendance", "Home"]


async def test_the_first_meeting_is_reminded_of_in_its_room_and_so_is_a_workshop_where_one_asks(store_url: str) -> None:
    meeting = NINE + 6 * HOUR
    async with reminding(store_url, {}, groups={"meeting": "2027-06-10T15:00:00"}) as harness:
        world = harness.world
        people = await crowd(world, "Zoé", "Ali", "Eva")
        made = await group(world, ["Zoé"], theme="culture", room="Room 12")
        await group(world, ["Ali"], theme="culture", number_=2, room="Room 7")
        ines = await world.organiser()
        await ines.command("groupes")
        await ines.press("Publish")
        await ines.press("Publish")
        zoe, ali, eva = people.values()
        await zoe.command("rappels")
        await zoe.pick("The next day's programme", "Plenary", "Workshop")
        await harness.at(NINE - 15 * HOUR)
        eve = "Your programme for Thursday 10 June:\n09:00–10:00 Opening, Room A\n"
        lunch = "12:30–14:00 Lunch, Cour"
        for chat, room in ((zoe, "Room 12"), (ali, "Room 7")):
            held = f"10:30–12:00 Workshop, {room}\n{lunch}\n15:00 First meeting of your group, {room}"
            assert (await pushed(world, chat))[-1] == eve + held
        assert (await pushed(world, eva))[-1] == eve + lunch
        await harness.at(NINE + HOUR + 20 * MINUTE)
        assert (await pushed(world, zoe))[-1] == "10:30: Workshop, Room 12\nTime to go there."
        assert (await pushed(world, ali))[-1] == "09:00: Opening, Room A\nTime to go there."
        await harness.at(meeting - 10 * MINUTE)
        assert (await pushed(world, zoe))[-1] == "15:00: First meeting of your group, Room 12\nTime to go there."
        assert (await pushed(world, ali))[-1] == "15:00: First meeting of your group, Room 7\nTime to go there."
        assert not any("meeting" in text for text in await pushed(world, eva))
        assert made.room == ""


async def test_a_meeting_that_moves_is_reminded_of_at_its_new_hour_only(sqlite_url: str) -> None:
    async with reminding(sqlite_url, {}, groups={"meeting": "2027-06-10T15:00:00"}) as harness:
        world = harness.world
        zoe = (await crowd(world, "Zoé"))["Zoé"]
        await group(world, ["Zoé"], theme="civic", room="Room 12")
        ines = await world.organiser()
        await ines.command("groupes")
        await ines.press("Publish")
        await ines.press("Publish")
        await ines.command("groupes")
        await ines.press("First meeting")
        await ines.press("Change")
        await ines.fill("10 June 2027 16:30")
        await ines.press("Confirm")
        await harness.at(NINE + 12 * HOUR)
        said = [text for text in await pushed(world, zoe) if "First meeting of your group" in text]
        assert [text.splitlines()[-2] for text in said] == [
            "12:30–14:00 Lunch, Cour",
            "16:30: First meeting of your group, Room 12",
        ]
        assert said[0].splitlines()[-1] == "16:30 First meeting of your group, Room 12"


async def test_a_reminder_that_has_not_left_is_there_after_the_next_start(sqlite_url: str) -> None:
    async with reminding(sqlite_url, {}, groups={"meeting": "2027-06-10T15:00:00"}) as harness:
        world = harness.world
        zoe = (await crowd(world, "Zoé"))["Zoé"]
        await group(world, ["Zoé"], theme="civic", room="Room 12")
        ines = await world.organiser()
        await ines.command("groupes")
        await ines.press("Publish")
        await ines.press("Publish")
        await harness.at(NINE + 6 * HOUR - 10 * MINUTE)
        waiting = await pushed(world, zoe)
        assert waiting[-1] == "15:00: First meeting of your group, Room 12\nTime to go there."
        await Reminding(world).ticker.prepare()
        assert await pushed(world, zoe) == waiting


async def test_the_theme_deadline_later_and_not_any_more(store_url: str) -> None:
    async with reminding(store_url) as harness:
        zoe = await harness.world.join("Zoé", "1")
        deadline = datetime(2027, 5, 1, 10, 0, tzinfo=UTC)
        await harness.at(deadline - 20 * HOUR)
        assert len(await pushed(harness.world, zoe)) == 2
        await press_push(harness.world, zoe, "Later")
        assert zoe.text == "Saturday 1 May, 12:00: the deadline for themes: when shall I remind you again?"
        await zoe.press("3 hours before")
        await press_push(harness.world, zoe, "Mute")
        assert zoe.text.startswith("You will get no more reminders of: the deadline for themes.")
        await harness.at(deadline)
        assert len(await pushed(harness.world, zoe)) == 2


@on_one_engine
async def test_an_old_button_of_a_session_that_is_over_changes_nothing(store_url: str) -> None:
    async with reminding(store_url) as harness:
        zoe = await harness.world.join("Zoé", "1")
        await harness.at(NINE - DAY)
        await press_push(harness.world, zoe, "Later")
        again = zoe.payload("An hour before")
        await zoe.follow(again)
        await zoe.command("rappels")
        assert "You asked" in zoe.text
        await harness.at(NINE + 2 * HOUR)
        await zoe.follow(again)
        await zoe.command("rappels")
        assert "You asked" not in zoe.text


@on_one_engine
async def test_settings_lead_to_the_kinds(store_url: str) -> None:
    async with reminding(store_url) as harness:
        zoe = await harness.world.join("Zoé", "1")
        await zoe.command("reglages")
        await zoe.press("Notifications")
        await zoe.press("Choose reminders")
        assert zoe.text == "What would you like to be reminded of?"


async def test_organisers_see_what_an_outage_kept_back(store_url: str) -> None:
    async with reminding(store_url) as harness:
        ines = await harness.world.organiser()
        await harness.at(NINE - DAY - HOUR)
        await harness.world.clock.advance(2 * HOUR)
        await harness.ticker.look()
        await ines.command("rappels")
        assert "Not sent lately, because I was down: Thursday 10 June, 09:00: Opening." in ines.text


async def test_once_the_gathering_is_over_the_reminders_say_so(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.command("rappels")
        assert zoe.text == "What would you like to be reminded of?"
        ends = datetime.combine(world.settings.gathering.ends, datetime.min.time(), UTC)
        await world.clock.advance(ends + 2 * DAY - world.clock.now())
        await zoe.command("rappels")
        assert zoe.text.splitlines() == ["The gathering is over.", "What would you like to be reminded of?"]


async def test_who_asked_for_a_kind_is_reminded_on_discord_without_having_agreed_to_messages(store_url: str) -> None:
    asked = {"before": ["10min"], "eve": "", "asked": ["meal"]}
    async with reminding(store_url, asked) as harness:
        zoe = await harness.world.join("Zoé", "1", platform="discord")
        ali = await harness.world.join("Ali", "2", platform="discord")
        await zoe.command("rappels")
        await zoe.pick("Meal")
        await harness.at(NINE + 3 * HOUR + 30 * MINUTE - 10 * MINUTE)
        assert len(await pushed(harness.world, zoe)) == 1
        assert await pushed(harness.world, ali) == []
