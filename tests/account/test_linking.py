"""A second account: a code from one side, typed on the other, a yes from both, and one person from then on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.app import chores
from bot.background.scheduling import Housekeeping
from bot.people import attempt_store
from tests.drivers.neutral import NeutralChat
from tests.outbox import press_push, pushed
from tests.stored_rows import stored_rows
from tests.world import World, open_world

WRONG = "This code does not work"


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


async def code_of(chat: NeutralChat) -> str:
    await chat.command("lier")
    return chat.text.split()[2]


def discord(world: World, native_id: str = "d1", name: str = "zoe#1", **how: bool) -> NeutralChat:
    return world.chat(native_id, platform="discord", name=name, **how)


async def test_both_sides_say_yes_and_are_one_person(world: World) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world)
    code = await code_of(chat)
    assert len(code.replace("-", "")) == 8
    await other.command("link", code)
    assert other.text == "You are \u2068Zoé\u2069?"
    await other.press("Yes, that is me")
    assert other.text.startswith("Almost there")
    assert await pushed(world, chat) == ["Someone typed your code on this account: Discord · zoe#1. Is it yours?"]
    await press_push(world, chat, "Yes, link it")
    assert chat.text.startswith("Linked: Discord · zoe#1 is yours too.")
    assert await pushed(world, other) == ["Linked. You are \u2068Zoé\u2069 here too."]
    await other.command("theme")
    await other.pick("Culture")
    await other.press("Confirm")
    await chat.command("me")
    assert "Theme: Culture" in chat.text


async def test_until_the_first_side_says_yes_nothing_is_linked(world: World) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world)
    await other.command("link", await code_of(chat))
    await other.press("Yes")
    await other.command("me")
    assert other.text.startswith("Welcome to Rencontres.")


async def test_the_first_side_says_no(world: World) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world)
    await other.command("link", await code_of(chat))
    await other.press("Yes")
    await press_push(world, chat, "No, it is not mine")
    assert chat.text.startswith("Nothing was linked.")
    await press_push(world, chat, "Yes, link it")
    assert chat.text.startswith("That button has aged.")
    await other.command("me")
    assert other.text.startswith("Welcome to Rencontres.")


async def test_the_other_side_says_no(world: World) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world)
    await other.command("link", await code_of(chat))
    await other.press("No")
    assert other.text.startswith("Welcome to Rencontres.")
    assert await pushed(world, chat) == []


async def test_double_taps_ask_once_and_link_once(world: World) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world)
    await other.command("link", await code_of(chat))
    payload = other.payload("Yes")
    await other.follow(payload)
    await other.follow(payload)
    assert other.text.startswith("Almost there")
    assert len(await pushed(world, chat)) == 1
    await press_push(world, chat, "Yes")
    await press_push(world, chat, "Yes")
    assert chat.text.startswith("Linked:")
    assert len(await pushed(world, other)) == 1


@pytest.mark.parametrize("kind", ["used", "expired", "replaced", "mistyped", "unknown"])
async def test_one_answer_for_every_code_that_does_not_work(world: World, kind: str) -> None:
    chat = await world.join("Zoé", "1")
    code = await code_of(chat)
    if kind == "used":
        first = discord(world, "d0")
        await first.command("link", code)
        await first.press("Yes")
    elif kind == "expired":
        await world.clock.advance(timedelta(minutes=10))
    elif kind == "replaced":
        await chat.command("lier")
    elif kind == "mistyped":
        code = code[::-1]
    else:
        code = "<b>@everyone</b>\u202e\x00😀"
    other = discord(world)
    await other.command("link", code)
    assert other.text == (
        f"{WRONG}: perhaps it was mistyped, used already, or is older than 10 minutes.\nAfter 5 tries, wait 10 minutes."
    )


async def test_a_code_confirmed_too_late_is_refused(world: World) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world)
    await other.command("link", await code_of(chat))
    await world.clock.advance(timedelta(minutes=10))
    await other.press("Yes")
    assert other.text.startswith(WRONG)


async def test_five_tries_then_ten_minutes(world: World) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world)
    for wrong in range(5):
        await other.command("link", f"WRONG{wrong}")
    await other.command("link", await code_of(chat))
    assert other.text.startswith("Too many codes for now: you can try again in 10 minutes")
    await world.clock.advance(timedelta(minutes=10))
    await other.command("link", await code_of(chat))
    assert other.text.startswith("You are")


async def test_many_accounts_that_guess_are_braked_together_and_the_team_learns_of_it_once(world: World) -> None:
    """One slip is still nobody's end, and whoever has a right code gets in."""
    ines, chat = await world.organiser(), await world.join("Zoé", "1")
    platforms = ("telegram", "discord")
    for number in range(attempt_store.CROWD // 5):
        eve = world.chat(f"eve {number}", platform=platforms[number % 2])
        for wrong in range(5):
            await eve.command("link", f"WRONG{wrong}")
    (told,) = await pushed(world, ines)
    assert told == (
        "Many wrong codes: 200 in 10 minutes, from 40 accounts. Somebody may be guessing.\n"
        "Codes are too long to be guessed, and a right one still lets in whoever has it. Until this ends each account"
        " has 2 tries every 10 minutes."
    )
    late, slip = world.chat("late"), world.chat("slip")
    for _ in range(2):
        await late.command("link", "WRONG")
        assert late.text.startswith(WRONG)
    await slip.command("link", "WRONG")
    code = await code_of(chat)
    await late.command("link", code)
    assert late.text.startswith("Too many codes for now: you can try again in 10 minutes")
    await slip.command("link", code)
    assert slip.text.startswith("You are")
    await world.clock.advance(timedelta(minutes=10))
    await late.command("link", await code_of(chat))
    assert late.text.startswith("You are")
    assert await pushed(world, ines) == [told]


async def test_pressing_with_guessed_codes_counts_as_well_as_typing_them(world: World) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world)
    code = (await code_of(chat)).replace("-", "")
    for wrong in range(5):
        await other.follow(f"kc-WRONG{wrong}")
    await other.follow(f"kc-{code}")
    assert other.text.startswith("Too many codes for now: you can try again in 10 minutes")
    assert await pushed(world, chat) == []


@pytest.mark.parametrize("modal", [False, True])
async def test_a_link_code_works_where_an_invitation_is_asked_for(world: World, modal: bool) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world, modal=modal)
    code = await code_of(chat)
    await other.command("start")
    await other.press("Enter my code")
    await other.fill(code.lower().replace("-", " "))
    assert other.text == "You are \u2068Zoé\u2069?"


@pytest.mark.parametrize("modal", [False, True])
async def test_who_brings_no_code_along_is_asked_for_it(world: World, modal: bool) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world, modal=modal)
    code = await code_of(chat)
    await other.command("verbinden")
    await other.press("Enter my code")
    await other.fill(code)
    await other.press("Yes")
    assert other.text.startswith("Almost there")


async def test_an_account_of_someone_else_stays_theirs(world: World) -> None:
    chat, other = await world.join("Zoé", "1"), await world.join("Ali", "d1", platform="discord")
    await other.command("link", await code_of(chat))
    assert other.text.startswith("This account belongs to Ali already.")
    assert await pushed(world, chat) == []


async def test_an_account_that_joined_meanwhile_is_not_taken_from_its_person(world: World) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world)
    await other.command("link", await code_of(chat))
    await other.press("Yes")
    await other.follow(f"j-{await world.invite('Ali')}")
    await press_push(world, chat, "Yes")
    assert chat.text.startswith("That button has aged.")
    await other.command("me")
    assert "Enter my code" not in other.buttons


async def test_ones_own_code_belongs_on_the_other_account(world: World) -> None:
    chat = await world.join("Zoé", "1")
    await chat.command("lier", await code_of(chat))
    assert chat.text == "This is your own code: enter it on your other account."


async def test_someone_elses_yes_or_no_changes_nothing(world: World) -> None:
    chat, other, stranger = await world.join("Zoé", "1"), discord(world), await world.join("Ali", "2")
    await other.command("link", await code_of(chat))
    await other.press("Yes")
    for payload in ("ky-3", "kn-3"):
        await stranger.follow(payload)
        assert stranger.text.startswith("That button has aged.")
    await press_push(world, chat, "Yes")
    assert chat.text.startswith("Linked:")


async def test_an_account_nobody_accepted_is_forgotten_after_a_day(world: World) -> None:
    chat, other = await world.join("Zoé", "1"), discord(world)
    await other.command("link", await code_of(chat))
    await other.press("Yes")
    await world.clock.advance(timedelta(days=1, minutes=1))
    await Housekeeping(world.store, world.clock, chores(())).tidy()  # the engine's own, whatever capabilities there are
    accounts = (await stored_rows(world.store))["accounts"]
    assert [account["native_id"] for account in accounts] == [chat.sender.native_id]
    await press_push(world, chat, "Yes")
    assert chat.text.startswith("That button has aged.")
