"""Open registration: whoever comes by may join, by the button and by the command."""

from __future__ import annotations

import pytest

from tests.drivers.gestures import words
from tests.scenarios.conftest import open_stage
from tests.world import make_settings, open_world

_ANSWERS = ("Zoé", "Québec", "1999", "", "English")
_OPEN = {"registration": "open"}


@pytest.mark.parametrize("way", ["button", "command"])
async def test_a_stranger_registers(platform_and_url: tuple[str, str], way: str) -> None:
    async with open_stage(*platform_and_url, gathering=_OPEN) as stage:
        if stage.platform == "web":  # opens by a personal link alone: nobody there is a stranger
            zoe = await stage.join("Zoé")
        else:
            zoe = stage.person("Zoé")
            if way == "button":
                await zoe.command("start")
                await zoe.press("Register")
            else:
                await zoe.command("inscription")
            await zoe.fill(*_ANSWERS)
        assert words(zoe.text).startswith("Welcome, Zoé!")
        assert zoe.options == ("Culture", "Education", "CivicTech")
        await zoe.command("inscription")
        assert zoe.text == "You are registered already."


@pytest.mark.parametrize("modal", [False, True])
async def test_the_button_of_a_registration_that_closed_meanwhile_says_so(sqlite_url: str, modal: bool) -> None:
    async with open_world(sqlite_url, make_settings(gathering=_OPEN)) as world:
        zoe = world.chat(modal=modal)
        await zoe.command("start")
        world.dispatcher.settings = make_settings()
        await zoe.press("Register")
        assert zoe.text == "Registration is by invitation. Open your link, or enter your code."
        assert zoe.buttons == ("Enter my code",)


@pytest.mark.parametrize(
    ("typed", "shown"), [("zoé", "Zoé"), ("ÉLODIE", "ÉLODIE"), ("ليلى", "ليلى"), ("jean-luc", "Jean-luc")]
)
async def test_a_first_name_is_shown_with_a_capital(sqlite_url: str, typed: str, shown: str) -> None:
    async with open_world(sqlite_url, make_settings(gathering=_OPEN)) as world:
        zoe = world.chat()
        await zoe.command("register")
        await zoe.fill(typed, *_ANSWERS[1:])
        assert words(zoe.text).startswith(f"Welcome, {shown}!")


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("theme", "“theme” is a command for me. Write the first name people call you by."),
        ("Effacer", "“Effacer” is a command for me. Write the first name people call you by."),
    ],
)
async def test_what_nobody_is_called_is_asked_for_anew(sqlite_url: str, typed: str, refusal: str) -> None:
    async with open_world(sqlite_url, make_settings(gathering=_OPEN)) as world:
        zoe = world.chat()
        await zoe.command("register")
        await zoe.fill(typed, *_ANSWERS[1:])
        assert refusal in words(zoe.text)
