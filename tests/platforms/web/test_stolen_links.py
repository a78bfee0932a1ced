"""A page that somebody else opens with a stolen link: what they may not do in its owner's name, read, or use up."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.config import purpose_store
from bot.content.actions import Action, Go, base36
from bot.content.forms import Upload
from bot.content.roles import Who
from bot.content.typed_times import to_minute
from bot.content.views import View
from bot.conversation import display_store
from bot.delivery import outbox
from bot.membership import browsers
from bot.membership.browsers import CloseBrowser
from bot.people import browser_store, participant_store, secret_store
from bot.platforms.web import page_store
from bot.rehearsal.chat_driver import Chat
from bot.rehearsal.chat_driver_web import WebChat
from handlers.account.actions import NewWayIn
from handlers.account.participant.accounts import remove
from handlers.account.participant.browsers import close_listed
from handlers.account.participant.leaving import leave, resume
from handlers.ideas.actions import CastVotes, EditIdea, MyFiles, NotAnIdea, SetAnonymous, VoteFor, WithdrawIdea
from handlers.ideas.participant.card import report
from handlers.ideas.participant.own import bring_back, my_idea
from handlers.plenary.actions import AskQuestion, MyStageQuestions, ShowQuestions
from handlers.plenary.participant.afar import follow_from_afar
from handlers.plenary.participant.presenting import pick_presenters, show_presenters, wish_for_turn
from handlers.plenary.participant.questions import more_questions, sign_question, vote_for_question
from handlers.plenary.participant.room import change_also_here, offer_help, say_also_here, take_back_also_here
from handlers.plenary.service import questions
from handlers.plenary.store.questions import find_question
from handlers.practical.actions import ReadSection
from handlers.privacy.participant import ask_again, erase_now
from handlers.privacy.schedule import Ends
from handlers.questionnaires.settings import HEALTH_PURPOSE
from handlers.reminders.participant import remind_at
from handlers.rides.participant import cancel, offer
from handlers.team.actions import SendWords
from handlers.themes import participant as themes
from handlers.themes.participant import take
from handlers.trust import service, store
from handlers.trust.actions import AnswerHelp, AnswerSafe, HandOver, LeavePhone, OpenConversation
from handlers.trust.facilitator.lists import draw_check
from handlers.trust.model import CheckedPerson, SaidPlace
from handlers.trust.participant import talking
from handlers.workshops.actions import CallForHelp, KeepAsIdea, MyIdeas, OpenIdea, Vote, WriteCard
from handlers.workshops.participant.calling import cancel_call
from handlers.workshops.service.calls import TakeCall
from tests.drivers.gestures import choose_in_menu
from tests.drivers.web import page_link
from tests.engines import on_one_engine
from tests.groups.builders import mark_published
from tests.participants import number
from tests.pictures import drawn
from tests.platforms.web.test_new_browsers import (
    FIREFOX,
    TOLD,
    WAITS,
    WORDS,
    _answer_as_ada,
    begin_check,
    confide,
    get_new_code,
    it_was_me,
    open_elsewhere,
    plain_view,
    press_it_was_me,
    read,
)
from tests.plenary.builders import running
from tests.practical.builders import WIFI
from tests.security.builders import Gathering, open_gathering

OF_A_PRESS: dict[str, Any] = {"inbox": [], "page_messages": [], "secrets": [], "shown_screens": []}
"""Tables in which any press leaves something of its own."""
UNSURE = "Page not confirmed: this may be somebody else."
NASTY = "All meet at http://evil.example"


@pytest.fixture
async def stolen(store_url: str) -> AsyncIterator[Gathering]:
    """A gathering on its page and on Telegram, where few ideas can be given and Ada is a trusted person."""
    web, limits = {"public_url": "http://127.0.0.1"}, {"ideas": 3, "idea_files": 2, "questions": 1}
    async with open_gathering(store_url, "telegram", web=web, limits=limits, rides={}, practical=[WIFI]) as gathering:
        await gathering.join_page("Ada")
        ada = await number(gathering.world, "Ada")
        await gathering.world.change(store.name_trusted, ada, "French", "always", gathering.world.clock.now())
        yield gathering


async def press(gathering: Gathering, chat: WebChat, action: Action | str) -> str:
    """What is answered to a button that somebody writes themselves."""
    await chat.look()
    payload = action if isinstance(action, str) else action.encode()
    assert await gathering.forge(chat, "press", payload=payload) == 200
    await chat.look()
    return chat.text


async def submit(gathering: Gathering, chat: WebChat, action: Action, **answers: str) -> str:
    """What is answered to a form that somebody writes themselves."""
    await chat.look()
    fields = {f"answer_{name}": words for name, words in answers.items()}
    assert await gathering.forge(chat, "submit", payload=action.encode(), **fields) == 200
    await chat.look()
    return chat.text


def payloads_of(chat: WebChat) -> set[str]:
    """The payloads of all buttons that a page shows."""
    return {button.get("value", "") for button in chat.page.all("button")}


def call_of(gathering: Gathering) -> str:
    """The payload of the button by which the group calls for help."""
    return next(each for each in gathering.of_the_group if each.startswith(CallForHelp.code))


async def ask(chat: Chat, words: str) -> None:
    await chat.command("equipe")
    await chat.fill(words)


# --- nobody has a role there


@on_one_engine
async def test_an_organiser_organises_nothing_in_a_new_browser(stolen: Gathering) -> None:
    ines, zoe = await stolen.organiser("telegram"), await stolen.join_page("Zoé")
    await ask(zoe, "Where do I sleep?")
    _code, link = await get_new_code(ines)
    thief = await open_elsewhere(stolen, link)
    await stolen.delivered(thief)
    for command in ("organiser", "annoncer", "securite"):
        await thief.command(command)
        assert WAITS in thief.text
    await thief.command("questions")
    assert "Where do I sleep" not in thief.page.text
    me = await number(stolen.world, "Inès")
    for payload in ("ojf", "oi", "qa-1", f"ol-{me}"):
        assert WAITS in await press(stolen, thief, payload)
    for payload, answers in (("gik", {"answer_name": "Mole X"}), ("qa-1", {"answer_answer": NASTY})):
        await stolen.forge(thief, "submit", payload=payload, **answers)
        await thief.look()
        assert WAITS in thief.text
    await stolen.delivered(zoe)
    assert not any(NASTY in said for said in stolen.shown(zoe))
    own = await open_elsewhere(stolen, link)
    await stolen.delivered(ines)
    await press_it_was_me(stolen, ines, own)
    await own.command("questions")
    assert "Where do I sleep" in own.text


@on_one_engine
async def test_what_is_for_the_team_is_not_read_in_a_new_browser(stolen: Gathering) -> None:
    ines = await stolen.organiser_page()
    thief = await open_elsewhere(stolen, await stolen.page_link_of(ines))
    view = View(("A bus has broken down",))
    await stolen.world.change(outbox.notify_organisers, view, stolen.world.clock.now(), outbox.Telling.NEWS)
    await stolen.delivered(ines, thief)
    assert "A bus has broken down" in ines.page.text
    assert "A bus has broken down" not in thief.page.text
    await press_it_was_me(stolen, ines, thief)
    await thief.look()
    assert "A bus has broken down" in thief.page.text


async def test_what_a_role_brings_is_not_read_in_a_new_browser(stolen: Gathering) -> None:
    zoe, fay, ines = await stolen.join_page("Zoé"), await stolen.join_page("Fay"), await stolen.organiser_page()
    await stolen.start_phase("Zoé")
    await stolen.let_facilitate("Fay")
    thieves = [await open_elsewhere(stolen, await stolen.page_link_of(each)) for each in (fay, ines)]
    await press(stolen, zoe, call_of(stolen))
    await press(stolen, fay, TakeCall(1))
    await press(stolen, zoe, cancel_call.to(1))
    await ines.command("annoncer")
    await ines.press("Write an announcement")
    await ines.fill("Nobody else shall read this draft")
    await ines.pick("everyone")
    await stolen.delivered(fay, ines, *thieves)
    for words in ("no longer needs help", "Nobody else shall read this draft"):
        assert words in fay.page.text + ines.page.text
        assert words not in thieves[0].page.text + thieves[1].page.text
    ends, now = Ends(stolen.world.settings), stolen.world.clock.now()
    due = await stolen.world.read(ends.next_due, now)
    assert due is not None
    await stolen.world.change(ends.release, due)
    warned = [row for row in (await stolen.rows())["deliveries"] if "will be erased" in row["content"]]
    assert [row["who"] for row in warned] == [Who.ORGANISER]


@on_one_engine
async def test_a_call_from_a_new_browser_keeps_no_call_of_the_group_from_being_believed(stolen: Gathering) -> None:
    zoe, max_, fay = await stolen.join_page("Zoé"), await stolen.join_page("Max"), await stolen.join_page("Fay")
    await stolen.start_phase("Zoé", "Max")
    await stolen.let_facilitate("Fay")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    call, told = call_of(stolen), list[int]()
    for each in (thief, max_, thief, zoe):
        await press(stolen, each, call)
        await stolen.delivered(fay)
        told.append(sum("is calling for help" in said for said in stolen.shown(fay)))
    assert told == [1, 2, 2, 2]
    unsure = [UNSURE in said for said in stolen.shown(fay) if "is calling for help" in said]
    assert unsure == [True, False]
    [row] = (await stolen.rows())["calls"]
    assert (row["caller_id"], row["browser"]) == (int(max_.person_id), "")


@on_one_engine
async def test_a_facilitator_takes_no_call_in_a_new_browser(stolen: Gathering) -> None:
    zoe, _max, fay = await stolen.join_page("Zoé"), await stolen.join_page("Max"), await stolen.join_page("Fay")
    await stolen.start_phase("Zoé", "Max")
    await stolen.let_facilitate("Fay")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(fay))
    await press(stolen, zoe, call_of(stolen))
    [call] = (await stolen.rows())["calls"]
    assert WAITS in await press(stolen, thief, TakeCall(call["id"]))
    await press(stolen, fay, TakeCall(call["id"]))
    assert (await stolen.rows())["calls"][0]["taken_by"] == int(fay.person_id)


# --- what cannot be taken back, or shows a name


@on_one_engine
async def test_a_name_that_was_hidden_is_not_shown_from_a_new_browser(stolen: Gathering) -> None:
    zoe, max_ = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.start_phase("Zoé", "Max")
    await zoe.command("phase")
    await zoe.send("Close the old theatre, the mayor will not like it")
    await zoe.press("Without my name")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    [idea] = (await stolen.rows())["ideas"]
    assert WAITS in await press(stolen, thief, SetAnonymous(idea["id"], False))
    assert WAITS in await press(stolen, thief, NotAnIdea(idea["id"]))
    await stolen.reveal()
    await max_.command("mur")
    assert "mayor" in max_.text
    assert "Zoé" not in max_.text


@on_one_engine
async def test_a_theme_is_neither_taken_nor_left_in_a_new_browser(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    assert WAITS in await press(stolen, thief, take.to("culture"))
    for name in ("Al", "Bo", "Cy"):
        other = await stolen.join_page(name)
        await press(stolen, other, take.to("culture"))
    assert "waiting list" in await press(stolen, other, themes.wait_for.to("culture"))
    thief = await open_elsewhere(stolen, await stolen.page_link_of(other))
    assert WAITS in await press(stolen, thief, themes.stop_waiting.to())
    assert WAITS in await press(stolen, thief, take.to("school"))
    assert "Your theme is" in await press(stolen, other, take.to("school"))


async def test_a_ride_is_neither_offered_nor_ended_and_no_reminder_replaced_in_a_new_browser(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    await zoe.command("rides")
    await zoe.press("Offer a ride")
    await zoe.fill("there", "Lyon", "10 June 08:00", "2")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    for action in (cancel.to(1), cancel.ask.to(1), offer.to()):
        assert WAITS in await press(stolen, thief, action)
    soon = stolen.world.clock.now() + timedelta(minutes=30)
    assert "I will remind you" in await press(stolen, zoe, remind_at.to(0, to_minute(soon)))
    assert WAITS in await press(stolen, thief, remind_at.to(0, to_minute(soon) + 1))
    await zoe.command("stop")
    assert WAITS in await press(stolen, thief, resume.to())


@on_one_engine
async def test_nobody_comes_back_or_shows_a_badge_in_a_new_browser(stolen: Gathering) -> None:
    ines, zoe = await stolen.organiser_page(), await stolen.join_page("Zoé")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await thief.command("badge")
    assert WAITS in thief.text
    await press(stolen, zoe, leave.to())
    await thief.command("revenir")
    assert WAITS in thief.text
    await stolen.delivered(ines)
    assert "Zoé is coming after all" not in ines.page.text


# --- what was written elsewhere


@on_one_engine
async def test_words_kept_elsewhere_are_neither_sent_nor_replaced_from_a_new_browser(stolen: Gathering) -> None:
    zoe, _max = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.start_phase("Zoé", "Max")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await ask(zoe, "Where is the bus?")
    await ask(zoe, "Can I change rooms? I snore")
    assert "Send my question" in zoe.buttons
    for action in (KeepAsIdea(), SendWords()):
        await press(stolen, thief, action)
    assert not (await stolen.rows())["ideas"]
    await ask(thief, "One of the thief")
    await ask(thief, "I hate all of you")
    await thief.command("annuler")
    await stolen.wait(minutes=61)
    await press(stolen, zoe, SendWords())
    asked = [row["question"] for row in (await stolen.rows())["questions"]]
    assert asked == ["Where is the bus?", "One of the thief", "Can I change rooms? I snore"]


async def test_an_idea_given_elsewhere_is_not_changed_in_a_new_browser(stolen: Gathering) -> None:
    zoe, _max = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.start_phase("Zoé", "Max")
    await zoe.command("phase")
    await zoe.send("A bus at night with a piano")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    assert WAITS in await press(stolen, thief, EditIdea(1))
    assert WAITS in await submit(stolen, thief, EditIdea(1), idea="Max is a thief")
    await thief.command("phase")
    await thief.send("A choir in every village")
    assert WAITS in await press(stolen, thief, EditIdea(2))
    await press(stolen, zoe, WithdrawIdea(1))
    assert WAITS in await press(stolen, thief, bring_back.to(1))
    ideas = {(row["text"], row["state"]) for row in (await stolen.rows())["ideas"]}
    assert ideas == {("A bus at night with a piano", "withdrawn"), ("A choir in every village", "live")}


@on_one_engine
async def test_a_photo_sent_elsewhere_gets_no_words_in_a_new_browser(stolen: Gathering) -> None:
    zoe, _max = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.start_phase("Zoé", "Max")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await zoe.command("phase")
    await zoe.give(Upload("mine.jpg", drawn("JPEG"), media_type="image/jpeg"))
    await thief.command("phase")
    await thief.send("A choir in every village")
    await zoe.send("A library of tools for the hall")
    ideas = sorted(row["text"] for row in (await stolen.rows())["ideas"])
    assert ideas == ["A choir in every village", "A library of tools for the hall"]


@on_one_engine
async def test_a_territory_card_is_not_changed_in_a_new_browser(stolen: Gathering) -> None:
    zoe, _max = await stolen.join_page("Zoé", territory="CA-QC"), await stolen.join_page("Max", territory="CA-QC")
    await stolen.start_phase("Zoé", "Max", phase="territories")
    [run] = (await stolen.rows())["phase_runs"]
    card = WriteCard(run["id"])
    empty = {"obstacle": "", "change": "", "carrier": ""}
    await submit(stolen, zoe, card, present="Cégeps do it", **empty)
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    assert WAITS in await press(stolen, thief, card)
    assert WAITS in await submit(stolen, thief, card, present="Nothing", **empty)
    assert [row["present"] for row in (await stolen.rows())["territory_cards"]] == ["Cégeps do it"]


@on_one_engine
async def test_what_one_said_of_home_in_the_plenary_is_not_changed_in_a_new_browser(stolen: Gathering) -> None:
    zoe, _max = await stolen.join_page("Zoé", territory="CA-QC"), await stolen.join_page("Max", territory="CA-QC")
    await stolen.group("Max")
    await mark_published(stolen.world)
    await running(stolen.world)
    await press(stolen, zoe, say_also_here.to(1))
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    for action in (change_also_here.to(1), take_back_also_here.to(1), offer_help.to(1)):
        assert WAITS in await press(stolen, thief, action)
    assert WAITS in await submit(stolen, thief, change_also_here.to(1), place="FR")
    assert WAITS in await submit(stolen, thief, offer_help.to(1), offer="I give 5000 euros")
    assert [(row["territory"], row["offer"]) for row in (await stolen.rows())["also_here"]] == [("CA-QC", "")]


async def test_a_new_browser_reads_the_questions_that_were_asked_there_and_the_team_is_told(stolen: Gathering) -> None:
    ines, zoe = await stolen.organiser_page(), await stolen.join_page("Zoé")
    await ask(zoe, "Who sleeps in my room?")
    other = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await other.command("questions")
    assert "You have not asked the team anything yet." in other.text
    await ask(other, "Which hotel is mine?")
    await stolen.delivered(ines)
    assert sum(UNSURE in said for said in stolen.shown(ines)) == 1
    await ines.command("questions")
    assert ines.text.endswith(f"Which hotel is mine?\n{UNSURE}")
    for button, words in (("Answer number 1", "Max does"), ("Answer number 1", "Hotel Bellevue")):
        await ines.command("questions")
        await ines.press(button)
        await ines.fill(words)
    await stolen.delivered(zoe, other)
    assert "Max does" in zoe.page.text
    assert "Hotel Bellevue" in other.page.text
    assert "Max does" not in other.page.text
    assert WAITS in await press(stolen, other, "qr-1")
    await press_it_was_me(stolen, zoe, other)
    await other.command("questions")
    assert "Max does" in other.text


@on_one_engine
async def test_a_new_browser_neither_reads_nor_asks_questions_in_the_plenary(stolen: Gathering) -> None:
    zoe, _max = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.group("Max")
    await mark_published(stolen.world)
    await running(stolen.world)
    await submit(stolen, zoe, AskQuestion(1), question="Why was the report hidden?")
    [asked] = (await stolen.rows())["stage_questions"]
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    ids, hers = base36(asked["id"]), asked["id"]
    for action in (MyStageQuestions(), ShowQuestions(1), more_questions.to(1, 1), sign_question.to(hers, named=False)):
        assert WAITS in await press(stolen, thief, action)
    assert WAITS in await press(stolen, thief, vote_for_question.to(hers, ids)), "«your own» would tell whose it is"
    assert WAITS in await submit(stolen, thief, AskQuestion(1), question="Who is a thief?")


async def test_nobody_follows_from_afar_nor_changes_what_their_group_wants_in_a_new_browser(stolen: Gathering) -> None:
    zoe, _max = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.group("Zoé", "Max")
    await mark_published(stolen.world)
    await running(stolen.world)
    await press(stolen, zoe, wish_for_turn.to(1, "remote", True))
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await thief.look()
    before = await stolen.rows()
    for what, wanted in (("remote", False), ("declines", True), ("named", True), ("alternates", True)):
        assert WAITS in await press(stolen, thief, wish_for_turn.to(1, what, wanted))
    assert WAITS in await press(stolen, thief, follow_from_afar.to(1))
    assert await stolen.rows() | OF_A_PRESS == before | OF_A_PRESS


async def test_ideas_and_files_of_a_new_browser_use_up_none_of_its_owner(stolen: Gathering) -> None:
    zoe, _max = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.start_phase("Zoé", "Max")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await thief.command("moi")
    for each in range(2):
        await thief.give(Upload(f"a{each}.jpg", drawn("JPEG"), media_type="image/jpeg"))
        await stolen.wait(minutes=6)
    for words in ("A library of tools", "A bus at night", "A choir", "A school"):
        await thief.send(words)
    assert "Easy: you have given 3 ideas" in thief.text
    await zoe.command("phase")
    await zoe.give(Upload("mine.jpg", drawn("JPEG"), media_type="image/jpeg"))
    await zoe.send("A kitchen for the village")
    assert "Easy" not in zoe.text
    [mine] = [row for row in (await stolen.rows())["ideas"] if row["text"] == "A kitchen for the village"]
    assert [row["idea_id"] for row in (await stolen.rows())["idea_files"]].count(mine["id"]) == 1


@on_one_engine
async def test_practical_information_is_read_and_the_team_asked_in_a_new_browser(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    other = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    assert "password at the desk" in await press(stolen, other, ReadSection("wifi"))
    assert not (await stolen.rows())["practical_readers"]
    await other.send("what is the wifi password?")
    assert "Is this it?" in other.text
    await other.press("No, ask the team")
    assert [row["question"] for row in (await stolen.rows())["questions"]] == ["what is the wifi password?"]


@on_one_engine
async def test_which_confidences_there_are_is_not_told_in_a_new_browser(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    await confide(zoe)
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    for conversation in (1, 2):
        for action in (OpenConversation(conversation, 0), HandOver(conversation, 1), talking.erase.to(conversation)):
            assert WAITS in await press(stolen, thief, action)
    assert len((await stolen.rows())["trust_conversations"]) == 1


@on_one_engine
async def test_what_was_said_elsewhere_is_not_read_in_a_new_browser(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    await ask(zoe, "Who sleeps in my room?")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await zoe.send("I am here, too")
    await thief.look()
    assert "my room" not in thief.page.text
    assert "I am here" not in thief.page.text
    assert thief.page.text.count(WAITS) == 1
    await stolen.delivered(zoe)
    await press_it_was_me(stolen, zoe, thief)
    await thief.look()
    assert WAITS not in thief.page.text


# --- who confirms, who is told, and when


async def test_the_code_beside_a_link_that_was_used_adds_no_account_before_its_owner_says_so(stolen: Gathering) -> None:
    code = await stolen.invite("Zoé")
    await stolen.wait(minutes=1)
    zoe = stolen.visitor()
    await zoe.open_link(await page_link(stolen.world, code))
    thief = await stolen.stranger("Mal", "telegram")
    for _each in range(2):
        await thief.command("code", code)
        assert "You are in already" in thief.text
    await stolen.delivered(zoe)
    assert sum("Someone typed your code on" in said for said in stolen.shown(zoe)) == 1
    other = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    [asked] = [each for each in zoe.page.all("button") if each.text == "Yes, link it"]
    assert WAITS in await press(stolen, other, asked["value"])
    await thief.command("theme")
    assert "Welcome to Rencontres" in thief.text
    await press(stolen, zoe, asked["value"])
    await stolen.delivered(thief)
    assert thief.text.startswith("Linked. You are")


@on_one_engine
async def test_who_can_be_asked_nowhere_comes_in_by_the_code_of_their_card(stolen: Gathering) -> None:
    code = await stolen.invite("Zoé")
    await stolen.wait(minutes=1)
    zoe = stolen.visitor()
    await zoe.open_link(await page_link(stolen.world, code))
    person, now = await number(stolen.world, "Zoé"), stolen.world.clock.now()
    [browser] = await stolen.world.read(browser_store.of_person, person, now)
    await stolen.forge(zoe, "press", payload=CloseBrowser(browser.id).encode())
    phone = await stolen.stranger("Zoé", "telegram")
    await phone.command("code", code)
    assert phone.text.startswith("Welcome, ")


async def test_a_browser_stays_new_while_its_owner_has_another_way(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    telegram = await stolen.linked(zoe, "Zoé", "telegram")
    await confide(telegram)
    link = await stolen.page_link_of(zoe)
    thief = await open_elsewhere(stolen, link)
    await stolen.delivered(telegram)
    await stolen.wait(hours=100)
    got = await read(thief)
    assert WORDS not in got
    assert "everything is shown here" not in got
    assert "It was me" not in thief.buttons
    second = await open_elsewhere(stolen, link)
    await stolen.delivered(telegram, thief)
    for opened in (thief, second):
        assert WAITS in await press(stolen, thief, await it_was_me(stolen, opened))
    await telegram.press("It was not me")
    for chat in (thief, second):
        await chat.look()
        assert chat.status == 404


@pytest.mark.parametrize("turn", range(3))
async def test_of_two_browsers_that_open_a_page_first_at_once_one_is_new(stolen: Gathering, turn: int) -> None:
    link = await stolen.page_link("Zoé", family_name=f"Turn {turn}")
    both = [stolen.visitor(), stolen.visitor(**{"User-Agent": FIREFOX})]
    await asyncio.gather(*(chat.open_link(link) for chat in both))
    person, now = await number(stolen.world, "Zoé"), stolen.world.clock.now()
    found = await stolen.world.read(browser_store.of_person, person, now)
    assert sorted(browser.confirmed for browser in found) == [False, True]
    await stolen.delivered(*both)
    assert sum("Your page was opened in another browser" in chat.page.text for chat in both) == 1


@on_one_engine
async def test_a_browser_opens_by_itself_a_day_after_its_owner_was_told_who_has_no_way_left(stolen: Gathering) -> None:
    telegram = await stolen.join("Zoé", "telegram")
    await confide(telegram)
    _code, link = await get_new_code(telegram)
    await stolen.delivered(telegram)
    thief = await open_elsewhere(stolen, link)
    await stolen.wait(hours=24)  # nothing was sent meanwhile
    await stolen.delivered(telegram)
    assert sum(TOLD in said for said in telegram.pushed) == 1
    [account] = [row for row in (await stolen.rows())["accounts"] if row["platform"] == "telegram"]
    await stolen.world.change(participant_store.mark_reachable, account["id"], False)
    assert "If you do nothing, everything is shown here" in await read(thief)
    await stolen.wait(hours=23)
    assert WORDS not in await read(thief)
    await stolen.wait(hours=1)
    assert WORDS in await read(thief)


@on_one_engine
async def test_who_gets_another_way_is_told_of_the_browsers_opened_before(stolen: Gathering) -> None:
    code = await stolen.invite("Zoé")
    zoe = stolen.visitor()
    await zoe.follow(f"j-{code}")
    await confide(zoe)
    links = [await stolen.page_link_of(zoe) for _each in range(2)]
    await choose_in_menu(zoe, "Close my page on this device")
    thief = await open_elsewhere(stolen, links[0])
    await stolen.wait(minutes=5)
    back = await open_elsewhere(stolen, links[1])
    await read(back)
    await back.press("Enter my code")
    await back.fill(code)
    await stolen.delivered(back)
    assert sum("opened in another browser" in said for said in stolen.shown(back)) == 1
    await stolen.wait(hours=25)
    assert WORDS not in await read(thief)


@pytest.mark.parametrize("hours", [0, 48])
async def test_a_new_browser_closes_itself_and_nothing_else_however_often_at_once(
    stolen: Gathering, hours: int
) -> None:
    zoe = await stolen.join_page("Zoé")
    link = await stolen.page_link_of(zoe)
    own = await open_elsewhere(stolen, link)
    await stolen.wait(hours=hours)
    thief = await open_elsewhere(stolen, link)
    await stolen.wait(minutes=1)
    person, now = int(zoe.person_id), stolen.world.clock.now()
    code = await stolen.world.change(secret_store.issue, "invitation", person, now)
    display = await stolen.world.change(display_store.issue, "stage", "1", person, now)
    mine = (await stolen.world.read(browser_store.of_person, person, now))[-1]
    await thief.look()
    presses = (stolen.forge(thief, "press", payload=CloseBrowser(mine.id).encode()) for _each in range(8))
    await asyncio.gather(*presses)
    for chat, status in ((own, 200), (thief, 404)):
        await chat.look()
        assert chat.status == status
    assert await stolen.world.read(secret_store.find, "invitation", code, now)
    shown = await stolen.world.read(display_store.find, display)
    assert shown
    assert not shown.closed


@on_one_engine
async def test_a_browser_of_which_no_message_arrived_does_not_open_and_asks_for_the_code(stolen: Gathering) -> None:
    telegram = await stolen.join("Zoé", "telegram")
    await confide(telegram)
    code, link = await get_new_code(telegram)
    await stolen.delivered(telegram)
    cast("Any", telegram).user.block()
    thief = await open_elsewhere(stolen, link)
    await stolen.delivered()
    assert TOLD not in thief.page.text, "it is not told on the very page that it is about"
    await stolen.wait(hours=25)
    assert "To go on, enter the code" in await read(thief)
    await thief.press("Enter my code")
    await thief.fill(code)
    assert WORDS in await read(thief)


# --- what is left to a thief who was closed out


@on_one_engine
async def test_a_new_code_closes_a_browser_that_was_open_for_long(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    telegram = await stolen.linked(zoe, "Zoé", "telegram")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await stolen.delivered(telegram)
    await stolen.wait(hours=25)
    person, now = await number(stolen.world, "Zoé"), stolen.world.clock.now()
    display = await stolen.world.change(display_store.issue, "stage", "1", person, now)
    await get_new_code(telegram)
    for chat, status in ((thief, 404), (zoe, 200)):
        await chat.look()
        assert chat.status == status
    link = await stolen.world.read(display_store.find, display)
    assert link
    assert link.closed


async def test_it_was_not_me_ends_the_codes_and_links_given_since(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    telegram = await stolen.linked(zoe, "Zoé", "telegram")
    await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await stolen.delivered(telegram)
    await stolen.wait(minutes=1)
    person, now = await number(stolen.world, "Zoé"), stolen.world.clock.now()
    code = await stolen.world.change(secret_store.issue, "invitation", person, now)
    display = await stolen.world.change(display_store.issue, "stage", "1", person, now)
    await telegram.press("It was not me")
    assert "Codes and page links given out since then no longer work." in telegram.text
    assert await stolen.world.read(secret_store.find, "invitation", code, now) is None
    link = await stolen.world.read(display_store.find, display)
    assert link
    assert link.closed


@on_one_engine
async def test_a_new_browser_takes_no_way_in_and_erases_nobody_however_long_it_is_open(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    telegram = await stolen.linked(zoe, "Zoé", "telegram")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await stolen.delivered(telegram)
    await stolen.wait(hours=25)
    person, now = await number(stolen.world, "Zoé"), stolen.world.clock.now()
    owned, _own = await stolen.world.read(browser_store.of_person, person, now)
    on_telegram = next(row["id"] for row in (await stolen.rows())["accounts"] if row["platform"] == "telegram")
    for action in (
        close_listed.to(owned.id),
        CloseBrowser(owned.id),
        remove.ask.to(on_telegram),
        remove.to(on_telegram),
        NewWayIn(),
        ask_again.to(True),
        erase_now.to(True, to_minute(now)),
    ):
        assert WAITS in await press(stolen, thief, action)
    for command in ("lier", "effacer"):
        await thief.command(command)
        assert WAITS in thief.text
    await zoe.look()
    assert zoe.status == 200
    await thief.command("comptes")
    await thief.press("Close here")
    await thief.look()
    assert thief.status == 404


# --- what others do meanwhile


async def test_a_new_browser_is_not_told_whose_question_is_asked_or_answered(stolen: Gathering) -> None:
    zoe, max_ = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.group("Max")
    await mark_published(stolen.world)
    await running(stolen.world)
    for words in ("Why was the report hidden?", "Who paid for it?"):
        await submit(stolen, zoe, AskQuestion(1), question=words)
    unsigned, signed = (row["id"] for row in (await stolen.rows())["stage_questions"])
    await press(stolen, zoe, sign_question.to(signed, named=True))
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await stolen.wait(minutes=1)
    for asked in (unsigned, signed):
        question = await stolen.world.read(find_question, asked)
        assert question
        await stolen.world.change(questions.ask, question, stolen.world.clock.now())
        await stolen.world.change(
            questions.answer, question, "Because we like it so", int(max_.person_id), stolen.world.clock.now()
        )
    await stolen.delivered(zoe)
    await thief.look()
    assert "we like it so" in zoe.page.text
    assert "we like it so" not in thief.page.text
    assert "is being asked" not in thief.page.text
    assert MyStageQuestions().encode() not in payloads_of(thief)


@on_one_engine
async def test_a_new_browser_is_not_told_that_a_confidence_of_before_was_answered(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    await confide(zoe)
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await stolen.wait(minutes=1)
    payload = await _answer_as_ada(stolen, zoe, WORDS, "Come to me")
    await stolen.delivered(zoe)
    for chat, reads in ((zoe, True), (thief, False)):
        await chat.look()
        assert (payload in payloads_of(chat)) is reads


@on_one_engine
async def test_a_screen_in_a_new_browser_takes_the_place_of_none_on_its_owner_s_page(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    await ask(zoe, "Who sleeps in my room?")
    await zoe.command("questions")
    await stolen.delivered(zoe)
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await thief.command("questions")
    await stolen.delivered(zoe)
    await zoe.look()
    assert any("my room" in said and "waiting" in said for said in stolen.shown(zoe))
    assert not any("current screen is below" in said for said in stolen.shown(zoe))


@on_one_engine
async def test_places_said_in_new_browsers_displace_none_that_was_said_in_another(
    stolen: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 6  # as fifty would be
    monkeypatch.setattr(store, "MOST_PLACES", most)
    zoe = await stolen.join_page("Zoé")
    link = await stolen.page_link_of(zoe)
    own = await open_elsewhere(stolen, link)
    check = await begin_check(stolen)
    await stolen.forge(own, "press", payload=AnswerHelp(check.id).encode())
    await stolen.forge(own, "say", text="Second door, upstairs")
    for _each in range(browser_store.TOGETHER):
        await open_elsewhere(stolen, link)
        thief = (await stolen.world.read(browser_store.of_person, int(zoe.person_id), stolen.world.clock.now()))[-1]
        for floor in range(most + 1):
            await stolen.wait(seconds=1)
            now = stolen.world.clock.now()
            place = SaidPlace(int(zoe.person_id), f"In the bar {floor}", None, None, "", now, browser=thief.id)
            await stolen.world.change(store.add_place, check.id, place, "")
    assert "Second door" in plain_view(await stolen.world.read(draw_check, check))
    assert len((await stolen.rows())["safety_places"]) == browser_store.TOGETHER * most


async def test_a_new_browser_pushes_nothing_off_the_page_that_was_said_in_another(
    stolen: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_store, "KEPT_OF_NEW_BROWSERS", 8)
    zoe = await stolen.join_page("Zoé")
    link = await stolen.page_link_of(zoe)
    own, thief = await open_elsewhere(stolen, link), await open_elsewhere(stolen, link)
    await own.command("urgence")
    await own.send("help me, he hits me")
    for _each in range(page_store.KEPT_OF_NEW_BROWSERS + 1):
        await stolen.forge(thief, "call", word="aide")
    await own.look()
    assert "Send this to Ada" in own.page.text
    said = [row["answered_in"] for row in (await stolen.rows())["page_messages"]]
    assert max(map(said.count, filter(None, said))) == page_store.KEPT_OF_NEW_BROWSERS


@on_one_engine
async def test_few_warnings_stay_on_the_page_and_few_are_sent_a_day(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    link = await stolen.page_link_of(zoe)
    for _round in range(6):
        for _each in range(browsers.MOST_WARNINGS):
            other = stolen.visitor(**{"User-Agent": FIREFOX})
            await other.open_link(link)
            await stolen.forge(other, "leave")
        await stolen.delivered(zoe)
        await stolen.wait(minutes=11)
    kept = [row["content"] for row in (await stolen.rows())["page_messages"] if row["delivery_id"]]
    assert sum("opened in another browser" in content for content in kept) == page_store.WARNINGS_KEPT
    told = {row["subject"] for row in (await stolen.rows())["deliveries"] if row["subject"].startswith("browser:")}
    assert len(told) == browsers.MOST_WARNINGS_A_DAY


@on_one_engine
async def test_a_greeting_puts_nobody_into_a_group_from_a_new_browser(stolen: Gathering) -> None:
    zoe, _max = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.group("Max")
    await mark_published(stolen.world)
    await press(stolen, zoe, take.to("school"))
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await stolen.delivered(zoe, thief)  # the warning must not leave meanwhile
    before = await stolen.rows()
    assert "Welcome, " in await press(stolen, thief, "hi")
    assert await stolen.rows() | OF_A_PRESS == before | OF_A_PRESS


# --- codes


@on_one_engine
async def test_the_code_of_a_card_that_a_stranger_types_ends_no_code_of_its_owner(stolen: Gathering) -> None:
    code = await stolen.invite("Zoé")
    await stolen.wait(minutes=1)
    zoe = stolen.visitor()
    await zoe.open_link(await page_link(stolen.world, code))
    await zoe.command("lier")
    [own] = re.findall(r"Your code: (\S+)", zoe.text)
    stranger, phone = await stolen.stranger("Mal", "telegram"), await stolen.stranger("Zoé", "telegram")
    await stranger.command("code", code)
    await phone.command("lier", own)
    assert "Yes, that is me" in phone.buttons


@on_one_engine
async def test_wrong_codes_in_a_new_browser_keep_its_owner_from_none(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    for last in "MNPQRS":
        await thief.command("code", f"ABCD-EFGH-JKL{last}")
    assert "you can try again" in thief.text
    await zoe.command("code", "ABCD-EFGH-JKLT")
    assert "you can try again" not in zoe.text


@on_one_engine
async def test_a_question_of_a_browser_that_was_confirmed_stays_its_owner_s_when_that_closes(stolen: Gathering) -> None:
    zoe, ines = await stolen.join_page("Zoé"), await stolen.organiser_page()
    own = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await ask(own, "When does the bus leave?")
    await stolen.delivered(zoe)
    await press_it_was_me(stolen, zoe, own)
    await choose_in_menu(own, "Close my page on this device")
    await ines.command("questions")
    assert "When does the bus leave?" in ines.text
    assert "not confirmed" not in ines.text


@on_one_engine
async def test_a_new_browser_does_not_tell_whether_its_owner_left_a_number(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    await submit(stolen, zoe, LeavePhone(), phone="+33 6 12 34 56 78")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await thief.command("urgence")
    assert "Leave my phone number" in thief.buttons


async def test_a_new_browser_does_not_tell_for_what_its_owner_votes_or_what_they_reported(stolen: Gathering) -> None:
    zoe, max_ = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.start_phase("Zoé", "Max")
    for words in ("A library of tools", "A garden for the children"):
        await max_.send(words)
    await stolen.reveal()
    await stolen.delivered(zoe, max_)
    run = await run_of_the_phase(stolen)
    assert "1. A library" in (await choices(stolen, zoe))[0]
    await zoe.pick("1. A library of tools")
    await press(stolen, zoe, report.to(2, "", 0))
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await choices(stolen, thief)
    assert "You can change" not in thief.text
    assert not any(option.get("checked") for option in thief.page.all("input"))
    cards = []
    for idea in (1, 2):
        await press(stolen, thief, OpenIdea(idea))
        cards.append(thief.buttons)
        assert WAITS in await press(stolen, thief, VoteFor(idea, True))
    assert cards[0] == cards[1]
    assert await stolen.forge(thief, "pick", choice=CastVotes(run, 1, 2).encode(), value="1") == 200
    await thief.look()
    assert WAITS in thief.text
    await thief.send("how many votes did I give?")
    assert WAITS in thief.text


async def choices(gathering: Gathering, chat: WebChat) -> tuple[str, ...]:
    """The ideas for which somebody can vote."""
    await press(gathering, chat, Vote(await run_of_the_phase(gathering)))
    return chat.options


async def run_of_the_phase(gathering: Gathering) -> int:
    """The number of the run that is revealed."""
    runs = (await gathering.rows())["phase_runs"]
    return next(int(row["id"]) for row in runs if row["revealed_at"])


@on_one_engine
async def test_a_new_browser_is_not_told_which_questions_of_its_owner_are_answered(stolen: Gathering) -> None:
    ines, zoe = await stolen.organiser("telegram"), await stolen.join_page("Zoé")
    for words in ("Where do I sleep?", "When do we eat?"):
        await ask(zoe, words)
        await stolen.wait(hours=1)
    await ines.command("questions")
    await ines.press("Answer number 1")
    await ines.fill("In the blue house")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    assert len({await press(stolen, thief, f"qr-{question}") for question in (1, 2, 3)}) == 1
    assert WAITS in thief.text


@on_one_engine
async def test_nothing_tells_later_which_confidences_there_are(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    await confide(zoe)
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    for conversation in (1, 2):
        assert WAITS in await press(stolen, thief, OpenConversation(conversation, 0))
    before = [row for row in (await stolen.rows())["page_messages"] if row["answered_in"]]
    await stolen.wait(minutes=61)
    await stolen.delivered(zoe)
    assert [row for row in (await stolen.rows())["page_messages"] if row["answered_in"]] == before
    await press(stolen, zoe, talking.erase.to(1))
    await stolen.delivered(zoe)
    await thief.look()
    assert "erased" not in thief.page.text
    assert [row for row in (await stolen.rows())["page_messages"] if row["answered_in"]] == before


async def of_two_new_browsers(gathering: Gathering) -> tuple[WebChat, WebChat, WebChat, str]:
    """Zoé's page, her second device and a thief's, in which it is new; and what confirms the former."""
    zoe = await gathering.join_page("Zoé")
    link = await gathering.page_link_of(zoe)
    mine = await open_elsewhere(gathering, link)
    confirms = await it_was_me(gathering, mine)
    return zoe, mine, await open_elsewhere(gathering, link), confirms


@on_one_engine
async def test_a_cry_for_help_in_a_second_new_browser_takes_the_place_of_no_first_one(stolen: Gathering) -> None:
    zoe, mine, thief, confirms = await of_two_new_browsers(stolen)
    check, zoe_id = await begin_check(stolen), int(zoe.person_id)
    cried: list[CheckedPerson | None] = []
    for chat in (mine, thief, mine):
        await press(stolen, chat, AnswerHelp(check.id))
        cried.append(await stolen.world.read(store.answer_of, check.id, zoe_id))
        await stolen.wait(minutes=3)
    assert len({each.help_at for each in cried if each}) == 1
    assert [len(each.browsers) for each in cried if each] == [1, 2, 2]
    await press(stolen, zoe, confirms)
    confirmed = await stolen.world.read(store.answer_of, check.id, zoe_id)
    assert confirmed
    assert (confirmed.browser, confirmed.help_at) == ("", cried[0] and cried[0].help_at)


@on_one_engine
async def test_a_number_left_in_a_second_new_browser_neither_replaces_nor_deletes_that_of_a_first(
    stolen: Gathering,
) -> None:
    zoe, mine, thief, confirms = await of_two_new_browsers(stolen)
    for chat, phone in ((mine, "+33612345678"), (thief, "+33699999999"), (thief, "")):
        await submit(stolen, chat, LeavePhone(), phone=phone)
    await submit(stolen, thief, LeavePhone(), phone="+33699999998")
    check = await begin_check(stolen)
    asked = await stolen.world.read(store.answer_of, check.id, int(zoe.person_id))
    assert asked
    assert sorted(asked.phone.split(" · ")) == ["+33612345678", "+33699999998"]
    assert asked.phone_unsure
    await press(stolen, zoe, confirms)
    asked = await stolen.world.read(store.answer_of, check.id, int(zoe.person_id))
    assert asked
    assert (asked.phone, asked.phone_unsure) == ("+33612345678", False)


@on_one_engine
async def test_what_a_message_offers_that_a_new_browser_does_not_show_is_not_told_by_pressing_it(
    stolen: Gathering,
) -> None:
    people = [await stolen.join_page("Zoé"), await stolen.join_page("Max")]
    check = await begin_check(stolen)
    await stolen.delivered(*people)
    said = []
    for chat, answer in zip(people, (AnswerSafe(check.id), AnswerHelp(check.id)), strict=True):
        thief = await open_elsewhere(stolen, await stolen.page_link_of(chat))
        asked = chat.latest["id"].removeprefix("m")
        await chat.press("Yes, I am safe" if answer.code == "sfy" else "I need help")
        for payload in (Go("urgence"), Go("moi"), AnswerHelp(check.id)):
            assert await stolen.forge(thief, "press", payload=payload.encode(), message=asked) == 200
        await thief.look()
        said.append([each.text for each in thief.page.all("article") if "person" in each["class"]])
    assert said == [[], []]


@on_one_engine
async def test_how_many_votes_are_left_is_not_told_by_a_ballot_that_is_not_shown(stolen: Gathering) -> None:
    zoe, max_ = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.start_phase("Zoé", "Max")
    for text in ("A library of tools", "A library of seeds"):
        await max_.send(text)
    await stolen.reveal()
    await choices(stolen, zoe)
    hidden = zoe.latest.all("form", css="choice")[0].all("input", name="choice")[0]
    ballot = {"message": zoe.latest["id"].removeprefix("m"), "choice": hidden["value"]}
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    too_many = [str(option) for option in range(1, 30)]
    assert await stolen.forge(zoe, "pick", value=too_many, **ballot) == 422
    assert await stolen.forge(thief, "pick", value=too_many, **ballot) == 200
    await thief.look()
    assert WAITS in thief.text


@on_one_engine
async def test_help_asked_in_a_new_browser_keeps_nobody_from_being_asked_again(stolen: Gathering) -> None:
    zoe, max_ = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    check = await begin_check(stolen)
    await stolen.delivered(zoe, max_)
    for chat in (zoe, max_):
        thief = await open_elsewhere(stolen, await stolen.page_link_of(chat))
        await press(stolen, thief, AnswerHelp(check.id))
    await press(stolen, max_, AnswerSafe(check.id))
    await stolen.world.change(service.ask_again, check, stolen.world.clock.now())
    await stolen.delivered(zoe, max_)
    again = ["Second call: are you safe?" in chat.page.text for chat in (zoe, max_)]
    assert again == [True, False]


async def test_the_page_in_a_new_browser_has_no_trace_of_what_is_not_shown(stolen: Gathering) -> None:
    zoe = await stolen.join_page("Zoé")
    for _each in range(3):
        await zoe.command("programme")
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await thief.look()
    assert [WAITS in each.text for each in thief.page.all("article")] == [True, False]


@on_one_engine
async def test_a_new_browser_is_not_told_which_code_or_copy_its_owner_waits_for(stolen: Gathering) -> None:
    zoe, max_ = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await get_new_code(zoe)
    await zoe.command("mesdonnees")
    for chat in (zoe, max_):
        thief = await open_elsewhere(stolen, await stolen.page_link_of(chat))
        await thief.command("comptes")
        assert "These are your accounts" in thief.text
        assert "A new code replaces" not in thief.text
        await thief.command("mesdonnees")
        assert WAITS in thief.text


@on_one_engine
async def test_the_team_reads_that_what_was_answered_was_asked_in_a_new_browser(stolen: Gathering) -> None:
    ines, lea, zoe = await stolen.organiser_page(), await stolen.join_page("Lea"), await stolen.join_page("Zoé")
    await stolen.world.change(participant_store.set_organises, int(lea.person_id), True)
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    await ask(thief, "Which hotel is mine?")
    await ines.command("questions")
    await ines.press("Answer number 1")
    await ines.fill("Hotel Bellevue")
    await stolen.delivered(lea)
    [notice] = [said for said in stolen.shown(lea) if "Hotel Bellevue" in said]
    assert notice.endswith(UNSURE)


@on_one_engine
async def test_what_somebody_agreed_to_is_not_told_in_a_new_browser(stolen: Gathering) -> None:
    told = []
    for name in ("Zoé", "Max"):
        page = await stolen.join_page(name)
        if name == "Zoé":
            now = stolen.world.clock.now()
            await stolen.world.change(purpose_store.agree, int(page.person_id), HEALTH_PURPOSE.key, now)
        thief = await open_elsewhere(stolen, await stolen.page_link_of(page))
        await thief.command("privacy")
        told.append((thief.text, thief.buttons))
    assert told[0] == told[1]


@on_one_engine
async def test_an_idea_that_was_taken_back_is_not_read_in_a_new_browser_nor_is_its_photo(stolen: Gathering) -> None:
    zoe, _max = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.start_phase("Zoé", "Max")
    await zoe.look()
    photo = Upload("house.jpg", drawn("JPEG", size=(77, 33)), media_type="image/jpeg")
    await zoe.give(photo, caption="A garden for the whole village school")
    [idea] = (await stolen.rows())["ideas"]
    await press(stolen, zoe, WithdrawIdea(idea["id"]))
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    assert WAITS in await press(stolen, thief, MyFiles(0))
    assert thief.files == ()
    async with thief.browser.get(f"{stolen.root}/c/{thief.person_id}/beside/idea-{idea['id']}") as answer:
        assert answer.status == 404
    assert "garden" not in await press(stolen, thief, MyIdeas(1))
    assert await stolen.forge(thief, "pick", choice=my_idea.to().encode(), value=str(idea["id"])) == 200
    await thief.look()
    assert "garden" not in thief.text


@on_one_engine
async def test_that_somebody_agreed_to_alternate_is_not_told_in_a_new_browser(stolen: Gathering) -> None:
    zoe, _max = await stolen.join_page("Zoé"), await stolen.join_page("Max")
    await stolen.group("Zoé", "Max")
    await mark_published(stolen.world)
    await running(stolen.world)
    [group] = (await stolen.rows())["groups"]
    await stolen.forge(zoe, "pick", choice=pick_presenters.to(group["id"]).encode(), value=zoe.person_id)
    assert "as you agreed" in await press(stolen, zoe, wish_for_turn.to(group["id"], "alternates", True))
    thief = await open_elsewhere(stolen, await stolen.page_link_of(zoe))
    assert "Presenting: " in await press(stolen, thief, show_presenters.to(group["id"]))
    assert "alternate" not in thief.text
    assert not [label for label in thief.buttons if "agree" in label]
