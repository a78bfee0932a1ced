"""Organisers change the colour and the logos in chat: prints, pages and slides have them; the file is read once."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.config.appearance_store import choose, dressed, present
from bot.content.answers import Upload
from bot.content.branding import Branding, Logo
from bot.files.logo import MOST_BYTES, address_of, partners_logos, read_logo
from bot.files.uploads import received_file
from handlers.appearance.seeding import SEED
from handlers.practical.drawing import draw_sheet
from tests.drivers.neutral import NeutralChat
from tests.drivers.web import open_web
from tests.pictures import OWNER, drawn, png
from tests.stored_rows import stored_rows
from tests.world import World, make_settings, open_world, seed

GREEN, YELLOW, DARKENED = "#0f6b62", "#ffd400", "#7a6500"
PNG = drawn("PNG", size=(300, 90))
OTHER = Logo(drawn("PNG", size=(90, 90)), "image/png")


def sent(name: str, content: bytes) -> Upload:
    """A file as it comes from a chat."""
    return received_file(name, content)


async def look(world: World) -> Branding:
    return await world.read(present, world.settings.gathering.branding)


async def open_screen(chat: NeutralChat) -> None:
    """Open the screen of colour and logos, by the one of practical information."""
    await chat.follow("ze")
    await chat.press("Colour and logos")


async def test_the_colour_is_changed_in_chat_and_stays_so(store_url: str) -> None:
    settings = make_settings(organisers={"telegram": [900]}, gathering={"colour": GREEN})
    async with open_world(store_url, settings) as world:
        ines = await world.organiser()
        await open_screen(ines)
        await ines.press("Colour")
        await ines.fill("yellow")
        assert "This is no colour. Write # and six signs" in ines.text
        await ines.fill("FFD400")
        assert ines.text.startswith(f"Colour: {YELLOW}")
        assert f"It is too light for white letters: {DARKENED} is used instead" in ines.text
        await seed(world.store, settings)
        assert (await look(world)).colour == YELLOW
        assert await world.read(SEED.differences, settings, world.clock.now()) == [
            f"gathering.colour: {YELLOW} -> {GREEN}"
        ]
        old_job = {"branding": asdict(settings.gathering.branding), "locale": "fr"}
        assert (await world.read(dressed, old_job))["branding"]["colour"] == YELLOW
        assert await world.read(dressed, {"title": "Rencontres"}) == {"title": "Rencontres"}
        await ines.press("Undo this change")
        assert (await look(world)).colour == GREEN
        await world.change(SEED.apply, make_settings(gathering={"colour": YELLOW}), world.clock.now())
        assert (await look(world)).colour == YELLOW


async def test_logos_are_sent_to_the_bot_and_stand_on_prints(store_url: str) -> None:
    async with open_world(store_url, make_settings(organisers={"telegram": [900]})) as world:
        ines, photo = await world.organiser(), drawn(size=(200, 80), comment=OWNER)
        assert OWNER in photo
        await open_screen(ines)
        assert "There is no logo." in ines.text
        await ines.press("Logo")
        await ines.fill(sent("logo.jpg", photo))
        assert ines.text.startswith("The logo was changed")
        logo = read_logo(await look(world))
        assert logo
        assert logo.media_type == "image/jpeg"
        assert OWNER not in logo.content
        for name in ("Ville de Namur", "Région", "Région"):
            await open_screen(ines)
            await ines.press("Add a partner’s logo")
            await ines.fill(name, sent("partner.png", PNG))
        branding = await look(world)
        assert [*partners_logos(branding)] == ["Ville de Namur", "Région"]
        sheet = {"title": "Pratique", "sections": [], "join": []}
        plain = draw_sheet(sheet, Branding(branding.name), "fr")  # type: ignore[arg-type]
        assert len(draw_sheet(sheet, branding, "fr")) > len(plain) + len(logo.content)  # type: ignore[arg-type]
        await open_screen(ines)
        await ines.pick("Région")
        assert "is no longer a partner" in ines.text
        await open_screen(ines)
        await ines.press("Without a logo")
        branding = await look(world)
        assert branding.logo == ""
        assert [*partners_logos(branding)] == ["Ville de Namur"]
        assert len((await stored_rows(world.store))["appearances"]) == 7


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("logo.svg", b"<svg/>", "I cannot read “logo.svg”. Send .png, .jpg, and .jpeg."),
        ("logo.png", b"GIF89a", "I cannot read this picture."),
        ("logo.png", PNG[:-20], "I cannot read this picture."),
        ("logo.png", png(20, 20), "This picture has 20 × 20 pixels."),
        ("logo.png", png(4000, 40), "This picture has 4000 × 40 pixels."),
        ("logo.png", png(3000, 3000), "This picture has 3000 × 3000 pixels."),
        ("logo.png", PNG + b" " * MOST_BYTES, "This file is too large"),
    ],
)
async def test_what_prints_could_not_show_is_refused(sqlite_url: str, name: str, content: bytes, said: str) -> None:
    async with open_world(sqlite_url, make_settings(organisers={"telegram": [900]})) as world:
        ines = await world.organiser()
        await open_screen(ines)
        await ines.press("Logo")
        await ines.fill(Upload(name, content))
        assert said in ines.text
        assert (await look(world)).logo == ""


async def test_at_most_six_partners(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(organisers={"telegram": [900]})) as world:
        ines = await world.organiser()
        for place in range(6):
            await open_screen(ines)
            assert "Add a partner’s logo" in ines.buttons
            await ines.press("Add a partner’s logo")
            await ines.fill(f"Partner {place}", sent("partner.png", PNG))
        await open_screen(ines)
        assert "Add a partner’s logo" not in ines.buttons


async def test_two_who_change_the_logo_learn_of_each_other(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(organisers={"telegram": [900, 901]})) as world:
        ines, ali = await world.organiser(), await world.organiser("901")
        await open_screen(ines)
        await open_screen(ali)
        await ali.press("Logo")
        await ali.fill(sent("logo.png", PNG))
        before = await look(world)
        await ines.press("Logo")
        await ines.fill(sent("logo.png", OTHER.content))
        assert await look(world) == before


async def test_the_logo_of_the_file_is_kept_with_its_content(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(PNG)
    settings = make_settings(gathering={"logo": str(tmp_path / "logo.png")})
    async with open_world(sqlite_url, settings) as world:
        (tmp_path / "logo.png").unlink()
        logo = read_logo(await look(world))
        assert logo
        assert logo.content == PNG


async def test_pages_that_are_opened_afterwards_have_it(store_url: str) -> None:
    settings = make_settings(organisers={"telegram": [900]})
    async with open_world(store_url, settings) as world, open_web(world) as harness:
        zoe, door = harness.person(), f"/p/{await harness.page_link('Zoé')}"
        await zoe.get(door)
        assert "icon.svg" in str(zoe.page.first("img"))
        await world.change(
            choose, Branding("Rencontres", YELLOW, address_of(Logo(PNG, "image/png")), [("Ville", address_of(OTHER))])
        )
        await world.clock.advance(timedelta(seconds=5))
        await zoe.get(door)
        logo, partner = zoe.page.all("img")
        assert partner.get("alt") == "Ville"
        async with aiohttp.ClientSession() as browser:
            for address, content in ((logo.get("src"), PNG), (partner.get("src"), OTHER.content)):
                async with browser.get(f"{harness.root}{address}") as response:
                    assert await response.read() == content
            async with browser.get(f"{harness.root}/static/chat.css") as response:
                assert f"--accent: {DARKENED}" in await response.text()
