"""One person without limits: what they can use up is bounded, politely, and the others never notice."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from PIL.Image import Image
from structlog.testing import capture_logs

from bot.conversation import display_store
from bot.files.uploads import received_file
from bot.membership.browsers import MOST_WARNINGS
from bot.platforms.web import icons
from bot.rehearsal.chat_driver_web import filled
from handlers.plenary.service.conducting import SCREEN
from tests.plenary.builders import running
from tests.security.builders import Gathering, Upload, WebChat, impatient, open_gathering, unread
from tests.stored_rows import stored_rows

LARGE = 1_500_000
"""Bytes of a post that is read only where its files are wanted."""
SLOW_FORM = (
    "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 9000\r\n\r\nlink=a"
)
"""A form to a path, of which the most is still to come."""


OPEN_FILES = Path("/proc/self/fd")


def open_files() -> int:
    """How many this program has."""
    return sum(1 for _file in OPEN_FILES.iterdir())


def tiny(number: int, size: int = 1) -> Upload:
    """A document of so many bytes, unlike every other."""
    return Upload(f"{number}.pdf", str(number).encode().ljust(size, b".")[:size])


def kept(gathering: Gathering) -> int:
    """How many files of ideas are on disk."""
    return sum(file.is_file() for file in gathering.folder.rglob("*"))


# --- ideas


async def test_files_of_ideas_are_counted_to_the_last_and_words_are_always_taken(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"idea_files": 12}) as gathering:
        zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]
        await gathering.start_phase("Zoé", "Max")
        await zoe.give(*(tiny(number, 4) for number in range(10)), caption="Ten")
        await zoe.give(tiny(10, 4), tiny(11, 4), caption="The eleventh and twelfth")
        assert kept(gathering) == 12
        await zoe.look()
        composer = zoe.page.first("form", id="composer")
        assert composer is not None
        assert "hidden" in composer.all("label", css="clip")[0].attributes  # the page does not offer it any more
        room = "Your ideas can hold 12 files or 200 MB in all. Your words are always taken."
        refused = f"Easy: 1 file was not kept. {room}"
        await zoe.post(composer, {"text": "A shared kitchen in each district", "files": tiny(12, 4)})
        assert zoe.text == f"{refused}\n3 ideas, the last: “A shared kitchen in each district”"
        await zoe.post(composer, {"token": "a-file-without-words", "files": tiny(13, 4)})
        assert zoe.text == refused
        await zoe.command("phase")
        await zoe.press("My 3 ideas")
        assert "A shared kitchen in each district" in zoe.text
        await max_.give(tiny(14, 4), caption="A bus that brings books")
        assert max_.text.startswith("Your idea is noted.")
        assert kept(gathering) == 13


async def test_the_size_of_all_files_of_a_person_is_bounded_to_the_byte(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"idea_megabytes": 10}) as gathering:
        zoe, ines = await gathering.join_page("Zoé"), await gathering.join_page("Inès", organises=True)
        await gathering.start_phase("Zoé", "Inès")
        await zoe.give(tiny(1, 9_000_000), caption="A bus for every village")
        await zoe.give(tiny(2, 1_000_001), tiny(3, 1_000_000), caption="A library for every village")
        assert zoe.text.startswith("Easy: 1 file was not kept. Your ideas can hold 300 files or 10 MB in all.")
        assert kept(gathering) == 2
        await ines.give(tiny(4, 9_000_000), tiny(5, 9_000_000), caption="A night library for students")
        assert kept(gathering) == 4


async def test_what_is_over_the_limit_is_told_in_chat_too(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, "telegram", "discord", limits={"idea_files": 1}) as gathering:
        chats = [await gathering.join("Zoé", on="telegram"), await gathering.join("Max", on="discord")]
        await gathering.start_phase("Zoé", "Max")
        for number, chat in enumerate(chats):
            await chat.give(tiny(number, 4), caption="The first")  # type: ignore[attr-defined]
            await chat.give(tiny(2 + number, 4), caption="The second")  # type: ignore[attr-defined]
            assert chat.text.startswith("Easy: 1 file was not kept. Your ideas can hold 1 files or 200 MB in all.")
            assert "2 ideas, the last: “The second”" in chat.text
            await chat.give(tiny(4 + number, 4))  # type: ignore[attr-defined]
            assert chat.text.startswith("Easy: 1 file was not kept")
        zoe = chats[0]
        await zoe.command("phase")
        await zoe.press("Give an idea")  # asked in the chat, question by question
        await zoe.give(tiny(6, 4))  # type: ignore[attr-defined]
        assert zoe.text.startswith("Easy: 1 file was not kept. Your ideas can hold 1 files or 200 MB in all.")
        await zoe.give(tiny(7, 4), caption="A garden for schools")  # type: ignore[attr-defined]
        assert zoe.text.startswith("Easy: 1 file was not kept")
        assert "3 ideas, the last: “A garden for schools”" in zoe.text
        assert kept(gathering) == 2


# --- questions


async def ask(chat: WebChat, question: str) -> None:
    await chat.command("equipe")
    await chat.fill(question)


async def test_the_eleventh_question_of_an_hour_waits_with_who_asks(gathering: Gathering) -> None:
    ines, zoe, max_ = (
        await gathering.organiser_page(),
        await gathering.join_page("Zoé"),
        await gathering.join_page("Max"),
    )
    for number in range(10):
        await ask(zoe, f"Question {number}?")
        assert zoe.text.startswith("The team has your question.")
        await gathering.wait(minutes=1)
    await ask(zoe, "Where do we sleep?")
    assert zoe.text == (
        "Slow down: 10 questions an hour at most. Yours is kept here: you can send it from 11:00 on.\nWhere do"
        " we sleep?"
    )
    await ask(max_, "And I?")
    assert max_.text.startswith("The team has your question.")
    await gathering.delivered(ines)
    assert len([text for text in ines.pushed if "asks the team" in text]) == 11
    await gathering.wait(minutes=49, seconds=59)
    await zoe.press("Send my question")
    assert zoe.text.startswith("Slow down: 10 questions an hour at most.")
    await gathering.wait(seconds=1)
    await zoe.press("Send my question")
    assert zoe.text.startswith("The team has your question.")
    await gathering.delivered(ines)
    assert "\u2068Zoé\u2069 asks the team:\nWhere do we sleep?" in ines.pushed


async def test_a_clock_that_was_wrong_for_a_while_bars_nobody(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, "telegram") as gathering:
        zoe, code = await gathering.join_page("Zoé"), await gathering.invite("Max")
        await gathering.group("Zoé")
        await gathering.publish()
        max_ = await gathering.stranger("Max", "telegram")
        await gathering.wait(days=60)
        for number in range(10):
            await ask(zoe, f"Question {number}?")
        await ask(zoe, "One too many?")
        assert zoe.text.startswith("Slow down: 10 questions an hour at most.")
        await zoe.command("sos")
        await zoe.press("We no longer need help")
        for guess in "23456":
            await max_.command("code", f"AAAA-BBBB-CCC{guess}")
        await gathering.wait(days=-60)
        await ask(zoe, "And now?")
        assert zoe.text == "Your question is kept. The team will read it as soon as somebody is here."
        await zoe.command("sos")
        assert zoe.text.startswith("I cannot reach anybody right now")  # it was let pass
        await max_.command("code", code)
        assert "Welcome, Max" in max_.text


async def test_an_organiser_asks_ten_times_as_much_and_two_at_once_are_counted(store_url: str) -> None:
    async with open_gathering(store_url, limits={"questions": 1}) as gathering:
        ines, zoe = await gathering.organiser_page(), await gathering.join_page("Zoé", organises=True)
        await zoe.command("equipe")
        form = zoe.sheet
        assert form is not None

        async def submit(number: int) -> None:
            data = filled(form, {"answer-question": f"Question {number}?", "token": f"question-{number}"})
            async with zoe.browser.post(f"{gathering.root}{form.get('action')}", data=data) as answer:
                assert answer.status == 200

        await asyncio.gather(*(submit(number) for number in range(13)))
        await gathering.delivered(ines)
        assert len([text for text in ines.pushed if "asks the team" in text]) == 10


# --- calls for help


async def test_who_withdraws_a_call_calls_again_two_minutes_later_and_others_at_once(gathering: Gathering) -> None:
    ines, zoe, max_ = (
        await gathering.organiser_page(),
        await gathering.join_page("Zoé"),
        await gathering.join_page("Max"),
    )
    await gathering.start_phase("Zoé", "Max")
    await zoe.command("alaide")
    assert zoe.text.startswith("Done: the organisers have been told.")
    await zoe.press("We no longer need help")
    for _press in range(3):
        await zoe.press("Call a facilitator")
        assert zoe.text == (
            "Easy: you have just withdrawn a call. You can call again at 10:02. If it cannot wait, get someone from the"
            " team, or let somebody else in your group call."
        )
    assert "Ask the team" in zoe.buttons
    await max_.command("alaide")
    assert max_.text.startswith("Done: the organisers have been told.")
    await zoe.press("Call a facilitator")
    assert zoe.text.startswith("Your group already called")
    await zoe.press("We no longer need help")
    await gathering.wait(minutes=1, seconds=59)
    await zoe.press("Call a facilitator")
    assert zoe.text.startswith("Easy: you have just withdrawn a call.")
    await gathering.wait(seconds=1)
    await zoe.press("Call a facilitator")
    assert zoe.text.startswith("Done: the organisers have been told.")
    await gathering.delivered(ines)
    assert len([text for text in ines.pushed if "is calling for help" in text]) == 3


# --- what others are told


async def test_coming_and_going_is_not_told_without_end_and_nobody_is_kept_from_leaving(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"notices": 4}) as gathering:
        ines = await gathering.organiser_page()
        zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]

        async def leave(chat: WebChat) -> None:
            await chat.command("reglages")
            await chat.press("I am not coming")
            await chat.press("Yes, I give up my place")
            assert chat.text.startswith("Thank you for telling us")
            await gathering.wait(minutes=1)

        for chat in (zoe, zoe, max_):
            await leave(chat)
            await chat.press("I am coming after all")
            assert chat.text.startswith("Good to have you back")
            await gathering.wait(minutes=1)
        await leave(zoe)
        await zoe.press("I am coming after all")
        assert zoe.text == (
            "Slow down: in an hour, others have had 4 messages about what you do. Nothing was changed: try again from"
            " 11:01 on."
        )
        await gathering.wait(minutes=54)
        await zoe.command("revenir")
        assert zoe.text.startswith("Good to have you back")
        await gathering.delivered(ines)
        assert len([text for text in ines.pushed if "is coming after all" in text]) == 4


async def test_reports_are_of_others_ideas_and_not_without_end(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"notices": 2}) as gathering:
        ines = await gathering.organiser_page()
        zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]
        await gathering.start_phase("Zoé", "Max")
        for number in (1, 2, 3):
            await max_.send(f"A kitchen of {number} people")
        await zoe.send("A garden")
        await gathering.reveal()
        for idea in (1, 2, 3, 4, 3, 2):  # the fourth is her own
            await gathering.forge(zoe, "press", payload=f"wor-{idea}--0")
        await zoe.look()
        assert "Easy: you reported 2 ideas within an hour. This one is not reported: do it again from" in zoe.page.text
        await gathering.delivered(ines)
        assert len([text for text in ines.pushed if "reported an idea" in text]) == 2
        await gathering.wait(hours=1)
        await gathering.forge(zoe, "press", payload="wor-3--0")
        await gathering.delivered(ines)
        assert len([text for text in ines.pushed if "reported an idea" in text]) == 3


async def test_reports_keep_nobody_from_what_they_do(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"notices": 2}) as gathering:
        zoe, max_, eve = [await gathering.join_page(name) for name in ("Zoé", "Max", "Eve")]
        await gathering.organiser_page()
        await gathering.start_phase("Zoé", "Max", "Eve")
        for number in (1, 2):
            await max_.send(f"A kitchen of {number} people")
        await gathering.reveal()
        for chat in (zoe, eve):
            for idea in (1, 2):
                await gathering.forge(chat, "press", payload=f"wor-{idea}--0")
            await gathering.wait(minutes=1)
        await max_.command("mesdonnees")
        await gathering.delivered(max_)
        assert max_.file is not None
        assert b"kitchen" in max_.file.content  # his own words, and not that somebody reported them
        assert b"reported an idea" not in max_.file.content
        await max_.command("reglages")
        await max_.press("I am not coming")
        await max_.press("Yes, I give up my place")
        await max_.press("I am coming after all")
        assert max_.text.startswith("Good to have you back")


async def test_two_who_call_and_withdraw_in_turn_wake_nobody_without_end(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"notices": 3}) as gathering:
        ines, zoe, max_ = (
            await gathering.organiser_page(),
            await gathering.join_page("Zoé"),
            await gathering.join_page("Max"),
        )
        await gathering.start_phase("Zoé", "Max")
        for call in range(1, 7):
            await zoe.command("alaide")
            await gathering.delivered(ines)
            await gathering.forge(max_, "press", payload=f"wkx-{call}")
        assert zoe.text.startswith("Easy: you called 3 times within an hour, so nobody is called now.")
        await gathering.delivered(ines)
        assert len([text for text in ines.pushed if "This call is over." in text]) == 3


async def test_versions_of_a_synthesis_are_not_told_without_end(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"notices": 2}) as gathering:
        zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]
        await gathering.start_phase("Zoé", "Max", phase="challenge")
        for number in range(1, 8):  # each on nothing, so that it stands beside the one before, then chosen
            await gathering.forge(zoe, "submit", payload="xs-1-0", answer_sentence=f"How to cook together {number}?")
            await gathering.forge(zoe, "press", payload=f"xk-{number}")
            await gathering.wait(minutes=1)
        await gathering.delivered(max_)
        assert len([text for text in max_.pushed if "wrote it down" in text or "Two versions" in text]) == 2
        await max_.command("phase")
        await max_.press("Our takeaways")
        assert "How to cook together 7?" in max_.text


async def test_the_document_of_ones_data_does_not_fill_the_disk(gathering: Gathering) -> None:
    zoe = await gathering.join_page("Zoé")
    for asked in range(8):
        await gathering.wait(minutes=1)
        await zoe.command("mesdonnees")
        await gathering.delivered(zoe)
        assert zoe.text.startswith("Here is everything" if asked < 5 else "Slow down: you have just had your data")
    files = (await stored_rows(gathering.world.store, "page_files"))["page_files"]
    assert len(files) == 2 * 5, "a page and a file for programs each time"
    assert kept(gathering) == 0, "they go with the message, after an hour"
    await gathering.wait(minutes=10)
    await zoe.command("mesdonnees")
    await gathering.delivered(zoe)
    assert zoe.text.startswith("Here is everything we keep about you.")


# --- live pages and devices


class Live:
    """A live page: what its stream says."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def says(self, mark: str) -> str:
        """What was said until a mark came, with it. Fails when the stream ends before."""
        return (await asyncio.wait_for(self._response.content.readuntil(mark.encode()), 5)).decode()

    async def rest(self) -> str:
        """What is said until the stream ends."""
        return (await asyncio.wait_for(self._response.read(), 5)).decode()


@asynccontextmanager
async def live_pages(chat: WebChat, count: int) -> AsyncIterator[list[Live]]:
    """So many tabs with someone's page, opened one after the other, each listening."""
    pages: list[Live] = []
    responses: list[aiohttp.ClientResponse] = []
    here = chat.url.partition("#")[0]
    try:
        for _tab in range(count):
            response = await chat.browser.get(f"{here}events")
            assert response.status == 200
            responses.append(response)
            pages.append(Live(response))
            await pages[-1].says("event: now\n")
        yield pages
    finally:
        for response in responses:
            response.close()


async def test_a_sixth_live_page_ends_the_oldest_and_starts_no_war(gathering: Gathering) -> None:
    zoe = await gathering.join_page("Zoé")
    async with live_pages(zoe, 6) as pages:
        ended = await pages[0].rest()
        assert ended.endswith("retry: 3600000\nevent: elsewhere\ndata:\n\n")  # the browser asks again in an hour
        await zoe.send("Is there tea?")
        for page in pages[1:]:
            assert "Is there tea?" in await page.says("Is there tea?")


async def test_live_pages_of_many_leave_room_for_everyone_else(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"connections": 12}) as gathering:
        zoe, max_, eve = [await gathering.join_page(name) for name in ("Zoé", "Max", "Eve")]
        async with live_pages(zoe, 5), live_pages(max_, 1):
            here = eve.url.partition("#")[0]
            async with eve.browser.get(f"{here}events") as resting:  # half of the connections are taken
                told = await resting.text()
            assert told.startswith("retry: 15000\nevent: later\n")
            assert "Welcome, " in told
            await eve.send("Is there tea?")
            assert "Shall I ask the team?" in eve.text
        async with live_pages(eve, 1) as (page,):
            await eve.send("Is there coffee too?")
            assert "Is there coffee too?" in await page.says("Is there coffee too?")


async def test_an_eleventh_device_that_nobody_confirmed_is_refused_and_closes_none(gathering: Gathering) -> None:
    link = await gathering.page_link("Zoé")
    first, *others = [gathering.visitor() for _device in range(12)]
    for device in (first, *others):
        await device.open_link(link)
        await gathering.wait(seconds=1)
    assert [device.status for device in others] == [*[200] * 10, 429]
    for device in (first, *others[:10]):
        await device.look()
        assert device.status == 200


async def test_who_opens_a_stolen_link_again_and_again_closes_no_page_of_its_owner(store_url: str) -> None:
    async with open_gathering(store_url, limits={"sessions": 3}) as gathering:
        link = await gathering.page_link("Zoé")
        hers, phone = [gathering.visitor() for _device in range(2)]
        await hers.open_link(link)
        await gathering.wait(minutes=1)
        await phone.open_link(link)  # nobody confirms it, and after a day it shows everything
        await gathering.delivered(hers)
        await gathering.wait(hours=25)
        for _attempt in range(MOST_WARNINGS):  # she is told of each
            await gathering.visitor().open_link(link)
            await gathering.wait(seconds=1)
        for device in (hers, phone):
            await device.look()
            assert device.status == 200
        await hers.command("comptes")
        assert hers.text.count("Your page is open in") == 5, "hers, her phone, and three that are new"
        await gathering.delivered(hers)
        await gathering.wait(hours=25)
        for _attempt in range(12):
            await gathering.visitor().open_link(link)
            await gathering.wait(seconds=1)
        await hers.look()
        assert hers.status == 200
        await hers.command("comptes")
        assert hers.text.count("Your page is open in") == 6, (
            "hers, two that opened by themselves, and three that are new"
        )


async def test_an_organiser_has_ten_times_as_many_devices_and_all_doors_at_once_are_counted(store_url: str) -> None:
    async with open_gathering(store_url, limits={"sessions": 2}) as gathering:
        for name, organises, at_most in (("Zoé", False, 2), ("Inès", True, 20)):
            link = await gathering.page_link(name, organises=organises)
            devices = [gathering.visitor() for _device in range(at_most + 2)]
            await devices[0].open_link(link)
            await asyncio.gather(*(device.open_link(link) for device in devices[1:]))
            here = next(device.url for device in devices if "/c/" in device.url).partition("#")[0]
            for device in devices:
                await device.get(here)
            assert sum(device.status == 200 for device in devices) == 1 + at_most, "the first, and those that are new"


# --- bodies


class Wire:
    """A bare connection to the page."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def write(self, text: str) -> None:
        self._writer.write(text.encode())

    async def answer(self) -> str:
        """The head and beginning of an answer; '' for a connection that was closed."""
        return (await asyncio.wait_for(self._reader.read(65_536), 5)).decode()

    async def rest(self) -> bytes:
        """All that comes until the connection ends."""
        came = b""
        with contextlib.suppress(ConnectionError):
            while piece := await asyncio.wait_for(self._reader.read(65_536), 5):
                came += piece
        return came

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):  # what was not read is none of ours
            await self._writer.wait_closed()


@asynccontextmanager
async def wire(gathering: Gathering, *, unread: bool = False) -> AsyncIterator[Wire]:
    at = urlsplit(gathering.root)
    small = {"limit": 1} if unread else {}  # nothing is read ahead
    connected = Wire(*await asyncio.open_connection(at.hostname, at.port, **small))
    try:
        yield connected
    finally:
        await connected.close()


def head(chat: WebChat, to: str, *, get: bool = False, **headers: object) -> str:
    """The head of a post to someone's page, or of a question for what is there, as their browser would send it."""
    session = next(cookie.value for cookie in chat.browser.cookie_jar if cookie.key == "session")
    fields = {
        "Host": "127.0.0.1",
        "Cookie": f"session={session}",
        "Accept": "application/json",
        "Content-Type": "multipart/form-data; boundary=x",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join((f"{'GET' if get else 'POST'} /c/{chat.person_id}/{to} HTTP/1.1", *lines, "", ""))


async def test_a_large_post_where_no_file_is_wanted_is_refused_before_it_is_read(gathering: Gathering) -> None:
    zoe = await gathering.join_page("Zoé")
    for to in ("say", "press", "seen", "submit", "submit?payload=go-equipe", "submit?payload=go-nothing"):
        async with wire(gathering) as sending:
            sending.write(head(zoe, to, Content_Length=28_000_000))
            answer = await sending.answer()
            assert answer.startswith("HTTP/1.1 422"), (to, answer)
            assert "Your words are still here: send them without a file." in answer
    async with wire(gathering) as sending:  # how much it is may be hidden
        sending.write(head(zoe, "say", Transfer_Encoding="chunked"))
        part = '--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
        sending.write(f"{len(part):x}\r\n{part}\r\n")
        for _chunk in range(16):
            sending.write("10000\r\n" + "." * 0x10000 + "\r\n")
        assert (await sending.answer()).startswith("HTTP/1.1 422")
    async with gathering.client().post(
        f"{gathering.root}/c/{zoe.person_id}/say", data=BytesIO(b"." * LARGE)
    ) as stranger:
        assert stranger.status == 404


async def give_file(chat: WebChat, gathering: Gathering, number: int, *, size: int = LARGE) -> int:
    """Post an idea with a large file by the form of someone's page, and return the answer's status."""
    await chat.look()
    composer = chat.page.first("form", id="composer")
    assert composer is not None
    data = filled(composer, {"text": f"Idea {number}", "files": tiny(number, size), "token": f"post-{number}"})
    async with chat.browser.post(f"{gathering.root}{composer.get('action')}", data=data) as answer:
        return answer.status


@asynccontextmanager
async def trickling(gathering: Gathering, *chats: WebChat) -> AsyncIterator[list[Wire]]:
    """Large posts that have begun to come from the pages of several people, and go on a few bytes at a time."""
    async with AsyncExitStack() as many:
        wires = [await many.enter_async_context(wire(gathering)) for _chat in chats]
        part = '--x\r\nContent-Disposition: form-data; name="files"; filename="slow.pdf"\r\n\r\n'
        for chat, slow in zip(chats, wires, strict=True):
            slow.write(head(chat, "say", Content_Length=28_000_000) + part + "." * 300_000)
        for chat in chats:
            for number in range(1000, 1100):  # until theirs has begun to be received: another one is refused then
                if await give_file(chat, gathering, number) == 429:
                    break
            else:
                pytest.fail("one person posts as much as they like at once")
        yield wires


async def test_uploads_that_trickle_keep_nobody_else_from_sending_files(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"bodies": 1}) as gathering:
        slow = [await gathering.join_page(name) for name in ("Zoé", "Eve", "Kim", "Ana", "Léo")]
        max_, ines = await gathering.join_page("Max"), await gathering.join_page("Inès", organises=True)
        await gathering.start_phase("Zoé", "Eve", "Kim", "Ana", "Léo", "Max", "Inès")
        async with trickling(gathering, *slow) as wires:
            for chat, number in ((max_, 1000), (ines, 1001), (max_, 1002)):
                assert await give_file(chat, gathering, number) == 200
                for each in wires:
                    each.write("." * 100)
            await max_.look()
            assert "2 ideas, the last: “Idea 1002”" in max_.text
        assert await give_file(slow[0], gathering, 1003) == 200


async def test_files_that_have_come_wait_for_a_slot_and_organisers_have_one_more(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at, going_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def look(name: str, content: bytes) -> Upload:
        if name == "1001.pdf":
            loop.call_soon_threadsafe(looked_at.set)
            assert going_on.wait(30)
        return received_file(name, content)

    monkeypatch.setattr("bot.platforms.web.bodies.received_file", look)
    async with open_gathering(sqlite_url, limits={"bodies": 1}) as gathering:
        zoe, max_, eve = [await gathering.join_page(name) for name in ("Zoé", "Max", "Eve")]
        ines = await gathering.join_page("Inès", organises=True)
        await gathering.start_phase("Zoé", "Max", "Eve", "Inès")
        first = asyncio.create_task(give_file(zoe, gathering, 1001))
        await looked_at.wait()
        waiting = asyncio.create_task(give_file(max_, gathering, 1002))
        assert await give_file(ines, gathering, 1003) == 200
        await eve.send("Words are taken meanwhile")
        assert eve.text == "Your idea is noted."
        assert not waiting.done()
        going_on.set()
        assert [await first, await waiting] == [200, 200]


async def test_what_lies_on_the_disk_while_it_comes_is_bounded_and_goes_with_who_sent_it(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.web.posts.ROOM", LARGE + 10_000)
    async with open_gathering(sqlite_url) as gathering:
        zoe, max_, ines = (
            await gathering.join_page("Zoé"),
            await gathering.join_page("Max"),
            await gathering.join_page("Inès", organises=True),
        )
        await gathering.start_phase("Zoé", "Max", "Inès")
        with capture_logs() as lines:
            async with trickling(gathering, zoe):
                assert await give_file(max_, gathering, 1000) == 503
                assert await give_file(ines, gathering, 1001) == 200
            for number in range(100):  # until the program sees that hers is gone
                if await give_file(max_, gathering, 1002 + number) == 200:
                    break
            else:
                pytest.fail("what never came keeps its room")
        assert "no room is left" in [line.get("reason") for line in lines if line["event"] == "web.body_not_kept"]


async def test_a_post_or_a_request_that_does_not_come_is_given_up(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"headers": 0.3}) as gathering:
        zoe = await gathering.join_page("Zoé")
        async with wire(gathering) as silent, wire(gathering) as half, wire(gathering) as body:
            half.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            body.write(head(zoe, "say", Content_Length=190_000) + "--x\r\n")
            answer = await body.answer()
            assert answer.startswith("HTTP/1.1 408")
            assert "Sending took too long. Nothing is lost" in answer
            assert await half.answer() == ""
            assert await silent.answer() == ""
        await zoe.look()
        assert zoe.status == 200


async def test_connections_that_only_stand_there_give_way(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"connections": 8}) as gathering, AsyncExitStack() as many:
        zoe = await gathering.join_page("Zoé")
        idle = [await many.enter_async_context(wire(gathering)) for _connection in range(30)]
        assert await idle[0].answer() == ""  # long before its time to say something is over
        await zoe.send("Is there tea?")
        assert "Shall I ask the team?" in zoe.text


async def test_that_connections_become_scarce_is_logged_once(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"connections": 10}) as gathering, AsyncExitStack() as many:
        with capture_logs() as logged:
            for _connection in range(8):
                await many.enter_async_context(wire(gathering))
            await gathering.join_page("Zoé")
            assert [line for line in logged if line["event"] == "web.connections_scarce"] == []
            for _connection in range(12):
                await many.enter_async_context(wire(gathering))
            await gathering.join_page("Max")
        [said] = [line for line in logged if line["event"] == "web.connections_scarce"]
        assert (said["open"], said["most"]) == (9, 10)


def test_as_many_files_may_be_open_as_the_system_lets_anybody_have() -> None:
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, {highest}));"
        " from bot.platforms.web.connections import affordable;"
        " print(affordable(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    for highest, connections in ((1_000, 872), (64, 32)):
        done = subprocess.run(
            [sys.executable, "-c", program.format(highest=highest)], check=True, capture_output=True, text=True
        )
        assert done.stdout.split() == [str(connections), str(highest)]


async def test_slow_posts_of_one_person_leave_room_for_everyone_else(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"connections": 12}) as gathering, AsyncExitStack() as many:
        zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]
        posts = [await many.enter_async_context(wire(gathering)) for _post in range(12)]
        for slow in posts:
            slow.write(head(zoe, "say", Content_Length=1000))
        answer = await posts[-1].answer()  # three, a quarter of what there is, are heard out
        assert answer.startswith("HTTP/1.1 429")
        assert "Slow down: too much at once." in answer
        await max_.send("Is there tea?")
        assert "Shall I ask the team?" in max_.text


@pytest.mark.parametrize("path", ["/c/1/enter", "/e/ABCDEF"])
async def test_slow_forms_of_strangers_give_way(sqlite_url: str, path: str) -> None:
    async with open_gathering(sqlite_url, limits={"connections": 8}) as gathering, AsyncExitStack() as many:
        zoe = await gathering.join_page("Zoé")
        await zoe.browser.close()
        for _form in range(8):
            (await many.enter_async_context(wire(gathering))).write(SLOW_FORM.format(path))
        async with gathering.client().get(f"{gathering.root}/health") as answer:
            assert answer.status == 200
        await gathering.join_page("Max")


async def test_slow_questions_on_a_screen_of_one_s_own_leave_room_for_everyone_else(sqlite_url: str) -> None:
    web = {"public_url": "http://127.0.0.1"}
    async with open_gathering(sqlite_url, limits={"connections": 12}, web=web) as gathering, AsyncExitStack() as many:
        zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]
        await gathering.group("Zoé")
        await gathering.publish()
        plenary, now = (await running(gathering.world)).plenary.id, gathering.world.clock.now()
        secret = await gathering.world.change(display_store.issue, SCREEN, str(plenary), int(zoe.person_id), now)
        posts = [await many.enter_async_context(wire(gathering)) for _post in range(12)]
        for slow in posts:
            slow.write(SLOW_FORM.format(f"/ecran/{secret}/ask"))
        assert (await posts[-1].answer()).startswith("HTTP/1.1 429")
        async with gathering.client().get(f"{gathering.root}/ecran/{secret}/photo/ab") as answer:
            assert answer.status == 429, "nor may photos be read slowly there"
        await max_.send("Is there tea?")
        assert max_.text.startswith("A question to ")


async def test_streams_that_are_opened_again_and_again_wait_with_the_other_requests_of_their_person(
    sqlite_url: str,
) -> None:
    """Each may ask for the whole page: forty at a time kept everybody else waiting for seconds."""
    async with open_gathering(sqlite_url, limits={"connections": 16}) as gathering, AsyncExitStack() as many:
        zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]
        posts = [await many.enter_async_context(wire(gathering)) for _post in range(5)]
        for slow in posts:
            slow.write(head(zoe, "say", Content_Length=1000))
        assert (await posts[-1].answer()).startswith("HTTP/1.1 429")  # the others are a quarter of what there is
        async with zoe.browser.get(f"{zoe.url.partition('#')[0]}events") as answer:
            assert (await answer.text()).endswith("retry: 15000\nevent: later\ndata:\n\n")
        async with live_pages(max_, 1) as (page,):
            await max_.send("Is there tea?")
            assert "Is there tea?" in await page.says("Is there tea?")


async def test_what_nobody_reads_is_cut_off_and_holds_up_its_own_person_alone(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_gathering(sqlite_url) as gathering, AsyncExitStack() as many:
        zoe, max_ = [await gathering.join_page(name) for name in ("Zoé", "Max")]
        file = await gathering.hang_file(zoe, b"." * LARGE * 20)
        impatient(monkeypatch)
        logged = many.enter_context(capture_logs())
        downloads = [await many.enter_async_context(wire(gathering)) for _download in range(20)]
        for download in downloads:
            download.write(head(zoe, file, get=True))
        await max_.look()
        assert max_.status == 200
        await zoe.look()  # her turn comes when the first are cut off
        assert zoe.status == 200
        assert len(await downloads[0].rest()) < LARGE * 20
        assert not logged


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="open files are counted there")
async def test_answers_that_nobody_reads_give_way_with_all_that_is_still_to_be_sent(sqlite_url: str) -> None:
    async with open_gathering(sqlite_url, limits={"connections": 4}) as gathering, AsyncExitStack() as many:
        zoe = await gathering.join_page("Zoé")
        script = "GET /static/chat.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        before = open_files()
        for _time in range(2):
            for _reader in range(4):
                (await many.enter_async_context(wire(gathering, unread=True))).write(script * 600)
            async with asyncio.timeout(10):
                while unread(gathering) < 3:  # and hers, for which one of them made room
                    await zoe.look()
            assert zoe.status == 200
        theirs = open_files() - before - 2 * 4
        assert theirs <= 4 + 1


async def test_an_icon_asked_for_by_many_at_once_is_drawn_once(
    gathering: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def write(picture: Image) -> bytes:
        drawn.append(picture.width)
        return b"png"

    monkeypatch.setattr(icons, "_png", write)
    async with aiohttp.ClientSession() as stranger:

        async def ask() -> bytes:
            async with stranger.get(f"{gathering.root}/static/icon-192.png") as answer:
                return await answer.read()

        assert {*await asyncio.gather(*(ask() for _time in range(50)))} == {b"png"}
    assert drawn == [192]
