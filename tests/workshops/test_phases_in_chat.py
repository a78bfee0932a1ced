"""Organisers change phases in chat: how long each lasts, and what groups read of it."""

from __future__ import annotations

from handlers.workshops.seeding import SEED
from handlers.workshops.store.phases import find_phase
from tests.world import make_settings, open_world

STAKES = {
    "key": "stakes",
    "title": {"fr": "Enjeux", "en": "Stakes", "de": "Worum es geht"},
    "instruction": {"fr": "Une idée.", "en": "One idea.", "de": "Eine Idee."},
    "example": {"en": "Like this."},
    "minutes": 40,
}


async def test_its_length_and_its_texts_are_changed_and_taken_back(store_url: str) -> None:
    settings = make_settings(organisers={"telegram": [900]}, phases=[STAKES])
    async with open_world(store_url, settings) as world:
        ines = await world.organiser()
        await ines.follow("wpa")
        assert ines.text == "The phases of the workshops: 40 minutes."
        await ines.pick("Stakes")
        assert "English: Stakes\nOne idea.\nLike this." in ines.text
        await ines.press("Length")
        await ines.fill("25")
        assert ines.text == "Stakes: 25 minutes"
        await ines.press("See the phase")
        await ines.press("Text in English")
        await ines.fill("What is at stake", "One idea a message.", "-")
        assert ines.text == "What is at stake: text changed"
        phase = await world.read(find_phase, "stakes")
        assert phase is not None
        assert (phase.minutes, phase.title["en"], phase.title["fr"]) == (25, "What is at stake", "Enjeux")
        assert await world.read(SEED.differences, settings, world.clock.now()) != []
        await ines.press("Undo this change")
        phase = await world.read(find_phase, "stakes")
        assert phase is not None
        assert (phase.minutes, phase.title["en"], phase.example) == (25, "Stakes", {"en": "Like this."})


async def test_it_is_reached_from_the_organisers_screen(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(organisers={"telegram": [900]}, phases=[STAKES])) as world:
        ines = await world.organiser()
        await ines.command("organise")
        await ines.press("Who runs the workshops")
        await ines.press("Phases")
        assert ines.options == ("Stakes",)
