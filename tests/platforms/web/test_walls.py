"""The screen for the wall in a browser: read from the last row of a room, at the sizes of projectors."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from bot.conversation import display_store
from handlers.attendance.store.marks import mark_attendance
from handlers.plenary.service.conducting import SCREEN
from handlers.plenary.service.preparing import session_of
from handlers.plenary.store.echo import applaud
from handlers.plenary.store.questions import questions_of_group
from handlers.plenary.store.voting import toggle_vote
from handlers.programme.model import local_day
from tests.ideas.builders import idea, voted
from tests.participants import number
from tests.plenary.walls import FRENCH, IDEAS, LONG, PEOPLE, Wall, open_wall, programme
from tests.workshops.builders import revealed, started

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
FINDINGS = """
async (rules) => (await axe.run({
    runOnly: { type: "tag", values: rules },
    rules: { "color-contrast-enhanced": { enabled: true } },
    resultTypes: ["violations"],
})).violations.flatMap((found) =>
    found.nodes.map((node) => `${found.id}: ${node.target} ${node.failureSummary}`))
"""
SIZES = ((800, 600), (1920, 1080), (3840, 2160))
RULES = "wcag2a wcag2aa wcag21aa wcag22aa best-practice wcag146"
CLIPPED = """
[...document.querySelectorAll("#scene .fit")]
    .filter((box) => !box.classList.contains("cut") && box.firstElementChild.offsetHeight > box.clientHeight + 1)
    .map((box) => box.innerText)
"""
MEASURE = """
async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const shown = [...document.querySelectorAll("#scene *, #marks *, #tools *")].filter((element) =>
        element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
    const small = shown.filter((element) => parseFloat(getComputedStyle(element).fontSize) < innerHeight / 25 - .01);
    const outside = shown.filter((element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        return left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1;
    });
    const wider = (box) => box.scrollWidth > box.clientWidth + 1;
    const texts = [...document.querySelectorAll("#scene .fit")].filter((box) =>
        !box.classList.contains("cut") && (wider(box) || box.firstElementChild.offsetHeight > box.clientHeight + 1));
    const lists = [...document.querySelectorAll("#scene .rows, #scene .cards, #scene .figures")].filter((box) =>
        wider(box) || [...box.children].some((part) =>
            part.checkVisibility() && part.getBoundingClientRect().bottom > box.getBoundingClientRect().bottom + 1));
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const luminance = (colour) => parts(colour).slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4))
        .reduce((sum, part, place) => sum + part * [.2126, .7152, .0722][place], 0);
    const ground = (element) => {
        const colour = getComputedStyle(element).backgroundColor;
        return (parts(colour)[3] ?? 1) || !element.parentElement ? colour : ground(element.parentElement);
    };
    const pale = shown.filter((element) => {
        const [low, high] = [getComputedStyle(element).color, ground(element)].map(luminance).sort((a, b) => a - b);
        return (high + .05) / (low + .05) < 7;
    });
    const page = document.documentElement;
    return {
        pale: pale.map((element) => element.outerHTML.slice(0, 80)),
        small: small.map((element) => element.outerHTML.slice(0, 80)),
        outside: outside.map((element) => element.outerHTML.slice(0, 80)),
        over: [...texts, ...lists].map((element) => element.outerHTML.slice(0, 80)),
        scrolls: page.scrollHeight > innerHeight || page.scrollWidth > innerWidth,
    };
}
"""


async def legible(page: Page, state: str) -> None:
    """Fail for what axe finds, letters below a twenty-fifth of the height, a contrast below 7, what does not fit."""
    await page.evaluate(AXE)
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    found: list[Any] = [(state, finding) for finding in await page.evaluate(FINDINGS, RULES.split())]
    looks: list[tuple[tuple[int, int], Literal["light", "dark"]]] = [
        (size, "light") for size in SIZES[: 3 if state == "talk" else 2]
    ]  # the largest is the second, twice
    looks.append((SIZES[1], "dark"))  # what is pale there is in any size
    for (width, height), scheme in looks:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        measured = await page.evaluate(MEASURE)
        found += [(state, width, scheme, key, value) for key, value in measured.items() if value]
    assert found == []


async def test_everything_is_read_from_the_last_row(sqlite_url: str, new_phone: Page) -> None:
    question = "Wie stellen Sie sicher, dass die Grundstücksverkehrsgenehmigungszuständigkeit " * 4
    async with open_wall(sqlite_url, LONG, locale="de", hours=0.5) as wall:
        world = wall.world
        await programme(world, *((hours, 45, "Eröffnungsveranstaltung " * 4) for hours in (1, 2, 3, 4, 5)))
        page, errors = new_phone, list[str]()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        await page.set_viewport_size({"width": 800, "height": 600})
        await page.goto(await wall.link())
        scene = page.locator("#scene")
        await expect(scene.locator(".agenda")).to_be_visible()
        await legible(page, "waiting")

        run = await started(world, wall.groups[0], "stakes", minutes=40)
        for place in range(30):
            await idea(world, wall.groups[0], "P1", f"{place}: {LONG[0].challenge}", phase="stakes")
        await revealed(world, run)
        await expect(scene.locator(".board .cards li").first).to_be_visible()
        await legible(page, "workshop")

        await wall.begin()
        await expect(scene.locator(".slide .part")).to_have_count(2)
        await expect(scene.locator(".clock .label")).to_have_text("Beginnt in")
        await legible(page, "talk")
        await wall.next()
        await wall.next()
        await wall.asked("P2", question[:280], named=True)
        await expect(scene.locator(".quote h1")).to_contain_text("Grundstücksverkehrsgenehmigung")
        await wall.wait(seconds=3720)
        await wall.change(lambda state: state.pause(world.clock.now()))
        await expect(scene.locator(".clock .digits")).to_have_text("+1:01:00")
        await legible(page, "questions")

        await wall.next()
        await wall.next()
        await wall.next()
        await wall.next()
        await expect(scene.locator(".words h1")).to_have_text("Vielen Dank!")
        await legible(page, "thanks")
        assert errors == []


@pytest.mark.parametrize("locale", ["fr", "en", "de"])
async def test_what_stands_on_the_wall_by_itself_fits_every_projector(
    sqlite_url: str, new_phone: Page, locale: str
) -> None:
    nothing = [replace(staged, challenge="", solution="") for staged in FRENCH]
    async with open_wall(sqlite_url, nothing, locale=locale) as wall:
        world, page = wall.world, new_phone
        await mark_everybody(wall)
        await wall.begin()
        await page.goto(await wall.link())
        await expect(page.locator("#scene .cards li")).to_have_count(1)
        await fits(page, "members")
        given = [await idea(world, wall.groups[0], "P1", LONG[0].challenge[:200], phase="stakes") for _idea in range(3)]
        for name in PEOPLE:
            await voted(world, wall.groups[0], name, *given, phase="stakes")
        await expect(page.locator("#scene .part")).to_have_count(3)
        question = await wall.written("P2", LONG[0].challenge[:280], named=True)
        for name in PEOPLE:
            await world.change(toggle_vote, question.id, await number(world, name))
            await world.change(applaud, wall.groups[0].id, await number(world, name))
        await expect(page.locator("#scene .figures")).to_contain_text("4 bravos", ignore_case=True)
        await fits(page, "votes")
        await wall.next()
        await wall.next()
        await expect(page.locator("#scene .quote h1")).to_contain_text(LONG[0].challenge[:20])
        await fits(page, "wanted")


async def fits(page: Page, state: str) -> None:
    """Fail for anything that is not read from the last row, on the projectors that halls have."""
    await page.emulate_media(reduced_motion="reduce")
    for width, height in ((1920, 1080), (1280, 720), (800, 600)):
        await page.set_viewport_size({"width": width, "height": height})
        measured = await page.evaluate(MEASURE)
        assert {key: value for key, value in measured.items() if value} == {}, (state, width)


async def mark_everybody(wall: Wall) -> None:
    """Mark everybody present today."""
    now, session = wall.world.clock.now(), await wall.world.read(session_of, wall.state.plenary)
    assert session
    day = local_day(session.plan, now).isoformat()
    for name in PEOPLE:
        person = await number(wall.world, name)
        await wall.world.change(mark_attendance, [person], day, True, person, now)


async def test_applause_is_seen_as_it_comes(sqlite_url: str, phone: Page) -> None:
    async with open_wall(sqlite_url, FRENCH[:2]) as wall:
        await phone.emulate_media(reduced_motion="no-preference")
        await wall.begin()
        await phone.goto(await wall.link())
        await expect(phone.locator("#scene .slide")).to_be_visible()
        await wall.world.change(applaud, wall.groups[0].id, await number(wall.world, "P2"))
        await expect(phone.locator("#cheers span")).to_have_count(1)
        await expect(phone.locator("#cheers span")).to_have_count(0)
        await phone.emulate_media(reduced_motion="reduce")
        await wall.world.change(applaud, wall.groups[0].id, await number(wall.world, "P2"))
        await expect(phone.locator("#scene .figures")).to_contain_text("2 bravos")
        await expect(phone.locator("#cheers span")).to_have_count(0)


async def test_a_lost_stream_shows_a_small_mark_while_the_clock_goes_on(sqlite_url: str, browser: Browser) -> None:
    async with open_wall(sqlite_url, FRENCH[:2], locale="fr") as wall:
        await wall.begin()
        await wall.written("P2", "Qui conduit le bus ?")
        context = await browser.new_context(viewport={"width": 1280, "height": 720})
        page = await context.new_page()
        await page.clock.install(time=wall.world.clock.now())
        await page.goto(await wall.link())
        clock = page.locator("#scene .clock .digits")
        await expect(clock).to_have_text("0:30")
        await expect(page.locator("#lost")).to_be_hidden()
        await context.set_offline(True)
        await page.clock.run_for(4_000)
        await expect(clock).to_have_text("0:26")
        await expect(page.locator("#lost")).to_be_hidden()
        await page.clock.run_for(8_000)
        await expect(page.locator("#lost")).to_be_visible()
        await expect(clock).to_have_text("0:18")
        await page.clock.run_for(30_000)
        await expect(page.locator("#scene .clock .label")).to_have_text("Présentation")
        await page.clock.run_for(170_000)
        await expect(clock).to_have_text("+0:02")
        assert (await page.evaluate(CLIPPED)) == [], "the clock is wider over time, and leaves less room"
        await context.set_offline(False)
        await wall.next()
        await wall.next()
        await page.clock.run_for(15_000)
        await expect(page.locator("#scene .quote")).to_be_visible()
        await expect(page.locator("#lost")).to_be_hidden()
        await context.close()


async def test_the_screen_is_set_by_who_stands_before_it(sqlite_url: str, phone: Page) -> None:
    async with open_wall(sqlite_url, FRENCH[:2]) as wall:
        await phone.set_viewport_size({"width": 800, "height": 600})
        await phone.emulate_media(color_scheme="light")
        await phone.goto(await wall.link())
        ground = "getComputedStyle(document.documentElement).backgroundColor"
        assert await phone.evaluate(ground) == "rgb(255, 255, 255)"
        await phone.get_by_role("button", name="Light or dark").click()
        assert await phone.evaluate(ground) == "rgb(20, 25, 28)"
        await phone.reload()
        assert await phone.evaluate(ground) == "rgb(20, 25, 28)"
        await phone.get_by_role("button", name="Full screen").click()
        assert await phone.evaluate("document.fullscreenElement === document.documentElement")


async def test_ideas_take_turns_until_all_were_on_the_wall(sqlite_url: str, browser: Browser) -> None:
    async with open_wall(sqlite_url, FRENCH[:2]) as wall:
        run = await started(wall.world, wall.groups[0], "stakes", minutes=40)
        for words in IDEAS:
            await idea(wall.world, wall.groups[0], "P1", words, phase="stakes")
        await revealed(wall.world, run)
        page = await browser.new_page(viewport={"width": 800, "height": 600})
        await page.clock.install(time=wall.world.clock.now())
        await page.goto(await wall.link())
        cards = page.locator("#scene .cards li:visible")
        await expect(cards.first).to_have_text(IDEAS[-1])
        seen: list[str] = []
        for _turn in range(4):
            shown = await cards.all_inner_texts()
            assert 2 <= len(shown) < len(IDEAS)
            seen += shown
            await page.clock.run_for(13_000)
        assert set(seen) == {*IDEAS}
        await page.close()


async def test_a_question_from_afar_is_kept_until_it_is_sent_and_goes_to_whom_it_was_meant_for(
    sqlite_url: str, phone: Page
) -> None:
    async with open_wall(sqlite_url, FRENCH[:3]) as wall:
        await wall.begin()
        await phone.goto(await wall.link(await number(wall.world, "P3")))
        await phone.evaluate(AXE)
        assert await phone.evaluate(FINDINGS, RULES.split()) == []
        assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        words, said = phone.get_by_role("textbox"), phone.locator("#said")
        await words.fill("x" * 322)
        await phone.get_by_role("button", name="Send").click()
        await expect(said).to_contain_text("42 characters too many (at most 280). Your text is kept")
        await expect(words).to_have_value("x" * 322)
        await words.fill("Who drives?")
        for _step in range(3):
            await wall.next()
        await expect(phone.locator("#scene .scene")).to_have_attribute("data-about", str(wall.groups[1].id))
        await phone.get_by_role("button", name="Send").click()
        await expect(said).to_contain_text("The turn of this group is over: your question goes to the group")
        await expect(words).to_have_value("")
        await words.fill("And here?")
        await phone.get_by_role("button", name="Send").click()
        await expect(said).to_have_text("Noted. You will be told when it is asked.")
        for group, asked in zip(wall.groups, (["Who drives?"], ["And here?"], []), strict=True):
            questions = await wall.world.read(questions_of_group, group.id)
            assert [question.text for question in questions] == asked

        subject = str(wall.state.plenary.id)
        await wall.world.change(display_store.close, SCREEN, subject, wall.world.clock.now())
        await expect(phone.locator("#scene h1")).to_contain_text("This link no longer shows anything.")
        await expect(words).to_be_hidden()
