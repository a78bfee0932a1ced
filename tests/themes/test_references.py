"""Who is given a theme stays a reference in what organisers read, and in what can be undone."""

from __future__ import annotations

from handlers.navigation.layout import OpenPerson
from tests.drivers.gestures import words
from tests.engines import on_one_engine
from tests.later import read_later, stored
from tests.participants import number, rewrite
from tests.world import open_world


@on_one_engine
async def test_a_given_theme_says_how_its_person_is_called_now(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.join("Zoé", "1")
        team, zoe = await world.organiser(), await number(world, "Zoé")
        await team.follow(OpenPerson(zoe).encode())
        await team.press("Theme")
        asked = team.view
        await team.pick("Culture")
        done = team.view
        await team.command("organiser")
        await team.press("Recent changes")
        changes = team.view
        assert "Zoé is in Culture (Inès" in words(team.text)
        await rewrite(world, zoe, given_name="Zora")
        for view, now in (
            (asked, "Which theme for Zora?"),
            (done, "Zora is in Culture"),
            (changes, "Zora is in Culture (Inès"),
        ):
            assert view
            assert not {"Zoé", "Inès"} & {*words(stored(view)).replace('"', " ").split()}
            assert now in await read_later(world, view)
