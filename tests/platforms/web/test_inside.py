"""One's own page inside Telegram: who opens it is what Telegram says and signs, once and not for long."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
import pytest
from playwright.async_api import Page, Route, expect
from yarl import URL

from bot.content.texts import Reader
from bot.content.views import Picture, View
from bot.delivery.platform import Address
from bot.people import browser_store, participant_store
from bot.platforms.telegram import mini_app
from bot.platforms.web import sessions
from bot.platforms.web.adapter import FRAMER
from bot.rehearsal.botapi import TOKEN, BotApi, TelegramUser
from bot.rehearsal.botapi.people import sign
from bot.rehearsal.chat_driver_telegram import TelegramChat
from tests.drivers.neutral import NeutralChat
from tests.drivers.telegram import TelegramHarness, open_harness
from tests.drivers.web import WebHarness, open_web
from tests.engines import on_one_engine
from tests.participants import number
from tests.pictures import png
from tests.world import World, make_settings, open_world

ADDRESS = "https://rencontres.example.org"
NOT_BELIEVED = "Telegram does not say who you are."
UNKNOWN = "This Telegram account takes no part here yet"
CLOSED = "Your page closes here after half an hour."


@dataclass
class Answer:
    """What our server answered: where it leads, the cookie that it sets, and the page."""

    status: int
    page: str
    policy: str
    path: str = ""
    cookie: str = ""
    set_cookie: str = field(default="", repr=False)


@dataclass
class Place:
    """A gathering on Telegram, and the server of its pages."""

    world: World
    api: BotApi
    telegram: TelegramHarness
    site: WebHarness

    async def joined(self, name: str) -> TelegramChat:
        """Someone who came in on Telegram."""
        chat = self.telegram.person(name)
        await chat.follow("j-" + await self.world.invite(name))
        return chat

    async def said_to(self, chat: TelegramChat) -> str:
        """What Telegram says to our page when someone presses the button of the home screen."""
        await chat.command("moi")
        await chat.press("More…")
        return said_in(chat.user.open_inside("Open my page"))

    async def ask(self, path: str, cookie: str = "", *, said: str | None = None) -> Answer:
        """Request a page, or post what Telegram said."""
        headers = {"Accept-Language": "en", **({"Cookie": f"session={cookie}"} if cookie else {})}
        async with aiohttp.ClientSession(headers=headers) as client:
            asking = (
                client.get(self.site.root + path)
                if said is None
                else client.post(self.site.root + path, data={"said": said}, allow_redirects=False)
            )
            async with asking as answer:
                morsel = answer.cookies.get("session")
                return Answer(
                    answer.status,
                    await answer.text(),
                    re.findall("frame-ancestors (.*)", answer.headers["Content-Security-Policy"])[0],
                    urlsplit(answer.headers.get("Location", "")).path,
                    morsel.value if morsel else "",
                    ", ".join(answer.headers.getall("Set-Cookie", [])),
                )

    async def open(self, chat: TelegramChat) -> Answer:
        """Open someone's page by the button."""
        answer = await self.ask("/tg", said=await self.said_to(chat))
        assert answer.status == 303
        return answer


def said_in(address: str) -> str:
    """What Telegram says after the # of an address."""
    return dict(parse_qsl(urlsplit(address).fragment))["tgWebAppData"]


@asynccontextmanager
async def open_place(url: str, *, address: str = ADDRESS) -> AsyncIterator[Place]:
    settings = make_settings(telegram={"token": TOKEN}, web={"public_url": address})
    async with (
        open_world(url, settings) as world,
        BotApi(clock=world.clock) as api,
        open_harness(world, api) as telegram,
        open_web(world, public_url=address) as site,
    ):
        yield Place(world, api, telegram, site)


@on_one_engine
async def test_the_button_opens_one_s_own_page_and_nothing_else(store_url: str) -> None:
    async with open_place(store_url) as place:
        zoe, max_ = await place.joined("Zoé"), await place.joined("Max")
        id_, other = await number(place.world, "Zoé"), await number(place.world, "Max")
        shown = await place.ask("/tg")
        assert (shown.status, shown.policy, "Open this page on Telegram" in shown.page) == (200, FRAMER, True)
        opened = await place.open(zoe)
        assert opened.path == f"/tg/{id_}/"
        attributes = {part.strip().partition("=")[0].lower() for part in opened.set_cookie.split(";")[1:]}
        assert attributes == {"httponly", "partitioned", "path", "samesite", "secure"}, "it lasts as long as the window"
        assert "SameSite=None" in opened.set_cookie
        page = await place.ask(opened.path, opened.cookie)
        assert (page.status, page.policy, page.set_cookie) == (200, FRAMER, "")
        assert "No theme chosen yet." in page.page
        assert not re.findall(r"device\.js|manifest", page.page), "nothing is installed"
        for path, cookie in ((f"/tg/{other}/", opened.cookie), (f"/c/{id_}/", opened.cookie), (opened.path, "")):
            refused = await place.ask(path, cookie)
            assert (refused.status, refused.policy) == (404, FRAMER if path.startswith("/tg/") else "'none'")
        assert (await place.open(max_)).path == f"/tg/{other}/"
        assert (await place.ask(opened.path, opened.cookie)).status == 200


@on_one_engine
async def test_what_is_done_there_is_one_s_own_and_listed(store_url: str) -> None:
    async with open_place(store_url) as place:
        zoe = await place.joined("Zoé")
        opened = await place.open(zoe)
        page = await place.ask(opened.path, opened.cookie)
        [seal] = set(re.findall('data-seal="([^"]+)"', page.page))
        async with aiohttp.ClientSession(headers={"Cookie": f"session={opened.cookie}"}) as client:
            said = {"seal": seal, "token": "A" * 20, "word": "comptes"}
            async with client.post(f"{place.site.root}{opened.path}call", data=said, allow_redirects=False) as answer:
                assert answer.headers["Location"].startswith(opened.path)
        page = await place.ask(opened.path, opened.cookie)
        assert re.search("Your page is open in .*Telegram.*: this one", page.page)
        await zoe.command("comptes")
        assert "Your page is open in Telegram, since" in zoe.text
        await zoe.press("Close in Telegram")
        assert (await place.ask(opened.path, opened.cookie)).status == 404


def _changed(said: str, **values: str) -> str:
    return urlencode({**dict(parse_qsl(said)), **values})


ODD: dict[str, Callable[[str], str]] = {
    "nothing": lambda _said: "",
    "another person": lambda said: said.replace("5000000", "5000001"),
    "another hour": lambda said: _changed(said, auth_date="4000000000"),
    "more": lambda said: said + "&more=1",
    "unsigned": lambda said: re.sub("&?hash=[0-9a-f]+", "", said),
    "a short signature": lambda said: said[:-1],
    "signed twice": lambda said: said + "&hash=" + "0" * 64,
    "the same twice": lambda said: said + "&query_id=1",
    "no UTF-8": lambda said: said + "&name=%ff%fe",
    "surrogates": lambda said: said + "&name=%ed%a0%80",
    "no pairs": lambda said: said + "&&=&name",
    "zeros": lambda said: said + "&name=%00",
    "letters of elsewhere": lambda said: _changed(said, hash="٣" * 64),
    "a thousand fields": lambda said: said + "&a=1" * 1000,
}


@pytest.mark.parametrize("odd", ODD)
async def test_what_telegram_did_not_sign_opens_nothing(sqlite_url: str, odd: str) -> None:
    async with open_place(sqlite_url) as place:
        zoe = await place.joined("Zoé")
        said = await place.said_to(zoe)
        refused = await place.ask("/tg", said=ODD[odd](said))
        assert (refused.status, refused.set_cookie) == (403, "")
        assert NOT_BELIEVED in refused.page
        assert (await place.ask("/tg", said=said)).status == 303, "what it did sign is still good"


@on_one_engine
async def test_what_is_old_or_of_another_bot_or_said_again_opens_nothing(store_url: str) -> None:
    async with open_place(store_url) as place:
        zoe = await place.joined("Zoé")
        user, now = zoe.user.user, place.world.clock.now().timestamp()
        for token, at in (
            (place.api.token, now - 301),
            (place.api.token, now + 11),
            (place.api.token, 0),
            ("123456789:of-another-bot", now),
            ("", now),
        ):
            refused = await place.ask("/tg", said=sign(token, user, at))
            assert (refused.status, NOT_BELIEVED in refused.page, refused.set_cookie) == (403, True, "")
        for at in (now - 299, now + 9):
            said = sign(place.api.token, user, at)
            assert (await place.ask("/tg", said=said)).status == 303
            again = await place.ask("/tg", said=said)
            assert (again.status, NOT_BELIEVED in again.page, again.set_cookie) == (403, True, "")
        await place.world.clock.advance(timedelta(minutes=4))
        assert (await place.ask("/tg", said=said)).status == 403, "as long as it would be believed"


@on_one_engine
async def test_an_account_that_is_nobody_s_opens_nothing(store_url: str) -> None:
    async with open_place(store_url) as place:
        stranger = TelegramUser(place.api, "Eve")
        zoe = await place.joined("Zoé")
        opened, said = await place.open(zoe), sign(place.api.token, zoe.user.user, place.world.clock.now().timestamp())
        await zoe.command("effacer")
        await zoe.press("Erase my texts too")
        await zoe.press("Yes, erase me")
        now = place.world.clock.now().timestamp()
        for other in (sign(place.api.token, stranger.user, now), said):
            refused = await place.ask("/tg", said=other)
            assert (refused.status, UNKNOWN in refused.page, refused.set_cookie) == (403, True, "")
        assert (await place.ask(opened.path, opened.cookie)).status == 404


async def test_a_megabyte_and_other_forms_are_not_read(sqlite_url: str) -> None:
    async with open_place(sqlite_url) as place, aiohttp.ClientSession(headers={"Accept-Language": "en"}) as client:
        said = await place.said_to(await place.joined("Zoé"))
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        whole = urlencode({"said": said}).encode()

        async def in_pieces() -> AsyncIterator[bytes]:
            yield whole

        for body, headers, status in (
            (b"said=" + b"a" * 1_000_000, form, 400),
            (in_pieces(), form, 400),
            (whole, {"Content-Type": "text/plain"}, 400),
            (whole, {**form, "Content-Encoding": "gzip"}, 400),
            (whole, {**form, "Sec-Fetch-Site": "cross-site"}, 403),
            (whole, {**form, "Origin": FRAMER}, 403),
            (b"said=%ff%fe", form, 403),
            (b"", form, 403),
        ):
            async with client.post(f"{place.site.root}/tg", data=body, headers=headers) as answer:
                page = await answer.text()
                assert (answer.status, "Set-Cookie" in answer.headers) == (status, False), (headers, page)
                assert "<h1>Rencontres</h1>" in page


@on_one_engine
async def test_it_ends_by_itself_and_with_the_account(store_url: str) -> None:
    async with open_place(store_url) as place:
        zoe = await place.joined("Zoé")
        first = await place.open(zoe)
        second = await place.open(zoe)
        assert (await place.ask(first.path, first.cookie)).status == 404, "one window at a time"
        assert (await place.ask(second.path, second.cookie)).status == 200
        await place.world.clock.advance(sessions.KEPT_INSIDE - timedelta(seconds=1))
        assert (await place.ask(second.path, second.cookie)).status == 200
        await place.world.clock.advance(timedelta(seconds=1))
        over = await place.ask(second.path, second.cookie)
        assert (over.status, CLOSED in over.page, "112" in over.page) == (404, True, True)
        third = await place.open(zoe)
        await zoe.command("comptes")
        await zoe.press("Remove Telegram")
        assert "It is your last account" in zoe.text, "a page that is open in Telegram alone is no other way in"
        await zoe.press("Remove it")
        assert (await place.ask(third.path, third.cookie)).status == 404
        assert not await place.world.read(participant_store.accounts_of, await number(place.world, "Zoé"))


async def test_a_browser_and_telegram_do_not_open_for_each_other(sqlite_url: str) -> None:
    async with open_place(sqlite_url) as place:
        zoe = await place.joined("Zoé")
        id_ = await number(place.world, "Zoé")
        link = await place.site.page_link("Max")
        async with (
            aiohttp.ClientSession(headers={"Accept-Language": "en"}) as client,
            client.post(f"{place.site.root}/p/{link}", allow_redirects=False) as door,
        ):
            cookie, path = door.cookies["session"].value, URL(door.headers["Location"]).path
        assert (await place.ask(path, cookie)).status == 200
        assert (await place.ask(path.replace("/c/", "/tg/"), cookie)).status == 404
        await place.open(zoe)
        browsers = await place.world.read(browser_store.of_person, id_, place.world.clock.now())
        assert [(each.name, each.confirmed, each.inside) for each in browsers] == [("Telegram", True, True)]
        await zoe.look()
        assert not [text for text in zoe.pushed if "account was added" in text], "nobody is asked whether it was they"


async def test_without_https_there_is_no_button(sqlite_url: str) -> None:
    async with open_place(sqlite_url, address="http://rencontres.example.org") as place:
        zoe = await place.joined("Zoé")
        await zoe.command("moi")
        await zoe.press("More…")
        assert "Home" in zoe.buttons
        assert "Open my page" not in zoe.buttons


@pytest.mark.parametrize(("platform", "shown"), [("telegram", True), ("discord", False), ("web", False)])
async def test_the_button_is_where_it_can_be_pressed(sqlite_url: str, platform: str, shown: bool) -> None:
    async with open_world(sqlite_url, make_settings(web={"public_url": ADDRESS})) as world:
        chat = NeutralChat(world.dispatcher, "1", platform=platform)
        await chat.follow("j-" + await world.invite("Eva"))
        await chat.command("moi")
        await chat.press("More…")
        assert "Home" in chat.buttons
        assert ("Open my page" in chat.buttons) is shown


def test_only_what_holds_is_read() -> None:
    user = {"id": 5_000_000_001, "first_name": "Zoé & <b>+", "username": "z=1&y"}
    now = datetime(2027, 6, 1, 12, tzinfo=UTC)
    said = mini_app.read(sign("1:a", user, now.timestamp()), "1:a", now)
    assert said
    assert said.user == "5000000001"
    assert mini_app.read(sign("1:a", user, now.timestamp()), "1:b", now) is None
    for strange in ({}, {"id": "no number"}, {"id": None}):
        assert mini_app.read(sign("1:a", strange, now.timestamp()), "1:a", now) is None


@pytest.mark.asyncio(loop_scope="session")
async def test_telegram_s_site_shows_the_page_in_a_frame_and_no_other_site_does(
    sqlite_url: str, new_phone: Page
) -> None:
    async with open_place(sqlite_url) as place:
        zoe = await place.joined("Zoé")
        address = f"{place.site.root}/tg#{urlencode({'tgWebAppData': await place.said_to(zoe)})}"

        async def frame(route: Route) -> None:
            tag = f'<iframe src="{address}" width="350" height="700" allow="local-network-access">'
            await route.fulfill(content_type="text/html", body=tag)

        await new_phone.goto(address)
        await expect(new_phone.get_by_text("Open this page on Telegram")).to_be_visible()
        assert new_phone.url == f"{place.site.root}/tg", "a link that others send opens no page, and leaves no trace"
        await new_phone.context.grant_permissions(["local-network-access"])  # the server is on this machine
        await new_phone.context.route(f"{FRAMER}/**", frame)
        await new_phone.goto(f"{FRAMER}/a/")
        page = new_phone.frame_locator("iframe")
        await expect(page.get_by_role("log")).to_contain_text("No theme chosen yet.")
        [_site, shown] = new_phone.frames
        id_ = await number(place.world, "Zoé")
        assert urlsplit(shown.url)[2:] == (f"/tg/{id_}/", "", ""), "nothing of what was said is left in the address"
        await page.get_by_label("Your message").fill("programme")
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.get_by_role("log")).to_contain_text("The programme is not ready yet.")

        view = View(("Look",), attachments=(Picture(png(640, 480), "A photo"),))
        await place.site.adapter.send(Address(str(id_)), view, Reader("en", "Europe/Paris"), delivery_id=1)
        await page.get_by_role("link", name="A photo").click()
        await expect(page.get_by_role("dialog").get_by_role("img", name="A photo")).to_be_visible()
        assert len(new_phone.context.pages) == 1, "another tab would have no session"
        await new_phone.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)

        await place.world.clock.advance(sessions.KEPT_INSIDE)
        await page.get_by_label("Your message").fill("he followed me to my room")
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.locator("#notice")).to_contain_text(CLOSED)
        await expect(page.locator("#notice")).to_contain_text("call 112")
        await expect(page.get_by_label("Your message")).to_have_value("he followed me to my room")

        blocked = f'"frame-ancestors {FRAMER}". The request has been blocked.'
        other = await new_phone.context.new_page()
        await other.route("https://elsewhere.example/**", frame)
        async with other.expect_console_message(lambda message: blocked in message.text):
            await other.goto("https://elsewhere.example/")
