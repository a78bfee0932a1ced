"""Once more later, no more of this, and what one is reminded of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.reminding_release import Reminders
from bot.scheduling import Ticker
from tests.handlers.programmes import LUNCH, OPENING, PLENARY, WORKSHOP, with_programme
from tests.handlers.pushes import press_push, pushed
from tests.world import World, open_world

NINE = datetime(2027, 6, 10, 7, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Reminding:
    """A gathering with a programme, and a program that looks when time has passed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ticker = Ticker(world.store, world.clock, (Reminders(world.settings),))

    async def at(self, instant: datetime) -> None:
        """Let time pass, looking at each time the program named."""
        while (due := await self.ticker.look()) is not None and due <= instant:
            await self.world.clock.advance(due - self.world.clock.now())
        await self.world.clock.advance(instant - self.world.clock.now())
        await self.ticker.look()


@asynccontextmanager
async def reminding(url: str) -> AsyncIterator[Reminding]:
    async with open_world(url, with_programme(OPENING, WORKSHOP, LUNCH, PLENARY)) as world:
        house = Reminding(world)
        await house.ticker.prepare()
        yield house


async def test_a_reminder_comes_again_when_asked(store_url: str) -> None:
    async with reminding(store_url) as house:
        zoe = await house.world.join("Zoé", "1")
        await house.at(NINE - DAY)
        await press_push(house.world, zoe, "Later")
        assert zoe.text == "Thursday 10 June, 09:00: Opening, Room A: when shall I remind you again?"
        assert zoe.buttons == (
            *("In 10 minutes", "In an hour", "In 3 hours"),
            *("3 hours before", "An hour before", "5 minutes before", "Programme"),
        )
        await zoe.press("An hour before")
        assert zoe.text == "I remind you of Opening: Thursday 10 June, 08:00."
        await house.at(NINE - HOUR)
        assert (await pushed(house.world, zoe))[-1] == "09:00: Opening, Room A\nKeep that time free."


async def test_another_choice_takes_the_place_of_the_first_and_can_be_taken_back(store_url: str) -> None:
    async with reminding(store_url) as house:
        zoe = await house.world.join("Zoé", "1")
        await house.at(NINE - DAY)
        for label in ("In an hour", "An hour before"):
            await press_push(house.world, zoe, "Later")
            await zoe.press(label)
        await zoe.command("rappels")
        assert "You asked for one more, Thursday 10 June, 08:00, for Thursday 10 June, 09:00: Opening" in zoe.text
        await zoe.press("Drop the one of Thursday 10 June, 08:00")
        assert zoe.text == "Taken back."
        await zoe.command("rappels")
        assert "You asked" not in zoe.text


async def test_one_session_muted_and_heard_again(store_url: str) -> None:
    async with reminding(store_url) as house:
        zoe = await house.world.join("Zoé", "1")
        await house.at(NINE - DAY)
        await press_push(house.world, zoe, "Mute")
        await zoe.press("Of this one")
        assert zoe.text == (
            "I remind you of Opening no more.\nIf its time or place changes, you are told all the same."
        )
        await house.at(NINE)
        assert not [text for text in await pushed(house.world, zoe) if text.startswith("09:00: Opening")]
        await zoe.command("rappels")
        await zoe.press("Again: Opening")
        assert zoe.text == "I remind you of Opening again."


async def test_a_kind_muted_and_chosen_again(store_url: str) -> None:
    async with reminding(store_url) as house:
        zoe = await house.world.join("Zoé", "1")
        lunch = NINE + 3 * HOUR + 30 * MINUTE
        await house.at(lunch - DAY)
        await press_push(house.world, zoe, "Mute")
        await zoe.press("Of this kind: Meal")
        assert [option for option in zoe.options if not option.startswith("✓")] == ["Meal"]
        await house.at(lunch)
        texts = await pushed(house.world, zoe)
        assert len([text for text in texts if "Lunch" in text]) == 1
        assert len([text for text in texts if "Opening" in text]) == 2
        await zoe.command("rappels")
        await zoe.pick("Plenary", "Meal")
        assert [option for option in zoe.options if option.startswith("✓")] == ["✓ Plenary", "✓ Meal"]


async def test_the_theme_deadline_later_and_not_any_more(store_url: str) -> None:
    async with reminding(store_url) as house:
        zoe = await house.world.join("Zoé", "1")
        deadline = datetime(2027, 5, 1, 10, 0, tzinfo=UTC)
        await house.at(deadline - 20 * HOUR)
        assert len(await pushed(house.world, zoe)) == 2
        await press_push(house.world, zoe, "Later")
        assert zoe.text == "Saturday 1 May, 12:00: the deadline for themes: when shall I remind you again?"
        await zoe.press("3 hours before")
        await press_push(house.world, zoe, "Mute")
        assert zoe.text.startswith("I remind you of the deadline for themes no more.")
        await house.at(deadline)
        assert len(await pushed(house.world, zoe)) == 2


async def test_an_old_button_of_a_session_that_is_over_changes_nothing(store_url: str) -> None:
    async with reminding(store_url) as house:
        zoe = await house.world.join("Zoé", "1")
        await house.at(NINE - DAY)
        await press_push(house.world, zoe, "Later")
        again = zoe.payload("An hour before")
        await house.at(NINE + 2 * HOUR)
        await zoe.follow(again)
        await zoe.command("rappels")
        assert "You asked" not in zoe.text


async def test_settings_lead_to_the_kinds(store_url: str) -> None:
    async with reminding(store_url) as house:
        zoe = await house.world.join("Zoé", "1")
        await zoe.command("reglages")
        await zoe.press("Notifications")
        await zoe.press("Which reminders")
        assert zoe.text == "Which kinds of session shall I remind you of?"


async def test_organisers_see_what_an_outage_kept_back(store_url: str) -> None:
    async with reminding(store_url) as house:
        ines = await house.world.organiser()
        await house.at(NINE - DAY - HOUR)
        await house.world.clock.advance(2 * HOUR)
        await house.ticker.look()
        await ines.command("rappels")
        assert "Not sent lately, as I was out of order: Thursday 10 June, 09:00: Opening." in ines.text
