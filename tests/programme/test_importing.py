"""Importing the programme in chat: seen before it is done, whole or not at all, told as a difference, and undone."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict
from datetime import timedelta

from bot.background.side_process import SideProcess
from bot.content.forms import Upload
from bot.people import participant_store
from handlers.programme.files.parsing import ProgrammeRules
from handlers.programme.jobs import read_file
from handlers.programme.model import Plan
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.outbox import pushed
from tests.participants import number
from tests.programme.builders import OPENING, PLENARY, with_programme
from tests.world import World, open_world

HEAD = "clé;titre;title (en);salle;jour;début;fin;pour\n"
OPENING_LINE = "opening;Ouverture;Opening;Salle A;10 juin;9h;10h;\n"
PLENARY_LINE = "plenary;Plénière;Plenary;;12 juin;14h;17h;tous\n"


async def sent(world: World, lines: str, by: NeutralChat | None = None) -> NeutralChat:
    """An organiser's chat, once a programme was sent and read."""
    chat = by or await world.organiser()
    await chat.command("organiser")
    await chat.press("Programme")
    await chat.press("Import a programme")
    await chat.fill(Upload("programme.csv", (HEAD + lines).encode()))
    assert chat.text.startswith("I am reading “programme.csv”.")
    await catch_up_with(world, chat)
    return chat


async def test_a_first_programme_is_imported_and_tells_nobody(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoe", "1")
        ines = await sent(world, OPENING_LINE + PLENARY_LINE)
        assert ines.text.splitlines() == [
            "Sessions: 2 new, 0 changed, 0 as before.",
            "New: Opening, Thursday 10 June, 09:00",
            "New: Plenary, Saturday 12 June, 14:00",
        ]
        await zoe.command("programme")
        assert zoe.text.startswith("The programme is not ready yet.")
        await ines.press("Import")
        assert ines.text == "Programme imported: 2 new, 0 changed"
        assert await pushed(world, zoe) == []
        undo = ines.payload("Undo")
        await zoe.command("programme")
        assert "09:00–10:00 Opening, Salle A" in zoe.text
        await ines.follow(undo)
        await zoe.command("programme")
        assert zoe.text.startswith("The programme is not ready yet.")


@on_one_engine
async def test_a_newer_programme_tells_the_difference_and_cancels_only_when_asked(store_url: str) -> None:
    async with open_world(store_url, with_programme(OPENING, PLENARY)) as world:
        zoe = await world.join("Zoe", "1")
        await world.clock.advance(timedelta(hours=6))  # day in Québec too: nothing waits for the morning
        newer = "opening;Ouverture;Opening;Salle B;10 juin;9h30;10h30;\nvisit;Visite;Visit;;11 juin;15h;17h;\n"
        ines = await sent(world, newer)
        assert ines.text.splitlines() == [
            "Sessions: 1 new, 1 changed, 0 as before.",
            "New: Visit, Friday 11 June, 15:00",
            "Opening: Thursday 10 June, 09:00 → 09:30, Room A → Salle B",
            "1 session is no longer in this file, and stays unless you cancel it: Plenary.",
            "1 person will be told.",
        ]
        assert ines.buttons[:2] == ("Import", "Import, cancel the missing")
        await ines.press("Import, cancel the missing")
        [told] = await pushed(world, zoe)
        assert told.splitlines() == [
            "2 changes in the programme.",
            "Opening: Thursday 10 June, 09:00 → 09:30, Room A → Salle B",
            "Plenary, Saturday 12 June, 14:00: cancelled",
        ]
        undo = ines.payload("Undo")
        await sent(world, newer, ines)
        assert "There is nothing to import." in ines.text
        await sent(world, newer + PLENARY_LINE, ines)
        assert "1 session was cancelled here and stays cancelled: Plenary." in ines.text
        await ines.follow(undo)
        assert len(await pushed(world, zoe)) == 2
        await zoe.command("programme")
        assert "09:00–10:00 Opening, Room A" in zoe.text


@on_one_engine
async def test_who_is_not_concerned_any_more_and_who_is_now_are_told(store_url: str) -> None:
    async with open_world(store_url, with_programme(OPENING, PLENARY)) as world:
        zoe, ali = await world.join("Zoe", "1"), await world.join("Ali", "2")
        await zoe.pick("Culture")
        await zoe.press("Confirm")
        only_culture = "plenary;Plénière;Plenary;;12 juin;14h;17h;Culture\n"
        ines = await sent(world, OPENING_LINE + only_culture)
        await ines.press("Import")
        assert await pushed(world, zoe) == []
        assert (await pushed(world, ali))[0].endswith("Plenary, Saturday 12 June, 14:00: no longer for you")
        await sent(world, OPENING_LINE + PLENARY_LINE, ines)
        await ines.press("Import")
        assert await pushed(world, zoe) == []
        assert (await pushed(world, ali))[1].endswith("Plenary, Saturday 12 June, 14:00: takes place, and is for you")


async def test_nothing_is_imported_while_anything_is_wrong(store_url: str) -> None:
    async with open_world(store_url, with_programme(OPENING)) as world:
        zoe = await world.join("Zoe", "1")
        ines = await sent(world, OPENING_LINE.replace("9h", "9h30") + "x;Soirée;;;30 février;20h;;Mars\n")
        assert ines.text.startswith("Nothing can be imported: 2 things to correct in the programme.")
        assert "Line 3, “\u2068Soirée\u2069”: The end is missing: say until when it lasts." in ines.text
        assert "I do not know who “Mars” is for" in ines.text
        assert ines.buttons == ("Send it again", "Sessions", "Organise")
        assert ines.file
        assert len(ines.file.content.decode("utf-8-sig").splitlines()) == 3
        assert await pushed(world, zoe) == []


async def test_what_changed_between_is_shown_before_it_is_overwritten(store_url: str) -> None:
    async with open_world(store_url, with_programme(OPENING)) as world:
        ines = await sent(world, OPENING_LINE.replace("9h;10h", "9h30;10h30"))
        luc = await world.organiser(platform="discord")
        ready = ines.payload("Import")
        await luc.command("organiser")
        await luc.press("Programme")
        await luc.pick("09:00 Opening")
        await luc.press("Room")
        await luc.fill("Cour")
        await ines.follow(ready)
        assert ines.text.startswith("Sessions changed meanwhile: this is what importing would do now.")
        assert "09:00 → 09:30, Cour → Salle A" in ines.text
        await ines.press("Import")
        assert ines.text.startswith("Programme imported: 0 new, 1 changed")
        await ines.follow(ready)
        assert ines.text.startswith("This programme was imported already")


async def test_an_undone_import_leaves_what_was_changed_since(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme(OPENING)) as world:
        ines = await sent(world, OPENING_LINE.replace("9h;10h", "9h30;10h30") + PLENARY_LINE)
        await ines.press("Import")
        undo = ines.payload("Undo")
        await ines.press("Sessions")
        await ines.pick("09:30 Opening")
        await ines.press("Room")
        await ines.fill("Cour")
        await ines.follow(undo)
        assert ines.text.startswith("This was changed again since, so nothing was undone.")


async def test_a_file_is_read_in_another_process() -> None:
    side_process = SideProcess()
    rules = ProgrammeRules({"culture": ["Kultur"]}, ("fr", "en", "de"), "Europe/Paris", 2027)
    payload = {
        "content": b64encode((HEAD + OPENING_LINE + "x;X;;;;9h;10h;\n").encode()).decode(),
        "name": "programme.csv",
        "rules": asdict(rules),
        "reader": ["en", "Europe/Paris"],
        "sent": 0,
    }
    try:
        result = await side_process.do(read_file, payload)
    finally:
        side_process.close()
    assert [type(plan) for plan in result["programme"].plans] == [Plan]
    assert result["programme"].problems[0].line == 3
    assert "I do not understand the time" in result["file"].content.decode()


async def test_who_lost_the_role_meanwhile_learns_nothing_of_the_file(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.join("Ines", "1")
        await world.change(participant_store.set_organises, await number(world, "Ines"), True)
        await ines.command("organiser")
        await ines.press("Programme")
        await ines.press("Import a programme")
        await ines.fill(Upload("programme.csv", (HEAD + OPENING_LINE).encode()))
        await world.change(participant_store.set_organises, await number(world, "Ines"), False)
        await catch_up_with(world, ines)
        assert ines.text.startswith("This is for the organisers.")
