"""Themes as people choose among them: what each is about, what is left for another, what the deadline changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest

from bot.database.engine import Transaction
from handlers.groups.service.membership import publish_round
from handlers.groups.store.rounds import mark_round_published
from handlers.themes.checking import check
from handlers.themes.store import join_waiting_list, set_theme_deadline, take_seat
from tests.drivers.menus import menu_of
from tests.drivers.neutral import NeutralChat
from tests.groups.builders import crowd, found_round, group
from tests.outbox import pushed
from tests.participants import number
from tests.world import THEMES, World, make_settings, open_world

ABOUT = {"culture": "Culture as a lever.", "school": "Digital uses in education, " + "and much more " * 10, "civic": ""}


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    known = cast("list[dict[str, Any]]", THEMES)
    themes = [{**theme, "description": {"en": ABOUT[theme["key"]]}} for theme in known]
    settings = make_settings(organisers={"telegram": [900]}, themes=themes)
    async with open_world(sqlite_url, settings) as world:
        yield world


async def take(chat: NeutralChat, theme: str) -> None:
    await chat.command("theme")
    await chat.pick(theme)
    await chat.press("Confirm")


async def test_each_theme_has_a_line_and_nothing_is_said_of_places_for_everyone(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await zoe.command("theme")
    shown = zoe.text.splitlines()
    assert shown[1:] == [
        "Culture",
        "2 places left · Culture as a lever.",
        "Education",
        "Digital uses in education, and much more and much more and much more and…",
        "CivicTech",
    ]
    await zoe.pick("CivicTech")
    assert zoe.text == "CivicTech"


async def test_leaving_a_full_theme_says_first_who_gets_the_place(world: World) -> None:
    zoe, ali, eva = [await world.join(name, str(place)) for place, name in enumerate(("Zoé", "Ali", "Eva"), start=1)]
    for chat in (zoe, ali):
        await take(chat, "Culture")
    await zoe.command("theme")
    assert zoe.text.splitlines()[1:3] == ["Culture", "Your theme · Culture as a lever."]
    await zoe.pick("CivicTech")
    assert zoe.text.splitlines()[-1] == "Culture is full: whoever comes next gets the place you leave."
    await eva.command("theme")
    await eva.pick("Culture")
    await eva.press("Join the waiting list")
    await zoe.command("theme")
    await zoe.pick("CivicTech")
    assert zoe.text.splitlines()[-1] == "Your place in Culture will go to the next in line: you cannot take it back."
    await zoe.press("Confirm")
    await zoe.command("theme")
    await zoe.pick("Education")
    assert "place" not in zoe.text


async def test_a_second_choice_is_named_and_taken_back(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await take(zoe, "Culture")
    second = zoe.payload("Name a second choice")
    await zoe.follow(second)
    assert zoe.options == ("Education", "CivicTech")
    await zoe.pick("CivicTech")
    assert zoe.text == "Second choice: CivicTech"
    await zoe.follow(second)
    assert zoe.options == ("Education", "✓ CivicTech")
    await zoe.pick()
    assert zoe.text == "No second choice, then."


async def test_after_the_deadline_one_reads_ones_theme_and_no_button_that_would_refuse(world: World) -> None:
    zoe = await world.join("Zoé", "1")
    await take(zoe, "Culture")
    await world.clock.advance(timedelta(days=90))
    await zoe.command("theme")
    assert (
        zoe.text
        == "Your theme is Culture.\nYou can no longer change your theme yourself. Write to the team: they still can."
    )
    assert zoe.buttons == ("Ask the team", "Home")
    await zoe.press("Home")
    assert "Change theme" not in zoe.buttons


async def test_the_team_learns_of_who_comes_after_the_deadline(world: World) -> None:
    team = await world.organiser()
    await world.clock.advance(timedelta(days=90))
    zoe = await world.join("Zoé", "1")
    assert "the team will find you a place and tell you." in zoe.text
    assert await pushed(world, team) == [
        "\u2068Zoé\u2069 joined after the deadline and has no theme: find them a place."
    ]


@pytest.mark.parametrize(("days", "said"), [(0, "came late and is in"), (3, "has a theme now and is in")])
async def test_only_who_just_came_is_said_to_have_come(world: World, days: int, said: str) -> None:
    team, zoe = await world.organiser(), await world.join("Zoé", "1")
    await crowd(world, "Ana", "Bo", "Cleo")
    await group(world, ["Ana", "Bo", "Cleo"])
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))
    await world.clock.advance(timedelta(days=days))
    await take(zoe, "Education")
    assert [each for each in await pushed(world, team) if "Zoé" in each and said in each]


async def test_ones_own_screen_says_which_theme_and_how_to_choose_while_that_is_open(world: World) -> None:
    zoe, ali = await world.join("Zoé", "1"), await world.join("Ali", "2")
    await zoe.command("moi")
    assert zoe.text.splitlines()[1:] == ["No theme chosen yet."]
    assert zoe.buttons == ("Choose a theme", "Ask the team", "Emergency", "More…")
    assert (await menu_of(zoe))["Now"] == ("Choose a theme", "Home")
    await take(zoe, "Culture")
    await zoe.command("moi")
    assert zoe.text.splitlines()[1:] == ["Theme: Culture"]
    assert zoe.buttons == ("Change theme", "Ask the team", "Emergency", "More…")
    assert (await menu_of(zoe))["Now"] == ("Home",)
    assert (await menu_of(zoe))["Workshops"] == ("Change theme",)
    await world.store.transact(lambda tx: set_theme_deadline(tx, world.clock.now()))
    for chat, line in (
        (zoe, "Theme: Culture"),
        (ali, "Themes can no longer be chosen here: the team will find you a place and tell you."),
    ):
        await chat.command("moi")
        assert chat.text.splitlines()[1:] == [line]
        assert chat.buttons == ("Ask the team", "Emergency", "More…")
        assert {*await menu_of(chat)} == {"Now", "Questions", "Safety", "My account"}
        assert (await menu_of(chat))["Now"] == ("Home",)


async def test_whose_group_says_the_theme_reads_of_no_waiting_list(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"])
    await world.store.transact(lambda tx: mark_round_published(tx, 1, world.clock.now()))
    ana = chats["Ana"]
    await ana.command("moi")
    assert not [line for line in ana.text.splitlines() if "heme" in line]
    assert "Change theme" not in ana.buttons
    id_ = await number(world, "Ana")
    await world.store.transact(lambda tx: join_waiting_list(tx, id_, "culture", world.clock.now()))
    await ana.command("moi")
    assert ana.text.splitlines()[-1] == "Group: Education 1, with Bo", "the list no longer counts"


async def test_the_check_tells_of_places_that_nobody_holds_and_how_to_count_them_anew(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.pick("Culture")
        await zoe.press("Confirm")
        well = await world.read(check, world.settings)
        assert not [finding for finding in well if finding.state == "failed"]

        await world.change(take_seat, "culture")
        wrong, *others = await world.read(check, world.settings)
        assert (wrong.state, wrong.detail) == ("failed", "culture counts 2 places taken, but is chosen by 1")
        assert others == well

        async def recount(tx: Transaction) -> None:
            await tx.run(wrong.remedy.partition(": ")[2])

        await world.store.transact(recount)
        assert await world.read(check, world.settings) == well


async def test_who_waited_for_a_seat_is_told_on_discord_without_having_agreed_to_messages(world: World) -> None:
    zoe, ali = await world.join("Zoé", "1"), await world.join("Ali", "2")
    eva = await world.join("Eva", "3", platform="discord")
    for chat in (zoe, ali):
        await take(chat, "Culture")
    await eva.command("theme")
    await eva.pick("Culture")
    await eva.press("Join the waiting list")
    assert await pushed(world, eva) == []
    await take(zoe, "CivicTech")
    assert (await pushed(world, eva))[-1].startswith("A place")
