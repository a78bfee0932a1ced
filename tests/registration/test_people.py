"""Finding a person, correcting what is known, giving a theme, a role, a new invitation; and taking it back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.config import setting_store
from bot.conversation import journal_store
from bot.conversation.undo import Undo
from bot.database.engine import Transaction
from bot.people.listed import Gender
from tests.drivers.gestures import words
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import add_day, group
from tests.outbox import pushed
from tests.participants import number
from tests.world import World, open_world


async def opened(world: World, name: str, by: NeutralChat | None = None) -> NeutralChat:
    """An organiser's chat, at someone's card."""
    chat = by or await world.organiser()
    await chat.command("organiser")
    await chat.press("Find someone")
    await chat.fill(name)
    await chat.press(next(label for label in chat.buttons if "(" in label))
    return chat


async def test_a_name_is_found_whatever_its_accents_and_order(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Élise", "Dupont-Aignan")
        await world.invite("Marc", "Élie")
        ines = await world.organiser()
        for query, found in (
            ("dupont elise", 1),
            ("ELI", 2),
            ("aignan", 1),
            ("dupontaignan", 1),
            ("marc", 1),
        ):
            await ines.command("organiser")
            await ines.press("Find")
            await ines.fill(query)
            assert ines.text.startswith(f"{found} "), query
        await ines.press("Find someone else")
        await ines.fill("Nobody")
        assert ines.text == "Nobody is called that."


async def test_ten_are_shown_of_many(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        for number in range(12):
            await world.invite("Ali", f"Number {number:02}")
        ines = await world.organiser()
        await ines.command("organiser")
        await ines.press("Find")
        await ines.fill("ali")
        assert ines.text.startswith("12 people found.\nHere are the first 10")
        assert sum("Ali" in label for label in ines.buttons) == 10


@on_one_engine
async def test_a_card_shows_everything_entered(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoe", "1")
        await zoe.pick("Education")
        await zoe.press("Confirm")
        ines = await opened(world, "zoe")
        assert ines.text.splitlines() == [
            "Zoe (R-0001)",
            "Territory: Quebec",
            "Language: English",
            "Joined. Accounts: Telegram · Zoe.",
            "Theme: Education",
        ]


@on_one_engine
async def test_a_card_shows_all_that_someone_told_chose_and_got(store_url: str) -> None:
    async with open_world(store_url) as world:
        for name, chat in (("Bo", "2"), ("Cleo", "3"), ("Dan", "4")):
            other = await world.join(name, chat)
            await other.pick("Culture")
            await other.press("Confirm" if name != "Dan" else "Join the waiting list")
        code = await world.invite(
            "Zoe",
            "Roy",
            birth_year=1999,
            gender=Gender.WOMAN,
            organisation="OFQJ",
        )
        zoe = world.chat("1", name="Zoe")
        await zoe.follow(f"j-{code}")
        await zoe.pick("Education")
        await zoe.press("Confirm")
        await zoe.press("Name a second choice")
        await zoe.pick("CivicTech")
        await zoe.command("theme")
        await zoe.pick("Culture")
        await zoe.press("Join the waiting list")
        await group(world, ["Zoe"])
        ines = await opened(world, "zoe")
        assert words(ines.text).splitlines() == [
            "Zoe Roy (R-0004)",
            "Territory: Quebec",
            "Born in 1999",
            "Gender: woman",
            "Organisation: OFQJ",
            "Language: English",
            "Joined. Accounts: Telegram · Zoe.",
            "Theme: Education",
            "Second choice: CivicTech",
            "Waiting list for Culture: number 2.",
            "Group: Education 1",
        ]
        await add_day(world, 2, "2027-06-11")
        await group(world, ["Zoe"], round_=2, number_=3)
        await opened(world, "zoe", ines)
        assert words(ines.text).splitlines()[-2:] == [
            "Thursday 10 June 2027: Education 1",
            "Friday 11 June 2027: Education 3",
        ]


async def test_a_card_is_written_for_who_reads_it_not_for_who_it_is_about(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.invite("Khady")
        ines = await world.organiser(locale="fr")
        await ines.command("organiser")
        await ines.press("Trouver quelqu’un")
        await ines.fill("Khady")
        await ines.press("Khady (R-0001)")
        assert ines.text.replace("\xa0", " ").splitlines() == [
            "Khady (R-0001)",
            "Territoire : Québec",
            "Langue : anglais",
            "Son invitation n’a pas encore servi.",
            "Thème : aucun pour l’instant",
        ]


@on_one_engine
async def test_a_correction_keeps_what_was_not_touched_and_can_be_undone(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe", "Dupond", birth_year=1999)
        ines = await opened(world, "zoe")
        await ines.press("Correct")
        await ines.press("Keep it")
        assert "Now: Dupond" in ines.text
        await ines.fill("Dupont", "Belgique")
        await ines.press("Keep it")
        await ines.press("Keep it")
        assert ines.text == "Zoe Dupont corrected"
        await ines.press("See their profile")
        assert "Zoe Dupont (R-0001)\nTerritory: Belgium\nBorn in 1999" in ines.text
        await opened(world, "dupont", ines)
        await ines.command("organiser")
        await ines.press("Recent changes")
        assert "Zoe Dupont corrected" in ines.text
        await ines.press("Undo number 1")
        assert ines.text == "Undone: Zoe Dupont corrected"
        await opened(world, "dupond", ines)
        assert "Territory: Quebec" in ines.text


async def test_a_correction_is_checked(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.invite("Zoe")
        ines = await world.organiser(modal=True)
        await opened(world, "zoe", ines)
        await ines.press("Correct")
        await ines.fill("Zoe", "", "Québec", "1950", "")
        assert ines.text == "Year of birth\nThe gathering is for people born from 1992 to 2009."
        await ines.press("Correct my answer")
        assert ines.form
        assert ines.form.prefill["birth_year"] == "1950"
        await ines.fill("", "", "Québec", "1999", "")
        assert ines.text.startswith("First name\nA first or a family name is needed.")


async def test_of_a_person_a_first_name_is_enough(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.invite("Zoe", "Dupond")
        ines = await world.organiser(modal=True)
        await opened(world, "zoe", ines)
        await ines.press("Correct")
        assert ines.prefill == {
            "given_name": "Zoe",
            "family_name": "Dupond",
            "territory": "Quebec",
            "birth_year": "",
            "others": "Organisation or project:\nE-mail:\nGender:",
        }
        await ines.fill("Zoe", "", "", "", "")
        assert ines.text == "Zoe corrected"
        await opened(world, "zoe", ines)
        assert "Territory" not in ines.text


async def test_two_organisers_never_lose_each_others_correction(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe", "Dupond")
        ines = await world.organiser(modal=True)
        luc = await world.organiser(platform="discord", modal=True)
        await opened(world, "zoe", ines)
        await opened(world, "zoe", luc)
        await ines.press("Correct")
        await luc.press("Correct")
        await ines.fill("Zoe", "Dupont", "Québec", "", "")
        await luc.fill("Zoe", "Dupond", "France", "", "")
        assert "changed this meanwhile, so nothing was saved." in luc.text
        assert "Now: Zoe Dupont, Quebec" in luc.text
        assert "You wrote: Zoe · Dupond · France" in words(luc.text)
        await luc.press("Open the form again")
        assert luc.form
        assert luc.form.prefill["territory"] == "France"
        await luc.fill("Zoe", "Dupont", "France", "", "")
        assert luc.text == "Zoe Dupont corrected"


@on_one_engine
async def test_undo_is_refused_with_the_reason_once_someone_else_changed_the_same(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe")
        ines = await opened(world, "zoe")
        await ines.press("Language")
        await ines.pick("français")
        assert ines.text == "Zoe reads français"
        undo = ines.payload("Undo this change")
        luc = await opened(world, "zoe", await world.organiser(platform="discord"))
        await luc.press("Language")
        await luc.pick("Deutsch")
        await ines.follow(undo)
        assert "Not undone, because" in ines.text
        assert "Zoe reads Deutsch" in ines.text


async def test_undo_lasts_ten_minutes_and_works_once(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe")
        ines = await opened(world, "zoe")
        await ines.press("Language")
        await ines.pick("Deutsch")
        undo = ines.payload("Undo this change")
        await ines.follow(undo)
        assert ines.text.startswith("Undone:")
        await ines.follow(undo)
        assert ines.text == "Already undone."
        await opened(world, "zoe", ines)
        await ines.press("Language")
        await ines.pick("Deutsch")
        undo = ines.payload("Undo this change")
        await world.clock.advance(timedelta(minutes=10))
        await ines.follow(undo)
        assert ines.text.startswith("A change can be undone for ten minutes only.")


@pytest.mark.parametrize("inverse", ["gone-1", "ip-1-one_too_many"])
async def test_a_change_that_this_version_cannot_take_back_has_aged(sqlite_url: str, inverse: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.invite("Zoe")
        ines = await opened(world, "zoe")
        await ines.press("Language")
        await ines.pick("Deutsch")
        entry = await world.change(
            journal_store.add,
            author_id=await number(world, "Inès"),
            subject="participant:1",
            what=json.dumps("Language"),
            inverse=json.dumps([inverse, {}]),
            now=world.clock.now(),
        )
        await ines.follow(Undo(entry).encode())
        assert ines.text.startswith("That button has aged.")


@on_one_engine
async def test_a_theme_is_given_after_the_deadline_and_beyond_the_capacity_only_when_confirmed(store_url: str) -> None:
    async with open_world(store_url) as world:
        for number, name in enumerate(("Ali", "Eva"), start=1):
            chat = await world.join(name, str(number))
            await chat.pick("Culture")
            await chat.press("Confirm")
        zoe = await world.join("Zoe", "3")
        await world.clock.advance(timedelta(days=100))
        ines = await opened(world, "zoe")
        await ines.press("Theme")
        assert "✓ No theme" in ines.options
        await ines.pick("Culture")
        assert ines.text == "Culture is full: 2 of 2. Add Zoe all the same?"
        await ines.press("Add all the same")
        assert ines.text == "Zoe is in Culture\nThe people concerned will be told."
        undo = ines.payload("Undo")
        await ines.command("organiser")
        await ines.press("Themes")
        assert ines.described["Culture"] == "3 of 2 places taken"
        await ines.follow(undo)
        await ines.command("organiser")
        await ines.press("Themes")
        assert ines.described["Culture"] == "2 of 2 places taken"
        assert await pushed(world, zoe) == [
            "The team gave you this theme: Culture.",
            "The team took you out of your theme. A question? Write to the team with /team.",
        ]


async def test_giving_a_theme_the_person_just_changed_shows_so(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoe", "1")
        ines = await opened(world, "zoe")
        await ines.press("Theme")
        await zoe.pick("CivicTech")
        await zoe.press("Confirm")
        await ines.pick("Education")
        assert ines.text == "This was changed meanwhile, so nothing was saved."


@on_one_engine
async def test_the_last_organiser_and_those_of_the_configuration_stay(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoe", "1")
        ines = await opened(world, "zoe")
        await ines.press("Make organiser")
        assert "They will see and change everything." in ines.text
        await ines.press("Make organiser")
        assert ines.text == "Zoe is an organiser"
        await opened(world, "ines", zoe)
        await zoe.press("Take the organiser's role")
        assert "an organiser in the configuration" in zoe.text
        await opened(world, "zoe", zoe)
        await zoe.press("Take the organiser's role")
        await zoe.press("Take the role")
        assert zoe.buttons == ()
        await zoe.command("organiser")
        assert zoe.text.startswith("This is for the organisers.")


@on_one_engine
async def test_who_is_revoked_cannot_enter_until_it_is_undone(store_url: str) -> None:
    async with open_world(store_url) as world:
        code = await world.invite("Zoe")
        zoe = world.chat("1")
        await zoe.follow(f"j-{code}")
        await zoe.pick("Culture")
        await zoe.press("Confirm")
        ines = await opened(world, "zoe")
        await ines.press("Revoke")
        assert ines.text.startswith("Revoke Zoe?")
        await ines.press("Revoke")
        assert ines.text == "Zoe is revoked"
        undo = ines.payload("Undo")
        await zoe.command("theme")
        assert "Enter my code" in zoe.buttons
        await zoe.follow(f"j-{code}")
        assert zoe.text.startswith("This code does not work here")
        await ines.command("organiser")
        await ines.press("Themes")
        assert ines.described["Culture"] == "0 of 2 places taken"
        await ines.follow(undo)
        await zoe.command("moi")
        assert "Theme: Culture" in zoe.text
        await ines.command("organiser")
        await ines.press("Themes")
        assert ines.described["Culture"] == "1 of 2 places taken"


async def test_someone_revoked_is_invited_again_by_a_new_invitation(store_url: str) -> None:
    async with open_world(store_url) as world:
        code = await world.invite("Zoe")

        async def knows_telegram(tx: Transaction) -> None:
            await setting_store.set_telegram_username(tx, "rencontres_bot")

        await world.store.transact(knows_telegram)
        ines = await opened(world, "zoe")
        await ines.press("Revoke")
        await ines.press("Revoke")
        await ines.press("See their profile")
        assert "Revoked: cannot enter." in ines.text
        await ines.press("Invite again")
        await ines.press("New invitation")
        link = next(word for word in ines.text.split() if word.startswith("https://"))
        assert link.startswith("https://t.me/rencontres_bot?start=j-")
        zoe = world.chat("1")
        await zoe.follow(f"j-{code}")
        assert zoe.text.startswith("This code does not work here")
        await zoe.follow(link.partition("start=")[2])
        assert zoe.text.startswith("Welcome, Zoe")
