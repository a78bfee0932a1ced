"""Joining and choosing, as everyone does it, wherever they are."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.drivers.gestures import words
from tests.scenarios.conftest import Stage


async def test_from_the_invitation_to_a_theme_with_nothing_typed(stage: Stage) -> None:
    zoe = await stage.join("Zoé")
    assert "Welcome, Zoé!" in words(zoe.text)
    await zoe.pick("Culture")
    assert "2 places left" in zoe.text
    await zoe.press("Confirm this theme")
    assert "Your theme is Culture." in zoe.text
    await zoe.command("moi")
    assert "Theme: Culture" in zoe.text


async def test_a_theme_can_be_changed_and_a_second_one_named(stage: Stage) -> None:
    zoe = await stage.join("Zoé")
    for theme in ("Culture", "CivicTech"):
        await zoe.command("theme")
        await zoe.pick(theme)
        await zoe.press("Confirm this theme")
    await zoe.press("Name a second choice")
    await zoe.pick("Culture")
    await zoe.command("moi")
    assert "Theme: CivicTech\nSecond choice: Culture" in zoe.text


async def test_a_full_theme_has_a_waiting_list_that_moves_up_by_itself(stage: Stage) -> None:
    first, second, third = [await stage.join(name) for name in ("Ana", "Bo", "Cleo")]
    for chat in (first, second):
        await chat.pick("Culture")
        await chat.press("Confirm")
    await third.pick("Culture")
    assert "Full, waiting list open" in third.text
    await third.press("Join the waiting list")
    assert "You are number 1 on the waiting list for Culture." in third.text
    await first.command("theme")
    await first.pick("Education")
    await first.press("Confirm")
    await third.command("moi")
    assert "Theme: Culture" in third.text


async def test_after_the_deadline_the_team_decides(stage: Stage) -> None:
    zoe = await stage.join("Zoé")
    await zoe.pick("Culture")
    deadline = stage.world.settings.gathering.deadline
    assert deadline
    await stage.world.clock.advance(deadline - stage.world.clock.now())
    await zoe.press("Confirm")
    assert "You can no longer change your theme yourself." in zoe.text
    assert "Ask the team" in zoe.buttons


async def test_four_people_take_the_last_place_and_one_gets_it(stage: Stage) -> None:
    people = [await stage.join(name) for name in ("Ana", "Bo", "Cleo", "Dia", "Eli")]
    await people[4].pick("Culture")
    await people[4].press("Confirm")
    for chat in people[:4]:
        await chat.pick("Culture")
    if stage.platform == "discord":  # simcord plays one gesture at a time
        for chat in people[:4]:
            await chat.press("Confirm")
    else:
        await asyncio.gather(*(chat.press("Confirm") for chat in people[:4]))
    outcomes = sorted("Your theme is Culture." in chat.text for chat in people[:4])
    assert outcomes == [False, False, False, True]
    assert sum("has just filled up" in chat.text for chat in people[:4]) == 3


async def test_a_code_opens_for_one_account_only(stage: Stage) -> None:
    code = await stage.world.invite("Zoé")
    zoe, other = stage.person("Zoé"), stage.person("Max")
    await zoe.follow(f"j-{code}")
    if stage.platform == "web":
        return  # a page's link is personal: whoever has it is taken for its owner
    await other.command("code")
    await other.fill(code)
    assert "This code does not work here" in other.text


async def test_five_wrong_codes_then_ten_minutes(stage: Stage) -> None:
    if stage.platform == "web":
        return  # nobody types a code there
    code = await stage.world.invite("Zoé")
    zoe = stage.person("Zoé")
    for guess, answer in [*([("WRONGWRONG", "This code does not work here")] * 5), (code, "in 10 minutes")]:
        await zoe.command("code")
        await zoe.fill(guess)
        assert answer in zoe.text
    await stage.world.clock.advance(timedelta(minutes=11))
    await zoe.command("code")
    await zoe.fill(code)
    assert "Welcome, Zoé" in words(zoe.text)


async def test_who_comes_after_the_deadline_is_welcome_all_the_same(stage: Stage) -> None:
    deadline = stage.world.settings.gathering.deadline
    assert deadline
    await stage.world.clock.advance(deadline - stage.world.clock.now())
    late = await stage.join("Zoé")
    assert "Welcome, Zoé" in words(late.text)
    assert "the team will find you a place and tell you." in late.text
    assert "Ask the team" in late.buttons
    await late.command("theme")
    assert "the team will find you a place and tell you." in late.text
    await late.command("moi")
    assert "the team will find you a place and tell you." in late.text
    assert not {"Choose a theme", "Change theme"} & set(late.buttons), "it would be refused"
