"""What is told of changes, and of who made them."""

from __future__ import annotations

from tests.drivers.web import open_web
from tests.engines import on_one_engine
from tests.participants import number, rewrite
from tests.stored_rows import stored_rows
from tests.world import open_world


@on_one_engine
async def test_who_made_a_change_is_stored_as_who_is_meant(store_url: str) -> None:
    async with open_world(store_url) as world, open_web(world) as site:
        ines, maud = await world.organiser(), await site.joined("Maud", organises=True)
        await ines.command("organiser")
        await ines.press("Themes")
        await ines.pick("Culture")
        await ines.press("Places")
        await ines.fill("7")
        await maud.command("organiser")
        await maud.press("Recent changes")
        assert "7 places (\u2068Inès\u2069, 10:00)" in maud.text
        stored = str(await stored_rows(world.store, "page_messages"))
        assert '["person", ' in stored
        assert "Inès" not in stored
        await rewrite(world, await number(world, "Inès"), given_name="Irma")
        await maud.look()
        assert "7 places (Irma, 10:00)" in maud.text
