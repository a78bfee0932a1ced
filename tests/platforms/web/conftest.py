"""A gathering whose people have pages, and a phone to look at them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Error, Page

from tests.drivers.web import WebHarness, open_web
from tests.world import open_world


@pytest.fixture
async def harness(sqlite_url: str) -> AsyncIterator[WebHarness]:
    """Pages over a SQLite file."""
    async with open_world(sqlite_url) as world, open_web(world) as harness:
        yield harness


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kept_phone(browser: Browser) -> AsyncIterator[Page]:
    async with open_phone(browser) as phone:
        yield phone


@pytest_asyncio.fixture(loop_scope="session")
async def phone(kept_phone: Page) -> AsyncIterator[Page]:
    """A small phone, for tests with `asyncio(loop_scope="session")`. They hand on one: a new one takes twice the time.

    Every gathering has another port, so nothing that pages keep on a device is left. A test that changes a phone for
    good, as by a clock or by scripts that run before ours, takes a `new_phone`.
    """
    async with watching(kept_phone):
        yield kept_phone
        await empty(kept_phone)


@pytest_asyncio.fixture(loop_scope="session")
async def new_phone(browser: Browser) -> AsyncIterator[Page]:
    """A small phone of the test's own."""
    async with open_phone(browser) as phone, watching(phone):
        yield phone


@pytest_asyncio.fixture(loop_scope="session")
async def whole_phone(whole_browser: Browser) -> AsyncIterator[Page]:
    """The same in a browser that can install a page and show what is pushed."""
    async with open_phone(whole_browser) as phone, watching(phone):
        yield phone


@asynccontextmanager
async def open_phone(browser: Browser) -> AsyncIterator[Page]:
    """A small phone in the evening: 360 × 740, dark, nothing that moves."""
    device = await browser.new_context(
        viewport={"width": 360, "height": 740},
        locale="en-GB",
        timezone_id="America/Montreal",
        color_scheme="dark",
        reduced_motion="reduce",
    )
    device.set_default_timeout(20_000)
    yield await device.new_page()
    await device.close()


@asynccontextmanager
async def watching(page: Page) -> AsyncIterator[None]:
    """Fail for errors of the scripts of a page, and for what its policy forbids."""
    complaints: list[str] = []

    def note_error(error: Error) -> None:
        complaints.append(str(error))

    def note_message(message: ConsoleMessage) -> None:
        if "Content Security" in message.text:
            complaints.append(message.text)

    page.on("pageerror", note_error)
    page.on("console", note_message)
    yield
    page.remove_listener("pageerror", note_error)
    page.remove_listener("console", note_message)
    assert not complaints


async def empty(phone: Page) -> None:
    """Close what is open on a phone, and set it as it was when it was new."""
    device = phone.context
    for page in device.pages:
        if page is not phone:
            await page.close()
    await phone.unroute_all()
    await device.set_offline(offline=False)
    await phone.goto("about:blank")
    await device.clear_cookies()
    await phone.mouse.move(0, 0)
    await phone.set_viewport_size({"width": 360, "height": 740})
    await phone.emulate_media(color_scheme="dark", reduced_motion="reduce")
