"""A page without network, in a real browser: it is read as it was kept, and what is written leaves once, later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from itertools import pairwise

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image
from playwright.async_api import Page, Route, expect

from bot.clock import from_micros
from bot.config import setting_store
from bot.content.roles import Who
from bot.content.views import View
from bot.delivery.platform import Address
from bot.people import browser_store, participant_store
from bot.people.audiences import Audience
from bot.platforms.web import page_store
from handlers.trust.service import begin_check
from handlers.trust.store import name_trusted
from tests.drivers.mobile_network import MobileNetwork
from tests.drivers.web import WebHarness, open_web
from tests.groups.builders import group
from tests.platforms.web.phone import READER, enter
from tests.platforms.web.test_comfort import SIZES, clean
from tests.programme.builders import LUNCH, OPENING
from tests.stored_rows import stored_rows
from tests.workshops.builders import PHASES, ended, started
from tests.world import make_settings, open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CACHES = "async () => (await caches.keys()).filter((name) => name.startsWith('page '))"
KEPT = """
async ([name, words]) => {
    for (;;) {
        const page = await (await caches.open(name)).match(name.slice(5) + "pocket");
        if (page && (await page.text()).includes(words)) return true;
        await new Promise(requestAnimationFrame);
    }
}
"""

REFUSED_ONCE = """
() => {
    const quick = self.fetch;
    self.fetch = async () => {
        self.fetch = quick;
        return new Response("Busy", { status: 503, headers: { "Content-Type": "text/html" } });
    };
}
"""
"""The worker's next request is refused by a server that is busy."""
SLOW_TO_KEEP = """
async () => {
    const quick = self.fetch;
    const answered = new Promise((done) => {
        self.fetch = async (asked) => {
            const response = await quick(asked);
            if (asked !== PAGE) return response;
            done();
            await new Promise((arrives) => (self.arrives = arrives));
            return response;
        };
    });
    self.keeping = keep();
    await answered;
}
"""
"""The worker begins to keep the page, and has the server's answer, but not all of it until `arrives` is called."""
QUEUED = "async (here) => Boolean(await (await caches.open(`page ${here}`)).match(`${here}queue`))"
LATER = "(ms) => { const now = Date.now; Date.now = () => now() + ms; }"
"""So many milliseconds pass on the device."""
NOT_KEPT = "What you say in confidence is not kept on this device"
AGED = """
async ([name, age]) => (await caches.open(name)).put(name.slice(5) + "age", new Response(String(Date.now() - age)))
"""

FULL = "caches.open = async () => { throw new DOMException('full', 'QuotaExceededError'); };"


@dataclass
class Away:
    """Pages, and a phone whose network can be cut."""

    harness: WebHarness
    network: MobileNetwork
    phone: Page

    async def enter(self, name: str = "Zoé") -> str:
        """Open the page of someone who is invited; returns the id of the person once the page is kept."""
        return await enter(self.harness, self.phone, name, self.network.root)

    async def keep(self, person: str, words: str) -> None:
        """Have the page kept now, and wait until these words are in what is kept."""
        await self.phone.evaluate("navigator.serviceWorker.ready.then((all) => all.active.postMessage('keep'))")
        async with asyncio.timeout(30):  # what is never kept fails here, long before pytest's own limit
            await self.phone.evaluate(KEPT, [f"page /c/{person}/", words])

    async def close(self) -> None:
        """Press the button that closes the page on this device."""
        await self.phone.get_by_label("Home", exact=True).click()
        await self.phone.get_by_role("button", name="Close my page on this device").click()

    async def write(self, words: str) -> None:
        await self.phone.get_by_label("Your message").fill(words)
        await self.phone.get_by_role("button", name="Send", exact=True).click()
        await expect(self.phone.get_by_label("Your message")).to_have_value("")

    async def said(self, person: str) -> list[str]:
        """What someone said, as their page has it."""
        excerpt = await self.harness.world.store.read(lambda tx: page_store.latest(tx, int(person)))
        return [str(message.view.lines[0]) for message in excerpt.messages if message.author == "person"]

    async def open_in(self, person: str) -> int:
        """In how many browsers someone's page is open, as far as the server knows."""
        world = self.harness.world
        return len(await world.read(browser_store.of_person, int(person), world.clock.now()))


@pytest_asyncio.fixture(loop_scope="session")
async def away(sqlite_url: str, phone: Page) -> AsyncIterator[Away]:
    async with open_away(sqlite_url, phone) as away:
        yield away


@asynccontextmanager
async def open_away(sqlite_url: str, phone: Page) -> AsyncIterator[Away]:
    wifi = {"key": "wifi", "title": {"en": "Wifi"}, "text": {"en": "The network is called Halles."}}
    settings = make_settings(phases=PHASES, sessions=[OPENING, LUNCH], practical=[wifi])
    async with open_world(sqlite_url, settings) as world, open_web(world) as harness:
        assert harness.adapter.server.address
        async with MobileNetwork(harness.adapter.server.address[1]) as network:
            yield Away(harness, network, phone)


async def test_without_network_the_page_is_read_as_it_was_kept(away: Away) -> None:
    await away.harness.world.change(setting_store.set_telegram_username, "halles_bot")
    zoe = await away.enter()
    phone, harness = away.phone, away.harness
    await harness.adapter.send(Address(zoe), View(("The bus leaves at nine.",)), READER, delivery_id=1)
    secret = View(("https://example.org/p/opens-everything",), secret=True)
    await harness.adapter.send(Address(zoe), secret, READER, delivery_id=2)
    await expect(phone.get_by_role("log")).to_contain_text("opens-everything")
    await away.keep(zoe, "The bus leaves at nine.")
    away.network.cut()
    await phone.reload()
    log = phone.get_by_role("log")
    await expect(log).to_contain_text("The bus leaves at nine.")
    await expect(log).not_to_contain_text("opens-everything")
    await expect(phone.get_by_role("status").first).to_contain_text("Last updated:")
    screens = phone.get_by_role("region", name="You can read this offline")
    await screens.get_by_text("The programme").click()
    await expect(screens).to_contain_text("Opening")
    await screens.locator("summary", has_text="Wifi").click()
    await expect(screens).to_contain_text("The network is called Halles.")
    await screens.locator("summary", has_text="Who to call in an emergency").click()
    await expect(screens).to_contain_text("112: any emergency")
    await screens.locator("summary", has_text="Your badge").click()
    badge = Image.open(BytesIO(await screens.get_by_alt_text("Your badge").screenshot()))
    [code] = zxingcpp.read_barcodes(badge)
    assert code.text.startswith(f"https://t.me/halles_bot?start=gbd-{zoe}-")
    await clean(phone, sizes=SIZES[:1])
    away.network.mend()
    await expect(log).to_contain_text("opens-everything")  # it is live again, by itself
    await expect(screens).to_have_count(0)


async def test_nothing_stays_on_a_device_on_which_the_page_was_closed(away: Away) -> None:
    zoe = await away.enter()
    await away.keep(zoe, "Welcome, ")
    assert await away.phone.evaluate(CACHES) == [f"page /c/{zoe}/"]
    workers = away.phone.context.service_workers  # of the gatherings before this one, too
    [worker] = [worker for worker in workers if worker.url.startswith(away.network.root)]
    await worker.evaluate(REFUSED_ONCE)
    await away.close()
    await away.phone.wait_for_url("**/leave")  # the server could not close it: what waits here unsent is not lost
    assert await away.phone.evaluate(CACHES) == [f"page /c/{zoe}/"]
    await away.phone.goto(f"{away.network.root}/c/{zoe}/")
    await worker.evaluate(SLOW_TO_KEEP)
    await away.close()
    await expect(away.phone.get_by_text("No page opens here")).to_be_visible()
    assert await away.phone.evaluate(CACHES) == []
    await worker.evaluate("async () => { self.arrives(); await self.keeping; }")
    assert await away.phone.evaluate(CACHES) == []


async def test_the_page_is_closed_without_network_and_on_the_server_once_there_is(away: Away) -> None:
    zoe, phone = await away.enter(), away.phone
    await away.keep(zoe, "Welcome, ")
    other = await phone.context.new_page()
    await other.goto(f"{away.network.root}/c/{zoe}/")
    await expect(other.get_by_role("log")).to_contain_text("Welcome, ")
    away.network.cut()
    await away.write("A bus that brings the theatre")
    await away.close()
    for tab in (phone, other):
        await expect(tab.get_by_text("Your page is closed on this device")).to_be_visible()
    assert await phone.evaluate(CACHES) == []
    await phone.reload()
    await expect(phone.get_by_text("Your page is closed on this device")).to_be_visible()
    assert await away.open_in(zoe) == 1
    away.network.mend()
    for tab in (phone, other):
        await expect(tab.get_by_text("No page opens here")).to_be_visible()
    assert await away.open_in(zoe) == 0
    assert await phone.evaluate(CACHES) == []
    assert await phone.evaluate("caches.keys()") == []
    assert await away.said(zoe) == []


async def test_whoever_comes_after_it_was_closed_without_network_finds_no_page(away: Away) -> None:
    zoe, phone = await away.enter(), away.phone
    await away.keep(zoe, "Welcome, ")
    away.network.cut()
    await away.close()
    await expect(phone.get_by_text("Your page is closed on this device")).to_be_visible()
    await phone.goto("about:blank")
    assert await away.open_in(zoe) == 1
    away.network.mend()
    await phone.goto(f"{away.network.root}/c/{zoe}/")
    await expect(phone.get_by_text("No page opens here")).to_be_visible()
    assert await away.open_in(zoe) == 0
    door = await phone.request.post(f"{away.network.root}/p/{await away.harness.page_link('Max')}", max_redirects=0)
    await phone.goto(away.network.root + door.headers["location"])
    await expect(phone.get_by_role("log")).to_contain_text("Welcome, ")


async def test_a_closed_page_that_is_loaded_past_its_worker_is_not_shown_and_closes(away: Away) -> None:
    zoe, phone = await away.enter(), away.phone
    await away.keep(zoe, "Welcome, ")
    away.network.cut()
    await away.close()
    await expect(phone.get_by_text("Your page is closed on this device")).to_be_visible()
    await phone.goto("about:blank")
    away.network.mend()
    past = await phone.context.new_cdp_session(phone)
    await past.send("Network.enable")
    await past.send("Network.setBypassServiceWorker", {"bypass": True})  # as Shift+Reload does
    await phone.goto(f"{away.network.root}/c/{zoe}/")
    await expect(phone.get_by_text("No page opens here")).to_be_visible()
    assert await away.open_in(zoe) == 0
    assert await phone.evaluate(CACHES) == []
    await past.send("Network.setBypassServiceWorker", {"bypass": False})
    await phone.goto(f"{away.network.root}/c/{zoe}/")
    await expect(phone.get_by_text("No page opens here")).to_be_visible()
    assert await phone.evaluate("caches.keys()") == []


async def test_an_answer_that_is_not_the_servers_does_not_count_as_told(away: Away) -> None:
    zoe, phone = await away.enter(), away.phone
    await away.keep(zoe, "Welcome, ")
    away.network.cut()
    await away.close()
    await expect(phone.get_by_text("Your page is closed on this device")).to_be_visible()
    await phone.goto("about:blank")
    refusals = [400, 408, 429, 451, 502]

    async def refuse(route: Route) -> None:
        if refusals:
            await route.fulfill(status=refusals.pop(), body="Not now")
        else:
            await route.continue_()

    await phone.context.route("**/leave", refuse)
    away.network.mend()
    while refusals:  # each time it is opened, and perhaps by itself meanwhile
        await phone.goto(f"{away.network.root}/c/{zoe}/")
    await expect(phone.get_by_text("No page opens here")).to_be_visible()  # it asks again by itself
    await phone.context.unroute("**/leave", refuse)
    assert await away.open_in(zoe) == 0


async def test_the_next_contact_empties_what_someone_may_not_have_any_more(away: Away) -> None:
    zoe = await away.enter()
    world = away.harness.world
    await world.store.transact(lambda tx: participant_store.set_organises(tx, int(zoe), True))
    team = View(("Only the team reads this.",), who=Who.ORGANISER)
    await away.harness.adapter.send(Address(zoe), team, READER, delivery_id=1)
    await away.keep(zoe, "Only the team reads this.")
    await world.store.transact(lambda tx: participant_store.set_organises(tx, int(zoe), False))
    await away.phone.reload()
    await away.keep(zoe, "It is no longer shown.")
    kept = "async (name) => (await (await (await caches.open(name)).match(name.slice(5) + 'pocket')).text())"
    assert "Only the team" not in await away.phone.evaluate(kept, f"page /c/{zoe}/")
    await world.store.transact(lambda tx: tx.run("DELETE FROM secrets WHERE participant_id = :id", id=int(zoe)))
    await away.phone.reload()
    await expect(away.phone.get_by_text("No page opens here")).to_be_visible()
    assert await away.phone.evaluate(CACHES) == []


async def test_what_is_older_than_a_week_is_not_shown(away: Away) -> None:
    zoe = await away.enter()
    await away.keep(zoe, "Welcome, ")
    await away.phone.evaluate(AGED, [f"page /c/{zoe}/", 8 * 24 * 3_600_000])
    away.network.cut()
    with pytest.raises(Exception, match="ERR_"):
        await away.phone.reload()
    await away.phone.wait_for_url("chrome-error://**")
    away.network.mend()
    await away.phone.goto(f"{away.network.root}/")
    assert await away.phone.evaluate(CACHES) == []


async def test_where_nothing_may_be_kept_the_page_works_as_without_it(sqlite_url: str, new_phone: Page) -> None:
    async with open_away(sqlite_url, new_phone) as away:
        await new_phone.add_init_script(FULL)
        zoe = await away.enter()
        await away.write("A shared kitchen in every quarter")
        await expect(away.phone.get_by_role("log").locator(".person")).to_contain_text("A shared kitchen")
        away.network.cut()
        words = away.phone.get_by_label("Your message")
        await words.fill("A bus that brings the theatre")
        await away.phone.get_by_role("button", name="Send", exact=True).click()
        await expect(away.phone.get_by_role("alert")).to_contain_text("Not sent: no connection.")
        await expect(words).to_have_value("A bus that brings the theatre")
        away.network.mend()
        await away.phone.get_by_role("button", name="Send", exact=True).click()
        await expect(away.phone.get_by_role("log").locator(".person").last).to_contain_text("A bus")
        assert await away.said(zoe) == ["A shared kitchen in every quarter", "A bus that brings the theatre"]


async def test_ideas_written_without_network_arrive_once_and_in_order(away: Away) -> None:
    zoe = await away.enter()
    await away.keep(zoe, "Welcome, ")
    away.network.cut()
    await away.phone.get_by_role("log").get_by_role("button").last.click()
    await expect(away.phone.get_by_role("alert")).to_have_text("No connection: press again once the network is back.")
    await expect(away.phone.locator("#away")).to_be_hidden()  # a press does not leave by itself
    await away.write("A shared kitchen in every quarter")
    await away.write("A bus that brings the theatre")
    waiting = away.phone.locator("#unsent")
    await expect(waiting).to_contain_text("Waiting: 2")
    foot = away.phone.get_by_role("contentinfo")
    await expect(foot.get_by_role("status")).to_have_text("Offline: sent as soon as the network is back")
    await clean(away.phone, sizes=SIZES[:1])
    await away.phone.reload()  # the phone was switched off meanwhile
    await expect(waiting).to_contain_text("Waiting: 2")
    away.network.cut_after(2_000)  # it comes back for a moment, too short for all
    away.network.mend()
    await expect(waiting).to_be_hidden()
    await expect(foot.get_by_role("status")).to_be_empty()
    assert await away.said(zoe) == ["A shared kitchen in every quarter", "A bus that brings the theatre"]


async def test_what_waits_leaves_once_the_device_is_online_although_the_stream_never_ended(away: Away) -> None:
    zoe, phone = await away.enter(), away.phone
    await phone.context.set_offline(offline=True)  # which leaves an open stream open, as some networks do
    await phone.get_by_role("log").get_by_role("button").last.click()
    await expect(phone.get_by_role("alert")).to_have_text("No connection: press again once the network is back.")
    await away.write("A shared kitchen in every quarter")
    await expect(phone.locator("#unsent")).to_contain_text("Waiting: 1")
    await phone.context.set_offline(offline=False)
    await expect(phone.locator("#unsent")).to_be_hidden()
    await expect(phone.get_by_role("alert")).to_be_empty()
    assert await away.said(zoe) == ["A shared kitchen in every quarter"]


async def test_what_waits_is_tried_again_when_a_busy_server_says_and_else_every_quarter_of_a_minute(
    sqlite_url: str, new_phone: Page
) -> None:
    async with open_away(sqlite_url, new_phone) as away:
        answers = ["no network", "busy for 40 seconds", "busy", "as it is"]
        tried_at: list[int] = []

        async def answer(route: Route) -> None:
            tried_at.append(await new_phone.evaluate("Date.now()"))
            match answers.pop(0):
                case "no network":
                    await route.abort()
                case "busy for 40 seconds":
                    await route.fulfill(status=503, body="Busy", headers={"Retry-After": "40"})
                case "busy":
                    await route.fulfill(status=503, body="Busy")
                case _:
                    await route.continue_()

        await new_phone.context.route("**/say", answer)
        await new_phone.context.route("**/events*", lambda route: route.abort())  # nothing else says that it is back
        zoe = await away.enter()
        await new_phone.clock.install()
        await away.write("A shared kitchen in every quarter")
        waiting = new_phone.locator("#unsent")
        await expect(waiting).to_contain_text("Waiting: 1")
        while answers:
            await new_phone.clock.run_for(1_000)
        await expect(waiting).to_be_hidden()
        waited = [(later - tried) // 1_000 for tried, later in pairwise(tried_at)]
        assert [seconds // 10 * 10 for seconds in waited] == [10, 40, 10], "15, 40 and 15 seconds, and a little"
        assert await away.said(zoe) == ["A shared kitchen in every quarter"]


async def test_a_confidence_written_without_network_waits_in_the_composer_and_not_on_the_device(away: Away) -> None:
    world = away.harness.world
    ada = await away.harness.joined("Ada")
    await world.change(name_trusted, int(ada.person_id), "French", "always", world.clock.now())
    zoe = await away.enter()
    phone, words = away.phone, away.phone.get_by_label("Your message")
    await words.fill("/trust")
    await words.press("Enter")
    await phone.get_by_role("button", name="Write to Ada").click()
    await phone.get_by_role("button", name="Without my name").click()
    sheet = phone.get_by_role("dialog")
    await sheet.get_by_role("textbox").fill("Someone follows me.")
    away.network.cut()
    await sheet.get_by_role("button", name="Send").click()
    await expect(sheet.get_by_role("alert")).to_contain_text(NOT_KEPT)
    await expect(sheet.get_by_role("textbox")).to_have_value("Someone follows me.")
    away.network.mend()
    await sheet.get_by_role("button", name="Send").click()
    await expect(phone.get_by_role("log")).to_contain_text("Sent to Ada, who is told at once.")
    await away.keep(zoe, 'data-aim="confidential-')
    away.network.cut()
    for place in ("on the page", "on the page as it is kept"):
        await words.fill("He is here again.")
        await phone.get_by_role("button", name="Send", exact=True).click()
        await expect(phone.locator("#notice")).to_contain_text(NOT_KEPT)
        await expect(words).to_have_value("He is here again.")
        assert await phone.evaluate(QUEUED, f"/c/{zoe}/") is False, place
        await expect(phone.locator("#status")).to_contain_text("Reconnecting")
        await expect(phone.locator("#away")).to_be_empty()
        await phone.reload()
        await expect(words).to_have_value("")
    away.network.mend()
    await words.fill("He is here again.")
    await phone.get_by_role("button", name="Send", exact=True).click()
    await expect(phone.get_by_role("log")).to_contain_text("Send this to Ada, in confidence?")
    await phone.get_by_role("button", name="Send it").click()
    await phone.get_by_role("button", name="Read the conversation").click()
    for said in ("Someone follows me.", "He is here again."):
        await expect(phone.get_by_role("log")).to_contain_text(said)


async def test_what_came_too_late_says_so_and_keeps_the_text(away: Away) -> None:
    world = away.harness.world
    zoe = await away.enter()
    made = await group(world, ["Zoé"])
    run = await started(world, made, "solutions")
    await away.phone.reload()
    await away.keep(zoe, "Welcome, ")
    away.network.cut()
    await away.write("A shared kitchen in every quarter")
    await expect(away.phone.locator("#unsent")).to_contain_text("Waiting: 1")
    await ended(world, run)
    await world.clock.advance(timedelta(hours=8))  # just after the end, the idea itself would say that it is late
    away.network.mend()
    waiting = away.phone.locator("#unsent")
    await expect(waiting).to_contain_text("That is over, so your text was not passed on")
    await waiting.get_by_role("button", name="Use the text again").click()
    await expect(away.phone.get_by_label("Your message")).to_have_value("A shared kitchen in every quarter")
    await expect(waiting).to_be_hidden()
    assert await away.said(zoe) == []


async def test_in_the_cellar_the_list_is_read_and_marks_leave_once_later(away: Away) -> None:
    world = away.harness.world
    ines = await away.enter("Inès")
    await world.store.transact(lambda tx: participant_store.set_organises(tx, int(ines), True))
    names = ("Ada", "Bo", "Constance", "Dan", "Emmanuelle", "Fay", "Gil", "Heloise", "Inge")
    for name in names:
        await away.harness.joined(name)
    await world.change(begin_check, int(ines), Audience(), world.clock.now(), drill=True)
    await away.phone.reload()
    await away.keep(ines, "Without a group · 0/10")
    away.network.cut()
    await away.phone.reload()
    screens = away.phone.locator(".screens")
    await screens.locator("summary", has_text="Without a group · 0/10").click()
    await expect(screens).to_contain_text("As of ")
    for name in names:
        await screens.get_by_role("button", name=name).click()
        await expect(screens.get_by_role("button", name=name)).to_be_disabled()
    waiting = away.phone.locator("#unsent")
    await expect(waiting).to_contain_text("Waiting: 9")
    await expect(waiting.get_by_role("listitem")).to_have_text([" · ".join(names)])
    assert await waiting.evaluate("(all) => all.scrollHeight <= all.clientHeight"), "all of them are in view"
    await clean(away.phone, sizes=SIZES[:1])
    await away.phone.reload()
    await expect(waiting).to_contain_text("Waiting: 9")
    await world.clock.advance(timedelta(minutes=13))
    await away.phone.evaluate(LATER, 5 * 60_000)
    away.network.cut_after(2_000)
    away.network.mend()
    await expect(away.phone.locator("#unsent")).to_be_hidden()
    await expect(away.phone.get_by_role("log")).to_contain_text("Inge · seen, safe (by")
    rows = (await stored_rows(world.store, "safety_marks"))["safety_marks"]
    assert [row["marked_by"] for row in rows] == [int(ines)] * 9
    waited = [world.clock.now() - from_micros(row["marked_at"]) for row in rows]
    assert [round(each / timedelta(minutes=1)) for each in waited] == [5] * 9, "when they were pressed"
    lists = await away.phone.locator("#log .message", has_text="DRILL, nothing happened: Without a group").count()
    assert lists == 1, "one answer to all"
