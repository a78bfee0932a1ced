"""What people write and send in passing on their page; what stays in sight there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, expect

from bot.content.errors import Rejected
from bot.content.forms import Upload
from bot.content.texts import Reader
from bot.content.views import Button, Raw, View
from bot.delivery.platform import Address
from bot.platforms.web import page_store
from bot.rehearsal.chat_driver_web import WebChat
from bot.rehearsal.html import Element
from tests.drivers.web import WebHarness, open_web
from tests.platforms.notes import Notes, open_noting
from tests.world import World

ENGLISH = Reader("en", "Europe/Paris")


@pytest.fixture
async def noting(sqlite_url: str) -> AsyncIterator[tuple[World, Notes]]:
    async with open_noting(sqlite_url) as noting:
        yield noting


@pytest.fixture
async def harness(noting: tuple[World, Notes]) -> AsyncIterator[WebHarness]:
    async with open_web(noting[0]) as harness:
        yield harness


@pytest.fixture
def notes(noting: tuple[World, Notes]) -> Notes:
    return noting[1]


def composer(zoe: WebChat) -> Element:
    form = zoe.page.first("form", id="composer")
    assert form is not None
    return form


def paperclip(zoe: WebChat) -> bool:
    """Whether the page offers to send a photo."""
    label = composer(zoe).first("label", css="clip")
    assert label is not None
    return "hidden" not in label.attributes


async def test_a_mark_is_said_in_its_short_words(harness: WebHarness, notes: Notes) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.send("Une cuisine partagée")
    await zoe.send("Un atelier vélo")
    assert zoe.text == "Noted."
    assert notes.words == {"": "Un atelier vélo"}, "messages of a page have no ids"


async def test_photos_go_with_words_or_without(harness: WebHarness, notes: Notes) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.look()
    assert paperclip(zoe)
    await zoe.post(composer(zoe), {"text": "Nos feuilles", "files": [Upload("1.txt", b"1"), Upload("2.txt", b"2")]})
    assert notes.kept == [("1.txt", b"1", "Nos feuilles"), ("2.txt", b"2", "Nos feuilles")]
    assert zoe.text == "Photo kept."
    assert [message.text for message in zoe.messages if "person" in message["class"]][-1].count(".txt") == 2
    await zoe.post(composer(zoe), {"text": "", "files": [Upload("3.txt", b"3")]})
    assert notes.kept[-1] == ("3.txt", b"3", "")


async def test_no_photo_is_asked_for_where_none_is_taken(harness: WebHarness, notes: Notes) -> None:
    notes.takes_files = False
    zoe = await harness.joined("Zoé")
    await zoe.look()
    assert not paperclip(zoe)
    await zoe.post(composer(zoe), {"text": "", "files": [Upload("1.txt", b"1")]})
    assert zoe.text.startswith("Text only, please.")


async def test_a_file_too_large_and_words_too_long_are_refused_and_nothing_is_kept(
    harness: WebHarness, notes: Notes
) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.look()
    await zoe.post(composer(zoe), {"text": "Film", "files": [Upload("film.mov", b"x" * 10_000_001)]})
    assert "is too large: 10 MB at most." in zoe.text
    await zoe.look()
    await zoe.post(composer(zoe), {"text": "x" * 4_001, "files": [Upload("1.txt", b"1")]})
    assert zoe.status == 422
    assert notes.kept == []


async def test_what_is_pinned_stays_though_much_is_said_after_it(
    harness: WebHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = await harness.joined("Zoé")
    address = Address(zoe.person_id)
    first = await harness.adapter.send(address, View(("Panel: 1",)), ENGLISH, delivery_id=1)
    panel = await harness.adapter.send(address, View(("Panel: 2",)), ENGLISH, delivery_id=2)
    await harness.adapter.pin(address, first)
    await harness.adapter.pin(address, panel)
    monkeypatch.setattr(page_store, "KEPT", 60)
    for number in range(65):
        await harness.adapter.send(address, View((f"{number}",)), ENGLISH, delivery_id=10 + number)
    await zoe.look()
    pinned = [message["id"] for message in zoe.messages if "pinned" in message["class"].split()]
    assert pinned == [f"m{panel}"]
    assert f"m{first}" not in [message["id"] for message in zoe.messages]
    with pytest.raises(Rejected):
        await harness.adapter.pin(address, first)


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_a_phone_sends_a_photo_and_sees_its_panel_while_it_scrolls(
    sqlite_url: str, phone: Page, tmp_path: Path
) -> None:
    async with open_noting(sqlite_url) as (world, notes), open_web(world) as harness:
        notes.takes_files = False
        await phone.goto(f"{harness.root}/p/{await harness.page_link('Zoé')}")
        await phone.get_by_role("button", name="Open my page").click()
        await expect(phone.get_by_role("log")).to_contain_text("Home.")
        address = Address(phone.url.split("/c/")[1].split("/")[0])
        clip = phone.locator(".clip")
        await expect(clip).to_be_hidden()
        notes.takes_files = True
        buttons = (Button("Start", Raw("go-moi")),)
        panel = await harness.adapter.send(address, View(("Panel: 3 ideas",), buttons), ENGLISH, delivery_id=1)
        await expect(clip).to_be_visible()
        await harness.adapter.pin(address, panel)
        await phone.get_by_label("Send a photo").set_input_files(
            FilePayload(name="sheet.txt", mimeType="text/plain", buffer=b"a sheet")
        )
        await expect(clip.locator("output")).to_have_text("1")
        await phone.get_by_label("Your message").fill("Notre feuille")
        await phone.get_by_role("button", name="Send", exact=True).click()
        await expect(phone.get_by_role("log")).to_contain_text("Photo kept.")
        assert notes.kept == [("sheet.txt", b"a sheet", "Notre feuille")]
        await expect(clip.locator("output")).to_have_text("")
        film = tmp_path / "film.mp4"
        film.write_bytes(bytes(31_000_000))
        await phone.get_by_label("Send a photo").set_input_files(film)
        await phone.get_by_label("Your message").fill("Our film")
        await phone.get_by_role("button", name="Send", exact=True).click()
        await expect(phone.get_by_text("Too much at once: 30 MB at most.")).to_be_visible()
        await expect(clip.locator("output")).to_have_text("")
        await expect(phone.get_by_label("Your message")).to_have_value("Our film")
        await phone.get_by_label("Your message").fill("")
        for number in range(20):
            await harness.adapter.send(address, View((f"Word {number}",)), ENGLISH, delivery_id=10 + number)
        await expect(phone.get_by_text("Word 19")).to_be_in_viewport()
        await expect(phone.get_by_role("button", name="Panel: 3 ideas")).to_be_in_viewport()
