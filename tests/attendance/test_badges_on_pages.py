"""A badge is an address where there is a page: organisers whose page is open scan it, everybody else sees the door."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image

from handlers.attendance.store.marks import attendance_on
from tests.drivers.web import open_web
from tests.engines import on_one_engine
from tests.world import World, make_settings, open_world

PAGE = "https://rencontres.example"


async def badge_of(world: World) -> str:
    """The path of the address on a badge."""
    zoe = await world.join("Zoé", "1")
    await zoe.command("badge")
    assert zoe.picture
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(zoe.picture.content)))
    assert code.text.startswith(f"{PAGE}/e/link/gbd-")
    return urlsplit(code.text).path


@on_one_engine
async def test_organisers_scan_badges_on_their_page_and_others_see_the_door(store_url: str) -> None:
    settings = make_settings(gathering={"starts": "2027-03-01", "ends": "2027-03-03"}, web={"public_url": PAGE})
    async with open_world(store_url, settings) as world, open_web(world) as harness:
        path = await badge_of(world)
        ines, ada, nobody = await harness.joined("Inès", organises=True), await harness.joined("Ada"), harness.person()
        for somebody in (ines, ada):
            await somebody.look()
        await nobody.get(path)
        assert nobody.status == 200
        assert "The code of your invitation, or its link:" in nobody.page.text
        await ada.get(path)
        assert "This is for the organisers." in ada.text
        await ines.get(path)
        assert "\u2068Zoé\u2069: not marked" in ines.text
        await ines.press("Here")
        assert await world.read(attendance_on, "2027-03-01") == {world.ids["Zoé"]: True}


@on_one_engine
async def test_a_badge_stays_on_its_page_whoever_is_erased(store_url: str) -> None:
    settings = make_settings(gathering={"starts": "2027-03-01", "ends": "2027-03-03"}, web={"public_url": PAGE})
    async with open_world(store_url, settings) as world, open_web(world) as harness:
        zoe, mal = await harness.joined("Zoé"), await world.join("Mal", "666")
        await zoe.command("badge")
        await mal.command("effacer")
        await mal.press("Erase my texts too")
        await mal.press("Yes, erase me")
        await zoe.look()
        assert "Show this code at the door" in zoe.text


async def test_a_link_on_another_site_opens_the_page_alone(sqlite_url: str) -> None:
    settings = make_settings(gathering={"starts": "2027-03-01", "ends": "2027-03-03"}, web={"public_url": PAGE})
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:
        path = await badge_of(world)
        ines = await harness.joined("Inès", organises=True)
        await ines.look()
        before = ines.text
        link = f"/c/{world.ids['Inès']}/link?payload={path.rpartition('/')[2]}"
        async with ines.browser.get(f"{harness.root}{link}", headers={"Sec-Fetch-Site": "cross-site"}) as response:
            assert response.status == 200
        await ines.look()
        assert ines.text == before
        await ines.get(link)
        assert "not marked" in ines.text
