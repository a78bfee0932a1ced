"""Messages as people make them on their page: markdown and files in a form, and what becomes of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from PIL import Image

from bot.content.forms import Upload
from bot.content.markup import markup
from bot.content.texts import Joined, Link, Reader, Strong, Styled
from bot.content.views import File, Picture, View
from bot.delivery.platform import Address
from bot.rehearsal.chat_driver_web import WebChat
from tests.drivers.web import WebHarness, open_web
from tests.platforms.message_form import open_composing

ENGLISH = Reader("en", "Europe/Paris")


@pytest.fixture
async def harness(sqlite_url: str) -> AsyncIterator[WebHarness]:
    async with open_composing(sqlite_url) as world, open_web(world) as harness:
        yield harness


def a_picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (4, 3)).save(drawn, "JPEG")
    return drawn.getvalue()


async def compose(chat: WebChat, text: str, *files: Upload) -> None:
    """Fill in the open form."""
    assert chat.sheet is not None
    await chat.post(chat.sheet, {"answer-said": text, "answer-said.files": files})


async def test_a_form_takes_markdown_and_files_as_one_message(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.command("essai")
    picture = a_picture()
    await compose(zoe, "**Demain** <b>à</b> `14 h`", Upload("photo.jpeg", picture), Upload("plan.pdf", b"%PDF"))
    shown = zoe.latest
    assert [element.text for element in shown.all("strong")] == ["Demain"]
    assert "<b>à</b>" in shown.text
    image = shown.first("img")
    assert image is not None
    async with zoe.browser.get(harness.root + image["src"]) as sent:
        assert (sent.headers["Content-Type"], await sent.read()) == ("image/jpeg", picture)
    link = shown.first("a", css="file")
    assert link is not None
    assert "plan.pdf" in link.text


async def test_what_was_typed_stays_when_a_file_is_refused(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.command("essai")
    await compose(zoe, "**Demain**", Upload("empty.txt", b""))
    sheet = zoe.sheet
    assert sheet is not None
    assert "is empty." in sheet.text
    area = sheet.first("textarea")
    assert area is not None
    assert area.text.strip() == "**Demain**"


async def test_a_form_for_files_has_no_place_for_text(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.command("fichiers")
    assert zoe.sheet is not None
    assert zoe.sheet.first("textarea") is None
    label, field = zoe.sheet.first("label"), zoe.sheet.first("input", type="file")
    assert label is not None
    assert field is not None
    assert (label.text.strip(), label["for"]) == ("Your files", field["id"])
    await zoe.post(zoe.sheet, {field["name"]: (Upload("a.txt", b"one"), Upload("b.txt", b"two"))})
    assert [link.text.strip() for link in zoe.latest.all("a", css="file")] == ["Download a.txt", "Download b.txt"]


def test_styles_become_html_and_words_never_do() -> None:
    line = Joined(
        (Strong(Styled("<b>", "italic")), Styled("c", "code"), Styled("h", "spoiler"), Styled("u", "underline"))
    )
    assert markup(line, ENGLISH) == (
        '<strong><em>&lt;b&gt;</em></strong><code>c</code><span class="spoiler" tabindex="0">h</span><u>u</u>'
    )
    quote = Joined((Styled("q ", "quote"), Styled(Link("s", "https://example.org"), "quote")))
    assert str(markup(quote, ENGLISH)).startswith(
        '<span class="quote" role="blockquote">q <a href="https://example.org"'
    )


async def test_what_is_taken_away_is_gone_from_an_open_page(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    address = Address(zoe.person_id)
    view = View(("Look.",), attachments=(Picture(b"1", "One"), Picture(b"2", "Two"), File("a.txt", b"a")))
    sent = await harness.adapter.send(address, view, ENGLISH, delivery_id=1)
    await zoe.look()
    assert [image["alt"] for image in zoe.latest.all("img")] == ["One", "Two"]
    assert await harness.adapter.delete(address, sent)
    assert await harness.adapter.delete(address, sent), "gone already"
    await zoe.look()
    hidden = next(message for message in zoe.messages if message["id"] == f"m{sent}")
    assert "hidden" in hidden.attributes
    assert not hidden.all("img")
    async with zoe.browser.get(f"{harness.root}/c/{zoe.person_id}/picture/{sent}/0") as answer:
        assert answer.status == 404
