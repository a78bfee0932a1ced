"""The buttons of a letter: each leads to the page, where the same button is pressed; a link alone changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.membership import letters
from bot.people import browser_store
from bot.people.audiences import EVERYONE
from bot.rehearsal.chat_driver_web import WebChat
from handlers.trust import service
from tests.account.test_addresses import PUBLIC, Post, announce, posting
from tests.drivers.gestures import choose_in_menu
from tests.drivers.web import WebHarness, open_web
from tests.engines import on_one_engine
from tests.participants import number
from tests.stored_rows import stored_rows

FROM_A_MAILBOX = {"Sec-Fetch-Site": "cross-site"}
FIREFOX, CHROME = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Chrome/140.0"


def link(post: Post, label: str) -> str:
    """The path of the button with a label in the newest letter."""
    found = re.search(rf"{label}: {PUBLIC}(\S+)", post.server.letters[-1].part("plain"))
    assert found
    return found[1]


async def follow(chat: WebChat, path: str) -> None:
    """Follow a link of a letter in a mailbox on another site, and look at the page."""
    async with chat.browser.get(chat.root + path, headers=FROM_A_MAILBOX) as answer:
        assert answer.status == 200
    await chat.look()


async def invited(post: Post, pages: WebHarness) -> tuple[WebChat, str]:
    """Zoe, who came in by the link of her letter and has no other account, and what follows /p/ in that link."""
    await post.world.invite("Zoe")
    await post.world.clock.jump(timedelta(minutes=1))  # the code in the letter is the latest
    zoes, now = await number(post.world, "Zoe"), post.world.clock.now()
    await post.world.change(
        lambda tx: tx.run("UPDATE participants SET email = 'zoe@example.org' WHERE id = :id", id=zoes)
    )
    await post.world.change(letters.post_invitations, [zoes], now, due=now)
    await post.delivered()
    secret = link(post, "Open my invitation").removeprefix("/p/")
    zoe = pages.person(**{"User-Agent": FIREFOX})
    await zoe.open_link(secret)
    await zoe.look()
    return zoe, secret


async def open_elsewhere(post: Post, pages: WebHarness, secret: str) -> WebChat:
    """The page of a link in another browser, three minutes later, which a letter tells."""
    await post.world.clock.jump(timedelta(minutes=3))
    other = pages.person(**{"User-Agent": CHROME})
    await other.open_link(secret)
    await other.look()
    await post.delivered()
    return other


async def open_browsers(post: Post) -> list[tuple[str, bool]]:
    """The name of each browser in which the page of Zoe is open, and whether it is confirmed."""
    found = await post.world.read(browser_store.of_person, await number(post.world, "Zoe"), post.world.clock.now())
    return [(browser.name, browser.confirmed) for browser in found]


async def safety_answers(post: Post) -> list[str]:
    return [row["answer"] for row in (await stored_rows(post.world.store, "safety_answers"))["safety_answers"]]


@on_one_engine
async def test_help_is_asked_for_by_a_press_behind_the_link_of_a_letter(store_url: str) -> None:
    async with posting(store_url) as post, open_web(post.world, letters=True) as pages:
        zoe, _secret = await invited(post, pages)
        await post.world.organiser()
        await post.prefer_address(zoe, "zoe@example.org")
        now = post.world.clock.now()
        await post.world.change(service.begin_check, await number(post.world, "Inès"), EVERYONE, now, drill=False)
        await post.delivered()
        help_me = link(post, "I need help")
        await follow(zoe, help_me)
        assert (zoe.text, zoe.buttons) == ("Press the button to carry it out.", ("I need help",))
        assert await safety_answers(post) == [""]
        await zoe.press("I need help")
        assert await safety_answers(post) == ["help"]
        await follow(zoe, "/e/link/go-urgence")
        await zoe.press("Emergency")
        nobody = pages.person()
        await nobody.get(help_me)
        assert "The code of your invitation, or its link:" in nobody.page.text
        assert "tel:112" in {each.get("href") for each in nobody.page.walk()}


@on_one_engine
async def test_it_was_not_me_in_a_letter_closes_the_browser_of_a_thief(store_url: str) -> None:
    async with posting(store_url) as post, open_web(post.world, letters=True) as pages:
        zoe, secret = await invited(post, pages)
        thief = await open_elsewhere(post, pages, secret)
        it_was_not_me, it_was_me = link(post, "It was not me"), link(post, "It was me")
        await follow(thief, it_was_me)
        assert "press “It was me” elsewhere: your older browser" in thief.text
        assert await open_browsers(post) == [("Firefox, Android", True), ("Chrome", False)]
        await follow(zoe, it_was_not_me)
        await zoe.press("It was not me")
        assert await open_browsers(post) == [("Firefox, Android", True)]


@on_one_engine
async def test_a_link_to_a_button_that_nobody_was_sent_says_that_nothing_was_changed(store_url: str) -> None:
    async with posting(store_url) as post, open_web(post.world, letters=True) as pages:
        zoe, _secret = await invited(post, pages)
        said = zoe.text
        for forged in ("sfh-1", "sfh-%", "my", "nonsense"):
            async with zoe.browser.get(f"{zoe.root}/e/link/{forged}", headers=FROM_A_MAILBOX) as answer:
                assert "This link leads nowhere any more: nothing was changed." in await answer.text(), forged
        await zoe.look()
        assert zoe.text == said
        await zoe.get("/e/link/sfh-1")
        assert "That button has aged. Here is where you are now." in zoe.text


@on_one_engine
async def test_a_button_of_a_letter_that_is_too_old_says_what_to_do(store_url: str) -> None:
    async with posting(store_url) as post, open_web(post.world, letters=True) as pages:
        zoe, secret = await invited(post, pages)
        await open_elsewhere(post, pages, secret)
        it_was_me = link(post, "It was me")
        await post.world.change(lambda tx: tx.run("UPDATE deliveries SET content = ''"))  # as after a month
        async with zoe.browser.get(zoe.root + it_was_me, headers=FROM_A_MAILBOX) as answer:
            assert "Open your page, or ask the team for a new letter." in await answer.text()


@on_one_engine
async def test_whoever_has_an_address_alone_opens_a_new_browser_by_their_code(store_url: str) -> None:
    async with posting(store_url) as post, open_web(post.world, letters=True) as pages:
        zoe, secret = await invited(post, pages)
        letter = post.server.letters[-1].part("plain")
        await choose_in_menu(zoe, "Close my page on this device")
        there = await open_elsewhere(post, pages, secret)
        assert "It was me" in post.server.letters[-1].part("plain"), "its owner is told all the same"
        await follow(there, link(post, "It was me"))
        assert "enter the code of your invitation" in there.text
        code = re.search(r"if you enter another way: (\S+)", letter)
        assert code
        await there.press("Enter my code")
        await there.fill(code[1])
        assert await open_browsers(post) == [("Chrome", True)]


@on_one_engine
async def test_seen_is_pressed_behind_the_link_of_an_announcement(store_url: str) -> None:
    async with posting(store_url) as post, open_web(post.world, letters=True) as pages:
        zoe, _secret = await invited(post, pages)
        await post.prefer_address(zoe, "zoe@example.org")
        ines = await post.world.organiser()
        await announce(post, ines, "The bus leaves at nine.")
        await ines.press("Ask for “Seen”")
        await ines.press("Send")
        await post.delivered(ines)
        await follow(zoe, link(post, "Seen"))
        await zoe.press("Seen")
        await ines.command("announce")
        await ines.press("Sent, 1 seen")
