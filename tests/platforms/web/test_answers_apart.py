"""What a browser that nobody confirmed is answered stands apart: on the page of its owner nothing changes by it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.content.actions import Go
from bot.membership.browsers import CloseBrowser, EnterOwnCode
from bot.platforms.web import page_store
from bot.rehearsal.chat_driver_web import WebChat
from handlers.plenary.actions import AskQuestion
from handlers.plenary.model.questions import MOST_QUESTIONS
from handlers.rides.participant import offer
from handlers.trust import store
from handlers.trust.participant.talking import erase
from tests.drivers.gestures import choose_in_menu
from tests.drivers.web import page_link
from tests.engines import on_one_engine
from tests.participants import number
from tests.platforms.web.test_new_browsers import FIREFOX, TOLD, WORDS, confide, open_elsewhere, read
from tests.platforms.web.test_stolen_links import press, submit
from tests.plenary.builders import running
from tests.security.builders import Gathering, open_gathering

IDEA = "A library of tools for the village"
HOME = Go("moi").encode()
COUNTRY = {"country": "FR"}


@pytest.fixture
async def two(store_url: str) -> AsyncIterator[Gathering]:
    """A gathering in France on its page, where Ada is a trusted person."""
    async with open_gathering(store_url, web={"public_url": "http://127.0.0.1"}, safety=COUNTRY, rides={}) as gathering:
        await gathering.join_page("Ada")
        ada = await number(gathering.world, "Ada")
        await gathering.world.change(store.name_trusted, ada, "French", "always", gathering.world.clock.now())
        yield gathering


async def closed_page(gathering: Gathering) -> tuple[str, str]:
    """Zoé confides, gives an idea, reads what is to come, and closes her page; her code, and the link of her page."""
    code = await gathering.invite("Zoé")
    link = await page_link(gathering.world, code)
    zoe = gathering.visitor()
    await zoe.open_link(link)
    await gathering.start_phase("Zoé")
    await zoe.send(IDEA)
    await confide(zoe)
    await zoe.command("moi")
    await choose_in_menu(zoe, "Close my page on this device")
    await gathering.delivered()
    return code, link


async def by_itself(gathering: Gathering, link: str) -> WebChat:
    """The page of a link in a browser that opened by itself."""
    opened = await open_elsewhere(gathering, link)
    await gathering.wait(hours=24, minutes=1)
    await opened.look()
    return opened


async def of_its_owner(gathering: Gathering, chat: WebChat) -> list[dict[str, Any]]:
    """The messages on somebody's page but for those that answer what was done in browsers that nobody confirmed."""
    found = (await gathering.rows())["page_messages"]
    theirs = [row for row in found if row["participant_id"] == int(chat.person_id) and not row["answered_in"]]
    return sorted(theirs, key=lambda row: row["id"])


@on_one_engine
async def test_fifty_presses_there_replace_and_push_out_nothing_and_its_owner_sees_their_own_first(
    two: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, link = await closed_page(two)
    thief = await by_itself(two, link)
    before = await of_its_owner(two, thief)
    offering = [row["id"] for row in before if HOME in row["content"]]
    assert offering, "there are buttons that could be pressed in place"
    with monkeypatch.context() as patched:
        patched.setattr(page_store, "KEPT", len(before))
        for _each in range(page_store.AT_ONCE // len(offering) + 1):
            for message in offering:
                assert await two.forge(thief, "press", payload=HOME, message=str(message)) == 200
    there = [row for row in (await two.rows())["page_messages"] if row["answered_in"]]
    assert len(there) >= page_store.AT_ONCE
    assert await of_its_owner(two, thief) == before
    owner = await open_elsewhere(two, link)
    assert "Confirmed" in await submit(two, owner, EnterOwnCode(), invitation=code)
    await owner.look()
    assert IDEA in owner.page.text


@on_one_engine
async def test_a_greeting_there_is_its_own_and_takes_its_owner_s_from_them(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    await zoe.open_link(link)
    greeted = zoe.text
    await zoe.command("aide")
    assert zoe.text != greeted
    thief = await open_elsewhere(two, link)
    before = await of_its_owner(two, zoe)
    for _each in range(3):
        await thief.open_link(link)
    assert await of_its_owner(two, zoe) == before
    there = [row for row in (await two.rows())["page_messages"] if row["answered_in"]]
    assert len(there) == 1, "it says the same once"
    await zoe.open_link(link)
    assert zoe.text == greeted
    assert len(await of_its_owner(two, zoe)) == len(before) + 1, "its owner is greeted all the same"


@on_one_engine
async def test_what_its_owner_erases_is_gone_there_too(two: Gathering) -> None:
    code, link = await closed_page(two)
    thief = await by_itself(two, link)
    assert WORDS in await read(thief)
    owner = await open_elsewhere(two, link)
    assert "Confirmed" in await submit(two, owner, EnterOwnCode(), invitation=code)
    [conversation] = (await two.rows())["trust_conversations"]
    await press(two, owner, erase.to(conversation["id"]))
    await choose_in_menu(owner, "Close my page on this device")
    await two.delivered()
    await two.wait(hours=25)
    await thief.look()
    assert thief.status == 200
    assert "This browser is new" not in thief.text
    assert WORDS not in thief.page.text
    assert WORDS not in await read(thief)
    assert WORDS not in str((await two.rows())["page_messages"])


@on_one_engine
async def test_a_flood_of_messages_pushes_out_no_warning_of_another_browser(
    two: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = await two.join_page("Zoé")
    await open_elsewhere(two, await two.page_link_of(zoe))
    await two.delivered(zoe)
    monkeypatch.setattr(page_store, "KEPT", 3)
    for _each in range(3):
        await zoe.command("aide")
        await zoe.command("moi")
    kept = await of_its_owner(two, zoe)
    assert len(kept) == page_store.KEPT + 1
    assert TOLD in zoe.page.text
    [browser] = [row["hash"][:16] for row in (await two.rows())["secrets"] if row["browser"].startswith("Firefox")]
    await press(two, zoe, CloseBrowser(browser))
    assert "Your page is closed in Firefox, Android." in zoe.page.text


@on_one_engine
async def test_what_was_not_read_stays_so_whatever_is_opened_there(two: Gathering) -> None:
    _code, link = await closed_page(two)
    thief = await by_itself(two, link)
    await two.publish()
    await two.delivered(thief)
    assert "group" in thief.page.text.lower()
    latest = await two.world.read(page_store.latest_revision, int(thief.person_id))
    assert await two.forge(thief, "seen", revision=str(latest)) == 204
    await thief.look()
    pushed = [row for row in await of_its_owner(two, thief) if row["delivery_id"]]
    assert [row["seen_at"] for row in pushed] == [None] * len(pushed) != []


@on_one_engine
async def test_a_link_that_opens_no_more_says_whom_to_call(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    for _each in range(two.world.settings.limits.sessions):
        await open_elsewhere(two, link)
    one_more = two.visitor(**{"User-Agent": FIREFOX})
    await one_more.open_link(link)
    assert one_more.status == 429
    assert "If you are in danger, call 112." in one_more.page.text
    assert "tel:112" in {each.get("href") for each in one_more.page.walk()}
    await two.forge(zoe, "leave")
    await zoe.look()
    assert (zoe.status, "call 112" in zoe.page.text) == (404, True), "nor does one that was closed"


@on_one_engine
async def test_a_cry_in_a_form_with_another_wrong_answer_is_answered_by_whom_to_call(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    for place, named in (("Au secours, il me suit", True), ("The station", False)):
        fields = {"answer_way": "there", "answer_place": place, "answer_leaves_at": "x", "answer_seats": "2"}
        status, answer = await two.forge_and_read(zoe, "submit", payload=offer.to().encode(), **fields)
        assert (status, "tel:112" in json.loads(answer)["form"]) == (422, named), place
        assert place in json.loads(answer)["form"], "it is kept"


@on_one_engine
@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Au secours il me suit. " * 200, True),
        ("/equipe " + "Au secours il me suit. " * 200, True),
        ("a word " * 20_000 + "au secours, il me suit", True),
        ("a word " * 1_000, False),
    ],
)
async def test_a_cry_that_is_too_long_is_answered_by_whom_to_call(two: Gathering, words: str, named: bool) -> None:
    zoe = await two.join_page("Zoé")
    status, answer = await two.forge_and_read(zoe, "say", text=words)
    told = json.loads(answer)["notice"]
    assert (status, "call 112" in told) == (422, named)
    assert "too many" in told


@on_one_engine
async def test_the_stage_is_shown_there_as_it_is_and_adds_nothing_to_its_owner_s_page(two: Gathering) -> None:
    _code, link = await closed_page(two)
    await two.publish()
    await running(two.world)
    thief = await by_itself(two, link)
    await two.delivered()
    before = await of_its_owner(two, thief)
    for _each in range(3):
        await thief.command("scene")
        await two.delivered()
    assert await of_its_owner(two, thief) == before
    assert "Read the questions" in thief.buttons


@on_one_engine
async def test_questions_there_are_counted_together_and_use_up_none_of_its_owner(two: Gathering) -> None:
    code, link = await closed_page(two)
    await two.publish()
    await running(two.world)
    [asked] = [row["id"] for row in (await two.rows())["groups"]]
    first, second = await open_elsewhere(two, link), await open_elsewhere(two, link)
    await two.wait(hours=24, minutes=1)
    said = [
        await submit(two, first, AskQuestion(asked), question=f"Who pays {each}?") for each in range(MOST_QUESTIONS)
    ]
    assert all("Noted" in each for each in said)
    for thief in (first, second):
        assert "You have asked this group 5 questions" in await press(two, thief, AskQuestion(asked))
    owner = await open_elsewhere(two, link)
    assert "Confirmed" in await submit(two, owner, EnterOwnCode(), invitation=code)
    for each in range(MOST_QUESTIONS):
        assert "Noted" in await submit(two, owner, AskQuestion(asked), question=f"Who decides {each}?")
    assert "You have asked this group 5 questions" in await press(two, owner, AskQuestion(asked))


@on_one_engine
async def test_questions_of_a_browser_that_its_owner_confirms_are_theirs(two: Gathering) -> None:
    code, link = await closed_page(two)
    await two.publish()
    await running(two.world)
    [asked] = [row["id"] for row in (await two.rows())["groups"]]
    opened = await by_itself(two, link)
    for each in range(MOST_QUESTIONS):
        await submit(two, opened, AskQuestion(asked), question=f"Who pays {each}?")
    assert "Confirmed" in await submit(two, opened, EnterOwnCode(), invitation=code)
    assert "You have asked this group 5 questions" in await press(two, opened, AskQuestion(asked))
