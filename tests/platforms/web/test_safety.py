"""What a page does for nobody but its owner, and with nothing but what its owner did."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.content.forms import Upload
from bot.content.views import File, View
from bot.database.engine import Transaction
from bot.delivery.platform import Address
from bot.people import secret_store
from bot.rehearsal.chat_driver_web import WebChat, words_of
from bot.rehearsal.html import Element
from tests.drivers.web import WebHarness

BREAKS = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def buttons_of(chat: WebChat) -> Element:
    """The form of the latest message's buttons."""
    return chat.latest.all("form", css="buttons")[0]


def composer_of(chat: WebChat) -> Element:
    """The form one writes in."""
    composer = chat.page.first("form", id="composer")
    assert composer is not None
    return composer


async def test_what_people_type_is_never_markup(harness: WebHarness) -> None:
    zoe = await harness.joined(BREAKS, "{{ 7 * 7 }}")
    await zoe.send(BREAKS)
    await zoe.command("code")
    await zoe.fill(BREAKS)
    assert not [img for img in zoe.page.all("img") if "onerror" in img.attributes]
    await zoe.look()
    assert [script.get("src").split("?")[0] for script in zoe.page.all("script")] == [
        "/static/chat.js",
        "/static/device.js",
    ]
    assert words_of(zoe.page.all("article", css="person")[0]) == BREAKS
    assert BREAKS in zoe.messages[0].text


@pytest.mark.parametrize("payload", ["zz", "tt-nowhere", "tt", "go-nothing", "", "💥", "hi-1", "dx-1", "a" * 5_000])
async def test_a_forged_payload_gives_the_present_screen(harness: WebHarness, payload: str) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.press("Home") if "Home" in zoe.buttons else await zoe.command("moi")
    await zoe.post(buttons_of(zoe), {"payload": payload})
    assert "That button has aged." in zoe.text
    assert "No theme chosen yet." in zoe.text


@pytest.mark.parametrize("ago", ["-1", "later", "9" * 15, "1e9", "٣", ""])
async def test_a_press_that_waited_for_an_impossible_time_is_a_press(harness: WebHarness, ago: str) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.post(buttons_of(zoe), {"payload": "go-moi", "ago": ago})
    assert zoe.status == 200
    assert "No theme chosen yet." in zoe.text


async def test_a_form_posted_twice_has_one_effect(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    composer = composer_of(zoe)
    for _again in range(2):
        await zoe.post(composer, {"text": "once"})
    assert [words_of(said) for said in zoe.page.all("article", css="person")] == ["once"]


async def test_a_token_of_one_person_is_not_used_up_by_another(harness: WebHarness) -> None:
    zoe, max_ = await harness.joined("Zoé"), await harness.joined("Max")
    token = {"token": "A" * 20}
    await max_.post(composer_of(max_), {"text": "Max was first", **token})
    await zoe.post(composer_of(zoe), {"text": "So was Zoé", **token})
    assert words_of(zoe.page.all("article", css="person")[0]) == "So was Zoé"


@pytest.mark.parametrize(
    ("forged", "headers"),
    [
        ({"seal": ""}, {}),
        ({"seal": "0" * 32}, {}),
        ({}, {"Sec-Fetch-Site": "cross-site"}),
        ({}, {"Sec-Fetch-Site": "same-site"}),
        ({}, {"Origin": "https://elsewhere.example"}),
    ],
)
async def test_a_form_from_elsewhere_does_nothing(
    harness: WebHarness, forged: dict[str, str], headers: dict[str, str]
) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.post(composer_of(zoe), {"text": "forged", **forged}, headers=headers)
    assert zoe.status == 403
    assert "Back to my page" in zoe.page.text
    await zoe.look()
    assert len(zoe.messages) == 1


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://127.0.0.1"}, {}]
)
async def test_our_own_forms_are_taken_whatever_the_browser_tells(harness: WebHarness, headers: dict[str, str]) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.post(composer_of(zoe), {"text": "mine"}, headers=headers)
    assert zoe.status == 200


async def test_nobody_is_led_into_a_page_from_elsewhere(harness: WebHarness) -> None:
    zoe = harness.person()
    await zoe.get(f"/p/{await harness.page_link('Mallory')}")
    door = zoe.page.first("form")
    assert door is not None
    await zoe.post(door, headers={"Sec-Fetch-Site": "cross-site"})
    assert zoe.status == 403
    assert not list(zoe.browser.cookie_jar)


async def test_a_form_without_a_token_is_refused(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    form = composer_of(zoe)
    await zoe.post(form, {"text": "x", "token": "../../etc"})
    assert zoe.status == 400


async def test_a_session_opens_one_page_only(harness: WebHarness) -> None:
    zoe, max_ = await harness.joined("Zoé"), await harness.joined("Max")
    sent = await harness.adapter.send(
        Address(zoe.person_id), View(("For Zoé",), attachments=(File("z.txt", b"secret"),)), zoe.reader, delivery_id=1
    )
    (cookie,) = [cookie for cookie in max_.browser.cookie_jar if cookie.key == "session"]
    session = {"Cookie": f"session={cookie.value}"}
    for path in (f"/c/{zoe.person_id}/", f"/c/{zoe.person_id}/file/{sent}", f"/c/{zoe.person_id}/events", "/c/999/"):
        async with harness.person(**session).browser.get(harness.root + path) as answer:
            assert answer.status == 404
            assert "No page opens here" in await answer.text()
    await max_.get(f"/c/{max_.person_id}/file/{sent}")
    assert max_.status == 404


async def test_a_press_changes_no_message_of_someone_elses(harness: WebHarness) -> None:
    zoe, max_ = await harness.joined("Zoé"), await harness.joined("Max")
    message = zoe.latest["id"].removeprefix("m")
    await max_.post(max_.latest.all("form", css="choice")[0], {"value": "culture", "message": message})
    assert "Culture" in max_.text
    await zoe.look()
    assert "Welcome, " in zoe.text


async def test_every_link_that_opens_nothing_shows_the_same_page(harness: WebHarness) -> None:
    link = await harness.page_link("Zoé")
    zoe, other = harness.person(), harness.person()
    await zoe.open_link(link)
    pages, of_people = set(), set()

    async def revoke(tx: Transaction) -> None:
        await secret_store.revoke(tx, int(zoe.person_id), "page", "session")

    await harness.world.store.transact(revoke)
    await zoe.look()
    of_people.add((zoe.status, zoe.page.text))
    for path in ("/c/1/", "/c/4711/"):
        await other.get(path)
        of_people.add((other.status, other.page.text))
    for path in (f"/p/{link}", "/p/UNKNOWN", "/p/%00%F0%9F%92%A5", "/c/1/file/1/0", "/nowhere"):
        await other.get(path)
        pages.add((other.status, other.page.text))
    assert (len(of_people), len(pages)) == (1, 1)
    assert {status for status, _text in of_people | pages} == {404}


async def test_whoever_guesses_shuts_nobody_out_who_shares_their_address(harness: WebHarness) -> None:
    link = await harness.page_link("Zoé")
    flood, zoe = harness.person(), harness.person()
    for guess in range(100):
        await flood.get(f"/p/GUESS{guess}")
    assert flood.status == 404
    await zoe.get(f"/p/{link}")
    assert zoe.status == 200


async def test_what_is_too_large_is_refused_politely(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    await zoe.command("code")
    form = zoe.sheet
    assert form is not None
    await zoe.post(form, {"answer-invitation": Upload("big.bin", b"x" * 30_500_000)})
    assert zoe.status == 413
    assert zoe.text.startswith("Too much at once: 30 MB at most.")


async def test_too_many_words_are_told_apart_from_too_many_files(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")

    async def body() -> AsyncIterator[bytes]:  # in pieces, so that nobody knows beforehand how much comes
        yield b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"a word " * 30_000 + b"\r\n--x--\r\n"

    headers = {"Accept": "application/json", "Content-Type": "multipart/form-data; boundary=x"}
    async with zoe.browser.post(f"{harness.root}/c/{zoe.person_id}/say", data=body(), headers=headers) as answer:
        said = (await answer.json())["notice"]
    assert answer.status == 422
    assert said.splitlines() == [
        "This is too long: 200 kB at most at once. Your text is still here: shorten it and send it again.",
        "If you are in danger, call 112.",
    ], "nobody read what it says"


async def test_a_page_runs_and_loads_nothing_from_elsewhere(harness: WebHarness) -> None:
    zoe = await harness.joined("Zoé")
    async with zoe.browser.get(zoe.url) as page:
        policy = page.headers["Content-Security-Policy"]
        host = harness.root.removeprefix("http://")
        assert policy.startswith(f"default-src 'none'; script-src 127.0.0.1/static/ {host}/static/; style-src 'self';")
        assert policy.endswith("frame-ancestors 'none'")
        assert "unsafe" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
    for element in zoe.page.walk():
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"]
        for name in ("src", "href", "action"):
            assert element.get(name, "/").startswith(("/", "#"))


async def test_the_session_is_hidden_from_scripts_and_other_sites(harness: WebHarness) -> None:
    zoe = harness.person()
    await zoe.get(f"/p/{await harness.page_link('Zoé')}")
    async with zoe.browser.post(zoe.url, allow_redirects=False) as opened:
        cookie = opened.cookies["session"]
        assert opened.status == 303
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == opened.headers["Location"].partition("#")[0]
        assert int(cookie["max-age"]) > 100 * 86_400
        assert not cookie["secure"]
