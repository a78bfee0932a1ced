"""The organisers' screen begins with what is not prepared yet; each line opens it, and ticks itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.config.settings import Settings
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.world import make_settings, open_world

LINES = (
    "Dates and place",
    "The list",
    "Invitations",
    "Themes and phases",
    "Programme",
    "Practical information",
    "A trusted person",
    "Telephone on call",
    "Who runs the workshops",
)
SESSION = {
    "key": "lunch",
    "title": {"fr": "Déjeuner", "en": "Lunch"},
    "starts": "2027-06-10T12:00:00",
    "ends": "2027-06-10T13:00:00",
}
WIFI = {
    "key": "wifi",
    "title": {"en": "Wifi"},
    "text": {"en": "Ask at the door.", "fr": "À l'entrée.", "de": "Am Tor."},
}


def settings_with(**sections: Any) -> Settings:
    return make_settings(organisers={"telegram": [900], "discord": [900]}, **sections)


async def left(ines: NeutralChat) -> tuple[str, list[str]]:
    """What the organisers' screen begins with, and which lines it offers."""
    await ines.command("organiser")
    return ines.text.splitlines()[0], [*ines.options]


@on_one_engine
@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_each_line_opens_what_is_missing_and_ticks_itself(store_url: str, platform: str) -> None:
    async with open_world(store_url, settings_with()) as world:
        ines = await world.organiser(platform=platform)
        assert await left(ines) == ("To prepare: 0 of 9", [*LINES])
        await ines.pick("Dates and place")
        assert ines.text.startswith(
            "Thursday 10 June 2027 to Saturday 12 June 2027\nTime zone: Europe/Paris\nNo address yet"
        )
        await ines.press("That is right")
        assert ines.text == "Dates and place confirmed"
        assert await left(ines) == ("To prepare: 1 of 9", [*LINES[1:]])
        await ines.pick("Themes and phases")
        assert "Culture\n" in ines.text
        await ines.press("That is right")
        assert (await left(ines))[0] == "To prepare: 2 of 9"
        await ines.pick("Telephone on call")
        await ines.fill("+33 6 12 34 56 78", "")
        assert (await left(ines))[0] == "To prepare: 3 of 9"
        for line, opened in {
            "The list": "CSV, Excel or LibreOffice",
            "Invitations": "Still to make: 0",
            "Programme": "There is no session yet.",
            "Practical information": "There is no practical information yet.",
            "A trusted person": "One to",
            "Who runs the workshops": "Nobody yet",
        }.items():
            await left(ines)
            await ines.pick(line)
            assert opened in ines.text, line


@on_one_engine
async def test_the_address_is_written_from_the_days_and_stands_in_invitations(store_url: str) -> None:
    address = {"key": "address", "title": {"en": "Address"}, "text": {"en": "Take the metro."}}
    async with open_world(store_url, settings_with(practical=[address])) as world:
        ines = await world.organiser()
        await left(ines)
        await ines.pick("Dates and place")
        await ines.press("The address")
        await ines.fill("6, rue des Halles, Paris", "")
        await ines.press("Publish")
        await left(ines)
        await ines.pick("Dates and place")
        assert "6, rue des Halles, Paris" in ines.text
        assert "No address yet" not in ines.text
        await ines.follow("oitl-en")
        assert "Where: 6, rue des Halles, Paris" in ines.text


@on_one_engine
async def test_a_confirmation_can_be_undone_and_others_days_are_to_be_confirmed_again(store_url: str) -> None:
    async with open_world(store_url, settings_with()) as world:
        ines = await world.organiser()
        await left(ines)
        await ines.pick("Dates and place")
        confirm = ines.payload("That is right")
        await ines.press("That is right")
        await ines.press("Undo this change")
        assert (await left(ines))[1] == [*LINES]
        await ines.follow(confirm)
        assert (await left(ines))[1] == [*LINES[1:]]
    async with open_world(store_url, settings_with(gathering={"starts": "2027-06-09"})) as world:
        ines = await world.organiser()
        assert (await left(ines))[1] == [*LINES]
        await ines.follow(confirm)
        assert ines.text.startswith("Wednesday 9 June 2027 to Saturday 12 June 2027"), "that was said of other days"
        assert (await left(ines))[1] == [*LINES]


async def test_the_list_goes_when_all_is_prepared(store_url: str) -> None:
    settings = settings_with(
        gathering={"registration": "open"},
        sessions=[SESSION],
        practical=[WIFI],
        safety={"telephone": "+33 6 12 34 56 78"},
    )
    async with open_world(store_url, settings) as world:
        ines = await world.organiser()
        assert await left(ines) == (
            "To prepare: 5 of 9",
            ["Dates and place", "Themes and phases", "A trusted person", "Who runs the workshops"],
        )
        for line in ("Dates and place", "Themes and phases"):
            await left(ines)
            await ines.pick(line)
            await ines.press("That is right")
        await world.join("Zoé", "1")
        await left(ines)
        await ines.pick("A trusted person")
        await ines.press("Name someone")
        await ines.fill("Zoé")
        await ines.press(ines.buttons[0])
        await ines.fill("English", "08:00 to 20:00")
        assert (await left(ines))[0] == "To prepare: 8 of 9"
        await ines.pick("Who runs the workshops")
        await ines.press("Invite a facilitator")
        await ines.fill("Bea", "")
        await ines.pick("everyone")
        first, lines = await left(ines)
        assert "To prepare" not in ines.text
        assert not lines
        assert first == "There is nothing to do right now."


async def test_it_goes_when_the_gathering_has_begun(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings_with(gathering={"starts": "2027-03-10", "ends": "2027-03-12"})) as world:
        ines = await world.organiser()
        await left(ines)
        old = ines.view
        assert old
        await world.clock.advance(timedelta(days=9))
        assert (await left(ines))[1] == []


@pytest.mark.parametrize(
    ("locale", "first", "line"),
    [
        ("fr", "À préparer\u00a0: 0 sur 9", "Dates et lieu"),
        ("en", "To prepare: 0 of 9", "Dates and place"),
        ("de", "Vorzubereiten: 0 von 9", "Termine und Ort"),
    ],
)
async def test_it_is_said_in_each_language(sqlite_url: str, locale: str, first: str, line: str) -> None:
    async with open_world(sqlite_url, settings_with()) as world:
        ines = await world.organiser(locale=locale)
        assert (await left(ines))[0] == first
        assert ines.options[0] == line


async def test_one_press_of_more_reaches_whatever_is_not_in_sight(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings_with()) as world:
        ines = await world.organiser()
        await left(ines)
        assert [*ines.buttons] == ["Import a list", "Find someone", "Announce", "More…"]
        await ines.press("More…")
        assert [*ines.buttons] == ["Are you safe?", "A list to fill in", "Groups", "Themes", "Recent changes", "Back"]
        for number, name in enumerate(("Zoé", "Ali", "Eva")):
            await world.join(name, str(number))
        await left(ines)
        assert [*ines.buttons] == ["Import a programme", "Find someone", "Announce", "More…"], (
            "the next step is a button too"
        )
        await ines.press("More…")
        assert {"People", "Groups", "Themes", "Recent changes", "Back"} <= set(ines.buttons)
        assert "More…" not in ines.buttons
