"""The programme on the organisers' screen: that there is none yet, and what takes place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.drivers.menus import stand_of, steps_of
from tests.engines import on_one_engine
from tests.programme.builders import with_programme
from tests.world import make_settings, open_world


@on_one_engine
async def test_an_empty_programme_is_missed_until_the_gathering_begins(store_url: str) -> None:
    settings = make_settings(gathering={"registration": "open"}, organisers={"telegram": [900]})
    async with open_world(store_url, settings) as world:
        ines = await world.organiser()
        assert await steps_of(ines) == ["The programme is empty"]
        assert "Programme" not in await stand_of(ines)
        await ines.press("Import a programme")
        assert ines.text.startswith("The programme\n")
        await ines.command("organiser")
        assert ("Programme" in ines.options, ines.buttons.count("Programme")) == (True, 0)
        await ines.pick("Programme")
        assert ines.text.startswith("There is no session yet.")
        await world.clock.advance(datetime(2027, 6, 10, 12, 0, tzinfo=UTC) - world.clock.now())
        assert await steps_of(ines) == ["Nothing is urgent right now."]


@on_one_engine
@pytest.mark.parametrize(
    ("hour", "line"),
    [
        (6, "Opening, Thursday 10 June, 09:00."),
        (7, "Now: Opening, until 10:00."),
        (8, "Workshop, Thursday 10 June, 10:30."),
        (9, "Now: Workshop, until 12:00."),
    ],
)
async def test_organisers_read_what_takes_place_now_or_next(store_url: str, hour: int, line: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        ines = await world.organiser()
        await world.clock.advance(datetime(2027, 6, 10, hour, 0 if hour < 9 else 30, tzinfo=UTC) - world.clock.now())
        await ines.command("organiser")
        assert line in ines.text
        assert line.startswith("Now") == ines.text.startswith("Now")
        await ines.press("Programme")
        assert ines.text.startswith("Thursday 10 June")


@on_one_engine
async def test_what_is_over_says_so(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        ines = await world.organiser()
        await world.clock.advance(datetime(2027, 6, 13, 12, 0, tzinfo=UTC) - world.clock.now())
        assert (await stand_of(ines))["Programme"] == "All sessions are over."
