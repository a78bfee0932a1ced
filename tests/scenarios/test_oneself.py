"""What participants decide about themselves, on every platform."""

from __future__ import annotations

from bot.content.folding import MOST
from tests.scenarios.conftest import Stage


async def test_seeing_and_erasing_everything(stage: Stage) -> None:
    chat = await stage.join("Zoé")
    await chat.pick("Culture")
    await chat.press("Confirm")
    await chat.command("confidentialite")
    await chat.press("See my data")
    await stage.delivered(chat)
    page, document = chat.files
    assert b"Culture" in page.content
    assert b'"culture"' in document.content
    await chat.command("effacer")
    await chat.press("Erase my texts too")
    await chat.press("Yes, erase me")
    assert "Everything about you is erased." in chat.text


async def test_a_question_is_asked_in_a_form_or_by_simply_writing(stage: Stage) -> None:
    chat = await stage.join("Zoé")
    await chat.command("equipe")
    await chat.fill("Where do we sleep?")
    assert "Your question is kept." in chat.text
    await chat.send("And where do we eat?")
    await chat.press("Yes")
    await chat.press("My questions")
    assert "“Where do we sleep?”: waiting for an answer" in chat.text
    assert "“And where do we eat?”: waiting for an answer" in chat.text


async def test_another_language(stage: Stage) -> None:
    chat = await stage.join("Zoé")
    await chat.command("reglages")
    await chat.press("Language")
    await chat.pick("Deutsch")
    await chat.command("reglages")
    assert "Deutsch" in chat.text


async def test_not_coming_and_coming_after_all(stage: Stage) -> None:
    chat = await stage.join("Zoé")
    await chat.command("reglages")
    await chat.press("I am not coming")
    await chat.press("Yes, I give up my place")
    assert "someone else gets your place" in chat.text
    await chat.press("I am coming after all")
    assert "Good to have you back" in chat.text


async def test_a_code_shown_here_is_asked_for_elsewhere(stage: Stage) -> None:
    chat = await stage.join("Zoé")
    await chat.command("lier")
    assert "It works once, for 10 minutes." in chat.text


async def test_an_account_is_taken_off_and_the_other_one_is_told(stage: Stage, beside: Stage) -> None:
    chat = await stage.join("Zoé")
    await chat.command("lier")
    code = next(word for word in chat.text.split() if word.count("-") == 1)
    other = beside.person("Zoé")
    if beside.platform == "web":  # a page is opened by a link of its own, not by a code
        await chat.command("reglages")
        await chat.press("My accounts")
        await chat.press("Get a new code")
        await other.follow("j-" + next(word for word in chat.text.split() if word.count("-") == 2).replace("-", ""))
        await stage.delivered(chat)
        assert any(told.startswith("An account was added") for told in chat.pushed)
        await chat.press("It was me")  # a new browser takes nothing away before
    else:
        await other.command("lier", code)
        await other.press("Yes, that is me")
        await stage.delivered(chat)
        await chat.press("Yes, link it")
    await chat.command("reglages")
    await chat.press("My accounts")
    assert "the one you are using" in chat.text
    await other.command("reglages")
    await other.press("My accounts")
    mine = {"telegram": "Telegram", "discord": "Discord", "web": "Personal page"}[stage.platform]
    await other.press("Remove this page" if stage.platform == "web" else f"Remove {mine}")
    await other.press("Remove it")
    assert f"Removed: {mine}" in other.text
    if stage.platform != "web":
        await chat.command("moi")
        assert chat.text.startswith("Welcome to Rencontres.")


async def test_what_is_behind_more_is_shown_in_its_place(stage: Stage) -> None:
    chat = await stage.join("Zoé")
    await chat.command("reglages")
    text, first = chat.text, chat.buttons
    assert len(first) == MOST
    await chat.press("More…")
    assert chat.text == text
    assert len({*chat.buttons} - {"Next ▶"}) in range(2, MOST + 1)  # which counts as one with the way back
    assert not {*first[:-1]} & {*chat.buttons}
    await chat.press("Back")
    assert chat.buttons == first
