"""The mailboxes of the demo: an invitation leaves, is read in one, and leads to the door of a page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.rehearsal.builders import Demo, open_demo

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

INVITED, BY_MAIL_ALONE = 9, 10
"""The ids of an invented person who was not invited yet, and of the one who has e-mail alone."""


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with open_demo(tmp_path) as demo:
        yield demo


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser, demo: Demo) -> AsyncIterator[Page]:
    """The demo on a wide screen."""
    device = await browser.new_context(viewport={"width": 1600, "height": 900}, locale="en-GB")
    page = await device.new_page()
    await page.goto(f"{demo.address}?lang=en")
    yield page
    await device.close()


async def test_an_invitation_is_read_in_a_mailbox_and_opens_a_page(demo: Demo, desk: Page) -> None:
    await desk.get_by_label("E-mail").first.check()
    await desk.get_by_label("Page").first.uncheck()  # whoever opens their page needs no invitation
    await desk.locator("#who").select_option(str(INVITED))
    mailbox = desk.frame_locator("#participant-email")
    await expect(mailbox.get_by_text("No letters yet.")).to_be_visible()
    organiser = desk.frame_locator("#organiser")
    await organiser.get_by_label("Your message").fill("/organiser")
    await organiser.get_by_role("button", name="Send", exact=True).click()
    log = organiser.get_by_role("log")
    await log.get_by_role("button", name="Send the invitations").click()
    await log.get_by_role("button", name="Send", exact=True).click()
    await expect(log.get_by_role("button", name="Cancel")).to_be_visible()
    assert await demo.move("minutes") == 200
    await mailbox.locator("summary").click()
    letter = mailbox.frame_locator(".letter iframe")
    async with desk.context.expect_page() as opening:
        await letter.get_by_role("link").first.click()
    door = await opening.value
    await door.get_by_role("button").first.click()
    await expect(door.get_by_role("log")).to_contain_text("Bienvenue")


async def test_whoever_has_mail_alone_is_shown_their_mailbox(demo: Demo) -> None:
    async with demo.browser.get(f"{demo.root}/demo/as/{BY_MAIL_ALONE}?lang=de") as shown:
        assert shown.url.path == f"/demo/mail/{BY_MAIL_ALONE}"
        assert "@example.org" in await shown.text()
    assert (await demo.get("/demo/mail/99999"))[0] == 404
    assert (await demo.get(f"/demo/mail/{BY_MAIL_ALONE}/7"))[0] == 404
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert (await demo.get(f"/demo/mail/{BY_MAIL_ALONE}", **elsewhere))[0] == 403
