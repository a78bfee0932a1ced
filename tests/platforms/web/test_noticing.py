"""What a page lets its reader notice: what came below, what was taken away, that nobody answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from bot.content.views import View
from bot.delivery.platform import Address
from tests.drivers.web import WebHarness, open_web
from tests.platforms.web.phone import READER, enter
from tests.world import open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HEARD = """
() => {
    window.heard = 0;
    const create = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () { window.heard += 1; return create.call(this); };
}
"""
# A page that is led somewhere moves in each frame until it is there.
AT_REST = """
() => new Promise((settle) => {
    const look = (height, same) => (same === 10 ? settle(true)
        : requestAnimationFrame(() => look(scrollY, scrollY === height ? same + 1 : 0)));
    look(scrollY, 0);
})
"""
TOP = "element => element.getBoundingClientRect().top"


@pytest_asyncio.fixture(loop_scope="session")
async def harness(sqlite_url: str) -> AsyncIterator[WebHarness]:
    async with open_world(sqlite_url) as world, open_web(world) as harness:
        yield harness


async def test_a_page_leads_to_the_one_new_message_and_stays_there_when_something_above_changes(
    harness: WebHarness, phone: Page
) -> None:
    zoe = Address(await enter(harness, phone))
    lines = tuple(f"Name {number}" for number in range(40))
    async with phone.expect_response(lambda answer: answer.url.endswith("/seen")):
        above = await harness.adapter.send(zoe, View(lines), READER, delivery_id=1)
    address = phone.url
    await phone.goto("about:blank")
    await harness.adapter.send(zoe, View(("Are you safe?",)), READER, delivery_id=2)
    await phone.goto(address)
    last = phone.get_by_text("Are you safe?")
    await expect(last).to_be_in_viewport(ratio=1)
    await harness.adapter.edit(zoe, above, View((*lines[:30], "Changed")), READER)
    await expect(phone.get_by_text("Changed")).to_be_visible()
    await phone.wait_for_function(AT_REST)
    await expect(last).to_be_in_viewport(ratio=1)


async def test_what_comes_below_is_told_and_what_was_said_before_is_paged_back_to(
    harness: WebHarness, phone: Page
) -> None:
    zoe = Address(await enter(harness, phone))
    sent = [await harness.adapter.send(zoe, View((f"Word {n}",)), READER, delivery_id=1 + n) for n in range(60)]
    await phone.reload()
    log, title = phone.get_by_role("log"), await phone.title()
    await expect(log.locator("article")).to_have_count(50)

    await harness.adapter.delete(zoe, sent[-1])
    await expect(phone.locator(f"#m{sent[-1]}")).to_be_hidden()

    await phone.mouse.move(180, 300)
    await phone.mouse.wheel(0, -100_000)
    first = log.locator("article").first
    await expect(first).to_be_in_viewport()
    height = await first.evaluate(TOP)
    await phone.get_by_role("link", name="Older messages").click()
    await expect(log.locator("article")).to_have_count(61)
    assert abs(await phone.locator(f"#m{sent[10]}").evaluate(TOP) - height) < 2
    await expect(phone.get_by_role("link", name="Older messages")).to_have_count(0)
    await expect(log.locator("article").first).to_contain_text("Welcome, ")

    pill = phone.get_by_role("button", name="new message")
    await expect(pill).to_be_hidden()
    await harness.adapter.send(zoe, View(("The bus leaves.",)), READER, delivery_id=100)
    await expect(pill).to_have_text("↓1 new message")
    last = await harness.adapter.send(zoe, View(("It left.",)), READER, delivery_id=101)
    await expect(pill).to_have_text("↓2 new messages")
    await expect(phone).to_have_title(f"(2) {title}")
    async with phone.expect_response(lambda answer: answer.url.endswith("/seen")):
        await pill.click()
    await expect(log.get_by_text("It left.")).to_be_in_viewport()
    await expect(pill).to_be_hidden()
    await expect(phone).to_have_title(title)

    # What changes further up, as a screen whose buttons go, leaves the reader where they are.
    await phone.emulate_media(reduced_motion="reduce")
    await harness.adapter.edit(zoe, sent[30], View(("Word 30, corrected",)), READER)
    await expect(log).to_contain_text("Word 30, corrected")
    await expect(log.get_by_text("Word 30, corrected")).not_to_be_in_viewport()
    await expect(log.get_by_text("It left.")).to_be_in_viewport()

    await phone.locator(".menu summary").click()
    sound = phone.get_by_role("button", name="Sound when a message arrives")
    await expect(sound).to_have_attribute("aria-pressed", "false")
    await phone.evaluate(HEARD)
    await sound.click()
    assert await phone.evaluate("heard") == 2
    await phone.reload()
    await phone.evaluate(HEARD)
    await expect(phone.locator("#sound")).to_have_attribute("aria-pressed", "true")
    await phone.keyboard.press("Shift")
    await harness.adapter.edit(zoe, last, View(("It left at 9.",)), READER)
    await expect(log).to_contain_text("It left at 9.")
    assert await phone.evaluate("heard") == 0
    await harness.adapter.send(zoe, View(("Another bus.",)), READER, delivery_id=102)
    await expect(log).to_contain_text("Another bus.")
    assert await phone.evaluate("heard") == 2


async def test_a_lost_connection_is_told_and_a_slow_one_shows_where_the_answer_will_come(
    harness: WebHarness, new_phone: Page
) -> None:
    phone = new_phone
    await phone.clock.install()
    await enter(harness, phone)
    status = phone.locator("#status")
    released = asyncio.Event()

    async def slowly(route: Route) -> None:
        await released.wait()
        await route.continue_()

    await phone.route("**/pick", slowly)
    await phone.clock.pause_at(await phone.evaluate("Date.now()") / 1000 + 1)
    await phone.get_by_role("button", name="Culture").click()
    dots = phone.locator("article .waiting")
    await expect(dots).to_have_count(0)
    await phone.clock.fast_forward(500)
    await expect(dots).to_be_visible()
    await phone.clock.resume()
    released.set()
    await expect(phone.get_by_role("button", name="Confirm this theme")).to_be_visible()
    await expect(dots).to_have_count(0)

    tried = 0

    async def refuse(route: Route) -> None:
        nonlocal tried
        tried += 1
        if tried == 1:
            await route.fulfill(content_type="text/event-stream", body="retry: 20\n\n")
        else:
            await route.abort()

    async def tries(least: int) -> None:
        while tried < least:
            async with phone.expect_event("requestfailed"):
                pass

    await phone.route("**/events*", refuse)
    await phone.clock.pause_at(await phone.evaluate("Date.now()") / 1000 + 1)  # a busy machine takes none of the time
    await phone.reload()
    await tries(3)
    await phone.clock.fast_forward(2000)
    await tries(tried + 2)
    assert await status.text_content() == ""
    await phone.clock.fast_forward(2000)
    await expect(status).to_contain_text("Reconnecting… Last updated:")
    await phone.unroute("**/events*")
    await expect(status).to_have_text("")
