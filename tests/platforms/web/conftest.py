"""A gathering whose people have pages, and a phone to look at them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.drivers.web import WebHarness, open_web
from tests.world import open_world


@pytest.fixture
async def harness(sqlite_url: str) -> AsyncIterator[WebHarness]:
    """Pages over a SQLite file."""
    async with open_world(sqlite_url) as world, open_web(world) as harness:
        yield harness


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A small phone, of each test's own; for those with `asyncio(loop_scope="session")`."""
    async with open_phone(browser) as phone:
        yield phone


@asynccontextmanager
async def open_phone(browser: Browser) -> AsyncIterator[Page]:
    """A small phone in the evening: 360 × 740, dark, nothing that moves. Errors of its scripts fail the test."""
    complaints: list[str] = []
    device = await browser.new_context(
        viewport={"width": 360, "height": 740},
        locale="en-GB",
        timezone_id="America/Montreal",
        color_scheme="dark",
        reduced_motion="reduce",
    )
    device.set_default_timeout(20_000)
    page = await device.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield page
    await device.close()
    assert not complaints
