"""The numbers to call: those that each country's plan has, on one screen, for strangers too."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from bot.content.markup import markup
from bot.content.texts import Reader, plain
from handlers.trust.messages import danger_line
from handlers.trust.model import AMBULANCE, AMBULANCE_AND_FIRE, EMERGENCY_NUMBERS, EVERYTHING, FIRE, POLICE
from handlers.trust.settings import SafetySettings
from tests.world import make_settings, open_world

ENGLISH = Reader("en", "UTC")
PLANS = {
    "FR": "1(?:12|[578])",
    "BE": "1(?:0[01]|12)",
    "CH": "1(?:1[278]|44)",
    "LU": "11[23]",
    "MC": "1(?:12|[578])",
    "CA": "112|911",
    "DE": "11[02]",
    "SN": "1[78]|1515",
    "CI": "1(?:1[01]|[78]0)",
    "ML": "1[578]",
    "BF": "1[78]",
    "BJ": "11[246-8]",
    "TG": "1(?:1[78]|7[127])",
    "NE": "1(?:18|[578])|723141",
    "CM": "1(?:1[37]|[37])",
    "CG": "11[78]",
    "MG": "1(?:1[78]|[78])",
    "MA": "1(?:[59]|77)",
    "TN": "19[078]",
    "DZ": "1(?:12|[47])",
    "HT": "11[48]",
    "LB": "1(?:12|40|75)|999",
    "DJ": "1[78]",
    "TD": "1[78]",
}
"""The patterns of emergency numbers in libphonenumber 9.0.43, and Senegal's 1515, which it lists as free of charge."""


def test_every_number_of_police_ambulance_and_fire_brigade_is_in_its_country_s_plan() -> None:
    assert set(EMERGENCY_NUMBERS) == set(PLANS)
    wrong = [
        (country, number.number)
        for country, numbers in EMERGENCY_NUMBERS.items()
        for number in numbers
        if number.whom in (POLICE, AMBULANCE, FIRE, EVERYTHING, AMBULANCE_AND_FIRE)
        and not re.fullmatch(PLANS[country], number.number)
    ]
    assert wrong == []


async def test_one_screen_has_all_of_it_also_for_a_stranger(sqlite_url: str) -> None:
    safety = {"country": "CA", "telephone": "+1 418 555 0100", "address": "310 rue de la Couronne"}
    async with open_world(sqlite_url, make_settings(safety=safety)) as world:
        stranger = world.chat("66")
        await stranger.command("urgence")
        assert stranger.text.splitlines() == [
            "In an emergency, call first",
            "911: any emergency",
            "988: suicide prevention",
            "The organiser on call: +1 418 555 0100",
            "Say where you are: 310 rue de la Couronne",
        ]
        assert stranger.buttons == ("Home",)
        assert stranger.view is not None
        assert 'href="tel:+14185550100"' in markup(stranger.view.lines[3], ENGLISH)


def test_in_danger_one_number_is_told_or_whom_each_one_reaches() -> None:
    told = [plain(danger_line(SafetySettings(country=country))[0], ENGLISH) for country in ("FR", "BE")]
    assert told == [
        "If you are in danger, call 112.",
        "If you are in danger, call: 112 (ambulance, fire brigade) · 101 (police)",
    ]
    assert danger_line(SafetySettings(country="")) == ()


def test_a_country_without_numbers_is_refused() -> None:
    with pytest.raises(ValidationError, match="no emergency numbers are known for 'XX'"):
        make_settings(safety={"country": "XX"})
