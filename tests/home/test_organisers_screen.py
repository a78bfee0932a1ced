"""The organisers' screen: who may see it, what it counts, who is missing, who is reminded."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import timedelta

from bot.capability import Capability, make_router
from bot.content.texts import Name
from bot.content.views import Button, View
from bot.conversation.routes import ORGANISER, Go, NextStep, Request, ScreenPart, ScreenSection
from bot.people import codes
from handlers.home.capability import CAPABILITY
from handlers.home.organiser import show_organisers_section
from handlers.navigation.sections import MESSAGES, PEOPLE
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.participants import block
from tests.stored_rows import stored_rows
from tests.world import World, make_settings, open_world

REFUSAL = "This is for the organisers."


async def outgoing(world: World) -> list[tuple[int, str]]:
    """Whom the outbox holds a message for, and the message as stored."""
    deliveries = (await stored_rows(world.store))["deliveries"]
    return [(row["participant_id"], row["content"]) for row in deliveries if row["kind"] == "message"]


@on_one_engine
async def test_everyone_may_ask_and_only_organisers_see(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.command("organise")
        assert zoe.text.startswith(REFUSAL)
        stranger = world.chat("2")
        await stranger.command("organisieren")
        assert stranger.text.startswith(REFUSAL)
        ines = await world.organiser()
        await ines.command("organiser")
        assert "People · Joined: 1 of 1." in ines.text.splitlines()


async def test_a_button_of_an_organiser_does_nothing_for_others(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        zoe = await world.join("Zoé", "1")
        theirs = {
            "Questions": "You have not asked the team anything yet.",
            "Run the workshops": "This is for facilitators.",
            "The results": "You have no group yet, so there are no results.",
        }
        for label in ines.buttons:
            await zoe.follow(ines.payload(label))
            # Some screens everyone has, with what is theirs; who facilitates has another.
            assert zoe.text.startswith(theirs.get(label.partition(":")[0], REFUSAL)), label


async def test_the_most_pressing_steps_lead_and_no_way_stands_there_twice(sqlite_url: str) -> None:
    def part(order: int, word: str, *steps: tuple[int, str], section: ScreenSection, ways: int = 1) -> ScreenPart:
        buttons = tuple(Button(Name(f"{word}{number}"), Go(f"{word}{number}")) for number in range(1, ways + 1))

        async def show(_request: Request) -> View:
            return View((Name(f"about {word}"), *(Name(way) for _hours, way in steps)), buttons)

        async def next_steps(request: Request) -> Sequence[NextStep]:
            return [
                NextStep(request.now + timedelta(hours=hours), Name(way), Button(Name(f"do {way}"), Go(way)))
                for hours, way in steps
            ]

        return ScreenPart(order, show, ORGANISER, section, next_steps)

    parts = (
        part(2, "few", (5, "few1"), (1, "few9"), section=MESSAGES, ways=2),
        part(1, "many", (1, "many1"), (-3, "late"), section=PEOPLE, ways=2),
        part(3, "more", section=PEOPLE, ways=2),
    )
    router = make_router([CAPABILITY, Capability(organiser_home=parts)])
    async with open_world(sqlite_url) as world:
        dispatcher = world.dispatcher_over(world.store, router)
        ines = NeutralChat(dispatcher, "900")
        await ines.command("organiser")
        assert ines.text.splitlines() == [
            "late",
            "Then: many1",
            "Then: few9",
            "",
            "People · about many about more",
            "Messages · about few few1",
        ]
        assert ines.view
        assert [button.style for button in ines.view.buttons] == ["primary", *["plain"] * 5]
        assert [*ines.buttons] == ["do late", "do many1", "do few9", "People", "few1", "few2"]
        await ines.press("People")
        assert ines.text.splitlines() == ["People", "about many", "many1", "late", "about more"]
        assert [*ines.buttons] == ["many1", "many2", "more1", "more2", "Organise"]
        await ines.follow(show_organisers_section.to("nowhere").encode())
        assert ines.text.startswith("That button has aged.")


async def test_what_is_over_says_so(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        assert "The gathering is over." not in ines.text
        await world.clock.advance(timedelta(days=120))
        await ines.command("organiser")
        assert ines.text.startswith("The gathering is over.\n")


@on_one_engine
async def test_the_counts_by_theme_territory_platform_and_parity(store_url: str) -> None:
    async with open_world(store_url) as world:
        for number, name in enumerate(("Zoé", "Ali", "Eva"), start=1):
            chat = await world.join(name, str(number))
            await chat.pick("Culture")
            await chat.press("Confirm" if number < 3 else "Join the waiting list")
        await world.invite("Max", territory="FR")
        ines = await world.organiser()
        await ines.command("organiser")
        assert "People · Joined: 3 of 4." in ines.text
        assert "Groups · 2 people have a theme. Waiting: 1." in ines.text
        await ines.press("Themes")
        assert ines.described["Culture"] == "2 of 2 places taken, 1 waiting"
        assert ines.described["Education"] == "0 people have chosen it, places for everyone"
        await ines.press("Organise")
        await ines.press("People")
        assert {"Not joined: 1", "Without a theme: 1"} <= set(ines.buttons)
        await ines.press("Figures")
        assert ines.text.splitlines() == [
            "Joined, of those selected",
            "not said 3 of 4",
            "Territories",
            "Quebec 3 of 3",
            "France 0 of 1",
            "Platforms",
            "3 on Telegram",
        ]
        await ines.press("As a picture")
        await catch_up_with(world, ines)
        assert ines.picture
        assert ines.picture.alt == "Joined, of those selected\nnot said 3 of 4, Quebec 3 of 3, France 0 of 1"
        assert ines.picture.content.startswith(b"\x89PNG")


async def test_who_has_not_joined_is_paged_and_goes_into_a_file_with_new_invitations(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        earlier = [await world.invite(f"Person {number:02}") for number in range(12)]
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("People")
        await ines.press("Not joined: 12")
        assert ines.text.startswith("12 people have not joined.")
        assert "Person 09 (R-0010)" in ines.buttons
        assert "Person 10 (R-0011)" not in ines.buttons
        await ines.press("Next")
        assert "Person 10 (R-0011)" in ines.buttons
        await ines.press("◀")
        await ines.press("File")
        assert ines.file
        written = ines.file.content.decode("utf-8-sig")
        rows = [*csv.DictReader(io.StringIO(written), delimiter=";")]
        assert [row["reference"] for row in rows] == [f"R-{number:04}" for number in range(1, 13)]
        assert not any(codes.spell(code) in written for code in earlier)


@on_one_engine
async def test_those_without_a_theme_are_reminded_once_a_day(store_url: str) -> None:
    async with open_world(store_url) as world:
        for number, name in enumerate(("Zoé", "Ali", "Eva"), start=1):
            await world.join(name, str(number))
        await block(world, world.chat("3"))
        await world.join("Max", "4", platform="discord")  # who did not ask for direct messages
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("People")
        await ines.press("Without a theme: 4")
        await ines.press("Remind")
        assert ines.text.startswith("Remind 2 people to choose a theme?\n2 people cannot be written to")
        assert not await outgoing(world)
        send = ines.payload("Send")
        await ines.follow(send)
        assert ines.text.startswith("2 reminders are on their way.")
        assert len(await outgoing(world)) == 2
        await ines.follow(send)
        assert ines.text.startswith("They were reminded on")
        assert len(await outgoing(world)) == 2
        await world.clock.advance(timedelta(days=1))
        await ines.follow(send)
        assert len(await outgoing(world)) == 4


async def test_nobody_is_reminded_after_the_deadline(sqlite_url: str) -> None:
    settings = make_settings(gathering={"theme_deadline": "2027-03-01T11:00:00"}, organisers={"telegram": [900]})
    async with open_world(sqlite_url, settings) as world:
        await world.join("Zoé", "1")
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Without a theme")
        reminder = ines.payload("Remind them")
        await world.clock.advance(timedelta(hours=2))
        await ines.command("organiser")
        await ines.press("People")
        await ines.press("Without a theme: 1")
        assert ines.text.splitlines() == [
            "1 person has no theme yet.",
            "The deadline has passed: open each person to give them a theme, or move the deadline.",
        ]
        assert ines.buttons[0] == "Themes"
        assert "Remind them" not in ines.buttons
        await ines.follow(reminder)
        assert ines.text == "The deadline for themes has passed. Move it first."
        assert (await outgoing(world)) == []
        await ines.press("Themes")
        assert "Change the deadline" in ines.buttons
