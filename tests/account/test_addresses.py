"""An address beside one's accounts: proven by a code, preferred or the last resort, and given up by one press."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime

import aiohttp

from bot.membership.letters import CODE_VALID
from bot.people import participant_store
from bot.people.attempt_store import TRIES
from bot.people.participants import Account
from bot.platforms.email.adapter import Email
from bot.rehearsal.chat_driver_web import WebChat
from handlers.announcements.model import GRACE
from tests.drivers.mail import MailServer, open_mail
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import Letterbox, catch_up
from tests.drivers.web import open_web
from tests.engines import on_one_engine
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.world import CHORES, World, make_settings, open_world

PUBLIC = "http://127.0.0.1"


@dataclass
class Post:
    """A gathering whose people may have messages by e-mail."""

    world: World
    server: MailServer
    email: Email

    async def delivered(self, *chats: NeutralChat) -> None:
        """Until nothing waits any more, neither letters nor messages to these chats."""
        await catch_up(self.world, self.email, Letterbox("telegram", list(chats)))

    async def ask(self, chat: NeutralChat, address: str) -> str:
        """Ask for a code to an address; the code that came there."""
        await chat.command("settings")
        await chat.press("Messages by e-mail")
        await chat.fill(address)
        await self.delivered()
        code = re.fullmatch(r"Your code: ([0-9]{6})", self.server.to(address)[-1].subject)
        assert code
        return code[1]

    async def add(self, chat: NeutralChat, address: str) -> None:
        """Prove an address."""
        code = await self.ask(chat, address)
        await chat.press("Enter the code")
        await chat.fill(code)

    async def accounts(self, name: str) -> Sequence[Account]:
        return await self.world.read(participant_store.accounts_of, await number(self.world, name))

    async def prefer_address(self, chat: NeutralChat | WebChat, address: str) -> None:
        """Choose that messages go to an address."""
        await chat.command("settings")
        await chat.press("Where messages go")
        await chat.pick(f"E-mail · {address}")


@asynccontextmanager
async def posting(store_url: str) -> AsyncIterator[Post]:
    async with open_mail() as server:
        settings = make_settings(organisers={"telegram": [900]}, email=server.settings(), web={"public_url": PUBLIC})
        async with open_world(store_url, settings) as world:
            email = Email(world.settings, world.store, world.clock)
            yield Post(world, server, email)
            await email.close()


@on_one_engine
async def test_a_code_proves_an_address(store_url: str) -> None:
    async with posting(store_url) as post:
        zoe = await post.world.join("Zoe", "1")
        await post.add(zoe, "Zoe@example.org")
        assert "An account was added: E-mail · Zoe@example.org." in zoe.text
        assert [account.platform for account in await post.accounts("Zoe")] == ["telegram", "email"]
        await zoe.command("settings")
        assert "Messages by e-mail" not in zoe.buttons
        assert "Messages go to: Telegram" in zoe.text


@on_one_engine
async def test_a_wrong_used_or_old_code_proves_nothing_and_five_are_enough(store_url: str) -> None:
    async with posting(store_url) as post:
        zoe = await post.world.join("Zoe", "1")
        old = await post.ask(zoe, "zoe@example.org")
        await post.world.clock.jump(CODE_VALID)
        await zoe.press("Enter the code")
        await zoe.fill(old)
        assert "This code does not work" in zoe.text
        code = await post.ask(zoe, "zoe@example.org")
        await zoe.press("Enter the code")
        await zoe.fill(f"{(int(code) + 1) % 1_000_000:06}")
        for _try in range(3):
            await zoe.press("Try again")
            await zoe.fill("no code")
        await zoe.press("Try again")
        await zoe.fill(code)
        assert "Too many codes for now" in zoe.text
        assert [account.platform for account in await post.accounts("Zoe")] == ["telegram"]


@on_one_engine
async def test_nobodys_mailbox_is_filled_by_several_people(store_url: str) -> None:
    async with posting(store_url) as post:
        for each in range(TRIES):
            await post.ask(await post.world.join(f"Zoe{each}", str(each)), "mal@example.org")
        other = await post.world.join("Max", "99")
        await other.command("settings")
        await other.press("Messages by e-mail")
        for same in ("MAL@example.org", "mal+1@example.org"):
            await other.fill(same)
            assert "Too many codes" in other.text
        assert len(post.server.to("mal@example.org")) == TRIES


async def test_an_address_that_somebody_else_typed_is_forgotten_after_a_day(store_url: str) -> None:
    async with posting(store_url) as post:
        await post.ask(await post.world.join("Mal", "1"), "zoe@example.org")

        async def kept() -> list[str]:
            rows = await stored_rows(post.world.store)
            for chore in CHORES:
                await post.world.change(chore, post.world.clock.now())
            return [table for table, found in rows.items() if "zoe@example.org" in repr(found)]

        assert await kept() == ["deliveries"], "a letter that comes back is recognised by it"
        await post.world.clock.jump(timedelta(days=1, seconds=1))
        await kept()
        assert await kept() == []


@on_one_engine
async def test_an_address_is_one_persons(store_url: str) -> None:
    async with posting(store_url) as post:
        zoe, paul = await post.world.join("Zoe", "1"), await post.world.join("Paul", "2")
        await post.add(zoe, "both@example.org")
        await post.add(paul, "both@example.org")
        assert "This code does not work" in paul.text
        assert [account.platform for account in await post.accounts("Zoe")] == ["telegram", "email"]


@on_one_engine
async def test_what_is_no_address_is_refused_with_what_was_typed(store_url: str) -> None:
    async with posting(store_url) as post:
        zoe = await post.world.join("Zoe", "1")
        await zoe.command("settings")
        await zoe.press("Messages by e-mail")
        await zoe.fill("zoe@example.org, paul@example.org")
        assert "is not an e-mail address" in zoe.text
        await post.delivered()
        assert (post.server.letters, post.server.connections) == ([], 0)


async def announce(post: Post, ines: NeutralChat, words: str) -> None:
    """Write an announcement to everybody, until what it would reach is shown."""
    await ines.command("announce")
    await ines.send(words)
    await ines.pick(next(option for option in ines.options if option.startswith("everyone")))


async def test_mail_is_the_last_way_tried_and_announcements_count_it(store_url: str) -> None:
    async with posting(store_url) as post:
        ines = await post.world.organiser()
        zoe, paul = await post.world.join("Zoe", "1"), await post.world.join("Paul", "2")
        await post.add(zoe, "zoe@example.org")
        await post.add(paul, "paul@example.org")
        await post.prefer_address(paul, "paul@example.org")
        sent = len(post.server.letters)
        await announce(post, ines, "The bus leaves at nine.")
        assert "1 by e-mail" in ines.text
        assert "1 on Telegram" in ines.text
        assert "1 of them later: it is night there." in ines.text  # mail wakes nobody
        await ines.press("Send")
        night = post.world.clock.now()
        await post.delivered(zoe, paul, ines)
        [letter] = post.server.letters[sent:]
        assert letter.message["Date"] == format_datetime(night + GRACE)
        assert (letter.to, "The bus leaves at nine." in letter.part("plain")) == ("paul@example.org", True)
        assert "The bus leaves at nine." in zoe.text
        assert letter.message["List-Unsubscribe"]
        assert letter.subject == "The bus leaves at nine."


@on_one_engine
async def test_what_left_by_mail_is_corrected_and_withdrawn_by_another_letter(store_url: str) -> None:
    async with posting(store_url) as post:
        ines, paul = await post.world.organiser(), await post.world.join("Paul", "2")
        await post.add(paul, "paul@example.org")
        await post.prefer_address(paul, "paul@example.org")
        await announce(post, ines, "The bus leaves at nine.")
        await ines.press("Send")
        await post.delivered(paul, ines)
        await ines.press("Correct")
        await ines.press("Write the correction")
        await ines.fill("The bus leaves at ten.")
        await post.delivered(paul, ines)
        first, corrected = post.server.letters[-2:]
        assert "The bus leaves at ten." in corrected.part("plain")
        assert corrected.message["In-Reply-To"] == first.message["Message-ID"]
        await ines.command("announce")
        await ines.press("Sent: The bus leaves")
        await ines.press("Withdraw")
        await ines.press("Yes, withdraw it")
        await post.delivered(paul, ines)
        assert "The team withdrew this announcement." in post.server.letters[-1].part("plain")


@on_one_engine
async def test_one_press_ends_announcements_and_a_look_does_not(store_url: str) -> None:
    async with posting(store_url) as post, open_web(post.world, public_url=PUBLIC, letters=True) as pages:
        ines = await post.world.organiser()
        paul = await post.world.join("Paul", "2")
        await post.add(paul, "paul@example.org")
        await post.prefer_address(paul, "paul@example.org")
        await announce(post, ines, "The bus leaves at nine.")
        await ines.press("Send")
        await post.delivered(paul, ines)
        path = str(post.server.letters[-1].message["List-Unsubscribe"]).strip("<>").removeprefix(PUBLIC)
        assert path.startswith("/u/")
        async with aiohttp.ClientSession() as mail:
            for method in ("HEAD", "GET", "GET"):
                async with mail.request(method, f"{pages.root}{path}") as looked:
                    assert looked.status == 200
            assert (await post.accounts("Paul"))[-1].private_pushes
            async with mail.post(f"{pages.root}{path[:-1]}x", data={"List-Unsubscribe": "One-Click"}) as forged:
                assert forged.status == 404
            async with mail.post(f"{pages.root}{path}", data={"List-Unsubscribe": "One-Click"}) as pressed:
                assert pressed.status == 200
        assert not (await post.accounts("Paul"))[-1].private_pushes
