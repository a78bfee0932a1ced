"""What a page shows of now: the line above the conversation, and what came while nobody looked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from bot.content.views import View
from bot.delivery.platform import Address
from handlers.groups.store.rounds import mark_round_published
from tests.drivers.web import WebHarness, open_web
from tests.groups.builders import crowd, group
from tests.platforms.web.phone import READER, enter
from tests.programme.builders import OPENING, with_programme
from tests.workshops.builders import PHASES, ended, started
from tests.world import World, make_settings, open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OPENING_ENDS = datetime(2027, 6, 10, 8, 0, tzinfo=UTC)
LINES = "element => element.getClientRects().length && element.getBoundingClientRect().height / 20 < 2"


async def to(world: World, instant: datetime) -> None:
    await world.clock.advance(instant - world.clock.now())


async def test_a_line_says_what_is_on_then_what_comes_and_opens_what_one_can_do(sqlite_url: str, phone: Page) -> None:
    async with open_world(sqlite_url, with_programme()) as world, open_web(world) as harness:
        await phone.add_init_script("Math.random = () => 0")  # no page waits longer than another to ask
        await enter(harness, phone)
        await crowd(world, "Ali")
        await group(world, ["Zoé", "Ali"], theme="culture", room="3")
        await world.store.transact(lambda tx: mark_round_published(tx, 1, world.clock.now()))
        await to(world, OPENING_ENDS - timedelta(seconds=2))
        await phone.reload()
        line = phone.locator("#pin")
        await expect(line).to_have_text("Opening · Room A · until 10:00")
        await to(world, OPENING_ENDS + timedelta(seconds=1))
        await expect(line).to_have_text("10:30 · Culture 1 · room 3")  # by itself, once that is over
        assert await line.locator("span").evaluate(LINES), "one line of a narrow phone"

        await line.click()
        panel = phone.locator(".menu .panel")
        await expect(panel).to_contain_text("Free until 10:30 (in 30 minutes), then Culture 1 · room 3")
        await expect(panel).to_contain_text("Group: Culture 1 · room 3, with Ali")
        await expect(panel.get_by_role("button", name="Programme")).to_be_in_viewport()
        await expect(line).to_have_attribute("aria-expanded", "true")
        await phone.keyboard.press("Escape")
        await expect(panel).to_be_hidden()
        await expect(line).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("title", ["Opening", "Welcome, opening words and what awaits us in these four days together"])
async def test_the_line_is_as_high_for_a_long_name_as_for_a_short_one(sqlite_url: str, phone: Page, title: str) -> None:
    settings = make_settings(sessions=[{**OPENING, "title": {"en": title}}])
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:
        await enter(harness, phone)
        line = phone.locator("#pin.now")
        await expect(line).to_contain_text(title)
        assert await line.evaluate("element => element.offsetHeight") == 40


async def test_the_line_is_of_now_as_soon_as_one_did_something(sqlite_url: str, phone: Page) -> None:
    settings = make_settings(phases=PHASES, sessions=[OPENING])
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:
        await enter(harness, phone)
        run = await started(world, await group(world, ["Zoé"]))
        await phone.add_init_script("Math.random = () => 0.99")  # what others did is seen late, as by most pages
        await phone.reload()
        line = phone.locator("#pin")
        await expect(line).to_contain_text("Understand the stakes · ends at")
        await ended(world, run)
        words = phone.get_by_label("Your message")
        await words.fill("/me")
        await words.press("Enter")
        await expect(line).to_contain_text("Opening · Room A", timeout=3_000)


async def test_who_comes_back_lands_at_the_latest_and_a_word_leads_to_the_first_they_missed(
    sqlite_url: str, phone: Page
) -> None:
    async with open_world(sqlite_url) as world, open_web(world) as harness:
        zoe = Address(await enter(harness, phone))
        missed = phone.get_by_role("link", name="new further up")
        await expect(missed).to_be_hidden()
        address = phone.url
        await phone.goto("about:blank")
        await tell(harness, zoe, range(18))
        await phone.goto(address)
        log = phone.get_by_role("log")
        await expect(log.get_by_text("Word 17")).to_be_in_viewport()
        await expect(missed).to_have_text("18 new further up↑")
        await missed.focus()
        await phone.keyboard.press("Enter")
        await expect(log.get_by_text("Word 0")).to_be_in_viewport()
        await expect(log.locator(".pushed").first).to_be_focused()
        await expect(missed).to_be_hidden()

        await phone.goto("about:blank")
        await tell(harness, zoe, range(18, 36))
        await phone.goto(address)
        await expect(missed).to_be_visible()
        await phone.mouse.move(180, 300)
        await phone.mouse.wheel(0, -100_000)
        await expect(missed).to_be_hidden()  # whoever scrolled there has seen it

        await phone.goto("about:blank")
        await tell(harness, zoe, range(36, 37))
        await phone.goto(address)
        await expect(log.get_by_text("Word 36")).to_be_in_viewport()
        await expect(missed).to_be_hidden()  # it is in view already


async def tell(harness: WebHarness, person: Address, numbers: range) -> None:
    for number in numbers:
        view = View((f"Word {number}", "It is two lines long."))
        await harness.adapter.send(person, view, READER, delivery_id=1 + number)
