"""The phones of the demo: a press goes to the local platform, from there to the bot, and the answer is drawn."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from simcord.backend.errors import BackendError
from simcord.http import router

from bot.clock import ShiftedClock
from bot.content.texts import Reader
from bot.rehearsal.demo_gathering import demo_settings
from bot.rehearsal.demo_phones import LocalPlatforms, open_local_platforms
from bot.rehearsal.phone import PhoneMessage
from tests.rehearsal.builders import PATIENCE, Demo, open_demo

READER = Reader("en", "Europe/Paris")

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass
class Held:
    """A phone of the demo in somebody's hand."""

    demo: Demo
    address: str

    async def screen(self) -> dict[str, Any]:
        async with self.demo.browser.get(f"{self.address}/screen?lang=en") as response:
            assert response.status == 200
            shown: dict[str, Any] = await response.json()
            return shown

    async def act(self, what: str, **given: Any) -> dict[str, Any]:
        fields = aiohttp.FormData({"do": what})
        for name, value in given.items():
            for one in value if isinstance(value, list) else [value]:
                fields.add_field(name, one)
        async with self.demo.browser.post(f"{self.address}/act?lang=en", data=fields) as response:
            assert response.status == 200, await response.text()
            shown: dict[str, Any] = (await response.json())["screen"]
            return shown

    async def write(self, text: str) -> dict[str, Any]:
        return await self.act("write", text=text)

    async def press(self, code: str) -> dict[str, Any]:
        """Press the latest button whose payload begins so."""
        for message in reversed((await self.screen())["messages"]):
            for button in (button for row in message["rows"] for button in row):
                if button["payload"].startswith(code):
                    return await self.act("press", message=message["id"], payload=button["payload"])
        raise AssertionError(f"no button {code}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with open_demo(tmp_path_factory.mktemp("demo"), discord=True) as demo:
        yield demo


async def pick_up(demo: Demo, platform: str, place: int) -> Held:
    """Open the phone of one of the people among whom the page lets its visitor choose."""
    page = (await demo.get("/demo?lang=en"))[1]
    people = re.findall(r'<option value="(\d+)"', page)
    path = f"/demo/phone/{platform}/{people[place]}"
    status, shown = await demo.get(f"{path}?lang=en")
    assert status == 200
    assert f'class="{platform}"' in shown
    return Held(demo, demo.root + path)


def said(message: dict[str, Any] | PhoneMessage) -> str:
    if isinstance(message, PhoneMessage):
        return "".join(span.text for span in message.spans)
    return "".join(span["text"] for span in message["spans"])


async def test_on_telegram_an_invitation_is_opened_and_a_press_edits(demo: Demo) -> None:
    phone = await pick_up(demo, "telegram", 0)
    before = await phone.screen()
    assert (before["started"], before["messages"]) == (False, [])
    opened = await phone.act("start")
    first = opened["messages"][0]
    assert (first["own"], said(first)[:8]) == (True, "/start j")
    assert any("Welcome, " in said(message) for message in opened["messages"])
    assert ["/group", "Your group"] in [list(each) for each in opened["commands"]]

    asked = (await phone.write("/theme"))["messages"][-1]
    assert {"text": "Culture", "styles": ["bold"], "url": ""} in asked["spans"]
    assert not asked["edited"]
    option = next(button for row in asked["rows"] for button in row if button["label"] == "Culture")
    taken = (await phone.act("press", message=asked["id"], payload=option["payload"]))["messages"][-1]
    assert (taken["id"], taken["edited"]) == (asked["id"], True)
    assert any(button["payload"].startswith("tt-") for row in taken["rows"] for button in row)
    chosen = await phone.press("tt-")
    assert "Culture" in said(chosen["messages"][-1])


async def test_on_discord_a_menu_is_chosen_from_and_a_form_is_filled_in(demo: Demo) -> None:
    phone = await pick_up(demo, "discord", 1)
    await phone.act("start")
    asked = (await phone.write("/theme"))["messages"][-1]
    [menu] = asked["menus"]
    assert {option["label"] for option in menu["options"]} >= {"Culture", "CivicTech"}
    taken = await phone.act("choose", message=asked["id"], payload=menu["payload"], value=["civic"])
    assert "CivicTech" in said(taken["messages"][-1])
    assert taken["messages"][-1]["edited"]

    form = (await phone.write("/code"))["form"]
    assert [(field["kind"], field["required"]) for field in form["fields"]] == [("line", True)]
    assert (await phone.act("close"))["form"] is None
    name = (await phone.write("/code"))["form"]["fields"][0]["name"]
    sent = await phone.act("fill", **{name: "ABCD-EFGH-JKLM"})
    assert sent["form"] is None
    assert "does not work" in said(sent["messages"][-1])


async def test_what_is_answered_in_the_channel_only_who_asked_can_read(demo: Demo) -> None:
    phone, neighbour = await pick_up(demo, "discord", 1), await pick_up(demo, "discord", 2)
    await neighbour.act("start")
    for each in (phone, neighbour):
        channels = (await each.screen())["channels"]
        [welcome] = [channel["id"] for channel in channels if channel["name"] == "bienvenue"]
        turned = await each.act("turn", channel=welcome)
        assert (len(turned["messages"]), turned["writable"]) == (1, False)
    [asked] = (await phone.press(""))["form"]["fields"]
    answered = (await phone.act("fill", **{asked["name"]: "ABCD-EFGH-JKLM"}))["messages"]
    assert [message["private"] for message in answered] == [False, True]
    assert [message["private"] for message in (await neighbour.screen())["messages"]] == [False]
    for each in (phone, neighbour):
        private = (await each.screen())["channels"][0]["id"]
        assert (await each.act("turn", channel=private))["writable"]


async def test_presses_of_two_people_on_discord_wait_for_each_other(demo: Demo) -> None:
    phone, neighbour = await pick_up(demo, "discord", 1), await pick_up(demo, "discord", 3)
    await neighbour.act("start")
    before = [len((await each.screen())["messages"]) for each in (phone, neighbour)]
    await asyncio.gather(*(each.write(word) for each in (phone, neighbour) for word in ("/moi", "/aide")))
    after = [(await each.screen())["messages"] for each in (phone, neighbour)]
    assert [len(messages) for messages in after] == [count + 2 for count in before]
    assert not any(message["refused"] for messages in after for message in messages)


async def test_time_moves_on_phones_too_and_no_other_site_presses(demo: Demo) -> None:
    phone = await pick_up(demo, "discord", 1)
    await demo.move("hour")
    now = (await demo.now())["time"]
    assert (await phone.write("/moi"))["messages"][-1]["time"] in {now, (await demo.now())["time"]}
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    async with demo.browser.post(f"{phone.address}/act", data={"do": "start"}, headers=elsewhere) as response:
        assert response.status == 403
    for gesture in ({"do": "press", "message": "1", "payload": "x"}, {"do": "fill"}, {"do": "write", "text": ""}):
        async with demo.browser.post(f"{phone.address}/act", data=gesture) as response:
            assert response.status == 409
    assert (await demo.get("/demo/phone/telegram/99999"))[0] == 404


@asynccontextmanager
async def two_phones(folder: Path, platform: str) -> AsyncIterator[tuple[LocalPlatforms, Any, Any]]:
    """The phones of two people with a platform, where no bot runs."""
    clock = ShiftedClock()
    async with open_local_platforms(demo_settings(folder, 1, clock.now()), clock, discord=True) as local:
        for person in (1, 2):
            await local.open(platform, person, "Zoé", "en")
        yield local, local.find(platform, 1), local.find(platform, 2)


async def test_on_telegram_what_is_pinned_typed_and_refused_is_on_the_phone_it_was_for(tmp_path: Path) -> None:
    async with two_phones(tmp_path, "telegram") as (local, one, other), aiohttp.ClientSession() as bot:
        telegram = local.settings.telegram

        async def call(method: str, **given: Any) -> None:
            address = f"{telegram.api_base}/bot{telegram.token.get_secret_value()}/{method}"
            await bot.post(address, json={"chat_id": one.native_id, **given})

        one._user.start()
        await call("sendMessage", text="On the wall\nat noon", entities=[{"type": "italic", "offset": 3, "length": 3}])
        await call("pinChatMessage", message_id=one._user.last.message.id)
        await call("sendChatAction", action="typing")
        shown = one.screen(READER)
        assert (shown.pinned, shown.typing) == ("On the wall", True)
        assert [(span.text, *span.styles) for span in shown.messages[-1].spans] == [
            ("On ",), ("the", "italic"), (" wall\nat noon",),
        ]  # fmt: skip
        await call("sendMessage", text="")
        refused = one.screen(READER).messages[-1]
        assert (refused.refused, said(refused)) == (True, "sendMessage: Bad Request: message text is empty")
        assert not one.screen(READER).messages[0].refused
        assert other.screen(READER).messages == []


async def test_on_discord_styles_are_read_and_what_is_refused_is_on_the_phone_it_was_for(tmp_path: Path) -> None:
    async with two_phones(tmp_path, "discord") as (_local, one, other):
        backend = one._backend
        chat = backend.get_dm_channel(int(one.native_id)).id
        words = f"-# Noted\n**Zoé \\*** [the wall](<https://x.org/>), <@{one.native_id}> <t:0:d>"
        backend.create_message(chat, backend.bot_user.id, words)
        [message] = one.screen(READER).messages
        assert [(span.text, *span.styles, span.url) for span in message.spans] == [
            ("Noted\n", "small", ""), ("Zoé ", "bold", ""), ("*", "bold", ""), (" ", ""),
            ("the wall", "https://x.org/"), (", ", ""), ("@Zoé", "bold", ""), (" ", ""),
            ("Thursday 1 January 1970", ""),
        ]  # fmt: skip
        with pytest.raises(BackendError):
            router.dispatch(backend, "POST", f"/channels/{chat}/messages", json={"content": "x" * 2001})
        refused = one.screen(READER).messages[-1]
        assert refused.refused
        assert said(refused).startswith("POST /channels: 400")
        assert other.screen(READER).messages == []


@pytest.mark.browser
async def test_page_and_phones_stand_side_by_side(demo: Demo, browser: Browser) -> None:
    complaints: list[str] = []
    page = await browser.new_page(locale="en", viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda told: complaints.append(told.text) if "Content Security" in told.text else None)
    await page.goto(demo.address)
    await page.locator("#who").select_option(index=5)
    for platform in ("telegram", "discord"):
        await page.locator(f'input[value="participant-{platform}"]').check()
        phone = page.frame_locator(f"#participant-{platform}")
        await phone.get_by_role("button", name="Open the invitation").click()
        await expect(phone.locator("article").first).to_be_visible()
        await phone.get_by_label("Your message").fill("/code" if platform == "discord" else "/moi")
        await phone.get_by_label("Your message").press("Enter")
    dialog = page.frame_locator("#participant-discord").get_by_role("dialog")
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(dialog).to_have_count(0)
    await page.frame_locator("#participant-telegram").get_by_role("button", name="Program", exact=False).last.click()
    for frame in page.frames:
        assert await frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.close()
    assert complaints == []
