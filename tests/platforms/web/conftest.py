"""A gathering whose people have pages, and a phone to look at them."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

from tests.drivers.web import WebTown, open_web
from tests.world import open_world

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MISSING = "no Chromium found. On Debian and Ubuntu: sudo apt install chromium"
_ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-gpu"]


@pytest.fixture
async def town(sqlite_url: str) -> AsyncIterator[WebTown]:
    """Pages over a SQLite file."""
    async with open_world(sqlite_url) as world, open_web(world) as town:
        yield town


@pytest.fixture
async def phone() -> AsyncIterator[Page]:
    """A small phone in the evening: 360 × 740, dark, nothing that moves. Errors of its scripts fail the test."""
    chromium = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        device = await browser.new_context(
            viewport={"width": 360, "height": 740},
            locale="en-GB",
            timezone_id="America/Montreal",
            color_scheme="dark",
            reduced_motion="reduce",
        )
        device.set_default_timeout(10_000)
        page = await device.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        yield page
        await browser.close()
    assert not complaints
