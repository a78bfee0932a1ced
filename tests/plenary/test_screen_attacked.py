"""What must not harm the screen for the wall: links shared or closed, floods, and forged questions."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from urllib.parse import urlencode

import aiohttp
import pytest
from yarl import URL

from bot.conversation import display_store
from bot.conversation.display_store import DisplayLink
from bot.database.engine import Transaction
from bot.membership.erasure import erase
from bot.people import participant_store
from bot.platforms.web import display_watch
from bot.platforms.web.display_watch import HELD, MOST_OF_ONE_PERSON
from handlers.groups.store.groups import rename_group
from handlers.initiatives.displays import ALL
from handlers.initiatives.displays import SCREEN as INITIATIVES
from handlers.plenary.model.questions import MOST_QUESTIONS
from handlers.plenary.organiser.showing import revoke_links
from handlers.plenary.service.conducting import SCREEN
from handlers.plenary.service.preparing import divide
from handlers.plenary.store.questions import questions_of_group
from tests.engines import on_one_engine
from tests.participants import number
from tests.plenary.test_screen_shown import Afar
from tests.plenary.walls import FRENCH, Screen, open_wall
from tests.world import DECLARED

_TAG = '<script>alert("1")</script>'


@on_one_engine
@pytest.mark.parametrize("goes", ["withdrawn", "erased", "replaced"])
async def test_a_screen_of_ones_own_that_is_open_ends_when_its_owner_goes(store_url: str, goes: str) -> None:
    async with open_wall(store_url, FRENCH[:2]) as wall:
        world, who = wall.world, await number(wall.world, "P4")
        async with wall.open(await wall.link(who)) as own, wall.open(await wall.link()) as shared:
            await own.until("The plenary")
            await shared.until("The plenary")
            if goes == "withdrawn":
                await world.change(participant_store.set_status, who, "withdrawn")
            elif goes == "erased":
                await world.change(erase, DECLARED, who, world.clock.now(), texts=False, files=world.files)
            else:
                await wall.link(who)
            await own.until_event("closed")
            await wall.begin()
            await shared.until("On stage")


@on_one_engine
async def test_a_slow_question_is_not_taken_after_its_link_was_closed(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = asyncio.Event()

    async def find(tx: Transaction, secret: str) -> DisplayLink | None:
        read.set()
        return await find_as_before(tx, secret)

    find_as_before = display_store.find
    monkeypatch.setattr(display_store, "find", find)
    async with open_wall(store_url, FRENCH[:2]) as wall:
        await wall.begin()
        who = await number(wall.world, "P4")
        address, group = URL(await wall.link(who)), wall.state.turns[0].group_id
        body = urlencode({"about": group, "question": "In whose name?"})
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(
            f"POST {address.path}/ask HTTP/1.1\r\nHost: {address.host}:{address.port}\r\nConnection: close\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body[:5]}".encode()
        )
        await read.wait()
        await wall.world.change(display_store.close, SCREEN, str(wall.state.plenary.id), wall.world.clock.now())
        writer.write(body[5:].encode())
        assert b" 410 " in (await reader.read())[:40]
        writer.close()
        await writer.wait_closed()
        assert not await wall.world.read(questions_of_group, group)


async def test_a_closed_link_fetches_no_picture_any_more(sqlite_url: str) -> None:
    async with open_wall(sqlite_url, FRENCH[:2], confirmed=True) as wall, aiohttp.ClientSession() as browser:
        await wall.begin()
        address = await wall.link()
        async with wall.open(address) as screen:
            source = (await screen.until("/picture/slide-")).partition('<img src="')[2].partition('"')[0]
        picture = f"{wall.harness.root}{source}"
        async with browser.get(picture) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, max-age=86400, immutable")
        await wall.world.change(display_store.close, SCREEN, str(wall.state.plenary.id), wall.world.clock.now())
        async with browser.get(picture) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (410, "no-store")


@pytest.mark.parametrize("watched", [True, False])
async def test_a_picture_is_shown_no_more_once_its_words_are_erased(store_url: str, watched: bool) -> None:
    async with open_wall(store_url, FRENCH[:2], confirmed=True) as wall, aiohttp.ClientSession() as browser:
        await wall.begin()
        async with wall.open(await wall.link()) as screen:
            source = (await screen.until("/picture/slide-")).partition('<img src="')[2].partition('"')[0]
            async with browser.get(f"{wall.harness.root}{source}") as answer:
                assert answer.status == 200
            world, person = wall.world, await number(wall.world, "P1")
            await world.change(erase, DECLARED, person, world.clock.now(), texts=True, files=world.files)
            if watched:
                await screen.until("On stage", gone=["/picture/slide-", FRENCH[0].challenge])
        async with browser.get(f"{wall.harness.root}{source}") as answer:
            assert answer.status == 404
        async with wall.open(await wall.link()) as screen:
            await screen.until("On stage", gone=["/picture/slide-"])


@on_one_engine
async def test_a_link_is_revoked_whatever_is_on_its_wall(store_url: str) -> None:
    async with open_wall(store_url, FRENCH[:2]) as wall:
        world, plenary = wall.world, wall.state.plenary.id
        ines = await world.organiser()
        async with wall.open(await wall.link()) as screen:
            await world.change(display_store.put_on, INITIATIVES, ALL)
            await screen.until("Initiatives")
            await ines.follow(revoke_links.to(plenary).encode())
            assert ines.text == "1 link is revoked: it no longer shows anything."
            await world.change(display_store.take_off, INITIATIVES, ALL)
            await screen.until_event("closed")


@on_one_engine
async def test_revoking_what_was_put_on_a_wall_gives_the_wall_back(store_url: str) -> None:
    async with open_wall(store_url, FRENCH[:2]) as wall, wall.open(await wall.link()) as screen:
        await wall.world.change(display_store.put_on, INITIATIVES, ALL)
        await screen.until("Initiatives")
        assert await wall.world.change(display_store.close, INITIATIVES, ALL, wall.world.clock.now()) == 0
        await screen.until("The plenary")


async def test_who_forwards_a_link_takes_no_place_of_another(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display_watch, "MOST_OF_ONE_LINK", MOST_OF_ONE_PERSON + 1)
    too_many = "This link is open on too many screens. Close another one: this one then goes on by itself."
    async with open_wall(sqlite_url, FRENCH[:2]) as wall, AsyncExitStack() as several:
        own = await wall.link(await number(wall.world, "P4"))
        screens = [await several.enter_async_context(wall.open(own)) for _screen in range(MOST_OF_ONE_PERSON)]
        for screen in screens:
            await screen.until("The plenary")
        further = await several.enter_async_context(wall.open(own))
        assert await further.until_event("full") == too_many
        leaked, kept = await wall.link(), await wall.link()
        walls = [await several.enter_async_context(wall.open(leaked)) for _screen in range(MOST_OF_ONE_PERSON + 1)]
        for screen in walls:
            await screen.until("The plenary")
        further = await several.enter_async_context(wall.open(leaked))
        assert await further.until_event("full") == (
            f"{too_many} Organisers open another one with /plenary. To follow remotely, get yours with /stage."
        )
        walls.append(await several.enter_async_context(wall.open(kept)))
        await wall.begin()
        for screen in (*screens, *walls):
            await screen.until("On stage")
            assert "full" not in dict(screen.told)


async def test_the_screen_that_opened_first_finds_its_place_after_its_network_blinked(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display_watch, "MOST_OF_ONE_LINK", 3)
    async with open_wall(sqlite_url, FRENCH[:2]) as wall, AsyncExitStack() as several:
        address = await wall.link()
        async with wall.open(address, "hall") as hall:
            await hall.until("The plenary")
            for word in ("second", ""):
                await (await several.enter_async_context(wall.open(address, word))).until("The plenary")
            async with wall.open(address, "hall") as again:  # before anybody noticed that the first one was cut off
                await again.until("The plenary")
                while (await hall.next())[0]:
                    pass
                async with wall.open(address, "fourth") as further:
                    await further.until_event("full")
        async with wall.open(address, "fourth") as further:
            await further.until_event("full")
        await wall.wait(seconds=60)
        async with wall.open(address, "fourth") as further:
            await further.until_event("full")
        async with wall.open(address, "hall") as back:
            await back.until("The plenary")
            assert "full" not in dict(back.told)
        async with asyncio.timeout(10):
            while True:  # until it was noticed that it went, and the time of that is over
                await wall.wait(seconds=HELD.total_seconds())
                async with wall.open(address, "fourth") as further:
                    if await has_place(further):
                        late = await several.enter_async_context(wall.open(address, "hall"))
                        assert not await has_place(late), "another one has its place now"
                        break


async def has_place(screen: Screen) -> bool:
    """Whether a screen that was just opened goes on: after the scene it is told the time, or that there is no room."""
    await screen.until("The plenary")
    return (await screen.next())[0] == "now"


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded; charset=idna", b"question=" + b"a." * 40_000, 400),
        ("application/x-www-form-urlencoded; charset=nothing", b"question=Who%3F", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nno header at all", 400),
        ("application/x-www-form-urlencoded", b"question=" + b"x" * 250_000, 422),
        ("application/x-www-form-urlencoded", b"question=%00%00&about=%00", 422),
        ("application/json", b'{"question": "Who?"}', 422),
    ],
)
async def test_a_question_that_no_browser_sends_is_refused_in_words(
    sqlite_url: str, content_type: str, body: bytes, status: int
) -> None:
    async with open_wall(sqlite_url, FRENCH[:2]) as wall, aiohttp.ClientSession() as browser:
        await wall.begin()
        address = await wall.link(await number(wall.world, "P4"))
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        async with browser.post(f"{address}/ask", data=body, headers=headers) as answer:
            told = await answer.json()
            assert (answer.status, bool(told.get("problem") or told["notice"])) == (status, True)
        assert await wall.world.read(questions_of_group, wall.groups[0].id) == []


async def test_a_flood_from_afar_stops_at_five_and_what_is_sent_twice_is_stored_once(store_url: str) -> None:
    async with open_wall(store_url, FRENCH[:2]) as wall, aiohttp.ClientSession() as browser:
        await wall.begin()
        first = wall.groups[0].id
        tim = Afar(browser, await wall.link(await number(wall.world, "P4")))
        await asyncio.gather(*(tim.asks("Who pays\0?", first) for _time in range(4)))
        assert [question.text for question in await wall.world.read(questions_of_group, first)] == [
            "Who pays\N{REPLACEMENT CHARACTER}?"
        ]
        await asyncio.gather(*(tim.asks(f"Question {place}?", first) for place in range(2 * MOST_QUESTIONS)))
        assert len(await wall.world.read(questions_of_group, first)) == MOST_QUESTIONS


async def test_a_forged_question_reaches_no_group_of_another_plenary(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall, aiohttp.ClientSession(headers={"Accept-Language": "en"}) as browser:
        themes = {group.id: group.theme for group in wall.groups}
        other = await wall.world.change(divide, wall.state, themes)
        await wall.begin()
        tim = Afar(browser, await wall.link(await number(wall.world, "P4"), plenary_id=other))
        refused = (422, "Nobody is on stage now. Your text is kept: send it again later.")
        for group in wall.groups:
            assert await tim.asks("Who pays?", group.id) == refused
        for about in ("", "-1", "1 OR 1", "٣", "9" * 18, "9" * 40):
            async with browser.post(
                f"{tim.address}/ask",
                data={"question": "Who?", "about": about},
                headers={"Accept": "application/json"},
            ) as answer:
                assert (answer.status, (await answer.json())["problem"]) == refused
        for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert (await tim.asks("Who?", wall.groups[0].id, **headers))[0] == 403
        for group in wall.groups:
            assert await wall.world.read(questions_of_group, group.id) == []


async def test_no_script_comes_onto_the_wall(sqlite_url: str) -> None:
    hostile = replace(FRENCH[0], name="", challenge=_TAG, solution=f'" onerror="{_TAG}')
    async with open_wall(sqlite_url, (hostile, FRENCH[1]), confirmed=True) as wall, aiohttp.ClientSession() as browser:
        await wall.world.change(rename_group, wall.groups[0].id, _TAG)
        await wall.begin()
        async with wall.open(await wall.link()) as screen:
            html = await screen.until("On stage", "&lt;script&gt;")
            await wall.next()
            await wall.next()
            await wall.asked("P2", _TAG)
            html += await screen.until("Questions", '<h1 class="fit"')
        own = await wall.link(await number(wall.world, "P2"))
        async with browser.post(f"{own}/ask", data={"question": f"</textarea>{_TAG * 20}"}) as page:
            draft = await page.text()
            assert page.status == 422
        assert "<script>" not in html + draft
        assert 'onerror="' not in html
        assert draft.count("</textarea>") == 1


async def test_a_link_answers_nothing_but_what_its_page_asks(sqlite_url: str) -> None:
    async with open_wall(sqlite_url, FRENCH[:2]) as wall, aiohttp.ClientSession() as browser:
        address = await wall.link()
        for method, path, status in (
            ("HEAD", "", 200),
            ("HEAD", "/events", 405),
            ("POST", "", 405),
            ("POST", "/events", 405),
            ("GET", "/ask", 405),
            ("DELETE", "", 405),
            ("GET", "/picture/x/huge", 404),
            ("GET", "/..%2f..%2fetc%2fpasswd", 404),
            ("GET", "%0d%0aSet-Cookie:%20a=b", 404),
            ("GET", "%00", 200),
            ("GET", "?" + "a=b&" * 1_500, 200),
            ("GET", "?" + "a" * 9_000, 400),
        ):
            async with browser.request(method, address + path, allow_redirects=False) as answer:
                assert (method, path[:40], answer.status) == (method, path[:40], status)
                assert "Set-Cookie" not in answer.headers
