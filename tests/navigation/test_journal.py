"""The journal: who changed what, by day, found by words, in the workbook; its values go after a day."""

from __future__ import annotations

from datetime import timedelta

from bot.content.branding import Branding
from bot.content.texts import ISOLATES
from bot.conversation import journal_store
from bot.conversation.undo import Undo
from handlers.results.messages import Wording
from handlers.results.service import read_more_sheets
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.world import World, open_world


async def correct(ines: NeutralChat, name: str, family_name: str) -> None:
    """Give a person another family name, as an organiser does."""
    await ines.command("organiser")
    await ines.press("Find someone")
    await ines.fill(name)
    await ines.press(ines.buttons[0])
    await ines.press("Correct")
    await ines.fill(name, family_name)


def plain_words(ines: NeutralChat) -> list[str]:
    """The lines that are shown, without the marks that keep names in their own direction."""
    return ines.text.translate(ISOLATES).splitlines()


async def open_journal(ines: NeutralChat) -> None:
    await ines.command("organiser")
    await ines.press("Recent changes")


@on_one_engine
async def test_each_day_has_its_changes_and_those_of_before_can_be_read(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe")
        await world.invite("Élie")
        ines = await world.organiser(modal=True)
        await open_journal(ines)
        assert ines.text == "Nothing was changed yet."
        await correct(ines, "Zoe", "Dupond")
        await world.clock.advance(timedelta(days=1))
        await correct(ines, "Élie", "Martin")
        await correct(ines, "Élie", "Morin")
        await open_journal(ines)
        first, *changes = plain_words(ines)
        assert first == "Today"
        assert [line.partition(" (")[0] for line in changes] == ["1. Élie Morin corrected", "2. Élie Morin corrected"]
        assert ines.buttons[1] == "• Tue 2", "the day that is shown is marked"
        assert {"Undo number 1", "Undo number 2"} <= {*ines.buttons}
        await ines.press(ines.buttons[0])
        assert plain_words(ines)[1].startswith("1. Zoe Dupond corrected (Inès")
        assert not [label for label in ines.buttons if label.startswith("Undo")]


async def test_a_change_is_found_by_whom_it_is_about_and_by_who_made_it(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.invite("Zoe")
        await world.invite("Élie")
        ines = await world.organiser(modal=True)
        await correct(ines, "Zoe", "Dupond")
        await correct(ines, "Élie", "Martin")
        for words, found in (("elie", ["Élie Martin"]), ("INES corrected", ["Élie Martin", "Zoe Dupond"]), ("bus", [])):
            await open_journal(ines)
            await ines.press("Search")
            await ines.fill(words)
            assert [name for name in ("Élie Martin", "Zoe Dupond") if name in ines.text] == found
        assert ines.text == "No change has these words."


async def test_what_was_there_before_a_change_is_forgotten_after_a_day(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.invite("Zoe")
        ines = await world.organiser(modal=True)
        await correct(ines, "Zoe", "Dupond")
        assert "Dupond" in (await entry(world)).inverse
        await world.clock.advance(timedelta(days=1, seconds=1))
        assert await world.change(journal_store.forget_values, world.clock.now()) == 1
        assert await world.change(journal_store.forget_values, world.clock.now()) == 0
        assert (await entry(world)).inverse == ""
        await ines.follow(Undo((await entry(world)).id).encode())
        assert ines.text == "A change can be undone for ten minutes only. You can still correct it by hand."


async def entry(world: World) -> journal_store.JournalEntry:
    [only] = await world.read(journal_store.newest, 10)
    return only


async def test_the_workbook_has_the_journal(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.invite("Zoe")
        ines = await world.organiser(modal=True)
        await correct(ines, "Zoe", "Dupond")
        await ines.press("Undo this change")
        sheets = await world.read(read_more_sheets, Wording("fr", "Europe/Paris", Branding("Rencontres")))
        [journal] = [sheet for sheet in sheets if sheet["name"] == "Journal"]
        assert journal["headings"] == ["Journée", "Heure", "Qui", "Quoi"]
        [(group, day, hour, who, what)] = journal["rows"]
        assert (group, day, who) == (None, f"{world.clock.now():%Y-%m-%d}", "Inès")
        assert hour.count(":") == 1
        assert "Zoe" in what
        assert what.endswith("(annulé)")
