"""What somebody sends to others is handed over, and never acts: it is no page, no script, and tells of nobody."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from random import Random
from typing import cast

import pytest
from PIL import Image, ImageOps
from playwright.async_api import Browser

from bot.people import browser_store
from bot.rehearsal.chat_driver import ChatDriver
from tests.security.builders import (
    OWNER,
    PLACE,
    PROGRAM,
    Gathering,
    Upload,
    WebChat,
    drawn,
    heic,
    open_gathering,
    proxied,
    taken,
)

SCRIPT = b"window.pwned = true; fetch(location.pathname.replace(/[^/]+.[^/]+.[^/]+$/, 'say'), {method: 'POST'});"
PAGE = b"<!doctype html><html><body><script src='1'></script><script>" + SCRIPT + b"</script></body></html>"
XHTML = b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><script>" + SCRIPT + b"</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>" + SCRIPT + b"</script></svg>"


def zipped() -> bytes:
    """A packet that programs unpack by themselves, with a page in it."""
    packet = io.BytesIO()
    with zipfile.ZipFile(packet, "w") as open_packet:
        open_packet.writestr("index.html", PAGE)
    return packet.getvalue()


HOSTILE: Mapping[str, bytes] = {
    "evil.html": PAGE,
    "evil.js": SCRIPT,
    "evil.svg": SVG,
    "evil.xhtml": XHTML,
    "evil.xml": b"<?xml-stylesheet href='0' type='text/xsl'?><a/>",
    "evil.pdf": b"%PDF-1.7 1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
    "evil.css": b"body { background: url(https://example.org) }",
    "evil.mhtml": b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + PAGE,
    "evil.wasm": b"\0asm\1\0\0\0",
    "evil.jar": zipped(),
    "evil.jpg": PAGE,
    "evil.png": b"\x89PNG" + PAGE,
    "evil.webp": b"RIFF\x10\0\0\0WAVE" + PAGE,
    "page.pdf.html": PAGE + b"%PDF-1.7",
    "é%0D%0AContent-Type: text, html": PAGE,
    "page';filename=page.html": PAGE,
}
"""What is no picture, by its name: each is sent as it is, and handed over as bytes."""

POLYGLOTS: Mapping[str, bytes] = {
    "page.gif": b"GIF89a/*" + PAGE + b"*/=1;" + SCRIPT,
    "script.gif": b"GIF89a=0;" + SCRIPT,
    "comment.html": drawn("GIF", comment=PAGE),
    "behind.html": drawn("JPEG") + PAGE,
    "segment.html": drawn("JPEG", comment=PAGE),
    "chunk.html": drawn("PNG") + PAGE,
    "archive.webp": drawn("WEBP") + zipped(),
    "cut.jpg": taken("JPEG")[:-40] + PAGE,
}
"""What begins as a picture and is something else besides."""

PICTURES: Mapping[str, bytes] = {
    "photo.png": drawn("PNG"),
    "photo.jpg": drawn("JPEG"),
    "photo.webp": drawn("WEBP"),
    "photo.gif": drawn("GIF"),
}
SIGNATURES = {
    "image/png": rb"\x89PNG\r\n\x1a\n",
    "image/jpeg": rb"\xff\xd8\xff",
    "image/webp": rb"RIFF(?s:....)WEBP",
    "image/gif": rb"GIF8[79]a",
}


def is_picture(content: bytes) -> bool:
    """Whether a content begins as one of the pictures that may be shown."""
    return any(re.match(signature, content) for signature in SIGNATURES.values())


async def show(gathering: Gathering, *chats: ChatDriver) -> None:
    """Let the group read its ideas, and know it."""
    await gathering.reveal()
    await gathering.delivered(*chats)


async def see(reader: ChatDriver, idea: int = 1) -> None:
    """Look at what came with an idea, as anybody of its group does."""
    await reader.command("phase")
    await reader.press("The wall")
    await reader.choose(reader.values[-idea])  # the newest is first
    await reader.press(next(label for label in reader.buttons if label.startswith("See the ")))  # photos, or files


async def confirm_browsers(gathering: Gathering, reader: WebChat) -> None:
    """Have a person say that every browser in which their page is open is theirs."""
    now, person = gathering.world.clock.now(), int(reader.person_id)
    for browser in await gathering.world.read(browser_store.of_person, person, now):
        await gathering.world.change(browser_store.confirm, person, browser.id, now)


async def attachments(reader: WebChat, kind: str) -> list[tuple[Mapping[str, str], bytes]]:
    """What hangs on the latest message, by the address of a kind: headers and content, in order."""
    message = reader.latest["id"].removeprefix("m")
    found: list[tuple[Mapping[str, str], bytes]] = []
    for position in range(12):
        async with reader.browser.get(f"{reader.url.partition('#')[0]}{kind}/{message}/{position}") as answer:
            if answer.status == 200:
                found.append((answer.headers.copy(), await answer.read()))
            else:
                assert answer.status == 404
    return found


def check(headers: Mapping[str, str], content: bytes, *, shown: bool) -> None:
    """A picture is shown as the picture it is, where one is asked for; all else are bytes to be saved."""
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    if shown:
        assert re.match(SIGNATURES[headers["Content-Type"]], content)
        assert headers["Content-Disposition"].startswith("inline")
    else:
        assert headers["Content-Type"] == "application/octet-stream"
        assert headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
        assert re.fullmatch(r"[A-Za-z0-9_.~%-]+", headers["Content-Disposition"].partition("''")[2])


def uploads(files: Mapping[str, bytes]) -> Sequence[Upload]:
    return [Upload(name, content) for name, content in files.items()]


async def test_nothing_anybody_sent_is_a_page_at_any_address(gathering: Gathering) -> None:
    zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]
    await gathering.start_phase("Zoé", "Max")
    for number, files in enumerate((HOSTILE, POLYGLOTS, PICTURES)):
        named = list(uploads(files))
        for begin in range(0, len(named), 8):
            await zoe.give(*named[begin : begin + 8], caption=f"Idea {number}.{begin}")
    await show(gathering, zoe, max_)
    handed_over: list[bytes] = []
    for idea in range(1, 5):
        await see(max_, idea)
        for kind in ("file", "picture"):
            for headers, content in await attachments(max_, kind):
                check(headers, content, shown=kind == "picture" and is_picture(content))
                handed_over.append(content)
    sent = {**HOSTILE, **POLYGLOTS, **PICTURES}
    assert len(handed_over) == 2 * len(sent)
    assert set(HOSTILE.values()) <= set(handed_over)
    whole = [drawn(kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")]
    assert all(each in handed_over for each in whole)
    for content in handed_over:  # what is shown as a whole picture carries nothing else along
        if is_picture(content) and content not in sent.values():
            assert PAGE not in content


async def test_an_announcement_carries_no_page_either(gathering: Gathering) -> None:
    ines, zoe = await gathering.organiser_page(), await gathering.join_page("Zoé")
    await ines.command("announce")
    await ines.press("Write an announcement")
    assert ines.sheet is not None
    files = uploads({"evil.html": PAGE, "evil.svg": SVG, "script.gif": POLYGLOTS["script.gif"]})
    await ines.post(ines.sheet, {"answer-message": "Read this", "answer-message.files": files})
    assert "A document is kept as it is: if it says who made it, where or when, that stays in it." in ines.text
    await ines.pick("everyone")
    await ines.press("Send now")
    await gathering.delivered(ines, zoe)
    assert "Read this" in zoe.text
    for kind in ("file", "picture"):
        found = await attachments(zoe, kind)
        assert [content for _headers, content in found] == [file.content for file in files]
        for headers, content in found:
            check(headers, content, shown=kind == "picture" and is_picture(content))


@pytest.mark.parametrize(("host", "named"), [("", True), ("evil.example; script-src *", False), ("a b", False)])
async def test_scripts_come_from_one_folder_of_ours(gathering: Gathering, host: str, named: bool) -> None:
    zoe = await gathering.join_page("Zoé")
    own = gathering.root.removeprefix("http://")
    async with zoe.browser.get(zoe.url, headers={"Host": host} if host else {}) as page:
        policy = dict(each.strip().split(" ", 1) for each in page.headers["Content-Security-Policy"].split(";"))
    sources = policy["script-src"].split()
    assert all(source.endswith("/static/") for source in sources)
    assert (f"{own}/static/" in sources) is named
    assert policy["default-src"] == "'none'"
    assert "*" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("platform", ["web", "telegram", "discord"])
async def test_a_photo_tells_nothing_of_who_took_it(sqlite_url: str, platform: str) -> None:
    kinds = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
    async with open_gathering(sqlite_url, *{platform} - {"web"}) as gathering:
        zoe, max_ = cast("ChatDriver", await gathering.join("Zoé", platform)), await gathering.join_page("Max")
        await gathering.start_phase("Zoé", "Max")
        await gathering.delivered(zoe, max_)
        for ending, kind in kinds.items():
            await zoe.give(Upload(f"photo.{ending}", taken(kind)), caption=f"The kitchen in {kind}")
        await show(gathering, zoe, max_)
        seen: list[bytes] = []
        for idea in range(1, 4):
            await see(max_, idea)
            seen += [content for _headers, content in await attachments(max_, "picture")]
        kept = gathering.kept().values()
    for kind in kinds.values():
        sent = taken(kind)
        assert OWNER in sent
        assert PLACE in sent
        [content] = [each for each in seen if each[:3] == sent[:3]]
        with Image.open(io.BytesIO(content)) as after, Image.open(io.BytesIO(sent)) as before:
            assert set(after.getexif()) == {0x0112}
            assert after.tobytes() == before.tobytes()
            upright = ImageOps.exif_transpose(after).convert("RGB")
            assert upright.size == (8, 16)
            above = upright.crop((7, 0, 8, 1)).tobytes()  # turned to the right, what was left above is right above
            assert above[0] > 200 > 100 > above[2]
    for mark in (OWNER, PLACE, PROGRAM):
        assert not [each for each in (*seen, *kept) if mark in each]


@pytest.mark.parametrize("platform", ["web", "telegram", "discord"])
async def test_a_photo_in_heic_is_refused_and_what_came_with_it_is_kept(sqlite_url: str, platform: str) -> None:
    async with open_gathering(sqlite_url, *{platform} - {"web"}) as gathering:
        zoe, max_ = cast("ChatDriver", await gathering.join("Zoé", platform)), await gathering.join_page("Max")
        await gathering.start_phase("Zoé", "Max")
        await gathering.delivered(zoe, max_)
        how = "Send it as a photo, not as a file, or send a screenshot of it."
        await zoe.give(Upload("photo.bin", heic()))
        assert zoe.text == f"I did not keep “photo.bin”: it is a HEIC picture, which few can open. {how}"
        await zoe.give(Upload("photo.bin", heic()), caption="The kitchen")
        assert zoe.text.startswith("Your idea is noted.")
        assert zoe.text.endswith(how)
        assert not [each for each in gathering.kept().values() if OWNER in each]
        await zoe.give(Upload("photo.jpg", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 64))
        assert zoe.text.endswith("it is a video. Send a photo, or say in words what it shows.")
        await show(gathering, max_)
        await max_.command("phase")
        await max_.press("The wall")
        assert "The kitchen" in max_.text


async def test_more_than_thirty_megapixels_are_kept_as_a_file_and_nobody_decodes_them(gathering: Gathering) -> None:
    zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]
    await gathering.start_phase("Zoé", "Max")
    bomb = io.BytesIO()
    Image.new("1", (30_000, 1_001)).save(bomb, "PNG")
    await zoe.give(Upload("wall.png", bomb.getvalue()), caption="The whole wall")
    assert "“wall.png” has more than 30 megapixels: it is kept as a file, not as a photo." in zoe.text
    await zoe.give(Upload("plan.pdf", b"%PDF-1.7 /Author (Zoraide)"), caption="The plan")
    assert "A document is kept as it is:" in zoe.text
    await show(gathering, zoe, max_)
    await see(max_)
    assert not max_.latest.all("img")
    assert max_.file is not None
    assert (max_.file.name, max_.file.content) == ("wall.png", bomb.getvalue())


async def test_a_picture_that_is_cut_off_or_broken_is_kept_as_a_file(gathering: Gathering) -> None:
    zoe = await gathering.join_page("Zoé")
    await gathering.start_phase("Zoé")
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        whole = taken(kind)
        broken = [whole[:length] for length in (4, 12, 30, len(whole) // 2, len(whole) - 1)]
        await zoe.give(*[Upload("photo.jpg", each) for each in broken], caption=f"Half a kitchen in {kind}")
        assert "A document is kept as it is:" in zoe.text
    kept = list(gathering.kept().values())
    assert all(taken(kind)[:-1] in kept for kind in ("JPEG", "PNG", "WEBP", "GIF"))


async def test_files_are_kept_once_however_often_they_are_seen(gathering: Gathering) -> None:
    zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]
    await gathering.start_phase("Zoé", "Max")
    sheet = io.BytesIO()
    Image.frombytes("L", (1500, 2000), Random(7).randbytes(3_000_000)).save(sheet, "PNG", compress_level=1)
    await zoe.give(Upload("sheet.png", sheet.getvalue()), caption="The kitchen")
    await show(gathering, zoe, max_)
    await see(max_)
    before = sum(map(len, gathering.kept().values()))
    for _press in range(20):
        await max_.act("wop")
    assert sum(map(len, gathering.kept().values())) - before < len(sheet.getvalue())
    [(_headers, content)] = await attachments(max_, "picture")
    assert content == sheet.getvalue()


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_in_a_browser_our_script_runs_and_theirs_does_not(sqlite_url: str, whole_browser: Browser) -> None:
    async with open_gathering(sqlite_url) as gathering, proxied(gathering, "/rencontres") as root:
        zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]
        await gathering.start_phase("Zoé", "Max")
        await zoe.give(*uploads({"evil.html": PAGE, "evil.js": SCRIPT, "photo.jpg": taken()}), caption="The kitchen")
        await show(gathering, zoe, max_)
        await see(max_)
        link = await gathering.page_link_of(max_)
        message = max_.latest["id"].removeprefix("m")
        context = await whole_browser.new_context(locale="en-GB")
        phone = await context.new_page()
        phone.set_default_timeout(20_000)
        posted: list[str] = []
        phone.on("request", lambda asked: posted.append(asked.url) if asked.method == "POST" else None)
        await phone.goto(f"{root}/p/{link}")
        await phone.get_by_role("button", name="Open my page").click()
        await phone.get_by_label("Your message").wait_for()
        await confirm_browsers(gathering, max_)  # until then it shows nothing that was answered elsewhere
        await phone.reload()
        picture = phone.locator("a.picture img")
        await picture.wait_for()
        # `decode` waits until the picture has arrived: a visible one may not be loaded yet.
        size = "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"
        assert await picture.evaluate(size) == [8, 16]
        # Our script runs: words are sent without leaving the page.
        await phone.evaluate("window.stayed = true")
        await phone.get_by_label("Your message").fill("/moi")
        await phone.get_by_role("button", name="Send", exact=True).click()
        await phone.locator("article.person").filter(has_text="/moi").wait_for()
        assert await phone.evaluate("window.stayed")
        posted.clear()
        here = phone.url.partition("#")[0]
        for kind in ("picture", "file"):
            for position in range(2):
                address = f"{here}{kind}/{message}/{position}"
                # As a script of the page, as another page in it, and opened by itself.
                blocked = await phone.evaluate(INSERT, ["script", "src", address])
                assert blocked == "script-src-elem"
                assert await phone.evaluate(INSERT, ["iframe", "src", address]) == "frame-src"
                other = await context.new_page()
                async with other.expect_download() as download:
                    await other.evaluate("address => { location.href = address }", address)
                assert (await download.value).suggested_filename == ("evil.html", "evil.js")[position]
                assert other.url == "about:blank"
                await other.close()
        await phone.goto(f"{here}picture/{message}/2")
        assert await phone.evaluate("[document.images.length, document.images[0].naturalHeight]") == [1, 16]
        assert await phone.evaluate("window.pwned") is None
        assert not posted
        await context.close()


INSERT = """
([name, attribute, address]) => new Promise(done => {
    document.addEventListener("securitypolicyviolation", event => done(event.effectiveDirective), {once: true});
    const element = document.createElement(name);
    element.onload = () => done("loaded");
    element[attribute] = address;
    document.body.append(element);
})
"""
