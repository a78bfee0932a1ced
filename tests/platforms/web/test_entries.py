"""The short address on the wall: it leads to one's own page, or to the door where one's code is typed."""

from __future__ import annotations

import re

import aiohttp
import pytest
from yarl import URL

from bot.config import setting_store
from bot.database.engine import Transaction
from bot.people import attempt_store, secret_store
from bot.platforms.web import entry_routes
from bot.rehearsal.chat_driver_web import WebChat
from bot.rehearsal.html import Element
from tests.engines import on_one_engine
from tests.plenary.walls import FRENCH, Wall, open_wall


async def entry_of(wall: Wall) -> str:
    """The code that the wall shows."""
    async with aiohttp.ClientSession() as browser, browser.get(await wall.link()) as page:
        shown = re.search(r"127\.0\.0\.1<wbr>/e/<strong>([^<]+)</strong>", await page.text())
    assert shown, "the wall shows its short address"
    return shown[1]


def door_of(chat: WebChat) -> Element:
    """The form of the door that a chat shows."""
    form = chat.page.first("form")
    assert form
    return form


async def test_the_wall_shows_an_address_that_leads_to_one_s_own_page(store_url: str) -> None:
    async with open_wall(store_url) as wall:
        code = await entry_of(wall)
        assert re.fullmatch("[2-9A-HJKMNP-Z]{6}", code)
        assert await entry_of(wall) == code, "every screen of the session shows the same"
        zoe = await wall.harness.joined("Zoé")
        mine = zoe.url.partition("#")[0]
        await zoe.get(f"/e/{code.lower()}")
        assert (zoe.status, zoe.url.partition("#")[0]) == (200, mine)
        leave = zoe.page.first("form", action=f"{URL(mine).path}leave")
        assert leave
        await zoe.post(leave, {})
        await zoe.get(f"/e/{code}")
        assert "The code of your invitation, or its link:" in zoe.page.text, "whose page it was is not kept here"


@on_one_engine
async def test_at_the_door_only_one_s_own_code_or_link_opens_a_page(store_url: str) -> None:
    async with open_wall(store_url) as wall:
        code, ada = await entry_of(wall), await wall.world.invite("Ada")
        phone = wall.harness.person()
        await phone.get(f"/e/{code}")
        assert not list(phone.browser.cookie_jar)
        assert "Ada" not in phone.page.text
        form = door_of(phone)
        for wrong in ("ABCD-EFGH-JKLM", code, ""):
            await phone.post(form, {"link": wrong})
            assert (phone.status, "This code opens no page" in phone.page.text) == (422, True)
        assert "call 112" not in phone.page.text
        await phone.post(form, {"link": "he raped me, help me please"})
        assert (phone.status, "If you are in danger, call 112." in phone.page.text) == (422, True)
        async with phone.browser.post(phone.url, data={"link": ada}, headers={"Origin": "https://x.example"}) as answer:
            assert answer.status == 403
        await phone.post(form, {"link": f" {ada[:4]}-{ada[4:8]} {ada[8:].lower()}"})
        assert "Welcome, Ada" in phone.text

        bo = wall.harness.person()
        await bo.get(f"/e/{code}")
        link = await wall.harness.page_link("Bo")
        await bo.post(door_of(bo), {"link": f"https://rencontres.example.org/p/{link}"})
        assert "Welcome, Bo" in bo.text


async def test_a_code_used_elsewhere_and_the_links_of_walls_open_nothing(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall:
        code, ada, wall_link = await entry_of(wall), await wall.world.invite("Ada"), await wall.link()

        async def use(tx: Transaction) -> None:
            secret = await secret_store.find(tx, "invitation", ada, wall.world.clock.now())
            assert secret
            await secret_store.use(tx, secret, None, wall.world.clock.now())

        await wall.world.store.transact(use)
        phone = wall.harness.person()
        await phone.get(f"/e/{code}")
        for typed in (ada, wall_link):
            await phone.post(door_of(phone), {"link": typed})
            assert phone.status == 422
        await phone.get(f"/ecran/{code}")
        assert phone.status == 404, "it opens no wall"


async def test_after_the_session_the_address_says_so(sqlite_url: str) -> None:
    async with open_wall(sqlite_url, FRENCH[:2]) as wall:
        code, zoe, stranger = await entry_of(wall), await wall.harness.joined("Zoé"), wall.harness.person()
        await wall.begin()
        for _step in range(6):
            await wall.next()
        assert wall.state.plenary.ended_at
        for who, back in ((zoe, True), (stranger, False)):
            await who.get(f"/e/{code}")
            assert who.status == 410
            assert "This session is over. Thank you for coming!" in who.page.text
            assert ("Back to my page" in who.page.text) is back


async def test_wrong_codes_are_counted_and_then_nothing_is_learnt(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry_routes, "_TRIES", 3)
    async with open_wall(store_url) as wall:
        code, ada = await entry_of(wall), await wall.world.invite("Ada")
        phone = wall.harness.person()
        for _guess in range(3):
            await phone.get("/e/AAAAAA")
            assert (phone.status, "This address leads nowhere" in phone.page.text) == (404, True)
        for guess in ("AAAAAA", code):
            await phone.get(f"/e/{guess}")
            assert phone.status == 200, "one address looks like the other now"
        for typed in ("A" * 26, "A" * 26, "A" * 26, *("ABCD-EFGH-JKLM",) * 3):  # wrong links make nobody wait
            await phone.post(door_of(phone), {"link": typed})
            assert phone.status == 422
        await phone.post(door_of(phone), {"link": "ABCD-EFGH-JKLM"})
        assert (phone.status, "Too many wrong codes" in phone.page.text) == (429, True)
        assert "If you are in danger, call 112." in phone.page.text
        guesses = await wall.world.read(attempt_store.wrong_codes, wall.world.clock.now())
        assert guesses == (0, 0), "who plays with addresses does not make others wait in their chats"
        link = await wall.harness.page_link("Bo")
        await phone.post(door_of(phone), {"link": link})
        assert "Welcome, Bo" in phone.text, "a link is not guessed"
        another = wall.harness.person()
        await another.get(f"/e/{code}")
        await another.post(door_of(another), {"link": await wall.world.invite("Cleo")})
        assert "Welcome, Cleo" in another.text, "nobody who has a code is kept out by those who have none"
        await wall.wait(minutes=11)
        other = wall.harness.person()
        await other.get("/e/AAAAAA")
        assert other.status == 404
        await other.get(f"/e/{code}")
        await other.post(door_of(other), {"link": ada})
        assert "Welcome, Ada" in other.text


async def test_the_door_leads_to_telegram_too(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall:
        await wall.world.change(setting_store.set_telegram_username, "rencontres_bot")
        phone = wall.harness.person()
        await phone.get(f"/e/{await entry_of(wall)}")
        link = phone.page.first("a", href="https://t.me/rencontres_bot")
        assert link is not None
        assert link.text == "I take part on Telegram"


async def test_the_bare_address_is_a_door_too_and_says_whom_to_ask_for_a_code(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall:
        ada, phone = await wall.world.invite("Ada"), wall.harness.person()
        await phone.get("/")
        assert phone.status == 200
        assert "I do not have my code" in phone.page.text
        await phone.post(door_of(phone), {"link": ada})
        assert "Welcome, Ada" in phone.text
