"""Questions to the team, and words that answer nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.database.engine import Transaction
from bot.people import participant_store
from bot.rehearsal.chat_driver_web import WebChat
from tests.drivers.menus import menu_of, steps_of
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up
from tests.drivers.web import open_web
from tests.engines import on_one_engine
from tests.outbox import press_push, pushed
from tests.participants import number, rewrite
from tests.stored_rows import stored_rows
from tests.world import World, open_world

LONG = f"A library for every village, {'with books, ' * 40}A."
"""A text of 511 characters."""


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


async def second_organiser(world: World) -> NeutralChat:
    chat = await world.join("Maud", "901")

    async def unit(tx: Transaction) -> None:
        _account, person = await participant_store.identify(tx, "telegram", "901")
        assert person
        await participant_store.set_organises(tx, person.id, True)

    await world.store.transact(unit)
    return chat


async def ask(chat: NeutralChat, question: str) -> None:
    await chat.command("equipe")
    await chat.fill(question)


@pytest.mark.parametrize("modal", [False, True])
async def test_words_after_the_command_are_in_the_question_already(world: World, modal: bool) -> None:
    zoe = await world.join("Zoé", "1", modal=modal)
    ines = await world.organiser()
    await zoe.command("equipe", "May I bring my sister?")
    if modal:
        assert zoe.form is not None
        await zoe.fill(*zoe.form.prefill.values())
    else:
        assert "Now: May I bring my sister?" in zoe.text
        await zoe.press("Keep it")
    assert zoe.text == "The team has your question. You will get the answer here."
    assert "May I bring my sister?" in (await pushed(world, ines))[-1]


@pytest.mark.parametrize("modal", [False, True])
async def test_a_question_and_its_answer_cross_platforms(world: World, modal: bool) -> None:
    team = await world.organiser(platform="discord", modal=modal)
    await team.command("settings")
    await team.press("Tell me in private")
    chat = await world.join("Zoé", "1", modal=modal)
    await ask(chat, "Where do we sleep?")
    assert chat.text.startswith("The team has your question.")
    assert await pushed(world, team) == ["\u2068Zoé\u2069 asks the team:\nWhere do we sleep?"]
    await chat.press("My questions")
    assert chat.text == "“Where do we sleep?”: waiting for an answer"
    await press_push(world, team, "Answer")
    await team.fill("At the youth hostel.")
    assert team.text == "Your answer is on its way to \u2068Zoé\u2069."
    assert await pushed(world, chat) == ["The team answers your question “Where do we sleep?”:\nAt the youth hostel."]
    await chat.command("questions")
    assert chat.text == "“Where do we sleep?”: At the youth hostel."


async def test_an_answer_that_is_longer_than_a_phone_shows_is_opened(world: World) -> None:
    team, zoe, ada = await world.organiser(), await world.join("Zoé", "1"), await world.join("Ada", "2")
    await ask(zoe, "Where do we sleep?")
    await press_push(world, team, "Answer")
    await team.fill("At the youth hostel. " * 20)
    assert await pushed(world, zoe) == ["There is something for you to read."]
    await press_push(world, zoe, "Read")
    assert zoe.text.startswith("The team answers your question “Where do we sleep?”:\nAt the youth hostel. At the")
    assert zoe.buttons == ("Ask something else",)
    await ada.follow("qr-1")  # somebody else's
    assert "hostel" not in ada.text
    await ask(ada, "When?")
    await ada.follow("qr-2")  # not answered yet
    assert "The team answers" not in ada.text


async def test_an_answer_reaches_who_stopped_all_messages(world: World) -> None:
    team, chat = await world.organiser(), await world.join("Zoé", "1")
    await ask(chat, "Where?")
    await chat.command("stop")
    await press_push(world, team, "Answer")
    await team.fill("Here.")
    assert len(await pushed(world, chat)) == 1


async def test_the_first_answer_wins_and_the_others_are_told(world: World) -> None:
    team, maud, chat = await world.organiser(), await second_organiser(world), await world.join("Zoé", "1")
    await ask(chat, "Where?")
    await press_push(world, maud, "Answer")
    await press_push(world, team, "Answer")
    await team.fill("At the hostel.")
    assert (await pushed(world, maud))[-1] == "\u2068Inès\u2069 answered \u2068Zoé\u2069.\n“Where?”: At the hostel."
    await maud.fill("At the Ruche.")
    assert maud.text.startswith("\u2068Inès\u2069 answered already: “At the hostel.”")
    assert "were not sent" in maud.text
    assert len(await pushed(world, chat)) == 1
    await maud.press("Answer as well")
    assert "Now: At the Ruche." in maud.text
    await maud.press("Keep it")
    assert [said.splitlines()[-1] for said in await pushed(world, chat)] == ["At the hostel.", "At the Ruche."]
    await chat.command("questions")
    assert chat.text == "“Where?”: At the hostel.\n\nAt the Ruche."


@pytest.mark.parametrize("modal", [False, True])
async def test_who_opens_an_answered_question_reads_the_answer_first(world: World, modal: bool) -> None:
    team, chat = await world.organiser(), await world.join("Zoé", "1")
    maud = await second_organiser(world)
    maud.modal = modal
    await ask(chat, "Where?")
    await press_push(world, team, "Answer")
    await team.fill("At the hostel.")
    await maud.command("questions")
    assert maud.text == "Every question has its answer."
    await maud.follow("qa-1")
    assert maud.text == "\u2068Inès\u2069 answered already: “At the hostel.”"
    await maud.press("Answer as well")
    await maud.fill("With breakfast.")
    assert (await pushed(world, chat))[-1].endswith("With breakfast.")


async def test_questions_that_wait_are_listed_for_the_team_only(world: World) -> None:
    chat = await world.join("Zoé", "1")
    await ask(chat, "Is anyone there?")
    assert chat.text.startswith("Your question is kept.")
    team = await world.organiser()
    await team.command("questions")
    assert "1. \u2068Zoé\u2069: Is anyone there?" in team.text
    assert [*team.buttons] == ["Answer number 1", "Organise"]
    await team.press("Answer number 1")
    await team.fill("Yes!")
    assert [*team.buttons] == ["Organise"], "no other question waits"
    assert (await pushed(world, chat))[-1].endswith("Yes!")
    await chat.follow("qa-1")
    assert chat.text.startswith("This is for the organisers.")


async def test_the_next_question_is_offered_after_an_answer(world: World) -> None:
    chat, team = await world.join("Zoé", "1"), await world.organiser()
    await ask(chat, "Where?")
    await ask(chat, "When?")
    await team.command("questions")
    await team.press("Answer number 1")
    await team.fill("At the hostel.")
    assert [*team.buttons] == ["Other questions", "Organise"]
    await team.press("Other questions")
    assert team.text.splitlines()[1:] == ["1. \u2068Zoé\u2069: When?"]


async def test_a_question_whose_author_was_erased_waits_no_more(world: World) -> None:
    chat, team = await world.join("Zoé", "1"), await world.organiser()
    await ask(chat, "Is anyone there?")
    assert (await steps_of(team))[0] == "1 question without an answer"
    assert team.buttons[0] == "Answer"
    await chat.command("effacer")
    await chat.press("Keep my texts, without my name")
    await chat.press("Yes, erase me")
    await team.command("organiser")
    assert not {"Answer", "Questions: 0"} & set(team.buttons)
    await team.command("questions")
    assert team.text == "Every question has its answer."


async def test_stray_words_are_kept_and_sent_only_when_said_so(world: World) -> None:
    team, chat = await world.organiser(), await world.join("Zoé", "1")
    await chat.send("Where do we sleep?")
    assert chat.text == "I found nothing about that. Shall I ask the team?"
    assert await pushed(world, team) == []
    payload = chat.payload("Yes")
    await chat.press("Yes")
    assert chat.text.startswith("The team has your question.")
    await chat.follow(payload)
    assert chat.text.startswith("That button has aged.")
    assert len(await pushed(world, team)) == 1


async def test_stray_words_that_were_nothing(world: World) -> None:
    team, chat = await world.organiser(), await world.join("Zoé", "1")
    await chat.send("A library for the cat")
    await chat.press("No, thank you")
    said, *below = chat.text.splitlines()
    buttons = chat.buttons
    await chat.command("moi")
    assert (said, "\n".join(below)) == ("OK, nothing was sent. Here is what you can do:", chat.text)
    assert buttons == chat.buttons
    await chat.command("equipe")
    assert "the cat" not in chat.text
    assert await pushed(world, team) == []


async def test_stray_words_too_old_to_be_meant_are_not_sent(world: World) -> None:
    chat = await world.join("Zoé", "1")
    await chat.send("Where do we sleep?")
    await world.clock.advance(timedelta(minutes=31))
    await chat.press("Yes")
    assert chat.text.startswith("That button has aged.")


async def test_stray_words_too_long_are_kept_to_be_shortened(world: World) -> None:
    team, chat = await world.organiser(), await world.join("Zoé", "1")
    await chat.send(LONG)
    await chat.press("Yes")
    assert chat.text.startswith("11 characters too many (at most 500).")
    await chat.press("Correct my question")
    assert LONG in chat.text
    await chat.fill("Short now.")
    assert await pushed(world, team) == ["\u2068Zoé\u2069 asks the team:\nShort now."]


async def test_a_stranger_who_writes_is_welcomed(world: World) -> None:
    chat = world.chat("7")
    await chat.send("hello")
    assert chat.text.startswith("Welcome to Rencontres.")


def isolated(text: str) -> str:
    """Words as they stand among others: what is not plain Latin turns nothing around it."""
    return text if text.isascii() else f"\u2068{text}\u2069"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<b>bold</b> & <script>", "<b>bold</b> & <script>"),
        ("*bold* _it_ [a](http://b) `c`", "*bold* _it_ [a](http://b) `c`"),
        ("@everyone @here", "@everyone @here"),
        ("right\u202eto left", "rightto left"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("nul\x00here", "nulhere"),
        ("😀", "😀"),
        ("/slash at the start is a command, not words", None),
    ],
)
async def test_whatever_is_typed_arrives_as_words(world: World, typed: str, shown: str | None) -> None:
    team, chat = await world.organiser(), await world.join("Zoé", "1")
    if shown is None:
        await chat.command(typed.split()[0].removeprefix("/"), " ".join(typed.split()[1:]))
        assert await pushed(world, team) == []
        return
    await ask(chat, typed)
    await chat.send(f"A library for every village: {typed}")
    await chat.press("Yes")
    assert await pushed(world, team) == [
        f"\u2068Zoé\u2069 asks the team:\n{said}"
        for said in (isolated(shown), isolated(f"A library for every village: {shown}"))
    ]


async def test_words_that_nobody_can_see_are_none(world: World) -> None:
    chat = await world.join("Zoé", "1")
    await chat.send("\u200b\u202e\x00")
    assert chat.text.endswith("No theme chosen yet.")


async def test_the_menu_leads_to_the_team_and_to_the_questions_there_are(world: World) -> None:
    team, chat = await world.organiser(), await world.join("Zoé", "1")
    assert "Questions: 1" not in (await menu_of(team))["Team"]
    assert (await menu_of(chat))["Questions"] == ("Ask the team",)
    for person, offered in ((chat, True), (team, False)):
        await person.command("moi")
        assert ("Ask the team" in person.buttons) == offered
    await chat.command("equipe")
    await chat.send("Is there a shuttle?")
    assert (await menu_of(chat))["Questions"] == ("Ask the team", "My questions")
    assert (await menu_of(team))["Team"][-1] == "Questions: 1"
    assert "Questions" not in await menu_of(team), "who would answer asks nobody"


@on_one_engine
async def test_a_question_and_its_answers_are_stored_as_who_and_what_is_meant(store_url: str) -> None:
    """Each answer is read alone where it came, and with those that came since where all are listed."""
    async with open_world(store_url) as world, open_web(world) as site:
        maud, zoe = await site.joined("Maud", organises=True), await site.joined("Zoé")
        team = await world.organiser()

        async def on_page(chat: WebChat) -> str:
            await catch_up(world, site.adapter)
            await chat.look()
            return "\n".join(message.text for message in chat.received).replace("\u2068", "").replace("\u2069", "")

        await zoe.command("equipe")
        await zoe.fill("Where do we sleep?\nIn tents?")
        [question] = (await stored_rows(world.store, "questions"))["questions"]
        await team.follow(f"qt-{question['id']}")  # PostgreSQL skips a number where it did a transaction again
        await team.fill("At the hostel.")
        await zoe.command("questions")
        await team.follow(f"qt-{question['id']}")
        await team.fill("With breakfast.")
        read = await on_page(zoe)
        assert "\n“Where do we sleep? In tents?”: At the hostel.\n\nWith breakfast.\n" in read
        for answer in ("At the hostel.", "With breakfast."):
            assert f"The team answers your question “Where do we sleep? In tents?”:\n{answer}\n" in f"{read}\n"
        read = await on_page(maud)
        assert "Zoé asks the team:\nWhere do we sleep?\nIn tents?" in read
        assert "Inès answered Zoé.\n“Where do we sleep? In tents?”: With breakfast." in read
        who = await number(world, "Zoé")
        rows = await stored_rows(world.store, "page_messages", "deliveries")
        others = [row for row in rows["page_messages"] if row["participant_id"] != who]  # what she wrote is hers
        stored = str([row["content"] for row in (*others, *rows["deliveries"])])
        assert re.search(r'\["quote", "teamanswer", "\d+\.16\.31", 0\]', stored)
        assert not [words for words in ("Zoé", "Inès", "sleep", "hostel", "breakfast") if words in stored]
        await rewrite(world, who, given_name="Zora")
        assert "Inès answered Zora.\n" in await on_page(maud)


@pytest.mark.parametrize(
    ("locale", "words", "told"),
    [
        ("fr", "Est-ce que je peux partir plus tôt ?", "C’est l’équipe qui peut te le dire\u00a0: demande-lui."),
        ("en", "Can I leave early?", "The team can tell you: ask them."),
    ],
)
async def test_a_plain_question_about_leaving_earlier_is_the_team_s(
    sqlite_url: str, locale: str, words: str, told: str
) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1", locale=locale)
        await zoe.send(words)
        assert zoe.text == told
        assert len(zoe.buttons) == 2
