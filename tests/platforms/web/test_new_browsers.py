"""A page that is opened in another browser: its owner learns of it, and nothing confided is read there unasked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urljoin

import pytest

from bot.content.actions import MOST, Go
from bot.content.forms import Upload
from bot.content.texts import Name, Reader, plain
from bot.content.views import View
from bot.conversation.hearing import TakeWords
from bot.conversation.undo import Undo
from bot.delivery import outbox
from bot.membership import browsers
from bot.membership.accounts import ShowAccounts
from bot.membership.browsers import UNCONFIRMED, CloseBrowser, ConfirmBrowser, EnterOwnCode
from bot.people import (
    attempt_store,
    browser_store,
    device_store,
    facilitator_store,
    participant_store,
    secret_store,
)
from bot.people.audiences import EVERYONE
from bot.platforms.web import page_store
from bot.platforms.web.conversation import PageConversation
from bot.platforms.web.turns import AT_ONCE
from bot.rehearsal.chat_driver import Chat, ChatDriver
from bot.rehearsal.chat_driver_web import WebChat
from handlers.account.actions import PushPrivately
from handlers.account.participant.accounts import end_device, remove
from handlers.account.participant.browsers import close_listed
from handlers.account.participant.leaving import leave
from handlers.account.participant.preferences import go_back_to, prefer, set_language, set_topics
from handlers.privacy.participant import ask_again, erase_now
from handlers.registration.organiser.invitations import remake
from handlers.registration.organiser.roles import revoke, set_role
from handlers.reminders.participant import set_kinds
from handlers.trust import service, store
from handlers.trust.actions import (
    AnswerHelp,
    AnswerSafe,
    ChooseWhom,
    ForgetWords,
    LeavePhone,
    OpenCheck,
    OpenConversation,
    OpenPhotos,
    SayWhere,
    SendHere,
    SendNow,
    SendTo,
    WriteMore,
)
from handlers.trust.facilitator.lists import draw_check
from handlers.trust.model import MOST_AN_HOUR, MOST_PLACES, MOST_WAITING, Conversation, SafetyCheck
from handlers.trust.organiser.checking import close
from handlers.trust.organiser.naming import describe, end
from handlers.trust.participant import answering
from handlers.trust.participant import words as trust_words
from handlers.trust.participant.talking import erase
from handlers.workshops.actions import CallForHelp
from handlers.workshops.organiser.facilitators import set_facilitator
from handlers.workshops.participant.calling import cancel_call, close_call
from tests.drivers.gestures import choose_in_menu
from tests.engines import on_one_engine
from tests.participants import number
from tests.pictures import drawn
from tests.security.builders import Gathering, open_gathering

FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
TOLD = "Your page was opened in another browser (Firefox, Android,"
WAITS = "This browser is new."
GONE = "These words are gone: you chose already, or a day has passed."
_ANY_NUMBER = MOST
"""A number above the number of any words that wait."""
WORDS = "He waits for me every evening"


@pytest.fixture
async def two(store_url: str) -> AsyncIterator[Gathering]:
    """A gathering on its page and on Telegram, where Ada is a trusted person."""
    async with open_gathering(store_url, "telegram", web={"public_url": "http://127.0.0.1"}) as gathering:
        await gathering.join_page("Ada")
        ada = await number(gathering.world, "Ada")
        await gathering.world.change(store.name_trusted, ada, "French", "always", gathering.world.clock.now())
        yield gathering


async def confide(chat: Chat, words: str = WORDS) -> None:
    await chat.command("confiance")
    await chat.press("Write to Ada")
    await chat.press("Without my name")
    await chat.fill(words)


async def open_elsewhere(gathering: Gathering, link: str) -> WebChat:
    """The page of a personal link in a browser of somebody else, a minute later."""
    await gathering.wait(minutes=1)
    other = gathering.visitor(**{"User-Agent": FIREFOX})
    await other.open_link(link)
    assert other.status == 200
    return other


async def open_and_close(gathering: Gathering, link: str) -> None:
    other = gathering.visitor(**{"User-Agent": FIREFOX})
    await other.open_link(link)
    await choose_in_menu(other, "Close my page on this device")


async def it_was_me(gathering: Gathering, newest: WebChat) -> str:
    """The payload of the button that confirms the newest browser of somebody."""
    person, now = int(newest.person_id), gathering.world.clock.now()
    browser = (await gathering.world.read(browser_store.of_person, person, now))[-1]
    return ConfirmBrowser(browser.id).encode()


async def press_it_was_me(gathering: Gathering, chat: Chat, newest: WebChat) -> None:
    """Press, further up perhaps, the button that confirms the newest browser of somebody."""
    await cast("ChatDriver", chat).act(await it_was_me(gathering, newest))


async def get_new_code(chat: Chat) -> tuple[str, str]:
    """The new code of somebody who asks for one, and the new link of their page."""
    await chat.command("comptes")
    await chat.press("Get a new code")
    code, link = re.search(r"Code: (\S+)", chat.text), re.search(r"/p/(\S+)", chat.text)
    assert code
    assert link
    return code[1], link[1]


async def read(chat: Chat) -> str:
    """What is read of the conversation with Ada where one opens it."""
    await chat.command("confiance")
    if "With Ada" in chat.buttons:
        await chat.press("With Ada")
    return chat.text


@on_one_engine
async def test_another_browser_is_told_on_every_other_way_and_closed_from_there(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    telegram = await two.linked(zoe, "Zoé", "telegram")
    link = await two.page_link_of(zoe)
    other = await open_elsewhere(two, link)
    await two.delivered(zoe, telegram)
    assert any(TOLD in told for told in telegram.pushed)
    assert any(TOLD in said for said in two.shown(zoe))
    async with other.browser.get(f"{two.root}/c/{other.person_id}/events") as stream:
        await telegram.press("It was not me")
        assert telegram.text.startswith("Your page is closed in Firefox, Android.")
        assert "Get a new code" in telegram.buttons
        await two.delivered(zoe)
        async with asyncio.timeout(5):
            assert "event: closed" in (await stream.read()).decode()
    await other.look()
    assert other.status == 404
    await zoe.look()
    assert zoe.status == 200
    await telegram.press("Get a new code")
    await other.open_link(link)
    assert other.status == 404, "the old link opens nothing any more"


@on_one_engine
async def test_my_accounts_lists_the_browsers_and_closes_each(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await other.command("comptes")
    assert "Your page is open in Firefox, Android" in other.text
    assert other.text.count(": this one") == 1
    await other.press("Close in a browser")
    assert WAITS in other.text, "a browser that is new closes none but itself"
    await zoe.command("comptes")
    assert zoe.text.count("Your page is open in") == 2
    await zoe.press("Close in Firefox, Android")
    assert "Your page is closed in Firefox, Android." in zoe.text
    await other.look()
    assert other.status == 404
    await zoe.command("comptes")
    assert zoe.text.count("Your page is open in") == 1
    await zoe.press("Close here")
    assert zoe.status == 410
    await zoe.look()
    assert zoe.status == 404


@on_one_engine
async def test_closing_a_browser_of_the_list_twice_closes_no_other(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    first = await open_elsewhere(two, link)
    await two.wait(minutes=5)
    second = await open_elsewhere(two, link)
    await zoe.command("comptes")
    labels = [label for label in zoe.buttons if label.startswith("Close in Firefox, Android, ")]
    assert len({*labels}) == 2, "two of the same name differ by their hours"
    open_in = await two.world.read(browser_store.of_person, int(zoe.person_id), two.world.clock.now())
    [one, *_others] = [browser for browser in open_in if browser.name]
    for _press in range(2):
        await two.forge(zoe, "press", payload=close_listed.to(one.id).encode())
    await zoe.look()
    assert "Your page is no longer open there." in zoe.text
    for each in (first, second):
        await each.look()
    assert sorted((first.status, second.status)) == [200, 404]


@on_one_engine
async def test_who_opens_their_link_again_in_the_same_browser_is_told_nothing(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await two.wait(minutes=1)
    await zoe.open_link(await two.page_link_of(zoe))
    await two.delivered(zoe)
    assert not any("another browser" in said for said in two.shown(zoe))
    await zoe.command("comptes")
    assert zoe.text.count("Your page is open in") == 1


@on_one_engine
async def test_what_was_confided_waits_until_it_is_confirmed_elsewhere(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await confide(zoe)
    assert WORDS in await read(zoe)
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    assert WORDS not in " ".join(two.shown(other))
    assert any(WAITS in said and "your older browser" in said for said in two.shown(other))
    await other.command("confiance")
    assert WAITS in other.text
    assert "With Ada" not in other.buttons
    conversation = (await two.world.read(store.conversations_of_author, int(zoe.person_id)))[0]
    await two.forge(other, "press", payload=OpenConversation(conversation.id, 0).encode())
    await other.look()
    assert WORDS not in other.page.text
    await other.command("mesdonnees")
    assert WAITS in other.text
    await two.delivered(zoe)
    await other.look()
    await two.forge(other, "press", payload=await it_was_me(two, other))
    await other.look()
    assert WAITS in other.text, "it cannot confirm itself"
    async with other.browser.get(f"{two.root}/c/{other.person_id}/events?waits=1") as stream:
        await zoe.look()
        await press_it_was_me(two, zoe, other)
        assert zoe.text.startswith("Confirmed: Firefox, Android shows everything now.")
        await two.delivered(zoe)
        async with asyncio.timeout(5):
            while "event: confirmed" not in (await stream.content.readline()).decode():
                pass
    assert WORDS in await read(other)


@on_one_engine
async def test_a_first_page_beside_a_chat_waits_for_a_press_there(two: Gathering) -> None:
    telegram = await two.join("Zoé", "telegram")
    await confide(telegram)
    zoe = await number(two.world, "Zoé")
    await telegram.command("comptes")
    await telegram.press("Get a new code")
    link = re.search(r"/p/(\S+)", telegram.text)
    assert link
    page = await open_elsewhere(two, link[1])
    assert page.person_id == str(zoe)
    await two.delivered(telegram)
    told = [each for each in telegram.pushed if TOLD in each]
    assert len(told) == 1
    assert "An account was added: Personal page" in told[0]
    assert WAITS in await read(page)
    await page.command("lier")
    assert WAITS in page.text, "an account that were added from here would read it"
    await page.command("comptes")
    await page.press("Get a new code")
    assert WAITS in page.text
    await press_it_was_me(two, telegram, page)
    assert WORDS in await read(page)


@on_one_engine
async def test_who_has_no_other_way_confirms_by_their_code_or_waits_a_day(two: Gathering) -> None:
    code = await two.invite("Zoé")
    zoe = two.visitor()
    await zoe.follow(f"j-{code}")
    await confide(zoe)
    links = [await two.page_link_of(zoe) for _again in range(2)]
    await choose_in_menu(zoe, "Close my page on this device")
    first = await open_elsewhere(two, links[0])
    assert WAITS in await read(first)
    await first.press("Enter my code")
    await first.fill("ABCD-EFGH-JKLM")
    assert "This is not the code of your latest invitation." in first.text
    await first.press("Try again")
    await first.fill(code)
    assert first.text.startswith("Confirmed:")
    assert WORDS in await read(first)
    await choose_in_menu(first, "Close my page on this device")
    second = await open_elsewhere(two, links[1])
    await two.wait(hours=23)
    assert WAITS in await read(second)
    await two.wait(hours=1)
    assert WORDS in await read(second)


@on_one_engine
async def test_help_and_writing_in_confidence_never_wait(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await confide(zoe)
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await two.wait(minutes=1)
    await other.command("urgence")
    assert "112" in other.text
    await other.send("help me, he hits me")
    assert "If you are in danger, call 112." in other.text
    await other.press("Send it")
    await other.press("Without my name")
    assert other.text.startswith("Sent to Ada")
    now, person = two.world.clock.now(), int(zoe.person_id)
    assert len(await two.world.read(store.conversations_of_author, person)) == 2, "one of its own, as it is new here"
    await two.world.change(service.begin_check, person, EVERYONE, now, drill=False)
    await two.delivered(other)
    await other.press("I need help")
    assert "The organisers are told that you need help." in other.text


@on_one_engine
async def test_the_answer_to_what_was_written_in_a_new_browser_is_read_there(two: Gathering) -> None:
    telegram = await two.join("Zoé", "telegram")  # on the phone that is lost
    await confide(telegram)
    await telegram.command("comptes")
    await telegram.press("Get a new code")
    link = re.search(r"/p/(\S+)", telegram.text)
    assert link
    page = await open_elsewhere(two, link[1])
    assert WAITS in await read(page)
    await two.wait(minutes=1)
    await confide(page, "My phone is gone")
    await _answer_as_ada(two, page, "My phone is gone", "I come at once")
    await two.delivered(page)
    await page.press("Read")
    assert "I come at once" in page.text
    assert "My phone is gone" in page.text
    assert WORDS not in page.page.text
    assert "I come at once" in await read(page)
    await two.wait(minutes=1)
    await confide(telegram, "Words on the phone")
    on_the_phone = await _answer_as_ada(two, page, "Words on the phone", "An answer to the phone")
    told = await read(page)
    assert "I come at once" in told
    assert "Words on the phone" not in told
    assert "An answer to the phone" not in told
    await telegram.command("confiance")
    await cast("ChatDriver", telegram).act(on_the_phone)
    assert WORDS in telegram.text, "what is written elsewhere goes on where it was"
    assert "An answer to the phone" in telegram.text
    assert "My phone is gone" not in telegram.text
    await telegram.command("confiance")
    await press_it_was_me(two, telegram, page)
    await confide(page, "Back again")
    assert await _containing(two, page, "Back again") in await two.world.read(
        store.conversations_of_author, int(page.person_id)
    )
    assert len(await two.world.read(store.conversations_of_author, int(page.person_id))) == 2


async def _containing(gathering: Gathering, author: WebChat, words: str) -> Conversation:
    """The conversation that somebody began in which these words are."""
    person = int(author.person_id)
    for conversation in await gathering.world.read(store.conversations_of_author, person):
        if any(words in each.words for each in await gathering.world.read(store.messages, conversation, person)):
            return conversation
    raise AssertionError(f"no conversation has «{words}»")


async def _answer_as_ada(gathering: Gathering, author: WebChat, words: str, answer: str) -> str:
    """Let Ada answer where somebody wrote these words; the payload of the button that opens that conversation."""
    conversation = await _containing(gathering, author, words)
    ada, now = await number(gathering.world, "Ada"), gathering.world.clock.now()
    await gathering.world.change(service.write, conversation, ada, answer, now)
    return OpenConversation(conversation.id, 0).encode()


@on_one_engine
async def test_a_bait_written_in_a_new_browser_gets_no_answers_to_what_was_written_elsewhere(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await confide(zoe)
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await confide(other, "A bait")
    hers = await _answer_as_ada(two, zoe, WORDS, "About every evening: come to me")
    bait = await _answer_as_ada(two, zoe, "A bait", "Pardon?")
    told = await read(other)
    assert "Pardon?" in told
    for payload in (hers, bait):
        await two.forge(other, "press", payload=payload)
        await other.look()
        assert "every evening" not in other.page.text
    await confide(zoe, "Thank you")
    await two.forge(zoe, "press", payload=hers)
    await zoe.look()
    assert "Thank you" in zoe.text
    assert "A bait" not in zoe.text


@on_one_engine
@pytest.mark.parametrize("way", ["words", "button"])
async def test_what_is_written_elsewhere_goes_into_no_conversation_of_a_new_browser(two: Gathering, way: str) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await confide(other, "A bait")
    await zoe.look()
    if way == "words":
        await zoe.press("Read the conversation")
        await zoe.send(WORDS)
        await zoe.press("Send it")
    else:
        await zoe.press("Write on")
        await zoe.fill(WORDS)
    assert zoe.text.startswith("Sent to Ada")
    bait, hers = await _containing(two, zoe, "A bait"), await _containing(two, zoe, WORDS)
    assert bait.id != hers.id
    assert (hers.trusted_id, hers.anonymous) == (bait.trusted_id, bait.anonymous)
    await two.forge(other, "press", payload=OpenConversation(bait.id, 0).encode())
    await other.look()
    await other.press("Write on")
    await other.fill("And?")
    assert await _containing(two, zoe, "And?") == bait
    await _answer_as_ada(two, zoe, WORDS, "Come to me at once")
    for conversation in (bait, hers):
        await two.forge(other, "press", payload=OpenConversation(conversation.id, 0).encode())
        await other.look()
        assert "A bait" in other.page.text
        assert "at once" not in other.text
    assert WORDS not in other.page.text


@on_one_engine
@pytest.mark.parametrize("way", ["typed", "without a script"])
async def test_what_is_pressed_in_a_new_browser_turns_no_confidence_into_an_idea(two: Gathering, way: str) -> None:
    words = "On Tuesday Paul was in the kitchen of the library until ten"
    zoe, _max = await two.join_page("Zoé"), await two.join_page("Max")
    await two.start_phase("Zoé", "Max")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await confide(zoe)
    await zoe.press("Read the conversation")
    await other.command("moi")
    await zoe.look()  # as her page does by itself
    if way == "typed":
        await zoe.send(words)
    else:
        await two.forge(zoe, "say", text=words)
        await zoe.look()
    assert zoe.text.startswith("Send this to Ada, in confidence?")
    assert not (await two.rows())["ideas"]
    await other.send("A garden on the roof of the library")
    assert other.text.startswith("Your idea is noted."), "its own screen is another one"
    await other.command("confiance")
    await zoe.command("moi")
    await zoe.send(words)
    assert zoe.text.startswith("2 ideas")
    await other.send("Paul was there, too")
    assert "in confidence" in other.text


@on_one_engine
async def test_a_new_browser_sends_nothing_that_was_written_elsewhere(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await zoe.send("help me, Ada hits me")
    await other.look()
    assert "I have shown this message to nobody." not in other.page.text, "that is asked where it was written"
    ada, person = await number(two.world, "Ada"), int(zoe.person_id)
    await confide(other, "a bait")
    bait = await _containing(two, zoe, "a bait")
    of_hers = (
        ChooseWhom(_ANY_NUMBER, 0),
        SendTo(ada, _ANY_NUMBER, 0),
        SendNow(ada, False, _ANY_NUMBER, 0),
        SendHere(bait.id, _ANY_NUMBER, 0),
    )
    for action in of_hers:
        await two.forge(other, "press", payload=action.encode())
        await other.look()
        assert GONE in other.text, "whom they are for is her choice"
    await other.send("help me, another bait")
    await two.forge(other, "press", payload=SendNow(ada, False, _ANY_NUMBER, 0).encode())
    await other.look()
    assert other.text.startswith("Sent to Ada"), "what was written there goes, and nothing else"
    waiting = await two.world.read(store.all_waiting_words, person, 0, _ANY_NUMBER)
    assert list(waiting.values()) == ["help me, Ada hits me"]


@on_one_engine
async def test_words_that_wait_go_together_whatever_is_written_in_a_new_browser_between(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    for chat, words in ((zoe, "help me, he hits me"), (other, "help me, a bait"), (zoe, "room 12, second floor")):
        await two.wait(seconds=5)
        await chat.send(words)
    await zoe.press("Send them")
    await zoe.press("Without my name")
    told = await read(zoe)
    assert "he hits me" in told
    assert "room 12" in told
    assert "a bait" not in told


@on_one_engine
async def test_words_that_wait_are_sent_in_their_browser_once_a_day_has_passed(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    own = await open_elsewhere(two, await two.page_link_of(zoe))
    await two.wait(hours=23, minutes=59)
    await own.send("help me, he hits me")
    await two.wait(minutes=2)
    await own.press("In confidence, to Ada")
    await own.press("Without my name")
    assert own.text.startswith("Sent to Ada")


@on_one_engine
async def test_a_new_browser_gives_words_that_were_written_elsewhere_to_nothing_that_shows_them(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await zoe.send("help me, he hits me")
    for listener in ("team", "idea"):
        await two.forge(other, "press", payload=TakeWords(listener, _ANY_NUMBER, 0).encode())
        await other.look()
        assert GONE in other.text
    await other.command("mesquestions")
    assert "he hits me" not in other.page.text
    await zoe.look()
    await two.forge(zoe, "press", payload=SendNow(await number(two.world, "Ada"), True, _ANY_NUMBER, 0).encode())
    assert "he hits me" in await read(zoe)


@on_one_engine
async def test_a_new_browser_forgets_only_words_that_were_written_there(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await zoe.send("help me, he hits me")
    await other.send("help me, a bait")
    person = int(zoe.person_id)
    await two.forge(other, "press", payload=ForgetWords(_ANY_NUMBER, 0).encode())
    await other.look()
    assert other.text.startswith("Only what you wrote in this browser is forgotten.")
    waiting = await two.world.read(store.all_waiting_words, person, 0, _ANY_NUMBER)
    assert list(waiting.values()) == ["help me, he hits me"]
    await zoe.look()
    await two.forge(zoe, "press", payload=ForgetWords(_ANY_NUMBER, 0).encode())
    assert not await two.world.read(store.all_waiting_words, person, 0, _ANY_NUMBER)


@on_one_engine
async def test_a_new_browser_does_not_read_what_is_answered_to_its_owner_in_confidence(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await two.wait(minutes=1)
    async with other.browser.get(f"{two.root}/c/{other.person_id}/events?after=0") as stream:
        await confide(zoe)
        await zoe.command("confiance")
        assert "With Ada" in zoe.buttons
        last = await two.world.read(page_store.latest_revision, int(zoe.person_id))
        told = ""
        async with asyncio.timeout(5):
            while f"id: {last}" not in told:
                told += (await stream.content.readline()).decode()
    await other.look()
    for words in (told, other.page.text, " ".join(other.buttons)):
        assert "With Ada" not in words
        assert "Sent to Ada" not in words


async def _trusted_in_two_browsers(gathering: Gathering) -> tuple[WebChat, WebChat]:
    """Ada, who is a trusted person, in a browser of hers, and whoever has a link of hers in another one."""
    ada = gathering.visitor()
    person, now = await number(gathering.world, "Ada"), gathering.world.clock.now()
    links = [
        await gathering.world.store.transact(lambda tx: secret_store.issue(tx, "page", person, now))
        for _each in range(2)
    ]
    await ada.open_link(links[0])
    for browser in await gathering.world.read(browser_store.of_person, person, now):
        await gathering.world.change(browser_store.confirm, person, browser.id, now)
    return ada, await open_elsewhere(gathering, links[1])


async def test_who_confides_in_somebody_is_not_named_in_a_new_browser_of_theirs(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await zoe.command("confiance")
    await zoe.press("Write to Ada")
    await zoe.press("With my name")
    await zoe.fill(WORDS)
    ada, other = await _trusted_in_two_browsers(two)
    await two.wait(minutes=1)
    await ada.command("confiance")
    assert "Zoé" in " ".join(ada.buttons)
    await other.look()
    assert "Zoé" not in str(other.page), "what she reads in her browser is not shown there"
    (conversation,) = await two.world.read(store.conversations_of_author, int(zoe.person_id))
    opened = (OpenConversation(conversation.id, 0), WriteMore(conversation.id), SendHere(conversation.id, 1, 1))
    for action in opened:
        await two.forge(other, "press", payload=action.encode())
        await two.forge(other, "say", text="Who is it that I talk to")
        await other.look()
        assert "Zoé" not in str(other.page)
    written = WriteMore(conversation.id).encode()
    await two.forge(other, "submit", payload=written, answer_words="Tell me again")
    await other.look()
    assert WAITS in other.text
    assert "Tell me again" not in await read(zoe), "nobody asks in her name"


@on_one_engine
async def test_a_new_browser_does_not_push_the_warning_off_the_page(
    two: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_store, "KEPT_OF_NEW_BROWSERS", 8)
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await two.delivered(zoe)
    for _each in range(page_store.KEPT_OF_NEW_BROWSERS + 2):
        await two.forge(other, "say", text="ok")
    excerpt = await two.world.read(page_store.latest, int(zoe.person_id), page_store.KEPT)
    assert any("opened in another browser" in str(each.view.lines) for each in excerpt.messages)
    in_new = [each for each in excerpt.messages if each.answered_in]
    assert len(in_new) == page_store.KEPT_OF_NEW_BROWSERS


@on_one_engine
async def test_who_opens_a_link_on_and_on_does_not_flood_its_owner(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    telegram = await two.linked(zoe, "Zoé", "telegram")
    link = await two.page_link_of(zoe)
    for _each in range(browsers.MOST_WARNINGS + 3):
        await open_and_close(two, link)
    await two.delivered(zoe, telegram)
    told = [each for each in telegram.pushed if TOLD in each]
    assert len(told) == browsers.MOST_WARNINGS
    assert ["keeps being opened elsewhere" in each for each in told].count(True) == 1
    await two.wait(minutes=11)
    await open_elsewhere(two, link)
    await two.delivered(telegram)
    assert len([each for each in telegram.pushed if TOLD in each]) == browsers.MOST_WARNINGS + 1


async def _opening(gathering: Gathering, author: WebChat) -> str:
    """The payload of the button that opens somebody's conversation."""
    conversation = (await gathering.world.read(store.conversations_of_author, int(author.person_id)))[0]
    return OpenConversation(conversation.id, 0).encode()


@on_one_engine
async def test_the_code_beside_a_link_confirms_no_browser_of_somebody_who_can_say_so_elsewhere(two: Gathering) -> None:
    telegram = await two.join("Zoé", "telegram")
    await confide(telegram)
    code, link = await get_new_code(telegram)
    page = await open_elsewhere(two, link)
    assert "press “It was me” elsewhere: Telegram" in await read(page)
    assert "Enter my code" not in page.buttons
    await two.forge(page, "submit", payload=EnterOwnCode().encode(), answer_invitation=code)
    await page.look()
    assert WAITS in page.text
    assert WORDS not in await read(page)


@on_one_engine
async def test_only_the_present_code_confirms_a_browser(two: Gathering) -> None:
    first = await two.invite("Zoé")
    zoe = two.visitor()
    await zoe.follow(f"j-{first}")
    await zoe.command("comptes")
    code, link = await get_new_code(zoe)
    await choose_in_menu(zoe, "Close my page on this device")
    page = await open_elsewhere(two, link)
    await page.command("mesdonnees")
    await page.press("Enter my code")
    await page.fill(first)
    assert "This is not the code of your latest invitation." in page.text
    await page.press("Try again")
    await page.fill(code)
    assert page.text.startswith("Confirmed:")


async def _id_of(gathering: Gathering, chat: WebChat, words: str) -> str:
    """The id of the message on somebody's page that has these words; the last of several."""
    excerpt = await gathering.world.read(page_store.latest, int(chat.person_id))
    return str([each.id for each in excerpt.messages if words in str(each.view.lines)][-1])


@on_one_engine
async def test_nothing_pressed_in_a_new_browser_takes_a_message_off_the_page(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await zoe.send("help me, he hits me")
    assert "In confidence, to Ada" in zoe.text + " ".join(zoe.buttons)
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await two.delivered(zoe, other)
    warning, question = (
        await _id_of(two, zoe, "opened in another browser"),
        await _id_of(two, zoe, "shown this message"),
    )
    for message in (warning, question):
        assert await two.forge(other, "press", payload=ShowAccounts().encode(), message=message) == 200
    await zoe.look()
    shown = " ".join(two.shown(zoe))
    assert TOLD in shown
    assert "I have shown this message to nobody." in shown
    assert "In confidence, to Ada" in zoe.page.text
    assert "It was not me" in zoe.page.text


@on_one_engine
async def test_a_press_replaces_only_the_message_that_offers_it(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await open_elsewhere(two, await two.page_link_of(zoe))
    await two.delivered(zoe)
    await zoe.command("reglages")
    warning = await _id_of(two, zoe, "opened in another browser")
    assert await two.forge(zoe, "press", payload=Go("aide").encode(), message=warning) == 200
    await zoe.look()
    assert any(TOLD in said for said in two.shown(zoe))
    assert await two.forge(zoe, "press", payload=ShowAccounts().encode(), message=warning) == 200
    await zoe.look()
    assert not any(TOLD in said for said in two.shown(zoe)), "what it offers replaces it in a browser of its owner"


@on_one_engine
async def test_a_new_browser_marks_nothing_as_seen(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await two.delivered()

    async def seen() -> bool:
        messages = (await two.world.read(page_store.latest, int(other.person_id))).messages
        return next(each.seen for each in messages if "opened in another browser" in str(each.view.lines))

    await other.look()
    assert await two.forge(other, "seen", revision="999") == 204
    assert not await seen(), "its owner's browsers ring for it"
    await zoe.look()
    assert await seen()


@on_one_engine
async def test_a_new_browser_does_not_show_what_is_asked_about_it(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await two.delivered(zoe, other)
    await other.look()
    assert TOLD not in other.page.text
    await open_elsewhere(two, await two.page_link_of(zoe))
    await two.delivered(zoe, other)
    await other.look()
    assert TOLD in other.page.text, "another one is news here too"
    await zoe.look()
    assert zoe.page.text.count(TOLD) == 2


async def test_a_new_browser_reads_no_code_and_no_document_that_its_owner_gets(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await zoe.command("mesdonnees")
    await two.delivered(zoe)
    files = [each["href"] for each in zoe.page.walk() if "/file/" in each.get("href", "")]
    assert len(files) == 2
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await zoe.command("lier")
    code = re.search(r"Your code: (\S+)", zoe.text)
    assert code
    await other.look()
    assert code[1] not in other.page.text, "it would add an account that reads everything"
    assert not [each for each in other.page.walk() if "/file/" in each.get("href", "")]
    for address in files:
        async with other.browser.get(urljoin(f"{two.root}/c/{other.person_id}/", address)) as response:
            assert response.status == 404
        async with zoe.browser.get(urljoin(f"{two.root}/c/{zoe.person_id}/", address)) as response:
            assert response.status == 200


@on_one_engine
@pytest.mark.parametrize(("locale", "words"), [("fr", "Ce navigateur est nouveau."), ("de", "Dieser Browser ist neu.")])
async def test_it_is_said_in_the_reader_s_language(two: Gathering, locale: str, words: str) -> None:
    zoe = await two.join_page("Zoé", locale=locale)
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await other.command("confiance")
    assert words in other.text


@on_one_engine
async def test_a_post_begun_before_its_page_was_closed_is_not_handled_after_it(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await confide(zoe)
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    conversation = (await two.world.read(store.conversations_of_author, int(zoe.person_id)))[0]
    async with (
        two.posting(other, "press", payload=OpenConversation(conversation.id, 0).encode()) as read_it,
        two.posting(other, "call", word="moi") as speak,
        two.posting(other, "press", payload=erase.to(conversation.id).encode()) as erase_it,
    ):
        await zoe.command("comptes")
        await zoe.press("Close in Firefox, Android")
        for finish in (read_it, speak, erase_it):
            answer = await finish()
            assert answer.startswith("HTTP/1.1 404 ")
            assert "You" not in answer
    assert WORDS in await read(zoe)


@on_one_engine
async def test_an_answer_in_confidence_is_read_nowhere_but_on_the_page(
    two: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session ends while the answer is being made, as by a press in another program of the same gathering."""
    zoe = await two.join_page("Zoé")
    await confide(zoe)
    answer = PageConversation.answer

    async def close_and_answer(conversation: PageConversation, person: int, *args: Any, **named: Any) -> int | None:
        await two.world.change(secret_store.revoke, person, "session")
        return await answer(conversation, person, *args, **named)

    monkeypatch.setattr(PageConversation, "answer", close_and_answer)
    await zoe.press("Read the conversation")
    assert zoe.status == 410
    assert "Received. To see it, open your page again" in zoe.page.text
    assert WORDS not in zoe.page.text


async def test_a_new_browser_takes_no_way_in_away(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    telegram = await two.linked(zoe, "Zoé", "telegram")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    for label in ("Remove Telegram", "Remove this page"):
        await other.command("comptes")
        await other.press(label)
        assert WAITS in other.text
    person = int(zoe.person_id)
    for account in await two.world.read(participant_store.accounts_of, person):
        await two.forge(other, "press", payload=remove.to(account.id or 0).encode())
    secret = (await two.world.read(browser_store.of_person, person, two.world.clock.now()))[0]
    hers = await two.world.read(browser_store.sessions_in, person, secret.id)
    subscription = device_store.Subscription("https://push.example.org/hers", "key", "shared")
    now = two.world.clock.now()
    await two.world.change(device_store.put, person, hers[0], subscription, "", now, shows_text=True)
    (device,) = await two.world.read(device_store.of_person, person)
    await two.forge(other, "press", payload=end_device.to(device.id).encode())
    assert len(await two.world.read(device_store.of_person, person)) == 1
    await telegram.command("comptes")
    assert "Telegram" in telegram.text
    assert "Personal page" in telegram.text
    await two.delivered(telegram)
    await press_it_was_me(two, telegram, other)
    await other.command("comptes")
    await other.press("Turn off in a browser")
    assert not await two.world.read(device_store.of_person, person)
    await other.press("Remove Telegram")
    await other.press("Remove it")
    assert "Removed: Telegram" in other.text


@on_one_engine
async def test_an_organiser_s_new_browser_gives_out_no_way_in(two: Gathering) -> None:
    ines = await two.organiser_page()
    await two.world.invite("Max")
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(ines))
    for payload in (remake.to(), set_role.to(int(zoe.person_id), True), revoke.to(int(ines.person_id))):
        await two.forge(other, "press", payload=payload.encode())
        await other.look()
        assert WAITS in other.text
        assert "/file/" not in str(other.page)
    await two.forge(
        other, "submit", payload=describe.to(int(zoe.person_id)).encode(), languages="French", hours="always"
    )
    assert [each.given_name for each in await two.world.read(store.trusted_people)] == ["Ada"]
    found = await two.world.read(participant_store.find, int(zoe.person_id))
    assert found
    assert not found.organises
    await two.person_card(ines, "Max")
    await ines.press("New invitation")
    await ines.press("New invitation")
    code = re.search(r"Code: (\S+)", ines.text)
    assert code, "in her own browser it is made as ever"
    await other.look()
    assert code[1] not in other.page.text
    assert other.text.startswith(WAITS)


async def test_a_new_browser_undoes_nothing_that_took_a_way_in_away(two: Gathering) -> None:
    ines = await two.organiser_page()
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(ines))
    await two.person_card(ines, "Zoé")
    await ines.press("Revoke")
    await ines.press("Revoke")
    undo = next(button for button in ines.buttons if button.startswith("Undo"))
    await other.look()
    assert undo not in other.buttons
    await two.forge(other, "press", payload=Undo((await two.rows())["journal"][-1]["id"]).encode())
    await other.look()
    assert WAITS in other.text
    await zoe.look()
    assert zoe.status == 404
    await ines.look()
    await cast("ChatDriver", ines).act(Undo.code)
    assert ines.text.startswith("Undone:")
    await zoe.look()
    assert zoe.status == 200


@on_one_engine
async def test_a_new_browser_erases_nothing_for_good(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    await confide(zoe)
    person = int(zoe.person_id)
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    (conversation,) = await two.world.read(store.conversations_of_author, person)
    await two.forge(other, "press", payload=erase.to(conversation.id).encode())
    for way in ("effacer", "erase"):
        await other.command(way)
        assert WAITS in other.text
    await other.send("Erase my data")
    assert WAITS in other.text
    minute = int(two.world.clock.now().timestamp()) // 60
    for payload in (ask_again.to(True), erase_now.to(True, minute)):
        await two.forge(other, "press", payload=payload.encode())
        await other.look()
        assert WAITS in other.text
    assert WORDS in await read(zoe)
    await two.delivered(zoe)
    await zoe.look()
    await press_it_was_me(two, zoe, other)
    await other.command("effacer")
    await other.press("Erase my texts too")
    await other.press("Yes, erase me")
    assert other.status == 410


@on_one_engine
async def test_an_organiser_s_new_browser_gives_no_workshops_and_ends_no_trust(two: Gathering) -> None:
    ines = await two.organiser_page()
    max_ = await two.join_page("Max")
    other = await open_elsewhere(two, await two.page_link_of(ines))
    ada, person = await number(two.world, "Ada"), int(max_.person_id)
    await two.forge(other, "press", payload=end.to(ada, True).encode())
    await other.look()
    assert WAITS in other.text
    assert [each.given_name for each in await two.world.read(store.trusted_people)] == ["Ada"]
    everyone = EVERYONE.encode()
    await two.forge(other, "pick", choice=set_facilitator.seeing().to(person).encode(), value=everyone)
    await other.look()
    assert WAITS in other.text
    assert not await two.world.read(facilitator_store.of_person, person)


@pytest.fixture
def three_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """So much may somebody write in confidence in an hour, and so much may wait: each takes a page to be drawn."""
    assert min(MOST_AN_HOUR, MOST_WAITING) > 3
    monkeypatch.setattr(service, "MOST_AN_HOUR", 3)
    monkeypatch.setattr(trust_words, "MOST_WAITING", 3)


@on_one_engine
@pytest.mark.usefixtures("three_at_most")
async def test_who_writes_on_and_on_in_a_new_browser_silences_nobody(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    for each in range(3):
        await confide(other, f"bait {each}")
        assert other.text.startswith("Sent to Ada")
    await confide(other, "one bait too many")
    assert not other.text.startswith("Sent to Ada")
    for each in range(3 + 1):
        await other.send(f"help me, he hits me, bait {each}")
    assert "I could not keep this message" in other.text
    await confide(zoe)
    assert zoe.text.startswith("Sent to Ada")
    await zoe.command("aide")
    await zoe.send("help me, he hits me")
    assert "I have shown this message to nobody." in zoe.text


@on_one_engine
async def test_wrong_codes_in_one_new_browser_keep_nobody_from_another(two: Gathering) -> None:
    code = await two.invite("Zoé")
    zoe = two.visitor()
    await zoe.follow(f"j-{code}")
    links = [await two.page_link_of(zoe) for _again in range(2)]
    await choose_in_menu(zoe, "Close my page on this device")
    thief = await open_elsewhere(two, links[0])
    await thief.command("mesdonnees")
    await thief.press("Enter my code")
    for _again in range(attempt_store.TRIES):
        await thief.fill("ABCD-EFGH-JKLM")
        await thief.press("Try again")
    await thief.fill("ABCD-EFGH-JKLM")
    assert "you can try again" in thief.text
    own = await open_elsewhere(two, links[1])
    await own.command("mesdonnees")
    await own.press("Enter my code")
    await own.fill(code)
    assert own.text.startswith("Confirmed:")


@on_one_engine
async def test_a_new_browser_that_sends_slowly_keeps_its_owner_from_nothing(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    async with AsyncExitStack() as slow:
        for _each in range(AT_ONCE - 1):  # one is left, by which the other page is looked at
            await slow.enter_async_context(two.posting(other, "say", text="slow"))
        last = asyncio.create_task(slow.enter_async_context(two.posting(other, "say", text="slow")))
        await asyncio.sleep(0.2)
        try:
            async with asyncio.timeout(5):
                await zoe.look()
                await zoe.command("comptes")
                await zoe.press("Close in Firefox, Android")
        finally:
            last.cancel()
            await asyncio.gather(last, return_exceptions=True)
        assert "Your page is closed in Firefox, Android." in zoe.text


@on_one_engine
async def test_pages_open_in_new_browsers_displace_none_of_their_owner(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    async with AsyncExitStack() as streams:
        hers = await streams.enter_async_context(zoe.browser.get(f"{two.root}/c/{zoe.person_id}/events"))
        theirs = [
            await streams.enter_async_context(other.browser.get(f"{two.root}/c/{other.person_id}/events"))
            for _each in range(two.world.settings.limits.streams + 1)
        ]
        async with asyncio.timeout(5):
            assert "event: elsewhere" in (await theirs[0].read()).decode()
            await zoe.command("aide")
            last = await two.world.read(page_store.latest_revision, int(zoe.person_id))
            told = ""
            while f"id: {last}" not in told:
                told += (await hers.content.readline()).decode()
        assert "event: elsewhere" not in told


@on_one_engine
@pytest.mark.parametrize("by", ["somebody else", "herself"])
async def test_opening_a_link_changes_nothing_of_where_words_go_that_are_written_elsewhere(
    two: Gathering, by: str
) -> None:
    words = "On Tuesday Paul was in the kitchen of the library until ten"
    zoe, _max = await two.join_page("Zoé"), await two.join_page("Max")
    await two.start_phase("Zoé", "Max")
    link = await two.page_link_of(zoe)
    laptop = await open_elsewhere(two, link)
    if by == "herself":
        await two.delivered(zoe)
        await zoe.look()
        await press_it_was_me(two, zoe, laptop)
    await confide(zoe)
    await zoe.press("Read the conversation")
    await (laptop if by == "herself" else two.visitor()).open_link(link)
    await zoe.look()
    await zoe.send(words)
    assert zoe.text.startswith("Send this to Ada, in confidence?")
    await begin_check(two)
    await two.delivered(zoe)
    await zoe.press("I need help")
    await laptop.open_link(link)
    await zoe.look()
    await zoe.send("Behind the station, second door")
    assert "on the organisers' list" in zoe.text
    assert not (await two.rows())["ideas"]


async def begin_check(gathering: Gathering) -> SafetyCheck:
    """Ask everybody whether they are safe."""
    ada, now = await number(gathering.world, "Ada"), gathering.world.clock.now()
    check = await gathering.world.change(service.begin_check, ada, EVERYONE, now, drill=False)
    assert check
    return check


@on_one_engine
async def test_it_was_not_me_closes_every_browser_that_was_never_confirmed(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    telegram = await two.linked(zoe, "Zoé", "telegram")
    link = await two.page_link_of(zoe)
    laptop = await open_elsewhere(two, link)
    await two.delivered(telegram)
    await press_it_was_me(two, telegram, laptop)
    old = await open_elsewhere(two, link)
    await two.wait(hours=25)
    one = await open_elsewhere(two, link)
    told = await it_was_me(two, one)
    other = await open_elsewhere(two, link)
    await two.delivered(telegram)
    await telegram.press("It was not me")
    assert "It is also closed in 2 other browsers that you never confirmed." in telegram.text
    for chat, status in ((zoe, 200), (laptop, 200), (old, 404), (one, 404), (other, 404)):
        await chat.look()
        assert chat.status == status
    third = await open_elsewhere(two, link)
    await cast("ChatDriver", telegram).act(told)
    assert "Your page is no longer open there." in telegram.text
    assert "Get a new code" in telegram.buttons
    await cast("ChatDriver", telegram).act(told.replace(ConfirmBrowser.code, CloseBrowser.code))
    assert telegram.text.startswith("Your page is no longer open there.")
    await third.look()
    assert third.status == 404, "whoever opened that one may have opened it"


@on_one_engine
async def test_a_new_browser_closes_none_that_is_new_as_well(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    own, thief = await open_elsewhere(two, link), await open_elsewhere(two, link)
    payload = (await it_was_me(two, thief)).replace(ConfirmBrowser.code, CloseBrowser.code)
    await two.forge(own, "press", payload=payload)
    await own.look()
    assert WAITS in own.text
    await two.forge(thief, "press", payload=payload)
    for chat, status in ((thief, 404), (own, 200)):
        await chat.look()
        assert chat.status == status


@on_one_engine
async def test_a_new_code_closes_the_browsers_that_are_new(two: Gathering) -> None:
    telegram = await two.join("Zoé", "telegram")
    _code, link = await get_new_code(telegram)
    thief = await open_elsewhere(two, link)
    await get_new_code(telegram)
    await thief.look()
    assert thief.status == 404


@on_one_engine
async def test_a_new_browser_ends_no_part_of_its_owner_and_keeps_them_from_being_told_of_nothing(
    two: Gathering,
) -> None:
    zoe = await two.join_page("Zoé")
    await two.linked(zoe, "Zoé", "telegram")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    person = int(zoe.person_id)
    page = next(each for each in await two.world.read(participant_store.accounts_of, person) if each.is_page)
    before = (await two.rows())["participants"], (await two.rows())["accounts"]
    for words in ("/stop", "I am not coming", "I want to quit", "English please"):
        await other.send(words)
    for payload in (leave.to(), leave.ask.to(), PushPrivately(False), go_back_to.to("fr")):
        await two.forge(other, "press", payload=payload.encode())
        await other.look()
        assert WAITS in other.text
    for choice, value in (
        (prefer.to(), str(page.id)),
        (set_topics.to(), "team"),
        (set_kinds.to(), "day"),
        (set_language.to(), "de"),
    ):
        await two.forge(other, "pick", choice=choice.encode(), value=value)
        await other.look()
        assert WAITS in other.text
    assert ((await two.rows())["participants"], (await two.rows())["accounts"]) == before


@on_one_engine
async def test_a_new_browser_says_for_nobody_that_they_are_safe(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    check = await begin_check(two)
    await two.delivered(zoe, other)
    await other.look()
    await other.press("Yes, I am safe")
    assert WAITS in other.text
    await zoe.look()
    await two.forge(zoe, "press", payload=AnswerHelp(check.id).encode())
    await two.forge(other, "press", payload=AnswerSafe(check.id).encode())
    person = await two.world.read(store.answer_of, check.id, int(zoe.person_id))
    assert person
    assert person.answer == "help"
    await zoe.look()
    await zoe.send("Behind the station, second door")
    assert "on the organisers' list" in zoe.text


@on_one_engine
async def test_nobody_is_safe_who_asked_for_help_in_a_new_browser_since(two: Gathering) -> None:
    zoe, ines = await two.join_page("Zoé"), await two.organiser_page()
    link = await two.page_link_of(zoe)
    check = await begin_check(two)
    await two.delivered(zoe, ines)
    for chat in (zoe, ines):
        await two.forge(chat, "press", payload=AnswerSafe(check.id).encode())
    await two.wait(minutes=5)
    for _each in range(6):  # whoever holds her link, more often than the organisers are told
        await two.forge(await open_elsewhere(two, link), "press", payload=AnswerHelp(check.id).encode())
        await two.wait(seconds=5)
    own = await open_elsewhere(two, link)
    await two.forge(own, "press", payload=AnswerHelp(check.id).encode())
    await own.look()
    assert "The organisers are told that you need help." in own.text
    await two.forge(ines, "press", payload=f"sfl-{check.id}-all-0")
    await ines.look()
    assert "need help: 1" in ines.text
    assert "Everybody on the list is safe." not in ines.text
    assert (await two.world.read(service.list_for, check, None)).in_need == 1
    await ines.press("Without a group · 0/2")
    await ines.press("\u2068Zoé\u2069")
    assert (await two.world.read(service.list_for, check, None)).in_need == 0
    await two.delivered(ines)
    told = len([text for text in ines.pushed if "needs help" in text])
    await two.forge(own, "press", payload=AnswerHelp(check.id).encode())
    await two.delivered(ines)
    assert len([text for text in ines.pushed if "needs help" in text]) == told + 1


@on_one_engine
async def test_questions_from_a_new_browser_use_up_nothing_of_the_owner(two: Gathering) -> None:
    await two.organiser_page()
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    taken = 0
    for browser in range(3):
        thief = await open_elsewhere(two, link)
        for question in range(10):
            await thief.command("team")
            await thief.fill(f"Where is bus {browser}{question}, please?")
            taken += "The team has your question" in thief.text
            await two.wait(seconds=1)
    assert taken >= 20, "as many as others may be told of what one person does"
    await zoe.look()
    for button in ("I am not coming", "Yes, I give up my place", "I am coming after all"):
        if button == "I am not coming":
            await zoe.command("reglages")
        await zoe.press(button)
    assert zoe.text.startswith("Good to have you back")


@on_one_engine
async def test_what_is_said_in_a_new_browser_hides_no_place_of_its_owner(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    own, thief = await open_elsewhere(two, link), await open_elsewhere(two, link)
    check = await begin_check(two)
    for chat, place in ((zoe, "Behind the station"), (own, "Second door, upstairs")):
        await two.forge(chat, "press", payload=AnswerHelp(check.id).encode())
        await two.forge(chat, "say", text=place)
    await two.forge(thief, "press", payload=AnswerHelp(check.id).encode())
    for each in range(MOST_PLACES + 1):
        await two.wait(seconds=1)
        await two.forge(thief, "say", text=f"In the hotel bar, all is well {each}")
    places = (await two.rows())["safety_places"]
    assert len(places) == 2 + MOST_PLACES
    lines = plain_view(await two.world.read(draw_check, check))
    assert re.search(r"where, at \S+: Behind the station", lines)
    assert re.search(
        r"in a new browser, not confirmed yet, \S+: In the hotel bar, all is well 50 · \S+: Second door", lines
    )
    await two.delivered(zoe)
    await zoe.look()
    await press_it_was_me(two, zoe, thief)
    lines = plain_view(await two.world.read(draw_check, check))
    assert re.search(r"where, at \S+: In the hotel bar", lines), "what was said there is hers, then"


async def test_photos_and_the_alert_of_a_new_browser_are_marked_and_come_last(two: Gathering) -> None:
    ines, zoe = await two.organiser_page(), await two.join_page("Zoé")
    thief = await open_elsewhere(two, await two.page_link_of(zoe))
    check = await begin_check(two)
    for chat, words in ((zoe, "Behind the station"), (thief, "At the castle gate")):
        await two.forge(chat, "press", payload=AnswerHelp(check.id).encode())
        await chat.look()
        await chat.give(Upload("here.jpg", drawn("JPEG"), media_type="image/jpeg"), caption=words)
        await two.wait(minutes=3)
    await two.delivered(ines)
    await two.forge(ines, "press", payload=OpenPhotos(check.id, 0).encode())
    await ines.look()
    own, _mark, other = ines.text.partition(UNCONFIRMED.message)
    assert "Behind the station" in own
    assert "At the castle gate" in other
    marked = [UNCONFIRMED.message in said for said in two.shown(ines) if "needs help" in said]
    assert marked == [False]


@on_one_engine
async def test_an_alert_of_a_new_browser_is_marked(two: Gathering) -> None:
    ines, zoe = await two.organiser_page(), await two.join_page("Zoé")
    thief = await open_elsewhere(two, await two.page_link_of(zoe))
    check = await begin_check(two)
    await two.forge(thief, "press", payload=AnswerHelp(check.id).encode())
    await two.delivered(ines)
    assert [UNCONFIRMED.message in said for said in two.shown(ines) if "needs help" in said] == [True]


def plain_view(view: View) -> str:
    """The lines of a view as they are read in English; of what people wrote, their words."""
    reader = Reader("en", "Europe/Paris")
    return " ".join(plain(line, reader) for line in view.lines)


async def test_photos_in_a_new_browser_use_up_none_of_those_that_may_be_sent_elsewhere(
    two: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 4  # as twenty would be
    monkeypatch.setattr(answering, "MOST_PHOTOS", most)
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    own, thief = await open_elsewhere(two, link), await open_elsewhere(two, link)
    check = await begin_check(two)
    for chat, count in ((thief, most + 1), (own, 1), (zoe, 1)):
        await two.forge(chat, "press", payload=AnswerHelp(check.id).encode())
        await chat.look()
        for each in range(count):
            await chat.give(Upload(f"{each}.jpg", drawn("JPEG", size=(40 + each, 30)), media_type="image/jpeg"))
        assert ("I keep no more for now" in chat.text) == (chat is thief)


@on_one_engine
@pytest.mark.usefixtures("three_at_most")
async def test_who_writes_on_and_on_in_one_new_browser_silences_nobody_in_another(two: Gathering) -> None:
    """Zoé lost her phone, and is in a new browser herself."""
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    own, thief = await open_elsewhere(two, link), await open_elsewhere(two, link)
    for each in range(3):
        await confide(thief, f"bait {each}")
    for each in range(3 + 1):
        await two.forge(thief, "say", text=f"help me, he hits me, bait {each}")
    await confide(own, "My phone is gone, he is outside")
    assert own.text.startswith("Sent to Ada")
    await own.command("aide")
    await own.send("help me, he hits me")
    assert "I have shown this message to nobody." in own.text


@on_one_engine
async def test_all_new_browsers_together_send_several_times_what_one_may(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    me, now = int(zoe.person_id), two.world.clock.now()
    ada = await number(two.world, "Ada")
    for browser in range(browser_store.TOGETHER):
        for each in range(MOST_AN_HOUR):
            await two.world.change(
                service.write_to, me, ada, f"bait {each}", now, anonymous=True, browser=f"thief{browser}"
            )
    assert await two.world.read(service.can_write_from, me, now, "another")
    assert await two.world.read(service.can_write_from, me, now) is None


@on_one_engine
async def test_many_new_browsers_together_do_not_ring_on_and_on(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    me, ada = int(zoe.person_id), await number(two.world, "Ada")
    before = len((await two.rows())["deliveries"])

    async def write(browser: str, words: str) -> int:
        """Write in a browser; how often Ada was told."""
        now = two.world.clock.now()
        await two.world.change(service.write_to, me, ada, words, now, anonymous=True, browser=browser)
        return len((await two.rows())["deliveries"]) - before

    for browser in range(browser_store.TOGETHER - 1):
        told = [await write(f"thief{browser}", f"bait {each}") for each in range(MOST_AN_HOUR)]
    assert told[-1] == told[0], "she was told of many in this hour"
    assert await write("another", "He waits for me") == told[-1] + 1, "the first of a conversation is told"
    assert await write("", "I can write elsewhere, too") == told[-1] + 2


@pytest.mark.usefixtures("three_at_most")
async def test_who_erases_what_was_written_in_a_new_browser_can_write_at_once(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    for each in range(3):
        await confide(other, f"bait {each}")
    await two.wait(minutes=30)
    await zoe.command("confiance")
    await zoe.press("With Ada")
    await zoe.press("Erase it for both")
    await zoe.press("Yes, erase it")
    await confide(zoe, "He hits me, help")
    assert zoe.text.startswith("Sent to Ada")


@on_one_engine
@pytest.mark.parametrize("closed", [True, False])
async def test_nothing_goes_on_in_what_was_begun_in_a_browser_that_nobody_confirmed(
    two: Gathering, closed: bool
) -> None:
    zoe = await two.join_page("Zoé")
    telegram = await two.linked(zoe, "Zoé", "telegram")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await confide(other, "Leave me alone, I made it all up")
    await two.delivered(telegram)
    if closed:
        await telegram.press("It was not me")
    await confide(telegram, "He came again last night")
    assert await _containing(two, zoe, "I made it all up") != await _containing(two, zoe, "He came again")
    if not closed:
        await press_it_was_me(two, telegram, other)
        await choose_in_menu(other, "Close my page on this device")
        bait = await _containing(two, zoe, "I made it all up")
        assert await two.world.read(store.places_of, bait) == {""}, "it is hers for good"


@on_one_engine
async def test_a_person_of_trust_reads_that_who_writes_may_be_somebody_else(two: Gathering) -> None:
    warned = "Written in a new browser, not confirmed yet"
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    for name in ("With my name", "Without my name"):
        await other.command("confiance")
        await other.press("Write to Ada")
        await other.press(name)
        await other.fill(f"Where did we say we meet? {name}")
    ada, _thief = await _trusted_in_two_browsers(two)

    async def read_by_ada(words: str) -> str:
        conversation = await _containing(two, zoe, words)
        await two.forge(ada, "press", payload=OpenConversation(conversation.id, 0).encode())
        await ada.look()
        assert words in ada.text
        return ada.text

    assert warned in await read_by_ada("With my name")
    assert warned not in await read_by_ada("Without my name"), "who gives no name is nobody else"
    await two.delivered(zoe)
    await zoe.look()
    await press_it_was_me(two, zoe, other)
    assert warned not in await read_by_ada("With my name")


@on_one_engine
async def test_who_opens_a_link_on_and_on_pushes_no_warning_off_the_page(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    await open_elsewhere(two, link)
    await two.delivered(zoe)
    other = two.visitor(**{"User-Agent": FIREFOX})
    await other.open_link(link)
    for _each in range(3):
        await two.forge(other, "say", text="ok")
        await other.open_link(link)
    excerpt = await two.world.read(page_store.latest, int(zoe.person_id), page_store.KEPT)
    after = [each for each in excerpt.messages if not each.pushed][-4:]
    assert all(each.answered_in for each in after), "they take the place of what is said in new browsers only"


@on_one_engine
async def test_a_new_browser_neither_reads_nor_changes_the_telephone_number_of_its_owner(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    number_form = LeavePhone().encode()
    await two.forge(zoe, "submit", payload=number_form, answer_phone="+33 6 12 34 56 78")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    async with other.browser.get(f"{two.root}/c/{other.person_id}/form?payload={number_form}") as form:
        assert "12 34 56 78" not in await form.text()
    await two.forge(other, "submit", payload=number_form, answer_phone="+33 6 66 66 66 66")
    await other.look()
    assert WAITS in other.text
    assert await two.world.read(store.phone_of, int(zoe.person_id)) == "+33 6 12 34 56 78"


@on_one_engine
async def test_questions_to_the_team_in_a_new_browser_use_up_none_of_its_owner(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    for each in range(two.world.settings.limits.questions + 1):
        await other.command("equipe")
        await other.fill(f"question number {each} about the bus")
    assert "questions an hour" in other.text
    await zoe.command("equipe")
    await zoe.fill("Where do I get my insulin?")
    assert zoe.text.startswith("Your question is")
    assert "questions an hour" not in zoe.text


@on_one_engine
async def test_an_organiser_s_new_browser_begins_no_check_reads_none_and_closes_none(two: Gathering) -> None:
    ines, zoe = await two.organiser_page(), await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(ines))
    check = await begin_check(two)
    await two.delivered(zoe)
    await zoe.press("I need help")
    await zoe.give(Upload("here.jpg", drawn("JPEG"), media_type="image/jpeg"))
    for payload in (OpenCheck(check.id), close.ask.to(check.id), close.to(check.id), OpenPhotos(check.id, 0)):
        await two.forge(other, "press", payload=payload.encode())
        await other.look()
        assert WAITS in other.text
        assert "/picture/" not in str(other.page)
        assert "The list comes below" not in other.page.text
    assert await two.world.read(store.running_check)
    await two.forge(ines, "press", payload=close.to(check.id).encode())
    assert await two.world.read(store.running_check) is None
    await other.command("securite")
    assert "Ask everyone" not in other.buttons


@on_one_engine
async def test_a_new_browser_takes_no_call_of_its_group_back(two: Gathering) -> None:
    zoe, _max = await two.join_page("Zoé"), await two.join_page("Max")
    await two.start_phase("Zoé", "Max")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    call = next(payload for payload in two.of_the_group if payload.startswith(CallForHelp.code))
    await two.forge(zoe, "press", payload=call)
    await two.forge(other, "press", payload=call)
    await other.look()
    await other.press("We no longer need help")
    assert WAITS in other.text
    await zoe.look()
    await two.forge(zoe, "press", payload=call)
    await zoe.look()
    assert zoe.text.startswith("Your group already called")


@on_one_engine
async def test_a_question_for_a_code_that_was_opened_elsewhere_takes_nothing_that_is_no_code(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    check = await begin_check(two)
    await zoe.command("confiance")
    await other.send("my code")
    await zoe.send("Paul was in the kitchen again and waited for me")
    assert "Send this to Ada, in confidence?" in zoe.text
    assert "This is my answer" not in zoe.buttons
    await zoe.command("menu")
    await other.send("my code")
    await zoe.send("help me, he hits me")
    assert "I have shown this message to nobody." in zoe.text
    await two.forge(zoe, "press", payload=AnswerHelp(check.id).encode())
    await other.send("my code")
    await zoe.look()
    await zoe.send("Behind the station, second door")
    assert "on the organisers' list" in zoe.text
    await zoe.give(Upload("here.jpg", drawn("JPEG"), media_type="image/jpeg"))
    assert len((await two.rows())["safety_places"]) == 2


@on_one_engine
async def test_who_is_asked_for_a_code_cries_for_help_and_is_heard(two: Gathering) -> None:
    telegram = await two.join("Zoé", "telegram")
    await telegram.send("my code")
    assert telegram.text.startswith("The code of your invitation")
    await telegram.send("help me, he hits me")
    assert "I have shown this message to nobody." in telegram.text
    await telegram.send("ABCD-EFGH-JKLM")
    assert "This code does not work here" in telegram.text, "it is asked for all the same"


@on_one_engine
async def test_words_that_are_sent_from_a_new_browser_take_nothing_off_the_page_that_was_not_said_there(
    two: Gathering,
) -> None:
    zoe = await two.join_page("Zoé")
    way_out = "Leave the building by the north door at once"
    me, now = int(zoe.person_id), two.world.clock.now()
    await two.world.change(outbox.notify, me, View((Name(way_out),)), now, outbox.Telling.ANSWER)
    await zoe.send(way_out)
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await two.delivered(zoe)
    before = two.shown(zoe)
    for chat in (other, zoe):
        await chat.command("confiance")
        await chat.press("Write to Ada")
        await chat.press("Without my name") if "Without my name" in chat.buttons else None
        await chat.send(way_out)
        await chat.press("Send it")
        if "Without my name" in chat.buttons:
            await chat.press("Without my name")
        assert chat.text.startswith("Sent to Ada")
        await zoe.look()
        if chat is other:
            assert [each for each in before if each not in two.shown(zoe)] == []
    assert any(way_out in said for said in two.shown(zoe)), "what was sent to her stays"


async def test_who_closed_new_browsers_is_told_of_the_next_and_one_of_which_nobody_was_told_does_not_open(
    two: Gathering,
) -> None:
    zoe = await two.join_page("Zoé")
    telegram = await two.linked(zoe, "Zoé", "telegram")
    await confide(zoe)
    link = await two.page_link_of(zoe)
    for _each in range(browsers.MOST_WARNINGS):
        await open_and_close(two, link)
    untold = two.visitor(**{"User-Agent": FIREFOX})
    await untold.open_link(link)
    assert "If you do nothing, everything is shown here" not in await read(untold)
    await two.wait(hours=25)
    assert WAITS in await read(untold)
    await untold.open_link(link)
    await two.delivered(telegram)
    assert sum(TOLD in each for each in telegram.pushed) == browsers.MOST_WARNINGS + 1, "as the pause is over"
    for _each in range(browsers.MOST_WARNINGS):
        await open_and_close(two, link)
    await two.delivered(telegram)
    await telegram.press("It was not me")
    thief = await open_elsewhere(two, link)
    await two.delivered(telegram)
    assert sum(TOLD in each for each in telegram.pushed) == 1
    assert WAITS in await read(thief)


@on_one_engine
async def test_help_that_is_asked_for_in_a_new_browser_keeps_no_call_of_its_owner_from_being_announced(
    two: Gathering,
) -> None:
    ines, zoe = await two.organiser_page(), await two.join_page("Zoé")
    telegram = await two.linked(zoe, "Zoé", "telegram")
    link = await two.page_link_of(zoe)
    thief, own = await open_elsewhere(two, link), await open_elsewhere(two, link)
    check = await begin_check(two)
    call = AnswerHelp(check.id).encode()

    async def told(chat: WebChat) -> int:
        await two.forge(chat, "press", payload=call)
        await two.delivered(zoe, telegram, ines)
        await ines.look()
        return sum("needs help" in said for said in two.shown(ines))

    assert await told(thief) == 1
    lines = plain_view(await two.world.read(draw_check, check))
    assert re.search(r"help asked for at \S+, from a page not confirmed yet", lines)
    await zoe.command("urgence")
    await zoe.send("Paul of the organisers hits me")
    assert zoe.text.startswith("Send this to Ada, in confidence?")
    assert "Paul" not in plain_view(await two.world.read(draw_check, check))
    await two.wait(minutes=40)
    assert await told(own) == 2, "who is in a new browser themselves"
    assert await told(zoe) == 3
    person = await two.world.read(store.answer_of, check.id, int(zoe.person_id))
    assert person
    assert person.help_at
    assert two.world.clock.now() - person.help_at < timedelta(minutes=1), "dated anew"
    lines = plain_view(await two.world.read(draw_check, check))
    assert "from a page not confirmed yet" not in lines
    await two.wait(minutes=40)
    assert [await told(thief), await told(zoe)] == [3, 3], "it stands"
    await zoe.command("urgence")
    await zoe.send("Behind the station")
    assert "on the organisers' list" in zoe.text


@on_one_engine
async def test_many_new_browsers_that_ask_for_help_are_announced_a_few_times(two: Gathering) -> None:
    await two.organiser_page()
    zoe = await two.join_page("Zoé")
    check, now = await begin_check(two), two.world.clock.now()
    for each in range(2 * browser_store.TOGETHER):
        await two.world.change(service.answer, check, int(zoe.person_id), "help", now, f"thief{each}")
    told = [row for row in (await two.rows())["deliveries"] if (row["subject"] or "").startswith(f"help:{check.id}:")]
    assert len({row["subject"] for row in told}) == browser_store.TOGETHER


@on_one_engine
async def test_a_confirmed_call_for_help_is_the_owner_s(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    own = await open_elsewhere(two, await two.page_link_of(zoe))
    check = await begin_check(two)
    await two.forge(own, "press", payload=AnswerHelp(check.id).encode())
    await two.delivered(zoe)
    await zoe.look()
    await press_it_was_me(two, zoe, own)
    lines = plain_view(await two.world.read(draw_check, check))
    assert "help asked for at" in lines
    assert "from a page not confirmed yet" not in lines


@on_one_engine
async def test_what_is_said_in_a_new_browser_pushes_nothing_off_the_page_as_its_owner_opens_it(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    await begin_check(two)
    await two.delivered(zoe)
    for _each in range(page_store.AT_ONCE):
        await two.forge(other, "call", word="moi")
    await zoe.look()
    assert TOLD in zoe.page.text
    assert "Are you safe?" in zoe.page.text


@on_one_engine
async def test_a_facilitator_s_new_browser_closes_no_call_of_a_group(two: Gathering) -> None:
    zoe, _max, fay = await two.join_page("Zoé"), await two.join_page("Max"), await two.join_page("Fay")
    await two.start_phase("Zoé", "Max")
    await two.let_facilitate("Fay")
    other = await open_elsewhere(two, await two.page_link_of(fay))
    call = next(payload for payload in two.of_the_group if payload.startswith(CallForHelp.code))
    await two.forge(zoe, "press", payload=call)
    [placed] = (await two.rows())["calls"]
    for chat, closed in ((other, False), (fay, True)):
        await two.forge(chat, "press", payload=close_call.to(placed["id"]).encode())
        await chat.look()
        assert (WAITS in chat.text) != closed
        assert ((await two.rows())["calls"][0]["closed_at"] is not None) == closed


@on_one_engine
async def test_that_something_waits_is_read_only_where_it_does(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    other, own = await open_elsewhere(two, link), await open_elsewhere(two, link)
    await other.command("confiance")
    await other.command("mesdonnees")
    assert WAITS in other.text
    await zoe.look()
    assert WAITS not in zoe.page.text
    await own.look()
    assert own.page.text.count(WAITS) == 1, "what it says of itself, however much waits"


@on_one_engine
async def test_a_link_opened_again_and_again_is_refused_and_closes_no_browser(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    new = [await open_elsewhere(two, link) for _each in range(two.world.settings.limits.sessions)]
    one_more = two.visitor(**{"User-Agent": FIREFOX})
    await one_more.open_link(link)
    assert one_more.status == 429
    assert "many browsers that nobody confirmed" in one_more.page.text
    for chat in (zoe, *new):
        await chat.look()
        assert chat.status == 200
    await two.delivered(zoe)
    await zoe.look()
    await zoe.press("It was not me")
    await open_elsewhere(two, link)


@on_one_engine
async def test_new_browsers_that_opened_by_themselves_close_none_that_was_confirmed(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    most = two.world.settings.limits.sessions
    for _day in range(2):
        new = [await open_elsewhere(two, link) for _each in range(most)]
        await two.delivered(zoe)
        await two.wait(hours=25)
    for chat in (zoe, *new):
        await chat.look()
        assert chat.status == 200
    assert len([row for row in (await two.rows())["secrets"] if row["purpose"] == "session"]) <= 2 * most + 2


async def test_a_telephone_number_left_in_a_new_browser_is_marked_until_its_owner_leaves_one(
    two: Gathering,
) -> None:
    zoe = await two.join_page("Zoé")
    link = await two.page_link_of(zoe)
    thief, own = await open_elsewhere(two, link), await open_elsewhere(two, link)
    check, form = await begin_check(two), LeavePhone().encode()

    async def listed() -> str:
        return plain_view(await two.world.read(draw_check, check))

    await two.forge(zoe, "press", payload=AnswerHelp(check.id).encode())
    await two.forge(thief, "submit", payload=form, answer_phone="+33 6 66 66 66 66")
    assert "+33 6 66 66 66 66 (from a page not confirmed yet)" in await listed()
    await zoe.command("urgence")
    assert "Leave my phone number" in zoe.buttons
    await two.forge(own, "submit", payload=form, answer_phone="+33 6 11 11 11 11")
    assert "+33 6 11 11 11 11" in await listed()
    assert "+33 6 66 66 66 66" in await listed(), "beside it"
    await two.delivered(zoe)
    await zoe.look()
    await press_it_was_me(two, zoe, own)
    assert "+33 6 11 11 11 11 ·" in await listed()
    await two.forge(thief, "submit", payload=form, answer_phone="+33 6 66 66 66 66")
    await two.forge(zoe, "submit", payload=form, answer_phone="+33 6 22 22 22 22")
    assert "+33 6 22 22 22 22 ·" in await listed()


@on_one_engine
async def test_calls_in_a_new_browser_use_up_none_of_its_owner(two: Gathering) -> None:
    zoe, _max, fay = await two.join_page("Zoé"), await two.join_page("Max"), await two.join_page("Fay")
    await two.start_phase("Zoé", "Max")
    await two.let_facilitate("Fay")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    call = next(payload for payload in two.of_the_group if payload.startswith(CallForHelp.code))
    for _each in range(two.world.settings.limits.notices + 1):
        await two.forge(other, "press", payload=call)
        last = max(row["id"] for row in (await two.rows())["calls"])
        await two.forge(fay, "press", payload=close_call.to(last).encode())
    await other.look()
    assert "times within an hour" in other.text
    await two.forge(zoe, "press", payload=call)
    await zoe.look()
    assert zoe.text.startswith("Done:")


@on_one_engine
async def test_whether_words_wait_elsewhere_is_not_told_in_a_new_browser(two: Gathering) -> None:
    ada = await number(two.world, "Ada")
    asked = (
        *(ForgetWords(_ANY_NUMBER, first) for first in (0, 1)),
        ChooseWhom(_ANY_NUMBER, 0),
        SendTo(ada, _ANY_NUMBER, 0),
        SendNow(ada, True, _ANY_NUMBER, 0),
        SendHere(1, _ANY_NUMBER, 0),
        *(TakeWords(listener, _ANY_NUMBER, 0) for listener in ("team", "idea")),
    )
    told: list[list[object]] = []
    for name in ("Zoé", "Max"):
        page = await two.join_page(name)
        if name == "Zoé":
            await page.send("help me, he hits me")
        other = await open_elsewhere(two, await two.page_link_of(page))
        told.append([])
        for action in asked:
            await two.forge(other, "press", payload=action.encode())
            await other.look()
            told[-1].append((other.text, other.buttons))
    assert told[0] == told[1]


async def test_what_was_answered_to_a_check_is_not_told_in_a_new_browser(two: Gathering) -> None:
    told: list[list[tuple[str, object]]] = []
    pages = {name: await two.join_page(name) for name in ("Zoé", "Max", "Fay")}
    check = await begin_check(two)
    others = {name: await open_elsewhere(two, await two.page_link_of(page)) for name, page in pages.items()}
    await two.delivered(*pages.values())
    await two.forge(pages["Zoé"], "press", payload=AnswerHelp(check.id).encode())
    await two.forge(pages["Zoé"], "say", text="Behind the station")
    await two.forge(pages["Max"], "press", payload=AnswerSafe(check.id).encode())
    here, where = AnswerHelp(check.id).encode(), SayWhere(check.id).encode()
    gestures: tuple[tuple[str, dict[str, str]], ...] = (
        ("say", {"text": "yes"}),
        ("call", {"word": "urgence"}),
        ("say", {"text": "In the blue house"}),
        ("submit", {"payload": LeavePhone().encode(), "answer_phone": "+33 6 12 34 56 78"}),
        ("press", {"payload": where}),
        ("locate", {"payload": here, "latitude": "48.1", "longitude": "2.1"}),
        ("submit", {"payload": where, "answer_place": "In the red house"}),
        ("press", {"payload": here}),
        ("call", {"word": "urgence"}),
        ("say", {"text": "On the roof"}),
    )
    for other in others.values():
        told.append([])
        for to, fields in gestures:
            assert await two.forge(other, to, **fields) == 200
            await other.look()
            told[-1].append((other.text, other.buttons))
    assert told[0] == told[1] == told[2]
    assert "on the organisers' list" in told[0][-1][0], "who asked for help there says where they are"
    places = [(row["participant_id"], row["words"]) for row in (await two.rows())["safety_places"] if row["browser"]]
    for page in pages.values():
        said = [words for person, words in places if person == int(page.person_id)]
        assert said == ["", "In the red house", "On the roof"]


async def test_help_that_is_asked_for_in_a_new_browser_stands_beside_safe_elsewhere(two: Gathering) -> None:
    zoe = await two.join_page("Zoé")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    check = await begin_check(two)
    await two.forge(zoe, "press", payload=AnswerSafe(check.id).encode())
    await two.wait(minutes=1)
    await two.forge(other, "press", payload=AnswerHelp(check.id).encode())
    lines = plain_view(await two.world.read(draw_check, check))
    assert re.search(r"help asked for at \S+, from a page not confirmed yet · says at \S+ that they are safe", lines)
    await two.delivered(zoe)
    await zoe.look()
    await press_it_was_me(two, zoe, other)
    lines = plain_view(await two.world.read(draw_check, check))
    assert "help asked for at" in lines
    assert "that they are safe" not in lines, "it was her own call, and the later one"


@on_one_engine
async def test_a_call_in_a_new_browser_is_marked_and_its_withdrawal_delays_none_of_its_owner(two: Gathering) -> None:
    zoe, _max, fay = await two.join_page("Zoé"), await two.join_page("Max"), await two.join_page("Fay")
    await two.start_phase("Zoé", "Max")
    await two.let_facilitate("Fay")
    other = await open_elsewhere(two, await two.page_link_of(zoe))
    call = next(payload for payload in two.of_the_group if payload.startswith(CallForHelp.code))
    unsure = "Page not confirmed: this may be somebody else."
    await two.forge(other, "press", payload=call)
    await two.delivered(fay)
    assert any("is calling for help" in said and unsure in said for said in two.shown(fay))
    await two.forge(zoe, "press", payload=cancel_call.to(1).encode())
    await two.forge(zoe, "press", payload=call)
    await two.delivered(fay)
    await zoe.look()
    assert zoe.text.startswith("Done:")
    assert sum("is calling for help" in said and unsure not in said for said in two.shown(fay)) == 1
