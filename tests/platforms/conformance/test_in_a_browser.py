"""Some of the cases once more on a page in a real browser: what is drawn there is what is read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.rehearsal.html import parse
from tests.drivers.web import open_web
from tests.platforms.conformance import test_buttons, test_changes, test_files, test_words
from tests.platforms.conformance.page import FailingStore, PagePeer
from tests.platforms.conformance.peer import Peer, Person, Seen
from tests.platforms.web.phone import enter
from tests.world import open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CASES: tuple[Callable[[Peer], Awaitable[None]], ...] = (
    test_words.test_a_line_may_be_broken,
    test_words.test_strong_words_are_strong,
    test_buttons.test_a_press_does_what_the_button_says,
    test_changes.test_styles_and_names_are_corrected_too,
    test_files.test_pictures_documents_words_and_buttons_are_one_message,
)


class BrowserPeer(PagePeer):
    """One person's page on a phone, with its scripts."""

    phone: Page

    async def person(self, name: str = "Zoé", *, locale: str = "en") -> Person:
        number = await enter(self.harness, self.phone, name)
        here = await self.phone.locator("article").evaluate_all("all => all.map(each => each.id)")
        return Person(int(number), number, locale, self.phone, frozenset(here))

    async def screen(self, person: Person) -> list[Seen]:
        await self.phone.reload()
        articles = self.phone.locator("article.bot:not([hidden])")
        drawn = zip(
            await articles.evaluate_all(_DRAWN),
            await articles.evaluate_all(_READ),
            strict=True,
        )
        found = [(parse(html).all("article")[0], text) for html, text in drawn]
        return [
            replace(await self._seen(message), text=text)
            for message, text in found
            if message["id"] not in person.before
        ]

    async def _fetch(self, address: str) -> bytes:
        return await (await self.phone.request.get(self.harness.root + address)).body()

    async def press(self, person: Person, label: str) -> str:
        await self.phone.reload()
        async with self.phone.expect_response(lambda response: response.request.method == "POST"):
            await self.phone.get_by_role("button", name=label).last.click()
        await self.phone.reload()
        return await self.phone.get_by_role("log").inner_text()


_DRAWN = """all => all.map(each => {
    const copy = each.cloneNode(true)
    copy.querySelectorAll("svg").forEach(drawing => drawing.remove())
    return copy.outerHTML
})"""
_READ = """all => all.map(each =>
    [...each.querySelectorAll(".bubble > p[dir=auto]")].map(line => line.innerText).join("\\n"))"""


@pytest_asyncio.fixture(loop_scope="session")
async def peer(sqlite_url: str, phone: Page) -> AsyncIterator[Peer]:
    async with open_world(sqlite_url) as world:
        store = FailingStore(world.store)
        async with open_web(replace(world, store=store)) as harness:
            peer = BrowserPeer(world, harness, store)
            peer.phone = phone
            yield peer


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__.removeprefix("test_"))
async def test_it_is_so_in_a_browser(peer: Peer, phone: Page, case: Callable[[Peer], Awaitable[None]]) -> None:
    await case(peer)
    await expect(phone.get_by_role("log")).to_be_visible()
