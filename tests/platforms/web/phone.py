"""Someone who opens their page on a phone."""

from __future__ import annotations

from playwright.async_api import Page, expect

from bot.content.texts import Reader
from tests.drivers.web import WebHarness

READER = Reader("en", "Europe/Paris")


async def enter(harness: WebHarness, phone: Page, name: str = "Zoé") -> str:
    """Open the page of someone invited; who they are."""
    await phone.goto(f"{harness.root}/p/{await harness.page_link(name)}")
    await phone.get_by_role("button", name="Open my page").click()
    await expect(phone.get_by_role("log")).to_contain_text("welcome to Rencontres")
    return phone.url.split("/c/")[1].split("/")[0]
