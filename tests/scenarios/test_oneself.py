"""What participants decide about themselves, on every platform."""

from __future__ import annotations

from tests.scenarios.conftest import Stage


async def test_seeing_and_erasing_everything(stage: Stage) -> None:
    chat = await stage.join("Zoé")
    await chat.pick("Culture")
    await chat.press("Confirm")
    await chat.command("confidentialite")
    await chat.press("See my data")
    assert chat.file
    assert b'"culture"' in chat.file.content
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
    await chat.press("Send it to the team")
    await chat.press("My questions")
    assert "«Where do we sleep?»: waiting for an answer" in chat.text
    assert "«And where do we eat?»: waiting for an answer" in chat.text


async def test_another_language(stage: Stage) -> None:
    chat = await stage.join("Zoé")
    await chat.command("reglages")
    await chat.press("Language")
    await chat.pick("Deutsch")
    await chat.command("reglages")
    assert "Deutsch" in chat.text


async def test_not_coming_and_coming_after_all(stage: Stage) -> None:
    chat = await stage.join("Zoé")
    await chat.command("moi")
    await chat.press("I am not coming")
    await chat.press("I am not coming")
    assert "someone else gets your place" in chat.text
    await chat.press("I am coming after all")
    assert "Good to have you back" in chat.text


async def test_a_code_shown_here_is_asked_for_elsewhere(stage: Stage) -> None:
    chat = await stage.join("Zoé")
    await chat.command("lier")
    assert "It is good once, for ten minutes." in chat.text
