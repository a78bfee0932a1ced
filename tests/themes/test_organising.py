"""Editing themes and the deadline in chat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.themes.organiser.editing import remove
from handlers.themes.store import put_theme
from tests.drivers.menus import stand_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.world import World, open_world


async def at_theme(world: World, title: str, by: NeutralChat | None = None) -> NeutralChat:
    """An organiser's chat, at a theme to edit."""
    chat = by or await world.organiser()
    await chat.command("organiser")
    await chat.press("Themes")
    await chat.pick(title)
    return chat


async def waiting_for_culture(world: World) -> list[NeutralChat]:
    """Two people in Culture and one who waits for it."""
    chats = [await world.join(name, str(number)) for number, name in enumerate(("Ali", "Eva", "Zoe"), start=1)]
    for chat in chats:
        await chat.pick("Culture")
        await chat.press("Confirm" if chat is not chats[-1] else "Join the waiting list")
    return chats


@on_one_engine
async def test_words_are_edited_in_each_language(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await at_theme(world, "Education")
        assert "English: Education" in ines.text
        await ines.press("Text in English")
        await ines.fill("Learning", "How we learn.")
        assert ines.text == "Learning: text changed"
        await ines.press("See the theme")
        assert "English: Learning\nHow we learn." in ines.text
        assert "German: Bildung" in ines.text
        zoe = await world.join("Zoe", "1")
        assert "Learning" in zoe.options


async def test_forms_of_a_theme_begin_with_what_it_is(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await at_theme(world, "Culture", await world.organiser(modal=True))
        await ines.press("Text in German")
        assert ines.prefill == {"name": "Kultur", "description": ""}
        await at_theme(world, "Culture", ines)
        await ines.press("Places")
        assert ines.prefill == {"capacity": "2"}
        await ines.fill("")
        await at_theme(world, "Culture", ines)
        await ines.press("Places")
        assert ines.prefill == {"capacity": ""}


async def test_languages_are_named_in_the_organisers_own(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await at_theme(world, "Education")
        assert ines.buttons[:3] == ("Text in French", "Text in English", "Text in German")


@on_one_engine
async def test_more_places_go_to_who_waits_and_undo_takes_nobodys_place(store_url: str) -> None:
    async with open_world(store_url) as world:
        chats = await waiting_for_culture(world)
        ines = await at_theme(world, "Culture")
        await ines.press("Places")
        await ines.fill("3")
        assert ines.text == "Culture: 3 places\n1 person moved up."
        undo = ines.payload("Undo")
        await chats[-1].command("moi")
        assert "Theme: Culture" in chats[-1].text
        await ines.follow(undo)
        await at_theme(world, "Culture", ines)
        assert "3 of 2 places taken" in ines.text


async def test_fewer_places_than_people_are_allowed_and_explained(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await waiting_for_culture(world)
        ines = await at_theme(world, "Culture")
        await ines.press("Places")
        await ines.fill("1")
        assert "There is 1 more person than places" in ines.text
        await at_theme(world, "Culture", ines)
        await ines.press("Places")
        await ines.press("Leave empty")
        assert ines.text == "Culture: places for everyone\n1 person moved up."


@on_one_engine
async def test_two_organisers_never_lose_each_others_words(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await at_theme(world, "Education", await world.organiser(modal=True))
        luc = await at_theme(world, "Education", await world.organiser(platform="discord", modal=True))
        await ines.press("Text in English")
        await luc.press("Text in English")
        await ines.fill("Learning", "")
        await luc.fill("Schools", "")
        assert "changed this meanwhile, so nothing was saved.\nNow: Learning\nYou wrote: Schools" in luc.text
        await luc.press("Open the form again")
        assert luc.form
        assert luc.form.prefill["name"] == "Schools"
        await luc.fill("Schools", "")
        assert luc.text == "Schools: text changed"


async def test_two_organisers_who_count_places_at_once_see_both_numbers(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await at_theme(world, "Culture", await world.organiser(modal=True))
        luc = await at_theme(world, "Culture", await world.organiser(platform="discord", modal=True))
        for ines_writes, luc_writes, stored, written in (("5", "7", "5", "7"), ("", "9", "places for everyone", "9")):
            for chat in (ines, luc):
                await at_theme(world, "Culture", chat)
                await chat.press("Places")
            await ines.fill(ines_writes)
            await luc.fill(luc_writes)
            assert "changed this meanwhile, so nothing was saved." in luc.text
            assert f"Now: {stored}\nYou wrote: {written}" in luc.text


async def test_a_theme_is_added_in_one_language_or_several(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser(modal=True)
        await ines.command("organiser")
        await ines.press("Themes")
        await ines.press("Add a theme")
        await ines.fill("", "", "", "20")
        assert ines.text == "Title in French\nIt needs a title in at least one language."
        await ines.press("Correct my answer")
        await ines.fill("Écologie", "", "Ökologie", "20")
        assert ines.text.startswith("Theme added: Écologie")
        undo = ines.payload("Undo")
        zoe = await world.join("Zoe", "1")
        await zoe.pick("Écologie")  # read in another language until there is a title in one's own
        await zoe.press("Confirm")
        await ines.follow(undo)
        assert ines.text.startswith("Somebody chose Écologie")


async def test_a_title_left_out_everywhere_is_asked_for_again_and_the_rest_is_kept(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Themes")
        await ines.press("Add a theme")
        await ines.fill("", "", "", "12")
        assert ines.text.startswith("It needs a title in at least one language.\nTitle in French")
        await ines.fill("Écologie")
        for _ in range(2):
            await ines.press("Skip")
        await ines.press("Keep it")
        assert ines.text.startswith("Theme added: Écologie")


@on_one_engine
async def test_only_a_theme_nobody_chose_is_removed_and_it_comes_back_in_its_place(store_url: str) -> None:
    async with open_world(store_url) as world:
        await waiting_for_culture(world)
        ines = await at_theme(world, "Culture")
        assert "Remove" not in ines.buttons
        await ines.follow(remove.ask.to("culture").encode())  # a button from before somebody chose it
        assert ines.text.startswith("Somebody chose Culture")
        await at_theme(world, "Education", ines)
        await ines.press("Remove")
        await ines.press("Remove")
        undo = ines.payload("Undo")
        await ines.press("Themes")
        assert " ".join(ines.options) == "Culture CivicTech"
        await ines.follow(undo)
        await ines.command("organiser")
        await ines.press("Themes")
        assert " ".join(ines.options) == "Culture Education CivicTech"


async def test_a_theme_named_second_is_not_removed(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoe", "1")
        await zoe.pick("Culture")
        await zoe.press("Confirm")
        await zoe.press("Name a second choice")
        await zoe.pick("CivicTech")
        ines = await at_theme(world, "CivicTech")
        await ines.press("Remove")
        await ines.press("Remove")
        assert ines.text.startswith("Somebody chose CivicTech, named it second")


async def test_a_deadline_that_has_passed_is_told_as_past(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        await world.clock.advance(timedelta(days=90))
        await ines.press("Themes")
        assert ines.text == "Themes could be chosen until Saturday 1 May, 12:00."


@on_one_engine
async def test_a_deadline_is_read_back_before_it_moves(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Themes")
        assert ines.text == "Themes can be chosen until Saturday 1 May, 12:00."
        await ines.press("Change the deadline")
        await ines.fill("3 juin 12h")
        assert ines.text == "Themes could be chosen until Thursday 3 June, 12:00 in Paris. Right?"
        await ines.press("Confirm")
        assert ines.text == "Theme deadline: Thursday 3 June, 12:00"
        undo = ines.payload("Undo")
        await ines.press("Themes")
        assert ines.text == "Themes can be chosen until Thursday 3 June, 12:00."
        await ines.follow(undo)
        await ines.press("Organise")
        await ines.press("Themes")
        assert ines.text == "Themes can be chosen until Saturday 1 May, 12:00."


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("42 juin 12h", "There is no such day in the calendar."),
        ("3 janvier 2027 12h", "That is past."),
        ("3 juin", "At what time?"),
        ("bientôt", "I do not understand this date."),
    ],
)
async def test_a_date_that_cannot_be_is_refused_politely(sqlite_url: str, typed: str, refusal: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Themes")
        await ines.press("Change the deadline")
        await ines.fill(typed)
        assert ines.text.startswith(refusal)
        await ines.fill("3 juin 12h")
        assert ines.text.startswith("Themes could be chosen until Thursday 3 June")


async def test_a_date_that_can_be_read_in_two_ways_is_chosen(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.join("Zoe", "1")
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Themes")
        await ines.press("Change the deadline")
        await ines.fill("7/6 12h")
        assert ines.text == "This can be read in two ways. Choose what you mean, or write another date."
        assert ines.buttons[:2] == ("Monday 7 June, 12:00", "Tuesday 6 July, 12:00")
        await ines.press("Write another date")
        await ines.fill("in 3 days at noon")
        assert ines.text == "Themes could be chosen until Thursday 4 March, 12:00 in Paris, 06:00 in Montréal. Right?"
        await ines.press("Write another date")
        await ines.fill("7/6 12h")
        await ines.press("Tuesday 6 July, 12:00")
        assert ines.text == "Theme deadline: Tuesday 6 July, 12:00"


async def test_a_deadline_after_the_gathering_is_said_to_be_before_it_is_saved(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Themes")
        await ines.press("Change the deadline")
        await ines.fill("14 juin 12h")
        assert ines.text.splitlines()[1:] == ["⚠ That is after the gathering, when nobody chooses a theme any more."]


async def test_two_deadlines_at_once_are_both_shown(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines, luc = await world.organiser(), await world.organiser(platform="discord")
        for chat, date in ((ines, "3 juin 12h"), (luc, "4 juin 12h")):
            await chat.command("organiser")
            await chat.press("Themes")
            await chat.press("Change the deadline")
            await chat.fill(date)
        await ines.press("Confirm")
        await luc.press("Confirm")
        assert "Now: Thursday 3 June, 12:00\nYou wrote: Friday 4 June, 12:00" in luc.text
        await luc.press("Confirm")
        assert luc.text == "Theme deadline: Friday 4 June, 12:00"


async def test_a_date_that_passes_before_it_is_confirmed_is_not_saved(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Themes")
        await ines.press("Change the deadline")
        await ines.fill("in 3 days at noon")
        await world.clock.advance(timedelta(days=4))
        await ines.press("Confirm")
        assert ines.text == "That is past. Add the year if you mean a later one."
        await ines.press("Themes")
        assert ines.text == "Themes can be chosen until Saturday 1 May, 12:00."


async def test_a_deadline_confirmed_twice_is_done_already(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Themes")
        await ines.press("Change the deadline")
        await ines.fill("3 juin 12h")
        confirm = ines.payload("Confirm")
        await ines.follow(confirm)
        await ines.follow(confirm)
        assert ines.text == "Nothing was changed."
        await ines.press("Themes")
        assert ines.text == "Themes can be chosen until Thursday 3 June, 12:00."


async def test_a_lifted_deadline_lets_everyone_choose_again(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoe", "1")
        await world.clock.advance(timedelta(days=100))
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Themes")
        await ines.press("Change the deadline")
        await ines.press("Skip")
        assert ines.text.startswith("Remove the deadline?")
        await ines.press("Confirm")
        assert ines.text == "Theme deadline: no deadline"
        await zoe.command("theme")
        assert zoe.text.startswith("Which theme would you like to work on?")


async def test_the_organisers_screen_counts_places_while_there_are_some_to_choose(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.pick("Culture")
        await zoe.press("Confirm")
        ines = await world.organiser()
        assert (await stand_of(ines))["Groups"] == "1 person has a theme."
        for position, key in ((1, "school"), (2, "civic")):
            await world.change(put_theme, key, position, {"en": key}, {}, 7)
        assert (await stand_of(ines))["Groups"] == "Places taken: 1 of 16."
        await world.clock.advance(timedelta(days=100))
        assert "Groups" not in await stand_of(ines), "everybody chose in time"
        await world.join("Ali", "2")
        assert (await stand_of(ines))["Groups"] == "1 person has no theme yet."
