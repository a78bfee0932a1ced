"""What a page does beyond its tab, in a real browser: it is installed, and rings while it is closed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import CDPSession, Page, Request, Route, expect

from bot.content.texts import _
from bot.content.views import View
from bot.delivery.platform import Address
from bot.platforms.web.icons import initials, short_name
from bot.rehearsal.push_service import PushBrowser, PushService
from tests.drivers.web import WebHarness, open_web
from tests.platforms.web.phone import READER, enter, fill, first_visit
from tests.platforms.web.test_comfort import SIZES, clean
from tests.world import make_settings, open_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CARD = View((_("Your group: Culture 1."), _("Room: {room}", room="Salle 3")), lasting=True)

SUBSCRIBING = """
(() => {
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
    const made = (told) => ({
        endpoint: told.endpoint,
        options: { applicationServerKey: bytes(told.application) },
        getKey: (name) => bytes(told[name]),
        unsubscribe: async () => { localStorage.removeItem("subscribed"); return true; },
    });
    PushManager.prototype.subscribe = async (options) => {
        const key = String.fromCharCode(...new Uint8Array(options.applicationServerKey));
        localStorage.setItem("subscribed", JSON.stringify(await subscribeAtService(btoa(key))));
        return made(JSON.parse(localStorage.getItem("subscribed")));
    };
    PushManager.prototype.getSubscription = async () => {
        const told = localStorage.getItem("subscribed");
        return told && made(JSON.parse(told));
    };
})();
"""
"""The part of a browser that no machine without network has: subscribing, here at our service."""


SHOWN = """
async ([scope, count]) => {
    const registration = await navigator.serviceWorker.getRegistration(scope);
    let shown = [];
    for (let look = 0; look < 250; look++) {
        shown = await registration.getNotifications();
        if (shown.length === count) break;
        await new Promise((done) => setTimeout(done, 20));
    }
    return shown.map(({ title, body, tag, data }) => [title, body, tag, data.open]);
}
"""
"""The notifications that stand on the phone, once there are so many; after five seconds those that stand."""


OTHER_KEY = """
localStorage.setItem("subscribed", JSON.stringify(
    { endpoint: "https://fcm.googleapis.com/other", application: btoa("other"), p256dh: btoa("a"), auth: btoa("b") }))
"""
"""A browser that subscribed for another key."""


@dataclass
class Device:
    """A phone that subscribes at our push service, and gets from there what is pushed."""

    phone: Page
    service: PushService
    browsers: list[PushBrowser] = field(default_factory=list)
    registration: str = ""
    session: CDPSession | None = None

    async def prepare(self) -> None:
        await self.phone.expose_function("subscribeAtService", self._subscribe)
        await self.phone.add_init_script(SUBSCRIBING)
        await self.phone.context.grant_permissions(["notifications"])
        self.session = await self.phone.context.new_cdp_session(self.phone)
        self.session.on("ServiceWorker.workerRegistrationUpdated", self._note)
        await self.session.send("ServiceWorker.enable")

    def _note(self, event: dict[str, Any]) -> None:
        for registration in event["registrations"]:
            self.registration = registration["registrationId"]

    async def _subscribe(self, key: str) -> dict[str, str]:
        from base64 import b64decode, b64encode

        from bot.platforms.web.push.encryption import from_base64, to_base64

        browser = self.service.subscribe(to_base64(b64decode(key)))
        self.browsers.append(browser)
        told = browser.subscription
        keys = {"p256dh": told.public_key, "auth": told.secret}
        encoded = {name: b64encode(from_base64(value)).decode() for name, value in keys.items()}
        return {"endpoint": told.endpoint, "application": key, **encoded}

    async def deliver(self, root: str) -> None:
        """Hand the last push to the page's worker, as a browser does."""
        assert self.session
        await self.session.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": root,
                "registrationId": self.registration,
                "data": json.dumps(self.browsers[-1].received[-1].content),
            },
        )


@pytest.fixture
def service() -> PushService:
    return PushService()


@pytest_asyncio.fixture(loop_scope="session")
async def harness(sqlite_url: str, service: PushService) -> AsyncIterator[WebHarness]:
    async with open_harness(sqlite_url, service) as harness:
        yield harness


@asynccontextmanager
async def open_harness(url: str, service: PushService) -> AsyncIterator[WebHarness]:
    async with service.serving(), open_world(url, make_settings(web={"push_services": [service.root]})) as world:
        service.now = world.clock.now
        async with open_web(world) as harness:
            assert harness.adapter.pushes
            running = asyncio.create_task(harness.adapter.pushes.run())
            yield harness
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


@pytest.mark.parametrize(
    ("name", "letters", "short"),
    [
        ("Rencontres francophones de l’innovation sociale", "RF", "Rencontres"),
        ("OFQJ", "OFQJ", "OFQJ"),
        ("La fête", "F", "fête"),
        ("3 × 4", "", "3 × 4"),
    ],
)
async def test_an_icon_has_the_initials_of_the_gathering(name: str, letters: str, short: str) -> None:
    assert (initials(name), short_name(name)) == (letters, short)


async def test_the_first_view_is_small(harness: WebHarness, phone: Page) -> None:
    loaded: list[Request] = []

    def note(request: Request) -> None:
        loaded.append(request)

    phone.on("requestfinished", note)
    await enter(harness, phone)
    await phone.wait_for_load_state("networkidle")
    phone.remove_listener("requestfinished", note)
    sizes = [await request.sizes() for request in loaded]
    total = sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)
    assert 10_000 < total <= 60_000


async def test_the_latest_is_read_and_answered_before_any_picture_is_there(harness: WebHarness, phone: Page) -> None:
    await fill(harness, await enter(harness, phone))
    held: list[Route] = []
    loaded: list[Request] = []
    async with first_visit(phone) as new:
        await new.route("**/picture/**", lambda route: held.append(route))
        new.on("requestfinished", lambda request: loaded.append(request))
        await new.goto(phone.url, wait_until="commit")
        await expect(new.get_by_text("Word 49")).to_be_in_viewport(ratio=1)
        await new.get_by_label("Your message").fill("Hello")
        sizes = [await request.sizes() for request in loaded]
        assert held
        assert sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes) <= 40_000


async def test_a_page_is_installed_where_it_is_worth_it(
    harness: WebHarness, whole_phone: Page, service: PushService
) -> None:
    phone = whole_phone
    device = Device(phone, service)
    await device.prepare()
    zoe = Address(await enter(harness, phone))
    assert device.session
    manifest = await device.session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    told = json.loads(manifest["data"])
    assert (told["id"], told["start_url"], told["scope"]) == (f"/c/{zoe.chat}/",) * 3
    for icon in told["icons"]:
        answer = await phone.request.get(urljoin(harness.root, icon["src"]))
        width, height = Image.open(BytesIO(await answer.body())).size
        assert icon["sizes"] == f"{width}x{height}"
    await phone.evaluate("navigator.serviceWorker.ready.then(() => null)")
    problems = (await device.session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert [problem["errorId"] for problem in problems] == ["in-incognito"]  # as every page of a test is
    offer = phone.get_by_role("region", name="Keep your group at hand")
    await expect(offer).to_be_hidden()  # at the door there is nothing to keep
    await harness.adapter.send(zoe, CARD, READER, delivery_id=10)
    await phone.evaluate(
        "dispatchEvent(Object.assign(new Event('beforeinstallprompt'), { prompt() {}, userChoice: 1 }))"
    )
    await expect(offer).to_be_visible()
    await clean(phone, sizes=SIZES[:1])
    await offer.get_by_role("button", name="Not now").click()
    await expect(offer).to_be_hidden()
    await phone.reload()
    await phone.evaluate(
        "dispatchEvent(Object.assign(new Event('beforeinstallprompt'), { prompt() {}, userChoice: 1 }))"
    )
    await expect(phone.get_by_role("log")).to_contain_text("Your group: Culture 1.")
    await phone.get_by_label("Home", exact=True).click()
    await expect(phone.locator(".panel .install")).to_be_visible()  # it is still there for who looks for it
    await expect(offer).to_be_hidden()


async def test_a_closed_page_rings_and_a_press_opens_the_message(
    harness: WebHarness, whole_phone: Page, service: PushService
) -> None:
    phone = whole_phone
    device = Device(phone, service)
    await device.prepare()
    zoe = Address(await enter(harness, phone))
    await phone.get_by_label("Home", exact=True).click()
    bell = phone.get_by_role("button", name="Notify me while the page is closed")
    await expect(bell).to_have_attribute("aria-pressed", "false")
    assert device.browsers == []  # nothing is asked for before that
    await bell.click()
    await expect(bell).to_have_attribute("aria-pressed", "true")
    full = phone.get_by_role("button", name="Show the text on the lock screen too")
    await full.click()
    await expect(full).to_be_enabled()  # the server has answered
    await expect(full).to_have_attribute("aria-pressed", "true")
    await phone.context.set_offline(True)
    await full.click()
    await expect(phone.locator("#notice")).to_contain_text("Nothing was changed")
    await phone.get_by_label("Home", exact=True).click()  # it made room for what is told
    await expect(full).to_have_attribute("aria-pressed", "true")  # the server goes on sending the text
    await phone.context.set_offline(False)
    await clean(phone, sizes=SIZES[:1])
    address = phone.url
    await phone.goto("about:blank")
    assert harness.adapter.pushes
    message = await harness.adapter.send(zoe, CARD, READER, delivery_id=10)
    await harness.adapter.pushes.drained()
    await phone.goto(f"{harness.root}/p/none")
    shown: list[list[str]] = []
    for _attempt in range(5):  # just after a page was closed it may count as in front: what comes again is shown once
        await device.deliver(harness.root)
        shown = shown or await phone.evaluate(SHOWN, [address, 1])
    assert shown == [["Rencontres", "Your group: Culture 1.\nRoom: Salle 3", f"m{message}", f"m{message}"]]
    assert len(await phone.evaluate(SHOWN, [address, 1])) == 1
    await phone.goto(f"{address}#m{message}")  # as a press opens it
    await expect(phone.locator(f"#m{message}")).to_be_in_viewport()
    assert await phone.evaluate(SHOWN, [address, 0]) == []  # it is read
    await phone.get_by_label("Home", exact=True).click()
    await bell.click()
    await expect(bell).to_have_attribute("aria-pressed", "false")
    await harness.adapter.send(zoe, CARD, READER, delivery_id=11)
    await harness.adapter.pushes.drained()
    assert len(device.browsers[0].received) == 1
    await phone.evaluate(OTHER_KEY)  # the page of another gathering had this address before
    await phone.reload()
    await phone.wait_for_function("() => !localStorage.subscribed")
    assert service.violations == []
