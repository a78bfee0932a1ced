"""The page in the gathering's colours, with its logo."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect

from bot.config.appearance_store import choose
from bot.content.branding import Branding, Logo
from bot.files.logo import address_of
from tests.drivers.web import WebHarness, open_web
from tests.pictures import drawn
from tests.platforms.web.test_comfort import clean
from tests.world import make_settings, open_world

SCRIPT = "document.documentElement.setAttribute('data-ran', 'yes')"
SVG = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20" onload="{SCRIPT}"><style>path{{fill:#8a1538}}</style>'
    f'<path d="M0 0h60v20z"/><script>{SCRIPT}</script></svg>'
)
MARK = """() => {
    const mark = document.querySelector("img"), { width, height } = mark.getBoundingClientRect();
    return [mark.naturalWidth, Math.round(width), Math.round(height)];
}"""
VARIABLE = "(name) => getComputedStyle(document.documentElement).getPropertyValue(name)"


async def fetch(harness: WebHarness, address: str) -> tuple[aiohttp.ClientResponse, bytes]:
    """What anybody gets at an address of the page."""
    async with aiohttp.ClientSession() as browser, browser.get(harness.root + address) as response:
        return response, await response.read()


async def addresses(harness: WebHarness) -> dict[str, str]:
    """The addresses of the static files that a personal link's page loads, by name."""
    zoe = harness.person()
    await zoe.get(f"/p/{await harness.page_link('Zoé')}")
    loaded = [element.get("src") or element.get("href") for element in zoe.page.walk()]
    return {
        match[1]: match[0] for match in (re.match(r"/static/([\w.]+)\?v=\w+$", address) for address in loaded) if match
    }


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(drawn("PNG"), "image/png"), (drawn("JPEG"), "image/jpeg"), (SVG.encode(), "image/svg+xml")],
)
async def test_the_logo_is_served_as_what_it_is(
    sqlite_url: str, tmp_path: Path, content: bytes, media_type: str
) -> None:
    logo = tmp_path / "logo"
    logo.write_bytes(content)
    settings = make_settings(gathering={"logo": str(logo)})
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:
        response, served = await fetch(harness, (await addresses(harness))["logo"])
    assert (served, response.headers["Content-Type"]) == (content, media_type)
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'") == (
        media_type == "image/svg+xml"
    )


async def test_another_logo_has_another_address(sqlite_url: str) -> None:
    served = set()
    async with open_world(sqlite_url) as world:
        for shade in (1, 2):
            logo = address_of(Logo(drawn("PNG", shade), "image/png"))
            await world.change(choose, Branding("Rencontres", logo=logo))
            async with open_web(world) as harness:
                served.add((await addresses(harness))["logo"])
    assert len(served) == 2


async def test_without_a_logo_that_can_be_used_the_icon_is_shown_in_the_gatherings_colour(sqlite_url: str) -> None:
    settings = make_settings(gathering={"colour": "#8a1538", "logo": "nowhere.png"})
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:
        found = await addresses(harness)
        assert "logo" not in found
        assert (await fetch(harness, "/static/logo?v=1"))[0].status == 404
        _response, icon = await fetch(harness, found["icon.svg"])
    assert b'rx="17" fill="#8a1538"' in icon
    assert b"#0f6b62" not in icon


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_a_script_in_a_logo_never_runs_and_the_logo_is_seen(sqlite_url: str, tmp_path: Path, phone: Page) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(SVG)
    settings = make_settings(gathering={"logo": str(logo)})
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:
        await phone.goto(f"{harness.root}/p/{await harness.page_link('Zoé')}")
        assert await phone.evaluate(MARK) == [300, 214, 80]
        await phone.get_by_role("button", name="Open my page").click()
        await expect(phone.locator(".chat > header img")).to_be_visible()
        assert await phone.evaluate(MARK) == [300, 79, 36]
        assert await phone.evaluate("document.documentElement.scrollWidth") == 360
        await phone.goto(harness.root + (await addresses(harness))["logo"])
        assert await phone.evaluate("document.documentElement.tagName") == "svg"
        assert await phone.evaluate("document.documentElement.getAttribute('data-ran')") is None


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("colour", ["#ffd400", "#0000ff"])
async def test_in_any_colour_everything_can_be_read(sqlite_url: str, phone: Page, colour: str) -> None:
    palette = Branding("Rencontres", colour).palette
    settings = make_settings(gathering={"colour": colour})
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:
        await phone.goto(f"{harness.root}/p/{await harness.page_link('Zoé')}")
        await clean(phone)
        shown: dict[str, Any] = {}
        for scheme in ("light", "dark"):
            await phone.emulate_media(color_scheme=scheme)
            for name in ("--accent", "--accent-ink", "--tint", "--own"):
                shown[f"{scheme} {name}"] = await phone.evaluate(VARIABLE, name)
        assert list(shown.values()) == [
            *(palette.accent, "#ffffff", palette.tint, palette.strong_tint),
            *(palette.night_accent, palette.night_ink, palette.night_tint, palette.night_strong_tint),
        ]
        await phone.get_by_role("button", name="Open my page").click()
        words = phone.get_by_label("Your message")
        await words.fill("See https://example.org")
        await phone.get_by_role("button", name="Send", exact=True).click()
        await expect(phone.locator(".person .bubble")).to_have_count(1)
        await words.fill("/theme")
        await phone.get_by_role("button", name="Send", exact=True).click()
        await phone.locator(".option", has_text="CivicTech").last.hover()
        await clean(phone)
