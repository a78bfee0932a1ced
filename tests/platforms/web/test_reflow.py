"""The page in large text, on a narrow screen, by keyboard and read aloud."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.content.texts import Moment, Name, _
from bot.content.views import Button, Picture, Raw, View
from bot.delivery.platform import Address
from bot.people import participant_store
from tests.drivers.web import WebHarness, open_web
from tests.pictures import png
from tests.platforms.web.phone import READER, enter
from tests.platforms.web.test_comfort import clean
from tests.syntheses.builders import SETTINGS, table
from tests.workshops.builders import ended, started
from tests.world import open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAGE_WIDTH = "document.documentElement.scrollWidth"
HEADING_ENDS = "document.querySelector('header').getBoundingClientRect().bottom"
LARGE = "document.documentElement.style.fontSize = '200%'"


@pytest_asyncio.fixture(loop_scope="session")
async def harness(sqlite_url: str) -> AsyncIterator[WebHarness]:
    async with open_world(sqlite_url) as world, open_web(world) as harness:
        yield harness


@pytest.mark.parametrize(
    ("width", "height", "text"), [(360, 740, 100), (320, 640, 100), (180, 370, 100), (360, 740, 200), (320, 640, 200)]
)
async def test_in_large_text_and_on_a_narrow_screen_there_is_room_to_write(
    harness: WebHarness, new_phone: Page, width: int, height: int, text: int
) -> None:
    phone = new_phone
    await enter(harness, phone)
    await phone.set_viewport_size({"width": width, "height": height})
    if text == 200:
        await phone.evaluate(LARGE)
    await phone.locator(".clip").evaluate("label => label.hidden = false")  # as where photos are asked for
    words = phone.get_by_label("Your message")
    field = await words.bounding_box()
    assert field
    assert field["width"] >= 160
    assert await phone.evaluate(PAGE_WIDTH) == width
    foot = phone.get_by_role("contentinfo")
    await foot.get_by_label("Home").click()
    await expect(foot.get_by_role("button", name="Settings")).to_be_visible()
    assert await phone.evaluate(PAGE_WIDTH) == width
    await phone.keyboard.press("Escape")
    await words.fill("/code")
    await phone.get_by_role("button", name="Send", exact=True).click()
    await expect(phone.get_by_role("dialog")).to_be_visible()
    assert await phone.evaluate(PAGE_WIDTH) == width


async def test_the_heading_makes_room_while_one_reads(harness: WebHarness, phone: Page) -> None:
    zoe = Address(await enter(harness, phone))
    await expect(phone.get_by_role("heading", name="Rencontres")).to_be_in_viewport()
    for number in range(20):
        await harness.adapter.send(zoe, View((f"Idea {number}",)), READER, delivery_id=number + 1)
    await expect(phone.get_by_role("log")).to_contain_text("Idea 19")
    await phone.evaluate("scrollTo(0, document.body.scrollHeight)")
    await expect(phone.get_by_role("heading", name="Rencontres")).not_to_be_in_viewport()
    assert await phone.evaluate(HEADING_ENDS) < 48
    await phone.evaluate("scrollTo(0, 0)")
    await expect(phone.get_by_role("heading", name="Rencontres")).to_be_in_viewport()


async def test_a_keyboard_reaches_the_composer_without_passing_old_buttons(harness: WebHarness, phone: Page) -> None:
    zoe = Address(await enter(harness, phone))
    for number in range(5):
        await harness.adapter.send(zoe, View(("Go?",), (Button("Go", Raw("go-moi")),)), READER, delivery_id=number + 1)
    await phone.reload()
    await phone.keyboard.press("Tab")
    skip, write = (phone.get_by_role("link", name=name) for name in ("Skip to the latest message", "Write a message"))
    await expect(skip).to_be_focused()
    await expect(skip).to_have_css("clip-path", "none")
    await expect(write).to_have_css("clip-path", "inset(50%)")  # a picture of the whole page showed it over the chat
    await phone.keyboard.press("Tab")
    await expect(phone.get_by_role("link", name="Write a message")).to_be_in_viewport(ratio=1)
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_label("Your message")).to_be_focused()


async def test_buttons_that_read_the_same_tell_what_they_are_about(harness: WebHarness, phone: Page) -> None:
    zoe = Address(await enter(harness, phone))
    here, gone = Button("I am here", Raw("go-moi")), Button("Leave", Raw("go-theme"))
    await harness.adapter.send(zoe, View(("Opening, 09:00", "Room 1"), (here, gone)), READER, delivery_id=1)
    buttons = phone.get_by_role("button", name="I am here")
    await expect(buttons).to_have_accessible_description("")
    lunch = await harness.adapter.send(zoe, View(("Lunch, 12:00",), (here,)), READER, delivery_id=2)
    await expect(buttons.first).to_have_accessible_description("Opening, 09:00")
    await expect(buttons.last).to_have_accessible_description("Lunch, 12:00")
    await expect(phone.get_by_role("button", name="Leave")).to_have_accessible_description("")
    await clean(phone)
    await harness.adapter.edit(zoe, lunch, View(("Lunch is over.",)), READER)
    await expect(phone.get_by_role("log")).to_contain_text("Lunch is over.")
    await expect(buttons).to_have_accessible_description("")


async def test_a_picture_is_described_as_its_reader_writes(harness: WebHarness, phone: Page) -> None:
    """Without the marks that isolate a name's direction, which some screen readers read aloud."""
    zoe = Address(await enter(harness, phone))
    alt = _("A photo that came with «{idea}»", idea=Name("Un café à 9 h 30"))
    await harness.adapter.send(zoe, View(("A photo",), attachments=(Picture(png(40, 30), alt),)), READER, delivery_id=1)
    picture = phone.get_by_role("log").get_by_role("img")
    await expect(picture).to_have_attribute("alt", "A photo that came with “Un café à 9 h 30”")
    await harness.world.store.transact(lambda tx: participant_store.set_locale(tx, int(zoe.chat), "fr"))
    await phone.reload()
    narrow = "\u202f"
    said = f"Photo de «{narrow}Un café à 9{narrow}h{narrow}30{narrow}»"
    await expect(picture).to_have_attribute("alt", said)


async def test_the_readers_own_hours_are_written_as_the_venues(harness: WebHarness, phone: Page) -> None:
    """In French too, where a browser would write «06:00»: the one in Montréal is six hours behind."""
    zoe = Address(await enter(harness, phone))
    await harness.world.store.transact(lambda tx: participant_store.set_locale(tx, int(zoe.chat), "fr"))
    await phone.reload()
    deadline = harness.world.settings.gathering.deadline
    assert deadline
    view = View((_("You can change it until {deadline}.", deadline=Moment(deadline + timedelta(minutes=5))),))
    await harness.adapter.send(zoe, view, READER, delivery_id=1)
    hours = phone.get_by_role("log").locator(".pushed")
    await expect(hours).to_contain_text("samedi 1er mai, 12 h 05 (6 h 05 pour toi)")


async def test_what_a_group_writes_is_readable_in_large_text(sqlite_url: str, new_phone: Page) -> None:
    async with open_world(sqlite_url, SETTINGS) as world, open_web(world) as harness:
        at = await table(world, "solutions", "Ana", "Bo")
        await at.say("Ana", "A bus that is a library, for all who live far from one", voters=("Ana",))
        await at.say("Bo", "A night school", voters=("Bo",))
        await at.reveal()
        ana = await at.open("Ana")
        views = [ana.view]
        await ana.pick("2. A night school")
        await ana.press("For whom, what, how")
        await ana.fill("Children", "Books", "By bus")
        views.append(ana.view)
        await ana.press("More…")
        await ana.press("Choose another idea")
        views.append(ana.view)
        await ended(world, at.run)
        await started(world, at.group, "territories")
        await ana.command("phase")
        for word in ("My territory", "Our territories", "My phase"):
            await ana.press(word)
            views.append(ana.view)
        person = Address(await enter(harness, new_phone))
        for delivery, view in enumerate(filter(None, views), start=1):
            await harness.adapter.send(person, view, READER, delivery_id=delivery)
        await new_phone.reload()
        await expect(new_phone.get_by_role("log").locator("article")).to_have_count(len(views) + 1)
        for size in ("100%", "200%"):
            await new_phone.evaluate(f"document.documentElement.style.fontSize = '{size}'")
            assert await new_phone.evaluate(PAGE_WIDTH) == 360
            await clean(new_phone, sizes=[(360, 740)])
