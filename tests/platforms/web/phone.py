"""Someone who opens their page on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, expect

from bot.content.texts import Reader
from bot.content.views import Picture, View
from bot.delivery.platform import Address
from tests.drivers.web import WebHarness
from tests.pictures import png

READER = Reader("en", "Europe/Paris")


async def enter(harness: WebHarness, phone: Page, name: str = "Zoé", root: str = "") -> str:
    """Open the page of someone invited; who they are. Where the server is not reached directly, `root` says how.

    The door is passed without being shown, which would take as long as the page.
    """
    root = root or harness.root
    door = await phone.request.post(f"{root}/p/{await harness.page_link(name)}", max_redirects=0)
    await phone.goto(root + door.headers["location"])
    await expect(phone.get_by_role("log")).to_contain_text("Welcome, ")
    return phone.url.split("/c/")[1].split("/")[0]


async def fill(harness: WebHarness, person: str) -> None:
    """Send as many messages as a page opens with, «Word 49» the latest; the last four have pictures of 60 kB."""
    for number in range(50):
        pictures = (Picture(png(640, 480) + bytes(60_000), "A photo"),) if number >= 46 else ()
        view = View((f"Word {number}",), attachments=pictures)
        await harness.adapter.send(Address(person), view, READER, delivery_id=number + 1)


@asynccontextmanager
async def first_visit(phone: Page) -> AsyncIterator[Page]:
    """A browser with the session of a phone, in which nothing of the page is stored and no worker loads it."""
    assert phone.context.browser
    device = await phone.context.browser.new_context(
        service_workers="block", storage_state=await phone.context.storage_state(), viewport=phone.viewport_size
    )
    yield await device.new_page()
    await device.close()
