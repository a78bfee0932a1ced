"""The screens of initiatives, contacts and encounters on a small phone: axe, and no wider than it."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from bot.content.texts import Reader
from bot.content.views import View
from bot.delivery.platform import Address
from bot.people import participant_store
from tests.drivers.neutral import NeutralChat
from tests.drivers.web import open_web
from tests.encounters.builders import SETTINGS, begun, card, guests
from tests.initiatives.builders import giving, writing
from tests.platforms.web.test_comfort import clean, shown
from tests.world import World, open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MOST_BUTTONS = 6
NOT_YOURS = {"fr": "Ce message était pour", "de": "Das war für das Team"}
"""What stands in place of a message for the team, if its reader does not organise."""


async def screens(world: World) -> list[View]:
    """What a participant and an organiser see of it."""
    chats = await guests(world, 6)
    ada = await giving(await writing(world, "Ada", "70"), "ada@example.org")
    views: list[View] = []

    async def look(chat: NeutralChat) -> None:
        views.append(await shown(chat))

    for word in ("initiative", "annuaire", "contacts"):
        await ada.command(word)
        await look(ada)
    ines = await begun(world)
    await look(ines)
    await ines.press("Who meets whom")
    await look(ines)
    await card(world, chats["P1"])
    await look(chats["P1"])
    return views


@pytest.mark.parametrize("locale", ["fr", "de"])  # German has the longest words
async def test_every_screen_is_read_on_a_small_phone(sqlite_url: str, phone: Page, locale: str) -> None:
    async with open_world(sqlite_url, SETTINGS) as world, open_web(world) as harness:
        views = await screens(world)
        await phone.set_viewport_size({"width": 360, "height": 740})
        await phone.goto(f"{harness.root}/p/{await harness.page_link('Inès', locale=locale)}")
        await phone.locator("form button").first.click()
        me = Address(phone.url.split("/c/")[1].split("/")[0])
        await world.change(participant_store.set_organises, int(me.chat), True)
        for delivery, view in enumerate(views, start=1):
            await harness.adapter.send(me, view, Reader(locale, "Europe/Paris"), delivery_id=delivery)
        await phone.reload()
        articles = phone.get_by_role("log").locator("article")
        await expect(articles).to_have_count(len(views) + 1)
        await expect(phone.get_by_role("log")).not_to_contain_text(NOT_YOURS[locale])
        assert await phone.evaluate("document.documentElement.scrollWidth") <= 360
        for place in range(len(views)):
            buttons = articles.nth(place + 1).locator("button:visible:not(.option)")
            assert await buttons.count() <= MOST_BUTTONS
        await clean(phone, sizes=((360, 740),))
