"""Whoever sits in an account of someone's is put out of it, by them or with a new invitation, and finds no way back."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.conversation import display_store
from handlers.plenary.service.conducting import SCREEN
from tests.security.builders import Gathering, WebChat, open_gathering

STRANGER = "Welcome to Rencontres."


@pytest.fixture
async def two(sqlite_url: str):  # type: ignore[no-untyped-def]
    async with open_gathering(sqlite_url, "telegram", web={"public_url": "http://127.0.0.1"}) as gathering:
        yield gathering


async def own_screen(gathering: Gathering, chat: WebChat) -> str:
    """The secret of somebody's own link to the screen of a plenary, as whoever was in an account of theirs has it."""
    now, person = gathering.world.clock.now(), int(chat.person_id)
    return await gathering.world.change(display_store.issue, SCREEN, "1", person, now)


async def is_open(gathering: Gathering, secret: str) -> bool:
    """Whether a link to a screen opens it."""
    link = await gathering.world.read(display_store.find, secret)
    return link is not None and not link.closed


async def test_one_takes_a_stolen_account_off_oneself(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    thief = await two.linked(zoe, "Mallory", "telegram")
    await thief.command("reglages")
    await thief.press("My accounts")
    await thief.press("Get a new code")
    kept = re.search(r"Code: (\S+)", thief.text)
    assert kept
    await zoe.command("equipe")  # a dialogue of the thief's is no way back either
    await thief.command("equipe")
    await zoe.command("reglages")
    await zoe.press("My accounts")
    assert "Telegram · Mallory" in zoe.text
    assert "the one you are using: open in 1 browser" in zoe.text
    await zoe.press("Remove Telegram")
    assert "Codes and page links you were given before stop working" in zoe.text
    screen = await own_screen(two, zoe)
    assert await is_open(two, screen)
    await zoe.press("Remove it")
    assert "Removed: Telegram · Mallory." in zoe.text
    assert not await is_open(two, screen), "through it the thief would ask questions as Zoé"
    await two.delivered(zoe)
    await thief.send("Where does everybody sleep?")
    assert thief.text.startswith(STRANGER)
    await thief.command("mesdonnees")
    assert "Zoé" not in thief.text
    await thief.command("code", kept[1])
    assert thief.text.startswith("This code does not work here")
    await zoe.command("moi")
    assert zoe.status == 200


async def test_the_other_accounts_are_told_of_each_that_comes_or_goes(two: Gathering) -> None:
    phone = await two.join("Zoé", "telegram")
    await phone.command("reglages")
    await phone.press("My accounts")
    await phone.press("Get a new code")
    link = re.search(r"/p/(\S+)", phone.text)
    assert link
    page = two.visitor()
    await page.open_link(link[1])
    await two.delivered(phone)
    assert any("An account was added: Personal page" in told for told in phone.pushed)
    # Before she confirms it, whoever opened the page could be somebody else, who would take her other ways from her.
    await phone.press("It was me")
    await page.command("reglages")
    await page.press("My accounts")
    await page.press("Remove Telegram")
    await page.press("Remove it")
    await page.command("reglages")
    await page.press("My accounts")
    assert "Telegram" not in page.text
    await phone.command("moi")
    assert phone.text.startswith(STRANGER)


async def test_taking_the_page_off_closes_it_in_every_browser(two: Gathering) -> None:
    phone = await two.join("Zoé", "telegram")
    await phone.command("reglages")
    await phone.press("My accounts")
    await phone.press("Get a new code")
    link = re.search(r"/p/(\S+)", phone.text)
    assert link
    thief = two.visitor()
    await thief.open_link(link[1])
    async with thief.browser.get(f"{two.root}/c/{thief.person_id}/events") as stream:
        await phone.command("reglages")
        await phone.press("My accounts")
        assert "open in 1 browser" in phone.text
        await phone.press("Remove this page")
        await phone.press("Remove it")
        await two.delivered(phone)
        async with asyncio.timeout(5):
            assert "event: closed" in (await stream.read()).decode()
    await thief.look()
    assert thief.status == 404
    await thief.get(f"/p/{link[1]}")
    assert thief.status == 404


async def test_who_takes_off_their_only_page_comes_back_by_the_link_they_asked_for_first(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await zoe.command("reglages")
    await zoe.press("My accounts")
    assert "A new code replaces the code and the page link you have" in zoe.text
    await zoe.press("Remove this page")
    assert "Get them first, with “Get a new code”" in zoe.text
    await zoe.press("Get a new code")
    link = re.search(r"/p/(\S+)", zoe.text)
    assert link
    await zoe.command("reglages")
    await zoe.press("My accounts")
    await zoe.press("Remove this page")
    assert "To come back, use the code or the link you got here." in zoe.text
    assert "Get a new code" not in zoe.buttons  # it would end the one they have
    await zoe.press("Remove it")
    assert zoe.status == 410
    assert "Removed: your page is closed." in zoe.page.text
    assert "To come back, use the code or the link you got here." in zoe.page.text
    await zoe.look()
    assert zoe.status == 404
    await zoe.open_link(link[1])
    await zoe.command("moi")
    assert "No theme chosen yet." in zoe.text


async def test_the_last_account_is_not_taken_off_unwarned(two: Gathering) -> None:
    phone = await two.join("Zoé", "telegram")
    await phone.command("reglages")
    await phone.press("My accounts")
    await phone.press("Remove Telegram")
    assert "It is your last account" in phone.text
    await phone.press("Get a new code")
    code = re.search(r"Code: (\S+)", phone.text)
    assert code
    await phone.press("My accounts")
    await phone.press("Remove Telegram")
    await phone.press("Remove it")
    assert "this account is no longer" in phone.text
    other = await two.stranger("Zoé", "telegram")
    await other.command("code", code[1])
    assert other.text.startswith("Welcome, \u2068Zoé\u2069!")


async def test_a_new_invitation_puts_the_thief_out(two: Gathering) -> None:
    ines = await two.organiser_page()
    zoe = await two.join_page("Zoé")
    thief = await two.linked(zoe, "Mallory", "telegram")
    screen = await own_screen(two, zoe)
    await two.person_card(ines, "Zoé")
    await ines.press("New invitation")
    assert "Detach these accounts?" in ines.text
    assert len(ines.options) == 2
    assert all(option.startswith("✓ ") for option in ines.options)
    await ines.press("New invitation")
    assert "Detached: Telegram · Mallory" in ines.text
    assert not await is_open(two, screen)
    code = re.search(r"Code: (\S+)", ines.text)
    assert code
    await thief.command("mesdonnees")
    assert "Zoé" not in thief.text
    await zoe.look()
    assert zoe.status == 404
    again = await two.stranger("Zoé", "telegram")
    await again.command("code", code[1])
    assert "Welcome, " in again.text


async def test_an_account_that_is_kept_stays(two: Gathering) -> None:
    ines = await two.organiser_page()
    zoe = await two.join("Zoé", "telegram")
    await two.person_card(ines, "Zoé")
    await ines.press("New invitation")
    await ines.pick()
    await ines.press("New invitation")
    assert "Still theirs: Telegram" in ines.text
    await zoe.command("moi")
    assert not zoe.text.startswith(STRANGER)


async def test_nobody_takes_off_an_account_of_someone_else(two: Gathering) -> None:
    zoe, eve = await two.join_page("Zoé"), await two.join_page("Eve")
    await zoe.command("reglages")
    await zoe.press("My accounts")
    await zoe.press("Remove this page")
    payload = next(button for button in zoe._buttons if button.text == "Remove it")["value"]
    form = eve.page.first("form", id="composer")
    assert form is not None
    await eve.post(form, {"payload": payload}, to=f"/c/{eve.person_id}/press")
    assert eve.text.startswith("That button has aged.")
    await zoe.look()
    assert zoe.status == 200


async def test_who_comes_in_again_is_told_their_theme_instead_of_asked_for_one(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await zoe.choose("culture")
    await zoe.press("Confirm this theme")
    await zoe.command("reglages")
    await zoe.press("My accounts")
    await zoe.press("Get a new code")
    code = re.search(r"Code: (\S+)", zoe.text)
    assert code
    phone = await two.stranger("Zoé", "telegram")
    await phone.send(code[1])
    assert "Your theme is Culture." in phone.text
    assert "Which theme" not in phone.text


@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_what_an_account_calls_itself_does_not_turn_the_question_about_it_around(
    sqlite_url: str, platform: str
) -> None:
    async with open_gathering(sqlite_url, platform) as gathering:
        zoe = await gathering.join_page("Zoé")
        await zoe.command("lier")
        code = next(word for word in zoe.text.split() if word.count("-") == 1)
        eve = await gathering.stranger("Eve\u2069\n\u202enoitseuq rehtona", platform)
        await eve.command("lier", code)
        await eve.press(eve.buttons[0])  # «Yes, that is me», in the language of who is unknown
        await gathering.delivered(zoe, eve)
        assert "Eve noitseuq rehtona. Is it yours?" in zoe.text
        assert "\u202e" not in zoe.page.text
        assert zoe.page.text.count("\u2069") == zoe.page.text.count("\u2068")
