"""People whom a search finds, and who changed something meanwhile, stay references in what organisers read."""

from __future__ import annotations

from bot.content.texts import label
from handlers.navigation.layout import OpenPerson
from tests.drivers.gestures import words
from tests.later import read_later, stored
from tests.participants import ids, number, rewrite
from tests.world import open_world


async def test_people_who_are_found_are_buttons_that_say_how_they_are_called_now(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Élise", "Dupont")
        await world.invite("Élise", "Dupont-Aignan-de-la-Rochefoucauld-Doudeauville")
        team = await world.organiser()
        await team.command("organiser")
        await team.press("Find")
        await team.fill("Élise")
        found = team.view
        assert found
        short, long = (words(label(button.label, team.reader)) for button in found.buttons[:2])
        assert short == "Élise Dupont (R-0001)"
        assert long.endswith("… (R-0002)")
        assert "Dupont" not in stored(found)
        await rewrite(world, *await ids(world, "R-0001"), family_name="Durand")
        assert "Élise Durand (R-0001)" in await read_later(world, found)


async def test_who_was_faster_is_named_by_reference(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.join("Zoé", "1")
        zoe = await number(world, "Zoé")
        team, other = await world.organiser(), await world.organiser(platform="discord")
        for chat in (team, other):
            await chat.follow(OpenPerson(zoe).encode())
            await chat.press("Theme")
        await team.pick("Culture")
        await other.pick("Education")
        assert other.view
        assert "Inès" not in stored(other.view)
        said = await read_later(world, other.view)
        assert said.startswith(words(other.text))
        assert "Inès changed this meanwhile, so nothing was saved." in said
