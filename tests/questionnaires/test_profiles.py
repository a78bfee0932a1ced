"""Private fields on a person's profile: seen and corrected by organisers, with all the rest, and a person erased."""

from __future__ import annotations

from handlers.questionnaires import store
from handlers.questionnaires.model import AnswerKind
from handlers.registration.store import find_listed
from tests.drivers.neutral import NeutralChat
from tests.participants import number
from tests.questionnaires.test_fields import keep
from tests.world import World, make_settings, open_world

TWO = {"telegram": [900, 901]}


async def card(world: World, chat: NeutralChat, name: str = "Zoe") -> None:
    """Open somebody's profile."""
    await chat.follow(f"op-{await number(world, name)}")


async def correct(world: World, chat: NeutralChat, lines: str) -> None:
    """Type lines under «Correct» on Zoe's profile, and leave the rest as it is."""
    await card(world, chat)
    await chat.press("Correct")
    await chat.fill("Zoe", "Dupond", "Québec", "1999", lines)


async def test_one_form_corrects_everything(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe", "Dupond", birth_year=1999)
        diet = await keep(world, "Diet", Zoe="Vegetarian")
        ines = await world.organiser(modal=True)
        await card(world, ines)
        assert "Diet: Vegetarian" in ines.text
        await ines.press("Correct")
        assert ines.prefill["others"] == "Organisation or project:\nE-mail:\nGender:\nDiet: Vegetarian"
        await ines.fill(
            "Zoe", "Dupond", "Québec", "1999", "e-mail: zoe@example.org\nGENDER: woman\nDiet: Vegan: no eggs"
        )
        assert ines.text == "Zoe Dupond corrected"
        stored = await world.read(find_listed, await number(world, "Zoe"))
        assert stored is not None
        assert (stored.person.email, stored.person.gender) == ("zoe@example.org", "woman")
        await card(world, ines)
        assert "Diet: Vegan: no eggs" in ines.text
        await ines.follow("oc")
        await ines.press("Undo number 1")
        await card(world, ines)
        assert "Diet: Vegetarian" in ines.text
        assert "zoe@example.org" not in ines.text
        await correct(world, ines, "Diet:")
        assert await world.read(store.answers_to, diet) == {}


async def test_a_line_that_cannot_be_is_refused_and_nothing_is_saved(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.invite("Zoe", "Dupond", birth_year=1999)
        await keep(world, "Shoe size", AnswerKind.NUMBER)
        ines = await world.organiser(modal=True)
        for line, why in (
            ("Shoe size: old", "Shoe size: “old” is not a number."),
            ("Colour: red", "I do not know what “Colour: red” is about."),
            ("E-mail: zoe", "“zoe” is not an e-mail address."),
            ("Gender: cat", "I do not know the gender “cat”."),
            ("Organisation or project: " + "x" * 101, "This is too long: 100 characters at most."),
        ):
            await correct(world, ines, f"E-mail: a@b.example\n{line}")
            assert why in ines.text, line
        await card(world, ines)
        assert "a@b.example" not in ines.text


async def test_two_organisers_never_lose_each_others_answer(store_url: str) -> None:
    async with open_world(store_url, make_settings(organisers=TWO)) as world:
        await world.invite("Zoe", "Dupond", birth_year=1999)
        await keep(world, "Diet", Zoe="Vegetarian")
        ines, luc = await world.organiser(modal=True), await world.organiser("901", modal=True)
        for chat in (ines, luc):
            await card(world, chat)
            await chat.press("Correct")
        await ines.fill("Zoe", "Dupond", "Québec", "1999", "Diet: Vegan")
        await luc.fill("Zoe", "Dupond", "Québec", "1999", "Diet: Halal")
        assert "changed this meanwhile, so nothing was saved." in luc.text
        assert "Diet: Vegan" in luc.text
        await card(world, luc)
        assert "Diet: Vegan" in luc.text


async def test_a_person_is_erased_after_its_consequences_were_told(store_url: str) -> None:
    async with open_world(store_url, make_settings(organisers=TWO)) as world:
        await world.join("Zoe", "1")
        diet = await keep(world, "Diet", Zoe="Vegetarian")
        ines = await world.organiser()
        await card(world, ines)
        await ines.press("Erase this person")
        assert ines.text.startswith("Erase everything about Zoe (R-0001), on all their accounts? Nobody can undo this.")
        assert await world.read(store.answers_to, diet)
        await ines.press("Erase, with their texts")
        assert ines.text == "Everything about this person is erased."
        assert await world.read(store.answers_to, diet) == {}
        again = world.chat("1")
        await again.command("moi")
        assert "R-0001" not in again.text


async def test_nobody_erases_themselves_there_nor_the_last_organiser(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await card(world, ines, "Inès")
        await ines.press("Erase this person")
        assert ines.text == "This is you."
        assert ines.buttons[0] == "Privacy"
