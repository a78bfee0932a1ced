"""Invitations that leave by themselves: an organiser sends them, a server takes them, and who reads one comes in."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser
from structlog.testing import capture_logs

from bot.content.texts import ISOLATES
from bot.people import participant_store, secret_store
from bot.platforms.email.adapter import Email
from bot.platforms.email.connections import MailConnections
from handlers.announcements.model import GRACE
from handlers.registration import store
from handlers.registration.checking import check
from handlers.registration.service import correct_people
from tests.drivers.mail import HANG, TAKEN, MailServer, ReceivedLetter, open_mail
from tests.drivers.menus import steps_of
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import Letterbox, catch_up
from tests.drivers.web import open_web
from tests.engines import on_one_engine
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.world import World, make_settings, open_world

PUBLIC = "http://127.0.0.1"


@dataclass
class Post:
    """A gathering that sends letters."""

    world: World
    server: MailServer
    email: Email
    ines: NeutralChat

    async def delivered(self) -> None:
        """Until nothing waits any more."""
        await catch_up(self.world, self.email)

    async def to_preview(self) -> None:
        """An organiser's way from the imported list to the letters: two taps."""
        await self.ines.command("organiser")
        await self.ines.press("Send the invitations")

    async def send(self) -> None:
        """All letters, and what comes after."""
        await self.to_preview()
        await self.ines.press("Send")
        await self.delivered()

    def link(self, to: str) -> str:
        """The link in the last letter to an address."""
        return link_in(self.server.to(to)[-1])


def link_in(letter: ReceivedLetter) -> str:
    found = re.search(rf"{PUBLIC}/p/([A-Z0-9]+)", letter.part("plain"))
    assert found
    return found[1]


@asynccontextmanager
async def posting(store_url: str, *, page: bool = True, **sections: Any) -> AsyncIterator[Post]:
    async with open_mail() as server:
        settings = make_settings(
            organisers={"telegram": [900], "discord": [900]},
            email=server.settings(),
            **({"web": {"public_url": PUBLIC}} if page else {}),
            **sections,
        )
        async with open_world(store_url, settings) as world:
            email = Email(world.settings, world.store, world.clock, MailConnections(settings.email, patience=1.0))
            yield Post(world, server, email, await world.organiser())
            await email.close()


async def listed(world: World, given_name: str, address: str, **facts: Any) -> int:
    """Someone on the list, who has no invitation yet; their id."""
    await world.invite(given_name, **facts)
    person = await number(world, given_name)
    await world.change(correct_people, world.settings, {person: {"email": address}}, {}, world.clock.now())
    await world.change(secret_store.revoke, person, "invitation")
    return person


@on_one_engine
async def test_from_the_list_to_the_letters_it_is_three_taps(store_url: str) -> None:
    async with posting(store_url) as post:
        await listed(post.world, "Zoe", "zoe@example.org", locale="fr")
        await listed(post.world, "Paul", "paul@example.org", locale="de")
        await listed(post.world, "Lea", "")
        await post.to_preview()
        assert "2 letters to send." in post.ines.text
        assert "1 person has no address: print their card." in post.ines.text
        assert "Bonjour Camille" in post.ines.text.translate(ISOLATES)
        assert "Hallo Camille" in post.ines.text.translate(ISOLATES)
        assert "Cards to print" in post.ines.buttons
        await post.ines.press("Send")
        assert f"2 letters leave in {GRACE.seconds} seconds." in post.ines.text
        await post.delivered()
        zoe, paul = post.server.letters
        assert (zoe.to, zoe.message["Content-Language"]) == ("zoe@example.org", "fr")
        assert (paul.to, paul.message["Content-Language"]) == ("paul@example.org", "de")
        assert "Bonjour Zoe" in zoe.part("plain")
        assert zoe.part("plain").count(PUBLIC) == 1
        assert re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", zoe.part("plain"))
        await post.ines.command("organiser")
        assert "Send the invitations" not in post.ines.buttons


@on_one_engine
async def test_letters_are_called_back_while_they_wait(store_url: str) -> None:
    async with posting(store_url) as post:
        await listed(post.world, "Zoe", "zoe@example.org")
        await post.to_preview()
        await post.ines.press("Send")
        await post.ines.press("Cancel")
        assert "Nothing was sent." in post.ines.text
        await post.world.clock.jump(GRACE * 2)
        await post.delivered()
        assert post.server.letters == []
        await post.send()
        assert len(post.server.letters) == 1


async def test_no_row_has_a_link_a_code_or_the_words_of_a_letter(store_url: str) -> None:
    async with posting(store_url) as post:
        await listed(post.world, "Zoe", "zoe@example.org")
        await post.send()
        [letter] = post.server.letters
        code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", letter.part("plain"))
        assert code
        rows = await stored_rows(post.world.store)
        for secret in (link_in(letter), code[0], code[0].replace("-", "")):
            assert secret not in repr(rows)


@on_one_engine
async def test_the_report_names_each_letter_that_failed_and_why(store_url: str) -> None:
    async with posting(store_url) as post:
        for name in ("Zoe", "Paul", "Lea"):
            await listed(post.world, name, f"{name.lower()}@example.org")
        post.server.refused["lea@example.org"] = "550 5.1.1 unknown"
        await post.send()
        await post.ines.follow("oilr-0")
        assert "3 letters" in post.ines.text
        assert "2 handed over to the mail server" in post.ines.text
        assert "1 came back" in post.ines.text
        assert "Lea: the address does not exist" in post.ines.text.translate(ISOLATES)
        await post.ines.press("Correct the address: Lea")
        await post.ines.fill("lea@elsewhere.example")
        assert "1 waits" in post.ines.text
        await post.delivered()
        assert [letter.to for letter in post.server.letters][-1] == "lea@elsewhere.example"
        await post.ines.follow("oilr-0")
        assert "3 handed over" in post.ines.text
        assert "came back" not in post.ines.text


@on_one_engine
async def test_a_letter_leaves_again_and_the_first_link_stays_valid(store_url: str) -> None:
    async with posting(store_url) as post, open_web(post.world, public_url=PUBLIC) as pages:
        person = await listed(post.world, "Zoe", "zoe@example.org")
        await post.send()
        await post.ines.follow(f"oilg-{person}")
        await post.delivered()
        first, second = (link_in(letter) for letter in post.server.to("zoe@example.org"))
        assert first != second
        zoe = pages.person()
        await zoe.open_link(first)
        assert "Zoe" in zoe.text


async def test_a_letter_to_an_address_that_was_wrong_opens_nothing_once_it_is_corrected(store_url: str) -> None:
    async with posting(store_url) as post:
        world, wrong, right = post.world, "zoe@wrong.example", "zoe@right.example"
        zoe = await listed(world, "Zoe", wrong)
        await listed(world, "Paul", "paul@example.org")
        await post.send()
        await post.ines.follow(f"oilg-{zoe}")
        await post.delivered()

        async def opens(link: str) -> bool:
            return await world.read(secret_store.find, "page", link, world.clock.now()) is not None

        first, again = map(link_in, post.server.to(wrong))
        assert await opens(first)
        assert await opens(again)
        for address in ("ZOE@wrong.example", right):
            await world.change(correct_people, world.settings, {zoe: {"email": address}}, {}, world.clock.now())
            assert (await opens(first), await opens(again)) == ((True, True) if address != right else (False, False))
        await post.ines.follow(f"oilg-{zoe}")
        await post.delivered()
        assert await opens(post.link(right))
        assert await opens(post.link("paul@example.org")), "others keep theirs"


async def test_a_try_that_may_have_arrived_keeps_its_link_and_others_leave_none(store_url: str) -> None:
    async with posting(store_url) as post:
        person = await listed(post.world, "Zoe", "zoe@example.org")
        answers = ["451 4.3.0 later", "451 4.3.0 later", HANG, TAKEN]
        post.server.answer = lambda tried: answers[tried - 1]
        await post.send()
        held, arrived = (link_in(letter) for letter in post.server.letters)
        assert held != arrived

        secrets = (await stored_rows(post.world.store, "secrets"))["secrets"]
        assert sum(each["purpose"] == "page" and each["participant_id"] == person for each in secrets) == 2
        await post.ines.follow("oilr-0")
        assert "1 letter may have arrived twice." in post.ines.text


@on_one_engine
async def test_who_has_joined_meanwhile_gets_no_letter(store_url: str) -> None:
    async with posting(store_url) as post:
        person = await listed(post.world, "Zoe", "zoe@example.org")
        await listed(post.world, "Paul", "paul@example.org")
        await post.to_preview()
        await post.ines.press("Send")
        await post.world.change(participant_store.join, person, post.world.clock.now())
        await post.delivered()
        assert [letter.to for letter in post.server.letters] == ["paul@example.org"]


@on_one_engine
async def test_without_a_page_the_code_stands_first(store_url: str) -> None:
    async with posting(store_url, page=False) as post:
        await listed(post.world, "Zoe", "zoe@example.org")
        await post.send()
        [letter] = post.server.letters
        assert re.search(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){2}", letter.part("plain").splitlines()[1])


async def looked_at_for_long(browser: Browser, address: str) -> None:
    """A scanner's browser opens an address, runs what scripts there are, and stays for ten seconds."""
    context = await browser.new_context()
    try:
        page = await context.new_page()
        await page.clock.install()
        await page.goto(address, wait_until="networkidle")
        await page.clock.fast_forward(10_000)
        assert await page.locator("form button").is_visible()
    finally:
        await context.close()


@on_one_engine
@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_a_press_behind_the_link_proves_the_address_and_a_look_changes_nothing(
    store_url: str, browser: Browser
) -> None:
    async with posting(store_url) as post, open_web(post.world, public_url=PUBLIC) as pages:
        person = await listed(post.world, "Zoe", "zoe@example.org")
        await post.send()
        link = post.link("zoe@example.org")
        before = await stored_rows(post.world.store)
        async with aiohttp.ClientSession() as scanner:
            for method in ("HEAD", "GET", "GET", "GET"):
                async with scanner.request(method, f"{pages.root}/p/{link}") as response:
                    assert response.status == 200
        assert await stored_rows(post.world.store) == before
        await looked_at_for_long(browser, f"{pages.root}/p/{link}")
        assert await stored_rows(post.world.store) == before
        zoe = pages.person()
        await zoe.open_link(link)
        accounts = await post.world.read(participant_store.accounts_of, person)
        assert [(account.platform, account.chat) for account in accounts] == [
            ("web", str(person)),
            ("email", "zoe@example.org"),
        ]


@on_one_engine
async def test_no_address_link_or_code_is_in_any_line_of_the_log(
    store_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with posting(store_url) as post:
        for name in ("Zoe", "Lea", "Paul"):
            await listed(post.world, name, f"{name.lower()}-marker@example.org")
        post.server.refused["lea-marker@example.org"] = "550 5.1.1 <lea-marker@example.org> unknown"
        post.server.answer = lambda tried: HANG if tried == 1 else TAKEN
        with capture_logs() as lines:
            await post.send()
        assert {line["event"] for line in lines} >= {"delivery.unreachable"}
        ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail")]
        written = repr(lines) + "".join(ours)  # the rest is the server's own log
        code = re.search(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){2}", post.server.letters[-1].part("plain"))
        assert code
        for secret in ("marker", code[0], *map(link_in, post.server.letters)):
            assert secret not in written


@on_one_engine
async def test_no_letters_where_no_server_is_named(store_url: str) -> None:
    async with open_world(store_url, make_settings(organisers={"telegram": [900]})) as world:
        await listed(world, "Zoe", "zoe@example.org")
        ines = await world.organiser()
        assert "Send the invitations" not in ines.buttons
        await ines.follow("oi")
        assert ines.buttons[:2] == ("Make the file", "Cards to print")


@on_one_engine
async def test_letters_that_came_back_are_the_next_step_until_they_are_corrected(store_url: str) -> None:
    async with posting(store_url) as post:
        for name in ("Zoe", "Paul", "Lea"):
            await listed(post.world, name, f"{name.lower()}@example.org")
        for name in ("zoe", "lea"):
            post.server.refused[f"{name}@example.org"] = "550 5.1.1 unknown"
        await post.send()
        assert "2 letters came back" in await steps_of(post.ines)
        await post.ines.press("Correct")
        assert "Again: Zoe" in post.ines.buttons
        await post.ines.press("Correct the address: Zoe")
        assert "Zoe, until now: zoe@example.org" in post.ines.text.translate(ISOLATES)
        await post.ines.fill("zoe@elsewhere.example")
        assert "1 letter came back" in await steps_of(post.ines)
        await post.ines.follow("oilr-0")
        await post.world.change(participant_store.join, await number(post.world, "Lea"), post.world.clock.now())
        assert not [step for step in await steps_of(post.ines) if "came back" in step]


@on_one_engine
async def test_who_has_no_address_is_no_letter_to_send_and_gets_a_card_once(store_url: str) -> None:
    async with posting(store_url) as post:
        await listed(post.world, "Zoe", "zoe@example.org")
        await listed(post.world, "Lea", "")
        await listed(post.world, "Paul", "")
        cards = "2 people without an address: their cards"
        assert (await steps_of(post.ines))[:2] == ["1 invitation to send", cards]
        await post.to_preview()
        assert "2 people have no address: print their cards." in post.ines.text
        await post.ines.press("Cards to print")
        await catch_up(post.world, post.email, Letterbox("telegram", [post.ines]))
        assert "2 cards" in post.ines.text, "who gets a letter needs none"
        assert (await steps_of(post.ines))[0] == "1 invitation to send"
        assert cards not in await steps_of(post.ines)
        await post.ines.follow("oicw")
        assert "Nobody without an address needs a card any more." in post.ines.text
        await post.to_preview()
        assert "address" not in post.ines.text


@on_one_engine
async def test_the_preview_says_that_nobody_is_named_to_be_asked(store_url: str) -> None:
    async with posting(store_url) as post:
        await listed(post.world, "Zoe", "zoe@example.org")
        await post.world.change(store.keep_place_and_contact, "", "")
        [found] = await post.world.read(check, post.world.settings)
        assert found.detail == "the letters name nobody whom people can ask"
        await post.to_preview()
        assert "The letters name nobody whom people can ask." in post.ines.text
        await post.ines.press("Place and contact")
        await post.ines.fill("", "Anna, anna@example.org")
        await post.to_preview()
        assert "nobody whom people can ask" not in post.ines.text
        assert "anna@example.org" in post.ines.text
        assert await post.world.read(check, post.world.settings) == ()
