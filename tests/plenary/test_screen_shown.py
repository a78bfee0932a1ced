"""The screen for the wall over HTTP: what it shows at each moment, to whom, and until when."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.background.wakeups import Wakeups
from bot.content.scenes import Scene
from bot.content.texts import Reader
from bot.conversation import display_store
from bot.database.engine import Store
from bot.database.opening import open_store
from bot.files.stored_files import digest_of
from bot.membership.erasure import erase
from bot.people import participant_store
from bot.platforms.web import display_watch
from bot.platforms.web.pages import Pages
from handlers.attendance.store.marks import mark_attendance
from handlers.plenary.actions import OpenPlenary
from handlers.plenary.displays.wall import WALL, draw
from handlers.plenary.model.questions import LONGEST_QUESTION, MOST_QUESTIONS
from handlers.plenary.service.conducting import SCREEN, begun, store_step
from handlers.plenary.service.preparing import divide, session_of
from handlers.plenary.store.echo import applaud, put_also_here
from handlers.plenary.store.plenaries import set_captions
from handlers.plenary.store.questions import questions_of_group, set_asked, set_hidden
from handlers.plenary.store.voting import toggle_vote
from handlers.plenary.store.wishes import set_declines, set_shows_names
from handlers.programme.model import local_day
from tests.drivers.web import open_web
from tests.engines import on_one_engine
from tests.ideas.builders import hidden, idea, photo, voted
from tests.participants import number
from tests.pictures import png
from tests.plenary.builders import state_of
from tests.plenary.test_room import stage
from tests.plenary.walls import FRENCH, Wall, open_wall, programme
from tests.workshops.builders import ended, revealed, started
from tests.world import DECLARED

pytestmark = pytest.mark.usefixtures("counted_ids")

_SOON = 3.0
"""Seconds within which a screen shows what it is told of. What it is not told of, it looks at after five."""
_FIRST, _SECOND = FRENCH[0], FRENCH[1]


async def vote(wall: Wall, name: str, question: int) -> None:
    await wall.world.change(toggle_vote, question, await number(wall.world, name))


async def test_before_another_day_s_plenary_the_wall_says_the_day(sqlite_url: str) -> None:
    async with open_wall(sqlite_url, hours=48) as wall, wall.open(await wall.link()) as screen:
        html = await screen.until("The plenary begins on")
        day = (wall.world.clock.now() + timedelta(hours=48)).strftime("%A")
        assert day in html.partition("The plenary begins on")[2][:200]
        await programme(wall.world, (2, 60, "Welcome"))
        await screen.until("At 12:00: Welcome", "Questions and applause: scan")


@on_one_engine
async def test_the_wall_shows_the_whole_plenary_by_itself(store_url: str) -> None:
    async with open_wall(store_url, hours=0.5) as wall:
        await programme(wall.world, (-1, 90, "Opening"), (3, 60, "Dinner"))
        async with wall.open(await wall.link()) as screen:
            html = await screen.until("The plenary begins at", "Opening", "Dinner", "Begins in")
            assert 'aria-current="true"><span class="when">09:00' in html
            assert "On stage" not in html

            await wall.begin()
            html = await screen.until("On stage · turn 1 of 4", _FIRST.name, "on y emprunte un livre")
            assert "Begins in" in html
            assert _SECOND.name in html.partition("Then: Culture 1")[2]
            assert f'data-about="{wall.groups[0].id}"' in html

            await wall.wait(seconds=31)
            question = await wall.written("P2", "Who pays for it?")
            await vote(wall, "P3", question.id)
            await screen.until("1 question", "1 vote")
            assert "Who pays" not in screen.html, "only what is asked aloud stands on the wall"
            await vote(wall, "P4", question.id)
            await wall.world.change(applaud, wall.groups[0].id, await number(wall.world, "P3"))
            html = await screen.until("1 question: vote!", "2 votes", "1 bravo")
            assert 'data-cheers="1"' in html

            await wall.next()
            await screen.until("Questions · turn 1 of 4", "Who pays for it?", "2 votes", gone=("On stage",))
            await vote(wall, "P4", question.id)
            await screen.until("A question?", gone=("Who pays for it?",))
            await vote(wall, "P4", question.id)
            await screen.until("Who pays for it?")
            await wall.asked("P3", "And <b>winter</b>?")
            html = await screen.until("And &lt;b&gt;winter&lt;/b&gt;?")
            assert "P3" not in html

            await wall.next()
            await screen.until("On stage · turn 2 of 4", "tirées au sort dans trois villages", gone=("winter",))
            for _step in range(9):
                await wall.next()
            html = await screen.until("Thank you!", "4 groups on stage", "2 questions")
            assert 'class="clock' not in html
            assert "Questions that were not asked go to the groups" in html
            await wall.world.change(set_asked, question.id, wall.world.clock.now())
            scene = await wall.world.read(draw, str(wall.state.plenary.id), wall.world.clock.now())
            assert scene is not None
            assert scene.parts == (), "no question is left to answer in writing"


@on_one_engine
async def test_of_a_group_that_wrote_nothing_its_votes_are_shown_or_its_members(store_url: str) -> None:
    nothing = [replace(staged, challenge="", solution="") for staged in FRENCH[:2]]
    async with open_wall(store_url, nothing) as wall:
        world, (first, _second) = wall.world, wall.groups
        await wall.begin()
        async with wall.open(await wall.link()) as screen:
            html = await screen.until("On stage", "P1")
            assert "According to your votes" not in html
            texts = ("A bus with books", "A map of benches", "A radio", "A fourth one", "Wanted by nobody")
            bus, benches, radio, fourth, _none = [
                await idea(world, first, "P1", text, phase="stakes") for text in texts
            ]
            for name, chosen in (
                ("P1", (bus, benches, radio, fourth)),
                ("P2", (bus, benches, radio)),
                ("P3", (benches,)),
            ):
                await voted(world, first, name, *chosen, phase="stakes")
            html = await screen.until(
                "According to your votes", "3 votes", "A map of benches", "A bus with books", "A radio"
            )
            assert html.index("A map of benches") < html.index("A bus with books")
            assert "A fourth one" not in html
            assert "P1" not in html
            listener = world.chat("102", name="P3")
            assert (await stage(world, listener, wall.state)).splitlines()[1:5] == [
                "According to your votes",
                "A map of benches · 3 votes",
                "A bus with books · 2 votes",
                "A radio · 2 votes",
            ], "the card shows it too"


@on_one_engine
async def test_of_a_group_with_one_idea_alone_it_is_shown_once_it_was_read(store_url: str) -> None:
    nothing = [replace(staged, challenge="", solution="") for staged in FRENCH[:2]]
    async with open_wall(store_url, nothing) as wall:
        world, (first, _second) = wall.world, wall.groups
        run = await started(world, first)
        await idea(world, first, "P1", "A bus with books", phase="stakes")
        await wall.begin()
        listener = world.chat("102", name="P3")
        assert "A bus" not in await stage(world, listener, wall.state)
        await ended(world, run)
        assert (await stage(world, listener, wall.state)).splitlines()[1] == "A bus with books"
        async with wall.open(await wall.link()) as screen:
            html = await screen.until("A bus with books")
            assert "According to your votes" not in html


@on_one_engine
async def test_how_many_are_there_stands_on_the_wall(store_url: str) -> None:
    async with open_wall(store_url, hours=0.5) as wall:
        world, now = wall.world, wall.world.clock.now()
        async with wall.open(await wall.link()) as screen:
            await screen.until("Plenary", gone=("here",))
            session = await world.read(session_of, wall.state.plenary)
            assert session
            day = local_day(session.plan, now).isoformat()
            for name, present in (("P1", True), ("P2", True), ("P3", False)):
                person = await number(world, name)
                await world.change(mark_attendance, [person], day, present, person, now)
            await screen.until("Plenary · 2 here")
            await wall.begin()
            await screen.until("On stage · turn 1 of 4 · 2 here")


async def test_a_clock_is_an_instant_also_over_time_and_in_a_pause(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall:
        await wall.begin()
        turn = wall.state.current
        assert turn
        assert turn.ends_at
        async with wall.open(await wall.link()) as screen:
            ends = round(turn.ends_at.timestamp() * 1000)
            await screen.until(f'data-ends="{ends}"', '"digits">0:30')
            now = wall.world.clock.now()
            assert ("now", f"{now.timestamp() * 1000:.0f}") in screen.told
            await wall.wait(seconds=30 + 180 + 42)
            await wall.change(lambda state: state.pause(wall.world.clock.now()))
            html = await screen.until("Paused", '"digits">+0:42')
            stands = round(wall.world.clock.now().timestamp() * 1000)
            assert f'data-stands="{stands}"' in html
            await wall.wait(seconds=60)
            await wall.change(lambda state: state.resume(wall.world.clock.now()))
            await screen.until(f'data-ends="{ends + 60_000}"', 'data-stands=""', "Over time", '"digits">+0:42')


async def test_a_restart_changes_nothing_on_the_wall(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall:
        await wall.begin()
        address = await wall.link()
        async with wall.open(address) as screen:
            before = await screen.until(_FIRST.name)
        async with open_web(wall.world) as again:
            address = address.replace(wall.harness.root, again.root)
            async with wall.open(address) as screen:
                assert await screen.until(_FIRST.name) == before


@asynccontextmanager
async def another_program(url: str) -> AsyncIterator[Store]:
    """The store of a program that tells others what it commits, where the engine can."""
    store = await open_store(url, migrate=False)
    wakeups = Wakeups(store)
    for table in WALL.tables | WALL.busy_tables:
        wakeups.on(table, lambda _ids: None)
    telling = asyncio.create_task(wakeups.run())
    yield store
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    await store.close()


@on_one_engine
async def test_what_another_program_changes_is_shown_soon(store_url: str) -> None:
    async with (
        open_wall(store_url) as wall,
        another_program(store_url) as other,
        wall.open(await wall.link()) as screen,
    ):
        await screen.until("The plenary")
        now, who = wall.world.clock.now(), await number(wall.world, "P2")
        after = begun(wall.state, now, now)
        async with asyncio.timeout(_SOON):
            await other.transact(lambda tx: store_step(tx, wall.state, after, now))
            await screen.until("On stage", _FIRST.name)
        async with asyncio.timeout(_SOON):
            await other.transact(lambda tx: applaud(tx, wall.groups[0].id, who))
            await screen.until("1 bravo")


async def test_a_closed_link_says_so_at_once_and_a_new_one_works(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall, aiohttp.ClientSession() as browser:
        address = await wall.link()
        async with browser.get(address) as page:
            assert page.status == 200
            assert "This link no longer shows anything." in (await page.text()).partition('<template id="closed">')[2]
            allowed = page.headers["Content-Security-Policy"].split("; ")
            assert {"connect-src 'self'", "form-action 'self'"} <= set(allowed)
            assert page.headers["Referrer-Policy"] == "no-referrer"
        async with wall.open(address) as screen:
            await screen.until("The plenary")
            await wall.world.change(display_store.close, SCREEN, str(wall.state.plenary.id), wall.world.clock.now())
            await screen.until_event("closed")
        async with browser.get(address) as page:
            text = await page.text()
            assert (page.status, "/plenary" in text, "This link no longer shows anything." in text) == (
                410,
                True,
                True,
            )
        async with wall.open(address) as screen:
            await screen.until_event("closed")
        async with browser.post(f"{address}/ask", data={"question": "Who?"}) as answer:
            assert answer.status == 410
        async with browser.get(f"{wall.harness.root}/ecran/ABCDEFGH23456789ABCDEFGH22") as page:
            assert (page.status, "No page opens here" in await page.text()) == (404, True)
        async with wall.open(await wall.link()) as screen:
            await screen.until("The plenary")


async def test_a_wall_is_opened_once_and_shows_what_was_put_on_it_until_that_ends(store_url: str) -> None:
    async with open_wall(store_url) as wall:
        world, now = wall.world, wall.world.clock.now()
        other = await world.change(divide, wall.state, {group.id: group.theme for group in wall.groups})
        second = await state_of(world, other)
        ines = await world.organiser()
        async with wall.open(await wall.link(plenary_id=other)) as screen:
            await screen.until("Room 2")
            await ines.follow(OpenPlenary(wall.state.plenary.id).encode())
            assert "Show it on the wall" not in ines.buttons  # the wall is in the other room
            await world.change(store_step, second, second.end(now), now)
            await screen.until("Thank you!", gone=["Room 1"])
            await ines.follow(OpenPlenary(wall.state.plenary.id).encode())
            await ines.press("Show it on the wall")
            assert ines.text == "1 wall shows it now."
            await screen.until("Room 1")
            await wall.begin()
            await screen.until("On stage · turn 1 of 2", _FIRST.name)
            await wall.change(lambda state: state.end(now))
            await screen.until("Thank you!", "Room 2")
            await world.change(display_store.close, SCREEN, str(other), now)
            await screen.until_event("closed")


async def test_two_rooms_have_a_screen_each(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall:
        themes = {group.id: group.theme for group in wall.groups}
        other = await wall.world.change(divide, wall.state, themes)
        first, second = await state_of(wall.world, wall.state.plenary.id), await state_of(wall.world, other)
        async with wall.open(await wall.link()) as one, wall.open(await wall.link(plenary_id=other)) as two:
            await one.until("Plenary · Room 1")
            await two.until("Plenary · Room 2")
            await wall.begin()
            await one.until("On stage · turn 1 of 2 · Room 1", _FIRST.name)
            await two.until("The plenary")
            assert first.turns[0].group_id != second.turns[0].group_id
            assert _FIRST.name not in two.html


async def test_nobody_is_named_but_who_signed_and_takes_part(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall:
        await wall.begin()
        await wall.next()
        await wall.next()
        async with wall.open(await wall.link()) as screen:
            await wall.asked("P2", "Who pays for it?", named=True)
            await screen.until("Who pays for it?", "— P2")
            await wall.world.change(participant_store.set_status, await number(wall.world, "P2"), "withdrawn")
            await screen.until("Who pays for it?", gone=("P2",))
            asked = await wall.asked("P3", "Where does it stop?", named=True)
            await screen.until("Where does it stop?", "— P3")

            await wall.world.change(
                erase,
                DECLARED,
                await number(wall.world, "P3"),
                wall.world.clock.now(),
                texts=False,
                files=wall.world.files,
            )
            await screen.until("Where does it stop?", gone=("P3",))
            await wall.world.change(set_hidden, asked.id, 1, wall.world.clock.now(), hidden=True)
            await screen.until("Who pays for it?", gone=("Where does it stop?",))


async def test_ideas_of_a_phase_are_a_wall_without_names_unless_their_group_agreed(store_url: str) -> None:
    async with open_wall(store_url) as wall:
        world, (first, second, *_others) = wall.world, wall.groups
        async with wall.open(await wall.link()) as screen:
            run = await started(world, first, "stakes", minutes=40)
            await started(world, second, "stakes", minutes=40)
            await screen.until("Understand the stakes", "Instruction: Understand", "2 groups", '"digits">40:00')
            await idea(world, first, "P1", "A bus with books", phase="stakes")
            await idea(world, first, "P1", "Nobody knows whose", phase="stakes", anonymous=True)
            await idea(world, second, "P2", "Not read by anybody yet", phase="stakes")
            await screen.until("3 ideas from 2 people", gone=("A bus with books",))
            await revealed(world, run)
            html = await screen.until("A bus with books", "Nobody knows whose")
            assert "Not read by anybody yet" not in html
            assert "P1" not in html
            await world.change(set_shows_names, first.id, True)
            html = await screen.until('<span class="author">P1</span>')
            assert html.count("P1") == 1, "who gave an idea without their name has none here either"
            await world.change(set_shows_names, first.id, False)
            await screen.until("A bus with books", gone=("P1",))
            await wall.begin()
            await screen.until("On stage", gone=("A bus with books",))


async def test_a_photo_is_shown_above_its_caption_as_long_as_its_idea_is(store_url: str) -> None:
    async with open_wall(store_url) as wall, aiohttp.ClientSession() as browser:
        world, group = wall.world, wall.groups[0]
        run = await started(world, group, "stakes", minutes=40)
        sheet = await idea(world, group, "P1", "The sheet of our table", phase="stakes")
        content = png(40, 30)
        await photo(world, sheet, content)
        address = await wall.link()
        async with wall.open(address) as screen:
            await screen.until("1 idea from 1 person", gone=("/photo/",))
            picture = f"{address}/photo/{digest_of(content)}"
            async with browser.get(picture) as answer:
                assert answer.status == 404, "it is not revealed"
            await revealed(world, run)
            html = await screen.until("The sheet of our table")
            assert urlsplit(picture).path in html
            async with browser.get(picture) as answer:
                assert (answer.status, answer.content_type) == (200, "image/png")
                assert await answer.read() == content
            await hidden(world, sheet)
            await screen.until("0 ideas", gone=("/photo/",))
            async with browser.get(picture) as answer:
                assert answer.status == 404
            await world.change(display_store.close, SCREEN, str(wall.state.plenary.id), world.clock.now())
            async with browser.get(picture) as answer:
                assert answer.status == 410


async def test_the_slide_is_the_one_that_the_group_confirmed(sqlite_url: str) -> None:
    async with open_wall(sqlite_url, FRENCH[:2], confirmed=True) as wall, aiohttp.ClientSession() as browser:
        await wall.begin()
        address = await wall.link()
        async with wall.open(address) as screen:
            html = await screen.until("/picture/slide-", "/narrow")
            source = html.partition('<img src="')[2].partition('"')[0]
            assert "on y emprunte un livre" in html.partition('alt="')[2].partition('"')[0], "for who cannot see it"
            async with browser.get(f"{wall.harness.root}{source}") as picture:
                content = await picture.read()
                assert picture.headers["Content-Type"] == "image/png"
            assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (3840, 1460)
            async with browser.get(f"{wall.harness.root}{source}".replace("slide-", "slide-9")) as picture:
                assert picture.status == 404
            async with browser.get(
                f"{wall.harness.root}/ecran/NONE{source.partition('/picture')[1]}/x/wide"
            ) as picture:
                assert picture.status == 404


async def test_so_many_screens_at_once_and_no_more(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display_watch, "MOST_SCREENS", 3)
    async with open_wall(sqlite_url) as wall:
        address = await wall.link()
        async with AsyncExitStack() as several:
            screens = [await several.enter_async_context(wall.open(address)) for _screen in range(3)]
            for screen in screens:
                await screen.until("The plenary")
            fourth = await several.enter_async_context(wall.open(address))
            too_many = "Too many screens show this at the moment. Close another one: this one then goes on by itself."
            assert await fourth.until_event("full") == too_many
            assert "The plenary" in fourth.html, "it is shown what is there now all the same"
            await wall.begin()
            for screen in screens:
                await screen.until("On stage")


class Afar:
    """Someone who follows from afar, on a screen of their own."""

    def __init__(self, browser: aiohttp.ClientSession, address: str) -> None:
        self.browser = browser
        self.address = address

    async def asks(self, words: str, about: int, **headers: str) -> tuple[int, str]:
        """Send a question to a group; the status, and what the person reads."""
        data = {"question": words, "about": str(about)}
        async with self.browser.post(
            f"{self.address}/ask", data=data, headers={"Accept": "application/json", **headers}
        ) as answer:
            told = await answer.json()
            return answer.status, told.get("notice") or told["problem"]


async def test_a_scene_is_drawn_once_for_all_who_open_it(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawings: list[Scene] = []
    draw_scene = Pages.scene

    def counted(pages: Pages, scene: Scene, reader: Reader, picture: str | None) -> str:
        drawings.append(scene)
        return draw_scene(pages, scene, reader, picture)

    monkeypatch.setattr(Pages, "scene", counted)
    async with open_wall(sqlite_url) as wall, aiohttp.ClientSession() as browser:
        address = await wall.link()

        async def title() -> bool:
            async with browser.get(address) as response:
                return _FIRST.name in await response.text()

        assert await asyncio.gather(*(title() for _screen in range(40))) == [False] * 40
        assert len(drawings) == 1, "nobody follows it yet: they share one look"
        await wall.begin()
        assert await title(), "what changed since is not kept"
        async with wall.open(address) as screen:
            await screen.until(_FIRST.name)
            drawn = len(drawings)
            assert await asyncio.gather(*(title() for _screen in range(40))) == [True] * 40
            assert len(drawings) - drawn < 20, "they are shown what the screen that follows shows"


@pytest.mark.parametrize("cry", ["Au secours, il me suit", "Je veux mourir", "He follows me, help"])
async def test_a_cry_from_afar_is_shown_to_nobody_and_answered_by_whom_to_call(sqlite_url: str, cry: str) -> None:
    async with open_wall(sqlite_url) as wall, aiohttp.ClientSession(headers={"Accept-Language": "en"}) as browser:
        await wall.begin()
        first = wall.groups[0].id
        tim = Afar(browser, await wall.link(await number(wall.world, "P4")))
        status, told = await tim.asks(cry, first)
        assert (status, "112" in told) == (422, True)
        assert told.endswith("This was shown to nobody. On your own page you can choose who reads it.")
        assert await wall.world.read(questions_of_group, first) == []


@pytest.mark.parametrize("cry", ["Je veux mourir. " * 20, "Au secours, il me suit " + "depuis ce matin " * 20])
async def test_a_cry_from_afar_that_is_too_long_is_answered_by_whom_to_call(sqlite_url: str, cry: str) -> None:
    async with open_wall(sqlite_url) as wall, aiohttp.ClientSession(headers={"Accept-Language": "en"}) as browser:
        await wall.begin()
        assert len(cry) > LONGEST_QUESTION
        tim = Afar(browser, await wall.link(await number(wall.world, "P4")))
        status, told = await tim.asks(cry, wall.groups[0].id)
        assert (status, "112" in told) == (422, True)


async def test_what_is_sent_to_a_link_that_shows_nothing_more_is_answered_by_whom_to_call(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall, aiohttp.ClientSession(headers={"Accept-Language": "en"}) as browser:
        await wall.begin()
        first, who = wall.groups[0].id, await number(wall.world, "P4")
        tim = Afar(browser, await wall.link(who))
        await wall.link(who)
        status, told = await tim.asks("Je veux mourir", first)
        assert (status, "112" in told) == (404, True)
        tim = Afar(browser, await wall.link(who))
        await wall.world.change(display_store.close_own, who, wall.world.clock.now())
        status, told = await tim.asks("Je veux mourir", first)
        assert (status, "112" in told) == (410, True), "nor does one that was closed"
        async with browser.get(tim.address) as answer:
            assert (answer.status, "112" in await answer.text()) == (410, False), "who only looks wrote nothing"


@on_one_engine
async def test_who_follows_from_afar_asks_as_in_their_chat(store_url: str) -> None:
    async with open_wall(store_url) as wall, aiohttp.ClientSession(headers={"Accept-Language": "en"}) as browser:
        await wall.begin()
        first = wall.groups[0].id
        tim = Afar(browser, await wall.link(await number(wall.world, "P4")))
        async with browser.get(tim.address) as page:
            assert 'name="question"' in await page.text()
        assert await tim.asks("Who pays?", first) == (200, "Noted. You will be told when it is asked.")
        assert await tim.asks("Who pays?", first) == (200, "Noted. You will be told when it is asked.")
        [question] = await wall.world.read(questions_of_group, first)
        assert (question.text, question.named, question.author_id) == ("Who pays?", False, wall.world.ids["P4"])

        assert await tim.asks("🙂🙂", first) == (422, "Write your question as text, please.")
        assert (await tim.asks("", first))[0] == 422
        status, text = await tim.asks("x" * (LONGEST_QUESTION + 42), first)
        assert (status, text.partition(".")[0]) == (422, "42 characters too many (at most 280)")
        assert "kept" in text
        async with browser.post(f"{tim.address}/ask", data={"question": "🙂", "about": str(first)}) as page:
            html = await page.text()
            assert (page.status, ">🙂</textarea>" in html) == (422, True), "also without script"
        for more in range(1, MOST_QUESTIONS):
            assert (await tim.asks(f"Question {more}?", first))[0] == 200
        assert (await tim.asks("The sixth?", first))[1].startswith("You have asked this group 5 questions")
        assert await tim.asks("Stranger?", 999) == (
            422,
            "Nobody is on stage now. Your text is kept: send it again later.",
        )

        for _step in range(3):
            await wall.next()
        lea = Afar(browser, await wall.link(await number(wall.world, "P3")))
        assert (await lea.asks("Too late?", first))[1].startswith("The turn of this group is over")
        assert (await lea.asks("Elsewhere?", first, Origin="https://elsewhere.example"))[0] == 403
        assert (await Afar(browser, await wall.link()).asks("From the wall?", first))[0] == 403

        await wall.world.change(participant_store.set_status, await number(wall.world, "P3"), "withdrawn")
        assert (await lea.asks("Still here?", first))[0] == 410


async def test_captions_are_for_who_follows_from_afar(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall:
        await wall.world.change(set_captions, wall.state.plenary.id, "https://captions.example/1?a=b&c")
        await wall.begin()
        async with wall.open(await wall.link(await number(wall.world, "P4"))) as screen:
            await screen.until('href="https://captions.example/1?a=b&amp;c"', 'rel="noopener noreferrer"')
        await wall.world.change(set_declines, wall.groups[0].id, True)
        async with wall.open(await wall.link(await number(wall.world, "P4"))) as screen:
            await screen.until('data-about=""')


async def test_where_else_it_is_needed_is_counted_and_named_by_nobody(sqlite_url: str) -> None:
    async with open_wall(sqlite_url) as wall:
        await wall.begin()
        async with wall.open(await wall.link()) as screen:
            who = await number(wall.world, "P2")
            await wall.world.change(put_also_here, wall.groups[0].id, who, "CH", wall.world.clock.now())
            html = await screen.until("at home too: 1")
            assert "P2" not in html


async def test_the_secret_of_a_link_is_in_no_log(
    sqlite_url: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    async with open_wall(sqlite_url) as wall, aiohttp.ClientSession() as browser:
        address = await wall.link()
        secret = address.rpartition("/")[2]
        async with browser.get(address), wall.open(address) as screen:
            await screen.until("The plenary")
        async with browser.post(f"{address}/ask", data={}) as answer:
            assert answer.status == 403
        async with browser.get(f"{address}/picture/x/wide") as answer:
            assert answer.status == 404
        hashes = await wall.world.read(display_store.open_links, SCREEN, str(wall.state.plenary.id))
        assert len(hashes) == 1
        assert secret not in str(hashes)
    said = capsys.readouterr()
    assert secret not in said.out + said.err + caplog.text
