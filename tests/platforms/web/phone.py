"""Someone who opens their page on a phone."""

from __future__ import annotations

from playwright.async_api import Page, expect

from bot.content.texts import Reader
from tests.drivers.web import WebHarness

READER = Reader("en", "Europe/Paris")


async def enter(harness: WebHarness, phone: Page, name: str = "Zoé", root: str = "") -> str:
    """Open the page of someone invited; who they are. Where the server is not reached directly, `root` says how.

    The door is passed without being shown, which would take as long as the page.
    """
    root = root or harness.root
    door = await phone.request.post(f"{root}/p/{await harness.page_link(name)}", max_redirects=0)
    await phone.goto(root + door.headers["location"])
    await expect(phone.get_by_role("log")).to_contain_text("welcome to Rencontres")
    return phone.url.split("/c/")[1].split("/")[0]
