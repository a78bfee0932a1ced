"""Questions to the team on the organisers' screen."""

from __future__ import annotations

from datetime import timedelta

from tests.drivers.menus import steps_of
from tests.engines import on_one_engine
from tests.world import make_settings, open_world

OPEN = {"gathering": {"registration": "open"}, "organisers": {"telegram": [900]}}


@on_one_engine
async def test_a_question_comes_before_what_has_more_than_a_day(store_url: str) -> None:
    async with open_world(store_url, make_settings(**OPEN)) as world:
        zoe, ines = await world.join("Zoé", "1"), await world.organiser()
        await ines.command("organiser")
        assert not [label for label in ines.buttons if "Question" in label], "none waits"
        for words in ("Where do we sleep?", "Is there a bus?"):
            await zoe.command("equipe")
            await zoe.fill(words)
        assert await steps_of(ines) == ["2 questions without an answer", "The programme is empty"]
        assert not [label for label in ines.buttons if "Question" in label], "the way is there already"
        await ines.press("Answer")
        assert "Where do we sleep?" in ines.text
        await ines.press("Answer number 1")
        await ines.fill("At the hostel.")
        assert (await steps_of(ines))[0] == "1 question without an answer"


async def test_a_young_question_waits_behind_what_is_due_today(sqlite_url: str) -> None:
    settings = make_settings(**{**OPEN, "gathering": {"registration": "open", "starts": "2027-03-02"}})
    async with open_world(sqlite_url, settings) as world:
        zoe, ines = await world.join("Zoé", "1"), await world.organiser()
        await zoe.command("equipe")
        await zoe.fill("Where do we sleep?")
        assert await steps_of(ines) == [
            "1 person without a theme",
            "The programme is empty",
            "1 question without an answer",
        ]
        await world.clock.advance(timedelta(days=3))
        assert await steps_of(ines) == ["1 question without an answer"]
