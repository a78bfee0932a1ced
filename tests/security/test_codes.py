"""A code lets in whoever types it as it stands, is guessed no faster for it, and is kept nowhere."""

from __future__ import annotations

import pytest

from tests.security.builders import Gathering, open_gathering


@pytest.fixture
async def everywhere(sqlite_url: str):  # type: ignore[no-untyped-def]
    async with open_gathering(sqlite_url, "telegram", "discord") as gathering:
        yield gathering


@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_a_code_typed_as_it_stands_joins(everywhere: Gathering, platform: str) -> None:
    for number, typed in enumerate(("{}-{}-{}", "{} {} {}", "{}{}{}", "lower {}-{}-{}", "/code {}-{}-{}")):
        code = await everywhere.invite(f"Zoé{number}")
        groups = [code[start : start + 4] for start in (0, 4, 8)]
        text = typed.format(*groups)
        chat = await everywhere.stranger(f"Zoé{number}", platform)
        if text.startswith("/code "):
            await chat.command("code", text.removeprefix("/code "))
        else:
            await chat.send(text.removeprefix("lower ").lower() if "lower" in typed else text)
        assert chat.text.replace("\u2068", "").startswith(f"Welcome, Zoé{number}")


@pytest.mark.parametrize("typed", ["AAAA-BBBB-CCC{}", "aaaabbbbccc{}"])
async def test_guesses_typed_as_they_stand_are_braked(everywhere: Gathering, typed: str) -> None:
    code = await everywhere.invite("Zoé")
    eve = await everywhere.stranger("Eve", "telegram")
    for guess in "23456":
        await eve.send(typed.format(guess))
        assert eve.text.startswith("This code does not work here: perhaps it was mistyped, used already or replaced.")
    await eve.send(f"{code[:4]}-{code[4:8]}-{code[8:]}")
    assert eve.text.startswith("Too many codes for now: you can try again in 10 minutes")
    await eve.command("code", code)
    assert eve.text.startswith("Too many codes for now: you can try again in 10 minutes")
    await everywhere.wait(minutes=7)
    await eve.command("code", code)
    assert eve.text.startswith("Too many codes for now: you can try again in 3 minutes")
    await everywhere.wait(minutes=3, seconds=1)
    await eve.command("code", code)
    assert "Zoé" in eve.text


@pytest.mark.parametrize("platform", ["telegram", "discord", "web"])
async def test_a_code_of_who_is_in_already_is_kept_nowhere(everywhere: Gathering, platform: str) -> None:
    code = await everywhere.invite("Max")
    spelt = f"{code[:4]}-{code[4:8]}-{code[8:]}"
    zoe = await everywhere.join("Zoé", platform)
    await everywhere.join("Eve", "web")
    await everywhere.start_phase("Zoé", "Eve")
    await everywhere.delivered(zoe)
    for typed in (spelt, code, spelt.lower()):
        await zoe.send(typed)
        assert zoe.text.startswith("This looks like a code, so I did not keep it.")
    await zoe.command("code", spelt)
    await zoe.command("equipe")
    if platform == "telegram":
        await zoe.send(spelt)
    else:
        await zoe.fill(spelt)
    assert zoe.text.startswith("This looks like a code, so I did not keep it.")
    for file, content in everywhere.kept().items():
        for form in (code, spelt, spelt.lower(), code.lower()):
            assert form.encode() not in content, file
    max_ = await everywhere.stranger("Max", "telegram")
    await max_.send(spelt)
    assert "Max" in max_.text


async def test_ordinary_words_are_no_codes(everywhere: Gathering) -> None:
    zoe = await everywhere.join("Zoé", "telegram")
    await everywhere.join("Eve", "web")
    await everywhere.start_phase("Zoé", "Eve")
    await everywhere.delivered(zoe)
    for words in ("organisation", "Deux gens", "chez-vous", "2 places", "Un jardin partagé"):
        await zoe.send(words)
        assert "looks like a code" not in zoe.text
    eve = await everywhere.stranger("Mia", "telegram")
    await eve.send("Bonjour à tous")
    assert eve.text == "Hello!"
    await eve.send("Un jardin partagé")
    assert eve.text.startswith("Welcome to Rencontres.")
