"""Taking part from more than one place: questions and answers, two accounts, making room, stopping, being forgotten."""

from __future__ import annotations

import json

from bot.rehearsal.chat_driver import Chat
from tests.drivers.gestures import take_culture, wants_to_be_told, words
from tests.scenarios.conftest import Stage


async def link(stage: Stage, chat: Chat, other: Chat) -> None:
    """Give another account to someone who joined."""
    await chat.command("lier")
    code = words(chat.text).split()[2]
    await other.command("lier")
    await other.press("Enter my code")
    await other.fill(code)
    assert "You are Zoé?" in words(other.text)
    await other.press("Yes, that is me")
    assert "Almost there" in other.text
    await stage.delivered(chat)
    assert "Is it yours?" in chat.text
    await chat.press("Yes, link it")
    await stage.delivered(other)
    assert "Linked. You are Zoé here too." in words(other.text)


async def test_a_question_and_its_answer_cross_platforms(stage: Stage, beside: Stage) -> None:
    ines = await beside.organiser()
    zoe = await stage.join("Zoé")
    await zoe.command("equipe")
    await zoe.fill("Where do we sleep?")
    assert "The team has your question." in zoe.text
    await stage.delivered(ines)
    assert "Zoé asks the team:" in words(ines.text)
    assert "Where do we sleep?" in ines.text
    await ines.press("Answer")
    await ines.fill("At the youth hostel.")
    assert "Your answer is on its way to Zoé." in words(ines.text)
    await stage.delivered(zoe)
    assert "The team answers your question “Where do we sleep?”:" in words(zoe.text)
    assert "At the youth hostel." in zoe.text


async def test_two_accounts_are_one_person_and_hear_everything_once(stage: Stage, beside: Stage) -> None:
    joined, elsewhere = (beside, stage) if stage.platform != "web" else (stage, beside)
    zoe = await joined.join("Zoé")
    there = elsewhere.person("Zoé")
    await link(stage, zoe, there)
    await take_culture(there)
    await zoe.command("moi")
    assert "Theme: Culture" in zoe.text
    await zoe.command("equipe")
    await zoe.fill("Is there a garden?")
    ines = await elsewhere.organiser()
    await ines.command("questions")
    await ines.press("Answer number 1")
    await ines.fill("Yes.")
    before = len(zoe.pushed), len(there.pushed)
    await stage.delivered(zoe, there)
    assert sum(map(len, (zoe.pushed, there.pushed))) == sum(before) + 1


async def test_a_place_given_up_goes_to_who_waits_on_another_platform(stage: Stage, beside: Stage) -> None:
    ana, bo = await stage.join("Ana"), await stage.join("Bo")
    cleo = await beside.join("Cleo")
    await take_culture(ana, bo, cleo)
    await ana.command("reglages")
    await ana.press("I am not coming")
    await ana.press("Yes, I give up my place")
    assert "someone else gets your place" in ana.text
    await stage.delivered(cleo)
    assert "Culture" in cleo.text
    await cleo.command("moi")
    assert "Theme: Culture" in cleo.text


async def test_who_stopped_gets_no_message_until_they_want_them_again(stage: Stage) -> None:
    ana, bo, cleo = [await stage.join(name) for name in ("Ana", "Bo", "Cleo")]
    await wants_to_be_told(cleo)
    await take_culture(ana, bo, cleo)
    await cleo.command("stop")
    assert "You will get no more messages, except answers to what you ask." in cleo.text
    await ana.command("theme")
    await ana.pick("Education")
    await ana.press("Confirm")
    await stage.delivered(cleo)
    assert cleo.pushed == ()
    await cleo.press("Get messages again")
    assert "You get messages again from now on." in cleo.text


async def test_messages_come_in_the_language_that_was_chosen(stage: Stage) -> None:
    ana, bo, cleo = [await stage.join(name) for name in ("Ana", "Bo", "Cleo")]
    await wants_to_be_told(cleo)
    await take_culture(ana, bo, cleo)
    await cleo.command("reglages")
    await cleo.press("Language")
    await cleo.pick("Deutsch")
    await ana.command("theme")
    await ana.pick("Education")
    await ana.press("Confirm")
    await stage.delivered(cleo)
    assert "Kultur" in cleo.text


async def test_who_erases_themselves_is_a_stranger_on_both_accounts(stage: Stage, beside: Stage) -> None:
    joined, elsewhere = (beside, stage) if stage.platform != "web" else (stage, beside)
    zoe = await joined.join("Zoé")
    there = elsewhere.person("Zoé")
    await link(stage, zoe, there)
    await there.command("mesdonnees")
    await elsewhere.delivered(there)
    page, document = there.files
    assert "Zoé" in page.content.decode()
    assert json.loads(document.content)["person"][0]["given_name"] == "Zoé"
    await there.command("effacer")
    await there.press("Erase my texts too")
    await there.press("Yes, erase me")
    assert "Everything about you is erased." in there.text
    await there.command("moi")
    assert "Welcome to Rencontres." in there.text
    await zoe.look()
    assert "Zoé" not in zoe.text
