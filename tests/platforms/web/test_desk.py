"""The desk in a real browser, at a laptop: tables by keyboard, live beside another desk, a paste with its undo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.people import participant_store
from handlers.groups.store.members import members_of
from tests.drivers.web import WebHarness, open_web
from tests.groups.builders import group
from tests.participants import number
from tests.platforms.web.conftest import watching
from tests.platforms.web.test_comfort import AXE, FINDINGS, SCHEMES
from tests.programme.builders import with_programme
from tests.world import open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WIDE = ViewportSize(width=1280, height=800)


@pytest_asyncio.fixture(loop_scope="session")
async def harness(sqlite_url: str) -> AsyncIterator[WebHarness]:
    async with open_world(sqlite_url, with_programme()) as world, open_web(world) as harness:
        for name in ("Ana", "Bo", "Cy"):
            await world.invite(name, family_name=f"{name}mère", organisation=f"Coop {name}")
        yield harness


@asynccontextmanager
async def desk(harness: WebHarness, browser: Browser, name: str, grid: str = "people") -> AsyncIterator[Page]:
    """The desk of an organiser who has just opened their page."""
    context = await browser.new_context(viewport=WIDE, locale="en-GB", reduced_motion="reduce")
    page = await context.new_page()
    async with watching(page):
        door = await page.request.post(f"{harness.root}/p/{await harness.page_link(name)}", max_redirects=0)
        person = await number(harness.world, name)
        await harness.world.change(participant_store.set_organises, person, True)
        await page.goto(f"{harness.root}{door.headers['location'].partition('#')[0]}desk?grid={grid}")
        await page.wait_for_selector("body[data-ready]")
        yield page
    await context.close()


async def clean(page: Page) -> None:
    """Fail for what axe finds, in the light and in the dark."""
    await page.evaluate(AXE)
    for scheme, rules in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        assert await page.evaluate(FINDINGS, rules.split()) == []


async def keys(page: Page, *names: str) -> None:
    for name in names:
        await page.keyboard.press(name)


async def paste(page: Page, text: str) -> None:
    """Paste a text where the keyboard is, as Ctrl+V does."""
    await page.evaluate(
        """(text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const how = { clipboardData, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        text,
    )


async def test_a_cell_is_edited_by_keyboard_and_seen_on_another_desk(harness: WebHarness, browser: Browser) -> None:
    async with desk(harness, browser, "Inès") as mine, desk(harness, browser, "Max") as other:
        await mine.get_by_role("grid").focus()
        await keys(mine, "Control+Home", *["ArrowRight"] * 5, "Enter")
        await expect(mine.get_by_role("textbox", name="organisation")).to_have_value("Coop Ana")
        await mine.keyboard.type("School")
        await keys(mine, "Enter")
        await expect(other.get_by_role("gridcell", name="School", exact=True)).to_be_visible()
        await expect(mine.locator(".unsaved")).to_have_count(0)
        # The other had begun to edit the cell: what they type is kept, and they are told who was faster.
        await other.get_by_role("grid").focus()
        await keys(other, "Control+Home", *["ArrowRight"] * 5, "ArrowDown", "Enter")
        await keys(mine, "Enter")
        await mine.keyboard.type("University")
        await keys(mine, "Enter")
        await expect(mine.locator(".unsaved")).to_have_count(0)
        await other.keyboard.type("College")
        await keys(other, "Enter")
        await expect(other.get_by_role("alert")).to_contain_text("wrote “University” at ")
        await expect(other.get_by_role("textbox", name="organisation")).to_have_value("College")
        await keys(other, "Enter")
        await expect(mine.get_by_role("gridcell", name="College", exact=True)).to_be_visible()
        await keys(other, "Control+z")
        await expect(mine.get_by_role("gridcell", name="University", exact=True)).to_be_visible()


async def test_sorting_and_filtering_leave_the_edited_cell_where_it_is(harness: WebHarness, browser: Browser) -> None:
    async with desk(harness, browser, "Inès") as page:
        await page.get_by_role("columnheader", name="given name").click()
        await page.get_by_role("columnheader", name="given name").click()
        await expect(page.get_by_role("columnheader", name="given name")).to_have_attribute("aria-sort", "descending")
        await keys(page, "Control+Home", "ArrowDown", "ArrowDown", "Enter")
        await page.keyboard.type("Zed")
        await keys(page, "Enter")
        names = page.locator("[role=gridcell][data-column='0']")
        await expect(names).to_have_text(["Inès", "Cy", "Zed", "Ana"])
        await page.get_by_role("searchbox").fill("mere zed")
        await expect(names).to_have_text(["Zed"])
        await expect(page.locator("#count")).to_have_text("1 of 4")
        await page.get_by_role("searchbox").fill("")
        await expect(names).to_have_text(["Zed", "Inès", "Cy", "Ana"])


async def test_a_paste_is_saved_whole_or_told_what_has_no_place(harness: WebHarness, browser: Browser) -> None:
    async with desk(harness, browser, "Inès") as page:
        await page.get_by_role("grid").focus()
        await keys(page, "Control+Home", "ArrowRight")
        await paste(page, "One\tFrance\nTwo\tQuébec\nThree\tSuisse\nFour\tMali\nFive\tMali")
        await expect(page.get_by_role("alert")).to_have_text(
            "2 of these cells have no place here, so nothing was pasted."
        )
        await paste(page, 'One\tFrance\nTwo\tQuébec\n"Three ""3"""\tSuisse\nFour\tMali\n')
        family = page.locator("[role=gridcell][data-column='1']")
        await expect(family).to_have_text(["One", "Two", 'Three "3"', "Four"])
        await expect(page.locator("[role=gridcell][data-column='2']")).to_have_text(
            ["France", "Quebec", "Switzerland", "Mali"]
        )
        await page.get_by_role("button", name="Undo").click()
        await expect(family).to_have_text(["Anamère", "Bomère", "Cymère", ""])
        await page.get_by_role("grid").focus()
        await keys(page, "Control+Home", "ArrowRight", *["Shift+ArrowDown"] * 3)
        await paste(page, "Same")
        await expect(family).to_have_text(["Same"] * 4)


async def test_a_person_is_dragged_to_another_group_by_keyboard_or_mouse_and_it_is_applied_once(
    harness: WebHarness, browser: Browser
) -> None:
    first = await group(harness.world, ("Ana", "Bo"))
    second = await group(harness.world, ("Cy",), number_=2)
    async with desk(harness, browser, "Inès", "groups") as page, desk(harness, browser, "Max", "groups") as other:
        for each in (page, other):
            await each.get_by_role("button", name="Group, ").click()
        await page.get_by_role("button", name="Ana Anamère").focus()
        await keys(page, "Enter", "ArrowRight", "Enter")
        waits = page.get_by_role("region", name="What this would change")
        await expect(waits).to_contain_text("Group 2 would have 2 people")
        assert len(await harness.world.read(members_of, first)) == 2
        await waits.get_by_role("button", name="Apply").press("Enter")
        await expect(other.get_by_role("group", name="Education 2 (2)")).to_contain_text("Ana Anamère")
        await expect(waits).to_be_hidden()
        await other.get_by_role("button", name="Bo Bomère").drag_to(other.get_by_role("group", name="Education 2 (2)"))
        await other.get_by_role("button", name="Apply").click()
        await expect(page.get_by_role("group", name="Education 2 (3)")).to_contain_text("Bo Bomère")
        assert len(await harness.world.read(members_of, second)) == 3
        await other.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("group", name="Education 1 (1)")).to_contain_text("Bo Bomère")
        await clean(page)


async def test_a_session_is_carried_to_another_hour_by_keyboard(harness: WebHarness, browser: Browser) -> None:
    async with desk(harness, browser, "Inès", "programme") as page:
        await page.get_by_role("button", name="Rooms and hours").click()
        session = page.locator(".card").first
        await session.focus()
        await keys(page, "Control+x", "ArrowDown", "Escape")
        await expect(session).to_be_focused()
        await expect(page.get_by_role("region", name="What this would change")).to_be_hidden()
        await keys(page, "Control+x", "ArrowDown", "Control+v")
        await expect(page.get_by_role("region", name="What this would change")).to_contain_text(
            "Opening: Thursday 10 June, 09:00 → 10:00"
        )
        await clean(page)
        await page.get_by_role("button", name="Discard").click()
        await expect(page.locator(".unsaved")).to_have_count(0)


async def test_axe_finds_nothing_on_the_desk_at_a_laptop(harness: WebHarness, browser: Browser) -> None:
    async with desk(harness, browser, "Inès") as page:
        await page.get_by_role("grid").focus()
        await keys(page, "Control+Home", "Enter")
        await expect(page.get_by_role("textbox", name="given name")).to_be_focused()
        await clean(page)


async def test_a_phone_has_no_way_to_the_desk(harness: WebHarness, browser: Browser) -> None:
    async with desk(harness, browser, "Inès") as page:
        await page.get_by_role("link", name="My page").click()
        await expect(page.get_by_role("link", name="The desk")).to_be_visible()
        await page.set_viewport_size({"width": 999, "height": 800})
        await expect(page.get_by_role("link", name="The desk")).to_be_hidden()
