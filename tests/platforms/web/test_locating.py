"""«Send my position»: the page asks the browser, which asks its owner; nothing else of ours learns where anybody is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from multidict import MultiDict, MultiDictProxy
from playwright.async_api import Browser, Page, expect

from bot.conversation.incoming import Located
from bot.delivery.platform import Address
from bot.people.audiences import Audience
from bot.platforms.web.bodies import Posted
from bot.platforms.web.gestures import read
from handlers.trust import service
from handlers.trust.messages import question
from tests.drivers.web import WebHarness, open_web
from tests.platforms.web.phone import READER, enter
from tests.world import open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BUTTON = "Send my position"


@pytest_asyncio.fixture(loop_scope="session")
async def harness(sqlite_url: str) -> AsyncIterator[WebHarness]:
    async with open_world(sqlite_url) as world, open_web(world) as harness:
        yield harness


def posted(**fields: str) -> Posted:
    """What a browser posts."""
    return MultiDictProxy(MultiDict(fields))


async def needs_help(harness: WebHarness, phone: Page) -> None:
    """Open the page of somebody who answers a check for safety that they need help."""
    person = await enter(harness, phone)
    now = harness.world.clock.now()
    check = await harness.world.change(service.begin_check, int(person), Audience(), now, drill=False)
    assert check is not None
    await harness.adapter.send(Address(person), question(check), READER, delivery_id=1)
    await phone.get_by_role("button", name="I need help").click()
    await expect(phone.get_by_role("log")).to_contain_text("Where are you?")


async def test_one_press_sends_where_the_device_is_once_its_owner_allows_it(
    harness: WebHarness, new_phone: Page
) -> None:
    await new_phone.context.grant_permissions(["geolocation"])
    await new_phone.context.set_geolocation({"latitude": 48.8897, "longitude": 2.3711})
    await needs_help(harness, new_phone)
    buttons = await new_phone.get_by_role("log").locator(".buttons").last.get_by_role("button").all_inner_texts()
    assert buttons == [BUTTON, "Say where I am", "Leave my phone number", "I am safe now"]
    async with new_phone.expect_request("**/locate") as asked, new_phone.expect_response("**/locate") as answered:
        await new_phone.get_by_role("button", name=BUTTON).click()
    posted = (await asked.value).post_data or ""
    for name, value in (("latitude", "48.8897"), ("longitude", "2.3711"), ("payload", "sfh-1")):
        assert f'name="{name}"\r\n\r\n{value}' in posted
    assert (await answered.value).status == 200
    async with new_phone.expect_request("**/press") as pressed:
        await new_phone.get_by_role("button", name="I am safe now").last.click()
    assert "latitude" not in ((await pressed.value).post_data or "latitude"), "it goes along with that one press only"


async def test_who_does_not_allow_it_reads_what_else_they_can_do(harness: WebHarness, new_phone: Page) -> None:
    await needs_help(harness, new_phone)
    await new_phone.get_by_role("button", name=BUTTON).click()
    notice = new_phone.locator("#notice")
    await expect(notice).to_have_text(
        "Your browser does not let this page know where you are. Allow it, or write where you are."
    )
    await expect(new_phone.get_by_role("button", name=BUTTON)).to_be_enabled()
    await new_phone.get_by_role("button", name="I am safe now").click()
    await expect(new_phone.get_by_role("log")).to_contain_text("Thank you.")
    await expect(notice).to_have_text("")


async def test_a_device_that_does_not_find_itself_and_one_without_network_say_so(
    harness: WebHarness, new_phone: Page
) -> None:
    await new_phone.context.grant_permissions(["geolocation"])
    await needs_help(harness, new_phone)
    await new_phone.context.set_geolocation(None)
    button, notice = new_phone.get_by_role("button", name=BUTTON), new_phone.locator("#notice")
    await button.click()
    await expect(notice).to_have_text("Your device cannot find your position. Try again, or write where you are.")
    await new_phone.context.set_geolocation({"latitude": 48.8897, "longitude": 2.3711})
    await new_phone.context.set_offline(offline=True)
    await button.click()
    await expect(notice).to_have_text("Your position did not get through: no connection. Try again.")


async def test_without_a_script_the_button_is_not_there(harness: WebHarness, phone: Page, browser: Browser) -> None:
    await needs_help(harness, phone)
    address, cookies = phone.url, await phone.context.cookies()
    device = await browser.new_context(java_script_enabled=False, locale="en-GB")
    await device.add_cookies([{**cookie} for cookie in cookies])  # type: ignore[typeddict-item]
    page = await device.new_page()
    await page.goto(address)
    await expect(page.get_by_role("button", name="Say where I am")).to_be_visible()
    await expect(page.get_by_role("button", name=BUTTON)).to_be_hidden()
    await device.close()


async def test_only_somebodys_own_page_may_ask_where_a_device_is(harness: WebHarness, phone: Page) -> None:
    person = await enter(harness, phone)
    page = await phone.request.get(f"{harness.root}/c/{person}/")
    assert "geolocation=(self)" in page.headers["permissions-policy"]
    async with aiohttp.ClientSession() as elsewhere:
        for path in ("/", "/p/unknown", f"/c/{person}/menu", "/static/chat.js"):
            async with elsewhere.get(harness.root + path) as response:
                assert "geolocation=()" in response.headers["Permissions-Policy"], path


async def test_what_no_browser_says_of_a_place_is_refused(harness: WebHarness) -> None:
    given = {"token": "a-token-of-one", "payload": "sfh-1", "latitude": "48.5", "longitude": "-2"}
    dispatcher = harness.world.dispatcher
    assert read("locate", posted(**given), dispatcher).content == Located(48.5, -2.0, payload="sfh-1")
    for latitude, longitude in (("91", "0"), ("0", "181"), ("nan", "0"), ("0", "inf"), ("", "0"), ("here", "0")):
        with pytest.raises(web.HTTPBadRequest):
            read("locate", posted(**{**given, "latitude": latitude, "longitude": longitude}), dispatcher)
